//! The test harness of idjag: the language-neutral vectors and their generator, the gates that say when they are
//! complete, the runner of the Rust surface, and the runners for third-party data.
//!
//! A vector's expected value is written by hand in [`generate`], which shares no code with the crate under test.

extern crate alloc;

pub mod blackbox;
pub mod errors_page;
pub mod expand;
pub mod format;
pub mod gates;
pub mod generate;
pub mod json;
pub mod json_schema;
pub mod one_thing;
pub mod operations;
pub mod paths;
pub mod providers;
pub mod report;
pub mod run;
pub mod surface;
pub mod third_party;
pub mod wire;
