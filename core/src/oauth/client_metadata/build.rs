//! RFC 7591 §2, Client ID Metadata Documents -02 §4, ID-JAG -04 §8: writing a client's metadata.

use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use super::{ClientIdUrl, is_redirect_uri};
use crate::codec::json::{Json, Object};
use crate::error::Error;
use crate::jose::PublicKey;
use crate::oauth::http::HttpResponse;
use crate::oauth::metadata::{set_strings, set_true};
use crate::oauth::params::{GRANT_JWT_BEARER, GRANT_PROFILE_ID_JAG, GRANT_TOKEN_EXCHANGE};
use crate::scope::Scope;
use crate::text::is_plain;
use crate::uri::Url;

/// Where the keys of `private_key_jwt` are. Public keys only, by construction (CIMD-003).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClientKeys {
    /// In the document.
    Inline(Vec<PublicKey>),
    /// At an address.
    At(Url),
}

/// The metadata of a client, for its metadata document or for registration. There is no shared secret in it.
#[derive(Clone, Debug)]
pub struct ClientMetadata {
    client_id: Option<ClientIdUrl>,
    name: String,
    redirect_uris: Vec<String>,
    keys: Option<ClientKeys>,
    grant_types: Vec<String>,
    advertises_id_jag: bool,
    scope: Scope,
    dpop_bound: bool,
}

impl ClientMetadata {
    /// A public client that takes and redeems ID-JAGs, and says so (JAG4-012, JAG4-013).
    ///
    /// Fails with `config_invalid` when the name is empty, long or holds control characters, or when a
    /// redirect URI is not absolute, has a fragment or is `http` beyond loopback.
    pub fn new<S: Into<String>>(
        name: impl Into<String>,
        redirect_uris: impl IntoIterator<Item = S>,
    ) -> Result<Self, Error> {
        let name = name.into();
        let redirect_uris: Vec<String> = redirect_uris.into_iter().map(Into::into).collect();
        if !is_plain(&name, super::document::MAX_NAME_BYTES) {
            return Err(Error::config("client_name"));
        }
        if !redirect_uris.iter().all(|uri| is_redirect_uri(uri)) {
            return Err(Error::config("redirect_uris"));
        }
        Ok(Self {
            client_id: None,
            name,
            redirect_uris,
            keys: None,
            grant_types: Vec::from([GRANT_TOKEN_EXCHANGE.into(), GRANT_JWT_BEARER.into()]),
            advertises_id_jag: true,
            scope: Scope::empty(),
            dpop_bound: false,
        })
    }

    /// The address the document is served at, which is the client's identifier.
    #[must_use]
    pub fn with_client_id(self, client_id: ClientIdUrl) -> Self {
        Self { client_id: Some(client_id), ..self }
    }

    /// A confidential client: it authenticates with `private_key_jwt`, always (CIMD-004).
    #[must_use]
    pub fn with_private_key_jwt(self, keys: ClientKeys) -> Self {
        Self { keys: Some(keys), ..self }
    }

    /// Also uses this grant, such as `authorization_code` or `refresh_token`.
    #[must_use]
    pub fn with_grant(mut self, grant_type: &str) -> Self {
        if !self.grant_types.iter().any(|known| known == grant_type) {
            self.grant_types.push(grant_type.to_string());
        }
        self
    }

    /// The scopes the client will ask for.
    #[must_use]
    pub fn with_scope(self, scope: Scope) -> Self {
        Self { scope, ..self }
    }

    /// Asks that tokens are only ever issued bound to a key (RFC 9449 §5.2).
    #[must_use]
    pub fn with_dpop_bound_access_tokens(self) -> Self {
        Self { dpop_bound: true, ..self }
    }

    /// Keeps to itself that it implements the ID-JAG profile.
    #[must_use]
    pub fn without_id_jag_profile(self) -> Self {
        Self { advertises_id_jag: false, ..self }
    }

    /// The document.
    #[must_use]
    pub fn to_json(&self) -> Object<'static> {
        let mut json = Object::new();
        if let Some(client_id) = &self.client_id {
            json.set_str("client_id", client_id.to_string());
        }
        json.set_str("client_name", self.name.clone());
        json.set("redirect_uris", Json::strings(self.redirect_uris.iter().cloned()));
        set_strings(&mut json, "grant_types", self.grant_types.iter().map(String::as_str));
        let has_code = self.grant_types.iter().any(|grant| grant == "authorization_code");
        // Absent would mean `code` (RFC 7591 §2).
        json.set("response_types", Json::strings(has_code.then_some("code")));
        let method = if self.keys.is_some() { "private_key_jwt" } else { "none" };
        json.set_str("token_endpoint_auth_method", method);
        match &self.keys {
            None => {}
            Some(ClientKeys::At(url)) => json.set_str("jwks_uri", url.to_string()),
            Some(ClientKeys::Inline(keys)) => {
                let mut jwks = Object::new();
                jwks.set("keys", Json::Array(keys.iter().map(|key| Json::Object(key.to_jwk())).collect()));
                json.set("jwks", jwks);
            }
        }
        if !self.scope.is_empty() {
            json.set_str("scope", self.scope.to_string());
        }
        set_true(&mut json, "dpop_bound_access_tokens", self.dpop_bound);
        let profile = self.advertises_id_jag.then_some(GRANT_PROFILE_ID_JAG);
        set_strings(&mut json, "authorization_grant_profiles_supported", profile);
        json
    }

    /// The response to a request for the document.
    #[must_use]
    pub fn to_response(&self) -> HttpResponse {
        HttpResponse::json_document(&self.to_json())
    }
}
