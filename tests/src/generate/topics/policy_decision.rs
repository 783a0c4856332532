//! `policy.evaluate` and `policy.explain`: DESIGN §6, clause by clause.

use serde_json::{Value, json};

use super::policy_document::design;
use crate::format::Topic;
use crate::generate::dsl::{GroupBuilder, TopicBuilder, case, keys, with};
use crate::generate::scene::NOW;
use crate::generate::web::refuse;

const SPEC: &str = "DESIGN §6";
const CLAUDE: &str = "https://claude.example/client.json";

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
    let cases: Vec<(&'static str, &str, Vec<(&str, Value)>, Value)> = vec![
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

/// Two servers, two apps and these rules.
pub(super) fn document(rules: &[Value]) -> Value {
    json!({"document": {
        "version": 1,
        "apps": [
            {"id": "agent", "client_ids": ["agent"], "labels": ["bot"], "status": "approved"},
            {"id": "desk", "client_ids": ["desk"], "status": "approved"},
        ],
        "servers": [
            {
                "id": "db", "issuer": "https://db.example", "labels": ["data"],
                "scope_sets": {"read": ["r"], "write": ["w"]},
            },
            {"id": "chat", "issuer": "https://chat.example"},
        ],
        "rules": rules,
    }})
}

/// A permit for everybody everywhere, but for this.
pub(super) fn permit(id: &str, changes: Value) -> Value {
    let any = json!({"any": true});
    let mut rule =
        json!({"id": id, "effect": "permit", "apps": any, "servers": any, "subjects": any, "scopes": ["*"]});
    merge(&mut rule, changes);
    rule
}

pub(super) fn deny(id: &str, changes: Value) -> Value {
    let mut rule = json!({"id": id, "effect": "deny"});
    merge(&mut rule, changes);
    rule
}

fn merge(rule: &mut Value, changes: Value) {
    let Value::Object(changes) = changes else { panic!("members are expected") };
    rule.as_object_mut().expect("a rule").extend(changes);
}

/// A request of the agent at the database.
pub(super) fn request(scope: Option<&str>, facts: Value) -> Value {
    let mut request = json!({"client_id": "agent", "audience": "https://db.example"});
    if let Some(scope) = scope {
        request["scope"] = scope.into();
    }
    merge(&mut request, facts);
    request
}

fn answer(outcome: &str, rules: &[&str], more: Value) -> Value {
    let mut answer = json!({"outcome": outcome, "app": "agent", "server": "db"});
    if !rules.is_empty() {
        answer["rules"] = json!(rules);
    }
    merge(&mut answer, more);
    answer
}

/// One row: id, comment, request, answer.
type Row = (&'static str, &'static str, Value, Value);

fn add(topic: &mut TopicBuilder, comment: &str, rules: &[Value], rows: Vec<Row>) {
    let mut group = topic.group(comment, document(rules), keys(), NOW);
    for (id, about, request, answer) in rows {
        group.valid(case(id, about, SPEC, &[]), request, answer);
    }
}

fn permitted(rules: &[&str], scope: &str) -> Value {
    answer("permit", rules, if scope.is_empty() { json!({}) } else { json!({"scope": scope}) })
}

fn lives(rules: &[&str], scope: &str, seconds: u64) -> Value {
    with(&permitted(rules, scope), &[("max_lifetime", seconds.into())])
}

fn refused(rules: &[&str], nearest: Value) -> Value {
    answer("deny", rules, json!({"code": "policy_denied", "nearest": nearest}))
}

fn missed(rule: &str, reason: &str) -> Value {
    json!({"rule": rule, "reason": reason})
}

fn taken(rule: &str, deny: &str) -> Value {
    json!({"rule": rule, "reason": "denied", "deny": deny})
}

/// Scopes and how long they live.
pub fn scopes() -> Topic {
    let mut topic = TopicBuilder::new("policy.evaluate", "scopes");
    let plain = |scope: &str| request(Some(scope), json!({}));
    let unasked = || request(None, json!({}));
    let nothing = answer("deny", &[], json!({"code": "policy_denied"}));
    add(
        &mut topic,
        "No rule.",
        &[],
        vec![("no-rule", "What is not permitted is denied.", plain("r"), nothing)],
    );
    let three = [
        permit("a", json!({"scopes": ["r"], "max_lifetime": 600})),
        permit("b", json!({"scopes": ["@read", "w"], "max_lifetime": 300})),
        permit("c", json!({"scopes": ["x"]})),
    ];
    let abc = ["a", "b", "c"];
    add(
        &mut topic,
        "Permits add up.",
        &three,
        vec![
            (
                "greatest-lifetime",
                "A scope lives as long as its most generous permit says.",
                plain("r"),
                lives(&abc, "r", 600),
            ),
            (
                "least-lifetime",
                "All of them as long as the shortest-lived.",
                plain("r w"),
                lives(&abc, "r w", 300),
            ),
            ("no-lifetime", "A permit may leave it to the issuer.", plain("x"), permitted(&abc, "x")),
            ("some-lifetime", "Which is more than any number.", plain("r x"), lives(&abc, "r x", 600)),
            (
                "all-by-default",
                "All that is named, when nothing is asked for.",
                unasked(),
                lives(&abc, "r w x", 300),
            ),
            ("part", "What nobody permits is left out.", plain("r unheard-of"), lives(&abc, "r", 600)),
            (
                "none",
                "Of nothing permitted nothing is left.",
                plain("unheard-of"),
                refused(&abc, missed("a", "scope")),
            ),
        ],
    );
    let star = permit("star", json!({"max_lifetime": 60}));
    add(
        &mut topic,
        "Everything is permitted.",
        core::slice::from_ref(&star),
        vec![
            ("star", "Whatever is asked for by name.", plain("anything"), lives(&["star"], "anything", 60)),
            ("star-default", "Nothing in particular, when nothing is.", unasked(), lives(&["star"], "", 60)),
            ("star-empty", "The same when it is said.", plain(""), lives(&["star"], "", 60)),
        ],
    );
    let after = |deny: Value| vec![deny, permit("star", json!({}))];
    let both = ["d", "star"];
    for (comment, rule, row) in [
        (
            "A deny of a scope.",
            deny("d", json!({"scopes": ["r"]})),
            ("deny-scope", "The others are left.", plain("future r w"), permitted(&both, "future w")),
        ),
        (
            "A deny of a scope set.",
            deny("d", json!({"servers": {"ids": ["db"]}, "scopes": ["@write"]})),
            ("deny-set", "The others are left.", plain("future r w"), permitted(&both, "future r")),
        ),
        (
            "A deny of all scopes but a set.",
            deny("d", json!({"scopes_except": ["@read"]})),
            ("deny-except", "Which covers future scopes.", plain("future r w"), permitted(&both, "r")),
        ),
        (
            "A deny of all scopes but two.",
            deny("d", json!({"scopes_except": ["@read", "future"]})),
            ("deny-except-two", "Both are left.", plain("future r w"), permitted(&both, "future r")),
        ),
        (
            "A deny of all scopes but a set, and only future ones are asked for.",
            deny("d", json!({"scopes_except": ["@read"]})),
            ("deny-future", "Nothing is left.", plain("future"), refused(&both, taken("star", "d"))),
        ),
        (
            "A deny of everything.",
            deny("d", json!({})),
            ("deny-all", "Nothing is left.", plain("r"), refused(&both, taken("star", "d"))),
        ),
        (
            "A deny of all scopes.",
            deny("d", json!({"scopes": ["*"]})),
            ("deny-star", "Nor when nothing is asked for.", plain(""), refused(&both, taken("star", "d"))),
        ),
        (
            "A deny for another app.",
            deny("d", json!({"apps": {"ids": ["desk"]}})),
            ("deny-other-app", "It does not match.", plain("r"), permitted(&["star"], "r")),
        ),
        (
            "A deny at another server.",
            deny("d", json!({"servers": {"ids": ["chat"]}})),
            ("deny-other-server", "It does not match.", plain("r"), permitted(&["star"], "r")),
        ),
    ] {
        add(&mut topic, comment, &after(rule), vec![row]);
    }
    topic.finish()
}

/// Who is selected, and what unknown facts do.
pub fn facts() -> Topic {
    let mut topic = TopicBuilder::new("policy.evaluate", "facts");
    let known = || request(Some("r"), json!({"subject": "ann", "groups": ["a", "b", "z"]}));
    let unknown = || request(Some("r"), json!({}));
    let selected = permitted(&["p"], "r");
    for (id, unknown_id, subjects, reason) in [
        ("by-id", "by-id-unknown", json!({"ids": ["ann", "bob"]}), None),
        ("by-other-id", "by-other-id-unknown", json!({"ids": ["bob"]}), Some("subject")),
        ("in-any", "in-any-unknown", json!({"groups_any": ["b", "x"]}), None),
        ("in-none", "in-none-unknown", json!({"groups_any": ["x"]}), Some("groups")),
        ("in-all", "in-all-unknown", json!({"groups_all": ["a", "b"]}), None),
        ("not-in-all", "not-in-all-unknown", json!({"groups_all": ["a", "x"]}), Some("groups")),
        (
            "in-any-and-all",
            "in-any-and-all-unknown",
            json!({"groups_all": ["b"], "groups_any": ["a", "x"]}),
            None,
        ),
        (
            "in-all-not-any",
            "in-all-not-any-unknown",
            json!({"groups_all": ["b"], "groups_any": ["x"]}),
            Some("groups"),
        ),
    ] {
        let fact = if subjects.get("ids").is_some() { "subject_unknown" } else { "groups_unknown" };
        let output = reason.map_or(selected.clone(), |reason| refused(&[], missed("p", reason)));
        add(
            &mut topic,
            "A permit for certain users.",
            &[permit("p", json!({"subjects": subjects}))],
            vec![
                (id, "A user whose id and groups are known.", known(), output),
                (unknown_id, "A user of whom nothing is known.", unknown(), refused(&[], missed("p", fact))),
            ],
        );
    }
    for (id, unknown_id, subjects, matches) in [
        ("deny-by-id", "deny-by-id-unknown", json!({"ids": ["ann"]}), true),
        ("deny-by-other-id", "deny-by-other-id-unknown", json!({"ids": ["bob"]}), false),
        ("deny-in-any", "deny-in-any-unknown", json!({"groups_any": ["b"]}), true),
        ("deny-in-none", "deny-in-none-unknown", json!({"groups_any": ["x"]}), false),
        ("deny-in-all", "deny-in-all-unknown", json!({"groups_all": ["a", "x"]}), false),
    ] {
        let rules = [deny("d", json!({"subjects": subjects})), permit("p", json!({}))];
        let turned = refused(&["d", "p"], taken("p", "d"));
        add(
            &mut topic,
            "A deny for certain users.",
            &rules,
            vec![
                (
                    id,
                    "A user whose id and groups are known.",
                    known(),
                    if matches { turned.clone() } else { selected.clone() },
                ),
                (unknown_id, "A user of whom nothing is known: unknown is not empty.", unknown(), turned),
            ],
        );
    }
    for (id, selector, other) in [
        ("app-by-id", json!({"apps": {"ids": ["agent"]}}), None),
        ("app-by-label", json!({"apps": {"labels": ["bot"]}}), None),
        ("app-by-id-or-label", json!({"apps": {"ids": ["desk"], "labels": ["bot"]}}), None),
        ("server-by-id", json!({"servers": {"ids": ["chat", "db"]}}), None),
        ("server-by-label", json!({"servers": {"labels": ["data"]}}), None),
        ("other-app", json!({"apps": {"ids": ["desk"]}}), Some(())),
        ("other-server", json!({"servers": {"ids": ["chat"]}}), Some(())),
    ] {
        let silent = answer("deny", &[], json!({"code": "policy_denied"}));
        let output = if other.is_some() { silent } else { selected.clone() };
        let about = "The agent at the database; a permit for others is no near miss.";
        add(
            &mut topic,
            "A permit for certain apps or servers.",
            &[permit("p", selector)],
            vec![(id, about, known(), output)],
        );
    }
    topic.finish()
}
