//! `jws.attach`: a signature from outside is verified before it becomes part of a token. RS256 and PS256 are issued in
//! this way only.

use base64ct::{Base64UrlUnpadded, Encoding};
use serde_json::{Value, json};

use super::{grants, minted};
use crate::expand::base64url;
use crate::format::Topic;
use crate::generate::dsl::{TopicBuilder, case, fails_locally, keys, with};
use crate::generate::keys::{ATTACKER, Alg, RAS, SHORT, TestKey};
use crate::generate::scene::NOW;

const SPEC: &str = "RFC 7515 §5.1";
const FOREIGN: &[&str] = &["AMB-012", "R9068-002"];

fn token(key: TestKey) -> String {
    minted(key, "at+jwt", grants::ordinary().0).compact()
}

fn signature(token: &str) -> Value {
    json!(token.rsplit_once('.').expect("three segments").1)
}

fn input(key: TestKey) -> Value {
    json!({"claims": grants::ordinary().1, "jwk": key.public_jwk(), "signature": signature(&token(key))})
}

/// Signatures of every algorithm, and what is no signature of the declared key.
pub fn attach() -> Topic {
    let mut topic = TopicBuilder::new("jws.attach", "signatures");
    let config = json!({"algorithms": Alg::ALL.map(Alg::name)});
    let mut group = topic.group("Every algorithm is allowed.", config, keys(), NOW);
    for alg in Alg::ALL {
        let (key, id) = (RAS.key(alg), alg.name().to_lowercase());
        let about = case(&id, &format!("A signature by {}.", alg.name()), SPEC, FOREIGN);
        group.valid(about, input(key), json!({"token": token(key)}));
        let good =
            Base64UrlUnpadded::decode_vec(signature(&token(key)).as_str().expect("text")).expect("base64url");
        let mut broken = good.clone();
        broken[7] ^= 1;
        let of_another = signature(&minted_by_attacker(key));
        let faults = [
            ("broken", json!(base64url(&broken))),
            ("of-another-key", of_another),
            ("one-octet-less", json!(base64url(&good[1..]))),
            ("one-octet-more", json!(base64url(&[&good[..], &[0]].concat()))),
            ("empty", json!("")),
        ];
        for (fault, signature) in faults {
            let about = case(&format!("{id}-{fault}"), "Not a signature of the declared key.", SPEC, FOREIGN);
            group.invalid(
                about,
                &id,
                with(&input(key), &[("signature", signature)]),
                fails_locally("signer_mismatch"),
            );
        }
    }
    let other_scheme = signature(&resigned(RAS.rs256(), RAS.ps256()));
    group
        .invalid(
            case("other-scheme", "PSS where PKCS #1 v1.5 was declared.", SPEC, &["R8725-003"]),
            "rs256",
            with(&input(RAS.rs256()), &[("signature", other_scheme)]),
            fails_locally("signer_mismatch"),
        )
        .invalid(
            case("short-key", "A key of 1024 bits is not declared.", "RFC 7518 §3.3", &["R7518-001"]),
            "rs256",
            with(&input(RAS.rs256()), &[("jwk", SHORT.rs256().public_jwk())]),
            fails_locally("key_weak"),
        )
        .invalid(
            case("private-key", "The declared key is a public one.", SPEC, &["R7517-005"]),
            "es256",
            with(&input(RAS.es256()), &[("jwk", RAS.es256().private_jwk())]),
            fails_locally("key_private"),
        )
        .invalid(
            case("other-claims", "The claims are not those that were signed.", SPEC, &["R7515-007"]),
            "rs256",
            with(&input(RAS.rs256()), &[("claims/jti", json!("at-2"))]),
            fails_locally("signer_mismatch"),
        );
    let config = json!({"algorithms": ["ES256"]});
    topic.group("RS256 is not allowed.", config, keys(), NOW).invalid(
        case("not-allowed", "No RS256 where the list leaves it out.", "RFC 8725 §3.1", &["R8725-001"]),
        "rs256",
        input(RAS.rs256()),
        fails_locally("key_use_mismatch"),
    );
    topic.finish()
}

/// The signing input of `key`, signed by the attacker.
fn minted_by_attacker(key: TestKey) -> String {
    resigned(key, ATTACKER.key(key.alg))
}

fn resigned(key: TestKey, by: TestKey) -> String {
    minted(key, "at+jwt", grants::ordinary().0).signed_by(by).compact()
}
