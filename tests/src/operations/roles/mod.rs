//! The three server roles as whole endpoints: an HTTP request in, a decision, its response and its record out.
//!
//! The JSON shapes are those of the public API: members of configurations are named like the library's fields, protocol
//! members verbatim, times and spans in seconds.

mod clients;
mod idp;
mod idp_config;
mod resource_as;
mod resource_as_config;
mod resource_as_revocation;
mod resource_server;
mod resource_server_config;
pub(super) mod settings;
mod wire;

pub(super) use idp::{response as idp_response, token_exchange};
pub(super) use resource_as::{response as resource_as_response, token};
pub(super) use resource_as_revocation::revocation;
pub(super) use resource_server::{access, bearer, metadata, response as resource_server_response};
pub(super) use wire::to_json;
