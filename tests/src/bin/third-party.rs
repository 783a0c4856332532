//! Runs third-party data. `third-party [adapter [argument ...]]` feeds the corpora to that black-box adapter, by default
//! to the one of the Rust surface, which lies beside this program.

use std::env;
use std::process::{Command, ExitCode};

use idjag_tests::blackbox::corpora;
use idjag_tests::blackbox::drive::drive;
use idjag_tests::report::Tally;
use idjag_tests::third_party;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let mut tally = Tally::default();
    for (name, questions) in corpora::all() {
        drive(name, &mut adapter(&arguments), &questions, &mut tally);
    }
    if arguments.is_empty() {
        third_party::run(&mut tally);
    }
    tally.finish()
}

fn adapter(arguments: &[String]) -> Command {
    match arguments.split_first() {
        Some((program, rest)) => {
            let mut command = Command::new(program);
            command.args(rest);
            command
        }
        None => {
            let this = env::current_exe().expect("the path of this program");
            Command::new(this.with_file_name(format!("blackbox-rust{}", env::consts::EXE_SUFFIX)))
        }
    }
}
