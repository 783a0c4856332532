//! The configuration of a protected resource as JSON.

use alloc::collections::BTreeMap;

use idjag::resource_server::{
    AccessTable, Requirement, ResourceServer, ResourceServerConfig, ScopeHierarchy, SenderConstraint,
    TrustedAuthorizationServer,
};
use idjag::scope::ScopeToken;
use idjag::text::Acr;
use idjag::token::RelaxedClaims;
use idjag::{Error, Seconds};
use serde::Deserialize;

use super::settings::{
    NonceSettings, RevocationSettings, WindowSettings, algorithms_or_es256, context_claim, context_rule,
    issuer, overwrite, resource, revocation_check, scope, url,
};

/// A resource and its host.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Settings {
    pub(super) server: ServerSettings,
    pub(super) nonce: Option<NonceSettings>,
    pub(super) revocations: Option<RevocationSettings>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ServerSettings {
    resource: String,
    resource_aliases: Option<Vec<String>>,
    normalize_resource: Option<bool>,
    metadata_url: Option<String>,
    authorization_servers: Vec<Trusted>,
    #[serde(default)]
    access: Access,
    #[serde(default)]
    hierarchy: BTreeMap<String, String>,
    initial_scope: Option<String>,
    sender_constraint: Option<String>,
    proof_algorithms: Option<Vec<String>>,
    proof_window: Option<u64>,
    proof_single_use: Option<bool>,
    revocation: Option<String>,
    read_only_scopes: Option<String>,
    context_claim: Option<String>,
    context: Option<String>,
    #[serde(default)]
    window: WindowSettings,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Trusted {
    issuer: String,
    algorithms: Option<Vec<String>>,
    #[serde(default)]
    relaxed: Relaxed,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Relaxed {
    subject: bool,
    client_id: bool,
    issued_at: bool,
    token_id: bool,
    typ: bool,
}

/// What operations require, beside the methods that every MCP session needs.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Access {
    methods: BTreeMap<String, RequirementSettings>,
    tools: BTreeMap<String, ToolSettings>,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct ToolSettings {
    scope: String,
    max_age: Option<u64>,
    acr_values: Vec<String>,
    read_only: bool,
}

impl ToolSettings {
    fn add_to(self, table: AccessTable, name: String) -> AccessTable {
        let Self { scope, max_age, acr_values, read_only } = self;
        let requirement = RequirementSettings { scope, max_age, acr_values }.into();
        if read_only {
            table.with_read_only_tool(name, requirement)
        } else {
            table.with_tool(name, requirement)
        }
    }
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct RequirementSettings {
    scope: String,
    max_age: Option<u64>,
    acr_values: Vec<String>,
}

impl From<RequirementSettings> for Requirement {
    fn from(settings: RequirementSettings) -> Self {
        Self {
            scope: scope(&settings.scope),
            max_age: settings.max_age.map(Seconds),
            acr_values: settings.acr_values.into_iter().map(|acr| Acr::new(acr).expect("an acr")).collect(),
        }
    }
}

impl ServerSettings {
    pub(super) fn build(self) -> Result<ResourceServer, Error> {
        let algorithms = algorithms_or_es256(self.proof_algorithms.as_ref());
        let mut config = ResourceServerConfig::new(resource(&self.resource)?, algorithms);
        let trusted = |trusted: Trusted| {
            Ok(TrustedAuthorizationServer {
                issuer: issuer(&trusted.issuer)?,
                algorithms: algorithms_or_es256(trusted.algorithms.as_ref()),
                relaxed: RelaxedClaims {
                    subject: trusted.relaxed.subject,
                    client_id: trusted.relaxed.client_id,
                    issued_at: trusted.relaxed.issued_at,
                    token_id: trusted.relaxed.token_id,
                    typ: trusted.relaxed.typ,
                },
            })
        };
        config.authorization_servers =
            self.authorization_servers.into_iter().map(trusted).collect::<Result<_, Error>>()?;
        if let Some(metadata_url) = &self.metadata_url {
            config.metadata_url = url(metadata_url)?;
        }
        let table = AccessTable::mcp();
        let table = self
            .access
            .methods
            .into_iter()
            .fold(table, |table, (name, requirement)| table.with_method(name, requirement.into()));
        config.access =
            self.access.tools.into_iter().fold(table, |table, (name, tool)| tool.add_to(table, name));
        config.hierarchy =
            self.hierarchy.into_iter().fold(ScopeHierarchy::default(), |hierarchy, (name, included)| {
                hierarchy.including(ScopeToken::new(name).expect("a scope"), scope(&included))
            });
        config.initial_scope = self.initial_scope.as_deref().map(scope).unwrap_or_default();
        config.sender_constraint = match self.sender_constraint.as_deref() {
            None | Some("optional") => SenderConstraint::Optional,
            Some("required") => SenderConstraint::Required,
            Some(other) => panic!("no constraint `{other}`"),
        };
        config.proof_window = self.proof_window.map_or(config.proof_window, Seconds);
        config.revocation = revocation_check(self.revocation.as_deref());
        config.read_only_scopes = self.read_only_scopes.as_deref().map(scope).unwrap_or_default();
        config.context_claim = context_claim(self.context_claim.as_deref())?;
        config.context = context_rule(self.context.as_deref());
        config.window = self.window.over(config.window)?;
        overwrite!(config from self: resource_aliases, normalize_resource, proof_single_use);
        ResourceServer::new(config)
    }
}
