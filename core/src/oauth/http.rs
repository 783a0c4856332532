//! Requests and responses as plain data: the host sends and receives, this crate only writes and reads.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use crate::codec::json::Object;
use crate::error::{Error, ErrorCode};
use crate::limits::Limits;

/// Header fields in order; names compare without case.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Headers(Vec<(String, String)>);

impl Headers {
    /// No fields.
    #[must_use]
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Adds a field. A value with a line break or another control character is left out: it could only have
    /// come from a mistake of the host's, and a response with a smuggled field is worse than one without it.
    pub fn push(&mut self, name: &str, value: impl Into<String>) {
        let value = value.into();
        if !value.chars().any(|character| character.is_control() && character != '\t') {
            self.0.push((name.into(), value));
        }
    }

    /// The same fields and one more.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.push(name, value);
        self
    }

    /// Every value of `name`, in order.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0
            .iter()
            .filter(move |(found, _)| found.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// The one value of `name`; fails with `repeated` when there are several.
    pub fn single<'a>(&'a self, name: &'a str, repeated: ErrorCode) -> Result<Option<&'a str>, Error> {
        let mut values = self.all(name);
        let first = values.next();
        if values.next().is_some() { Err(Error::new(repeated)) } else { Ok(first) }
    }

    /// The fields in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

impl<N: Into<String>, V: Into<String>> FromIterator<(N, V)> for Headers {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(fields: I) -> Self {
        let mut headers = Self::new();
        for (name, value) in fields {
            headers.push(&name.into(), value);
        }
        headers
    }
}

// Header values hold credentials: only names print.
impl fmt::Debug for Headers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(|(name, _)| name)).finish()
    }
}

/// An HTTP request: one to be sent, or one that arrived.
#[derive(Clone, PartialEq, Eq)]
pub struct HttpRequest {
    /// The method, as sent.
    pub method: String,
    /// The address: for an arriving request the public one, from the host's configuration, never from `Host`.
    pub url: String,
    /// The header fields.
    pub headers: Headers,
    /// The body.
    pub body: Vec<u8>,
}

impl fmt::Debug for HttpRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpRequest")
            .field("method", &self.method)
            .field("headers", &self.headers)
            .field("body_bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}

/// An HTTP response: one to be sent, or one that arrived.
#[derive(Clone, PartialEq, Eq)]
pub struct HttpResponse {
    /// The status code.
    pub status: u16,
    /// The header fields.
    pub headers: Headers,
    /// The body.
    pub body: Vec<u8>,
}

impl fmt::Debug for HttpResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpResponse")
            .field("status", &self.status)
            .field("headers", &self.headers)
            .field("body_bytes", &self.body.len())
            .finish()
    }
}

impl HttpResponse {
    /// A JSON response that must not be stored (RFC 6749 §5.1).
    #[must_use]
    pub fn json_no_store(status: u16, body: &Object<'_>) -> Self {
        let headers = Headers::new()
            .with("Content-Type", "application/json")
            .with("Cache-Control", "no-store")
            .with("Pragma", "no-cache");
        Self { status, headers, body: alloc::format!("{body}").into_bytes() }
    }

    /// A JSON document that anybody may read and keep for a while: metadata, key sets.
    #[must_use]
    pub fn json_document(body: &Object<'_>) -> Self {
        let headers = Headers::new()
            .with("Content-Type", "application/json")
            .with("Cache-Control", "public, max-age=300");
        Self { status: 200, headers, body: alloc::format!("{body}").into_bytes() }
    }

    /// The media type without its parameters, in lower case.
    fn media_type(&self) -> Option<String> {
        let value = self.headers.all("Content-Type").next()?;
        Some(value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase())
    }

    /// The body as a JSON object, when this is a JSON response of bearable size.
    ///
    /// Fails with `redirect_refused`, `response_too_large`, `response_malformed`, `duplicate_member`,
    /// `json_too_deep`.
    pub fn json_object(&self, limits: &Limits) -> Result<Object<'_>, Error> {
        use crate::codec::json::Json;
        if (300..400).contains(&self.status) {
            return Err(Error::new(ErrorCode::RedirectRefused));
        }
        if self.body.len() > limits.response_bytes {
            return Err(Error::new(ErrorCode::ResponseTooLarge));
        }
        let json = self.media_type().is_some_and(|media| {
            media == "application/json" || (media.starts_with("application/") && media.ends_with("+json"))
        });
        if !json {
            return Err(Error::with_detail(ErrorCode::ResponseMalformed, "Content-Type"));
        }
        Json::parse_object(&self.body, limits.json_depth, ErrorCode::ResponseMalformed)
    }
}
