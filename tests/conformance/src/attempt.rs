//! One redemption: everything that is sent, each part open to being changed.

use reqwest::Method as HttpMethod;
use serde_json::json;

use crate::http::Request;
use crate::jws::Jws;
use crate::keys::{base64url, unique};
use crate::world::{Client, Method};

/// RFC 7523 §2.1.
pub(crate) const JWT_BEARER: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";
/// RFC 7523 §2.2.
pub(crate) const CLIENT_ASSERTION: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
/// The media type of token requests.
pub(crate) const FORM: &str = "application/x-www-form-urlencoded";

/// What is sent in place of the grant's own text.
#[derive(Clone, Debug)]
pub(crate) enum Assertion {
    /// The ID-JAG.
    Grant,
    /// Other text.
    Text(String),
    /// The parameter is left out.
    Absent,
}

/// A redemption.
#[derive(Clone, Debug)]
pub(crate) struct Attempt {
    /// Where to.
    pub(crate) token_endpoint: String,
    /// The token to be exchanged: at a resource authorization server the ID-JAG.
    pub(crate) grant: Jws,
    /// What is sent of it.
    pub(crate) assertion: Assertion,
    /// The parameter in which it is sent.
    pub(crate) slot: &'static str,
    /// The value of `grant_type`.
    pub(crate) grant_type: Option<String>,
    /// Further parameters.
    pub(crate) parameters: Vec<(String, String)>,
    /// Who presents it.
    pub(crate) client: Client,
    /// Whether the client authenticates; else it only names itself.
    pub(crate) authenticates: bool,
    /// Its assertion, where it authenticates with one.
    pub(crate) client_assertion: Option<Jws>,
    /// DPoP proofs, a header field each.
    pub(crate) proofs: Vec<Jws>,
    /// Further header fields.
    pub(crate) headers: Vec<(String, String)>,
    /// The HTTP method.
    pub(crate) method: HttpMethod,
    /// The media type of the body.
    pub(crate) content_type: Option<String>,
    /// Changes the finished body.
    pub(crate) body: fn(String) -> String,
    /// Moves the parameters from the body to the address.
    pub(crate) in_query: bool,
}

impl Attempt {
    /// The redemption of `grant` by `client`, as it should be.
    pub(crate) fn new(token_endpoint: &str, issuer: &str, grant: Jws, client: &Client, now: u64) -> Self {
        let client_assertion = client.key.as_ref().filter(|_| client.method == Method::PrivateKeyJwt).map(|key| {
            let claims = json!({
                "iss": client.id, "sub": client.id, "aud": issuer, "jti": unique(), "iat": now, "exp": now + 120,
            });
            Jws::new(key, "JWT", &claims)
        });
        Self {
            token_endpoint: token_endpoint.to_owned(),
            grant,
            assertion: Assertion::Grant,
            slot: "assertion",
            grant_type: Some(JWT_BEARER.to_owned()),
            parameters: Vec::new(),
            client: client.clone(),
            authenticates: true,
            client_assertion,
            proofs: Vec::new(),
            headers: Vec::new(),
            method: HttpMethod::POST,
            content_type: Some(FORM.to_owned()),
            body: |body| body,
            in_query: false,
        }
    }

    /// Adds a parameter.
    pub(crate) fn parameter(&mut self, name: &str, value: impl Into<String>) {
        self.parameters.push((name.to_owned(), value.into()));
    }

    /// Replaces a parameter.
    pub(crate) fn set(&mut self, name: &str, value: impl Into<String>) {
        self.unset(name);
        self.parameter(name, value);
    }

    /// Removes a parameter.
    pub(crate) fn unset(&mut self, name: &str) {
        self.parameters.retain(|(known, _)| known != name);
    }

    /// The request.
    pub(crate) fn request(&self) -> Request {
        let mut form = form_urlencoded::Serializer::new(String::new());
        if let Some(grant_type) = &self.grant_type {
            form.append_pair("grant_type", grant_type);
        }
        match &self.assertion {
            Assertion::Grant => drop(form.append_pair(self.slot, &self.grant.compact())),
            Assertion::Text(text) => drop(form.append_pair(self.slot, text)),
            Assertion::Absent => {}
        }
        let mut headers = self.headers.clone();
        let client = &self.client;
        match client.method {
            Method::Basic if self.authenticates => {
                headers.push(("authorization".into(), basic(&client.id, &client.secret)));
            }
            Method::Post if self.authenticates => {
                form.append_pair("client_id", &client.id).append_pair("client_secret", &client.secret);
            }
            Method::PrivateKeyJwt if self.authenticates => {
                form.append_pair("client_assertion_type", CLIENT_ASSERTION);
                if let Some(assertion) = &self.client_assertion {
                    form.append_pair("client_assertion", &assertion.compact());
                }
            }
            _ => drop(form.append_pair("client_id", &client.id)),
        }
        form.extend_pairs(&self.parameters);
        headers.extend(self.proofs.iter().map(|proof| ("dpop".to_owned(), proof.compact())));
        if let Some(content_type) = &self.content_type {
            headers.push(("content-type".into(), content_type.clone()));
        }
        let body = (self.body)(form.finish());
        let (url, body) = match self.in_query {
            true => (format!("{}?{body}", self.token_endpoint), String::new()),
            false => (self.token_endpoint.clone(), body),
        };
        Request { method: self.method.clone(), url, headers, body }
    }
}

/// RFC 6749 §2.3.1: each part is form-encoded before they are joined.
pub(crate) fn basic(id: &str, secret: &str) -> String {
    let encoded = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let joined = format!("{}:{}", encoded(id), encoded(secret));
    // The standard alphabet, padded; what is encoded is ASCII.
    let url = base64url(joined.as_bytes()).replace('-', "+").replace('_', "/");
    format!("Basic {url}{}", "=".repeat((4 - url.len() % 4) % 4))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn basic_credentials_are_encoded_twice() {
        // base64 of `a%3Ab:c+d`.
        assert_eq!(basic("a:b", "c d"), "Basic YSUzQWI6Yytk");
        assert_eq!(basic("ab", "c"), "Basic YWI6Yw==");
    }
}
