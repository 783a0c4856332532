//! From the bytes of a request to a grant that holds: parse, say what is needed, verify.

use super::config::{ClientAssociation, IssuerTenants, ResourceAsConfig, SelfIssued, TrustedIssuer};
use super::target::{Asked, Ceiling};
use super::{ResourceAuthorizationServer, VerifiedGrant};
use crate::crypto::Thumbprint;
use crate::error::{Error, ErrorCode};
use crate::jose::KeySet;
use crate::oauth::RegisteredClient;
use crate::oauth::client_auth::{AuthenticationRules, admit};
use crate::oauth::http::HttpRequest;
use crate::oauth::params::{GRANT_JWT_BEARER, GRANT_JWT_DPOP};
use crate::oauth::token_request::{EndpointProofRules, TokenRequest, current_nonce};
use crate::record::{DecisionRecord, Role, types};
use crate::rejection::Rejection;
use crate::revocation::{Revocable, RevocationList};
use crate::secret::Secret;
use crate::text::{ClientId, KeyId};
use crate::time::UnixTime;
use crate::token::{IdJag, IdJagRules, NonceRule, TokenKind, UnverifiedIdJag, VerifiedIdJag, VerifiedProof};
use crate::uri::Issuer;

/// A request that has been taken apart; nothing in it is trusted yet.
#[derive(Clone, Debug)]
pub struct PendingGrant<'s> {
    server: &'s ResourceAuthorizationServer,
    request: TokenRequest,
    assertion: Secret,
    alias: bool,
    trusted: &'s TrustedIssuer,
    kid: Option<KeyId>,
    asked: Asked,
}

/// What the host must look up before a request can be verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GrantNeeds<'p> {
    /// Whose key set: one of the configured issuers.
    pub issuer: &'p Issuer,
    /// The key the grant claims; a set without it is worth one refresh.
    pub kid: Option<&'p KeyId>,
    /// Whose client record.
    pub client_id: &'p ClientId,
}

/// What the host found.
#[derive(Clone, Copy, Debug)]
pub struct GrantMaterial<'m> {
    /// The key set; `None` when it could not be had.
    pub keys: Option<&'m KeySet>,
    /// The client record; `None` when there is no such client.
    pub client: Option<&'m RegisteredClient>,
    /// What has been revoked; see [`ResourceAsConfig::revocation`].
    pub revocations: Option<&'m RevocationList>,
    /// The nonces that proofs must carry.
    pub nonce: NonceRule<'m>,
}

impl ResourceAuthorizationServer {
    /// Takes a token request apart.
    ///
    /// Refuses what is not a well-formed jwt-bearer request, what claims no configured issuer, and what this
    /// server issued itself.
    pub fn parse(&self, request: &HttpRequest, now: UnixTime) -> Result<PendingGrant<'_>, Rejection> {
        let parsed = TokenRequest::parse(request, &self.config.limits);
        let pending = parsed.and_then(|request| self.take_apart(request));
        pending.map_err(|error| self.reject(error, self.record(now), None))
    }

    pub(super) fn take_apart(&self, request: TokenRequest) -> Result<PendingGrant<'_>, Error> {
        let config = &self.config;
        let alias = match request.form.required("grant_type")? {
            GRANT_JWT_BEARER => false,
            GRANT_JWT_DPOP if config.jwt_dpop => true,
            _ => return Err(Error::new(ErrorCode::GrantTypeUnsupported)),
        };
        let assertion = Secret::new(request.form.required("assertion")?);
        let asked = Asked::parse(&request.form, config)?;
        let unverified = UnverifiedIdJag::parse(assertion.expose(), &config.limits)?;
        let trusted =
            self.trusted(unverified.claimed_issuer()).map_err(|error| error.of(TokenKind::IdJag))?;
        let kid = unverified.claimed_kid().cloned();
        Ok(PendingGrant { server: self, request, assertion, alias, trusted, kid, asked })
    }

    fn trusted(&self, issuer: &str) -> Result<&TrustedIssuer, Error> {
        if issuer == self.config.issuer.as_str() && self.config.self_issued == SelfIssued::Refuse {
            return Err(Error::new(ErrorCode::SelfIssued));
        }
        let found = self.config.trusted_issuers.iter().find(|trusted| trusted.issuer.as_str() == issuer);
        found.ok_or(Error::new(ErrorCode::IssuerUntrusted))
    }

    pub(super) fn record(&self, now: UnixTime) -> DecisionRecord {
        DecisionRecord::new(Role::ResourceAuthorizationServer, self.config.issuer.as_str(), now)
    }
}

impl<'s> PendingGrant<'s> {
    /// What to look up.
    #[must_use]
    pub fn needs(&self) -> GrantNeeds<'_> {
        GrantNeeds {
            issuer: &self.trusted.issuer,
            kid: self.kid.as_ref(),
            client_id: &self.request.client_id,
        }
    }

    /// Authenticates the client, verifies proof and grant, and binds the three together.
    ///
    /// Order: client, proof, grant (header, key, signature, claims), `cnf` × proof, tenants, target. Nothing is
    /// spent by a refusal.
    pub fn verify(self, material: &GrantMaterial<'_>, now: UnixTime) -> Result<VerifiedGrant<'s>, Rejection> {
        let mut record = self.server.record(now);
        let checked = self.check(material, now, &mut record);
        checked.map_err(|error| self.server.reject(error, record, current_nonce(material.nonce)))
    }

    fn check(
        &self,
        material: &GrantMaterial<'_>,
        now: UnixTime,
        record: &mut DecisionRecord,
    ) -> Result<VerifiedGrant<'s>, Error> {
        let config = &self.server.config;
        let revocations = config.revocation.list(material.revocations)?;
        let rules = authentication_rules(config);
        let (client, assertion_key) = admit(&self.request, material.client, &rules, record, now)?;
        let proof = self.request.check_proof(&proof_rules(config), material.nonce, now)?;
        let verified = self.check_grant(material, client, now)?;
        let grant = verified.claims();
        record_grant(record, grant);
        record.details_asked = types(self.asked.details.as_ref().or(grant.details.as_ref()));
        if let Some(list) = revocations {
            self.check_revocations(list, grant, now).map_err(|error| error.of(TokenKind::IdJag))?;
        }
        if matches!(&self.trusted.clients, ClientAssociation::Only(clients) if !clients.contains(&client.client_id))
        {
            return Err(Error::with_detail(ErrorCode::ClientMismatch, "issuer").of(TokenKind::IdJag));
        }
        let context = config.context.check(grant.context.as_ref());
        context.map_err(|error| error.of(TokenKind::IdJag))?;
        check_tenants(config, self.trusted, client, grant).map_err(|error| error.of(TokenKind::IdJag))?;
        if let Some(rule) = &self.trusted.saml_nameid {
            rule.select(grant.subject_identifier.as_ref()).map_err(|error| error.of(TokenKind::IdJag))?;
        }
        let ceiling = Ceiling::of(config, grant, &self.asked)?;
        record.resources = ceiling.resources.iter().map(|resource| resource.id.clone()).collect();
        record.scope_asked.clone_from(&ceiling.scope_asked);
        let proof_thumbprint = proof.as_ref().map(VerifiedProof::thumbprint);
        let binding = self.check_binding(client, grant, &ceiling, proof_thumbprint)?;
        record.jkt = binding;
        Ok(VerifiedGrant {
            server: self.server,
            record: record.clone(),
            assertion_key,
            proof_key: proof.map(|proof| proof.replay_key().clone()),
            grant: verified,
            ceiling,
            binding,
            nonce: current_nonce(material.nonce).cloned(),
        })
    }

    /// Neither the grant may have been revoked, nor the token that it would become.
    fn check_revocations(&self, list: &RevocationList, grant: &IdJag, now: UnixTime) -> Result<(), Error> {
        list.check_id_jag(grant, now)?;
        let token = Revocable {
            issuer: &self.server.config.issuer,
            token_id: None,
            grant_id: Some(&grant.token_id),
            subject: None,
            context: None,
            issued_at: Some(now),
            ..Revocable::from(grant)
        };
        list.check(&token, now)
    }

    fn check_grant(
        &self,
        material: &GrantMaterial<'_>,
        client: &RegisteredClient,
        now: UnixTime,
    ) -> Result<VerifiedIdJag, Error> {
        let config = &self.server.config;
        let keys = material.keys.ok_or(Error::new(ErrorCode::KeysUnavailable))?;
        let rules = IdJagRules {
            issuer: &self.trusted.issuer,
            audience: &config.issuer,
            audience_aliases: &config.audience_aliases,
            client_id: &client.client_id,
            algorithms: &self.trusted.algorithms,
            window: config.grant_window,
            context: &config.context_claim,
            limits: &config.limits,
        };
        let unverified = UnverifiedIdJag::parse(self.assertion.expose(), &config.limits)?;
        unverified.verify(keys, &rules, now)
    }

    /// ID-JAG §9.6.1.2: the four cases of `cnf` and proof, then who may come without either.
    fn check_binding(
        &self,
        client: &RegisteredClient,
        grant: &IdJag,
        ceiling: &Ceiling<'_>,
        proof: Option<Thumbprint>,
    ) -> Result<Option<Thumbprint>, Error> {
        let config = &self.server.config;
        let proven = grant.confirmation.map(|confirmation| confirmation.proven_by(proof)).transpose();
        let proven = proven.map_err(|error| error.of(TokenKind::IdJag))?;
        let required = ceiling.resources.iter().any(|resource| resource.dpop_required)
            || client.dpop_bound_access_tokens
            || (!client.is_confidential() && !config.dangerous_public_clients_without_proof);
        if (required && proof.is_none()) || (self.alias && proven.is_none()) {
            return Err(Error::new(ErrorCode::ProofRequired));
        }
        Ok(proven.or(proof.filter(|_| required || config.bind_to_proof)))
    }
}

pub(super) fn proof_rules(config: &ResourceAsConfig) -> EndpointProofRules<'_> {
    EndpointProofRules {
        endpoint: &config.token_endpoint,
        window: config.proof_window,
        algorithms: &config.client_algorithms,
        limits: &config.limits,
    }
}

pub(super) fn authentication_rules(config: &ResourceAsConfig) -> AuthenticationRules<'_> {
    let endpoint = config.token_endpoint.as_str();
    AuthenticationRules {
        issuer: &config.issuer,
        dangerous_token_endpoint_audience: config.dangerous_token_endpoint_audience.then_some(endpoint),
        algorithms: &config.client_algorithms,
        window: config.assertion_window,
        limits: &config.limits,
    }
}

/// JAG-085 and AMB-021.
fn check_tenants(
    config: &ResourceAsConfig,
    trusted: &TrustedIssuer,
    client: &RegisteredClient,
    grant: &IdJag,
) -> Result<(), Error> {
    const MISMATCH: Error = Error::new(ErrorCode::TenantMismatch);
    if let IssuerTenants::Only(tenants) = &trusted.tenants
        && !grant.tenant.as_ref().is_some_and(|tenant| tenants.contains(tenant))
    {
        return Err(MISMATCH);
    }
    if config.multi_tenant && (grant.audience_tenant.is_none() || grant.audience_tenant != client.tenant) {
        return Err(MISMATCH);
    }
    if trusted.issuer == config.issuer {
        // Only reachable with `SelfIssued::AcrossTenants`.
        let across = match (&grant.tenant, &grant.audience_tenant) {
            (Some(from), Some(to)) => from != to,
            _ => false,
        };
        if !across {
            return Err(Error::new(ErrorCode::SelfIssued));
        }
    }
    Ok(())
}

fn record_grant(record: &mut DecisionRecord, grant: &IdJag) {
    record.issuer = Some(grant.issuer.clone());
    record.tenant.clone_from(&grant.tenant);
    record.subject = Some(grant.subject.clone());
    record.audience = Some(grant.audience.clone());
    record.actor.clone_from(&grant.actor);
    record.auth_time = grant.auth_time;
    record.acr.clone_from(&grant.acr);
    record.grant_id = Some(grant.token_id.clone());
    record.context.clone_from(&grant.context);
}
