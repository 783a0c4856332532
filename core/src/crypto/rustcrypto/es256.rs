//! ES256 verification; keys can be prepared.

use alloc::boxed::Box;

use p256::ecdsa::signature::hazmat::PrehashVerifier as _;

use super::prepared::Tables;
use super::prepared::p256::{self as prepared, P256Multiples};
use super::{WRONG_TYPE, weak};
use crate::crypto::{Algorithm, JwsAlgorithm, KeyMaterial, VerifyingKey, sha256};
use crate::error::Error;

/// ECDSA on P-256 with SHA-256.
#[derive(Debug)]
pub struct Es256;

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

    fn prepare(&self) -> bool {
        self.tables.grow(self.key.as_affine());
        self.tables.pair().is_some()
    }
}
