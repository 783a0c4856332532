//! What a client decides by the documents: whom to ask, as whom, and for what.

use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use super::server::AuthorizationServerDocument;
use crate::error::Error;
use crate::oauth::client_metadata::ClientIdUrl;
use crate::oauth::discovery::{
    Registration, StepUps, authorization_server_metadata_urls, check_authorization_response_issuer,
    first_scope, plan_registration, resource_metadata_urls,
};
use crate::scope::Scope;
use crate::uri::{Issuer, ResourceId, Url};
use crate::wire::declare::input;
use crate::wire::fault::Fault;
use crate::wire::handle::Held;
use crate::wire::operation::{Operation, operations};
use crate::wire::shared::{issuer, transport};
use crate::wire::tokens::claims::scope;
use crate::wire::write::output;

pub(in crate::wire) const OPERATIONS: &[Operation] = operations! {
    /// The addresses at which the metadata of an issuer or a resource may be, in the order to try.
    Pure "well_known.urls" [] urls: WellKnownPlace => WellKnownUrls;
    /// How a client comes by its identifier at an authorization server: the first way that is open.
    Pure "registration.plan" [] plan: RegistrationSituation => RegistrationPlan;
    /// The scope to ask for: first, and after each challenge that asked for more. Fails with `step_up_limit` when a
    /// server keeps asking.
    Pure "scope.select" [] select: ScopeHistory => SelectedScopes;
    /// Whose authorization response it is (RFC 9207 §2.4). When this fails, nothing else of the response may be used or
    /// shown.
    Pure "authorization_response.check_issuer" [] check_issuer: ResponseIssuer => CheckedIssuer;
};

input! {
    Arguments
    /// An issuer, or a resource.
    pub(in crate::wire) struct WellKnownPlace {
        /// The issuer identifier. Give this or `resource`.
        issuer: Option<String>,
        /// The resource.
        resource: Option<String>,
        /// The `resource_metadata` of the resource's challenge, if there was one.
        resource_metadata: Option<String>,
        /// Also take `http` addresses on this machine: for tests.
        dangerous_allow_http_loopback: Option<bool>,
    }
}

output! {
    /// Addresses in the order to try.
    pub(in crate::wire) struct WellKnownUrls {
        /// The addresses.
        urls: Vec<String>,
    }
}

fn urls(place: WellKnownPlace, _: &Held) -> Result<WellKnownUrls, Fault> {
    let transport = transport(place.dangerous_allow_http_loopback);
    let urls: Vec<Url> = match (&place.issuer, &place.resource, &place.resource_metadata) {
        (Some(text), None, None) => authorization_server_metadata_urls(&issuer(text, transport)?),
        (None, Some(text), challenged) => {
            let challenged = challenged.as_deref().map(|url| Url::new(url, transport)).transpose()?;
            resource_metadata_urls(&ResourceId::new(text, transport)?, challenged.as_ref())
                .into_iter()
                .map(|(url, _)| url)
                .collect()
        }
        _ => return Err(Error::config("one of `issuer` and `resource` is expected").into()),
    };
    Ok(WellKnownUrls { urls: urls.iter().map(Url::as_str).map(String::from).collect() })
}

input! {
    Arguments
    /// A client at an authorization server.
    pub(in crate::wire) struct RegistrationSituation {
        /// The server's metadata, as it was read.
        server: AuthorizationServerDocument,
        /// The issuers with which the client has credentials already.
        registered_with: Option<Vec<String>>,
        /// The address of the client's metadata document, if it has one.
        client_id: Option<String>,
        /// Also take `http` addresses on this machine: for tests.
        dangerous_allow_http_loopback: Option<bool>,
    }
}

output! {
    /// How a client comes by its identifier.
    pub(in crate::wire) struct RegistrationPlan {
        /// `pre_registered` (with the credentials it has), `metadata_document`, `dynamic` (RFC 7591) or `ask` (the
        /// person in charge).
        plan: &'static str,
        /// With `metadata_document`: the identifier.
        client_id: Option<String>,
        /// With `dynamic`: where to register.
        registration_endpoint: Option<String>,
    }
}

fn plan(situation: RegistrationSituation, _: &Held) -> Result<RegistrationPlan, Fault> {
    let transport = transport(situation.dangerous_allow_http_loopback);
    let server = situation.server.build(transport)?;
    let known = situation.registered_with.iter().flatten().map(|text| issuer(text, transport));
    let known: Vec<Issuer> = known.collect::<Result<_, _>>()?;
    let document =
        situation.client_id.as_deref().map(|url| ClientIdUrl::parse(url, transport)).transpose()?;
    let nothing = RegistrationPlan { plan: "ask", client_id: None, registration_endpoint: None };
    Ok(match plan_registration(&server, &known, document.as_ref()) {
        Registration::PreRegistered => RegistrationPlan { plan: "pre_registered", ..nothing },
        Registration::MetadataDocument(url) => RegistrationPlan {
            plan: "metadata_document",
            client_id: Some(String::from(url.as_str())),
            ..nothing
        },
        Registration::Dynamic(url) => RegistrationPlan {
            plan: "dynamic",
            registration_endpoint: Some(String::from(url.as_str())),
            ..nothing
        },
        Registration::Ask => nothing,
    })
}

input! {
    Arguments
    /// What a client was told about the scope it needs at one resource, from the first request on.
    pub(in crate::wire) struct ScopeHistory {
        /// The resource.
        resource: String,
        /// The scope of the first challenge, if there was one, space-separated.
        challenged_scope: Option<String>,
        /// The scopes that the resource's metadata lists, if it was read.
        scopes_supported: Option<Vec<String>>,
        /// What happened since, in order.
        step_ups: Option<Vec<ScopeStepUp>>,
        /// How many step-ups in a row one operation may take; 3 by default.
        step_up_limit: Option<u32>,
        /// Also take an `http` resource on this machine: for tests.
        dangerous_allow_http_loopback: Option<bool>,
    }
}

input! {
    Arguments
    /// A challenge during an operation, or its success.
    pub(in crate::wire) struct ScopeStepUp {
        /// The operation, by a name of your own.
        operation: String,
        /// The scope that the challenge named, space-separated; leave it out for a success, which starts the count
        /// again.
        scope: Option<String>,
    }
}

output! {
    /// What to ask for.
    pub(in crate::wire) struct SelectedScopes {
        /// The scope of each request in order, space-separated; the last one is to be made now.
        scopes: Vec<String>,
    }
}

fn select(history: ScopeHistory, _: &Held) -> Result<SelectedScopes, Fault> {
    let listed = history.scopes_supported.map(|scopes| scope(&scopes.join(" "))).transpose()?;
    let challenged = history.challenged_scope.as_deref().map(scope).transpose()?;
    let resource = ResourceId::new(&history.resource, transport(history.dangerous_allow_http_loopback))?;
    let mut requested: Scope = first_scope(challenged.as_ref(), listed.as_ref());
    let mut scopes = Vec::from([requested.to_string()]);
    let mut counter = history.step_up_limit.map_or_else(StepUps::default, StepUps::new);
    for ScopeStepUp { operation, scope: challenged } in history.step_ups.iter().flatten() {
        match challenged {
            None => counter.succeeded(&resource, operation),
            Some(challenged) => {
                requested = counter.plan(&resource, operation, &requested, &scope(challenged)?)?;
                scopes.push(requested.to_string());
            }
        }
    }
    Ok(SelectedScopes { scopes })
}

input! {
    Arguments
    /// An authorization response, and what was recorded with its request.
    pub(in crate::wire) struct ResponseIssuer {
        /// The issuer recorded with the request, from validated metadata.
        issuer: String,
        /// What the metadata says about `iss` in responses.
        authorization_response_iss_parameter_supported: bool,
        /// The decoded `iss` of the response, if it has one.
        iss: Option<String>,
        /// Also take an `http` issuer on this machine: for tests.
        dangerous_allow_http_loopback: Option<bool>,
    }
}

output! {
    /// Whose response it is.
    pub(in crate::wire) struct CheckedIssuer {
        /// The issuer.
        issuer: String,
    }
}

fn check_issuer(response: ResponseIssuer, _: &Held) -> Result<CheckedIssuer, Fault> {
    let expected = issuer(&response.issuer, transport(response.dangerous_allow_http_loopback))?;
    let advertised = response.authorization_response_iss_parameter_supported;
    check_authorization_response_issuer(&expected, response.iss.as_deref(), advertised)?;
    Ok(CheckedIssuer { issuer: String::from(expected.as_str()) })
}
