//! `record.*` and `records.*`: the records of one afternoon, read back and told.

pub mod chain;
pub mod connections;
pub mod ocsf;
pub mod read;

use serde_json::{Value, json};

use crate::generate::dsl::with;
use crate::generate::scene::{CLIENT_AT_IDP, CLIENT_ID, IDP_ISSUER, NOW, RAS_ISSUER, RESOURCE, SUBJECT};

/// Who or what revokes.
pub const ADMIN: &str = "admin@acme.example";
/// The digest of a policy.
pub const POLICY: &str = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

fn base(role: &str, action: &str, by: &str, outcome: &str, at: u64) -> Value {
    json!({
        "version": 1, "time": NOW + at, "role": role, "action": action, "decided_by": by, "outcome": outcome,
        "client_authenticated": role == "idp" || role == "resource_as", "sender_constrained": false,
    })
}

/// The identity provider issues an ID-JAG for a conversation.
pub fn exchanged(grant: &str, context: &str, at: u64) -> Value {
    with(
        &base("idp", "exchange", IDP_ISSUER, "permit", at),
        &[
            ("app", json!("chat-agent")),
            ("server", json!("chat")),
            ("policy", json!(POLICY)),
            ("rules", json!(["everybody"])),
            ("client_id", json!(CLIENT_AT_IDP)),
            ("target_client_id", json!(CLIENT_ID)),
            ("issuer", json!(IDP_ISSUER)),
            ("subject", json!(SUBJECT)),
            ("target_subject", json!("pairwise-for-chat")),
            ("audience", json!(RAS_ISSUER)),
            ("resources", json!([RESOURCE])),
            ("scope_asked", json!("chat.history chat.read")),
            ("scope_granted", json!("chat.history chat.read")),
            ("session_id", json!("session-1")),
            ("subject_token_id", json!("id-token-1")),
            ("token_id", json!(grant)),
            ("grant_id", json!(grant)),
            ("context", json!(context)),
            ("expires_at", json!(NOW + at + 300)),
        ],
    )
}

/// The authorization server redeems it.
pub fn redeemed(token: &str, grant: &str, context: &str, at: u64) -> Value {
    with(
        &base("resource_as", "redeem", RAS_ISSUER, "permit", at),
        &[
            ("client_id", json!(CLIENT_ID)),
            ("issuer", json!(IDP_ISSUER)),
            ("subject", json!("pairwise-for-chat")),
            ("target_subject", json!("user-1")),
            ("audience", json!(RAS_ISSUER)),
            ("resources", json!([RESOURCE])),
            ("scope_granted", json!("chat.history chat.read")),
            ("token_id", json!(token)),
            ("grant_id", json!(grant)),
            ("context", json!(context)),
            ("expires_at", json!(NOW + at + 600)),
        ],
    )
}

/// The MCP server lets a call pass.
pub fn called(token: &str, grant: &str, context: &str, at: u64) -> Value {
    with(
        &base("resource_server", "access", RESOURCE, "permit", at),
        &[
            ("client_id", json!(CLIENT_ID)),
            ("issuer", json!(RAS_ISSUER)),
            ("subject", json!("user-1")),
            ("operation", json!("read_messages")),
            ("scope_asked", json!("chat.read")),
            ("scope_granted", json!("chat.history chat.read")),
            ("token_id", json!(token)),
            ("grant_id", json!(grant)),
            ("context", json!(context)),
            ("expires_at", json!(NOW + at + 500)),
        ],
    )
}

/// The same call, with a token that was derived from another one.
pub fn called_by_subagent(token: &str, parent: &str, at: u64) -> Value {
    let actor = json!({"iss": IDP_ISSUER, "sub": "summarizer"});
    let call = called(token, "jag-1", "conversation:1", at);
    with(&call, &[("parent_id", json!(parent)), ("actor", actor), ("scope_granted", json!("chat.read"))])
}

/// A call that the token's scope does not cover.
pub fn refused(token: &str, at: u64) -> Value {
    with(
        &called(token, "jag-1", "conversation:1", at),
        &[
            ("outcome", json!("refuse")),
            ("error", json!("insufficient_scope")),
            ("oauth_error", json!("insufficient_scope")),
            ("operation", json!("post_message")),
            ("scope_asked", json!("chat.write")),
        ],
    )
}

/// The identity provider denies.
pub fn denied(at: u64) -> Value {
    with(
        &base("idp", "exchange", IDP_ISSUER, "deny", at),
        &[
            ("error", json!("policy_denied")),
            ("oauth_error", json!("access_denied")),
            ("app", json!("chat-agent")),
            ("server", json!("chat")),
            ("policy", json!(POLICY)),
            ("nearest", json!("permit `everybody`: it grants none of the scopes asked for")),
            ("client_id", json!(CLIENT_AT_IDP)),
            ("issuer", json!(IDP_ISSUER)),
            ("subject", json!(SUBJECT)),
            ("audience", json!(RAS_ISSUER)),
            ("resources", json!([RESOURCE])),
            ("scope_asked", json!("chat.admin")),
        ],
    )
}

/// Somebody sends no token.
pub fn anonymous(at: u64) -> Value {
    with(
        &base("resource_server", "access", RESOURCE, "refuse", at),
        &[
            ("error", json!("credentials_missing")),
            ("error_token", json!("access_token")),
            ("oauth_error", json!("invalid_token")),
        ],
    )
}

/// The client gives a token up.
pub fn given_up(token: &str, at: u64) -> Value {
    with(
        &base("resource_as", "revoke", RAS_ISSUER, "revoke", at),
        &[
            ("client_id", json!(CLIENT_ID)),
            ("issuer", json!(RAS_ISSUER)),
            ("subject", json!("user-1")),
            ("token_id", json!(token)),
            ("grant_id", json!("jag-1")),
            ("expires_at", json!(NOW + 700)),
        ],
    )
}

/// A revocation of what the client got for the user in a conversation, until `until`.
pub fn conversation_entry(context: &str, until: u64) -> Value {
    json!({
        "iss": RAS_ISSUER, "client_id": CLIENT_ID, "sub": "user-1", "ctx": context, "issued_before": NOW + until,
        "retain_until": NOW + 10_000,
    })
}

/// An administrator's record of it.
pub fn revoked(entry: &Value, at: u64) -> Value {
    with(&base("administrator", "revoke", ADMIN, "revoke", at), &[("revoked", entry.clone())])
}

/// Two conversations, of which the first has a subagent and an attempt too many, and what else went on.
pub fn afternoon() -> Vec<Value> {
    vec![
        exchanged("jag-1", "conversation:1", 0),
        redeemed("at-1", "jag-1", "conversation:1", 10),
        called("at-1", "jag-1", "conversation:1", 20),
        called_by_subagent("at-1a", "at-1", 30),
        refused("at-1a", 40),
        exchanged("jag-2", "conversation:2", 50),
        redeemed("at-2", "jag-2", "conversation:2", 60),
        called("at-2", "jag-2", "conversation:2", 70),
        denied(80),
        anonymous(90),
    ]
}
