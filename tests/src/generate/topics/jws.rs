//! `jws.verify`: RFC 7515, RFC 7518 and RFC 8725 below the meaning of any claim.

use serde_json::{Value, json};

use crate::format::Topic;
use crate::generate::dsl::{TopicBuilder, case, fails_locally, keys};
use crate::generate::keys::{ATTACKER, Alg, IDP, TestKey, jwks};
use crate::generate::mint::{Jws, break_signature, with_padding, with_trailing_bits};
use crate::generate::scene::NOW;

pub(super) const PAYLOAD: &str = r#"{"iss":"https://acme.idp.example"}"#;

pub(super) fn token(key: TestKey) -> Jws {
    Jws::new(key, "JWT", &json!({"iss": "https://acme.idp.example"}))
}

pub(super) fn input(token: &str) -> Value {
    json!({"token": token})
}

pub(super) fn output(key: TestKey) -> Value {
    json!({"alg": key.alg.name(), "kid": key.kid(), "payload": PAYLOAD})
}

/// Every algorithm that exists here, and that nothing else does.
pub fn algorithms() -> Topic {
    let mut topic = TopicBuilder::new("jws.verify", "algorithms");
    let all: Vec<TestKey> = Alg::ALL.map(|alg| IDP.key(alg)).to_vec();
    let config = json!({"algorithms": Alg::ALL.map(Alg::name)});
    let mut group = topic.group("Every algorithm is allowed.", config, keys().set("issuer", jwks(&all)), NOW);
    for (key, valid, invalid) in [
        (IDP.es256(), "es256", "es256-broken"),
        (IDP.es384(), "es384", "es384-broken"),
        (IDP.eddsa(), "eddsa", "eddsa-broken"),
        (IDP.rs256(), "rs256", "rs256-broken"),
        (IDP.ps256(), "ps256", "ps256-broken"),
    ] {
        let compact = token(key).compact();
        let name = key.alg.name();
        group
            .valid(
                case(valid, &format!("A token signed with {name}."), "RFC 7515 §5.2", &["R7515-008"]),
                input(&compact),
                output(key),
            )
            .invalid(
                case(
                    invalid,
                    "One bit of the signature is flipped.",
                    "RFC 7515 §5.2",
                    &["R7515-008", "R8725-007"],
                ),
                valid,
                input(&break_signature(&compact)),
                fails_locally("signature_invalid"),
            );
    }
    group.valid(
        case(
            "ed25519-by-its-new-name",
            "`Ed25519` is `EdDSA` with an Ed25519 key.",
            "RFC 9864 §2.2",
            &["AMB-014"],
        ),
        input(&token(IDP.eddsa()).header("alg", "Ed25519").compact()),
        output(IDP.eddsa()),
    );
    for (id, alg) in [("none", "none"), ("hs256", "HS256"), ("lower-case", "es256"), ("es256k", "ES256K")] {
        group.invalid(
            case(
                id,
                "An algorithm that does not exist here.",
                "RFC 8725 §3.2",
                &["R7515-004", "R8725-004", "AMB-013"],
            ),
            "es256",
            input(&token(IDP.es256()).header("alg", alg).compact()),
            fails_locally("algorithm_not_allowed"),
        );
    }
    group.invalid(
        case(
            "alg-of-another-key",
            "The header says ES384, the key is an ES256 key.",
            "RFC 8725 §3.1",
            &["R8725-002"],
        ),
        "es256",
        input(&token(IDP.es256()).header("alg", "ES384").compact()),
        fails_locally("key_unknown"),
    );
    group.invalid(
        case(
            "signed-by-another-key",
            "The key that signed is not the one that the header names.",
            "RFC 7515 §5.2",
            &[],
        ),
        "es256",
        input(&token(IDP.es256()).signed_by(ATTACKER.es256()).compact()),
        fails_locally("signature_invalid"),
    );
    let one = json!({"algorithms": ["EdDSA"]});
    topic.group("Only EdDSA is allowed.", one, keys().set("issuer", jwks(&all)), NOW).invalid(
        case(
            "not-allowed",
            "A good token by an algorithm that the caller did not allow.",
            "RFC 8725 §3.1",
            &["R8725-001"],
        ),
        "es256",
        input(&token(IDP.es256()).compact()),
        fails_locally("algorithm_not_allowed"),
    );
    topic.finish()
}

/// The compact serialization, strictly.
pub fn compact() -> Topic {
    let mut topic = TopicBuilder::new("jws.verify", "compact");
    let config = json!({"algorithms": ["ES256"]});
    let mut group = topic.group("One ES256 key.", config, keys().set("issuer", jwks(&[IDP.es256()])), NOW);
    let good = token(IDP.es256()).compact();
    let malformed = || fails_locally("token_malformed");
    let segments = &["R7515-001", "R8725B-002"];
    let characters = &["R7515-002", "R8725B-001"];
    group
        .valid(
            case("good", "A compact JWS.", "RFC 7515 §3.1", &["R7515-001"]),
            input(&good),
            output(IDP.es256()),
        )
        .invalid(
            case("two-segments", "No signature segment.", "RFC 7515 §3.1", segments),
            "good",
            input(good.rsplit_once('.').expect("three segments").0),
            malformed(),
        )
        .invalid(
            case("four-segments", "A fourth segment.", "RFC 7515 §3.1", segments),
            "good",
            input(&format!("{good}.x")),
            malformed(),
        )
        .invalid(
            case("five-segments", "The shape of an encrypted token.", "RFC 7516 §9", segments),
            "good",
            input(&format!("{good}.x.y")),
            fails_locally("token_encrypted"),
        )
        .invalid(
            case("padding", "Padding after the signature.", "RFC 7515 §2", characters),
            "good",
            input(&with_padding(&good, 2)),
            malformed(),
        )
        .invalid(
            case("trailing-bits", "Bits that base64url leaves unused are set.", "RFC 7515 §2", characters),
            "good",
            input(&with_trailing_bits(&good, 2)),
            malformed(),
        )
        .invalid(
            case("white-space", "A space at the end.", "RFC 7515 §2", characters),
            "good",
            input(&format!("{good} ")),
            malformed(),
        );
    let unknown = token(IDP.es256()).header("x-corp", json!({"a": 1}));
    group
        .valid(
            case("unknown-header", "An unknown header member is ignored.", "RFC 7515 §4", &["R7515-006"]),
            input(&unknown.compact()),
            output(IDP.es256()),
        )
        .invalid(
            case(
                "critical-header",
                "The same member, declared critical.",
                "RFC 7515 §4.1.11",
                &["R7515-005", "R7515-006"],
            ),
            "unknown-header",
            input(&unknown.clone().header("crit", json!(["x-corp"])).compact()),
            fails_locally("critical_header_unsupported"),
        )
        .invalid(
            case("empty-crit", "`crit` names nothing.", "RFC 7515 §4.1.11", &["R7515-005"]),
            "good",
            input(&token(IDP.es256()).header("crit", json!([])).compact()),
            fails_locally("header_malformed"),
        )
        .invalid(
            case(
                "duplicate-alg",
                "`alg` occurs twice in the header.",
                "RFC 7515 §4",
                &["R7515-003", "AMB-028"],
            ),
            "good",
            input(&token(IDP.es256()).duplicate_header("alg", "ES256").compact()),
            fails_locally("duplicate_member"),
        )
        .invalid(
            case("header-array", "The header is an array.", "RFC 7515 §4", &["R7515-003"]),
            "good",
            input(&token(IDP.es256()).header_bytes(r#"["ES256"]"#).compact()),
            fails_locally("header_malformed"),
        )
        .invalid(
            case("no-alg", "The header names no algorithm.", "RFC 7515 §4.1.1", &["R7515-004"]),
            "good",
            input(&token(IDP.es256()).without_header("alg").compact()),
            fails_locally("header_malformed"),
        )
        .invalid(
            case("kid-case", "The key id in upper case selects no key.", "RFC 7515 §4.1.4", &["R7515-009"]),
            "good",
            input(&token(IDP.es256()).header("kid", "IDP-ES256").compact()),
            fails_locally("key_unknown"),
        );
    let respaced = token(IDP.es256()).payload_bytes(r#"{ "iss" : "https://acme.idp.example" }"#).compact();
    let (_, signature) = respaced.rsplit_once('.').expect("three segments");
    let (signing_input, _) = good.rsplit_once('.').expect("three segments");
    group
        .valid(
            case("respaced", "White space is part of what is signed.", "RFC 7515 §5.2", &["R7515-007"]),
            input(&respaced),
            json!({"alg": "ES256", "kid": "idp-es256", "payload": r#"{ "iss" : "https://acme.idp.example" }"#}),
        )
        .invalid(
            case("reserialized", "The same JSON in another spelling.", "RFC 7515 §5.2", &["R7515-007"]),
            "respaced",
            input(&format!("{signing_input}.{signature}")),
            fails_locally("signature_invalid"),
        );
    topic.finish()
}
