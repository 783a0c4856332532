//! Tokens verified and signed: ours beside jsonwebtoken. `tokens rust|growth|abuse [--counted]`.

mod abuse;
mod growth;
mod hit;
mod ours;
mod peer;
mod sign;
mod unsigned;
mod verify;

use std::process::ExitCode;

use corpus::Corpus;
use harness::{Failure, Races};

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("tokens: {problem}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Failure> {
    let races = Races::from_arguments();
    let corpus = Corpus::new()?;
    match std::env::args().nth(1).as_deref() {
        Some("rust") => {
            peer::install()?;
            verify::run(races, &corpus)?;
            unsigned::run(races, &corpus)?;
            hit::run(races, &corpus)?;
            sign::run(races, &corpus)
        }
        Some("growth") => growth::run(races, &corpus),
        Some("abuse") => abuse::run(races, &corpus),
        other => Err(format!("no part {other:?}")),
    }
}

/// An error as text.
fn told(error: impl std::fmt::Debug) -> Failure {
    format!("{error:?}")
}
