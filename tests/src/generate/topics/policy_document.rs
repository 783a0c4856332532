//! `policy.compile` and `policy.check`: DESIGN §6, what an administrator may write and what is said of the rest.

use serde_json::{Value, json};

use crate::format::Topic;
use crate::generate::dsl::{TopicBuilder, case, fails_locally, keys, with};
use crate::generate::scene::NOW;

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
fn permit() -> Value {
    let any = json!({"any": true});
    json!({"id": "p", "effect": "permit", "apps": any, "servers": any, "subjects": any, "scopes": ["rows:read"]})
}

/// One fault: its name, the path to change and what to, where it is found and the text at fault.
type Row = (&'static str, &'static str, &'static str, Value, &'static str, Option<&'static str>);

/// Every fault of a value or of how values fit together.
fn faults() -> Vec<Row> {
    let long = "a".repeat(129);
    let taken = |member: &str, value: Value| {
        with(
            &design()["servers"][0],
            &[
                ("id", "other".into()),
                ("issuer", "https://other.example".into()),
                ("resources", json!(["https://r.other.example/"])),
                (member, value),
            ],
        )
    };
    let servers = |second: Value| json!([design()["servers"][0], second]);
    let apps = |second: Value| json!([design()["apps"][0], second]);
    let app = |id: &str, client_id: &str| json!({"id": id, "client_ids": [client_id], "status": "approved"});
    let deny = |member: &str, value: Value| with(&json!({"id": "d", "effect": "deny"}), &[(member, value)]);
    let rules = |rule: Value| json!([rule]);
    let p = |member: &str, value: Value| rules(with(&permit(), &[(member, value)]));
    let none = || Value::Null;
    let bare = |id: &str| json!({"id": id, "issuer": "https://other.example"});
    vec![
        ("version-missing", "member_missing", "version", none(), "/version", None),
        ("version-2", "version_unknown", "version", json!(2), "/version", None),
        ("version-text", "version_unknown", "version", json!("1"), "/version", None),
        ("member-unknown", "member_unknown", "owner", json!("it"), "/owner", None),
        ("apps-missing", "member_missing", "apps", none(), "/apps", None),
        ("apps-object", "not_a_list", "apps", json!({}), "/apps", None),
        ("app-string", "not_an_object", "apps/0", json!("claude-code"), "/apps/0", None),
        ("app-id-missing", "member_missing", "apps/0/id", none(), "/apps/0/id", None),
        ("app-id-number", "not_a_string", "apps/0/id", json!(1), "/apps/0/id", None),
        (
            "app-id-space",
            "name_malformed",
            "apps/0/id",
            json!("claude code"),
            "/apps/0/id",
            Some("claude code"),
        ),
        ("app-name-empty", "text_malformed", "apps/0/name", json!(""), "/apps/0/name", Some("")),
        ("app-status", "status_unknown", "apps/0/status", json!("ok"), "/apps/0/status", Some("ok")),
        ("app-clients-empty", "list_empty", "apps/0/client_ids", json!([]), "/apps/0/client_ids", None),
        (
            "app-client-control",
            "client_id_malformed",
            "apps/0/client_ids/0",
            json!("a\u{1}"),
            "/apps/0/client_ids/0",
            Some("a\u{1}"),
        ),
        (
            "app-client-twice",
            "item_repeated",
            "apps/0/client_ids",
            json!(["a", "a"]),
            "/apps/0/client_ids/1",
            Some("a"),
        ),
        ("app-member-unknown", "member_unknown", "apps/0/owner", json!("it"), "/apps/0/owner", None),
        (
            "issuer-relative",
            "url_malformed",
            "servers/0/issuer",
            json!("auth"),
            "/servers/0/issuer",
            Some("auth"),
        ),
        (
            "issuer-query",
            "url_malformed",
            "servers/0/issuer",
            json!("https://a.example?b"),
            "/servers/0/issuer",
            Some("https://a.example?b"),
        ),
        (
            "issuer-http",
            "url_insecure",
            "servers/0/issuer",
            json!("http://a.example"),
            "/servers/0/issuer",
            Some("http://a.example"),
        ),
        (
            "resource-fragment",
            "url_malformed",
            "servers/0/resources/0",
            json!("https://a.example/#"),
            "/servers/0/resources/0",
            Some("https://a.example/#"),
        ),
        (
            "set-star",
            "scope_malformed",
            "servers/0/scope_sets/read",
            json!(["*"]),
            "/servers/0/scope_sets/read/0",
            Some("*"),
        ),
        (
            "set-of-set",
            "scope_malformed",
            "servers/0/scope_sets/read",
            json!(["@write"]),
            "/servers/0/scope_sets/read/0",
            Some("@write"),
        ),
        ("sets-empty", "list_empty", "servers/0/client_ids", json!({}), "/servers/0/client_ids", None),
        ("effect", "effect_unknown", "rules/0/effect", json!("allow"), "/rules/0/effect", Some("allow")),
        ("selector-empty", "selector_empty", "rules", p("apps", json!({})), "/rules/0/apps", None),
        ("any-false", "not_true", "rules", p("apps", json!({"any": false})), "/rules/0/apps/any", None),
        (
            "any-not-alone",
            "any_not_alone",
            "rules",
            p("apps", json!({"any": true, "ids": ["claude-code"]})),
            "/rules/0/apps/any",
            None,
        ),
        (
            "subjects-mixed",
            "subjects_mixed",
            "rules",
            p("subjects", json!({"ids": ["u"], "groups_any": ["g"]})),
            "/rules/0/subjects",
            None,
        ),
        (
            "group-control",
            "text_malformed",
            "rules",
            p("subjects", json!({"groups_any": ["\n"]})),
            "/rules/0/subjects/groups_any/0",
            Some("\n"),
        ),
        ("permit-without-apps", "permit_unspecific", "rules", p("apps", none()), "/rules/0/apps", None),
        (
            "permit-without-servers",
            "permit_unspecific",
            "rules",
            p("servers", none()),
            "/rules/0/servers",
            None,
        ),
        (
            "permit-without-subjects",
            "permit_unspecific",
            "rules",
            p("subjects", none()),
            "/rules/0/subjects",
            None,
        ),
        ("permit-without-scopes", "permit_unspecific", "rules", p("scopes", none()), "/rules/0/scopes", None),
        (
            "permit-exception",
            "only_in_denies",
            "rules",
            p("scopes_except", json!(["a"])),
            "/rules/0/scopes_except",
            None,
        ),
        (
            "deny-lifetime",
            "only_in_permits",
            "rules",
            rules(deny("max_lifetime", json!(1))),
            "/rules/0/max_lifetime",
            None,
        ),
        (
            "deny-require",
            "only_in_permits",
            "rules",
            rules(deny("require", json!({"dpop": true}))),
            "/rules/0/require",
            None,
        ),
        ("lifetime-zero", "not_a_count", "rules", p("max_lifetime", json!(0)), "/rules/0/max_lifetime", None),
        (
            "lifetime-fraction",
            "not_a_count",
            "rules",
            p("max_lifetime", json!(0.5)),
            "/rules/0/max_lifetime",
            None,
        ),
        (
            "lifetime-negative",
            "not_a_count",
            "rules",
            p("max_lifetime", json!(-1)),
            "/rules/0/max_lifetime",
            None,
        ),
        ("require-empty", "nothing_required", "rules", p("require", json!({})), "/rules/0/require", None),
        (
            "dpop-false",
            "not_true",
            "rules",
            p("require", json!({"dpop": false})),
            "/rules/0/require/dpop",
            None,
        ),
        (
            "actor-text",
            "not_a_boolean",
            "rules",
            p("require", json!({"actor": "yes"})),
            "/rules/0/require/actor",
            None,
        ),
        (
            "acr-space",
            "acr_malformed",
            "rules",
            p("require", json!({"acr": ["a b"]})),
            "/rules/0/require/acr/0",
            Some("a b"),
        ),
        (
            "star-not-alone",
            "star_not_alone",
            "rules",
            p("scopes", json!(["*", "a"])),
            "/rules/0/scopes/0",
            Some("*"),
        ),
        (
            "star-excepted",
            "star_excepted",
            "rules",
            rules(deny("scopes_except", json!(["*"]))),
            "/rules/0/scopes_except",
            None,
        ),
        ("scopes-empty", "list_empty", "rules", p("scopes", json!([])), "/rules/0/scopes", None),
        (
            "scope-quote",
            "scope_malformed",
            "rules",
            p("scopes", json!(["a\"b"])),
            "/rules/0/scopes/0",
            Some("a\"b"),
        ),
        (
            "scopes-twice",
            "scopes_twice",
            "rules",
            rules(with(&deny("scopes", json!(["a"])), &[("scopes_except", json!(["b"]))])),
            "/rules/0/scopes_except",
            None,
        ),
        (
            "detail-type-star",
            "star_not_alone",
            "rules",
            p("authorization_details_types", json!(["a", "*"])),
            "/rules/0/authorization_details_types/1",
            Some("*"),
        ),
        ("rule-id-long", "name_malformed", "rules", p("id", json!(long)), "/rules/0/id", None),
        ("rule-id-taken", "id_taken", "rules", json!([permit(), permit()]), "/rules/1/id", Some("p")),
        (
            "app-id-taken",
            "id_taken",
            "apps",
            apps(app("claude-code", "c2")),
            "/apps/1/id",
            Some("claude-code"),
        ),
        (
            "client-id-taken",
            "client_id_taken",
            "apps",
            apps(app("b", "https://claude.example/client.json")),
            "/apps/1/client_ids/0",
            Some("https://claude.example/client.json"),
        ),
        (
            "client-id-ambiguous",
            "client_id_ambiguous",
            "apps",
            apps(app("b", "f53f191f9311af35")),
            "/servers/0/client_ids/claude-code",
            Some("f53f191f9311af35"),
        ),
        (
            "issuer-taken",
            "issuer_taken",
            "servers",
            servers(taken("issuer", json!("https://auth.data.example/"))),
            "/servers/1/issuer",
            Some("https://auth.data.example/"),
        ),
        (
            "resource-taken",
            "resource_taken",
            "servers",
            servers(taken("resources", json!(["https://mcp.data.example/"]))),
            "/servers/1/resources/0",
            Some("https://mcp.data.example/"),
        ),
        (
            "mapping-app-unknown",
            "app_unknown",
            "servers/0/client_ids",
            json!({"cursor": "x"}),
            "/servers/0/client_ids/cursor",
            Some("cursor"),
        ),
        (
            "app-unknown",
            "app_unknown",
            "rules",
            p("apps", json!({"ids": ["cursor"]})),
            "/rules/0/apps/ids/0",
            Some("cursor"),
        ),
        (
            "server-unknown",
            "server_unknown",
            "rules",
            p("servers", json!({"ids": ["wiki"]})),
            "/rules/0/servers/ids/0",
            Some("wiki"),
        ),
        (
            "app-label-unknown",
            "app_label_unknown",
            "rules",
            p("apps", json!({"labels": ["chat"]})),
            "/rules/0/apps/labels/0",
            Some("chat"),
        ),
        (
            "server-label-unknown",
            "server_label_unknown",
            "rules",
            p("servers", json!({"labels": ["test"]})),
            "/rules/0/servers/labels/0",
            Some("test"),
        ),
        (
            "set-undefined",
            "scope_set_undefined",
            "rules",
            p("scopes", json!(["@admin"])),
            "/rules/0/scopes/0",
            Some("admin"),
        ),
        (
            "set-partial",
            "scope_set_partial",
            "",
            json!([("servers", servers(bare("other"))), ("rules", rules(deny("scopes", json!(["@write"]))))]),
            "/rules/0/scopes/0",
            Some("write"),
        ),
    ]
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
        ("empty", "Nothing.", "", "not_json", "", 1, 0),
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
