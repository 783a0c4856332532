//! RFC 7517 §4: one public key, bound at import to the one algorithm it will be used with.

use alloc::boxed::Box;
use alloc::sync::Arc;
use core::fmt;
use core::sync::atomic::{AtomicU32, Ordering};

use crate::codec::json::{Json, Object};
use crate::crypto::{self, Algorithm, Algorithms, KeyMaterial, Thumbprint, VerifyingKey};
use crate::error::{Error, ErrorCode};
use crate::limits::Limits;
use crate::text::KeyId;

/// A validated public key. Cloning shares it.
#[derive(Clone)]
pub struct PublicKey(Arc<Inner>);

struct Inner {
    identity: KeyIdentity,
    verifier: Box<dyn VerifyingKey>,
    /// How many signatures it verified as one of a set, counted up to the last of [`STEPS`].
    uses: AtomicU32,
}

/// Which key it is, without what verifies: whoever only remembers a key keeps no tables of it.
#[derive(Clone)]
pub(crate) struct KeyIdentity(Arc<Identity>);

#[derive(PartialEq, Eq)]
struct Identity {
    kid: Option<KeyId>,
    algorithm: Algorithm,
    material: KeyMaterial,
}

/// After how many signatures a key is prepared, and prepared further. The first table costs as much as it saves in two
/// verifications, the second as much as in sixty-five.
const STEPS: [u32; 2] = [4, 256];

impl PublicKey {
    /// Imports `material` for `algorithm`; fails with `key_use_mismatch` or `key_weak`.
    pub(crate) fn new(
        kid: Option<KeyId>,
        material: KeyMaterial,
        algorithm: Algorithm,
        algorithms: &Algorithms,
    ) -> Result<Self, Error> {
        Self::import(kid, material, Some(algorithm), algorithms)
    }

    /// Reads the text of a public JWK. See [`PublicKey::from_jwk`].
    pub fn parse(text: &[u8], algorithms: &Algorithms, limits: &Limits) -> Result<Self, Error> {
        let jwk = Json::parse_object(text, limits.json_depth, ErrorCode::KeyMalformed)?;
        Self::from_jwk(&jwk, algorithms)
    }

    /// Checks a public JWK and binds it to the first allowed algorithm that fits it.
    ///
    /// Fails with `key_malformed`, `key_type_unsupported`, `key_private` (private or symmetric members),
    /// `key_weak` (not on the curve, small order, RSA outside 2048 to 4096 bits) or `key_use_mismatch` (`use`,
    /// `key_ops` or `alg` say otherwise, or no allowed algorithm fits).
    pub fn from_jwk(jwk: &Object<'_>, algorithms: &Algorithms) -> Result<Self, Error> {
        Self::from_jwk_for(jwk, None, algorithms)
    }

    /// The same for a key that comes with the token it verifies, and so with the algorithm it is used with.
    pub(crate) fn from_jwk_for(
        jwk: &Object<'_>,
        used_with: Option<Algorithm>,
        algorithms: &Algorithms,
    ) -> Result<Self, Error> {
        let material = KeyMaterial::from_public_jwk(jwk)?;
        check_use(jwk)?;
        let alg = match text(jwk, "alg")? {
            None => used_with,
            Some(name) => {
                Some(Algorithm::from_name(name).ok_or(Error::with_detail(ErrorCode::KeyUseMismatch, "alg"))?)
            }
        };
        let kid = text(jwk, "kid")?.map(KeyId::new).transpose();
        let kid = kid.map_err(|_| Error::with_detail(ErrorCode::KeyMalformed, "kid"))?;
        Self::import(kid, material, alg, algorithms)
    }

    fn import(
        kid: Option<KeyId>,
        material: KeyMaterial,
        alg: Option<Algorithm>,
        algorithms: &Algorithms,
    ) -> Result<Self, Error> {
        let (algorithm, verifier) = algorithms.import(&material, alg)?;
        let identity = KeyIdentity(Arc::new(Identity { kid, algorithm, material }));
        Ok(Self(Arc::new(Inner { identity, verifier, uses: AtomicU32::new(0) })))
    }

    /// Which key it is.
    pub(crate) fn identity(&self) -> &KeyIdentity {
        &self.0.identity
    }

    /// The key's name among its issuer's keys.
    #[must_use]
    pub fn kid(&self) -> Option<&KeyId> {
        self.identity().0.kid.as_ref()
    }

    /// The one algorithm this key is used with (RFC 8725 §3.1).
    #[must_use]
    pub fn algorithm(&self) -> Algorithm {
        self.identity().algorithm()
    }

    /// RFC 7638.
    #[must_use]
    pub fn thumbprint(&self) -> Thumbprint {
        self.material().thumbprint()
    }

    pub(crate) fn material(&self) -> &KeyMaterial {
        &self.identity().0.material
    }

    /// The public JWK: required members, then `kid`, `alg` and `use`.
    #[must_use]
    pub fn to_jwk(&self) -> Object<'static> {
        let mut jwk = self.material().to_jwk();
        if let Some(kid) = self.kid() {
            jwk.set_str("kid", alloc::string::String::from(kid.as_str()));
        }
        jwk.set_str("alg", self.algorithm().name());
        jwk.set_str("use", "sig");
        jwk
    }

    /// Fails with `signature_invalid` unless `signature` is this key's over `message`.
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), Error> {
        crypto::verify(self.material(), self.0.verifier.as_ref(), message, signature)
    }

    /// Computes tables for the key now, where the provider has any: for a key that many tokens will come for, at a time
    /// when nobody waits. A key of a set comes to them by itself once it has verified a few signatures, and to larger ones
    /// after some hundred. No verdict changes.
    pub fn prepare(&self) {
        if self.would_be_prepared() {
            self.prepare_further();
        }
    }

    /// Whether nobody has prepared the key. Counts as its first uses: who is told so prepares it.
    pub(crate) fn would_be_prepared(&self) -> bool {
        let [first, _] = STEPS;
        self.0.uses.fetch_max(first, Ordering::Relaxed) < first
    }

    /// Counts a use. True for the one caller with whom it is time for [`Self::prepare_further`].
    pub(crate) fn is_due_after_use(&self) -> bool {
        let [first, last] = STEPS;
        let uses = &self.0.uses;
        if uses.load(Ordering::Relaxed) >= last {
            return false;
        }
        let count = uses.fetch_add(1, Ordering::Relaxed).saturating_add(1);
        count == first || count == last
    }

    /// How many steps it was prepared, or would have been with room.
    pub(crate) fn steps(&self) -> u32 {
        let uses = self.0.uses.load(Ordering::Relaxed);
        STEPS.iter().map(|step| u32::from(uses >= *step)).sum()
    }

    /// One step.
    pub(crate) fn prepare_further(&self) {
        let _ = self.0.verifier.prepare();
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.identity().describe("PublicKey", f)
    }
}

impl PartialEq for PublicKey {
    fn eq(&self, other: &Self) -> bool {
        self.identity() == other.identity()
    }
}

impl Eq for PublicKey {}

impl KeyIdentity {
    pub(crate) fn algorithm(&self) -> Algorithm {
        self.0.algorithm
    }

    fn describe(&self, name: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct(name).field("kid", &self.0.kid).field("algorithm", &self.0.algorithm).finish()
    }
}

impl fmt::Debug for KeyIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.describe("KeyIdentity", f)
    }
}

impl PartialEq for KeyIdentity {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.0 == other.0
    }
}

impl Eq for KeyIdentity {}

fn text<'j>(jwk: &'j Object<'_>, name: &'static str) -> Result<Option<&'j str>, Error> {
    match jwk.get(name) {
        None => Ok(None),
        Some(Json::String(text)) => Ok(Some(text)),
        Some(_) => Err(Error::with_detail(ErrorCode::KeyMalformed, name)),
    }
}

/// R7517-003: a key marked for something else is not used for verifying.
fn check_use(jwk: &Object<'_>) -> Result<(), Error> {
    if text(jwk, "use")?.is_some_and(|purpose| purpose != "sig") {
        return Err(Error::with_detail(ErrorCode::KeyUseMismatch, "use"));
    }
    match jwk.get("key_ops") {
        None => Ok(()),
        Some(Json::Array(operations)) if operations.iter().all(|operation| operation.as_str().is_some()) => {
            if operations.iter().any(|operation| operation.as_str() == Some("verify")) {
                Ok(())
            } else {
                Err(Error::with_detail(ErrorCode::KeyUseMismatch, "key_ops"))
            }
        }
        Some(_) => Err(Error::with_detail(ErrorCode::KeyMalformed, "key_ops")),
    }
}
