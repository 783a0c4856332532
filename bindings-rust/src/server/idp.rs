//! The identity provider: its token endpoint, where sign-ons become ID-JAGs as the policy permits, its metadata, its keys.

use alloc::sync::Arc;
use core::fmt;

use axum::Router;
use axum::extract::Request;
use axum::response::Response;
use idjag::idp::{ExchangeMaterial, ExchangeNeeds, IdpAuthorizationServer, SubjectNeed, VerifiedExchange};
use idjag::oauth::http::{HttpRequest, HttpResponse};
use idjag::policy::Policy;
use idjag::record::DecisionRecord;
use idjag::text::ClientId;

use super::answer::{Halt, conclude};
use super::hosting::rule_of;
use super::issue::token_id;
use super::message::read_request;
use super::replay::first_uses;
use super::resource_as::{BODY_TIMEOUT, MAX_BODY_BYTES, keys_of};
use super::{Attests, Clients, Directory, Hosting, Issuing, Policies, RefreshTokens, SetupFailure};
use crate::{HostFailure, KeySource};

/// An identity provider and what it asks its host. Its keys verify the ID Tokens that it issued itself.
#[derive(Clone)]
pub struct IdentityProvider {
    /// What decides.
    pub server: Arc<IdpAuthorizationServer>,
    /// What it issues with and publishes.
    pub issuing: Issuing,
    /// The policy.
    pub policy: Arc<dyn Policies>,
    /// Its clients.
    pub clients: Arc<dyn Clients>,
    /// Its users.
    pub directory: Arc<dyn Directory>,
    /// Who vouches for refresh tokens and SAML assertions; without it they are unknown.
    pub attests: Option<Arc<dyn Attests>>,
    /// Who makes refresh tokens for SAML assertions; without it, requests for one are refused.
    pub refresh_tokens: Option<Arc<dyn RefreshTokens>>,
    /// The keys of the issuers of actor tokens.
    pub actor_keys: Option<Arc<dyn KeySource>>,
    /// Where things are remembered and written down.
    pub hosting: Hosting,
}

impl IdentityProvider {
    /// Routes for the token endpoint, the metadata (RFC 8414 and OpenID Connect) and the keys, at the paths of their
    /// public addresses.
    ///
    /// Fails when what is published contradicts the server.
    pub fn into_router(self) -> Result<Router, SetupFailure> {
        let config = self.server.config();
        self.issuing.check(&config.issuer, &config.token_endpoint)?;
        let issuing = self.issuing.clone().offering(config.detail_type_names());
        let endpoint = Arc::new(self);
        Ok(issuing.router(move |request: Request| {
            let endpoint = endpoint.clone();
            async move { endpoint.token(request).await }
        }))
    }

    /// Answers a request to the token endpoint, for hosts that answer other grants at the same address: they read its
    /// body and hand on what is a token exchange.
    pub async fn token(&self, request: Request) -> Response {
        let bounds = self.hosting.bounds(MAX_BODY_BYTES, BODY_TIMEOUT);
        match read_request(request, self.server.config().token_endpoint.as_str(), bounds).await {
            Ok(request) => conclude(self.decide(&request).await, &self.hosting).await,
            Err(unread) => unread,
        }
    }

    async fn decide(&self, request: &HttpRequest) -> Result<(HttpResponse, DecisionRecord), Halt> {
        let clock = &self.hosting.surroundings;
        let pending = self.server.parse(request, clock.now()?)?;
        let needs = pending.needs();
        let client_id = needs.client_id.clone();
        let (client, attested, actor_keys, nonces, revoked) = tokio::join!(
            self.clients.client(needs.client_id),
            self.attested(&needs),
            self.actor_keys(&needs),
            self.hosting.nonces(),
            self.hosting.revoked(),
        );
        let (client, attested, nonces, revoked) = (client?, attested?, nonces?, revoked?);
        let material = ExchangeMaterial {
            client: client.as_deref(),
            own_keys: Some(&self.issuing.jwks),
            attested: attested.as_ref(),
            actor_keys: actor_keys.as_deref(),
            revocations: revoked.as_deref(),
            nonce: rule_of(nonces.as_ref()),
        };
        let verified = pending.verify(&material, clock.now()?)?;
        let policy = self.policy.in_force().await?;
        match &self.refresh_tokens {
            Some(makes) if verified.wants_refresh_token() => {
                self.renew(verified, &policy, makes.as_ref(), &client_id).await
            }
            _ => self.exchange(verified, &policy).await,
        }
    }

    async fn exchange(
        &self,
        verified: VerifiedExchange<'_>,
        policy: &Policy,
    ) -> Result<(HttpResponse, DecisionRecord), Halt> {
        let clock = &self.hosting.surroundings;
        let target = verified.target(policy)?;
        let user = self.directory.user(target.subject(), target.audience(), target.client_id()).await?;
        let authorized = target.authorize(user.as_ref(), clock.now()?)?;
        let signer = self.issuing.signers.current().await?;
        let keys = authorized.replay_keys().clone();
        let answers = first_uses(self.hosting.replay.as_deref(), keys.iter(), clock.now()?).await;
        let spent = authorized.answered(&answers)?;
        signer.sign(spent.id_jag(token_id(clock)?, clock.now()?)?).await
    }

    /// A refresh token for a SAML assertion.
    async fn renew(
        &self,
        verified: VerifiedExchange<'_>,
        policy: &Policy,
        makes: &dyn RefreshTokens,
        client_id: &ClientId,
    ) -> Result<(HttpResponse, DecisionRecord), Halt> {
        let clock = &self.hosting.surroundings;
        let user = verified.subject().clone();
        let offered = makes.offered(&user, client_id).await?;
        let authorized = verified.refresh_token(policy, &offered)?;
        let keys = authorized.replay_keys().clone();
        let answers = first_uses(self.hosting.replay.as_deref(), keys.iter(), clock.now()?).await;
        let spent = authorized.answered(&answers)?;
        let made = makes.make(&user, client_id, spent.scope(), spent.binding()).await?;
        Ok(spent.into_response(&made.token, made.expires_in, clock.now()?))
    }

    async fn attested(
        &self,
        needs: &ExchangeNeeds<'_>,
    ) -> Result<Option<idjag::idp::HostAttestedSubject>, HostFailure> {
        match (&self.attests, needs.subject) {
            (None, _) | (_, SubjectNeed::IdToken(_)) => Ok(None),
            (Some(attests), token) => attests.attest(token, needs.client_id).await,
        }
    }

    async fn actor_keys(&self, needs: &ExchangeNeeds<'_>) -> Option<Arc<idjag::jose::KeySet>> {
        let ((issuer, kid), keys) = needs.actor.zip(self.actor_keys.as_ref())?;
        keys_of(keys.as_ref(), issuer, kid, &self.hosting).await
    }
}

impl fmt::Debug for IdentityProvider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IdentityProvider").field("server", &self.server).finish_non_exhaustive()
    }
}
