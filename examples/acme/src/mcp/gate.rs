//! The middleware before `/mcp`: it reads the body, asks the role, and only then lets the SDK see the request.

use alloc::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{Method, header};
use axum::middleware::Next;
use axum::response::Response;

use super::message::Message;
use crate::clock::Clock;
use crate::roles::{McpCall, ResourceServer};
use crate::web::{PlainResponse, collect, into_axum, read_headers};

/// Tool arguments are small here; a larger body is not a tool call.
const MAX_BODY_BYTES: usize = 256 << 10;

pub(super) struct Gate {
    /// The public URL of the endpoint.
    pub(super) url: String,
    pub(super) role: Arc<dyn ResourceServer>,
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
    /// The request as it may go on: with the caller among its extensions.
    async fn examine(&self, request: Request) -> Result<Request, PlainResponse> {
        let (mut parts, body) = request.into_parts();
        // The server keeps no sessions, so there is nothing to GET and nothing to DELETE.
        if parts.method != Method::POST {
            return Err(
                PlainResponse::new(405, "text/plain", "only POST is served").with_header("allow", "POST")
            );
        }
        let message = Message::parse(&collect(body, MAX_BODY_BYTES).await?)?;
        let headers = read_headers(&parts.headers)
            .ok_or_else(|| PlainResponse::new(400, "text/plain", "a request header is not text"))?;
        let call = McpCall {
            http_method: parts.method.to_string(),
            url: self.url.clone(),
            headers,
            rpc_method: message.method.clone(),
            tool: message.tool.clone(),
        };
        let caller = self.role.admit(&call, self.clock.now())?;
        parts.extensions.insert(caller);
        parts.headers.remove(header::CONTENT_LENGTH);
        // The SDK needs no credential, and what it does not have it cannot log.
        parts.headers.remove(header::AUTHORIZATION);
        Ok(Request::from_parts(parts, Body::from(message.into_body())))
    }
}
