//! `authorization_server_metadata.build`: RFC 8414 §2, ID-JAG §7.

use crate::format::Topic;
use crate::generate::dsl::{TopicBuilder, case, keys, with};
use crate::generate::scene::{IDP_ISSUER, NOW, RAS_ISSUER, RAS_TOKEN_ENDPOINT};
use crate::generate::web::{ID_JAG_TYPE, JWT_BEARER, TOKEN_EXCHANGE, published, ras_document, refuse};
use serde_json::{Value, json};

const JWT_DPOP: &str = "urn:ietf:params:oauth:grant-type:jwt-dpop";

/// Publishing a document.
pub fn build() -> Topic {
    let mut topic = TopicBuilder::new("authorization_server_metadata.build", "documents");
    let mut group = topic.group("Documents.", json!({}), keys(), NOW);
    let input = |role: &str, issuer: &str, token: &str| json!({"role": role, "issuer": issuer, "token_endpoint": token, "jwks_uri": format!("{}/jwks.json", issuer.trim_end_matches('/'))});
    let ras = input("resource_authorization_server", RAS_ISSUER, RAS_TOKEN_ENDPOINT);
    let idp = input("idp", IDP_ISSUER, "https://acme.idp.example/token");
    let idp_document = json!({
        "issuer": IDP_ISSUER,
        "token_endpoint": "https://acme.idp.example/token",
        "jwks_uri": "https://acme.idp.example/jwks.json",
        "grant_types_supported": [TOKEN_EXCHANGE],
        "identity_chaining_requested_token_types_supported": [ID_JAG_TYPE],
    });
    let sign_on = "https://acme.idp.example/authorize";
    let with_ras = |changes: &[(&str, Value)]| published(with(&ras_document(), changes));
    group
        .valid(
            case("ras", "The profile and its grant.", "JAG §7.2", &["JAG-088", "JAG-089", "JAG-090"]),
            ras.clone(),
            with_ras(&[]),
        )
        .valid(
            case(
                "grant-follows-profile",
                "Whoever lists the profile lists its grant.",
                "JAG §7.2",
                &["JAG-090"],
            ),
            with(&ras, &[("grant_types_supported", json!(["refresh_token"]))]),
            with_ras(&[("grant_types_supported", json!(["refresh_token", JWT_BEARER]))]),
        )
        .valid(
            case("without-profile", "Empty lists are left out.", "RFC 8414 §3.2", &["R8414-004"]),
            with(
                &ras,
                &[
                    ("authorization_grant_profiles_supported", json!([])),
                    ("grant_types_supported", json!([])),
                    ("dpop_signing_alg_values_supported", json!([])),
                    ("token_endpoint_auth_methods_supported", json!([])),
                ],
            ),
            with_ras(&[
                ("authorization_grant_profiles_supported", Value::Null),
                ("grant_types_supported", Value::Null),
            ]),
        )
        .valid(
            case("jwt-dpop", "The alias is listed where it is taken.", "DESIGN §14", &["AMB-002"]),
            with(&ras, &[("jwt_dpop_grant", true.into())]),
            with_ras(&[("grant_types_supported", json!([JWT_BEARER, JWT_DPOP]))]),
        )
        .valid(
            case("dpop", "Asymmetric algorithms.", "RFC 9449 §5.1", &["MCP-038", "MCP-033"]),
            with(
                &ras,
                &[
                    ("dpop_signing_alg_values_supported", json!(["ES256", "EdDSA"])),
                    ("token_endpoint_auth_methods_supported", json!(["private_key_jwt"])),
                    ("scope", "write read".into()),
                    ("authorization_details_types_supported", json!(["file_access"])),
                    ("client_id_metadata_document_supported", true.into()),
                    ("registration_endpoint", "https://auth.chat.example/register".into()),
                ],
            ),
            with_ras(&[
                ("dpop_signing_alg_values_supported", json!(["ES256", "EdDSA"])),
                ("token_endpoint_auth_methods_supported", json!(["private_key_jwt"])),
                ("scopes_supported", json!(["read", "write"])),
                ("authorization_details_types_supported", json!(["file_access"])),
                ("client_id_metadata_document_supported", true.into()),
                ("registration_endpoint", "https://auth.chat.example/register".into()),
            ]),
        )
        .valid(
            case("idp", "It issues ID-JAGs.", "JAG §7.1", &["JAG-087"]),
            idp.clone(),
            published(idp_document.clone()),
        )
        .valid(
            case("idp-with-sign-on", "And signs users on.", "RFC 7636 §6.2", &["JAG-087", "MCP-008"]),
            with(&idp, &[("authorization_endpoint", sign_on.into())]),
            published(with(
                &idp_document,
                &[
                    ("authorization_endpoint", sign_on.into()),
                    ("grant_types_supported", json!([TOKEN_EXCHANGE, "authorization_code"])),
                    ("response_types_supported", json!(["code"])),
                    ("code_challenge_methods_supported", json!(["S256"])),
                ],
            )),
        );
    let set = |member: &str, value: Value| with(&ras, &[(member, value)]);
    let https: &[&str] = &["MCP-033"];
    let issuer: &[&str] = &["R8414-001"];
    refuse(
        &mut group,
        "ras",
        "RFC 8414 §2",
        &[
            (
                "issuer-http",
                "Not https.",
                issuer,
                set("issuer", json!("http://auth.chat.example/")),
                "url_insecure",
            ),
            (
                "issuer-query",
                "With a query.",
                issuer,
                set("issuer", json!("https://auth.chat.example/?a=b")),
                "url_malformed",
            ),
            (
                "issuer-fragment",
                "With a fragment.",
                issuer,
                set("issuer", json!("https://auth.chat.example/#a")),
                "url_malformed",
            ),
            (
                "issuer-empty-query",
                "With an empty query.",
                issuer,
                set("issuer", json!("https://auth.chat.example/?")),
                "url_malformed",
            ),
            ("issuer-name", "A name.", issuer, set("issuer", json!("auth.chat.example")), "url_malformed"),
            (
                "issuer-user",
                "With user information.",
                issuer,
                set("issuer", json!("https://a@auth.chat.example/")),
                "url_malformed",
            ),
            (
                "token-endpoint-http",
                "Not https.",
                https,
                set("token_endpoint", json!("http://auth.chat.example/t")),
                "url_insecure",
            ),
            (
                "token-endpoint-loopback",
                "This machine is no exception.",
                https,
                set("token_endpoint", json!("http://127.0.0.1/t")),
                "url_insecure",
            ),
            (
                "token-endpoint-fragment",
                "With a fragment.",
                &[],
                set("token_endpoint", json!("https://auth.chat.example/t#f")),
                "url_malformed",
            ),
            (
                "jwks-uri-http",
                "Not https.",
                https,
                set("jwks_uri", json!("http://auth.chat.example/k")),
                "url_insecure",
            ),
            ("scope-quote", "No scope.", &["R6749-006"], set("scope", json!("a\"b")), "scope_malformed"),
        ],
    );
    let algorithms = |names: Value| with(&ras, &[("dpop_signing_alg_values_supported", names)]);
    group.valid(
        case("dpop-es256", "One algorithm.", "RFC 9449 §5.1", &["MCP-038"]),
        algorithms(json!(["ES256"])),
        with_ras(&[("dpop_signing_alg_values_supported", json!(["ES256"]))]),
    );
    refuse(
        &mut group,
        "dpop-es256",
        "RFC 9449 §5.1",
        &[
            (
                "dpop-hs256",
                "A symmetric one.",
                &["MCP-038", "AMB-013"],
                algorithms(json!(["ES256", "HS256"])),
                "algorithm_not_allowed",
            ),
            (
                "dpop-none",
                "None at all.",
                &["MCP-038", "AMB-013"],
                algorithms(json!(["none"])),
                "algorithm_not_allowed",
            ),
        ],
    );
    topic.finish()
}
