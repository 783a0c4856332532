//! `policy.evaluate`: the document of DESIGN §6, and what an engineer's coding agent gets by it.

use super::policy_decision::SPEC;
use super::policy_document::design;
use crate::format::Topic;
use crate::generate::dsl::{GroupBuilder, TopicBuilder, case, keys, with};
use crate::generate::scene::NOW;
use crate::generate::web::refuse;
use serde_json::{Value, json};

const CLAUDE: &str = "https://claude.example/client.json";

/// One decision: id, comment, what is asked otherwise, the answer.
type Row<'a> = (&'static str, &'a str, Vec<(&'a str, Value)>, Value);

/// What an engineer's coding agent asks of the warehouse.
fn asked() -> Value {
    json!({
        "client_id": CLAUDE, "audience": "https://auth.data.example/", "resource": ["https://mcp.data.example/"],
        "scope": "rows:read", "subject": "u1", "groups": ["engineering"], "auth_age": 60, "dpop": true,
    })
}

fn decided(outcome: &str, rules: &[&str], more: &[(&str, Value)]) -> Value {
    let mut decision = json!({"outcome": outcome, "app": "claude-code", "server": "warehouse"});
    if !rules.is_empty() {
        decision["rules"] = json!(rules);
    }
    with(&decision, more)
}

fn near(rule: &str, reason: &str) -> (&'static str, Value) {
    ("nearest", json!({"rule": rule, "reason": reason}))
}

const READ: &str = "coding-agents-read-prod";

const NO_WRITE: &str = "coding-agents-never-write-prod";

const NO_CONTRACTORS: &str = "no-contractors-in-the-warehouse";

fn denied(code: &str, rules: &[&str], nearest: Option<(&'static str, Value)>) -> Value {
    let mut more = vec![("code", json!(code))];
    more.extend(nearest);
    decided("deny", rules, &more)
}

/// The document of DESIGN §6: read-only agents, a stale sign-on, contractors, unknown facts.
pub fn story() -> Topic {
    let mut topic = TopicBuilder::new("policy.evaluate", "story");
    let mut group = topic.group("The document of DESIGN §6.", json!({"document": design()}), keys(), NOW);
    let no = || Value::Null;
    let read =
        decided("permit", &[NO_WRITE, READ], &[("scope", "rows:read".into()), ("max_lifetime", 300.into())]);
    let policy_denied =
        |rules: &[&str], rule, reason| denied("policy_denied", rules, Some(near(rule, reason)));
    let by = |deny: &str| Some(("nearest", json!({"rule": READ, "reason": "denied", "deny": deny})));
    let barred = |bar: &str| json!({"outcome": "deny", "code": "policy_denied", "app": "claude-code", "server": "warehouse", "bar": bar});
    let step_up = decided(
        "step_up",
        &[NO_WRITE],
        &[("code", "step_up_required".into()), ("max_age", 28800.into()), near(READ, "auth_age")],
    );
    let age_unknown = with(&step_up, &[near(READ, "auth_age_unknown")]);
    let cases: Vec<Row<'_>> = vec![
        ("read", "An agent of an engineer reads, for 300 seconds.", vec![], read.clone()),
        (
            "read-and-write",
            "It gets what it may have of what it asks for.",
            vec![("scope", json!("rows:read rows:write"))],
            read.clone(),
        ),
        (
            "write",
            "It does not write.",
            vec![("scope", json!("rows:write"))],
            policy_denied(&[NO_WRITE, READ], READ, "scope"),
        ),
        (
            "future-scope",
            "Nor has it a scope that nobody has heard of.",
            vec![("scope", json!("rows:drop"))],
            policy_denied(&[NO_WRITE, READ], READ, "scope"),
        ),
        (
            "default-scope",
            "Without asking it gets what the permit names.",
            vec![("scope", no())],
            read.clone(),
        ),
        ("default-resource", "Every resource of the server.", vec![("resource", no())], read.clone()),
        (
            "id-at-server",
            "Known by its id at the server.",
            vec![("client_id", no()), ("client_id_at_server", json!("f53f191f9311af35"))],
            read.clone(),
        ),
        (
            "idp-id-at-server",
            "There it has no other id.",
            vec![("client_id", no()), ("client_id_at_server", json!(CLAUDE))],
            json!({"outcome": "deny", "code": "policy_denied", "server": "warehouse", "bar": "app_unknown"}),
        ),
        (
            "unknown-app",
            "Nobody's app.",
            vec![("client_id", json!("https://claude.example/client.json/"))],
            json!({"outcome": "deny", "code": "policy_denied", "server": "warehouse", "bar": "app_unknown"}),
        ),
        (
            "unknown-server",
            "Without the slash it is another server.",
            vec![("audience", json!("https://auth.data.example"))],
            json!({"outcome": "deny", "code": "policy_denied", "app": "claude-code", "bar": "server_unknown"}),
        ),
        (
            "foreign-resource",
            "A resource of nobody.",
            vec![("resource", json!(["https://mcp.data.example/", "https://other.example/"]))],
            barred("resource_foreign"),
        ),
        (
            "other-group",
            "Not an engineer.",
            vec![("groups", json!(["sales"]))],
            policy_denied(&[NO_WRITE], READ, "groups"),
        ),
        (
            "no-groups",
            "In no group at all.",
            vec![("groups", json!([]))],
            policy_denied(&[NO_WRITE], READ, "groups"),
        ),
        (
            "unknown-groups",
            "A permit's condition fails, a deny's holds.",
            vec![("groups", no())],
            policy_denied(&[NO_WRITE, NO_CONTRACTORS], READ, "groups_unknown"),
        ),
        (
            "contractor",
            "A contractor among engineers.",
            vec![("groups", json!(["contractors", "engineering"]))],
            denied("policy_denied", &[NO_WRITE, READ, NO_CONTRACTORS], by(NO_CONTRACTORS)),
        ),
        (
            "no-proof",
            "Without a DPoP key.",
            vec![("dpop", json!(false))],
            policy_denied(&[NO_WRITE], READ, "dpop"),
        ),
        ("oldest", "A sign-on as old as it may be.", vec![("auth_age", json!(28800))], read),
        ("stale", "A second older.", vec![("auth_age", json!(28801))], step_up.clone()),
        ("unknown-age", "Of unknown age.", vec![("auth_age", no())], age_unknown),
        (
            "stale-write",
            "Another sign-on would not help.",
            vec![("auth_age", json!(28801)), ("scope", json!("rows:write"))],
            policy_denied(&[NO_WRITE], READ, "scope"),
        ),
        (
            "stale-without-proof",
            "Nor here.",
            vec![("auth_age", json!(28801)), ("dpop", json!(false))],
            policy_denied(&[NO_WRITE], READ, "dpop"),
        ),
        (
            "stale-contractor",
            "Nor here: a deny always wins.",
            vec![("auth_age", json!(28801)), ("groups", json!(["contractors", "engineering"]))],
            denied("policy_denied", &[NO_WRITE, NO_CONTRACTORS], by(NO_CONTRACTORS)),
        ),
        (
            "details",
            "Authorization details that no rule permits.",
            vec![("authorization_details_types", json!(["file_access"]))],
            policy_denied(&[NO_WRITE, READ], READ, "details"),
        ),
    ];
    for (id, comment, changes, output) in cases {
        let req: &[&str] = match id {
            "stale" | "stale-write" | "stale-contractor" => &["AMB-027"],
            "write" | "unknown-app" => &["AMB-004"],
            "read-and-write" => &["AMB-017"],
            "unknown-server" => &["AMB-008"],
            _ => &[],
        };
        group.valid(case(id, comment, SPEC, req), with(&asked(), &changes), output);
    }
    refusals(&mut group, "read");
    for (id, status, code) in [
        ("awaits-approval", "approval_required", "approval_required"),
        ("restricted", "restricted", "app_restricted"),
    ] {
        let document = with(&design(), &[("apps/0/status", status.into())]);
        topic.group("The app is not approved.", json!({"document": document}), keys(), NOW).valid(
            case(id, "Turned away before any rule.", SPEC, &[]),
            asked(),
            decided("deny", &[], &[("code", code.into()), ("bar", code.into())]),
        );
    }
    let broken = with(&design(), &[("rules/1/effect", "forbid".into())]);
    let mut group = topic.group("A document with a fault.", json!({"document": broken}), keys(), NOW);
    refuse(&mut group, "read", SPEC, &[("no-policy", "Nothing is skipped.", &[], asked(), "policy_invalid")]);
    topic.finish()
}

/// Requests that are none.
fn refusals(group: &mut GroupBuilder<'_>, twin: &str) {
    let set = |member: &str, value: Value| with(&asked(), &[(member, value)]);
    refuse(
        group,
        twin,
        SPEC,
        &[
            (
                "scope-malformed",
                "No scope.",
                &["R6749-006"],
                set("scope", json!("rows:\"read")),
                "scope_malformed",
            ),
            (
                "resource-relative",
                "No address.",
                &["R8707-001"],
                set("resource", json!(["/mcp"])),
                "url_malformed",
            ),
            (
                "resource-fragment",
                "With a fragment.",
                &["R8707-002"],
                set("resource", json!(["https://mcp.data.example/#a"])),
                "url_malformed",
            ),
            (
                "resource-http",
                "Not https.",
                &[],
                set("resource", json!(["http://mcp.data.example/"])),
                "url_insecure",
            ),
            ("subject-empty", "No user.", &[], set("subject", json!("")), "text_invalid"),
            ("group-control", "A control character.", &[], set("groups", json!(["a\n"])), "text_invalid"),
            ("acr-empty", "No class.", &[], set("acr", json!("")), "text_invalid"),
            ("client-id-long", "1025 bytes.", &[], set("client_id", json!("c".repeat(1025))), "text_invalid"),
        ],
    );
}
