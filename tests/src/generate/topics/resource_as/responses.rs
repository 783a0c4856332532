//! `resource_as.response`: refusals as they go over the wire and into the record.

use serde_json::{Value, json};

use super::binding::bound_grant;
use super::policy::{governed, permit};
use super::{config, endpoint, grant, redeem, redeem_text, server_keys};
use crate::format::Topic;
use crate::generate::dsl::{TopicBuilder, case, fails_locally, with};
use crate::generate::keys::CLIENT;
use crate::generate::request::Request;
use crate::generate::scene::{CLIENT_ID, IDP_ISSUER, NOW, RAS_ISSUER, RESOURCE, SUBJECT};
use crate::generate::topics::endpoints::{OTHER_SECRET, headers};

/// The whole refusal.
fn refusal(status: u16, more: &[(&str, &str)], error: &str, description: &str, record: &Value) -> Value {
    let mut headers = headers();
    headers.as_array_mut().expect("headers").extend(more.iter().map(|(name, value)| json!([name, value])));
    json!({
        "status": status,
        "headers": headers,
        "body": {"error": error, "error_description": description},
        "record": record,
    })
}

/// The record of a refusal before anybody was authenticated.
fn anonymous(error: &str, changes: &[(&str, Value)]) -> Value {
    with(
        &json!({
            "time": NOW, "role": "resource_as", "decided_by": RAS_ISSUER, "outcome": "refuse", "error": error,
            "client_authenticated": false, "sender_constrained": false,
        }),
        changes,
    )
}

/// The record once the client has authenticated.
fn of_client(error: &str, changes: &[(&str, Value)]) -> Value {
    let known = anonymous(error, &[("client_id", json!(CLIENT_ID)), ("client_authenticated", json!(true))]);
    with(&known, changes)
}

/// The record once the grant has been verified.
fn of_grant(error: &str, changes: &[(&str, Value)]) -> Value {
    let known = of_client(
        error,
        &[
            ("issuer", json!(IDP_ISSUER)),
            ("subject", json!(SUBJECT)),
            ("audience", json!(RAS_ISSUER)),
            ("grant_id", json!("jag-1")),
        ],
    );
    with(&known, changes)
}

/// One refusal of each kind.
pub fn refusals() -> Topic {
    let mut topic = TopicBuilder::new("resource_as.response", "refusals");
    let challenge = ("WWW-Authenticate", "Basic realm=\"token endpoint\"");
    let asked = [("resources", json!([RESOURCE])), ("scope_asked", json!("chat.history chat.read"))];
    type Row = (&'static str, &'static str, &'static [&'static str], Request, Value);
    let rows: Vec<Row> = vec![
        (
            "malformed",
            "A malformed request.",
            &["R6749-008", "R6749-010"],
            redeem(&grant()).set("grant_type", "sender-chosen-grant-type"),
            refusal(
                400,
                &[],
                "unsupported_grant_type",
                "the grant type is not supported",
                &anonymous("grant_type_unsupported", &[]),
            ),
        ),
        (
            "client",
            "A client with a wrong secret: its name is not recorded as if it were its own.",
            &["R6749-011", "R6749-008"],
            redeem_text(&grant().compact()).basic(CLIENT_ID, OTHER_SECRET),
            refusal(
                401,
                &[challenge],
                "invalid_client",
                "the client could not be authenticated",
                &anonymous("client_authentication_failed", &[]),
            ),
        ),
        (
            "grant",
            "A grant that nobody signed: nothing it claims is recorded.",
            &["R7523-015", "R6749-010"],
            redeem(&grant().signature("not-a-signature-at-all")),
            refusal(
                400,
                &[],
                "invalid_grant",
                "the signature is invalid",
                &of_client("signature_invalid", &[("error_token", json!("id_jag"))]),
            ),
        ),
        (
            "untrusted",
            "An issuer that nobody trusts.",
            &["JAG-024"],
            redeem(&grant().claim("iss", "https://sender-chosen.example")),
            refusal(
                400,
                &[],
                "invalid_grant",
                "the issuer is not trusted",
                &anonymous("issuer_untrusted", &[("error_token", json!("id_jag"))]),
            ),
        ),
        (
            "proof",
            "A defective proof.",
            &["R9449-020", "AMB-015"],
            redeem(&grant()).proof(&endpoint().proof(CLIENT.es256()).claim("htm", "GET")),
            refusal(
                400,
                &[],
                "invalid_dpop_proof",
                "the proof is for another method",
                &of_client("proof_method_mismatch", &[("error_token", json!("dpop_proof"))]),
            ),
        ),
        (
            "missing-proof",
            "A bound grant without proof.",
            &["JAG-108", "AMB-015"],
            redeem(&bound_grant()),
            refusal(
                400,
                &[],
                "invalid_grant",
                "the token is bound to a key and no proof was sent",
                &with(&of_grant("proof_missing", &asked), &[("error_token", json!("id_jag"))]),
            ),
        ),
        (
            "target",
            "A resource that is not here.",
            &["AMB-006"],
            redeem(&grant()).set("resource", "https://sender-chosen.example/"),
            refusal(
                400,
                &[],
                "invalid_target",
                "the resource is not known for this audience",
                &of_grant("resource_unknown", &[]),
            ),
        ),
        (
            "scope",
            "Too much scope.",
            &["AMB-017"],
            redeem(&grant()).set("scope", "sender.chosen.scope"),
            refusal(
                400,
                &[],
                "invalid_scope",
                "more scope was asked for than the grant covers",
                &of_grant("scope_not_granted", &[]),
            ),
        ),
        (
            "subject",
            "A user whom nobody knows.",
            &["CHAIN-004"],
            redeem(&grant().claim("sub", "somebody-else")),
            refusal(
                400,
                &[],
                "invalid_grant",
                "the subject is not known here",
                &of_grant(
                    "subject_unknown",
                    &[
                        ("subject", json!("somebody-else")),
                        ("error_token", json!("id_jag")),
                        asked[0].clone(),
                        asked[1].clone(),
                    ],
                ),
            ),
        ),
        (
            "denial",
            "Nothing is left to grant.",
            &["AMB-004"],
            redeem(&grant().claim("scope", "mail.read")),
            refusal(
                400,
                &[],
                "access_denied",
                "the policy does not permit this",
                &of_grant(
                    "policy_denied",
                    &[("outcome", json!("deny")), asked[0].clone(), ("scope_asked", json!("mail.read"))],
                ),
            ),
        ),
    ];
    let mut group = topic.group("A server without a policy.", config(), server_keys(), NOW);
    for (id, comment, req, request, output) in rows {
        group.valid(case(id, comment, "RFC 6749 §5.2", req), request.input(), output);
    }
    let unavailable = ("Retry-After", "1");
    group.valid(
        case("store", "The replay store does not answer.", "DESIGN §9", &["R6749-008"]),
        with(&redeem(&grant()).input(), &[("store", json!("unavailable"))]),
        refusal(
            503,
            &[unavailable],
            "temporarily_unavailable",
            "the server cannot decide this right now",
            &of_grant("store_unavailable", &[asked[0].clone(), asked[1].clone()]),
        ),
    );
    let good = redeem(&grant());
    group.valid(
        case("replay", "A grant that has been redeemed.", "RFC 7523 §3", &["EMAP12-008"]),
        good.after(&[&good]),
        refusal(
            400,
            &[],
            "invalid_grant",
            "the token has been used before",
            &with(&of_grant("token_replayed", &asked), &[("error_token", json!("id_jag"))]),
        ),
    );
    group.invalid(
        case("milliseconds", "The time is in milliseconds.", "DESIGN §3.2", &[]).at(NOW * 1000),
        "client",
        redeem_text(&grant().compact()).basic(CLIENT_ID, OTHER_SECRET).input(),
        fails_locally("invalid_now"),
    );
    let nonce = with(&config(), &[("nonce", json!({"current": "nonce-2-current"}))]);
    topic.group("Proofs must carry a nonce.", nonce, server_keys(), NOW).valid(
        case("nonce", "A proof without it.", "RFC 9449 §8", &["R9449-032", "R9449-031"]),
        redeem(&bound_grant()).proof(&endpoint().proof(CLIENT.es256())).input(),
        refusal(
            400,
            &[("DPoP-Nonce", "nonce-2-current")],
            "use_dpop_nonce",
            "the proof must carry the nonce of this server",
            &of_client("proof_nonce_required", &[("error_token", json!("dpop_proof"))]),
        ),
    );
    topic
        .group("The server's own policy demands a fresh sign-on.", stale_policy(), server_keys(), NOW)
        .valid(
            case("step-up", "`max_age` is a number.", "ID-JAG §8.2", &["AMB-027"]),
            redeem(&grant().claim("auth_time", NOW - 100)).input(),
            with(
                &refusal(
                    400,
                    &[],
                    "insufficient_user_authentication",
                    "a fresher or stronger sign-on is required",
                    &of_grant(
                        "step_up_required",
                        &[
                            ("outcome", json!("step_up")),
                            ("app", json!("chat-agent")),
                            ("nearest", json!("permit `readers`: it requires a fresher sign-on")),
                            ("auth_time", json!(NOW - 100)),
                            asked[0].clone(),
                            asked[1].clone(),
                        ],
                    ),
                ),
                &[("body/max_age", json!(60))],
            ),
        );
    topic.finish()
}

fn stale_policy() -> Value {
    governed("approved", &permit(&[("require", json!({"max_auth_age": 60}))]))
}
