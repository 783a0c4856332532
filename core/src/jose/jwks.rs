//! RFC 7517 §5: the keys of one issuer. A set is a value; a refresh replaces it and never merges.

use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::sync::atomic::{AtomicU32, Ordering};

use crate::codec::json::{Json, Object};
use crate::crypto::{Algorithm, Algorithms};
use crate::error::{Error, ErrorCode};
use crate::jose::PublicKey;
use crate::limits::Limits;
use crate::oauth::http::HttpResponse;
use crate::ordered::sorted_by;
use crate::text::KeyId;
use crate::uri::Issuer;

#[cfg(test)]
mod tests;

/// A key set without an owner: usable keys, sorted by `kid`, and why the others are not.
#[derive(Clone, Debug)]
pub struct PublicKeys {
    keys: Vec<PublicKey>,
    skipped: Vec<(usize, Error)>,
    /// Steps of preparation its keys took; copies of a set count together.
    steps: Arc<AtomicU32>,
}

/// How many steps of preparation the keys of one set take together. An issuer has a few keys in use; one that uses a
/// thousand leaves room for the keys of others.
const MOST_STEPS: u32 = 16;

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
        let steps = Arc::new(AtomicU32::new(keys.iter().map(PublicKey::steps).sum()));
        Self { keys: sorted_by(keys, |left, right| left.kid().cmp(&right.kid())), skipped, steps }
    }

    /// The same set, for which nothing is ever computed ahead: who may publish a set without being configured takes no room
    /// from issuers.
    #[must_use]
    pub(crate) fn never_prepared(self) -> Self {
        Self { steps: Arc::new(AtomicU32::new(MOST_STEPS)), ..self }
    }

    /// The same set, in which keys that `other` has as well are those of `other`, with what was computed for them.
    fn sharing(self, other: &Self) -> Self {
        let known = |key: PublicKey| {
            let start = other.keys.partition_point(|known| known.kid() < key.kid());
            let same_kid = other.keys.get(start..).unwrap_or_default().iter();
            let mut same_kid = same_kid.take_while(|known| known.kid() == key.kid());
            same_kid.find(|known| **known == key).cloned().unwrap_or(key)
        };
        Self::sorted(self.keys.into_iter().map(known).collect(), self.skipped)
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

    /// Prepares each key, up to 16 of them. See [`PublicKey::prepare`].
    pub fn prepare(&self) {
        for key in &self.keys {
            if key.would_be_prepared() && self.takes_step() {
                key.prepare_further();
            }
        }
    }

    /// To be told of every signature that a key of the set verified: keys in use come to their tables. Failures do not
    /// count, so that only who holds the issuer's keys can have tables built.
    pub(crate) fn used(&self, key: &PublicKey) {
        if key.is_due_after_use() && self.takes_step() {
            key.prepare_further();
        }
    }

    fn takes_step(&self) -> bool {
        let more = |steps: u32| (steps < MOST_STEPS).then(|| steps.saturating_add(1));
        self.steps.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more).is_ok()
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

    /// Prepares each key, up to 16 of them. See [`PublicKey::prepare`].
    pub fn prepare(&self) {
        self.keys.prepare();
    }

    /// The same set, in which keys that `other` has as well are those of `other`, with what was computed for them.
    pub(crate) fn sharing(self, other: &Self) -> Self {
        Self { issuer: self.issuer, keys: self.keys.sharing(&other.keys) }
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
