//! RFC 6749 §4.1, RFC 7636, RFC 9207: the authorization request that a browser opens, and the response to it.

use alloc::string::{String, ToString as _};

use super::response::malformed;
use super::way::RedirectUri;
use super::{Entropy, ServerAnswer};
use crate::codec::base64url;
use crate::codec::form::Form;
use crate::crypto::{Thumbprint, sha256};
use crate::details::AuthorizationDetails;
use crate::error::{Error, ErrorCode, OAuthError};
use crate::limits::Limits;
use crate::oauth::challenge::is_error_name;
use crate::oauth::discovery::check_authorization_response_issuer;
use crate::oauth::metadata::AuthorizationServerMetadata;
use crate::policy::StepUp;
use crate::scope::Scope;
use crate::secret::{Secret, SecretDigest};
use crate::text::ClientId;
use crate::time::Seconds;
use crate::uri::{Issuer, ResourceId, Url};

/// What the user is asked to permit.
pub(super) struct Wanted<'w> {
    pub(super) client_id: &'w ClientId,
    pub(super) redirect_uri: &'w RedirectUri,
    pub(super) resource: &'w ResourceId,
    pub(super) scope: &'w Scope,
    pub(super) details: Option<&'w AuthorizationDetails>,
    /// The key that the code is to be bound to (RFC 9449 §10).
    pub(super) key: Option<Thumbprint>,
    /// How recent and how strong the sign-on must be (R9470-004).
    pub(super) step_up: Option<&'w StepUp>,
}

/// One authorization request, with what its response is checked by.
#[derive(Clone, Debug)]
pub(super) struct AuthorizationRequest {
    url: String,
    issuer: Issuer,
    states_issuer: bool,
    redirect_uri: RedirectUri,
    state: SecretDigest,
    verifier: Secret,
}

/// A code with what redeems it.
#[derive(Clone, Debug)]
pub(super) struct AuthorizationCode {
    pub(super) code: Secret,
    pub(super) verifier: Secret,
    pub(super) redirect_uri: RedirectUri,
}

/// Where users give permission.
///
/// Fails with `metadata_malformed` when the server has no such endpoint, and with `pkce_unsupported` unless it says
/// that it takes `S256`: without that, a stolen code can be used.
pub(super) fn endpoint_of(server: &AuthorizationServerMetadata) -> Result<&Url, Error> {
    const MISSING: Error = Error::with_detail(ErrorCode::MetadataMalformed, "authorization_endpoint");
    let endpoint = server.authorization_endpoint.as_ref().ok_or(MISSING)?;
    if server.code_challenge_methods_supported.iter().any(|method| method == "S256") {
        Ok(endpoint)
    } else {
        Err(Error::new(ErrorCode::PkceUnsupported))
    }
}

impl AuthorizationRequest {
    /// Writes the request; `state` and the code verifier are made of `entropy`, with `count`.
    ///
    /// Fails as [`endpoint_of`].
    pub(super) fn new(
        server: &AuthorizationServerMetadata,
        wanted: &Wanted<'_>,
        entropy: &Entropy<'_>,
        count: u64,
    ) -> Result<Self, Error> {
        let endpoint = endpoint_of(server)?;
        let state = entropy.token_id("state", count)?;
        let verifier = Secret::new(entropy.token_id("code_verifier", count)?.as_str());
        let mut form = Form::default();
        form.push("response_type", "code");
        form.push("client_id", wanted.client_id.as_str());
        form.push("redirect_uri", wanted.redirect_uri.as_str());
        form.push("state", state.as_str());
        form.push("code_challenge", base64url::encode(&sha256(verifier.expose().as_bytes())));
        form.push("code_challenge_method", "S256");
        form.push("resource", wanted.resource.as_str());
        if !wanted.scope.is_empty() {
            form.push("scope", wanted.scope.to_string());
        }
        if let Some(details) = wanted.details {
            form.push("authorization_details", details.to_json().to_string());
        }
        if let Some(key) = wanted.key {
            form.push("dpop_jkt", key.to_string());
        }
        if let Some(StepUp { max_age, acr_values }) = wanted.step_up {
            if let Some(Seconds(max_age)) = max_age {
                form.push("max_age", max_age.to_string());
            }
            if !acr_values.is_empty() {
                let names: alloc::vec::Vec<&str> = acr_values.iter().map(AsRef::as_ref).collect();
                form.push("acr_values", names.join(" "));
            }
        }
        let separator = if endpoint.as_str().contains('?') { "&" } else { "?" };
        Ok(Self {
            url: [endpoint.as_str(), separator, &form.encode()].concat(),
            issuer: server.issuer.clone(),
            states_issuer: server.authorization_response_iss_parameter_supported,
            redirect_uri: wanted.redirect_uri.clone(),
            state: SecretDigest::of(state.as_str()),
            verifier,
        })
    }

    /// What the browser opens.
    pub(super) fn url(&self) -> &str {
        &self.url
    }

    /// Whether `called`, the address the browser was sent back to, answers this request at all; its parameters.
    ///
    /// Fails with `state_mismatch`: whoever made the browser call that, it was not the response to this request.
    pub(super) fn response(&self, called: &str, limits: &Limits) -> Result<Form, Error> {
        const FOREIGN: Error = Error::new(ErrorCode::StateMismatch);
        let query = self.redirect_uri.query_of(called).ok_or(FOREIGN)?;
        let form = Form::parse(query.as_bytes(), limits).map_err(|_| FOREIGN)?;
        form.check_repetition(&[]).map_err(|_| FOREIGN)?;
        let state = form.required("state").map_err(|_| FOREIGN)?;
        if self.state.matches(state) { Ok(form) } else { Err(FOREIGN) }
    }

    /// Reads the response: whose it is comes first (MCP-032), then what it says.
    pub(super) fn read(&self, response: &Form) -> Result<AuthorizationCode, ServerAnswer> {
        check_authorization_response_issuer(&self.issuer, response.single("iss")?, self.states_issuer)?;
        if let Some(error) = response.single("error")? {
            let name = Some(error).filter(|name| is_error_name(name)).ok_or(malformed("error"))?;
            return Err(ServerAnswer::of_error(OAuthError::from_name(name)));
        }
        let code = response.single("code")?.ok_or(malformed("code"))?;
        Ok(AuthorizationCode {
            code: Secret::new(code),
            verifier: self.verifier.clone(),
            redirect_uri: self.redirect_uri.clone(),
        })
    }
}
