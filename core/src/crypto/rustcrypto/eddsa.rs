//! EdDSA verification. Keys can be prepared.

use alloc::boxed::Box;
use core::ops::Neg as _;

use curve25519_dalek::edwards::CompressedEdwardsY;
use curve25519_dalek::traits::Identity as _;
use curve25519_dalek::{EdwardsPoint, Scalar};
use sha2::{Digest as _, Sha512};

use super::prepared::Tables;
use super::prepared::ed25519::Ed25519Multiples;
use super::{WRONG_TYPE, weak};
use crate::crypto::{Algorithm, JwsAlgorithm, KeyMaterial, VerifyingKey};
use crate::error::Error;

/// Ed25519.
#[derive(Debug)]
pub struct EdDsa;

struct Ed25519Key {
    encoded: [u8; 32],
    /// −A.
    negated: EdwardsPoint,
    tables: Tables<Ed25519Multiples>,
}

impl JwsAlgorithm for EdDsa {
    fn algorithm(&self) -> Algorithm {
        Algorithm::EdDsa
    }

    fn import(&self, material: &KeyMaterial) -> Result<Box<dyn VerifyingKey>, Error> {
        let KeyMaterial::Ed25519 { x } = material else { return Err(WRONG_TYPE) };
        let point = CompressedEdwardsY(*x).decompress().filter(|point| !point.is_small_order());
        let point = point.ok_or(()).map_err(weak)?;
        Ok(Box::new(Ed25519Key { encoded: *x, negated: point.neg(), tables: Tables::new() }))
    }
}

impl VerifyingKey for Ed25519Key {
    /// RFC 8032 §5.1.7 without the cofactor: the encoding of S·B − k·A is compared with that of R. An R that is equal
    /// to it is on the curve and reduced, so that it need not be decoded, which takes as long as all hashing; what is
    /// left to refuse is one of small order.
    fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        let Some((r, s)) = signature.split_at_checked(32) else { return false };
        let s = s.try_into().ok().and_then(|s| Option::from(Scalar::from_canonical_bytes(s)));
        let Some(s) = s else { return false };
        let hash = Sha512::new().chain_update(r).chain_update(self.encoded).chain_update(message).finalize();
        let k = Scalar::from_bytes_mod_order_wide(&hash.into());
        let expected = match self.tables.pair() {
            Some((generator, key)) => key.add(generator.add(EdwardsPoint::identity(), &s), &k),
            None => EdwardsPoint::vartime_double_scalar_mul_basepoint(&k, &self.negated, &s),
        };
        expected.compress().as_bytes() == r && !expected.is_small_order()
    }

    fn prepare(&self) -> bool {
        self.tables.grow(&self.negated);
        self.tables.pair().is_some()
    }
}
