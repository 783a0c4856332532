//! The topics: one function per vector file, in modules named after the operation.

pub mod challenge_build;
pub mod challenge_parse;
pub mod client_choices;
pub mod client_metadata;
pub mod discovery;
pub mod dpop;
pub mod endpoints;
pub mod foreign;
pub mod idp;
pub mod jws;
pub mod keys;
pub mod policy_conditions;
pub mod policy_decision;
pub mod policy_document;
pub mod replay;
pub mod resource_as;
pub mod resource_metadata;
pub mod resource_server;
pub mod server_metadata;
pub mod sign;
pub mod signatures;
pub mod token;
