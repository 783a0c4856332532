//! RFC 6749 §5.2, ID-JAG §4.3.4 and §8.2: what a token endpoint says instead of issuing, made into one of few
//! things a client can do about it.

use super::proof::nonce_of;
use super::response::malformed;
use crate::codec::json::Json;
use crate::error::{Error, ErrorCode, OAuthError};
use crate::limits::Limits;
use crate::oauth::challenge::{acr_list, delta_seconds, is_error_name};
use crate::oauth::http::HttpResponse;
use crate::policy::StepUp;
use crate::scope::Scope;
use crate::text::Nonce;
use crate::time::Seconds;

/// A server's answer that is not what was asked for. Of the text a server chose, only checked scopes, nonces and
/// authentication classes are kept; descriptions are not even read.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ServerAnswer {
    /// `access_denied`: an administrator's policy says no. Final: asking the user changes nothing.
    Denied,
    /// `invalid_grant`: the subject token or the ID-JAG is not accepted. A new one may be.
    GrantRefused,
    /// `insufficient_user_authentication` (RFC 9470): the user must sign on again, so recently and so strongly.
    StepUp(StepUp),
    /// `use_dpop_nonce` (RFC 9449 §8): the same again, with this nonce in the proof.
    NonceRequired(Nonce),
    /// `insufficient_scope` (RFC 6750 §3.1): what the operation needs, if the server says.
    InsufficientScope(Option<Scope>),
    /// `invalid_token`, or a challenge without an error: the access token must be renewed.
    TokenRefused,
    /// `invalid_client` or `unauthorized_client`: a matter for whoever registered the client.
    ClientRefused,
    /// `temporarily_unavailable`, `server_error`, or a status that says so.
    Unavailable {
        /// `Retry-After` in seconds, at most an hour; a date is not read.
        retry_after: Option<Seconds>,
    },
    /// Another error; `None` when it is not a registered one that is known here.
    Refused(Option<OAuthError>),
    /// Not a response that can be used: a redirect, too large, no JSON, against the grammar, not what was asked for.
    Unusable(Error),
}

impl From<Error> for ServerAnswer {
    fn from(error: Error) -> Self {
        Self::Unusable(error)
    }
}

impl ServerAnswer {
    /// Reads the response of a token endpoint that is no success.
    #[must_use]
    pub fn of_token_endpoint(response: &HttpResponse, limits: &Limits) -> Self {
        Self::read(response, limits).unwrap_or_else(Self::Unusable)
    }

    fn read(response: &HttpResponse, limits: &Limits) -> Result<Self, Error> {
        match response.status {
            300..400 => return Err(Error::new(ErrorCode::RedirectRefused)),
            408 | 425 | 429 | 500.. => return Ok(Self::unavailable(response)),
            400..500 => {}
            _ => return Err(malformed("status")),
        }
        let object = response.json_object(limits)?;
        let name = object.get("error").and_then(Json::as_str).filter(|name| is_error_name(name));
        let error = OAuthError::from_name(name.ok_or(malformed("error"))?);
        Ok(match error {
            Some(OAuthError::UseDpopNonce) => {
                Self::NonceRequired(nonce_of(response).ok_or(malformed("DPoP-Nonce"))?)
            }
            Some(OAuthError::InsufficientUserAuthentication) => Self::StepUp(StepUp {
                max_age: object.get("max_age").map(max_age).transpose()?,
                acr_values: match object.get("acr_values") {
                    None => alloc::vec::Vec::new(),
                    Some(value) => value.as_str().and_then(acr_list).ok_or(malformed("acr_values"))?,
                },
            }),
            Some(OAuthError::TemporarilyUnavailable | OAuthError::ServerError) => Self::unavailable(response),
            error => Self::of_error(error),
        })
    }

    /// The answer of an error that says all there is to say.
    pub(super) const fn of_error(error: Option<OAuthError>) -> Self {
        match error {
            Some(OAuthError::AccessDenied) => Self::Denied,
            Some(OAuthError::InvalidGrant) => Self::GrantRefused,
            Some(OAuthError::InvalidClient | OAuthError::UnauthorizedClient) => Self::ClientRefused,
            other => Self::Refused(other),
        }
    }

    pub(super) fn unavailable(response: &HttpResponse) -> Self {
        const HOUR: Seconds = Seconds(3600);
        let stated = response.headers.all("Retry-After").next().and_then(delta_seconds);
        Self::Unavailable { retry_after: stated.map(|seconds| seconds.min(HOUR)) }
    }

    /// AMB-005: servers differ on what a subject token that is not accepted is called.
    pub(super) fn at_exchange(self) -> Self {
        match self {
            Self::Refused(Some(OAuthError::InvalidRequest)) => Self::GrantRefused,
            other => other,
        }
    }

    /// The answer as an error of this crate, for logs and callers; the detail is a registered name at most.
    #[must_use]
    pub const fn error(&self) -> Error {
        const fn refused(error: OAuthError) -> Error {
            Error::with_detail(ErrorCode::ServerRefused, error.as_str())
        }
        match self {
            Self::Denied => Error::new(ErrorCode::ServerDenied),
            Self::GrantRefused => refused(OAuthError::InvalidGrant),
            Self::StepUp(_) => Error::new(ErrorCode::StepUpRequired),
            Self::NonceRequired(_) => refused(OAuthError::UseDpopNonce),
            Self::InsufficientScope(_) => Error::new(ErrorCode::InsufficientScope),
            Self::TokenRefused => refused(OAuthError::InvalidToken),
            Self::ClientRefused => refused(OAuthError::InvalidClient),
            Self::Unavailable { .. } => Error::new(ErrorCode::ServerFailed),
            Self::Refused(Some(error)) => refused(*error),
            Self::Refused(None) => Error::new(ErrorCode::ServerRefused),
            Self::Unusable(error) => *error,
        }
    }
}

/// AMB-027: a number, or a string of digits.
fn max_age(value: &Json<'_>) -> Result<Seconds, Error> {
    let seconds = value.as_u64().map(Seconds).or_else(|| delta_seconds(value.as_str()?));
    seconds.ok_or(malformed("max_age"))
}
