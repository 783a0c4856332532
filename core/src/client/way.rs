//! Which grant access tokens come by: chosen with the configuration, and never changed by what a server answers.

use alloc::boxed::Box;
use alloc::string::String;

use super::ClientCredentials;
use crate::error::Error;
use crate::oauth::client_metadata::is_redirect_uri;
use crate::oauth::metadata::AuthorizationServerMetadata;
use crate::text::is_plain;

/// The grant, with what it needs and the others do not have.
#[derive(Clone, Debug)]
pub(super) enum Way {
    /// ID-JAG: the IdP decides.
    IdJag(Box<CrossApp>),
    /// RFC 6749 §4.4: the client acts for itself.
    ClientCredentials,
    /// RFC 7523 §2.1: a JWT of the host's says who the workload is.
    Assertion,
    /// RFC 6749 §4.1 with PKCE: the user decides, in a browser.
    AuthorizationCode(Interactive),
}

#[derive(Clone, Debug)]
pub(super) struct CrossApp {
    pub(super) idp: AuthorizationServerMetadata,
    pub(super) credentials: ClientCredentials,
    pub(super) requires_profile: bool,
}

#[derive(Clone, Debug)]
pub(super) struct Interactive {
    pub(super) redirect_uri: RedirectUri,
    /// The client's name for people, where it may register itself.
    pub(super) registers_as: Option<String>,
}

/// Where an authorization server sends the user's browser back to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RedirectUri(String);

impl RedirectUri {
    /// Fails with `config_invalid` unless it is an absolute URI without fragment, `http` to loopback only
    /// (RFC 6749 §3.1.2, RFC 8252 §7).
    pub fn new(text: &str) -> Result<Self, Error> {
        if is_redirect_uri(text) { Ok(Self(String::from(text))) } else { Err(Error::config("redirect_uri")) }
    }

    /// The text, verbatim.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What was added to this address; `None` when `called` is another one.
    pub(super) fn query_of<'c>(&self, called: &'c str) -> Option<&'c str> {
        let separator = if self.0.contains('?') { '&' } else { '?' };
        let rest = called.strip_prefix(self.0.as_str())?.strip_prefix(separator)?;
        Some(rest.split('#').next().unwrap_or_default())
    }

    /// OpenID Connect Registration §2: `web` when it is an https address, else `native`.
    pub(super) fn application_type(&self) -> &'static str {
        if self.0.starts_with("https:") { "web" } else { "native" }
    }
}

impl Interactive {
    /// Fails with `config_invalid` when the name is empty, long or holds control characters.
    pub(super) fn registering_as(self, name: String) -> Result<Self, Error> {
        const MAX_NAME_BYTES: usize = 256;
        if !is_plain(&name, MAX_NAME_BYTES) {
            return Err(Error::config("client_name"));
        }
        Ok(Self { registers_as: Some(name), ..self })
    }
}
