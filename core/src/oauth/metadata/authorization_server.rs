//! RFC 8414 §2 and §3, OpenID Connect Discovery §3, ID-JAG §7: what an authorization server says about
//! itself.

#[cfg(test)]
mod tests;

use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use super::{Members, document, scope_names, set_algorithms, set_strings, set_true, set_url};
use crate::codec::json::Object;
use crate::crypto::Algorithm;
use crate::error::{Error, ErrorCode};
use crate::limits::Limits;
use crate::oauth::http::HttpResponse;
use crate::oauth::params::{
    GRANT_JWT_BEARER, GRANT_JWT_DPOP, GRANT_PROFILE_ID_JAG, GRANT_TOKEN_EXCHANGE, TOKEN_TYPE_ID_JAG,
};
use crate::scope::Scope;
use crate::uri::{Issuer, Transport, Url};

/// The metadata of an authorization server, to be published or as it was read.
///
/// The fields are the members of the document, by their names; an empty list and `None` mean that the member
/// is absent. Addresses are `https` because [`Url`] is. There is no member that could say which issuers or
/// clients are trusted (JAG-097).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct AuthorizationServerMetadata {
    /// Who the server is: the `iss` of its tokens and the `aud` of ID-JAGs for it.
    pub issuer: Issuer,
    /// Where grants are redeemed.
    pub token_endpoint: Url,
    /// Where the server's public keys are.
    pub jwks_uri: Option<Url>,
    /// Where users sign on. Some MCP SDKs do not read a document without it.
    pub authorization_endpoint: Option<Url>,
    /// RFC 7591.
    pub registration_endpoint: Option<Url>,
    /// RFC 7009: clients authenticate there as at the token endpoint, and the document says so.
    pub revocation_endpoint: Option<Url>,
    /// The grants, by URN or name.
    pub grant_types_supported: Vec<String>,
    /// How clients authenticate at the token endpoint; when absent, `client_secret_basic` (RFC 8414 §2).
    pub token_endpoint_auth_methods_supported: Vec<String>,
    /// What a client assertion may be signed with.
    pub token_endpoint_auth_signing_alg_values_supported: Option<Vec<Algorithm>>,
    /// Scopes that clients may ask for; not all need be listed.
    pub scopes_supported: Scope,
    /// RFC 6749 §3.1.1.
    pub response_types_supported: Vec<String>,
    /// RFC 7636.
    pub code_challenge_methods_supported: Vec<String>,
    /// RFC 9449 §5.1: asymmetric only, by construction (MCP-038).
    pub dpop_signing_alg_values_supported: Option<Vec<Algorithm>>,
    /// ID-JAG §7.2: the grant profiles the server has the rules of. No promise of acceptance (JAG-091).
    pub authorization_grant_profiles_supported: Vec<String>,
    /// Identity chaining: the token types a token exchange can yield.
    pub identity_chaining_requested_token_types_supported: Vec<String>,
    /// RFC 9396 §10.
    pub authorization_details_types_supported: Vec<String>,
    /// Client ID Metadata Documents §6.
    pub client_id_metadata_document_supported: bool,
    /// RFC 9207 §3.
    pub authorization_response_iss_parameter_supported: bool,
    /// OpenID Connect Discovery §3.
    pub subject_types_supported: Vec<String>,
    /// OpenID Connect Discovery §3.
    pub id_token_signing_alg_values_supported: Option<Vec<Algorithm>>,
}

/// Whether metadata that names the ID-JAG profile also names the grants the profile needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProfileSupport {
    /// The profile is not listed.
    NotListed,
    /// The profile is listed without the grants it requires: the metadata contradicts itself (JAG-090).
    WithoutGrants,
    /// The profile is listed, and so are its grants. Any request may still be refused (JAG-091).
    Listed,
}

impl ProfileSupport {
    pub(crate) fn of(profiles: &[String], grants: &[String], needed: &[&str]) -> Self {
        if !lists(profiles, GRANT_PROFILE_ID_JAG) {
            Self::NotListed
        } else if needed.iter().all(|grant| lists(grants, grant)) {
            Self::Listed
        } else {
            Self::WithoutGrants
        }
    }
}

fn lists(names: &[String], wanted: &str) -> bool {
    names.iter().any(|name| name == wanted)
}

fn add(names: &mut Vec<String>, name: &str) {
    if !lists(names, name) {
        names.push(name.to_string());
    }
}

impl AuthorizationServerMetadata {
    /// A server of which no more is known than where its token endpoint is.
    pub(crate) fn at(issuer: Issuer, token_endpoint: Url) -> Self {
        Self {
            issuer,
            token_endpoint,
            jwks_uri: None,
            authorization_endpoint: None,
            registration_endpoint: None,
            revocation_endpoint: None,
            grant_types_supported: Vec::new(),
            token_endpoint_auth_methods_supported: Vec::new(),
            token_endpoint_auth_signing_alg_values_supported: None,
            scopes_supported: Scope::empty(),
            response_types_supported: Vec::new(),
            code_challenge_methods_supported: Vec::new(),
            dpop_signing_alg_values_supported: None,
            authorization_grant_profiles_supported: Vec::new(),
            identity_chaining_requested_token_types_supported: Vec::new(),
            authorization_details_types_supported: Vec::new(),
            client_id_metadata_document_supported: false,
            authorization_response_iss_parameter_supported: false,
            subject_types_supported: Vec::new(),
            id_token_signing_alg_values_supported: None,
        }
    }

    /// For a server that redeems ID-JAGs: lists the profile and the jwt-bearer grant (JAG-089, JAG-090).
    #[must_use]
    pub fn for_resource_authorization_server(issuer: Issuer, token_endpoint: Url, jwks_uri: Url) -> Self {
        Self {
            jwks_uri: Some(jwks_uri),
            grant_types_supported: Vec::from([GRANT_JWT_BEARER.into()]),
            authorization_grant_profiles_supported: Vec::from([GRANT_PROFILE_ID_JAG.into()]),
            ..Self::at(issuer, token_endpoint)
        }
    }

    /// For a server that issues ID-JAGs: lists the token exchange grant and the ID-JAG as what it can yield
    /// (JAG-087).
    #[must_use]
    pub fn for_idp(issuer: Issuer, token_endpoint: Url, jwks_uri: Url) -> Self {
        Self {
            jwks_uri: Some(jwks_uri),
            grant_types_supported: Vec::from([GRANT_TOKEN_EXCHANGE.into()]),
            identity_chaining_requested_token_types_supported: Vec::from([TOKEN_TYPE_ID_JAG.into()]),
            ..Self::at(issuer, token_endpoint)
        }
    }

    /// The same server, also taking the jwt-dpop grant (AMB-002).
    #[must_use]
    pub fn with_jwt_dpop_grant(mut self) -> Self {
        add(&mut self.grant_types_supported, GRANT_JWT_DPOP);
        self
    }

    /// The same server, also deriving tokens for subagents from its own (RFC 8693).
    #[must_use]
    pub fn with_token_exchange_grant(mut self) -> Self {
        add(&mut self.grant_types_supported, GRANT_TOKEN_EXCHANGE);
        self
    }

    /// The same server, also signing users on with the authorization code flow and PKCE (RFC 7636 S256).
    #[must_use]
    pub fn with_sign_on(mut self, authorization_endpoint: Url) -> Self {
        self.authorization_endpoint = Some(authorization_endpoint);
        add(&mut self.grant_types_supported, "authorization_code");
        add(&mut self.response_types_supported, "code");
        add(&mut self.code_challenge_methods_supported, "S256");
        self
    }

    /// The document to publish. Empty arrays are left out (R8414-004); wherever the ID-JAG profile is listed,
    /// so is the jwt-bearer grant, whatever was done to the fields.
    #[must_use]
    pub fn to_json(&self) -> Object<'static> {
        let mut grants = self.grant_types_supported.clone();
        if lists(&self.authorization_grant_profiles_supported, GRANT_PROFILE_ID_JAG) {
            add(&mut grants, GRANT_JWT_BEARER);
        }
        let mut json = Object::new();
        json.set_str("issuer", self.issuer.to_string());
        set_url(&mut json, "authorization_endpoint", self.authorization_endpoint.as_ref());
        set_url(&mut json, "token_endpoint", Some(&self.token_endpoint));
        set_url(&mut json, "jwks_uri", self.jwks_uri.as_ref());
        set_url(&mut json, "registration_endpoint", self.registration_endpoint.as_ref());
        set_url(&mut json, "revocation_endpoint", self.revocation_endpoint.as_ref());
        set_strings(&mut json, "scopes_supported", scope_names(&self.scopes_supported));
        for (name, items) in [
            ("response_types_supported", &self.response_types_supported),
            ("grant_types_supported", &grants),
            ("token_endpoint_auth_methods_supported", &self.token_endpoint_auth_methods_supported),
            ("code_challenge_methods_supported", &self.code_challenge_methods_supported),
            ("authorization_grant_profiles_supported", &self.authorization_grant_profiles_supported),
            (
                "identity_chaining_requested_token_types_supported",
                &self.identity_chaining_requested_token_types_supported,
            ),
            ("authorization_details_types_supported", &self.authorization_details_types_supported),
            ("subject_types_supported", &self.subject_types_supported),
        ] {
            set_strings(&mut json, name, items.iter().map(String::as_str));
        }
        for (name, algorithms) in [
            (
                "token_endpoint_auth_signing_alg_values_supported",
                &self.token_endpoint_auth_signing_alg_values_supported,
            ),
            ("dpop_signing_alg_values_supported", &self.dpop_signing_alg_values_supported),
            ("id_token_signing_alg_values_supported", &self.id_token_signing_alg_values_supported),
        ] {
            set_algorithms(&mut json, name, algorithms.as_deref());
        }
        if self.revocation_endpoint.is_some() {
            // What is absent would mean `client_secret_basic` (RFC 8414 §2).
            for name in ["auth_methods_supported", "auth_signing_alg_values_supported"] {
                if let Some(same) = json.get(&["token_endpoint_", name].concat()).cloned() {
                    json.set(["revocation_endpoint_", name].concat(), same);
                }
            }
        }
        set_true(
            &mut json,
            "client_id_metadata_document_supported",
            self.client_id_metadata_document_supported,
        );
        set_true(
            &mut json,
            "authorization_response_iss_parameter_supported",
            self.authorization_response_iss_parameter_supported,
        );
        json
    }

    /// The response to a request for the document.
    #[must_use]
    pub fn to_response(&self) -> HttpResponse {
        HttpResponse::json_document(&self.to_json())
    }

    /// Reads the metadata of the server known as `expected_issuer`, from the response to a request for one of
    /// its well-known addresses. Unknown members are ignored.
    ///
    /// Fails with `metadata_not_found` (a 4xx status), `server_failed` (408, 425, 429, 5xx),
    /// `redirect_refused`, `response_too_large`, `response_malformed`, `duplicate_member`, `json_too_deep`;
    /// with `metadata_issuer_mismatch` unless `issuer` is there and identical (RFC 8414 §3.3, MCP-007); with
    /// `url_insecure` or `metadata_malformed`, the member named in the detail.
    pub fn read(
        response: &HttpResponse,
        expected_issuer: &Issuer,
        transport: Transport,
        limits: &Limits,
    ) -> Result<Self, Error> {
        let object = document(response, limits)?;
        let members = Members::new(&object, ErrorCode::MetadataMalformed);
        if object.get("issuer").and_then(|issuer| issuer.as_str()) != Some(expected_issuer.as_str()) {
            return Err(Error::new(ErrorCode::MetadataIssuerMismatch));
        }
        let token_endpoint = members.url("token_endpoint", transport)?;
        Ok(Self {
            issuer: expected_issuer.clone(),
            token_endpoint: token_endpoint.ok_or(members.fault("token_endpoint"))?,
            jwks_uri: members.url("jwks_uri", transport)?,
            authorization_endpoint: members.url("authorization_endpoint", transport)?,
            registration_endpoint: members.url("registration_endpoint", transport)?,
            revocation_endpoint: members.url("revocation_endpoint", transport)?,
            grant_types_supported: members.strings("grant_types_supported")?,
            token_endpoint_auth_methods_supported: members
                .strings("token_endpoint_auth_methods_supported")?,
            token_endpoint_auth_signing_alg_values_supported: members
                .algorithms("token_endpoint_auth_signing_alg_values_supported")?,
            scopes_supported: members.scope("scopes_supported")?,
            response_types_supported: members.strings("response_types_supported")?,
            code_challenge_methods_supported: members.strings("code_challenge_methods_supported")?,
            dpop_signing_alg_values_supported: members.algorithms("dpop_signing_alg_values_supported")?,
            authorization_grant_profiles_supported: members
                .strings("authorization_grant_profiles_supported")?,
            identity_chaining_requested_token_types_supported: members
                .strings("identity_chaining_requested_token_types_supported")?,
            authorization_details_types_supported: members
                .strings("authorization_details_types_supported")?,
            client_id_metadata_document_supported: members.flag("client_id_metadata_document_supported")?,
            authorization_response_iss_parameter_supported: members
                .flag("authorization_response_iss_parameter_supported")?,
            subject_types_supported: members.strings("subject_types_supported")?,
            id_token_signing_alg_values_supported: members
                .algorithms("id_token_signing_alg_values_supported")?,
        })
    }

    /// What the document says about redeeming ID-JAGs, contradictions included.
    #[must_use]
    pub fn id_jag_support(&self) -> ProfileSupport {
        let (profiles, grants) = (&self.authorization_grant_profiles_supported, &self.grant_types_supported);
        ProfileSupport::of(profiles, grants, &[GRANT_JWT_BEARER])
    }

    /// Whether the server says that it redeems ID-JAGs: the profile's exact URN and the jwt-bearer grant
    /// (EMA-017, JAG-090). It may still refuse any of them.
    #[must_use]
    pub fn supports_id_jag(&self) -> bool {
        self.id_jag_support() == ProfileSupport::Listed
    }

    /// Whether the server says that it issues ID-JAGs (JAG-087).
    #[must_use]
    pub fn issues_id_jag(&self) -> bool {
        lists(&self.identity_chaining_requested_token_types_supported, TOKEN_TYPE_ID_JAG)
    }

    /// Fails with `credentials_issuer_mismatch` unless credentials registered with `issuer` belong here
    /// (MCP-009).
    pub fn accept_credentials_of(&self, issuer: &Issuer) -> Result<(), Error> {
        if self.issuer == *issuer { Ok(()) } else { Err(Error::new(ErrorCode::CredentialsIssuerMismatch)) }
    }
}
