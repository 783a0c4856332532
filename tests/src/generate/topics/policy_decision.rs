//! `policy.evaluate`: DESIGN §6, clause by clause: scopes, lifetimes, selections, unknown facts.

use crate::format::Topic;
use crate::generate::dsl::{TopicBuilder, case, keys, with};
use crate::generate::scene::NOW;
use serde_json::{Value, json};

pub(super) const SPEC: &str = "DESIGN §6";

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
