//! RFC 6750 §3.1, RFC 9449 §7.1 and §9, RFC 9470 §3: what a protected resource's refusal means to the client.

use super::ServerAnswer;
use super::proof::nonce_of;
use super::response::malformed;
use crate::error::{Error, ErrorCode, OAuthError};
use crate::limits::Limits;
use crate::oauth::challenge::{Challenge, Challenges};
use crate::oauth::http::HttpResponse;
use crate::policy::StepUp;

impl ServerAnswer {
    /// Reads the response of a protected resource to a request with an access token; `None` when it is not about
    /// authorization, and so the caller's own business.
    ///
    /// A 401 without a challenge of ours still means that the token is not accepted. Redirects are refused: whoever
    /// follows one carries the token to another server.
    #[must_use]
    pub fn of_resource(response: &HttpResponse, limits: &Limits) -> Option<Self> {
        match response.status {
            300..400 if response.status != 304 => Some(Error::new(ErrorCode::RedirectRefused).into()),
            401 | 403 => Some(Self::challenged(response, limits).unwrap_or_else(Self::Unusable)),
            // RFC 9449 §9: a nonce may also be asked for with 400.
            400 => match Self::challenged(response, limits) {
                Ok(answer @ Self::NonceRequired(_)) => Some(answer),
                _ => None,
            },
            _ => None,
        }
    }

    fn challenged(response: &HttpResponse, limits: &Limits) -> Result<Self, Error> {
        let challenges = Challenges::of(response, limits)?;
        let challenge = challenges.as_ref().and_then(telling);
        let error = challenge.map(Challenge::error).transpose()?.flatten();
        let (Some(challenge), Some(error)) = (challenge, error) else {
            return Ok(if response.status == 401 { Self::TokenRefused } else { Self::Refused(None) });
        };
        Ok(match OAuthError::from_name(error) {
            Some(OAuthError::InvalidToken) => Self::TokenRefused,
            Some(OAuthError::InsufficientScope) => Self::InsufficientScope(challenge.scope(limits)?),
            Some(OAuthError::InsufficientUserAuthentication) => {
                Self::StepUp(StepUp { max_age: challenge.max_age()?, acr_values: challenge.acr_values()? })
            }
            Some(OAuthError::UseDpopNonce) => {
                Self::NonceRequired(nonce_of(response).ok_or(malformed("DPoP-Nonce"))?)
            }
            Some(OAuthError::TemporarilyUnavailable) => Self::unavailable(response),
            error => Self::of_error(error),
        })
    }
}

/// The first challenge of ours that says why, else the first of ours.
fn telling(challenges: &Challenges) -> Option<&Challenge> {
    let ours = || [challenges.dpop(), challenges.bearer()].into_iter().flatten();
    ours().find(|challenge| challenge.parameter("error").is_some()).or_else(|| ours().next())
}
