//! The identity provider's web side: discovery, keys, one sign-on page, and the token endpoint.

mod authorize;
mod page;
mod token;
mod vault;

use alloc::sync::Arc;
use core::future::ready;

use axum::Router;
use idjag::Seconds;

use self::authorize::{AuthorizationRequest, Login};
pub(crate) use self::page::SIGN_ON_TITLE;
use self::vault::Vault;
use crate::clock::Clock;
use crate::company::Company;
use crate::trust::{IdentityProvider, SignOn};
use crate::web::Site;

const TICKET_LIFETIME: Seconds = Seconds(600);
const CODE_LIFETIME: Seconds = Seconds(60);
const SESSION_LIFETIME: Seconds = Seconds(7 * 86_400);
const REFRESH_LIFETIME: Seconds = Seconds(30 * 86_400);

/// Everything that the pages and the token endpoint remember.
pub(crate) struct Idp {
    company: Arc<Company>,
    role: IdentityProvider,
    /// A request that waits for its person, by the ticket in the form.
    waiting: Vault<AuthorizationRequest>,
    /// A browser in which someone has signed on, by its cookie.
    sessions: Vault<Login>,
    codes: Vault<token::Code>,
    refresh_tokens: Vault<SignOn>,
}

impl Idp {
    pub(crate) fn new(company: Arc<Company>, role: IdentityProvider) -> Arc<Self> {
        Arc::new(Self {
            company,
            role,
            waiting: Vault::new(TICKET_LIFETIME),
            sessions: Vault::new(SESSION_LIFETIME),
            codes: Vault::new(CODE_LIFETIME),
            refresh_tokens: Vault::new(REFRESH_LIFETIME),
        })
    }

    pub(crate) fn into_router(self: Arc<Self>, clock: &Clock) -> Router {
        let at = |idp: &Arc<Self>| idp.clone();
        let (metadata, jwks, show, submit, token) = (at(&self), at(&self), at(&self), at(&self), at(&self));
        Site::new(self.company.issuer.as_str(), clock)
            .get("/.well-known/openid-configuration", move |_, _| metadata.role.metadata())
            .get("/jwks", move |_, _| jwks.role.jwks())
            .get("/authorize", move |request, now| show.show_sign_on(request, now))
            .post("/authorize", move |request, now| ready(submit.submit_sign_on(&request, now)))
            .post("/token", move |request, now| {
                let token = token.clone();
                async move { token.answer_token(&request, now).await }
            })
            .into_router()
    }
}
