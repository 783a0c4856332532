//! The client's side: a connection is driven to where requests can be authorized, and requests are sent with its token.
//!
//! ```no_run
//! use idjag::client::{ClientConfig, Connection, Identity};
//! use idjag::uri::{ResourceId, Transport};
//! use idjag_http::Http;
//! use idjag_http::client::{Client, ClientError, SignedOn};
//! use std::sync::Arc;
//!
//! async fn connect(config: Arc<ClientConfig>, identity: Arc<Identity>) -> Result<(), Box<dyn std::error::Error>> {
//!     let client = Client::new(config, Http::new()?, SignedOn(identity));
//!     // Any number of servers; the sign-on is one.
//!     let data = client.to(ResourceId::new("https://mcp.data.example/mcp", Transport::default())?);
//!     let mail = client.to(ResourceId::new("https://mcp.mail.example/mcp", Transport::default())?);
//!     let _ = tokio::try_join!(data.connect(), mail.connect())?;
//!     Ok(())
//! }
//! ```

mod authorized;
mod driver;
mod failure;
mod sign_on;

use alloc::string::String;
use alloc::sync::Arc;

pub use authorized::AuthorizedHttp;
pub use driver::Driver;
pub use failure::ClientError;
use idjag::Error;
use idjag::client::{ClientConfig, Connection};
use idjag::oauth::http::HttpResponse;
use idjag::uri::ResourceId;
pub use sign_on::{Assertions, Authorizations, SignOn, SignedOn, sign_on_by};

use crate::Http;

/// An agent: one configuration, one sign-on, any number of MCP servers at once. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Client {
    config: Arc<ClientConfig>,
    driver: Driver,
}

impl Client {
    /// A client that sends by `http` and asks `sign_on` when the user must sign on: once for all servers that need it at
    /// the same time.
    #[must_use]
    pub fn new(config: Arc<ClientConfig>, http: Http, sign_on: impl SignOn + 'static) -> Self {
        Self { config, driver: Driver::new(http).with_sign_on(sign_on) }
    }

    /// The same with another driver, whose sign-on is at this configuration's identity provider.
    #[must_use]
    pub const fn with_driver(config: Arc<ClientConfig>, driver: Driver) -> Self {
        Self { config, driver }
    }

    /// Requests to the MCP server `server`. Nothing is sent yet.
    #[must_use]
    pub fn to(&self, server: ResourceId) -> AuthorizedHttp {
        self.over(Connection::new(self.config.clone(), server))
    }

    /// The same for one conversation: its tokens are good for that one and can be revoked alone. Requests of another
    /// conversation go through another.
    ///
    /// Fails as [`Connection::with_context`] does.
    pub fn to_conversation(
        &self,
        server: ResourceId,
        conversation: impl Into<String>,
    ) -> Result<AuthorizedHttp, Error> {
        Ok(self.over(Connection::new(self.config.clone(), server).with_context(conversation)?))
    }

    /// The same after the server refused a request without token, as `response` says.
    ///
    /// Fails as [`Connection::challenged`] does.
    pub fn to_challenged(
        &self,
        server: ResourceId,
        response: &HttpResponse,
    ) -> Result<AuthorizedHttp, Error> {
        Ok(self.over(Connection::challenged(self.config.clone(), server, response)?))
    }

    /// Requests over a connection that you made, with a scope or authorization details of your own.
    #[must_use]
    pub fn over(&self, connection: Connection) -> AuthorizedHttp {
        self.driver.clone().over(connection)
    }
}
