//! Compact JWS, whatever the payload means: verified, looked into, and given a signature made elsewhere.

use alloc::string::String;
use alloc::vec::Vec;

use super::claims::{part, public_keys, some_or_all};
use crate::codec::base64url;
use crate::codec::json::Object;
use crate::error::{Error, ErrorCode};
use crate::jose::{PublicKey, UnverifiedJws};
use crate::limits::Limits;
use crate::text::KeyId;
use crate::token::TokenKind;
use crate::wire::declare::input;
use crate::wire::fault::Fault;
use crate::wire::handle::Held;
use crate::wire::operation::{Operation, operations};
use crate::wire::read::{Bytes, Document};
use crate::wire::shared::{Alg, LimitOptions, allowed};
use crate::wire::write::{OrNull, output};

pub(in crate::wire) const OPERATIONS: &[Operation] = operations! {
    /// Verifies the signature of a compact JWS, and nothing else: what its payload says is for you to judge.
    Pure "jws.verify" ["keys"] verify: VerifyJws => VerifiedJwsAnswer;
    /// Adds a signature that was made elsewhere, after verifying it.
    Pure "jws.attach" [] attach: AttachSignature => AttachedToken;
    /// Shows what a token says without verifying anything: for people who look into tokens, never for a decision.
    Pure "token.decode_unverified" [] decode: DecodeToken => UnverifiedToken;
};

input! {
    Arguments
    /// What a JWS must be.
    pub(in crate::wire) struct VerifyJws {
        /// The compact JWS.
        token: String,
        /// The algorithms that may be used.
        algorithms: Vec<Alg>,
        /// The keys: a key set, or a JWK Set.
        keys: Option<Document>,
        /// Caps.
        limits: Option<LimitOptions>,
    }
}

output! {
    /// A JWS whose signature is valid.
    pub(in crate::wire) struct VerifiedJwsAnswer {
        /// The algorithm.
        alg: &'static str,
        /// The `kid` of the key that verified it.
        kid: OrNull<String>,
        /// The payload, where it is text.
        payload: Option<String>,
        /// The payload, where it is no text, base64url.
        payload_bytes: Option<String>,
    }
}

fn verify(options: VerifyJws, held: &Held) -> Result<VerifiedJwsAnswer, Fault> {
    let limits = LimitOptions::over_default(options.limits.as_ref());
    let algorithms = allowed(&options.algorithms, held)?;
    let keys = public_keys(held, 0, options.keys.as_ref(), &algorithms, &limits)?;
    let jws = UnverifiedJws::parse(&options.token, &limits)?.verify(&keys, &algorithms)?;
    let (payload, payload_bytes) = match core::str::from_utf8(jws.payload()) {
        Ok(text) => (Some(String::from(text)), None),
        Err(_) => (None, Some(base64url::encode(jws.payload()))),
    };
    Ok(VerifiedJwsAnswer {
        alg: jws.key().algorithm().name(),
        kid: OrNull(jws.key().kid().map(KeyId::as_str).map(String::from)),
        payload,
        payload_bytes,
    })
}

input! {
    Arguments
    /// A signature made elsewhere.
    pub(in crate::wire) struct AttachSignature {
        /// What was to be signed, as it was answered.
        signing_input: Bytes,
        /// The public JWK of the key that signed.
        key: Document,
        /// The algorithms that may be used; every one by default.
        algorithms: Option<Vec<Alg>>,
        /// The signature in JWS form: for ECDSA R and S side by side.
        signature: Bytes,
    }
}

output! {
    /// A signed token.
    pub(in crate::wire) struct AttachedToken {
        /// The compact JWT.
        token: String,
    }
}

fn attach(options: AttachSignature, held: &Held) -> Result<AttachedToken, Fault> {
    let algorithms = some_or_all(options.algorithms.as_deref(), held)?;
    let key = PublicKey::parse(options.key.0.as_bytes(), &algorithms, &Limits::DEFAULT)?;
    let Ok(mut token) = String::from_utf8(options.signing_input.0) else {
        return Err(ErrorCode::TokenMalformed.into());
    };
    token.push('.');
    token.push_str(&base64url::encode(&options.signature.0));
    // What is not the form of a token, or of another key, is no signature for it either.
    let verified =
        UnverifiedJws::parse(&token, &Limits::DEFAULT).and_then(|jws| jws.verify_with(key, &algorithms));
    verified.map_err(|_| Error::new(ErrorCode::SignerMismatch))?;
    Ok(AttachedToken { token })
}

input! {
    Arguments
    /// A token to look into.
    pub(in crate::wire) struct DecodeToken {
        /// The compact JWT.
        token: String,
        /// Caps.
        limits: Option<LimitOptions>,
    }
}

output! {
    /// What a token says. Nobody has verified any of it.
    pub(in crate::wire) struct UnverifiedToken {
        /// Its header, as claimed.
        unverified_header: Object<'static>,
        /// Its claims, as claimed.
        unverified_claims: Object<'static>,
        /// The kind of token that its `typ` claims; left out where `typ` does not tell.
        kind: Option<&'static str>,
        /// Bytes of the whole token.
        token_bytes: u64,
        /// Bytes of the signature.
        signature_bytes: u64,
    }
}

/// The kinds that a `typ` tells apart.
const TYPES: &[(&str, TokenKind)] = &[
    ("oauth-id-jag+jwt", TokenKind::IdJag),
    ("at+jwt", TokenKind::AccessToken),
    ("client-authentication+jwt", TokenKind::ClientAssertion),
    ("dpop+jwt", TokenKind::DpopProof),
];

fn decode(options: DecodeToken, _: &Held) -> Result<UnverifiedToken, Fault> {
    let limits = LimitOptions::over_default(options.limits.as_ref());
    let jws = UnverifiedJws::parse(&options.token, &limits)?;
    let mut segments = options.token.split('.');
    let mut next = || segments.next().and_then(|segment| part(segment, &limits));
    let (header, claims) = (next(), next());
    let signature = segments.next().and_then(base64url::decode).unwrap_or_default();
    let kind = TYPES.iter().find(|(typ, _)| jws.claimed_header().is_typ(typ));
    Ok(UnverifiedToken {
        unverified_header: header.ok_or(ErrorCode::HeaderMalformed)?,
        unverified_claims: claims.ok_or(ErrorCode::ClaimsMalformed)?,
        kind: kind.map(|(_, kind)| kind.as_str()),
        token_bytes: options.token.len() as u64,
        signature_bytes: signature.len() as u64,
    })
}
