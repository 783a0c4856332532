//! The grants without an ID-JAG: what they need, and what they send.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::sync::Arc;

use super::{
    AssertionNeed, Authorization, AuthorizationNeed, Awaited, Connection, Outgoing, PlainGrant, Purpose,
    State, Step, Target, Title, Way,
};
use crate::client::Entropy;
use crate::client::authorize::{AuthorizationRequest, Wanted};
use crate::error::Error;
use crate::time::UnixTime;

impl Connection {
    /// How a token is come by when nothing is at hand: the configuration's way, and no other.
    pub(super) fn start(&self) -> State {
        match &self.config.way {
            Way::IdJag(_) => State::Exchange,
            Way::ClientCredentials => State::Token(Box::new(Title::Credentials)),
            Way::Assertion => State::Assert,
            Way::AuthorizationCode(_) => State::Authorize(Box::default()),
        }
    }

    pub(super) fn need_assertion(&self) -> Result<Step, Error> {
        let place = self.target()?.place;
        Ok(Step::NeedAssertion(AssertionNeed { audience: place.server.issuer, resource: place.resource }))
    }

    /// The request is made once: a browser that is open already must find it unchanged.
    pub(super) fn need_authorization(&mut self, entropy: &Entropy<'_>) -> Result<Step, Error> {
        let config = Arc::clone(&self.config);
        let Way::AuthorizationCode(interactive) = &config.way else {
            return Err(Error::config("no redirect URI"));
        };
        let Target { place, credentials } = self.target()?;
        let State::Authorize(authorization) = &mut self.state else {
            return Err(Error::config("no authorization is due"));
        };
        let Authorization { step_up, request } = authorization.as_mut();
        let request = match request {
            Some(request) => request,
            None => {
                let wanted = Wanted {
                    client_id: credentials.client_id(),
                    redirect_uri: &interactive.redirect_uri,
                    resource: &place.resource,
                    scope: &place.scope,
                    details: self.details.as_ref(),
                    key: config.binding().thumbprint(),
                    step_up: step_up.as_ref(),
                };
                self.made = self.made.saturating_add(1);
                request.insert(AuthorizationRequest::new(&place.server, &wanted, entropy, self.made)?)
            }
        };
        Ok(Step::NeedAuthorization(AuthorizationNeed {
            url: String::from(request.url()),
            redirect_uri: interactive.redirect_uri.clone(),
        }))
    }

    pub(super) fn plain_grant(
        &mut self,
        title: Title,
        entropy: &Entropy<'_>,
        now: UnixTime,
    ) -> Result<Step, Error> {
        let Target { place, credentials } = self.target()?;
        let (credentials, proof) = self.authenticate(&credentials, &place.server, entropy, now)?;
        let (resource, scope) = (place.resource, place.scope);
        let types = self.config.detail_types.clone();
        let request = PlainGrant { title, resource, scope, details: self.details.clone(), types };
        let http = request.to_http(&credentials, proof.as_ref())?;
        let endpoint = credentials.endpoint().clone();
        let binding = self.config.binding();
        if let Title::Code(_) = &request.title {
            // RFC 6749 §4.1.2: a code that a server sees twice revokes what it gave. Where no answer comes, the user is
            // asked again.
            self.state = self.start();
        }
        self.send(
            Outgoing { request: http, purpose: Purpose::Grant },
            Awaited::Token { request, endpoint, binding },
        )
    }
}
