//! RFC 7591 §3: a client that registers itself, where it has opted in (MCP has deprecated this).

use alloc::string::{String, ToString as _};

use super::response::malformed;
use super::way::RedirectUri;
use super::{ClientCredentials, ClientMethod, ServerAnswer};
use crate::codec::json::{Json, Object};
use crate::error::{Error, ErrorCode};
use crate::limits::Limits;
use crate::oauth::http::{Headers, HttpRequest, HttpResponse};
use crate::oauth::metadata::AuthorizationServerMetadata;
use crate::secret::Secret;
use crate::text::ClientId;
use crate::uri::{Issuer, Url};

/// The methods that need nothing but what a registration yields, best first.
const METHODS: [&str; 3] = ["client_secret_basic", "client_secret_post", "none"];

/// A request to be registered for the authorization code grant.
#[derive(Clone, Debug)]
pub(super) struct RegistrationRequest {
    issuer: Issuer,
    endpoint: Url,
    name: String,
    redirect_uri: RedirectUri,
    dpop_bound: bool,
    method: &'static str,
}

impl RegistrationRequest {
    /// Asks for a method that `server` lists: a public client where it takes those.
    ///
    /// Fails with `credentials_issuer_mismatch` when it takes none of those that a registration can yield.
    pub(super) fn new(
        server: &AuthorizationServerMetadata,
        endpoint: &Url,
        name: &str,
        redirect_uri: &RedirectUri,
        dpop_bound: bool,
    ) -> Result<Self, Error> {
        let listed = &server.token_endpoint_auth_methods_supported;
        let taken = |method: &&str| listed.iter().any(|name| name == method);
        let method = match METHODS.into_iter().rev().find(taken) {
            Some(method) => method,
            // RFC 8414 §2: the default.
            None if listed.is_empty() => "client_secret_basic",
            None => return Err(Error::new(ErrorCode::CredentialsIssuerMismatch)),
        };
        Ok(Self {
            issuer: server.issuer.clone(),
            endpoint: endpoint.clone(),
            name: name.to_string(),
            redirect_uri: redirect_uri.clone(),
            dpop_bound,
            method,
        })
    }

    pub(super) fn to_http(&self) -> HttpRequest {
        let mut body = Object::new();
        body.set_str("client_name", self.name.clone());
        body.set("redirect_uris", Json::strings([self.redirect_uri.as_str().to_string()]));
        body.set("grant_types", Json::strings(["authorization_code", "refresh_token"].map(String::from)));
        body.set("response_types", Json::strings([String::from("code")]));
        body.set_str("token_endpoint_auth_method", self.method);
        body.set_str("application_type", self.redirect_uri.application_type());
        if self.dpop_bound {
            body.set("dpop_bound_access_tokens", true);
        }
        HttpRequest {
            method: String::from("POST"),
            url: self.endpoint.to_string(),
            headers: Headers::new()
                .with("Content-Type", "application/json")
                .with("Accept", "application/json"),
            body: body.to_string().into_bytes(),
        }
    }

    /// Checks the server's response: the credentials belong to its issuer and to no other (MCP-009).
    pub(super) fn read(
        &self,
        response: &HttpResponse,
        limits: &Limits,
    ) -> Result<ClientCredentials, ServerAnswer> {
        if !matches!(response.status, 200 | 201) {
            return Err(ServerAnswer::of_token_endpoint(response, limits));
        }
        let object = response.json_object(limits)?;
        let text = |name: &'static str| match object.get(name) {
            None | Some(Json::Null) => Ok(None),
            Some(value) => value.as_str().map(Some).ok_or(malformed(name)),
        };
        let client_id = ClientId::new(text("client_id")?.ok_or(malformed("client_id"))?)
            .map_err(|_| malformed("client_id"))?;
        let secret = text("client_secret")?.filter(|secret| !secret.is_empty()).map(Secret::new);
        let secret = secret.ok_or(malformed("client_secret"));
        let method = match text("token_endpoint_auth_method")?.unwrap_or(self.method) {
            "none" => ClientMethod::DangerousNone,
            "client_secret_basic" => ClientMethod::SecretBasic(secret?),
            "client_secret_post" => ClientMethod::SecretPost(secret?),
            _ => return Err(malformed("token_endpoint_auth_method").into()),
        };
        Ok(ClientCredentials::new(self.issuer.clone(), client_id, method))
    }
}
