//! The topics: one function per vector file, in modules named after the operation.

pub mod challenge_build;
pub mod challenge_parse;
pub mod client_choices;
pub mod client_exchange;
pub mod client_grant;
pub mod client_metadata;
pub mod client_use;
pub mod connection;
pub mod connection_proofs;
pub mod discovery;
pub mod jws;
pub mod key_set_cache;
pub mod policy_conditions;
pub mod policy_decision;
pub mod policy_document;
pub mod resource_metadata;
pub mod server_metadata;
