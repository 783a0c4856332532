//! State that the caller owns, as machines.

mod discovery;
mod key_set_cache;
mod replay;

pub(super) use discovery::{EitherDiscovery, OPERATIONS as DISCOVERY};
pub(super) use key_set_cache::{CountedCache, OPERATIONS as KEY_SET_CACHE};
pub(super) use replay::{Empty, OPERATIONS as REPLAY};
