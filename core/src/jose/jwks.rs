//! RFC 7517 §5: the keys of one issuer. A set is a value; a refresh replaces it and never merges.

use alloc::string::String;
use alloc::vec::Vec;

use crate::codec::json::{Json, Object};
use crate::crypto::{Algorithm, Algorithms};
use crate::error::{Error, ErrorCode};
use crate::jose::PublicKey;
use crate::limits::Limits;
use crate::oauth::http::HttpResponse;
use crate::ordered::sorted_by;
use crate::text::KeyId;
use crate::uri::Issuer;

/// A key set without an owner: usable keys, sorted by `kid`, and why the others are not.
#[derive(Clone, Debug)]
pub struct PublicKeys {
    keys: Vec<PublicKey>,
    skipped: Vec<(usize, Error)>,
}

impl PublicKeys {
    /// Reads a JWK Set. A key that cannot be used is skipped, not fatal (R7517-001).
    ///
    /// Fails with `jwks_malformed` when the text is larger than [`Limits::jwks_bytes`], is not an object with
    /// an array `keys`, or lists more than [`Limits::jwks_keys`]; with `duplicate_member`; with
    /// `json_too_deep`.
    pub fn parse(text: &[u8], algorithms: &Algorithms, limits: &Limits) -> Result<Self, Error> {
        const MALFORMED: Error = Error::new(ErrorCode::JwksMalformed);
        if text.len() > limits.jwks_bytes {
            return Err(MALFORMED);
        }
        let document = Json::parse_object(text, limits.json_depth, ErrorCode::JwksMalformed)?;
        let entries = document.get("keys").and_then(Json::as_array).ok_or(MALFORMED)?;
        if entries.len() > limits.jwks_keys {
            return Err(MALFORMED);
        }
        let mut keys = Vec::with_capacity(entries.len());
        let mut skipped = Vec::new();
        for (index, entry) in entries.iter().enumerate() {
            let jwk = entry.as_object().ok_or(Error::new(ErrorCode::KeyMalformed));
            match jwk.and_then(|jwk| PublicKey::from_jwk(jwk, algorithms)) {
                Ok(key) => keys.push(key),
                Err(error) => skipped.push((index, error)),
            }
        }
        Ok(Self::sorted(keys, skipped))
    }

    /// A set of known keys: those a client registered one by one.
    #[must_use]
    pub fn of(keys: impl IntoIterator<Item = PublicKey>) -> Self {
        Self::sorted(keys.into_iter().collect(), Vec::new())
    }

    fn sorted(keys: Vec<PublicKey>, skipped: Vec<(usize, Error)>) -> Self {
        Self { keys: sorted_by(keys, |left, right| left.kid().cmp(&right.kid())), skipped }
    }

    /// The usable keys, sorted by `kid`.
    #[must_use]
    pub fn keys(&self) -> &[PublicKey] {
        &self.keys
    }

    /// Position and reason of every key that was skipped.
    #[must_use]
    pub fn skipped(&self) -> &[(usize, Error)] {
        &self.skipped
    }

    /// Prepares each key. See [`PublicKey::prepare`].
    pub fn prepare(&self) {
        self.keys.iter().for_each(PublicKey::prepare);
    }

    /// The one key that fits a header: the same `kid`, or, where it names none, the only key of the
    /// algorithm.
    ///
    /// Fails with `key_unknown` (a refresh may help) or `key_ambiguous`; keys are never tried in turn.
    pub(crate) fn select(&self, kid: Option<&KeyId>, algorithm: Algorithm) -> Result<&PublicKey, Error> {
        let candidates = match kid {
            None => self.keys.as_slice(),
            Some(kid) => {
                let start = self.keys.partition_point(|key| key.kid() < Some(kid));
                let end = self.keys.partition_point(|key| key.kid() <= Some(kid));
                self.keys.get(start..end).unwrap_or_default()
            }
        };
        let mut fitting = candidates.iter().filter(|key| key.algorithm() == algorithm);
        match (fitting.next(), fitting.next()) {
            (Some(key), None) => Ok(key),
            (None, _) => Err(Error::new(ErrorCode::KeyUnknown)),
            (Some(_), Some(_)) => Err(Error::new(ErrorCode::KeyAmbiguous)),
        }
    }
}

/// The keys of one issuer. Verification refuses the set of any other.
#[derive(Clone, Debug)]
pub struct KeySet {
    issuer: Issuer,
    keys: PublicKeys,
}

impl KeySet {
    /// Reads the JWK Set that `issuer` publishes. Fails as [`PublicKeys::parse`].
    pub fn parse(
        issuer: Issuer,
        text: &[u8],
        algorithms: &Algorithms,
        limits: &Limits,
    ) -> Result<Self, Error> {
        Ok(Self { issuer, keys: PublicKeys::parse(text, algorithms, limits)? })
    }

    /// A set of known keys: for tests, and for servers that verify what they issued.
    #[must_use]
    pub fn of(issuer: Issuer, keys: impl IntoIterator<Item = PublicKey>) -> Self {
        Self { issuer, keys: PublicKeys::of(keys) }
    }

    /// Whose keys these are.
    #[must_use]
    pub const fn issuer(&self) -> &Issuer {
        &self.issuer
    }

    /// The keys.
    #[must_use]
    pub const fn keys(&self) -> &PublicKeys {
        &self.keys
    }

    /// Prepares each key. See [`PublicKey::prepare`].
    pub fn prepare(&self) {
        self.keys.prepare();
    }

    /// The document to publish: public members only, by construction.
    #[must_use]
    pub fn to_json(&self) -> Object<'static> {
        let keys = self.keys.keys.iter().map(|key| Json::Object(key.to_jwk())).collect();
        let mut document = Object::new();
        document.set("keys", Json::Array(keys));
        document
    }

    /// The response of a `jwks_uri`.
    #[must_use]
    pub fn to_response(&self) -> HttpResponse {
        HttpResponse::json_document(&self.to_json())
    }

    /// The document to publish, as text.
    #[must_use]
    pub fn to_text(&self) -> String {
        alloc::format!("{}", self.to_json())
    }
}
