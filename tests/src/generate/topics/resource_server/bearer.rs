//! `resource_server.bearer`: a bearer token without its request.

use serde_json::{Value, json};

use super::{bound_token, claims, config, output, server_keys, token};
use crate::format::Topic;
use crate::generate::dsl::{TopicBuilder, case, fails, with};
use crate::generate::mint::{Jws, break_signature};
use crate::generate::scene::{NOW, OTHER_IDP_ISSUER, RAS_ISSUER, RESOURCE, RESOURCE2};

const SPEC: &str = "RFC 9068 §4";

fn input(token: &Jws) -> Value {
    json!({"token": token.compact()})
}

/// The record of a token that holds: what it is for is not known.
fn record(scope: &str) -> Value {
    let unknown = [("operation", Value::Null), ("scope_asked", Value::Null), ("scope_granted", json!(scope))];
    with(&output()["record"], &unknown)
}

/// Tokens as SDKs hand them over.
pub fn topic() -> Topic {
    let mut topic = TopicBuilder::new("resource_server.bearer", "tokens");
    let config = with(&config(), &[("server/hierarchy", json!({"chat.admin": "chat.read"}))]);
    let held = with(&claims(), &[("aud", json!([RESOURCE]))]);
    let refused = |code: &str| fails(code, "invalid_token");
    let mut group = topic.group("Bound tokens and others are taken.", config.clone(), server_keys(), NOW);
    group
        .valid(
            case("good", "A token that holds.", SPEC, &["R9068-016"]),
            input(&token()),
            json!({"claims": held, "scopes": ["chat.read"], "record": record("chat.read")}),
        )
        .valid(
            case("scopes", "With the scopes that its scopes include.", "MCP authorization", &["MCP-028"]),
            input(&token().claim("scope", "chat.write chat.admin")),
            json!({
                "claims": with(&held, &[("scope", json!("chat.admin chat.write"))]),
                "scopes": ["chat.admin", "chat.read", "chat.write"],
                "record": record("chat.admin chat.write"),
            }),
        )
        .invalid(
            case(
                "bound",
                "One that is bound to a key: there is no proof here.",
                "RFC 9449 §7.1",
                &["R9449-029"],
            ),
            "good",
            input(&bound_token()),
            refused("bound_token_as_bearer"),
        );
    for (id, comment, token, code) in [
        ("expired", "It has expired.", token().claim("exp", NOW - 60), "token_expired"),
        ("for-another", "It is for another resource.", token().claim("aud", RESOURCE2), "audience_mismatch"),
        (
            "of-another",
            "It is of a server that is not trusted.",
            token().claim("iss", OTHER_IDP_ISSUER),
            "issuer_untrusted",
        ),
    ] {
        group.invalid(case(id, comment, SPEC, &[]), "good", input(&token), refused(code));
    }
    group.invalid(
        case("forged", "Nobody signed it.", SPEC, &[]),
        "good",
        json!({"token": break_signature(&token().compact())}),
        refused("signature_invalid"),
    );
    group.invalid(
        case("no-token", "It is no token.", SPEC, &[]),
        "good",
        json!({"token": "no token"}),
        refused("token_malformed"),
    );
    let bound_only = with(&config, &[("server/sender_constraint", json!("required"))]);
    topic.group("Only bound tokens are taken.", bound_only, server_keys(), NOW).invalid(
        case("bound-only", "A bearer token.", "RFC 9449 §7.1", &["R9449-029"]),
        "good",
        input(&token()),
        refused("proof_required"),
    );
    let entry = json!({"iss": RAS_ISSUER, "jti": "at-1", "retain_until": NOW + 900});
    let revoking = with(&config, &[("revocations", json!({"entries": [entry]}))]);
    topic.group("The token has been revoked.", revoking, server_keys(), NOW).invalid(
        case("revoked", "It has been revoked.", "DESIGN §8", &[]),
        "good",
        input(&token()),
        refused("token_revoked"),
    );
    topic.finish()
}
