//! The native addon of Node.js for this machine.

use std::env::consts::{DLL_PREFIX, DLL_SUFFIX};
use std::path::PathBuf;

use crate::process::{cargo, run, target_dir};

/// Builds it: where the library is.
pub(super) fn build() -> Result<PathBuf, String> {
    run(&mut cargo(&["build", "--quiet", "--package", "idjag-node", "--profile", "native"]))?;
    Ok(target_dir()?.join("native").join(format!("{DLL_PREFIX}idjag_node{DLL_SUFFIX}")))
}
