//! HTTP as plain data: what crosses every seam between the web stack and a decision.

use serde_json::Value;

use super::Form;

/// Header lines in order; a name may occur more than once, and the one who decides must be able to see that.
pub(crate) type Headers = Vec<(String, String)>;

/// A request. It may hold secrets, so it has no `Debug`.
#[derive(Clone)]
pub(crate) struct PlainRequest {
    pub(crate) method: String,
    /// The public URL, from configuration and never from a `Host` header.
    pub(crate) url: String,
    pub(crate) headers: Headers,
    pub(crate) body: Vec<u8>,
}

impl PlainRequest {
    pub(crate) fn get(url: impl Into<String>) -> Self {
        Self { method: "GET".into(), url: url.into(), headers: Headers::new(), body: Vec::new() }
    }

    pub(crate) fn post_form(url: impl Into<String>, form: &Form) -> Self {
        Self {
            method: "POST".into(),
            url: url.into(),
            headers: Headers::new(),
            body: form.encode().into_bytes(),
        }
        .with_header("content-type", "application/x-www-form-urlencoded")
    }

    pub(crate) fn with_header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        header_of(&self.headers, name)
    }

    /// The part of the URL after `?`, empty when there is none.
    pub(crate) fn query(&self) -> &str {
        self.url.split_once('?').map_or("", |(_, query)| query)
    }
}

/// A response, with the same care as a request.
#[derive(Clone)]
pub(crate) struct PlainResponse {
    pub(crate) status: u16,
    pub(crate) headers: Headers,
    pub(crate) body: Vec<u8>,
}

impl PlainResponse {
    pub(crate) fn new(status: u16, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        Self { status, headers: Headers::new(), body: body.into() }.with_header("content-type", content_type)
    }

    pub(crate) fn json(status: u16, body: &Value) -> Self {
        Self::new(status, "application/json", body.to_string())
    }

    pub(crate) fn html(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self::new(status, "text/html; charset=utf-8", body)
    }

    /// RFC 6749 §5.2: an error of a token endpoint, never stored.
    pub(crate) fn oauth_error(status: u16, error: &str, description: &str) -> Self {
        Self::json(status, &serde_json::json!({ "error": error, "error_description": description }))
            .not_stored()
    }

    /// A redirect is never stored either: its URL may hold an authorization code.
    pub(crate) fn redirect(location: impl Into<String>) -> Self {
        Self { status: 302, headers: Headers::new(), body: Vec::new() }
            .with_header("location", location)
            .not_stored()
    }

    pub(crate) fn not_stored(self) -> Self {
        self.with_header("cache-control", "no-store")
    }

    pub(crate) fn with_header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        header_of(&self.headers, name)
    }

    /// The body as JSON; `Null` when it is not.
    pub(crate) fn body_json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }
}

/// The first line called `name`, without regard to case.
pub(crate) fn header_of<'a>(headers: &'a Headers, name: &str) -> Option<&'a str> {
    headers
        .iter()
        .find(|(candidate, _)| candidate.eq_ignore_ascii_case(name))
        .map(|(_, value)| value.as_str())
}
