//! `resource_server.response`: refusals as they go over the wire and into the record.

use serde_json::{Value, json};

use super::{bound_token, call, call_bound, config, post, proof_of, server_keys, token};
use crate::format::Topic;
use crate::generate::dsl::{TopicBuilder, case, fails_locally, with};
use crate::generate::scene::{CLIENT_ID, NOW, RAS_ISSUER, RESOURCE};

const METADATA: &str = "https://mcp.chat.example/.well-known/oauth-protected-resource";

/// A challenge of each scheme; `of_proof` errors are told to the DPoP scheme only.
fn challenges(error: &str, description: &str, of_proof: bool, scope: &str, more: &str) -> [Value; 2] {
    let said = if error.is_empty() {
        String::new()
    } else {
        format!("error=\"{error}\", error_description=\"{description}\", ")
    };
    let scope = if scope.is_empty() { String::new() } else { format!("scope=\"{scope}\", ") };
    let bearer = if of_proof { "" } else { said.as_str() };
    [
        json!(["WWW-Authenticate", format!("Bearer {bearer}{scope}resource_metadata=\"{METADATA}\"{more}")]),
        json!([
            "WWW-Authenticate",
            format!("DPoP {said}{scope}resource_metadata=\"{METADATA}\"{more}, algs=\"ES256\"")
        ]),
    ]
}

struct Told<'a> {
    status: u16,
    error: &'a str,
    description: &'a str,
    of_proof: bool,
    scope: &'a str,
    more: &'a str,
    headers: &'a [(&'a str, &'a str)],
}

impl Told<'_> {
    fn output(&self, record: &Value) -> Value {
        let json_headers = json!([
            ["Content-Type", "application/json"],
            ["Cache-Control", "no-store"],
            ["Pragma", "no-cache"]
        ]);
        let mut headers =
            if self.error.is_empty() { json!([["Cache-Control", "no-store"]]) } else { json_headers };
        let list = headers.as_array_mut().expect("headers");
        if self.status < 500 {
            list.extend(challenges(self.error, self.description, self.of_proof, self.scope, self.more));
        }
        list.extend(self.headers.iter().map(|(name, value)| json!([name, value])));
        let body = if self.error.is_empty() {
            json!("")
        } else {
            json!({"error": self.error, "error_description": self.description})
        };
        json!({"status": self.status, "headers": headers, "body": body, "record": record})
    }
}

fn anonymous(error: &str, changes: &[(&str, Value)]) -> Value {
    with(
        &json!({
            "time": NOW, "role": "resource_server", "decided_by": RESOURCE, "outcome": "refuse", "error": error,
            "client_authenticated": false, "sender_constrained": false,
        }),
        changes,
    )
}

/// The record once the token has been verified.
fn of_token(error: &str, changes: &[(&str, Value)]) -> Value {
    let known = anonymous(
        error,
        &[
            ("issuer", json!(RAS_ISSUER)),
            ("client_id", json!(CLIENT_ID)),
            ("subject", json!("user-1")),
            ("scope_granted", json!("chat.read")),
            ("token_id", json!("at-1")),
            ("expires_at", json!(NOW + 600)),
        ],
    );
    with(&known, changes)
}

/// One refusal of each kind.
pub fn topic() -> Topic {
    let mut topic = TopicBuilder::new("resource_server.response", "refusals");
    let told = |status, error, description, scope| Told {
        status,
        error,
        description,
        of_proof: false,
        scope,
        more: "",
        headers: &[],
    };
    let mut group = topic.group("Bearer tokens and bound ones are accepted.", config(), server_keys(), NOW);
    group
        .valid(
            case(
                "no-token",
                "No token: a challenge that says nothing else.",
                "RFC 6750 §3.1",
                &["R6750-003", "MCP-002", "R6750-004"],
            ),
            post(super::CALL).input(),
            told(401, "", "", "chat.read")
                .output(&anonymous("credentials_missing", &[("error_token", json!("access_token"))])),
        )
        .valid(
            case("malformed", "Two ways to present a token.", "RFC 6750 §3.1", &["R6750-002", "MCP-031"]),
            call(&token()).header("Authorization", "Bearer sender.chosen.token").input(),
            told(400, "invalid_request", "more than one access token was sent", "chat.read")
                .output(&anonymous("credentials_repeated", &[("error_token", json!("access_token"))])),
        )
        .valid(
            case(
                "invalid",
                "A token that nobody signed: nothing it claims is recorded.",
                "RFC 6750 §3.1",
                &["R9068-021", "MCP-019"],
            ),
            call(&token().signature("not-a-signature-at-all")).input(),
            told(401, "invalid_token", "the signature is invalid", "chat.read")
                .output(&anonymous("signature_invalid", &[("error_token", json!("access_token"))])),
        )
        .valid(
            case("other-audience", "A token for another resource.", "RFC 9068 §4", &["MCP-018", "MCP-021"]),
            call(&token().claim("aud", "https://sender-chosen.example/")).input(),
            told(401, "invalid_token", "the audience is not exactly the expected one", "chat.read")
                .output(&anonymous("audience_mismatch", &[("error_token", json!("access_token"))])),
        )
        .valid(
            case(
                "scope",
                "A token that lacks a scope is told which one.",
                "RFC 6750 §3.1",
                &["R6750-003", "R6750-005"],
            ),
            call(&token().claim("scope", "chat.other")).input(),
            told(403, "insufficient_scope", "the access token lacks a required scope", "chat.read").output(
                &of_token(
                    "insufficient_scope",
                    &[
                        ("operation", json!("read_messages")),
                        ("scope_asked", json!("chat.read")),
                        ("scope_granted", json!("chat.other")),
                    ],
                ),
            ),
        )
        .valid(
            case(
                "not-listed",
                "A tool that nobody listed; its name is not repeated.",
                "DESIGN §3.5",
                &["MCP-031"],
            ),
            post(r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"sender-chosen-tool"}}"#)
                .header("Authorization", format!("Bearer {}", token().compact()))
                .input(),
            told(403, "access_denied", "the operation is not one that tokens can be granted", "")
                .output(&of_token("operation_not_listed", &[])),
        )
        .valid(
            case("body", "A body that is not one message.", "RFC 6750 §3.1", &["MCP-031"]),
            post("sender chosen text")
                .header("Authorization", format!("Bearer {}", token().compact()))
                .input(),
            told(400, "invalid_request", "the body is not one JSON-RPC message", "")
                .output(&of_token("operation_malformed", &[("error_detail", json!("operation_malformed"))])),
        )
        .valid(
            case(
                "proof",
                "A defective proof is told to the scheme that it belongs to.",
                "RFC 9449 §7.1",
                &["R9449-026", "MCP-037"],
            ),
            call_bound(&bound_token()).proof(&proof_of(&bound_token()).claim("htm", "GET")).input(),
            Told {
                of_proof: true,
                ..told(401, "invalid_dpop_proof", "the proof is for another method", "chat.read")
            }
            .output(&of_token(
                "proof_method_mismatch",
                &[("sender_constrained", json!(true)), ("error_token", json!("dpop_proof"))],
            )),
        )
        .invalid(
            case("milliseconds", "The time is in milliseconds.", "DESIGN §3.2", &[]).at(NOW * 1000),
            "no-token",
            post(super::CALL).input(),
            fails_locally("invalid_now"),
        );
    topic.group("The keys of the server cannot be had.", config(), crate::generate::dsl::keys(), NOW).valid(
        case("no-keys", "The server's own trouble is no challenge.", "RFC 9110 §15.6.4", &[]),
        call(&token()).input(),
        Told {
            headers: &[("Retry-After", "1")],
            ..told(503, "temporarily_unavailable", "the keys of the issuer are not available", "")
        }
        .output(&anonymous("keys_unavailable", &[])),
    );
    let nonce = with(&config(), &[("nonce", json!({"current": "nonce-2-current"}))]);
    topic.group("Proofs must carry a nonce.", nonce, server_keys(), NOW).valid(
        case("nonce", "A proof without it.", "RFC 9449 §9", &["R9449-034", "R9449-031"]),
        call_bound(&bound_token()).proof(&proof_of(&bound_token())).input(),
        Told {
            of_proof: true,
            headers: &[("DPoP-Nonce", "nonce-2-current")],
            ..told(401, "use_dpop_nonce", "the proof must carry the nonce of this server", "chat.read")
        }
        .output(&of_token(
            "proof_nonce_required",
            &[("sender_constrained", json!(true)), ("error_token", json!("dpop_proof"))],
        )),
    );
    let strong = with(
        &config(),
        &[
            ("server/access/tools/read_messages/max_age", json!(300)),
            ("server/access/tools/read_messages/acr_values", json!(["urn:acr:mfa", "urn:acr:hwk"])),
        ],
    );
    topic.group("A tool needs a fresh and strong sign-on.", strong, server_keys(), NOW).valid(
        case("step-up", "What sign-on would do.", "RFC 9470 §3", &["R9470-001"]),
        call(&token().claim("acr", "urn:acr:hwk")).input(),
        Told {
            more: ", max_age=\"300\", acr_values=\"urn:acr:mfa urn:acr:hwk\"",
            ..told(401, "insufficient_user_authentication", "the sign-on is too old", "chat.read")
        }
        .output(&of_token(
            "authentication_too_old",
            &[
                ("outcome", json!("step_up")),
                ("operation", json!("read_messages")),
                ("scope_asked", json!("chat.read")),
                ("acr", json!("urn:acr:hwk")),
            ],
        )),
    );
    topic.finish()
}
