//! Several servers: ours, which pass everything, and foreign ones, of which it is written down what they do.

use core::cell::RefCell;
use std::fs;
use std::path::{Path, PathBuf};
use std::thread;

use serde_json::{Map, Value, json};

use crate::args::empty_world;
use crate::bench::{Idp, now};
use crate::cases;
use crate::idp::{self, IdpWorld};
use crate::jws::Jws;
use crate::keys::Key;
use crate::publisher::Publisher;
use crate::report::{Outcome, Report};
use crate::session::{ANYWHERE, bench, idp_bench, run as run_cases};
use crate::table;
use crate::target::{Target, clients};
use crate::world::Client;

/// Longer than any of the servers waits between two looks at the issuer's keys.
const ROTATION_WAIT: u64 = 60;
/// What servers are told that there is.
const RESOURCE: &str = "https://mcp.example/mcp";
const SCOPE: &str = "rows:read rows:write";

/// A server of the plan.
struct Entry {
    name: String,
    ours: bool,
    role: String,
    command: Vec<String>,
}

/// Runs the servers of `plan`: whether all did what is expected of them. With `update`, what they did is expected from
/// now on.
pub(crate) fn run(plan: &Path, update: bool) -> Result<bool, String> {
    let (entries, rsa) = (read(plan)?, Key::rs256());
    // Most of the time is spent waiting for servers to look at keys again.
    let reports = thread::scope(|scope| {
        let trials: Vec<_> = entries.iter().map(|entry| scope.spawn(|| try_server(entry, &rsa))).collect();
        let trials =
            trials.into_iter().map(|trial| trial.join().unwrap_or_else(|_| Err("it broke off".into())));
        trials.collect::<Vec<_>>()
    });
    let named = |(entry, report): (Entry, Result<Report, String>)| match report {
        Ok(report) => Ok((entry, report)),
        Err(problem) => Err(format!("{}: {problem}", entry.name)),
    };
    let reports = entries.into_iter().zip(reports).map(named).collect::<Result<Vec<_>, _>>()?;
    let columns: Vec<(&str, &Report)> =
        reports.iter().map(|(entry, report)| (entry.name.as_str(), report)).collect();
    print!("{}", table::matrix(&columns));
    let (mut passed, mut failed) = (0, 0);
    for (entry, report) in &reports {
        let surprises = match entry.ours {
            true => of_ours(&entry.role, report, update)?,
            false => of_foreign(&entry.name, report, update)?,
        };
        passed += report.outcomes.len().saturating_sub(surprises.len());
        failed += surprises.len();
        for surprise in surprises {
            println!("{}: {surprise}", entry.name);
        }
    }
    let foreign: Vec<(&str, &Report)> = reports
        .iter()
        .filter(|(entry, _)| !entry.ours)
        .map(|(entry, report)| (entry.name.as_str(), report))
        .collect();
    if !foreign.is_empty() {
        let same = table::in_readme(&folder().join("README.md"), &foreign, update)?;
        if !same {
            println!(
                "README.md: its table is another one; `cargo xtask conformance resource-as --update` writes it"
            );
        }
        passed += usize::from(same);
        failed += usize::from(!same);
    }
    println!("{passed} passed, {failed} failed");
    Ok(failed == 0)
}

/// The folder of this crate.
fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn read(plan: &Path) -> Result<Vec<Entry>, String> {
    let plan = document(plan)?;
    let entry = |entry: &Value| {
        let command = entry["command"].as_array()?.iter().map(|part| part.as_str().map(str::to_owned));
        Some(Entry {
            name: entry["name"].as_str()?.to_owned(),
            ours: entry["ours"].as_bool()?,
            role: entry["role"].as_str()?.to_owned(),
            command: command.collect::<Option<_>>()?,
        })
    };
    let entries = plan.as_array().map(Vec::as_slice).unwrap_or_default();
    let entries: Option<Vec<Entry>> = entries.iter().map(entry).collect();
    entries.filter(|entries| !entries.is_empty()).ok_or("the plan names no server".into())
}

fn try_server(entry: &Entry, rsa: &Key) -> Result<Report, String> {
    let report = match entry.role.as_str() {
        "idp" => try_idp(entry)?,
        _ => try_resource_as(entry, rsa)?,
    };
    // Of a server that grants nothing, refusals say nothing.
    let granted = report.outcomes.iter().find(|outcome| outcome.case.id == "response.granted");
    match granted.map(|outcome| (outcome.word(), outcome.did())) {
        Some(("passed", _)) => Ok(report),
        other => Err(format!("what is good is not granted: {other:?}")),
    }
}

fn registered(clients: &Value) -> Result<Vec<Client>, String> {
    clients.as_array().into_iter().flatten().map(Client::from_document).collect()
}

fn try_resource_as(entry: &Entry, rsa: &Key) -> Result<Report, String> {
    let key = Key::es256();
    let publisher = Publisher::open(ANYWHERE, vec![key.public_jwk(), rsa.public_jwk()])?;
    let (mut world, clients) = (empty_world(), clients());
    world.clients = registered(&clients)?;
    world.resource = RESOURCE.into();
    world.other_resource = Some("https://other.example/mcp".into());
    world.unknown_subject = Some("nobody".into());
    world.scope = SCOPE.into();
    world.excess_scope = "other:read".into();
    world.algorithms = vec!["ES256".into(), "RS256".into()];
    world.rotation_wait = ROTATION_WAIT;
    let told = json!({
        "role": "resource-as",
        "idp": {"issuer": publisher.issuer, "jwks_uri": publisher.jwks_uri(), "algorithms": world.algorithms},
        "clients": clients, "resource": world.resource, "other_resource": world.other_resource,
        "subject": world.subject, "scope": world.scope, "other_scope": world.excess_scope,
    });
    let (_running, answer) = Target::start(&entry.command, &told)?;
    world.amend(&answer)?;
    let rsa = world.algorithms.iter().any(|name| name == "RS256").then(|| rsa.clone());
    let issuer = publisher.issuer.clone();
    let idp = Idp { issuer, key: RefCell::new(key), rsa, publisher: Some(publisher) };
    Ok(run_cases(&bench(world, idp, None)?, cases::all(), &[], false))
}

fn try_idp(entry: &Entry) -> Result<Report, String> {
    let (clients, key) = (clients(), Key::es256());
    let mut world = IdpWorld {
        clients: registered(&clients)?,
        audience: "https://as.example".into(),
        resource: RESOURCE.into(),
        scope: SCOPE.into(),
        excess_scope: "rows:delete".into(),
        ..IdpWorld::default()
    };
    let told = json!({
        "role": "idp", "clients": clients, "audience": world.audience, "resource": world.resource,
        "scope": world.scope, "excess_scope": world.excess_scope, "subject": "alice",
        "signing_key": {"kid": key.kid, "d": key.private_member()},
    });
    let (_running, answer) = Target::start(&entry.command, &told)?;
    world.amend(&answer)?;
    // What signing on would have left.
    let id_token = |client: &Client, at: u64| {
        let claims = json!({"iss": world.url, "sub": "alice", "aud": client.id, "iat": at, "exp": at + 1800});
        Jws::new(&key, "JWT", &claims).compact()
    };
    let [first, second, ..] = &world.clients[..] else { return Err("there are two clients at least".into()) };
    let tokens = [id_token(first, now()), id_token(first, now() - 7200), id_token(second, now())];
    let [good, expired, other] = tokens;
    world.subject_token = good;
    (world.expired_subject_token, world.other_subject_token) = (Some(expired), Some(other));
    Ok(run_cases(&idp_bench(world)?, idp::all(), &[], false))
}

/// Of ours everything is expected, that everything can be tried, and, where several answers are right, always the same.
fn of_ours(role: &str, report: &Report, update: bool) -> Result<Vec<String>, String> {
    let told = |outcome: &&Outcome| format!("{} {}: {}", outcome.word(), outcome.case.id, outcome.did());
    let missed = report.outcomes.iter().filter(|outcome| outcome.word() != "passed");
    let mut surprises: Vec<String> = missed.map(|outcome| told(&outcome)).collect();
    let path = folder().join("expected").join(format!("ours-{role}.json"));
    let passed = || report.outcomes.iter().filter(|outcome| outcome.word() == "passed");
    if update {
        let chosen = passed().filter(|outcome| !outcome.did().is_empty());
        let chosen: Map<String, Value> =
            chosen.map(|outcome| (outcome.case.id.to_owned(), outcome.did().into())).collect();
        write(&path, &Value::Object(chosen))?;
        return Ok(surprises);
    }
    let expected = document(&path)?;
    let other = |outcome: &&Outcome| expected[outcome.case.id].as_str().unwrap_or_default() != outcome.did();
    surprises.extend(
        passed().filter(other).map(|outcome| format!("another answer than before: {}", told(&outcome))),
    );
    Ok(surprises)
}

fn document(path: &Path) -> Result<Value, String> {
    let text = fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    serde_json::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))
}

fn write(path: &Path, document: &Value) -> Result<(), String> {
    fs::write(path, format!("{document:#}\n")).map_err(|error| format!("{}: {error}", path.display()))
}

/// Of foreign ones it is expected that they go on doing what they did.
fn of_foreign(name: &str, report: &Report, update: bool) -> Result<Vec<String>, String> {
    let path = folder().join("expected").join(format!("{name}.json"));
    let did = |outcome: &Outcome| {
        json!({
            "case": outcome.case.id, "requirements": outcome.case.requirements, "outcome": outcome.word(),
            "did": outcome.did(),
        })
    };
    let actual: Vec<Value> =
        report.outcomes.iter().filter(|outcome| outcome.word() != "passed").map(did).collect();
    if update {
        write(&path, &Value::from(actual))?;
        return Ok(Vec::new());
    }
    let expected = document(&path)?;
    let expected = expected.as_array().map(Vec::as_slice).unwrap_or_default();
    let of =
        |all: &[Value], case: &str| all.iter().find(|one| one["case"] == case).cloned().unwrap_or_default();
    let surprises = report.outcomes.iter().filter_map(|outcome| {
        let (expected, actual) = (of(expected, outcome.case.id), of(&actual, outcome.case.id));
        (expected != actual)
            .then(|| format!("{}: {expected} is expected, and it was {actual}", outcome.case.id))
    });
    Ok(surprises.collect())
}
