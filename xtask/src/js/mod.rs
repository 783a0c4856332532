//! The npm packages: built, put together, packed, and installed into an empty project as a user would.

mod addon;
mod packages;
pub(crate) mod steps;
mod tools;
mod wasm;
mod wasm_pack;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use crate::done;
use crate::process::root;

/// `cargo xtask wasm`: the module and its size; with `--sizes` every build there is to choose from, with `--wasm-pack` one
/// file of vectors through wasm-pack's module.
pub(crate) fn wasm(arguments: &[String]) -> Option<ExitCode> {
    match arguments {
        [] => Some(done(wasm::sizes(&wasm::BUILDS[..1]))),
        [flag] if flag == "--sizes" => Some(done(wasm::sizes(&wasm::BUILDS))),
        [flag] if flag == "--wasm-pack" => Some(done(wasm_pack::check())),
        _ => None,
    }
}

/// `cargo xtask node`: the packed npm packages.
pub(crate) fn node(arguments: &[String]) -> Option<ExitCode> {
    arguments.is_empty().then(|| done(packages::packed().map(|folder| format!("{}\n", folder.display()))))
}

/// The builds of the module that there are to choose from, each as `<name>=<file>`.
pub(crate) fn builds() -> Result<Vec<String>, String> {
    wasm::BUILDS.iter().map(wasm::Build::named).collect()
}

/// The project with the packages, where the examples and the programs that measure them are too.
pub(crate) fn project() -> Result<PathBuf, String> {
    packages::project()
}

/// A script of `bench/edge` in the project with the packages.
pub(crate) fn edge(script: &str) -> Result<Command, String> {
    let mut command = Command::new("node");
    command.arg(Path::new("edge").join(script)).current_dir(packages::project()?);
    Ok(command)
}

/// A script of `bench/js` in the project with the packages, beside the peers that `bench/js` pins.
pub(crate) fn benchmark(script: &str) -> Result<Command, String> {
    tools::install_in(&root().join("bench/js"))?;
    let mut command = Command::new("node");
    command.arg(Path::new("bench").join(script)).current_dir(packages::project()?);
    Ok(command)
}
