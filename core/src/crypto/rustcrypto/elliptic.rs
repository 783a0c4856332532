//! ES256, ES384 and EdDSA verification.

use alloc::boxed::Box;

use signature::Verifier as _;

use crate::crypto::{Algorithm, JwsAlgorithm, KeyMaterial, VerifyingKey};
use crate::error::{Error, ErrorCode};

fn weak<E>(_: E) -> Error {
    Error::new(ErrorCode::KeyWeak)
}

const WRONG_TYPE: Error = Error::new(ErrorCode::KeyTypeUnsupported);

macro_rules! ecdsa {
    ($name:ident, $key:ident, $curve:ident, $material:ident, $doc:literal) => {
        #[doc = $doc]
        #[derive(Debug)]
        pub struct $name;

        struct $key($curve::ecdsa::VerifyingKey);

        impl JwsAlgorithm for $name {
            fn algorithm(&self) -> Algorithm {
                Algorithm::$name
            }

            fn import(&self, material: &KeyMaterial) -> Result<Box<dyn VerifyingKey>, Error> {
                let KeyMaterial::$material { x, y } = material else { return Err(WRONG_TYPE) };
                let point = $curve::Sec1Point::from_affine_coordinates(&(*x).into(), &(*y).into(), false);
                let key = $curve::ecdsa::VerifyingKey::from_sec1_point(&point).map_err(weak)?;
                Ok(Box::new($key(key)))
            }
        }

        impl VerifyingKey for $key {
            fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
                let signature = $curve::ecdsa::Signature::from_slice(signature);
                signature.is_ok_and(|signature| self.0.verify(message, &signature).is_ok())
            }
        }
    };
}

ecdsa!(Es256, P256Key, p256, P256, "ECDSA on P-256 with SHA-256.");
#[cfg(feature = "p384")]
ecdsa!(Es384, P384Key, p384, P384, "ECDSA on P-384 with SHA-384.");

/// Ed25519.
#[derive(Debug)]
pub struct EdDsa;

struct Ed25519Key(ed25519_dalek::VerifyingKey);

impl JwsAlgorithm for EdDsa {
    fn algorithm(&self) -> Algorithm {
        Algorithm::EdDsa
    }

    fn import(&self, material: &KeyMaterial) -> Result<Box<dyn VerifyingKey>, Error> {
        let KeyMaterial::Ed25519 { x } = material else { return Err(WRONG_TYPE) };
        let key = ed25519_dalek::VerifyingKey::from_bytes(x).map_err(weak)?;
        Ok(Box::new(Ed25519Key(key)))
    }
}

impl VerifyingKey for Ed25519Key {
    fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        let signature = ed25519_dalek::Signature::from_slice(signature);
        signature.is_ok_and(|signature| self.0.verify_strict(message, &signature).is_ok())
    }
}
