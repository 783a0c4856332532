//! DESIGN §6 at the exchange: what the administrator permits, denies and asks for.

use serde_json::{Value, json};

use super::{config, endpoint, exchange, good, id_token, output, provider_keys, scoped};
use crate::format::Topic;
use crate::generate::dsl::{TopicBuilder, case, fails, with};
use crate::generate::keys::CLIENT;
use crate::generate::scene::{CLIENT_AT_IDP, NOW};

fn rule(changes: &[(&str, Value)]) -> Value {
    let changes: Vec<(String, Value)> =
        changes.iter().map(|(member, value)| (format!("policy/rules/0/{member}"), value.clone())).collect();
    let changes: Vec<(&str, Value)> =
        changes.iter().map(|(path, value)| (path.as_str(), value.clone())).collect();
    with(&config(), &changes)
}

/// Denials, each a configuration that differs in one member.
pub fn decisions() -> Topic {
    let mut topic = TopicBuilder::new("idp.token_exchange", "policy");
    topic.group("Policy permits everybody two scopes.", config(), provider_keys(), NOW).valid(
        case("good", "Both are granted.", "ID-JAG §4.3.3", &["JAG-044"]),
        good().input(),
        output(),
    );
    let denied = "policy_denied";
    for (id, comment, req, member, value, code) in [
        ("no-rules", "An empty policy denies.", &["JAG-044"][..], "rules", json!([]), denied),
        (
            "no-app",
            "A client that nobody listed.",
            &["JAG-044", "AMB-004"],
            "apps/0/client_ids",
            json!(["another-client"]),
            denied,
        ),
        (
            "approval",
            "The app awaits approval.",
            &["AMB-004"],
            "apps/0/status",
            json!("approval_required"),
            "approval_required",
        ),
        (
            "restricted",
            "The app is restricted.",
            &["AMB-004"],
            "apps/0/status",
            json!("restricted"),
            "app_restricted",
        ),
        (
            "other-subjects",
            "Only for another user.",
            &["JAG-044"],
            "rules/0/subjects",
            json!({"ids": ["somebody-else"]}),
            denied,
        ),
        (
            "groups-unknown",
            "Only for a group, and nobody said which groups the user is in.",
            &["JAG-044"],
            "rules/0/subjects",
            json!({"groups_any": ["staff"]}),
            denied,
        ),
        (
            "other-scopes",
            "Only for another scope.",
            &["JAG-044", "JAG-046"],
            "rules/0/scopes",
            json!(["chat.write"]),
            denied,
        ),
        (
            "dpop-demanded",
            "Only with a proof.",
            &["JAG-044"],
            "rules/0/require",
            json!({"dpop": true}),
            denied,
        ),
        (
            "actor-demanded",
            "Only through an actor.",
            &["JAG-044"],
            "rules/0/require",
            json!({"actor": true}),
            denied,
        ),
        (
            "denied",
            "Policy denies everybody.",
            &["AMB-004"],
            "rules/1",
            json!({"id": "nobody", "effect": "deny", "apps": {"any": true}, "servers": {"any": true}, "subjects": {"any": true}}),
            denied,
        ),
    ] {
        let config = with(&config(), &[(&format!("policy/{member}"), value)]);
        topic.group(comment, config, provider_keys(), NOW).invalid(
            case(id, comment, "DESIGN §6", req),
            "good",
            good().input(),
            fails(code, "access_denied"),
        );
    }
    let denial = json!("invalid_grant");
    topic
        .group(
            "A denial is `invalid_grant` on the wire.",
            with(&config(), &[("server/denial", denial)]),
            provider_keys(),
            NOW,
        )
        .valid(
            case("switched", "What is granted does not change.", "DESIGN §12", &["AMB-004"]),
            good().input(),
            output(),
        )
        .invalid(
            case("switched-denied", "A denial.", "DESIGN §12", &["AMB-004"]),
            "switched",
            good().set("scope", "chat.write").input(),
            fails("policy_denied", "invalid_grant"),
        );
    conditions(&mut topic);
    step_up(&mut topic);
    lifetimes(&mut topic);
    topic.finish()
}

fn conditions(topic: &mut TopicBuilder) {
    let staff = with(
        &rule(&[("subjects", json!({"groups_any": ["staff"]}))]),
        &[("directory/0/user/groups", json!(["staff"]))],
    );
    let demanding = rule(&[("require", json!({"dpop": true}))]);
    topic.group("Policy permits a group.", staff, provider_keys(), NOW).valid(
        case("group", "The directory says that the user is in it.", "DESIGN §6", &["JAG-044"]),
        good().input(),
        output(),
    );
    topic
        .group("Policy permits with a proof.", demanding, provider_keys(), NOW)
        .valid(
            case("dpop", "There is one.", "DESIGN §6", &["JAG-103"]),
            good().proof(&endpoint().proof(CLIENT.es256())).input(),
            endpoint().bound(),
        )
        .invalid(
            case("dpop-missing", "There is none.", "DESIGN §6", &["JAG-044"]),
            "dpop",
            good().input(),
            fails("policy_denied", "access_denied"),
        );
}

fn step_up(topic: &mut TopicBuilder) {
    let fresh = rule(&[("require", json!({"max_auth_age": 3600, "acr": ["urn:acr:mfa"]}))]);
    let signed_on =
        |age: u64, acr: &str| exchange(&id_token().claim("auth_time", NOW - age).claim("acr", acr));
    let answer = with(
        &output(),
        &[("body/access_token/claims/acr", json!("urn:acr:mfa")), ("record/acr", json!("urn:acr:mfa"))],
    );
    let mut group = topic.group("Policy demands a fresh and strong sign-on.", fresh, provider_keys(), NOW);
    group.valid(
        case("fresh", "It is.", "ID-JAG §8.2", &["AMB-027"]),
        signed_on(100, "urn:acr:mfa").input(),
        answer,
    );
    for (id, comment, request) in [
        ("stale", "Too old.", signed_on(3601, "urn:acr:mfa")),
        ("weak", "Of another class.", signed_on(100, "urn:acr:pwd")),
        (
            "age-unknown",
            "Nobody knows how old.",
            exchange(&id_token().claim("acr", "urn:acr:mfa").without("auth_time")),
        ),
        ("class-unknown", "Of no known class.", exchange(&id_token())),
    ] {
        group.invalid(
            case(id, comment, "ID-JAG §8.2", &["AMB-027"]),
            "fresh",
            request.input(),
            fails("step_up_required", "insufficient_user_authentication"),
        );
    }
    group.invalid(
        case(
            "step-up-would-not-help",
            "A denial that no sign-on changes is a denial.",
            "ID-JAG §8.2",
            &["AMB-027", "AMB-004"],
        ),
        "fresh",
        signed_on(100, "urn:acr:mfa").set("scope", "chat.write").input(),
        fails("policy_denied", "access_denied"),
    );
}

fn lifetimes(topic: &mut TopicBuilder) {
    let living = |seconds: u64| {
        with(
            &output(),
            &[
                ("body/expires_in", json!(seconds)),
                ("body/access_token/claims/exp", json!(NOW + seconds)),
                ("record/expires_at", json!(NOW + seconds)),
            ],
        )
    };
    for (id, comment, config, lives) in [
        ("short-lived", "Policy shortens the grant's life.", rule(&[("max_lifetime", json!(60))]), 60),
        ("long-lived", "It does not lengthen it.", rule(&[("max_lifetime", json!(3600))]), 300),
        (
            "configured",
            "The provider is configured for ten minutes.",
            with(&config(), &[("server/id_jag_lifetime", json!(600))]),
            600,
        ),
    ] {
        topic.group(comment, config, provider_keys(), NOW).valid(
            case(id, comment, "ID-JAG §3.1", &["EMAP12-007", "AMB-025"]),
            good().input(),
            living(lives),
        );
    }
    let _ = (CLIENT_AT_IDP, scoped);
}
