//! OpenID Connect Core §3.1 with PKCE, as an app does it: the browser, the code, the tokens.

use alloc::sync::Arc;

use idjag::client::{Identity, ServerAnswer};
use idjag::oauth::discovery::check_authorization_response_issuer;
use idjag::secret::Secret;
use idjag::text::{Nonce, Subject};
use idjag::token::{IdTokenRules, UnverifiedIdToken, VerifiedIdToken, Window};
use idjag::uri::Url;
use idjag::{Limits, Seconds};
use serde_json::Value;

use super::app::Agent;
use super::browser::Browser;
use super::callback::Callback;
use crate::failure::Failure;
use crate::trust::{algorithms, token_id};
use crate::web::{Form, json_of};
use crate::{pkce, random};

/// What one sign-on leaves an app with.
#[derive(Clone)]
pub(crate) struct Session {
    /// For any number of connections.
    pub(crate) identity: Arc<Identity>,
    subject: Subject,
    refresh_token: Secret,
}

/// What an app holds between the browser's return and the token request.
#[derive(Clone)]
pub(crate) struct Authorized {
    pub(crate) code: String,
    pub(crate) verifier: String,
    redirect_uri: String,
    nonce: Nonce,
    max_age: Option<Seconds>,
}

impl Agent {
    /// Signs the browser's person on. `max_age` asks for a sign-on that is no older than that.
    pub(crate) async fn sign_on(
        &self,
        browser: &Browser,
        max_age: Option<Seconds>,
    ) -> Result<Session, Failure> {
        let authorized = self.authorize(browser, max_age).await?;
        self.redeem_code(&authorized).await
    }

    /// Sends the browser away and waits for what it brings back.
    pub(crate) async fn authorize(
        &self,
        browser: &Browser,
        max_age: Option<Seconds>,
    ) -> Result<Authorized, Failure> {
        let endpoint = self.idp.authorization_endpoint.as_ref().map(Url::as_str);
        let endpoint = endpoint.ok_or_else(|| Failure::broken("nobody can sign on there"))?;
        let callback = Callback::open(&self.clock).await?;
        let (state, nonce, verifier) = (random::text(), random::text(), random::text());
        let mut asked = Form::default()
            .with("response_type", "code")
            .with("client_id", self.credentials.client_id().as_str())
            .with("redirect_uri", &callback.redirect_uri)
            .with("scope", "openid offline_access")
            .with("state", &state)
            .with("nonce", &nonce)
            .with("code_challenge", pkce::challenge_of(&verifier))
            .with("code_challenge_method", "S256");
        if let Some(Seconds(seconds)) = max_age {
            asked = asked.with("max_age", seconds.to_string());
        }
        browser.visit(&asked.append_to(endpoint), &callback.redirect_uri).await?;
        let code = self.code_of(&callback.answer()?, &state)?;
        let redirect_uri = callback.redirect_uri.clone();
        Ok(Authorized { code, verifier, redirect_uri, nonce: Nonce::new(nonce)?, max_age })
    }

    /// Trades the code for tokens.
    pub(crate) async fn redeem_code(&self, authorized: &Authorized) -> Result<Session, Failure> {
        let parameters = [
            ("grant_type", "authorization_code"),
            ("code", &authorized.code),
            ("redirect_uri", &authorized.redirect_uri),
            ("code_verifier", &authorized.verifier),
        ];
        let tokens = self.ask_for_tokens(parameters).await?;
        self.accept(&tokens, Some(&authorized.nonce), authorized.max_age).await
    }

    /// Renews the tokens without the person; the sign-on gets no younger by it.
    pub(crate) async fn renew(&self, session: &Session) -> Result<Session, Failure> {
        let refresh_token = session.refresh_token.expose();
        let parameters = [("grant_type", "refresh_token"), ("refresh_token", refresh_token)];
        let renewed = self.accept(&self.ask_for_tokens(parameters).await?, None, None).await?;
        // OpenID Connect Core §12.2: a renewal is for the same person, or it is an attack.
        if renewed.subject != session.subject {
            return Err(Failure::broken("the renewed ID Token is somebody else's"));
        }
        Ok(renewed)
    }

    /// The code, if the answer is to our question (`state`) and from whom we asked (`iss`, RFC 9207 §2.4).
    fn code_of(&self, answer: &Form, state: &str) -> Result<String, Failure> {
        if answer.get("state") != Some(state) {
            return Err(Failure::broken("the answer is not to this request"));
        }
        let advertised = self.idp.authorization_response_iss_parameter_supported;
        check_authorization_response_issuer(&self.idp.issuer, answer.get("iss"), advertised)?;
        match (answer.get("code"), answer.get("error")) {
            (Some(code), None) => Ok(code.to_owned()),
            (_, error) => Err(Failure::broken(error.unwrap_or("the answer holds no code"))),
        }
    }

    async fn ask_for_tokens<const N: usize>(&self, parameters: [(&str, &str); N]) -> Result<Value, Failure> {
        let credentials = self.credentials.at(&self.idp, token_id(), self.clock.now())?;
        let response = self.web.send(&credentials.post_parameters(parameters, None)?).await?;
        match response.status {
            200 => Ok(json_of(&response)),
            _ => Err(ServerAnswer::of_token_endpoint(&response, &Limits::default()).into()),
        }
    }

    /// Believes the tokens, if the ID Token is the provider's, for this app, and the answer to this sign-on.
    async fn accept(
        &self,
        tokens: &Value,
        nonce: Option<&Nonce>,
        max_age: Option<Seconds>,
    ) -> Result<Session, Failure> {
        let (id_token, refresh_token) = (secret(tokens, "id_token")?, secret(tokens, "refresh_token")?);
        let verified = self.verify(&id_token, nonce, max_age).await?;
        let identity = Identity::new(verified.issuer).with_id_token(id_token, verified.expires_at);
        Ok(Session { identity: Arc::new(identity), subject: verified.subject, refresh_token })
    }

    async fn verify(
        &self,
        id_token: &Secret,
        nonce: Option<&Nonce>,
        max_age: Option<Seconds>,
    ) -> Result<VerifiedIdToken, Failure> {
        let (limits, now) = (Limits::default(), self.clock.now());
        let unverified = UnverifiedIdToken::parse(id_token.expose(), &limits)?;
        let keys = self.keys.keys(unverified.claimed_kid()).await.map_err(Failure::broken)?;
        let keys = keys.ok_or_else(|| Failure::broken("the provider's keys cannot be had"))?;
        let rules = IdTokenRules {
            issuer: &self.idp.issuer,
            client_id: self.credentials.client_id(),
            trusted_audiences: &[],
            nonce,
            max_authentication_age: max_age,
            algorithms: &algorithms(),
            window: Window::default(),
            limits: &limits,
        };
        Ok(unverified.verify(&keys, &rules, now)?)
    }
}

fn secret(tokens: &Value, name: &str) -> Result<Secret, Failure> {
    tokens[name].as_str().map(Secret::new).ok_or_else(|| Failure::broken(format!("`{name}` is missing")))
}
