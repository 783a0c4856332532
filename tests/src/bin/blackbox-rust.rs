//! The black-box adapter of the Rust surface: JSON lines from standard input to standard output.

use std::io::{self, Write};
use std::process::ExitCode;

use idjag_tests::blackbox::serve;

fn main() -> ExitCode {
    match serve(io::stdin().lock(), io::stdout().lock()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Not eprintln!: it panics when nobody listens any more.
            let _ = writeln!(io::stderr(), "blackbox-rust: {error}");
            ExitCode::FAILURE
        }
    }
}
