//! `idjag policy test`: a file of expected decisions, held against a policy.

use alloc::collections::BTreeSet;
use core::fmt::Write as _;
use std::path::{Path, PathBuf};

use clap::Args;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::question::{Asked, Members};
use super::{MAX_BYTES, faultless};
use crate::args::PolicyReading;
use crate::input;
use crate::report::{Answer, Report, Trouble};
use crate::screen::shown;

/// The JSON Schema of a file of cases.
const SCHEMA: &str = include_str!("../../../docs/policy-cases.schema.json");
/// What can be expected of a decision.
const EXPECTED: [&str; 10] = [
    "outcome",
    "agents",
    "code",
    "scope",
    "authorization_details_types",
    "max_lifetime",
    "acr_values",
    "max_age",
    "rules",
    "bar",
];

/// Run a file of expected decisions against a policy. Exit code 1 when one is not as expected.
///
/// The file: {"cases": [{"name": "…", "request": {"app", "server", "scope", "subject", "groups", "acr", "auth_age", "dpop",
/// "actor", …}, "expect": {"outcome": "permit", "scope", "max_lifetime", "rules", …}}]}. Of what is expected, only what is
/// said is compared; `null` says that there must be none. --schema prints the JSON Schema.
#[derive(Args)]
pub(crate) struct TestArgs {
    /// The policy document.
    #[arg(required_unless_present = "schema")]
    file: Option<PathBuf>,
    /// The file of cases.
    #[arg(long, value_name = "FILE", required_unless_present = "schema")]
    cases: Option<PathBuf>,
    /// Print the JSON Schema of files of cases.
    #[arg(long)]
    schema: bool,
    #[command(flatten)]
    reading: PolicyReading,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Cases {
    #[serde(rename = "$schema")]
    _schema: Option<String>,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    request: Members,
    expect: Members,
}

#[derive(Serialize)]
struct Tested {
    passed: usize,
    failed: usize,
    cases: Vec<Result>,
}

#[derive(Serialize)]
struct Result {
    name: String,
    passed: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    differences: Vec<Difference>,
    /// The explanation, of a case that failed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    why: Vec<String>,
}

#[derive(Serialize)]
struct Difference {
    member: &'static str,
    expected: Value,
    got: Value,
}

pub(crate) fn run(args: &TestArgs) -> Answer {
    let (Some(file), Some(cases), false) = (&args.file, &args.cases, args.schema) else {
        return Ok(Report::verbatim(SCHEMA.into()));
    };
    let (document, _) = faultless(file, args.reading)?;
    let mut asked = Asked::of(&document, args.reading.dangerous_allow_http_loopback)?;
    let cases = read(cases)?;
    let mut tested = Tested { passed: 0, failed: 0, cases: Vec::new() };
    for case in &cases {
        let result =
            hold(case, &mut asked).map_err(|error| Trouble(format!("case `{}`: {error}", case.name)))?;
        match result.passed {
            true => tested.passed += 1,
            false => tested.failed += 1,
        }
        tested.cases.push(result);
    }
    Ok(Report::new(text(&tested), &tested).is(tested.failed == 0))
}

fn read(path: &Path) -> core::result::Result<Vec<Case>, Trouble> {
    let wrong = |error: String| Trouble(format!("{}: {error}", path.display()));
    let text = input::text(path, MAX_BYTES)?;
    let Cases { cases, .. } = serde_json::from_str(&text).map_err(|error| wrong(error.to_string()))?;
    let mut names = BTreeSet::new();
    for Case { name, expect, .. } in &cases {
        let unknown = expect.0.keys().find(|member| !EXPECTED.contains(&member.as_str()));
        match (names.insert(name), unknown, expect.0.contains_key("outcome")) {
            (false, _, _) => return Err(wrong(format!("two cases are called `{name}`"))),
            (_, Some(member), _) => {
                return Err(wrong(format!("case `{name}`: nothing is called `{member}`")));
            }
            (_, _, false) => return Err(wrong(format!("case `{name}`: an `outcome` is to be expected"))),
            _ => {}
        }
    }
    match cases.is_empty() {
        true => Err(wrong(String::from("there is no case in it"))),
        false => Ok(cases),
    }
}

fn hold(case: &Case, asked: &mut Asked) -> core::result::Result<Result, String> {
    let got = asked.ask("policy.evaluate", &case.request)?;
    let mut differences = Vec::new();
    for member in EXPECTED {
        let Some(expected) = case.expect.0.get(member) else { continue };
        let got = got.get(member).cloned().unwrap_or_default();
        if normal(member, expected) != normal(member, &got) {
            differences.push(Difference { member, expected: expected.clone(), got });
        }
    }
    let passed = differences.is_empty();
    let mut why = Vec::new();
    if !passed {
        let trace = asked.ask("policy.explain", &case.request)?;
        let lines = trace.get("text").and_then(Value::as_array).into_iter().flatten();
        why = lines.filter_map(Value::as_str).map(String::from).collect();
        why.retain(|line| !line.ends_with("about other apps") && !line.ends_with("about other servers"));
    }
    Ok(Result { name: case.name.clone(), passed, differences, why })
}

/// What does not depend on the order of a list, or of the words of a scope; nothing and an empty list are the same.
fn normal(member: &str, value: &Value) -> Option<BTreeSet<String>> {
    let set: BTreeSet<String> = match value {
        Value::Null => return None,
        Value::String(text) if matches!(member, "scope" | "acr_values") => {
            text.split(' ').filter(|word| !word.is_empty()).map(String::from).collect()
        }
        Value::Array(items) => items.iter().map(Value::to_string).collect(),
        other => [other.to_string()].into(),
    };
    Some(set).filter(|set| !set.is_empty())
}

fn text(tested: &Tested) -> String {
    let mut out = String::new();
    for Result { name, passed, differences, why } in &tested.cases {
        let verdict = if *passed { "ok    " } else { "FAILED" };
        let _ = writeln!(out, "{verdict} {}", shown(name));
        for Difference { member, expected, got } in differences {
            let (expected, got) = (said(expected), said(got));
            let _ = writeln!(out, "       {member}: expected {expected}, got {got}");
        }
        for line in why {
            let _ = writeln!(out, "       | {}", shown(line));
        }
    }
    let _ = writeln!(out, "{} passed, {} failed", tested.passed, tested.failed);
    out
}

fn said(value: &Value) -> String {
    match value {
        Value::Null => String::from("none"),
        Value::String(text) => shown(text),
        other => shown(&other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_schema_names_what_is_compared() {
        let schema: Value = serde_json::from_str(SCHEMA).unwrap();
        let members =
            schema.pointer("/$defs/case/properties/expect/properties").unwrap().as_object().unwrap();
        let (known, named): (BTreeSet<&str>, BTreeSet<&str>) =
            (EXPECTED.into(), members.keys().map(String::as_str).collect());
        assert_eq!(named, known);
    }
}
