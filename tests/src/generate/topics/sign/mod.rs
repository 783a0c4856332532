//! The building operations: claims in, the exact token out. ES256 (RFC 6979) and EdDSA are deterministic, so the token
//! itself is expected, minted here from its text.

pub mod attach;
pub mod grants;
pub mod others;

use serde_json::{Value, json};

use crate::format::{Keys, Topic};
use crate::generate::dsl::{GroupBuilder, TopicBuilder, case, fails_locally, keys, with};
use crate::generate::keys::TestKey;
use crate::generate::mint::Jws;
use crate::generate::scene::NOW;

/// The name under which the groups hold the private key.
const SIGNER: &str = "own";

/// A token whose header names its type, algorithm and key in this order and whose payload is `payload`.
fn minted(key: TestKey, typ: &str, payload: &str) -> Jws {
    let header = format!(r#"{{"typ":"{typ}","alg":"{}","kid":"{}"}}"#, key.alg.name(), key.kid());
    Jws::new(key, typ, &json!({})).header_bytes(header).payload_bytes(payload)
}

/// What a building operation answers.
fn output(key: TestKey, typ: &str, payload: &str) -> Value {
    json!({
        "header": {"typ": typ, "alg": key.alg.name(), "kid": key.kid()},
        "claims": parsed(payload),
        "token": minted(key, typ, payload).compact(),
    })
}

fn parsed(text: &str) -> Value {
    serde_json::from_str(text).expect("JSON")
}

/// The claims of `text` as input.
fn claims(text: &str) -> Value {
    json!({"claims": parsed(text), "signer": SIGNER})
}

fn group<'a>(topic: &'a mut TopicBuilder, key: TestKey) -> GroupBuilder<'a> {
    let name = key.alg.name();
    topic.group(&format!("A key for {name}."), json!({}), keys().private(SIGNER, key), NOW)
}

/// Inputs that are refused: id, member, value, requirements, code.
type Refused = (&'static str, &'static str, Value, &'static [&'static str], &'static str);

/// Refuses `base` with one member changed, once per row.
fn refuse(group: &mut GroupBuilder<'_>, twin: &str, base: &Value, spec: &'static str, rows: Vec<Refused>) {
    for (id, path, value, req, code) in rows {
        let about = case(id, &format!("`{path}` is absent or cannot be written."), spec, req);
        group.invalid(about, twin, with(base, &[(path, value)]), fails_locally(code));
    }
}

/// Private keys that cannot sign: the same input as `twin` with another signer.
fn signers(topic: &mut TopicBuilder, key: TestKey, twin: &str, input: &Value) {
    let jwk = key.private_jwk();
    let party = key.party;
    let other = crate::generate::keys::ATTACKER.key(key.alg).private_jwk();
    for (id, signer, req, code) in [
        (
            "signer-symmetric",
            json!({"kty": "oct", "k": "AQ", "kid": "own"}),
            &["R9068-001", "AMB-013"][..],
            "key_type_unsupported",
        ),
        ("signer-rsa", party.rs256().private_jwk(), &["AMB-012"], "key_type_unsupported"),
        ("signer-p384", party.es384().private_jwk(), &[], "key_type_unsupported"),
        ("signer-public", key.public_jwk(), &[], "key_malformed"),
        ("signer-short", with(&jwk, &[("d", json!("AQ"))]), &[], "key_malformed"),
        ("signer-zero", with(&jwk, &[("d", json!("A".repeat(43)))]), &["R8725-008"], "key_weak"),
        ("signer-without-kid", with(&jwk, &[("kid", Value::Null)]), &[], "key_malformed"),
        ("signer-of-another", with(&jwk, &[("d", other["d"].clone())]), &["R8725-008"], "signer_mismatch"),
    ] {
        let mut keys = Keys::default();
        keys.signers.insert(SIGNER.into(), signer);
        let about = case(id, "A key that cannot sign, or is not the one it says.", "RFC 7518 §6", req);
        let mut group = topic.group("A key that is refused.", json!({}), keys, NOW);
        group.invalid(about, twin, input.clone(), fails_locally(code));
    }
}

/// Every topic of this module.
pub const TOPICS: &[fn() -> Topic] = &[
    grants::id_jag,
    grants::access_token,
    others::id_token,
    others::client_assertion,
    others::dpop,
    attach::attach,
];
