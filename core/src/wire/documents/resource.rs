//! The metadata of protected resources: RFC 9728.

use alloc::string::String;
use alloc::vec::Vec;

use super::arrived::{algorithms, names};
use crate::oauth::metadata::{Fetched, ProtectedResourceMetadata, ResourceMatching};
use crate::uri::{Issuer, ResourceId};
use crate::wire::answer::HttpAnswer;
use crate::wire::declare::input;
use crate::wire::declare::names as fixed_names;
use crate::wire::documents::ArrivedResponse;
use crate::wire::fault::Fault;
use crate::wire::handle::Held;
use crate::wire::operation::{Operation, operations};
use crate::wire::shared::{LimitOptions, issuer, transport};
use crate::wire::tokens::claims::scope;
use crate::wire::write::{flag, list, output, text};

pub(in crate::wire) const OPERATIONS: &[Operation] = operations! {
    /// The response that publishes a protected resource's metadata.
    Pure "protected_resource_metadata.build" [] build: BuildResourceMetadata => HttpAnswer;
    /// Reads a protected resource's metadata as it arrived.
    Pure "protected_resource_metadata.read" [] read: ReadResourceMetadata => ProtectedResourceDocument;
};

output! {
    /// What a protected resource's metadata says, as it was understood. What is empty or `false` is left out.
    pub(in crate::wire) struct ProtectedResourceDocument {
        /// The resource identifier, verbatim: what clients send as `resource`.
        resource: String,
        /// The issuers of tokens for it, in the resource's order; at least one.
        authorization_servers: Vec<String>,
        /// The scopes basic use needs, space-separated; not all need be listed.
        scope: Option<String>,
        /// How the token may be sent.
        bearer_methods_supported: Option<Vec<String>>,
        /// Whether only DPoP-bound tokens are taken.
        dpop_bound_access_tokens_required: Option<bool>,
        /// What a DPoP proof may be signed with.
        dpop_signing_alg_values_supported: Option<Vec<String>>,
        /// A name for people.
        resource_name: Option<String>,
        /// The types of authorization details (RFC 9396 §10).
        authorization_details_types_supported: Option<Vec<String>>,
    }
}

impl From<&ProtectedResourceMetadata> for ProtectedResourceDocument {
    fn from(found: &ProtectedResourceMetadata) -> Self {
        let servers = found.authorization_servers().iter();
        Self {
            resource: String::from(found.resource.as_str()),
            authorization_servers: servers.map(Issuer::as_str).map(String::from).collect(),
            scope: text(&found.scopes_supported),
            bearer_methods_supported: list(found.bearer_methods_supported.iter().map(String::as_str)),
            dpop_bound_access_tokens_required: flag(found.dpop_bound_access_tokens_required),
            dpop_signing_alg_values_supported: names(found.dpop_signing_alg_values_supported.as_deref()),
            resource_name: found.resource_name.clone().filter(|name| !name.is_empty()),
            authorization_details_types_supported: list(
                found.authorization_details_types_supported.iter().map(String::as_str),
            ),
        }
    }
}

input! {
    Arguments
    /// What a protected resource publishes about itself.
    pub(in crate::wire) struct BuildResourceMetadata {
        /// Its identifier.
        resource: String,
        /// The issuers of tokens for it; at least one.
        authorization_servers: Vec<String>,
        /// The scopes basic use needs, space-separated.
        scope: Option<String>,
        /// Whether only DPoP-bound tokens are taken.
        dpop_bound_access_tokens_required: Option<bool>,
        /// What a DPoP proof may be signed with.
        dpop_signing_alg_values_supported: Option<Vec<String>>,
        /// A name for people.
        resource_name: Option<String>,
        /// Also take `http` addresses on this machine: for tests.
        dangerous_allow_http_loopback: Option<bool>,
    }
}

fn build(options: BuildResourceMetadata, _: &Held) -> Result<HttpAnswer, Fault> {
    let transport = transport(options.dangerous_allow_http_loopback);
    let servers = options.authorization_servers.iter().map(|text| issuer(text, transport));
    let servers: Vec<Issuer> = servers.collect::<Result<_, _>>()?;
    let mut metadata =
        ProtectedResourceMetadata::new(ResourceId::new(&options.resource, transport)?, servers)?;
    metadata.scopes_supported = scope(options.scope.as_deref().unwrap_or_default())?;
    metadata.dpop_bound_access_tokens_required =
        options.dpop_bound_access_tokens_required.unwrap_or_default();
    metadata.dpop_signing_alg_values_supported =
        algorithms(options.dpop_signing_alg_values_supported.as_ref())?;
    metadata.resource_name = options.resource_name;
    Ok(HttpAnswer::from(metadata.to_response()))
}

fixed_names! {
    /// How a document was found, which decides whose it must be.
    pub(in crate::wire) enum Found {
        /// At the `resource_metadata` of a challenge.
        Challenge = "by_challenge",
        /// At the well-known address made from the resource.
        WellKnown = "by_well_known",
        /// At the well-known address of the host's root.
        RootWellKnown = "by_root_well_known",
    }
}

fixed_names! {
    /// How the document's `resource` is compared.
    pub(in crate::wire) enum Matching {
        /// Code point by code point.
        Exact = "exact",
        /// After RFC 3986 normalisation.
        DangerousNormalized = "dangerous_normalized",
        /// It may also be a prefix of whole path segments: the token will serve for everything below it.
        DangerousPrefix = "dangerous_prefix",
    }
}

impl From<Matching> for ResourceMatching {
    fn from(matching: Matching) -> Self {
        match matching {
            Matching::Exact => Self::Exact,
            Matching::DangerousNormalized => Self::DangerousNormalized,
            Matching::DangerousPrefix => Self::DangerousPrefix,
        }
    }
}

input! {
    Arguments
    /// A protected resource's metadata as it arrived.
    pub(in crate::wire) struct ReadResourceMetadata {
        /// The resource that was asked for.
        resource: String,
        /// How the document was found.
        found: Found,
        /// How its `resource` is compared; `exact` by default.
        matching: Option<Matching>,
        /// The response.
        response: ArrivedResponse,
        /// Caps.
        limits: Option<LimitOptions>,
        /// Also take `http` addresses on this machine: for tests.
        dangerous_allow_http_loopback: Option<bool>,
    }
}

fn read(options: ReadResourceMetadata, _: &Held) -> Result<ProtectedResourceDocument, Fault> {
    let transport = transport(options.dangerous_allow_http_loopback);
    let limits = LimitOptions::over_default(options.limits.as_ref());
    let requested = &ResourceId::new(&options.resource, transport)?;
    let fetched = match options.found {
        Found::Challenge => Fetched::ByChallenge { requested },
        Found::WellKnown => Fetched::ByWellKnown { derived_from: requested },
        Found::RootWellKnown => Fetched::ByRootWellKnown { requested },
    };
    let matching = options.matching.map(ResourceMatching::from).unwrap_or_default();
    let response = options.response.into_http();
    let found = ProtectedResourceMetadata::read(&response, fetched, matching, transport, &limits)?;
    Ok(ProtectedResourceDocument::from(&found))
}
