//! What only the host can supply: a sign-on, a workload's assertion, a user's permission.

use alloc::boxed::Box;
use alloc::sync::Arc;
use alloc::vec::Vec;

#[cfg(doc)]
use super::Step;
use super::{Connection, Denial, IdentityNeed, IdentityReason, Outcome, Party, Patience, State, Title};
use crate::client::{Identity, ServerAnswer};
use crate::error::{Error, ErrorCode};
use crate::policy::StepUp;
use crate::secret::Secret;

impl Connection {
    /// Takes the user's sign-on: before the first step, or when [`Step::NeedIdentity`] asked for a new one. One
    /// value serves all connections.
    ///
    /// Fails with `token_for_another_server` when it is a sign-on at another IdP, with `step_up_limit` when one
    /// sign-on after another has not been enough, and with `config_invalid` where tokens do not come by ID-JAG.
    pub fn identify(&mut self, identity: Arc<Identity>) -> Result<(), Error> {
        let idp = self.config.idp().ok_or(Error::config("no sign-on is taken by this grant"))?;
        if *identity.issuer() != idp.issuer {
            return Err(Error::new(ErrorCode::TokenForAnotherServer));
        }
        if matches!(self.state, State::Identify(_)) {
            self.count_sign_on()?;
            self.state = State::Exchange;
        }
        self.identity = Some(identity);
        self.refused.clear();
        Ok(())
    }

    /// Takes the JWT that [`Step::NeedAssertion`] asked for. It is sent until the server answers, also when that asks
    /// for patience or for a nonce, and never after a refusal.
    ///
    /// Fails with `config_invalid` when none is asked for.
    pub fn supply_assertion(&mut self, assertion: Secret) -> Result<(), Error> {
        if !matches!(self.state, State::Assert) {
            return Err(Error::config("no assertion is due"));
        }
        self.state = State::Token(Box::new(Title::Assertion(assertion)));
        Ok(())
    }

    /// Takes the address that the browser was sent back to after [`Step::NeedAuthorization`], query included. What
    /// follows from it, the next [`Connection::next`] says.
    ///
    /// Fails with `config_invalid` when no response is due; with `state_mismatch` when it is none to this request,
    /// and the step is repeated: whoever can make a browser call an address must not be able to end a connection;
    /// with `step_up_limit` when one permission after another has not been enough.
    pub fn authorization_response(&mut self, called: &str) -> Result<(), Error> {
        const NOT_DUE: Error = Error::config("no authorization response is due");
        let State::Authorize(authorization) = &self.state else { return Err(NOT_DUE) };
        let request = authorization.request.as_ref().ok_or(NOT_DUE)?;
        let response = request.response(called, &self.config.limits)?;
        match request.read(&response) {
            Ok(code) => {
                self.count_sign_on()?;
                self.state = State::Token(Box::new(Title::Code(code)));
            }
            Err(ServerAnswer::Denied) => self.end(Outcome::Denied(Denial { by: Party::AuthorizationServer })),
            Err(answer) => self.end(Outcome::Failed(answer.error())),
        }
        Ok(())
    }

    /// Says that what the last step asks for will not come, be it a sign-on, an assertion or the user's permission:
    /// what was granted before a step-up stays usable; without that, the connection has failed with
    /// `identity_expired`.
    pub fn decline(&mut self) {
        if matches!(self.state, State::Identify(_) | State::Assert | State::Authorize(_)) {
            self.end(Outcome::Failed(Error::new(ErrorCode::IdentityExpired)));
            self.restore();
        }
    }

    fn count_sign_on(&mut self) -> Result<(), Error> {
        if !Patience::allows(&mut self.patience.sign_ons, self.config.step_ups.saturating_add(1)) {
            let error = Error::new(ErrorCode::StepUpLimit);
            self.end(Outcome::Failed(error));
            return Err(error);
        }
        self.patience.connected();
        Ok(())
    }

    pub(super) fn need_identity(&mut self, reason: IdentityReason, step_up: Option<StepUp>) {
        let (max_age, acr_values) =
            step_up.map_or((None, Vec::new()), |step_up| (step_up.max_age, step_up.acr_values));
        self.id_jag = None;
        self.token = None;
        self.state = State::Identify(IdentityNeed { reason, max_age, acr_values });
    }
}
