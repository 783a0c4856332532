//! Client ID Metadata Documents -02 §4, §5 and §8: reading the document behind a client identifier.

use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use super::{ClientIdUrl, is_redirect_uri};
use crate::codec::json::{Json, Object};
use crate::crypto::PRIVATE_MEMBERS;
use crate::error::{Error, ErrorCode};
use crate::limits::Limits;
use crate::oauth::http::HttpResponse;
use crate::oauth::metadata::{Members, ProfileSupport};
use crate::oauth::params::{GRANT_JWT_BEARER, GRANT_TOKEN_EXCHANGE};
use crate::scope::Scope;
use crate::text::ClientId;
use crate::uri::{Transport, Url};

/// §8.7: the recommended maximum.
const MAX_DOCUMENT_BYTES: usize = 5 * 1024;
pub(super) const MAX_NAME_BYTES: usize = 256;
const MAX_REDIRECT_URIS: usize = 64;

/// How a client with a document authenticates. Methods with a shared secret cannot exist (CIMD-003).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DocumentAuthMethod {
    /// A public client.
    None,
    /// RFC 7523 §2.2, with a key the document names.
    PrivateKeyJwt,
}

/// The checked document of a client.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ClientDocument {
    /// The document's own address.
    pub client_id: ClientId,
    /// `client_name`: chosen by the client, for people to see, at most 256 bytes without control characters.
    pub name: String,
    /// Compared verbatim with what an authorization request names.
    pub redirect_uris: Vec<String>,
    /// `token_endpoint_auth_method`.
    pub auth_method: DocumentAuthMethod,
    /// `jwks`, as text for [`crate::jose::PublicKeys::parse`]; no member of a private or symmetric key in it.
    pub jwks_text: Option<String>,
    /// `jwks_uri`; never together with `jwks`.
    pub jwks_uri: Option<Url>,
    /// RFC 9449 §5.2: the client is refused without a proof.
    pub dpop_bound_access_tokens: bool,
    /// The grants the client uses; `authorization_code` when the document does not say (RFC 7591 §2).
    pub grant_types: Vec<String>,
    /// The scopes the client may ask for; empty when the document does not say.
    pub scope: Scope,
    /// What the document says about the ID-JAG profile (JAG4-012).
    pub id_jag_support: ProfileSupport,
}

const fn invalid(detail: &'static str) -> Error {
    Error::with_detail(ErrorCode::ClientDocumentInvalid, detail)
}

impl ClientDocument {
    /// Reads the document of the client `client_id` from the response to [`ClientIdUrl::request`].
    ///
    /// Fails with `client_document_invalid`, the reason in the detail: another status than 200, a redirect,
    /// more than 5 KiB (or [`Limits::response_bytes`]), no JSON object or two readings of it; `client_id` not
    /// identical to the address; `client_name` or `redirect_uris` missing; a shared secret, a method based on
    /// one or one not offered here; a private or symmetric key; `private_key_jwt` without keys; a member of
    /// the wrong form.
    pub fn read(
        response: &HttpResponse,
        client_id: &ClientIdUrl,
        transport: Transport,
        limits: &Limits,
    ) -> Result<Self, Error> {
        let object = body(response, limits)?;
        let members = Members::new(&object, ErrorCode::ClientDocumentInvalid);
        if members.text("client_id")? != Some(client_id.as_str()) {
            return Err(invalid("client_id"));
        }
        if members.contains("client_secret") || members.contains("client_secret_expires_at") {
            return Err(invalid("client_secret"));
        }
        let name = members.text("client_name")?.filter(|name| name.len() <= MAX_NAME_BYTES);
        let jwks_text = members.object("jwks")?.map(public_keys).transpose()?;
        let jwks_uri = members.url("jwks_uri", transport).map_err(|_| invalid("jwks_uri"))?;
        let grant_types = members.strings("grant_types")?;
        let profiles = members.strings("authorization_grant_profiles_supported")?;
        let needed = [GRANT_TOKEN_EXCHANGE, GRANT_JWT_BEARER];
        let id_jag_support = ProfileSupport::of(&profiles, &grant_types, &needed);
        Ok(Self {
            client_id: client_id.client_id().clone(),
            name: name.ok_or(invalid("client_name"))?.into(),
            redirect_uris: redirect_uris(&members)?,
            auth_method: auth_method(&members, jwks_text.is_some(), jwks_uri.is_some())?,
            jwks_text,
            jwks_uri,
            dpop_bound_access_tokens: members.flag("dpop_bound_access_tokens")?,
            grant_types: if members.contains("grant_types") {
                grant_types
            } else {
                Vec::from(["authorization_code".into()])
            },
            scope: scope(&members, limits)?,
            id_jag_support,
        })
    }

    /// Whether a request of this client without `private_key_jwt` is `invalid_client` (CIMD-004).
    #[must_use]
    pub fn must_authenticate(&self) -> bool {
        self.auth_method == DocumentAuthMethod::PrivateKeyJwt
    }
}

fn body<'r>(response: &'r HttpResponse, limits: &Limits) -> Result<Object<'r>, Error> {
    if (300..400).contains(&response.status) {
        return Err(invalid("redirect"));
    }
    if response.status != 200 {
        return Err(invalid("status"));
    }
    if response.body.len() > MAX_DOCUMENT_BYTES {
        return Err(invalid("size"));
    }
    response.json_object(limits).map_err(|error| match error.code() {
        ErrorCode::ResponseTooLarge => invalid("size"),
        ErrorCode::DuplicateMember => invalid("duplicate member"),
        ErrorCode::JsonTooDeep => invalid("nesting"),
        _ => invalid("not a JSON object"),
    })
}

fn redirect_uris(members: &Members<'_>) -> Result<Vec<String>, Error> {
    let uris = members.strings("redirect_uris")?;
    let there = members.contains("redirect_uris") && uris.len() <= MAX_REDIRECT_URIS;
    if there && uris.iter().all(|uri| is_redirect_uri(uri)) {
        Ok(uris)
    } else {
        Err(invalid("redirect_uris"))
    }
}

fn scope(members: &Members<'_>, limits: &Limits) -> Result<Scope, Error> {
    match members.text("scope")? {
        None => Ok(Scope::empty()),
        Some(text) => Scope::parse(text, limits).map_err(|_| invalid("scope")),
    }
}

/// RFC 7591's default, `client_secret_basic`, is forbidden here. A document that names no method is taken for
/// that of a public client, unless it publishes keys: then they are what it authenticates with.
fn auth_method(members: &Members<'_>, jwks: bool, jwks_uri: bool) -> Result<DocumentAuthMethod, Error> {
    if jwks && jwks_uri {
        return Err(invalid("jwks and jwks_uri"));
    }
    match (members.text("token_endpoint_auth_method")?, jwks || jwks_uri) {
        (Some("none"), _) | (None, false) => Ok(DocumentAuthMethod::None),
        (Some("private_key_jwt") | None, true) => Ok(DocumentAuthMethod::PrivateKeyJwt),
        (Some("private_key_jwt"), false) => Err(invalid("private_key_jwt without keys")),
        (Some(_), _) => Err(invalid("token_endpoint_auth_method")),
    }
}

/// The key set's text, once nothing in it is secret. Whether the keys are any good is for their importer.
fn public_keys(jwks: &Object<'_>) -> Result<String, Error> {
    let is_public = |key: &Json<'_>| {
        key.as_object().is_some_and(|key| {
            key.get("kty").and_then(Json::as_str) != Some("oct")
                && !PRIVATE_MEMBERS.iter().any(|member| key.contains(member))
        })
    };
    match jwks.get("keys").and_then(Json::as_array) {
        Some(keys) if !keys.is_empty() && keys.iter().all(is_public) => Ok(jwks.to_string()),
        Some(keys) if !keys.is_empty() => Err(invalid("private key")),
        _ => Err(invalid("jwks")),
    }
}
