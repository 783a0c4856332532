//! The OAuth layer: parameter names, requests and responses as plain data, metadata, challenges.

pub mod challenge;
pub mod client_metadata;
pub mod discovery;
pub mod http;
pub mod metadata;
pub mod params;
