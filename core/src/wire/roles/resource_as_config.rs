//! What a resource authorization server is told once.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::vec::Vec;

use super::detail_types::{DetailTypeOptions, detail_types};
use super::idp_config::ActorProfileOptions;
use crate::error::{Error, OAuthError};
use crate::resource_as::{
    ClientAssociation, DelegationConfig, GrantReplay, IssuerTenants, ProtectedResource, ResourceAsConfig,
    SelfIssued, TrustedIssuer,
};
use crate::text::{ClientId, Tenant};
use crate::time::Seconds;
use crate::token::SamlNameIdRule;
use crate::uri::{ResourceId, Transport, Url};
use crate::wire::declare::{input, names};
use crate::wire::fault::Fault;
use crate::wire::handle::Held;
use crate::wire::shared::{Alg, LimitOptions, WindowOptions, allowed, issuer, overwrite, transport};
use crate::wire::state::RevocationCheckName;
use crate::wire::tokens::claims::scope;
use crate::wire::tokens::context::{ContextRuleName, context_claim};

input! {
    Arguments
    /// What a resource authorization server is told once: itself, whom it trusts, what it guards.
    pub(in crate::wire) struct ResourceAsOptions {
        /// This server's issuer identifier.
        issuer: String,
        /// Its token endpoint, as it is known publicly: what proofs must name.
        token_endpoint: String,
        /// Its revocation endpoint (RFC 7009), as it is known publicly; without it no token is revoked here.
        revocation_endpoint: Option<String>,
        /// Whether grants are held against revocations; `when_given` by default.
        revocation: Option<RevocationCheckName>,
        /// Other spellings of `issuer` accepted as `aud`.
        audience_aliases: Option<Vec<String>>,
        /// The identity providers it trusts.
        trusted_issuers: Vec<TrustedIssuerOptions>,
        /// The resources it guards.
        resources: Vec<ProtectedResourceOptions>,
        /// The resource of grants that name none; without it, the only one there is.
        default_resource: Option<String>,
        /// Refuse grants without `resource` even so.
        resource_required: Option<bool>,
        /// Compare resources after RFC 3986 normalisation.
        normalize_resources: Option<bool>,
        /// Issue one token for several resources when no scope belongs to two of them.
        several_resources_per_token: Option<bool>,
        /// The types of authorization details that are offered, by name.
        detail_types: Option<BTreeMap<String, DetailTypeOptions>>,
        /// The claim that names a conversation; `ctx` by default. It is taken from the grant, and from nowhere else.
        context_claim: Option<String>,
        /// Whether a grant must be for one conversation; `optional` by default.
        context: Option<ContextRuleName>,
        /// The rules of time for ID-JAGs; they may live an hour by default.
        grant_window: Option<WindowOptions>,
        /// The rules of time for client assertions.
        assertion_window: Option<WindowOptions>,
        /// How long access tokens live, in seconds: 600 by default, at most 3600.
        access_token_lifetime: Option<Seconds>,
        /// Whether a grant is redeemed once.
        replay: Option<ReplayRule>,
        /// Grants this server issued itself.
        self_issued: Option<SelfIssuedRule>,
        /// `aud_tenant` is required, and must be the tenant in which the client is registered.
        multi_tenant: Option<bool>,
        /// Accept the jwt-dpop grant type too, with identical checks.
        jwt_dpop: Option<bool>,
        /// Bind the access token to a proof that comes with an unbound ID-JAG; `true` by default.
        bind_to_proof: Option<bool>,
        /// Let clients that cannot authenticate redeem grants that are not bound to a key.
        dangerous_public_clients_without_proof: Option<bool>,
        /// Accept the token endpoint as the audience of client assertions.
        dangerous_token_endpoint_audience: Option<bool>,
        /// Tokens for subagents, derived from this server's own (RFC 8693); without it, none are.
        delegation: Option<DelegationOptions>,
        /// The algorithms of proofs and client assertions; ES256 by default.
        client_algorithms: Option<Vec<Alg>>,
        /// How far a proof's `iat` may lie from now, in seconds: 60 by default, at most 300.
        proof_window: Option<Seconds>,
        /// What a policy denial is on the wire; `access_denied` by default.
        denial: Option<DenialError>,
        /// Caps.
        limits: Option<LimitOptions>,
        /// Also take `http` addresses on this machine: for tests.
        dangerous_allow_http_loopback: Option<bool>,
    }
}

input! {
    Arguments
    /// How access tokens become tokens for subagents: never more than their parents in anything, and dead with them.
    pub(in crate::wire) struct DelegationOptions {
        /// How often one token may be derived from the other; 4 by default.
        max_depth: Option<u32>,
        /// How long derived tokens live, in seconds, and never longer than their parents; by default as long as others.
        max_lifetime: Option<Seconds>,
        /// Whose actor tokens are accepted; without any, every request with an actor token is refused.
        actor_profiles: Option<Vec<ActorProfileOptions>>,
    }
}

impl DelegationOptions {
    fn build(self, transport: Transport, held: &Held) -> Result<DelegationConfig, Error> {
        let mut config = DelegationConfig::default();
        if let Some(depth) = self.max_depth {
            config.max_depth = usize::try_from(depth).unwrap_or(usize::MAX);
        }
        config.max_lifetime = self.max_lifetime;
        for profile in self.actor_profiles.into_iter().flatten() {
            config.actor_profiles.push(profile.build(transport, held)?);
        }
        Ok(config)
    }
}

input! {
    Arguments
    /// An identity provider whose ID-JAGs are redeemed.
    pub(in crate::wire) struct TrustedIssuerOptions {
        /// Its issuer identifier, compared code point by code point.
        issuer: String,
        /// The algorithms it may sign with; ES256 by default.
        algorithms: Option<Vec<Alg>>,
        /// The clients that may redeem its grants; every registered client where left out.
        clients: Option<BTreeSet<ClientId>>,
        /// Its tenants; leave it out for an issuer that has one, itself.
        tenants: Option<BTreeSet<Tenant>>,
        /// Resolve users by SAML NameID: makes a usable `sub_id` required.
        saml_nameid: Option<SamlNameIdOptions>,
    }
}

input! {
    Arguments
    /// How users are found by SAML NameID.
    pub(in crate::wire) struct SamlNameIdOptions {
        /// The SAML issuer that the identity provider speaks for.
        saml_issuer: String,
        /// Compare the NameID alone, without its qualifiers.
        dangerous_nameid_alone: Option<bool>,
    }
}

impl SamlNameIdOptions {
    pub(in crate::wire) fn build(self) -> SamlNameIdRule {
        SamlNameIdRule {
            saml_issuer: self.saml_issuer,
            dangerous_nameid_alone: self.dangerous_nameid_alone.unwrap_or_default(),
        }
    }
}

input! {
    Arguments
    /// A resource that an authorization server guards.
    pub(in crate::wire) struct ProtectedResourceOptions {
        /// Its identifier, compared code point by code point.
        id: String,
        /// The scopes that mean something there, space-separated; what is not listed is never granted.
        scopes: String,
        /// Tokens for it must be bound to a key.
        dpop_required: Option<bool>,
    }
}

names! {
    /// How often one ID-JAG may be redeemed.
    pub(in crate::wire) enum ReplayRule {
        /// Once.
        SingleUse = "single_use",
        /// Until it expires; client assertions and proofs still once.
        ReuseUntilExpiry = "reuse_until_expiry",
        /// Nothing is remembered.
        DangerousOff = "dangerous_off",
    }
}

names! {
    /// Redeeming grants that this same server issued.
    pub(in crate::wire) enum SelfIssuedRule {
        /// Never.
        Refuse = "refuse",
        /// When `tenant` and `aud_tenant` are both there and differ.
        AcrossTenants = "across_tenants",
    }
}

names! {
    /// What a policy denial is on the wire.
    pub(in crate::wire) enum DenialError {
        /// RFC 6749 §4.1.2.1.
        AccessDenied = "access_denied",
        /// RFC 6749 §5.2.
        InvalidGrant = "invalid_grant",
        /// RFC 6749 §5.2; for faulty subject tokens.
        InvalidRequest = "invalid_request",
        /// RFC 6749 §5.2; refused by every role.
        InvalidClient = "invalid_client",
    }
}

impl From<DenialError> for OAuthError {
    fn from(error: DenialError) -> Self {
        match error {
            DenialError::AccessDenied => Self::AccessDenied,
            DenialError::InvalidGrant => Self::InvalidGrant,
            DenialError::InvalidRequest => Self::InvalidRequest,
            DenialError::InvalidClient => Self::InvalidClient,
        }
    }
}

/// ES256, where nothing is said.
pub(in crate::wire) const DEFAULT_ALGORITHMS: &[Alg] = &[Alg::Es256];

impl ResourceAsOptions {
    pub(super) fn build(self, held: &Held) -> Result<ResourceAsConfig, Fault> {
        let transport = transport(self.dangerous_allow_http_loopback);
        let algorithms = allowed(self.client_algorithms.as_deref().unwrap_or(DEFAULT_ALGORITHMS), held)?;
        let endpoint = Url::new(&self.token_endpoint, transport)?;
        let mut config = ResourceAsConfig::new(issuer(&self.issuer, transport)?, endpoint, algorithms);
        let trusted = self.trusted_issuers.into_iter().map(|trusted| trusted.build(transport, held));
        config.trusted_issuers = trusted.collect::<Result<_, _>>()?;
        let resources = self.resources.into_iter().map(|resource| resource.build(transport));
        config.resources = resources.collect::<Result<_, _>>()?;
        config.default_resource =
            self.default_resource.map(|text| ResourceId::new(&text, transport)).transpose()?;
        config.revocation_endpoint =
            self.revocation_endpoint.map(|text| Url::new(&text, transport)).transpose()?;
        config.revocation = RevocationCheckName::check(self.revocation);
        config.detail_types = detail_types(self.detail_types)?;
        config.grant_window = WindowOptions::over(self.grant_window.as_ref(), config.grant_window)?;
        config.assertion_window =
            WindowOptions::over(self.assertion_window.as_ref(), config.assertion_window)?;
        config.replay = match self.replay {
            None => config.replay,
            Some(ReplayRule::SingleUse) => GrantReplay::SingleUse,
            Some(ReplayRule::ReuseUntilExpiry) => GrantReplay::ReuseUntilExpiry,
            Some(ReplayRule::DangerousOff) => GrantReplay::DangerousOff,
        };
        config.self_issued = match self.self_issued {
            None | Some(SelfIssuedRule::Refuse) => SelfIssued::Refuse,
            Some(SelfIssuedRule::AcrossTenants) => SelfIssued::AcrossTenants,
        };
        config.delegation =
            self.delegation.map(|delegation| delegation.build(transport, held)).transpose()?;
        config.denial = self.denial.map_or(config.denial, OAuthError::from);
        config.context_claim = context_claim(self.context_claim.as_deref())?;
        config.context = ContextRuleName::rule(self.context);
        config.limits = LimitOptions::over_default(self.limits.as_ref());
        overwrite!(config from self: audience_aliases, resource_required, normalize_resources,
            several_resources_per_token, access_token_lifetime, multi_tenant, jwt_dpop, bind_to_proof,
            dangerous_public_clients_without_proof, dangerous_token_endpoint_audience, proof_window);
        Ok(config)
    }
}

impl TrustedIssuerOptions {
    fn build(self, transport: Transport, held: &Held) -> Result<TrustedIssuer, Error> {
        Ok(TrustedIssuer {
            issuer: issuer(&self.issuer, transport)?,
            algorithms: allowed(self.algorithms.as_deref().unwrap_or(DEFAULT_ALGORITHMS), held)?,
            clients: self.clients.map_or(ClientAssociation::AnyRegistered, ClientAssociation::Only),
            tenants: self.tenants.map_or(IssuerTenants::Single, IssuerTenants::Only),
            saml_nameid: self.saml_nameid.map(SamlNameIdOptions::build),
        })
    }
}

impl ProtectedResourceOptions {
    fn build(self, transport: Transport) -> Result<ProtectedResource, Error> {
        Ok(ProtectedResource {
            id: ResourceId::new(&self.id, transport)?,
            scopes: scope(&self.scopes)?,
            dpop_required: self.dpop_required.unwrap_or_default(),
        })
    }
}
