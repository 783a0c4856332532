//! What a resource authorization server is told once: itself, whom it trusts, what it guards.

use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::vec::Vec;

use super::DelegationConfig;
use crate::crypto::Algorithms;
use crate::details::DetailTypes;
use crate::error::{Error, OAuthError};
use crate::limits::Limits;
use crate::ordered;
use crate::revocation::RevocationCheck;
use crate::scope::Scope;
use crate::text::{ClientId, Tenant};
use crate::time::Seconds;
use crate::token::{ContextClaim, ContextRule, SamlNameIdRule, Window};
use crate::uri::{Issuer, ResourceId, Url};

/// Which clients may redeem the grants of one issuer (JAG-024).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClientAssociation {
    /// These and no others.
    Only(BTreeSet<ClientId>),
    /// Every client registered here.
    AnyRegistered,
}

/// Which tenants of a trusted issuer are served.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IssuerTenants {
    /// The issuer has one tenant: itself.
    Single,
    /// The issuer has many: `tenant` is required and must be one of these (JAG-085).
    Only(BTreeSet<Tenant>),
}

/// An IdP whose ID-JAGs are redeemed here.
#[derive(Clone, Debug)]
pub struct TrustedIssuer {
    /// Its issuer identifier, compared code point by code point.
    pub issuer: Issuer,
    /// The algorithms it may sign with.
    pub algorithms: Algorithms,
    /// Which clients may redeem its grants.
    pub clients: ClientAssociation,
    /// Its tenants.
    pub tenants: IssuerTenants,
    /// Resolve users by SAML NameID: makes a usable `sub_id` required.
    pub saml_nameid: Option<SamlNameIdRule>,
}

/// A resource that this server guards.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProtectedResource {
    /// Its identifier, compared code point by code point.
    pub id: ResourceId,
    /// The scopes that mean something there; what is not listed is never granted (R9068-008).
    pub scopes: Scope,
    /// Tokens for it must be bound to a key (JAG-112).
    pub dpop_required: bool,
}

/// How often one ID-JAG may be redeemed (AMB-001).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum GrantReplay {
    /// Once. Client assertions and proofs too.
    #[default]
    SingleUse,
    /// Until it expires. Client assertions and proofs still once.
    ReuseUntilExpiry,
    /// Nothing is remembered, not even client assertions and proofs.
    DangerousOff,
}

/// Redeeming grants that this same product issued, for another tenant (AMB-021).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SelfIssued {
    /// Never.
    #[default]
    Refuse,
    /// When `tenant` and `aud_tenant` are both there and differ.
    AcrossTenants,
}

/// The configuration of a [`super::ResourceAuthorizationServer`].
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ResourceAsConfig {
    /// This server's issuer identifier.
    pub issuer: Issuer,
    /// Its token endpoint, as it is known publicly: what proofs must name.
    pub token_endpoint: Url,
    /// Its revocation endpoint (RFC 7009), as it is known publicly; without it no token is revoked here.
    pub revocation_endpoint: Option<Url>,
    /// Whether grants are held against a list of revocations.
    pub revocation: RevocationCheck,
    /// Other spellings of `issuer` accepted as `aud` (AMB-008).
    pub audience_aliases: Vec<String>,
    /// The IdPs it trusts.
    pub trusted_issuers: Vec<TrustedIssuer>,
    /// The resources it guards.
    pub resources: Vec<ProtectedResource>,
    /// The resource of grants that name none; without it, the only one there is (AMB-007).
    pub default_resource: Option<ResourceId>,
    /// Refuse grants without `resource` even so.
    pub resource_required: bool,
    /// Compare resources after RFC 3986 normalisation (MCP-015, AMB-008).
    pub normalize_resources: bool,
    /// Issue one token for several resources when no scope belongs to two of them (AMB-010).
    pub several_resources_per_token: bool,
    /// The types of authorization details that are offered.
    pub detail_types: DetailTypes,
    /// The claim that names a conversation: taken from the grant, and from nowhere else.
    pub context_claim: ContextClaim,
    /// Whether a grant must be for one conversation.
    pub context: ContextRule,
    /// The rules of time for ID-JAGs: `max_lifetime` 3600 s (AMB-025).
    pub grant_window: Window,
    /// The rules of time for client assertions.
    pub assertion_window: Window,
    /// How long access tokens live; at most 3600 s.
    pub access_token_lifetime: Seconds,
    /// Whether a grant is redeemed once.
    pub replay: GrantReplay,
    /// Grants this server issued itself.
    pub self_issued: SelfIssued,
    /// `aud_tenant` is required, and must be the tenant in which the client is registered. Tokens for subagents are derived by
    /// the client alone that a token was issued to, since access tokens do not say of which tenant they are.
    pub multi_tenant: bool,
    /// Accept the jwt-dpop grant type too, with identical checks (AMB-002).
    pub jwt_dpop: bool,
    /// Bind the access token to a proof that comes with an unbound ID-JAG (JAG-110).
    pub bind_to_proof: bool,
    /// Let clients that cannot authenticate redeem grants that are not bound to a key (AMB-020).
    pub dangerous_public_clients_without_proof: bool,
    /// Accept the token endpoint as the audience of client assertions (R7523B-002).
    pub dangerous_token_endpoint_audience: bool,
    /// Tokens for subagents, derived from this server's own; without it, none are.
    pub delegation: Option<DelegationConfig>,
    /// The algorithms of proofs and client assertions.
    pub client_algorithms: Algorithms,
    /// How far a proof's `iat` may lie from now.
    pub proof_window: Seconds,
    /// What a policy denial is on the wire: `access_denied`, or `invalid_grant` (AMB-004).
    pub denial: OAuthError,
    /// Caps.
    pub limits: Limits,
}

impl ResourceAsConfig {
    /// The defaults of DESIGN §14: single use, exact comparison, 600 s access tokens.
    #[must_use]
    pub fn new(issuer: Issuer, token_endpoint: Url, client_algorithms: Algorithms) -> Self {
        let hour = Some(Seconds(3600));
        Self {
            issuer,
            token_endpoint,
            revocation_endpoint: None,
            revocation: RevocationCheck::default(),
            audience_aliases: Vec::new(),
            trusted_issuers: Vec::new(),
            resources: Vec::new(),
            default_resource: None,
            resource_required: false,
            normalize_resources: false,
            several_resources_per_token: false,
            detail_types: DetailTypes::default(),
            context_claim: ContextClaim::default(),
            context: ContextRule::default(),
            grant_window: Window { max_lifetime: hour, ..Window::default() },
            assertion_window: Window { max_lifetime: Some(Seconds(600)), ..Window::default() },
            access_token_lifetime: Seconds(600),
            replay: GrantReplay::default(),
            self_issued: SelfIssued::default(),
            multi_tenant: false,
            jwt_dpop: false,
            bind_to_proof: true,
            dangerous_public_clients_without_proof: false,
            dangerous_token_endpoint_audience: false,
            delegation: None,
            client_algorithms,
            proof_window: Seconds(60),
            denial: OAuthError::AccessDenied,
            limits: Limits::DEFAULT,
        }
    }

    /// Fails with `config_invalid` on a configuration that cannot be meant.
    pub(super) fn check(&self) -> Result<(), Error> {
        let unique = |texts: Vec<&str>| ordered::set(texts.iter().copied()).len() == texts.len();
        if self.trusted_issuers.is_empty() {
            return Err(Error::config("no issuer is trusted"));
        }
        if !unique(self.trusted_issuers.iter().map(|trusted| trusted.issuer.as_str()).collect()) {
            return Err(Error::config("an issuer is trusted twice"));
        }
        if self.self_issued == SelfIssued::Refuse
            && self.trusted_issuers.iter().any(|trusted| trusted.issuer == self.issuer)
        {
            return Err(Error::config("the server trusts itself as issuer"));
        }
        let empty = |trusted: &TrustedIssuer| {
            matches!(&trusted.clients, ClientAssociation::Only(clients) if clients.is_empty())
                || matches!(&trusted.tenants, IssuerTenants::Only(tenants) if tenants.is_empty())
        };
        if self.trusted_issuers.iter().any(empty) {
            return Err(Error::config("an issuer is trusted for no client or no tenant"));
        }
        // R9068-023.
        if self.resources.is_empty()
            || !unique(self.resources.iter().map(|guarded| guarded.id.as_str()).collect())
        {
            return Err(Error::config("resources are missing or listed twice"));
        }
        if self
            .default_resource
            .as_ref()
            .is_some_and(|id| self.resources.iter().all(|guarded| &guarded.id != id))
        {
            return Err(Error::config("the default resource is not one of the resources"));
        }
        let hour = Seconds(3600);
        if self.access_token_lifetime == Seconds::ZERO || self.access_token_lifetime > hour {
            return Err(Error::config("access tokens live 1 to 3600 seconds"));
        }
        if self.grant_window.max_lifetime.is_none_or(|max| max > Seconds(86_400)) {
            return Err(Error::config("the lifetime of grants is capped at a day or less"));
        }
        if self.proof_window > Seconds(300) {
            return Err(Error::config("the window of proofs is at most 300 seconds"));
        }
        if let Some(delegation) = &self.delegation {
            delegation.check(self)?;
        }
        if !matches!(self.denial, OAuthError::AccessDenied | OAuthError::InvalidGrant) {
            return Err(Error::config("a denial is `access_denied` or `invalid_grant`"));
        }
        Ok(())
    }
}
