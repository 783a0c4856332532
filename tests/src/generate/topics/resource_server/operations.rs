//! MCP authorization, RFC 9470: what a token may do.

use serde_json::{Value, json};

use super::{CALL, call, config, output, post, server_keys, token};
use crate::format::Topic;
use crate::generate::dsl::{GroupBuilder, TopicBuilder, case, fails, with};
use crate::generate::request::Request;
use crate::generate::scene::NOW;

/// A request with `body` by a good token with `scope`.
fn send(scope: &str, body: &str) -> Request {
    let token = token().claim("scope", scope);
    post(body).header("Authorization", format!("Bearer {}", token.compact()))
}

/// The answer for an operation that needs `needed`.
fn answer(scope: &str, operation: &str, needed: &str) -> Value {
    with(
        &output(),
        &[
            ("claims/scope", json!(scope)),
            ("record/scope_granted", json!(scope)),
            ("record/scope_asked", json!(needed)),
            ("record/operation", json!(operation)),
        ],
    )
}

fn tool(name: &str) -> String {
    format!(r#"{{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{{"name":"{name}"}}}}"#)
}

fn method(name: &str) -> String {
    format!(r#"{{"jsonrpc":"2.0","id":1,"method":"{name}"}}"#)
}

/// Tools, methods, sessions and bodies.
pub fn topic() -> Topic {
    let mut topic = TopicBuilder::new("resource_server.access", "operations");
    let mut group = topic.group("Two tools, each with a scope of its own.", config(), server_keys(), NOW);
    let both = "chat.read chat.write";
    group
        .valid(
            case("tool", "A tool whose scope the token has.", "MCP authorization", &["MCP-031"]),
            send(both, &tool("post_message")).input(),
            answer(both, "post_message", "chat.write"),
        )
        .invalid(
            case("scope-missing", "The token lacks the scope.", "RFC 6750 §3.1", &["MCP-031", "MCP-028"]),
            "tool",
            send("chat.read", &tool("post_message")).input(),
            fails("insufficient_scope", "insufficient_scope"),
        )
        .invalid(
            case("tool-not-listed", "A tool that nobody listed.", "DESIGN §3.5", &["MCP-031"]),
            "tool",
            send(both, &tool("drop_all_messages")).input(),
            fails("operation_not_listed", "access_denied"),
        );
    for (id, name) in [("initialize", "initialize"), ("list", "tools/list"), ("ping", "ping")] {
        group.valid(
            case(id, "A method that every session needs.", "MCP", &[]),
            send("chat.read", &method(name)).input(),
            answer("chat.read", name, ""),
        );
    }
    group
        .valid(
            case("reply", "An answer to the server's own request.", "MCP", &[]),
            send("chat.read", r#"{"jsonrpc":"2.0","id":1,"result":{}}"#).input(),
            answer("chat.read", "session", ""),
        )
        .valid(
            case("listen", "GET opens the stream of a session.", "MCP", &[]),
            send("chat.read", "").method("GET").input(),
            answer("chat.read", "session", ""),
        );
    for (id, comment, body) in [
        ("no-json", "No JSON.", "sender chosen text"),
        ("no-object", "An array: batches are not accepted.", r#"[{"jsonrpc":"2.0","id":1,"method":"ping"}]"#),
        (
            "two-methods",
            "Two methods: which one is it?",
            r#"{"jsonrpc":"2.0","id":1,"method":"ping","method":"tools/call"}"#,
        ),
        ("no-tool", "A call of no tool.", r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{}}"#),
        ("no-params", "A call without parameters.", r#"{"jsonrpc":"2.0","id":1,"method":"tools/call"}"#),
        ("empty", "Nothing.", ""),
    ] {
        group.invalid(
            case(id, comment, "RFC 6750 §3.1", &["MCP-031"]),
            "tool",
            send(both, body).input(),
            fails("operation_malformed", "invalid_request"),
        );
    }
    let deep = format!(
        r#"{{"jsonrpc":"2.0","id":1,"method":"ping","params":{}{}}}"#,
        "[".repeat(100),
        "]".repeat(100)
    );
    for (id, comment, body) in [
        ("no-version", "No `jsonrpc`.", r#"{"id":1,"method":"ping"}"#),
        ("method-number", "The method is a number.", r#"{"jsonrpc":"2.0","id":1,"method":7}"#),
        ("deep", "A hundred arrays in each other.", deep.as_str()),
    ] {
        group.invalid(
            case(id, comment, "RFC 6750 §3.1", &["MCP-031"]),
            "ping",
            send("chat.read", body).input(),
            fails("operation_malformed", "invalid_request"),
        );
    }
    one_reading(&mut group, both);
    group.invalid(
        case("method-not-listed", "A method that nobody listed.", "DESIGN §3.5", &["MCP-031"]),
        "ping",
        send("chat.read", &method("resources/read")).input(),
        fails("operation_not_listed", "access_denied"),
    );
    hierarchy(&mut topic);
    step_up(&mut topic);
    configurations(&mut topic);
    topic.finish()
}

/// What lets whoever reads the body next read another operation in it.
fn one_reading(group: &mut GroupBuilder<'_>, both: &str) {
    let refused = || fails("operation_malformed", "invalid_request");
    let call = |name: &str| send(both, &tool(name));
    group
        .valid(
            case("utf-8-said", "Charset and coding say what is so anyway.", "RFC 8259 §8.1", &["MCP-031"]),
            call("post_message")
                .header("Content-Type", "application/json; Charset=\"UTF-8\"")
                .header("Content-Encoding", "identity")
                .input(),
            answer(both, "post_message", "chat.write"),
        )
        .invalid(
            case("charset", "In UTF-7 the same bytes may name another tool.", "RFC 8259 §8.1", &["MCP-031"]),
            "tool",
            call("post_message").header("Content-Type", "application/json; charset=utf-7").input(),
            refused(),
        )
        .invalid(
            case("coding", "Decoded, the bytes are others.", "RFC 9110 §8.4", &["MCP-031"]),
            "tool",
            call("post_message").header("Content-Encoding", "br").input(),
            refused(),
        )
        .invalid(
            case(
                "body-of-get",
                "A session's request asks for nothing in its body.",
                "RFC 9110 §9.3.1",
                &["MCP-031"],
            ),
            "listen",
            send("chat.read", &tool("post_message")).method("GET").input(),
            refused(),
        );
    let body = |more: &str| {
        format!(r#"{{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{{"name":"post_message"{more}"#)
    };
    for (id, comment, more) in [
        (
            "method-in-capitals",
            "A parser that ignores case takes the second for the method.",
            r#"},"Method":"ping"}"#,
        ),
        ("member-unknown", "A member that JSON-RPC does not have.", r#"},"extra":1}"#),
        (
            "name-in-capitals",
            "A parser that ignores case takes the second for the tool.",
            r#","Name":"read_messages"}}"#,
        ),
    ] {
        let about = case(id, comment, "JSON-RPC 2.0 §4", &["MCP-031"]);
        group.invalid(about, "tool", send(both, &body(more)).input(), refused());
    }
}

fn hierarchy(topic: &mut TopicBuilder) {
    let config = with(
        &config(),
        &[("server/hierarchy", json!({"chat.admin": "chat.write", "chat.write": "chat.read"}))],
    );
    topic
        .group("`chat.admin` includes `chat.write`, which includes `chat.read`.", config, server_keys(), NOW)
        .valid(
            case(
                "included",
                "A scope that includes one that includes it.",
                "MCP authorization",
                &["MCP-028"],
            ),
            send("chat.admin", CALL).input(),
            answer("chat.admin", "read_messages", "chat.read"),
        )
        .valid(
            case("itself", "The scope itself.", "MCP authorization", &["MCP-028"]),
            send("chat.write", &tool("post_message")).input(),
            answer("chat.write", "post_message", "chat.write"),
        )
        .invalid(
            case("not-included", "Inclusion does not go the other way.", "MCP authorization", &["MCP-028"]),
            "itself",
            send("chat.read", &tool("post_message")).input(),
            fails("insufficient_scope", "insufficient_scope"),
        );
    topic.group("No scope includes another.", super::config(), server_keys(), NOW).invalid(
        case(
            "no-hierarchy",
            "The same scope includes nothing where nobody said so.",
            "MCP authorization",
            &["MCP-028"],
        ),
        "included",
        send("chat.admin", CALL).input(),
        fails("insufficient_scope", "insufficient_scope"),
    );
}

/// RFC 9470: a tool that needs a fresh or strong sign-on.
fn step_up(topic: &mut TopicBuilder) {
    let config = with(
        &config(),
        &[
            ("server/access/tools/read_messages/max_age", json!(300)),
            ("server/access/tools/read_messages/acr_values", json!(["urn:acr:mfa", "urn:acr:hwk"])),
        ],
    );
    let mut group = topic.group("A tool needs a fresh and strong sign-on.", config, server_keys(), NOW);
    let signed_on = |age: u64, acr: &str| token().claim("auth_time", NOW - age).claim("acr", acr);
    let fresh = |age: u64, acr: &str| {
        with(
            &output(),
            &[
                ("claims/auth_time", json!(NOW - age)),
                ("claims/acr", json!(acr)),
                ("record/auth_time", json!(NOW - age)),
                ("record/acr", json!(acr)),
            ],
        )
    };
    group
        .valid(
            case("fresh", "It is.", "RFC 9470 §3", &["R9470-001"]),
            call(&signed_on(300, "urn:acr:hwk")).input(),
            fresh(300, "urn:acr:hwk"),
        )
        .valid(
            case("fresh-edge", "The tolerance counts.", "RFC 9470 §3", &["AMB-026"]),
            call(&signed_on(360, "urn:acr:mfa")).input(),
            fresh(360, "urn:acr:mfa"),
        );
    for (id, comment, token, code) in [
        ("stale", "Too old.", signed_on(361, "urn:acr:hwk"), "authentication_too_old"),
        (
            "age-unknown",
            "Nobody knows how old; that the token is new means nothing.",
            signed_on(300, "urn:acr:hwk").without("auth_time"),
            "authentication_too_old",
        ),
        ("weak", "Of another class.", signed_on(300, "urn:acr:pwd"), "authentication_too_weak"),
        (
            "class-unknown",
            "Of no known class.",
            signed_on(300, "urn:acr:hwk").without("acr"),
            "authentication_too_weak",
        ),
    ] {
        group.invalid(
            case(id, comment, "RFC 9470 §3", &["R9470-001"]),
            "fresh",
            call(&token).input(),
            fails(code, "insufficient_user_authentication"),
        );
    }
}

/// What a resource server is not built with.
fn configurations(topic: &mut TopicBuilder) {
    use crate::generate::dsl::fails_locally;
    for (id, comment, req, member, value, code) in [
        (
            "nobody-trusted",
            "No authorization server.",
            &["MCP-001"][..],
            "authorization_servers",
            json!([]),
            "config_invalid",
        ),
        (
            "trusted-twice",
            "One server twice.",
            &["R9068-016"],
            "authorization_servers/1",
            json!({"issuer": crate::generate::scene::RAS_ISSUER}),
            "config_invalid",
        ),
        (
            "window",
            "Proofs older than five minutes.",
            &["MCP-037", "AMB-026"],
            "proof_window",
            json!(301),
            "config_invalid",
        ),
        (
            "tolerance",
            "Clocks that differ by more than five minutes.",
            &["R9068-020", "AMB-026"],
            "window",
            json!({"tolerance": 301}),
            "config_invalid",
        ),
        (
            "acr-space",
            "A class of sign-on that no challenge can name.",
            &["R6750-005"],
            "access/tools/read_messages/acr_values",
            json!(["urn acr"]),
            "config_invalid",
        ),
        (
            "acr-not-ascii",
            "A class of sign-on beyond ASCII.",
            &["R6750-005"],
            "access/tools/read_messages/acr_values",
            json!(["stärke"]),
            "config_invalid",
        ),
        (
            "http-resource",
            "A resource without https.",
            &["EMAP12-003"],
            "resource",
            json!("http://mcp.chat.example/"),
            "url_insecure",
        ),
    ] {
        let config = with(&config(), &[(&format!("server/{member}"), value)]);
        topic.group(comment, config, server_keys(), NOW).invalid(
            case(id, comment, "DESIGN §5", req),
            "resource_server.access/tokens/good",
            call(&token()).input(),
            fails_locally(code),
        );
    }
}
