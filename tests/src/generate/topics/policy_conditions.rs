//! `policy.evaluate` and `policy.explain`: what permits require, step-up, authorization details, explanations.

use serde_json::{Value, json};

use super::policy_decision::{deny, document, permit, request};
use super::policy_document::design;
use crate::format::Topic;
use crate::generate::dsl::{TopicBuilder, case, keys, with};
use crate::generate::scene::NOW;
use crate::generate::web::refuse;

const SPEC: &str = "DESIGN §6";

fn answer(outcome: &str, code: Option<&str>, rules: &[&str], more: &[(&str, Value)]) -> Value {
    let mut answer = json!({"outcome": outcome, "app": "agent", "server": "db"});
    if let Some(code) = code {
        answer["code"] = code.into();
    }
    if !rules.is_empty() {
        answer["rules"] = json!(rules);
    }
    with(&answer, more)
}

fn granted(rules: &[&str]) -> Value {
    answer("permit", None, rules, &[("scope", "r".into())])
}

fn near(rule: &str, reason: &str) -> (&'static str, Value) {
    ("nearest", json!({"rule": rule, "reason": reason}))
}

fn denied(rule: &str, reason: &str) -> Value {
    answer("deny", Some("policy_denied"), &[], &[near(rule, reason)])
}

/// A sign-on that would change the answer.
fn step_up(near_miss: (&str, &str), more: &[(&str, Value)]) -> Value {
    let nearest = near(near_miss.0, near_miss.1);
    let step_up = answer("step_up", Some("step_up_required"), &[], &[nearest]);
    with(&step_up, more)
}

/// One group: a comment, its rules, and rows of id, facts and answer.
type Block = (&'static str, Vec<Value>, Vec<(&'static str, Value, Value)>);

fn add(topic: &mut TopicBuilder, req: &[&str], blocks: Vec<Block>) {
    for (comment, rules, rows) in blocks {
        let mut group = topic.group(comment, document(&rules), keys(), NOW);
        for (id, facts, output) in rows {
            group.valid(case(id, comment, SPEC, req), request(Some("r"), facts), output);
        }
    }
}

/// What a permit requires, and when a sign-on is asked for.
pub fn requirements() -> Topic {
    let mut topic = TopicBuilder::new("policy.evaluate", "requirements");
    let needs = |id: &str, require: Value| permit(id, json!({"require": require}));
    let yes = || granted(&["p"]);
    let acr = |value: &str| ("acr_values", json!(value));
    let age = |seconds: u64| ("max_age", json!(seconds));
    add(
        &mut topic,
        &[],
        vec![
            (
                "DPoP.",
                vec![needs("p", json!({"dpop": true}))],
                vec![
                    ("dpop", json!({"dpop": true}), yes()),
                    ("dpop-missing", json!({}), denied("p", "dpop")),
                ],
            ),
            (
                "A conversation.",
                vec![needs("p", json!({"context": true}))],
                vec![
                    ("context", json!({"context": true}), yes()),
                    ("context-missing", json!({}), denied("p", "context")),
                ],
            ),
            (
                "An actor.",
                vec![needs("p", json!({"actor": true}))],
                vec![
                    ("actor", json!({"actor": true}), yes()),
                    ("actor-missing", json!({"actor": false}), denied("p", "actor_missing")),
                    ("actor-unknown", json!({}), denied("p", "actor_unknown")),
                ],
            ),
            (
                "No actor.",
                vec![needs("p", json!({"actor": false}))],
                vec![
                    ("direct", json!({"actor": false}), yes()),
                    ("direct-actor", json!({"actor": true}), denied("p", "actor_present")),
                    ("direct-unknown", json!({}), denied("p", "actor_unknown")),
                ],
            ),
        ],
    );
    add(
        &mut topic,
        &["AMB-027"],
        vec![
            (
                "One of two classes.",
                vec![needs("p", json!({"acr": ["gold", "silver"]}))],
                vec![
                    ("acr", json!({"acr": "silver"}), yes()),
                    ("acr-other", json!({"acr": "bronze"}), step_up(("p", "acr"), &[acr("gold silver")])),
                    ("acr-unknown", json!({}), step_up(("p", "acr_unknown"), &[acr("gold silver")])),
                ],
            ),
            (
                "An age.",
                vec![needs("p", json!({"max_auth_age": 60}))],
                vec![
                    ("age", json!({"auth_age": 60}), yes()),
                    ("age-over", json!({"auth_age": 61}), step_up(("p", "auth_age"), &[age(60)])),
                    ("age-unknown", json!({}), step_up(("p", "auth_age_unknown"), &[age(60)])),
                ],
            ),
            (
                "A class and an age.",
                vec![needs("p", json!({"acr": ["gold"], "max_auth_age": 60}))],
                vec![
                    ("both", json!({"acr": "gold", "auth_age": 0}), yes()),
                    (
                        "both-stale",
                        json!({"acr": "gold", "auth_age": 61}),
                        step_up(("p", "auth_age"), &[acr("gold"), age(60)]),
                    ),
                    (
                        "both-other",
                        json!({"acr": "x", "auth_age": 61}),
                        step_up(("p", "acr"), &[acr("gold"), age(60)]),
                    ),
                ],
            ),
            (
                "A fresh sign-on of any class is preferred to a class, since every user can have it.",
                vec![needs("c", json!({"acr": ["gold"]})), needs("f", json!({"max_auth_age": 60}))],
                vec![(
                    "fresh-or-class",
                    json!({"auth_age": 61, "acr": "x"}),
                    step_up(("f", "auth_age"), &[age(60)]),
                )],
            ),
            (
                "The oldest sign-on that will do.",
                vec![needs("f", json!({"max_auth_age": 60})), needs("g", json!({"max_auth_age": 600}))],
                vec![
                    ("loosest-age", json!({"auth_age": 601}), step_up(("f", "auth_age"), &[age(600)])),
                    ("between-ages", json!({"auth_age": 600}), granted(&["g"])),
                ],
            ),
            (
                "The classes at which the oldest sign-on will do.",
                vec![
                    needs("f", json!({"acr": ["gold"], "max_auth_age": 60})),
                    needs("g", json!({"acr": ["silver"], "max_auth_age": 600})),
                ],
                vec![(
                    "loosest-class",
                    json!({"auth_age": 601, "acr": "gold"}),
                    step_up(("f", "auth_age"), &[acr("silver"), age(600)]),
                )],
            ),
            (
                "No sign-on replaces a proof.",
                vec![needs("p", json!({"dpop": true, "max_auth_age": 60}))],
                vec![
                    ("no-proof-and-stale", json!({"auth_age": 61}), denied("p", "dpop")),
                    (
                        "proof-and-stale",
                        json!({"auth_age": 61, "dpop": true}),
                        step_up(("p", "auth_age"), &[age(60)]),
                    ),
                ],
            ),
            (
                "Not asked for when something is granted without it.",
                vec![needs("p", json!({"max_auth_age": 60})), permit("q", json!({"scopes": ["r"]}))],
                vec![("granted-anyway", json!({"auth_age": 61}), granted(&["q"]))],
            ),
        ],
    );
    topic.finish()
}

/// Types of authorization details.
pub fn details() -> Topic {
    let mut topic = TopicBuilder::new("policy.evaluate", "details");
    let member = "authorization_details_types";
    let typed = |id: &str, types: Value| permit(id, json!({"scopes": ["r"], member: types}));
    let asks = |types: Value| json!({member: types});
    let gives = |rules: &[&str], types: Value| with(&granted(rules), &[(member, types)]);
    let refused =
        |rules: &[&str], nearest: (&str, Value)| answer("deny", Some("policy_denied"), rules, &[nearest]);
    let taken = |deny: &str| ("nearest", json!({"rule": "p", "reason": "denied", "deny": deny}));
    let mut of_type_alone = typed("p", json!(["file"]));
    of_type_alone.as_object_mut().expect("a rule").remove("scopes");
    topic.group("A permit of a type alone.", document(&[of_type_alone.clone()]), keys(), NOW).valid(
        case("type-alone", "It grants the type, and no scope.", SPEC, &[]),
        request(None, asks(json!(["file"]))),
        answer("permit", None, &["p"], &[(member, json!(["file"]))]),
    );
    add(
        &mut topic,
        &[],
        vec![
            (
                "Two types.",
                vec![typed("p", json!(["file", "mail"]))],
                vec![
                    ("listed", asks(json!(["file"])), gives(&["p"], json!(["file"]))),
                    ("part", asks(json!(["pay", "mail"])), gives(&["p"], json!(["mail"]))),
                    (
                        "repeated",
                        asks(json!(["mail", "file", "mail"])),
                        gives(&["p"], json!(["file", "mail"])),
                    ),
                    ("unlisted", asks(json!(["pay"])), refused(&["p"], near("p", "details"))),
                    ("unasked", json!({}), granted(&["p"])),
                ],
            ),
            (
                "All types.",
                vec![typed("p", json!(["*"]))],
                vec![("all", asks(json!(["anything"])), gives(&["p"], json!(["anything"])))],
            ),
            (
                "No type.",
                vec![permit("p", json!({}))],
                vec![("star-is-of-scopes", asks(json!(["file"])), refused(&["p"], near("p", "details")))],
            ),
            (
                "A permit of a type alone.",
                vec![of_type_alone],
                vec![("type-alone-with-scope", asks(json!(["file"])), refused(&["p"], near("p", "scope")))],
            ),
            (
                "A deny of a type.",
                vec![deny("d", json!({member: ["file"]})), typed("p", json!(["file", "mail"]))],
                vec![
                    ("deny-type", asks(json!(["file", "mail"])), gives(&["d", "p"], json!(["mail"]))),
                    ("deny-only-type", asks(json!(["file"])), refused(&["d", "p"], taken("d"))),
                    ("deny-type-unasked", json!({}), granted(&["d", "p"])),
                ],
            ),
            (
                "A deny of all types.",
                vec![deny("d", json!({member: ["*"]})), typed("p", json!(["*"]))],
                vec![("deny-all-types", asks(json!(["file"])), refused(&["d", "p"], taken("d")))],
            ),
            (
                "Each type lives as long as its most generous permit says.",
                vec![
                    permit("p", json!({"scopes": ["r"], member: ["file"], "max_lifetime": 600})),
                    permit("q", json!({"scopes": ["x"], member: ["mail"], "max_lifetime": 60})),
                ],
                vec![
                    (
                        "type-lifetime",
                        asks(json!(["file"])),
                        with(&gives(&["p", "q"], json!(["file"])), &[("max_lifetime", 600.into())]),
                    ),
                    (
                        "least-type-lifetime",
                        asks(json!(["file", "mail"])),
                        with(&gives(&["p", "q"], json!(["file", "mail"])), &[("max_lifetime", 60.into())]),
                    ),
                ],
            ),
        ],
    );
    topic.finish()
}

/// A decision told rule by rule.
pub fn explain() -> Topic {
    let mut topic = TopicBuilder::new("policy.explain", "story");
    let mut group = topic.group("The document of DESIGN §6.", json!({"document": design()}), keys(), NOW);
    let asked = json!({
        "client_id": "https://claude.example/client.json", "audience": "https://auth.data.example/",
        "scope": "rows:read rows:write rows:drop", "groups": ["engineering"], "auth_age": 60, "dpop": true,
    });
    let (read, no_write, contractors) =
        ("coding-agents-read-prod", "coding-agents-never-write-prod", "no-contractors-in-the-warehouse");
    let base = json!({"app": "claude-code", "status": "approved", "server": "warehouse"});
    let takes =
        json!({"id": no_write, "effect": "deny", "share": {"scope": "rows:write", "other_scopes": 1}});
    let gives = json!({"id": read, "effect": "permit", "share": {"scope": "rows:read"}});
    let misses = |id: &str, effect: &str, reason: &str| json!({"id": id, "effect": effect, "missed": reason});
    let takes_line = "deny `coding-agents-never-write-prod` matches: takes away `rows:write`, 1 scope not mentioned in the policy";
    let gives_line = "permit `coding-agents-read-prod` matches: grants `rows:read`";
    let contractors_line =
        "deny `no-contractors-in-the-warehouse` does not match: the user is not in its groups";
    let everything_line = "deny `no-contractors-in-the-warehouse` matches: takes away everything";
    group.valid(
        case("granted", "What is granted and who takes what away.", SPEC, &[]),
        asked.clone(),
        with(&base, &[
            ("answer", json!({"granted": {"scope": "rows:read", "max_lifetime": 300}})),
            ("rules", json!([takes, gives, misses(contractors, "deny", "groups")])),
            ("text", json!([
                "app `claude-code` at server `warehouse`: granted: `rows:read`, for at most 300 seconds",
                takes_line, gives_line, contractors_line,
            ])),
        ]),
    );
    let stale = misses(read, "permit", "auth_age");
    group.valid(
        case("step-up", "What another sign-on would change.", SPEC, &["AMB-027"]),
        with(&asked, &[("auth_age", 28801.into())]),
        with(&base, &[
            ("answer", json!({"step_up": {"max_age": 28800}})),
            ("nearest", json!({"rule": read, "reason": "auth_age"})),
            ("rules", json!([takes, stale, misses(contractors, "deny", "groups")])),
            ("text", json!([
                "app `claude-code` at server `warehouse`: step-up: granted after a sign-on in the last 28800 seconds",
                "nearest permit `coding-agents-read-prod`: it requires a fresher sign-on",
                takes_line,
                "permit `coding-agents-read-prod` does not match: it requires a fresher sign-on",
                contractors_line,
            ])),
        ]),
    );
    group.valid(
        case("denied", "Which deny took away what the nearest permit grants.", SPEC, &[]),
        with(&asked, &[("groups", json!(["contractors", "engineering"]))]),
        with(&base, &[
            ("answer", json!({"denied": "policy_denied"})),
            ("nearest", json!({"rule": read, "reason": "denied", "deny": contractors})),
            ("rules", json!([takes, gives, {"id": contractors, "effect": "deny", "share": {"everything": true}}])),
            ("text", json!([
                "app `claude-code` at server `warehouse`: denied: the policy does not permit this",
                "nearest permit `coding-agents-read-prod`: a deny takes away what it grants: `no-contractors-in-the-warehouse`",
                takes_line, gives_line, everything_line,
            ])),
        ]),
    );
    group.valid(
        case("barred", "Why no rule was asked.", SPEC, &[]),
        with(&asked, &[("audience", "https://auth.data.example".into())]),
        json!({
            "app": "claude-code", "status": "approved", "answer": {"denied": "policy_denied"}, "bar": "server_unknown",
            "text": [
                "app `claude-code`: denied: the policy does not permit this",
                "the rules were not asked: no server of the policy has this issuer",
            ],
        }),
    );
    refuse(
        &mut group,
        "granted",
        SPEC,
        &[(
            "scope-malformed",
            "No scope.",
            &["R6749-006"],
            with(&asked, &[("scope", "rows:\\".into())]),
            "scope_malformed",
        )],
    );
    let broken = with(&design(), &[("rules/1/effect", "forbid".into())]);
    let mut group = topic.group("A document with a fault.", json!({"document": broken}), keys(), NOW);
    refuse(
        &mut group,
        "granted",
        SPEC,
        &[("no-policy", "Nothing is skipped.", &[], asked, "policy_invalid")],
    );
    topic.finish()
}
