//! `authorization_server_metadata.build|read` and `protected_resource_metadata.build|read`: RFC 8414, OpenID Connect
//! Discovery and RFC 9728 documents.
//!
//! build: input the members of the document, and for an authorization server its `role` and whether it takes the
//! `jwt_dpop_grant` · output the response, its body as JSON
//!
//! read: config `{issuer, …}` or `{resource, found, matching, …}` · input `{response}` · output the members as they were
//! understood, and what the document says about ID-JAGs

use idjag::Error;
use idjag::oauth::metadata::{
    AuthorizationServerMetadata, Fetched, ProfileSupport, ProtectedResourceMetadata, ResourceMatching,
};
use idjag::uri::{Issuer, ResourceId, Transport, Url};
use serde::Deserialize;
use serde_json::{Value, json};

use super::http::{Reading, Response, named, names, response, scope, scope_text, sparse};
use super::locally;
use crate::format::{Config, Input, Keys};
use crate::run::Outcome;

const HTTPS: Transport = Transport::HttpsOnly;

/// The names of what a server supports.
type Names = Vec<String>;

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Role {
    ResourceAuthorizationServer,
    Idp,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ServerDocument {
    role: Role,
    #[serde(default)]
    jwt_dpop_grant: bool,
    issuer: String,
    token_endpoint: String,
    jwks_uri: String,
    authorization_endpoint: Option<String>,
    registration_endpoint: Option<String>,
    scope: Option<String>,
    grant_types_supported: Option<Names>,
    dpop_signing_alg_values_supported: Option<Names>,
    token_endpoint_auth_methods_supported: Option<Names>,
    authorization_grant_profiles_supported: Option<Names>,
    authorization_details_types_supported: Option<Names>,
    #[serde(default)]
    client_id_metadata_document_supported: bool,
}

pub(super) fn build_server(_config: &Config, _keys: &Keys, _now: u64, input: &Input) -> Outcome {
    let document: ServerDocument = input.read();
    document.build().map(|metadata| response(&metadata.to_response())).map_err(locally)
}

impl ServerDocument {
    fn build(self) -> Result<AuthorizationServerMetadata, Error> {
        let issuer = Issuer::new(&self.issuer, HTTPS)?;
        let (token, keys) = (Url::new(&self.token_endpoint, HTTPS)?, Url::new(&self.jwks_uri, HTTPS)?);
        let mut metadata = match self.role {
            Role::ResourceAuthorizationServer => {
                AuthorizationServerMetadata::for_resource_authorization_server(issuer, token, keys)
            }
            Role::Idp => AuthorizationServerMetadata::for_idp(issuer, token, keys),
        };
        if self.jwt_dpop_grant {
            metadata = metadata.with_jwt_dpop_grant();
        }
        if let Some(url) = self.authorization_endpoint {
            metadata = metadata.with_sign_on(Url::new(&url, HTTPS)?);
        }
        if let Some(url) = self.registration_endpoint {
            metadata.registration_endpoint = Some(Url::new(&url, HTTPS)?);
        }
        metadata.scopes_supported = scope(self.scope.as_deref().unwrap_or_default())?;
        metadata.dpop_signing_alg_values_supported =
            self.dpop_signing_alg_values_supported.as_deref().map(named).transpose()?;
        for (field, names) in [
            (&mut metadata.grant_types_supported, self.grant_types_supported),
            (&mut metadata.token_endpoint_auth_methods_supported, self.token_endpoint_auth_methods_supported),
            (
                &mut metadata.authorization_grant_profiles_supported,
                self.authorization_grant_profiles_supported,
            ),
            (&mut metadata.authorization_details_types_supported, self.authorization_details_types_supported),
        ] {
            if let Some(names) = names {
                *field = names;
            }
        }
        metadata.client_id_metadata_document_supported = self.client_id_metadata_document_supported;
        Ok(metadata)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OfIssuer {
    issuer: String,
    #[serde(default)]
    reading: Reading,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Arrived {
    response: Response,
}

pub(super) fn read_server(config: &Config, _keys: &Keys, _now: u64, input: &Input) -> Outcome {
    let OfIssuer { issuer, reading } = config.read();
    let Arrived { response } = input.read();
    let read = || {
        let issuer = Issuer::new(&issuer, reading.transport())?;
        let (transport, limits) = (reading.transport(), reading.limits());
        AuthorizationServerMetadata::read(&response.to_http(), &issuer, transport, &limits)
    };
    read().map(|metadata| server(&metadata)).map_err(locally)
}

/// The members as they were understood.
pub(super) fn server(metadata: &AuthorizationServerMetadata) -> Value {
    let url = |url: &Option<Url>| url.as_ref().map(Url::as_str).map(String::from);
    sparse(json!({
        "issuer": metadata.issuer.as_str(),
        "token_endpoint": metadata.token_endpoint.as_str(),
        "jwks_uri": url(&metadata.jwks_uri),
        "authorization_endpoint": url(&metadata.authorization_endpoint),
        "registration_endpoint": url(&metadata.registration_endpoint),
        "revocation_endpoint": url(&metadata.revocation_endpoint),
        "grant_types_supported": metadata.grant_types_supported,
        "token_endpoint_auth_methods_supported": metadata.token_endpoint_auth_methods_supported,
        "token_endpoint_auth_signing_alg_values_supported":
            names(metadata.token_endpoint_auth_signing_alg_values_supported.as_deref()),
        "scope": scope_text(&metadata.scopes_supported),
        "response_types_supported": metadata.response_types_supported,
        "code_challenge_methods_supported": metadata.code_challenge_methods_supported,
        "dpop_signing_alg_values_supported": names(metadata.dpop_signing_alg_values_supported.as_deref()),
        "authorization_grant_profiles_supported": metadata.authorization_grant_profiles_supported,
        "identity_chaining_requested_token_types_supported":
            metadata.identity_chaining_requested_token_types_supported,
        "authorization_details_types_supported": metadata.authorization_details_types_supported,
        "client_id_metadata_document_supported": metadata.client_id_metadata_document_supported,
        "authorization_response_iss_parameter_supported":
            metadata.authorization_response_iss_parameter_supported,
        "subject_types_supported": metadata.subject_types_supported,
        "id_token_signing_alg_values_supported":
            names(metadata.id_token_signing_alg_values_supported.as_deref()),
        "id_jag_profile": support(metadata.id_jag_support()),
        "supports_id_jag": metadata.supports_id_jag(),
        "issues_id_jag": metadata.issues_id_jag(),
    }))
}

/// What metadata says about the ID-JAG profile.
pub(super) fn support(support: ProfileSupport) -> &'static str {
    match support {
        ProfileSupport::NotListed => "not_listed",
        ProfileSupport::WithoutGrants => "without_grants",
        ProfileSupport::Listed => "listed",
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ResourceDocument {
    resource: String,
    authorization_servers: Vec<String>,
    scope: Option<String>,
    #[serde(default)]
    dpop_bound_access_tokens_required: bool,
    dpop_signing_alg_values_supported: Option<Names>,
    resource_name: Option<String>,
}

pub(super) fn build_resource(_config: &Config, _keys: &Keys, _now: u64, input: &Input) -> Outcome {
    let document: ResourceDocument = input.read();
    let build = || {
        let resource = ResourceId::new(&document.resource, HTTPS)?;
        let servers = document.authorization_servers.iter().map(|issuer| Issuer::new(issuer, HTTPS));
        let mut metadata =
            ProtectedResourceMetadata::new(resource, servers.collect::<Result<Vec<_>, Error>>()?)?;
        metadata.scopes_supported = scope(document.scope.as_deref().unwrap_or_default())?;
        metadata.dpop_bound_access_tokens_required = document.dpop_bound_access_tokens_required;
        metadata.dpop_signing_alg_values_supported =
            document.dpop_signing_alg_values_supported.as_deref().map(named).transpose()?;
        metadata.resource_name.clone_from(&document.resource_name);
        Ok(response(&metadata.to_response()))
    };
    build().map_err(locally)
}

/// How a document was found.
#[derive(Deserialize)]
enum Found {
    #[serde(rename = "by_challenge")]
    Challenge,
    #[serde(rename = "by_well_known")]
    WellKnown,
    #[serde(rename = "by_root_well_known")]
    RootWellKnown,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "snake_case")]
pub(super) enum Matching {
    #[default]
    Exact,
    DangerousNormalized,
    DangerousPrefix,
}

impl Matching {
    pub(super) fn of_library(&self) -> ResourceMatching {
        match self {
            Self::Exact => ResourceMatching::Exact,
            Self::DangerousNormalized => ResourceMatching::DangerousNormalized,
            Self::DangerousPrefix => ResourceMatching::DangerousPrefix,
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OfResource {
    resource: String,
    found: Found,
    #[serde(default)]
    matching: Matching,
    #[serde(default)]
    reading: Reading,
}

pub(super) fn read_resource(config: &Config, _keys: &Keys, _now: u64, input: &Input) -> Outcome {
    let OfResource { resource, found, matching, reading } = config.read();
    let Arrived { response } = input.read();
    let read = || {
        let requested = &ResourceId::new(&resource, reading.transport())?;
        let fetched = match found {
            Found::Challenge => Fetched::ByChallenge { requested },
            Found::WellKnown => Fetched::ByWellKnown { derived_from: requested },
            Found::RootWellKnown => Fetched::ByRootWellKnown { requested },
        };
        let (matching, transport) = (matching.of_library(), reading.transport());
        ProtectedResourceMetadata::read(&response.to_http(), fetched, matching, transport, &reading.limits())
    };
    read().map(|metadata| protected_resource(&metadata)).map_err(locally)
}

/// The members as they were understood.
pub(super) fn protected_resource(metadata: &ProtectedResourceMetadata) -> Value {
    let servers = metadata.authorization_servers().iter().map(Issuer::as_str);
    sparse(json!({
        "resource": metadata.resource.as_str(),
        "authorization_servers": servers.collect::<Vec<&str>>(),
        "scope": scope_text(&metadata.scopes_supported),
        "bearer_methods_supported": metadata.bearer_methods_supported,
        "dpop_bound_access_tokens_required": metadata.dpop_bound_access_tokens_required,
        "dpop_signing_alg_values_supported": names(metadata.dpop_signing_alg_values_supported.as_deref()),
        "resource_name": metadata.resource_name,
        "authorization_details_types_supported": metadata.authorization_details_types_supported,
    }))
}
