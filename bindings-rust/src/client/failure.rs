//! Why a request was not answered.

use core::fmt;

use idjag::Error;
use idjag::client::Denial;

use crate::{HostFailure, Unanswered};

/// Why a request was not answered.
#[derive(Debug)]
#[non_exhaustive]
pub enum ClientError {
    /// An administrator's policy says no. There is nobody to ask: never fall back to asking the user for consent.
    Denied(Denial),
    /// It does not work, or the server refuses this request for good.
    Refused(Error),
    /// The server keeps asking for the same request again.
    Endless,
    /// The MCP server did not answer. Whether it did what was asked is not known.
    Unanswered(Unanswered),
    /// The host could not sign the user on, or its randomness failed.
    Host(HostFailure),
}

impl ClientError {
    /// The library's error, where it is one.
    #[must_use]
    pub const fn error(&self) -> Option<Error> {
        match self {
            Self::Denied(denial) => Some(denial.error()),
            Self::Refused(error) => Some(*error),
            _ => None,
        }
    }
}

impl From<Error> for ClientError {
    fn from(error: Error) -> Self {
        Self::Refused(error)
    }
}

impl From<Unanswered> for ClientError {
    fn from(failure: Unanswered) -> Self {
        Self::Unanswered(failure)
    }
}

impl From<HostFailure> for ClientError {
    fn from(failure: HostFailure) -> Self {
        Self::Host(failure)
    }
}

impl fmt::Display for ClientError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Denied(_) => f.write_str("an administrator's policy denies it"),
            Self::Refused(error) => fmt::Display::fmt(error, f),
            Self::Endless => f.write_str("the server keeps asking for the same request again"),
            Self::Unanswered(failure) => fmt::Display::fmt(failure, f),
            Self::Host(failure) => fmt::Display::fmt(failure, f),
        }
    }
}

impl core::error::Error for ClientError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Refused(error) => Some(error),
            Self::Unanswered(failure) => Some(failure),
            Self::Host(failure) => Some(failure.cause()),
            Self::Denied(_) | Self::Endless => None,
        }
    }
}
