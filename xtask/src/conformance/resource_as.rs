//! `cargo xtask conformance resource-as` and `idp`: any authorization server by its address; without one, ours and foreign
//! ones, which are started for it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use serde_json::{Value, json};

use crate::js::steps::installed_project;
use crate::process::{Command, Kind, built, cargo, forward, root, target_dir};
use crate::python;
use crate::test::{Outcome, of_command};

/// What a server does.
#[derive(Clone, Copy)]
pub(crate) enum Role {
    /// Redeems ID-JAGs.
    ResourceAs,
    /// Issues them.
    Idp,
}

impl Role {
    fn name(self) -> &'static str {
        match self {
            Self::ResourceAs => "resource-as",
            Self::Idp => "idp",
        }
    }
}

/// With `--url`, `--list`, `--help` or whatever else asks for nothing of ours, hands all arguments on.
pub(crate) fn run(role: Role, arguments: &[String]) -> ExitCode {
    let command = match arguments {
        [] => suite(role, false),
        [flag] if flag == "--update" => suite(role, true),
        arguments => program(role, arguments),
    };
    match command {
        Ok(mut command) => forward(&mut command),
        Err(problem) => {
            eprintln!("xtask: {problem}");
            ExitCode::FAILURE
        }
    }
}

/// The step of `cargo xtask test`: the servers of both roles.
pub(crate) fn step() -> Outcome {
    let of = |role| match suite(role, false) {
        Ok(mut command) => of_command(&mut command),
        Err(problem) => Outcome::single(false, problem),
    };
    of(Role::ResourceAs).and(of(Role::Idp))
}

/// The program with these arguments. Only for a server at an https address is TLS compiled, which takes a C compiler.
fn program(role: Role, arguments: &[String]) -> Result<Command, String> {
    let mut command = if takes_tls(arguments) {
        cargo(&["run", "--quiet", "--package", "idjag-conformance", "--features", "tls", "--"])
    } else {
        built(Kind::Program, "idjag-conformance")?
    };
    command.arg(role.name()).args(arguments);
    Ok(command)
}

fn takes_tls(arguments: &[String]) -> bool {
    let flags = ["--url", "--token-endpoint", "--mcp-url"];
    let joined = |argument: &String| flags.iter().any(|flag| argument.starts_with(&format!("{flag}=https:")));
    let apart = |pair: &[String]| matches!(pair, [flag, value] if flags.contains(&flag.as_str()) && value.starts_with("https:"));
    arguments.iter().any(joined) || arguments.windows(2).any(apart)
}

/// The program for all servers of this role that can be started here.
fn suite(role: Role, update: bool) -> Result<Command, String> {
    let python = python::interpreter()?;
    let text = |path: PathBuf| path.display().to_string();
    let of_python = |name: &str| json!([text(python.clone()), "-B", text(target(name))]);
    let entry = |name: &str, is_ours: bool, command: Value| json!({"name": name, "ours": is_ours, "role": role.name(), "command": command});
    let project = text(installed_project()?);
    let rust = entry(
        "rust",
        true,
        json!([text(built(Kind::Program, "idjag-conformance-target")?.get_program().into())]),
    );
    let plan = match role {
        Role::ResourceAs => vec![
            rust,
            entry("node", true, json!(["node", text(target("node.mjs")), project])),
            entry("python", true, of_python("python.py")),
            entry("fastmcp", false, of_python("foreign_fastmcp.py")),
            entry("authlib", false, of_python("foreign_authlib.py")),
        ],
        Role::Idp => vec![
            rust,
            entry("node", true, json!(["node", text(target("node_idp.mjs")), project])),
            entry("python", true, of_python("python_idp.py")),
        ],
    };
    let path = target_dir()?.join(format!("conformance-{}.json", role.name()));
    fs::write(&path, Value::from(plan).to_string())
        .map_err(|error| format!("{}: {error}", path.display()))?;
    let mut command = built(Kind::Program, "idjag-conformance")?;
    command.arg("suite").arg(path).args(update.then_some("--update"));
    Ok(command)
}

/// The program of a server.
fn target(name: &str) -> PathBuf {
    Path::new(root()).join("tests/conformance/targets").join(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tls_is_for_servers_at_https_addresses() {
        let of = |line: &str| takes_tls(&line.split(' ').map(str::to_owned).collect::<Vec<_>>());
        assert!(of("--url https://as.example") && of("--mcp-url=https://mcp.example/mcp"));
        assert!(!of("--url http://127.0.0.1:1 --resource https://mcp.example/mcp"));
    }
}
