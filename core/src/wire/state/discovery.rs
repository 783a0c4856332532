//! From a resource to its authorization server, one request at a time.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use super::replay::Empty;
use crate::error::Error;
use crate::oauth::discovery::{AuthorizationServerChoice, Discovery, IssuerDiscovery, Progress};
use crate::oauth::metadata::ResourceMatching;
use crate::uri::{Issuer, ResourceId, Transport, Url};
use crate::wire::answer::HttpMessage;
use crate::wire::declare::input;
use crate::wire::documents::ArrivedResponse;
use crate::wire::documents::{AuthorizationServerDocument, Matching, ProtectedResourceDocument};
use crate::wire::fault::Fault;
use crate::wire::handle::{Held, Machine};
use crate::wire::operation::{Operation, operations};
use crate::wire::shared::{LimitOptions, issuer, transport};
use crate::wire::tokens::keys::Nothing;
use crate::wire::write::{OrNull, output};

pub(in crate::wire) const OPERATIONS: &[Operation] = operations! {
    /// Finds the metadata of a resource, chooses one of its authorization servers, and finds that one's; or finds that
    /// of an issuer that is known already. It sends nothing.
    Make "discovery.new" [] new: DiscoveryOptions => Empty;
    /// The request to send now.
    Drive "discovery.next" ["discovery"] next: Nothing => NextRequest;
    /// Takes the response to that request. After `server_failed` the same request may be sent again; every other
    /// failure ends discovery.
    Drive "discovery.receive" ["discovery"] receive: DiscoveryResponse => DiscoveryProgress;
};

/// Either kind of discovery.
pub(in crate::wire) enum EitherDiscovery {
    Resource(Discovery),
    Issuer(IssuerDiscovery),
}

input! {
    Arguments
    /// Where discovery starts.
    pub(in crate::wire) struct DiscoveryOptions {
        /// The resource that was or will be requested. Give this or `issuer`.
        resource: Option<String>,
        /// The `resource_metadata` of the resource's challenge, if there was one.
        resource_metadata: Option<String>,
        /// An issuer that is known already.
        issuer: Option<String>,
        /// How the `resource` of its metadata is compared; `exact` by default.
        matching: Option<Matching>,
        /// Issuers with which the client is registered: the resource's first among these is used, else its first.
        prefer: Option<Vec<String>>,
        /// Issuers with which the client is registered: the resource's first among these is used, and no other.
        require: Option<Vec<String>>,
        /// Caps.
        limits: Option<LimitOptions>,
        /// Also take `http` addresses on this machine: for tests.
        dangerous_allow_http_loopback: Option<bool>,
    }
}

impl DiscoveryOptions {
    fn choice(&self, transport: Transport) -> Result<AuthorizationServerChoice, Error> {
        let issuers = |texts: &[String]| -> Result<Vec<Issuer>, Error> {
            texts.iter().map(|text| issuer(text, transport)).collect()
        };
        match (&self.prefer, &self.require) {
            (None, None) => Ok(AuthorizationServerChoice::First),
            (Some(known), None) => issuers(known).map(AuthorizationServerChoice::Prefer),
            (None, Some(known)) => issuers(known).map(AuthorizationServerChoice::Require),
            (Some(_), Some(_)) => Err(Error::config("`prefer` or `require`, not both")),
        }
    }
}

fn new(options: DiscoveryOptions, _: &Held) -> Result<(Machine, Empty), Fault> {
    let transport = transport(options.dangerous_allow_http_loopback);
    let limits = LimitOptions::over_default(options.limits.as_ref());
    let choice = options.choice(transport)?;
    let discovery = match (&options.resource, &options.issuer) {
        (Some(resource), None) => {
            let challenged = options.resource_metadata.as_deref().map(|url| Url::new(url, transport));
            let discovery = Discovery::new(ResourceId::new(resource, transport)?, challenged.transpose()?)
                .with_matching(options.matching.map(ResourceMatching::from).unwrap_or_default())
                .with_choice(choice)
                .with_transport(transport)
                .with_limits(limits);
            EitherDiscovery::Resource(discovery)
        }
        (None, Some(known)) => {
            let discovery = IssuerDiscovery::new(issuer(known, transport)?);
            EitherDiscovery::Issuer(discovery.with_transport(transport).with_limits(limits))
        }
        _ => return Err(Error::config("one of `resource` and `issuer` is expected").into()),
    };
    Ok((Machine::Discovery(Box::new(discovery)), Empty {}))
}

output! {
    /// What to send.
    pub(in crate::wire) struct NextRequest {
        /// The request, to be sent without following redirects; `null` when discovery is over.
        request: OrNull<HttpMessage>,
    }
}

fn next(_: Nothing, _: &Held, machine: &mut Machine) -> Result<NextRequest, Fault> {
    let request = match machine.discovery()? {
        EitherDiscovery::Resource(discovery) => discovery.next(),
        EitherDiscovery::Issuer(discovery) => discovery.next(),
    };
    Ok(NextRequest { request: OrNull(request.as_ref().map(HttpMessage::from)) })
}

input! {
    Arguments
    /// What came back.
    pub(in crate::wire) struct DiscoveryResponse {
        /// The response.
        response: ArrivedResponse,
    }
}

output! {
    /// What a response led to.
    pub(in crate::wire) struct DiscoveryProgress {
        /// Whether discovery is over; else send the next request.
        done: bool,
        /// When it is over: the resource's metadata, where it started there.
        resource: Option<ProtectedResourceDocument>,
        /// When it is over: the metadata of the authorization server.
        authorization_server: Option<AuthorizationServerDocument>,
    }
}

fn receive(options: DiscoveryResponse, _: &Held, machine: &mut Machine) -> Result<DiscoveryProgress, Fault> {
    let response = options.response.into_http();
    let found = match machine.discovery()? {
        EitherDiscovery::Resource(discovery) => match discovery.receive(&response)? {
            Progress::Next => None,
            Progress::Done(found) => Some((Some(found.resource), found.authorization_server)),
        },
        EitherDiscovery::Issuer(discovery) => match discovery.receive(&response)? {
            Progress::Next => None,
            Progress::Done(server) => Some((None, server)),
        },
    };
    Ok(match found {
        None => DiscoveryProgress { done: false, resource: None, authorization_server: None },
        Some((resource, server)) => DiscoveryProgress {
            done: true,
            resource: resource.as_ref().map(ProtectedResourceDocument::from),
            authorization_server: Some(AuthorizationServerDocument::from(&server)),
        },
    })
}
