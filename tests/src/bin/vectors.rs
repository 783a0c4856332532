//! Regenerates `tests/vectors`; with `--check` compares instead and fails on a difference.

use std::env;
use std::process::ExitCode;

use idjag_tests::report::Tally;
use idjag_tests::{generate, paths};

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<&str>>().as_slice() {
        [] => {
            generate::write(&paths::vectors_dir());
            println!("{} files written", generate::topics().count());
            ExitCode::SUCCESS
        }
        ["--check"] => {
            let mut tally = Tally::default();
            for (file, result) in generate::check(&paths::vectors_dir()) {
                tally.count(file.display(), result);
            }
            tally.finish()
        }
        _ => {
            eprintln!("usage: vectors [--check]");
            ExitCode::from(2)
        }
    }
}
