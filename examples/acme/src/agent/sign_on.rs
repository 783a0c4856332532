//! OpenID Connect Core §3.1 with PKCE, as an app does it: discovery, the browser, the code, the tokens.

use serde_json::Value;

use super::app::{Agent, Session};
use super::browser::Browser;
use super::callback::Callback;
use crate::failure::{Failure, Refusal};
use crate::mcp::WellKnown;
use crate::web::{Form, PlainRequest};
use crate::{pkce, random};

/// The endpoints of the identity provider, from its discovery document.
struct Provider {
    authorization_endpoint: String,
    token_endpoint: String,
}

/// What an app holds between the browser's return and the token request.
#[derive(Clone)]
pub(crate) struct Authorized {
    pub(crate) code: String,
    pub(crate) verifier: String,
    redirect_uri: String,
    nonce: String,
}

impl Agent {
    /// Signs the browser's person on. `max_age` asks for a sign-on that is at most so many seconds old.
    pub(crate) async fn sign_on(&self, browser: &Browser, max_age: Option<u64>) -> Result<Session, Failure> {
        let authorized = self.authorize(browser, max_age).await?;
        self.redeem_code(&authorized).await
    }

    /// Sends the browser away and waits for what it brings back.
    pub(crate) async fn authorize(
        &self,
        browser: &Browser,
        max_age: Option<u64>,
    ) -> Result<Authorized, Failure> {
        let provider = self.provider().await?;
        let callback = Callback::open(&self.clock).await?;
        let (state, nonce, verifier) = (random::text(), random::text(), random::text());
        let mut asked = Form::default()
            .with("response_type", "code")
            .with("client_id", &self.credentials.client_id)
            .with("redirect_uri", &callback.redirect_uri)
            .with("scope", "openid email offline_access")
            .with("state", &state)
            .with("nonce", &nonce)
            .with("code_challenge", pkce::challenge_of(&verifier))
            .with("code_challenge_method", "S256");
        if let Some(seconds) = max_age {
            asked = asked.with("max_age", seconds.to_string());
        }
        browser.visit(&asked.append_to(&provider.authorization_endpoint), &callback.redirect_uri).await?;
        let code = self.code_of(&callback.answer()?, &state)?;
        Ok(Authorized { code, verifier, redirect_uri: callback.redirect_uri.clone(), nonce })
    }

    /// Trades the code for tokens.
    pub(crate) async fn redeem_code(&self, authorized: &Authorized) -> Result<Session, Failure> {
        let form = Form::default()
            .with("grant_type", "authorization_code")
            .with("code", &authorized.code)
            .with("redirect_uri", &authorized.redirect_uri)
            .with("code_verifier", &authorized.verifier);
        let session = self.ask_for_tokens(&form).await?;
        self.drive(self.role.accept_id_token(&session.id_token, &authorized.nonce, self.clock.now())).await?;
        Ok(session)
    }

    /// Renews the tokens without the person; the sign-on gets no younger by it.
    pub(crate) async fn renew(&self, session: &Session) -> Result<Session, Failure> {
        let form =
            Form::default().with("grant_type", "refresh_token").with("refresh_token", &session.refresh_token);
        self.ask_for_tokens(&form).await
    }

    /// The code, if the answer is to our question (`state`) and from whom we asked (`iss`, RFC 9207 §2.4).
    fn code_of(&self, answer: &Form, state: &str) -> Result<String, Failure> {
        if answer.get("state") != Some(state) || answer.get("iss") != Some(&self.company.issuer) {
            return Err(Failure::broken("the answer is not to this request"));
        }
        match (answer.get("code"), answer.get("error")) {
            (Some(code), None) => Ok(code.to_owned()),
            (_, error) => {
                let error = error.unwrap_or_default().to_owned();
                Err(Failure::Refused(Refusal { status: 302, error, ..Refusal::default() }))
            }
        }
    }

    async fn ask_for_tokens(&self, form: &Form) -> Result<Session, Failure> {
        let provider = self.provider().await?;
        let request = PlainRequest::post_form(provider.token_endpoint, form)
            .with_header("authorization", self.credentials.basic());
        let response = self.web.send(&request).await?;
        if response.status != 200 {
            return Err(Failure::Refused(Refusal::from_token_endpoint(&response)));
        }
        let body = response.body_json();
        Ok(Session { id_token: text(&body, "id_token")?, refresh_token: text(&body, "refresh_token")? })
    }

    /// OpenID Connect Discovery §4.3: the document has to name the issuer it was asked for.
    async fn provider(&self) -> Result<Provider, Failure> {
        let issuer = &self.company.issuer;
        let document =
            self.web.send(&PlainRequest::get(format!("{issuer}{}", WellKnown::OPENID))).await?.body_json();
        if text(&document, "issuer")? != *issuer {
            return Err(Failure::broken("the discovery document belongs to another issuer"));
        }
        Ok(Provider {
            authorization_endpoint: text(&document, "authorization_endpoint")?,
            token_endpoint: text(&document, "token_endpoint")?,
        })
    }
}

fn text(document: &Value, name: &str) -> Result<String, Failure> {
    document[name].as_str().map(str::to_owned).ok_or_else(|| Failure::broken(format!("`{name}` is missing")))
}
