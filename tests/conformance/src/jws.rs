//! Mints compact JWS of every shape, well-formed or not.

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use crate::keys::{Key, base64url};

/// The alphabet of base64url, in order.
const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// How the signature comes about.
#[derive(Clone, Debug)]
enum Signing {
    Key(Key),
    Bytes(Vec<u8>),
    Hmac(Vec<u8>),
}

/// A token being minted.
#[derive(Clone, Debug)]
pub(crate) struct Jws {
    header: Map<String, Value>,
    payload: Map<String, Value>,
    payload_text: Option<String>,
    header_text: Option<String>,
    signing: Signing,
    changes: Vec<fn(String) -> String>,
}

impl Jws {
    /// A token of media type `typ` with these claims, signed by `key`, whose `alg` and `kid` the header names.
    pub(crate) fn new(key: &Key, typ: &str, claims: &Value) -> Self {
        let header = json!({"alg": key.alg(), "kid": key.kid, "typ": typ});
        Self {
            header: header.as_object().cloned().unwrap_or_default(),
            payload: claims.as_object().cloned().unwrap_or_default(),
            payload_text: None,
            header_text: None,
            signing: Signing::Key(key.clone()),
            changes: Vec::new(),
        }
    }

    /// A DPoP proof: the public key in the header instead of its name.
    pub(crate) fn proof(key: &Key, claims: &Value) -> Self {
        let mut proof = Self::new(key, "dpop+jwt", claims);
        proof.header.remove("kid");
        proof.header.insert("jwk".into(), key.bare_jwk());
        proof
    }

    /// Sets a member of the header.
    pub(crate) fn header(&mut self, name: &str, value: impl Into<Value>) {
        self.header.insert(name.into(), value.into());
    }

    /// Removes a member of the header.
    pub(crate) fn no_header(&mut self, name: &str) {
        self.header.remove(name);
    }

    /// Sets a claim.
    pub(crate) fn claim(&mut self, name: &str, value: impl Into<Value>) {
        self.payload.insert(name.into(), value.into());
    }

    /// Removes a claim.
    pub(crate) fn no_claim(&mut self, name: &str) {
        self.payload.remove(name);
    }

    /// Writes `name` twice: first with `first`, then as it is.
    pub(crate) fn claim_before(&mut self, name: &str, first: impl Into<Value>) {
        self.payload_text = Some(doubled(&self.payload, name, &first.into()));
    }

    /// Writes the header's `name` twice: first with `first`, then as it is.
    pub(crate) fn header_before(&mut self, name: &str, first: impl Into<Value>) {
        self.header_text = Some(doubled(&self.header, name, &first.into()));
    }

    /// Signs this text as the payload, whatever it is.
    pub(crate) fn payload_text(&mut self, text: impl Into<String>) {
        self.payload_text = Some(text.into());
    }

    /// Signs with a key that the header does not name.
    pub(crate) fn signed_by(&mut self, key: &Key) {
        self.signing = Signing::Key(key.clone());
    }

    /// Carries these bytes as its signature.
    pub(crate) fn signature(&mut self, bytes: &[u8]) {
        self.signing = Signing::Bytes(bytes.to_vec());
    }

    /// Carries a MAC under this secret, as of a verifier that takes a public key for one.
    pub(crate) fn mac(&mut self, secret: &[u8]) {
        self.signing = Signing::Hmac(secret.to_vec());
    }

    /// Changes the finished text.
    pub(crate) fn then(&mut self, change: fn(String) -> String) {
        self.changes.push(change);
    }

    /// The compact serialization.
    pub(crate) fn compact(&self) -> String {
        let text = |verbatim: &Option<String>, members: &Map<String, Value>| {
            base64url(
                verbatim.clone().unwrap_or_else(|| Value::Object(members.clone()).to_string()).as_bytes(),
            )
        };
        let header = text(&self.header_text, &self.header);
        let input = format!("{header}.{}", text(&self.payload_text, &self.payload));
        let signature = match &self.signing {
            Signing::Key(key) => key.sign(input.as_bytes()),
            Signing::Bytes(bytes) => bytes.clone(),
            Signing::Hmac(secret) => hmac(secret, input.as_bytes()),
        };
        let compact = format!("{input}.{}", base64url(&signature));
        self.changes.iter().fold(compact, |text, change| change(text))
    }
}

/// The text of `members` with `name` a second time, before the first.
fn doubled(members: &Map<String, Value>, name: &str, first: &Value) -> String {
    let text = Value::Object(members.clone()).to_string();
    format!("{{{}:{first},{}", json!(name), &text[1..])
}

/// HMAC with SHA-256 (RFC 2104).
fn hmac(secret: &[u8], message: &[u8]) -> Vec<u8> {
    let hashed = Sha256::digest(secret);
    let secret = if secret.len() > 64 { &hashed[..] } else { secret };
    let mut block = [0; 64];
    block[..secret.len()].copy_from_slice(secret);
    let pad = |with: u8| block.map(|byte| byte ^ with);
    let inner = Sha256::new().chain_update(pad(0x36)).chain_update(message).finalize();
    Sha256::new().chain_update(pad(0x5c)).chain_update(inner).finalize().to_vec()
}

/// `token` with a bit of its signature flipped.
pub(crate) fn broken_signature(token: String) -> String {
    let (rest, signature) = token.rsplit_once('.').unwrap_or((&token, ""));
    let flipped = match signature.chars().next() {
        Some('A') => 'B',
        _ => 'A',
    };
    format!("{rest}.{flipped}{}", signature.get(1..).unwrap_or_default())
}

/// `token` with its signature's unused bits set: what lax decoders read is the same.
pub(crate) fn trailing_bits(mut token: String) -> String {
    let last = token.pop().unwrap_or('A');
    let at = ALPHABET.iter().position(|letter| char::from(*letter) == last).unwrap_or(0);
    token.push(char::from(ALPHABET[(at + 1) % 64]));
    token
}

/// `token` with its signature padded.
pub(crate) fn padded(token: String) -> String {
    let signature = token.rsplit('.').next().map_or(0, str::len);
    format!("{token}{}", "=".repeat((4 - signature % 4) % 4))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::from_base64url;

    #[test]
    fn hmac_is_that_of_rfc_4231() {
        let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        let mac = hmac(b"Jefe", b"what do ya want for nothing?");
        assert_eq!(hex(&mac), "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    }

    #[test]
    fn what_is_changed_is_changed_and_nothing_else() {
        let key = Key::es256();
        let mut token = Jws::new(&key, "at+jwt", &json!({"iss": "a", "sub": "b"}));
        let whole = token.compact();
        assert_ne!(broken_signature(whole.clone()), whole);
        assert_eq!(padded(whole.clone()), format!("{whole}=="));
        let loose = trailing_bits(whole.clone());
        assert!(loose != whole && from_base64url(loose.rsplit('.').next().unwrap()).is_none());
        token.claim_before("sub", "c");
        let payload = from_base64url(token.compact().split('.').nth(1).unwrap()).unwrap();
        assert_eq!(payload, br#"{"sub":"c","iss":"a","sub":"b"}"#);
    }
}
