//! DPoP proofs: verified, and built.

use alloc::string::String;
use alloc::vec::Vec;

use super::claims::{SignedToken, sign as signed};
use crate::text::{Nonce, TokenId};
use crate::time::{Seconds, UnixTime};
use crate::token::{DpopProof, ProofRules, VerifiedProof, access_token_hash};
use crate::uri::Url;
use crate::wire::answer::ReplayKeyAnswer;
use crate::wire::declare::input;
use crate::wire::fault::Fault;
use crate::wire::handle::Held;
use crate::wire::operation::{Operation, operations};
use crate::wire::read::Bytes;
use crate::wire::roles::NonceOptions;
use crate::wire::shared::{Alg, LimitOptions, allowed, transport};
use crate::wire::write::output;

pub(in crate::wire) const OPERATIONS: &[Operation] = operations! {
    /// Verifies a DPoP proof for one request (RFC 9449 §4.3), before replay and before its key is compared with that of
    /// a token. The roles do this themselves.
    Pure "dpop.verify" [] verify: VerifyProof => VerifiedProofAnswer;
    /// Builds and signs a DPoP proof for one request. The client's role does this itself.
    Pure "dpop.sign" ["signer"] sign: SignProof => SignedToken;
};

input! {
    Arguments
    /// What a proof must be.
    pub(in crate::wire) struct VerifyProof {
        /// The proof.
        proof: String,
        /// The method of the request.
        method: String,
        /// The public address of the request.
        url: String,
        /// The access token that the request carries, if it carries one.
        access_token: Option<String>,
        /// The nonces that it must carry; leave it out when none is required.
        nonce: Option<NonceOptions>,
        /// The algorithms that may be used.
        algorithms: Vec<Alg>,
        /// How far its `iat` may lie from now, in seconds.
        window: Seconds,
        /// Caps.
        limits: Option<LimitOptions>,
        /// Also take an `http` address on this machine: for tests.
        dangerous_allow_http_loopback: Option<bool>,
        /// The present, in seconds since 1970.
        now: UnixTime,
    }
}

output! {
    /// A proof that holds.
    pub(in crate::wire) struct VerifiedProofAnswer {
        /// The RFC 7638 thumbprint of its key, SHA-256, base64url.
        jkt: String,
        /// What to record so that it is used once.
        replay_key: ReplayKeyAnswer,
    }
}

fn verify(options: VerifyProof, held: &Held) -> Result<VerifiedProofAnswer, Fault> {
    let limits = LimitOptions::over_default(options.limits.as_ref());
    let rules = ProofRules {
        method: &options.method,
        url: &Url::new(&options.url, transport(options.dangerous_allow_http_loopback))?,
        access_token: options.access_token.as_deref(),
        nonce: NonceOptions::rule(options.nonce.as_ref()),
        window: options.window,
        algorithms: &allowed(&options.algorithms, held)?,
        limits: &limits,
    };
    let proof =
        VerifiedProof::check(&options.proof, &rules, options.now).map_err(Fault::at_token_endpoint)?;
    Ok(VerifiedProofAnswer {
        jkt: proof.thumbprint().to_base64url(),
        replay_key: ReplayKeyAnswer::from(proof.replay_key()),
    })
}

input! {
    Arguments
    /// A proof to build.
    pub(in crate::wire) struct SignProof {
        /// The method of the request.
        method: String,
        /// The address of the request; its query is left out.
        url: String,
        /// The access token that the request carries, if it carries one.
        access_token: Option<String>,
        /// The newest nonce of this server, if it gave one.
        nonce: Option<Nonce>,
        /// At least 12 random bytes of which the proof's id is made.
        random: Bytes,
        /// Also take an `http` address on this machine: for tests.
        dangerous_allow_http_loopback: Option<bool>,
        /// The present, in seconds since 1970.
        now: UnixTime,
    }
}

fn sign(options: SignProof, held: &Held) -> Result<SignedToken, Fault> {
    let proof = DpopProof {
        token_id: TokenId::from_entropy(&options.random.0)?,
        method: options.method,
        url: Url::new(&options.url, transport(options.dangerous_allow_http_loopback))?,
        issued_at: options.now,
        access_token_hash: options.access_token.as_deref().map(access_token_hash),
        nonce: options.nonce,
    };
    signed(held, 0, &proof.to_unsigned())
}
