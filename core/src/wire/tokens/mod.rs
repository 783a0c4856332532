//! Key sets and single tokens.

pub(super) mod access_token;
pub(super) mod actor_token;
pub(super) mod claims;
pub(super) mod client_assertion;
pub(super) mod context;
pub(super) mod dpop;
pub(super) mod id_jag;
pub(super) mod id_token;
pub(super) mod jws;
pub(super) mod keys;
pub(super) mod subject;

pub(super) use access_token::OPERATIONS as ACCESS_TOKEN;
pub(super) use actor_token::OPERATIONS as ACTOR_TOKEN;
pub(super) use client_assertion::OPERATIONS as CLIENT_ASSERTION;
pub(super) use dpop::OPERATIONS as DPOP;
pub(super) use id_jag::OPERATIONS as ID_JAG;
pub(super) use id_token::OPERATIONS as ID_TOKEN;
pub(super) use jws::OPERATIONS as JWS;
pub(super) use keys::{OPERATIONS as KEYS, SIGNING_KEYS};
pub(super) use subject::OPERATIONS as SUBJECT;
