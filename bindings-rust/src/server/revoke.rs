//! The revocation endpoint (RFC 7009): a client gives up a token of its own.

use axum::extract::Request;
use axum::response::Response;
use idjag::oauth::http::{HttpRequest, HttpResponse};
use idjag::record::DecisionRecord;
use idjag::resource_as::{RevocationMaterial, Stored};
use idjag::uri::Url;

use super::AuthorizationServer;
use super::answer::{Halt, conclude};
use super::hosting::rule_of;
use super::message::read_request;
use super::replay::first_uses;
use super::resource_as::{BODY_TIMEOUT, MAX_BODY_BYTES};

impl AuthorizationServer {
    pub(super) async fn revoke(&self, endpoint: &Url, request: Request) -> Response {
        let bounds = self.hosting.bounds(MAX_BODY_BYTES, BODY_TIMEOUT);
        match read_request(request, endpoint.as_str(), bounds).await {
            Ok(request) => conclude(self.decide_revocation(&request).await, &self.hosting).await,
            Err(unread) => unread,
        }
    }

    async fn decide_revocation(&self, request: &HttpRequest) -> Result<(HttpResponse, DecisionRecord), Halt> {
        let clock = &self.hosting.surroundings;
        let pending = self.server.parse_revocation(request, clock.now()?)?;
        let client = self.clients.client(pending.needs().client_id).await?;
        let nonces = self.hosting.nonces().await?;
        let material = RevocationMaterial {
            client: client.as_deref(),
            own_keys: Some(&self.issuing.jwks),
            nonce: rule_of(nonces.as_ref()),
        };
        let verified = pending.verify(&material, clock.now()?)?;
        let keys = verified.replay_keys().clone();
        let answers = first_uses(self.hosting.replay.as_deref(), keys.iter(), clock.now()?).await;
        let spent = verified.answered(&answers)?;
        let stored = match (spent.entry(), &self.hosting.revocations) {
            (None, _) => Stored::Stored,
            (Some(_), None) => Stored::Unavailable,
            (Some(entry), Some(revocations)) => match revocations.add(entry, clock.now()?).await {
                Ok(()) => Stored::Stored,
                Err(failure) => {
                    self.hosting.failures.report(failure.cause());
                    Stored::Unavailable
                }
            },
        };
        Ok(spent.stored(stored)?)
    }
}
