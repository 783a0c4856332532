//! `cargo xtask conformance`: programs that judge implementations from outside.

mod official;
mod resource_as;

use std::process::ExitCode;

pub(crate) use official::step as official_step;
pub(crate) use resource_as::step as resource_as_step;

/// Runs the program that the first argument names, without one the official suite; nothing when there is none of that
/// name.
pub(crate) fn run(arguments: &[String]) -> Option<ExitCode> {
    match arguments.split_first() {
        Some((program, rest)) if program == "resource-as" => {
            Some(resource_as::run(resource_as::Role::ResourceAs, rest))
        }
        Some((program, rest)) if program == "idp" => Some(resource_as::run(resource_as::Role::Idp, rest)),
        Some((program, rest)) if program == "client" => official::client(rest),
        None => Some(official::all()),
        _ => None,
    }
}
