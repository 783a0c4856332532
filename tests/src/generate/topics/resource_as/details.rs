//! RFC 9396: authorization details in a grant and in its redemption.

use serde_json::{Value, json};

use super::{config, grant, output, redeem, server_keys};
use crate::format::Topic;
use crate::generate::dsl::{TopicBuilder, case, fails, with};
use crate::generate::scene::{NOW, RESOURCE, RESOURCE2};

/// The type that the server offers.
pub fn detail_types() -> Value {
    json!({"channel": {"members": ["channel"], "required": ["channel"]}, "export": {}})
}

/// A detail of that type.
pub fn detail(actions: &[&str]) -> Value {
    json!({"type": "channel", "channel": "general", "actions": actions})
}

fn granted(output: &Value, details: &Value, asked: &[&str]) -> Value {
    with(
        output,
        &[
            ("body/authorization_details", details.clone()),
            ("body/access_token/claims/authorization_details", details.clone()),
            ("record/details_asked", json!(asked)),
        ],
    )
}

/// A payment: an amount in a currency, an account, and labels.
fn payment(changes: &[(&str, Value)]) -> Value {
    let payment = json!({
        "type": "payment", "account": "CH93", "labels": ["rent", "food"],
        "total": {"currency": "EUR", "amount": "123.50"}, "times": 12,
    });
    with(&payment, changes)
}

/// How the members of a type may be narrowed.
pub fn narrowing() -> Topic {
    let mut topic = TopicBuilder::new("resource_as.token", "narrowing");
    let types = json!({
        "payment": {"members": ["account"], "subset": ["labels"], "at_most": ["total.amount", "times"]},
        "opaque": {"unchanged": true},
    });
    let config = with(&config(), &[("server/detail_types", types)]);
    let mut group =
        topic.group("Payments, and a type of which nothing is known.", config, server_keys(), NOW);
    let opaque = json!({"type": "opaque", "actions": ["a", "b"], "any": {"thing": [1]}});
    let claimed = || redeem(&grant().claim("authorization_details", json!([payment(&[]), opaque])));
    let ask = |details: Value| claimed().set("authorization_details", details.to_string()).input();
    let gives = |details: Value| {
        let kinds: Vec<&str> =
            details.as_array().into_iter().flatten().filter_map(|one| one["type"].as_str()).collect();
        granted(&output(), &details, &kinds)
    };
    const SPEC: &str = "RFC 9396 §6";
    group.valid(
        case("whole", "Nothing is asked for: all of the grant.", SPEC, &["R9396-004"]),
        claimed().input(),
        gives(json!([payment(&[]), opaque])),
    );
    for (id, comment, changes) in [
        ("amount", "A lower amount of the same currency.", vec![("total/amount", json!("9.99"))]),
        ("amount-written-otherwise", "The same amount.", vec![("total/amount", json!("0123.5"))]),
        ("count", "Fewer times.", vec![("times", json!(1))]),
        ("subset", "One label of two.", vec![("labels", json!(["food"]))]),
        ("limit-added", "A limit that the grant does not have.", vec![("actions", json!(["pay"]))]),
    ] {
        let asked = json!([payment(&changes)]);
        group.valid(case(id, comment, SPEC, &["R9396-004"]), ask(asked.clone()), gives(asked));
    }
    group.valid(
        case("unchanged", "What nothing is known of, as it is.", SPEC, &["R9396-004"]),
        ask(json!([opaque])),
        gives(json!([opaque])),
    );
    let not_granted = || fails("details_not_granted", "invalid_authorization_details");
    for (id, twin, comment, path, value) in [
        ("more", "amount", "A higher amount.", "total/amount", json!("123.51")),
        ("longer-number", "amount", "More digits.", "total/amount", json!("1000")),
        ("another-kind", "amount", "A number in place of a text.", "total/amount", json!(9)),
        ("more-often", "count", "More times.", "times", json!(13)),
        ("another-label", "subset", "A label that was not granted.", "labels", json!(["food", "fun"])),
        ("no-amount", "amount", "No amount at all means any.", "total/amount", Value::Null),
    ] {
        group.invalid(
            case(id, comment, SPEC, &["R9396-003", "AMB-016"]),
            twin,
            ask(json!([payment(&[(path, value)])])),
            not_granted(),
        );
    }
    for (id, comment, path, value) in [
        ("another-currency", "Another currency.", "total/currency", json!("CHF")),
        ("another-account", "Another account.", "account", json!("CH94")),
        ("no-account", "No account at all.", "account", Value::Null),
        ("no-labels", "No labels at all mean any.", "labels", Value::Null),
        ("member-added", "A member inside that was not granted.", "total/tip", json!("1")),
        (
            "identifier-added",
            "A member that must stay as it is, where there is none.",
            "identifier",
            json!("7"),
        ),
    ] {
        let lower = ("total/amount", json!("9.99"));
        group.invalid(
            case(id, comment, SPEC, &["R9396-003", "AMB-016"]),
            "amount",
            ask(json!([payment(&[lower, (path, value)])])),
            not_granted(),
        );
    }
    group.invalid(
        case("unknown-narrowed", "Of what nothing is known, a part may be more.", SPEC, &["AMB-016"]),
        "unchanged",
        ask(json!([with(&opaque, &[("actions", json!(["a"]))])])),
        not_granted(),
    );
    for (id, comment, value) in [
        ("negative", "A negative amount.", json!("-1")),
        ("exponent", "An exponent.", json!("1e2")),
        ("no-fraction", "A point without digits.", json!("1.")),
        ("fraction-number", "A number that is not whole.", json!(9.5)),
        ("amount-list", "A list.", json!(["9"])),
    ] {
        group.invalid(
            case(id, comment, "RFC 9396 §5", &["R9396-002"]),
            "amount",
            ask(json!([payment(&[("total/amount", value)])])),
            fails("details_invalid", "invalid_authorization_details"),
        );
    }
    topic.finish()
}

/// The claim and the parameter.
pub fn details() -> Topic {
    let mut topic = TopicBuilder::new("resource_as.token", "details");
    let config = with(&config(), &[("server/detail_types", detail_types())]);
    let mut group = topic.group("Two types of details are offered.", config, server_keys(), NOW);
    let claimed = |details: Value| redeem(&grant().claim("authorization_details", details));
    let both = json!([detail(&["read", "post"]), {"type": "export"}]);
    let asked = |details: &Value| claimed(both.clone()).set("authorization_details", details.to_string());
    group
        .valid(
            case(
                "claim",
                "Details of the grant are granted and reported, beside resource and scope.",
                "RFC 9396 §7",
                &["JAG-073", "JAG-048", "JAG-049"],
            ),
            claimed(both.clone()).input(),
            granted(&output(), &both, &["channel", "export"]),
        )
        .valid(
            case("locations", "A detail for this resource.", "RFC 9396 §3", &["JAG-048", "R9396-001"]),
            claimed(json!([{"type": "export", "locations": [RESOURCE]}])).input(),
            granted(&output(), &json!([{"type": "export", "locations": [RESOURCE]}]), &["export"]),
        )
        .valid(
            case(
                "narrowed",
                "The request takes one of two, with fewer actions.",
                "RFC 9396 §6",
                &["R9396-004"],
            ),
            asked(&json!([detail(&["read"])])).input(),
            granted(&output(), &json!([detail(&["read"])]), &["channel"]),
        )
        .valid(
            case(
                "elsewhere-dropped",
                "A detail for another resource does not go into this token.",
                "RFC 9396 §9.2",
                &["JAG-073"],
            ),
            claimed(json!([{"type": "export", "locations": [RESOURCE2]}, detail(&["read"])])).input(),
            granted(&output(), &json!([detail(&["read"])]), &["export", "channel"]),
        );
    group.valid(
        case(
            "elsewhere-too",
            "A detail for this resource and another: the token tells of this one.",
            "RFC 9396 §9.1",
            &["R9396-005"],
        ),
        claimed(json!([{"type": "export", "locations": [RESOURCE2, RESOURCE]}])).input(),
        granted(&output(), &json!([{"type": "export", "locations": [RESOURCE]}]), &["export"]),
    );
    const UNFIT: &[&str] = &["R9396-002", "R9396-003", "AMB-016"];
    for (id, comment, req, details, code) in [
        (
            "unknown-type",
            "A type that is not offered.",
            UNFIT,
            json!([{"type": "payment"}, {"type": "export"}]),
            "details_type_unknown",
        ),
        (
            "unknown-member",
            "A member that the type does not have.",
            UNFIT,
            json!([detail(&["read"]), {"type": "export", "until": 7}]),
            "details_invalid",
        ),
        (
            "member-missing",
            "A member that the type needs is missing.",
            UNFIT,
            json!([{"type": "channel"}, {"type": "export"}]),
            "details_invalid",
        ),
        (
            "actions-text",
            "`actions` is a string.",
            &["R9396-006", "R9396-002"],
            json!([detail(&["read"]), {"type": "export", "actions": "all"}]),
            "details_invalid",
        ),
        (
            "identifier-number",
            "`identifier` is a number.",
            &["R9396-006", "R9396-002"],
            json!([detail(&["read"]), {"type": "export", "identifier": 1}]),
            "details_invalid",
        ),
        (
            "locations-numbers",
            "`locations` holds numbers.",
            &["R9396-006"],
            json!([detail(&["read"]), {"type": "export", "locations": [1]}]),
            "details_invalid",
        ),
        (
            "no-type",
            "A detail without a type.",
            &["R9396-001", "JAG-073"],
            json!([detail(&["read"]), {"actions": ["read"]}]),
            "details_malformed",
        ),
        (
            "type-number",
            "A type that is a number.",
            &["R9396-001"],
            json!([detail(&["read"]), {"type": 1}]),
            "details_malformed",
        ),
        (
            "not-objects",
            "An array of strings.",
            &["R9396-001", "JAG-073"],
            json!(["channel", "export"]),
            "details_malformed",
        ),
        (
            "no-array",
            "An object in place of the array.",
            &["JAG-073"],
            json!({"type": "export"}),
            "details_malformed",
        ),
    ] {
        group.invalid(
            case(id, comment, "RFC 9396 §5", req),
            "claim",
            claimed(details).input(),
            fails(code, "invalid_authorization_details"),
        );
    }
    for (id, comment, details, code) in [
        (
            "asked-more",
            "An action beyond the grant.",
            json!([detail(&["read", "delete"])]),
            "details_not_granted",
        ),
        (
            "asked-any",
            "No actions at all means all of them.",
            json!([{"type": "channel", "channel": "general"}]),
            "details_not_granted",
        ),
        (
            "asked-other",
            "Another channel.",
            json!([{"type": "channel", "channel": "board", "actions": ["read"]}]),
            "details_not_granted",
        ),
        (
            "asked-unknown",
            "A type that is not offered.",
            json!([{"type": "payment"}]),
            "details_type_unknown",
        ),
    ] {
        group.invalid(
            case(id, comment, "RFC 9396 §6", &["R9396-003", "AMB-016"]),
            "narrowed",
            asked(&details).input(),
            fails(code, "invalid_authorization_details"),
        );
    }
    group
        .invalid(
            case("asked-no-json", "The parameter is no JSON.", "RFC 9396 §2", &["R9396-001", "R9396-003"]),
            "narrowed",
            claimed(both.clone()).set("authorization_details", "channel").input(),
            fails("details_malformed", "invalid_authorization_details"),
        )
        .invalid(
            case(
                "all-dropped",
                "Every detail is for another resource: nothing that was asked for is left.",
                "ID-JAG §4.4.2",
                &["AMB-016", "AMB-004"],
            ),
            "locations",
            claimed(json!([{"type": "export", "locations": [RESOURCE2]}])).input(),
            fails("policy_denied", "access_denied"),
        );
    group.invalid(
        case("asked-duplicate", "A member twice in the parameter.", "RFC 8259 §4", &["AMB-028", "R9396-003"]),
        "narrowed",
        claimed(both).set("authorization_details", r#"[{"type":"export","type":"export"}]"#).input(),
        fails("details_malformed", "invalid_authorization_details"),
    );
    topic.finish()
}
