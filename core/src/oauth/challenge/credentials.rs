//! RFC 6750 §2.1 and RFC 9449 §7.1: the access token of a request, in the `Authorization` field and nowhere
//! else.

use core::fmt;

use super::parse::is_token68;
use crate::codec::form;
use crate::error::{Error, ErrorCode};
use crate::limits::Limits;
use crate::oauth::http::HttpRequest;
use crate::oauth::params::{SCHEME_BEARER, SCHEME_DPOP};
use crate::token::Confirmation;

/// How an access token is presented.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AccessScheme {
    /// RFC 6750: whoever holds the token may use it.
    Bearer,
    /// RFC 9449: with a proof of the key the token is bound to.
    Dpop,
}

impl AccessScheme {
    /// The scheme as it is written; it is read in any case.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Bearer => SCHEME_BEARER,
            Self::Dpop => SCHEME_DPOP,
        }
    }

    /// The binding to be proven, of a token with this `cnf` that comes under this scheme.
    ///
    /// Fails with `bound_token_as_bearer` (R9449-029) or `scheme_mismatch`: scheme and binding must agree.
    pub fn expected_binding(self, confirmation: Option<Confirmation>) -> Result<Option<Confirmation>, Error> {
        match (self, confirmation) {
            (Self::Bearer, Some(_)) => Err(Error::new(ErrorCode::BoundTokenAsBearer)),
            (Self::Dpop, None) => Err(Error::new(ErrorCode::SchemeMismatch)),
            (Self::Bearer, None) | (Self::Dpop, Some(_)) => Ok(confirmation),
        }
    }
}

/// The access token of a request: nothing about it has been verified.
#[derive(Clone, Copy)]
pub struct PresentedToken<'r> {
    scheme: AccessScheme,
    token: &'r str,
}

impl<'r> PresentedToken<'r> {
    /// Finds the access token of `request`.
    ///
    /// Fails with `credentials_missing` when there is none under a scheme of ours; with
    /// `credentials_repeated` when there are several `Authorization` fields, or another token in the query or
    /// in a form (R6750-002); with `authorization_malformed` when it is not one `b64token`; with
    /// `token_too_large`. A token that is only in the query or in a form is not looked at: it counts as
    /// missing.
    pub fn of(request: &'r HttpRequest, limits: &Limits) -> Result<Self, Error> {
        let field = request.headers.single("Authorization", ErrorCode::CredentialsRepeated)?;
        let presented = Self::parse(field.unwrap_or_default(), limits)?;
        if is_token_in_query(&request.url) || is_token_in_form(request, limits) {
            return Err(Error::new(ErrorCode::CredentialsRepeated));
        }
        Ok(presented)
    }

    /// Reads the value of an `Authorization` field; fails with `credentials_missing`,
    /// `authorization_malformed` or `token_too_large`.
    pub fn parse(authorization: &'r str, limits: &Limits) -> Result<Self, Error> {
        let value = authorization.trim_matches([' ', '\t']);
        let (name, rest) = value.split_once(' ').unwrap_or((value, ""));
        let schemes = [AccessScheme::Bearer, AccessScheme::Dpop];
        let scheme = schemes.into_iter().find(|scheme| name.eq_ignore_ascii_case(scheme.as_str()));
        let scheme = scheme.ok_or(Error::new(ErrorCode::CredentialsMissing))?;
        let token = rest.trim_start_matches(' ');
        if token.len() > limits.token_bytes {
            return Err(Error::new(ErrorCode::TokenTooLarge));
        }
        if !is_token68(token) {
            return Err(Error::new(ErrorCode::AuthorizationMalformed));
        }
        Ok(Self { scheme, token })
    }

    /// The scheme it came under.
    #[must_use]
    pub const fn scheme(&self) -> AccessScheme {
        self.scheme
    }

    /// The token's text: for verifying it, never for a log.
    #[must_use]
    pub const fn expose(&self) -> &'r str {
        self.token
    }
}

impl fmt::Debug for PresentedToken<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PresentedToken").field("scheme", &self.scheme).finish_non_exhaustive()
    }
}

fn is_token_in_query(url: &str) -> bool {
    let url = url.split('#').next().unwrap_or_default();
    url.split_once('?').is_some_and(|(_, query)| names_access_token(query.as_bytes()))
}

fn is_token_in_form(request: &HttpRequest, limits: &Limits) -> bool {
    let content_type = request.headers.all("Content-Type").next().unwrap_or_default();
    let media_type = content_type.split(';').next().unwrap_or_default().trim();
    media_type.eq_ignore_ascii_case("application/x-www-form-urlencoded")
        && names_access_token(request.body.get(..limits.form_bytes).unwrap_or(&request.body))
}

fn names_access_token(pairs: &[u8]) -> bool {
    pairs.split(|byte| *byte == b'&').any(|pair| {
        let name = pair.split(|byte| *byte == b'=').next().unwrap_or_default();
        form::decode(name).is_ok_and(|name| name == "access_token")
    })
}
