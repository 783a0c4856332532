//! ID-JAG §4.3.3, RFC 8707: for which server and resource an ID-JAG is asked.

use serde_json::{Value, json};

use super::{config, good, output, provider_keys};
use crate::format::Topic;
use crate::generate::dsl::{TopicBuilder, case, fails, with};
use crate::generate::scene::{IDP_ISSUER, NOW, RAS_ISSUER, RESOURCE, RESOURCE2};

const OTHER_RAS: &str = "https://auth.mail.example/";
const OTHER_RESOURCE: &str = "https://mcp.mail.example/";

/// Two servers, the first with two resources.
fn two_servers() -> Value {
    with(
        &config(),
        &[
            ("policy/servers/0/resources", json!([RESOURCE, RESOURCE2])),
            (
                "policy/servers/1",
                json!({
                    "id": "mail", "issuer": OTHER_RAS, "resources": [OTHER_RESOURCE], "client_ids": {"chat-agent": "mail-client"},
                }),
            ),
            (
                "directory/1",
                json!({"subject": crate::generate::scene::SUBJECT, "audience": OTHER_RAS, "user": {"subject": "pairwise-for-mail"}}),
            ),
        ],
    )
}

fn for_resource(output: &Value, claim: &Value, resources: &[&str]) -> Value {
    with(
        output,
        &[("body/access_token/claims/resource", claim.clone()), ("record/resources", json!(resources))],
    )
}

/// `audience` and `resource`.
pub fn targets() -> Topic {
    let mut topic = TopicBuilder::new("idp.token_exchange", "targets");
    let mut group =
        topic.group("Two servers; the first guards two resources.", two_servers(), provider_keys(), NOW);
    let both = json!([RESOURCE, RESOURCE2]);
    let mail = with(
        &for_resource(&output(), &json!(OTHER_RESOURCE), &[OTHER_RESOURCE]),
        &[
            ("body/access_token/claims/aud", json!(OTHER_RAS)),
            ("body/access_token/claims/sub", json!("pairwise-for-mail")),
            ("body/access_token/claims/client_id", json!("mail-client")),
            ("record/audience", json!(OTHER_RAS)),
            ("record/target_client_id", json!("mail-client")),
        ],
    );
    group
        .valid(
            case(
                "good",
                "One server, one resource: the token is for nobody else.",
                "ID-JAG §4.3",
                &["JAG-006", "JAG-055", "JAG-054"],
            ),
            good().input(),
            output(),
        )
        .valid(
            case(
                "other-server",
                "For the other server the user and the client have other names.",
                "ID-JAG §3.1",
                &["JAG-003", "JAG-007", "AMB-022"],
            ),
            good().set("audience", OTHER_RAS).set("resource", OTHER_RESOURCE).input(),
            mail,
        )
        .valid(
            case("two-resources", "Two resources of one server.", "RFC 8707 §2", &["R8707-004", "JAG-045"]),
            good().add("resource", RESOURCE2).input(),
            for_resource(&output(), &both, &[RESOURCE, RESOURCE2]),
        )
        .valid(
            case("resource-twice", "The same resource twice is one.", "RFC 8707 §2", &["R8707-004"]),
            good().add("resource", RESOURCE).input(),
            output(),
        );
    for (id, comment, req, audience, code) in [
        (
            "audience-unknown",
            "A server that nobody listed.",
            &["CHAIN-001", "AMB-006"][..],
            "https://sender-chosen.example/",
            "audience_unknown",
        ),
        (
            "audience-case",
            "The audience in another case.",
            &["AMB-008", "EMA-003"],
            "https://AUTH.chat.example/",
            "audience_unknown",
        ),
        (
            "audience-no-slash",
            "The audience without its slash.",
            &["AMB-008", "EMA-003"],
            "https://auth.chat.example",
            "audience_unknown",
        ),
        ("audience-self", "The provider itself.", &["CHAIN-001", "JAG-095"], IDP_ISSUER, "audience_unknown"),
        (
            "audience-is-resource",
            "A resource in place of its server.",
            &["JAG-039"],
            RESOURCE,
            "audience_unknown",
        ),
    ] {
        group.invalid(
            case(id, comment, "RFC 8693 §2.2.2", req),
            "good",
            good().set("audience", audience).input(),
            fails(code, "invalid_target"),
        );
    }
    group.invalid(
        case("audience-twice", "Two audiences.", "RFC 8693 §2.1", &["CHAIN-002", "JAG-006"]),
        "good",
        good().add("audience", OTHER_RAS).input(),
        fails("audience_repeated", "invalid_target"),
    );
    for (id, comment, req, resource, code) in [
        (
            "resource-of-other-server",
            "A resource of the other server.",
            &["EMAP12-014", "AMB-006", "EMA-005"][..],
            OTHER_RESOURCE,
            "resource_unknown",
        ),
        (
            "resource-unknown",
            "A resource that nobody listed.",
            &["AMB-006", "JAG-045"],
            "https://sender-chosen.example/",
            "resource_unknown",
        ),
        (
            "resource-is-server",
            "A server in place of its resource.",
            &["JAG-039"],
            RAS_ISSUER,
            "resource_unknown",
        ),
        (
            "resource-slash",
            "The resource without its slash.",
            &["AMB-008", "EMA-005"],
            "https://mcp.chat.example",
            "resource_unknown",
        ),
        (
            "resource-relative",
            "A relative reference.",
            &["R8693-004", "R8707-001", "JAG-045"],
            "/mcp",
            "resource_malformed",
        ),
        (
            "resource-fragment",
            "A fragment.",
            &["R8693-004", "R8707-002", "JAG-045"],
            "https://mcp.chat.example/#x",
            "resource_malformed",
        ),
        (
            "resource-empty-fragment",
            "An empty fragment.",
            &["R8693-004", "R8707-002"],
            "https://mcp.chat.example/#",
            "resource_malformed",
        ),
    ] {
        group.invalid(
            case(id, comment, "RFC 8707 §2", req),
            "good",
            good().set("resource", resource).input(),
            fails(code, "invalid_target"),
        );
    }
    group.invalid(
        case(
            "resource-missing",
            "No resource, and two that could be meant.",
            "MCP EMA §5",
            &["EMA-004", "AMB-007"],
        ),
        "good",
        good().without("resource").input(),
        fails("resource_required", "invalid_target"),
    );
    let many = (0..17).fold(good(), |request, _| request.add("resource", RESOURCE));
    group.invalid(
        case("resources-many", "More than sixteen.", "RFC 8707 §2", &["R8707-004"]),
        "good",
        many.input(),
        fails("resource_malformed", "invalid_target"),
    );
    defaults(&mut topic);
    topic.finish()
}

fn defaults(topic: &mut TopicBuilder) {
    let without = || good().without("resource").input();
    topic.group("One resource.", config(), provider_keys(), NOW).valid(
        case(
            "only-one",
            "No resource is asked for, and only one could be meant.",
            "MCP EMA §5",
            &["AMB-007"],
        ),
        without(),
        output(),
    );
    let default = with(&two_servers(), &[("server/audiences/0/default_resource", json!(RESOURCE))]);
    topic.group("Two resources and a default.", default, provider_keys(), NOW).valid(
        case("default", "The default.", "MCP EMA §5", &["AMB-007"]),
        without(),
        output(),
    );
    let base = with(
        &two_servers(),
        &[("server/mcp", json!(false)), ("server/audiences/0/aliases", json!(["chat"]))],
    );
    let nothing = with(
        &output(),
        &[("body/access_token/claims/resource", Value::Null), ("record/resources", Value::Null)],
    );
    topic
        .group(
            "Outside of MCP: no resource is needed, and audiences have other names.",
            base,
            provider_keys(),
            NOW,
        )
        .valid(
            case("base", "No resource: the token has none.", "ID-JAG §4.3", &["AMB-007"]),
            without(),
            nothing,
        )
        .valid(
            case(
                "audience-alias",
                "The audience by its other name; the token names the issuer.",
                "ID-JAG §4.3",
                &["AMB-008", "JAG-006"],
            ),
            good().set("audience", "chat").input(),
            output(),
        )
        .invalid(
            case(
                "audience-alias-other",
                "A name that nobody configured.",
                "ID-JAG §4.3",
                &["AMB-008", "CHAIN-001"],
            ),
            "audience-alias",
            good().set("audience", "chatter").input(),
            fails("audience_unknown", "invalid_target"),
        );
    let reported = with(&config(), &[("server/report_resource", json!(true))]);
    topic.group("The granted resource is reported.", reported, provider_keys(), NOW).valid(
        case("reported", "As a string, for one.", "ID-JAG §4.3.4", &["AMB-011"]),
        good().input(),
        with(&output(), &[("body/resource", json!(RESOURCE))]),
    );
}
