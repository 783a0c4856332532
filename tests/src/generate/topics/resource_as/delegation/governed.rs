//! DESIGN §6 and §7: what the policy lets subagents have.

use serde_json::{Value, json};

use super::{
    AGENTS, acted, actor, by_another, config, derive, output, own_keys, parent, through, to_another,
};
use crate::format::Topic;
use crate::generate::dsl::{TopicBuilder, case, fails, with};
use crate::generate::scene::{CLIENT_ID, CLIENT2_ID, NOW, RAS_ISSUER, RESOURCE};

const SPEC: &str = "DESIGN §7";

/// One app that may do everything, one kind of subagents that reads, and an app's own worker.
fn policy(agents: &Value) -> Value {
    json!({
        "version": 1,
        "apps": [{"id": "chat-agent", "client_ids": ["agent"], "status": "approved"}],
        "agents": agents,
        "servers": [{
            "id": "chat", "issuer": RAS_ISSUER, "resources": [RESOURCE], "client_ids": {"chat-agent": CLIENT_ID},
            "scope_sets": {"read": ["chat.read"]},
        }],
        "rules": [
            {"id": "all", "effect": "permit", "apps": {"any": true}, "servers": {"any": true}, "subjects": {"any": true}, "scopes": ["*"]},
            {"id": "subagents-read", "effect": "deny", "agents": {"any": true}, "scopes_except": ["@read"]},
        ],
    })
}

fn agents() -> Value {
    json!([
        {"id": "researchers", "issuer": AGENTS, "status": "approved", "apps": {"ids": ["chat-agent"]}, "max_depth": 2, "max_lifetime": 120},
        {"id": "worker", "client_ids": [CLIENT2_ID], "status": "approved", "apps": {"any": true}},
    ])
}

fn governed(agents: &Value) -> Value {
    with(&config(), &[("policy", policy(agents))])
}

/// The answer to one that the policy lets read, for so long.
fn reading(output: &Value, agent: &str, seconds: u64) -> Value {
    let expires = json!(NOW + seconds);
    with(
        output,
        &[
            ("body/scope", json!("chat.read")),
            ("body/expires_in", json!(seconds)),
            ("body/access_token/claims/scope", json!("chat.read")),
            ("body/access_token/claims/exp", expires.clone()),
            ("record/scope_granted", json!("chat.read")),
            ("record/expires_at", expires),
            ("record/app", json!("chat-agent")),
            ("record/agents", json!([agent])),
            ("record/rules", json!(["all", "subagents-read"])),
        ],
    )
}

/// Subagents of a kind, and clients that are not the app's own.
pub fn topic() -> Topic {
    let mut topic = TopicBuilder::new("resource_as.token", "delegation-policy");
    let act = json!({"iss": AGENTS, "sub": "agent-7"});
    let worker = json!({"iss": RAS_ISSUER, "sub": CLIENT2_ID});
    let exchange = || through(derive(&parent()), &actor());
    let derived = |count: usize| {
        let ancestors: Vec<String> = (1..=count).map(|index| format!("at-{index}0")).collect();
        parent().claim("ancestors", ancestors)
    };
    topic
        .group("Subagents read, two levels deep, for two minutes.", governed(&agents()), own_keys(), NOW)
        .valid(
            case("kind", "What is beyond the ceiling of its kind is left out.", SPEC, &[]),
            exchange().input(),
            reading(&acted(&output(), &act), "researchers", 120),
        )
        .valid(
            case("second-level", "A subagent of a subagent.", SPEC, &[]),
            through(derive(&derived(1)), &actor()).input(),
            with(
                &reading(&acted(&output(), &act), "researchers", 120),
                &[("body/access_token/claims/ancestors", json!(["at-0", "at-10"]))],
            ),
        )
        .invalid(
            case("third-level", "One level more than its kind may have.", SPEC, &[]),
            "second-level",
            through(derive(&derived(2)), &actor()).input(),
            fails("policy_denied", "access_denied"),
        )
        .invalid(
            case("overreach", "A subagent asks for what its kind may not have.", SPEC, &[]),
            "kind",
            exchange().set("scope", "chat.history").input(),
            fails("policy_denied", "access_denied"),
        )
        .valid(
            case("listed-client", "A client that the policy lets act for the app.", SPEC, &[]),
            by_another(&parent()).input(),
            reading(&to_another(&acted(&output(), &worker)), "worker", 540),
        );
    let only = |index: usize| json!([agents()[index]]);
    topic.group("The kind is not listed.", governed(&only(1)), own_keys(), NOW).invalid(
        case("kind-unlisted", "An actor that is no agent.", SPEC, &[]),
        "resource_as.token/delegation-policy/kind",
        exchange().input(),
        fails("policy_denied", "access_denied"),
    );
    topic.group("The client is not listed.", governed(&only(0)), own_keys(), NOW).invalid(
        case("client-unlisted", "A client that nobody lets act for the app.", SPEC, &["R8693-020"]),
        "resource_as.token/delegation-policy/listed-client",
        by_another(&parent()).input(),
        fails("policy_denied", "access_denied"),
    );
    let restricted = with(&agents(), &[("0/status", json!("restricted"))]);
    topic.group("The kind is restricted.", governed(&restricted), own_keys(), NOW).invalid(
        case("kind-restricted", "An administrator has withdrawn it.", SPEC, &[]),
        "resource_as.token/delegation-policy/kind",
        exchange().input(),
        fails("agent_restricted", "access_denied"),
    );
    let worker_app = |status: &str| {
        let app = json!({"id": "worker-app", "client_ids": ["worker-at-idp"], "status": status});
        let changes = [("policy/apps/1", app), ("policy/servers/0/client_ids/worker-app", json!(CLIENT2_ID))];
        with(&governed(&agents()), &changes)
    };
    let named = parent().claim("may_act", json!({"client_id": CLIENT2_ID}));
    let answer = reading(&to_another(&acted(&output(), &worker)), "worker", 540);
    let kept = with(&answer, &[("body/access_token/claims/may_act", json!({"client_id": CLIENT2_ID}))]);
    topic
        .group("The client is an app of its own.", worker_app("approved"), own_keys(), NOW)
        .valid(
            case("listed-app", "The policy lets it act.", SPEC, &[]),
            by_another(&parent()).input(),
            answer,
        )
        .valid(case("named-app", "The parent names it.", SPEC, &[]), by_another(&named).input(), kept);
    let mut group = topic.group("That app is restricted.", worker_app("restricted"), own_keys(), NOW);
    for (id, comment, twin, request) in [
        ("listed-app-restricted", "It may act for nobody else either.", "listed-app", by_another(&parent())),
        ("named-app-restricted", "Whoever names it.", "named-app", by_another(&named)),
    ] {
        group.invalid(
            case(id, comment, SPEC, &[]),
            &format!("resource_as.token/delegation-policy/{twin}"),
            request.input(),
            fails("agent_restricted", "access_denied"),
        );
    }
    let fresh = with(&governed(&agents()), &[("policy/rules/0/require", json!({"max_auth_age": 900}))]);
    topic
        .group("A sign-on of the last quarter of an hour is required.", fresh, own_keys(), NOW)
        .valid(
            case("fresh", "The user signed on ten minutes ago.", SPEC, &[]),
            exchange().input(),
            reading(&acted(&output(), &act), "researchers", 120),
        )
        .invalid(
            case(
                "stale",
                "A derived token tells when the user signed on, and that was too long ago.",
                SPEC,
                &[],
            ),
            "fresh",
            through(derive(&parent().claim("auth_time", NOW - 901)), &actor()).input(),
            fails("step_up_required", "insufficient_user_authentication"),
        );
    topic.finish()
}
