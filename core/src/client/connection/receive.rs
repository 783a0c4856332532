//! What came back, and where it leads.

use super::{
    Awaited, Connection, Denial, HeldIdJag, IdentityReason, Outcome, Party, Patience, State, Target,
};
use crate::client::{ObtainedAccessToken, ObtainedIdJag, ServerAnswer, SubjectKind};
use crate::client::{process_exchange_response, process_grant_response};
use crate::error::{Error, ErrorCode};
use crate::oauth::discovery::{Discovered, Progress, initial_scope};
use crate::oauth::http::HttpResponse;
use crate::time::{Seconds, UnixTime};

impl Connection {
    /// Takes the response to the request that [`Connection::next`] named last; what follows from it, the next
    /// [`Connection::next`] says.
    ///
    /// Fails with `config_invalid` when no response is due.
    pub fn receive(&mut self, response: &HttpResponse, now: UnixTime) -> Result<(), Error> {
        let awaited = self.awaited.take().ok_or(Error::config("no response is due"))?;
        match *awaited {
            Awaited::Document => self.receive_document(response, now),
            Awaited::Exchange { request, subject, endpoint, binding } => {
                self.nonces.learn(&endpoint, response);
                let limits = &self.config.limits;
                let answer = process_exchange_response(response, &request, binding, limits, now);
                self.receive_id_jag(answer, subject, now);
            }
            Awaited::Grant { request, endpoint, binding } => {
                self.nonces.learn(&endpoint, response);
                let answer = process_grant_response(response, &request, binding, &self.config.limits, now);
                self.receive_token(answer, now);
            }
        }
        Ok(())
    }

    /// Says that no response came: the server is not there, or not in time. The request is tried again, for a while.
    pub fn unreachable(&mut self, now: UnixTime) {
        if self.awaited.take().is_some() {
            self.wait(None, now);
        }
    }

    fn receive_document(&mut self, response: &HttpResponse, now: UnixTime) {
        let State::Discover(discovery) = &mut self.state else { return };
        match discovery.receive(response) {
            Ok(Progress::Next) => {}
            Ok(Progress::Done(found)) => match self.aim(found) {
                Ok(target) => {
                    self.target = Some(target.into());
                    self.patience.connected();
                    self.state = State::Exchange;
                }
                Err(error) => self.end(Outcome::Failed(error)),
            },
            Err(error) if error.code() == ErrorCode::ServerFailed => {
                let ServerAnswer::Unavailable { retry_after } = ServerAnswer::unavailable(response) else {
                    return;
                };
                self.wait(retry_after, now);
            }
            Err(error) => self.end(Outcome::Failed(error)),
        }
    }

    /// What to ask for, and as whom. Fails with `profile_unsupported`, `credentials_issuer_mismatch`, or
    /// `proof_required` when the resource takes bound tokens only and there is no key.
    fn aim(&self, found: Discovered) -> Result<Target, Error> {
        let Discovered { resource, authorization_server: server } = found;
        if self.config.requires_profile && !server.supports_id_jag() {
            return Err(Error::new(ErrorCode::ProfileUnsupported));
        }
        if resource.dpop_bound_access_tokens_required && self.config.dpop.is_none() {
            return Err(Error::new(ErrorCode::ProofRequired));
        }
        let credentials = self.config.credentials_at(&server)?;
        let scope = initial_scope(self.challenged.as_ref(), Some(&resource));
        let scope = self.wanted.clone().unwrap_or(scope);
        Ok(Target { resource: resource.resource, server, credentials, scope })
    }

    fn receive_id_jag(
        &mut self,
        answer: Result<ObtainedIdJag, ServerAnswer>,
        subject: SubjectKind,
        now: UnixTime,
    ) {
        match answer {
            Ok(id_jag) => {
                self.patience.token_issued();
                self.id_jag = Some(HeldIdJag { id_jag, redeemed: 0 });
                self.state = State::Grant;
            }
            // The next kind of subject token, or the user: JAG-078.
            Err(ServerAnswer::GrantRefused) => self.refused.push(subject),
            Err(answer) => self.refused_by(Party::IdentityProvider, answer, now),
        }
    }

    fn receive_token(&mut self, answer: Result<ObtainedAccessToken, ServerAnswer>, now: UnixTime) {
        match answer {
            Ok(token) => {
                self.patience.connected();
                self.patience.sign_ons = 0;
                if let Some(held) = &mut self.id_jag {
                    held.redeemed = held.redeemed.saturating_add(1);
                }
                self.token = Some(token);
                self.before = None;
                self.state = State::Ready;
            }
            Err(ServerAnswer::GrantRefused) => {
                // AMB-001: a server may let an ID-JAG be used once only, so a second use may fail for that alone.
                let was_used = self.id_jag.take().is_some_and(|held| held.redeemed > 0);
                if was_used || Patience::allows(&mut self.patience.refusals, Patience::REFUSALS) {
                    self.state = State::Exchange;
                } else {
                    self.end(Outcome::Failed(ServerAnswer::GrantRefused.error()));
                }
            }
            Err(answer) => self.refused_by(Party::AuthorizationServer, answer, now),
        }
    }

    /// What both token endpoints may say.
    fn refused_by(&mut self, by: Party, answer: ServerAnswer, now: UnixTime) {
        match answer {
            ServerAnswer::Denied => self.end(Outcome::Denied(Denial { by })),
            ServerAnswer::StepUp(step_up) => self.need_identity(IdentityReason::StepUp, Some(step_up)),
            // The nonce has been learnt: the same request again, with a new proof.
            ServerAnswer::NonceRequired(_)
                if self.config.dpop.is_some()
                    && Patience::allows(&mut self.patience.nonces, Patience::NONCES) => {}
            ServerAnswer::Unavailable { retry_after } => self.wait(retry_after, now),
            other => self.end(Outcome::Failed(other.error())),
        }
    }

    /// Later: when the server said, else after one, two, four seconds. Not more often than that.
    fn wait(&mut self, retry_after: Option<Seconds>, now: UnixTime) {
        let doubled = Seconds(1_u64.checked_shl(self.patience.waited).unwrap_or(1));
        if Patience::allows(&mut self.patience.waited, Patience::WAITED) {
            self.not_before = Some(now.plus(retry_after.unwrap_or(doubled).max(Seconds(1))));
        } else {
            self.end(Outcome::Failed(Error::new(ErrorCode::ServerFailed)));
        }
    }
}
