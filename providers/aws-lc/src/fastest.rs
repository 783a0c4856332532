//! Each algorithm by whoever is faster: AWS-LC for a key that is new, tables of the default provider for one that is used
//! again and again.

use alloc::boxed::Box;
use std::sync::OnceLock;

use idjag::Error;
use idjag::crypto::{Algorithm, JwsAlgorithm, KeyMaterial, Provider, VerifyingKey, rustcrypto};

use crate::verifying::{self, Es384, Ps256, Rs256};

/// Each algorithm by whichever of AWS-LC and the default provider verifies it faster (docs/decisions/016).
pub const FASTEST: Provider = Provider { algorithms: &[&ES256, &ED_DSA, &Es384, &Rs256, &Ps256] };

const ES256: Either = Either { new: &verifying::Es256, prepared: &rustcrypto::Es256 };
const ED_DSA: Either = Either { new: &verifying::EdDsa, prepared: &rustcrypto::EdDsa };

/// One algorithm of two implementations.
#[derive(Debug)]
struct Either {
    new: &'static dyn JwsAlgorithm,
    prepared: &'static dyn JwsAlgorithm,
}

struct Key {
    new: Box<dyn VerifyingKey>,
    /// What there is once it was prepared, and then alone is used.
    prepared: OnceLock<Box<dyn VerifyingKey>>,
    by: &'static dyn JwsAlgorithm,
    material: KeyMaterial,
}

impl JwsAlgorithm for Either {
    fn algorithm(&self) -> Algorithm {
        self.new.algorithm()
    }

    fn import(&self, material: &KeyMaterial) -> Result<Box<dyn VerifyingKey>, Error> {
        let new = self.new.import(material)?;
        let prepared = OnceLock::new();
        Ok(Box::new(Key { new, prepared, by: self.prepared, material: material.clone() }))
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
        match self.by.import(&self.material) {
            Ok(key) if key.prepare() => {
                let _ = self.prepared.set(key);
                true
            }
            _ => false,
        }
    }
}
