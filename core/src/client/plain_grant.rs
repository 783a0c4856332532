//! RFC 6749 §4.1.3, §4.4, §6, RFC 7523 §2.1: asking for an access token by a grant that no IdP has made.

use alloc::string::ToString as _;
use core::slice;

use super::authorize::AuthorizationCode;
use super::grant::{Expected, ObtainedAccessToken, read_token};
use super::response::{Asked, TokenResponse};
use super::{Binding, EndpointCredentials, Proof, ServerAnswer};
use crate::codec::form::Form;
use crate::details::{AuthorizationDetails, DetailTypes};
use crate::error::Error;
use crate::limits::Limits;
use crate::oauth::http::{HttpRequest, HttpResponse};
use crate::oauth::params::GRANT_JWT_BEARER;
use crate::scope::Scope;
use crate::secret::Secret;
use crate::time::UnixTime;
use crate::uri::{Issuer, ResourceId};

/// What entitles the client.
#[derive(Clone, Debug)]
pub(super) enum Title {
    /// Its own credentials.
    Credentials,
    /// A JWT of the host's.
    Assertion(Secret),
    /// A user's permission.
    Code(AuthorizationCode),
    /// A user's permission, given earlier.
    Refresh(Secret),
}

/// A request for an access token to one resource.
#[derive(Clone, Debug)]
pub(super) struct PlainGrant {
    pub(super) title: Title,
    pub(super) resource: ResourceId,
    pub(super) scope: Scope,
    pub(super) details: Option<AuthorizationDetails>,
    pub(super) types: DetailTypes,
}

impl PlainGrant {
    /// The request to the server's token endpoint. Fails as the proof does when it was made for another one.
    pub(super) fn to_http(
        &self,
        server: &EndpointCredentials,
        proof: Option<&Proof>,
    ) -> Result<HttpRequest, Error> {
        let mut form = Form::default();
        match &self.title {
            Title::Credentials => form.push("grant_type", "client_credentials"),
            Title::Assertion(assertion) => {
                form.push("grant_type", GRANT_JWT_BEARER);
                form.push("assertion", assertion.expose());
            }
            Title::Code(AuthorizationCode { code, verifier, redirect_uri }) => {
                form.push("grant_type", "authorization_code");
                form.push("code", code.expose());
                form.push("code_verifier", verifier.expose());
                form.push("redirect_uri", redirect_uri.as_str());
            }
            Title::Refresh(token) => {
                form.push("grant_type", "refresh_token");
                form.push("refresh_token", token.expose());
            }
        }
        form.push("resource", self.resource.as_str());
        // What a code stands for was said when it was asked for.
        if !matches!(self.title, Title::Code(_)) {
            if !self.scope.is_empty() {
                form.push("scope", self.scope.to_string());
            }
            if let Some(details) = &self.details {
                form.push("authorization_details", details.to_json().to_string());
            }
        }
        server.post(form, proof)
    }

    /// Checks the server's response, as [`process_grant_response`](super::process_grant_response) does: the access
    /// token, and, where a user has permitted it, the refresh token.
    pub(super) fn read(
        &self,
        response: &HttpResponse,
        issuer: &Issuer,
        binding: Binding,
        limits: &Limits,
        now: UnixTime,
    ) -> Result<(ObtainedAccessToken, Option<Secret>), ServerAnswer> {
        let members = TokenResponse::read(response, limits)?;
        let expected = Expected {
            issuer,
            resource: &self.resource,
            asked: Asked {
                resources: slice::from_ref(&self.resource),
                scope: Some(&self.scope).filter(|scope| !scope.is_empty()),
                details: self.details.as_ref(),
                types: &self.types,
            },
            binding,
        };
        let token = read_token(&members, &expected, limits, now)?;
        let refresh = match self.title {
            Title::Code(_) | Title::Refresh(_) => members.refresh_token()?.map(Secret::new),
            Title::Credentials | Title::Assertion(_) => None,
        };
        Ok((token, refresh))
    }
}
