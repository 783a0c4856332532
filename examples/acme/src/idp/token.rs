//! The identity provider's token endpoint: codes and refresh tokens here, token exchange behind the role.

use idjag::UnixTime;
use idjag::oauth::http::{HttpRequest, HttpResponse};
use idjag::oauth::params::GRANT_TOKEN_EXCHANGE;
use idjag::text::ClientId;
use serde_json::json;

use super::Idp;
use crate::pkce;
use crate::random;
use crate::trust::SignOn;
use crate::web::{Form, oauth_error, secret_json};

/// What an authorization code stands for.
#[derive(Clone)]
pub(crate) struct Code {
    pub(super) redirect_uri: String,
    pub(super) code_challenge: String,
    pub(super) sign_on: SignOn,
}

impl Idp {
    pub(super) async fn answer_token(&self, request: &HttpRequest, now: UnixTime) -> HttpResponse {
        match grant_type(&request.body).as_deref() {
            // Token exchange may repeat `resource`, so the role reads the body for itself.
            Some(GRANT_TOKEN_EXCHANGE) => self.role.exchange(request, now).await,
            Some("authorization_code") => self.answer_signed_on(request, now, Self::redeem_code),
            Some("refresh_token") => self.answer_signed_on(request, now, Self::redeem_refresh_token),
            Some(_) => oauth_error("unsupported_grant_type"),
            None => oauth_error("invalid_request"),
        }
    }

    fn answer_signed_on(
        &self,
        request: &HttpRequest,
        now: UnixTime,
        redeem: fn(&Self, &ClientId, &Form, UnixTime) -> Option<SignOn>,
    ) -> HttpResponse {
        let client_id = match self.role.authenticate_client(request, now) {
            Ok(client_id) => client_id,
            Err(response) => return response,
        };
        let Some(form) = Form::parse(&request.body) else { return oauth_error("invalid_request") };
        match redeem(self, &client_id, &form, now) {
            Some(sign_on) => self.signed_on(sign_on, now),
            None => oauth_error("invalid_grant"),
        }
    }

    /// RFC 6749 §4.1.3 and RFC 7636 §4.6: the code is spent by the attempt, whoever makes it.
    fn redeem_code(&self, client_id: &ClientId, form: &Form, now: UnixTime) -> Option<SignOn> {
        let code = self.codes.take(form.get("code")?, now)?;
        let is_bound = code.sign_on.client_id == *client_id
            && form.get("redirect_uri")? == code.redirect_uri
            && pkce::challenge_of(form.get("code_verifier")?) == code.code_challenge;
        is_bound.then_some(code.sign_on)
    }

    /// Refresh tokens rotate: each is good for one renewal, and `auth_time` stays what it was.
    fn redeem_refresh_token(&self, client_id: &ClientId, form: &Form, now: UnixTime) -> Option<SignOn> {
        let sign_on = self.refresh_tokens.take(form.get("refresh_token")?, now)?;
        // OpenID Connect Core §12.2: a renewed ID Token has no nonce.
        (sign_on.client_id == *client_id).then_some(SignOn { nonce: None, ..sign_on })
    }

    fn signed_on(&self, sign_on: SignOn, now: UnixTime) -> HttpResponse {
        let Ok(id_token) = self.role.id_token(&sign_on, now) else { return oauth_error("server_error") };
        let body = json!({
            // OAuth insists on an access token; this provider has no resource of its own that would take it.
            "access_token": random::text(),
            "token_type": "Bearer",
            "id_token": id_token.expose(),
            "refresh_token": self.refresh_tokens.keep(sign_on, now),
        });
        secret_json(200, &body)
    }
}

/// The one `grant_type`; none when it is missing or repeated.
fn grant_type(body: &[u8]) -> Option<String> {
    let mut found = form_urlencoded::parse(body).filter(|(name, _)| name == "grant_type");
    let (_, value) = found.next()?;
    found.next().is_none().then(|| value.into_owned())
}
