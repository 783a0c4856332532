//! Signatures as values: a provider lists algorithms, an algorithm imports keys, a key verifies.
//!
//! The provider is passed in where keys are read; it is never a global and never chosen by a feature's mere
//! presence. Rules on which one verdict must not depend on the provider are checked here, before it is asked.

mod ed25519;
mod material;
#[cfg(any(feature = "rustcrypto", feature = "rsa"))]
pub mod rustcrypto;
mod signing;

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use sha2::{Digest as _, Sha256};

pub use material::KeyMaterial;
pub(crate) use material::PRIVATE_MEMBERS;
#[cfg(feature = "wire-resource-server")]
pub(crate) use signing::PrivateJwk;
pub use signing::{PrivateKey, SigningKey};

use crate::codec::base64url;
use crate::error::{Error, ErrorCode};
use crate::jose::PublicKey;

/// An asymmetric JWS algorithm. Symmetric ones and `none` do not exist here (AMB-013).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Algorithm {
    /// ECDSA on P-256 with SHA-256 (RFC 7518 §3.4).
    Es256,
    /// ECDSA on P-384 with SHA-384 (RFC 7518 §3.4).
    Es384,
    /// Ed25519, by the names `EdDSA` (RFC 8037) and `Ed25519` (RFC 9864): one algorithm (AMB-014).
    EdDsa,
    /// RSASSA-PKCS1-v1_5 with SHA-256 (RFC 7518 §3.3).
    Rs256,
    /// RSASSA-PSS with SHA-256 (RFC 7518 §3.5).
    Ps256,
}

impl Algorithm {
    /// The algorithm that `alg` names, if it is one of ours.
    #[must_use]
    pub fn from_name(alg: &str) -> Option<Self> {
        Some(match alg {
            "ES256" => Self::Es256,
            "ES384" => Self::Es384,
            "EdDSA" | "Ed25519" => Self::EdDsa,
            "RS256" => Self::Rs256,
            "PS256" => Self::Ps256,
            _ => return None,
        })
    }

    /// The name written into headers.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Es256 => "ES256",
            Self::Es384 => "ES384",
            Self::EdDsa => "EdDSA",
            Self::Rs256 => "RS256",
            Self::Ps256 => "PS256",
        }
    }
}

/// One algorithm of a provider.
pub trait JwsAlgorithm: fmt::Debug + Send + Sync {
    /// Which algorithm this is.
    fn algorithm(&self) -> Algorithm;

    /// Makes a key usable; fails with `key_weak` when it is not a valid point or modulus.
    fn import(&self, material: &KeyMaterial) -> Result<Box<dyn VerifyingKey>, Error>;
}

/// A public key ready to verify.
pub trait VerifyingKey: Send + Sync {
    /// Whether `signature` is this key's signature over `message`.
    fn verify(&self, message: &[u8], signature: &[u8]) -> bool;

    /// Computes what makes verifying faster, when the provider has such a thing: each call goes one step further, to the
    /// last. It is called for keys that are used again and again. It changes no verdict. Answers whether there is
    /// such a thing now; there may have been no room for it.
    fn prepare(&self) -> bool {
        false
    }
}

/// A signature implementation: the list of its algorithms.
#[derive(Clone, Copy, Debug)]
pub struct Provider {
    /// What it can verify.
    pub algorithms: &'static [&'static dyn JwsAlgorithm],
}

impl Provider {
    /// An allow-list of exactly these algorithms; fails with `config_invalid` when it would be empty or when
    /// the provider lacks one.
    pub fn allow(&self, algorithms: &[Algorithm]) -> Result<Algorithms, Error> {
        let find = |wanted: &Algorithm| {
            let found = self.algorithms.iter().find(|candidate| candidate.algorithm() == *wanted);
            found.copied().ok_or(Error::config("algorithm is not one of the provider's"))
        };
        if algorithms.is_empty() {
            return Err(Error::config("no signature algorithm is allowed"));
        }
        algorithms.iter().map(find).collect::<Result<Vec<_>, _>>().map(Algorithms::new)
    }

    /// An allow-list of everything the provider verifies.
    #[must_use]
    pub fn allow_all(&self) -> Algorithms {
        Algorithms::new(self.algorithms.to_vec())
    }
}

/// The algorithms a verifier accepts. The list *is* the implementations: what is not on it cannot run.
#[derive(Clone, Debug)]
pub struct Algorithms {
    implementations: Vec<&'static dyn JwsAlgorithm>,
    wrap: Option<Wrap>,
}

/// What a key that was imported is put into.
pub(crate) type Wrap = fn(Algorithm, &KeyMaterial, Box<dyn VerifyingKey>) -> Box<dyn VerifyingKey>;

impl Algorithms {
    const fn new(implementations: Vec<&'static dyn JwsAlgorithm>) -> Self {
        Self { implementations, wrap: None }
    }

    /// The same, with every key that is imported put into another.
    #[cfg(feature = "wire-resource-server")]
    pub(crate) fn wrapped_by(self, wrap: Wrap) -> Self {
        Self { wrap: Some(wrap), ..self }
    }

    /// Whether `algorithm` may be used.
    #[must_use]
    pub fn contains(&self, algorithm: Algorithm) -> bool {
        self.iter().any(|allowed| allowed == algorithm)
    }

    /// The algorithms, in order of preference.
    pub fn iter(&self) -> impl Iterator<Item = Algorithm> {
        self.implementations.iter().map(|implementation| implementation.algorithm())
    }

    /// The first algorithm that fits `material`, and `alg` when the key names one, with the key made usable.
    pub(crate) fn import(
        &self,
        material: &KeyMaterial,
        alg: Option<Algorithm>,
    ) -> Result<(Algorithm, Box<dyn VerifyingKey>), Error> {
        let fits = |candidate: &&&'static dyn JwsAlgorithm| {
            let algorithm = candidate.algorithm();
            material.fits(algorithm) && alg.is_none_or(|named| named == algorithm)
        };
        let found = self.implementations.iter().find(fits);
        let found = found.ok_or(Error::with_detail(ErrorCode::KeyUseMismatch, "alg"))?;
        let (algorithm, key) = (found.algorithm(), found.import(material)?);
        let key = match self.wrap {
            Some(wrap) => wrap(algorithm, material, key),
            None => key,
        };
        Ok((algorithm, key))
    }
}

/// Checks that hold whatever the provider, then the provider's own verdict.
pub(crate) fn verify(
    material: &KeyMaterial,
    key: &dyn VerifyingKey,
    message: &[u8],
    signature: &[u8],
) -> Result<(), Error> {
    let well_formed = match material {
        KeyMaterial::P256 { .. } => signature.len() == 64,
        KeyMaterial::P384 { .. } => signature.len() == 96,
        KeyMaterial::Ed25519 { .. } => ed25519::is_acceptable_signature(signature),
        KeyMaterial::Rsa { n, .. } => signature.len() == n.len(),
    };
    if well_formed && key.verify(message, signature) {
        Ok(())
    } else {
        Err(Error::new(ErrorCode::SignatureInvalid))
    }
}

/// Something that signs within this process: a local key, or a synchronous door to a KMS or an HSM.
/// Asynchronous signers use [`crate::jose::Unsigned::signing_input`] instead.
pub trait Signer {
    /// The public half, with the `kid` that verifiers will look for.
    fn public_key(&self) -> &PublicKey;

    /// The JWS signature over `message`.
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Error>;
}

/// The SHA-256 of `bytes`.
pub(crate) fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// RFC 7638: the SHA-256 thumbprint of a public key.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Thumbprint([u8; 32]);

impl Thumbprint {
    /// Reads the base64url form, as in `cnf.jkt`; fails with `text_invalid`.
    pub fn parse(text: &str) -> Result<Self, Error> {
        base64url::decode_array(text).map(Self).ok_or(Error::text("jkt"))
    }

    pub(crate) const fn from_digest(digest: [u8; 32]) -> Self {
        Self(digest)
    }

    /// The base64url form.
    #[must_use]
    pub fn to_base64url(&self) -> String {
        base64url::encode(&self.0)
    }
}

impl fmt::Display for Thumbprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_base64url())
    }
}

impl fmt::Debug for Thumbprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
