//! `cargo xtask <command>`: the one door to everything that the README tells to run.

extern crate alloc;

mod bans;
mod counts;
mod js;
mod process;
mod python;
mod test;

use std::env;
use std::process::ExitCode;

use process::{cargo, forward};

const HELP: &str = "\
cargo xtask <command>

  demo [arguments]         run a whole company on loopback (examples/acme); --json, --serve
  test [step ...]          run every test, or the named steps
  wasm [--sizes]           build the WebAssembly module, or every variant, and print the sizes
  wasm --wasm-pack         one file of vectors through the module that wasm-pack builds
  node                     build the npm packages into dist/
  vectors [--check]        regenerate tests/vectors, or compare and fail on a difference
  python                   build the Python package into dist/, install it and run its tests
  blackbox rust|python     read one JSON case per line, answer one JSON verdict per line
  help                     this text
";

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let (command, rest) = match arguments.split_first() {
        Some((command, rest)) => (command.as_str(), rest),
        None => ("help", &[][..]),
    };
    match (command, rest) {
        ("demo", rest) => forward(cargo(&["run", "--quiet", "--package", "acme", "--"]).args(rest)),
        ("test", steps) => test::run(steps),
        ("wasm", rest) => {
            js::wasm(rest).unwrap_or_else(|| usage_error("wasm takes `--sizes`, `--wasm-pack` or nothing"))
        }
        ("node", rest) => js::node(rest).unwrap_or_else(|| usage_error("node takes nothing")),
        ("vectors", rest) => forward(tests_program("vectors").args(rest)),
        ("python", []) => test::run(&["python".to_owned()]),
        ("blackbox", rest) => blackbox(rest),
        ("help" | "--help" | "-h", _) => {
            print!("{HELP}");
            ExitCode::SUCCESS
        }
        (unknown, _) => usage_error(&format!("unknown command `{unknown}`")),
    }
}

/// Runs the adapter of one surface; what building prints goes to standard error.
fn blackbox(arguments: &[String]) -> ExitCode {
    match arguments {
        [surface] if surface == "rust" => forward(&mut tests_program("blackbox-rust")),
        [surface] if surface == "python" => match python::interpreter() {
            Ok(interpreter) => forward(&mut python::script(&interpreter, "tests/blackbox/python.py")),
            Err(problem) => {
                eprintln!("{problem}");
                ExitCode::FAILURE
            }
        },
        [surface] => usage_error(&format!(
            "no black-box adapter `{surface}`: there are `rust` and `python`"
        )),
        _ => usage_error("blackbox takes one surface, such as `rust`"),
    }
}

/// A program of the crate `idjag-tests`, built quietly.
fn tests_program(name: &str) -> process::Command {
    cargo(&["run", "--quiet", "--package", "idjag-tests", "--bin", name, "--"])
}

fn usage_error(problem: &str) -> ExitCode {
    eprintln!("xtask: {problem}\n\n{HELP}");
    ExitCode::from(2)
}
