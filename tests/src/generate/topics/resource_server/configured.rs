//! AMB-008, AMB-012, AMB-032: what a configuration lets through that the default does not.

use serde_json::{Value, json};

use super::{call, claims, config, output, post, server_keys, token};
use crate::generate::dsl::{TopicBuilder, case, fails, with};
use crate::generate::keys::{RAS, jwks};
use crate::generate::mint::{Jws, break_signature};
use crate::generate::scene::{NOW, RAS_ISSUER};

/// AMB-008: other names of the resource, by configuration.
pub fn names(topic: &mut TopicBuilder) {
    let named = |aud: &str| with(&output(), &[("claims/aud", json!([aud]))]);
    for (id, invalid, comment, member, value, aud, refused) in [
        (
            "alias",
            "alias-case",
            "The resource has a further identifier.",
            "resource_aliases",
            json!(["urn:chat"]),
            "urn:chat",
            "urn:CHAT",
        ),
        (
            "normalized",
            "normalized-path",
            "Identifiers are normalised.",
            "normalize_resource",
            json!(true),
            "https://MCP.chat.example:443/",
            "https://MCP.chat.example:443/x",
        ),
    ] {
        let config = with(&config(), &[(&format!("server/{member}"), value)]);
        topic
            .group(comment, config, server_keys(), NOW)
            .valid(
                case(id, comment, "DESIGN §3.9", &["AMB-008"]),
                call(&token().claim("aud", aud)).input(),
                named(aud),
            )
            .invalid(
                case(invalid, "Another identifier.", "DESIGN §3.9", &["AMB-008", "R9068-017"]),
                id,
                call(&token().claim("aud", refused)).input(),
                fails("audience_mismatch", "invalid_token"),
            );
    }
}

/// AMB-032: what one server is excused from, by name.
pub fn relaxed(topic: &mut TopicBuilder) {
    let gone = |name: &str, field: Option<&str>| {
        let output = with(&output(), &[(&format!("claims/{name}"), Value::Null)]);
        field.map_or(output.clone(), |field| with(&output, &[(&format!("record/{field}"), Value::Null)]))
    };
    let excused =
        |what: &str| with(&config(), &[("server/authorization_servers/0/relaxed", json!({what: true}))]);
    for (id, invalid, relaxation, claim, field) in [
        ("excused-sub", "excused-sub-only", "subject", "sub", Some("subject")),
        ("excused-client-id", "excused-client-id-only", "client_id", "client_id", Some("client_id")),
        ("excused-iat", "excused-iat-only", "issued_at", "iat", None),
        ("excused-jti", "excused-jti-only", "token_id", "jti", Some("token_id")),
    ] {
        topic
            .group(&format!("The server is excused from `{claim}`."), excused(relaxation), server_keys(), NOW)
            .valid(
                case(id, "A token without it.", "DESIGN §14", &["AMB-032"]),
                call(&token().without(claim)).input(),
                gone(claim, field),
            )
            .invalid(
                case(invalid, "A token without `exp` too.", "DESIGN §14", &["AMB-032"]),
                id,
                call(&token().without(claim).without("exp")).input(),
                fails("claim_missing", "invalid_token"),
            );
    }
    topic
        .group("The server is excused from the type.", excused("typ"), server_keys(), NOW)
        .valid(
            case("excused-typ", "A token of type JWT.", "DESIGN §14", &["AMB-032"]),
            call(&token().header("typ", "JWT")).input(),
            output(),
        )
        .invalid(
            case("excused-typ-only", "An ID-JAG is still none.", "DESIGN §14", &["AMB-032", "R9068-014"]),
            "excused-typ",
            call(&token().header("typ", "oauth-id-jag+jwt")).input(),
            fails("typ_mismatch", "invalid_token"),
        );
}

/// RS256 is mandatory to implement.
pub fn rs256(topic: &mut TopicBuilder) {
    let config = with(&config(), &[("server/authorization_servers/0/algorithms", json!(["RS256"]))]);
    let token = Jws::new(RAS.rs256(), "at+jwt", &claims());
    let keys = crate::generate::dsl::keys().set(RAS_ISSUER, jwks(&[RAS.rs256()]));
    topic
        .group("The server signs with RS256.", config, keys, NOW)
        .valid(
            case("rs256", "RS256 is mandatory to implement.", "RFC 9068 §2.1", &["R9068-002", "AMB-012"]),
            call(&token).input(),
            output(),
        )
        .invalid(
            case("rs256-broken", "One bit is flipped.", "RFC 9068 §4", &["R9068-002", "R9068-018"]),
            "rs256",
            post(super::CALL)
                .header("Authorization", format!("Bearer {}", break_signature(&token.compact())))
                .input(),
            fails("signature_invalid", "invalid_token"),
        );
}
