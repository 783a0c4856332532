//! The server side: a loopback port, and routes answered by plain functions.

use core::future::{Future, ready};
use std::io;

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use axum::routing::{MethodFilter, on};
use idjag::UnixTime;
use idjag::oauth::http::{Headers, HttpRequest, HttpResponse};
use tokio::net::TcpListener;

use super::sentence;
use crate::clock::Clock;

/// No form or token request of this company comes near it.
const MAX_REQUEST_BYTES: usize = 64 << 10;

/// A port of our own on 127.0.0.1. It is opened before anything is built, because an issuer is named after it.
pub(crate) struct Port {
    listener: TcpListener,
    /// `http://127.0.0.1:…`, without a trailing slash.
    pub(crate) origin: String,
}

impl Port {
    pub(crate) async fn open() -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let origin = format!("http://{}", listener.local_addr()?);
        Ok(Self { listener, origin })
    }

    /// Answers on this port until the process or the returned task ends.
    pub(crate) fn serve(self, router: Router) -> tokio::task::JoinHandle<()> {
        tokio::spawn(async move {
            // `axum::serve` recovers from connection errors itself and never returns one.
            let _ = axum::serve(self.listener, router).await;
        })
    }
}

/// Routes under one origin; every answer is a function of the request and the time.
pub(crate) struct Site {
    origin: String,
    clock: Clock,
    router: Router,
}

impl Site {
    pub(crate) fn new(origin: &str, clock: &Clock) -> Self {
        Self { origin: origin.into(), clock: clock.clone(), router: Router::new() }
    }

    /// A document or page: answered on the spot.
    pub(crate) fn get<F>(self, path: &str, answer: F) -> Self
    where
        F: Fn(&HttpRequest, UnixTime) -> HttpResponse + Clone + Send + Sync + 'static,
    {
        self.route(MethodFilter::GET, path, move |request, now| ready(answer(&request, now)))
    }

    /// A request whose answer may take a look elsewhere first, such as at somebody's keys.
    pub(crate) fn post<F, A>(self, path: &str, answer: F) -> Self
    where
        F: Fn(HttpRequest, UnixTime) -> A + Clone + Send + Sync + 'static,
        A: Future<Output = HttpResponse> + Send + 'static,
    {
        self.route(MethodFilter::POST, path, answer)
    }

    fn route<F, A>(mut self, method: MethodFilter, path: &str, answer: F) -> Self
    where
        F: Fn(HttpRequest, UnixTime) -> A + Clone + Send + Sync + 'static,
        A: Future<Output = HttpResponse> + Send + 'static,
    {
        let (origin, clock) = (self.origin.clone(), self.clock.clone());
        let handler = async move |request: Request| match into_plain(&origin, request).await {
            Ok(request) => into_axum(answer(request, clock.now()).await),
            Err(refused) => into_axum(refused),
        };
        self.router = self.router.route(path, on(method, handler));
        self
    }

    pub(crate) fn into_router(self) -> Router {
        self.router
    }
}

async fn into_plain(origin: &str, request: Request) -> Result<HttpRequest, HttpResponse> {
    let (parts, body) = request.into_parts();
    let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
    let headers =
        read_headers(&parts.headers).ok_or_else(|| sentence(400, "a request header is not text"))?;
    let body = collect(body, MAX_REQUEST_BYTES).await?;
    Ok(HttpRequest {
        method: parts.method.to_string(),
        url: format!("{origin}{path}"),
        headers,
        body: body.to_vec(),
    })
}

/// The whole body, or 413 once it grows past `limit` bytes.
async fn collect(body: Body, limit: usize) -> Result<Bytes, HttpResponse> {
    to_bytes(body, limit).await.map_err(|_| sentence(413, "the request body is too large"))
}

/// `None` when a value is not text: dropping it would hide it from whoever decides.
fn read_headers(headers: &HeaderMap) -> Option<Headers> {
    headers.iter().map(|(name, value)| Some((name.as_str(), value.to_str().ok()?))).collect()
}

fn into_axum(plain: HttpResponse) -> Response {
    build(plain).unwrap_or_else(|| {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
        response
    })
}

fn build(plain: HttpResponse) -> Option<Response> {
    let mut response = Response::new(Body::from(plain.body));
    *response.status_mut() = StatusCode::from_u16(plain.status).ok()?;
    for (name, value) in plain.headers.iter() {
        let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
        response.headers_mut().append(name, HeaderValue::from_str(value).ok()?);
    }
    Some(response)
}
