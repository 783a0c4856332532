//! The programs of the workspace `bench`, built as a release is.

use std::fs;
use std::path::PathBuf;

use crate::process::{Command, cargo, root, run, target_dir};

/// Where they are built.
fn folder() -> Result<PathBuf, String> {
    Ok(target_dir()?.join("bench"))
}

/// Builds a package of the workspace: its program, with nothing said to it yet.
pub(super) fn rust(package: &str) -> Result<Command, String> {
    let folder = folder()?;
    let mut build = cargo(&["build", "--quiet", "--release", "--package", package]);
    run(build.current_dir(root().join("bench")).env("CARGO_TARGET_DIR", &folder))?;
    Ok(Command::new(folder.join("release").join(format!("{package}{}", std::env::consts::EXE_SUFFIX))))
}

/// Writes the keys and tokens that the programs in other languages are given: where they are.
pub(super) fn corpus() -> Result<PathBuf, String> {
    let text = run(&mut rust("corpus")?)?;
    let path = folder()?.join("corpus.json");
    fs::write(&path, text).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(path)
}
