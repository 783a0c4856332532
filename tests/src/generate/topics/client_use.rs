//! `client.use_token`: RFC 6750 §2.1 and RFC 9449 §7.1 as a client lives them.

use crate::format::Topic;
use crate::generate::client_scene::{RANDOM, client_keys, cnf, id_jag, proof};
use crate::generate::dsl::{GroupBuilder, TopicBuilder, case, with};
use crate::generate::scene::{NOW, RAS_ISSUER};
use crate::generate::web::{Refusal, json_response, refuse};
use serde_json::{Value, json};

const RESOURCE: &str = "https://mcp.chat.example/mcp";

/// The access token of RFC 9449 §7.1 and its `ath`.
const TOKEN: &str = "Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU";

const ATH: &str = "fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo";

fn outbound(url: &str, headers: &Value) -> Value {
    json!({"method": "POST", "url": url, "headers": headers, "body": "{}"})
}

/// A token for the resource, and a request that is to carry it.
fn carries(kind: &str, url: &str, headers: Value, more: &[(&str, Value)]) -> Value {
    let confirmation = if kind == "DPoP" { cnf() } else { Value::Null };
    let id_jag = match confirmation {
        Value::Null => id_jag(&[("resource", RESOURCE.into())]),
        cnf => id_jag(&[("resource", RESOURCE.into()), ("cnf", cnf)]),
    };
    let body = json!({"access_token": TOKEN, "token_type": kind});
    let input = json!({
        "id_jag": id_jag.compact(), "audience": RAS_ISSUER, "resource": RESOURCE, "random": RANDOM,
        "binding": if kind == "DPoP" { "required" } else { "unbound" },
        "response": json_response(200, &body), "request": outbound(url, &headers),
    });
    with(&input, more)
}

fn sent(url: &str, headers: Value) -> Value {
    json!({"method": "POST", "url": url, "headers": headers})
}

/// A token on a request.
pub fn token() -> Topic {
    let mut topic = TopicBuilder::new("client.use_token", "requests");
    let mut group = topic.group("A token for https://mcp.chat.example/mcp.", json!({}), client_keys(), NOW);
    let bearer = |url: &str| carries("Bearer", url, json!([]), &[]);
    let authorization = json!([["Authorization", format!("Bearer {TOKEN}")]]);
    let req: &[&str] = &["MCP-016", "MCP-020"];
    for (id, comment, url) in [
        ("bearer", "The resource itself.", RESOURCE),
        ("below", "Something below it.", "https://mcp.chat.example/mcp/tools"),
        ("query", "With a query.", "https://mcp.chat.example/mcp?session=1"),
    ] {
        group.valid(case(id, comment, "RFC 6750 §2.1", req), bearer(url), sent(url, authorization.clone()));
    }
    let other = json!([["Accept", "text/event-stream"]]);
    group.valid(
        case("other-headers", "What was there stays.", "RFC 6750 §2.1", &["MCP-016"]),
        carries("Bearer", RESOURCE, other, &[]),
        sent(
            RESOURCE,
            json!([["Accept", "text/event-stream"], ["Authorization", format!("Bearer {TOKEN}")]]),
        ),
    );
    let elsewhere = "token_for_another_server";
    let rows: Vec<Refusal<'_>> = [
        ("other-host", "Another host.", "https://evil.example/mcp"),
        ("other-port", "Another port.", "https://mcp.chat.example:8443/mcp"),
        ("other-path", "Another path.", "https://mcp.chat.example/other"),
        ("longer-name", "A name that begins alike.", "https://mcp.chat.example/mcpx"),
        ("parent", "What is above it.", "https://mcp.chat.example/"),
        ("dots", "A path that leads out.", "https://mcp.chat.example/mcp/../other"),
        ("escaped-dots", "In disguise.", "https://mcp.chat.example/mcp/%2e%2e/other"),
        ("host-in-disguise", "A host that begins alike.", "https://mcp.chat.example.evil.example/mcp"),
        ("authorization-server", "Its authorization server.", "https://auth.chat.example/mcp"),
    ]
    .into_iter()
    .map(|(id, comment, url)| (id, comment, &["MCP-020"][..], bearer(url), elsewhere))
    .chain([
        (
            "http",
            "Not https.",
            &["MCP-020", "MCP-035"][..],
            bearer("http://mcp.chat.example/mcp"),
            "url_insecure",
        ),
        (
            "user",
            "With user information.",
            &[],
            bearer("https://mcp.chat.example@evil.example/mcp"),
            "url_malformed",
        ),
        (
            "token-in-query",
            "A token in the query already.",
            &["MCP-017", "R6750-002", "EMAP12-004"],
            bearer("https://mcp.chat.example/mcp?access_token=a"),
            "credentials_repeated",
        ),
        (
            "escaped-token-in-query",
            "In disguise.",
            &["MCP-017", "R6750-002"],
            bearer("https://mcp.chat.example/mcp?a=b&access%5Ftoken=a"),
            "credentials_repeated",
        ),
        (
            "authorization-there",
            "A token in the header already.",
            &["R6750-002", "MCP-016"],
            carries("Bearer", RESOURCE, json!([["authorization", "Bearer a"]]), &[]),
            "credentials_repeated",
        ),
        (
            "proof-there",
            "A proof in the header already.",
            &["R9449-006"],
            carries("Bearer", RESOURCE, json!([["DPoP", "a.b.c"]]), &[]),
            "proof_repeated",
        ),
    ])
    .collect();
    refuse(&mut group, "bearer", "MCP authorization", &rows);
    bound(&mut group);
    topic.finish()
}

fn bound(group: &mut GroupBuilder<'_>) {
    let url = "https://mcp.chat.example/mcp?session=1";
    let proven = |proof: Value, more: &[(&str, Value)]| {
        with(&carries("DPoP", url, json!([]), &[("proof", proof)]), more)
    };
    let output = |more: &[(&str, Value)]| {
        let mut claims = vec![("ath", json!(ATH))];
        claims.extend(more.iter().cloned());
        sent(
            url,
            json!([["DPoP", proof("POST", RESOURCE, &claims)], ["Authorization", format!("DPoP {TOKEN}")]]),
        )
    };
    group
        .valid(
            case(
                "dpop",
                "A bound token with its proof, whose address has no query.",
                "RFC 9449 §7.1",
                &["R9449-026", "R9449-004", "R9449-003"],
            ),
            proven(json!({}), &[]),
            output(&[]),
        )
        .valid(
            case("dpop-nonce", "With the resource's nonce.", "RFC 9449 §9", &["R9449-005", "R9449-033"]),
            proven(json!({"nonce": "eyJ7S_zG"}), &[]),
            output(&[("nonce", json!("eyJ7S_zG"))]),
        );
    let both: &[&str] = &["R9449-026", "R9449-003"];
    refuse(
        group,
        "dpop",
        "RFC 9449 §7.1",
        &[
            (
                "dpop-without-proof",
                "Without it.",
                &["R9449-026"],
                carries("DPoP", url, json!([]), &[]),
                "proof_missing",
            ),
            (
                "dpop-other-key",
                "By another key.",
                &["R9449-026", "R9449-001"],
                proven(json!({"key": "other"}), &[]),
                "proof_key_mismatch",
            ),
            (
                "dpop-other-method",
                "For another method.",
                both,
                proven(json!({"method": "GET"}), &[]),
                "proof_method_mismatch",
            ),
            (
                "dpop-other-address",
                "For another address.",
                both,
                proven(json!({"url": "https://mcp.chat.example/mcp/a"}), &[]),
                "proof_uri_mismatch",
            ),
            (
                "dpop-other-token",
                "For another token.",
                &["R9449-004", "R9449-026"],
                proven(json!({}), &[("proof_of_another_token", json!(true))]),
                "proof_token_mismatch",
            ),
            (
                "dpop-nonce-control",
                "With a nonce that cannot be one.",
                &["R9449-005"],
                proven(json!({"nonce": "\n"}), &[]),
                "text_invalid",
            ),
        ],
    );
}
