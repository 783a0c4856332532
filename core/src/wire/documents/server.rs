//! The metadata of authorization servers: RFC 8414 and OpenID Connect Discovery.

use alloc::string::String;
use alloc::vec::Vec;

use super::arrived::{algorithms, names, support};
use crate::error::Error;
use crate::oauth::metadata::AuthorizationServerMetadata;
use crate::uri::{Transport, Url};
use crate::wire::answer::HttpAnswer;
use crate::wire::declare::input;
use crate::wire::declare::names as fixed_names;
use crate::wire::documents::ArrivedResponse;
use crate::wire::fault::Fault;
use crate::wire::handle::Held;
use crate::wire::operation::{Operation, operations};
use crate::wire::shared::{LimitOptions, issuer, transport};
use crate::wire::tokens::claims::scope;
use crate::wire::write::{exchanged, flag, list, text};

pub(in crate::wire) const OPERATIONS: &[Operation] = operations! {
    /// The response that publishes an authorization server's metadata, with what the ID-JAG profile asks for.
    Pure "authorization_server_metadata.build" [] build: BuildServerMetadata => HttpAnswer;
    /// Reads an authorization server's metadata as it arrived, for an issuer that is known already.
    Pure "authorization_server_metadata.read" [] read: ReadServerMetadata => AuthorizationServerDocument;
};

exchanged! {
    /// What an authorization server's metadata says, as it was understood. What is empty or `false` is left out.
    pub(in crate::wire) struct AuthorizationServerDocument {
        /// Who the server is: the `iss` of its tokens and the `aud` of ID-JAGs for it.
        pub(in crate::wire) issuer: String,
        /// Where grants are redeemed.
        pub(in crate::wire) token_endpoint: String,
        /// Where the server's public keys are.
        jwks_uri: Option<String>,
        /// Where users sign on.
        authorization_endpoint: Option<String>,
        /// Where clients register (RFC 7591).
        registration_endpoint: Option<String>,
        /// Where tokens are revoked (RFC 7009).
        revocation_endpoint: Option<String>,
        /// The grants, by URN or name.
        grant_types_supported: Option<Vec<String>>,
        /// How clients authenticate at the token endpoint; `client_secret_basic` when left out.
        token_endpoint_auth_methods_supported: Option<Vec<String>>,
        /// What a client assertion may be signed with.
        token_endpoint_auth_signing_alg_values_supported: Option<Vec<String>>,
        /// The scopes listed, space-separated; not all need be.
        scope: Option<String>,
        /// RFC 6749 §3.1.1.
        response_types_supported: Option<Vec<String>>,
        /// RFC 7636.
        code_challenge_methods_supported: Option<Vec<String>>,
        /// What a DPoP proof may be signed with.
        dpop_signing_alg_values_supported: Option<Vec<String>>,
        /// The grant profiles whose rules the server has.
        authorization_grant_profiles_supported: Option<Vec<String>>,
        /// The token types a token exchange can yield.
        identity_chaining_requested_token_types_supported: Option<Vec<String>>,
        /// The types of authorization details (RFC 9396 §10).
        authorization_details_types_supported: Option<Vec<String>>,
        /// Whether clients may identify themselves by a metadata document.
        client_id_metadata_document_supported: Option<bool>,
        /// Whether authorization responses carry `iss` (RFC 9207 §3).
        authorization_response_iss_parameter_supported: Option<bool>,
        /// OpenID Connect Discovery §3.
        subject_types_supported: Option<Vec<String>>,
        /// What ID Tokens are signed with.
        id_token_signing_alg_values_supported: Option<Vec<String>>,
        /// What the document says about the ID-JAG profile: `not_listed`, `without_grants` (it contradicts itself) or
        /// `listed`. It is read, never taken.
        id_jag_profile: Option<String>,
        /// Whether the document says that ID-JAGs are redeemed here. It is read, never taken.
        supports_id_jag: Option<bool>,
        /// Whether the document says that ID-JAGs are issued here. It is read, never taken.
        issues_id_jag: Option<bool>,
    }
}

/// The texts, left out when there are none.
fn texts(names: &[String]) -> Option<Vec<String>> {
    list(names.iter().map(String::as_str))
}

impl From<&AuthorizationServerMetadata> for AuthorizationServerDocument {
    fn from(found: &AuthorizationServerMetadata) -> Self {
        let url = |url: &Option<Url>| url.as_ref().map(Url::as_str).map(String::from);
        Self {
            issuer: String::from(found.issuer.as_str()),
            token_endpoint: String::from(found.token_endpoint.as_str()),
            jwks_uri: url(&found.jwks_uri),
            authorization_endpoint: url(&found.authorization_endpoint),
            registration_endpoint: url(&found.registration_endpoint),
            revocation_endpoint: url(&found.revocation_endpoint),
            grant_types_supported: texts(&found.grant_types_supported),
            token_endpoint_auth_methods_supported: texts(&found.token_endpoint_auth_methods_supported),
            token_endpoint_auth_signing_alg_values_supported: names(
                found.token_endpoint_auth_signing_alg_values_supported.as_deref(),
            ),
            scope: text(&found.scopes_supported),
            response_types_supported: texts(&found.response_types_supported),
            code_challenge_methods_supported: texts(&found.code_challenge_methods_supported),
            dpop_signing_alg_values_supported: names(found.dpop_signing_alg_values_supported.as_deref()),
            authorization_grant_profiles_supported: texts(&found.authorization_grant_profiles_supported),
            identity_chaining_requested_token_types_supported: texts(
                &found.identity_chaining_requested_token_types_supported,
            ),
            authorization_details_types_supported: texts(&found.authorization_details_types_supported),
            client_id_metadata_document_supported: flag(found.client_id_metadata_document_supported),
            authorization_response_iss_parameter_supported: flag(
                found.authorization_response_iss_parameter_supported,
            ),
            subject_types_supported: texts(&found.subject_types_supported),
            id_token_signing_alg_values_supported: names(
                found.id_token_signing_alg_values_supported.as_deref(),
            ),
            id_jag_profile: Some(String::from(support(found.id_jag_support()))),
            supports_id_jag: flag(found.supports_id_jag()),
            issues_id_jag: flag(found.issues_id_jag()),
        }
    }
}

impl AuthorizationServerDocument {
    /// The metadata that was read before.
    pub(in crate::wire) fn build(self, transport: Transport) -> Result<AuthorizationServerMetadata, Error> {
        let url = |text: Option<String>| text.map(|text| Url::new(&text, transport)).transpose();
        Ok(AuthorizationServerMetadata {
            issuer: issuer(&self.issuer, transport)?,
            token_endpoint: Url::new(&self.token_endpoint, transport)?,
            jwks_uri: url(self.jwks_uri)?,
            authorization_endpoint: url(self.authorization_endpoint)?,
            registration_endpoint: url(self.registration_endpoint)?,
            revocation_endpoint: url(self.revocation_endpoint)?,
            grant_types_supported: self.grant_types_supported.unwrap_or_default(),
            token_endpoint_auth_methods_supported: self
                .token_endpoint_auth_methods_supported
                .unwrap_or_default(),
            token_endpoint_auth_signing_alg_values_supported: algorithms(
                self.token_endpoint_auth_signing_alg_values_supported.as_ref(),
            )?,
            scopes_supported: scope(self.scope.as_deref().unwrap_or_default())?,
            response_types_supported: self.response_types_supported.unwrap_or_default(),
            code_challenge_methods_supported: self.code_challenge_methods_supported.unwrap_or_default(),
            dpop_signing_alg_values_supported: algorithms(self.dpop_signing_alg_values_supported.as_ref())?,
            authorization_grant_profiles_supported: self
                .authorization_grant_profiles_supported
                .unwrap_or_default(),
            identity_chaining_requested_token_types_supported: self
                .identity_chaining_requested_token_types_supported
                .unwrap_or_default(),
            authorization_details_types_supported: self
                .authorization_details_types_supported
                .unwrap_or_default(),
            client_id_metadata_document_supported: self
                .client_id_metadata_document_supported
                .unwrap_or_default(),
            authorization_response_iss_parameter_supported: self
                .authorization_response_iss_parameter_supported
                .unwrap_or_default(),
            subject_types_supported: self.subject_types_supported.unwrap_or_default(),
            id_token_signing_alg_values_supported: algorithms(
                self.id_token_signing_alg_values_supported.as_ref(),
            )?,
        })
    }
}

fixed_names! {
    /// What kind of server it is.
    pub(in crate::wire) enum ServerRole {
        /// It redeems ID-JAGs.
        ResourceAuthorizationServer = "resource_authorization_server",
        /// It issues ID-JAGs.
        Idp = "idp",
    }
}

input! {
    Arguments
    /// What an authorization server publishes about itself.
    pub(in crate::wire) struct BuildServerMetadata {
        /// What kind of server it is: decides which grants and profiles are listed.
        role: ServerRole,
        /// Its issuer identifier.
        issuer: String,
        /// Its token endpoint.
        token_endpoint: String,
        /// Where its public keys are.
        jwks_uri: String,
        /// Lists the jwt-dpop grant too.
        jwt_dpop_grant: Option<bool>,
        /// Lists the token exchange grant too: for a resource authorization server with `delegation`.
        token_exchange_grant: Option<bool>,
        /// Where users sign on.
        authorization_endpoint: Option<String>,
        /// Where clients register (RFC 7591).
        registration_endpoint: Option<String>,
        /// Where tokens are revoked (RFC 7009): clients authenticate there as at the token endpoint.
        revocation_endpoint: Option<String>,
        /// The scopes to list, space-separated.
        scope: Option<String>,
        /// The grants, in place of those of the role.
        grant_types_supported: Option<Vec<String>>,
        /// What a DPoP proof may be signed with.
        dpop_signing_alg_values_supported: Option<Vec<String>>,
        /// How clients authenticate at the token endpoint.
        token_endpoint_auth_methods_supported: Option<Vec<String>>,
        /// What a client assertion may be signed with.
        token_endpoint_auth_signing_alg_values_supported: Option<Vec<String>>,
        /// The grant profiles, in place of that of the role.
        authorization_grant_profiles_supported: Option<Vec<String>>,
        /// The types of authorization details.
        authorization_details_types_supported: Option<Vec<String>>,
        /// Whether clients may identify themselves by a metadata document.
        client_id_metadata_document_supported: Option<bool>,
        /// Also take `http` addresses on this machine: for tests.
        dangerous_allow_http_loopback: Option<bool>,
    }
}

fn build(options: BuildServerMetadata, _: &Held) -> Result<HttpAnswer, Fault> {
    let transport = transport(options.dangerous_allow_http_loopback);
    let url = |text: &str| Url::new(text, transport);
    let from = issuer(&options.issuer, transport)?;
    let (token, keys) = (url(&options.token_endpoint)?, url(&options.jwks_uri)?);
    let mut metadata = match options.role {
        ServerRole::ResourceAuthorizationServer => {
            AuthorizationServerMetadata::for_resource_authorization_server(from, token, keys)
        }
        ServerRole::Idp => AuthorizationServerMetadata::for_idp(from, token, keys),
    };
    if options.jwt_dpop_grant == Some(true) {
        metadata = metadata.with_jwt_dpop_grant();
    }
    if options.token_exchange_grant == Some(true) {
        metadata = metadata.with_token_exchange_grant();
    }
    if let Some(text) = &options.authorization_endpoint {
        metadata = metadata.with_sign_on(url(text)?);
    }
    metadata.registration_endpoint = options.registration_endpoint.as_deref().map(url).transpose()?;
    metadata.revocation_endpoint = options.revocation_endpoint.as_deref().map(url).transpose()?;
    metadata.scopes_supported = scope(options.scope.as_deref().unwrap_or_default())?;
    metadata.dpop_signing_alg_values_supported =
        algorithms(options.dpop_signing_alg_values_supported.as_ref())?;
    metadata.token_endpoint_auth_signing_alg_values_supported =
        algorithms(options.token_endpoint_auth_signing_alg_values_supported.as_ref())?;
    metadata.client_id_metadata_document_supported =
        options.client_id_metadata_document_supported.unwrap_or_default();
    crate::wire::shared::overwrite!(metadata from options: grant_types_supported,
        token_endpoint_auth_methods_supported, authorization_grant_profiles_supported,
        authorization_details_types_supported);
    Ok(HttpAnswer::from(metadata.to_response()))
}

input! {
    Arguments
    /// An authorization server's metadata as it arrived.
    pub(in crate::wire) struct ReadServerMetadata {
        /// The issuer whose document it must be.
        issuer: String,
        /// The response.
        response: ArrivedResponse,
        /// Caps.
        limits: Option<LimitOptions>,
        /// Also take `http` addresses on this machine: for tests.
        dangerous_allow_http_loopback: Option<bool>,
    }
}

fn read(options: ReadServerMetadata, _: &Held) -> Result<AuthorizationServerDocument, Fault> {
    let transport = transport(options.dangerous_allow_http_loopback);
    let limits = LimitOptions::over_default(options.limits.as_ref());
    let from = issuer(&options.issuer, transport)?;
    let found = AuthorizationServerMetadata::read(&options.response.into_http(), &from, transport, &limits)?;
    Ok(AuthorizationServerDocument::from(&found))
}
