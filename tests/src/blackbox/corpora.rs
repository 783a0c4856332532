//! The corpora that are fed to every adapter: Wycheproof's JOSE cases and the RFCs' examples from the shared folder,
//! and the tokens of foreign libraries from `tests/vectors/foreign`.

use base64ct::{Base64UrlUnpadded, Encoding};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::drive::Question;
use super::protocol::Verdict;
use crate::expand::base64url;
use crate::gates::requirements::own;
use crate::json;
use crate::paths::shared_text;

/// Every algorithm of the library, for cases that must be refused whatever is allowed.
const ALL: [&str; 5] = ["ES256", "ES384", "EdDSA", "RS256", "PS256"];

/// The corpora that are present, by name.
pub fn all() -> Vec<(&'static str, Vec<Question>)> {
    let foreign = ("foreign tokens", foreign(&own("vectors/foreign/minted.json")));
    let wycheproof =
        parsed("vectors/wycheproof-jose.json").map(|corpus| ("wycheproof-jose", wycheproof(&corpus)));
    let rfc = parsed("vectors/rfc-vectors.json").map(|corpus| ("rfc-vectors", rfc(&corpus)));
    [foreign].into_iter().chain(wycheproof).chain(rfc).collect()
}

fn parsed(file: &str) -> Option<Value> {
    shared_text(file)
        .map(|text| serde_json::from_str(&text).unwrap_or_else(|error| panic!("{file}: {error}")))
}

fn list(value: &Value) -> &[Value] {
    value.as_array().expect("a list")
}

fn verdict(value: &Value) -> Verdict {
    match value.as_str() {
        Some("accept") => Verdict::Accept,
        Some("reject") => Verdict::Reject,
        _ => panic!("no verdict: {value}"),
    }
}

/// Already in the black-box format.
fn wycheproof(corpus: &Value) -> Vec<Question> {
    let question = |case: &Value| Question { verdict: verdict(&case["verdict"]), case: case.clone() };
    list(corpus).iter().map(question).collect()
}

/// A client assertion is no kind of the black-box format.
fn foreign(corpus: &Value) -> Vec<Question> {
    let of_library = |library: &Value| -> Vec<Question> {
        let cases = list(&library["cases"]).iter().filter(|case| case["kind"] != "client_assertion");
        let with_keys = |case: &Value| {
            let mut case = case.clone();
            case["jwks"] = library["jwks"].clone();
            Question { case, verdict: Verdict::Accept }
        };
        cases.map(with_keys).collect()
    };
    list(&corpus["libraries"]).iter().flat_map(of_library).collect()
}

fn rfc(corpus: &Value) -> Vec<Question> {
    let signatures = list(&corpus["jws"]).iter().filter(|entry| entry.get("skip").is_none()).map(signature);
    signatures.chain(list(&corpus["dpop"]).iter().map(proof)).collect()
}

/// An example without algorithm must be refused with every algorithm allowed; the others are judged with their own only,
/// and an accepted payload must come out byte for byte.
fn signature(entry: &Value) -> Question {
    let verdict = verdict(&entry["verdict"]);
    let algs = if entry["alg"] == "none" { json!(ALL) } else { json!([entry["alg"]]) };
    let mut expected = json!({"algs": algs, "now": 0, "leeway": 0});
    if verdict == Verdict::Accept {
        expected["payload_sha256"] = base64url(&Sha256::digest(payload(entry))).into();
    }
    let keys: Vec<&Value> = entry.get("jwk").filter(|jwk| !jwk.is_null()).into_iter().collect();
    let case = json!({
        "id": entry["id"], "kind": "jws", "token": entry["jws"], "jwks": {"keys": keys}, "expected": expected,
    });
    Question { case, verdict }
}

/// The octets that the example signs; some examples print their JSON with other white space than they sign.
fn payload(entry: &Value) -> Vec<u8> {
    let segment = entry["jws"].as_str().and_then(|jws| jws.split('.').nth(1)).expect("a compact JWS");
    let octets = Base64UrlUnpadded::decode_vec(segment).expect("base64url");
    let printed = entry["payload"].as_str().expect("a payload");
    let same_json = || {
        let signed = String::from_utf8(octets.clone()).map(|text| json::strict(&text));
        json::strict(printed).is_ok_and(|printed| signed == Ok(Ok(printed)))
    };
    assert!(octets == printed.as_bytes() || same_json(), "{}: another payload is printed", entry["id"]);
    octets
}

fn proof(entry: &Value) -> Question {
    let mut expected = json!({
        "algs": ["ES256"], "now": entry["now"], "leeway": 0, "iat_window": 60,
        "htm": entry["htm"], "htu": entry["htu"], "jkt": entry["jkt"],
    });
    if let Some(access_token) = entry.get("access_token") {
        expected["access_token"] = access_token.clone();
    }
    let case = json!({"id": entry["id"], "kind": "dpop", "token": entry["proof"], "expected": expected});
    Question { case, verdict: verdict(&entry["verdict"]) }
}
