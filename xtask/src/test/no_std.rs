//! The proof that the core does no I/O: it compiles where there is no std, and with every feature alone.

use std::path::Path;
use std::process::Command;
use std::sync::{Mutex, PoisonError};

use serde_json::Value;

use super::Outcome;
use super::steps::succeeds;
use crate::process::{capture, cargo};

/// A browser-like target, and a bare-metal target that has no std at all.
const TARGETS: [&str; 2] = ["wasm32-unknown-unknown", "thumbv7em-none-eabi"];

pub(super) fn run() -> Outcome {
    let mut outcome = check(&[]);
    match features() {
        Ok(features) => {
            for feature in &features {
                outcome = outcome.and(check(&["--features", feature]));
            }
        }
        Err(problem) => outcome = outcome.and(Outcome::single(false, problem)),
    }
    TARGETS.iter().fold(outcome, |outcome, target| outcome.and(check_for(target)))
}

/// Builds the core natively without its default features.
fn check(features: &[&str]) -> Outcome {
    let mut command = cargo(&["check", "--quiet", "--package", "idjag", "--no-default-features"]);
    succeeds(command.args(features))
}

/// Code that uses what the target lacks does not pass the compiler's front; nobody needs the machine code.
fn check_for(target: &str) -> Outcome {
    if let Err(problem) = ensure_installed(target) {
        return Outcome::single(false, problem);
    }
    succeeds(&mut cargo(&["check", "--quiet", "--package", "idjag", "--all-features", "--target", target]))
}

/// Adds `target` to the toolchain when it is missing.
pub(crate) fn ensure_installed(target: &str) -> Result<(), String> {
    // The lanes of the test may want it at the same moment.
    static TURN: Mutex<()> = Mutex::new(());
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let libraries = capture(Command::new("rustc").args(["--print", "target-libdir", "--target", target]));
    if libraries.success && Path::new(libraries.output.trim()).is_dir() {
        return Ok(());
    }
    let added = capture(Command::new("rustup").args(["target", "add", target]));
    if added.success {
        return Ok(());
    }
    Err(format!(
        "the target {target} is not installed and `rustup target add {target}` failed:\n{}",
        added.output
    ))
}

/// The features of the core, save `default`.
fn features() -> Result<Vec<String>, String> {
    let metadata = capture(&mut cargo(&["metadata", "--quiet", "--no-deps", "--format-version", "1"]));
    let document: Value = serde_json::from_str(&metadata.output)
        .map_err(|error| format!("cargo metadata: {error}\n{}", metadata.output))?;
    let packages = document["packages"].as_array().into_iter().flatten();
    let core = packages.into_iter().find(|package| package["name"] == "idjag").ok_or("no package `idjag`")?;
    let features = core["features"].as_object().ok_or("the package `idjag` lists no features")?;
    Ok(features.keys().filter(|feature| *feature != "default").cloned().collect())
}
