//! `WWW-Authenticate` (RFC 9110 §11.6.1) as OAuth uses it: RFC 6750 §3, RFC 9449 §7.1, RFC 9470 §3, RFC 9728
//! §5.1.

mod build;
mod credentials;
mod parse;
#[cfg(test)]
mod tests;

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

pub use build::{ChallengeBuilder, Realm};
pub use credentials::{AccessScheme, PresentedToken};

use crate::error::{Error, ErrorCode, OAuthError};
use crate::limits::Limits;
use crate::oauth::http::HttpResponse;
use crate::oauth::params::{SCHEME_BEARER, SCHEME_DPOP};
use crate::scope::Scope;
use crate::text::Acr;
use crate::time::Seconds;
use crate::uri::{Transport, Url};

/// The longest accepted `error` in bytes; the longest known one has 32.
const MAX_ERROR_BYTES: usize = 64;
/// Authentication context classes in one challenge.
const MAX_ACR_VALUES: usize = 32;

const fn malformed(parameter: &'static str) -> Error {
    Error::with_detail(ErrorCode::ChallengeMalformed, parameter)
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(' ').filter(|word| !word.is_empty())
}

/// Whether `text` can be the value of `error` (RFC 6749 §5.2, RFC 6750 §3).
pub(crate) fn is_error_name(text: &str) -> bool {
    let legal = |byte: u8| matches!(byte, 0x20 | 0x21 | 0x23..=0x5B | 0x5D..=0x7E);
    !text.is_empty() && text.len() <= MAX_ERROR_BYTES && text.bytes().all(legal)
}

/// A span written in digits only, as in `max_age` and `Retry-After`.
pub(crate) fn delta_seconds(text: &str) -> Option<Seconds> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    if digits { text.parse().ok().map(Seconds) } else { None }
}

/// Authentication context classes between spaces, in order of preference; `None` beyond 32.
pub(crate) fn acr_list(text: &str) -> Option<Vec<Acr>> {
    let values: Vec<&str> = words(text).take(MAX_ACR_VALUES.saturating_add(1)).collect();
    let values = Some(values).filter(|values| values.len() <= MAX_ACR_VALUES)?;
    values.into_iter().map(|value| Acr::new(value).ok()).collect()
}

/// The challenges of one response, in order; at least one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Challenges(Vec<Challenge>);

impl Challenges {
    /// Reads the values of every `WWW-Authenticate` field of a response.
    ///
    /// Fails with `challenge_malformed` when a value does not follow RFC 9110 §11.6.1, when a parameter
    /// occurs twice in a challenge (§11.2), when there is no challenge at all, or beyond
    /// [`Limits::header_bytes`] over all values, 32 challenges, or 64 parameters in one. One bad challenge
    /// spoils them all: where it ends is anybody's guess.
    pub fn parse<'h>(
        header_values: impl IntoIterator<Item = &'h str>,
        limits: &Limits,
    ) -> Result<Self, Error> {
        parse::header_values(header_values, limits).map(Self)
    }

    /// The challenges of `response`; `None` when it has no `WWW-Authenticate` field. Fails as
    /// [`Challenges::parse`].
    pub fn of(response: &HttpResponse, limits: &Limits) -> Result<Option<Self>, Error> {
        let mut values = response.headers.all("WWW-Authenticate").peekable();
        if values.peek().is_none() { Ok(None) } else { Self::parse(values, limits).map(Some) }
    }

    /// The challenges in order.
    pub fn iter(&self) -> impl Iterator<Item = &Challenge> {
        self.0.iter()
    }

    /// The first challenge of `scheme`, whose case does not matter.
    #[must_use]
    pub fn of_scheme(&self, scheme: &str) -> Option<&Challenge> {
        self.iter().find(|challenge| challenge.scheme.eq_ignore_ascii_case(scheme))
    }

    /// The first `Bearer` challenge (RFC 6750 §3).
    #[must_use]
    pub fn bearer(&self) -> Option<&Challenge> {
        self.of_scheme(SCHEME_BEARER)
    }

    /// The first `DPoP` challenge (RFC 9449 §7.1).
    #[must_use]
    pub fn dpop(&self) -> Option<&Challenge> {
        self.of_scheme(SCHEME_DPOP)
    }

    /// Where the resource's metadata is, whichever scheme's challenge says so (RFC 9728 §5.1).
    ///
    /// Fails as [`Challenge::resource_metadata`], and with `challenge_malformed` when two challenges name
    /// different addresses.
    pub fn resource_metadata(&self, transport: Transport) -> Result<Option<Url>, Error> {
        let mut found = None;
        for challenge in self.iter() {
            match (&found, challenge.resource_metadata(transport)?) {
                (None, named) => found = named,
                (Some(first), Some(other)) if *first != other => return Err(malformed("resource_metadata")),
                _ => {}
            }
        }
        Ok(found)
    }
}

/// One challenge: a scheme with parameters, or with one `token68`.
///
/// Names are in lower case, values unescaped; unknown parameters are kept and mean nothing (R9449-028).
#[derive(Clone, PartialEq, Eq)]
pub struct Challenge {
    scheme: String,
    parameters: Vec<(String, String)>,
    token68: Option<String>,
}

impl Challenge {
    /// The authentication scheme, in lower case.
    #[must_use]
    pub fn scheme(&self) -> &str {
        &self.scheme
    }

    /// The value of a parameter, as the server wrote it; `name` is in lower case.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }

    /// Every parameter, in order.
    pub fn parameters(&self) -> impl Iterator<Item = (&str, &str)> {
        self.parameters.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// What schemes such as `Negotiate` have instead of parameters.
    #[must_use]
    pub fn token68(&self) -> Option<&str> {
        self.token68.as_deref()
    }

    /// `error` (RFC 6750 §3): printable ASCII without quote and backslash, at most 64 bytes; fails with
    /// `challenge_malformed`.
    pub fn error(&self) -> Result<Option<&str>, Error> {
        match self.parameter("error") {
            Some(error) if !is_error_name(error) => Err(malformed("error")),
            error => Ok(error),
        }
    }

    /// Whether the challenge names this error.
    #[must_use]
    pub fn is(&self, error: OAuthError) -> bool {
        self.parameter("error") == Some(error.as_str())
    }

    /// `scope` (RFC 6750 §3): what the operation needs; `None` when absent or empty. Fails with
    /// `challenge_malformed`.
    pub fn scope(&self, limits: &Limits) -> Result<Option<Scope>, Error> {
        let Some(text) = self.parameter("scope") else { return Ok(None) };
        let scope = Scope::parse(text, limits).map_err(|_| malformed("scope"))?;
        Ok(Some(scope).filter(|scope| !scope.is_empty()))
    }

    /// `resource_metadata` (RFC 9728 §5.1); fails with `challenge_malformed` or `url_insecure`.
    pub fn resource_metadata(&self, transport: Transport) -> Result<Option<Url>, Error> {
        let Some(text) = self.parameter("resource_metadata") else { return Ok(None) };
        match Url::new(text, transport) {
            Ok(url) => Ok(Some(url)),
            Err(error) if error.code() == ErrorCode::UrlInsecure => {
                Err(Error::with_detail(ErrorCode::UrlInsecure, "resource_metadata"))
            }
            Err(_) => Err(malformed("resource_metadata")),
        }
    }

    /// `max_age` (RFC 9470 §3), in seconds: how old the sign-on may be. Digits only; fails with
    /// `challenge_malformed`.
    pub fn max_age(&self) -> Result<Option<Seconds>, Error> {
        let Some(text) = self.parameter("max_age") else { return Ok(None) };
        delta_seconds(text).map(Some).ok_or(malformed("max_age"))
    }

    /// `acr_values` (RFC 9470 §3) in order of preference; empty when absent. Fails with `challenge_malformed`
    /// beyond 32.
    pub fn acr_values(&self) -> Result<Vec<Acr>, Error> {
        acr_list(self.parameter("acr_values").unwrap_or_default()).ok_or(malformed("acr_values"))
    }

    /// `algs` (RFC 9449 §7.1): the algorithms a proof may be signed with, as named by the server; an empty
    /// list says nothing.
    pub fn algs(&self) -> impl Iterator<Item = &str> {
        words(self.parameter("algs").unwrap_or_default())
    }
}

// A token68 may be a credential: names only.
impl fmt::Debug for Challenge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Challenge")
            .field("scheme", &self.scheme)
            .field("parameters", &self.parameters().map(|(name, _)| name).collect::<Vec<_>>())
            .finish_non_exhaustive()
    }
}
