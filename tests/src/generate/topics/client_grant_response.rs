//! `client.grant_response`: RFC 6749 §5 and ID-JAG §4.4 as a client lives them.

use super::client_grant::{bound, held};
use crate::format::Topic;
use crate::generate::client_scene::{client_keys, id_jag};
use crate::generate::dsl::{GroupBuilder, TopicBuilder, case, fails_locally, with};
use crate::generate::scene::{NOW, RAS_ISSUER, RESOURCE, RESOURCE2};
use crate::generate::web::{Refusal, json_response, refuse};
use serde_json::{Value, json};

/// The server's answer to the grant.
fn came(held: Value, status: u16, body: &Value) -> Value {
    let answered = with(&held, &[("response", json_response(status, body))]);
    with(&answered, &[("random", Value::Null)])
}

fn bearer(changes: &[(&str, Value)]) -> Value {
    with(&json!({"access_token": "opaque-token", "token_type": "Bearer", "expires_in": 3600}), changes)
}

/// What the client makes of the server's answer.
pub fn answer() -> Topic {
    let mut topic = TopicBuilder::new("client.grant_response", "tokens");
    let mut group = topic.group("Default limits.", json!({}), client_keys(), NOW);
    let token = json!({
        "issuer": RAS_ISSUER, "resource": RESOURCE, "token_type": "Bearer", "scope": "read write",
        "expires_at": NOW + 3600,
    });
    let usual = |changes: &[(&str, Value)]| came(held(&[]), 200, &bearer(changes));
    let opaque: &[&str] = &["R9068-024", "MCP-020"];
    for (id, comment, req, input, output) in [
        ("whole", "A token that the client does not look into.", opaque, usual(&[]), token.clone()),
        (
            "expired-inside",
            "Even when it could.",
            opaque,
            usual(&[("access_token", json!(id_jag(&[("exp", json!(1))]).compact()))]),
            token.clone(),
        ),
        (
            "lower-case",
            "The type in another case.",
            &["R6749-009"],
            usual(&[("token_type", json!("bEARER"))]),
            token.clone(),
        ),
        (
            "unknown-members",
            "Unknown members mean nothing.",
            &["R6749-009"],
            usual(&[("refresh_token", json!("r")), ("x", json!([1]))]),
            token.clone(),
        ),
        (
            "narrow",
            "Less than was asked for.",
            &["JAG-074", "AMB-017"],
            usual(&[("scope", json!("read"))]),
            with(&token, &[("scope", json!("read"))]),
        ),
        (
            "no-end",
            "Nobody says when it ends.",
            &[],
            usual(&[("expires_in", Value::Null)]),
            with(&token, &[("expires_at", Value::Null)]),
        ),
        (
            "resource-member",
            "Its resource.",
            &["AMB-011"],
            usual(&[("resource", json!(RESOURCE))]),
            token.clone(),
        ),
        (
            "resource-list",
            "As a list.",
            &["AMB-011"],
            usual(&[("resource", json!([RESOURCE]))]),
            token.clone(),
        ),
    ] {
        group.valid(case(id, comment, "RFC 6749 §5.1", req), input, output);
    }
    let (tt, at) = ("token_type", "access_token");
    let kind: &[&str] = &["R6749-009"];
    let rows: Vec<Refusal<'_>> = vec![
        (
            "mac",
            "A type that nobody here can use.",
            kind,
            usual(&[(tt, json!("mac"))]),
            "token_type_mismatch",
        ),
        ("type-missing", "No type.", kind, usual(&[(tt, Value::Null)]), "token_type_mismatch"),
        ("not-applicable", "Not an access token.", kind, usual(&[(tt, json!("N_A"))]), "token_type_mismatch"),
        (
            "dpop-unproven",
            "Bound to nobody knows what.",
            &["R9449-026"],
            usual(&[(tt, json!("DPoP"))]),
            "token_type_mismatch",
        ),
        ("token-missing", "No token.", &[], usual(&[(at, Value::Null)]), "response_malformed"),
        ("token-empty", "An empty one.", &[], usual(&[(at, json!(""))]), "response_malformed"),
        (
            "token-space",
            "One with a space.",
            &["R6750-001"],
            usual(&[(at, json!("opaque token"))]),
            "response_malformed",
        ),
        (
            "token-line-break",
            "One with a line break.",
            &["R6750-001"],
            usual(&[(at, json!("a\r\nb"))]),
            "response_malformed",
        ),
        (
            "token-long",
            "One byte too long.",
            &[],
            usual(&[(at, json!("t".repeat(16 * 1024 + 1)))]),
            "token_too_large",
        ),
        (
            "wider",
            "More than was asked for.",
            &["AMB-017"],
            usual(&[("scope", json!("read write admin"))]),
            "grant_widened",
        ),
        (
            "other-resource",
            "For another resource.",
            &["AMB-011", "MCP-020"],
            usual(&[("resource", json!(RESOURCE2))]),
            "grant_widened",
        ),
        (
            "more-resources",
            "For another one too.",
            &["AMB-011"],
            usual(&[("resource", json!([RESOURCE, RESOURCE2]))]),
            "grant_widened",
        ),
        (
            "details-unasked",
            "With details that nobody asked for.",
            &[],
            usual(&[("authorization_details", json!([{"type": "x"}]))]),
            "grant_widened",
        ),
        (
            "expires-text",
            "A life in words.",
            &[],
            usual(&[("expires_in", json!("an hour"))]),
            "response_malformed",
        ),
    ];
    refuse(&mut group, "whole", "RFC 6749 §5.1", &rows);
    details(&mut group, &token);
    dpop(&mut group, &token);
    errors(&mut group, &token);
    topic.finish()
}

/// Authorization details as granted: the client asked for reading and writing.
fn details(group: &mut GroupBuilder<'_>, token: &Value) {
    let of = |actions: Value| json!([{"type": "file_access", "actions": actions}]);
    let asked = held(&[("authorization_details", of(json!(["read", "write"])))]);
    let granted = |details: Value| came(asked.clone(), 200, &bearer(&[("authorization_details", details)]));
    let output = |details: Value| with(token, &[("authorization_details", details)]);
    let req: &[&str] = &["R9396-004", "JAG-057"];
    group
        .valid(
            case("details-narrow", "Less than was asked for.", "RFC 9396 §7", req),
            granted(of(json!(["read"]))),
            output(of(json!(["read"]))),
        )
        .valid(
            case("details-none", "Nothing of it.", "RFC 9396 §7", req),
            granted(json!([])),
            with(token, &[]),
        );
    refuse(
        group,
        "details-narrow",
        "RFC 9396 §7",
        &[
            ("details-wider", "More.", req, granted(of(json!(["read", "delete"]))), "grant_widened"),
            (
                "details-unlimited",
                "Without a limit.",
                req,
                granted(json!([{"type": "file_access"}])),
                "grant_widened",
            ),
            ("details-other-type", "Of another type.", req, granted(json!([{"type": "x"}])), "grant_widened"),
            (
                "details-object",
                "Not a list.",
                req,
                granted(json!({"type": "file_access"})),
                "response_malformed",
            ),
        ],
    );
}

fn dpop(group: &mut GroupBuilder<'_>, token: &Value) {
    let of = |kind: &str| came(bound(&[]), 200, &bearer(&[("token_type", json!(kind))]));
    let output = with(token, &[("token_type", json!("DPoP"))]);
    let req: &[&str] = &["R9449-022", "R9449-026"];
    group.valid(case("dpop", "A bound token.", "RFC 9449 §5", req), of("DPoP"), output);
    refuse(
        group,
        "dpop",
        "RFC 9449 §5",
        &[
            (
                "dpop-downgraded",
                "A silent downgrade.",
                &["R9449-022", "R9449-026", "JDPOP-004"],
                of("Bearer"),
                "token_type_mismatch",
            ),
            ("dpop-none", "No kind that could be used.", req, of("N_A"), "token_type_mismatch"),
        ],
    );
}

/// The server's refusals: the same body as that of a success, for what counts is the status.
fn errors(group: &mut GroupBuilder<'_>, token: &Value) {
    let of = |status: u16, error: &str| came(held(&[]), status, &bearer(&[("error", json!(error))]));
    for (ok, id, comment, req, error, code) in [
        (
            "ok-grant",
            "invalid-grant",
            "A listed profile is no promise.",
            &["JAG-091", "AMB-001"][..],
            "invalid_grant",
            "server_refused",
        ),
        ("ok-denied", "denied", "Nor is it here.", &["JAG-091", "AMB-004"], "access_denied", "server_denied"),
        (
            "ok-stale",
            "step-up",
            "Another sign-on is wanted.",
            &["AMB-027"],
            "insufficient_user_authentication",
            "step_up_required",
        ),
        (
            "ok-request",
            "invalid-request",
            "Here it is the request.",
            &["AMB-005"],
            "invalid_request",
            "server_refused",
        ),
        (
            "ok-client",
            "unauthorized-client",
            "The client may not do this.",
            &[],
            "unauthorized_client",
            "server_refused",
        ),
        (
            "ok-scope",
            "invalid-scope",
            "More scope than the grant has.",
            &["AMB-017"],
            "invalid_scope",
            "server_refused",
        ),
    ] {
        group
            .valid(
                case(ok, "A success that names an error is one.", "RFC 6749 §5.1", &["R6749-009"]),
                of(200, error),
                token.clone(),
            )
            .invalid(case(id, comment, "RFC 6749 §5.2", req), ok, of(400, error), fails_locally(code));
    }
    for (id, status, code) in [
        ("status-307", 307, "redirect_refused"),
        ("status-429", 429, "server_failed"),
        ("status-503", 503, "server_failed"),
    ] {
        group.invalid(
            case(id, "A status that decides.", "RFC 6749 §5.2", &[]),
            "ok-grant",
            of(status, "invalid_grant"),
            fails_locally(code),
        );
    }
}
