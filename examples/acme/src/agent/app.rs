//! An app at work: from a sign-on to a tool call, one request at a time.

use alloc::sync::Arc;

use crate::clock::Clock;
use crate::company::{Company, Credentials, Server};
use crate::failure::Failure;
use crate::mcp::McpClient;
use crate::roles::{Access, Ask, Client, Destination, Grant, Step};
use crate::web::{Headers, Web};

/// An app with its own way of keeping tokens, which is the role.
#[derive(Clone)]
pub(crate) struct Agent {
    pub(crate) company: Arc<Company>,
    pub(crate) role: Arc<dyn Client>,
    /// At the identity provider.
    pub(crate) credentials: Credentials,
    pub(crate) web: Web,
    pub(crate) clock: Clock,
}

/// What one sign-on leaves an app with.
#[derive(Clone)]
pub(crate) struct Session {
    pub(crate) id_token: String,
    pub(crate) refresh_token: String,
}

impl Agent {
    /// Knocks without a token and follows the challenge to where tokens come from.
    pub(crate) async fn discover(&self, server: &Server) -> Result<Destination, Failure> {
        let challenge = match self.knock(server).await {
            Err(Failure::Refused(refusal)) => refusal.www_authenticate.unwrap_or_default(),
            Err(broken) => return Err(broken),
            Ok(_) => return Err(Failure::broken("the server let a stranger in")),
        };
        self.drive(self.role.discover(server, &challenge)).await
    }

    /// Asks the identity provider for an ID-JAG.
    pub(crate) async fn exchange(
        &self,
        session: &Session,
        at: &Destination,
        scopes: &[&str],
    ) -> Result<Grant, Failure> {
        let ask = Ask { id_token: &session.id_token, at, scopes };
        self.drive(self.role.exchange(ask, self.clock.now())).await
    }

    /// Redeems an ID-JAG at the server's authorization server.
    pub(crate) async fn redeem(&self, grant: &Grant, at: &Destination) -> Result<Access, Failure> {
        self.drive(self.role.redeem(grant, at, self.clock.now())).await
    }

    /// All of the above.
    pub(crate) async fn obtain(
        &self,
        session: &Session,
        server: &Server,
        scopes: &[&str],
    ) -> Result<Access, Failure> {
        let destination = self.discover(server).await?;
        let grant = self.exchange(session, &destination, scopes).await?;
        self.redeem(&grant, &destination).await
    }

    /// An MCP connection on which every request carries `access`.
    pub(crate) async fn connect(&self, access: &Access, server: &Server) -> Result<McpClient, Failure> {
        let (role, clock, access) = (self.role.clone(), self.clock.clone(), access.clone());
        let headers_for = move |method: &str, url: &str| role.present(&access, method, url, clock.now());
        McpClient::connect(&self.web, &server.resource, Arc::new(headers_for)).await
    }

    async fn knock(&self, server: &Server) -> Result<McpClient, Failure> {
        McpClient::connect(&self.web, &server.resource, Arc::new(|_: &str, _: &str| Headers::new())).await
    }

    /// Sends what the role asks for until it is done.
    pub(crate) async fn drive<T>(&self, mut step: Step<'_, T>) -> Result<T, Failure> {
        loop {
            match step {
                Step::Done(result) => return result,
                Step::Send(request, next) => {
                    let response = self.web.send(&request).await?;
                    step = next(response, self.clock.now());
                }
            }
        }
    }
}
