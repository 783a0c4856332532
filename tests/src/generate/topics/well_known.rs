//! `well_known.urls`: MCP authorization, RFC 9728 §3.1, RFC 8414 §3.1 and §5.

use super::discovery::{ELSEWHERE, PATH};
use crate::format::Topic;
use crate::generate::dsl::{TopicBuilder, case, keys};
use crate::generate::scene::NOW;
use crate::generate::web::refuse;
use serde_json::json;

/// Where documents may be.
pub fn urls() -> Topic {
    let mut topic = TopicBuilder::new("well_known.urls", "order");
    let mut group = topic.group("Addresses in the order to try.", json!({}), keys(), NOW);
    let host = "https://a.example/.well-known";
    let three = json!({"urls": [
        format!("{host}/oauth-authorization-server/t1"),
        format!("{host}/openid-configuration/t1"),
        "https://a.example/t1/.well-known/openid-configuration",
    ]});
    let two = json!({"urls": [
        format!("{host}/oauth-authorization-server"), format!("{host}/openid-configuration"),
    ]});
    let path: &[&str] = &["MCP-005", "R8414-003"];
    let bare: &[&str] = &["MCP-006", "R8414-003"];
    for (id, comment, req, issuer, output) in [
        ("issuer-path", "An issuer with a path.", path, "https://a.example/t1", &three),
        ("issuer-path-slash", "A terminating slash is removed.", path, "https://a.example/t1/", &three),
        ("issuer", "An issuer without path.", bare, "https://a.example", &two),
        ("issuer-slash", "Nor with one that is only a slash.", bare, "https://a.example/", &two),
    ] {
        group.valid(case(id, comment, "RFC 8414 §3.1", req), json!({"issuer": issuer}), output.clone());
    }
    let deep = json!({"urls": [
        format!("{host}/oauth-authorization-server/a/b"),
        format!("{host}/openid-configuration/a/b"),
        "https://a.example/a/b/.well-known/openid-configuration",
    ]});
    group.valid(
        case("issuer-deep", "Two segments.", "RFC 8414 §3.1", path),
        json!({"issuer": "https://a.example/a/b"}),
        deep,
    );
    let resource = "oauth-protected-resource";
    let known: &[&str] = &["R9728-004", "MCP-003"];
    for (id, comment, at, output) in [
        (
            "resource-root",
            "The root has one address.",
            "https://a.example",
            json!([format!("{host}/{resource}")]),
        ),
        (
            "resource-root-slash",
            "With or without its slash.",
            "https://a.example/",
            json!([format!("{host}/{resource}")]),
        ),
        (
            "resource-path",
            "The path's, then the root's.",
            "https://a.example/mcp",
            json!([format!("{host}/{resource}/mcp"), format!("{host}/{resource}")]),
        ),
        (
            "resource-path-slash",
            "A slash that ends a path stays.",
            "https://a.example/mcp/",
            json!([format!("{host}/{resource}/mcp/"), format!("{host}/{resource}")]),
        ),
        (
            "resource-query",
            "So does a query.",
            "https://a.example/mcp?k=v",
            json!([format!("{host}/{resource}/mcp?k=v"), format!("{host}/{resource}")]),
        ),
        (
            "resource-root-query",
            "The root's slash is removed before its query.",
            "https://a.example/?k=v",
            json!([format!("{host}/{resource}?k=v"), format!("{host}/{resource}")]),
        ),
    ] {
        group.valid(
            case(id, comment, "RFC 9728 §3.1", known),
            json!({"resource": at}),
            json!({"urls": output}),
        );
    }
    let challenged = json!({"resource": PATH, "resource_metadata": ELSEWHERE});
    group.valid(
        case("challenged", "What a challenge said is the only address.", "RFC 9728 §5.1", &["MCP-003"]),
        challenged,
        json!({"urls": [ELSEWHERE]}),
    );
    refuse(
        &mut group,
        "issuer-path",
        "RFC 8414 §2",
        &[
            (
                "issuer-query",
                "With a query.",
                &["R8414-001", "MCP-005"],
                json!({"issuer": "https://a.example/t1?x"}),
                "url_malformed",
            ),
            (
                "issuer-fragment",
                "With a fragment.",
                &["R8414-001", "MCP-005"],
                json!({"issuer": "https://a.example/t1#"}),
                "url_malformed",
            ),
            (
                "issuer-http",
                "Not https.",
                &["R8414-001", "MCP-035"],
                json!({"issuer": "http://a.example/t1"}),
                "url_insecure",
            ),
        ],
    );
    refuse(
        &mut group,
        "resource-path",
        "RFC 9728 §1.2",
        &[
            (
                "resource-fragment",
                "With a fragment.",
                &["R9728-004", "R9728-001"],
                json!({"resource": "https://a.example/mcp#x"}),
                "url_malformed",
            ),
            (
                "resource-http",
                "Not https.",
                &["R9728-001", "MCP-035"],
                json!({"resource": "http://a.example/mcp"}),
                "url_insecure",
            ),
        ],
    );
    refuse(
        &mut group,
        "challenged",
        "RFC 9728 §5.1",
        &[(
            "challenged-http",
            "Not https.",
            &["MCP-035"],
            json!({"resource": PATH, "resource_metadata": "http://mcp.chat.example/elsewhere.json"}),
            "url_insecure",
        )],
    );
    topic.finish()
}
