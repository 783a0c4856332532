//! A token before its signature: signed in process, or handed out as bytes for a KMS, an HSM or WebCrypto.

use alloc::string::String;
use core::fmt;

use crate::codec::base64url;
use crate::codec::json::{Json, Object};
use crate::crypto::Signer;
use crate::error::{Error, ErrorCode};
use crate::jose::PublicKey;
use crate::secret::Secret;

/// Claims waiting for a signature.
#[derive(Clone, Debug)]
pub struct Unsigned {
    typ: &'static str,
    embeds_key: bool,
    claims: Object<'static>,
}

impl Unsigned {
    pub(crate) const fn new(typ: &'static str, claims: Object<'static>) -> Self {
        Self { typ, embeds_key: false, claims }
    }

    /// The header carries the public key itself instead of its `kid`: DPoP proofs.
    pub(crate) const fn embedding_key(mut self) -> Self {
        self.embeds_key = true;
        self
    }

    /// What will be signed.
    #[must_use]
    pub const fn claims(&self) -> &Object<'static> {
        &self.claims
    }

    /// The bytes to sign with the private half of `key`.
    #[must_use]
    pub fn signing_input(self, key: &PublicKey) -> PendingSignature {
        let mut header = Object::new();
        header.set_str("typ", self.typ);
        header.set_str("alg", key.algorithm().name());
        if self.embeds_key {
            header.set("jwk", Json::Object(key.material().to_jwk()));
        } else if let Some(kid) = key.kid() {
            header.set_str("kid", String::from(kid.as_str()));
        }
        let mut input = base64url::encode(header.text().as_bytes());
        input.push('.');
        input.push_str(&base64url::encode(self.claims.text().as_bytes()));
        PendingSignature { input, key: key.clone() }
    }

    /// Signs in process.
    pub fn sign_with(self, signer: &dyn Signer) -> Result<Jwt, Error> {
        let pending = self.signing_input(signer.public_key());
        let signature = signer.sign(pending.as_bytes())?;
        Ok(pending.joined(&signature))
    }
}

/// Signing input that waits for its signature.
#[derive(Clone)]
pub struct PendingSignature {
    input: String,
    key: PublicKey,
}

impl PendingSignature {
    /// What to sign.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.input.as_bytes()
    }

    /// Adds the signature, in JWS form (for ECDSA R ‖ S), after verifying it against the declared key.
    ///
    /// Fails with `signer_mismatch`.
    pub fn attach(self, signature: &[u8]) -> Result<Jwt, Error> {
        let verified = self.key.verify(self.as_bytes(), signature);
        verified.map_err(|_| Error::new(ErrorCode::SignerMismatch))?;
        Ok(self.joined(signature))
    }

    fn joined(self, signature: &[u8]) -> Jwt {
        let mut token = self.input;
        token.push('.');
        token.push_str(&base64url::encode(signature));
        Jwt(Secret::new(token))
    }
}

impl fmt::Debug for PendingSignature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PendingSignature").field("key", &self.key).finish_non_exhaustive()
    }
}

/// A signed token. It does not print.
#[derive(Clone, Debug)]
pub struct Jwt(Secret);

impl Jwt {
    /// The compact form, for the one place that sends it.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose()
    }
}
