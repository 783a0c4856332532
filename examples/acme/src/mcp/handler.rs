//! A product as an MCP server: the SDK's view of two tools.

use alloc::sync::Arc;

use idjag_http::rmcp::access_of;
use rmcp::handler::server::ServerHandler;
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, ContentBlock, ErrorData, Implementation,
    ListToolsResult, PaginatedRequestParams, ServerCapabilities, ServerConfig, Tool,
};
use rmcp::service::{RequestContext, RoleServer};

use crate::servers::Product;
use crate::trust::caller_of;

/// Cheap to clone: the SDK makes one for every request.
#[derive(Clone)]
pub(super) struct ProductServer(pub(super) Arc<Product>);

impl ServerHandler for ProductServer {
    fn get_info(&self) -> ServerConfig {
        let product = &self.0;
        ServerConfig::new(ServerCapabilities::builder().enable_tools().build()).with_server_info(
            Implementation::new(product.id, env!("CARGO_PKG_VERSION")).with_title(product.title),
        )
    }

    fn get_tool(&self, name: &str) -> Option<Tool> {
        self.0.tool(name).map(|tool| tool.definition.clone())
    }

    async fn list_tools(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        // The guard leaves out what the token cannot call.
        let tools = self.0.tools().into_iter().map(|tool| tool.definition.clone());
        Ok(ListToolsResult::with_all_items(tools.collect()))
    }

    async fn call_tool(
        &self,
        call: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let caller = caller_of(access_of(&context)?);
        let tool = self.0.tool(&call.name).ok_or_else(|| ErrorData::invalid_params("no such tool", None))?;
        let result = match tool.run(&caller, call.arguments.unwrap_or_default()) {
            Ok(output) => CallToolResult::structured(output),
            Err(sentence) => CallToolResult::error(vec![ContentBlock::text(sentence)]),
        };
        Ok(result.into())
    }
}
