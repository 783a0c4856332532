//! ES256 and ES384 verification. ES256 keys can be prepared.

use alloc::boxed::Box;

use p256::ecdsa::signature::hazmat::PrehashVerifier as _;
use signature::Verifier as _;

use super::prepared::Tables;
use super::prepared::p256::{self as prepared, P256Multiples};
use super::{WRONG_TYPE, weak};
use crate::crypto::{Algorithm, JwsAlgorithm, KeyMaterial, VerifyingKey, sha256};
use crate::error::Error;

/// ECDSA on P-256 with SHA-256.
#[derive(Debug)]
pub(super) struct Es256;

struct P256Key {
    key: p256::ecdsa::VerifyingKey,
    tables: Tables<P256Multiples>,
}

impl JwsAlgorithm for Es256 {
    fn algorithm(&self) -> Algorithm {
        Algorithm::Es256
    }

    fn import(&self, material: &KeyMaterial) -> Result<Box<dyn VerifyingKey>, Error> {
        let KeyMaterial::P256 { x, y } = material else { return Err(WRONG_TYPE) };
        let point = p256::Sec1Point::from_affine_coordinates(&(*x).into(), &(*y).into(), false);
        let key = p256::ecdsa::VerifyingKey::from_sec1_point(&point).map_err(weak)?;
        Ok(Box::new(P256Key { key, tables: Tables::new() }))
    }
}

impl VerifyingKey for P256Key {
    fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        let Ok(signature) = p256::ecdsa::Signature::from_slice(signature) else { return false };
        let digest = sha256(message);
        let pair = self.tables.pair();
        let verdict = pair.and_then(|(generator, key)| prepared::verify(generator, key, &digest, &signature));
        verdict.unwrap_or_else(|| self.key.verify_prehash(&digest, &signature).is_ok())
    }

    fn prepare(&self) {
        self.tables.grow(self.key.as_affine());
    }
}

/// ECDSA on P-384 with SHA-384.
#[derive(Debug)]
pub(super) struct Es384;

struct P384Key(p384::ecdsa::VerifyingKey);

impl JwsAlgorithm for Es384 {
    fn algorithm(&self) -> Algorithm {
        Algorithm::Es384
    }

    fn import(&self, material: &KeyMaterial) -> Result<Box<dyn VerifyingKey>, Error> {
        let KeyMaterial::P384 { x, y } = material else { return Err(WRONG_TYPE) };
        let point = p384::Sec1Point::from_affine_coordinates(&(*x).into(), &(*y).into(), false);
        let key = p384::ecdsa::VerifyingKey::from_sec1_point(&point).map_err(weak)?;
        Ok(Box::new(P384Key(key)))
    }
}

impl VerifyingKey for P384Key {
    fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        let signature = p384::ecdsa::Signature::from_slice(signature);
        signature.is_ok_and(|signature| self.0.verify(message, &signature).is_ok())
    }
}
