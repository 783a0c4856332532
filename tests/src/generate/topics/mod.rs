//! The topics: one function per vector file, in modules named after the operation.

pub mod endpoints;
pub mod idp;
pub mod jws;
pub mod resource_as;
pub mod resource_server;
