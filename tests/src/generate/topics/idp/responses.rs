//! `idp.response`: refusals as they go over the wire and into the record.

use serde_json::{Value, json};

use super::{config, endpoint, exchange, exchange_text, good, id_token, provider_keys};
use crate::format::Topic;
use crate::generate::dsl::{TopicBuilder, case, fails_locally, with};
use crate::generate::keys::CLIENT;
use crate::generate::request::Request;
use crate::generate::scene::{CLIENT_AT_IDP, IDP_ISSUER, NOW, RAS_ISSUER, RESOURCE, SUBJECT};
use crate::generate::topics::endpoints::{OTHER_SECRET, headers};

fn refusal(status: u16, more: &[(&str, &str)], body: &Value, record: &Value) -> Value {
    let mut headers = headers();
    headers.as_array_mut().expect("headers").extend(more.iter().map(|(name, value)| json!([name, value])));
    json!({"status": status, "headers": headers, "body": body, "record": record})
}

fn told(error: &str, description: &str) -> Value {
    json!({"error": error, "error_description": description})
}

fn anonymous(error: &str) -> Value {
    json!({
        "time": NOW, "role": "idp", "decided_by": IDP_ISSUER, "outcome": "refuse", "error": error,
        "client_authenticated": false, "sender_constrained": false,
    })
}

/// The same, where a token of this kind is at fault.
fn at_fault(record: &Value, token: &str) -> Value {
    with(record, &[("error_token", json!(token))])
}

fn of_client(error: &str) -> Value {
    with(&anonymous(error), &[("client_id", json!(CLIENT_AT_IDP)), ("client_authenticated", json!(true))])
}

/// The record once the subject token has been verified.
fn of_subject(error: &str, changes: &[(&str, Value)]) -> Value {
    let known = with(
        &of_client(error),
        &[
            ("issuer", json!(IDP_ISSUER)),
            ("subject", json!(SUBJECT)),
            ("auth_time", json!(NOW - 100)),
            ("scope_asked", json!("chat.history chat.read")),
        ],
    );
    with(&known, changes)
}

/// The record once the target has been found.
fn of_target(error: &str, changes: &[(&str, Value)]) -> Value {
    let known = of_subject(error, &[("audience", json!(RAS_ISSUER)), ("resources", json!([RESOURCE]))]);
    with(&known, changes)
}

/// One refusal of each kind.
pub fn refusals() -> Topic {
    let mut topic = TopicBuilder::new("idp.response", "refusals");
    let challenge = ("WWW-Authenticate", "Basic realm=\"token endpoint\"");
    type Row = (&'static str, &'static str, &'static [&'static str], Request, Value);
    let rows: Vec<Row> = vec![
        (
            "malformed",
            "A malformed request.",
            &["JAG-060", "R6749-008"],
            good().set("subject_token_type", "urn:sender-chosen"),
            refusal(
                400,
                &[],
                &told("invalid_request", "the subject token type is not supported"),
                &anonymous("subject_token_type_unsupported"),
            ),
        ),
        (
            "client",
            "A client with a wrong secret.",
            &["JAG-060", "R6749-011"],
            exchange_text(&id_token().compact()).basic(CLIENT_AT_IDP, OTHER_SECRET),
            refusal(
                401,
                &[challenge],
                &told("invalid_client", "the client could not be authenticated"),
                &anonymous("client_authentication_failed"),
            ),
        ),
        (
            "subject",
            "An expired subject token: whom it names is not recorded.",
            &["JAG-060", "AMB-005"],
            exchange(&id_token().claim("exp", NOW - 60)),
            refusal(
                400,
                &[],
                &told("invalid_grant", "the token has expired"),
                &at_fault(&of_client("token_expired"), "id_token"),
            ),
        ),
        (
            "proof",
            "A defective proof.",
            &["AMB-015", "R9449-020"],
            good().proof(&endpoint().proof(CLIENT.es256()).claim("htm", "GET")),
            refusal(
                400,
                &[],
                &told("invalid_dpop_proof", "the proof is for another method"),
                &at_fault(&of_client("proof_method_mismatch"), "dpop_proof"),
            ),
        ),
        (
            "target",
            "A server that nobody listed.",
            &["CHAIN-001", "AMB-006"],
            good().set("audience", "https://sender-chosen.example/"),
            refusal(
                400,
                &[],
                &told("invalid_target", "the audience is not known"),
                &of_subject("audience_unknown", &[]),
            ),
        ),
        (
            "denial",
            "What policy does not permit, and which rule came nearest.",
            &["AMB-004", "JAG-060"],
            good().set("scope", "sender.chosen.scope"),
            refusal(
                400,
                &[],
                &told("access_denied", "the policy does not permit this"),
                &of_target(
                    "policy_denied",
                    &[
                        ("outcome", json!("deny")),
                        ("app", json!("chat-agent")),
                        ("rules", json!(["everybody"])),
                        ("nearest", json!("permit `everybody`: it grants none of the scopes asked for")),
                        ("scope_asked", json!("sender.chosen.scope")),
                    ],
                ),
            ),
        ),
    ];
    let mut group = topic.group("A provider with one client.", config(), provider_keys(), NOW);
    for (id, comment, req, request, output) in rows {
        group.valid(case(id, comment, "RFC 6749 §5.2", req), request.input(), output);
    }
    group.invalid(
        case("milliseconds", "The time is in milliseconds.", "DESIGN §3.2", &[]).at(NOW * 1000),
        "malformed",
        good().set("subject_token_type", "urn:sender-chosen").input(),
        fails_locally("invalid_now"),
    );
    let nonce = with(&config(), &[("nonce", json!({"current": "nonce-2-current"}))]);
    topic.group("Proofs must carry a nonce.", nonce, provider_keys(), NOW).valid(
        case("nonce", "A proof without it.", "RFC 9449 §8", &["R9449-032", "R9449-031"]),
        good().proof(&endpoint().proof(CLIENT.es256())).input(),
        refusal(
            400,
            &[("DPoP-Nonce", "nonce-2-current")],
            &told("use_dpop_nonce", "the proof must carry the nonce of this server"),
            &at_fault(&of_client("proof_nonce_required"), "dpop_proof"),
        ),
    );
    let proven =
        with(&good().proof(&endpoint().proof(CLIENT.es256())).input(), &[("store", json!("unavailable"))]);
    topic.group("The replay store does not answer.", config(), provider_keys(), NOW).valid(
        case("store", "The client may try again.", "DESIGN §9", &["R6749-008"]),
        proven,
        refusal(
            503,
            &[("Retry-After", "1")],
            &told("temporarily_unavailable", "the server cannot decide this right now"),
            &of_target(
                "store_unavailable",
                &[
                    ("app", json!("chat-agent")),
                    ("rules", json!(["everybody"])),
                    ("target_client_id", json!(crate::generate::scene::CLIENT_ID)),
                    ("target_subject", json!(super::SUBJECT_THERE)),
                    ("sender_constrained", json!(true)),
                ],
            ),
        ),
    );
    let strict = |require: Value| with(&config(), &[("policy/rules/0/require", require)]);
    let asked = |id: &'static str,
                 comment: &str,
                 require: Value,
                 more: &[(&str, Value)],
                 topic: &mut TopicBuilder| {
        let body = with(
            &told("insufficient_user_authentication", "a fresher or stronger sign-on is required"),
            more,
        );
        let record = of_target(
            "step_up_required",
            &[
                ("outcome", json!("step_up")),
                ("app", json!("chat-agent")),
                (
                    "nearest",
                    json!(if id == "step-up-age" {
                        "permit `everybody`: it requires a fresher sign-on"
                    } else {
                        "permit `everybody`: it requires a class of sign-on, and the class was not said"
                    }),
                ),
            ],
        );
        topic.group(comment, strict(require), provider_keys(), NOW).valid(
            case(id, comment, "ID-JAG §8.2", &["AMB-027"]),
            good().input(),
            refusal(400, &[], &body, &record),
        );
    };
    asked(
        "step-up-age",
        "A fresher sign-on would do: `max_age` is a number.",
        json!({"max_auth_age": 60}),
        &[("max_age", json!(60))],
        &mut topic,
    );
    asked(
        "step-up-class",
        "Another sign-on would do: `acr_values` is one string.",
        json!({"acr": ["urn:acr:hwk", "urn:acr:mfa"]}),
        &[("acr_values", json!("urn:acr:hwk urn:acr:mfa"))],
        &mut topic,
    );
    topic.finish()
}
