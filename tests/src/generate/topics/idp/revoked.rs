//! DESIGN §8: ID Tokens that are held against a list of revocations.

use serde_json::{Value, json};

use super::{config, good, output, provider_keys};
use crate::format::Topic;
use crate::generate::dsl::{TopicBuilder, case, fails, with};
use crate::generate::scene::{CLIENT_AT_IDP, IDP_ISSUER, NOW, SUBJECT};

const SPEC: &str = "DESIGN §8";

fn revoking(member: &str, value: &str, until: u64) -> Value {
    let entry = json!({"iss": IDP_ISSUER, member: value, "issued_before": until, "retain_until": NOW + 900});
    with(&config(), &[("revocations", json!({"entries": [entry]}))])
}

/// A user's, and a client's.
pub fn topic() -> Topic {
    let mut topic = TopicBuilder::new("idp.token_exchange", "revocations");
    for (id, hit, comment, miss, entry) in [
        (
            "another-user",
            "user",
            "A user's sign-ons.",
            revoking("sub", "U2", NOW),
            revoking("sub", SUBJECT, NOW),
        ),
        (
            "another-client",
            "client",
            "A client's sign-ons.",
            revoking("client_id", "client-2", NOW),
            revoking("client_id", CLIENT_AT_IDP, NOW),
        ),
    ] {
        topic.group(comment, miss, provider_keys(), NOW).valid(
            case(id, "Another one's are revoked.", SPEC, &[]),
            good().input(),
            output(),
        );
        topic.group(comment, entry, provider_keys(), NOW).invalid(
            case(hit, comment, SPEC, &[]),
            id,
            good().input(),
            fails("token_revoked", "invalid_grant"),
        );
    }
    let required = with(&config(), &[("server/revocation", json!("required"))]);
    let with_list = with(&required, &[("revocations", json!({"entries": []}))]);
    topic.group("A list is required, and there.", with_list, provider_keys(), NOW).valid(
        case("required", "Nothing is revoked.", SPEC, &[]),
        good().input(),
        output(),
    );
    topic.group("A list is required.", required, provider_keys(), NOW).invalid(
        case("required-missing", "Without a list nothing is decided.", SPEC, &[]),
        "required",
        good().input(),
        fails("revocations_unavailable", "temporarily_unavailable"),
    );
    topic.finish()
}
