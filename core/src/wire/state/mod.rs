//! State that the caller owns, as machines.

mod client_documents;
mod discovery;
mod key_set_cache;
mod replay;
mod revocation_updates;
mod revocations;

pub(super) use client_documents::OPERATIONS as CLIENT_DOCUMENTS;
pub(super) use discovery::{EitherDiscovery, OPERATIONS as DISCOVERY};
pub(super) use key_set_cache::{CountedCache, OPERATIONS as KEY_SET_CACHE};
pub(super) use replay::{Empty, OPERATIONS as REPLAY};
#[cfg(feature = "wire")]
pub(super) use revocation_updates::OPERATIONS as REVOCATION_UPDATES;
pub(super) use revocation_updates::RECEIVING;
#[cfg(feature = "wire")]
pub(super) use revocations::PassedRevocation;
pub(super) use revocations::{OPERATIONS as REVOCATIONS, RevocationCheckName, RevocationEntry, written};
