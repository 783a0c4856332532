//! `protected_resource_metadata.build`: RFC 9728 §2 and §3.2.

use super::resource_metadata::PATH;
use crate::format::Topic;
use crate::generate::dsl::{TopicBuilder, case, keys, with};
use crate::generate::scene::{NOW, OTHER_IDP_ISSUER, RAS_ISSUER};
use crate::generate::web::{Refusal, published, refuse, resource_document};
use serde_json::{Value, json};

/// Publishing a document.
pub fn build() -> Topic {
    let mut topic = TopicBuilder::new("protected_resource_metadata.build", "documents");
    let mut group = topic.group("Documents.", json!({}), keys(), NOW);
    let base = resource_document();
    let header = [("bearer_methods_supported", json!(["header"]))];
    let document = |changes: &[(&str, Value)]| published(with(&with(&base, &header), changes));
    group
        .valid(
            case(
                "minimal",
                "What is empty is left out.",
                "RFC 9728 §3.2",
                &["R9728-001", "R9728-005", "MCP-001"],
            ),
            base.clone(),
            document(&[]),
        )
        .valid(
            case("empty", "Though it was set.", "RFC 9728 §3.2", &["R9728-005"]),
            with(
                &base,
                &[
                    ("dpop_signing_alg_values_supported", json!([])),
                    ("resource_name", "".into()),
                    ("scope", "".into()),
                ],
            ),
            document(&[]),
        )
        .valid(
            case("full", "DPoP only, by two servers.", "RFC 9728 §2", &["R9728-001", "MCP-014"]),
            with(
                &base,
                &[
                    ("resource", PATH.into()),
                    ("authorization_servers", json!([RAS_ISSUER, OTHER_IDP_ISSUER])),
                    ("scope", "write read offline_access".into()),
                    ("dpop_bound_access_tokens_required", true.into()),
                    ("dpop_signing_alg_values_supported", json!(["ES256", "EdDSA"])),
                    ("resource_name", "Chat".into()),
                ],
            ),
            document(&[
                ("resource", PATH.into()),
                ("authorization_servers", json!([RAS_ISSUER, OTHER_IDP_ISSUER])),
                ("scopes_supported", json!(["read", "write"])),
                ("dpop_bound_access_tokens_required", true.into()),
                ("dpop_signing_alg_values_supported", json!(["ES256", "EdDSA"])),
                ("resource_name", "Chat".into()),
            ]),
        )
        .valid(
            case(
                "offline-access-only",
                "A refresh token is not for a resource to ask for.",
                "MCP authorization",
                &["MCP-029"],
            ),
            with(&base, &[("scope", "offline_access".into())]),
            document(&[]),
        );
    let own: &[&str] = &["R9728-001"];
    let set = |member: &str, value: Value| with(&base, &[(member, value)]);
    let rows: [Refusal<'_>; 7] = [
        (
            "no-server",
            "No authorization server.",
            &["MCP-001"],
            set("authorization_servers", json!([])),
            "config_invalid",
        ),
        ("http", "Not https.", own, set("resource", json!("http://mcp.chat.example/")), "url_insecure"),
        (
            "fragment",
            "With a fragment.",
            own,
            set("resource", json!("https://mcp.chat.example/#a")),
            "url_malformed",
        ),
        (
            "empty-fragment",
            "With an empty fragment.",
            own,
            set("resource", json!("https://mcp.chat.example/#")),
            "url_malformed",
        ),
        ("relative", "Relative.", own, set("resource", json!("/mcp")), "url_malformed"),
        ("urn", "No address.", own, set("resource", json!("urn:example:mcp")), "url_malformed"),
        (
            "server-http",
            "A server that is not https.",
            &["R8414-001", "MCP-033"],
            set("authorization_servers", json!(["http://auth.chat.example/"])),
            "url_insecure",
        ),
    ];
    refuse(&mut group, "minimal", "RFC 9728 §2", &rows);
    topic.finish()
}
