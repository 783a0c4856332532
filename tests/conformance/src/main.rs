//! `idjag-conformance`: does this server redeem ID-JAGs as the texts say? Asked over HTTP, of any server.

extern crate alloc;

mod args;
mod attempt;
mod bench;
mod case;
mod cases;
mod http;
mod idp;
mod jws;
mod keys;
mod publisher;
mod report;
mod session;
mod suite;
mod table;
mod target;
mod world;

use std::process::ExitCode;

use args::Command;

fn main() -> ExitCode {
    let command = match args::read(std::env::args_os().skip(1)) {
        Ok(command) => command,
        Err(problem) => {
            eprintln!("idjag-conformance: {problem}\n\n{}", args::HELP);
            return ExitCode::from(2);
        }
    };
    let done = match command {
        Command::Help => {
            print!("{}", args::HELP);
            Ok(true)
        }
        Command::List => {
            report::list(cases::all().map(|case| &case.about));
            Ok(true)
        }
        Command::ListIdp => {
            report::list(idp::all().map(|case| &case.about));
            Ok(true)
        }
        Command::IdentityProvider(options) => session::identity_provider(*options),
        Command::Server(options) => session::server(*options),
        Command::Suite { plan, update } => suite::run(&plan, update),
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(problem) => {
            eprintln!("idjag-conformance: {problem}");
            ExitCode::from(2)
        }
    }
}
