//! ID-JAG §4.5: a SAML assertion exchanged for a refresh token, once per sign-on: from then on the refresh token
//! is what ID-JAGs are asked for with.

use alloc::string::{String, ToString as _};

use super::response::TokenResponse;
use super::{EndpointCredentials, Proof, ServerAnswer, SubjectKind, SubjectToken};
use crate::codec::form::Form;
use crate::error::{Error, ErrorCode};
use crate::limits::Limits;
use crate::oauth::http::{HttpRequest, HttpResponse};
use crate::oauth::params::{GRANT_TOKEN_EXCHANGE, TOKEN_TYPE_NOT_APPLICABLE, TOKEN_TYPE_REFRESH_TOKEN};
use crate::scope::{Scope, ScopeToken};
use crate::secret::Secret;
use crate::time::UnixTime;

/// A request for a refresh token.
#[derive(Clone, Debug)]
pub struct RefreshTokenRequest {
    assertion: Secret,
    scope: Scope,
}

impl RefreshTokenRequest {
    /// In exchange for a SAML 2.0 assertion, base64url-encoded; with scope `openid offline_access` (JAG-079).
    #[must_use]
    pub fn new(assertion: Secret) -> Self {
        let scope = ["openid", "offline_access"].into_iter().filter_map(|name| ScopeToken::new(name).ok());
        Self { assertion, scope: scope.collect() }
    }

    /// With another scope.
    #[must_use]
    pub fn with_scope(self, scope: Scope) -> Self {
        Self { scope, ..self }
    }

    /// The request to the IdP's token endpoint. Fails as the proof does when it was made for another request.
    pub fn to_http(&self, idp: &EndpointCredentials, proof: Option<&Proof>) -> Result<HttpRequest, Error> {
        let mut form = Form::default();
        form.push("grant_type", GRANT_TOKEN_EXCHANGE);
        form.push("requested_token_type", TOKEN_TYPE_REFRESH_TOKEN);
        if !self.scope.is_empty() {
            form.push("scope", self.scope.to_string());
        }
        SubjectToken::new(SubjectKind::Saml2, self.assertion.clone()).write(&mut form);
        idp.post(form, proof)
    }
}

/// A refresh token, to be kept in the [`Identity`](super::Identity).
#[derive(Clone, Debug)]
pub struct ObtainedRefreshToken {
    /// The token: for this client, at this IdP.
    pub token: Secret,
    /// The scope it stands for, if the IdP says.
    pub scope: Option<Scope>,
    /// When it ends, if the IdP says.
    pub expires_at: Option<UnixTime>,
}

/// Checks the IdP's response to a [`RefreshTokenRequest`].
///
/// Fails with the server's answer, or with an unusable one: `issued_token_type_mismatch`, `token_type_mismatch`
/// unless it is `N_A`, or a malformed member.
pub fn process_refresh_token_response(
    response: &HttpResponse,
    limits: &Limits,
    now: UnixTime,
) -> Result<ObtainedRefreshToken, ServerAnswer> {
    let members = TokenResponse::read(response, limits).map_err(ServerAnswer::at_exchange)?;
    members.expect_issued(TOKEN_TYPE_REFRESH_TOKEN)?;
    if !members.is_token_type(TOKEN_TYPE_NOT_APPLICABLE) {
        return Err(Error::new(ErrorCode::TokenTypeMismatch).into());
    }
    Ok(ObtainedRefreshToken {
        token: Secret::new(String::from(members.token()?)),
        scope: members.scope()?,
        expires_at: members.expires_at(now)?,
    })
}
