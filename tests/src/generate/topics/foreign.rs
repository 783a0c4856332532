//! Tokens that foreign libraries minted, `tests/vectors/foreign/minted.json`: each is accepted, and refused once one bit
//! of its signature is flipped.

use base64ct::{Base64UrlUnpadded, Encoding};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::expand::base64url;
use crate::format::Topic;
use crate::generate::dsl::{TopicBuilder, case, fails, keys};
use crate::generate::mint::{break_signature, replay_name};
use crate::generate::scene::NOW;
use crate::generate::verifiers::{ACCESS_TOKEN, CLIENT_ASSERTION, ID_JAG, ID_TOKEN, Verifier, row};
use crate::json;

const MINTED: &str = include_str!("../../../vectors/foreign/minted.json");
const SPEC: &str = "RFC 7515 §5.2";

/// A token of a library: its name, the library with its version, its keys, the token, what is expected of it.
struct Minted {
    id: String,
    library: String,
    jwks: Value,
    token: String,
    expected: Value,
}

/// The tokens of one kind.
fn of_kind(kind: &str) -> Vec<Minted> {
    let document: Value = serde_json::from_str(MINTED).expect("JSON");
    let list = |value: &Value| value.as_array().expect("an array").clone();
    let text = |value: &Value| value.as_str().expect("a string").to_owned();
    let libraries = list(&document["libraries"]).into_iter();
    let cases = libraries.flat_map(|library| {
        let cases = list(&library["cases"]).into_iter().filter(|case| case["kind"] == kind);
        cases.map(move |case| (library.clone(), case)).collect::<Vec<_>>()
    });
    let minted = cases.map(|(library, case)| Minted {
        id: text(&case["id"]).replace('_', "-"),
        library: format!("{} {}", text(&library["library"]), text(&library["version"])),
        jwks: library["jwks"].clone(),
        token: text(&case["token"]),
        expected: case["expected"].clone(),
    });
    minted.collect()
}

fn part(token: &str, at: usize) -> Value {
    let segment = token.split('.').nth(at).expect("three segments");
    serde_json::from_slice(&Base64UrlUnpadded::decode_vec(segment).expect("base64url")).expect("JSON")
}

fn topic(verifier: &Verifier, kind: &str) -> Topic {
    let mut topic = verifier.topic("foreign");
    for minted in of_kind(kind) {
        let Minted { id, library, jwks, token, expected } = minted;
        assert_eq!(expected["now"], NOW);
        let changes =
            [("algorithms", expected["algs"].clone()), ("window", json!({"tolerance": expected["leeway"]}))];
        let claims = part(&token, 1);
        let nonce: Vec<(&str, Value)> =
            expected.get("nonce").map(|nonce| ("nonce", nonce.clone())).into_iter().collect();
        let reading: Vec<(&str, Value)> =
            sorted_scope(&claims).map(|scope| ("claims/scope", scope)).into_iter().collect();
        let broken = break_signature(&token);
        let mut bench = verifier.bench_of(&mut topic, &format!("The keys of {library}."), &changes, jwks);
        bench.accepts_text(
            case(&id, &format!("Minted by {library}."), SPEC, &[]),
            &token,
            &claims,
            &nonce,
            &reading,
        );
        let about = case(
            &format!("{id}-broken"),
            "One bit of the signature is flipped.",
            SPEC,
            verifier.rules.signature,
        );
        if nonce.is_empty() {
            bench.refuses(&id, [row(about, broken, "signature_invalid")]);
        } else {
            bench.refuses_compact(about, &id, &broken, &nonce, "signature_invalid");
        }
    }
    topic.finish()
}

/// A scope of several tokens is reported in alphabetical order.
fn sorted_scope(claims: &Value) -> Option<Value> {
    let mut tokens: Vec<&str> = claims["scope"].as_str()?.split(' ').collect();
    tokens.sort_unstable();
    Some(json!(tokens.join(" ")))
}

/// ID-JAGs.
pub fn id_jag() -> Topic {
    topic(&ID_JAG, "id_jag")
}

/// Access tokens.
pub fn access_token() -> Topic {
    topic(&ACCESS_TOKEN, "access_token")
}

/// ID Tokens.
pub fn id_token() -> Topic {
    topic(&ID_TOKEN, "id_token")
}

/// Client assertions.
pub fn client_assertion() -> Topic {
    topic(&CLIENT_ASSERTION, "client_assertion")
}

/// DPoP proofs.
pub fn dpop() -> Topic {
    let mut topic = TopicBuilder::new("dpop.verify", "foreign");
    for Minted { id, library, token, expected, .. } in of_kind("dpop") {
        let window = expected["iat_window"].as_u64().expect("seconds");
        let config = json!({"algorithms": expected["algs"], "window": window});
        let input = |proof: &str| json!({"proof": proof, "method": expected["htm"], "url": expected["htu"], "access_token": expected["access_token"]});
        let claims = part(&token, 1);
        let jkt = base64url(&Sha256::digest(json::compact(&part(&token, 0)["jwk"])));
        let name = replay_name("dpop_proof", &jkt, claims["jti"].as_str().expect("a string"));
        let until = claims["iat"].as_u64().expect("a date") + window + 1;
        let output =
            json!({"jkt": jkt, "replay_key": {"kind": "dpop_proof", "name": name, "retain_until": until}});
        topic
            .group(&format!("A proof of {library}."), config, keys(), NOW)
            .valid(case(&id, &format!("Minted by {library}."), "RFC 9449 §4.3", &[]), input(&token), output)
            .invalid(
                case(
                    &format!("{id}-broken"),
                    "One bit of the signature is flipped.",
                    "RFC 9449 §4.3",
                    &["R9449-011"],
                ),
                &id,
                input(&break_signature(&token)),
                fails("signature_invalid", "invalid_dpop_proof"),
            );
    }
    topic.finish()
}
