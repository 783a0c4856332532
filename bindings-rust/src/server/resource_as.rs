//! The resource authorization server: its token endpoint, where ID-JAGs become access tokens and those
//! narrower ones, its metadata, its keys.

use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;
use core::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::response::Response;
use axum::routing::any;
use idjag::jose::KeySet;
use idjag::oauth::http::{HttpRequest, HttpResponse};
use idjag::policy::Policy;
use idjag::record::DecisionRecord;
use idjag::replay::{FirstUse, ReplayKeys};
use idjag::resource_as::{
    DelegationMaterial, GrantMaterial, PendingDelegation, PendingGrant, PendingToken,
    ResourceAuthorizationServer,
};
use idjag::text::KeyId;
use idjag::uri::Issuer;

use super::answer::{Halt, conclude};
use super::hosting::rule_of;
use super::issue::{path_of, token_id};
use super::message::read_request;
use super::replay::first_uses;
use super::{Accounts, Clients, Hosting, Issuing, Policies, SetupFailure};
use crate::{HostFailure, KeySource};

/// More than any token request has; the library's own cap is far below it.
pub(super) const MAX_BODY_BYTES: usize = 256 << 10;
pub(super) const BODY_TIMEOUT: Duration = Duration::from_secs(10);

/// A resource authorization server and what it asks its host.
#[derive(Clone)]
pub struct AuthorizationServer {
    /// What decides.
    pub server: Arc<ResourceAuthorizationServer>,
    /// What it issues with and publishes.
    pub issuing: Issuing,
    /// The keys of the identity providers, and of the issuers of actor tokens.
    pub keys: Arc<dyn KeySource>,
    /// Its clients.
    pub clients: Arc<dyn Clients>,
    /// Its users.
    pub accounts: Arc<dyn Accounts>,
    /// The policy, if this server has one of its own; otherwise it grants what the ID-JAG says, within its catalogue.
    pub policy: Option<Arc<dyn Policies>>,
    /// Where things are remembered and written down.
    pub hosting: Hosting,
}

impl AuthorizationServer {
    /// Routes for the token endpoint, the revocation endpoint where one is configured, the RFC 8414 metadata and the keys,
    /// at the paths of their public addresses. Merge them with those of the MCP server, or serve them elsewhere.
    ///
    /// Fails when what is published contradicts the server.
    pub fn into_router(self) -> Result<Router, SetupFailure> {
        let config = self.server.config();
        self.issuing.check(&config.issuer, &config.token_endpoint)?;
        if self.issuing.metadata.revocation_endpoint != config.revocation_endpoint {
            return Err(SetupFailure::Contradiction(
                "the metadata names another revocation endpoint than the server",
            ));
        }
        if config.revocation_endpoint.is_some() && self.hosting.revocations.is_none() {
            return Err(SetupFailure::Contradiction("nothing keeps what the revocation endpoint revokes"));
        }
        let issuing = self.issuing.clone().offering(config.detail_types.names());
        let revocation = config.revocation_endpoint.clone();
        let endpoint = Arc::new(self);
        let tokens = endpoint.clone();
        let router = issuing.router(move |request: Request| {
            let endpoint = tokens.clone();
            async move { endpoint.token(request).await }
        });
        let Some(revocation) = revocation else { return Ok(router) };
        let path = String::from(path_of(&revocation));
        let revoke = async move |request: Request| endpoint.revoke(&revocation, request).await;
        Ok(router.route(&path, any(revoke)))
    }

    async fn token(&self, request: Request) -> Response {
        let bounds = self.hosting.bounds(MAX_BODY_BYTES, BODY_TIMEOUT);
        match read_request(request, self.server.config().token_endpoint.as_str(), bounds).await {
            Ok(request) => conclude(self.decide(&request).await, &self.hosting).await,
            Err(unread) => unread,
        }
    }

    async fn decide(&self, request: &HttpRequest) -> Result<(HttpResponse, DecisionRecord), Halt> {
        match self.server.parse_token(request, self.hosting.surroundings.now()?)? {
            PendingToken::Grant(pending) => self.redeem(pending).await,
            PendingToken::Delegation(pending) => self.derive(pending).await,
        }
    }

    /// An access token for an ID-JAG.
    async fn redeem(&self, pending: PendingGrant<'_>) -> Result<(HttpResponse, DecisionRecord), Halt> {
        let clock = &self.hosting.surroundings;
        let needs = pending.needs();
        let (keys, client, nonces, revoked) = tokio::join!(
            keys_of(self.keys.as_ref(), needs.issuer, needs.kid, &self.hosting),
            self.clients.client(needs.client_id),
            self.hosting.nonces(),
            self.hosting.revoked(),
        );
        let (client, nonces, revoked) = (client?, nonces?, revoked?);
        let material = GrantMaterial {
            keys: keys.as_deref(),
            client: client.as_deref(),
            revocations: revoked.as_deref(),
            nonce: rule_of(nonces.as_ref()),
        };
        let verified = pending.verify(&material, clock.now()?)?;
        let account = self.accounts.account(verified.claims()).await?;
        let policy = self.policy().await?;
        let granted = verified.authorize(policy.as_deref(), account.as_ref(), clock.now()?)?;
        let signer = self.issuing.signers.current().await?;
        let answers = self.first_uses(granted.replay_keys()).await?;
        let spent = granted.answered(&answers)?;
        signer.sign(spent.access_token(token_id(clock)?, clock.now()?)?).await
    }

    /// A narrower access token for an access token.
    async fn derive(&self, pending: PendingDelegation<'_>) -> Result<(HttpResponse, DecisionRecord), Halt> {
        let clock = &self.hosting.surroundings;
        let needs = pending.needs();
        let (actor_keys, client, nonces, revoked) = tokio::join!(
            self.actor_keys(needs.actor),
            self.clients.client(needs.client_id),
            self.hosting.nonces(),
            self.hosting.revoked(),
        );
        let (client, nonces, revoked) = (client?, nonces?, revoked?);
        let material = DelegationMaterial {
            own_keys: Some(&self.issuing.jwks),
            actor_keys: actor_keys.as_deref(),
            client: client.as_deref(),
            revocations: revoked.as_deref(),
            nonce: rule_of(nonces.as_ref()),
        };
        let verified = pending.verify(&material, clock.now()?)?;
        let account = self.accounts.user(verified.parent()).await?;
        let policy = self.policy().await?;
        let granted = verified.authorize(policy.as_deref(), account.as_ref(), clock.now()?)?;
        let signer = self.issuing.signers.current().await?;
        let answers = self.first_uses(granted.replay_keys()).await?;
        let spent = granted.answered(&answers)?;
        signer.sign(spent.access_token(token_id(clock)?, clock.now()?)?).await
    }

    async fn policy(&self) -> Result<Option<Arc<Policy>>, HostFailure> {
        match &self.policy {
            Some(policy) => policy.in_force().await.map(Some),
            None => Ok(None),
        }
    }

    async fn first_uses(&self, keys: &ReplayKeys) -> Result<Vec<FirstUse>, HostFailure> {
        let now = self.hosting.surroundings.now()?;
        Ok(first_uses(self.hosting.replay.as_deref(), keys.iter(), now).await)
    }

    async fn actor_keys(&self, actor: Option<(&Issuer, Option<&KeyId>)>) -> Option<Arc<KeySet>> {
        let (issuer, kid) = actor?;
        keys_of(self.keys.as_ref(), issuer, kid, &self.hosting).await
    }
}

/// The keys of `issuer`. That they cannot be had is for the library to say: without them nothing is verified.
pub(super) async fn keys_of(
    keys: &dyn KeySource,
    issuer: &Issuer,
    kid: Option<&KeyId>,
    hosting: &Hosting,
) -> Option<Arc<KeySet>> {
    keys.keys(issuer, kid).await.unwrap_or_else(|failure| {
        hosting.failures.report(failure.cause());
        None
    })
}

impl fmt::Debug for AuthorizationServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuthorizationServer").field("server", &self.server).finish_non_exhaustive()
    }
}
