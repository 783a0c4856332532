//! The MCP client: rmcp over an HTTP client that dresses every request for the occasion.

use alloc::sync::Arc;
use core::error::Error;
use std::collections::HashMap;

use axum::http::{HeaderName, HeaderValue};
use futures_core::stream::BoxStream;
use idjag::oauth::http::{Headers, HttpResponse};
use rmcp::model::{
    CallToolRequestParams, ClientConfig, ClientJsonRpcMessage, ContentBlock, JsonObject, ProtocolVersion,
    Tool,
};
use rmcp::service::{
    ClientInitializeError, ClientLifecycleMode, ClientServiceExt, RoleClient, RunningService, ServiceError,
};
use rmcp::transport::StreamableHttpClientTransport;
use rmcp::transport::streamable_http_client::{
    SseError, StreamableHttpClient, StreamableHttpClientTransportConfig, StreamableHttpError,
    StreamableHttpPostResponse,
};
use serde_json::Value;
use sse_stream::Sse;

use crate::failure::Failure;
use crate::web::Web;

/// The headers that authorize one request, given its method and URL. A DPoP proof is good for one request only, so
/// they are computed again each time.
pub(crate) type HeadersFor = Arc<dyn Fn(&str, &str) -> Result<Headers, idjag::Error> + Send + Sync>;

/// A connection to one MCP server.
pub(crate) struct McpClient {
    service: RunningService<RoleClient, ClientConfig>,
}

impl McpClient {
    /// Connects; a server that wants a token, or another one, refuses here.
    pub(crate) async fn connect(web: &Web, url: &str, headers_for: HeadersFor) -> Result<Self, Failure> {
        let http = Dressed { http: web.http(), headers_for };
        let config = StreamableHttpClientTransportConfig::with_uri(url);
        let transport = StreamableHttpClientTransport::with_client(http, config);
        let lifecycle =
            ClientLifecycleMode::Discover { preferred_versions: vec![ProtocolVersion::V_2026_07_28] };
        let service = ClientConfig::default()
            .serve_with_lifecycle(transport, lifecycle)
            .await
            .map_err(from_initialize)?;
        Ok(Self { service })
    }

    pub(crate) async fn tools(&self) -> Result<Vec<Tool>, Failure> {
        self.service.list_all_tools().await.map_err(from_service)
    }

    /// The structured result of a tool. A tool that says no is broken from the caller's point of view.
    pub(crate) async fn call(&self, tool: &'static str, arguments: JsonObject) -> Result<Value, Failure> {
        let call = CallToolRequestParams::new(tool).with_arguments(arguments);
        let result = self.service.call_tool(call).await.map_err(from_service)?;
        match (result.is_error, result.structured_content) {
            (Some(true), _) => Err(Failure::broken(sentence_of(&result.content))),
            (_, Some(output)) => Ok(output),
            (_, None) => Err(Failure::broken("the tool returned nothing")),
        }
    }
}

fn sentence_of(content: &[ContentBlock]) -> String {
    content.iter().filter_map(|block| block.as_text()).map(|text| text.text.as_str()).collect()
}

fn from_initialize(error: ClientInitializeError) -> Failure {
    let challenge = error.auth_challenge().map(str::to_owned);
    from_rmcp(&error, challenge, error.is_authorization_required())
}

fn from_service(error: ServiceError) -> Failure {
    let challenge = error.auth_challenge().map(str::to_owned);
    from_rmcp(&error, challenge, error.is_authorization_required())
}

/// rmcp says in words what the status was: authorization is required at 401, and is not at 403.
fn from_rmcp(error: &dyn Error, challenge: Option<String>, is_required: bool) -> Failure {
    let Some(challenge) = challenge else { return Failure::broken(error) };
    let status = if is_required { 401 } else { 403 };
    let headers = Headers::new().with("www-authenticate", challenge);
    Failure::Challenged(HttpResponse { status, headers, body: Vec::new() })
}

/// reqwest as rmcp uses it, plus the headers of the moment. rmcp's own `auth_header` cannot say `DPoP` and is fixed
/// for the life of a connection.
#[derive(Clone)]
struct Dressed {
    http: reqwest::Client,
    headers_for: HeadersFor,
}

type HttpError = StreamableHttpError<reqwest::Error>;
type Lines = HashMap<HeaderName, HeaderValue>;

impl Dressed {
    fn dress(&self, method: &str, url: &str, mut headers: Lines) -> Result<Lines, HttpError> {
        let invalid = |_| HttpError::UnexpectedServerResponse("a header cannot be sent".into());
        let dressed = (self.headers_for)(method, url)
            .map_err(|error| HttpError::UnexpectedServerResponse(error.to_string().into()))?;
        for (name, value) in dressed.iter() {
            let name = HeaderName::from_bytes(name.as_bytes()).map_err(|error| invalid(error.to_string()))?;
            let mut value = HeaderValue::from_str(value).map_err(|error| invalid(error.to_string()))?;
            value.set_sensitive(true);
            headers.insert(name, value);
        }
        Ok(headers)
    }
}

impl StreamableHttpClient for Dressed {
    type Error = reqwest::Error;

    async fn post_message(
        &self,
        uri: Arc<str>,
        message: ClientJsonRpcMessage,
        session_id: Option<Arc<str>>,
        auth_header: Option<String>,
        custom_headers: Lines,
    ) -> Result<StreamableHttpPostResponse, HttpError> {
        let headers = self.dress("POST", &uri, custom_headers)?;
        self.http.post_message(uri, message, session_id, auth_header, headers).await
    }

    async fn delete_session(
        &self,
        uri: Arc<str>,
        session_id: Arc<str>,
        auth_header: Option<String>,
        custom_headers: Lines,
    ) -> Result<(), HttpError> {
        let headers = self.dress("DELETE", &uri, custom_headers)?;
        self.http.delete_session(uri, session_id, auth_header, headers).await
    }

    async fn get_stream(
        &self,
        uri: Arc<str>,
        session_id: Option<Arc<str>>,
        last_event_id: Option<String>,
        auth_header: Option<String>,
        custom_headers: Lines,
    ) -> Result<BoxStream<'static, Result<Sse, SseError>>, HttpError> {
        let headers = self.dress("GET", &uri, custom_headers)?;
        self.http.get_stream(uri, session_id, last_event_id, auth_header, headers).await
    }
}
