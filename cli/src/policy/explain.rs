//! `idjag policy explain`: one decision, and how each rule took part in it.

use core::fmt::Write as _;
use std::path::PathBuf;

use clap::Args;
use serde_json::{Map, Value};

use super::faultless;
use super::question::{Asked, Members};
use crate::args::PolicyReading;
use crate::moment;
use crate::report::{Answer, Report, Trouble};
use crate::screen::{Columns, shown};

/// Explain a decision: what is granted, by which rules, and why the others did not matter.
///
/// What is not said about the user is unknown, not empty: a condition of a permit on it fails, a condition of a deny on it
/// holds. Exit code 0 when something is granted, 1 when nothing is.
#[derive(Args)]
pub(crate) struct ExplainArgs {
    /// The policy document.
    file: PathBuf,
    /// The app, by its id in the policy.
    #[arg(long, required_unless_present = "client_id")]
    app: Option<String>,
    /// The app, by a client id at the identity provider.
    #[arg(long, value_name = "ID", conflicts_with = "app")]
    client_id: Option<String>,
    /// The server, by its id in the policy.
    #[arg(long, required_unless_present = "audience")]
    server: Option<String>,
    /// The server, by its issuer.
    #[arg(long, value_name = "URL", conflicts_with = "server")]
    audience: Option<String>,
    /// A resource asked for; may be repeated. All of the server's by default.
    #[arg(long, value_name = "URL")]
    resource: Vec<String>,
    /// The scopes asked for, space-separated; without it every scope that a permit grants by name.
    #[arg(long)]
    scope: Option<String>,
    /// A type of authorization details asked for; may be repeated.
    #[arg(long, value_name = "TYPE")]
    details_type: Vec<String>,
    /// The user, by `sub` at the identity provider.
    #[arg(long)]
    subject: Option<String>,
    /// A group of the user; may be repeated. These are all of the user's groups.
    #[arg(long = "group", visible_alias = "groups", value_name = "GROUP")]
    groups: Vec<String>,
    /// The user is in no group.
    #[arg(long, conflicts_with = "groups")]
    no_groups: bool,
    /// The class of the user's sign-on.
    #[arg(long)]
    acr: Option<String>,
    /// How long ago the user signed on.
    #[arg(long, value_name = "SPAN", value_parser = moment::parse_span)]
    auth_age: Option<u64>,
    /// The app proved possession of a key.
    #[arg(long)]
    dpop: bool,
    /// The token is to be for one conversation.
    #[arg(long)]
    context: bool,
    /// Whether an actor acts through the app.
    #[arg(long, value_name = "true|false")]
    actor: Option<bool>,
    /// The actor, by `sub` of its token: where the policy lists agents, it must be one of them.
    #[arg(long, value_name = "SUB", conflicts_with = "actor")]
    actor_subject: Option<String>,
    /// The issuer of the actor.
    #[arg(long, value_name = "URL", requires = "actor_subject")]
    actor_issuer: Option<String>,
    /// The kind of the actor: `sub_profile`.
    #[arg(long, value_name = "KIND", requires = "actor_subject")]
    actor_profile: Option<String>,
    /// How many tokens the one asked for would be derived from.
    #[arg(long, value_name = "COUNT")]
    depth: Option<u32>,
    /// Show the rules about other apps and servers too.
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    reading: PolicyReading,
}

pub(crate) fn run(args: &ExplainArgs) -> Answer {
    let (document, _) = faultless(&args.file, args.reading)?;
    let mut asked = Asked::of(&document, args.reading.dangerous_allow_http_loopback)?;
    let request = request(args);
    let trace = asked.ask("policy.explain", &request).map_err(Trouble)?;
    let granted = trace.pointer("/answer/granted").is_some();
    Ok(Report::new(text(args, &trace), &trace).is(granted))
}

fn request(args: &ExplainArgs) -> Members {
    let mut request = Map::new();
    let texts = [
        ("app", &args.app),
        ("client_id", &args.client_id),
        ("server", &args.server),
        ("audience", &args.audience),
        ("scope", &args.scope),
        ("subject", &args.subject),
        ("acr", &args.acr),
    ];
    for (name, text) in texts {
        if let Some(text) = text {
            request.insert(name.into(), text.as_str().into());
        }
    }
    let lists = [
        ("resource", &args.resource, false),
        ("authorization_details_types", &args.details_type, false),
        ("groups", &args.groups, args.no_groups),
    ];
    for (name, list, also_empty) in lists {
        if also_empty || !list.is_empty() {
            request.insert(name.into(), list.iter().map(String::as_str).collect());
        }
    }
    if let Some(age) = args.auth_age {
        request.insert("auth_age".into(), age.into());
    }
    if let Some(actor) = args.actor {
        request.insert("actor".into(), actor.into());
    }
    if let Some(subject) = &args.actor_subject {
        let named = [
            ("sub", Some(subject)),
            ("iss", args.actor_issuer.as_ref()),
            ("sub_profile", args.actor_profile.as_ref()),
        ];
        let act: Map<String, Value> =
            named.into_iter().filter_map(|(name, text)| Some((name.into(), text?.as_str().into()))).collect();
        request.insert("act".into(), act.into());
    }
    if let Some(depth) = args.depth {
        request.insert("depth".into(), depth.into());
    }
    request.insert("dpop".into(), args.dpop.into());
    request.insert("context".into(), args.context.into());
    Members(request)
}

fn text(args: &ExplainArgs, trace: &Value) -> String {
    let list = |name: &str| trace.get(name).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let (lines, rules) = (list("text"), list("rules"));
    let (head, of_rules) = lines.split_at(lines.len().saturating_sub(rules.len()));
    let mut out = String::new();
    for line in head {
        let _ = writeln!(out, "{}", shown(line.as_str().unwrap_or_default()));
    }
    let unknown: Vec<&str> = [
        ("user", args.subject.is_none()),
        ("groups", args.groups.is_empty() && !args.no_groups),
        ("class of sign-on", args.acr.is_none()),
        ("age of sign-on", args.auth_age.is_none()),
        ("actor", args.actor.is_none() && args.actor_subject.is_none()),
    ]
    .into_iter()
    .filter_map(|(name, is_unknown)| is_unknown.then_some(name))
    .collect();
    if !unknown.is_empty() {
        let _ = writeln!(out, "not said, so unknown: {}", unknown.join(", "));
    }
    let mut columns = Columns::new(["rule", "effect", "what came of it"]);
    let mut elsewhere = 0;
    for (rule, line) in rules.iter().zip(of_rules) {
        let member = |name: &str| rule.get(name).and_then(Value::as_str).unwrap_or_default();
        if !args.all && matches!(member("missed"), "app" | "server") {
            elsewhere += 1;
            continue;
        }
        // The line says the effect and the id first.
        let line = line.as_str().unwrap_or_default();
        let verdict = line.split_once("` ").map_or(line, |(_, verdict)| verdict);
        columns.row([member("id"), member("effect"), verdict]);
    }
    if !rules.is_empty() {
        out.push('\n');
        columns.print(&mut out, "");
    }
    if elsewhere > 0 {
        let _ = writeln!(out, "and {elsewhere} about other apps or servers (--all shows them)");
    }
    out
}
