//! DESIGN §8: grants that are held against a list of revocations, before anything of them is spent.

use serde_json::{Value, json};

use super::{config, grant, output, redeem, server_keys};
use crate::format::Topic;
use crate::generate::dsl::{TopicBuilder, case, fails, with};
use crate::generate::scene::{CLIENT_ID, IDP_ISSUER, NOW, RAS_ISSUER, SUBJECT};

const SPEC: &str = "DESIGN §8";

fn revoking(entry: &Value) -> Value {
    let entry = with(entry, &[("retain_until", json!(NOW + 900))]);
    with(&config(), &[("revocations", json!({"entries": [entry]}))])
}

/// By the claims of the ID-JAG, and by those of the token that it would become.
pub fn topic() -> Topic {
    let mut topic = TopicBuilder::new("resource_as.token", "revocations");
    let of = |issuer: &str, name: &str, value: &str| json!({"iss": issuer, name: value});
    let until = |entry: Value, at: u64| with(&entry, &[("issued_before", json!(at))]);
    for (id, hit, comment, miss, entry) in [
        (
            "another-jti",
            "jti",
            "The ID-JAG by its id.",
            of(IDP_ISSUER, "jti", "jag-2"),
            of(IDP_ISSUER, "jti", "jag-1"),
        ),
        (
            "another-user",
            "user",
            "A user's grants.",
            until(of(IDP_ISSUER, "sub", "U2"), NOW),
            until(of(IDP_ISSUER, "sub", SUBJECT), NOW),
        ),
        (
            "another-client",
            "client",
            "A client's grants.",
            until(of(IDP_ISSUER, "client_id", "client-2"), NOW),
            until(of(IDP_ISSUER, "client_id", CLIENT_ID), NOW),
        ),
        (
            "issued-after",
            "issued-at",
            "Grants until the second in which it was issued.",
            until(of(IDP_ISSUER, "sub", SUBJECT), NOW - 1),
            until(of(IDP_ISSUER, "sub", SUBJECT), NOW),
        ),
        (
            "another-grants-tokens",
            "grants-tokens",
            "The tokens of an ID-JAG: it yields no more of them.",
            of(RAS_ISSUER, "jag_jti", "jag-2"),
            of(RAS_ISSUER, "jag_jti", "jag-1"),
        ),
        (
            "clients-tokens-until-now",
            "clients-tokens",
            "A client's tokens here, until a time that is yet to come.",
            until(of(RAS_ISSUER, "client_id", CLIENT_ID), NOW - 1),
            until(of(RAS_ISSUER, "client_id", CLIENT_ID), NOW),
        ),
    ] {
        topic.group(comment, revoking(&miss), server_keys(), NOW).valid(
            case(id, "Another one is revoked, or what is older.", SPEC, &[]),
            redeem(&grant()).input(),
            output(),
        );
        topic.group(comment, revoking(&entry), server_keys(), NOW).invalid(
            case(hit, comment, SPEC, &[]),
            id,
            redeem(&grant()).input(),
            fails("token_revoked", "invalid_grant"),
        );
    }
    let required = with(&config(), &[("server/revocation", json!("required"))]);
    let with_list = with(&required, &[("revocations", json!({"entries": []}))]);
    topic.group("A list is required, and there.", with_list, server_keys(), NOW).valid(
        case("required", "Nothing is revoked.", SPEC, &[]),
        redeem(&grant()).input(),
        output(),
    );
    topic.group("A list is required.", required, server_keys(), NOW).invalid(
        case("required-missing", "Without a list nothing is decided.", SPEC, &[]),
        "required",
        redeem(&grant()).input(),
        fails("revocations_unavailable", "temporarily_unavailable"),
    );
    topic.finish()
}
