//! Why a call has no `ok`.

use alloc::string::String;

use crate::codec::json::At;
use crate::error::{Error, ErrorCode, OAuthError, Wire};
use crate::policy::CompileErrors;
use crate::rejection::Rejection;

/// What a call failed with.
pub(super) enum Fault {
    /// An argument is not what the operation takes: where, and what it takes there.
    Argument { path: String, expected: &'static str },
    /// An error of the library, with the wire error where the operation stands for an endpoint.
    Error { error: Error, oauth: Option<OAuthError>, path: Option<String> },
    /// A role's refusal.
    Rejection(Rejection),
    /// A policy that does not compile.
    Policy(CompileErrors),
}

impl Fault {
    /// The value at `at` is not `expected`.
    pub(super) fn argument(at: &At<'_>, expected: &'static str) -> Self {
        Self::Argument { path: at.pointer(), expected }
    }

    /// The value at `at` was refused by the type it is for.
    pub(super) fn value(at: &At<'_>, error: Error) -> Self {
        Self::Error { error, oauth: None, path: Some(at.pointer()) }
    }

    /// A token was refused, as a token endpoint says it.
    pub(super) fn at_token_endpoint(error: Error) -> Self {
        let oauth = match error.code().at_token_endpoint() {
            Wire::Local => None,
            _ => Some(error.at_token_endpoint()),
        };
        Self::Error { error, oauth, path: None }
    }

    /// A token was refused, as a protected resource says it.
    pub(super) fn at_resource(error: Error) -> Self {
        let oauth = match error.code().at_resource() {
            Wire::Local => None,
            _ => Some(error.at_resource()),
        };
        Self::Error { error, oauth, path: None }
    }
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        Self::Error { error, oauth: None, path: None }
    }
}

impl From<ErrorCode> for Fault {
    fn from(code: ErrorCode) -> Self {
        Self::from(Error::new(code))
    }
}

impl From<Rejection> for Fault {
    fn from(rejection: Rejection) -> Self {
        Self::Rejection(rejection)
    }
}

impl From<CompileErrors> for Fault {
    fn from(errors: CompileErrors) -> Self {
        Self::Policy(errors)
    }
}
