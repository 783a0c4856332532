//! Why something did not happen: it was refused, or it broke.

use core::fmt::{self, Display};

use crate::seams;
use crate::web::PlainResponse;

/// The two ways an errand can end badly. A refusal is the company working; breakage never is.
#[derive(Debug)]
pub(crate) enum Failure {
    /// Someone who decides said no, in the words of the protocol.
    Refused(Refusal),
    /// HTTP failed, or a peer answered what the protocol does not allow.
    Broken(String),
}

/// An OAuth error (RFC 6749 §5.2) or an MCP server's challenge (RFC 6750 §3).
#[derive(Debug, Default)]
pub(crate) struct Refusal {
    pub(crate) status: u16,
    pub(crate) error: String,
    pub(crate) description: String,
    /// RFC 9470: how old a sign-on may be, when a fresher one is what is missing.
    pub(crate) max_age: Option<u64>,
    /// The challenge as received, when an MCP server refused.
    pub(crate) www_authenticate: Option<String>,
}

impl Refusal {
    /// Reads the error body of a token endpoint.
    pub(crate) fn from_token_endpoint(response: &PlainResponse) -> Self {
        let body = response.body_json();
        let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
        Self {
            status: response.status,
            error: text("error"),
            description: text("error_description"),
            max_age: body["max_age"].as_u64(),
            www_authenticate: response.header("www-authenticate").map(str::to_owned),
        }
    }

    /// Reads what an MCP server challenged with.
    pub(crate) fn from_challenge(status: u16, challenge: String) -> Self {
        let error = seams::challenge_parameter(&challenge, "error").unwrap_or_default();
        Self { status, error, www_authenticate: Some(challenge), ..Self::default() }
    }
}

impl Failure {
    pub(crate) fn broken(cause: impl Display) -> Self {
        Self::Broken(cause.to_string())
    }

    /// The refusal, if that is what it was.
    pub(crate) fn refusal(&self) -> Option<&Refusal> {
        match self {
            Self::Refused(refusal) => Some(refusal),
            Self::Broken(_) => None,
        }
    }
}

impl Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(refusal) => {
                write!(f, "refused with {}: {} “{}”", refusal.status, refusal.error, refusal.description)
            }
            Self::Broken(cause) => f.write_str(cause),
        }
    }
}

/// The refusal of an outcome that should have been one.
pub(crate) fn refusal_of<T>(outcome: &Result<T, Failure>) -> Option<&Refusal> {
    outcome.as_ref().err().and_then(Failure::refusal)
}
