//! From a request to an access that is authorized: token, proof, then the operation.

use alloc::string::String;

use super::access::{Operation, Requirement};
use super::config::{SenderConstraint, TrustedAuthorizationServer};
use super::{AccessTable, ResourceServer};
use crate::error::{Error, ErrorCode};
use crate::jose::KeySet;
use crate::oauth::challenge::PresentedToken;
use crate::oauth::http::HttpRequest;
use crate::oauth::token_request::current_nonce;
use crate::record::{DecisionRecord, Outcome, Role, types};
use crate::rejection::Rejection;
use crate::replay::{FirstUse, ReplayKey};
use crate::revocation::RevocationList;
use crate::scope::Scope;
use crate::text::KeyId;
use crate::time::{Seconds, UnixTime};
use crate::token::{
    AccessToken, AccessTokenRules, Context, NonceRule, ProofRules, TokenKind, UnverifiedAccessToken,
    VerifiedProof,
};
use crate::uri::{Issuer, Transport, Url};

/// A request with a token that nobody has verified.
#[derive(Debug)]
pub struct PendingAccess<'s, 'r> {
    presented: Presented<'s, 'r>,
    trusted: &'s TrustedAuthorizationServer,
    unverified: UnverifiedAccessToken<'r>,
}

/// What a request brings, whatever its token says.
#[derive(Clone, Copy, Debug)]
struct Presented<'s, 'r> {
    server: &'s ResourceServer,
    request: &'r HttpRequest,
    token: PresentedToken<'r>,
    proof: Option<&'r str>,
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
    pub(super) claims: AccessToken,
    pub(super) scope: Scope,
    /// The proof that is still to be recorded as used.
    pub(super) unspent: Option<ReplayKey>,
    pub(super) record: DecisionRecord,
}

/// A request that may pass.
#[derive(Clone, Debug)]
pub struct AuthorizedAccess {
    claims: AccessToken,
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
        self.take_apart(request).map_err(|error| self.reject(error, self.record(now), None))
    }

    fn take_apart<'r>(&self, request: &'r HttpRequest) -> Result<PendingAccess<'_, 'r>, Error> {
        let limits = &self.config.limits;
        let token = PresentedToken::of(request, limits).map_err(|error| error.of(TokenKind::AccessToken))?;
        let proof = request.headers.single("DPoP", ErrorCode::ProofRepeated)?;
        let (trusted, unverified) = self.claimed(token.expose())?;
        let presented = Presented { server: self, request, token, proof };
        Ok(PendingAccess { presented, trusted, unverified })
    }

    /// Which of the trusted servers a token claims to be of, and the token.
    pub(super) fn claimed<'t>(
        &self,
        token: &'t str,
    ) -> Result<(&TrustedAuthorizationServer, UnverifiedAccessToken<'t>), Error> {
        let unverified = UnverifiedAccessToken::parse(token, &self.config.limits)?;
        let issuer = unverified.claimed_issuer();
        let trusted =
            self.config.authorization_servers.iter().find(|trusted| trusted.issuer.as_str() == issuer);
        let untrusted = Error::new(ErrorCode::IssuerUntrusted).of(TokenKind::AccessToken);
        Ok((trusted.ok_or(untrusted)?, unverified))
    }

    /// The claims of a token that holds and has not been revoked. Its binding is the caller's to check.
    pub(super) fn check_token(
        &self,
        unverified: UnverifiedAccessToken<'_>,
        trusted: &TrustedAuthorizationServer,
        material: &AccessMaterial<'_>,
        now: UnixTime,
        record: &mut DecisionRecord,
    ) -> Result<AccessToken, Error> {
        let config = &self.config;
        let revocations = config.revocation.list(material.revocations)?;
        let keys = material.keys.ok_or(Error::new(ErrorCode::KeysUnavailable))?;
        let rules = AccessTokenRules {
            issuer: &trusted.issuer,
            resource: &config.resource,
            resource_aliases: &config.resource_aliases,
            normalize_resource: config.normalize_resource,
            algorithms: &trusted.algorithms,
            window: config.window,
            relaxed: trusted.relaxed,
            context: &config.context_claim,
            limits: &config.limits,
        };
        let claims = unverified.verify(keys, &rules, now)?;
        record_token(record, &claims);
        if let Some(list) = revocations {
            list.check_access_token(&claims, now).map_err(|error| error.of(TokenKind::AccessToken))?;
        }
        let context = claims.context.as_ref();
        let expected = material.context.map_or(Ok(()), |expected| Context::check_expected(context, expected));
        expected.and(config.context.check(context)).map_err(|error| error.of(TokenKind::AccessToken))?;
        Ok(claims)
    }

    pub(super) fn record(&self, now: UnixTime) -> DecisionRecord {
        DecisionRecord::new(Role::ResourceServer, self.config.resource.as_str(), now)
    }
}

impl<'s> PendingAccess<'s, '_> {
    /// What to look up.
    #[must_use]
    pub fn needs(&self) -> AccessNeeds<'_> {
        AccessNeeds { issuer: &self.trusted.issuer, kid: self.unverified.claimed_kid() }
    }

    /// Verifies the token (RFC 9068 §4), that it has not been revoked, and, for a bound one, its proof (RFC 9449 §7.1).
    pub fn verify(
        self,
        material: &AccessMaterial<'_>,
        now: UnixTime,
    ) -> Result<VerifiedAccess<'s>, Rejection> {
        let server = self.presented.server;
        let mut record = server.record(now);
        let asked_for_nonce = |error: &Error| error.code() == ErrorCode::ProofNonceRequired;
        self.check(material, now, &mut record).map_err(|error| {
            let nonce = current_nonce(material.nonce).filter(|_| asked_for_nonce(&error));
            server.reject(error, record, nonce)
        })
    }

    fn check(
        self,
        material: &AccessMaterial<'_>,
        now: UnixTime,
        record: &mut DecisionRecord,
    ) -> Result<VerifiedAccess<'s>, Error> {
        let server = self.presented.server;
        let claims = server.check_token(self.unverified, self.trusted, material, now, record)?;
        let proof = self.presented.check_proof(&claims, material.nonce, now)?;
        let unspent =
            proof.map(|proof| proof.replay_key().clone()).filter(|_| server.config.proof_single_use);
        let scope = server.config.hierarchy.expand(&claims.scope);
        Ok(VerifiedAccess { server, claims, scope, unspent, record: record.clone() })
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

fn record_token(record: &mut DecisionRecord, claims: &AccessToken) {
    record.issuer = Some(claims.issuer.clone());
    record.subject.clone_from(&claims.subject);
    record.client_id.clone_from(&claims.client_id);
    record.actor.clone_from(&claims.actor);
    record.auth_time = claims.auth_time;
    record.acr.clone_from(&claims.acr);
    record.scope_granted = Some(claims.scope.clone());
    record.details_granted = types(claims.details.as_ref());
    record.jkt = claims.confirmation.map(|confirmation| confirmation.jkt);
    record.token_id.clone_from(&claims.token_id);
    record.grant_id.clone_from(&claims.grant_id);
    record.parent_id = claims.ancestors.first().cloned();
    record.context.clone_from(&claims.context);
    record.expires_at = Some(claims.expires_at);
}

impl VerifiedAccess<'_> {
    /// The claims. The token itself is not here, so that it cannot be passed on (MCP-021).
    #[must_use]
    pub const fn claims(&self) -> &AccessToken {
        &self.claims
    }

    /// What to record where a token is let through before it is known what for: by SDKs that verify tokens first. It names
    /// no operation; a decision on one has a record of its own.
    #[must_use]
    pub fn record(&self) -> DecisionRecord {
        DecisionRecord { outcome: Outcome::Permit, ..self.record.clone() }
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
        Err(self.server.reject(error, self.record, None))
    }

    /// The scope of the token, with what it includes.
    #[must_use]
    pub const fn scope(&self) -> &Scope {
        &self.scope
    }

    /// Whether the token may call `tool`: for filtering `tools/list`. Step-up is not considered: a tool that
    /// needs a fresher sign-on is shown.
    #[must_use]
    pub fn permits_tool(&self, tool: &str) -> bool {
        self.server.offers(tool, &self.scope)
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
        Ok(AuthorizedAccess { claims: self.claims, record })
    }

    /// The record of the operation, when it may pass.
    fn judge(&self, operation: &Operation<'_>, now: UnixTime) -> Result<DecisionRecord, Rejection> {
        let mut record = self.record.clone();
        record.time = now;
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
            let record = DecisionRecord { time: now, ..self.record.clone() };
            self.server.reject_with(self.server.challenge.clone(), error, record, None)
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
        if !requirement.scope.is_subset(&self.scope) {
            return Err(Error::new(ErrorCode::InsufficientScope));
        }
        let weak = !requirement.acr_values.is_empty()
            && !self.claims.acr.as_ref().is_some_and(|acr| requirement.acr_values.contains(acr));
        if weak {
            return Err(Error::new(ErrorCode::AuthenticationTooWeak));
        }
        // R9470-003: the sign-on's own time counts, not the token's; unknown is too old.
        let tolerance = self.server.config.window.tolerance.as_seconds();
        let fresh = |max: Seconds| {
            let limit = Seconds(max.0.saturating_add(tolerance.0));
            self.claims.auth_time.is_some_and(|auth_time| now.since(auth_time) <= limit)
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
    pub const fn claims(&self) -> &AccessToken {
        &self.claims
    }

    /// What to record.
    #[must_use]
    pub const fn record(&self) -> &DecisionRecord {
        &self.record
    }
}
