//! Cross-App Access over HTTP: the input and output that the crate `idjag` never does, for servers and clients of MCP.
//!
//! Nothing here decides: what is sent, refused, answered and recorded, [`idjag`] says. Time and randomness are the
//! system's unless [`Surroundings`] say otherwise; public addresses come from configuration, never from a request.
#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![cfg_attr(all(doctest, feature = "rmcp"), doc = include_str!("../README.md"))]

extern crate alloc;

mod address;
#[cfg(feature = "client")]
pub mod client;
mod discover;
mod host;
mod keys;
mod plain;
#[cfg(any(feature = "rmcp-client", feature = "rmcp-server"))]
pub mod rmcp;
mod send;
#[cfg(feature = "server")]
pub mod server;
mod surroundings;

pub use discover::{DiscoveryFailure, discover_issuer};
pub use host::{Failures, HostFailure, Looked};
pub use keys::{KeySetFetcher, KeySetOptions, KeySets, KeySource};
pub use send::{Http, Unanswered};
pub use surroundings::Surroundings;
