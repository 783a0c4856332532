//! The official suite of the Model Context Protocol: our clients and authorization servers against its scenarios.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Mutex;
use std::thread;

use crate::counts::Counts;
use crate::js::steps::{installed_project, official_suite};
use crate::process::{capture, cargo, root, run as run_to_end, target_dir};
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

/// The clients, and what builds each.
const CLIENTS: &[(&str, fn() -> Result<Client, String>)] =
    &[("typescript", typescript), ("python", python_client), ("rust", rust)];

/// How a client is started: a command of words without spaces, in a folder.
struct Client {
    folder: PathBuf,
    command: String,
}

fn typescript() -> Result<Client, String> {
    Ok(Client { folder: installed_project()?, command: "node conformance/client.mjs".into() })
}

fn python_client() -> Result<Client, String> {
    let interpreter = python::interpreter()?;
    let inside = interpreter.strip_prefix(root()).map_err(|error| error.to_string())?;
    let command = format!("{} -B tests/conformance/clients/python/client.py", inside.display());
    Ok(Client { folder: root().into(), command })
}

fn rust() -> Result<Client, String> {
    run_to_end(&mut cargo(&["build", "--quiet", "--package", "idjag-conformance-client"]))?;
    Ok(Client { folder: target_dir()?.join("debug"), command: "./idjag-conformance-client".into() })
}

/// `conformance client <client> [<scenario>]`.
pub(super) fn client(arguments: &[String]) -> Option<ExitCode> {
    let (name, scenarios) = match arguments {
        [client] => (client, SCENARIOS.to_vec()),
        [client, scenario] => (client, vec![scenario.as_str()]),
        _ => return None,
    };
    let client = CLIENTS.iter().find(|(known, _)| name == known)?;
    Some(reported(&play(&[*client], &scenarios)))
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
    play(CLIENTS, SCENARIOS)
}

type Named = (&'static str, fn() -> Result<Client, String>);

/// Every scenario with every client: a table, and what was said of those that failed.
fn play(clients: &[Named], scenarios: &[&str]) -> Outcome {
    let width = scenarios.iter().map(|scenario| scenario.len()).max().unwrap_or_default();
    let mut rows: Vec<String> = scenarios.iter().map(|scenario| format!("{scenario:width$}")).collect();
    let mut head = format!("{:width$}", "");
    let (mut counts, mut faults) = (Counts::default(), String::new());
    for (name, build) in clients {
        head += &format!(" | {name:10}");
        let verdicts = match build() {
            Ok(client) => verdicts(&client, scenarios),
            Err(problem) => vec![Err(problem); scenarios.len()],
        };
        for ((row, scenario), verdict) in rows.iter_mut().zip(scenarios).zip(verdicts) {
            *row += &format!(" | {:10}", if verdict.is_ok() { "passed" } else { "FAILED" });
            counts = counts.plus(Counts::one(verdict.is_ok()));
            if let Err(problem) = verdict {
                faults += &format!("{name} in {scenario}:\n{problem}\n");
            }
        }
    }
    Outcome { counts, output: format!("{head}\n{}\n{faults}", rows.join("\n")) }
}

/// What the suite says of a client, scenario by scenario: two at a time, for they wait for each other's processes.
fn verdicts(client: &Client, scenarios: &[&str]) -> Vec<Result<(), String>> {
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
fn verdict(client: &Client, scenario: &str) -> Result<(), String> {
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
