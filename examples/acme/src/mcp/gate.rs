//! The middleware before `/mcp`: it asks the role about headers and body, and only then lets the SDK see the request.

use alloc::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{Method, header};
use axum::middleware::Next;
use axum::response::Response;
use idjag::oauth::http::{HttpRequest, HttpResponse};

use crate::clock::Clock;
use crate::trust::ResourceServer;
use crate::web::{Fields, collect, into_axum, read_headers, sentence};

/// Tool arguments are small here; a larger body is not a tool call.
const MAX_BODY_BYTES: usize = 256 << 10;

pub(super) struct Gate {
    /// The public URL of the endpoint.
    pub(super) url: String,
    pub(super) role: Arc<ResourceServer>,
    pub(super) clock: Clock,
}

/// To be used with `axum::middleware::from_fn_with_state`.
pub(super) async fn guard(State(gate): State<Arc<Gate>>, request: Request, next: Next) -> Response {
    match gate.examine(request).await {
        Ok(request) => next.run(request).await,
        Err(refusal) => into_axum(refusal),
    }
}

impl Gate {
    /// The request as it may go on: with the admission among its extensions.
    async fn examine(&self, request: Request) -> Result<Request, HttpResponse> {
        let (mut parts, body) = request.into_parts();
        // The server keeps no sessions, so there is nothing to GET and nothing to DELETE.
        if parts.method != Method::POST {
            return Err(sentence(405, "only POST is served").with_header("allow", "POST"));
        }
        let headers =
            read_headers(&parts.headers).ok_or_else(|| sentence(400, "a request header is not text"))?;
        let body = collect(body, MAX_BODY_BYTES).await?;
        let asked = HttpRequest {
            method: parts.method.to_string(),
            url: self.url.clone(),
            headers,
            body: body.to_vec(),
        };
        parts.extensions.insert(self.role.admit(&asked, self.clock.now()).await?);
        // The SDK needs no credential, and what it does not have it cannot log.
        parts.headers.remove(header::AUTHORIZATION);
        // `idjag` refused every body that could be read in two ways, so the SDK reads what was decided on.
        Ok(Request::from_parts(parts, Body::from(body)))
    }
}
