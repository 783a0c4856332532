//! RFC 6749 §5.1, RFC 8693 §2.2.1: the members of a successful token response, read strictly; others ignored.

use alloc::vec::Vec;

use super::ServerAnswer;
use crate::codec::json::{Json, Number, Object};
use crate::details::{AuthorizationDetails, DetailTypes};
use crate::error::{Error, ErrorCode};
use crate::limits::Limits;
use crate::oauth::challenge::delta_seconds;
use crate::oauth::http::HttpResponse;
use crate::scope::Scope;
use crate::time::{Seconds, UnixTime};
use crate::uri::ResourceId;

pub(super) const fn malformed(member: &'static str) -> Error {
    Error::with_detail(ErrorCode::ResponseMalformed, member)
}

/// A successful response, before anybody knows whether it is the one that was asked for.
pub(super) struct TokenResponse<'r> {
    object: Object<'r>,
    limits: &'r Limits,
}

impl<'r> TokenResponse<'r> {
    /// Takes `response` as a success; what is none becomes the server's answer.
    pub(super) fn read(response: &'r HttpResponse, limits: &'r Limits) -> Result<Self, ServerAnswer> {
        if response.status != 200 {
            return Err(ServerAnswer::of_token_endpoint(response, limits));
        }
        Ok(Self { object: response.json_object(limits)?, limits })
    }

    fn text(&self, name: &'static str) -> Result<Option<&str>, Error> {
        self.object.get(name).map(|value| value.as_str().ok_or(malformed(name))).transpose()
    }

    /// `access_token`: whatever kind of token it holds.
    pub(super) fn token(&self) -> Result<&str, Error> {
        let token = self.text("access_token")?.filter(|token| !token.is_empty());
        let token = token.ok_or(malformed("access_token"))?;
        if token.len() > self.limits.token_bytes {
            return Err(Error::new(ErrorCode::TokenTooLarge));
        }
        Ok(token)
    }

    /// `refresh_token`, if there is one.
    pub(super) fn refresh_token(&self) -> Result<Option<&str>, Error> {
        let token = self.text("refresh_token")?.filter(|token| !token.is_empty());
        if token.is_some_and(|token| token.len() > self.limits.token_bytes) {
            return Err(Error::new(ErrorCode::TokenTooLarge));
        }
        Ok(token)
    }

    /// Fails with `issued_token_type_mismatch` unless `issued_token_type` is exactly `expected` (JAG-053).
    pub(super) fn expect_issued(&self, expected: &str) -> Result<(), Error> {
        match self.text("issued_token_type") {
            Ok(Some(found)) if found == expected => Ok(()),
            _ => Err(Error::new(ErrorCode::IssuedTokenTypeMismatch)),
        }
    }

    /// Whether `token_type` is `expected`, whose case does not matter (R6749-009, R8693-010).
    pub(super) fn is_token_type(&self, expected: &str) -> bool {
        matches!(self.text("token_type"), Ok(Some(found)) if found.eq_ignore_ascii_case(expected))
    }

    /// `scope`, if the server says.
    pub(super) fn scope(&self) -> Result<Option<Scope>, Error> {
        let parse = |text| Scope::parse(text, self.limits).map_err(|_| malformed("scope"));
        self.text("scope")?.map(parse).transpose()
    }

    /// `authorization_details`, if the server says.
    pub(super) fn details(&self) -> Result<Option<AuthorizationDetails>, Error> {
        let parse = |value| {
            let details = AuthorizationDetails::from_json(value, self.limits);
            details.map_err(|_| malformed("authorization_details"))
        };
        self.object.get("authorization_details").map(parse).transpose()
    }

    /// `resource` (AMB-011): a string or an array of strings; empty when the server does not say.
    pub(super) fn resources(&self) -> Result<Vec<ResourceId>, Error> {
        const MALFORMED: Error = malformed("resource");
        let one = |value: &Json<'_>| {
            let text = value.as_str().ok_or(MALFORMED)?;
            ResourceId::indicator(text).map_err(|_| MALFORMED)
        };
        match self.object.get("resource") {
            None => Ok(Vec::new()),
            Some(Json::Array(items)) if items.len() > self.limits.resources => Err(MALFORMED),
            Some(Json::Array(items)) => items.iter().map(one).collect(),
            Some(single) => Ok(Vec::from([one(single)?])),
        }
    }

    /// When the token expires by the server's count: `expires_in`, a number or, from some servers, digits.
    pub(super) fn expires_at(&self, now: UnixTime) -> Result<Option<UnixTime>, Error> {
        let seconds = match self.object.get("expires_in") {
            None => return Ok(None),
            Some(Json::Number(Number::Unsigned(seconds))) => Some(Seconds(*seconds)),
            // A cast from f64 truncates and saturates.
            Some(Json::Number(Number::Float(seconds))) if *seconds >= 0.0 => Some(Seconds(*seconds as u64)),
            Some(Json::String(digits)) => delta_seconds(digits),
            Some(_) => None,
        };
        seconds.map(|seconds| Some(now.plus(seconds))).ok_or(malformed("expires_in"))
    }
}

/// What was asked for: the most that may come back.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asked<'a> {
    /// Empty: whatever the server's default is.
    pub(super) resources: &'a [ResourceId],
    /// `None`: whatever the server's default is (RFC 6749 §3.3).
    pub(super) scope: Option<&'a Scope>,
    /// `None`: none.
    pub(super) details: Option<&'a AuthorizationDetails>,
    /// How details may come back narrowed.
    pub(super) types: &'a DetailTypes,
}

impl Asked<'_> {
    /// Fails with `grant_widened`, saying in what, when what was granted goes beyond what was asked for.
    pub(super) fn covers(
        &self,
        resources: &[ResourceId],
        scope: Option<&Scope>,
        details: Option<&AuthorizationDetails>,
    ) -> Result<(), Error> {
        const fn widened(what: &'static str) -> Error {
            Error::with_detail(ErrorCode::GrantWidened, what)
        }
        if let (Some(asked), Some(granted)) = (self.scope, scope)
            && !granted.is_subset(asked)
        {
            return Err(widened("scope"));
        }
        if !self.resources.is_empty() && resources.iter().any(|found| !self.resources.contains(found)) {
            return Err(widened("resource"));
        }
        let beyond = |granted: &AuthorizationDetails| {
            !granted.is_empty() && !self.details.is_some_and(|asked| granted.is_within(asked, self.types))
        };
        if details.is_some_and(beyond) { Err(widened("authorization_details")) } else { Ok(()) }
    }
}

/// The stricter of two statements about scope; what nobody states is `None`.
pub(super) fn narrower(one: Option<Scope>, other: Option<Scope>) -> Option<Scope> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.intersection(&other)),
        (one, other) => one.or(other),
    }
}
