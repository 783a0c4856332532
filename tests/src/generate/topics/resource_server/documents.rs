//! `resource_server.metadata`: the RFC 9728 document of a resource.

use serde_json::json;

use super::config;
use crate::format::Topic;
use crate::generate::dsl::{TopicBuilder, case, fails_locally, keys, with};
use crate::generate::scene::{NOW, RAS_ISSUER, RESOURCE};

/// What the document says, and without what there is none.
pub fn topic() -> Topic {
    let mut topic = TopicBuilder::new("resource_server.metadata", "documents");
    let document = json!({
        "resource": RESOURCE,
        "authorization_servers": [RAS_ISSUER],
        "scopes_supported": ["chat.read", "chat.write"],
        "bearer_methods_supported": ["header"],
        "dpop_signing_alg_values_supported": ["ES256"],
    });
    topic.group("Bearer tokens and bound ones.", config(), keys(), NOW).valid(
        case("document", "Resource, servers, scopes, how to send a token.", "RFC 9728 §2", &["MCP-001"]),
        json!({}),
        document.clone(),
    );
    let strict = with(&config(), &[("server/sender_constraint", json!("required"))]);
    topic.group("Bound tokens only.", strict, keys(), NOW).valid(
        case("bound-only", "The document says so.", "RFC 9728 §2", &[]),
        json!({}),
        with(&document, &[("dpop_bound_access_tokens_required", json!(true))]),
    );
    let nobody = with(&config(), &[("server/authorization_servers", json!([]))]);
    topic.group("Nobody is trusted.", nobody, keys(), NOW).invalid(
        case("no-server", "There is no document without a server.", "MCP authorization", &["MCP-001"]),
        "document",
        json!({}),
        fails_locally("config_invalid"),
    );
    topic.finish()
}
