//! `discovery.run`: MCP authorization, RFC 9728 §3, RFC 8414 §3.

use crate::format::Topic;
use crate::generate::dsl::{GroupBuilder, TopicBuilder, case, keys, with};
use crate::generate::scene::{NOW, OTHER_IDP_ISSUER, RAS_ISSUER, RAS_TOKEN_ENDPOINT, RESOURCE};
use crate::generate::web::{
    Refusal, found, get, json_response, not_found, ras_as_read, ras_document, refuse, resource_document,
    response,
};
use serde_json::{Value, json};

pub(super) const PATH: &str = "https://mcp.chat.example/mcp";

const AT_ROOT: &str = "https://mcp.chat.example/.well-known/oauth-protected-resource";

const AT_PATH: &str = "https://mcp.chat.example/.well-known/oauth-protected-resource/mcp";

pub(super) const ELSEWHERE: &str = "https://mcp.chat.example/elsewhere.json";

const AT_RAS: &str = "https://auth.chat.example/.well-known/oauth-authorization-server";

const TENANT: &str = "https://auth.chat.example/t1";

/// The document of the resource with a path.
fn path_document() -> Value {
    with(&resource_document(), &[("resource", PATH.into())])
}

fn script(resource: &str, responses: &[Value]) -> Value {
    json!({"resource": resource, "responses": responses})
}

fn result(requests: &[&str], resource: &Value, server: &Value) -> Value {
    let requests: Vec<Value> = requests.iter().map(|url| get(url)).collect();
    json!({"requests": requests, "resource": resource, "authorization_server": server})
}

/// From a resource to its authorization server.
pub fn run() -> Topic {
    let mut topic = TopicBuilder::new("discovery.run", "resource");
    let mut group = topic.group("The first server, exact comparison.", json!({}), keys(), NOW);
    let (root, path) = (found(&resource_document()), found(&path_document()));
    let ras = found(&ras_document());
    let challenged =
        |responses: &[Value]| with(&script(PATH, responses), &[("resource_metadata", ELSEWHERE.into())]);
    let page = response(200, "text/html; charset=utf-8", "<p>Welcome</p>");
    let tenant = with(&path_document(), &[("authorization_servers", json!([TENANT]))]);
    let tenant_server = json!({"issuer": TENANT, "token_endpoint": RAS_TOKEN_ENDPOINT});
    let tenant_read = with(&tenant_server, &[("id_jag_profile", "not_listed".into())]);
    let tenant_urls = [
        "https://auth.chat.example/.well-known/oauth-authorization-server/t1",
        "https://auth.chat.example/.well-known/openid-configuration/t1",
        "https://auth.chat.example/t1/.well-known/openid-configuration",
    ];
    let read = ras_as_read();
    group
        .valid(
            case("root", "One address each.", "MCP authorization", &["MCP-003", "R9728-004"]),
            script(RESOURCE, &[root.clone(), ras.clone()]),
            result(&[AT_ROOT, AT_RAS], &resource_document(), &read),
        )
        .valid(
            case("path", "The path's own document.", "RFC 9728 §3.1", &["MCP-003", "R9728-002"]),
            script(PATH, &[path.clone(), ras.clone()]),
            result(&[AT_PATH, AT_RAS], &path_document(), &read),
        )
        .valid(
            case(
                "path-then-root",
                "The root's, since the path has none.",
                "MCP authorization",
                &["MCP-003", "AMB-019"],
            ),
            script(PATH, &[not_found(), root.clone(), ras.clone()]),
            result(&[AT_PATH, AT_ROOT, AT_RAS], &resource_document(), &read),
        )
        .valid(
            case("page-then-root", "A page is no document.", "MCP authorization", &["MCP-003"]),
            script(PATH, &[page.clone(), root.clone(), ras.clone()]),
            result(&[AT_PATH, AT_ROOT, AT_RAS], &resource_document(), &read),
        )
        .valid(
            case("challenged", "Where the challenge said.", "RFC 9728 §5.1", &["MCP-003", "R9728-003"]),
            challenged(&[path.clone(), ras.clone()]),
            result(&[ELSEWHERE, AT_RAS], &path_document(), &read),
        )
        .valid(
            case("server-by-openid", "The second address of a server.", "MCP authorization", &["MCP-006"]),
            script(RESOURCE, &[root.clone(), not_found(), ras.clone()]),
            result(
                &[AT_ROOT, AT_RAS, "https://auth.chat.example/.well-known/openid-configuration"],
                &resource_document(),
                &read,
            ),
        )
        .valid(
            case(
                "tenant-by-openid",
                "The third address of a server with a path.",
                "MCP authorization",
                &["MCP-005"],
            ),
            script(PATH, &[found(&tenant), not_found(), not_found(), found(&tenant_server)]),
            result(&[AT_PATH, tenant_urls[0], tenant_urls[1], tenant_urls[2]], &tenant, &tenant_read),
        );
    let evil = |document: &Value, member: &str, value: Value| found(&with(document, &[(member, value)]));
    let of_another = evil(&path_document(), "resource", json!("https://evil.example/mcp"));
    let foreign = evil(&ras_document(), "issuer", json!("https://evil.example/"));
    let slashless = evil(&ras_document(), "issuer", json!("https://auth.chat.example"));
    let insecure = evil(&path_document(), "authorization_servers", json!(["http://auth.chat.example/"]));
    let http_token = evil(&ras_document(), "token_endpoint", json!("http://auth.chat.example/token"));
    let redirect = json_response(302, &path_document());
    let down = json_response(503, &path_document());
    let (first, second) = (
        |r: &Value| script(PATH, &[r.clone(), ras.clone()]),
        |r: &Value| script(PATH, &[path.clone(), r.clone()]),
    );
    let rows: [Refusal<'_>; 8] = [
        (
            "resource-mismatch",
            "A mismatch never leads on.",
            &["R9728-002", "AMB-008"],
            first(&of_another),
            "metadata_resource_mismatch",
        ),
        (
            "issuer-mismatch",
            "Nor does a server's.",
            &["R8414-002", "MCP-007"],
            second(&foreign),
            "metadata_issuer_mismatch",
        ),
        (
            "issuer-slash",
            "A slash counts.",
            &["R8414-002", "MCP-007", "AMB-008"],
            second(&slashless),
            "metadata_issuer_mismatch",
        ),
        (
            "server-http",
            "The server is not https.",
            &["MCP-035", "R8414-001"],
            first(&insecure),
            "url_insecure",
        ),
        (
            "token-endpoint-http",
            "Its endpoint is not.",
            &["MCP-035", "MCP-033"],
            second(&http_token),
            "url_insecure",
        ),
        ("redirect", "A redirect is not followed.", &["R9728-002"], first(&redirect), "redirect_refused"),
        ("down", "To be asked again.", &[], first(&down), "server_failed"),
        (
            "server-down",
            "The server too.",
            &[],
            second(&json_response(503, &ras_document())),
            "server_failed",
        ),
    ];
    refuse(&mut group, "path", "MCP authorization", &rows);
    let nowhere = "metadata_not_found";
    refuse(
        &mut group,
        "path-then-root",
        "MCP authorization",
        &[(
            "nowhere",
            "Neither the path nor the root has one.",
            &["MCP-003", "R9728-004"],
            script(PATH, &[not_found(), not_found(), ras.clone()]),
            nowhere,
        )],
    );
    refuse(
        &mut group,
        "challenged",
        "RFC 9728 §5.1",
        &[
            (
                "challenged-not-found",
                "No other address is tried.",
                &["MCP-003"],
                challenged(&[not_found(), ras.clone()]),
                nowhere,
            ),
            (
                "challenged-root",
                "The root's document.",
                &["R9728-003", "AMB-019"],
                challenged(&[root.clone(), ras.clone()]),
                "metadata_resource_mismatch",
            ),
        ],
    );
    refuse(
        &mut group,
        "server-by-openid",
        "MCP authorization",
        &[(
            "server-nowhere",
            "Two addresses and no third.",
            &["MCP-006"],
            script(RESOURCE, &[root.clone(), not_found(), not_found()]),
            nowhere,
        )],
    );
    refuse(
        &mut group,
        "tenant-by-openid",
        "MCP authorization",
        &[(
            "tenant-nowhere",
            "Three addresses and no fourth.",
            &["MCP-005"],
            script(PATH, &[found(&tenant), not_found(), not_found(), not_found()]),
            nowhere,
        )],
    );
    choices(&mut topic);
    topic.finish()
}

/// Which of several servers is used.
fn choices(topic: &mut TopicBuilder) {
    let listed =
        with(&resource_document(), &[("authorization_servers", json!([OTHER_IDP_ISSUER, RAS_ISSUER]))]);
    let first = json!({"issuer": OTHER_IDP_ISSUER, "token_endpoint": "https://other.idp.example/token"});
    let first_read = with(&first, &[("id_jag_profile", "not_listed".into())]);
    let at_first = "https://other.idp.example/.well-known/oauth-authorization-server";
    let chosen_first = |group: &mut GroupBuilder<'_>, id, comment: &str, req: &[&str]| {
        group.valid(
            case(id, comment, "MCP authorization", req),
            script(RESOURCE, &[found(&listed), found(&first)]),
            result(&[AT_ROOT, at_first], &listed, &first_read),
        );
    };
    let chosen_ras = |group: &mut GroupBuilder<'_>, id, comment: &str, req: &[&str]| {
        group.valid(
            case(id, comment, "MCP authorization", req),
            script(RESOURCE, &[found(&listed), found(&ras_document())]),
            result(&[AT_ROOT, AT_RAS], &listed, &ras_as_read()),
        );
    };
    chosen_first(&mut topic.group("Any server.", json!({}), keys(), NOW), "first", "The first.", &[]);
    let prefer = |issuer: &str| json!({"prefer": [issuer]});
    let require = |issuer: &str| json!({"require": [issuer]});
    let mut group = topic.group("Registered with the second.", prefer(RAS_ISSUER), keys(), NOW);
    chosen_ras(&mut group, "preferred", "The one with which the client is registered.", &["MCP-009"]);
    let mut group = topic.group("Registered with none.", prefer("https://third.example"), keys(), NOW);
    chosen_first(&mut group, "preferred-absent", "Else the first.", &[]);
    let mut group = topic.group("Bound to the second.", require(RAS_ISSUER), keys(), NOW);
    chosen_ras(&mut group, "required", "The only one with which it is registered.", &["MCP-009", "MCP-010"]);
    for (id, comment, issuer) in [
        ("required-absent", "Credentials are never used elsewhere.", "https://third.example"),
        ("required-slash", "A slash makes another issuer.", "https://auth.chat.example"),
    ] {
        let mut group = topic.group("Bound to none of them.", require(issuer), keys(), NOW);
        refuse(
            &mut group,
            "required",
            "MCP authorization",
            &[(
                id,
                comment,
                &["MCP-009", "MCP-010"],
                script(RESOURCE, &[found(&listed), found(&ras_document())]),
                "credentials_issuer_mismatch",
            )],
        );
    }
}

/// The metadata of an issuer that is known already.
pub fn issuer() -> Topic {
    let mut topic = TopicBuilder::new("discovery.run", "issuer");
    let mut group = topic.group("A known issuer.", json!({}), keys(), NOW);
    let script = |responses: &[Value]| json!({"issuer": RAS_ISSUER, "responses": responses});
    let openid = "https://auth.chat.example/.well-known/openid-configuration";
    let ras = found(&ras_document());
    let output = |urls: &[&str]| {
        let requests: Vec<Value> = urls.iter().map(|url| get(url)).collect();
        json!({"requests": requests, "authorization_server": ras_as_read()})
    };
    group
        .valid(
            case("first", "RFC 8414.", "RFC 8414 §3.1", &["MCP-006", "R8414-003"]),
            script(core::slice::from_ref(&ras)),
            output(&[AT_RAS]),
        )
        .valid(
            case("second", "OpenID Connect Discovery.", "RFC 8414 §5", &["MCP-006"]),
            script(&[not_found(), ras.clone()]),
            output(&[AT_RAS, openid]),
        );
    let foreign = found(&with(&ras_document(), &[("issuer", json!("https://evil.example/"))]));
    refuse(
        &mut group,
        "first",
        "RFC 8414 §3.3",
        &[(
            "foreign",
            "Another issuer's.",
            &["R8414-002", "MCP-007"],
            script(&[foreign]),
            "metadata_issuer_mismatch",
        )],
    );
    refuse(
        &mut group,
        "second",
        "RFC 8414 §3.1",
        &[(
            "nowhere",
            "Two addresses and no third.",
            &["MCP-006", "R8414-003"],
            script(&[not_found(), not_found()]),
            "metadata_not_found",
        )],
    );
    topic.finish()
}
