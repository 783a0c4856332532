//! What to send next.

use alloc::boxed::Box;
use alloc::sync::Arc;

use super::{
    Awaited, Connection, HeldIdJag, IdentityReason, Outcome, Outgoing, Patience, Purpose, State, Step,
    Target, Title, Way,
};
use crate::client::{
    ClientCredentials, EndpointCredentials, Entropy, ExchangeRequest, GrantRequest, Proof, SubjectToken,
};
use crate::error::{Error, ErrorCode};
use crate::oauth::metadata::AuthorizationServerMetadata;
use crate::time::UnixTime;
use crate::token::DpopProof;
use crate::uri::Url;

impl Connection {
    /// What to do next. `entropy`: 32 random bytes, fresh for every call; `now`: the time.
    ///
    /// The state changes only when something comes back: a request whose response was lost is asked for again. An
    /// error of the host's own signer is a [`Step::Failed`] that the next call may not repeat.
    pub fn next(&mut self, entropy: &[u8; 32], now: UnixTime) -> Step {
        if let Some(at) = self.not_before.filter(|at| now < *at) {
            return Step::Wait { seconds: at.since(now) };
        }
        self.not_before = None;
        let step = Entropy::new(entropy).and_then(|entropy| self.advance(&entropy, now));
        step.unwrap_or_else(Step::Failed)
    }

    fn advance(&mut self, entropy: &Entropy<'_>, now: UnixTime) -> Result<Step, Error> {
        match &self.state {
            State::Discover(discovery) => {
                let request = discovery.next().ok_or(Error::config("discovery is over"))?;
                self.awaited = Some(Box::new(Awaited::Document));
                Ok(Step::Send(Outgoing { request, purpose: Purpose::Discovery }))
            }
            State::Register(unregistered) => {
                let request = unregistered.request.clone();
                let outgoing = Outgoing { request: request.to_http(), purpose: Purpose::Registration };
                self.send(outgoing, Awaited::Registration(request))
            }
            State::Identify(need) => Ok(Step::NeedIdentity(need.clone())),
            State::Exchange => self.exchange(entropy, now),
            State::Grant => self.grant(entropy, now),
            State::Assert => self.need_assertion(),
            State::Authorize(_) => self.need_authorization(entropy),
            State::Token(title) => {
                let title = Title::clone(title);
                self.plain_grant(title, entropy, now)
            }
            State::Ready if self.is_ready(now) => Ok(Step::Ready),
            State::Ready => self.renew(entropy, now),
            State::Over(outcome) => {
                let outcome = *outcome;
                self.restore();
                Ok(match outcome {
                    Outcome::Denied(denial) => Step::Denied(denial),
                    Outcome::Failed(error) => Step::Failed(error),
                })
            }
        }
    }

    /// After a step-up came to nothing: what was usable before is usable again.
    pub(super) fn restore(&mut self) {
        let Some(before) = self.before.take() else { return };
        self.id_jag = before.id_jag;
        self.token = Some(before.token);
        self.refresh = before.refresh;
        if let Some(target) = &mut self.target {
            target.place.scope = before.scope;
        }
        self.patience.connected();
        self.state = State::Ready;
    }

    /// The same ID-JAG if it is unexpired and has been redeemed once, or the refresh token; else from the start.
    fn renew(&mut self, entropy: &Entropy<'_>, now: UnixTime) -> Result<Step, Error> {
        self.token = None;
        let again = |held: &HeldIdJag| held.redeemed < 2 && !held.id_jag.is_expired(now);
        self.state = match &self.refresh {
            Some(token) => State::Token(Box::new(Title::Refresh(token.clone()))),
            None if self.id_jag.as_ref().is_some_and(again) => State::Grant,
            None => {
                self.id_jag = None;
                self.start()
            }
        };
        self.advance(entropy, now)
    }

    fn exchange(&mut self, entropy: &Entropy<'_>, now: UnixTime) -> Result<Step, Error> {
        let config = Arc::clone(&self.config);
        let Way::IdJag(cross_app) = &config.way else {
            return Err(Error::config("no identity provider"));
        };
        let Target { place, credentials } = self.target()?;
        let subject = match &self.identity {
            None => Err(IdentityReason::SignOn),
            Some(identity) => identity.subject(&self.refused, now).ok_or(if self.refused.is_empty() {
                IdentityReason::Expired
            } else {
                IdentityReason::Refused
            }),
        };
        let subject: SubjectToken = match subject {
            Ok(subject) => subject,
            Err(reason) => {
                self.need_identity(reason, None);
                return self.advance(entropy, now);
            }
        };
        let kind = subject.kind();
        let mut request = ExchangeRequest::new(&place.server, subject)
            .with_scope(place.scope.clone())
            .expecting_client(credentials.client_id().clone());
        request = if config.allows_resource_query {
            request.dangerous_with_resource(place.resource.clone())
        } else {
            request.with_resource(place.resource.clone())?
        };
        if let Some(details) = &self.details {
            request = request.with_details(details.clone()).with_detail_types(config.detail_types.clone());
        }
        if let Some(context) = &self.context {
            request = request.with_context(context.clone());
        }
        let (credentials, proof) = self.authenticate(&cross_app.credentials, &cross_app.idp, entropy, now)?;
        let http = request.to_http(&credentials, proof.as_ref())?;
        let endpoint = credentials.endpoint().clone();
        let binding = self.config.binding();
        self.send(
            Outgoing { request: http, purpose: Purpose::Exchange },
            Awaited::Exchange { request, subject: kind, endpoint, binding },
        )
    }

    fn grant(&mut self, entropy: &Entropy<'_>, now: UnixTime) -> Result<Step, Error> {
        let target = self.target()?;
        let Some(held) = self.id_jag.as_ref().filter(|held| !held.id_jag.is_expired(now)) else {
            // JAG-077: an expired ID-JAG is not even shown to the server.
            self.id_jag = None;
            self.state = State::Exchange;
            return self.exchange(entropy, now);
        };
        let Target { place, credentials } = target;
        let request = GrantRequest::new(held.id_jag.clone(), place.resource)
            .with_detail_types(self.config.detail_types.clone());
        let (credentials, proof) = self.authenticate(&credentials, &place.server, entropy, now)?;
        let http = request.to_http(&credentials, proof.as_ref(), now)?;
        let endpoint = credentials.endpoint().clone();
        let binding = self.config.binding();
        self.send(
            Outgoing { request: http, purpose: Purpose::Grant },
            Awaited::Grant { request, endpoint, binding },
        )
    }

    pub(super) fn target(&self) -> Result<Target, Error> {
        self.target.as_deref().cloned().ok_or(Error::config("nothing was discovered"))
    }

    pub(super) fn authenticate(
        &mut self,
        credentials: &ClientCredentials,
        server: &AuthorizationServerMetadata,
        entropy: &Entropy<'_>,
        now: UnixTime,
    ) -> Result<(EndpointCredentials, Option<Proof>), Error> {
        let token_id = self.token_id(entropy, "client_assertion")?;
        let credentials = credentials.at(server, token_id, now)?;
        let proof = self.proof(credentials.endpoint(), entropy, now)?;
        Ok((credentials, proof))
    }

    fn proof(
        &mut self,
        endpoint: &Url,
        entropy: &Entropy<'_>,
        now: UnixTime,
    ) -> Result<Option<Proof>, Error> {
        let Some(dpop) = self.config.dpop.clone() else { return Ok(None) };
        let claims = DpopProof {
            token_id: self.token_id(entropy, "dpop_proof")?,
            method: "POST".into(),
            url: endpoint.clone(),
            issued_at: now,
            access_token_hash: None,
            nonce: self.nonces.newest(endpoint).cloned(),
        };
        Proof::sign(claims, dpop.signer.as_ref()).map(Some)
    }

    pub(super) fn send(&mut self, outgoing: Outgoing, awaited: Awaited) -> Result<Step, Error> {
        if !Patience::allows(&mut self.patience.sent, Patience::SENT) {
            let error = Error::new(ErrorCode::ServerFailed);
            self.end(Outcome::Failed(error));
            return Ok(Step::Failed(error));
        }
        self.awaited = Some(Box::new(awaited));
        Ok(Step::Send(outgoing))
    }
}
