//! What a connection says: what to do next, and what a response meant.

use alloc::vec::Vec;

#[cfg(doc)]
use super::Connection;
use crate::error::{Error, ErrorCode};
use crate::oauth::http::HttpRequest;
use crate::text::Acr;
use crate::time::Seconds;

/// What the host does next.
#[derive(Clone, Debug)]
pub enum Step {
    /// Send this, without following redirects, and pass the response to [`Connection::receive`]; if none comes, call
    /// [`Connection::unreachable`].
    Send(Outgoing),
    /// Renew the sign-on and pass it to [`Connection::identify`], or [`Connection::decline`] it. Until then this step
    /// is repeated.
    NeedIdentity(IdentityNeed),
    /// Requests can be authorized.
    Ready,
    /// An administrator's policy says no. There is nobody to ask.
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
    /// An ID-JAG from the IdP.
    Exchange,
    /// An access token from the resource authorization server.
    Grant,
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
