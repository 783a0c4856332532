//! HTTP requests of every shape, written without the library's own builders.

use base64ct::{Base64, Encoding};
use serde_json::{Value, json};

use super::keys::TestKey;
use super::mint::{Jws, ath};

/// A request being written: a form, or verbatim text.
#[derive(Clone, Debug)]
pub struct Request {
    method: String,
    url: Option<String>,
    headers: Vec<(String, String)>,
    form: Vec<(String, String)>,
    body: Option<String>,
}

impl Request {
    /// A POST of a form to a token endpoint.
    pub fn form(parameters: &[(&str, &str)]) -> Self {
        let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        let request = Self {
            method: "POST".into(),
            url: None,
            headers: Vec::new(),
            form: parameters.iter().map(own).collect(),
            body: None,
        };
        request.header("Content-Type", "application/x-www-form-urlencoded")
    }

    /// A request to a resource at `url`.
    pub fn to(method: &str, url: &str, body: &str) -> Self {
        Self {
            method: method.into(),
            url: Some(url.into()),
            headers: Vec::new(),
            form: Vec::new(),
            body: Some(body.into()),
        }
    }

    /// Another method.
    #[must_use]
    pub fn method(mut self, method: &str) -> Self {
        self.method = method.into();
        self
    }

    /// Another address.
    #[must_use]
    pub fn url(mut self, url: &str) -> Self {
        self.url = Some(url.into());
        self
    }

    /// A verbatim body.
    #[must_use]
    pub fn body(mut self, body: &str) -> Self {
        self.body = Some(body.into());
        self
    }

    /// Adds a header field.
    #[must_use]
    pub fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Removes a header field.
    #[must_use]
    pub fn without_header(mut self, name: &str) -> Self {
        self.headers.retain(|(known, _)| known != name);
        self
    }

    /// Sets a parameter, which then occurs once.
    #[must_use]
    pub fn set(mut self, name: &str, value: impl Into<String>) -> Self {
        self.form.retain(|(known, _)| known != name);
        self.add(name, value)
    }

    /// Adds a parameter, even one that is there.
    #[must_use]
    pub fn add(mut self, name: &str, value: impl Into<String>) -> Self {
        self.form.push((name.into(), value.into()));
        self
    }

    /// Removes a parameter.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        assert!(self.form.iter().any(|(known, _)| known == name), "no parameter `{name}`");
        self.form.retain(|(known, _)| known != name);
        self
    }

    /// Authenticates by `client_secret_basic`.
    #[must_use]
    pub fn basic(self, client_id: &str, secret: &str) -> Self {
        let credentials = format!("{}:{}", form_encode(client_id), form_encode(secret));
        self.authorization(&format!("Basic {}", Base64::encode_string(credentials.as_bytes())))
    }

    /// Sets the Authorization field.
    #[must_use]
    pub fn authorization(self, value: &str) -> Self {
        self.without_header("Authorization").header("Authorization", value)
    }

    /// Sends a proof.
    #[must_use]
    pub fn proof(self, proof: &Jws) -> Self {
        self.header("DPoP", proof.compact())
    }

    /// The body.
    fn text(&self) -> String {
        let pair = |(name, value): &(String, String)| format!("{}={}", form_encode(name), form_encode(value));
        self.body.clone().unwrap_or_else(|| self.form.iter().map(pair).collect::<Vec<_>>().join("&"))
    }

    /// The request as it stands in a vector.
    pub fn json(&self) -> Value {
        let mut request = json!({"method": self.method, "headers": self.headers, "body": self.text()});
        if let Some(url) = &self.url {
            request["url"] = url.as_str().into();
        }
        request
    }

    /// The input of an operation that has nothing but this request.
    pub fn input(&self) -> Value {
        json!({"request": self.json()})
    }

    /// The input with `earlier` requests handled before it.
    pub fn after(&self, earlier: &[&Self]) -> Value {
        let earlier: Vec<Value> = earlier.iter().map(|request| request.input()).collect();
        json!({"request": self.json(), "earlier": earlier})
    }
}

/// The base64 of `text`, for credentials that no client would write.
pub fn basic_of(text: &str) -> String {
    format!("Basic {}", Base64::encode_string(text.as_bytes()))
}

/// A proof for `method` at `url`, made at `now` with `key`.
pub fn proof(key: TestKey, method: &str, url: &str, now: u64) -> Jws {
    Jws::dpop(key, &json!({"jti": "proof-1", "htm": method, "htu": url, "iat": now}))
}

/// The same with the hash of the access token it accompanies.
pub fn proof_with(key: TestKey, method: &str, url: &str, now: u64, access_token: &str) -> Jws {
    proof(key, method, url, now).claim("ath", ath(access_token))
}

/// RFC 6749 appendix B.
pub fn form_encode(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'*' => out.push(char::from(byte)),
            b' ' => out.push('+'),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}
