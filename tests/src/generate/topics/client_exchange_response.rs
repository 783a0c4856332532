//! `client.exchange_response`: RFC 8693 §2.2 and ID-JAG §4.3.4 as a client lives them.

use crate::format::Topic;
use crate::generate::client_scene::{client_keys, cnf, exchanged, id_jag, ras};
use crate::generate::dsl::{GroupBuilder, TopicBuilder, case, fails_locally, with};
use crate::generate::keys::{ATTACKER, CLIENT2};
use crate::generate::scene::{CLIENT_ID, CLIENT2_ID, IDP_ISSUER, NOW, RAS_ISSUER, RESOURCE, RESOURCE2};
use crate::generate::web::{ID_JAG_TYPE, Refusal, refuse, response};
use serde_json::{Value, json};

fn redeemer(binding: &str) -> Value {
    json!({"audience": ras(), "client_id": CLIENT_ID, "binding": binding})
}

fn came(response: Value) -> Value {
    json!({"response": response, "resource": [RESOURCE], "scope": "read write"})
}

/// What the client makes of the IdP's answer.
pub fn answer() -> Topic {
    let mut topic = TopicBuilder::new("client.exchange_response", "grants");
    let mut group = topic.group("Without a proof.", redeemer("unbound"), client_keys(), NOW);
    let whole = json!({"audience": RAS_ISSUER, "expires_at": NOW + 300, "scope": "read write"});
    let read = with(&whole, &[("scope", json!("read"))]);
    let usual = |changes: &[(&str, Value)]| came(exchanged(&id_jag(&[]), changes));
    let quiet = id_jag(&[("scope", Value::Null), ("resource", Value::Null)]);
    let narrow = id_jag(&[("scope", json!("read"))]);
    for (id, comment, req, input, output) in [
        (
            "whole",
            "All that was asked for.",
            &["JAG-053", "JAG-054", "JAG-055"][..],
            usual(&[]),
            whole.clone(),
        ),
        (
            "quiet",
            "What nobody says is what was asked for.",
            &["JAG-056", "R8693-011"],
            came(exchanged(&quiet, &[])),
            whole.clone(),
        ),
        (
            "narrow-claim",
            "Less, as the grant says.",
            &["JAG-056"],
            came(exchanged(&narrow, &[])),
            read.clone(),
        ),
        (
            "narrow-member",
            "Less, as the response says.",
            &["JAG-056", "R8693-011"],
            usual(&[("scope", json!("read"))]),
            read,
        ),
        (
            "lower-case",
            "The type in another case.",
            &["R8693-010"],
            usual(&[("token_type", json!("n_a"))]),
            whole.clone(),
        ),
        (
            "unknown-members",
            "Unknown members mean nothing.",
            &["R6749-009"],
            usual(&[("refresh_token", json!("r")), ("error", json!("access_denied"))]),
            whole.clone(),
        ),
        (
            "shorter",
            "The shorter of two lives.",
            &["JAG-058"],
            usual(&[("expires_in", json!(60))]),
            with(&whole, &[("expires_at", json!(NOW + 60))]),
        ),
        ("longer", "Whichever that is.", &["JAG-058"], usual(&[("expires_in", json!(600))]), whole.clone()),
        (
            "digits",
            "Seconds in quotes.",
            &["JAG-058"],
            usual(&[("expires_in", json!("60"))]),
            with(&whole, &[("expires_at", json!(NOW + 60))]),
        ),
        (
            "resource-member",
            "The resource, said again.",
            &["AMB-011"],
            usual(&[("resource", json!([RESOURCE]))]),
            whole.clone(),
        ),
    ] {
        group.valid(case(id, comment, "JAG §4.3.4", req), input, output);
    }
    let claim = |name: &str, value: Value| came(exchanged(&id_jag(&[(name, value)]), &[]));
    let issued: &[&str] = &["JAG-053", "R8693-009"];
    let kind: &[&str] = &["JAG-055", "R8693-010"];
    let token: &[&str] = &["JAG-054", "R8693-009"];
    let wide: &[&str] = &["JAG-056", "R8693-011"];
    let (itt, tt, at) = ("issued_token_type", "token_type", "access_token");
    let rows: Vec<Refusal<'_>> = vec![
        (
            "type-missing",
            "No issued token type.",
            issued,
            usual(&[(itt, Value::Null)]),
            "issued_token_type_mismatch",
        ),
        (
            "type-jwt",
            "Another.",
            issued,
            usual(&[(itt, json!("urn:ietf:params:oauth:token-type:jwt"))]),
            "issued_token_type_mismatch",
        ),
        (
            "type-case",
            "In another case.",
            issued,
            usual(&[(itt, json!(ID_JAG_TYPE.to_uppercase()))]),
            "issued_token_type_mismatch",
        ),
        ("bearer", "A bearer token.", kind, usual(&[(tt, json!("Bearer"))]), "token_type_mismatch"),
        ("dpop", "A DPoP token.", kind, usual(&[(tt, json!("DPoP"))]), "token_type_mismatch"),
        ("token-type-missing", "No token type.", kind, usual(&[(tt, Value::Null)]), "token_type_mismatch"),
        ("token-missing", "No token.", token, usual(&[(at, Value::Null)]), "response_malformed"),
        ("token-object", "No text.", token, usual(&[(at, json!({}))]), "response_malformed"),
        ("token-opaque", "No JWT.", token, usual(&[(at, json!("opaque"))]), "token_malformed"),
        (
            "typ",
            "Another kind of token.",
            &["JAG-054", "EMA-012"],
            came(exchanged(&id_jag(&[]).header("typ", "at+jwt"), &[])),
            "typ_mismatch",
        ),
        (
            "audience",
            "For another server.",
            &["JAG-096", "AMB-008"],
            claim("aud", json!("https://auth.evil.example/")),
            "audience_mismatch",
        ),
        (
            "audience-slash",
            "A slash makes another server.",
            &["AMB-008"],
            claim("aud", json!("https://auth.chat.example")),
            "audience_mismatch",
        ),
        (
            "audiences",
            "For two servers.",
            &["JAG-096"],
            claim("aud", json!([RAS_ISSUER, IDP_ISSUER])),
            "audience_mismatch",
        ),
        ("client", "For another client.", &[], claim("client_id", json!(CLIENT2_ID)), "client_mismatch"),
        ("client-missing", "For no client.", &[], claim("client_id", Value::Null), "claim_missing"),
        (
            "wider-claim",
            "More than was asked for.",
            wide,
            claim("scope", json!("read write admin")),
            "grant_widened",
        ),
        (
            "wider-member",
            "As the response says.",
            wide,
            usual(&[("scope", json!("read write admin"))]),
            "grant_widened",
        ),
        (
            "other-resource",
            "For another resource.",
            &["AMB-011"],
            claim("resource", json!(RESOURCE2)),
            "grant_widened",
        ),
        (
            "resource-member-other",
            "As the response says.",
            &["AMB-011"],
            usual(&[("resource", json!(RESOURCE2))]),
            "grant_widened",
        ),
        (
            "details-unasked",
            "Authorization details that nobody asked for.",
            &["JAG-057"],
            usual(&[("authorization_details", json!([{"type": "x"}]))]),
            "grant_widened",
        ),
        (
            "scope-list",
            "A scope that is a list.",
            &[],
            usual(&[("scope", json!(["read"]))]),
            "response_malformed",
        ),
        (
            "expires-negative",
            "A life that is none.",
            &[],
            usual(&[("expires_in", json!(-1))]),
            "response_malformed",
        ),
        (
            "expires-now",
            "A life that is over.",
            &["JAG-058"],
            usual(&[("expires_in", json!(0))]),
            "token_expired",
        ),
        ("bound", "Bound to a key that nobody proved.", &["JAG-100"], claim("cnf", cnf()), "proof_missing"),
        ("exp-missing", "Without end.", &[], claim("exp", Value::Null), "claim_missing"),
        (
            "duplicate-claim",
            "A claim twice.",
            &["AMB-028"],
            came(exchanged(&id_jag(&[]).duplicate_claim("aud", RAS_ISSUER), &[])),
            "duplicate_member",
        ),
    ];
    refuse(&mut group, "whole", "JAG §4.3.4", &rows);
    group.invalid(
        case("expired", "It is over.", "JAG §4.5", &[]).at(NOW + 300),
        "whole",
        usual(&[]),
        fails_locally("token_expired"),
    );
    errors(&mut group);
    bindings(&mut topic);
    topic.finish()
}

/// The server's refusals: the same body as that of a success, for what counts is the status.
fn errors(group: &mut GroupBuilder<'_>) {
    let whole = json!({"audience": RAS_ISSUER, "expires_at": NOW + 300, "scope": "read write"});
    let body = |status: u16, error: &str| {
        let mut response = exchanged(&id_jag(&[]), &[("error", json!(error))]);
        response["status"] = status.into();
        came(response)
    };
    for (ok, id, comment, req, error, code) in [
        (
            "ok-denied",
            "denied",
            "A policy says no.",
            &["AMB-004", "JAG-091"][..],
            "access_denied",
            "server_denied",
        ),
        (
            "ok-grant",
            "invalid-grant",
            "The subject token is not accepted.",
            &["AMB-005"],
            "invalid_grant",
            "server_refused",
        ),
        (
            "ok-request",
            "invalid-request",
            "By another name.",
            &["AMB-005"],
            "invalid_request",
            "server_refused",
        ),
        (
            "ok-stale",
            "step-up",
            "Another sign-on is wanted.",
            &["AMB-027"],
            "insufficient_user_authentication",
            "step_up_required",
        ),
        (
            "ok-client",
            "invalid-client",
            "The client is not accepted.",
            &["EMA-007"],
            "invalid_client",
            "server_refused",
        ),
        (
            "ok-target",
            "invalid-target",
            "The server is not known there.",
            &[],
            "invalid_target",
            "server_refused",
        ),
        ("ok-unheard", "unheard-of", "An error nobody has heard of.", &[], "tea_time", "server_refused"),
        ("ok-later", "unavailable", "To be asked later.", &[], "temporarily_unavailable", "server_failed"),
    ] {
        group
            .valid(
                case(ok, "A success that names an error is one.", "RFC 6749 §5.1", &["R6749-009"]),
                body(200, error),
                whole.clone(),
            )
            .invalid(case(id, comment, "RFC 6749 §5.2", req), ok, body(400, error), fails_locally(code));
    }
    for (id, status, code) in [
        ("status-201", 201, "response_malformed"),
        ("status-302", 302, "redirect_refused"),
        ("status-500", 500, "server_failed"),
        ("status-503", 503, "server_failed"),
    ] {
        group.invalid(
            case(id, "A status that decides.", "RFC 8693 §2.2", &["R8693-009"]),
            "ok-denied",
            body(status, "access_denied"),
            fails_locally(code),
        );
    }
    let mut page = exchanged(&id_jag(&[]), &[]);
    page["headers"] = response(200, "text/html", "")["headers"].clone();
    group.invalid(
        case("html", "No JSON.", "RFC 6749 §5.1", &[]),
        "whole",
        came(page),
        fails_locally("response_malformed"),
    );
}

/// Grants that are bound to the client's key.
fn bindings(topic: &mut TopicBuilder) {
    let bound = id_jag(&[("cnf", cnf())]);
    let jkt = CLIENT2.es256().thumbprint();
    let whole = json!({"audience": RAS_ISSUER, "expires_at": NOW + 300, "scope": "read write"});
    let held = with(&whole, &[("jkt", jkt.into())]);
    let mut group = topic.group("With a proof, binding required.", redeemer("required"), client_keys(), NOW);
    group.valid(
        case("bound-to-own-key", "Bound to the key that was proven.", "JAG §9.8.1", &["JAG-100"]),
        came(exchanged(&bound, &[])),
        held.clone(),
    );
    let other = id_jag(&[("cnf", json!({"jkt": ATTACKER.es256().thumbprint()}))]);
    let both: &[&str] = &["JAG-100", "JAG-105"];
    refuse(
        &mut group,
        "bound-to-own-key",
        "JAG §9.8.1",
        &[
            (
                "not-bound",
                "A silent downgrade.",
                &["JAG-105"],
                came(exchanged(&id_jag(&[]), &[])),
                "binding_missing",
            ),
            (
                "bound-to-other-key",
                "Bound to another key.",
                both,
                came(exchanged(&other, &[])),
                "binding_missing",
            ),
        ],
    );
    let mut group =
        topic.group("With a proof, binding preferred.", redeemer("dangerous_preferred"), client_keys(), NOW);
    group
        .valid(
            case("preferred-bound", "Bound.", "JAG §9.8.1", &["JAG-100"]),
            came(exchanged(&bound, &[])),
            held,
        )
        .valid(
            case("preferred-not-bound", "A downgrade that was allowed for.", "JAG §9.8.1", &["JAG-105"]),
            came(exchanged(&id_jag(&[]), &[])),
            whole,
        );
    refuse(
        &mut group,
        "preferred-bound",
        "JAG §9.8.1",
        &[(
            "preferred-other-key",
            "Bound to another key.",
            both,
            came(exchanged(&other, &[])),
            "binding_missing",
        )],
    );
}
