//! Verification: each key is parsed once, when it is imported.

use alloc::boxed::Box;
use alloc::vec::Vec;

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ED25519, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256,
    RSA_PSS_2048_8192_SHA256, RsaParameters, RsaPublicKeyComponents, VerificationAlgorithm,
};
use idjag::crypto::{Algorithm, JwsAlgorithm, KeyMaterial, VerifyingKey, rustcrypto};
use idjag::{Error, ErrorCode};

/// A key of any algorithm.
struct Key(ParsedPublicKey);

impl VerifyingKey for Key {
    fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        self.0.verify_sig(message, signature).is_ok()
    }
}

const WEAK: Error = Error::new(ErrorCode::KeyWeak);
const WRONG_TYPE: Error = Error::new(ErrorCode::KeyTypeUnsupported);

fn parsed(algorithm: &'static dyn VerificationAlgorithm, key: &[u8]) -> Result<Box<dyn VerifyingKey>, Error> {
    Ok(Box::new(Key(ParsedPublicKey::new(algorithm, key).map_err(|_| WEAK)?)))
}

/// SEC 1 §2.3.3: an uncompressed point.
fn point(x: &[u8], y: &[u8]) -> Vec<u8> {
    [&[4], x, y].concat()
}

fn rsa(material: &KeyMaterial, parameters: &'static RsaParameters) -> Result<Box<dyn VerifyingKey>, Error> {
    let KeyMaterial::Rsa { n, e } = material else { return Err(WRONG_TYPE) };
    let key = RsaPublicKeyComponents { n, e }.to_parsed_public_key(parameters).map_err(|_| WEAK)?;
    Ok(Box::new(Key(key)))
}

macro_rules! algorithms {
    ($($(#[doc = $doc:literal])* $name:ident: $import:expr;)*) => {
        $(
            $(#[doc = $doc])*
            #[derive(Debug)]
            pub struct $name;

            impl JwsAlgorithm for $name {
                fn algorithm(&self) -> Algorithm {
                    Algorithm::$name
                }

                fn import(&self, material: &KeyMaterial) -> Result<Box<dyn VerifyingKey>, Error> {
                    let import: fn(&KeyMaterial) -> Result<Box<dyn VerifyingKey>, Error> = $import;
                    import(material)
                }
            }
        )*
    };
}

algorithms! {
    /// ECDSA on P-256 with SHA-256.
    Es256: |material| match material {
        KeyMaterial::P256 { x, y } => parsed(&ECDSA_P256_SHA256_FIXED, &point(x, y)),
        _ => Err(WRONG_TYPE),
    };
    /// ECDSA on P-384 with SHA-384.
    Es384: |material| match material {
        KeyMaterial::P384 { x, y } => parsed(&ECDSA_P384_SHA384_FIXED, &point(x, y)),
        _ => Err(WRONG_TYPE),
    };
    /// Ed25519.
    EdDsa: |material| match material {
        KeyMaterial::Ed25519 { x } => {
            // AWS-LC takes any 32 octets for a key, and finds out at each signature whether they are a point.
            rustcrypto::EdDsa.import(material)?;
            parsed(&ED25519, x)
        }
        _ => Err(WRONG_TYPE),
    };
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    Rs256: |material| rsa(material, &RSA_PKCS1_2048_8192_SHA256);
    /// RSASSA-PSS with SHA-256, MGF1 with SHA-256 and a salt of 32 octets.
    Ps256: |material| rsa(material, &RSA_PSS_2048_8192_SHA256);
}
