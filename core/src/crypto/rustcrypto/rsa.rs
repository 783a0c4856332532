//! RSA keys, and PS256 verification. There is no signing: the crate's private-key operations leak timing
//! (RUSTSEC-2023-0071); public-key operations have no secret to leak.

use alloc::boxed::Box;

use rsa::{BoxedUint, RsaPublicKey, pss};
use sha2::Sha256;
use signature::Verifier as _;

use crate::crypto::{Algorithm, JwsAlgorithm, KeyMaterial, VerifyingKey};
use crate::error::{Error, ErrorCode};

pub(super) fn public_key(material: &KeyMaterial) -> Result<RsaPublicKey, Error> {
    let KeyMaterial::Rsa { n, e } = material else { return Err(Error::new(ErrorCode::KeyTypeUnsupported)) };
    let n = BoxedUint::from_be_slice_vartime(n);
    let e = BoxedUint::from_be_slice_vartime(e);
    RsaPublicKey::new(n, e).map_err(|_| Error::new(ErrorCode::KeyWeak))
}

/// RSASSA-PSS with SHA-256, MGF1 with SHA-256 and a salt of 32 octets.
#[derive(Debug)]
pub struct Ps256;

struct Ps256Key(pss::VerifyingKey<Sha256>);

impl JwsAlgorithm for Ps256 {
    fn algorithm(&self) -> Algorithm {
        Algorithm::Ps256
    }

    fn import(&self, material: &KeyMaterial) -> Result<Box<dyn VerifyingKey>, Error> {
        Ok(Box::new(Ps256Key(pss::VerifyingKey::new(public_key(material)?))))
    }
}

impl VerifyingKey for Ps256Key {
    fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        let signature = pss::Signature::try_from(signature);
        signature.is_ok_and(|signature| self.0.verify(message, &signature).is_ok())
    }
}
