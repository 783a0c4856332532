//! `client_metadata.build`: RFC 7591 §2, ID-JAG -04 §8.

use crate::format::Topic;
use crate::generate::dsl::{TopicBuilder, case, keys, with};
use crate::generate::keys;
use crate::generate::scene::NOW;
use crate::generate::web::{ID_JAG_PROFILE, JWT_BEARER, Refusal, TOKEN_EXCHANGE, published, refuse};
use serde_json::{Value, json};

pub(super) const CLIENT_ID: &str = "https://client.example/metadata.json";

pub(super) const CALLBACK: &str = "https://client.example/callback";

/// Documents that clients publish.
pub fn build() -> Topic {
    let mut topic = TopicBuilder::new("client_metadata.build", "documents");
    let mut group = topic.group("Documents.", json!({}), keys(), NOW);
    let input = json!({"client_name": "Claude Code", "redirect_uris": [CALLBACK]});
    let document = json!({
        "client_name": "Claude Code", "redirect_uris": [CALLBACK],
        "grant_types": [TOKEN_EXCHANGE, JWT_BEARER], "response_types": [],
        "token_endpoint_auth_method": "none",
        "authorization_grant_profiles_supported": [ID_JAG_PROFILE],
    });
    let profile: &[&str] = &["JAG4-012", "JAG4-013"];
    let keyed = |member: &str, value: Value| {
        with(&document, &[("token_endpoint_auth_method", "private_key_jwt".into()), (member, value)])
    };
    let key = keys::CLIENT.es256();
    let at = "https://client.example/jwks.json";
    for (id, comment, req, changes, output) in [
        ("public", "The profile with both its grants.", profile, vec![], document.clone()),
        (
            "identified",
            "At the address that is its identifier.",
            &["MCP-012", "EMA-014"],
            vec![("client_id", json!(CLIENT_ID))],
            with(&document, &[("client_id", CLIENT_ID.into())]),
        ),
        (
            "keys-at-address",
            "A confidential client.",
            &["CIMD-003", "CIMD-004"],
            vec![("jwks_uri", json!(at))],
            keyed("jwks_uri", at.into()),
        ),
        (
            "keys-inline",
            "With its public key.",
            &["CIMD-003"],
            vec![("jwk", key.public_jwk())],
            keyed("jwks", json!({"keys": [key.public_jwk()]})),
        ),
        (
            "sign-on",
            "Which also signs users on.",
            profile,
            vec![("more_grant_types", json!(["authorization_code", "refresh_token", JWT_BEARER]))],
            with(
                &document,
                &[
                    (
                        "grant_types",
                        json!([TOKEN_EXCHANGE, JWT_BEARER, "authorization_code", "refresh_token"]),
                    ),
                    ("response_types", json!(["code"])),
                ],
            ),
        ),
        (
            "bound",
            "With bound tokens and a scope.",
            &["R9449-023"],
            vec![("dpop_bound_access_tokens", json!(true)), ("scope", json!("write read"))],
            with(&document, &[("dpop_bound_access_tokens", true.into()), ("scope", "read write".into())]),
        ),
        (
            "quiet",
            "Without a word about the profile.",
            &["JAG4-013"],
            vec![("without_id_jag_profile", json!(true))],
            with(&document, &[("authorization_grant_profiles_supported", Value::Null)]),
        ),
        (
            "native",
            "Called back on this machine or by a scheme of its own.",
            &["MCP-012"],
            vec![("redirect_uris", json!(["http://127.0.0.1:33418/cb", "com.example.client:/cb"]))],
            with(
                &document,
                &[("redirect_uris", json!(["http://127.0.0.1:33418/cb", "com.example.client:/cb"]))],
            ),
        ),
    ] {
        let req: &[&str] = req;
        group.valid(case(id, comment, "RFC 7591 §2", req), with(&input, &changes), published(output));
    }
    let set = |member: &str, value: Value| with(&input, &[(member, value)]);
    let to = |uri: &str| set("redirect_uris", json!([uri]));
    let long = "n".repeat(257);
    let name: &[&str] = &["MCP-012"];
    let rows: [Refusal<'_>; 8] = [
        ("name-empty", "No name.", name, set("client_name", json!("")), "config_invalid"),
        ("name-long", "257 bytes.", &[], set("client_name", json!(long)), "config_invalid"),
        ("name-control", "A control character.", &[], set("client_name", json!("a\u{7}b")), "config_invalid"),
        ("redirect-http", "Not https.", &[], to("http://client.example/cb"), "config_invalid"),
        ("redirect-fragment", "With a fragment.", &[], to("https://client.example/cb#f"), "config_invalid"),
        ("redirect-relative", "Relative.", &[], to("/cb"), "config_invalid"),
        ("redirect-script", "A script.", &[], to("javascript:alert(1)"), "config_invalid"),
        ("redirect-no-host", "No host.", &[], to("https:///cb"), "config_invalid"),
    ];
    refuse(&mut group, "public", "RFC 7591 §2", &rows);
    refuse(
        &mut group,
        "identified",
        "CIMD §3",
        &[(
            "identifier-http",
            "Not https.",
            &["CIMD-001", "MCP-012"],
            set("client_id", json!("http://client.example/metadata.json")),
            "client_document_invalid",
        )],
    );
    refuse(
        &mut group,
        "public",
        "RFC 6749 §3.3",
        &[("scope-quote", "No scope.", &["R6749-006"], set("scope", json!("a\"b")), "scope_malformed")],
    );
    refuse(
        &mut group,
        "keys-at-address",
        "CIMD §4",
        &[(
            "keys-http",
            "Not https.",
            &["MCP-035"],
            set("jwks_uri", json!("http://client.example/jwks.json")),
            "url_insecure",
        )],
    );
    refuse(
        &mut group,
        "keys-inline",
        "CIMD §4",
        &[(
            "private-key",
            "With its private key.",
            &["CIMD-003"],
            set("jwk", key.private_jwk()),
            "key_private",
        )],
    );
    topic.finish()
}
