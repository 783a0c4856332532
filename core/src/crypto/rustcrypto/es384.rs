//! ES384 verification.

use alloc::boxed::Box;

use signature::Verifier as _;

use super::{WRONG_TYPE, weak};
use crate::crypto::{Algorithm, JwsAlgorithm, KeyMaterial, VerifyingKey};
use crate::error::Error;

/// ECDSA on P-384 with SHA-384.
#[derive(Debug)]
pub struct Es384;

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
