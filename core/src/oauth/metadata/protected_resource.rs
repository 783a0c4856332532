//! RFC 9728 §2 and §3: what a protected resource says about itself.

#[cfg(test)]
mod tests;

use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use super::{Members, document, scope_names, set_algorithms, set_strings, set_true, without_offline_access};
use crate::codec::json::Object;
use crate::crypto::Algorithm;
use crate::error::{Error, ErrorCode};
use crate::limits::Limits;
use crate::oauth::http::HttpResponse;
use crate::scope::Scope;
use crate::uri::{Issuer, ResourceId, Transport};

/// Authorization servers in one document.
const MAX_SERVERS: usize = 32;

/// The metadata of a protected resource, to be published or as it was read.
///
/// The fields are the members of the document, by their names; an empty value means that the member is
/// absent.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ProtectedResourceMetadata {
    /// The resource identifier, verbatim: what clients send as `resource` (MCP-014).
    pub resource: ResourceId,
    authorization_servers: Vec<Issuer>,
    /// The scopes basic use needs; not all need be listed. `offline_access` is never published (MCP-029).
    pub scopes_supported: Scope,
    /// RFC 6750 §2: how the token may be sent.
    pub bearer_methods_supported: Vec<String>,
    /// RFC 9728 §2: whether only DPoP-bound tokens are taken.
    pub dpop_bound_access_tokens_required: bool,
    /// What a DPoP proof may be signed with.
    pub dpop_signing_alg_values_supported: Option<Vec<Algorithm>>,
    /// A name for people.
    pub resource_name: Option<String>,
    /// RFC 9396 §10.
    pub authorization_details_types_supported: Vec<String>,
}

/// How a document was found, which decides whose `resource` it must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fetched<'a> {
    /// At the `resource_metadata` of a challenge to a request for this resource (RFC 9728 §3.3, R9728-003).
    ByChallenge {
        /// The resource the client asked for.
        requested: &'a ResourceId,
    },
    /// At a well-known address (R9728-002).
    ByWellKnown {
        /// The identifier the address was made from.
        derived_from: &'a ResourceId,
    },
    /// At the well-known address of the host's root, which MCP also allows for resources with a path
    /// (MCP-003): the document is that of the requested resource or that of the root, with or without its
    /// slash, for both spellings have this address.
    ByRootWellKnown {
        /// The resource the client asked for.
        requested: &'a ResourceId,
    },
}

/// How `resource` is compared with the identifier it must have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ResourceMatching {
    /// Code point by code point (RFC 9728 §3.3).
    #[default]
    Exact,
    /// After RFC 3986 normalisation of case, default port and percent-encoding; a slash still counts
    /// (AMB-008).
    DangerousNormalized,
    /// `resource` may also be a prefix of whole path segments at the same origin (AMB-019): the token will
    /// serve for everything below it.
    DangerousPrefix,
}

impl ResourceMatching {
    fn accepts(self, stated: &ResourceId, expected: &ResourceId) -> bool {
        stated == expected
            || match self {
                Self::Exact => false,
                Self::DangerousNormalized => stated.is_equivalent(expected),
                Self::DangerousPrefix => stated.is_prefix_of(expected),
            }
    }
}

impl Fetched<'_> {
    fn accepts(self, stated: &ResourceId, matching: ResourceMatching) -> bool {
        match self {
            Self::ByChallenge { requested } => matching.accepts(stated, requested),
            Self::ByWellKnown { derived_from } => matching.accepts(stated, derived_from),
            Self::ByRootWellKnown { requested } => {
                stated.metadata_url() == requested.root_metadata_url() || matching.accepts(stated, requested)
            }
        }
    }
}

impl ProtectedResourceMetadata {
    /// For a resource whose tokens come from `authorization_servers`, sent in the `Authorization` field only.
    ///
    /// Fails with `config_invalid` when there is no authorization server (MCP-001).
    pub fn new(resource: ResourceId, authorization_servers: Vec<Issuer>) -> Result<Self, Error> {
        if authorization_servers.is_empty() {
            return Err(Error::config("a protected resource has at least one authorization server"));
        }
        Ok(Self {
            resource,
            authorization_servers,
            scopes_supported: Scope::empty(),
            bearer_methods_supported: Vec::from(["header".into()]),
            dpop_bound_access_tokens_required: false,
            dpop_signing_alg_values_supported: None,
            resource_name: None,
            authorization_details_types_supported: Vec::new(),
        })
    }

    /// The issuers of tokens for this resource, in the server's order; at least one.
    #[must_use]
    pub fn authorization_servers(&self) -> &[Issuer] {
        &self.authorization_servers
    }

    /// The document to publish. What is empty is left out (R9728-005), and so is `offline_access`.
    #[must_use]
    pub fn to_json(&self) -> Object<'static> {
        let mut json = Object::new();
        json.set_str("resource", self.resource.to_string());
        set_strings(
            &mut json,
            "authorization_servers",
            self.authorization_servers.iter().map(Issuer::as_str),
        );
        set_strings(
            &mut json,
            "scopes_supported",
            scope_names(&without_offline_access(&self.scopes_supported)),
        );
        set_strings(
            &mut json,
            "bearer_methods_supported",
            self.bearer_methods_supported.iter().map(String::as_str),
        );
        set_true(&mut json, "dpop_bound_access_tokens_required", self.dpop_bound_access_tokens_required);
        set_algorithms(
            &mut json,
            "dpop_signing_alg_values_supported",
            self.dpop_signing_alg_values_supported.as_deref(),
        );
        if let Some(name) = self.resource_name.as_ref().filter(|name| !name.is_empty()) {
            json.set_str("resource_name", name.clone());
        }
        set_strings(
            &mut json,
            "authorization_details_types_supported",
            self.authorization_details_types_supported.iter().map(String::as_str),
        );
        json
    }

    /// The response to a request for the document.
    #[must_use]
    pub fn to_response(&self) -> HttpResponse {
        HttpResponse::json_document(&self.to_json())
    }

    /// Reads the metadata of a resource. Unknown members are ignored.
    ///
    /// Fails with `metadata_not_found`, `server_failed`, `redirect_refused`, `response_too_large`,
    /// `response_malformed`, `duplicate_member`, `json_too_deep` as the authorization server's document does;
    /// with `metadata_resource_mismatch` unless `resource` is there and the one `fetched` asks for; with
    /// `url_insecure` or `metadata_malformed`, the member named in the detail. A document without an
    /// authorization server is malformed here (MCP-001).
    pub fn read(
        response: &HttpResponse,
        fetched: Fetched<'_>,
        matching: ResourceMatching,
        transport: Transport,
        limits: &Limits,
    ) -> Result<Self, Error> {
        let object = document(response, limits)?;
        let members = Members::new(&object, ErrorCode::MetadataMalformed);
        let insecure = |error: Error, name| match error.code() {
            ErrorCode::UrlInsecure => Error::with_detail(ErrorCode::UrlInsecure, name),
            _ => members.fault(name),
        };
        let resource = members.text("resource")?.ok_or(Error::new(ErrorCode::MetadataResourceMismatch))?;
        let resource = ResourceId::new(resource, transport).map_err(|error| insecure(error, "resource"))?;
        if !fetched.accepts(&resource, matching) {
            return Err(Error::new(ErrorCode::MetadataResourceMismatch));
        }
        let servers = members.texts("authorization_servers")?;
        if servers.is_empty() || servers.len() > MAX_SERVERS {
            return Err(members.fault("authorization_servers"));
        }
        let issuer = |text: &str| {
            Issuer::new(text, transport).map_err(|error| insecure(error, "authorization_servers"))
        };
        let resource_name = members.text("resource_name")?.map(String::from);
        Ok(Self {
            resource,
            authorization_servers: servers.into_iter().map(issuer).collect::<Result<_, _>>()?,
            scopes_supported: members.scope("scopes_supported")?,
            bearer_methods_supported: members.strings("bearer_methods_supported")?,
            dpop_bound_access_tokens_required: members.flag("dpop_bound_access_tokens_required")?,
            dpop_signing_alg_values_supported: members.algorithms("dpop_signing_alg_values_supported")?,
            resource_name,
            authorization_details_types_supported: members
                .strings("authorization_details_types_supported")?,
        })
    }
}
