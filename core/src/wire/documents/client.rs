//! The metadata of clients: RFC 7591 §2 and Client ID Metadata Documents.

use alloc::string::String;
use alloc::vec::Vec;

use super::arrived::support;
use crate::codec::json::{Json, Object};
use crate::error::{Error, ErrorCode};
use crate::jose::PublicKeys;
use crate::limits::Limits;
use crate::oauth::client_metadata::{
    ClientDocument, ClientIdUrl, ClientKeys, ClientMetadata, DocumentAuthMethod,
};
use crate::uri::Url;
use crate::wire::answer::{HttpAnswer, HttpMessage};
use crate::wire::declare::input;
use crate::wire::documents::ArrivedResponse;
use crate::wire::fault::Fault;
use crate::wire::handle::Held;
use crate::wire::operation::{Operation, operations};
use crate::wire::read::Document;
use crate::wire::shared::{LimitOptions, transport};
use crate::wire::tokens::claims::scope;
use crate::wire::write::{flag, list, output, text};

pub(in crate::wire) const OPERATIONS: &[Operation] = operations! {
    /// The response that publishes a client's metadata document; its body registers a client too (RFC 7591).
    Pure "client_metadata.build" [] build: BuildClientMetadata => HttpAnswer;
    /// Reads a client's metadata document as it arrived, for the client that it must be of.
    Pure "client_document.read" [] read: ReadClientDocument => ClientDocumentAnswer;
    /// Whether a client identifier is the address of a metadata document, and the request for it.
    Pure "client_id_url.parse" [] parse: ParseClientIdUrl => ClientIdUrlAnswer;
};

input! {
    Arguments
    /// What a client publishes about itself.
    pub(in crate::wire) struct BuildClientMetadata {
        /// The address of the document, which is the client's identifier.
        client_id: Option<String>,
        /// Its name for people.
        client_name: String,
        /// Where users are sent back to.
        redirect_uris: Vec<String>,
        /// Grants beside token exchange and jwt-bearer, such as `authorization_code`.
        more_grant_types: Option<Vec<String>>,
        /// The scope it will ask for, space-separated.
        scope: Option<String>,
        /// Where its public keys are: it authenticates with `private_key_jwt`. Give this or `jwks`.
        jwks_uri: Option<String>,
        /// Its public keys, as a JWK Set: it authenticates with `private_key_jwt`.
        jwks: Option<Document>,
        /// Asks that tokens are only ever issued bound to a key.
        dpop_bound_access_tokens: Option<bool>,
        /// Keeps to itself that it implements the ID-JAG profile.
        without_id_jag_profile: Option<bool>,
        /// Also take `http` addresses on this machine: for tests.
        dangerous_allow_http_loopback: Option<bool>,
    }
}

fn build(options: BuildClientMetadata, held: &Held) -> Result<HttpAnswer, Fault> {
    let transport = transport(options.dangerous_allow_http_loopback);
    let mut metadata = ClientMetadata::new(options.client_name, options.redirect_uris)?;
    if let Some(url) = &options.client_id {
        metadata = metadata.with_client_id(ClientIdUrl::parse(url, transport)?);
    }
    for grant in options.more_grant_types.iter().flatten() {
        metadata = metadata.with_grant(grant);
    }
    if let Some(text) = &options.scope {
        metadata = metadata.with_scope(scope(text)?);
    }
    match (&options.jwks_uri, &options.jwks) {
        (None, None) => {}
        (Some(url), None) => {
            metadata = metadata.with_private_key_jwt(ClientKeys::At(Url::new(url, transport)?));
        }
        (None, Some(jwks)) => metadata = metadata.with_private_key_jwt(inline(jwks, held)?),
        (Some(_), Some(_)) => return Err(Error::config("keys are given twice").into()),
    }
    if options.dpop_bound_access_tokens == Some(true) {
        metadata = metadata.with_dpop_bound_access_tokens();
    }
    if options.without_id_jag_profile == Some(true) {
        metadata = metadata.without_id_jag_profile();
    }
    Ok(HttpAnswer::from(metadata.to_response()))
}

/// The keys of a set that is published: each of them must be usable.
fn inline(jwks: &Document, held: &Held) -> Result<ClientKeys, Error> {
    let keys = PublicKeys::parse(jwks.0.as_bytes(), &held.crypto.allow_all(), &Limits::DEFAULT)?;
    match keys.skipped().first() {
        Some((_, error)) => Err(*error),
        None => Ok(ClientKeys::Inline(keys.keys().to_vec())),
    }
}

input! {
    Arguments
    /// A client's metadata document as it arrived.
    pub(in crate::wire) struct ReadClientDocument {
        /// The client's identifier: the address of the document.
        client_id: String,
        /// The response.
        response: ArrivedResponse,
        /// Caps.
        limits: Option<LimitOptions>,
        /// Also take `http` addresses on this machine: for tests.
        dangerous_allow_http_loopback: Option<bool>,
    }
}

output! {
    /// What a client's metadata document says, as it was understood. What is empty or `false` is left out.
    pub(in crate::wire) struct ClientDocumentAnswer {
        /// The document's own address.
        client_id: String,
        /// Its name for people, which it chose itself.
        client_name: String,
        /// Where users may be sent back to: compared verbatim.
        redirect_uris: Option<Vec<String>>,
        /// `none` or `private_key_jwt`.
        token_endpoint_auth_method: &'static str,
        /// Whether it must authenticate at every request.
        must_authenticate: Option<bool>,
        /// Its public keys, as a JWK Set.
        jwks: Option<Object<'static>>,
        /// Where its public keys are.
        jwks_uri: Option<String>,
        /// Whether it is refused without a proof.
        dpop_bound_access_tokens: Option<bool>,
        /// The grants it uses.
        grant_types: Option<Vec<String>>,
        /// The scope it may ask for, space-separated.
        scope: Option<String>,
        /// What the document says about the ID-JAG profile: `not_listed`, `without_grants` or `listed`.
        id_jag_profile: &'static str,
    }
}

fn read(options: ReadClientDocument, _: &Held) -> Result<ClientDocumentAnswer, Fault> {
    let transport = transport(options.dangerous_allow_http_loopback);
    let limits = LimitOptions::over_default(options.limits.as_ref());
    let client_id = ClientIdUrl::parse(&options.client_id, transport).map_err(Fault::at_token_endpoint)?;
    let document = ClientDocument::read(&options.response.into_http(), &client_id, transport, &limits);
    let document = document.map_err(Fault::at_token_endpoint)?;
    let jwks = match &document.jwks_text {
        None => None,
        Some(text) => match Json::parse(text.as_bytes(), limits.json_depth) {
            Ok(Json::Object(jwks)) => Some(jwks.into_owned()),
            _ => return Err(Fault::at_token_endpoint(ErrorCode::ClientDocumentInvalid.into())),
        },
    };
    Ok(ClientDocumentAnswer {
        client_id: String::from(document.client_id.as_str()),
        client_name: document.name.clone(),
        redirect_uris: list(document.redirect_uris.iter().map(String::as_str)),
        token_endpoint_auth_method: match document.auth_method {
            DocumentAuthMethod::None => "none",
            DocumentAuthMethod::PrivateKeyJwt => "private_key_jwt",
        },
        must_authenticate: flag(document.must_authenticate()),
        jwks,
        jwks_uri: document.jwks_uri.as_ref().map(Url::as_str).map(String::from),
        dpop_bound_access_tokens: flag(document.dpop_bound_access_tokens),
        grant_types: list(document.grant_types.iter().map(String::as_str)),
        scope: text(&document.scope),
        id_jag_profile: support(document.id_jag_support),
    })
}

input! {
    Arguments
    /// A client identifier that may be an address.
    pub(in crate::wire) struct ParseClientIdUrl {
        /// The identifier.
        client_id: String,
        /// Also take an `http` address on this machine: for tests.
        dangerous_allow_http_loopback: Option<bool>,
    }
}

output! {
    /// The address of a client's metadata document.
    pub(in crate::wire) struct ClientIdUrlAnswer {
        /// The identifier.
        client_id: String,
        /// Whether it has no path, which says little about who controls it.
        is_root: Option<bool>,
        /// Whether it has a query.
        has_query: Option<bool>,
        /// The request for the document, to be sent without following redirects.
        request: HttpMessage,
    }
}

fn parse(options: ParseClientIdUrl, _: &Held) -> Result<ClientIdUrlAnswer, Fault> {
    let transport = transport(options.dangerous_allow_http_loopback);
    let url = ClientIdUrl::parse(&options.client_id, transport).map_err(Fault::at_token_endpoint)?;
    Ok(ClientIdUrlAnswer {
        client_id: String::from(url.client_id().as_str()),
        is_root: flag(url.is_root()),
        has_query: flag(url.has_query()),
        request: HttpMessage::from(&url.request()),
    })
}
