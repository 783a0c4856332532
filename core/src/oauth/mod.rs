//! The OAuth layer: parameter names, requests and responses as plain data, metadata, challenges.

pub mod http;
pub mod params;
