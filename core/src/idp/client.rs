//! Client authentication for the other grants of the same token endpoint: codes, refresh tokens.

use super::IdpAuthorizationServer;
use super::pending::authentication_rules;
use crate::error::{Error, ErrorCode};
use crate::oauth::RegisteredClient;
use crate::oauth::client_auth::authenticate;
use crate::oauth::http::HttpRequest;
use crate::oauth::token_request::TokenRequest;
use crate::rejection::Rejection;
use crate::replay::{FirstUse, ReplayKey, ReplayKeys};
use crate::text::ClientId;
use crate::time::UnixTime;

/// A token request of which only the client matters here.
#[derive(Clone, Debug)]
pub struct PendingClient<'s> {
    server: &'s IdpAuthorizationServer,
    request: TokenRequest,
}

impl IdpAuthorizationServer {
    /// Finds out which client a request to the token endpoint claims to be from. The grant is the host's to handle.
    pub fn parse_client(&self, request: &HttpRequest, now: UnixTime) -> Result<PendingClient<'_>, Rejection> {
        let parsed = TokenRequest::parse(request, &self.config().limits);
        let request = parsed.map_err(|error| self.reject(error, self.record(now), None))?;
        Ok(PendingClient { server: self, request })
    }
}

impl PendingClient<'_> {
    /// The client it claims to be from.
    #[must_use]
    pub const fn client_id(&self) -> &ClientId {
        &self.request.client_id
    }

    /// Authenticates the client, whose record the host has looked up, and spends its assertion if it sent one.
    ///
    /// Refuses with `client_unknown` or as client authentication does.
    pub fn authenticate(
        self,
        client: Option<&RegisteredClient>,
        store: impl FnMut(&ReplayKey) -> FirstUse,
        now: UnixTime,
    ) -> Result<ClientId, Rejection> {
        let server = self.server;
        self.check(client, store, now).map_err(|error| server.reject(error, server.record(now), None))
    }

    fn check(
        self,
        client: Option<&RegisteredClient>,
        store: impl FnMut(&ReplayKey) -> FirstUse,
        now: UnixTime,
    ) -> Result<ClientId, Error> {
        let client = client.ok_or(Error::new(ErrorCode::ClientUnknown))?;
        let spends = authenticate(&self.request, client, &authentication_rules(self.server.config()), now)?;
        let keys = ReplayKeys::new([spends]);
        keys.check(&keys.ask(store))?;
        Ok(self.request.client_id)
    }
}
