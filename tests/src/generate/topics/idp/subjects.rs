//! ID-JAG §4.3.2, OpenID Connect Core §3.1.3.7: which ID Token is exchanged.

use serde_json::json;

use super::{config, exchange, exchange_text, good, id_token, output, provider_keys};
use crate::format::Topic;
use crate::generate::dsl::{TopicBuilder, case, fails, with};
use crate::generate::keys::ATTACKER;
use crate::generate::mint::{Jws, break_signature};
use crate::generate::scene::{CLIENT_AT_IDP, IDP_ISSUER, NOW, OTHER_IDP_ISSUER};
use crate::generate::topics::endpoints::SECRET;

/// RFC 8693 §3.
pub const REFRESH_TOKEN: &str = "urn:ietf:params:oauth:token-type:refresh_token";
/// RFC 8693 §3.
pub const SAML2: &str = "urn:ietf:params:oauth:token-type:saml2";
const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";

/// ID Tokens.
pub fn id_tokens() -> Topic {
    let mut topic = TopicBuilder::new("idp.token_exchange", "id-tokens");
    let mut group = topic.group("ID Tokens are exchanged.", config(), provider_keys(), NOW);
    group
        .valid(
            case("good", "An ID Token becomes an ID-JAG.", "ID-JAG §4.3", &["JAG-034", "JAG-028", "JAG-053"]),
            good().input(),
            output(),
        )
        .valid(
            case(
                "aud-array",
                "The client in an array of one, and as `azp`.",
                "OIDC Core §3.1.3.7",
                &["OIDC-002"],
            ),
            exchange(&id_token().claim("aud", json!([CLIENT_AT_IDP])).claim("azp", CLIENT_AT_IDP)).input(),
            output(),
        )
        .valid(
            case(
                "cnf-ignored",
                "A `cnf` of the ID Token binds nothing without a proof.",
                "ID-JAG §9.6.1.1",
                &["JAG-104"],
            ),
            exchange(&id_token().claim("cnf", json!({"jkt": ATTACKER.es256().thumbprint()}))).input(),
            output(),
        )
        .valid(
            case(
                "sign-on",
                "What is known of the sign-on is carried unchanged.",
                "ID-JAG §3.1, §4.3.4",
                &["JAG-017", "JAG-055", "R8693-009"],
            ),
            exchange(&id_token().claim("acr", "urn:acr:mfa").claim("amr", json!(["pwd", "otp"]))).input(),
            with(
                &output(),
                &[
                    ("body/access_token/claims/acr", json!("urn:acr:mfa")),
                    ("body/access_token/claims/amr", json!(["pwd", "otp"])),
                    ("record/acr", json!("urn:acr:mfa")),
                ],
            ),
        )
        .valid(
            case(
                "ignored-claims",
                "The ID Token's e-mail address and tenant go nowhere.",
                "ID-JAG §3.1",
                &["AMB-031", "JAG-083"],
            ),
            exchange(&id_token().claim("email", "u@acme.example").claim("tenant", "globex"))
                .set("tenant", "initech")
                .input(),
            output(),
        );
    let t = id_token;
    type Row = (&'static str, &'static str, &'static [&'static str], Jws, &'static str);
    #[rustfmt::skip]
    let rows: Vec<Row> = vec![
        (
            "iss-slash",
            "The issuer with a slash more.",
            &["OIDC-001", "AMB-005"],
            t().claim("iss", format!("{IDP_ISSUER}/")),
            "issuer_mismatch",
        ),
        (
            "iss-other",
            "Another provider's ID Token.",
            &["OIDC-001", "JAG-040"],
            t().claim("iss", OTHER_IDP_ISSUER),
            "issuer_mismatch",
        ),
        ("no-iss", "No issuer.", &["OIDC-009"], t().without("iss"), "claim_missing"),
        (
            "aud-other",
            "An ID Token of another client.",
            &["JAG-041", "EMA-008", "AMB-005"],
            t().claim("aud", "another-client"),
            "audience_mismatch",
        ),
        (
            "aud-untrusted",
            "A second audience.",
            &["OIDC-002"],
            t().claim("aud", json!([CLIENT_AT_IDP, "another-client"])),
            "audience_mismatch",
        ),
        (
            "aud-none",
            "No audience in the array.",
            &["OIDC-002"],
            t().claim("aud", json!([])),
            "audience_mismatch",
        ),
        ("no-aud", "No audience.", &["OIDC-009", "OIDC-002"], t().without("aud"), "claim_missing"),
        (
            "azp-other",
            "Issued to another client.",
            &["JAG-041", "OIDC-002"],
            t().claim("azp", "another-client"),
            "authorized_party_mismatch",
        ),
        ("no-sub", "No subject.", &["OIDC-009"], t().without("sub"), "claim_missing"),
        (
            "sub-long",
            "A subject of 256 characters.",
            &["OIDC-009"],
            t().claim("sub", "s".repeat(256)),
            "claim_malformed",
        ),
        (
            "sub-not-ascii",
            "A subject beyond ASCII.",
            &["OIDC-009"],
            t().claim("sub", "jürgen"),
            "claim_malformed",
        ),
        ("no-exp", "It never expires.", &["OIDC-009", "OIDC-006"], t().without("exp"), "claim_missing"),
        (
            "expired",
            "It has expired.",
            &["OIDC-006", "JAG-040", "AMB-005"],
            t().claim("exp", NOW - 60),
            "token_expired",
        ),
        ("no-iat", "No `iat`.", &["OIDC-009"], t().without("iat"), "claim_missing"),
        ("other-signer", "Another key signed it.", &["OIDC-004", "JAG-040"], t().signed_by(ATTACKER.es256()), "signature_invalid"),
        ("unknown-key", "A key that the provider does not have.", &["OIDC-004"], t().header("kid", "attacker-es256"), "key_unknown"),
        ("alg-none", "It claims to be unsigned.", &["JAG-040", "AMB-013"], t().header("alg", "none"), "algorithm_not_allowed"),
        ("typ-access-token", "An access token in its place.", &["R8693-006", "JAG-036", "JAG-034"], t().header("typ", "at+jwt"), "typ_mismatch"),
        ("typ-grant", "An ID-JAG in its place.", &["R8693-006"], t().header("typ", "oauth-id-jag+jwt"), "typ_mismatch"),
        ("may-act-text", "`may_act` is a string.", &["R8693-006"], t().claim("may_act", "agent-7"), "claim_malformed"),
        ("sub-unknown", "A user whom the directory does not name for the audience.", &["AMB-022", "JAG-003"], t().claim("sub", "somebody-else"), "subject_unknown"),
    ];
    for (id, comment, req, token, code) in rows {
        group.invalid(
            case(id, comment, "OIDC Core §3.1.3.7", req),
            "good",
            exchange(&token).input(),
            fails(code, "invalid_grant"),
        );
    }
    for (id, comment, text, code) in [
        (
            "broken",
            "One bit of the signature is flipped.",
            break_signature(&id_token().compact()),
            "signature_invalid",
        ),
        ("garbage", "No JWT at all.", "garbage-for-a-token".to_owned(), "token_malformed"),
        ("encrypted", "An encrypted token.", "a.b.c.d.e".to_owned(), "token_encrypted"),
    ] {
        group.invalid(
            case(id, comment, "ID-JAG §4.3.2", &["JAG-040", "OIDC-004", "AMB-005"]),
            "good",
            exchange_text(&text).basic(CLIENT_AT_IDP, SECRET).input(),
            fails(code, "invalid_grant"),
        );
    }
    parameters(&mut topic);
    wire(&mut topic);
    topic.finish()
}

/// RFC 8693 §2.1: the parameters around the token.
fn parameters(topic: &mut TopicBuilder) {
    let mut group = topic.group("The parameters around the token.", config(), provider_keys(), NOW);
    for (id, comment, req, request, code) in [
        (
            "type-missing",
            "No `subject_token_type`.",
            &["JAG-036", "R8693-002", "AMB-005"][..],
            good().without("subject_token_type"),
            "parameter_missing",
        ),
        (
            "type-unknown",
            "An unknown type.",
            &["JAG-036"],
            good().set("subject_token_type", "urn:sender-chosen"),
            "subject_token_type_unsupported",
        ),
        (
            "type-access-token",
            "A type that is not exchanged.",
            &["JAG-036", "R8693-006"],
            good().set("subject_token_type", ACCESS_TOKEN),
            "subject_token_type_unsupported",
        ),
        (
            "type-refresh-token",
            "Refresh tokens are not enabled.",
            &["JAG-036"],
            good().set("subject_token_type", REFRESH_TOKEN),
            "subject_token_type_unsupported",
        ),
        (
            "type-saml",
            "Neither are SAML assertions: an ID Token declared as one.",
            &["R8693-006"],
            good().set("subject_token_type", SAML2),
            "subject_token_type_unsupported",
        ),
        (
            "requested-missing",
            "No `requested_token_type`.",
            &["JAG-026", "EMA-002"],
            good().without("requested_token_type"),
            "parameter_missing",
        ),
        (
            "requested-other",
            "Another type is requested.",
            &["JAG-026"],
            good().set("requested_token_type", ACCESS_TOKEN),
            "requested_token_type_unsupported",
        ),
        (
            "requested-refresh",
            "A refresh token, for an ID Token.",
            &["JAG-026"],
            good().set("requested_token_type", REFRESH_TOKEN),
            "requested_token_type_unsupported",
        ),
        (
            "audience-missing",
            "No `audience`.",
            &["JAG-027", "EMA-002"],
            good().without("audience"),
            "parameter_missing",
        ),
        (
            "audience-empty",
            "An empty `audience`.",
            &["JAG-027", "R6749-002"],
            good().set("audience", ""),
            "parameter_missing",
        ),
        (
            "token-missing",
            "No `subject_token`.",
            &["JAG-033", "R8693-002", "EMA-002"],
            good().without("subject_token"),
            "parameter_missing",
        ),
    ] {
        group.invalid(
            case(id, comment, "RFC 8693 §2.1", req),
            "good",
            request.input(),
            fails(code, "invalid_request"),
        );
    }
}

/// AMB-005: what a faulty subject token is on the wire.
fn wire(topic: &mut TopicBuilder) {
    let config = with(&config(), &[("server/subject_fault", json!("invalid_request"))]);
    topic
        .group(
            "A faulty subject token is `invalid_request`, as RFC 8693 has it.",
            config,
            provider_keys(),
            NOW,
        )
        .valid(case("rfc8693", "A good one.", "RFC 8693 §2.2.2", &["AMB-005"]), good().input(), output())
        .invalid(
            case("rfc8693-expired", "An expired one.", "RFC 8693 §2.2.2", &["AMB-005", "R8693-012"]),
            "rfc8693",
            exchange(&id_token().claim("exp", NOW - 60)).input(),
            fails("token_expired", "invalid_request"),
        );
    topic
        .group(
            "The provider's own keys cannot be had.",
            super::config(),
            crate::generate::dsl::keys().private("server", crate::generate::keys::IDP.es256()),
            NOW,
        )
        .invalid(
            case("no-keys", "Nothing is decided.", "RFC 6749 §4.1.2.1", &["JAG-040"]),
            "good",
            good().input(),
            fails("keys_unavailable", "temporarily_unavailable"),
        );
}
