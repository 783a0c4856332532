//! RFC 9449 §4, §8: the client's DPoP proofs, the nonces of its servers, and what binding it insists on.

use alloc::collections::BTreeMap;
use alloc::string::String;

use crate::crypto::{Signer, Thumbprint};
use crate::error::{Error, ErrorCode};
use crate::jose::{Jwt, PendingSignature, PublicKey};
use crate::oauth::http::HttpResponse;
use crate::text::Nonce;
use crate::token::DpopProof;
use crate::uri::Url;

/// A signed proof for one request.
#[derive(Clone, Debug)]
pub struct Proof {
    jwt: Jwt,
    thumbprint: Thumbprint,
    claims: DpopProof,
}

/// A proof that waits for its signature.
#[derive(Clone, Debug)]
pub struct PendingProof {
    pending: PendingSignature,
    thumbprint: Thumbprint,
    claims: DpopProof,
}

impl Proof {
    /// Signs `claims` in process. Fails as the signer does.
    pub fn sign(claims: DpopProof, signer: &dyn Signer) -> Result<Self, Error> {
        let jwt = claims.to_unsigned().sign_with(signer)?;
        Ok(Self { jwt, thumbprint: signer.public_key().thumbprint(), claims })
    }

    /// Hands out what a KMS or WebCrypto signs with the private half of `key`.
    #[must_use]
    pub fn pending(claims: DpopProof, key: &PublicKey) -> PendingProof {
        PendingProof {
            pending: claims.to_unsigned().signing_input(key),
            thumbprint: key.thumbprint(),
            claims,
        }
    }

    /// The key's thumbprint: the `cnf.jkt` of what is issued for this proof.
    #[must_use]
    pub const fn thumbprint(&self) -> Thumbprint {
        self.thumbprint
    }

    pub(super) fn access_token_hash(&self) -> Option<&str> {
        self.claims.access_token_hash.as_deref()
    }

    /// The value of the `DPoP` field; fails with `proof_method_mismatch` or `proof_uri_mismatch` when the proof is
    /// for another request.
    pub(super) fn for_request(&self, method: &str, url: &Url) -> Result<&str, Error> {
        if self.claims.method != method {
            return Err(Error::new(ErrorCode::ProofMethodMismatch));
        }
        if self.claims.url.without_query() != url.without_query() {
            return Err(Error::new(ErrorCode::ProofUriMismatch));
        }
        Ok(self.jwt.expose())
    }
}

impl PendingProof {
    /// What to sign.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.pending.as_bytes()
    }

    /// Adds the signature, in JWS form; fails with `signer_mismatch`.
    pub fn attach(self, signature: &[u8]) -> Result<Proof, Error> {
        Ok(Proof { jwt: self.pending.attach(signature)?, thumbprint: self.thumbprint, claims: self.claims })
    }
}

/// Which binding a client accepts of what it is issued.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Binding {
    /// No proof was sent.
    Unbound,
    /// A proof was sent, and what comes back must be bound to its key (JAG-105, R9449-022).
    Required(Thumbprint),
    /// A proof was sent; an unbound token is taken all the same, which lets a server or an attacker in between
    /// downgrade silently.
    DangerousPreferred(Thumbprint),
}

impl Binding {
    /// The key that proofs are made with.
    #[must_use]
    pub const fn thumbprint(self) -> Option<Thumbprint> {
        match self {
            Self::Unbound => None,
            Self::Required(key) | Self::DangerousPreferred(key) => Some(key),
        }
    }

    /// Checks the key an ID-JAG is bound to: fails with `binding_missing` when it is not the client's, with
    /// `proof_missing` when it is bound although nothing was proven, for then nobody here can use it.
    pub(super) fn check(self, found: Option<Thumbprint>) -> Result<(), Error> {
        match (self, found) {
            (Self::Unbound | Self::DangerousPreferred(_), None) => Ok(()),
            (Self::Unbound, Some(_)) => Err(Error::new(ErrorCode::ProofMissing)),
            (Self::Required(own) | Self::DangerousPreferred(own), Some(found)) if own == found => Ok(()),
            _ => Err(Error::new(ErrorCode::BindingMissing)),
        }
    }
}

/// The newest nonce of each server, kept by origin and used nowhere else (R9449-033).
#[derive(Clone, Debug, Default)]
pub struct Nonces(BTreeMap<String, Nonce>);

impl Nonces {
    /// Origins kept; one client talks to few.
    const MAX_ORIGINS: usize = 16;

    /// None yet.
    #[must_use]
    pub const fn new() -> Self {
        Self(BTreeMap::new())
    }

    /// What the next proof for `url` carries.
    #[must_use]
    pub fn newest(&self, url: &Url) -> Option<&Nonce> {
        self.0.get(url.origin())
    }

    /// Keeps the `DPoP-Nonce` of a response from `url`, whatever its status (RFC 9449 §8.2). A repeated or
    /// malformed one changes nothing.
    pub fn learn(&mut self, url: &Url, response: &HttpResponse) {
        let Some(nonce) = nonce_of(response) else { return };
        if self.0.len() >= Self::MAX_ORIGINS && !self.0.contains_key(url.origin()) {
            self.0.pop_first();
        }
        self.0.insert(String::from(url.origin()), nonce);
    }
}

/// RFC 9449 §8.1: printable ASCII without space, quote and backslash.
pub(super) fn nonce_of(response: &HttpResponse) -> Option<Nonce> {
    let value = response.headers.single("DPoP-Nonce", ErrorCode::ResponseMalformed).ok()??;
    let legal = |byte: u8| matches!(byte, 0x21 | 0x23..=0x5B | 0x5D..=0x7E);
    if value.bytes().all(legal) { Nonce::new(value).ok() } else { None }
}
