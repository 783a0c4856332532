//! The client: authorization details that come back narrower than they were asked for (RFC 9396 §7, JAG-057).

use serde_json::{Value, json};

use crate::format::Topic;
use crate::generate::client_scene::{client_keys, exchanged, id_jag, ras};
use crate::generate::dsl::{TopicBuilder, case, fails_locally, with};
use crate::generate::scene::{CLIENT_ID, NOW, RAS_ISSUER, RESOURCE};

const SPEC: &str = "RFC 9396 §7";

fn payment(limit: u64) -> Value {
    json!([{"type": "payment", "actions": ["pay"], "limit": limit}])
}

/// What the client makes of details in the IdP's answer.
pub fn answer() -> Topic {
    let mut topic = TopicBuilder::new("client.exchange_response", "details");
    let redeemer = json!({"audience": ras(), "client_id": CLIENT_ID, "binding": "unbound"});
    let mut group = topic.group("Asked to pay at most 100.", redeemer, client_keys(), NOW);
    let came = |details: Value| {
        json!({
            "response": exchanged(&id_jag(&[("authorization_details", details)]), &[]),
            "resource": [RESOURCE], "scope": "read write", "authorization_details": payment(100),
            "detail_types": {"payment": {"at_most": ["limit"]}},
        })
    };
    let whole = |details: Value| {
        json!({
            "audience": RAS_ISSUER, "expires_at": NOW + 300, "scope": "read write", "authorization_details": details,
        })
    };
    let unchanged = || ("detail_types/payment", json!({"unchanged": true}));
    let no_actions = json!([{"type": "payment", "actions": [], "limit": 100}]);
    group
        .valid(case("whole", "All of it.", SPEC, &["JAG-057"]), came(payment(100)), whole(payment(100)))
        .valid(
            case("lower", "Less, as the type allows.", SPEC, &["JAG-057"]),
            came(payment(50)),
            whole(payment(50)),
        )
        .valid(
            case("subset", "Fewer actions, as every type allows.", SPEC, &["JAG-057"]),
            with(&came(no_actions.clone()), &[("detail_types", json!({}))]),
            whole(no_actions),
        )
        .valid(
            case("kept", "A type that is passed on unchanged.", SPEC, &["JAG-057"]),
            with(&came(payment(100)), &[unchanged()]),
            whole(payment(100)),
        )
        .invalid(
            case("higher", "More.", SPEC, &["JAG-057"]),
            "lower",
            came(payment(101)),
            fails_locally("grant_widened"),
        )
        .invalid(
            case("undeclared", "Of a type that is not declared, less may be more.", SPEC, &["JAG-057"]),
            "lower",
            with(&came(payment(50)), &[("detail_types", json!({}))]),
            fails_locally("grant_widened"),
        )
        .invalid(
            case("unchanged", "A type that is passed on unchanged was changed.", SPEC, &["JAG-057"]),
            "kept",
            with(&came(payment(50)), &[unchanged()]),
            fails_locally("grant_widened"),
        );
    topic.finish()
}
