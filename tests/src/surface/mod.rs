//! What is written from the catalog of the wire's operations: one folder or file for each language.

use std::path::PathBuf;

pub mod python;

/// Every generated file, relative to the root of the checkout, and its text.
pub fn files() -> Vec<(PathBuf, String)> {
    python::files()
}
