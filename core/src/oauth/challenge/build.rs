//! RFC 6750 §3, RFC 9449 §7.1, RFC 9470 §3, RFC 9728 §5.1, RFC 7617 §2: writing `WWW-Authenticate`.

use alloc::string::String;
use alloc::vec::Vec;

use crate::codec::json::Object;
use crate::crypto::Algorithm;
use crate::error::{Error, ErrorCode, OAuthError};
use crate::oauth::http::{Headers, HttpResponse};
use crate::oauth::metadata::without_offline_access;
use crate::oauth::params::{SCHEME_BEARER, SCHEME_DPOP};
use crate::scope::Scope;
use crate::text::{Acr, Nonce};
use crate::time::Seconds;
use crate::uri::Url;

/// A protection space (RFC 9110 §11.5): 1 to 128 bytes of printable ASCII.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Realm(String);

impl Realm {
    /// The longest accepted value in bytes.
    pub const MAX_BYTES: usize = 128;

    /// Checks `text`; fails with `text_invalid`.
    pub fn new(text: impl Into<String>) -> Result<Self, Error> {
        let text = text.into();
        if text.is_empty() || text.len() > Self::MAX_BYTES || !text.bytes().all(is_printable) {
            return Err(Error::text("realm"));
        }
        Ok(Self(text))
    }

    /// The text, verbatim.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The challenge that goes with a token endpoint's 401 `invalid_client` (RFC 6749 §5.2, RFC 7617 §2).
    #[must_use]
    pub fn basic_challenge(&self) -> String {
        let mut line = Line::new("Basic");
        line.add("realm", &self.0);
        line.add("charset", "UTF-8");
        line.0
    }
}

/// What a protected resource answers to a request it refuses.
///
/// Made once from configuration, then cloned and completed per refusal. Every parameter is a field, so that
/// none can occur twice; every value is quoted and escaped, so that none can end its own string. The address
/// of the resource metadata is always there (MCP-002), so that no challenge is without a parameter
/// (R6750-003).
#[derive(Clone, Debug)]
pub struct ChallengeBuilder {
    bearer: bool,
    dpop_algs: Option<String>,
    resource_metadata: Url,
    realm: Option<Realm>,
    refusal: Error,
    scope: Scope,
    max_age: Option<Seconds>,
    acr_values: Option<String>,
}

impl ChallengeBuilder {
    /// For a resource that takes bearer tokens only.
    #[must_use]
    pub fn bearer(resource_metadata: Url) -> Self {
        Self {
            bearer: true,
            dpop_algs: None,
            resource_metadata,
            realm: None,
            refusal: Error::new(ErrorCode::CredentialsMissing),
            scope: Scope::empty(),
            max_age: None,
            acr_values: None,
        }
    }

    /// For a resource that takes DPoP-bound tokens only; `algorithms`: what a proof may be signed with. Fails
    /// with `config_invalid` when there is none.
    pub fn dpop(resource_metadata: Url, algorithms: &[Algorithm]) -> Result<Self, Error> {
        Ok(Self { bearer: false, ..Self::bearer_and_dpop(resource_metadata, algorithms)? })
    }

    /// For a resource that takes both; fails as [`ChallengeBuilder::dpop`].
    pub fn bearer_and_dpop(resource_metadata: Url, algorithms: &[Algorithm]) -> Result<Self, Error> {
        if algorithms.is_empty() {
            return Err(Error::config("a DPoP challenge names at least one algorithm"));
        }
        let names: Vec<&str> = algorithms.iter().map(|algorithm| algorithm.name()).collect();
        Ok(Self { dpop_algs: Some(names.join(" ")), ..Self::bearer(resource_metadata) })
    }

    /// Names a protection space.
    #[must_use]
    pub fn realm(self, realm: Realm) -> Self {
        Self { realm: Some(realm), ..self }
    }

    /// Says why: the error the code stands for at a resource, and its public sentence.
    ///
    /// Without this, and with `credentials_missing`, the challenge holds no error information (RFC 6750 §3.1,
    /// RFC 9449 §7.2).
    #[must_use]
    pub fn refusal(self, error: &Error) -> Self {
        Self { refusal: *error, ..self }
    }

    /// Everything the operation needs, at once (MCP-027). `offline_access` is left out (MCP-029); an empty
    /// scope says nothing.
    #[must_use]
    pub fn scope(self, scope: &Scope) -> Self {
        Self { scope: without_offline_access(scope), ..self }
    }

    /// RFC 9470 §3: how many seconds ago the user may have signed on.
    #[must_use]
    pub fn max_age(self, max_age: Seconds) -> Self {
        Self { max_age: Some(max_age), ..self }
    }

    /// RFC 9470 §3: the acceptable classes of sign-on, the preferred first. Fails with `config_invalid` when
    /// one is not printable ASCII without spaces: the list is separated by spaces.
    pub fn acr_values(self, values: &[Acr]) -> Result<Self, Error> {
        if values.iter().any(|acr| !acr.as_str().bytes().all(|byte| byte != b' ' && is_printable(byte))) {
            return Err(Error::config("an acr value cannot be written in a challenge"));
        }
        let texts: Vec<&str> = values.iter().map(Acr::as_str).collect();
        Ok(Self { acr_values: Some(texts.join(" ")).filter(|text| !text.is_empty()), ..self })
    }

    /// The values of the `WWW-Authenticate` fields, one per scheme, `Bearer` first.
    #[must_use]
    pub fn build(&self) -> Vec<String> {
        let bearer = self.bearer.then(|| self.challenge(SCHEME_BEARER, None));
        let dpop = self.dpop_algs.as_deref().map(|algs| self.challenge(SCHEME_DPOP, Some(algs)));
        bearer.into_iter().chain(dpop).collect()
    }

    /// The whole response: status, challenges, the same error as JSON, and a nonce for the next proof.
    ///
    /// A server's own failure (5xx) is no challenge.
    #[must_use]
    pub fn respond(&self, nonce: Option<&Nonce>) -> HttpResponse {
        let error = self.refusal.at_resource();
        let status = error.status_at_resource();
        let mut response = if self.has_error() {
            let mut body = Object::new();
            body.set_str("error", error.as_str());
            body.set_str("error_description", self.refusal.code().sentence());
            HttpResponse::json_no_store(status, &body)
        } else {
            let headers = Headers::new().with("Cache-Control", "no-store");
            HttpResponse { status, headers, body: Vec::new() }
        };
        if status < 500 {
            for challenge in self.build() {
                response.headers.push("WWW-Authenticate", challenge);
            }
        }
        if let Some(nonce) = nonce {
            response.headers.push("DPoP-Nonce", nonce.as_str());
        }
        response
    }

    fn has_error(&self) -> bool {
        self.refusal.code() != ErrorCode::CredentialsMissing
    }

    fn challenge(&self, scheme: &str, algs: Option<&str>) -> String {
        let error = self.refusal.at_resource();
        let of_proofs = matches!(error, OAuthError::InvalidDpopProof | OAuthError::UseDpopNonce);
        let mut line = Line::new(scheme);
        if let Some(realm) = &self.realm {
            line.add("realm", &realm.0);
        }
        if self.has_error() && (algs.is_some() || !of_proofs) {
            line.add("error", error.as_str());
            line.add("error_description", self.refusal.code().sentence());
        }
        if !self.scope.is_empty() {
            line.add("scope", &alloc::format!("{}", self.scope));
        }
        line.add("resource_metadata", self.resource_metadata.as_str());
        if let Some(max_age) = self.max_age {
            line.add("max_age", &alloc::format!("{}", max_age.as_secs()));
        }
        if let Some(acr_values) = &self.acr_values {
            line.add("acr_values", acr_values);
        }
        if let Some(algs) = algs {
            line.add("algs", algs);
        }
        line.0
    }
}

fn is_printable(byte: u8) -> bool {
    matches!(byte, 0x20..=0x7E)
}

/// A challenge being written.
struct Line(String);

impl Line {
    fn new(scheme: &str) -> Self {
        Self(scheme.into())
    }

    /// Adds a parameter as a quoted string (RFC 9110 §5.6.4).
    fn add(&mut self, name: &str, value: &str) {
        self.0.push_str(if self.0.contains(' ') { ", " } else { " " });
        self.0.push_str(name);
        self.0.push_str("=\"");
        for character in value.chars() {
            if matches!(character, '"' | '\\') {
                self.0.push('\\');
            }
            self.0.push(character);
        }
        self.0.push('"');
    }
}
