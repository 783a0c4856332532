//! MCP tool annotations: what a read-only token reaches.

use serde_json::{Value, json};

use super::{config, output, post, server_keys, token};
use crate::format::Topic;
use crate::generate::dsl::{TopicBuilder, case, fails, fails_locally, with};
use crate::generate::request::Request;
use crate::generate::scene::NOW;

const SPEC: &str = "MCP tools, annotations";

/// `read_messages` and `export` only read; `post_message` writes.
fn reading() -> Value {
    with(
        &config(),
        &[
            ("server/read_only_scopes", json!("chat.export chat.read")),
            ("server/hierarchy", json!({"chat.admin": "chat.write"})),
            ("server/access/tools/read_messages/read_only", json!(true)),
            ("server/access/tools/export", json!({"scope": "chat.export", "read_only": true})),
            ("server/access/tools/whoami", json!({"read_only": true})),
        ],
    )
}

fn send(scope: &str, tool: &str) -> Request {
    let body = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": tool}});
    let token = token().claim("scope", scope);
    post(&body.to_string()).header("Authorization", format!("Bearer {}", token.compact()))
}

fn answer(scope: &str, tool: &str, needed: &str) -> Value {
    let answer = with(
        &output(),
        &[
            ("claims/scope", json!(scope)),
            ("record/scope_granted", json!(scope)),
            ("record/scope_asked", json!(needed)),
            ("record/operation", json!(tool)),
        ],
    );
    if scope.is_empty() { with(&answer, &[("claims/scope", Value::Null)]) } else { answer }
}

/// Tokens that read, tokens that write, and tables that contradict themselves.
pub fn topic() -> Topic {
    let mut topic = TopicBuilder::new("resource_server.access", "read-only");
    let lacking = || fails("insufficient_scope", "insufficient_scope");
    topic
        .group("Some tools only read, and so do some scopes.", reading(), server_keys(), NOW)
        .valid(
            case("reads", "A read-only token, and a tool that only reads.", SPEC, &["MCP-031"]),
            send("chat.export chat.read", "export").input(),
            answer("chat.export chat.read", "export", "chat.export"),
        )
        .valid(
            case("writes", "A token that is not read-only.", SPEC, &["MCP-031"]),
            send("chat.read chat.write", "post_message").input(),
            answer("chat.read chat.write", "post_message", "chat.write"),
        )
        .valid(
            case("includes-writing", "One whose scope includes one that writes.", SPEC, &["MCP-028"]),
            send("chat.admin", "post_message").input(),
            answer("chat.admin", "post_message", "chat.write"),
        )
        .valid(
            case("no-scope-reads", "A token without scopes is read-only.", SPEC, &["MCP-031"]),
            send("", "whoami").input(),
            answer("", "whoami", ""),
        )
        .invalid(
            case("read-only", "It never reaches a tool that may write.", SPEC, &["MCP-031"]),
            "reads",
            send("chat.export chat.read", "post_message").input(),
            lacking(),
        )
        .invalid(
            case("no-scope", "Nor does one without scopes.", SPEC, &["MCP-031"]),
            "no-scope-reads",
            send("", "post_message").input(),
            lacking(),
        );
    let refused = || fails_locally("config_invalid");
    for (id, comment, path, value) in [
        (
            "writes-with-reading",
            "A tool that may write requires none but read-only scopes.",
            "server/access/tools/post_message/scope",
            json!("chat.read"),
        ),
        (
            "writes-with-nothing",
            "A tool that may write requires no scope.",
            "server/access/tools/post_message/scope",
            json!(""),
        ),
        (
            "reading-not-said",
            "A tool that requires a read-only scope does not say that it only reads.",
            "server/access/tools/read_messages/read_only",
            json!(false),
        ),
        (
            "reading-includes-writing",
            "A read-only scope includes one that writes.",
            "server/hierarchy/chat.read",
            json!("chat.write"),
        ),
    ] {
        topic.group(comment, with(&reading(), &[(path, value)]), server_keys(), NOW).invalid(
            case(id, comment, SPEC, &[]),
            "reads",
            send("chat.export chat.read", "export").input(),
            refused(),
        );
    }
    topic.finish()
}
