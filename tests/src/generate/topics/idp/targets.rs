//! ID-JAG §4.3.3, RFC 8707, RFC 9396: for which server, resource, scope and details an ID-JAG is asked.

use serde_json::{Value, json};

use super::{config, good, output, provider_keys, scoped};
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
                &["JAG-006", "JAG-020", "JAG-052"],
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

fn detailed(output: &Value, details: &Value) -> Value {
    with(
        output,
        &[
            ("body/authorization_details", details.clone()),
            ("body/access_token/claims/authorization_details", details.clone()),
        ],
    )
}

/// `scope` and `authorization_details`.
pub fn rights() -> Topic {
    let mut topic = TopicBuilder::new("idp.token_exchange", "rights");
    let mut group =
        topic.group("Policy permits two scopes and one type of details.", config(), provider_keys(), NOW);
    let channel = json!({"type": "channel", "channel": "general", "actions": ["read"]});
    let ask = |details: &Value| good().set("authorization_details", details.to_string());
    group
        .valid(case("good", "Both scopes.", "ID-JAG §4.3", &["JAG-046"]), good().input(), output())
        .valid(
            case(
                "narrowed",
                "A scope that policy does not permit is left out, visibly.",
                "ID-JAG §4.3.4",
                &["JAG-046", "JAG-056", "JAG-052"],
            ),
            good().set("scope", "chat.read chat.write").input(),
            scoped(&output(), "chat.read chat.write", "chat.read"),
        )
        .invalid(
            case(
                "nothing-granted",
                "Nothing else was asked for.",
                "ID-JAG §4.3.3",
                &["JAG-044", "JAG-046", "AMB-004"],
            ),
            "narrowed",
            good().set("scope", "chat.write").input(),
            fails("policy_denied", "access_denied"),
        )
        .valid(
            case(
                "default-scope",
                "None is asked for: what policy permits by name.",
                "RFC 6749 §3.3",
                &["R8693-011"],
            ),
            good().without("scope").input(),
            with(&output(), &[("record/scope_asked", Value::Null)]),
        )
        .valid(
            case(
                "details",
                "Details beside scope and resource.",
                "RFC 9396 §6",
                &["JAG-047", "JAG-048", "JAG-049"],
            ),
            ask(&json!([channel])).input(),
            detailed(&output(), &json!([channel])),
        )
        .valid(
            case(
                "details-narrowed",
                "Of two, one is not permitted: it is left out, visibly.",
                "ID-JAG §4.3.4",
                &["JAG-057", "AMB-016", "JAG-052"],
            ),
            ask(&json!([channel, {"type": "export"}])).input(),
            detailed(&output(), &json!([channel])),
        )
        .invalid(
            case(
                "details-all-dropped",
                "None is permitted, although the scope is.",
                "ID-JAG §4.3.3",
                &["AMB-016", "JAG-049", "AMB-004"],
            ),
            "details-narrowed",
            ask(&json!([{"type": "export"}])).input(),
            fails("policy_denied", "access_denied"),
        )
        .invalid(
            case(
                "details-and-scope",
                "The details are permitted, the scope is not.",
                "ID-JAG §4.3.3",
                &["JAG-049"],
            ),
            "details",
            ask(&json!([channel])).set("scope", "chat.write").input(),
            fails("policy_denied", "access_denied"),
        );
    const UNFIT: &[&str] = &["R9396-002", "R9396-003", "AMB-016"];
    for (id, comment, req, text, code) in [
        (
            "details-no-json",
            "No JSON.",
            &["JAG-047"][..],
            "sender chosen text".to_owned(),
            "details_malformed",
        ),
        (
            "details-no-array",
            "An object in place of the array.",
            &["JAG-047"],
            channel.to_string(),
            "details_malformed",
        ),
        (
            "details-no-type",
            "No type.",
            &["R9396-001"],
            json!([{"actions": ["read"]}]).to_string(),
            "details_malformed",
        ),
        (
            "details-duplicate",
            "A member twice.",
            &["AMB-028"],
            r#"[{"type":"export","type":"channel"}]"#.to_owned(),
            "details_malformed",
        ),
        (
            "details-unknown-type",
            "A type that the server does not take.",
            UNFIT,
            json!([channel, {"type": "payment"}]).to_string(),
            "details_type_unknown",
        ),
        (
            "details-unknown-member",
            "A member that the type does not have.",
            UNFIT,
            json!([{"type": "export", "until": 7}]).to_string(),
            "details_invalid",
        ),
        (
            "details-member-missing",
            "A member that the type needs is missing.",
            UNFIT,
            json!([{"type": "channel"}]).to_string(),
            "details_invalid",
        ),
        (
            "details-mistyped",
            "`actions` is a string.",
            &["R9396-006", "R9396-002"],
            json!([{"type": "export", "actions": "all"}]).to_string(),
            "details_invalid",
        ),
        (
            "details-elsewhere",
            "A detail about another place than the resource asked for.",
            &["JAG-048"],
            json!([{"type": "export", "locations": [RESOURCE2]}]).to_string(),
            "details_invalid",
        ),
    ] {
        group.invalid(
            case(id, comment, "RFC 9396 §5", req),
            "details",
            good().set("authorization_details", text).input(),
            fails(code, "invalid_authorization_details"),
        );
    }
    topic.finish()
}
