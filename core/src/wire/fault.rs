//! Why a call has no `ok`.

use alloc::boxed::Box;
use alloc::string::String;

use crate::codec::json::At;
use crate::error::{Error, ErrorCode, OAuthError, Wire};
use crate::policy::CompileErrors;
use crate::rejection::Rejection;

/// What a call failed with. Behind a pointer: hundreds of functions pass it on, and each would copy it.
pub(super) struct Fault(Box<Cause>);

/// What is told about it.
pub(super) enum Cause {
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
    #[inline(never)]
    pub(super) fn argument(at: &At<'_>, expected: &'static str) -> Self {
        Cause::Argument { path: at.pointer(), expected }.into()
    }

    /// The value at `at` was refused by the type it is for.
    #[inline(never)]
    pub(super) fn value(at: &At<'_>, error: Error) -> Self {
        Cause::Error { error, oauth: None, path: Some(at.pointer()) }.into()
    }

    /// An error, and what the endpoint that the operation stands for answers.
    pub(super) fn on_the_wire(error: Error, oauth: Option<OAuthError>) -> Self {
        Cause::Error { error, oauth, path: None }.into()
    }

    /// What to tell.
    pub(super) fn cause(&self) -> &Cause {
        &self.0
    }

    /// A token was refused, as a token endpoint says it.
    pub(super) fn at_token_endpoint(error: Error) -> Self {
        let oauth = match error.code().at_token_endpoint() {
            Wire::Local => None,
            _ => Some(error.at_token_endpoint()),
        };
        Self::on_the_wire(error, oauth)
    }

    /// A token was refused, as a protected resource says it.
    pub(super) fn at_resource(error: Error) -> Self {
        let oauth = match error.code().at_resource() {
            Wire::Local => None,
            _ => Some(error.at_resource()),
        };
        Self::on_the_wire(error, oauth)
    }
}

impl From<Cause> for Fault {
    fn from(cause: Cause) -> Self {
        Self(Box::new(cause))
    }
}

impl From<Error> for Fault {
    #[inline(never)]
    fn from(error: Error) -> Self {
        Self::on_the_wire(error, None)
    }
}

impl From<ErrorCode> for Fault {
    fn from(code: ErrorCode) -> Self {
        Self::from(Error::new(code))
    }
}

impl From<Rejection> for Fault {
    fn from(rejection: Rejection) -> Self {
        Cause::Rejection(rejection).into()
    }
}

impl From<CompileErrors> for Fault {
    fn from(errors: CompileErrors) -> Self {
        Cause::Policy(errors).into()
    }
}
