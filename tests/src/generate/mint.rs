//! Mints compact JWS of every shape, well-formed or not, without the library's own builders.

use base64ct::{Base64UrlUnpadded, Encoding};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::keys::TestKey;
use crate::expand::base64url;
use crate::json;

/// The alphabet of base64url, in order.
const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// A token being minted: a header and a payload, members sorted, unless verbatim bytes are given.
#[derive(Clone, Debug)]
pub struct Jws {
    key: TestKey,
    header: Map<String, Value>,
    payload: Map<String, Value>,
    header_bytes: Option<Vec<u8>>,
    payload_bytes: Option<Vec<u8>>,
    signature: Option<Vec<u8>>,
}

impl Jws {
    /// A token of media type `typ` with these claims, signed by `key`, whose `alg` and `kid` the header names.
    pub fn new(key: TestKey, typ: &str, claims: &Value) -> Self {
        let header = json!({"alg": key.alg.name(), "kid": key.kid(), "typ": typ});
        Self {
            key,
            header: object(&header),
            payload: object(claims),
            header_bytes: None,
            payload_bytes: None,
            signature: None,
        }
    }

    /// A DPoP proof: the public key in the header instead of its id.
    pub fn dpop(key: TestKey, claims: &Value) -> Self {
        Self::new(key, "dpop+jwt", claims).without_header("kid").header("jwk", key.bare_jwk())
    }

    /// Sets a member of the header.
    #[must_use]
    pub fn header(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.header.insert(name.into(), value.into());
        self
    }

    /// Removes a member of the header.
    #[must_use]
    pub fn without_header(mut self, name: &str) -> Self {
        assert!(self.header.remove(name).is_some(), "the header has no `{name}`");
        self
    }

    /// Sets a claim.
    #[must_use]
    pub fn claim(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.payload.insert(name.into(), value.into());
        self
    }

    /// Removes a claim.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        assert!(self.payload.remove(name).is_some(), "the payload has no `{name}`");
        self
    }

    /// Signs these bytes as the header, whatever they are.
    #[must_use]
    pub fn header_bytes(mut self, bytes: impl AsRef<[u8]>) -> Self {
        self.header_bytes = Some(bytes.as_ref().to_vec());
        self
    }

    /// Signs these bytes as the payload, whatever they are.
    #[must_use]
    pub fn payload_bytes(mut self, bytes: impl AsRef<[u8]>) -> Self {
        self.payload_bytes = Some(bytes.as_ref().to_vec());
        self
    }

    /// Signs as the payload what `change` makes of its text.
    #[must_use]
    pub fn payload_text(self, change: impl FnOnce(String) -> String) -> Self {
        let text = change(json::compact(&self.claims()));
        self.payload_bytes(text)
    }

    /// The claims, as they were set.
    pub fn claims(&self) -> Value {
        Value::Object(self.payload.clone())
    }

    /// Writes the header with the member `name` a second time, at its end.
    #[must_use]
    pub fn duplicate_header(self, name: &str, second: impl Into<Value>) -> Self {
        let text = duplicated(&self.header, name, &second.into());
        self.header_bytes(text)
    }

    /// Writes the payload with the claim `name` a second time, at its end.
    #[must_use]
    pub fn duplicate_claim(self, name: &str, second: impl Into<Value>) -> Self {
        let text = duplicated(&self.payload, name, &second.into());
        self.payload_bytes(text)
    }

    /// Signs with another key, which the header does not name.
    #[must_use]
    pub fn signed_by(mut self, key: TestKey) -> Self {
        self.key = key;
        self
    }

    /// Carries these bytes as its signature.
    #[must_use]
    pub fn signature(mut self, bytes: impl AsRef<[u8]>) -> Self {
        self.signature = Some(bytes.as_ref().to_vec());
        self
    }

    /// The compact serialization.
    pub fn compact(&self) -> String {
        let part = |bytes: &Option<Vec<u8>>, members: &Map<String, Value>| match bytes {
            Some(bytes) => base64url(bytes),
            None => base64url(json::compact(&Value::Object(members.clone())).as_bytes()),
        };
        let header = part(&self.header_bytes, &self.header);
        let signing_input = format!("{header}.{}", part(&self.payload_bytes, &self.payload));
        let signature = self.signature.clone().unwrap_or_else(|| self.key.sign(signing_input.as_bytes()));
        format!("{signing_input}.{}", base64url(&signature))
    }
}

impl From<Jws> for String {
    fn from(token: Jws) -> Self {
        token.compact()
    }
}

fn object(value: &Value) -> Map<String, Value> {
    value.as_object().expect("claims are a JSON object").clone()
}

fn duplicated(members: &Map<String, Value>, name: &str, second: &Value) -> String {
    assert!(members.contains_key(name), "no `{name}` to duplicate");
    let text = json::compact(&Value::Object(members.clone()));
    format!("{},{}:{second}}}", &text[..text.len() - 1], json!(name))
}

/// The `ath` of a DPoP proof for `access_token`.
pub fn ath(access_token: &str) -> String {
    base64url(&Sha256::digest(access_token))
}

/// HMAC with SHA-256 (RFC 2104): what a verifier computes that takes a public key for a secret.
pub fn hmac(secret: &[u8], message: &[u8]) -> Vec<u8> {
    let mut block = [0; 64];
    match secret.len() {
        0..=64 => block[..secret.len()].copy_from_slice(secret),
        _ => block[..32].copy_from_slice(&Sha256::digest(secret)),
    }
    let pad = |with: u8| block.map(|byte| byte ^ with);
    let inner = Sha256::new().chain_update(pad(0x36)).chain_update(message).finalize();
    Sha256::new().chain_update(pad(0x5c)).chain_update(inner).finalize().to_vec()
}

/// The name under which a store keeps the `jti` of `issuer`: the hash of the three texts, each after its length as
/// eight octets, so that no two triples hash the same bytes.
pub fn replay_name(kind: &str, issuer: &str, jti: &str) -> String {
    let mut hash = Sha256::new();
    for part in [kind, issuer, jti] {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    format!("idjag:{kind}:{}", base64url(&hash.finalize()))
}

/// `token` with one bit of its signature flipped.
pub fn break_signature(token: &str) -> String {
    let (signing_input, signature) = token.rsplit_once('.').expect("a compact JWS");
    let mut bytes = Base64UrlUnpadded::decode_vec(signature).expect("base64url");
    *bytes.last_mut().expect("a signature") ^= 1;
    format!("{signing_input}.{}", base64url(&bytes))
}

/// `token` with part `part` (0 to 2) changed in the bits that base64url leaves unused; decoders that are not strict
/// see no change. Panics when the part has no unused bits.
pub fn with_trailing_bits(token: &str, part: usize) -> String {
    let mut parts: Vec<String> = token.split('.').map(str::to_owned).collect();
    assert!(!parts[part].len().is_multiple_of(4), "part {part} has no unused bits");
    let last = parts[part].pop().expect("a part with text");
    let at = ALPHABET.iter().position(|letter| char::from(*letter) == last).expect("base64url");
    parts[part].push(char::from(ALPHABET[at + 1]));
    parts.join(".")
}

/// `token` with padding after part `part` (0 to 2). Panics when the part needs none.
pub fn with_padding(token: &str, part: usize) -> String {
    let mut parts: Vec<String> = token.split('.').map(str::to_owned).collect();
    let padding = (4 - parts[part].len() % 4) % 4;
    assert!(padding != 0, "part {part} needs no padding");
    parts[part].push_str(&"=".repeat(padding));
    parts.join(".")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generate::keys::{ATTACKER, Alg, IDP};
    use ed25519_dalek::Verifier as _;

    fn token(key: TestKey) -> Jws {
        Jws::new(key, "at+jwt", &json!({"iss": "a", "aud": "b"}))
    }

    #[test]
    fn every_algorithm_signs_the_same_text_each_time() {
        for alg in Alg::ALL {
            assert_eq!(token(IDP.key(alg)).compact(), token(IDP.key(alg)).compact());
        }
    }

    #[test]
    fn the_signature_is_one_of_the_key() {
        let compact = token(IDP.eddsa()).compact();
        let (signing_input, signature) = compact.rsplit_once('.').unwrap();
        let signature = Base64UrlUnpadded::decode_vec(signature).unwrap();
        let key = Base64UrlUnpadded::decode_vec(IDP.eddsa().bare_jwk()["x"].as_str().unwrap()).unwrap();
        let key = ed25519_dalek::VerifyingKey::from_bytes(key.as_slice().try_into().unwrap()).unwrap();
        let signature = ed25519_dalek::Signature::from_slice(&signature).unwrap();
        assert!(key.verify(signing_input.as_bytes(), &signature).is_ok());
    }

    #[test]
    fn malformed_tokens_are_what_they_say() {
        let compact = token(IDP.es256()).compact();
        assert_ne!(break_signature(&compact), compact);
        assert_ne!(token(IDP.es256()).signed_by(ATTACKER.es256()).compact(), compact);
        let header = duplicated(&token(IDP.es256()).header, "alg", &json!("none"));
        assert_eq!(header, r#"{"alg":"ES256","kid":"idp-es256","typ":"at+jwt","alg":"none"}"#);
        let loose = with_trailing_bits(&compact, 2);
        assert_ne!(loose, compact);
        assert!(Base64UrlUnpadded::decode_vec(loose.rsplit_once('.').unwrap().1).is_err());
        assert!(with_padding(&compact, 2).ends_with("=="));
    }
}
