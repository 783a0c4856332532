//! `policy.compile` and `policy.check`: DESIGN §6, what an administrator may write and what is said of the rest.

use super::policy_faults::faults;
use crate::format::Topic;
use crate::generate::dsl::{TopicBuilder, case, fails_locally, keys, with};
use crate::generate::scene::NOW;
use serde_json::{Value, json};

const SPEC: &str = "DESIGN §6";

/// The document of DESIGN §6.
pub fn design() -> Value {
    json!({
        "version": 1,
        "apps": [{
            "id": "claude-code", "client_ids": ["https://claude.example/client.json"], "labels": ["coding-agent"],
            "status": "approved",
        }],
        "servers": [{
            "id": "warehouse", "issuer": "https://auth.data.example/", "resources": ["https://mcp.data.example/"],
            "labels": ["prod-data"], "scope_sets": {"read": ["rows:read"], "write": ["rows:write"]},
            "client_ids": {"claude-code": "f53f191f9311af35"},
        }],
        "rules": [
            {
                "id": "coding-agents-read-prod", "effect": "permit", "apps": {"labels": ["coding-agent"]},
                "servers": {"labels": ["prod-data"]}, "subjects": {"groups_any": ["engineering"]},
                "scopes": ["@read"], "max_lifetime": 300, "require": {"max_auth_age": 28800, "dpop": true},
            },
            {
                "id": "coding-agents-never-write-prod", "effect": "deny", "apps": {"labels": ["coding-agent"]},
                "servers": {"labels": ["prod-data"]}, "scopes_except": ["@read"],
            },
            {
                "id": "no-contractors-in-the-warehouse", "effect": "deny", "servers": {"ids": ["warehouse"]},
                "subjects": {"groups_any": ["contractors"]},
            },
        ],
    })
}

/// A permit that says all it must.
pub(super) fn permit() -> Value {
    let any = json!({"any": true});
    json!({"id": "p", "effect": "permit", "apps": any, "servers": any, "subjects": any, "scopes": ["rows:read"]})
}

/// The document with the change of a row.
fn changed(path: &str, value: &Value) -> Value {
    match (path, value) {
        ("", Value::Array(changes)) => changes.iter().fold(design(), |document, change| {
            with(&document, &[(change[0].as_str().expect("a path"), change[1].clone())])
        }),
        _ => with(&design(), &[(path, value.clone())]),
    }
}

fn expected(fault: &str, at: &str, text: Option<&str>) -> Value {
    let mut expected = json!({"fault": fault, "path": at});
    // An empty text is not worth a member.
    if let Some(text) = text.filter(|text| !text.is_empty()) {
        expected["found"] = text.into();
    }
    expected
}

/// What each fault is called and where it is.
pub fn check() -> Topic {
    let mut topic = TopicBuilder::new("policy.check", "faults");
    let mut group = topic.group("The caps of every deployment.", json!({}), keys(), NOW);
    let input = |document: &Value| json!({"document": document});
    group.valid(
        case("design", "The document of DESIGN §6 has none.", SPEC, &[]),
        input(&design()),
        json!({"faults": []}),
    );
    for (id, fault, path, value, at, text) in faults() {
        let text = if id == "rule-id-long" { Some("a".repeat(128)) } else { text.map(String::from) };
        let output = json!({"faults": [expected(fault, at, text.as_deref())]});
        // A resource is one server's, and so is the name of a token's audience.
        let req: &[&str] = if id == "resource-taken" { &["R9068-023"] } else { &[] };
        group.valid(case(id, "One fault.", SPEC, req), input(&changed(path, &value)), output);
    }
    let several = with(
        &design(),
        &[
            ("apps/0/status", json!("ok")),
            ("servers/0/issuer", json!("auth")),
            ("rules/0/effect", json!("allow")),
        ],
    );
    let all = [
        expected("status_unknown", "/apps/0/status", Some("ok")),
        expected("url_malformed", "/servers/0/issuer", Some("auth")),
        expected("effect_unknown", "/rules/0/effect", Some("allow")),
    ];
    group.valid(
        case("several", "All of them, in the order of the document.", SPEC, &[]),
        input(&several),
        json!({"faults": all}),
    );
    for (id, comment, text, fault, path, line, column) in [
        ("not-json", "No JSON.", "{\"version\": 1,\n \"apps\": [,]}", "not_json", "", 2, 11),
        ("empty", "Nothing.", "", "not_json", "", 1, 1),
        (
            "duplicate",
            "A member twice.",
            "{\"version\": 1,\n\"version\": 1}",
            "duplicate_member",
            "/version",
            2,
            9,
        ),
    ] {
        let fault = json!({"fault": fault, "path": path, "line": line, "column": column});
        group.valid(
            case(id, comment, "DESIGN §14", &[]),
            json!({"document": text}),
            json!({"faults": [fault]}),
        );
    }
    let caps = |name: &str, cap: usize| json!({name: cap});
    topic.group("One fault is shown.", caps("max_faults", 1), keys(), NOW).valid(
        case("left-out", "The others are counted.", SPEC, &[]),
        input(&several),
        json!({"faults": [all[0]], "left_out": 2}),
    );
    topic.group("Two rules.", caps("max_rules", 2), keys(), NOW).valid(
        case("too-many-rules", "There are three.", SPEC, &[]),
        input(&design()),
        json!({"faults": [expected("too_many_rules", "/rules", None)]}),
    );
    let text = crate::json::compact(&design());
    let input = json!({"document": text});
    topic.group("A cap at the document's length.", caps("max_bytes", text.len()), keys(), NOW).valid(
        case("longest", "As long as allowed.", SPEC, &[]),
        input.clone(),
        json!({"faults": []}),
    );
    topic.group("A cap below it.", caps("max_bytes", text.len() - 1), keys(), NOW).invalid(
        case("one-byte-more", "Nothing of it is looked at.", SPEC, &[]),
        "longest",
        input,
        fails_locally("policy_invalid"),
    );
    topic.finish()
}

/// A document with any fault is no policy.
pub fn compile() -> Topic {
    let mut topic = TopicBuilder::new("policy.compile", "documents");
    let mut group = topic.group("Documents.", json!({}), keys(), NOW);
    let input = |document: Value| json!({"document": document});
    let summary = json!({
        "apps": [{
            "id": "claude-code", "client_ids": ["https://claude.example/client.json"], "status": "approved",
        }],
        "servers": [{
            "id": "warehouse", "issuer": "https://auth.data.example/", "resources": ["https://mcp.data.example/"],
        }],
        "rules": [
            {"id": "coding-agents-never-write-prod", "effect": "deny"},
            {"id": "coding-agents-read-prod", "effect": "permit"},
            {"id": "no-contractors-in-the-warehouse", "effect": "deny"},
        ],
    });
    let empty = json!({"version": 1, "apps": [], "servers": [], "rules": []});
    let named = [
        ("$schema", json!("https://idjag.example/policy.schema.json")),
        ("apps/0/name", json!("Claude Code")),
        ("servers/0/name", json!("Warehouse")),
        ("rules/0/description", json!("Read only.")),
    ];
    group
        .valid(case("design", "The document of DESIGN §6.", SPEC, &[]), input(design()), summary.clone())
        .valid(
            case("empty", "A document that permits nothing.", SPEC, &[]),
            input(empty),
            json!({"apps": [], "servers": [], "rules": []}),
        )
        .valid(
            case("named", "Names for people.", SPEC, &[]),
            input(with(&design(), &named)),
            with(&summary, &[("apps/0/name", "Claude Code".into()), ("servers/0/name", "Warehouse".into())]),
        );
    for (id, _, path, value, _, _) in faults() {
        if id == "set-partial" {
            continue;
        }
        let req: &[&str] = if id == "resource-taken" { &["R9068-023"] } else { &[] };
        let about = case(id, "A fault makes it no policy.", SPEC, req);
        group.invalid(about, "design", input(changed(path, &value)), fails_locally("policy_invalid"));
    }
    for (id, text) in [("not-json", "{"), ("array", "[]"), ("deep", &"[".repeat(17))] {
        group.invalid(
            case(id, "No document at all.", SPEC, &[]),
            "design",
            json!({"document": text}),
            fails_locally("policy_invalid"),
        );
    }
    topic.finish()
}
