//! The transport of rmcp's client over authorized requests.
//!
//! rmcp's own HTTP client takes one bearer token for the life of a connection, and of a refusal it hands on a single
//! challenge. Here every request gets its own token and proof, and the connection sees the whole refusal.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::sync::Arc;
use std::collections::HashMap;

use futures_core::stream::BoxStream;
use http::{HeaderName, HeaderValue};
use idjag::oauth::http::{Headers, HttpRequest};
use rmcp::model::{ClientJsonRpcMessage, ClientRequest};
use rmcp::transport::StreamableHttpClientTransport;
use rmcp::transport::common::http_header::{
    EVENT_STREAM_MIME_TYPE, HEADER_LAST_EVENT_ID, HEADER_SESSION_ID, JSON_MIME_TYPE,
};
use rmcp::transport::streamable_http_client::{
    SseError, StreamableHttpClient, StreamableHttpClientTransportConfig, StreamableHttpError,
    StreamableHttpPostResponse, StreamableHttpResponseLimits,
};
use sse_stream::Sse;

use super::answer;
use super::events::{MAX_EVENT_BYTES, events_of};
use crate::client::{AuthorizedHttp, ClientError};

/// The transport of an rmcp client to one MCP server.
pub type AuthorizedTransport = StreamableHttpClientTransport<McpHttp>;

pub(super) type Failure = StreamableHttpError<ClientError>;

/// What rmcp sends its messages through: authorized requests to one MCP server.
///
/// A denial is [`StreamableHttpError::Client`] with [`ClientError::Denied`], which rmcp does not take for an invitation to
/// ask for authorization.
#[derive(Clone, Debug)]
pub struct McpHttp(AuthorizedHttp);

impl McpHttp {
    /// Sends over `http`.
    #[must_use]
    pub const fn new(http: AuthorizedHttp) -> Self {
        Self(http)
    }

    /// The transport, for rmcp's `serve`. The address is that of the MCP server the connection is for.
    #[must_use]
    pub fn into_transport(self) -> AuthorizedTransport {
        let config = StreamableHttpClientTransportConfig::with_uri(self.0.server().as_str());
        StreamableHttpClientTransport::with_client(self, config)
    }

    async fn send(&self, request: HttpRequest, operation: &str) -> Result<reqwest::Response, Failure> {
        self.0.send(&request, operation).await.map_err(Failure::Client)
    }
}

impl From<AuthorizedHttp> for AuthorizedTransport {
    fn from(http: AuthorizedHttp) -> Self {
        McpHttp::new(http).into_transport()
    }
}

type Lines = HashMap<HeaderName, HeaderValue>;

/// Names that the transport itself writes.
const RESERVED: [&str; 3] = ["accept", "mcp-session-id", "last-event-id"];

fn request(
    method: &str,
    uri: &str,
    session: Option<&str>,
    token: Option<&str>,
    lines: &Lines,
) -> Result<HttpRequest, Failure> {
    if token.is_some() {
        return Err(Failure::UnexpectedServerResponse("the connection brings its own token".into()));
    }
    let accept = [EVENT_STREAM_MIME_TYPE, JSON_MIME_TYPE].join(", ");
    let mut headers = Headers::new().with("accept", accept);
    for (name, value) in lines {
        let value = value.to_str().ok().filter(|_| !RESERVED.contains(&name.as_str()));
        let value = value.ok_or_else(|| Failure::ReservedHeaderConflict(name.as_str().into()))?;
        headers.push(name.as_str(), value);
    }
    if let Some(session) = session {
        headers.push(HEADER_SESSION_ID, session);
    }
    Ok(HttpRequest { method: method.into(), url: uri.into(), headers, body: Vec::new() })
}

/// The name under which step-ups are counted: a tool's, where one is called.
fn operation_of(message: &ClientJsonRpcMessage) -> Cow<'static, str> {
    match message {
        ClientJsonRpcMessage::Request(request) => match &request.request {
            ClientRequest::CallToolRequest(call) => format!("tools/call {}", call.params.name).into(),
            other => String::from(other.method()).into(),
        },
        ClientJsonRpcMessage::Notification(_) => "notification".into(),
        ClientJsonRpcMessage::Response(_) | ClientJsonRpcMessage::Error(_) => "response".into(),
    }
}

impl StreamableHttpClient for McpHttp {
    type Error = ClientError;

    async fn post_message(
        &self,
        uri: Arc<str>,
        message: ClientJsonRpcMessage,
        session_id: Option<Arc<str>>,
        auth_header: Option<String>,
        custom_headers: Lines,
    ) -> Result<StreamableHttpPostResponse, Failure> {
        let limits = StreamableHttpResponseLimits::default();
        self.post_message_with_response_limits(uri, message, session_id, auth_header, custom_headers, limits)
            .await
    }

    async fn post_message_with_max_sse_event_size(
        &self,
        uri: Arc<str>,
        message: ClientJsonRpcMessage,
        session_id: Option<Arc<str>>,
        auth_header: Option<String>,
        custom_headers: Lines,
        max_sse_event_size: usize,
    ) -> Result<StreamableHttpPostResponse, Failure> {
        let mut limits = StreamableHttpResponseLimits::default();
        limits.max_sse_event_size = max_sse_event_size;
        self.post_message_with_response_limits(uri, message, session_id, auth_header, custom_headers, limits)
            .await
    }

    async fn post_message_with_response_limits(
        &self,
        uri: Arc<str>,
        message: ClientJsonRpcMessage,
        session_id: Option<Arc<str>>,
        auth_header: Option<String>,
        custom_headers: Lines,
        limits: StreamableHttpResponseLimits,
    ) -> Result<StreamableHttpPostResponse, Failure> {
        let session = session_id.as_deref();
        let mut request = request("POST", &uri, session, auth_header.as_deref(), &custom_headers)?;
        request.headers.push("content-type", JSON_MIME_TYPE);
        request.body = serde_json::to_vec(&message)?;
        let response = self.send(request, &operation_of(&message)).await?;
        answer::of_post(response, &message, session.is_some(), limits).await
    }

    async fn delete_session(
        &self,
        uri: Arc<str>,
        session_id: Arc<str>,
        auth_header: Option<String>,
        custom_headers: Lines,
    ) -> Result<(), Failure> {
        let session = Some(session_id.as_ref());
        let request = request("DELETE", &uri, session, auth_header.as_deref(), &custom_headers)?;
        answer::of_delete(&self.send(request, "session").await?)
    }

    async fn get_stream(
        &self,
        uri: Arc<str>,
        session_id: Option<Arc<str>>,
        last_event_id: Option<String>,
        auth_header: Option<String>,
        custom_headers: Lines,
    ) -> Result<BoxStream<'static, Result<Sse, SseError>>, Failure> {
        self.get_stream_with_max_sse_event_size(
            uri,
            session_id,
            last_event_id,
            auth_header,
            custom_headers,
            MAX_EVENT_BYTES,
        )
        .await
    }

    async fn get_stream_with_max_sse_event_size(
        &self,
        uri: Arc<str>,
        session_id: Option<Arc<str>>,
        last_event_id: Option<String>,
        auth_header: Option<String>,
        custom_headers: Lines,
        max_sse_event_size: usize,
    ) -> Result<BoxStream<'static, Result<Sse, SseError>>, Failure> {
        let session = session_id.as_deref();
        let mut request = request("GET", &uri, session, auth_header.as_deref(), &custom_headers)?;
        if let Some(last) = last_event_id {
            request.headers.push(HEADER_LAST_EVENT_ID, last);
        }
        let response = self.send(request, "session").await?;
        answer::of_get(&response)?;
        Ok(events_of(response, max_sse_event_size))
    }
}
