//! MCP authorization server discovery, RFC 9728 §3.1, RFC 8414 §3.1 and §5: where the documents may be.

use alloc::vec::Vec;

use crate::oauth::metadata::Fetched;
use crate::uri::{Issuer, ResourceId, Url};

/// Where the metadata of `server` may be, in the order to try (MCP-003), and what each address implies.
///
/// The address a challenge named is the only one when there is one; otherwise the well-known address of the
/// path comes first, then that of the root, which for a server at the root is the same.
#[must_use]
pub fn resource_metadata_urls<'s>(
    server: &'s ResourceId,
    challenged: Option<&Url>,
) -> Vec<(Url, Fetched<'s>)> {
    if let Some(url) = challenged {
        return Vec::from([(url.clone(), Fetched::ByChallenge { requested: server })]);
    }
    let own = server.metadata_url();
    let root = server.root_metadata_url();
    let fallback = (root != own).then_some((root, Fetched::ByRootWellKnown { requested: server }));
    let first = (own, Fetched::ByWellKnown { derived_from: server });
    core::iter::once(first).chain(fallback).collect()
}

/// Where the metadata of `issuer` may be, in the order to try: RFC 8414, then OpenID Connect Discovery, for
/// an issuer with a path in both its forms (MCP-005, MCP-006).
#[must_use]
pub fn authorization_server_metadata_urls(issuer: &Issuer) -> Vec<Url> {
    let mut urls = Vec::from([
        issuer.well_known_inserted("oauth-authorization-server"),
        issuer.well_known_inserted("openid-configuration"),
    ]);
    if issuer.has_path() {
        urls.push(issuer.well_known_appended("openid-configuration"));
    }
    urls
}
