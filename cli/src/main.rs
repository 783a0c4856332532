//! `idjag`: Cross-App Access on the command line, for administrators, for whoever is on call, and for CI.

extern crate alloc;

mod args;
mod decode;
mod input;
mod keygen;
mod moment;
mod new_file;
mod operations;
mod policy;
mod records;
mod report;
mod revoke;
mod screen;
mod snapshot;
mod verify;

use std::process::ExitCode;

use clap::{CommandFactory as _, Parser as _};

use crate::args::{Cli, Command, PolicyCommand};
use crate::report::{Answer, Report, complain};

fn main() -> ExitCode {
    match Cli::try_parse() {
        Ok(cli) => {
            run(&cli.command).map_or_else(|trouble| complain(&trouble.0), |report| report.print(cli.json))
        }
        Err(error) if error.use_stderr() => complain(&misused(&error, std::env::args_os())),
        // Help, or the version.
        Err(error) => error.exit(),
    }
}

/// What is wrong with the command line, without the tokens that are in it: `idjag decode Bearer …` is one argument too many.
fn misused(error: &clap::Error, args: impl Iterator<Item = std::ffi::OsString>) -> String {
    let said = error.render().to_string();
    let args = args.map(|arg| arg.to_string_lossy().into_owned());
    let without = args.filter_map(|arg| Some(arg.get(arg.find("eyJ")?..)?.to_string()));
    let said = without.fold(said, |said, token| said.replace(&token, "<token>"));
    String::from(said.trim_start_matches("error: ").trim_end())
}

fn run(command: &Command) -> Answer {
    match command {
        Command::Decode(args) => decode::run(args),
        Command::Verify(args) => verify::run(args),
        Command::Keygen(args) => keygen::run(args),
        Command::Policy(PolicyCommand::Check { files, reading }) => policy::check(files, *reading),
        Command::Policy(PolicyCommand::Explain(args)) => policy::explain(args),
        Command::Policy(PolicyCommand::Test(args)) => policy::test(args),
        Command::Policy(PolicyCommand::Diff(args)) => policy::diff(args),
        Command::Policy(PolicyCommand::Withdrawals(args)) => policy::withdrawals(args),
        Command::Records(command) => records::run(command),
        Command::Revoke(args) => revoke::run(args),
        Command::Snapshot(args) => snapshot::run(args),
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(*shell, &mut Cli::command(), "idjag", &mut script);
            Ok(Report::verbatim(String::from_utf8_lossy(&script).into_owned()))
        }
    }
}
