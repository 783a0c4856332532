//! Node.js, and the programs that npm brings for building and testing.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use crate::process::{root, run};

/// The folder whose package.json and lockfile pin them.
pub(super) fn folder() -> PathBuf {
    root().join("tests/js")
}

/// `node` with a script of this repository, in its root.
pub(super) fn node(script: &str) -> Command {
    let mut command = Command::new("node");
    command.arg(root().join(script)).current_dir(root());
    command
}

/// `npm`, in `folder`, quiet.
pub(super) fn npm(subcommand: &str, folder: &Path) -> Command {
    let mut command = Command::new(if cfg!(windows) { "npm.cmd" } else { "npm" });
    command.args([subcommand, "--loglevel=error"]).current_dir(folder);
    command
}

/// A program that a package of the lockfile brings.
pub(super) fn program(name: &str) -> Command {
    let mut command = Command::new(folder().join("node_modules/.bin").join(name));
    command.env("NO_COLOR", "1");
    command
}

/// Installs what the tests' lockfile names.
pub(super) fn install() -> Result<(), String> {
    static DONE: OnceLock<Result<(), String>> = OnceLock::new();
    DONE.get_or_init(|| install_in(&folder())).clone()
}

/// Installs what the lockfile of `folder` names, once as long as it does not change.
pub(super) fn install_in(folder: &Path) -> Result<(), String> {
    let lockfile = folder.join("package-lock.json");
    let wanted = fs::read(&lockfile).map_err(|error| format!("{}: {error}", lockfile.display()))?;
    let installed = folder.join("node_modules/.installed.json");
    if fs::read(&installed).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    // Not `ci`: it fails where a registry lacks the programs of another platform, which the lockfile then lacks too.
    run(npm("install", folder).args(["--no-save", "--no-audit", "--no-fund"]))?;
    fs::write(&installed, &wanted).map_err(|error| format!("{}: {error}", installed.display()))
}
