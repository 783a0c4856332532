//! Requests and responses as JSON, and the small readers that the adapters of the client's side share.

use idjag::crypto::Algorithm;
use idjag::oauth::http::{Headers, HttpRequest, HttpResponse};
use idjag::scope::Scope;
use idjag::uri::Transport;
use idjag::{ErrorCode, Limits};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::json::strict;

/// A response that arrived: `{status, headers: [[name, value]], body}`, the body as text.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Response {
    status: u16,
    headers: Vec<(String, String)>,
    body: String,
}

impl Response {
    pub(super) fn to_http(&self) -> HttpResponse {
        let headers = self.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        HttpResponse { status: self.status, headers, body: self.body.clone().into_bytes() }
    }
}

/// `{method, url, headers, body}`; the body is left out when there is none.
pub(super) fn request(request: &HttpRequest) -> Value {
    sparse(json!({
        "method": request.method,
        "url": request.url,
        "headers": fields(&request.headers),
        "body": text(&request.body),
    }))
}

/// `{status, headers, body}`; the body is left out when there is none, and is JSON when it is JSON.
pub(super) fn response(response: &HttpResponse) -> Value {
    let body = text(&response.body);
    let body = strict(&body).unwrap_or(Value::String(body));
    sparse(json!({"status": response.status, "headers": fields(&response.headers), "body": body}))
}

fn fields(headers: &Headers) -> Value {
    headers.iter().map(|(name, value)| json!([name, value])).collect()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("a body of this library is UTF-8")
}

/// The members of `object` that say something: not `null`, `false`, `""`, `[]` or `{}`.
pub(super) fn sparse(object: Value) -> Value {
    let Value::Object(members) = object else { panic!("an object is expected") };
    let says = |value: &Value| match value {
        Value::Null | Value::Bool(false) => false,
        Value::String(text) => !text.is_empty(),
        Value::Array(items) => !items.is_empty(),
        Value::Object(members) => !members.is_empty(),
        _ => true,
    };
    Value::Object(members.into_iter().filter(|(_, value)| says(value)).collect::<Map<_, _>>())
}

/// What every configuration of the client's side may say.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Reading {
    /// Also take `http` addresses on this machine.
    dangerous_allow_http_loopback: bool,
    /// Bytes of a response.
    response_bytes: Option<usize>,
    /// Bytes of a header value.
    header_bytes: Option<usize>,
}

impl Reading {
    pub(super) fn transport(&self) -> Transport {
        if self.dangerous_allow_http_loopback {
            Transport::DangerousAllowHttpLoopback
        } else {
            Transport::HttpsOnly
        }
    }

    pub(super) fn limits(&self) -> Limits {
        let mut limits = Limits::DEFAULT;
        limits.response_bytes = self.response_bytes.unwrap_or(limits.response_bytes);
        limits.header_bytes = self.header_bytes.unwrap_or(limits.header_bytes);
        limits
    }
}

/// A scope of the vector, space-separated.
pub(super) fn scope(text: &str) -> Result<Scope, idjag::Error> {
    Scope::parse(text, &Limits::DEFAULT)
}

/// The scope as one text, or nothing.
pub(super) fn scope_text(scope: &Scope) -> Value {
    scope.to_string().into()
}

/// The algorithms that a vector names; fails with `algorithm_not_allowed` for one that does not exist here.
pub(super) fn named(names: &[String]) -> Result<Vec<Algorithm>, idjag::Error> {
    let named = |name: &String| Algorithm::from_name(name).ok_or(ErrorCode::AlgorithmNotAllowed.into());
    names.iter().map(named).collect()
}

/// The names of algorithms.
pub(super) fn names(algorithms: Option<&[Algorithm]>) -> Value {
    algorithms.unwrap_or_default().iter().map(|algorithm| algorithm.name()).collect()
}
