//! What an identity provider is told once, beside the policy: itself, its subject tokens, what each audience gets.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::vec::Vec;

use crate::crypto::Algorithms;
use crate::details::DetailTypes;
use crate::error::{Error, OAuthError};
use crate::limits::Limits;
use crate::oauth::ActorProfile;
use crate::ordered;
use crate::revocation::RevocationCheck;
use crate::text::{ClientId, Tenant};
use crate::time::Seconds;
use crate::token::{ContextClaim, Window};
use crate::uri::{Issuer, ResourceId, Url};

/// Which subject tokens are exchanged. ID Tokens always are (JAG-034).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SubjectTokens {
    /// Refresh tokens, which the host verifies.
    pub refresh_token: bool,
    /// SAML 2.0 assertions, which the host verifies.
    pub saml2: bool,
}

/// How the resource authorization server knows clients.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum ClientIdModel {
    /// By the identifiers that the policy document maps apps to.
    #[default]
    Global,
    /// By identifiers that differ from tenant to tenant: tenant → client here → client there (JAG-084).
    ByTenant(BTreeMap<Tenant, BTreeMap<ClientId, ClientId>>),
}

/// What is particular about one audience; one that is not listed gets [`AudienceSettings::new`].
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct AudienceSettings {
    /// The resource authorization server.
    pub issuer: Issuer,
    /// Other names accepted in `audience`; the token always carries `issuer` (JAG-029). None in MCP mode.
    pub aliases: Vec<String>,
    /// The resource of requests that name none.
    pub default_resource: Option<ResourceId>,
    /// The types of authorization details that the server takes.
    pub detail_types: DetailTypes,
    /// How it knows clients.
    pub client_ids: ClientIdModel,
    /// It needs `tenant`.
    pub needs_tenant: bool,
    /// It is multi-tenant and needs `aud_tenant`.
    pub needs_audience_tenant: bool,
    /// Release `aud_sub` when the directory knows it.
    pub release_audience_subject: bool,
    /// Release `email` (AMB-031).
    pub release_email: bool,
    /// Release `sub_id` (JAG4-011).
    pub release_subject_identifier: bool,
}

impl AudienceSettings {
    /// Nothing particular: no tenants, no e-mail address, `aud_sub` when known.
    #[must_use]
    pub fn new(issuer: Issuer) -> Self {
        Self {
            issuer,
            aliases: Vec::new(),
            default_resource: None,
            detail_types: DetailTypes::default(),
            client_ids: ClientIdModel::Global,
            needs_tenant: false,
            needs_audience_tenant: false,
            release_audience_subject: true,
            release_email: false,
            release_subject_identifier: false,
        }
    }
}

/// The configuration of an [`super::IdpAuthorizationServer`].
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct IdpConfig {
    /// This provider's issuer identifier.
    pub issuer: Issuer,
    /// Its token endpoint, as it is known publicly.
    pub token_endpoint: Url,
    /// The algorithms its own ID Tokens may be signed with.
    pub id_token_algorithms: Algorithms,
    /// The algorithms of proofs and client assertions.
    pub client_algorithms: Algorithms,
    /// The subject tokens it exchanges.
    pub subject_tokens: SubjectTokens,
    /// SAML audience (entity id) → client (JAG-080).
    pub saml_clients: BTreeMap<String, ClientId>,
    /// Whose actor tokens it accepts; none means that every actor token is refused.
    pub actor_profiles: Vec<ActorProfile>,
    /// What is particular about each audience.
    pub audiences: Vec<AudienceSettings>,
    /// It has many tenants: `tenant` goes into every grant (JAG-082).
    pub multi_tenant: bool,
    /// The MCP profile: `audience` must be an issuer identifier, `resource` must be sent unless there is exactly
    /// one (EMA-003, AMB-007).
    pub mcp: bool,
    /// A client whose identifier is a metadata document URL has the same identifier everywhere (JAG-081).
    pub client_id_documents_are_global: bool,
    /// The claim that names a conversation, and the parameter that asks for one.
    pub context_claim: ContextClaim,
    /// Report the granted resource in the response too (AMB-011).
    pub report_resource: bool,
    /// How long ID-JAGs live; at most 3600 s (AMB-025).
    pub id_jag_lifetime: Seconds,
    /// The rules of time for ID Tokens.
    pub id_token_window: Window,
    /// The rules of time for client assertions and actor tokens.
    pub assertion_window: Window,
    /// How far a proof's `iat` may lie from now.
    pub proof_window: Seconds,
    /// Let clients that cannot authenticate exchange without proof (AMB-020).
    pub dangerous_public_clients_without_proof: bool,
    /// Accept the token endpoint as the audience of client assertions (R7523B-002).
    pub dangerous_token_endpoint_audience: bool,
    /// What a policy denial is on the wire: `access_denied`, or `invalid_grant` (AMB-004).
    pub denial: OAuthError,
    /// What a faulty subject token is on the wire: `invalid_grant`, or `invalid_request` (AMB-005).
    pub subject_fault: OAuthError,
    /// Whether ID Tokens, and conversations that are asked for, are held against a list of revocations. Whether a token that the
    /// host vouches for was revoked is the host's to know.
    pub revocation: RevocationCheck,
    /// Caps.
    pub limits: Limits,
}

impl IdpConfig {
    /// The defaults of DESIGN §14: ID Tokens only, 300 s grants, no actor tokens, MCP profile on.
    #[must_use]
    pub fn new(
        issuer: Issuer,
        token_endpoint: Url,
        id_token_algorithms: Algorithms,
        client_algorithms: Algorithms,
    ) -> Self {
        Self {
            issuer,
            token_endpoint,
            id_token_algorithms,
            client_algorithms,
            subject_tokens: SubjectTokens::default(),
            saml_clients: BTreeMap::new(),
            actor_profiles: Vec::new(),
            audiences: Vec::new(),
            multi_tenant: false,
            mcp: true,
            client_id_documents_are_global: false,
            context_claim: ContextClaim::default(),
            report_resource: false,
            id_jag_lifetime: Seconds(300),
            id_token_window: Window::default(),
            assertion_window: Window { max_lifetime: Some(Seconds(600)), ..Window::default() },
            proof_window: Seconds(60),
            dangerous_public_clients_without_proof: false,
            dangerous_token_endpoint_audience: false,
            denial: OAuthError::AccessDenied,
            subject_fault: OAuthError::InvalidGrant,
            revocation: RevocationCheck::default(),
            limits: Limits::DEFAULT,
        }
    }

    /// The types of authorization details that some audience takes, for `authorization_details_types_supported`.
    #[must_use]
    pub fn detail_type_names(&self) -> BTreeSet<&str> {
        ordered::set(self.audiences.iter().flat_map(|audience| audience.detail_types.names()))
    }

    /// Fails with `config_invalid` on a configuration that cannot be meant.
    pub(super) fn check(&self) -> Result<(), Error> {
        if self.id_jag_lifetime == Seconds::ZERO || self.id_jag_lifetime > Seconds(3600) {
            return Err(Error::config("grants live 1 to 3600 seconds"));
        }
        if self.proof_window > Seconds(300) {
            return Err(Error::config("the window of proofs is at most 300 seconds"));
        }
        if !matches!(self.denial, OAuthError::AccessDenied | OAuthError::InvalidGrant) {
            return Err(Error::config("a denial is `access_denied` or `invalid_grant`"));
        }
        if !matches!(self.subject_fault, OAuthError::InvalidRequest | OAuthError::InvalidGrant) {
            return Err(Error::config("a faulty subject token is `invalid_grant` or `invalid_request`"));
        }
        if self.audiences.iter().any(|audience| audience.issuer == self.issuer) {
            return Err(Error::config("the provider is an audience of itself"));
        }
        if self.mcp && self.audiences.iter().any(|audience| !audience.aliases.is_empty()) {
            return Err(Error::config("the MCP profile knows audiences by issuer identifier only"));
        }
        let twice = self.audiences.iter().enumerate().any(|(index, audience)| {
            self.audiences.iter().take(index).any(|earlier| {
                earlier.issuer == audience.issuer
                    || earlier.aliases.iter().any(|alias| audience.aliases.contains(alias))
            })
        });
        if twice { Err(Error::config("an audience or an alias is listed twice")) } else { Ok(()) }
    }
}
