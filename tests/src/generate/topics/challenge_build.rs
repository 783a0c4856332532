//! `challenge.build`: RFC 6750 §3, RFC 9449 §7.1, RFC 9470 §3, RFC 9728 §5.1, byte for byte.

use serde_json::{Value, json};

use crate::format::Topic;
use crate::generate::dsl::{TopicBuilder, case, keys, with};
use crate::generate::scene::NOW;
use crate::generate::web::{Refusal, refuse};

const METADATA: &str = "https://mcp.chat.example/.well-known/oauth-protected-resource";

/// A refusal of the resource as a response.
fn refusal(status: u16, error: Option<(&str, &str)>, challenges: &[&str]) -> Value {
    let mut headers = match error {
        Some(_) => {
            vec![["Content-Type", "application/json"], ["Cache-Control", "no-store"], ["Pragma", "no-cache"]]
        }
        None => vec![["Cache-Control", "no-store"]],
    };
    headers.extend(challenges.iter().map(|challenge| ["WWW-Authenticate", challenge]));
    let mut response = json!({"status": status, "headers": headers});
    if let Some((error, description)) = error {
        response["body"] = json!({"error": error, "error_description": description});
    }
    response
}

/// The challenges of a resource, byte for byte.
pub fn build() -> Topic {
    let mut topic = TopicBuilder::new("challenge.build", "responses");
    let config =
        json!({"schemes": ["Bearer", "DPoP"], "algs": ["ES256", "EdDSA"], "resource_metadata": METADATA});
    let mut group = topic.group("Bearer and DPoP.", config.clone(), keys(), NOW);
    let at = format!(r#"resource_metadata="{METADATA}""#);
    let algs = r#"algs="ES256 EdDSA""#;
    let pair = |first: &str, last: &str| {
        (format!("Bearer {first}{at}{last}"), format!("DPoP {first}{at}{last}, {algs}"))
    };
    let both = |status, error: Option<(&str, &str)>, first: &str, last: &str| {
        let (bearer, dpop) = pair(first, last);
        refusal(status, error, &[&bearer, &dpop])
    };
    let told =
        |error: &str, description: &str| format!(r#"error="{error}", error_description="{description}", "#);
    let expired = ("invalid_token", "the token has expired");
    let scoped = ("insufficient_scope", "the access token lacks a required scope");
    let stale = ("insufficient_user_authentication", "a fresher or stronger sign-on is required");
    let said = |(error, description): (&str, &str)| told(error, description);
    let missing = &["MCP-002", "R6750-003", "R6750-006"];
    group
        .valid(
            case("no-credentials", "Nothing was sent, so no error is named.", "RFC 6750 §3.1", missing),
            json!({}),
            both(401, None, "", ""),
        )
        .valid(
            case(
                "expired",
                "A token that has expired.",
                "RFC 6750 §3.1",
                &["R6750-007", "R9449-027", "MCP-031"],
            ),
            json!({"code": "token_expired"}),
            both(401, Some(expired), &said(expired), ""),
        )
        .valid(
            case(
                "insufficient-scope",
                "What the operation needs.",
                "RFC 6750 §3.1",
                &["MCP-026", "MCP-027", "R6750-005"],
            ),
            json!({"code": "insufficient_scope", "scope": "write read"}),
            both(403, Some(scoped), &format!(r#"{}scope="read write", "#, said(scoped)), ""),
        )
        .valid(
            case(
                "offline-access",
                "A refresh token is not for a resource to ask for.",
                "MCP authorization",
                &["MCP-029"],
            ),
            json!({"code": "insufficient_scope", "scope": "offline_access read write"}),
            both(403, Some(scoped), &format!(r#"{}scope="read write", "#, said(scoped)), ""),
        )
        .valid(
            case("step-up", "A fresher sign-on of a class.", "RFC 9470 §3", &["R9470-001", "R9470-002"]),
            json!({"code": "step_up_required", "max_age": 300, "acr_values": ["urn:b", "urn:a"]}),
            both(401, Some(stale), &said(stale), r#", max_age="300", acr_values="urn:b urn:a""#),
        );
    let (bearer, _) = pair("", "");
    let nonce = ("use_dpop_nonce", "the proof must carry the nonce of this server");
    let (_, dpop) = pair(&said(nonce), "");
    let mut nonce_wanted = refusal(401, Some(nonce), &[&bearer, &dpop]);
    nonce_wanted["headers"].as_array_mut().expect("a list").push(json!(["DPoP-Nonce", "eyJ7S_zG"]));
    let unavailable = ("temporarily_unavailable", "the keys of the issuer are not available");
    let repeated = ("invalid_request", "more than one access token was sent");
    let denied = ("access_denied", "the policy does not permit this");
    group
        .valid(
            case("nonce", "Only the DPoP challenge speaks of proofs.", "RFC 9449 §9", &["R9449-027"]),
            json!({"code": "proof_nonce_required", "nonce": "eyJ7S_zG"}),
            nonce_wanted,
        )
        .valid(
            case("malformed", "A malformed request.", "RFC 6750 §3.1", &["R6750-007", "MCP-031"]),
            json!({"code": "credentials_repeated"}),
            both(400, Some(repeated), &said(repeated), ""),
        )
        .valid(
            case("denied", "The policy says no.", "DESIGN §12", &["AMB-004"]),
            json!({"code": "policy_denied"}),
            both(403, Some(denied), &said(denied), ""),
        )
        .valid(
            case("unavailable", "The server's own failure is no challenge.", "RFC 9110 §15.6.4", &[]),
            json!({"code": "keys_unavailable"}),
            refusal(503, Some(unavailable), &[]),
        );
    refuse(
        &mut group,
        "insufficient-scope",
        "RFC 6750 §3",
        &[
            (
                "scope-quote",
                "A quote cannot end the string.",
                &["R6750-005", "R6749-006"],
                json!({"code": "insufficient_scope", "scope": "write read\", error=\"x"}),
                "scope_malformed",
            ),
            (
                "scope-backslash",
                "Nor can a backslash.",
                &["R6750-005", "R6749-006"],
                json!({"code": "insufficient_scope", "scope": "write read\\"}),
                "scope_malformed",
            ),
        ],
    );
    let classes =
        |acr: &str| json!({"code": "step_up_required", "max_age": 300, "acr_values": ["urn:b", acr]});
    refuse(
        &mut group,
        "step-up",
        "RFC 9470 §3",
        &[
            (
                "acr-space",
                "The list is separated by spaces.",
                &["R9470-002"],
                classes("urn a"),
                "config_invalid",
            ),
            ("acr-umlaut", "Not ASCII.", &["R9470-002"], classes("urn:ä"), "config_invalid"),
            ("acr-empty", "An empty class.", &["R9470-002"], classes(""), "text_invalid"),
        ],
    );
    refuse(
        &mut group,
        "nonce",
        "RFC 9449 §8.1",
        &[(
            "nonce-line-break",
            "A line break would begin a field of its own.",
            &[],
            json!({"code": "proof_nonce_required", "nonce": "a\r\nSet-Cookie: b"}),
            "text_invalid",
        )],
    );
    configurations(&mut topic, &config);
    topic.finish()
}

fn configurations(topic: &mut TopicBuilder, config: &Value) {
    let realm = |realm: &str| with(config, &[("realm", realm.into())]);
    let output = |realm: &str| {
        let challenge = |scheme: &str, algs: &str| {
            format!(r#"{scheme} realm="{realm}", resource_metadata="{METADATA}"{algs}"#)
        };
        refusal(401, None, &[&challenge("Bearer", ""), &challenge("DPoP", r#", algs="ES256 EdDSA""#)])
    };
    topic.group("A realm.", realm("chat"), keys(), NOW).valid(
        case("realm", "The realm comes first.", "RFC 6750 §3", &[]),
        json!({}),
        output("chat"),
    );
    topic.group("A realm with quotes.", realm(r#"the "chat""#), keys(), NOW).valid(
        case("realm-quotes", "Quotes are escaped.", "RFC 9110 §5.6.4", &["R6750-005"]),
        json!({}),
        output(r#"the \"chat\""#),
    );
    let dpop = format!(r#"DPoP resource_metadata="{METADATA}", algs="ES256 EdDSA""#);
    topic.group("DPoP only.", with(config, &[("schemes", json!(["DPoP"]))]), keys(), NOW).valid(
        case("dpop-only", "One challenge.", "RFC 9449 §7.2", &["R9449-027", "MCP-002"]),
        json!({}),
        refusal(401, None, &[&dpop]),
    );
    let long = "r".repeat(129);
    let of_realm = "responses/realm";
    let of_config = "responses/no-credentials";
    let refused: [(&str, &str, Value, Refusal<'_>); 5] = [
        (
            "A line break.",
            of_realm,
            realm("a\r\nb"),
            (
                "realm-line-break",
                "It would begin a field of its own.",
                &["R6750-005"],
                json!({}),
                "text_invalid",
            ),
        ),
        (
            "Too long.",
            of_realm,
            realm(&long),
            ("realm-too-long", "129 bytes.", &[], json!({}), "text_invalid"),
        ),
        (
            "No algorithm.",
            of_config,
            with(config, &[("algs", json!([]))]),
            (
                "no-algorithm",
                "What a proof may be signed with must be said.",
                &["R9449-027"],
                json!({}),
                "config_invalid",
            ),
        ),
        (
            "Symmetric.",
            of_config,
            with(config, &[("algs", json!(["HS256"]))]),
            (
                "symmetric-algorithm",
                "An algorithm that does not exist here.",
                &["AMB-013"],
                json!({}),
                "algorithm_not_allowed",
            ),
        ),
        (
            "http.",
            of_config,
            with(config, &[("resource_metadata", "http://mcp.chat.example/m".into())]),
            (
                "metadata-http",
                "Metadata is at an https address.",
                &["MCP-035", "MCP-002"],
                json!({}),
                "url_insecure",
            ),
        ),
    ];
    for (comment, twin, config, refusal) in refused {
        let mut group = topic.group(comment, config, keys(), NOW);
        refuse(&mut group, &format!("challenge.build/{twin}"), "RFC 6750 §3", &[refusal]);
    }
}
