//! The parts of `cargo xtask bench`: how each is built and run. Any program will do that prints lines.

use super::line::measured;
use super::report::Report;
use super::{callgrind, programs};
use crate::process::Command;
use crate::{js, python};

/// One part, as `cargo xtask bench <name>` takes it.
pub(super) struct Part {
    pub(super) name: &'static str,
    /// Adds its figures to the report.
    pub(super) run: fn(&mut Report) -> Result<(), String>,
}

/// All parts, in the order in which they run.
pub(super) const PARTS: &[Part] = &[Part { name: "rust", run: |report| tokens(report, "rust") }];

/// A part of the program `tokens`, timed, and then counted.
fn tokens(report: &mut Report, part: &str) -> Result<(), String> {
    let mut program = programs::rust("tokens")?;
    counted(report, program.arg(part))
}

/// A list of a million revocations, natively and in a WebAssembly instance under Node.js.
fn revocations(report: &mut Report) -> Result<(), String> {
    timed(report, &mut programs::rust("revocations")?)?;
    timed(report, &mut js::benchmark("revocations.mjs")?)
}

fn timed(report: &mut Report, program: &mut Command) -> Result<(), String> {
    report.lines.extend(measured(program)?);
    Ok(())
}

fn counted(report: &mut Report, program: &mut Command) -> Result<(), String> {
    let mut lines = measured(program)?;
    report.missing.extend(callgrind::count(program, &mut lines)?);
    report.lines.extend(lines);
    Ok(())
}
