//! DESIGN §7: tokens for one conversation at an MCP server that may know which one a request is part of.

use serde_json::{Value, json};

use super::{call, config, output, server_keys, token};
use crate::format::Topic;
use crate::generate::dsl::{TopicBuilder, case, fails, with};
use crate::generate::mint::Jws;
use crate::generate::scene::{NOW, RESOURCE};

const SPEC: &str = "DESIGN §7";
const CTX: &str = "conversation:01JD8ZK";

fn about(value: impl Into<Value>) -> Jws {
    token().claim("ctx", value)
}

fn told(output: &Value, claim: &str) -> Value {
    with(output, &[(&format!("claims/{claim}"), json!(CTX)), ("record/context", json!(CTX))])
}

/// The call with `token`, which the host knows to be part of `conversation`.
fn within(token: &Jws, conversation: &str) -> Value {
    with(&call(token).input(), &[("context", json!(conversation))])
}

/// The claim, the rule and the conversation that the host knows.
pub fn topic() -> Topic {
    let mut topic = TopicBuilder::new("resource_server.access", "conversations");
    let mut group = topic.group("Under the usual name.", config(), server_keys(), NOW);
    group
        .valid(case("kept", "A conversation.", SPEC, &[]), call(&about(CTX)).input(), told(&output(), "ctx"))
        .valid(case("none", "None.", SPEC, &[]), call(&token()).input(), output())
        .valid(
            case("expected", "The one that the host knows.", SPEC, &[]),
            within(&about(CTX), CTX),
            told(&output(), "ctx"),
        )
        .invalid(
            case("another", "A token for another.", SPEC, &[]),
            "expected",
            within(&about("conversation:2"), CTX),
            fails("context_mismatch", "invalid_token"),
        )
        .invalid(
            case("for-none", "A token for none.", SPEC, &[]),
            "expected",
            within(&token(), CTX),
            fails("context_required", "invalid_token"),
        )
        .invalid(
            case("prefix", "The beginning of it is another.", SPEC, &[]),
            "expected",
            within(&about(CTX), "conversation:"),
            fails("context_mismatch", "invalid_token"),
        );
    for (id, comment, value) in [
        ("number", "A number.", json!(7)),
        ("array", "An array.", json!([CTX])),
        ("empty", "An empty text.", json!("")),
        ("longer", "513 bytes.", json!("c".repeat(513))),
    ] {
        group.invalid(
            case(id, comment, SPEC, &[]),
            "kept",
            call(&about(value)).input(),
            fails("claim_malformed", "invalid_token"),
        );
    }
    let required = with(&config(), &[("server/context", json!("required"))]);
    topic
        .group("The server requires a conversation.", required, server_keys(), NOW)
        .valid(
            case("required", "There is one.", SPEC, &[]),
            call(&about(CTX)).input(),
            told(&output(), "ctx"),
        )
        .invalid(
            case("required-missing", "There is none.", SPEC, &[]),
            "required",
            call(&token()).input(),
            fails("context_required", "invalid_token"),
        );
    let txn = with(&config(), &[("server/context_claim", json!("txn"))]);
    topic
        .group("Under the name of RFC 8417.", txn, server_keys(), NOW)
        .valid(
            case("txn", "The claim that is configured.", SPEC, &[]),
            within(&token().claim("txn", CTX), CTX),
            told(&output(), "txn"),
        )
        .invalid(
            case("other-name", "Under another name it is none.", SPEC, &[]),
            "resource_server.access/conversations/expected",
            within(&about(CTX), CTX),
            fails("context_required", "invalid_token"),
        );
    topic.finish()
}

/// The same without the request.
pub fn bearer() -> Topic {
    let mut topic = TopicBuilder::new("resource_server.bearer", "conversations");
    let claims = with(&output()["claims"], &[("aud", json!([RESOURCE])), ("ctx", json!(CTX))]);
    let unknown = [("operation", Value::Null), ("scope_asked", Value::Null), ("context", json!(CTX))];
    let record = with(&output()["record"], &unknown);
    let known = |token: &Jws| json!({"token": token.compact(), "context": CTX});
    topic
        .group("A server that knows the conversation.", config(), server_keys(), NOW)
        .valid(
            case("expected", "The token is for this one.", SPEC, &[]),
            known(&about(CTX)),
            json!({"claims": claims, "scopes": ["chat.read"], "record": record}),
        )
        .invalid(
            case("another", "The token is for another.", SPEC, &[]),
            "expected",
            known(&about("conversation:2")),
            fails("context_mismatch", "invalid_token"),
        )
        .invalid(
            case("for-none", "The token is for none.", SPEC, &[]),
            "expected",
            known(&token()),
            fails("context_required", "invalid_token"),
        );
    topic.finish()
}
