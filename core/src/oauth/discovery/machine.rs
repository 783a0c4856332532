//! MCP authorization: from a resource to its metadata to its authorization server's, one request at a time.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::mem;

use super::{authorization_server_metadata_urls, resource_metadata_urls};
use crate::error::{Error, ErrorCode};
use crate::limits::Limits;
use crate::oauth::http::{HttpRequest, HttpResponse};
use crate::oauth::metadata::{
    AuthorizationServerMetadata, ProtectedResourceMetadata, ResourceMatching, request,
};
use crate::uri::{Issuer, ResourceId, Transport, Url};

/// What a response led to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Progress<T> {
    /// Send what `next` says now.
    Next,
    /// Found.
    Done(T),
}

/// Which of a resource's authorization servers is used.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum AuthorizationServerChoice {
    /// The first one: for clients whose identifier every server can resolve.
    #[default]
    First,
    /// The first one with which the client is registered, else the first one.
    Prefer(Vec<Issuer>),
    /// The first one with which the client is registered, and no other: credentials are never used elsewhere
    /// (MCP-009, MCP-010).
    Require(Vec<Issuer>),
}

impl AuthorizationServerChoice {
    /// Chooses among the servers a resource lists; fails with `credentials_issuer_mismatch`.
    pub fn choose<'l>(&self, listed: &'l [Issuer]) -> Result<&'l Issuer, Error> {
        const NONE: Error = Error::new(ErrorCode::CredentialsIssuerMismatch);
        let registered = |known: &[Issuer]| listed.iter().find(|issuer| known.contains(issuer));
        match self {
            Self::First => listed.first().ok_or(NONE),
            Self::Prefer(known) => registered(known).or_else(|| listed.first()).ok_or(NONE),
            Self::Require(known) => registered(known).ok_or(NONE),
        }
    }
}

/// What discovery yields: two documents that name each other as they must.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Discovered {
    /// The resource's document.
    pub resource: ProtectedResourceMetadata,
    /// The document of the chosen authorization server.
    pub authorization_server: AuthorizationServerMetadata,
}

/// Finds the metadata of an issuer that is known already.
///
/// As long as `next` names a request, send it without following redirects and pass the response to `receive`.
#[derive(Clone, Debug)]
pub struct IssuerDiscovery {
    issuer: Issuer,
    transport: Transport,
    limits: Limits,
    candidates: Candidates,
}

/// The addresses that are left, the current one last.
#[derive(Clone, Debug, Default)]
struct Candidates(Vec<Url>);

impl Candidates {
    fn new(mut urls: Vec<Url>) -> Self {
        urls.reverse();
        Self(urls)
    }

    fn current(&self) -> Option<&Url> {
        self.0.last()
    }

    /// A failure of the server leaves the request to be sent again; a document that is not there leads to the
    /// next address; everything else is final. A mismatch never leads on: whoever could cause one could
    /// otherwise choose which of the addresses counts.
    fn settle<T>(&mut self, result: Result<T, Error>) -> Result<Progress<T>, Error> {
        match result {
            Err(error) if error.code() == ErrorCode::ServerFailed => Err(error),
            Err(error) if is_absent(&error) && self.0.len() > 1 => {
                self.0.pop();
                Ok(Progress::Next)
            }
            result => {
                self.0.clear();
                result.map(Progress::Done)
            }
        }
    }
}

/// Whether there is no document at an address: no such page, or a page instead of a document.
fn is_absent(error: &Error) -> bool {
    error.code() == ErrorCode::MetadataNotFound
        || (error.code() == ErrorCode::ResponseMalformed && error.detail() == Some("Content-Type"))
}

/// A response to a request that was never made.
const OVER: Error = Error::config("discovery is over");

impl IssuerDiscovery {
    /// Discovery of `issuer`, over https and with the default limits.
    #[must_use]
    pub fn new(issuer: Issuer) -> Self {
        let candidates = Candidates::new(authorization_server_metadata_urls(&issuer));
        Self { issuer, transport: Transport::default(), limits: Limits::default(), candidates }
    }

    /// Which addresses the document may name.
    #[must_use]
    pub fn with_transport(self, transport: Transport) -> Self {
        Self { transport, ..self }
    }

    /// Caps on the responses.
    #[must_use]
    pub fn with_limits(self, limits: Limits) -> Self {
        Self { limits, ..self }
    }

    /// The request to send; `None` when discovery is over.
    #[must_use]
    pub fn next(&self) -> Option<HttpRequest> {
        self.candidates.current().map(request)
    }

    /// Takes the response to that request.
    ///
    /// Fails as [`AuthorizationServerMetadata::read`]. After `server_failed` the same request may be sent
    /// again; a status of 4xx, or a page instead of JSON, leads to the next address while there is one; any
    /// other failure ends discovery.
    pub fn receive(
        &mut self,
        response: &HttpResponse,
    ) -> Result<Progress<AuthorizationServerMetadata>, Error> {
        if self.candidates.current().is_none() {
            return Err(OVER);
        }
        let found = AuthorizationServerMetadata::read(response, &self.issuer, self.transport, &self.limits);
        self.candidates.settle(found)
    }
}

/// Finds the metadata of a resource, chooses one of its authorization servers, and finds that one's metadata.
///
/// As long as `next` names a request, send it without following redirects and pass the response to `receive`.
#[derive(Clone, Debug)]
pub struct Discovery {
    server: ResourceId,
    challenged: Option<Url>,
    matching: ResourceMatching,
    choice: AuthorizationServerChoice,
    transport: Transport,
    limits: Limits,
    state: State,
}

#[derive(Clone, Debug)]
enum State {
    Resource { candidates: Candidates },
    Issuer { resource: Box<ProtectedResourceMetadata>, issuer: Box<IssuerDiscovery> },
    Over,
}

impl Discovery {
    /// Discovery for the resource that was or will be requested, over https, with exact comparison, the first
    /// authorization server and the default limits. `challenged` is the `resource_metadata` of its challenge.
    #[must_use]
    pub fn new(server: ResourceId, challenged: Option<Url>) -> Self {
        let urls = resource_metadata_urls(&server, challenged.as_ref()).into_iter().map(|(url, _)| url);
        let state = State::Resource { candidates: Candidates::new(urls.collect()) };
        Self {
            server,
            challenged,
            matching: ResourceMatching::default(),
            choice: AuthorizationServerChoice::default(),
            transport: Transport::default(),
            limits: Limits::default(),
            state,
        }
    }

    /// How the document's `resource` is compared.
    #[must_use]
    pub fn with_matching(self, matching: ResourceMatching) -> Self {
        Self { matching, ..self }
    }

    /// Which authorization server is used.
    #[must_use]
    pub fn with_choice(self, choice: AuthorizationServerChoice) -> Self {
        Self { choice, ..self }
    }

    /// Which addresses the documents may name.
    #[must_use]
    pub fn with_transport(self, transport: Transport) -> Self {
        Self { transport, ..self }
    }

    /// Caps on the responses.
    #[must_use]
    pub fn with_limits(self, limits: Limits) -> Self {
        Self { limits, ..self }
    }

    /// The request to send; `None` when discovery is over.
    #[must_use]
    pub fn next(&self) -> Option<HttpRequest> {
        match &self.state {
            State::Resource { candidates } => candidates.current().map(request),
            State::Issuer { issuer, .. } => issuer.next(),
            State::Over => None,
        }
    }

    /// Takes the response to that request.
    ///
    /// Fails as [`ProtectedResourceMetadata::read`], with `credentials_issuer_mismatch` as
    /// [`AuthorizationServerChoice::choose`], or as [`IssuerDiscovery::receive`], whose rules on going on
    /// after a failure hold here too.
    pub fn receive(&mut self, response: &HttpResponse) -> Result<Progress<Discovered>, Error> {
        match mem::replace(&mut self.state, State::Over) {
            State::Resource { candidates } => self.receive_resource(response, candidates),
            State::Issuer { resource, issuer } => self.receive_issuer(response, resource, issuer),
            State::Over => Err(OVER),
        }
    }

    fn receive_resource(
        &mut self,
        response: &HttpResponse,
        mut candidates: Candidates,
    ) -> Result<Progress<Discovered>, Error> {
        let plan = resource_metadata_urls(&self.server, self.challenged.as_ref());
        let fetched = plan.iter().find(|(url, _)| candidates.current() == Some(url));
        let (_, fetched) = fetched.ok_or(OVER)?;
        let (matching, transport) = (self.matching, self.transport);
        let found = ProtectedResourceMetadata::read(response, *fetched, matching, transport, &self.limits);
        match candidates.settle(found) {
            Ok(Progress::Done(resource)) => {
                let issuer = self.choice.choose(resource.authorization_servers())?.clone();
                let issuer = IssuerDiscovery::new(issuer)
                    .with_transport(self.transport)
                    .with_limits(self.limits.clone());
                self.state = State::Issuer { resource: Box::new(resource), issuer: Box::new(issuer) };
                Ok(Progress::Next)
            }
            other => {
                self.state = State::Resource { candidates };
                other.map(|_| Progress::Next)
            }
        }
    }

    fn receive_issuer(
        &mut self,
        response: &HttpResponse,
        resource: Box<ProtectedResourceMetadata>,
        mut issuer: Box<IssuerDiscovery>,
    ) -> Result<Progress<Discovered>, Error> {
        match issuer.receive(response) {
            Ok(Progress::Done(authorization_server)) => {
                Ok(Progress::Done(Discovered { resource: *resource, authorization_server }))
            }
            other => {
                self.state = State::Issuer { resource, issuer };
                other.map(|_| Progress::Next)
            }
        }
    }
}
