//! ES256 (randomised) and EdDSA signing in process.

use alloc::vec::Vec;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _};
use idjag::crypto::{KeyMaterial, PrivateKey, Provider};
use idjag::{Error, ErrorCode, crypto};
use zeroize::Zeroizing;

use crate::PROVIDER;

/// A private key for ES256 or EdDSA. Two ES256 signatures over one message differ: AWS-LC draws their nonces.
pub type SigningKey = crypto::SigningKey<Private>;

/// AWS-LC's arithmetic with a private key. AWS-LC wipes what it frees.
pub struct Private(KeyPair);

enum KeyPair {
    P256(EcdsaKeyPair),
    Ed25519(Ed25519KeyPair),
}

const WEAK: Error = Error::new(ErrorCode::KeyWeak);

/// RFC 5915 §3: an `ECPrivateKey` of P-256 without its public half, which AWS-LC then computes.
fn ec_private_key(scalar: &[u8; 32]) -> Zeroizing<Vec<u8>> {
    const HEAD: &[u8] = &[0x30, 0x31, 0x02, 0x01, 0x01, 0x04, 0x20];
    const PRIME256V1: &[u8] = &[0xa0, 0x0a, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];
    Zeroizing::new([HEAD, scalar, PRIME256V1].concat())
}

/// The halves of an uncompressed point.
fn coordinates(point: &[u8]) -> Option<([u8; 32], [u8; 32])> {
    let (x, y) = point.strip_prefix(&[4])?.split_at_checked(32)?;
    Some((x.try_into().ok()?, y.try_into().ok()?))
}

impl PrivateKey for Private {
    const PROVIDER: Provider = PROVIDER;

    fn es256(scalar: &[u8; 32]) -> Result<(Self, KeyMaterial), Error> {
        let pair =
            EcdsaKeyPair::from_private_key_der(&ECDSA_P256_SHA256_FIXED_SIGNING, &ec_private_key(scalar));
        let pair = pair.map_err(|_| WEAK)?;
        let (x, y) = coordinates(pair.public_key().as_ref()).ok_or(WEAK)?;
        Ok((Self(KeyPair::P256(pair)), KeyMaterial::P256 { x, y }))
    }

    fn ed25519(seed: &[u8; 32]) -> Result<(Self, KeyMaterial), Error> {
        let pair = Ed25519KeyPair::from_seed_unchecked(seed).map_err(|_| WEAK)?;
        let x = pair.public_key().as_ref().try_into().map_err(|_| WEAK)?;
        Ok((Self(KeyPair::Ed25519(pair)), KeyMaterial::Ed25519 { x }))
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Error> {
        // AWS-LC fails to sign only where it finds no memory or no randomness: this side's fault, whatever the token.
        let failed = |_| Error::new(ErrorCode::SignerMismatch);
        let signature = match &self.0 {
            KeyPair::P256(pair) => pair.sign(&SystemRandom::new(), message).map_err(failed)?,
            KeyPair::Ed25519(pair) => pair.try_sign(message).map_err(failed)?,
        };
        Ok(signature.as_ref().to_vec())
    }
}
