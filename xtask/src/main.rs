//! `cargo xtask <command>`: the one door to everything that the README tells to run.

extern crate alloc;

mod bans;
mod bench;
mod conformance;
mod counts;
mod js;
mod process;
mod python;
mod test;

use std::env;
use std::process::ExitCode;

use process::{Kind, built, forward};

const HELP: &str = "\
cargo xtask <command>

  demo [arguments]         run a whole company on loopback (examples/acme); --json, --serve
  test [step ...]          run every test, or the named steps
  wasm [--sizes]           build the WebAssembly module, or every variant, and print the sizes
  wasm --wasm-pack         one file of vectors through the module that wasm-pack builds
  node                     build the npm packages into dist/
  python                   build the wheel and the source distribution into dist/
  vectors [--check]        regenerate tests/vectors and the generated files, or compare and fail on a difference
  conformance              the official suite of the Model Context Protocol: our clients and authorization servers
  conformance client       typescript, python or rust, and the name of a scenario: one of them alone
  conformance resource-as  redeem good and bad ID-JAGs at ours and foreign authorization servers; --url: at any other
  conformance idp          exchange good and bad ID Tokens at our identity providers; --url: at any other
  blackbox <surface>       rust, node, wasm or python: read one JSON case per line, answer one verdict per line
  bench [part ...]         ours and the peers in one run: a table, and the files in bench/results; or the named parts, which are
                           written there with --write
  help                     this text
";

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let (command, rest) = match arguments.split_first() {
        Some((command, rest)) => (command.as_str(), rest),
        None => ("help", &[][..]),
    };
    match (command, rest) {
        ("demo", rest) => started(built(Kind::Program, "acme"), rest),
        ("test", steps) => test::run(steps),
        ("wasm", rest) => {
            js::wasm(rest).unwrap_or_else(|| usage_error("wasm takes `--sizes`, `--wasm-pack` or nothing"))
        }
        ("node", rest) => js::node(rest).unwrap_or_else(|| usage_error("node takes nothing")),
        ("vectors", rest) => started(built(Kind::Program, "vectors"), rest),
        ("python", []) => done(python::packed()),
        ("blackbox", rest) => blackbox(rest),
        ("conformance", rest) => conformance::run(rest)
            .unwrap_or_else(|| usage_error("conformance takes `client`, `resource-as` or `idp`, or nothing")),
        ("bench", parts) => bench::run(parts),
        ("help" | "--help" | "-h", _) => {
            print!("{HELP}");
            ExitCode::SUCCESS
        }
        (unknown, _) => usage_error(&format!("unknown command `{unknown}`")),
    }
}

/// Runs the adapter of one surface; what building prints goes to standard error.
fn blackbox(arguments: &[String]) -> ExitCode {
    let [surface] = arguments else { return usage_error("blackbox takes one surface, such as `rust`") };
    let Some(adapter) = ADAPTERS.iter().find(|(name, _)| name == surface).map(|(_, adapter)| adapter) else {
        return usage_error(&format!("no black-box adapter `{surface}`"));
    };
    started(adapter(), &[])
}

/// Runs a program with this process's input and output.
fn started(program: Result<process::Command, String>, arguments: &[String]) -> ExitCode {
    match program {
        Ok(mut command) => forward(command.args(arguments)),
        Err(problem) => {
            eprintln!("{problem}");
            ExitCode::FAILURE
        }
    }
}

/// Builds a surface, and says how its adapter is started.
type Adapter = fn() -> Result<process::Command, String>;

/// The black-box adapters, by surface.
const ADAPTERS: &[(&str, Adapter)] = &[
    ("rust", || built(Kind::Program, "blackbox-rust")),
    ("node", || js::steps::blackbox("node")),
    ("wasm", || js::steps::blackbox("wasm")),
    ("python", || python::interpreter().map(|python| python::script(&python, "tests/blackbox/python.py"))),
];

/// Prints what a build made.
fn done(result: Result<String, String>) -> ExitCode {
    match result {
        Ok(output) => {
            print!("{output}");
            ExitCode::SUCCESS
        }
        Err(problem) => {
            eprintln!("xtask: {problem}");
            ExitCode::FAILURE
        }
    }
}

fn usage_error(problem: &str) -> ExitCode {
    eprintln!("xtask: {problem}\n\n{HELP}");
    ExitCode::from(2)
}
