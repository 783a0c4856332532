//! From a request to an access that is authorized: token, proof, then the operation.

use alloc::string::String;
use alloc::sync::Arc;
use core::fmt;

use super::access::{Operation, Requirement};
use super::claimed::Claimed;
use super::config::SenderConstraint;
use super::verified_cache::{Kept, SharedTokenCache, VerifiedToken};
use super::{AccessTable, ResourceServer};
use crate::error::{Error, ErrorCode};
use crate::jose::KeySet;
use crate::oauth::challenge::PresentedToken;
use crate::oauth::http::HttpRequest;
use crate::oauth::token_request::current_nonce;
use crate::record::{DecisionRecord, Outcome};
use crate::rejection::Rejection;
use crate::replay::{FirstUse, ReplayKey};
use crate::revocation::RevocationList;
use crate::scope::Scope;
use crate::text::KeyId;
use crate::time::{Seconds, UnixTime};
use crate::token::{AccessToken, NonceRule, ProofRules, TokenKind, VerifiedProof};
use crate::uri::{Issuer, Transport, Url};

/// A request with a token that nobody has verified.
#[derive(Debug)]
pub struct PendingAccess<'s, 'r> {
    presented: Presented<'s, 'r>,
    claimed: Claimed<'s, 'r>,
}

/// What a request brings, whatever its token says.
#[derive(Clone, Copy)]
struct Presented<'s, 'r> {
    server: &'s ResourceServer,
    request: &'r HttpRequest,
    token: PresentedToken<'r>,
    proof: Option<&'r str>,
}

/// Neither the token nor its proof.
impl fmt::Debug for Presented<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Presented").field("request", self.request).finish_non_exhaustive()
    }
}

/// What the host must look up before a request can be verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AccessNeeds<'p> {
    /// Whose key set: one of the configured authorization servers.
    pub issuer: &'p Issuer,
    /// The key the token claims; a set without it is worth one refresh.
    pub kid: Option<&'p KeyId>,
}

/// What the host found.
#[derive(Clone, Copy, Debug)]
pub struct AccessMaterial<'m> {
    /// The key set; `None` when it could not be had.
    pub keys: Option<&'m KeySet>,
    /// What has been revoked; see [`super::ResourceServerConfig::revocation`].
    pub revocations: Option<&'m RevocationList>,
    /// The nonces that proofs must carry.
    pub nonce: NonceRule<'m>,
    /// The conversation that the request is part of, where the host knows: the token must be for this one.
    pub context: Option<&'m str>,
}

/// A token that holds, with its proof if it is bound. What it may do has not been decided.
#[derive(Clone, Debug)]
pub struct VerifiedAccess<'s> {
    pub(super) server: &'s ResourceServer,
    pub(super) token: Arc<VerifiedToken>,
    #[cfg_attr(not(feature = "wire-resource-server"), expect(dead_code, reason = "only the bindings ask"))]
    pub(super) kept: Kept,
    /// The proof that is still to be recorded as used.
    pub(super) unspent: Option<ReplayKey>,
    /// When it was verified.
    pub(super) now: UnixTime,
}

/// A request that may pass.
#[derive(Clone, Debug)]
pub struct AuthorizedAccess {
    pub(super) token: Arc<VerifiedToken>,
    record: DecisionRecord,
}

impl ResourceServer {
    /// Finds the token of a request. The request's `url` is the public one, from configuration.
    ///
    /// Refuses a request without token with a challenge that says nothing else (RFC 6750 §3.1).
    pub fn parse<'r>(
        &self,
        request: &'r HttpRequest,
        now: UnixTime,
    ) -> Result<PendingAccess<'_, 'r>, Rejection> {
        self.take_apart(request, None).map_err(|error| self.reject(error, self.record(None, now), None))
    }

    /// The same with a cache of tokens that were verified before. Every answer is as it would be without.
    pub fn parse_with<'r>(
        &self,
        request: &'r HttpRequest,
        cache: &'r dyn SharedTokenCache,
        now: UnixTime,
    ) -> Result<PendingAccess<'_, 'r>, Rejection> {
        self.take_apart(request, Some(cache))
            .map_err(|error| self.reject(error, self.record(None, now), None))
    }

    fn take_apart<'r>(
        &self,
        request: &'r HttpRequest,
        cache: Option<&'r dyn SharedTokenCache>,
    ) -> Result<PendingAccess<'_, 'r>, Error> {
        let limits = &self.config.limits;
        let token = PresentedToken::of(request, limits).map_err(|error| error.of(TokenKind::AccessToken))?;
        let proof = request.headers.single("DPoP", ErrorCode::ProofRepeated)?;
        let claimed = self.claimed(token.expose(), cache)?;
        Ok(PendingAccess { presented: Presented { server: self, request, token, proof }, claimed })
    }
}

impl<'s> PendingAccess<'s, '_> {
    /// What to look up.
    #[must_use]
    pub fn needs(&self) -> AccessNeeds<'_> {
        self.claimed.needs()
    }

    /// Verifies the token (RFC 9068 §4), that it has not been revoked, and, for a bound one, its proof (RFC 9449 §7.1).
    pub fn verify(
        self,
        material: &AccessMaterial<'_>,
        now: UnixTime,
    ) -> Result<VerifiedAccess<'s>, Rejection> {
        let server = self.presented.server;
        let mut seen = None;
        let asked_for_nonce = |error: &Error| error.code() == ErrorCode::ProofNonceRequired;
        self.check(material, now, &mut seen).map_err(|error| {
            let record = server.record(seen.as_deref(), now);
            let nonce = current_nonce(material.nonce).filter(|_| asked_for_nonce(&error));
            server.reject(error, record, nonce)
        })
    }

    fn check(
        self,
        material: &AccessMaterial<'_>,
        now: UnixTime,
        seen: &mut Option<Arc<VerifiedToken>>,
    ) -> Result<VerifiedAccess<'s>, Error> {
        let server = self.presented.server;
        let held = server.check_token(self.claimed, material, now, seen)?;
        let proof = self.presented.check_proof(held.claims(), material.nonce, now)?;
        let unspent =
            proof.map(|proof| proof.replay_key().clone()).filter(|_| server.config.proof_single_use);
        Ok(server.accept(held, unspent, now))
    }
}

impl Presented<'_, '_> {
    /// R9449-026, R9449-029: scheme, binding and proof must agree; nothing is let through on a weaker one.
    fn check_proof(
        &self,
        claims: &AccessToken,
        nonce: NonceRule<'_>,
        now: UnixTime,
    ) -> Result<Option<VerifiedProof>, Error> {
        let config = &self.server.config;
        let of_token = |error: Error| error.of(TokenKind::AccessToken);
        let bound = self.token.scheme().expected_binding(claims.confirmation).map_err(of_token)?;
        let Some(bound) = bound else {
            return match config.sender_constraint {
                SenderConstraint::Optional => Ok(None),
                SenderConstraint::Required => Err(of_token(Error::new(ErrorCode::ProofRequired))),
            };
        };
        let proof = self.proof.ok_or(of_token(Error::new(ErrorCode::ProofMissing)))?;
        // The host states the address; whether it is https is its own configuration's concern.
        let url = Url::new(&self.request.url, Transport::DangerousAllowHttpLoopback)?;
        let rules = ProofRules {
            method: &self.request.method,
            url: &url,
            access_token: Some(self.token.expose()),
            nonce,
            window: config.proof_window,
            algorithms: &config.proof_algorithms,
            limits: &config.limits,
        };
        let proof = VerifiedProof::check(proof, &rules, now)?;
        bound.proven_by(Some(proof.thumbprint())).map_err(of_token)?;
        Ok(Some(proof))
    }
}

impl VerifiedAccess<'_> {
    /// The claims. The token itself is not here, so that it cannot be passed on (MCP-021).
    #[must_use]
    pub fn claims(&self) -> &AccessToken {
        &self.token.token.claims
    }

    /// Whether the token is in the cache.
    #[cfg(feature = "wire-resource-server")]
    pub(crate) const fn kept(&self) -> Kept {
        self.kept
    }

    /// What to record where a token is let through before it is known what for: by SDKs that verify tokens first. It names
    /// no operation; a decision on one has a record of its own.
    #[must_use]
    pub fn record(&self) -> DecisionRecord {
        DecisionRecord { outcome: Outcome::Permit, ..self.begun(self.now) }
    }

    /// What a record says whatever becomes of the request.
    fn begun(&self, now: UnixTime) -> DecisionRecord {
        self.server.record(Some(&self.token), now)
    }

    /// The proof to record as used, when the configuration demands single use.
    #[must_use]
    pub const fn replay_key(&self) -> Option<&ReplayKey> {
        self.unspent.as_ref()
    }

    /// Takes the store's answer for [`Self::replay_key`]. Refuses with `token_replayed` or `store_unavailable`.
    pub fn answered(mut self, answer: FirstUse) -> Result<Self, Rejection> {
        let error = match answer {
            FirstUse::First => {
                self.unspent = None;
                return Ok(self);
            }
            FirstUse::Seen => Error::new(ErrorCode::TokenReplayed).of(TokenKind::DpopProof),
            FirstUse::Unavailable => Error::new(ErrorCode::StoreUnavailable),
        };
        Err(self.server.reject(error, self.begun(self.now), None))
    }

    /// The scope of the token, with what it includes.
    #[must_use]
    pub fn scope(&self) -> &Scope {
        &self.token.scope
    }

    /// Whether the token may call `tool`: for filtering `tools/list`. Step-up is not considered: a tool that
    /// needs a fresher sign-on is shown.
    #[must_use]
    pub fn permits_tool(&self, tool: &str) -> bool {
        self.server.offers(tool, &self.token.scope)
    }

    fn table(&self) -> &AccessTable {
        &self.server.config.access
    }

    /// Whether [`Self::authorize`] will let the operation pass, once the proof has been recorded: asked before
    /// [`Self::replay_key`] is, so that a refusal spends nothing. Refuses as [`Self::authorize`].
    pub fn check_operation(&self, operation: &Operation<'_>, now: UnixTime) -> Result<(), Rejection> {
        self.judge(operation, now).map(drop)
    }

    /// Decides whether the token may do this.
    ///
    /// Refuses with `operation_not_listed`, `insufficient_scope` (naming every scope the operation needs),
    /// `authentication_too_old`, `authentication_too_weak`, or `store_unavailable` when a proof that may be used
    /// once was not recorded.
    pub fn authorize(self, operation: &Operation<'_>, now: UnixTime) -> Result<AuthorizedAccess, Rejection> {
        let mut record = self.judge(operation, now)?;
        if self.unspent.is_some() {
            return Err(self.server.reject(Error::new(ErrorCode::StoreUnavailable), record, None));
        }
        record.outcome = Outcome::Permit;
        Ok(AuthorizedAccess { token: self.token, record })
    }

    /// The record of the operation, when it may pass.
    fn judge(&self, operation: &Operation<'_>, now: UnixTime) -> Result<DecisionRecord, Rejection> {
        let mut record = self.begun(now);
        let (name, requirement) = match self.table().find(operation) {
            Ok(found) => found,
            Err(error) => {
                let challenge = self.server.challenge.clone();
                return Err(self.server.reject_with(challenge, error, record, None));
            }
        };
        record.operation = Some(String::from(name));
        record.scope_asked = Some(requirement.scope.clone());
        if let Err(error) = self.check(requirement, now) {
            return Err(self.refuse(requirement, error, record));
        }
        Ok(record)
    }

    /// What a request asks for; refuses with `operation_malformed` when it cannot be read in one way only (see
    /// [`Operation::from_request`]). The body must be the bytes that arrived.
    pub fn operation_of<'r>(
        &self,
        request: &'r HttpRequest,
        now: UnixTime,
    ) -> Result<Operation<'r>, Rejection> {
        Operation::from_request(request, &self.server.config.limits).map_err(|error| {
            // The request is at fault, never the token: RFC 6750 §3.1 has `invalid_request` for it.
            let detail = error.detail().unwrap_or(error.code().as_str());
            let error = Error::with_detail(ErrorCode::OperationMalformed, detail);
            self.server.reject_with(self.server.challenge.clone(), error, self.begun(now), None)
        })
    }

    /// Decides whether the token may do what the request asks for. Refuses as [`Self::operation_of`] and
    /// [`Self::authorize`].
    pub fn authorize_request(
        self,
        request: &HttpRequest,
        now: UnixTime,
    ) -> Result<AuthorizedAccess, Rejection> {
        let operation = self.operation_of(request, now)?;
        self.authorize(&operation, now)
    }

    fn check(&self, requirement: &Requirement, now: UnixTime) -> Result<(), Error> {
        if !requirement.scope.is_subset(&self.token.scope) {
            return Err(Error::new(ErrorCode::InsufficientScope));
        }
        let weak = !requirement.acr_values.is_empty()
            && !self.claims().acr.as_ref().is_some_and(|acr| requirement.acr_values.contains(acr));
        if weak {
            return Err(Error::new(ErrorCode::AuthenticationTooWeak));
        }
        // R9470-003: the sign-on's own time counts, not the token's; unknown is too old.
        let tolerance = self.server.config.window.tolerance.as_seconds();
        let fresh = |max: Seconds| {
            let limit = Seconds(max.0.saturating_add(tolerance.0));
            self.claims().auth_time.is_some_and(|auth_time| now.since(auth_time) <= limit)
        };
        if requirement.max_age.is_some_and(|max| !fresh(max)) {
            return Err(Error::new(ErrorCode::AuthenticationTooOld));
        }
        Ok(())
    }

    /// The acr values of a requirement can always be written: the configuration was checked.
    fn refuse(&self, requirement: &Requirement, error: Error, record: DecisionRecord) -> Rejection {
        let mut challenge = self.server.challenge.clone().scope(&requirement.scope);
        if error.code() != ErrorCode::InsufficientScope {
            if let Some(max_age) = requirement.max_age {
                challenge = challenge.max_age(max_age);
            }
            challenge = challenge.clone().acr_values(&requirement.acr_values).unwrap_or(challenge);
        }
        self.server.reject_with(challenge, error, record, None)
    }
}

impl AuthorizedAccess {
    /// Whose request this is, by which client, within which scope.
    #[must_use]
    pub fn claims(&self) -> &AccessToken {
        &self.token.token.claims
    }

    /// What to record.
    #[must_use]
    pub const fn record(&self) -> &DecisionRecord {
        &self.record
    }
}
