//! A refusal, ready for its three readers: the caller's code, the wire, and the audit trail.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt;

use crate::codec::json::Object;
use crate::error::{Error, ErrorCode, OAuthError};
use crate::oauth::http::HttpResponse;
use crate::policy::StepUp;
use crate::record::{DecisionRecord, Outcome};
use crate::text::{Acr, Nonce};
use crate::token::TokenKind;

/// Why a step refused, what to send, and what to record.
#[derive(Clone, Debug, PartialEq)]
pub struct Rejection(Box<Parts>);

#[derive(Clone, Debug, PartialEq)]
struct Parts {
    error: Error,
    oauth: OAuthError,
    response: HttpResponse,
    record: DecisionRecord,
}

/// Why a step refuses, before it is dressed for its readers.
#[derive(Clone, Debug)]
pub(crate) struct Refusal {
    error: Error,
    step_up: Option<StepUp>,
}

impl Refusal {
    pub(crate) const fn step_up(step_up: StepUp) -> Self {
        Self { error: Error::new(ErrorCode::StepUpRequired), step_up: Some(step_up) }
    }

    /// The refusal of a token endpoint (RFC 6749 §5.2), with what the error calls for: a nonce, a challenge for
    /// client authentication, the sign-on that would do, a hint to retry. `denial` is what a policy denial is on
    /// the wire (AMB-004), `subject_fault` what a faulty subject token is (AMB-005).
    pub(crate) fn at_token_endpoint(
        self,
        wire: WireChoices,
        mut record: DecisionRecord,
        nonce: Option<&Nonce>,
    ) -> Rejection {
        // Whatever had been decided when the request was refused: nothing is granted.
        record.scope_granted = None;
        record.details_granted.clear();
        let oauth = wire.of(&self.error);
        let mut body = Object::new();
        body.set_str("error", oauth.as_str());
        body.set_str("error_description", self.error.code().sentence());
        if let Some(step_up) = &self.step_up {
            if let Some(max_age) = step_up.max_age {
                body.set("max_age", max_age.as_secs());
            }
            if !step_up.acr_values.is_empty() {
                let values: Vec<&str> = step_up.acr_values.iter().map(Acr::as_str).collect();
                body.set_str("acr_values", values.join(" "));
            }
        }
        let mut response = HttpResponse::json_no_store(oauth.status_at_token_endpoint(), &body);
        match oauth {
            OAuthError::InvalidClient => {
                response.headers.push("WWW-Authenticate", "Basic realm=\"token endpoint\"");
            }
            OAuthError::TemporarilyUnavailable => response.headers.push("Retry-After", "1"),
            OAuthError::UseDpopNonce => {
                if let Some(nonce) = nonce {
                    response.headers.push("DPoP-Nonce", nonce.as_str());
                }
            }
            _ => {}
        }
        Rejection::new(self.error, oauth, response, record)
    }
}

impl Refusal {
    /// The server's own failure while it answers a request that it would have granted.
    pub(crate) fn failing(self, record: DecisionRecord) -> Rejection {
        let wire = WireChoices { denial: OAuthError::ServerError, subject_fault: OAuthError::ServerError };
        self.at_token_endpoint(wire, record, None)
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self { error, step_up: None }
    }
}

/// The wire errors on which the texts disagree, as configured.
#[derive(Clone, Copy, Debug)]
pub(crate) struct WireChoices {
    pub(crate) denial: OAuthError,
    pub(crate) subject_fault: OAuthError,
}

impl WireChoices {
    fn of(self, error: &Error) -> OAuthError {
        match (error.code(), error.token()) {
            (code, _) if is_denial(code) => self.denial,
            (ErrorCode::SubjectTokenRefused, _) => self.subject_fault,
            (_, Some(TokenKind::IdToken)) if error.at_token_endpoint() == OAuthError::InvalidGrant => {
                self.subject_fault
            }
            _ => error.at_token_endpoint(),
        }
    }
}

/// Whether it is an administrator who says no.
const fn is_denial(code: ErrorCode) -> bool {
    matches!(
        code,
        ErrorCode::PolicyDenied
            | ErrorCode::ApprovalRequired
            | ErrorCode::AppRestricted
            | ErrorCode::AgentRestricted
    )
}

impl Rejection {
    /// The precise reason, for logs and for the caller's code.
    #[must_use]
    pub fn error(&self) -> Error {
        self.0.error
    }

    /// The error on the wire.
    #[must_use]
    pub fn oauth_error(&self) -> OAuthError {
        self.0.oauth
    }

    /// What to send.
    #[must_use]
    pub fn response(&self) -> &HttpResponse {
        &self.0.response
    }

    /// What to record.
    #[must_use]
    pub fn record(&self) -> &DecisionRecord {
        &self.0.record
    }

    /// Response and record, taken out.
    #[must_use]
    pub fn into_parts(self) -> (HttpResponse, DecisionRecord) {
        (self.0.response, self.0.record)
    }

    pub(crate) fn new(
        error: Error,
        oauth: OAuthError,
        response: HttpResponse,
        mut record: DecisionRecord,
    ) -> Self {
        record.error = Some(error);
        record.oauth_error = Some(oauth);
        record.outcome = match error.code() {
            code if is_denial(code) => Outcome::Deny,
            ErrorCode::StepUpRequired
            | ErrorCode::AuthenticationTooOld
            | ErrorCode::AuthenticationTooWeak => Outcome::StepUp,
            _ => Outcome::Refuse,
        };
        Self(Box::new(Parts { error, oauth, response, record }))
    }
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0.error, f)
    }
}

impl core::error::Error for Rejection {}
