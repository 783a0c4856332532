//! `protected_resource_metadata.read`: RFC 9728 §3.3, MCP authorization, AMB-008 and AMB-019.

use crate::format::Topic;
use crate::generate::dsl::{TopicBuilder, case, keys, with};
use crate::generate::scene::{NOW, OTHER_IDP_ISSUER, RAS_ISSUER, RESOURCE};
use crate::generate::web::{found, refuse, resource_document};
use serde_json::{Value, json};

pub(super) const PATH: &str = "https://mcp.chat.example/mcp";

fn of(document: &Value) -> Value {
    json!({"response": found(document)})
}

/// A document that says only this about its resource.
fn named(resource: impl Into<Value>) -> Value {
    of(&with(&resource_document(), &[("resource", resource.into())]))
}

/// What a client understands of it.
fn read_as(resource: &str) -> Value {
    with(&resource_document(), &[("resource", resource.into())])
}

fn config(resource: &str, found: &str, matching: &str) -> Value {
    json!({"resource": resource, "found": found, "matching": matching})
}

/// Whose document it is: by the way it was found, and by how identifiers are compared.
pub fn whose() -> Topic {
    let mut topic = TopicBuilder::new("protected_resource_metadata.read", "whose");
    let mismatch = "metadata_resource_mismatch";
    let derived: &[&str] = &["R9728-002", "AMB-008"];
    let mut group =
        topic.group("At a well-known address.", config(PATH, "by_well_known", "exact"), keys(), NOW);
    group.valid(case("exact", "Its own.", "RFC 9728 §3.3", &["R9728-002"]), named(PATH), read_as(PATH));
    refuse(
        &mut group,
        "exact",
        "RFC 9728 §3.3",
        &[
            ("other-host", "Another host's.", derived, named("https://evil.example/mcp"), mismatch),
            ("trailing-slash", "With a slash.", derived, named("https://mcp.chat.example/mcp/"), mismatch),
            ("root", "The root's.", derived, named(RESOURCE), mismatch),
            (
                "host-case",
                "Its host in another case.",
                derived,
                named("https://MCP.chat.example/mcp"),
                mismatch,
            ),
            (
                "default-port",
                "With the default port.",
                derived,
                named("https://mcp.chat.example:443/mcp"),
                mismatch,
            ),
            ("query", "With a query.", derived, named("https://mcp.chat.example/mcp?a"), mismatch),
            ("missing", "Nobody's.", &["R9728-002", "R9728-001"], named(Value::Null), mismatch),
            ("list", "A list.", &["R9728-001"], named(json!([PATH])), "metadata_malformed"),
            (
                "fragment",
                "With a fragment.",
                &["R9728-001"],
                named(format!("{PATH}#f")),
                "metadata_malformed",
            ),
            (
                "http",
                "Not https.",
                &["R9728-001", "MCP-035"],
                named("http://mcp.chat.example/mcp"),
                "url_insecure",
            ),
        ],
    );
    let challenged: &[&str] = &["R9728-003", "AMB-019"];
    let mut group =
        topic.group("Where a challenge said.", config(PATH, "by_challenge", "exact"), keys(), NOW);
    group.valid(case("challenged", "Its own.", "RFC 9728 §3.3", &["R9728-003"]), named(PATH), read_as(PATH));
    refuse(
        &mut group,
        "challenged",
        "RFC 9728 §3.3",
        &[
            ("challenged-root", "The root's.", challenged, named(RESOURCE), mismatch),
            (
                "challenged-other-host",
                "Another host's.",
                challenged,
                named("https://evil.example/mcp"),
                mismatch,
            ),
            (
                "challenged-slash",
                "With a slash.",
                challenged,
                named("https://mcp.chat.example/mcp/"),
                mismatch,
            ),
        ],
    );
    let prefix = config(PATH, "by_challenge", "dangerous_prefix");
    let mut group = topic.group("Prefixes are taken.", prefix, keys(), NOW);
    for (id, comment, resource) in [
        ("prefix-root", "The root's serves for the path.", RESOURCE),
        ("prefix-bare-root", "Without its slash too.", "https://mcp.chat.example"),
        ("prefix-itself", "Its own.", PATH),
    ] {
        group.valid(case(id, comment, "DESIGN §14", &["AMB-019"]), named(resource), read_as(resource));
    }
    refuse(
        &mut group,
        "prefix-root",
        "DESIGN §14",
        &[
            (
                "prefix-half-segment",
                "Half a segment.",
                challenged,
                named("https://mcp.chat.example/mc"),
                mismatch,
            ),
            (
                "prefix-longer",
                "More than the path.",
                challenged,
                named("https://mcp.chat.example/mcp/a"),
                mismatch,
            ),
            (
                "prefix-other-origin",
                "Another port.",
                challenged,
                named("https://mcp.chat.example:8443/"),
                mismatch,
            ),
            ("prefix-of-host", "A host that begins alike.", challenged, named("https://mcp.chat"), mismatch),
        ],
    );
    let normal = config("https://MCP.chat.example:443/%7Emcp", "by_challenge", "dangerous_normalized");
    let mut group = topic.group("Spellings are taken.", normal, keys(), NOW);
    let usual = "https://mcp.chat.example/~mcp";
    group.valid(
        case("normalized", "Case, default port and escapes.", "RFC 3986 §6.2.2", &["AMB-008", "MCP-015"]),
        named(usual),
        read_as(usual),
    );
    refuse(
        &mut group,
        "normalized",
        "RFC 3986 §6.2.2",
        &[
            ("normalized-slash", "A slash still counts.", &["AMB-008"], named(format!("{usual}/")), mismatch),
            (
                "normalized-path-case",
                "So does the path's case.",
                &["AMB-008"],
                named("https://mcp.chat.example/~MCP"),
                mismatch,
            ),
            (
                "normalized-port",
                "And another port.",
                &["AMB-008"],
                named("https://mcp.chat.example:444/~mcp"),
                mismatch,
            ),
        ],
    );
    let root = config(PATH, "by_root_well_known", "exact");
    let mut group = topic.group("At the root's well-known address.", root, keys(), NOW);
    for (id, comment, resource) in [
        ("root-found", "The root's.", RESOURCE),
        ("root-found-bare", "The root's, without its slash.", "https://mcp.chat.example"),
        ("root-found-path", "The path's.", PATH),
    ] {
        group.valid(
            case(id, comment, "MCP authorization", &["MCP-003", "AMB-019"]),
            named(resource),
            read_as(resource),
        );
    }
    refuse(
        &mut group,
        "root-found",
        "MCP authorization",
        &[
            (
                "root-found-other-path",
                "Another path's.",
                &["R9728-002", "MCP-003"],
                named("https://mcp.chat.example/other"),
                mismatch,
            ),
            (
                "root-found-other-host",
                "Another host's.",
                &["R9728-002", "MCP-003"],
                named("https://evil.example/"),
                mismatch,
            ),
        ],
    );
    topic.finish()
}

/// The members of a document.
pub fn read() -> Topic {
    let mut topic = TopicBuilder::new("protected_resource_metadata.read", "members");
    let root = config(RESOURCE, "by_well_known", "exact");
    let mut group = topic.group("A resource at the root.", root, keys(), NOW);
    let base = resource_document();
    let full = [
        ("authorization_servers", json!([RAS_ISSUER, OTHER_IDP_ISSUER])),
        ("bearer_methods_supported", json!(["header"])),
        ("dpop_bound_access_tokens_required", json!(true)),
        ("dpop_signing_alg_values_supported", json!(["ES256"])),
        ("resource_name", json!("Chat")),
        ("authorization_details_types_supported", json!(["file_access"])),
    ];
    let document = with(&with(&base, &full), &[("scopes_supported", json!(["write", "read"]))]);
    let set = |member: &str, value: Value| of(&with(&base, &[(member, value)]));
    group
        .valid(
            case("minimal", "A resource and its server.", "RFC 9728 §2", &["MCP-001"]),
            of(&base),
            base.clone(),
        )
        .valid(
            case("full", "Every member that is understood.", "RFC 9728 §2", &["MCP-014"]),
            of(&document),
            with(&with(&base, &full), &[("scope", "read write".into())]),
        )
        .valid(
            case("unknown-member", "An unknown member means nothing.", "RFC 9728 §2", &[]),
            set("shoe_size", json!(43)),
            base.clone(),
        );
    let servers = "authorization_servers";
    let https: &[&str] = &["MCP-035", "R8414-001"];
    let one: &[&str] = &["MCP-001", "R9728-005"];
    let many: Vec<String> = (0..33).map(|at| format!("https://as{at}.example")).collect();
    let malformed = "metadata_malformed";
    refuse(
        &mut group,
        "minimal",
        "RFC 9728 §2",
        &[
            ("no-server", "No authorization server.", one, set(servers, Value::Null), malformed),
            ("empty-servers", "An empty list of them.", one, set(servers, json!([])), malformed),
            ("servers-string", "A string.", &["MCP-001"], set(servers, json!(RAS_ISSUER)), malformed),
            (
                "servers-number",
                "A number in the list.",
                &["MCP-001"],
                set(servers, json!([RAS_ISSUER, 1])),
                malformed,
            ),
            ("servers-many", "33 of them.", &[], set(servers, json!(many)), malformed),
            (
                "server-http",
                "One is not https.",
                https,
                set(servers, json!([RAS_ISSUER, "http://b.example"])),
                "url_insecure",
            ),
            (
                "server-query",
                "One has a query.",
                &["R8414-001"],
                set(servers, json!(["https://b.example?a"])),
                malformed,
            ),
            (
                "empty-name",
                "A name without text.",
                &["R9728-005"],
                set("resource_name", json!("")),
                malformed,
            ),
            (
                "flag-string",
                "A flag in quotes.",
                &[],
                set("dpop_bound_access_tokens_required", json!("true")),
                malformed,
            ),
            (
                "scopes-string",
                "Scopes in one string.",
                &[],
                set("scopes_supported", json!("read write")),
                malformed,
            ),
            ("scope-quote", "No scope.", &["R6749-006"], set("scopes_supported", json!(["a\"b"])), malformed),
        ],
    );
    topic.finish()
}
