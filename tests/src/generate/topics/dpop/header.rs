//! RFC 9449 §4.3, steps 2 to 7: one well-formed JWT with the right header, signed by the key that it brings.

use serde_json::{Value, json};

use super::{SPEC, WINDOW, accepts, good, group, input, output, proof, proof_by, refuses};
use crate::expand::base64url;
use crate::format::Topic;
use crate::generate::dsl::{TopicBuilder, case, fails_locally, keys, with};
use crate::generate::keys::{ATTACKER, Alg, CLIENT};
use crate::generate::mint::{break_signature, hmac, with_padding};
use crate::generate::scene::NOW;
use crate::generate::verifiers::{Row, row};
use crate::json;

/// Steps 2 to 7: one well-formed JWT with the right header, signed by the key that it brings.
pub fn header() -> Topic {
    let mut topic = TopicBuilder::new("dpop.verify", "header");
    let mut group = group(&mut topic, "ES256 is allowed.");
    good(&mut group);
    for (id, typ) in [("typ-upper-case", "DPOP+JWT"), ("typ-media-type", "application/dpop+jwt")] {
        let about = case(id, "The same media type in another spelling.", SPEC, &["AMB-009"]);
        accepts(&mut group, about, &proof().header("typ", typ), &[]);
    }
    let typ = |id: &str, value: Value| {
        let req = &["R9449-009", "R8725-017", "R9449-020"];
        row(case(id, "Not the `typ` of a proof.", SPEC, req), proof().header("typ", value), "typ_mismatch")
    };
    refuses(
        &mut group,
        "good",
        &[],
        [
            typ("typ-jwt", json!("JWT")),
            typ("typ-access-token", json!("at+jwt")),
            typ("typ-id-jag", json!("oauth-id-jag+jwt")),
            typ("typ-client-assertion", json!("client-authentication+jwt")),
            typ("typ-space", json!("dpop+jwt ")),
            row(
                case("typ-absent", "No `typ`.", SPEC, &["R9449-009"]),
                proof().without_header("typ"),
                "typ_mismatch",
            ),
        ],
    );
    refuses(&mut group, "good", &[], shapes());
    refuses(&mut group, "good", &[], signatures());
    refuses(&mut group, "good", &[], embedded());
    topic.finish()
}

fn shapes() -> Vec<Row> {
    let good = proof().compact();
    let (signing_input, _) = good.rsplit_once('.').expect("three segments");
    let table = [
        ("empty", String::new()),
        ("garbage", "proof".to_owned()),
        ("two-by-comma", format!("{good}, {good}")),
        ("two-by-space", format!("{good} {good}")),
        ("padded", with_padding(&good, 2)),
        ("two-segments", signing_input.to_owned()),
        ("no-signature", format!("{signing_input}.")),
    ];
    let malformed = |(id, proof): (&str, String)| {
        let req = &["R9449-007", if id.starts_with("two-by") { "R9449-006" } else { "R9449-020" }];
        row(case(id, "Not one well-formed JWT.", SPEC, req), proof, "token_malformed")
    };
    let mut rows: Vec<Row> = table.into_iter().map(malformed).collect();
    let about = case("alg-twice", "`alg` occurs twice.", SPEC, &["R9449-007", "AMB-028"]);
    rows.push(row(about, proof().duplicate_header("alg", "ES256"), "duplicate_member"));
    let about = case("jti-twice", "`jti` occurs twice.", SPEC, &["R9449-007", "AMB-028"]);
    rows.push(row(about, proof().duplicate_claim("jti", "proof-2"), "duplicate_member"));
    let about = case("claims-array", "The claims are an array.", SPEC, &["R9449-007", "R7519-001"]);
    rows.push(row(about, proof().payload_bytes("[]"), "claims_malformed"));
    rows
}

fn signatures() -> Vec<Row> {
    let alg: &[&str] = &["R9449-010", "AMB-013", "R9449-020"];
    let signature: &[&str] = &["R9449-011", "R9449-020"];
    let hs256 = proof().header("alg", "HS256");
    let compact = hs256.compact();
    let (signing_input, _) = compact.rsplit_once('.').expect("three segments");
    let secret = json::compact(&CLIENT.es256().bare_jwk());
    let mac = hmac(secret.as_bytes(), signing_input.as_bytes());
    let altered = {
        let other = proof().claim("jti", "proof-2").compact();
        let good = proof().compact();
        let (_, old) = good.rsplit_once('.').expect("three segments");
        format!("{}.{old}", other.rsplit_once('.').expect("three segments").0)
    };
    vec![
        row(case("alg-none", "`none`.", SPEC, alg), proof().header("alg", "none"), "algorithm_not_allowed"),
        row(
            case("public-key-as-secret", "HS256 with the public key as the secret.", SPEC, alg),
            hs256.signature(mac),
            "algorithm_not_allowed",
        ),
        row(
            case("alg-not-allowed", "An algorithm that is not on the list.", SPEC, alg),
            proof().header("alg", "EdDSA"),
            "algorithm_not_allowed",
        ),
        row(
            case("broken", "One bit of the signature is flipped.", SPEC, signature),
            break_signature(&proof().compact()),
            "signature_invalid",
        ),
        row(
            case("signed-by-another", "Another key signed.", SPEC, signature),
            proof().signed_by(ATTACKER.es256()),
            "signature_invalid",
        ),
        row(
            case("payload-altered", "The claims are not those that were signed.", SPEC, signature),
            altered,
            "signature_invalid",
        ),
    ]
}

/// The key in the header.
fn embedded() -> Vec<Row> {
    let bare = CLIENT.es256().bare_jwk();
    let private: &[&str] = &["R9449-012", "R8037-002", "R9449-020"];
    let jwk: &[&str] = &["R9449-001", "R9449-008"];
    let oct = json!({"kty": "oct", "k": base64url(&[7; 32])});
    let d = CLIENT.es256().private_jwk()["d"].clone();
    let x = bare["x"].as_str().expect("x").to_owned();
    let table: Vec<(&str, Value, &[&str], &'static str)> = vec![
        ("jwk-private", with(&bare, &[("d", d)]), private, "key_private"),
        ("jwk-oct", oct, private, "key_private"),
        (
            "jwk-rsa-private",
            with(&CLIENT.rs256().bare_jwk(), &[("p", json!("AQAB"))]),
            private,
            "key_private",
        ),
        ("jwk-string", json!("key"), jwk, "header_malformed"),
        ("jwk-array", json!([bare]), jwk, "header_malformed"),
        ("jwk-empty", json!({}), jwk, "key_malformed"),
        ("jwk-lower-case-type", with(&bare, &[("kty", json!("ec"))]), &["R7517-002"], "key_type_unsupported"),
        (
            "jwk-other-curve",
            with(&bare, &[("crv", json!("secp256k1"))]),
            &["R7518-003"],
            "key_type_unsupported",
        ),
        ("jwk-short", with(&bare, &[("x", json!(x[..40].to_owned()))]), &["R7518-003"], "key_malformed"),
        (
            "jwk-off-curve",
            with(&bare, &[("y", json!(base64url(&[1; 32])))]),
            &["R8725-008", "R7518-003"],
            "key_weak",
        ),
        ("jwk-of-another-type", CLIENT.eddsa().bare_jwk(), &["R8725-002", "R8725-003"], "key_use_mismatch"),
        ("jwk-for-encryption", with(&bare, &[("use", json!("enc"))]), &["R7517-003"], "key_use_mismatch"),
        ("jwk-for-signing", with(&bare, &[("key_ops", json!(["sign"]))]), &["R7517-003"], "key_use_mismatch"),
        (
            "jwk-other-alg",
            with(&bare, &[("alg", json!("ES384"))]),
            &["R7517-003", "R8725-003"],
            "key_use_mismatch",
        ),
    ];
    let refused = |(id, jwk, req, code): (&str, Value, &[&str], &'static str)| {
        row(case(id, "A key that is none for this.", SPEC, req), proof().header("jwk", jwk), code)
    };
    let mut rows: Vec<Row> = table.into_iter().map(refused).collect();
    let about = case("jwk-absent", "No key.", SPEC, jwk);
    rows.push(row(about, proof().without_header("jwk"), "header_malformed"));
    rows
}

/// Every algorithm can carry a proof.
pub fn algorithms() -> Topic {
    let mut topic = TopicBuilder::new("dpop.verify", "algorithms");
    let config = json!({"algorithms": Alg::ALL.map(Alg::name), "window": WINDOW});
    let mut group = topic.group("Every algorithm is allowed.", config, keys(), NOW);
    for alg in Alg::ALL {
        let (key, id) = (CLIENT.key(alg), alg.name().to_lowercase());
        let proof = proof_by(key);
        let about = case(&id, &format!("A proof by {}.", alg.name()), SPEC, &["R9449-010"]);
        group.valid(about, input(&proof.compact()), output(key, &proof));
        let about =
            case(&format!("{id}-broken"), "One bit of the signature is flipped.", SPEC, &["R9449-011"]);
        refuses(&mut group, &id, &[], [row(about, break_signature(&proof.compact()), "signature_invalid")]);
    }
    let config = json!({"algorithms": [], "window": WINDOW});
    topic.group("No algorithm is allowed.", config, keys(), NOW).invalid(
        case("none-allowed", "A verifier without a list cannot be built.", "RFC 8725 §3.1", &["R8725-001"]),
        "es256",
        input(&proof().compact()),
        fails_locally("config_invalid"),
    );
    topic.finish()
}
