//! RS256 verification.

use alloc::boxed::Box;
use alloc::vec::Vec;

use crypto_bigint::modular::BoxedMontyForm;
use crypto_bigint::{BoxedUint, MontyForm, MontyMultiplier as _};
use rsa::RsaPublicKey;
use rsa::traits::PublicKeyParts as _;

use super::rsa::public_key;
use crate::crypto::{Algorithm, JwsAlgorithm, KeyMaterial, VerifyingKey, sha256};
use crate::error::Error;

/// RSASSA-PKCS1-v1_5 with SHA-256.
#[derive(Debug)]
pub struct Rs256;

struct Rs256Key(RsaPublicKey);

/// RFC 8017 §9.2, note 1: what stands before a digest of SHA-256.
const DIGEST_INFO: [u8; 19] = [
    0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00,
    0x04, 0x20,
];

impl JwsAlgorithm for Rs256 {
    fn algorithm(&self) -> Algorithm {
        Algorithm::Rs256
    }

    fn import(&self, material: &KeyMaterial) -> Result<Box<dyn VerifyingKey>, Error> {
        Ok(Box::new(Rs256Key(public_key(material)?)))
    }
}

impl VerifyingKey for Rs256Key {
    /// RFC 8017 §8.2.2: a digest has one encoding, and the signature to the power of e must be that.
    fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        let opened = self.opened(signature).map(|opened| opened.to_be_bytes());
        let expected = encoding(&sha256(message), self.0.size());
        // In front of the encoding are the zeros of a number below n.
        opened.zip(expected).is_some_and(|(opened, expected)| opened.ends_with(&expected))
    }
}

impl Rs256Key {
    /// RSAVP1. The crate's own raises to a secret power, by windows and in constant time, which takes twice as long:
    /// here all is public, and e is 2^16 + 1 nearly always.
    fn opened(&self, signature: &[u8]) -> Option<BoxedUint> {
        let params = self.0.n_params();
        if signature.len() != self.0.size() {
            return None;
        }
        let signature = BoxedUint::from_be_slice(signature, params.bits_precision()).ok()?;
        if signature >= *self.0.n().as_ref() {
            return None;
        }
        let mut multiplier = <BoxedMontyForm as MontyForm>::Multiplier::from(params);
        let base = BoxedMontyForm::new(signature, params);
        let mut power = base.clone();
        let e = self.0.e();
        for position in (0..e.bits_vartime().saturating_sub(1)).rev() {
            multiplier.square_assign(&mut power);
            if e.bit_vartime(position) {
                multiplier.mul_assign(&mut power, &base);
            }
        }
        Some(power.retrieve())
    }
}

/// EMSA-PKCS1-v1_5 in `size` octets.
fn encoding(digest: &[u8; 32], size: usize) -> Option<Vec<u8>> {
    let rest = [&[0][..], &DIGEST_INFO, digest].concat();
    let padding = size.checked_sub(rest.len())?.checked_sub(2)?;
    let mut encoding = Vec::with_capacity(size);
    encoding.extend_from_slice(&[0, 1]);
    encoding.extend(core::iter::repeat_n(0xff, padding));
    encoding.extend_from_slice(&rest);
    Some(encoding)
}
