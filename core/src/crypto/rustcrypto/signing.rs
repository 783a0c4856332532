//! ES256 (deterministic, RFC 6979) and EdDSA signing in process.

use alloc::vec::Vec;

use signature::Signer as _;

use super::PROVIDER;
use crate::crypto::{KeyMaterial, PrivateKey, Provider, SigningKey as Key};
use crate::error::{Error, ErrorCode};

/// A private key for ES256 or EdDSA of this provider.
pub type SigningKey = Key<Private>;

/// The arithmetic of this provider with a private key.
pub struct Private(Arithmetic);

enum Arithmetic {
    P256(p256::ecdsa::SigningKey),
    Ed25519(ed25519_dalek::SigningKey),
}

impl PrivateKey for Private {
    const PROVIDER: Provider = PROVIDER;

    fn es256(scalar: &[u8; 32]) -> Result<(Self, KeyMaterial), Error> {
        let key = p256::ecdsa::SigningKey::from_slice(scalar).map_err(|_| Error::new(ErrorCode::KeyWeak))?;
        let point = key.verifying_key().to_sec1_point(false);
        let coordinate = |value: Option<&p256::FieldBytes>| -> Result<[u8; 32], Error> {
            value.and_then(|bytes| bytes.as_slice().try_into().ok()).ok_or(Error::new(ErrorCode::KeyWeak))
        };
        let material = KeyMaterial::P256 { x: coordinate(point.x())?, y: coordinate(point.y())? };
        Ok((Self(Arithmetic::P256(key)), material))
    }

    fn ed25519(seed: &[u8; 32]) -> Result<(Self, KeyMaterial), Error> {
        let key = ed25519_dalek::SigningKey::from_bytes(seed);
        let material = KeyMaterial::Ed25519 { x: key.verifying_key().to_bytes() };
        Ok((Self(Arithmetic::Ed25519(key)), material))
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Error> {
        Ok(match &self.0 {
            Arithmetic::P256(key) => {
                let signature: p256::ecdsa::Signature = key.sign(message);
                signature.to_bytes().to_vec()
            }
            Arithmetic::Ed25519(key) => key.sign(message).to_bytes().to_vec(),
        })
    }
}
