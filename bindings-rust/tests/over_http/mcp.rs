//! rmcp's client against rmcp's server, with everything of the company between them.

use alloc::sync::Arc;

use idjag::client::{ClientConfig, Connection, MCP_EXTENSION};
use idjag_http::client::ClientError;
use idjag_http::rmcp::{AuthorizedTransport, McpHttp, access_of, declaring_extension};
use idjag_http::server::Guard;
use rmcp::handler::server::ServerHandler;
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, ClientCapabilities, ClientConfig as ClientInfo,
    ContentBlock, ErrorData, Implementation, ListToolsResult, PaginatedRequestParams, ProtocolVersion,
    ServerCapabilities, ServerConfig, Tool,
};
use rmcp::service::{
    ClientLifecycleMode as Lifecycle, ClientServiceExt, RequestContext, RoleServer, ServiceExt,
};
use rmcp::transport::streamable_http_server::session::local::LocalSessionManager;
use rmcp::transport::{StreamableHttpServerConfig, StreamableHttpService};

use crate::world::{Twist, World, key, scope};

/// Two tools; a call answers who called.
#[derive(Clone)]
struct Rows;

impl ServerHandler for Rows {
    fn get_info(&self) -> ServerConfig {
        let capabilities = ServerCapabilities::builder().enable_tools().build();
        ServerConfig::new(capabilities).with_server_info(Implementation::new("rows", "1"))
    }

    async fn list_tools(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        let tool = |name: &'static str| Tool::new(name, name, Arc::new(serde_json::Map::new()));
        Ok(ListToolsResult::with_all_items(vec![tool("read_rows"), tool("write_rows"), tool("unlisted")]))
    }

    async fn call_tool(
        &self,
        call: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let claims = access_of(&context)?.claims();
        let subject = claims.subject.as_ref().map_or("nobody", |subject| subject.as_str());
        let declared = context
            .client_capabilities()
            .and_then(|capabilities| capabilities.extensions)
            .is_some_and(|extensions| extensions.contains_key(MCP_EXTENSION));
        let parts = context.extensions.get::<http::request::Parts>().unwrap();
        let leaked = parts.headers.contains_key("authorization") || parts.headers.contains_key("dpop");
        let text = format!("{} by {subject}, declared {declared}, leaked {leaked}", call.name);
        Ok(CallToolResult::success(vec![ContentBlock::text(text)]).into())
    }
}

fn rows(guard: &Guard, json: bool) -> axum::Router {
    let config =
        StreamableHttpServerConfig::default().with_legacy_session_mode(!json).with_json_response(json);
    let service = StreamableHttpService::new(|| Ok(Rows), Arc::new(LocalSessionManager::default()), config);
    guard.router(service)
}

fn who() -> ClientInfo {
    let capabilities = declaring_extension(ClientCapabilities::default());
    ClientInfo::new(capabilities, Implementation::new("desk", "1"))
}

/// As clients begin since 2026-07-28: without a session.
fn discover() -> Lifecycle {
    Lifecycle::Discover { preferred_versions: vec![ProtocolVersion::V_2026_07_28] }
}

fn text_of(result: &CallToolResult) -> String {
    result.content.iter().filter_map(|block| block.as_text()).map(|text| text.text.clone()).collect()
}

/// Lists, calls what the first token permits, then what needs another: the scope is stepped up to.
async fn talk(world: &World, config: ClientConfig, lifecycle: Lifecycle) -> (Vec<String>, String, String) {
    let connection = Connection::new(Arc::new(config.clone()), world.resource.clone());
    let http = world.client(config).over(connection.with_scope(scope("rows:read")));
    let transport: AuthorizedTransport = http.into();
    let service = who().serve_with_lifecycle(transport, lifecycle).await.unwrap();
    let tools = service.list_all_tools().await.unwrap();
    let read = service.call_tool(CallToolRequestParams::new("read_rows")).await.unwrap();
    let write = service.call_tool(CallToolRequestParams::new("write_rows")).await.unwrap();
    let names = tools.iter().map(|tool| tool.name.to_string()).collect();
    service.cancel().await.unwrap();
    (names, text_of(&read), text_of(&write))
}

#[tokio::test]
async fn a_client_lists_what_it_may_call_and_steps_up_for_more() {
    for (json, lifecycle) in [(false, Lifecycle::Initialize), (true, discover())] {
        let world = World::new(Twist::default(), |guard| rows(guard, json)).await;
        let (tools, read, write) = talk(&world, world.config(), lifecycle).await;
        assert_eq!(tools, ["read_rows"], "json {json}");
        assert_eq!(read, "read_rows by ada, declared true, leaked false");
        assert_eq!(write, "write_rows by ada, declared true, leaked false");
    }
}

#[tokio::test]
async fn tokens_bound_to_a_key_come_with_a_proof_for_every_request() {
    let world = World::new(Twist { bound: true, ..Twist::default() }, |guard| rows(guard, true)).await;
    let (_, read, _) = talk(&world, world.config().with_dpop(Arc::new(key("proofs", 9))), discover()).await;
    assert_eq!(read, "read_rows by ada, declared true, leaked false");
    let lines = world.ledger.lines.lock().unwrap().join("\n");
    assert!(
        lines.contains(r#""sender_constrained":true"#) && !lines.contains(r#""sender_constrained":false,"#)
    );
}

#[tokio::test]
async fn a_denial_is_an_error_and_no_invitation_to_ask_the_user() {
    let world = World::new(Twist { denied: true, ..Twist::default() }, |guard| rows(guard, true)).await;
    let http = world.client(world.config()).to(world.resource.clone());
    assert!(matches!(http.connect().await, Err(ClientError::Denied(_))));
    let failure = who().serve(McpHttp::new(http).into_transport()).await.unwrap_err();
    assert!(!failure.is_authorization_required() && failure.auth_challenge().is_none(), "{failure:?}");
}
