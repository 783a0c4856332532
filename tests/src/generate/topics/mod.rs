//! The topics: one function per vector file, in modules named after the operation.

pub mod dpop;
pub mod foreign;
pub mod jws;
pub mod keys;
pub mod replay;
pub mod saml_nameid;
pub mod sign;
pub mod signatures;
pub mod token;
