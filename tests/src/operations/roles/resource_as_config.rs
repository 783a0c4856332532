//! The configuration of a resource authorization server as JSON, and what its host knows.

use alloc::collections::{BTreeMap, BTreeSet};

use idjag::Error;
use idjag::Seconds;
use idjag::policy::{Policy, PolicyOptions};
use idjag::resource_as::{
    ClientAssociation, DelegationConfig, GrantReplay, IssuerTenants, ProtectedResource, ResolvedSubject,
    ResourceAsConfig, ResourceAuthorizationServer, SelfIssued, TrustedIssuer, VerifiedGrant,
};
use idjag::text::{ClientId, Group, Subject, Tenant};
use idjag::token::{AccessToken, SamlNameId, SamlNameIdRule};
use serde::Deserialize;
use serde_json::Value;

use super::clients::ClientRecord;
use super::idp_config::ActorProfileSettings;
use super::settings::{
    DetailTypeSettings, NameId, NonceSettings, RevocationSettings, WindowSettings, algorithms_or_es256,
    context_claim, context_rule, detail_types, extra, issuer, oauth_error, overwrite, resource,
    revocation_check, scope, url,
};

/// A server and its host.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Settings {
    pub(super) server: ServerSettings,
    policy: Option<Value>,
    #[serde(default)]
    pub(super) clients: Vec<ClientRecord>,
    #[serde(default)]
    accounts: Vec<AccountSettings>,
    pub(super) nonce: Option<NonceSettings>,
    pub(super) revocations: Option<RevocationSettings>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ServerSettings {
    issuer: String,
    token_endpoint: String,
    revocation_endpoint: Option<String>,
    revocation: Option<String>,
    audience_aliases: Option<Vec<String>>,
    trusted_issuers: Vec<TrustedIssuerSettings>,
    resources: Vec<ResourceSettings>,
    default_resource: Option<String>,
    resource_required: Option<bool>,
    normalize_resources: Option<bool>,
    several_resources_per_token: Option<bool>,
    #[serde(default)]
    detail_types: BTreeMap<String, DetailTypeSettings>,
    context_claim: Option<String>,
    context: Option<String>,
    #[serde(default)]
    grant_window: WindowSettings,
    #[serde(default)]
    assertion_window: WindowSettings,
    access_token_lifetime: Option<u64>,
    replay: Option<String>,
    self_issued: Option<String>,
    multi_tenant: Option<bool>,
    jwt_dpop: Option<bool>,
    bind_to_proof: Option<bool>,
    dangerous_public_clients_without_proof: Option<bool>,
    dangerous_token_endpoint_audience: Option<bool>,
    delegation: Option<DelegationSettings>,
    client_algorithms: Option<Vec<String>>,
    proof_window: Option<u64>,
    denial: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DelegationSettings {
    max_depth: Option<usize>,
    max_lifetime: Option<u64>,
    #[serde(default)]
    actor_profiles: Vec<ActorProfileSettings>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TrustedIssuerSettings {
    issuer: String,
    algorithms: Option<Vec<String>>,
    /// Client ids, or every registered client where absent.
    clients: Option<BTreeSet<String>>,
    /// Tenants of an issuer that has many.
    tenants: Option<BTreeSet<String>>,
    saml_nameid: Option<SamlSettings>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SamlSettings {
    saml_issuer: String,
    #[serde(default)]
    dangerous_nameid_alone: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ResourceSettings {
    id: String,
    scopes: String,
    #[serde(default)]
    dpop_required: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AccountSettings {
    issuer: String,
    tenant: Option<String>,
    subject: Option<String>,
    name_id: Option<NameId>,
    account: Account,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Account {
    subject: String,
    groups: Option<BTreeSet<String>>,
    extra: Option<Value>,
}

/// The users that the host knows, by what a grant says of them.
pub(super) struct Accounts(Vec<KnownAccount>);

struct KnownAccount {
    issuer: String,
    tenant: Option<String>,
    subject: Option<String>,
    name_id: Option<SamlNameId>,
    account: ResolvedSubject,
}

impl Settings {
    /// What the host knows; what is left is the server's.
    pub(super) fn take_accounts(&mut self) -> Accounts {
        let known = |entry: AccountSettings| KnownAccount {
            issuer: entry.issuer,
            tenant: entry.tenant,
            subject: entry.subject,
            name_id: entry.name_id.map(SamlNameId::from),
            account: ResolvedSubject {
                subject: Subject::new(entry.account.subject).expect("a subject"),
                groups: entry.account.groups.map(groups),
                extra: extra(entry.account.extra),
            },
        };
        Accounts(core::mem::take(&mut self.accounts).into_iter().map(known).collect())
    }

    pub(super) fn policy(&self) -> Option<Policy> {
        self.policy.as_ref().map(policy)
    }
}

/// The policy of a document.
pub(super) fn policy(document: &Value) -> Policy {
    let compiled = Policy::compile(document.to_string().as_bytes(), &PolicyOptions::default());
    compiled.unwrap_or_else(|faults| panic!("the policy of the vector: {faults}"))
}

pub(super) fn groups(names: BTreeSet<String>) -> BTreeSet<Group> {
    names.into_iter().map(|name| Group::new(name).expect("a group")).collect()
}

impl Accounts {
    /// The user of a grant: by NameID where the issuer's rule says so, else by issuer, tenant and subject.
    pub(super) fn find(
        &self,
        config: &ResourceAsConfig,
        grant: &VerifiedGrant<'_>,
    ) -> Option<&ResolvedSubject> {
        let claims = grant.claims();
        let trusted = config.trusted_issuers.iter().find(|trusted| trusted.issuer == claims.issuer)?;
        let known = self.0.iter().find(|known| match &trusted.saml_nameid {
            Some(rule) => {
                let presented =
                    rule.select(claims.subject_identifier.as_ref()).expect("checked by the server");
                // Both names are one user's (JAG4-001).
                known.name_id.as_ref().is_some_and(|stored| rule.is_same(presented, stored))
                    && known.subject.as_deref().is_none_or(|subject| subject == claims.subject.as_str())
            }
            None => {
                known.issuer == claims.issuer.as_str()
                    && known.tenant.as_deref() == claims.tenant.as_ref().map(Tenant::as_str)
                    && known.subject.as_deref() == Some(claims.subject.as_str())
            }
        });
        known.map(|known| &known.account)
    }
}

impl Accounts {
    /// The user of one of the server's own tokens.
    pub(super) fn of_parent(&self, parent: &AccessToken) -> Option<&ResolvedSubject> {
        let known = self.0.iter().find(|known| {
            known.issuer == parent.issuer.as_str()
                && known.subject.as_deref() == parent.subject.as_ref().map(Subject::as_str)
        });
        known.map(|known| &known.account)
    }
}

impl ServerSettings {
    pub(super) fn build(self) -> Result<ResourceAuthorizationServer, Error> {
        let algorithms = algorithms_or_es256(self.client_algorithms.as_ref());
        let mut config = ResourceAsConfig::new(issuer(&self.issuer)?, url(&self.token_endpoint)?, algorithms);
        config.trusted_issuers =
            self.trusted_issuers.into_iter().map(TrustedIssuerSettings::build).collect::<Result<_, _>>()?;
        config.resources =
            self.resources.into_iter().map(ResourceSettings::build).collect::<Result<_, _>>()?;
        config.default_resource = self.default_resource.as_deref().map(resource).transpose()?;
        config.revocation_endpoint = self.revocation_endpoint.as_deref().map(url).transpose()?;
        config.revocation = revocation_check(self.revocation.as_deref());
        config.detail_types = detail_types(self.detail_types);
        config.context_claim = context_claim(self.context_claim.as_deref())?;
        config.context = context_rule(self.context.as_deref());
        config.grant_window = self.grant_window.over(config.grant_window)?;
        config.assertion_window = self.assertion_window.over(config.assertion_window)?;
        config.access_token_lifetime =
            self.access_token_lifetime.map_or(config.access_token_lifetime, Seconds);
        config.proof_window = self.proof_window.map_or(config.proof_window, Seconds);
        config.denial = self.denial.as_deref().map_or(config.denial, oauth_error);
        config.delegation = self.delegation.map(DelegationSettings::build).transpose()?;
        config.replay = match self.replay.as_deref() {
            None => config.replay,
            Some("single_use") => GrantReplay::SingleUse,
            Some("reuse_until_expiry") => GrantReplay::ReuseUntilExpiry,
            Some("dangerous_off") => GrantReplay::DangerousOff,
            Some(other) => panic!("no replay rule `{other}`"),
        };
        config.self_issued = match self.self_issued.as_deref() {
            None | Some("refuse") => SelfIssued::Refuse,
            Some("across_tenants") => SelfIssued::AcrossTenants,
            Some(other) => panic!("no rule `{other}`"),
        };
        overwrite!(config from self: audience_aliases, resource_required, normalize_resources,
            several_resources_per_token, multi_tenant, jwt_dpop, bind_to_proof,
            dangerous_public_clients_without_proof, dangerous_token_endpoint_audience);
        ResourceAuthorizationServer::new(config)
    }
}

impl DelegationSettings {
    fn build(self) -> Result<DelegationConfig, Error> {
        let mut config = DelegationConfig::default();
        config.max_depth = self.max_depth.unwrap_or(config.max_depth);
        config.max_lifetime = self.max_lifetime.map(Seconds);
        config.actor_profiles =
            self.actor_profiles.into_iter().map(ActorProfileSettings::build).collect::<Result<_, _>>()?;
        Ok(config)
    }
}

impl TrustedIssuerSettings {
    fn build(self) -> Result<TrustedIssuer, Error> {
        let client = |id: String| ClientId::new(id).expect("a client id");
        let tenant = |id: String| Tenant::new(id).expect("a tenant");
        Ok(TrustedIssuer {
            issuer: issuer(&self.issuer)?,
            algorithms: algorithms_or_es256(self.algorithms.as_ref()),
            clients: self.clients.map_or(ClientAssociation::AnyRegistered, |clients| {
                ClientAssociation::Only(clients.into_iter().map(client).collect())
            }),
            tenants: self.tenants.map_or(IssuerTenants::Single, |tenants| {
                IssuerTenants::Only(tenants.into_iter().map(tenant).collect())
            }),
            saml_nameid: self.saml_nameid.map(|saml| SamlNameIdRule {
                saml_issuer: saml.saml_issuer,
                dangerous_nameid_alone: saml.dangerous_nameid_alone,
            }),
        })
    }
}

impl ResourceSettings {
    fn build(self) -> Result<ProtectedResource, Error> {
        Ok(ProtectedResource {
            id: resource(&self.id)?,
            scopes: scope(&self.scopes),
            dpop_required: self.dpop_required,
        })
    }
}
