//! `cargo xtask conformance resource-as`: any authorization server by its address; without one, ours and foreign ones,
//! which are started for it.

use std::env::consts::EXE_SUFFIX;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use serde_json::{Value, json};

use crate::js::steps::installed_project;
use crate::process::{Command, cargo, forward, root, run as run_to_end, target_dir};
use crate::python;
use crate::test::{Outcome, of_command};

/// With `--url`, `--list`, `--help` or whatever else asks for nothing of ours, hands all arguments on.
pub(crate) fn run(arguments: &[String]) -> ExitCode {
    let command = match arguments {
        [] => suite(false),
        [flag] if flag == "--update" => suite(true),
        arguments => Ok(program(arguments)),
    };
    match command {
        Ok(mut command) => forward(&mut command),
        Err(problem) => {
            eprintln!("xtask: {problem}");
            ExitCode::FAILURE
        }
    }
}

/// The step of `cargo xtask test`.
pub(crate) fn step() -> Outcome {
    match suite(false) {
        Ok(mut command) => of_command(&mut command),
        Err(problem) => Outcome::single(false, problem),
    }
}

/// The program with these arguments. Only where an address begins with https is TLS compiled, which takes a C compiler.
fn program(arguments: &[String]) -> Command {
    let mut command = cargo(&["run", "--quiet", "--package", "idjag-conformance"]);
    if arguments.iter().any(|argument| argument.contains("https://")) {
        command.args(["--features", "tls"]);
    }
    command.args(["--", "resource-as"]).args(arguments);
    command
}

/// The program for all servers that can be started here.
fn suite(update: bool) -> Result<Command, String> {
    let python = python::interpreter()?;
    let text = |path: PathBuf| path.display().to_string();
    let of_python = |name: &str| json!([text(python.clone()), "-B", text(target(name))]);
    let plan = Value::from(vec![
        entry("rust", true, json!([text(rust_server()?)])),
        entry("node", true, json!(["node", text(target("node.mjs")), text(installed_project()?)])),
        entry("python", true, of_python("python.py")),
        entry("fastmcp", false, of_python("foreign_fastmcp.py")),
        entry("authlib", false, of_python("foreign_authlib.py")),
    ]);
    let path = target_dir()?.join("conformance-plan.json");
    fs::write(&path, plan.to_string()).map_err(|error| format!("{}: {error}", path.display()))?;
    let mut command = cargo(&["run", "--quiet", "--package", "idjag-conformance", "--", "suite"]);
    command.arg(path).args(update.then_some("--update"));
    Ok(command)
}

/// The Rust server, built.
fn rust_server() -> Result<PathBuf, String> {
    run_to_end(&mut cargo(&["build", "--quiet", "--package", "idjag-conformance-target"]))?;
    Ok(target_dir()?.join("debug").join(format!("idjag-conformance-target{EXE_SUFFIX}")))
}

fn entry(name: &str, is_ours: bool, command: Value) -> Value {
    json!({"name": name, "ours": is_ours, "command": command})
}

/// The program of a server.
fn target(name: &str) -> PathBuf {
    Path::new(root()).join("tests/conformance/targets").join(name)
}
