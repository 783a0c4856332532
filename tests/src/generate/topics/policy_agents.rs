//! `policy.evaluate`: DESIGN §7, agents: who is one, what it may be given, and what rules say of them.

use serde_json::{Value, json};

use super::policy_decision::{deny, document, permit, request};
use crate::format::Topic;
use crate::generate::dsl::{TopicBuilder, case, keys, with};
use crate::generate::scene::NOW;

const SPEC: &str = "DESIGN §7";
const AGENTS: &str = "https://agents.example";

fn governed() -> Value {
    let any = json!({"any": true});
    let agents = json!([
        {"id": "researchers", "issuer": AGENTS, "sub_profiles": ["researcher"], "labels": ["sub"], "status": "approved",
         "apps": any, "max_depth": 2, "max_lifetime": 120},
        {"id": "scribe", "issuer": AGENTS, "subjects": ["scribe-1"], "status": "approved", "apps": {"ids": ["desk"]}},
        {"id": "worker", "client_ids": ["worker-client"], "labels": ["sub"], "status": "approved", "apps": {"labels": ["bot"]}},
        {"id": "old", "issuer": AGENTS, "subjects": ["old-1"], "status": "restricted", "apps": any},
        {"id": "new", "issuer": "https://new.example", "status": "approval_required", "apps": any},
    ]);
    let rules = [
        permit("all", json!({})),
        deny("subagents-read", json!({"agents": {"labels": ["sub"]}, "scopes_except": ["r"]})),
    ];
    with(&document(&rules), &[("document/agents", agents)])
}

fn answer(outcome: &str, more: &[(&str, Value)]) -> Value {
    with(&json!({"outcome": outcome, "app": "agent", "server": "db"}), more)
}

fn barred(code: &str, bar: &str) -> Value {
    answer("deny", &[("code", json!(code)), ("bar", json!(bar))])
}

fn reading(agent: &str) -> Value {
    let more =
        [("agents", json!([agent])), ("rules", json!(["all", "subagents-read"])), ("scope", json!("r"))];
    answer("permit", &more)
}

/// Actors of every sort.
pub fn agents() -> Topic {
    let mut topic = TopicBuilder::new("policy.evaluate", "agents");
    let mut group = topic.group("Some agents are listed.", governed(), keys(), NOW);
    let by = |act: Value, depth: u64| request(Some("r w"), json!({"act": act, "depth": depth}));
    let of_kind = json!({"iss": AGENTS, "sub": "x", "sub_profile": "researcher"});
    let brief = with(&reading("researchers"), &[("max_lifetime", json!(120))]);
    for (id, comment, request, answer) in [
        (
            "kind",
            "An agent of a kind: rules about its label, and its own ceiling.",
            by(of_kind.clone(), 2),
            brief,
        ),
        (
            "too-deep",
            "Derived once more than its kind may be.",
            by(of_kind, 3),
            barred("policy_denied", "agent_too_deep"),
        ),
        (
            "client",
            "A client of the server that acts itself.",
            by(json!({"iss": "https://db.example", "sub": "worker-client"}), 1),
            reading("worker"),
        ),
        (
            "other-issuers-client",
            "The same name, of another issuer.",
            by(json!({"iss": AGENTS, "sub": "worker-client"}), 1),
            barred("policy_denied", "agent_unknown"),
        ),
        (
            "nameless",
            "An actor that nobody vouches for.",
            by(json!({"sub": "scribe-1"}), 1),
            barred("policy_denied", "agent_unknown"),
        ),
        (
            "foreign",
            "An agent of another app.",
            by(json!({"iss": AGENTS, "sub": "scribe-1"}), 1),
            barred("policy_denied", "agent_foreign"),
        ),
        (
            "restricted",
            "An agent that was withdrawn.",
            by(json!({"iss": AGENTS, "sub": "old-1"}), 0),
            barred("agent_restricted", "agent_restricted"),
        ),
        (
            "awaited",
            "An agent that awaits approval.",
            by(json!({"iss": "https://new.example", "sub": "y"}), 0),
            barred("approval_required", "agent_approval_required"),
        ),
        (
            "directly",
            "Nobody acts but the app.",
            request(Some("r w"), json!({"actor": false})),
            answer("permit", &[("rules", json!(["all"])), ("scope", json!("r w"))]),
        ),
        (
            "unsaid",
            "Who acts was not said: a deny by agents holds.",
            request(Some("r w"), json!({})),
            answer("permit", &[("rules", json!(["all", "subagents-read"])), ("scope", json!("r"))]),
        ),
        (
            "unnamed",
            "Somebody acts, and it was not said who.",
            request(Some("r w"), json!({"actor": true})),
            barred("policy_denied", "agent_unknown"),
        ),
    ] {
        group.valid(case(id, comment, SPEC, &[]), request, answer);
    }
    topic.finish()
}
