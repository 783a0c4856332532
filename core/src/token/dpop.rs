//! RFC 9449: DPoP proofs, built by the client (§4.2) and checked by every server (§4.3).

use alloc::string::String;

use super::TokenKind;
use super::claims::ClaimSet;
use crate::codec::base64url;
use crate::codec::json::Object;
use crate::crypto::{Algorithms, Thumbprint, sha256};
use crate::error::{Error, ErrorCode};
use crate::jose::{PublicKey, Unsigned, UnverifiedJws};
use crate::limits::Limits;
use crate::oauth::params::TYP_DPOP;
use crate::replay::ReplayKey;
use crate::text::{Nonce, TokenId};
use crate::time::{Seconds, UnixTime};
use crate::uri::Url;

/// The claims of a proof.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DpopProof {
    /// `jti`: from at least 96 random bits (R9449-002).
    pub token_id: TokenId,
    /// `htm`.
    pub method: String,
    /// `htu`: the address, whose query is left out.
    pub url: Url,
    /// `iat`.
    pub issued_at: UnixTime,
    /// `ath`: the hash of the access token it accompanies.
    pub access_token_hash: Option<String>,
    /// `nonce`: the newest one of this server.
    pub nonce: Option<Nonce>,
}

impl DpopProof {
    /// The token, ready to be signed; its header will hold the public key.
    #[must_use]
    pub fn to_unsigned(&self) -> Unsigned {
        let mut out = Object::new();
        out.set_str("jti", String::from(self.token_id.as_str()));
        out.set_str("htm", self.method.clone());
        out.set_str("htu", String::from(self.url.without_query()));
        out.set("iat", self.issued_at.as_secs());
        if let Some(hash) = &self.access_token_hash {
            out.set_str("ath", hash.clone());
        }
        if let Some(nonce) = &self.nonce {
            out.set_str("nonce", String::from(nonce.as_str()));
        }
        Unsigned::new(TYP_DPOP, out).embedding_key()
    }
}

/// `ath`: the base64url SHA-256 of an access token (RFC 9449 §4.2).
#[must_use]
pub fn access_token_hash(token: &str) -> String {
    base64url::encode(&sha256(token.as_bytes()))
}

/// Whether a proof must carry a nonce of this server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum NonceRule<'r> {
    /// No nonce is asked for.
    #[default]
    NotRequired,
    /// The current nonce, or the one before it, which clients may still hold.
    Required {
        /// What new proofs carry.
        current: &'r Nonce,
        /// What proofs made a moment ago carry.
        previous: Option<&'r Nonce>,
    },
}

/// What a server demands of a proof.
#[derive(Clone, Debug)]
pub struct ProofRules<'r> {
    /// The request's method.
    pub method: &'r str,
    /// The request's address, as the server is known publicly.
    pub url: &'r Url,
    /// The access token the proof comes with, at a resource.
    pub access_token: Option<&'r str>,
    /// The nonce.
    pub nonce: NonceRule<'r>,
    /// How far `iat` may lie from `now`, before and after: 60 s, or 300 s for MCP (AMB-026).
    pub window: Seconds,
    /// The algorithms a proof may use.
    pub algorithms: &'r Algorithms,
    /// Caps.
    pub limits: &'r Limits,
}

/// A proof that holds: whoever sent the request has the private half of this key.
#[derive(Clone, Debug)]
pub struct VerifiedProof {
    thumbprint: Thumbprint,
    replay_key: ReplayKey,
}

impl VerifiedProof {
    /// Checks a proof (RFC 9449 §4.3, steps 2 to 12).
    ///
    /// Fails with the code of the first rule that does not hold; with `proof_nonce_required` only when
    /// everything but the nonce does, so that a nonce is never an answer to a forged proof.
    pub fn check(proof: &str, rules: &ProofRules<'_>, now: UnixTime) -> Result<Self, Error> {
        Self::read(proof, rules, now).map_err(|error| error.of(TokenKind::DpopProof))
    }

    fn read(proof: &str, rules: &ProofRules<'_>, now: UnixTime) -> Result<Self, Error> {
        let (seal, payload) = UnverifiedJws::parse(proof, rules.limits)?.open();
        let header = seal.header();
        if !header.is_typ(TYP_DPOP) {
            return Err(Error::new(ErrorCode::TypMismatch));
        }
        seal.allowed_algorithm(rules.algorithms)?;
        let jwk = header.jwk().ok_or(Error::with_detail(ErrorCode::HeaderMalformed, "jwk"))?;
        let key = PublicKey::from_jwk_for(&jwk, header.algorithm(), rules.algorithms)?;
        seal.verify_with(&key, rules.algorithms)?;

        let claims = ClaimSet::parse(payload, rules.limits)?;
        let claims = claims.under(rules.limits);
        let token_id = claims.required_text("jti", TokenId::new)?;
        if claims.required("htm")? != rules.method {
            return Err(Error::new(ErrorCode::ProofMethodMismatch));
        }
        if !rules.url.is_htu(claims.required("htu")?) {
            return Err(Error::new(ErrorCode::ProofUriMismatch));
        }
        let issued_at = claims.required_time("iat")?;
        if now.since(issued_at) > rules.window {
            return Err(Error::new(ErrorCode::TokenTooOld));
        }
        if issued_at.since(now) > rules.window {
            return Err(Error::new(ErrorCode::TokenIssuedInFuture));
        }
        if let Some(token) = rules.access_token
            && claims.required("ath")? != access_token_hash(token)
        {
            return Err(Error::new(ErrorCode::ProofTokenMismatch));
        }
        check_nonce(claims.string("nonce")?, rules.nonce)?;
        let thumbprint = key.thumbprint();
        // The last second of the window is still acceptable.
        let retain_until = issued_at.plus(rules.window).plus(Seconds(1));
        let issuer = thumbprint.to_base64url();
        let replay_key = ReplayKey::new(TokenKind::DpopProof, &issuer, &token_id, retain_until);
        Ok(Self { thumbprint, replay_key })
    }

    /// The key's thumbprint: `jkt`.
    #[must_use]
    pub const fn thumbprint(&self) -> Thumbprint {
        self.thumbprint
    }

    /// What to remember so that the proof is used once; its issuer is the key.
    #[must_use]
    pub const fn replay_key(&self) -> &ReplayKey {
        &self.replay_key
    }
}

fn check_nonce(found: Option<&str>, rule: NonceRule<'_>) -> Result<(), Error> {
    let NonceRule::Required { current, previous } = rule else { return Ok(()) };
    let fits = found.is_some_and(|found| {
        current.as_str() == found || previous.is_some_and(|previous| previous.as_str() == found)
    });
    if fits { Ok(()) } else { Err(Error::new(ErrorCode::ProofNonceRequired)) }
}
