//! `registration.plan`, `scope.select` and `authorization_response.check_issuer`: what MCP has a client decide.

use serde_json::{Value, json};

use crate::format::Topic;
use crate::generate::dsl::{TopicBuilder, case, keys, with};
use crate::generate::scene::{NOW, RAS_ISSUER};
use crate::generate::web::{Refusal, refuse};

const CLIENT: &str = "https://client.example/metadata.json";
const REGISTER: &str = "https://auth.chat.example/register";

/// How a client comes by its identifier.
pub fn registration() -> Topic {
    let mut topic = TopicBuilder::new("registration.plan", "order");
    let mut group = topic.group("Every combination that matters.", json!({}), keys(), NOW);
    let situation = |known: &[&str], reads_documents: bool, registers: bool, client_id: bool| {
        let mut situation = json!({
            "issuer": RAS_ISSUER, "registered_with": known,
            "client_id_metadata_document_supported": reads_documents,
        });
        if registers {
            situation["registration_endpoint"] = REGISTER.into();
        }
        if client_id {
            situation["client_id"] = CLIENT.into();
        }
        situation
    };
    let pre = json!({"plan": "pre_registered"});
    let document = json!({"plan": "metadata_document", "client_id": CLIENT});
    let dynamic = json!({"plan": "dynamic", "registration_endpoint": REGISTER});
    let ask = json!({"plan": "ask"});
    let (own, other): (&[&str], &[&str]) = (&[RAS_ISSUER], &["https://auth.chat.example"]);
    for (id, comment, input, output) in [
        ("registered", "Credentials of its own come first.", situation(own, true, true, true), pre),
        ("document", "Then its document.", situation(&[], true, true, true), document.clone()),
        (
            "other-issuer",
            "Credentials of another issuer do not count.",
            situation(other, true, true, true),
            document,
        ),
        (
            "unread-document",
            "Only where documents are read.",
            situation(&[], false, true, true),
            dynamic.clone(),
        ),
        ("no-document", "Only if there is one.", situation(&[], true, true, false), dynamic),
        ("nothing", "Else somebody is asked.", situation(&[], false, false, true), ask.clone()),
        ("nothing-at-all", "Without anything.", situation(other, true, false, false), ask),
    ] {
        group.valid(case(id, comment, "MCP authorization", &["MCP-011", "MCP-009"]), input, output);
    }
    let bad = with(
        &situation(&[], true, true, true),
        &[("client_id", json!("http://client.example/metadata.json"))],
    );
    refuse(
        &mut group,
        "document",
        "CIMD §3",
        &[(
            "document-http",
            "Its identifier is not https.",
            &["CIMD-001", "MCP-012"],
            bad,
            "client_document_invalid",
        )],
    );
    topic.finish()
}

/// What is asked for, first and when that was not enough.
pub fn scopes() -> Topic {
    let mut topic = TopicBuilder::new("scope.select", "step-up");
    let mut group = topic.group("At most two step-ups.", json!({"step_up_limit": 2}), keys(), NOW);
    let asks = |operation: &str, scope: &str| json!({"operation": operation, "scope": scope});
    let done = |operation: &str| json!({"operation": operation});
    let input = |challenge: Option<&str>, listed: Option<&[&str]>, steps: &[Value]| {
        let mut input = json!({"step_ups": steps});
        if let Some(challenge) = challenge {
            input["challenge"] = challenge.into();
        }
        if let Some(listed) = listed {
            input["scopes_supported"] = json!(listed);
        }
        input
    };
    let listed: Option<&[&str]> = Some(&["write", "read"]);
    let first: &[&str] = &["MCP-023", "MCP-024"];
    for (id, comment, req, input, scopes) in [
        ("challenged", "What the challenge named.", first, input(Some("read"), listed, &[]), json!(["read"])),
        (
            "challenged-unlisted",
            "Though the resource does not list it.",
            first,
            input(Some("admin"), listed, &[]),
            json!(["admin"]),
        ),
        ("listed", "Else all that is listed.", &["MCP-024"], input(None, listed, &[]), json!(["read write"])),
        ("nothing", "Else nothing.", &["MCP-024"], input(None, None, &[]), json!([""])),
        (
            "nothing-challenged",
            "An empty scope names nothing.",
            &["MCP-024"],
            input(Some(""), listed, &[]),
            json!(["read write"]),
        ),
        (
            "union",
            "Nothing is lost and nothing doubled.",
            &["MCP-025"],
            input(Some("read"), listed, &[asks("post", "write"), asks("post", "admin read")]),
            json!(["read", "read write", "admin read write"]),
        ),
        (
            "per-operation",
            "Each operation has its own count.",
            &["MCP-030", "MCP-025"],
            input(Some("a"), None, &[asks("x", "b"), asks("x", "c"), asks("y", "d"), asks("y", "e")]),
            json!(["a", "a b", "a b c", "a b c d", "a b c d e"]),
        ),
        (
            "success-between",
            "A success starts the count again.",
            &["MCP-030"],
            input(Some("a"), None, &[asks("x", "b"), asks("x", "c"), done("x"), asks("x", "d")]),
            json!(["a", "a b", "a b c", "a b c d"]),
        ),
    ] {
        group.valid(case(id, comment, "MCP authorization", req), input, json!({"scopes": scopes}));
    }
    let rows: [Refusal<'_>; 1] = [(
        "limit",
        "The third in a row.",
        &["MCP-030"],
        input(Some("a"), None, &[asks("x", "b"), asks("x", "c"), done("y"), asks("x", "d")]),
        "step_up_limit",
    )];
    refuse(&mut group, "success-between", "MCP authorization", &rows);
    refuse(
        &mut group,
        "challenged",
        "RFC 6749 §3.3",
        &[(
            "malformed",
            "No scope.",
            &["R6749-006", "MCP-023"],
            input(Some("re\\ad"), listed, &[]),
            "scope_malformed",
        )],
    );
    let mut group = topic.group("No step-up.", json!({"step_up_limit": 0}), keys(), NOW);
    group.valid(
        case("no-step-up", "The first request needs none.", "MCP authorization", &["MCP-030"]),
        input(Some("a"), None, &[]),
        json!({"scopes": ["a"]}),
    );
    refuse(
        &mut group,
        "no-step-up",
        "MCP authorization",
        &[(
            "first-refused",
            "Not even one.",
            &["MCP-030"],
            input(Some("a"), None, &[asks("x", "b")]),
            "step_up_limit",
        )],
    );
    topic.finish()
}

/// Whose authorization response it is: the four rows of RFC 9207 as MCP has them.
pub fn response_issuer() -> Topic {
    let mut topic = TopicBuilder::new("authorization_response.check_issuer", "table");
    let mut group = topic.group("A sign-on at the server.", json!({}), keys(), NOW);
    let input = |advertised: bool, iss: Option<&str>| {
        let mut input =
            json!({"issuer": RAS_ISSUER, "authorization_response_iss_parameter_supported": advertised});
        if let Some(iss) = iss {
            input["iss"] = iss.into();
        }
        input
    };
    let req: &[&str] = &["MCP-032"];
    for (id, comment, input) in [
        ("advertised-same", "Advertised, there and the same.", input(true, Some(RAS_ISSUER))),
        ("silent-same", "Not advertised, there and the same.", input(false, Some(RAS_ISSUER))),
        ("silent-absent", "Neither advertised nor there.", input(false, None)),
    ] {
        group.valid(case(id, comment, "RFC 9207 §2.4", req), input, json!({"issuer": RAS_ISSUER}));
    }
    let mismatch = "metadata_issuer_mismatch";
    let variants = [
        ("other", "Another issuer.", "https://auth.evil.example/"),
        ("without-slash", "Without the slash.", "https://auth.chat.example"),
        ("in-another-case", "The host in another case.", "https://AUTH.chat.example/"),
        ("with-port", "With the default port.", "https://auth.chat.example:443/"),
        ("empty", "Empty.", ""),
        ("escaped", "Not decoded.", "https%3A%2F%2Fauth.chat.example%2F"),
    ];
    let rows: Vec<Refusal<'_>> = variants
        .iter()
        .map(|(id, comment, iss)| (*id, *comment, req, input(true, Some(iss)), mismatch))
        .chain([("advertised-absent", "Advertised and not there.", req, input(true, None), mismatch)])
        .collect();
    refuse(&mut group, "advertised-same", "RFC 9207 §2.4", &rows);
    refuse(
        &mut group,
        "silent-same",
        "MCP authorization",
        &[(
            "silent-other",
            "Not advertised, and another.",
            req,
            input(false, Some("https://auth.evil.example/")),
            mismatch,
        )],
    );
    topic.finish()
}
