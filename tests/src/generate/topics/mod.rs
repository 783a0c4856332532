//! The topics: one function per vector file, in modules named after the operation.

pub mod jws;
pub mod token;
