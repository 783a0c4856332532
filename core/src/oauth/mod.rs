//! The OAuth layer: parameter names, requests and responses as plain data, metadata, challenges.

pub(crate) mod actor;
pub mod challenge;
pub(crate) mod client_auth;
pub mod client_metadata;
pub mod discovery;
pub mod http;
pub mod metadata;
pub mod params;
pub(crate) mod token_request;

pub use actor::ActorProfile;
pub use client_auth::{ClientAuthentication, RegisteredClient};
