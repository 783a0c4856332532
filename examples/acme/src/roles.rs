//! The four roles, as the company's HTTP sees them: everything that touches a token or a decision is behind these
//! traits, and nothing else is.
//!
//! They are synchronous and sans-IO on purpose. `now` is in seconds since 1970-01-01T00:00:00Z.

use crate::company::{Person, Server};
use crate::failure::Failure;
use crate::servers::Caller;
use crate::web::{Headers, PlainRequest, PlainResponse};

/// What the identity provider knows about a sign-on: who, for which app, and when the person was last seen.
#[derive(Clone)]
pub(crate) struct SignOn {
    pub(crate) person: &'static Person,
    /// The app's client identifier at the identity provider.
    pub(crate) client_id: String,
    pub(crate) nonce: Option<String>,
    /// When the person proved who they are, in seconds. Renewing a token does not change it.
    pub(crate) auth_time: u64,
}

/// The identity provider. Sign-on pages, codes, PKCE and refresh tokens are the web side's (`idp`).
pub(crate) trait IdentityProvider: Send + Sync {
    /// The OIDC discovery document.
    fn metadata(&self) -> PlainResponse;
    fn jwks(&self) -> PlainResponse;
    /// Authenticates the client of a token request and returns its identifier, or the finished error response.
    fn authenticate_client(&self, request: &PlainRequest, now: u64) -> Result<String, PlainResponse>;
    /// The signed ID Token of a sign-on.
    fn id_token(&self, sign_on: &SignOn, now: u64) -> String;
    /// RFC 8693: answers a token exchange, client authentication included.
    fn exchange(&self, request: &PlainRequest, now: u64) -> PlainResponse;
}

/// The authorization server of one MCP server.
pub(crate) trait AuthorizationServer: Send + Sync {
    /// The RFC 8414 document.
    fn metadata(&self) -> PlainResponse;
    fn jwks(&self) -> PlainResponse;
    /// RFC 7523: answers a jwt-bearer request.
    fn token(&self, request: &PlainRequest, now: u64) -> PlainResponse;
}

/// The part of an MCP server that decides whether a call may happen.
pub(crate) trait ResourceServer: Send + Sync {
    /// The RFC 9728 document.
    fn metadata(&self) -> PlainResponse;
    /// Who calls, or the finished 401 or 403 with its challenge.
    fn admit(&self, call: &McpCall, now: u64) -> Result<Caller, PlainResponse>;
}

/// An HTTP request to an MCP endpoint together with what its body asks for.
pub(crate) struct McpCall {
    pub(crate) http_method: String,
    pub(crate) url: String,
    pub(crate) headers: Headers,
    /// The JSON-RPC method, from the parsed body.
    pub(crate) rpc_method: String,
    /// The tool of a `tools/call`, from the parsed body.
    pub(crate) tool: Option<String>,
}

/// One app's side of the protocol.
pub(crate) trait Client: Send + Sync {
    /// Checks the ID Token that the sign-on returned.
    fn accept_id_token<'a>(&'a self, id_token: &'a str, nonce: &'a str, now: u64) -> Step<'a, ()>;
    /// From an MCP server's challenge to where tokens for it come from (RFC 9728, then RFC 8414).
    fn discover<'a>(&'a self, server: &'a Server, challenge: &str) -> Step<'a, Destination>;
    /// At the identity provider: an ID Token for an ID-JAG.
    fn exchange<'a>(&'a self, ask: Ask<'a>, now: u64) -> Step<'a, Grant>;
    /// At the MCP server's authorization server: an ID-JAG for an access token.
    fn redeem<'a>(&'a self, grant: &'a Grant, at: &'a Destination, now: u64) -> Step<'a, Access>;
    /// The headers that carry `access` on one request: `Authorization`, and `DPoP` when it is bound.
    fn present(&self, access: &Access, method: &str, url: &str, now: u64) -> Headers;
}

/// A conversation as data: a request to send and what to do with its response, until there is a result.
pub(crate) enum Step<'a, T> {
    Send(PlainRequest, Next<'a, T>),
    Done(Result<T, Failure>),
}

/// Takes the response and the time at which it arrived.
pub(crate) type Next<'a, T> = Box<dyn FnOnce(PlainResponse, u64) -> Step<'a, T> + Send + 'a>;

/// Where tokens for a resource come from.
#[derive(Clone)]
pub(crate) struct Destination {
    pub(crate) server: Server,
    pub(crate) token_endpoint: String,
}

/// A token exchange to be made.
pub(crate) struct Ask<'a> {
    pub(crate) id_token: &'a str,
    pub(crate) at: &'a Destination,
    pub(crate) scopes: &'a [&'a str],
}

/// An ID-JAG as a client holds it. Cloning one is what a thief does.
#[derive(Clone)]
pub(crate) struct Grant {
    pub(crate) assertion: String,
    pub(crate) scope: String,
}

/// Whether an app binds its tokens to a key of its own.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Binding {
    Bearer,
    Dpop,
}

/// An access token as a client holds it.
#[derive(Clone)]
pub(crate) struct Access {
    pub(crate) token: String,
    /// `Bearer` or `DPoP`.
    pub(crate) token_type: String,
    pub(crate) scope: String,
    /// Seconds since 1970-01-01T00:00:00Z.
    pub(crate) expires_at: u64,
}
