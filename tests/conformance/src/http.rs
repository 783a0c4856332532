//! Requests as they are meant, byte for byte, and what comes back, as far as anybody may make us read.

use core::time::Duration;
use std::io::Read;

use reqwest::Method;
use reqwest::blocking::Client;
use reqwest::header::{HeaderName, HeaderValue};
use serde_json::Value;

/// No token response or metadata document is longer.
const MAX_BODY_BYTES: u64 = 1024 * 1024;

/// A request.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) method: Method,
    pub(crate) url: String,
    /// Fields in order; a name may be there twice.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

/// A response.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    headers: Vec<(String, String)>,
    pub(crate) body: String,
    /// The body as JSON; `null` where it is none.
    pub(crate) json: Value,
}

impl Answer {
    /// The values of a header field, joined as HTTP joins them; empty when it is absent.
    pub(crate) fn header(&self, name: &str) -> String {
        let values = self.headers.iter().filter(|(field, _)| field.eq_ignore_ascii_case(name));
        values.map(|(_, value)| value.as_str()).collect::<Vec<_>>().join(", ")
    }

    /// A member of the JSON body that is text; empty when it is not.
    pub(crate) fn text(&self, member: &str) -> &str {
        self.json[member].as_str().unwrap_or_default()
    }

    /// Whether there is a token in it.
    pub(crate) fn is_granted(&self) -> bool {
        self.status < 300 && !self.text("access_token").is_empty()
    }

    /// Whether any text of it holds `text`.
    pub(crate) fn holds(&self, text: &str) -> bool {
        self.body.contains(text) || self.headers.iter().any(|(_, value)| value.contains(text))
    }

    /// What it says, in a few words that are the same in every run.
    pub(crate) fn said(&self) -> String {
        match (self.is_granted(), self.text("error")) {
            (true, _) => "granted".to_owned(),
            (false, "") => format!("answered {} without an error code", self.status),
            (false, error) => format!("{error} ({})", self.status),
        }
    }
}

/// Sends requests: no redirects, no proxies, no waiting for ever.
#[derive(Clone, Debug)]
pub(crate) struct Network(Client);

impl Network {
    pub(crate) fn new() -> Result<Self, String> {
        let client = Client::builder()
            .timeout(Duration::from_secs(30))
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            // A connection that the server is about to close would be answered by nobody.
            .pool_max_idle_per_host(0)
            .build();
        client.map(Self).map_err(|error| error.to_string())
    }

    /// Sends `request`. An error is a server that gave no answer, and a message that is the same in every run.
    pub(crate) fn send(&self, request: &Request) -> Result<Answer, String> {
        let mut builder = self.0.request(request.method.clone(), &request.url);
        for (name, value) in &request.headers {
            let name = HeaderName::try_from(name.as_str()).map_err(|error| error.to_string())?;
            let value = HeaderValue::try_from(value.as_str()).map_err(|error| error.to_string())?;
            builder = builder.header(name, value);
        }
        if request.method != Method::GET || !request.body.is_empty() {
            builder = builder.body(request.body.clone());
        }
        let response = builder.send().map_err(|error| {
            let why = if error.is_connect() { "cannot be reached" } else { "gave no answer" };
            format!("the server {why}")
        })?;
        let headers = response.headers().iter();
        let headers = headers.map(|(name, value)| {
            (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
        });
        let (status, headers) = (response.status().as_u16(), headers.collect());
        let mut bytes = Vec::new();
        response
            .take(MAX_BODY_BYTES)
            .read_to_end(&mut bytes)
            .map_err(|_| "the server broke its answer off".to_owned())?;
        let body = String::from_utf8_lossy(&bytes).into_owned();
        let json = serde_json::from_str(&body).unwrap_or_default();
        Ok(Answer { status, headers, body, json })
    }

    /// Fetches a document.
    pub(crate) fn get(&self, url: &str) -> Result<Answer, String> {
        let headers = vec![("accept".into(), "application/json".into())];
        self.send(&Request { method: Method::GET, url: url.into(), headers, body: String::new() })
    }
}
