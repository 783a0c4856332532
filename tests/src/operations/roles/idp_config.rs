//! The configuration of an identity provider as JSON, and what its directory and its sessions know.

use alloc::collections::{BTreeMap, BTreeSet};

use idjag::crypto::Thumbprint;
use idjag::idp::{
    ActorProfile, AudienceSettings, ClientIdModel, DirectorySubject, HostAttestedSubject,
    IdpAuthorizationServer, IdpConfig, SubjectTokens, Vouched,
};
use idjag::text::{Acr, Amr, ClientId, Email, SessionId, Subject, Tenant};
use idjag::token::SamlNameId;
use idjag::{Error, Seconds, UnixTime};
use serde::Deserialize;
use serde_json::Value;

use super::clients::ClientRecord;
use super::resource_as_config::groups;
use super::settings::{
    DetailTypeSettings, NameId, NonceSettings, RevocationSettings, WindowSettings, algorithms_or_es256,
    context_claim, detail_types, extra, issuer, oauth_error, overwrite, resource, revocation_check, scope,
    url,
};

/// A provider and its host.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Settings {
    pub(super) server: ServerSettings,
    pub(super) policy: Value,
    #[serde(default)]
    pub(super) clients: Vec<ClientRecord>,
    #[serde(default)]
    pub(super) directory: Vec<DirectoryEntry>,
    pub(super) nonce: Option<NonceSettings>,
    pub(super) revocations: Option<RevocationSettings>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ServerSettings {
    issuer: String,
    token_endpoint: String,
    revocation: Option<String>,
    id_token_algorithms: Option<Vec<String>>,
    client_algorithms: Option<Vec<String>>,
    /// `refresh_token` and `saml2`, beside ID Tokens.
    #[serde(default)]
    subject_tokens: BTreeSet<String>,
    #[serde(default)]
    saml_clients: BTreeMap<String, String>,
    #[serde(default)]
    actor_profiles: Vec<ActorProfileSettings>,
    #[serde(default)]
    audiences: Vec<Audience>,
    multi_tenant: Option<bool>,
    mcp: Option<bool>,
    client_id_documents_are_global: Option<bool>,
    context_claim: Option<String>,
    report_resource: Option<bool>,
    id_jag_lifetime: Option<u64>,
    #[serde(default)]
    id_token_window: WindowSettings,
    #[serde(default)]
    assertion_window: WindowSettings,
    proof_window: Option<u64>,
    dangerous_public_clients_without_proof: Option<bool>,
    dangerous_token_endpoint_audience: Option<bool>,
    denial: Option<String>,
    subject_fault: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ActorProfileSettings {
    issuer: String,
    typ: String,
    algorithms: Option<Vec<String>>,
    sub_profiles: Option<BTreeSet<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Audience {
    issuer: String,
    aliases: Option<Vec<String>>,
    default_resource: Option<String>,
    #[serde(default)]
    detail_types: BTreeMap<String, DetailTypeSettings>,
    /// Tenant → client id here → client id there.
    client_ids_by_tenant: Option<BTreeMap<String, BTreeMap<String, String>>>,
    needs_tenant: Option<bool>,
    needs_audience_tenant: Option<bool>,
    release_audience_subject: Option<bool>,
    release_email: Option<bool>,
    release_subject_identifier: Option<bool>,
}

/// A user as the directory knows it for one audience.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DirectoryEntry {
    /// The `sub` of the subject token.
    pub(super) subject: String,
    pub(super) audience: String,
    pub(super) user: User,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct User {
    subject: String,
    groups: Option<BTreeSet<String>>,
    tenant: Option<String>,
    audience_tenant: Option<String>,
    audience_subject: Option<String>,
    email: Option<String>,
    name_id: Option<Value>,
    extra: Option<Value>,
}

/// What the host says of a refresh token or a SAML assertion.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Attested {
    subject: String,
    vouched: VouchedSettings,
    auth_time: Option<u64>,
    acr: Option<String>,
    #[serde(default)]
    amr: Vec<String>,
    tenant: Option<String>,
    session_id: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum VouchedSettings {
    RefreshToken {
        issued_here: bool,
        client_id: String,
        revoked: bool,
        expires_at: Option<u64>,
        scope: Option<String>,
        audiences: Option<BTreeSet<String>>,
        bound_to: Option<String>,
    },
    Saml2 {
        valid: bool,
        audience: String,
        expires_at: u64,
    },
}

fn tenant(text: String) -> Tenant {
    Tenant::new(text).expect("a tenant")
}

fn client_id(text: String) -> ClientId {
    ClientId::new(text).expect("a client id")
}

fn subject(text: String) -> Subject {
    Subject::new(text).expect("a subject")
}

impl From<User> for DirectorySubject {
    fn from(user: User) -> Self {
        let name_id = user.name_id.map(|name| NameId::deserialize(&name).expect("a NameID"));
        Self {
            subject: subject(user.subject),
            groups: user.groups.map(groups),
            tenant: user.tenant.map(tenant),
            audience_tenant: user.audience_tenant.map(tenant),
            audience_subject: user.audience_subject.map(subject),
            email: user.email.map(|email| Email::new(email).expect("an address")),
            name_id: name_id.map(SamlNameId::from),
            extra: extra(user.extra),
        }
    }
}

impl Attested {
    pub(super) fn build(self) -> Result<HostAttestedSubject, Error> {
        let vouched = match self.vouched {
            VouchedSettings::RefreshToken {
                issued_here,
                client_id: client,
                revoked,
                expires_at,
                scope: context,
                audiences,
                bound_to,
            } => Vouched::RefreshToken {
                issued_here,
                client_id: client_id(client),
                revoked,
                expires_at: expires_at.map(UnixTime::now).transpose()?,
                scope: context.as_deref().map(scope),
                audiences,
                bound_to: bound_to.map(|jkt| Thumbprint::parse(&jkt)).transpose()?,
            },
            VouchedSettings::Saml2 { valid, audience, expires_at } => {
                Vouched::Saml2 { valid, audience, expires_at: UnixTime::now(expires_at)? }
            }
        };
        Ok(HostAttestedSubject {
            subject: subject(self.subject),
            vouched,
            auth_time: self.auth_time.map(UnixTime::now).transpose()?,
            acr: self.acr.map(|acr| Acr::new(acr).expect("an acr")),
            amr: self.amr.into_iter().map(|amr| Amr::new(amr).expect("an amr")).collect(),
            tenant: self.tenant.map(tenant),
            session_id: self.session_id.map(|id| SessionId::new(id).expect("a session")),
        })
    }
}

impl ServerSettings {
    pub(super) fn build(self) -> Result<IdpAuthorizationServer, Error> {
        let mut config = IdpConfig::new(
            issuer(&self.issuer)?,
            url(&self.token_endpoint)?,
            algorithms_or_es256(self.id_token_algorithms.as_ref()),
            algorithms_or_es256(self.client_algorithms.as_ref()),
        );
        config.subject_tokens = SubjectTokens {
            refresh_token: self.subject_tokens.contains("refresh_token"),
            saml2: self.subject_tokens.contains("saml2"),
        };
        config.saml_clients =
            self.saml_clients.into_iter().map(|(saml, client)| (saml, client_id(client))).collect();
        config.actor_profiles =
            self.actor_profiles.into_iter().map(ActorProfileSettings::build).collect::<Result<_, _>>()?;
        config.audiences = self.audiences.into_iter().map(Audience::build).collect::<Result<_, _>>()?;
        config.id_jag_lifetime = self.id_jag_lifetime.map_or(config.id_jag_lifetime, Seconds);
        config.revocation = revocation_check(self.revocation.as_deref());
        config.context_claim = context_claim(self.context_claim.as_deref())?;
        config.id_token_window = self.id_token_window.over(config.id_token_window)?;
        config.assertion_window = self.assertion_window.over(config.assertion_window)?;
        config.proof_window = self.proof_window.map_or(config.proof_window, Seconds);
        config.denial = self.denial.as_deref().map_or(config.denial, oauth_error);
        config.subject_fault = self.subject_fault.as_deref().map_or(config.subject_fault, oauth_error);
        overwrite!(config from self: multi_tenant, mcp, client_id_documents_are_global, report_resource,
            dangerous_public_clients_without_proof, dangerous_token_endpoint_audience);
        IdpAuthorizationServer::new(config)
    }
}

impl ActorProfileSettings {
    pub(super) fn build(self) -> Result<ActorProfile, Error> {
        Ok(ActorProfile {
            issuer: issuer(&self.issuer)?,
            typ: self.typ,
            algorithms: algorithms_or_es256(self.algorithms.as_ref()),
            sub_profiles: self.sub_profiles,
        })
    }
}

impl Audience {
    fn build(self) -> Result<AudienceSettings, Error> {
        let mut settings = AudienceSettings::new(issuer(&self.issuer)?);
        settings.default_resource = self.default_resource.as_deref().map(resource).transpose()?;
        settings.detail_types = detail_types(self.detail_types);
        if let Some(tenants) = self.client_ids_by_tenant {
            let clients = |clients: BTreeMap<String, String>| {
                clients.into_iter().map(|(here, there)| (client_id(here), client_id(there))).collect()
            };
            settings.client_ids = ClientIdModel::ByTenant(
                tenants.into_iter().map(|(name, map)| (tenant(name), clients(map))).collect(),
            );
        }
        overwrite!(settings from self: aliases, needs_tenant, needs_audience_tenant, release_audience_subject,
            release_email, release_subject_identifier);
        Ok(settings)
    }
}
