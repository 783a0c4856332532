//! ID-JAG §4.3.3, RFC 6749 §3.3, RFC 9396: within which scope and details an ID-JAG is asked.

use serde_json::{Value, json};

use super::{config, good, output, provider_keys, scoped};
use crate::format::Topic;
use crate::generate::dsl::{TopicBuilder, case, fails, with};
use crate::generate::scene::{NOW, RESOURCE2};

fn detailed(output: &Value, details: &Value, asked: &[&str]) -> Value {
    with(
        output,
        &[
            ("body/authorization_details", details.clone()),
            ("body/access_token/claims/authorization_details", details.clone()),
            ("record/details_asked", json!(asked)),
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
            detailed(&output(), &json!([channel]), &["channel"]),
        )
        .valid(
            case(
                "details-narrowed",
                "Of two, one is not permitted: it is left out, visibly.",
                "ID-JAG §4.3.4",
                &["JAG-057", "AMB-016", "JAG-052"],
            ),
            ask(&json!([channel, {"type": "export"}])).input(),
            detailed(&output(), &json!([channel]), &["channel", "export"]),
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
