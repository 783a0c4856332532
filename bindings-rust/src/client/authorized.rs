//! Requests to one MCP server: with its token, sent again where that helps.

use alloc::sync::Arc;
use core::time::Duration;

use idjag::client::{Connection, DerivedAccessToken, Downscope, DownscopeAnswer, ResourceVerdict};
use idjag::oauth::http::HttpRequest;
use idjag::uri::ResourceId;
use tokio::sync::Mutex;

use super::driver::Driven;
use super::{ClientError, Driver};
use crate::send::head_of;

/// For how long the head of an MCP server's response is waited for: tools take their time.
const PATIENCE: Duration = Duration::from_secs(300);
/// Requests for one answer. The connection itself gives up earlier.
const MAX_ATTEMPTS: usize = 10;

/// Requests to one MCP server over one connection. Cheap to clone: callers take turns at connecting, and the first does
/// the work for all.
#[derive(Clone, Debug)]
pub struct AuthorizedHttp {
    driver: Driver,
    patience: Duration,
    starts_bare: bool,
    server: ResourceId,
    driven: Arc<Mutex<Driven>>,
}

impl AuthorizedHttp {
    pub(super) fn new(driver: Driver, connection: Connection) -> Self {
        let server = connection.server().clone();
        let driven = Arc::new(Mutex::new(Driven::new(connection)));
        Self { driver, patience: PATIENCE, starts_bare: false, server, driven }
    }

    /// How long the head of a response may take.
    #[must_use]
    pub fn with_patience(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    /// Sends the first request without a token, so that the server's challenge says where its metadata is and which scope
    /// is needed. Otherwise both are looked for at the well-known addresses.
    #[must_use]
    pub fn starting_without_token(self) -> Self {
        Self { starts_bare: true, ..self }
    }

    /// The MCP server.
    #[must_use]
    pub const fn server(&self) -> &ResourceId {
        &self.server
    }

    /// Connects now and not with the first request.
    ///
    /// Fails when the connection was denied or does not work.
    pub async fn connect(&self) -> Result<(), ClientError> {
        self.driver.ready(&mut *self.driven.lock().await).await.map(drop)
    }

    /// An access token for a subagent (RFC 8693): within what is `wanted`, never more than this connection's, and dead with
    /// it. Connects where needed.
    ///
    /// Fails when the connection does, and when the server refuses.
    pub async fn downscope(&self, wanted: &Downscope) -> Result<DerivedAccessToken, ClientError> {
        // In one turn, so that nobody else's renewal comes between request and response.
        let mut driven = self.driven.lock().await;
        for _ in 0..MAX_ATTEMPTS {
            let now = self.driver.ready(&mut driven).await?;
            let surroundings = &self.driver.surroundings;
            let request = driven.connection.downscope(wanted, &surroundings.random()?, now)?;
            let response = self.driver.http.send(&request).await?;
            match driven.connection.on_downscope_response(wanted, &response, surroundings.now()?)? {
                DownscopeAnswer::Derived(derived) => return Ok(derived),
                DownscopeAnswer::Again => {}
                DownscopeAnswer::Refused(answer) => return Err(answer.error().into()),
            }
        }
        Err(ClientError::Endless)
    }

    /// What `look` sees of the connection: the token's scope and lifetime, the authorization server.
    pub async fn look<T>(&self, look: impl FnOnce(&Connection) -> T) -> T {
        look(&self.driven.lock().await.connection)
    }

    /// Sends `request`, which has no credentials, with the access token, and a proof where the token is bound; connects
    /// where needed, and sends again what the connection says is worth it. `operation` is your name for what the request
    /// does, a tool's for example: step-ups are counted for each.
    ///
    /// The response is handed on as it comes, its body unread. What the server refuses for good is an error, never a 401
    /// that invites to ask the user for consent.
    pub async fn send(
        &self,
        request: &HttpRequest,
        operation: &str,
    ) -> Result<reqwest::Response, ClientError> {
        for attempt in 0..MAX_ATTEMPTS {
            let authorized = self.authorize(request, self.starts_bare && attempt == 0).await?;
            let response = self.driver.http.open(&authorized, self.patience).await?;
            let (head, now) = (head_of(&response), self.driver.surroundings.now()?);
            let mut driven = self.driven.lock().await;
            match driven.connection.on_resource_response(operation, &head, now) {
                ResourceVerdict::Done => return Ok(response),
                ResourceVerdict::SendAgain | ResourceVerdict::Reconnect => {}
                ResourceVerdict::Refused(error) => return Err(error.into()),
            }
        }
        Err(ClientError::Endless)
    }

    /// Connects and authorizes in one turn, so that nobody else's renewal comes between. `bare`: not before something is
    /// known of the server.
    async fn authorize(&self, request: &HttpRequest, bare: bool) -> Result<HttpRequest, ClientError> {
        let mut driven = self.driven.lock().await;
        // Only the server itself is asked without a token: another one's challenge would lead to another one's issuer.
        let is_its_own = request.url == self.server.as_str();
        if bare && is_its_own && driven.connection.authorization_server().is_none() {
            return Ok(request.clone());
        }
        let now = self.driver.ready(&mut driven).await?;
        let random = self.driver.surroundings.random()?;
        Ok(driven.connection.authorize(request.clone(), &random, now)?)
    }
}
