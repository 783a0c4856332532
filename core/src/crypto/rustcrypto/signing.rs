//! ES256 (deterministic, RFC 6979) and EdDSA signing in process.

use alloc::vec::Vec;
use core::fmt;

use signature::Signer as _;
use zeroize::Zeroizing;

use super::PROVIDER;
use crate::codec::base64url;
use crate::codec::json::{Json, Object};
use crate::crypto::{Algorithm, KeyMaterial, Signer};
use crate::error::{Error, ErrorCode};
use crate::jose::PublicKey;
use crate::limits::Limits;
use crate::text::KeyId;

/// A private key for ES256 or EdDSA. It does not print, and its memory is wiped when dropped.
pub struct SigningKey {
    secret: Private,
    public: PublicKey,
}

enum Private {
    P256(p256::ecdsa::SigningKey),
    Ed25519(ed25519_dalek::SigningKey),
}

impl SigningKey {
    /// An ES256 key from 32 random bytes; fails with `key_weak` for the one in 2^32 that are no scalar.
    pub fn es256(kid: KeyId, secret: &[u8; 32]) -> Result<Self, Error> {
        let key = p256::ecdsa::SigningKey::from_slice(secret).map_err(|_| Error::new(ErrorCode::KeyWeak))?;
        let point = key.verifying_key().to_sec1_point(false);
        let coordinate = |value: Option<&p256::FieldBytes>| -> Result<[u8; 32], Error> {
            value.and_then(|bytes| bytes.as_slice().try_into().ok()).ok_or(Error::new(ErrorCode::KeyWeak))
        };
        let material = KeyMaterial::P256 { x: coordinate(point.x())?, y: coordinate(point.y())? };
        let public = PublicKey::new(Some(kid), material, Algorithm::Es256, &PROVIDER.allow_all())?;
        Ok(Self { secret: Private::P256(key), public })
    }

    /// An Ed25519 key from 32 random bytes.
    pub fn ed25519(kid: KeyId, seed: &[u8; 32]) -> Result<Self, Error> {
        let key = ed25519_dalek::SigningKey::from_bytes(seed);
        let material = KeyMaterial::Ed25519 { x: key.verifying_key().to_bytes() };
        let public = PublicKey::new(Some(kid), material, Algorithm::EdDsa, &PROVIDER.allow_all())?;
        Ok(Self { secret: Private::Ed25519(key), public })
    }

    /// Reads a private JWK (RFC 7517 §4, RFC 7518 §6.2.2, RFC 8037 §2) with a `kid`.
    ///
    /// Fails with `key_malformed`, `key_type_unsupported`, `key_weak`, or `signer_mismatch` when the public
    /// members are not those of the private one.
    pub fn from_jwk(text: &str) -> Result<Self, Error> {
        let limits = Limits::DEFAULT;
        let malformed = ErrorCode::KeyMalformed;
        let jwk = Json::parse_object(text.as_bytes(), limits.json_depth, malformed)?;
        let kid = jwk.get("kid").and_then(Json::as_str).ok_or(Error::with_detail(malformed, "kid"))?;
        let declared = KeyMaterial::from_jwk(&jwk)?;
        let from_secret = match declared {
            KeyMaterial::P256 { .. } => Self::es256,
            KeyMaterial::Ed25519 { .. } => Self::ed25519,
            _ => return Err(Error::new(ErrorCode::KeyTypeUnsupported)),
        };
        let d = jwk.get("d").and_then(Json::as_str).and_then(base64url::decode_secret::<32>);
        let d = d.ok_or(Error::with_detail(malformed, "d"))?;
        let key = from_secret(KeyId::new(kid)?, &d)?;
        if key.public.material() != &declared {
            return Err(Error::new(ErrorCode::SignerMismatch));
        }
        Ok(key)
    }

    /// The private JWK, for the one place that stores it.
    #[must_use]
    pub fn expose_jwk(&self) -> crate::secret::Secret {
        let d = match &self.secret {
            Private::P256(key) => Zeroizing::new(base64url::encode(&key.to_bytes())),
            Private::Ed25519(key) => Zeroizing::new(base64url::encode(&key.to_bytes())),
        };
        let mut jwk: Object<'_> = self.public.to_jwk();
        jwk.set_str("d", d.as_str());
        crate::secret::Secret::new(alloc::format!("{jwk}"))
    }
}

impl Signer for SigningKey {
    fn public_key(&self) -> &PublicKey {
        &self.public
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Error> {
        Ok(match &self.secret {
            Private::P256(key) => {
                let signature: p256::ecdsa::Signature = key.sign(message);
                signature.to_bytes().to_vec()
            }
            Private::Ed25519(key) => key.sign(message).to_bytes().to_vec(),
        })
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey").field("public", &self.public).finish_non_exhaustive()
    }
}
