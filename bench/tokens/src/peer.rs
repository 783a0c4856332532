//! jsonwebtoken, with whichever of its providers a row is about.

use std::sync::atomic::{AtomicU8, Ordering};

use corpus::{AUDIENCE, Alg, Corpus, ISSUER};
use harness::Failure;
use jsonwebtoken::crypto::{CryptoProvider, JwtSigner, JwtVerifier, KeyUtils, aws_lc, rust_crypto};
use jsonwebtoken::errors::Result;
use jsonwebtoken::signature::{Error, Verifier};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Validation, decode};
use serde::{Deserialize, Serialize};

use crate::told;

/// jsonwebtoken takes one provider for the process: this one asks the one of these that is up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Backend {
    AwsLc,
    RustCrypto,
    /// Says yes to every signature: what is left is everything else.
    Yes,
}

static UP: AtomicU8 = AtomicU8::new(0);

static PROVIDER: CryptoProvider = CryptoProvider {
    signer_factory: signer,
    verifier_factory: verifier,
    key_utils: KeyUtils::new_unimplemented(),
};

fn up() -> Backend {
    match UP.load(Ordering::Relaxed) {
        0 => Backend::AwsLc,
        1 => Backend::RustCrypto,
        _ => Backend::Yes,
    }
}

fn signer(algorithm: &Algorithm, key: &EncodingKey) -> Result<Box<dyn JwtSigner>> {
    match up() {
        Backend::RustCrypto => (rust_crypto::DEFAULT_PROVIDER.signer_factory)(algorithm, key),
        Backend::AwsLc | Backend::Yes => (aws_lc::DEFAULT_PROVIDER.signer_factory)(algorithm, key),
    }
}

fn verifier(algorithm: &Algorithm, key: &DecodingKey) -> Result<Box<dyn JwtVerifier>> {
    match up() {
        Backend::AwsLc => (aws_lc::DEFAULT_PROVIDER.verifier_factory)(algorithm, key),
        Backend::RustCrypto => (rust_crypto::DEFAULT_PROVIDER.verifier_factory)(algorithm, key),
        Backend::Yes => Ok(Box::new(Yes(*algorithm))),
    }
}

struct Yes(Algorithm);

impl Verifier<Vec<u8>> for Yes {
    fn verify(&self, _: &[u8], _: &Vec<u8>) -> core::result::Result<(), Error> {
        Ok(())
    }
}

impl JwtVerifier for Yes {
    fn algorithm(&self) -> Algorithm {
        self.0
    }
}

/// Makes this module's provider the one of the process.
pub(crate) fn install() -> core::result::Result<(), Failure> {
    PROVIDER.install_default().map_err(|_| "jsonwebtoken has a provider already".to_owned())
}

impl Backend {
    /// What rows call it.
    pub(crate) fn who(self) -> core::result::Result<String, Failure> {
        let name = match self {
            Self::AwsLc => "jsonwebtoken aws_lc_rs",
            Self::RustCrypto => "jsonwebtoken rust_crypto",
            Self::Yes => "jsonwebtoken",
        };
        harness::peer(name, "jsonwebtoken")
    }

    /// From now on this one answers.
    pub(crate) fn choose(self) {
        UP.store(self as u8, Ordering::Relaxed);
    }
}

/// Every claim of the token, as a program that uses them has it.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Claims {
    pub(crate) iss: String,
    pub(crate) sub: String,
    pub(crate) aud: String,
    pub(crate) client_id: String,
    pub(crate) exp: u64,
    pub(crate) iat: u64,
    pub(crate) jti: String,
    pub(crate) scope: String,
    pub(crate) auth_time: u64,
    pub(crate) acr: String,
    pub(crate) jag_jti: String,
    pub(crate) tenant: String,
}

/// A key and what is demanded of its tokens.
pub(crate) struct Peer {
    key: DecodingKey,
    validation: Validation,
}

/// The algorithm by jsonwebtoken's name.
pub(crate) const fn algorithm(alg: Alg) -> Algorithm {
    match alg {
        Alg::Es256 => Algorithm::ES256,
        Alg::EdDsa => Algorithm::EdDSA,
        Alg::Rs256 => Algorithm::RS256,
    }
}

impl Peer {
    pub(crate) fn new(corpus: &Corpus, alg: Alg) -> core::result::Result<Self, Failure> {
        let jwk = serde_json::from_value(corpus.jwk(alg)).map_err(told)?;
        let mut validation = Validation::new(algorithm(alg));
        validation.set_audience(&[AUDIENCE]);
        validation.set_issuer(&[ISSUER]);
        validation.set_required_spec_claims(&["exp", "aud", "iss", "sub"]);
        Ok(Self { key: DecodingKey::from_jwk(&jwk).map_err(told)?, validation })
    }

    /// The token, verified whole by `backend`.
    pub(crate) fn accepts(&self, backend: Backend, token: &str) -> bool {
        backend.choose();
        let decoded = decode::<Claims>(token, &self.key, &self.validation);
        decoded.is_ok_and(|token| !std::hint::black_box(token).claims.client_id.is_empty())
    }
}
