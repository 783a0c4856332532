//! Why something did not happen: it was refused, declined, or it broke.

use core::fmt::{self, Display};

use idjag::client::{IdentityNeed, ServerAnswer};
use idjag::oauth::http::HttpResponse;
use idjag::{Error, Limits};

/// The ways an errand can end badly. A refusal is the company working; breakage never is.
#[derive(Debug)]
pub(crate) enum Failure {
    /// A token endpoint said no.
    Refused(ServerAnswer),
    /// An MCP server said no, with a challenge.
    Challenged(HttpResponse),
    /// The person has to sign on again first.
    SignOnNeeded(IdentityNeed),
    /// Our own side would not go on.
    Declined(Error),
    /// HTTP failed, or a peer answered what the protocol does not allow.
    Broken(String),
}

impl Failure {
    pub(crate) fn broken(cause: impl Display) -> Self {
        Self::Broken(cause.to_string())
    }

    /// What the server's no means to a client, if a server said no.
    pub(crate) fn answer(&self) -> Option<ServerAnswer> {
        match self {
            Self::Refused(answer) => Some(answer.clone()),
            Self::Challenged(response) => ServerAnswer::of_resource(response, &Limits::default()),
            _ => None,
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Declined(error)
    }
}

impl From<ServerAnswer> for Failure {
    fn from(answer: ServerAnswer) -> Self {
        Self::Refused(answer)
    }
}

impl Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self, self.answer()) {
            (_, Some(answer)) => write!(f, "refused: {}", answer.error()),
            (Self::SignOnNeeded(need), _) => write!(f, "a new sign-on is needed: {:?}", need.reason),
            (Self::Declined(error), _) => write!(f, "declined: {error}"),
            (Self::Broken(cause), _) => f.write_str(cause),
            (Self::Challenged(response), _) => write!(f, "status {}", response.status),
            (Self::Refused(_), _) => f.write_str("refused"),
        }
    }
}
