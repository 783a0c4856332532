//! The program as people run it: its output in both forms, its exit codes, and what it does with hostile input.

extern crate alloc;

mod decode;
mod diff;
mod hostile;
mod keys;
mod policy;
mod readme;
mod records;
#[cfg(all(unix, feature = "redis"))]
mod redis;
mod revoke;
mod snapshot;
mod support;
mod withdrawals;
