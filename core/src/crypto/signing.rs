//! Private keys of ES256 and EdDSA: read, shown and kept here, used by a provider's arithmetic.

use alloc::vec::Vec;
use core::fmt;

use zeroize::Zeroizing;

use super::{Algorithm, KeyMaterial, Provider, Signer};
use crate::codec::base64url;
use crate::codec::json::{Json, Object};
use crate::error::{Error, ErrorCode};
use crate::jose::PublicKey;
use crate::limits::Limits;
use crate::secret::Secret;
use crate::text::KeyId;

/// A provider's arithmetic with one private key. It wipes its memory when dropped.
pub trait PrivateKey: Sized + Send + Sync {
    /// What verifies with the public half.
    const PROVIDER: Provider;

    /// A scalar of P-256 and its point; fails with `key_weak` when it is 0 or not below the order.
    fn es256(scalar: &[u8; 32]) -> Result<(Self, KeyMaterial), Error>;

    /// A seed of Ed25519 and its point.
    fn ed25519(seed: &[u8; 32]) -> Result<(Self, KeyMaterial), Error>;

    /// The JWS signature over `message`.
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Error>;
}

/// A private key for ES256 or EdDSA. It does not print, and its memory is wiped when dropped.
pub struct SigningKey<K> {
    key: K,
    public: PublicKey,
    secret: Zeroizing<[u8; 32]>,
}

impl<K: PrivateKey> SigningKey<K> {
    /// An ES256 key from 32 random bytes; fails with `key_weak` for the one in 2^32 that are no scalar.
    pub fn es256(kid: KeyId, secret: &[u8; 32]) -> Result<Self, Error> {
        Self::new(kid, secret, Algorithm::Es256, K::es256(secret)?)
    }

    /// An Ed25519 key from 32 random bytes.
    pub fn ed25519(kid: KeyId, seed: &[u8; 32]) -> Result<Self, Error> {
        Self::new(kid, seed, Algorithm::EdDsa, K::ed25519(seed)?)
    }

    /// Reads a private JWK (RFC 7517 §4, RFC 7518 §6.2.2, RFC 8037 §2) with a `kid`.
    ///
    /// Fails with `key_malformed`, `key_type_unsupported`, `key_weak`, or `signer_mismatch` when the public
    /// members are not those of the private one.
    pub fn from_jwk(text: &str) -> Result<Self, Error> {
        let jwk = PrivateJwk::parse(text)?;
        let key = match jwk.algorithm {
            Algorithm::Es256 => Self::es256(jwk.kid.clone(), &jwk.secret)?,
            _ => Self::ed25519(jwk.kid.clone(), &jwk.secret)?,
        };
        jwk.check(&key.public)?;
        Ok(key)
    }

    fn new(
        kid: KeyId,
        secret: &[u8; 32],
        algorithm: Algorithm,
        (key, material): (K, KeyMaterial),
    ) -> Result<Self, Error> {
        let public = PublicKey::new(Some(kid), material, algorithm, &K::PROVIDER.allow(&[algorithm])?)?;
        Ok(Self { key, public, secret: Zeroizing::new(*secret) })
    }
}

impl<K> SigningKey<K> {
    /// The private JWK, for the one place that stores it.
    #[must_use]
    pub fn expose_jwk(&self) -> Secret {
        let d = Zeroizing::new(base64url::encode(self.secret.as_slice()));
        let mut jwk: Object<'_> = self.public.to_jwk();
        jwk.set_str("d", d.as_str());
        Secret::new(alloc::format!("{jwk}"))
    }
}

impl<K: PrivateKey> Signer for SigningKey<K> {
    fn public_key(&self) -> &PublicKey {
        &self.public
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Error> {
        self.key.sign(message)
    }
}

impl<K> fmt::Debug for SigningKey<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey").field("public", &self.public).finish_non_exhaustive()
    }
}

/// A private JWK taken apart.
pub(crate) struct PrivateJwk {
    /// ES256 or EdDSA.
    pub(crate) algorithm: Algorithm,
    /// Its name.
    pub(crate) kid: KeyId,
    /// The scalar or the seed.
    pub(crate) secret: Zeroizing<[u8; 32]>,
    public: KeyMaterial,
}

impl PrivateJwk {
    /// Reads it; fails with `key_malformed`, `key_type_unsupported` or `key_weak`.
    pub(crate) fn parse(text: &str) -> Result<Self, Error> {
        let malformed = ErrorCode::KeyMalformed;
        let jwk = Json::parse_object(text.as_bytes(), Limits::DEFAULT.json_depth, malformed)?;
        let kid = jwk.get("kid").and_then(Json::as_str).ok_or(Error::with_detail(malformed, "kid"))?;
        let public = KeyMaterial::from_jwk(&jwk)?;
        let algorithm = match public {
            KeyMaterial::P256 { .. } => Algorithm::Es256,
            KeyMaterial::Ed25519 { .. } => Algorithm::EdDsa,
            _ => return Err(Error::new(ErrorCode::KeyTypeUnsupported)),
        };
        let d = jwk.get("d").and_then(Json::as_str).and_then(base64url::decode_secret::<32>);
        let secret = d.ok_or(Error::with_detail(malformed, "d"))?;
        Ok(Self { algorithm, kid: KeyId::new(kid)?, secret, public })
    }

    /// Fails with `signer_mismatch` unless `found`, the public half of its secret, is the one that it names.
    pub(crate) fn check(&self, found: &PublicKey) -> Result<(), Error> {
        if found.material() == &self.public { Ok(()) } else { Err(Error::new(ErrorCode::SignerMismatch)) }
    }
}
