//! The parts of `cargo xtask bench`: how each is built and run. Any program will do that prints lines.

use super::line::measured;
use super::report::Report;
use super::{callgrind, programs};
use crate::process::{Command, cargo, root, run, target_dir};
use crate::{js, python};

/// One part, as `cargo xtask bench <name>` takes it.
pub(super) struct Part {
    pub(super) name: &'static str,
    /// Adds its figures to the report.
    pub(super) run: fn(&mut Report) -> Result<(), String>,
}

/// All parts, in the order in which they run.
pub(super) const PARTS: &[Part] = &[
    Part { name: "rust", run: |report| tokens(report, "rust") },
    Part { name: "growth", run: |report| tokens(report, "growth") },
    Part { name: "abuse", run: |report| tokens(report, "abuse") },
    Part { name: "policy", run: |report| timed(report, &mut programs::rust("policy")?) },
    Part { name: "node", run: |report| timed(report, js::benchmark("verify.mjs")?.arg(programs::corpus()?)) },
    Part { name: "python", run: |report| timed(report, python::benchmark()?.arg(programs::corpus()?)) },
    Part { name: "revocations", run: revocations },
    Part { name: "edge", run: edge },
    Part { name: "load", run: load },
];

/// A part of the program `tokens`, timed, and then counted.
fn tokens(report: &mut Report, part: &str) -> Result<(), String> {
    let mut program = programs::rust("tokens")?;
    counted(report, program.arg(part))
}

/// A list of a million revocations, natively and in a WebAssembly instance under Node.js.
fn revocations(report: &mut Report) -> Result<(), String> {
    timed(report, &mut programs::rust("revocations")?)?;
    timed(report, &mut js::benchmark("revocations.mjs")?)
}

/// The module at the edge: its sizes, and what it takes in three runtimes.
fn edge(report: &mut Report) -> Result<(), String> {
    timed(report, js::edge("node.mjs")?.args(js::builds()?))?;
    timed(report, &mut js::edge("workerd.mjs")?)?;
    timed(report, &mut js::edge("chromium.mjs")?)
}

/// The example servers, and the same with other libraries in place of ours.
fn load(report: &mut Report) -> Result<(), String> {
    run(&mut cargo(&["build", "--quiet", "--release", "--package", "rust-server"]))?;
    let server = target_dir()?.join("release").join(format!("rust-server{}", std::env::consts::EXE_SUFFIX));
    let (root, project) = (root().display(), js::project()?);
    let (project, python) = (project.display(), python::interpreter()?);
    let python = python.display();
    let mut generator = programs::rust("load")?;
    timed(report, generator.args(["load.rust", &format!("idjag={root}={}", server.display())]))?;
    let mut generator = programs::rust("load")?;
    generator.args(["load.node", &format!("idjag={project}=node"), "examples/node-server/server.mjs", "--"]);
    timed(report, generator.args([&format!("jose={project}=node"), "peers/jose.mjs"]))?;
    let mut generator = programs::rust("load")?;
    let peer = format!("PyJWT={root}={python}");
    generator.args([
        "load.python",
        &format!("idjag={root}/examples/python-server={python}"),
        "-B",
        "server.py",
        "--",
    ]);
    timed(report, generator.args([&peer, "-B", "bench/load/peers/pyjwt_server.py"]))
}

fn timed(report: &mut Report, program: &mut Command) -> Result<(), String> {
    report.lines.extend(measured(program)?);
    Ok(())
}

fn counted(report: &mut Report, program: &mut Command) -> Result<(), String> {
    let mut lines = measured(program)?;
    report.missing.extend(callgrind::count(program, &mut lines)?);
    report.lines.extend(lines);
    Ok(())
}
