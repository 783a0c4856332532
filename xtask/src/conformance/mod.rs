//! `cargo xtask conformance`: programs that judge implementations from outside.

mod resource_as;

use std::process::ExitCode;

pub(crate) use resource_as::step as resource_as_step;

/// Runs the program that the first argument names; nothing when there is none of that name.
pub(crate) fn run(arguments: &[String]) -> Option<ExitCode> {
    match arguments.split_first() {
        Some((program, rest)) if program == "resource-as" => Some(resource_as::run(rest)),
        _ => None,
    }
}
