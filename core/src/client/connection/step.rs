//! What a connection says: what to do next, and what a response meant.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

#[cfg(doc)]
use super::Connection;
use crate::client::RedirectUri;
use crate::error::{Error, ErrorCode};
use crate::oauth::http::HttpRequest;
use crate::text::Acr;
use crate::time::Seconds;
use crate::uri::{Issuer, ResourceId};

/// What the host does next.
#[derive(Clone, Debug)]
pub enum Step {
    /// Send this, without following redirects, and pass the response to [`Connection::receive`]; if none comes, call
    /// [`Connection::unreachable`].
    Send(Outgoing),
    /// Renew the sign-on and pass it to [`Connection::identify`], or [`Connection::decline`] it. Until then this step
    /// is repeated.
    NeedIdentity(IdentityNeed),
    /// Make a JWT that says who the workload is, and pass it to [`Connection::supply_assertion`], or
    /// [`Connection::decline`] it. Until then this step is repeated.
    NeedAssertion(AssertionNeed),
    /// Open the address in the user's browser, and pass the one that it is sent back to to
    /// [`Connection::authorization_response`], or [`Connection::decline`] it. Until then this step is repeated.
    NeedAuthorization(AuthorizationNeed),
    /// Requests can be authorized.
    Ready,
    /// An administrator's policy says no, and there is nobody to ask; or the user does, who was asked.
    ///
    /// After a first connection this is final; after a step-up it is said once, and what was granted before stays
    /// usable.
    Denied(Denial),
    /// It does not work; final and repeated as [`Step::Denied`] is.
    Failed(Error),
    /// Come back later.
    Wait {
        /// When.
        seconds: Seconds,
    },
}

/// A request to send.
#[derive(Clone, Debug)]
pub struct Outgoing {
    /// The request.
    pub request: HttpRequest,
    /// What it is for.
    pub purpose: Purpose,
}

/// What a request is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// A metadata document.
    Discovery,
    /// Credentials at the authorization server (RFC 7591).
    Registration,
    /// An ID-JAG from the IdP.
    Exchange,
    /// An access token from the resource authorization server.
    Grant,
}

/// Whom the workload's JWT is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AssertionNeed {
    /// The authorization server: the one `aud` of the JWT (R7523-005).
    pub audience: Issuer,
    /// What the access token will be for.
    pub resource: ResourceId,
}

/// Where the user gives permission.
#[derive(Clone, PartialEq, Eq)]
pub struct AuthorizationNeed {
    /// What to open in the user's browser. It holds the `state`, and is for nobody else.
    pub url: String,
    /// Where the browser is sent back to.
    pub redirect_uri: RedirectUri,
}

impl fmt::Debug for AuthorizationNeed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuthorizationNeed").field("redirect_uri", &self.redirect_uri).finish_non_exhaustive()
    }
}

/// Why the sign-on must be renewed, and what the new one must be like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdentityNeed {
    /// Why.
    pub reason: IdentityReason,
    /// How old the sign-on may be, in seconds: the `max_age` of the authentication request (R9470-004).
    pub max_age: Option<Seconds>,
    /// The authentication classes that will do, preferred first: its `acr_values`.
    pub acr_values: Vec<Acr>,
}

/// Why the sign-on must be renewed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdentityReason {
    /// There is none.
    SignOn,
    /// Its tokens have expired (JAG-078).
    Expired,
    /// The IdP no longer accepts its tokens.
    Refused,
    /// A fresher or stronger one is demanded (JAG-094).
    StepUp,
}

/// A policy's no.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Denial {
    /// Who said it.
    pub by: Party,
}

impl Denial {
    /// The denial as an error: `server_denied`.
    #[must_use]
    pub const fn error(self) -> Error {
        Error::new(ErrorCode::ServerDenied)
    }
}

/// A server the connection talks to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Party {
    /// The IdP.
    IdentityProvider,
    /// The resource authorization server.
    AuthorizationServer,
    /// The MCP server.
    Resource,
}

/// What a response of the MCP server means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ResourceVerdict {
    /// It is the answer to the request; whatever it says is the caller's business.
    Done,
    /// Authorize the same request again and send it, once.
    SendAgain,
    /// The access token no longer does. Go through [`Connection::next`] until it is ready, then authorize the same
    /// request again and send it.
    Reconnect,
    /// The server refuses this request, and asking again would not help.
    Refused(Error),
}
