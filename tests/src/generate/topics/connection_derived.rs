//! `client.connection`: a parent gives a subagent a token: RFC 8693 as scripts.

use super::connection::{all, and, ready};
use super::connection_grants::{asked_for, found_at, token_event};
use crate::format::Topic;
use crate::generate::client_scene::{client_keys, post, secret};
use crate::generate::connection_scene::{play, token, token_body};
use crate::generate::dsl::{TopicBuilder, case, with};
use crate::generate::scene::{CLIENT_ID, NOW, RAS_ISSUER, RAS_TOKEN_ENDPOINT, RESOURCE};
use crate::generate::web::{json_response, ras_document, refuse};
use serde_json::{Value, json};

const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";
const BASIC: &str = "Basic ZjUzZjE5MWY5MzExYWYzNTpzM2NyM3Q=";
const SPEC: &str = "RFC 8693 §2";

fn derived(changes: &[(&str, Value)]) -> Value {
    let body = [("access_token", json!("derived-token")), ("issued_token_type", json!(ACCESS_TOKEN))];
    json_response(200, &with(&token_body(&body), changes))
}

fn derive(wanted: &Value, response: &Value) -> Value {
    json!({"derive": [wanted, response]})
}

fn event(more: &[(&str, Value)], answer: &[(&str, Value)]) -> Value {
    let form = [
        ("grant_type", json!("urn:ietf:params:oauth:grant-type:token-exchange")),
        ("subject_token", json!("opaque-token")),
        ("subject_token_type", json!(ACCESS_TOKEN)),
        ("requested_token_type", json!(ACCESS_TOKEN)),
        ("resource", json!(RESOURCE)),
    ];
    let request = post(RAS_TOKEN_ENDPOINT, &[&form, more].concat(), &[("Authorization", json!(BASIC))]);
    let event = json!({
        "derive": "derived", "request": request, "access_token": "derived-token", "token_type": "Bearer",
        "expires_at": NOW + 60,
    });
    with(&event, answer)
}

/// Tokens for subagents.
pub fn topic() -> Topic {
    let mut topic = TopicBuilder::new("client.connection", "derived");
    let credentials = secret(RAS_ISSUER, CLIENT_ID, "client_secret_basic", "s3cr3t");
    let config = json!({"grant": "client_credentials", "credentials": [credentials]});
    let mut group = topic.group("A client with an access token.", config, client_keys(), NOW);
    let granted = [
        ("grant_type", json!("client_credentials")),
        ("resource", json!(RESOURCE)),
        ("scope", json!("read write")),
    ];
    let events = [token_event(&granted, &[("Authorization", json!(BASIC))]), ready("read write", NOW + 60)];
    let first = [json!({"answer": token(&[])}), json!({"next": true})];
    let first = and(&found_at(&ras_document()), &first);
    let script = |wanted: &Value, response: &Value| play(&and(&first, &[derive(wanted, response)]));
    let seen = |event: Value| all(&and(&and(&asked_for(), &events), &[event]));
    let less = json!({"scope": "read"});
    let scoped = [("scope", json!("read"))];
    // The errors are members that mean nothing in a success and everything in a failure.
    let lesser = |changes: &[(&str, Value)]| {
        let body = [("scope", json!("read")), ("error", json!("access_denied"))];
        derived(&[&body, changes].concat())
    };
    let failed = |response: Value| with(&response, &[("status", json!(400))]);
    group
        .valid(
            case("all", "A subagent is to have what its parent has.", SPEC, &["R8693-009"]),
            script(&json!({}), &derived(&[("error", json!("invalid_grant"))])),
            seen(event(&[], &[("scope", json!("read write"))])),
        )
        .valid(
            case("less", "It is to have less.", SPEC, &["R8693-011"]),
            script(&less, &lesser(&[])),
            seen(event(&scoped, &scoped)),
        )
        .valid(
            case("actor", "It is named by a JWT of its own.", SPEC, &["JAG-038"]),
            script(&with(&less, &[("actor_token", json!("eyJ.actor"))]), &derived(&scoped)),
            seen(event(
                &[
                    ("scope", json!("read")),
                    ("actor_token", json!("eyJ.actor")),
                    ("actor_token_type", json!("urn:ietf:params:oauth:token-type:jwt")),
                ],
                &scoped,
            )),
        )
        .valid(
            case("no-longer", "The server says more time than the parent has.", SPEC, &[]),
            script(&less, &derived(&[("scope", json!("read")), ("expires_in", json!(3600))])),
            seen(event(&scoped, &scoped)),
        );
    let id_jag = json!("urn:ietf:params:oauth:token-type:id-jag");
    let bound = with(&less, &[("actor_jkt", json!("0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"))]);
    let rows = [
        (
            "widened",
            "More comes back than was asked for.",
            &[][..],
            script(&less, &lesser(&[("scope", json!("read write"))])),
            "grant_widened",
        ),
        (
            "other-type",
            "Another kind of token comes back.",
            &["R8693-009"],
            script(&less, &lesser(&[("issued_token_type", id_jag)])),
            "issued_token_type_mismatch",
        ),
        (
            "unbound",
            "A key was named for the subagent, and anybody can use the token.",
            &[],
            script(&bound, &lesser(&[])),
            "token_type_mismatch",
        ),
        ("denied", "The policy says no.", &[], script(&less, &failed(lesser(&[]))), "server_denied"),
    ];
    refuse(&mut group, "less", SPEC, &rows);
    let refused = script(&json!({}), &failed(derived(&[("error", json!("invalid_grant"))])));
    let comment = "The parent's token is not accepted.";
    refuse(&mut group, "all", SPEC, &[("refused", comment, &[], refused, "server_refused")]);
    let early = play(&[derive(&less, &lesser(&[]))]);
    let comment = "There is no token yet.";
    refuse(&mut group, "less", SPEC, &[("early", comment, &[], early, "token_expired")]);
    topic.finish()
}
