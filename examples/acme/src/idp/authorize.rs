//! OpenID Connect Core §3.1.2 with PKCE and RFC 9207: the authorization endpoint.

use idjag::oauth::http::{HttpRequest, HttpResponse};
use idjag::text::{ClientId, Nonce};
use idjag::{Seconds, UnixTime};

use super::{Idp, page};
use crate::company::{self, Person};
use crate::idp::token::Code;
use crate::pkce;
use crate::trust::SignOn;
use crate::web::{Fields, Form, query_of, redirect};

const COOKIE: &str = "acme_session";

/// A request that passed every check.
#[derive(Clone)]
pub(crate) struct AuthorizationRequest {
    client_id: ClientId,
    app_name: &'static str,
    redirect_uri: String,
    state: Option<String>,
    nonce: Option<Nonce>,
    code_challenge: String,
    /// The oldest sign-on that will do.
    max_age: Option<Seconds>,
}

/// Someone signed on in a browser, at a time.
#[derive(Clone)]
pub(crate) struct Login {
    person: &'static Person,
    auth_time: UnixTime,
}

impl Idp {
    /// Shows the page, unless this browser's session is fresh enough to answer at once.
    pub(super) fn show_sign_on(&self, request: &HttpRequest, now: UnixTime) -> HttpResponse {
        let asked = match self.parse(query_of(request)) {
            Ok(asked) => asked,
            Err(response) => return response,
        };
        match self.session_of(request, now).filter(|login| asked.is_satisfied_by(login, now)) {
            Some(login) => self.grant_code(asked, &login, now),
            None => {
                let app_name = asked.app_name;
                page::sign_on(app_name, &self.waiting.keep(asked, now))
            }
        }
    }

    /// Takes the form back.
    pub(super) fn submit_sign_on(&self, request: &HttpRequest, now: UnixTime) -> HttpResponse {
        let Some(form) = Form::parse(&request.body) else { return page::error("A parameter is repeated.") };
        let Some(asked) = form.get("ticket").and_then(|ticket| self.waiting.take(ticket, now)) else {
            return page::error("This page is too old. Please start again.");
        };
        let Some(person) = form.get("user_name").and_then(company::person) else {
            return page::error("Nobody here goes by that name.");
        };
        let login = Login { person, auth_time: now };
        let cookie = self.sessions.keep(login.clone(), now);
        self.grant_code(asked, &login, now)
            .with_header("set-cookie", format!("{COOKIE}={cookie}; Path=/authorize; HttpOnly; SameSite=Lax"))
    }

    fn session_of(&self, request: &HttpRequest, now: UnixTime) -> Option<Login> {
        let cookies = request.header("cookie")?;
        let value = cookies.split("; ").find_map(|pair| pair.strip_prefix(COOKIE)?.strip_prefix('='))?;
        self.sessions.look(value, now)
    }

    fn grant_code(&self, asked: AuthorizationRequest, login: &Login, now: UnixTime) -> HttpResponse {
        let sign_on = SignOn {
            person: login.person,
            client_id: asked.client_id.clone(),
            nonce: asked.nonce.clone(),
            auth_time: login.auth_time,
        };
        let code = Code {
            redirect_uri: asked.redirect_uri.clone(),
            code_challenge: asked.code_challenge.clone(),
            sign_on,
        };
        let code = self.codes.keep(code, now);
        self.answer(&asked.redirect_uri, asked.state.as_deref(), Form::default().with("code", code))
    }

    /// Every answer, success or error, names the issuer: that is what stops a mix-up (RFC 9207 §2).
    fn answer(&self, redirect_uri: &str, state: Option<&str>, mut answer: Form) -> HttpResponse {
        if let Some(state) = state {
            answer = answer.with("state", state);
        }
        redirect(answer.with("iss", self.company.issuer.as_str()).append_to(redirect_uri))
    }

    /// Until client and redirect URI are known to belong together, an error is a page and never a redirect.
    fn parse(&self, query: &str) -> Result<AuthorizationRequest, HttpResponse> {
        let form = Form::parse(query.as_bytes()).ok_or_else(|| page::error("A parameter is repeated."))?;
        let app = form
            .get("client_id")
            .and_then(|client_id| self.company.app_at_idp(client_id))
            .ok_or_else(|| page::error("This app is not registered here."))?;
        let redirect_uri = form
            .get("redirect_uri")
            .filter(|uri| is_loopback_callback(uri))
            .ok_or_else(|| page::error("This app may not be answered at that address."))?;
        let refuse =
            |error: &str| self.answer(redirect_uri, form.get("state"), Form::default().with("error", error));
        if form.get("response_type") != Some("code") {
            return Err(refuse("unsupported_response_type"));
        }
        if !asks_for_openid(&form) {
            return Err(refuse("invalid_scope"));
        }
        let own = |name: &str| form.get(name).map(str::to_owned);
        let max_age = own("max_age").map(|seconds| seconds.parse().map(Seconds)).transpose();
        let nonce = own("nonce").map(Nonce::new).transpose();
        Ok(AuthorizationRequest {
            client_id: app.at_idp.client_id.clone(),
            app_name: app.name,
            redirect_uri: redirect_uri.to_owned(),
            state: own("state"),
            nonce: nonce.map_err(|_| refuse("invalid_request"))?,
            code_challenge: code_challenge(&form).ok_or_else(|| refuse("invalid_request"))?,
            max_age: max_age.map_err(|_| refuse("invalid_request"))?,
        })
    }
}

impl AuthorizationRequest {
    fn is_satisfied_by(&self, login: &Login, now: UnixTime) -> bool {
        self.max_age.is_none_or(|max_age| now.since(login.auth_time) <= max_age)
    }
}

fn code_challenge(form: &Form) -> Option<String> {
    let challenge = form.get("code_challenge").filter(|challenge| pkce::is_challenge(challenge))?;
    (form.get("code_challenge_method") == Some("S256")).then(|| challenge.to_owned())
}

fn asks_for_openid(form: &Form) -> bool {
    form.get("scope").is_some_and(|scope| scope.split(' ').any(|name| name == "openid"))
}

/// RFC 8252 §7.3: a native app listens on whichever loopback port is free, so the port is not part of the match.
fn is_loopback_callback(uri: &str) -> bool {
    uri.strip_prefix("http://127.0.0.1:")
        .and_then(|rest| rest.strip_suffix("/callback"))
        .is_some_and(|port| port.parse::<u16>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::is_loopback_callback;

    #[test]
    fn only_a_loopback_callback_is_answered() {
        assert!(is_loopback_callback("http://127.0.0.1:49152/callback"));
        for uri in [
            "http://127.0.0.1:49152/callback?x=1",
            "http://127.0.0.1:80@evil.example/callback",
            "http://127.0.0.1.evil.example:80/callback",
            "https://evil.example/callback",
            "http://127.0.0.1/callback",
        ] {
            assert!(!is_loopback_callback(uri), "{uri}");
        }
    }
}
