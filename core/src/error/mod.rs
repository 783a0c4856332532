//! Errors: a stable code, the token at fault, and a static detail for the log.

mod code;
mod oauth;

use core::fmt;

pub use code::{ErrorCode, Wire};
pub use oauth::OAuthError;

use crate::token::TokenKind;

/// A refusal. It is small, it is `Copy`, and it holds no text that a sender chose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Error {
    code: ErrorCode,
    token: Option<TokenKind>,
    detail: Option<&'static str>,
}

impl Error {
    /// An error without detail: what a provider or a signer of another crate answers with.
    #[must_use]
    pub const fn new(code: ErrorCode) -> Self {
        Self { code, token: None, detail: None }
    }

    /// An error that names, for the log, the claim, parameter or setting at fault.
    pub(crate) const fn with_detail(code: ErrorCode, detail: &'static str) -> Self {
        Self { code, token: None, detail: Some(detail) }
    }

    /// A configuration that cannot be used.
    pub(crate) const fn config(detail: &'static str) -> Self {
        Self::with_detail(ErrorCode::ConfigInvalid, detail)
    }

    /// A text that is no acceptable `what`.
    pub(crate) const fn text(what: &'static str) -> Self {
        Self::with_detail(ErrorCode::TextInvalid, what)
    }

    /// The same error, said of a token of this kind, unless a kind has been named already.
    #[must_use]
    pub(crate) const fn of(mut self, kind: TokenKind) -> Self {
        if self.token.is_none() {
            self.token = Some(kind);
        }
        self
    }

    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> ErrorCode {
        self.code
    }

    /// The kind of token at fault, if a token is.
    #[must_use]
    pub const fn token(&self) -> Option<TokenKind> {
        self.token
    }

    /// For logs: which claim, parameter or setting. Fixed text, never the sender's.
    #[must_use]
    pub const fn detail(&self) -> Option<&'static str> {
        self.detail
    }

    /// The error a token endpoint sends.
    #[must_use]
    pub const fn at_token_endpoint(&self) -> OAuthError {
        match (self.code.at_token_endpoint(), self.token) {
            (Wire::Is(error), _) => error,
            (Wire::OfToken, Some(kind)) => kind.error_at_token_endpoint(),
            (Wire::OfToken, None) => OAuthError::InvalidRequest,
            (Wire::Local, _) => OAuthError::ServerError,
        }
    }

    /// The error a protected resource sends.
    #[must_use]
    pub const fn at_resource(&self) -> OAuthError {
        match (self.code.at_resource(), self.token) {
            (Wire::Is(error), _) => error,
            (Wire::OfToken, Some(kind)) => kind.error_at_resource(),
            (Wire::OfToken, None) => OAuthError::InvalidToken,
            (Wire::Local, _) => OAuthError::ServerError,
        }
    }
}

impl From<ErrorCode> for Error {
    fn from(code: ErrorCode) -> Self {
        Self::new(code)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code.sentence())?;
        match self.detail {
            Some(detail) => write!(f, ": `{detail}`"),
            None => Ok(()),
        }
    }
}

impl core::error::Error for Error {}
