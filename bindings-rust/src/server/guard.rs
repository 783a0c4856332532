//! The layer before an MCP endpoint: what may pass is handed on, everything else gets the library's challenge.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::sync::Arc;
use core::convert::Infallible;
use core::fmt;
use core::pin::Pin;
use core::task::{Context, Poll};
use core::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{OriginalUri, Request};
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use idjag::UnixTime;
use idjag::oauth::http::{HttpRequest, HttpResponse};
use idjag::oauth::metadata::ProtectedResourceMetadata;
use idjag::rejection::Rejection;
use idjag::replay::FirstUse;
use idjag::resource_server::{
    AccessMaterial, AuthorizedAccess, PendingAccess, ResourceServer, VerifiedAccess, VerifiedTokenCache,
};
use idjag::uri::{Transport, Url};
use tower_layer::Layer;
use tower_service::Service;

use super::answer::{Halt, Unread, empty, into_axum, unavailable};
use super::handed_on::handed_on;
use super::hosting::rule_of;
use super::issue::{document, path_of};
use super::known_tokens::KnownTokens;
use super::listing::{Listing, is_list};
use super::message::{head_of, read_body};
use super::resource_as::keys_of;
use super::{Conversations, Hosting, SetupFailure};
use crate::{HostFailure, KeySource};

/// More than the messages of most MCP servers; servers that take more say so.
const MAX_BODY_BYTES: usize = 4 << 20;
const BODY_TIMEOUT: Duration = Duration::from_secs(30);

/// Guards an MCP endpoint: verifies token and proof before it reads a byte of the body, decides by method and tool on the
/// body that arrived, answers refusals with their challenge, and leaves out of a list of tools what the token may not
/// call.
///
/// What passes has the [`AuthorizedAccess`] among its extensions, the body that was decided on, in no encoding, and no
/// credentials any more. Requests at the resource's path and below it are decided on; all others are answered 404.
#[derive(Clone)]
pub struct Guard(Arc<Inner>);

#[derive(Clone)]
struct Inner {
    server: Arc<ResourceServer>,
    keys: Arc<dyn KeySource>,
    hosting: Hosting,
    /// Scheme, host and port of the public address.
    origin: String,
    /// Its path: what is guarded.
    path: String,
    metadata_path: String,
    metadata: HttpResponse,
    any_path: bool,
    conversations: Option<Arc<dyn Conversations>>,
    known: Option<Arc<KnownTokens>>,
}

impl Guard {
    /// Guards the endpoint at the resource's own address. `keys` are those of the authorization servers.
    ///
    /// Fails when the server has no metadata to publish.
    pub fn new(server: ResourceServer, keys: impl KeySource + 'static) -> Result<Self, SetupFailure> {
        let metadata = server.metadata()?.to_response();
        let url = Url::new(server.config().resource.as_str(), Transport::DangerousAllowHttpLoopback)?;
        Ok(Self(Arc::new(Inner {
            origin: url.origin().into(),
            path: path_of(&url).into(),
            metadata_path: path_of(&server.config().metadata_url).into(),
            server: Arc::new(server),
            keys: Arc::new(keys),
            hosting: Hosting::new(),
            metadata,
            any_path: false,
            conversations: None,
            known: KnownTokens::new(VerifiedTokenCache::DEFAULT_CAPACITY).map(Arc::new),
        })))
    }

    /// Where things are remembered and written down.
    #[must_use]
    pub fn with_hosting(self, hosting: Hosting) -> Self {
        self.with(|inner| inner.hosting = hosting)
    }

    /// The public address of the endpoint, where it is not the resource's identifier: what proofs must name.
    #[must_use]
    pub fn with_public_url(self, url: &Url) -> Self {
        self.with(|inner| {
            inner.origin = url.origin().into();
            inner.path = path_of(url).into();
        })
    }

    /// Another RFC 9728 document, such as [`ResourceServer::metadata`] with a name for people.
    #[must_use]
    pub fn with_metadata(self, metadata: &ProtectedResourceMetadata) -> Self {
        self.with(|inner| inner.metadata = metadata.to_response())
    }

    /// Who knows which conversation a request is part of: its token must be for that one.
    #[must_use]
    pub fn with_conversations(self, conversations: impl Conversations + 'static) -> Self {
        self.with(|inner| inner.conversations = Some(Arc::new(conversations)))
    }

    /// How many verified tokens are remembered, so that their signatures need not be computed again:
    /// [`VerifiedTokenCache::DEFAULT_CAPACITY`] where this is not said; of 0, none is. Everything but the signature is checked
    /// on each request all the same.
    #[must_use]
    pub fn with_token_cache_capacity(self, capacity: usize) -> Self {
        self.with(|inner| inner.known = KnownTokens::new(capacity).map(Arc::new))
    }

    /// Takes requests at any path for requests to the public address, which is what their proofs must name: for hosts
    /// that rewrite paths before this sees them. What is behind must then not decide by path what it does.
    #[must_use]
    pub fn dangerous_at_any_path(self) -> Self {
        self.with(|inner| inner.any_path = true)
    }

    fn with(mut self, change: impl FnOnce(&mut Inner)) -> Self {
        change(Arc::make_mut(&mut self.0));
        self
    }

    /// What decides.
    #[must_use]
    pub fn server(&self) -> &ResourceServer {
        &self.0.server
    }

    /// Routes for `service` behind this guard, at its path and below, and for the RFC 9728 document. Requests reach
    /// `service` with their paths as they are.
    pub fn router<S, R>(&self, service: S) -> Router
    where
        S: Service<Request, Response = R, Error = Infallible> + Clone + Send + Sync + 'static,
        S::Future: Send,
        R: IntoResponse + 'static,
    {
        let guarded = self.layer(Responding(service));
        let (path, base) = (self.0.path.as_str(), self.0.path.trim_end_matches('/'));
        let mut router = Router::new()
            .without_v07_checks()
            .route(&self.0.metadata_path, document(self.0.metadata.clone()))
            .route_service(&[base, "/{*below}"].concat(), guarded.clone())
            .route_service(path, guarded.clone());
        if path == base {
            router = router.route_service(&[base, "/"].concat(), guarded);
        }
        router
    }
}

impl<S> Layer<S> for Guard {
    type Service = Guarded<S>;

    fn layer(&self, inner: S) -> Guarded<S> {
        Guarded { guard: self.clone(), inner }
    }
}

impl fmt::Debug for Guard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Guard").field("server", &self.0.server).finish_non_exhaustive()
    }
}

/// A service behind a [`Guard`].
#[derive(Clone, Debug)]
pub struct Guarded<S> {
    guard: Guard,
    inner: S,
}

impl<S, I, O> Service<http::Request<I>> for Guarded<S>
where
    S: Service<Request, Response = http::Response<O>> + Clone + Send + 'static,
    S::Future: Send,
    I: http_body::Body<Data = Bytes> + Send + 'static,
    I::Error: Into<axum::BoxError>,
    O: http_body::Body<Data = Bytes> + Send + 'static,
    O::Error: Into<axum::BoxError>,
{
    type Response = Response;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Response, S::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: http::Request<I>) -> Self::Future {
        let guard = self.guard.0.clone();
        // The service that was ready is the one to call.
        let ready = self.inner.clone();
        let mut inner = core::mem::replace(&mut self.inner, ready);
        Box::pin(async move {
            match guard.admit(request.map(Body::new)).await {
                Ok((request, listing)) => {
                    let response = inner.call(request).await?.map(Body::new);
                    Ok(listing.filter(response).await)
                }
                Err(refusal) => Ok(refusal),
            }
        })
    }
}

impl Inner {
    /// The request as it may go on, and what is to be left out of its answer; or the response to it.
    async fn admit(&self, request: Request) -> Result<(Request, Listing), Response> {
        let uri = request.extensions().get::<OriginalUri>().map_or(request.uri(), |OriginalUri(uri)| uri);
        let path = if self.any_path { &self.path } else { uri.path() };
        if path == self.metadata_path {
            return Err(match *request.method() {
                Method::GET | Method::HEAD => into_axum(self.metadata.clone()),
                _ => empty(StatusCode::METHOD_NOT_ALLOWED),
            });
        }
        if !covers(&self.path, path) {
            return Err(empty(StatusCode::NOT_FOUND));
        }
        let query = uri.query().map_or(String::new(), |query| ["?", query].concat());
        let url = [self.origin.as_str(), path, &query].concat();
        let (parts, body) = request.into_parts();
        let head = head_of(&parts, url).map_err(Unread::into_response)?;

        // A stranger's body is not worth reading.
        let recognized_at = self.hosting.surroundings.now().ok();
        let verified = match self.recognize(&head).await {
            Ok(verified) => verified,
            Err(halt) => return Err(halt.respond(&self.hosting).await),
        };
        let bounds = self.hosting.bounds(MAX_BODY_BYTES, BODY_TIMEOUT);
        let body = read_body(body, bounds).await.map_err(Unread::into_response)?;
        let whole = HttpRequest { body: body.to_vec(), ..head };
        let (access, is_list) = match self.decide_anew(verified, recognized_at, &whole).await {
            Ok(decided) => decided,
            Err(halt) => return Err(halt.respond(&self.hosting).await),
        };
        if let Err(failure) = self.hosting.keep(access.record()).await {
            return Err(unavailable(&failure, &self.hosting));
        }
        let (server, held) = (self.server.clone(), access.clone());
        let permits = move |tool: &str| server.permits_tool(&held, tool);
        let listing = Listing::new(is_list, self.hosting.failures.clone(), permits);
        Ok((handed_on(parts, body, access), listing))
    }

    /// Verifies token and proof by the header fields alone.
    async fn recognize(&self, head: &HttpRequest) -> Result<VerifiedAccess<'_>, Halt> {
        let clock = &self.hosting.surroundings;
        let (issuer, kid) = {
            let pending = self.parse(head, clock.now()?)?;
            let needs = pending.needs();
            (needs.issuer.clone(), needs.kid.cloned())
        };
        let (keys, nonces, revoked, context) = tokio::join!(
            keys_of(self.keys.as_ref(), &issuer, kid.as_ref(), &self.hosting),
            self.hosting.nonces(),
            self.hosting.revoked(),
            self.conversation(head),
        );
        let (nonces, revoked, context) = (nonces?, revoked?, context?);
        let material = AccessMaterial {
            keys: keys.as_deref(),
            revocations: revoked.as_deref(),
            nonce: rule_of(nonces.as_ref()),
            context: context.as_deref(),
        };
        let now = clock.now()?;
        Ok(self.parse(head, now)?.verify(&material, now)?)
    }

    fn parse<'s: 'r, 'r>(
        &'s self,
        head: &'r HttpRequest,
        now: UnixTime,
    ) -> Result<PendingAccess<'s, 'r>, Rejection> {
        match &self.known {
            Some(known) => self.server.parse_with(head, known.as_ref(), now),
            None => self.server.parse(head, now),
        }
    }

    async fn conversation(&self, head: &HttpRequest) -> Result<Option<String>, HostFailure> {
        match &self.conversations {
            Some(conversations) => conversations.of(head).await,
            None => Ok(None),
        }
    }

    /// Decides, on what holds now: a body may take its time, in which tokens expire and are revoked.
    async fn decide_anew(
        &self,
        verified: VerifiedAccess<'_>,
        recognized_at: Option<UnixTime>,
        request: &HttpRequest,
    ) -> Result<(AuthorizedAccess, bool), Halt> {
        let is_now = Some(self.hosting.surroundings.now()?) == recognized_at;
        let verified = if is_now { verified } else { self.recognize(request).await? };
        self.decide(verified, request).await
    }

    /// Decides on the body; then, when nothing else can refuse any more, the proof is used up.
    async fn decide(
        &self,
        verified: VerifiedAccess<'_>,
        request: &HttpRequest,
    ) -> Result<(AuthorizedAccess, bool), Halt> {
        let clock = &self.hosting.surroundings;
        let now = clock.now()?;
        let operation = verified.operation_of(request, now)?;
        verified.check_operation(&operation, now)?;
        let verified = match verified.replay_key().cloned() {
            Some(key) => {
                let answer = match &self.hosting.replay {
                    Some(store) => store.first_use(&key, clock.now()?).await,
                    None => FirstUse::Unavailable,
                };
                verified.answered(answer)?
            }
            None => verified,
        };
        let is_list = is_list(&operation);
        Ok((verified.authorize(&operation, clock.now()?)?, is_list))
    }
}

/// Whether `path` is `base` or below it, in everybody's reading: whatever is behind this may take an encoded slash for a
/// slash, two for one, or dots for a way up.
fn covers(base: &str, path: &str) -> bool {
    if path == base {
        return true;
    }
    let below = path.strip_prefix(base.strip_suffix('/').unwrap_or(base));
    let Some(below) = below.and_then(|below| below.strip_prefix('/')) else { return false };
    let lower = below.to_ascii_lowercase();
    let is_odd = ["//", "%2f", "%5c", "%25", "%2e", "\\"].iter().any(|odd| lower.contains(odd));
    !is_odd && !below.starts_with('/') && !below.split('/').any(|segment| segment == "." || segment == "..")
}

/// A service whose responses are axum's.
#[derive(Clone, Debug)]
struct Responding<S>(S);

impl<S, R> Service<Request> for Responding<S>
where
    S: Service<Request, Response = R, Error = Infallible>,
    S::Future: Send + 'static,
    R: IntoResponse + 'static,
{
    type Response = Response;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.0.poll_ready(context)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let answer = self.0.call(request);
        Box::pin(async move { answer.await.map(IntoResponse::into_response) })
    }
}

#[cfg(test)]
mod tests {
    use super::covers;

    #[test]
    fn a_path_is_covered_when_everybody_reads_it_so() {
        for path in ["/mcp", "/mcp/", "/mcp/a", "/mcp/a/b.c"] {
            assert!(covers("/mcp", path), "{path}");
        }
        for path in [
            "/",
            "/mcp2",
            "/mc",
            "/mcp//a",
            "/mcp/../x",
            "/mcp/%2e%2e/x",
            "/mcp/a%2fb",
            "/mcp/a%5Cb",
            "/x/mcp",
        ] {
            assert!(!covers("/mcp", path), "{path}");
        }
        assert!(covers("/", "/") && covers("/", "/a") && !covers("/", "//a"));
        assert!(covers("/mcp/", "/mcp/") && covers("/mcp/", "/mcp/a") && !covers("/mcp/", "/mcp"));
    }
}
