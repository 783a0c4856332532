//! RFC 7523 §3, RFC 7515: the text of an ID-JAG, its signature, and whose key made it.

use serde_json::json;

use super::{config, grant, output, redeem, redeem_text, server_keys};
use crate::format::Topic;
use crate::generate::dsl::{TopicBuilder, case, fails, keys, with};
use crate::generate::keys::{ATTACKER, IDP, OTHER_IDP, RAS, jwks};
use crate::generate::mint::{Jws, break_signature};
use crate::generate::scene::{CLIENT_ID, IDP_ISSUER, NOW, OTHER_IDP_ISSUER, RAS_ISSUER, RESOURCE, SUBJECT};

/// The text of the assertion, its keys and its algorithms.
pub fn signatures() -> Topic {
    let mut topic = TopicBuilder::new("resource_as.token", "signatures");
    let mut group = topic.group("One trusted issuer with an ES256 key.", config(), server_keys(), NOW);
    let good = grant().compact();
    let send = |text: &str| redeem_text(text).basic(CLIENT_ID, super::endpoints::SECRET).input();
    group.valid(case("good", "A good ID-JAG.", "RFC 7523 §3", &["CHAIN-003"]), send(&good), output()).valid(
        case("typ-spelling", "The type with its prefix, in upper case.", "RFC 7515 §4.1.9", &["AMB-009"]),
        redeem(&grant().header("typ", "Application/OAuth-ID-JAG+JWT")).input(),
        output(),
    );
    for (id, comment, req, text, code) in [
        (
            "broken",
            "One bit of the signature is flipped.",
            &["R7523-012", "R7523-015"][..],
            break_signature(&good),
            "signature_invalid",
        ),
        ("garbage", "No JWT at all.", &["R7523-013", "R7521-001"], "garbage".to_owned(), "token_malformed"),
        (
            "two-tokens",
            "Two JWTs, separated by a space.",
            &["R7523-001"],
            format!("{good} {good}"),
            "token_malformed",
        ),
        (
            "encrypted",
            "Five segments: an encrypted token.",
            &["AMB-029"],
            "a.b.c.d.e".to_owned(),
            "token_encrypted",
        ),
        (
            "unsigned",
            "No signature.",
            &["R7523-012", "AMB-013"],
            format!("{}.", good.rsplit_once('.').expect("a token").0),
            "token_malformed",
        ),
        (
            "no-claims",
            "A payload that is an array.",
            &["R7523-013"],
            grant().payload_bytes("[]").compact(),
            "claims_malformed",
        ),
        (
            "large",
            "A token of more than 16 KiB.",
            &["R7523-013"],
            format!("{good}{}", "A".repeat(16 * 1024)),
            "token_too_large",
        ),
    ] {
        group.invalid(
            case(id, comment, "RFC 7523 §3", req),
            "good",
            send(&text),
            fails(code, "invalid_grant"),
        );
    }
    group
        .invalid(
            case("typ-parameter", "The type with a parameter.", "RFC 7515 §4.1.9", &["AMB-009"]),
            "good",
            redeem(&grant().header("typ", "oauth-id-jag+jwt; x=1")).input(),
            fails("typ_mismatch", "invalid_grant"),
        )
        .invalid(
            case("header-key", "A key in the header is not looked at.", "RFC 8725 §3.1", &["EMAP12-006"]),
            "good",
            redeem(&grant().header("jwk", ATTACKER.es256().bare_jwk()).signed_by(ATTACKER.es256())).input(),
            fails("signature_invalid", "invalid_grant"),
        );
    topic
        .group("The keys of the issuer cannot be had.", config(), keys().private("server", RAS.es256()), NOW)
        .invalid(
            case(
                "no-keys",
                "Nothing is decided, and nothing is spent.",
                "RFC 6749 §4.1.2.1",
                &["EMAP12-006"],
            ),
            "good",
            send(&good),
            fails("keys_unavailable", "temporarily_unavailable"),
        );
    let rs256 = Jws::new(
        IDP.rs256(),
        "oauth-id-jag+jwt",
        &json!({
            "iss": IDP_ISSUER, "sub": SUBJECT, "aud": RAS_ISSUER, "client_id": CLIENT_ID, "jti": "jag-1",
            "iat": NOW, "exp": NOW + 300, "resource": RESOURCE, "scope": "chat.read chat.history",
        }),
    );
    let rsa_keys = || keys().set(IDP_ISSUER, jwks(&[IDP.rs256()])).private("server", RAS.es256());
    let allowed = with(&config(), &[("server/trusted_issuers/0/algorithms", json!(["RS256"]))]);
    topic
        .group("The issuer signs with RS256.", allowed, rsa_keys(), NOW)
        .valid(
            case("rs256", "RS256 is mandatory to implement.", "RFC 7523 §5", &["R7523-016", "AMB-012"]),
            redeem(&rs256).input(),
            output(),
        )
        .invalid(
            case("rs256-broken", "One bit is flipped.", "RFC 7523 §3", &["R7523-016"]),
            "rs256",
            send(&break_signature(&rs256.compact())),
            fails("signature_invalid", "invalid_grant"),
        );
    topic.group("The issuer may sign with ES256 only.", config(), rsa_keys(), NOW).invalid(
        case(
            "rs256-not-allowed",
            "The allow-list leaves RS256 out.",
            "RFC 8725 §3.1",
            &["AMB-012", "EMAP12-005"],
        ),
        "rs256",
        redeem(&rs256).input(),
        fails("algorithm_not_allowed", "invalid_grant"),
    );
    let twice = keys()
        .set(IDP_ISSUER, json!({"keys": [IDP.es256().public_jwk(), IDP.es256().public_jwk()]}))
        .private("server", RAS.es256());
    topic.group("The issuer publishes two keys of one name.", config(), twice, NOW).invalid(
        case("two-keys", "Keys are not tried in turn.", "RFC 7517 §4.5", &["EMAP12-006"]),
        "good",
        send(&good),
        fails("key_ambiguous", "invalid_grant"),
    );
    two_issuers(&mut topic);
    topic.finish()
}

/// Each issuer has its own keys and its own users.
fn two_issuers(topic: &mut TopicBuilder) {
    let config = with(
        &config(),
        &[
            ("server/trusted_issuers/1", json!({"issuer": OTHER_IDP_ISSUER, "clients": [CLIENT_ID]})),
            (
                "accounts/1",
                json!({"issuer": OTHER_IDP_ISSUER, "subject": SUBJECT, "account": {"subject": "user-2"}}),
            ),
        ],
    );
    let both = server_keys().set(OTHER_IDP_ISSUER, jwks(&[OTHER_IDP.es256()]));
    let of_other = grant().header("kid", "other-idp-es256").claim("iss", OTHER_IDP_ISSUER);
    topic
        .group("Two trusted issuers.", config, both, NOW)
        .valid(
            case(
                "same-sub-other-issuer",
                "The same `sub` of another issuer is another user.",
                "ID-JAG §3.1",
                &["JAG-005", "AMB-022"],
            ),
            redeem(&of_other.clone().signed_by(OTHER_IDP.es256())).input(),
            with(
                &output(),
                &[
                    ("body/access_token/claims/sub", json!("user-2")),
                    ("record/issuer", json!(OTHER_IDP_ISSUER)),
                ],
            ),
        )
        .invalid(
            case(
                "key-of-other-issuer",
                "One issuer's key does not sign for another.",
                "RFC 7523 §3",
                &["EMAP12-006", "R7523-012"],
            ),
            "same-sub-other-issuer",
            redeem(&of_other.signed_by(IDP.es256())).input(),
            fails("signature_invalid", "invalid_grant"),
        );
}
