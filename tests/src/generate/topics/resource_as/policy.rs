//! DESIGN §6 at redemption: the server's own policy, and what its denials look like.

use serde_json::{Value, json};

use super::{config, grant, output, redeem, scoped, server_keys};
use crate::format::Topic;
use crate::generate::dsl::{TopicBuilder, case, fails, with};
use crate::generate::mint::Jws;
use crate::generate::scene::{CLIENT_ID, NOW, RAS_ISSUER, RESOURCE};

/// A document with one app, one server and these rules.
fn policy(status: &str, rules: &Value) -> Value {
    json!({
        "version": 1,
        "apps": [{"id": "chat-agent", "client_ids": ["agent"], "status": status}],
        "servers": [{"id": "chat", "issuer": RAS_ISSUER, "resources": [RESOURCE], "client_ids": {"chat-agent": CLIENT_ID}}],
        "rules": rules,
    })
}

fn permit(changes: &[(&str, Value)]) -> Value {
    let rule = json!({
        "id": "readers", "effect": "permit", "apps": {"any": true}, "servers": {"any": true}, "subjects": {"any": true},
        "scopes": ["chat.read"],
    });
    json!([with(&rule, changes)])
}

fn governed(status: &str, rules: &Value) -> Value {
    with(&config(), &[("policy", policy(status, rules))])
}

fn ruled(output: &Value) -> Value {
    with(output, &[("record/app", json!("chat-agent")), ("record/rules", json!(["readers"]))])
}

/// What policy grants, denies and asks for.
pub fn decisions() -> Topic {
    let mut topic = TopicBuilder::new("resource_as.token", "policy");
    let granted = || ruled(&scoped(&output(), "chat.history chat.read", "chat.read"));
    let denied = || fails("policy_denied", "access_denied");
    let mut group =
        topic.group("Policy permits reading.", governed("approved", &permit(&[])), server_keys(), NOW);
    group
        .valid(
            case(
                "narrowed",
                "Of two scopes one is granted, visibly.",
                "ID-JAG §4.4.2",
                &["JAG-072", "JAG-074"],
            ),
            redeem(&grant()).input(),
            granted(),
        )
        .invalid(
            case("denied", "The one scope asked for is not granted.", "DESIGN §12", &["AMB-004"]),
            "narrowed",
            redeem(&grant()).set("scope", "chat.history").input(),
            denied(),
        )
        .valid(
            case(
                "policy-decides",
                "A grant without scope: what is asked is the policy's to grant.",
                "ID-JAG §4.4.2",
                &["AMB-017"],
            ),
            redeem(&grant().without("scope")).set("scope", "chat.read").input(),
            ruled(&scoped(&output(), "chat.read", "chat.read")),
        )
        .invalid(
            case(
                "policy-decides-no",
                "The policy does not grant it.",
                "ID-JAG §4.4.2",
                &["AMB-017", "AMB-004"],
            ),
            "policy-decides",
            redeem(&grant().without("scope")).set("scope", "chat.history").input(),
            denied(),
        );
    for (id, comment, code, config) in [
        ("no-rules", "An empty policy denies.", "policy_denied", governed("approved", &json!([]))),
        (
            "approval",
            "The app awaits approval.",
            "approval_required",
            governed("approval_required", &permit(&[])),
        ),
        ("restricted", "The app is restricted.", "app_restricted", governed("restricted", &permit(&[]))),
        (
            "groups-unknown",
            "A condition on groups that the host did not state.",
            "policy_denied",
            governed("approved", &permit(&[("subjects", json!({"groups_any": ["staff"]}))])),
        ),
        (
            "dpop-demanded",
            "The policy demands a proof.",
            "policy_denied",
            governed("approved", &permit(&[("require", json!({"dpop": true}))])),
        ),
    ] {
        topic.group(comment, config, server_keys(), NOW).invalid(
            case(id, comment, "DESIGN §6", &["AMB-004"]),
            "narrowed",
            redeem(&grant()).input(),
            fails(code, "access_denied"),
        );
    }
    let switched =
        |rules: &Value| with(&governed("approved", rules), &[("server/denial", json!("invalid_grant"))]);
    topic
        .group("A denial is `invalid_grant` on the wire.", switched(&permit(&[])), server_keys(), NOW)
        .valid(
            case("switched", "What is granted does not change.", "DESIGN §12", &["AMB-004"]),
            redeem(&grant()).input(),
            granted(),
        )
        .invalid(
            case("switched-denied", "A denial.", "DESIGN §12", &["AMB-004"]),
            "switched",
            redeem(&grant()).set("scope", "chat.history").input(),
            fails("policy_denied", "invalid_grant"),
        );
    step_up(&mut topic);
    lifetimes(&mut topic);
    topic.finish()
}

fn step_up(topic: &mut TopicBuilder) {
    let fresh = permit(&[("require", json!({"max_auth_age": 3600, "acr": ["urn:acr:mfa"]}))]);
    let signed_on = |age: u64, acr: &str| grant().claim("auth_time", NOW - age).claim("acr", acr);
    let output = || {
        with(
            &ruled(&scoped(&output(), "chat.history chat.read", "chat.read")),
            &[
                ("body/access_token/claims/auth_time", json!(NOW - 100)),
                ("body/access_token/claims/acr", json!("urn:acr:mfa")),
                ("record/auth_time", json!(NOW - 100)),
                ("record/acr", json!("urn:acr:mfa")),
            ],
        )
    };
    let send = |grant: &Jws| redeem(grant).input();
    let step_up = || fails("step_up_required", "insufficient_user_authentication");
    let mut group = topic.group(
        "Policy demands a fresh and strong sign-on.",
        governed("approved", &fresh),
        server_keys(),
        NOW,
    );
    group.valid(
        case("fresh", "It is.", "DESIGN §6", &["AMB-027"]),
        send(&signed_on(100, "urn:acr:mfa")),
        output(),
    );
    for (id, comment, grant) in [
        ("stale", "Too old.", signed_on(3601, "urn:acr:mfa")),
        ("weak", "Of another class.", signed_on(100, "urn:acr:pwd")),
        ("age-unknown", "Nobody knows how old.", signed_on(100, "urn:acr:mfa").without("auth_time")),
    ] {
        group.invalid(case(id, comment, "ID-JAG §8.2", &["AMB-027"]), "fresh", send(&grant), step_up());
    }
    group.invalid(
        case(
            "step-up-would-not-help",
            "A denial that no sign-on changes is a denial.",
            "ID-JAG §8.2",
            &["AMB-027", "AMB-004"],
        ),
        "fresh",
        redeem(&signed_on(100, "urn:acr:mfa")).set("scope", "chat.history").input(),
        fails("policy_denied", "access_denied"),
    );
}

fn lifetimes(topic: &mut TopicBuilder) {
    let living = |output: &Value, seconds: u64| {
        with(
            output,
            &[
                ("body/expires_in", json!(seconds)),
                ("body/access_token/claims/exp", json!(NOW + seconds)),
                ("record/expires_at", json!(NOW + seconds)),
            ],
        )
    };
    let granted = ruled(&scoped(&output(), "chat.history chat.read", "chat.read"));
    for (id, comment, limit, lives) in [
        ("short-lived", "Policy shortens the token's life.", 120, 120),
        ("long-lived", "It does not lengthen it.", 3600, 600),
    ] {
        topic
            .group(
                comment,
                governed("approved", &permit(&[("max_lifetime", json!(limit))])),
                server_keys(),
                NOW,
            )
            .valid(
                case(id, comment, "DESIGN §6", &["AMB-025"]),
                redeem(&grant()).input(),
                living(&granted, lives),
            );
    }
    let hour = with(&config(), &[("server/access_token_lifetime", json!(3600))]);
    topic.group("Tokens live an hour.", hour, server_keys(), NOW).valid(
        case("an-hour", "The longest life there is; `expires_in` says so.", "DESIGN §14", &["AMB-025"]),
        redeem(&grant()).input(),
        living(&output(), 3600),
    );
}
