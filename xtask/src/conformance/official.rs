//! The official suite of the Model Context Protocol: our clients and authorization servers against its scenarios.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{ExitCode, Stdio};
use std::sync::Mutex;
use std::thread;

use crate::counts::Counts;
use crate::js::steps::{installed_project, official_suite};
use crate::process::{Command, Kind, built, capture, root, target_dir};
use crate::python;
use crate::test::Outcome;

/// What the clients are put through. Nothing is left out that one of them fails: all pass all.
const SCENARIOS: &[&str] = &[
    "auth/enterprise-managed-authorization",
    "auth/client-credentials-jwt",
    "auth/client-credentials-basic",
    "auth/wif-jwt-bearer",
    "auth/dpop",
    "auth/dpop-nonce",
    "auth/metadata-default",
    "auth/metadata-var1",
    "auth/metadata-var2",
    "auth/metadata-var3",
    "auth/metadata-issuer-mismatch",
    "auth/resource-mismatch",
    "auth/scope-step-up",
    "auth/scope-from-www-authenticate",
    "auth/scope-from-scopes-supported",
    "auth/scope-omitted-when-undefined",
    "auth/scope-retry-limit",
    "auth/basic-cimd",
    "auth/pre-registration",
    "auth/token-endpoint-auth-basic",
    "auth/token-endpoint-auth-post",
    "auth/token-endpoint-auth-none",
    "auth/iss-supported",
    "auth/iss-not-advertised",
    "auth/iss-supported-missing",
    "auth/iss-wrong-issuer",
    "auth/iss-unexpected",
    "auth/iss-normalized",
    "auth/offline-access-scope",
    "auth/offline-access-not-supported",
    "auth/authorization-server-migration",
];

/// What the authorization servers are put through: the one scenario that needs no user.
const METADATA: &str = "authorization-server-metadata-endpoint";

/// The languages: what builds the client, and how the authorization server is started.
const LANGUAGES: &[Language] = &[
    Language { name: "typescript", client: typescript, server: Some(typescript_server) },
    Language { name: "python", client: python_client, server: Some(python_server) },
    Language { name: "rust", client: rust, server: Some(rust_server) },
];

#[derive(Clone, Copy)]
struct Language {
    name: &'static str,
    client: fn() -> Result<Program, String>,
    server: Option<fn() -> Result<Program, String>>,
}

/// How a program is started: a command of words without spaces, in a folder.
struct Program {
    folder: PathBuf,
    command: String,
}

impl Program {
    fn in_project(command: &str) -> Result<Self, String> {
        Ok(Self { folder: installed_project()?, command: command.into() })
    }

    fn of_python(script: &str) -> Result<Self, String> {
        let interpreter = python::interpreter()?;
        let inside = interpreter.strip_prefix(root()).map_err(|error| error.to_string())?;
        Ok(Self { folder: root().into(), command: format!("{} -B {script}", inside.display()) })
    }
}

fn typescript() -> Result<Program, String> {
    Program::in_project("node conformance/clients/typescript/client.mjs")
}

fn typescript_server() -> Result<Program, String> {
    Program::in_project("node conformance/servers/typescript.mjs")
}

fn python_client() -> Result<Program, String> {
    Program::of_python("tests/conformance/clients/python/client.py")
}

fn python_server() -> Result<Program, String> {
    Program::of_python("tests/conformance/servers/python.py")
}

fn rust() -> Result<Program, String> {
    of_rust("idjag-conformance-client")
}

fn rust_server() -> Result<Program, String> {
    of_rust("idjag-conformance-server")
}

fn of_rust(name: &str) -> Result<Program, String> {
    built(Kind::Program, name)?;
    Ok(Program { folder: target_dir()?.join("debug"), command: format!("./{name}") })
}

/// `conformance client <client> [<scenario>]`.
pub(super) fn client(arguments: &[String]) -> Option<ExitCode> {
    let (name, scenarios) = match arguments {
        [client] => (client, SCENARIOS.to_vec()),
        [client, scenario] => (client, vec![scenario.as_str()]),
        _ => return None,
    };
    let language = LANGUAGES.iter().find(|language| name == language.name)?;
    let clients_only = Language { server: None, ..*language };
    Some(reported(&play(&[clients_only], &scenarios)))
}

/// `conformance`: all of it.
pub(super) fn all() -> ExitCode {
    reported(&step())
}

fn reported(outcome: &Outcome) -> ExitCode {
    print!("{}", outcome.output);
    println!("{} passed, {} failed", outcome.counts.passed, outcome.counts.failed);
    if outcome.counts.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// The step of `cargo xtask test`.
pub(crate) fn step() -> Outcome {
    play(LANGUAGES, SCENARIOS)
}

/// Every scenario in every language: a table, and what was said of those that failed.
fn play(languages: &[Language], scenarios: &[&str]) -> Outcome {
    let has_servers = languages.iter().any(|language| language.server.is_some());
    let rows: Vec<&str> = scenarios.iter().copied().chain(has_servers.then_some(METADATA)).collect();
    let width = rows.iter().map(|row| row.len()).max().unwrap_or_default();
    let mut lines: Vec<String> = rows.iter().map(|row| format!("{row:width$}")).collect();
    let mut head = format!("{:width$}", "");
    let (mut counts, mut faults) = (Counts::default(), String::new());
    for language in languages {
        head += &format!(" | {:10}", language.name);
        let clients = match (language.client)() {
            Ok(client) => verdicts(&client, scenarios),
            Err(problem) => vec![Err(problem); scenarios.len()],
        };
        let server = language.server.map(|server| server().and_then(|server| metadata(&server)));
        let verdicts = clients.into_iter().map(Some).chain([server]);
        for ((line, row), verdict) in lines.iter_mut().zip(&rows).zip(verdicts) {
            let word = match &verdict {
                None => "",
                Some(Ok(())) => "passed",
                Some(Err(_)) => "FAILED",
            };
            *line += &format!(" | {word:10}");
            counts = verdict.iter().fold(counts, |counts, verdict| counts.plus(Counts::one(verdict.is_ok())));
            if let Some(Err(problem)) = verdict {
                faults += &format!("{} in {row}:\n{problem}\n", language.name);
            }
        }
    }
    Outcome { counts, output: format!("{head}\n{}\n{faults}", lines.join("\n")) }
}

/// What the suite says of a client, scenario by scenario: two at a time, for they wait for each other's processes.
fn verdicts(client: &Program, scenarios: &[&str]) -> Vec<Result<(), String>> {
    let left = Mutex::new(scenarios.iter().enumerate());
    let said = Mutex::new(vec![Err("was not run".to_owned()); scenarios.len()]);
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                loop {
                    let next = left.lock().ok().and_then(|mut left| left.next());
                    let Some((at, scenario)) = next else { break };
                    let verdict = verdict(client, scenario);
                    if let Some(place) = said.lock().ok().as_mut().and_then(|said| said.get_mut(at)) {
                        *place = verdict;
                    }
                }
            });
        }
    });
    said.into_inner().unwrap_or_default()
}

/// The suite takes a warning for a failure, as we do.
fn verdict(client: &Program, scenario: &str) -> Result<(), String> {
    let mut command = official_suite()?;
    command.args(["client", "--command", &client.command, "--scenario", scenario, "--timeout", "60000"]);
    let finished = capture(command.current_dir(&client.folder));
    // A scenario that it skips is a success to it, and tests nothing.
    if finished.success && finished.output.contains("OVERALL: PASSED") {
        Ok(())
    } else {
        Err(finished.output)
    }
}

/// What the suite says of the metadata of an authorization server, which says where it is and ends with its input.
fn metadata(server: &Program) -> Result<(), String> {
    let mut words = server.command.split(' ');
    let program = words.next().unwrap_or_default();
    let path = if program.contains('/') { server.folder.join(program) } else { program.into() };
    let mut command = Command::new(path);
    command.args(words).current_dir(&server.folder).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().map_err(|error| error.to_string())?;
    let verdict = child.stdout.take().ok_or("no output".to_owned()).and_then(|output| {
        let mut issuer = String::new();
        BufReader::new(output).read_line(&mut issuer).map_err(|error| error.to_string())?;
        let mut suite = official_suite()?;
        let finished = capture(suite.args(["authorization", "--url", issuer.trim(), "--scenario", METADATA]));
        // Here the suite counts warnings and exits as if there were none.
        let is_clean = finished.success && finished.output.contains("0 failed, 0 warnings");
        if is_clean { Ok(()) } else { Err(finished.output) }
    });
    drop(child.stdin.take());
    child.wait().map_err(|error| error.to_string())?;
    verdict
}
