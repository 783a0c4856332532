//! MCP client registration: which identity a client uses at an authorization server (MCP-011).

use crate::oauth::client_metadata::ClientIdUrl;
use crate::oauth::metadata::AuthorizationServerMetadata;
use crate::uri::{Issuer, Url};

/// How a client comes by its identifier at an authorization server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Registration<'a> {
    /// With the credentials it was given for this server.
    PreRegistered,
    /// With the address of its metadata document.
    MetadataDocument(&'a ClientIdUrl),
    /// By registering here (RFC 7591; deprecated by MCP).
    Dynamic(&'a Url),
    /// By asking the person in charge.
    Ask,
}

/// The first way that is open: credentials registered with this very issuer, a metadata document where the
/// server says that it reads them, dynamic registration where it offers that, else a question.
#[must_use]
pub fn plan_registration<'a>(
    server: &'a AuthorizationServerMetadata,
    registered_with: &[Issuer],
    document: Option<&'a ClientIdUrl>,
) -> Registration<'a> {
    let document = document.filter(|_| server.client_id_metadata_document_supported);
    if registered_with.contains(&server.issuer) {
        Registration::PreRegistered
    } else if let Some(document) = document {
        Registration::MetadataDocument(document)
    } else if let Some(endpoint) = &server.registration_endpoint {
        Registration::Dynamic(endpoint)
    } else {
        Registration::Ask
    }
}
