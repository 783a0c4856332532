//! What an identity provider is told once.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::vec::Vec;

use super::detail_types::{DetailTypeOptions, detail_types};
use super::resource_as_config::{DEFAULT_ALGORITHMS, DenialError};
use crate::error::{Error, OAuthError};
use crate::idp::{ActorProfile, AudienceSettings, ClientIdModel, IdpConfig, SubjectTokens};
use crate::text::{ClientId, Tenant};
use crate::time::Seconds;
use crate::uri::{ResourceId, Transport, Url};
use crate::wire::declare::{input, names};
use crate::wire::fault::Fault;
use crate::wire::handle::Held;
use crate::wire::shared::{Alg, LimitOptions, WindowOptions, allowed, issuer, overwrite, transport};
use crate::wire::state::RevocationCheckName;
use crate::wire::tokens::context::context_claim;

input! {
    Arguments
    /// What an identity provider is told once, beside the policy: itself, its subject tokens, what each audience gets.
    pub(in crate::wire) struct IdpOptions {
        /// This provider's issuer identifier.
        issuer: String,
        /// Its token endpoint, as it is known publicly: what proofs must name.
        token_endpoint: String,
        /// The algorithms its own ID Tokens may be signed with; ES256 by default.
        id_token_algorithms: Option<Vec<Alg>>,
        /// The algorithms of proofs and client assertions; ES256 by default.
        client_algorithms: Option<Vec<Alg>>,
        /// What is exchanged beside ID Tokens; nothing by default.
        subject_tokens: Option<Vec<SubjectTokenName>>,
        /// The client of each SAML audience, by entity id.
        saml_clients: Option<BTreeMap<String, ClientId>>,
        /// Whose actor tokens are accepted; without any, every request with an actor token is refused.
        actor_profiles: Option<Vec<ActorProfileOptions>>,
        /// What is particular about each audience; one that is not listed gets the defaults.
        audiences: Option<Vec<AudienceOptions>>,
        /// It has many tenants: `tenant` goes into every grant. `false` by default.
        multi_tenant: Option<bool>,
        /// The MCP profile: `audience` must be an issuer identifier, and `resource` must be sent unless there is exactly
        /// one. `true` by default.
        mcp: Option<bool>,
        /// A client whose identifier is the address of its metadata document has the same identifier everywhere; `false`
        /// by default.
        client_id_documents_are_global: Option<bool>,
        /// The claim that names a conversation, and the parameter that asks for one; `ctx` by default.
        context_claim: Option<String>,
        /// Report the granted resource in the response too; `false` by default.
        report_resource: Option<bool>,
        /// How long ID-JAGs live, in seconds: 300 by default, at most 3600.
        id_jag_lifetime: Option<Seconds>,
        /// The rules of time for ID Tokens.
        id_token_window: Option<WindowOptions>,
        /// The rules of time for client assertions and actor tokens.
        assertion_window: Option<WindowOptions>,
        /// How far a proof's `iat` may lie from now, in seconds: 60 by default, at most 300.
        proof_window: Option<Seconds>,
        /// Let clients that cannot authenticate exchange without proof; `false` by default.
        dangerous_public_clients_without_proof: Option<bool>,
        /// Accept the token endpoint as the audience of client assertions; `false` by default.
        dangerous_token_endpoint_audience: Option<bool>,
        /// What a policy denial is on the wire: `access_denied` by default, or `invalid_grant`.
        denial: Option<DenialError>,
        /// What a faulty subject token is on the wire: `invalid_grant` by default, or `invalid_request`.
        subject_fault: Option<DenialError>,
        /// Whether ID Tokens, and conversations asked for, are held against revocations; `when_given` by default. Whether what
        /// you attest was revoked is yours to know.
        revocation: Option<RevocationCheckName>,
        /// Caps.
        limits: Option<LimitOptions>,
        /// Also take `http` addresses on this machine: for tests.
        dangerous_allow_http_loopback: Option<bool>,
    }
}

names! {
    /// A kind of subject token beside ID Tokens. You verify it yourself.
    pub(in crate::wire) enum SubjectTokenName {
        /// Refresh tokens of this provider.
        RefreshToken = "refresh_token",
        /// SAML 2.0 assertions.
        Saml2 = "saml2",
    }
}

input! {
    Arguments
    /// A party whose actor tokens are accepted.
    pub(in crate::wire) struct ActorProfileOptions {
        /// Its issuer identifier.
        issuer: String,
        /// The `typ` of its tokens.
        typ: String,
        /// The algorithms it may sign with; ES256 by default.
        algorithms: Option<Vec<Alg>>,
        /// The kinds of actor it may vouch for, by `sub_profile`; where left out, any, and actors without one.
        sub_profiles: Option<BTreeSet<String>>,
    }
}

input! {
    Arguments
    /// What is particular about one audience.
    pub(in crate::wire) struct AudienceOptions {
        /// The resource authorization server's issuer identifier.
        issuer: String,
        /// Other names accepted in `audience`; the token always carries `issuer`. None under the MCP profile.
        aliases: Option<Vec<String>>,
        /// The resource of requests that name none.
        default_resource: Option<String>,
        /// The types of authorization details that the server takes, by name; none by default.
        detail_types: Option<BTreeMap<String, DetailTypeOptions>>,
        /// The server's identifiers of clients, where they differ from tenant to tenant: tenant, then client here, then
        /// client there. By default the policy maps them.
        client_ids_by_tenant: Option<BTreeMap<String, BTreeMap<String, ClientId>>>,
        /// It needs `tenant`; `false` by default.
        needs_tenant: Option<bool>,
        /// It needs `aud_tenant`; `false` by default.
        needs_audience_tenant: Option<bool>,
        /// Release `aud_sub` where the directory knows it; `true` by default.
        release_audience_subject: Option<bool>,
        /// Release `email`; `false` by default.
        release_email: Option<bool>,
        /// Release `sub_id`; `false` by default.
        release_subject_identifier: Option<bool>,
    }
}

impl IdpOptions {
    pub(super) fn build(self, held: &Held) -> Result<IdpConfig, Fault> {
        let transport = transport(self.dangerous_allow_http_loopback);
        let algorithms =
            |named: Option<Vec<Alg>>| allowed(named.as_deref().unwrap_or(DEFAULT_ALGORITHMS), held);
        let mut config = IdpConfig::new(
            issuer(&self.issuer, transport)?,
            Url::new(&self.token_endpoint, transport)?,
            algorithms(self.id_token_algorithms)?,
            algorithms(self.client_algorithms)?,
        );
        let takes = |name| self.subject_tokens.as_ref().is_some_and(|names| names.contains(&name));
        config.subject_tokens = SubjectTokens {
            refresh_token: takes(SubjectTokenName::RefreshToken),
            saml2: takes(SubjectTokenName::Saml2),
        };
        for profile in self.actor_profiles.into_iter().flatten() {
            config.actor_profiles.push(profile.build(transport, held)?);
        }
        for audience in self.audiences.into_iter().flatten() {
            config.audiences.push(audience.build(transport)?);
        }
        config.id_token_window = WindowOptions::over(self.id_token_window.as_ref(), config.id_token_window)?;
        config.assertion_window =
            WindowOptions::over(self.assertion_window.as_ref(), config.assertion_window)?;
        config.denial = self.denial.map_or(config.denial, OAuthError::from);
        config.subject_fault = self.subject_fault.map_or(config.subject_fault, OAuthError::from);
        config.revocation = RevocationCheckName::check(self.revocation);
        config.context_claim = context_claim(self.context_claim.as_deref())?;
        config.limits = LimitOptions::over_default(self.limits.as_ref());
        overwrite!(config from self: saml_clients, multi_tenant, mcp, client_id_documents_are_global,
            report_resource, id_jag_lifetime, proof_window, dangerous_public_clients_without_proof,
            dangerous_token_endpoint_audience);
        Ok(config)
    }
}

impl ActorProfileOptions {
    pub(super) fn build(self, transport: Transport, held: &Held) -> Result<ActorProfile, Error> {
        Ok(ActorProfile {
            issuer: issuer(&self.issuer, transport)?,
            typ: self.typ,
            algorithms: allowed(self.algorithms.as_deref().unwrap_or(DEFAULT_ALGORITHMS), held)?,
            sub_profiles: self.sub_profiles,
        })
    }
}

impl AudienceOptions {
    fn build(self, transport: Transport) -> Result<AudienceSettings, Error> {
        let mut settings = AudienceSettings::new(issuer(&self.issuer, transport)?);
        settings.default_resource =
            self.default_resource.map(|text| ResourceId::new(&text, transport)).transpose()?;
        settings.detail_types = detail_types(self.detail_types)?;
        if let Some(tenants) = self.client_ids_by_tenant {
            let tenants = tenants.into_iter().map(|(name, clients)| {
                let clients = clients.into_iter().map(|(here, there)| Ok((ClientId::new(here)?, there)));
                Ok((Tenant::new(name)?, clients.collect::<Result<_, Error>>()?))
            });
            settings.client_ids = ClientIdModel::ByTenant(tenants.collect::<Result<_, Error>>()?);
        }
        overwrite!(settings from self: aliases, needs_tenant, needs_audience_tenant, release_audience_subject,
            release_email, release_subject_identifier);
        Ok(settings)
    }
}
