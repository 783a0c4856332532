//! What came back, and where it leads.

use alloc::boxed::Box;

use super::{
    Authorization, Awaited, Connection, Denial, HeldIdJag, IdentityReason, Outcome, Party, Patience, Place,
    PlainGrant, State, Target, Title, Unregistered, Way,
};
use crate::client::authorize::endpoint_of;
use crate::client::config::Standing;
use crate::client::{Binding, process_exchange_response, process_grant_response};
use crate::client::{ClientCredentials, ObtainedAccessToken, ObtainedIdJag, ServerAnswer, SubjectKind};
use crate::error::{Error, ErrorCode};
use crate::oauth::discovery::{Discovered, Progress, initial_scope};
use crate::oauth::http::HttpResponse;
use crate::policy::StepUp;
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
            Awaited::Registration(request) => {
                let answer = request.read(response, &self.config.limits);
                self.receive_registration(answer, now);
            }
            Awaited::Token { request, endpoint, binding } => {
                self.nonces.learn(&endpoint, response);
                self.receive_plain(&request, response, binding, now)?;
            }
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
            Ok(Progress::Done(found)) => {
                if let Err(error) = self.aim(found) {
                    self.end(Outcome::Failed(error));
                }
            }
            Err(error) if error.code() == ErrorCode::ServerFailed => {
                let ServerAnswer::Unavailable { retry_after } = ServerAnswer::unavailable(response) else {
                    return;
                };
                self.wait(retry_after, now);
            }
            Err(error) => self.end(Outcome::Failed(error)),
        }
    }

    /// What to ask for, and as whom, if that is known yet. Fails with `profile_unsupported`, `credentials_issuer_mismatch`,
    /// `proof_required` when the resource takes bound tokens only and there is no key;
    /// with `metadata_malformed` or `pkce_unsupported` where the user cannot be asked safely.
    fn aim(&mut self, found: Discovered) -> Result<(), Error> {
        let Discovered { resource, authorization_server: server } = found;
        if let Way::IdJag(cross_app) = &self.config.way
            && cross_app.requires_profile
            && !server.supports_id_jag()
        {
            return Err(Error::new(ErrorCode::ProfileUnsupported));
        }
        if resource.dpop_bound_access_tokens_required && self.config.dpop.is_none() {
            return Err(Error::new(ErrorCode::ProofRequired));
        }
        if let Way::AuthorizationCode(_) = &self.config.way {
            endpoint_of(&server)?;
        }
        let standing = self.config.credentials_at(&server)?;
        let scope = initial_scope(self.challenged.as_ref(), Some(&resource));
        let scope = self.wanted.clone().unwrap_or(scope);
        let place = Place { resource: resource.resource, server, scope };
        match standing {
            Standing::Known(credentials) => self.known(place, credentials),
            Standing::Unregistered(request) => {
                self.patience.connected();
                self.state = State::Register(Box::new(Unregistered { place, request }));
            }
        }
        Ok(())
    }

    /// The client knows where, what for and as whom.
    fn known(&mut self, place: Place, credentials: ClientCredentials) {
        self.target = Some(Box::new(Target { place, credentials }));
        self.patience.connected();
        self.state = self.start();
    }

    fn receive_registration(&mut self, answer: Result<ClientCredentials, ServerAnswer>, now: UnixTime) {
        let State::Register(unregistered) = &self.state else { return };
        match answer {
            Ok(credentials) => {
                let place = unregistered.place.clone();
                self.known(place, credentials);
            }
            Err(answer) => self.refused_by(Party::AuthorizationServer, answer, now),
        }
    }

    fn receive_plain(
        &mut self,
        request: &PlainGrant,
        response: &HttpResponse,
        binding: Binding,
        now: UnixTime,
    ) -> Result<(), Error> {
        let issuer = self.target()?.place.server.issuer;
        match (request.read(response, &issuer, binding, &self.config.limits, now), &request.title) {
            (Ok((token, refresh)), title) => {
                // RFC 6749 §6: without a new one the old one goes on.
                let kept = if let Title::Refresh(token) = title { Some(token.clone()) } else { None };
                self.refresh = refresh.or(kept);
                self.receive_token(Ok(token), now);
            }
            // What the user permitted is over: the user again.
            (Err(ServerAnswer::GrantRefused), Title::Refresh(_)) => {
                self.refresh = None;
                self.state = self.start();
            }
            (Err(ServerAnswer::GrantRefused), _) => {
                self.end(Outcome::Failed(ServerAnswer::GrantRefused.error()));
            }
            (Err(answer), title) => {
                // Without the nonce nothing was looked at: the only code that is sent again.
                if let (ServerAnswer::NonceRequired(_), Title::Code(_)) = (&answer, title) {
                    self.state = State::Token(Box::new(title.clone()));
                }
                self.refused_by(Party::AuthorizationServer, answer, now);
            }
        }
        Ok(())
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
            ServerAnswer::StepUp(step_up) => self.step_up_user(step_up),
            // The nonce has been learnt: the same request again, with a new proof.
            ServerAnswer::NonceRequired(_)
                if self.config.dpop.is_some()
                    && Patience::allows(&mut self.patience.nonces, Patience::NONCES) => {}
            ServerAnswer::Unavailable { retry_after } => self.wait(retry_after, now),
            other => self.end(Outcome::Failed(other.error())),
        }
    }

    /// A fresher or stronger sign-on, where a user is part of the grant.
    pub(super) fn step_up_user(&mut self, step_up: StepUp) {
        match self.config.way {
            Way::IdJag(_) => self.need_identity(IdentityReason::StepUp, Some(step_up)),
            Way::AuthorizationCode(_) => {
                (self.token, self.refresh) = (None, None);
                let authorization = Authorization { step_up: Some(step_up), request: None };
                self.state = State::Authorize(Box::new(authorization));
            }
            Way::ClientCredentials | Way::Assertion => {
                self.end(Outcome::Failed(Error::new(ErrorCode::StepUpRequired)));
            }
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
