//! Key sets and single tokens.

pub(super) mod claims;
pub(super) mod id_jag;
pub(super) mod keys;

pub(super) use id_jag::OPERATIONS as ID_JAG;
pub(super) use keys::OPERATIONS as KEYS;
