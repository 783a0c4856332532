//! Cross-App Access (XAA): builds, signs and verifies ID-JAG grants and access tokens, and decides who may
//! get them.
//!
//! You pass in the time, the keys, the randomness and the bytes. You get back a decision, a token or a request
//! to send. This crate never reads a clock, opens a socket, draws a random number or keeps state that could
//! change an answer.
#![no_std]
#![forbid(unsafe_code)]
#![deny(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects
)]
#![cfg_attr(docsrs, feature(doc_cfg))]

extern crate alloc;
#[cfg(test)]
#[macro_use]
extern crate std;

pub mod answer;
pub mod client;
pub mod client_documents;
pub mod codec;
mod consult;
pub mod crypto;
pub mod delegation;
pub mod details;
pub mod error;
pub mod idp;
pub mod jose;
pub mod keyset_cache;
pub mod limits;
pub mod oauth;
mod ordered;
pub mod policy;
pub mod record;
pub mod rejection;
pub mod replay;
pub mod resource_as;
pub mod resource_server;
pub mod revocation;
pub mod scope;
pub mod secret;
pub mod text;
pub mod time;
pub mod token;
pub mod uri;
#[cfg(feature = "wire-resource-server")]
pub mod wire;

pub use error::{Error, ErrorCode, OAuthError};
pub use limits::Limits;
pub use time::{Seconds, Tolerance, UnixTime};
