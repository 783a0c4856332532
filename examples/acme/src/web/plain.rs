//! Small conveniences around `idjag`'s plain HTTP data, which is what crosses every seam between the web stack and a
//! decision.

use idjag::oauth::http::{Headers, HttpRequest, HttpResponse};
use serde_json::{Value, json};

use super::Form;

pub(crate) fn get(url: impl Into<String>) -> HttpRequest {
    HttpRequest { method: "GET".into(), url: url.into(), headers: Headers::new(), body: Vec::new() }
}

pub(crate) fn post_form(url: impl Into<String>, form: &Form) -> HttpRequest {
    let headers = Headers::new().with("content-type", "application/x-www-form-urlencoded");
    HttpRequest { method: "POST".into(), url: url.into(), headers, body: form.encode().into_bytes() }
}

/// The part of the URL after `?`, empty when there is none.
pub(crate) fn query_of(request: &HttpRequest) -> &str {
    request.url.split_once('?').map_or("", |(_, query)| query)
}

pub(crate) fn respond(status: u16, content_type: &str, body: impl Into<Vec<u8>>) -> HttpResponse {
    HttpResponse { status, headers: Headers::new().with("content-type", content_type), body: body.into() }
}

/// A sentence for whoever speaks no protocol.
pub(crate) fn sentence(status: u16, sentence: &str) -> HttpResponse {
    respond(status, "text/plain", sentence)
}

pub(crate) fn html(status: u16, body: impl Into<Vec<u8>>) -> HttpResponse {
    respond(status, "text/html; charset=utf-8", body)
}

/// JSON that is never stored: everything the pages of the identity provider say in JSON is a secret or an error.
pub(crate) fn secret_json(status: u16, body: &Value) -> HttpResponse {
    respond(status, "application/json", body.to_string()).with_header("cache-control", "no-store")
}

/// RFC 6749 §5.2: an error of a token endpoint.
pub(crate) fn oauth_error(error: &str) -> HttpResponse {
    secret_json(400, &json!({ "error": error, "error_description": "the request was refused" }))
}

/// A redirect is never stored either: its URL may hold an authorization code.
pub(crate) fn redirect(location: impl Into<String>) -> HttpResponse {
    let headers = Headers::new().with("location", location).with("cache-control", "no-store");
    HttpResponse { status: 302, headers, body: Vec::new() }
}

/// The body as JSON; `Null` when it is not.
pub(crate) fn json_of(response: &HttpResponse) -> Value {
    serde_json::from_slice(&response.body).unwrap_or(Value::Null)
}

/// Header fields of a message, one at a time.
pub(crate) trait Fields: Sized {
    fn with_header(self, name: &str, value: impl Into<String>) -> Self;
    /// The first value of `name`, without regard to case.
    fn header(&self, name: &str) -> Option<&str>;
}

impl Fields for HttpRequest {
    fn with_header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push(name, value);
        self
    }

    fn header(&self, name: &str) -> Option<&str> {
        first(&self.headers, name)
    }
}

impl Fields for HttpResponse {
    fn with_header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push(name, value);
        self
    }

    fn header(&self, name: &str) -> Option<&str> {
        first(&self.headers, name)
    }
}

fn first<'h>(headers: &'h Headers, name: &str) -> Option<&'h str> {
    headers.iter().find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}
