//! What an identity provider is not built with.

use serde_json::{Value, json};

use super::{config, good, output, provider_keys};
use crate::format::Topic;
use crate::generate::dsl::{TopicBuilder, case, fails_locally, with};
use crate::generate::scene::{IDP_ISSUER, NOW, RAS_ISSUER};

/// Configurations that are refused.
pub fn configurations() -> Topic {
    let mut topic = TopicBuilder::new("idp.token_exchange", "configurations");
    topic
        .group("A configuration.", config(), provider_keys(), NOW)
        .valid(case("good", "It is built.", "DESIGN §5", &[]), good().input(), output())
        .invalid(
            case("milliseconds", "The time is in milliseconds.", "DESIGN §3.2", &[]).at(NOW * 1000),
            "good",
            good().input(),
            fails_locally("invalid_now"),
        );
    type Row = (&'static str, &'static str, &'static [&'static str], &'static str, Value, &'static str);
    let invalid = "config_invalid";
    let rows: Vec<Row> = vec![
        (
            "grants-for-ever",
            "Grants live longer than an hour.",
            &["EMAP12-007", "AMB-025"],
            "id_jag_lifetime",
            json!(3601),
            invalid,
        ),
        (
            "grants-for-never",
            "Grants live no time at all.",
            &["AMB-025"],
            "id_jag_lifetime",
            json!(0),
            invalid,
        ),
        (
            "proof-window",
            "Proofs may be older than five minutes.",
            &["AMB-026"],
            "proof_window",
            json!(301),
            invalid,
        ),
        (
            "tolerance",
            "Clocks may differ by more than five minutes.",
            &["AMB-026"],
            "id_token_window",
            json!({"tolerance": 301}),
            invalid,
        ),
        (
            "denial",
            "A denial is something else on the wire.",
            &["AMB-004"],
            "denial",
            json!("invalid_request"),
            invalid,
        ),
        (
            "subject-fault",
            "A faulty subject token is something else on the wire.",
            &["AMB-005"],
            "subject_fault",
            json!("access_denied"),
            invalid,
        ),
        (
            "own-audience",
            "The provider is its own audience.",
            &["CHAIN-001"],
            "audiences/0/issuer",
            json!(IDP_ISSUER),
            invalid,
        ),
        (
            "aliases-in-mcp",
            "MCP knows audiences by issuer only.",
            &["EMA-003"],
            "audiences/0/aliases",
            json!(["chat"]),
            invalid,
        ),
        (
            "audience-twice",
            "An audience twice.",
            &["JAG-028"],
            "audiences/1",
            json!({"issuer": RAS_ISSUER}),
            invalid,
        ),
        (
            "http-issuer",
            "An issuer without https.",
            &["EMAP12-003", "MCP-033"],
            "issuer",
            json!("http://acme.idp.example"),
            "url_insecure",
        ),
        (
            "http-endpoint",
            "An endpoint without https.",
            &["EMAP12-003", "MCP-033"],
            "token_endpoint",
            json!("http://acme.idp.example/oauth2/token"),
            "url_insecure",
        ),
    ];
    for (id, comment, req, member, value, code) in rows {
        let config = with(&config(), &[(&format!("server/{member}"), value)]);
        topic.group(comment, config, provider_keys(), NOW).invalid(
            case(id, comment, "DESIGN §5", req),
            "good",
            good().input(),
            fails_locally(code),
        );
    }
    topic.finish()
}
