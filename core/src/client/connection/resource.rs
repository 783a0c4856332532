//! Requests to the MCP server, and what its refusals lead to.

use alloc::boxed::Box;

use super::{Connection, Patience, ResourceVerdict, State, challenged_by, discovery};
use crate::client::{Entropy, Proof, ServerAnswer};
use crate::error::{Error, ErrorCode};
use crate::oauth::http::{HttpRequest, HttpResponse};
use crate::scope::Scope;
use crate::time::UnixTime;
use crate::token::TokenKind;
use crate::uri::{Transport, Url};

impl Connection {
    /// Adds the access token, and the proof where it is bound, to a request to this MCP server. The request must be
    /// sent without following redirects, and its response passed to [`Connection::on_resource_response`].
    ///
    /// `entropy`: 32 random bytes, fresh for every call. Fails with `credentials_missing` when the connection is not
    /// ready, with `token_expired` when it must be renewed first, and as
    /// [`ObtainedAccessToken::authorize`](crate::client::ObtainedAccessToken::authorize).
    pub fn authorize(
        &mut self,
        request: HttpRequest,
        entropy: &[u8; 32],
        now: UnixTime,
    ) -> Result<HttpRequest, Error> {
        const NOT_READY: Error = Error::with_detail(ErrorCode::CredentialsMissing, "not ready");
        if !matches!(self.state, State::Ready) {
            return Err(NOT_READY);
        }
        let token_id = self.token_id(&Entropy::new(entropy)?, "dpop_proof")?;
        let token = self.token.as_ref().ok_or(NOT_READY)?;
        if token.is_expired(now) {
            return Err(Error::new(ErrorCode::TokenExpired).of(TokenKind::AccessToken));
        }
        let nonce = self.nonces.newest(&token.address(&request)?);
        let claims = token.proof_claims(&request, nonce, token_id, now)?;
        let proof = match (claims, &self.config.dpop) {
            (Some(claims), Some(dpop)) => Some(Proof::sign(claims, dpop.signer.as_ref())?),
            _ => None,
        };
        let is_proven = proof.is_some();
        let authorized = token.authorize(request, proof.as_ref(), &self.config.limits)?;
        self.under_way = self.under_way.saturating_add(u32::from(is_proven));
        Ok(authorized)
    }

    /// Takes the MCP server's response to an authorized request and says what it means. `operation` is the host's own
    /// name for what the request does, a tool's for example: step-ups are counted for each (MCP-030).
    ///
    /// Before discovery it may be the response to a request without token: its challenge says where the metadata is
    /// and which scope is needed, as with [`Connection::challenged`].
    pub fn on_resource_response(
        &mut self,
        operation: &str,
        response: &HttpResponse,
        now: UnixTime,
    ) -> ResourceVerdict {
        let origin = Url::new(self.server.as_str(), Transport::DangerousAllowHttpLoopback);
        if let Ok(origin) = origin {
            self.nonces.learn(&origin, response);
        }
        if let State::Discover(_) = &self.state {
            return self.challenge(response).unwrap_or_else(ResourceVerdict::Refused);
        }
        self.under_way = self.under_way.saturating_sub(1);
        let verdict = match ServerAnswer::of_resource(response, &self.config.limits) {
            None => {
                self.patience = Patience::default();
                self.step_ups.succeeded(&self.server, operation);
                return ResourceVerdict::Done;
            }
            Some(answer) => self.refused_by_resource(operation, answer, now),
        };
        verdict.unwrap_or_else(ResourceVerdict::Refused)
    }

    /// The response to a request without token (MCP-003, MCP-023).
    fn challenge(&mut self, response: &HttpResponse) -> Result<ResourceVerdict, Error> {
        match ServerAnswer::of_resource(response, &self.config.limits) {
            None => return Ok(ResourceVerdict::Done),
            Some(ServerAnswer::Unusable(error)) => return Err(error),
            Some(_) => {}
        }
        let (metadata, scope) = challenged_by(&self.config, response)?;
        self.awaited = None;
        self.state = State::Discover(Box::new(discovery(&self.config, &self.server, metadata)));
        self.challenged = scope;
        Ok(ResourceVerdict::Reconnect)
    }

    fn refused_by_resource(
        &mut self,
        operation: &str,
        answer: ServerAnswer,
        now: UnixTime,
    ) -> Result<ResourceVerdict, Error> {
        match answer {
            // A request that was sent before the nonce was known says nothing of the nonce.
            ServerAnswer::NonceRequired(_) if self.config.dpop.is_some() && self.patience.sent_before > 0 => {
                self.patience.sent_before = self.patience.sent_before.saturating_sub(1);
                Ok(ResourceVerdict::SendAgain)
            }
            ServerAnswer::NonceRequired(_)
                if self.config.dpop.is_some()
                    && Patience::allows(&mut self.patience.resource_nonces, Patience::NONCES) =>
            {
                self.patience.sent_before = self.under_way;
                Ok(ResourceVerdict::SendAgain)
            }
            // Another request has set a renewal off already.
            ServerAnswer::TokenRefused | ServerAnswer::StepUp(_) if self.token.is_none() => {
                Ok(ResourceVerdict::Reconnect)
            }
            ServerAnswer::TokenRefused => {
                if !Patience::allows(&mut self.patience.renewals, Patience::RENEWALS) {
                    return Err(answer.error());
                }
                self.token = None;
                self.patience.resource_nonces = 0;
                if self.patience.renewals >= Patience::RENEWALS {
                    self.rediscover();
                }
                Ok(ResourceVerdict::Reconnect)
            }
            ServerAnswer::StepUp(step_up) => {
                if !Patience::allows(&mut self.patience.resource_step_ups, self.config.step_ups) {
                    return Err(Error::new(ErrorCode::StepUpLimit));
                }
                let scope = self.target.as_ref().map(|target| target.place.scope.clone());
                self.set_aside(scope.unwrap_or_default(), now);
                self.step_up_user(step_up);
                Ok(ResourceVerdict::Reconnect)
            }
            ServerAnswer::InsufficientScope(Some(challenged)) => {
                self.step_up_scope(operation, &challenged, now)?;
                Ok(ResourceVerdict::Reconnect)
            }
            other => Err(other.error()),
        }
    }

    /// A fresh token is refused too: the resource may trust another authorization server now, where nothing that this one
    /// issued is of use (MCP-009, MCP-020).
    fn rediscover(&mut self) {
        (self.id_jag, self.refresh, self.awaited) = (None, None, None);
        self.wanted = self.target.as_ref().map(|target| target.place.scope.clone()).or(self.wanted.take());
        self.state = State::Discover(Box::new(discovery(&self.config, &self.server, None)));
    }

    /// Asks for everything asked for so far and what the challenge names (MCP-023, MCP-025), and keeps what there is
    /// in case that is denied.
    fn step_up_scope(&mut self, operation: &str, challenged: &Scope, now: UnixTime) -> Result<(), Error> {
        let place = &mut self.target.as_mut().ok_or(Error::config("nothing was discovered"))?.place;
        // Where nothing was asked for, what the server gave of its own accord must not be lost.
        let granted = self.token.as_ref().and_then(|token| token.scope()).cloned().unwrap_or_default();
        let asked = place.scope.union(&granted);
        let scope = self.step_ups.plan(&self.server, operation, &asked, challenged)?;
        let scope = core::mem::replace(&mut place.scope, scope);
        if matches!(self.state, State::Ready | State::Grant | State::Token(_)) {
            self.set_aside(scope, now);
            self.awaited = None;
            self.state = self.start();
        }
        Ok(())
    }
}
