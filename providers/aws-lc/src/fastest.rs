//! Each algorithm by whoever is faster. For ES256 that is AWS-LC while a key is new, and the tables of the default provider
//! when it is used again and again.

use alloc::boxed::Box;
use std::sync::OnceLock;

use idjag::Error;
use idjag::crypto::rustcrypto::{self, EdDsa};
use idjag::crypto::{Algorithm, JwsAlgorithm, KeyMaterial, Provider, VerifyingKey};

use crate::verifying::{self, Es384, Ps256, Rs256};

/// Each algorithm by whichever of AWS-LC and the default provider verifies it faster (docs/decisions/016).
pub const FASTEST: Provider = Provider { algorithms: &[&Es256, &EdDsa, &Es384, &Rs256, &Ps256] };

/// ES256 by both.
#[derive(Debug)]
struct Es256;

struct Key {
    new: Box<dyn VerifyingKey>,
    /// What there is once it was prepared, and then alone is used.
    prepared: OnceLock<Box<dyn VerifyingKey>>,
    material: KeyMaterial,
}

impl JwsAlgorithm for Es256 {
    fn algorithm(&self) -> Algorithm {
        Algorithm::Es256
    }

    fn import(&self, material: &KeyMaterial) -> Result<Box<dyn VerifyingKey>, Error> {
        let new = verifying::Es256.import(material)?;
        Ok(Box::new(Key { new, prepared: OnceLock::new(), material: material.clone() }))
    }
}

impl VerifyingKey for Key {
    fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        self.prepared.get().unwrap_or(&self.new).verify(message, signature)
    }

    fn prepare(&self) -> bool {
        if let Some(key) = self.prepared.get() {
            return key.prepare();
        }
        // Without tables, for which there may be no room, the other is no faster.
        match rustcrypto::Es256.import(&self.material) {
            Ok(key) if key.prepare() => {
                let _ = self.prepared.set(key);
                true
            }
            _ => false,
        }
    }
}
