//! The steps of `cargo xtask test`, in the order in which they start.

use super::{Outcome, Step, no_std};
use crate::ADAPTERS;
use crate::bans;
use crate::conformance;
use crate::counts::{Counts, of_cargo_test, of_node_test, of_runner};
use crate::js::steps as js;
use crate::process::{Command, Kind, built, capture, cargo};
use crate::python;

/// What is built and tested with the workspace's own debug builds.
const WORKSPACE: &[Step] = &[
    Step { name: "fmt", run: || succeeds(&mut cargo(&["fmt", "--all", "--check"])) },
    Step { name: "clippy", run: clippy },
    Step { name: "doc", run: doc },
    Step { name: "cargo-test", run: cargo_test },
    Step { name: "no-std", run: no_std::run },
    Step { name: "bans", run: bans },
    Step { name: "generated", run: || of_program("vectors", &["--check"]) },
    Step { name: "vectors", run: || of_program("vector-runner", &[]) },
    Step { name: "demo", run: demo },
];

/// What is packed first, and what runs on the packages.
const PACKAGES: &[Step] = &[
    Step { name: "python", run: python::run },
    Step { name: "mcp-python", run: python::mcp },
    Step { name: "node", run: js::node },
    Step { name: "wasm", run: js::wasm },
    Step { name: "workerd", run: js::workerd },
    Step { name: "deno", run: js::deno },
    Step { name: "bun", run: js::bun },
    Step { name: "chromium", run: js::chromium },
    Step { name: "adapters", run: js::adapters },
    Step { name: "mcp-js", run: js::mcp },
    Step { name: "examples", run: js::examples },
    Step { name: "packages", run: js::packages },
    Step { name: "stores", run: js::stores },
    Step { name: "e2e", run: js::end_to_end },
    Step { name: "conformance", run: conformance::official_step },
    Step { name: "conformance-as", run: conformance::resource_as_step },
    Step { name: "third-party", run: third_party },
];

/// Two lanes, side by side: much of what runs on packages waits for a network or for another program. Steps of one lane
/// build on what those before them left behind; steps of different lanes share nothing but cargo, which takes turns.
pub(super) const LANES: [&[Step]; 2] = [WORKSPACE, PACKAGES];

/// A command that succeeds or fails as one case.
pub(super) fn succeeds(command: &mut Command) -> Outcome {
    let finished = capture(command);
    Outcome::single(finished.success, finished.output)
}

/// A program that counts its cases and ends with `N passed, N failed`.
pub(crate) fn of_command(command: &mut Command) -> Outcome {
    let finished = capture(command);
    let counts = of_runner(&finished.output).unwrap_or_default();
    Outcome { counts: contradicted(counts, finished.success), output: finished.output }
}

/// A program of the workspace that does the same.
fn of_program(name: &str, arguments: &[&str]) -> Outcome {
    match built(Kind::Program, name) {
        Ok(mut program) => of_command(program.args(arguments)),
        Err(problem) => Outcome::single(false, problem),
    }
}

/// Node's own test runner, told to print TAP.
pub(crate) fn of_node_tests(command: &mut Command) -> Outcome {
    let finished = capture(command);
    let counts = of_node_test(&finished.output);
    Outcome { counts: contradicted(counts, finished.success), output: finished.output }
}

/// The same of a program that ran already; one that failed is one failure.
pub(crate) fn of_result(result: Result<String, String>) -> Outcome {
    match result {
        Ok(output) => Outcome { counts: of_runner(&output).unwrap_or_default(), output },
        Err(problem) => Outcome::single(false, problem),
    }
}

/// `counts`, with a failure more when nothing failed and the program says otherwise.
fn contradicted(counts: Counts, success: bool) -> Counts {
    if success || counts.failed > 0 { counts } else { counts.plus(Counts::one(false)) }
}

fn clippy() -> Outcome {
    let workspace = ["clippy", "--quiet", "--workspace", "--all-targets", "--", "-D", "warnings"];
    // The bindings in pure Rust, as they are built where there is no C compiler.
    let plain = [
        "clippy",
        "--quiet",
        "--package",
        "idjag-node",
        "--package",
        "idjag-python",
        "--no-default-features",
    ];
    succeeds(&mut cargo(&workspace)).and(succeeds(cargo(&plain).args(["--", "-D", "warnings"])))
}

fn doc() -> Outcome {
    // Of the whole workspace, for the reason that `built` gives; it uses every feature of the libraries but TLS.
    let mut command = cargo(&["doc", "--quiet", "--no-deps", "--workspace", "--lib", "--examples"]);
    succeeds(command.env("RUSTDOCFLAGS", "-D warnings"))
}

fn cargo_test() -> Outcome {
    let finished = capture(&mut cargo(&["test", "--workspace", "--no-fail-fast"]));
    let counts = of_cargo_test(&finished.output);
    Outcome { counts: contradicted(counts, finished.success), output: finished.output }
}

fn bans() -> Outcome {
    let verdict = bans::banned().and_then(|banned| {
        let violations = bans::violations(&bans::core_graph()?, &banned);
        Ok((banned.len() - violations.len(), violations))
    });
    match verdict {
        Ok((passed, violations)) => Outcome {
            counts: Counts { passed, failed: violations.len(), ignored: 0 },
            output: violations.join("\n"),
        },
        Err(problem) => Outcome::single(false, problem),
    }
}

/// Third-party data against the adapter of every surface; what is checked in process runs with the Rust one.
fn third_party() -> Outcome {
    let in_rust = of_program("third-party", &[]);
    ADAPTERS.iter().filter(|(surface, _)| *surface != "rust").fold(in_rust, |outcome, (surface, adapter)| {
        outcome.and(match adapter().and_then(|adapter| Ok((adapter, built(Kind::Program, "third-party")?))) {
            Ok((adapter, mut runner)) => {
                of_command(runner.arg(adapter.get_program()).args(adapter.get_args()))
            }
            Err(problem) => Outcome::single(false, format!("{surface}: {problem}")),
        })
    })
}

/// The demo checks each line that it prints; its closing line is their count, and the exit code a case of its own.
fn demo() -> Outcome {
    let finished = match built(Kind::Program, "acme") {
        Ok(mut program) => capture(&mut program),
        Err(problem) => return Outcome::single(false, problem),
    };
    let counts = of_runner(&finished.output).unwrap_or_default().plus(Counts::one(finished.success));
    Outcome { counts, output: finished.output }
}
