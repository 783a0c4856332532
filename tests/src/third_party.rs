//! Third-party data that is checked in process: RFC examples beside those that go through the black-box adapters, and
//! `WWW-Authenticate` challenges.

use idjag::crypto::Signer;
use idjag::crypto::rustcrypto::{PROVIDER, SigningKey};
use idjag::jose::PublicKey;
use idjag::oauth::challenge::{Challenge, Challenges};
use idjag::text::KeyId;
use idjag::{ErrorCode, Limits};
use serde_json::{Map, Value, json};

use crate::expand::base64url;
use crate::paths::shared_text;
use crate::report::{Tally, difference};

/// Runs what is present.
pub fn run(tally: &mut Tally) {
    if let Some(text) = shared_text("vectors/rfc-vectors.json") {
        let corpus: Value = serde_json::from_str(&text).expect("the RFC vectors are JSON");
        section(&corpus, "thumbprint", tally, thumbprint);
        section(&corpus, "keys", tally, public_key);
        section(&corpus, "jws", tally, reproduction);
    }
    if let Some(text) = shared_text("vectors/www-authenticate.json") {
        let corpus: Vec<Value> = serde_json::from_str(&text).expect("the challenges are JSON");
        for entry in &corpus {
            tally.count(format_args!("www-authenticate {}", entry["id"]), challenge(entry));
        }
    }
}

/// Counts the entries of one section that `check` has a verdict on.
fn section(corpus: &Value, name: &str, tally: &mut Tally, check: fn(&Value) -> Option<Result<(), String>>) {
    for entry in corpus[name].as_array().expect("a section of the RFC vectors") {
        if let Some(result) = check(entry) {
            tally.count(format_args!("rfc-vectors {name} {}", entry["id"]), result);
        }
    }
}

fn import(jwk: &Value) -> Result<PublicKey, idjag::Error> {
    PublicKey::parse(jwk.to_string().as_bytes(), &PROVIDER.allow_all(), &Limits::DEFAULT)
}

fn equal(expected: &Value, found: &str) -> Result<(), String> {
    if expected == found { Ok(()) } else { Err(format!("expected {expected}, got `{found}`")) }
}

/// RFC 7638 §3.1 and others: the thumbprint of a key.
fn thumbprint(entry: &Value) -> Option<Result<(), String>> {
    let key = import(&entry["jwk"]).map_err(|error| error.to_string());
    Some(key.and_then(|key| equal(&entry["sha256"], &key.thumbprint().to_base64url())))
}

/// RFC 7520 §3: public keys are usable, private and symmetric ones never are. P-521 does not exist here.
fn public_key(entry: &Value) -> Option<Result<(), String>> {
    let found = match import(&entry["jwk"]) {
        Ok(_) => "accept",
        Err(error)
            if error.code() == ErrorCode::KeyTypeUnsupported && entry["public_jwks_verdict"] == "accept" =>
        {
            return None;
        }
        Err(_) => "reject",
    };
    Some(equal(&entry["public_jwks_verdict"], found))
}

/// RFC 8037 A.4: an EdDSA signature is the same whoever makes it.
fn reproduction(entry: &Value) -> Option<Result<(), String>> {
    let seed = entry["private_jwk"]["d"].as_str().filter(|_| entry["alg"] == "EdDSA")?;
    let (signing_input, signature) = entry["jws"].as_str()?.rsplit_once('.')?;
    let kid = KeyId::new("any").expect("a key id");
    let key = SigningKey::ed25519(kid, &decode_seed(seed)).expect("an Ed25519 key");
    let found =
        key.sign(signing_input.as_bytes()).map(|found| base64url(&found)).map_err(|error| error.to_string());
    Some(found.and_then(|found| equal(&signature.into(), &found)))
}

fn decode_seed(text: &str) -> [u8; 32] {
    use base64ct::{Base64UrlUnpadded, Encoding};
    Base64UrlUnpadded::decode_vec(text).expect("base64url").try_into().expect("32 octets")
}

/// RFC 9110 §11.6.1. Refusing a disputed header is as good as reading it the way the corpus does.
fn challenge(entry: &Value) -> Result<(), String> {
    let header = entry["header"].as_str().expect("a header");
    let found = Challenges::parse([header], &Limits::DEFAULT);
    match (entry["verdict"].as_str(), found) {
        (Some("reject"), Err(_)) => Ok(()),
        (Some("parse"), Err(_)) if entry.get("disputed").is_some() => Ok(()),
        (Some("parse"), Ok(found)) => {
            let differences = difference(&entry["expected"], &found.iter().map(challenge_json).collect());
            if differences.is_empty() { Ok(()) } else { Err(differences) }
        }
        (verdict, found) => Err(format!("expected {verdict:?}, got {found:?}")),
    }
}

fn challenge_json(challenge: &Challenge) -> Value {
    let parameters: Map<String, Value> =
        challenge.parameters().map(|(name, value)| (name.to_owned(), value.into())).collect();
    let mut json = json!({"scheme": challenge.scheme(), "parameters": parameters});
    if let Some(token68) = challenge.token68() {
        json["token68"] = token68.into();
    }
    json
}
