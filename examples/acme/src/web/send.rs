//! Sending a request that someone else built: no redirects, no proxy, a timeout, a cap on what comes back.

use core::time::Duration;

use axum::http::{HeaderName, HeaderValue, Method};
use idjag::oauth::http::{Headers, HttpRequest, HttpResponse};

use crate::failure::Failure;

const TIMEOUT: Duration = Duration::from_secs(10);
/// Far above any metadata document or token response, far below what would hurt.
const MAX_RESPONSE_BYTES: usize = 1 << 20;

/// An HTTP client as an OAuth client needs it.
#[derive(Clone)]
pub(crate) struct Web {
    http: reqwest::Client,
}

impl Web {
    pub(crate) fn new() -> Result<Self, Failure> {
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .timeout(TIMEOUT)
            .build()
            .map_err(Failure::broken)?;
        Ok(Self { http })
    }

    /// The same client, for a library that brings its own requests.
    pub(crate) fn http(&self) -> reqwest::Client {
        self.http.clone()
    }

    pub(crate) async fn send(&self, request: &HttpRequest) -> Result<HttpResponse, Failure> {
        let mut response = self.http.execute(self.outgoing(request)?).await.map_err(Failure::broken)?;
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(Failure::broken)? {
            if body.len() + chunk.len() > MAX_RESPONSE_BYTES {
                return Err(Failure::broken("the response is too large"));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(HttpResponse { status: response.status().as_u16(), headers: incoming(response.headers())?, body })
    }

    fn outgoing(&self, request: &HttpRequest) -> Result<reqwest::Request, Failure> {
        let method = Method::from_bytes(request.method.as_bytes()).map_err(Failure::broken)?;
        let mut outgoing = self.http.request(method, &request.url).body(request.body.clone());
        for (name, value) in request.headers.iter() {
            let name = HeaderName::from_bytes(name.as_bytes()).map_err(Failure::broken)?;
            outgoing = outgoing.header(name, HeaderValue::from_str(value).map_err(Failure::broken)?);
        }
        outgoing.build().map_err(Failure::broken)
    }
}

fn incoming(headers: &axum::http::HeaderMap) -> Result<Headers, Failure> {
    super::read_headers(headers).ok_or_else(|| Failure::broken("a response header is not text"))
}
