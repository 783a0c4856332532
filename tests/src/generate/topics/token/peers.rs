//! Defects that were seen in other implementations (PEERS.md §4), as grants that they accept or refuse wrongly.

use serde_json::{Value, json};

use super::claim_types::slashed;
use crate::format::Topic;
use crate::generate::dsl::case;
use crate::generate::keys::{IDP, SHORT};
use crate::generate::scene::{NOW, RAS_ISSUER, RAS_TOKEN_ENDPOINT};
use crate::generate::verifiers::{EXPIRES, ID_JAG, ISSUED, jag, row};

const SPEC: &str = "PEERS §4";

/// The topic `peers` of `id_jag.verify`.
pub fn peers() -> Topic {
    let mut topic = ID_JAG.topic("peers");
    let key = |jwk: Value| {
        let mut jwk = jwk;
        jwk["kid"] = json!("idp-rsa");
        json!({"keys": [jwk]})
    };
    let rsa = || jag().header("alg", "RS256").header("kid", "idp-rsa");
    let mismatch = |id: &str, comment: &str, aud: Value| {
        row(
            case(id, comment, SPEC, &["JAG-066", "JAG-067", "JAG-068"]),
            jag().claim("aud", aud),
            "audience_mismatch",
        )
    };
    let strict = [("window", json!({"tolerance": 0}))];
    ID_JAG
        .bench_with(&mut topic, "No tolerance.", &strict)
        .accepts_good(SPEC)
        .accepts(
            case("one-element-array", "Refused by several: an `aud` array of one.", SPEC, &["JAG-067"]),
            &jag().claim("aud", json!([RAS_ISSUER])),
        )
        .accepts(
            case("media-type", "Refused by several: `typ` with its prefix.", SPEC, &["AMB-009"]),
            &jag().header("typ", "application/oauth-id-jag+jwt"),
        )
        .accepts(
            case("fractional-dates", "Refused by several: dates with a fraction.", SPEC, &["R7519-006"]),
            &jag().claim("iat", 1_699_999_990.75),
        )
        .accepts(
            case("no-resource", "Refused by one: no `resource`.", SPEC, &["JAG-012"]),
            &jag().without("resource"),
        )
        .refuses(
            "good",
            [
                mismatch(
                    "aud-starts-with",
                    "`aud` begins with the issuer.",
                    json!(format!("{RAS_ISSUER}attacker")),
                ),
                mismatch(
                    "aud-any-match",
                    "One of two audiences matches.",
                    json!([RAS_ISSUER, "https://attacker.example"]),
                ),
                mismatch("aud-token-endpoint", "The token endpoint.", json!(RAS_TOKEN_ENDPOINT)),
                mismatch("aud-slash", "The issuer without its slash.", json!(slashed(RAS_ISSUER))),
                row(
                    case("jti-number", "`jti` is a number.", SPEC, &["JAG-009"]),
                    jag().claim("jti", 1),
                    "claim_malformed",
                ),
                row(
                    case("iat-string", "`iat` is a string.", SPEC, &["JAG-011", "R7519-006"]),
                    jag().claim("iat", ISSUED.to_string()),
                    "claim_malformed",
                ),
                row(
                    case("iat-absent", "No `iat`.", SPEC, &["JAG-011"]),
                    jag().without("iat"),
                    "claim_missing",
                ),
                row(
                    case("exp-is-now", "`now` is `exp`.", SPEC, &["R7519-004", "R7523-006"]).at(EXPIRES),
                    jag(),
                    "token_expired",
                ),
                row(
                    case(
                        "details-ignored",
                        "Details that cannot be read are not dropped.",
                        SPEC,
                        &["JAG-073"],
                    ),
                    jag().claim("authorization_details", "[]"),
                    "details_malformed",
                ),
                row(
                    case(
                        "act-ignored",
                        "An actor that cannot be read is not dropped.",
                        SPEC,
                        &["JAG-015", "R8693-014"],
                    ),
                    jag().claim("act", "agent"),
                    "claim_malformed",
                ),
                row(
                    case(
                        "cnf-ignored",
                        "A binding that is not understood makes no bearer grant.",
                        SPEC,
                        &["AMB-003"],
                    ),
                    jag().claim("cnf", json!({"x5t#S256": "AQ"})),
                    "confirmation_unsupported",
                ),
                row(
                    case(
                        "sub-id-ignored",
                        "A subject identifier that cannot be read is not dropped.",
                        SPEC,
                        &["JAG4-002"],
                    ),
                    jag().claim("sub_id", "jane"),
                    "subject_identifier_unusable",
                ),
                row(
                    case("iat-ahead", "Issued tomorrow.", SPEC, &["AMB-026"]),
                    jag().claim("iat", NOW + 86_400),
                    "token_issued_in_future",
                ),
                row(
                    case("odd-claims", "A claim of a type that crashes.", SPEC, &["R7519-007"]),
                    jag().claim("sub", json!([[{}]])),
                    "claim_malformed",
                ),
            ],
        );
    let algorithms = [("algorithms", json!(["RS256"]))];
    ID_JAG
        .bench_of(&mut topic, "An RSA key of 2048 bits.", &algorithms, key(IDP.rs256().public_jwk()))
        .accepts(
            case("rsa-2048", "An RSA key of 2048 bits.", SPEC, &["R7518-001"]),
            &rsa().signed_by(IDP.rs256()),
        );
    let about = case("rsa-1024", "An RSA key of 1024 bits, accepted by all.", SPEC, &["R7518-001"]);
    ID_JAG
        .bench_of(&mut topic, "An RSA key of 1024 bits.", &algorithms, key(SHORT.rs256().public_jwk()))
        .refuses(
            "rsa-2048",
            [row(
                about.differs(&["/input/token/signature", "/keys/sets/issuer/keys/0/n"]),
                rsa().signed_by(SHORT.rs256()),
                "key_unknown",
            )],
        );
    topic.finish()
}
