//! A product as an MCP server: the SDK's view of two tools.

use alloc::sync::Arc;

use axum::http::request::Parts;
use rmcp::handler::server::ServerHandler;
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, ContentBlock, ErrorData, Implementation,
    ListToolsResult, PaginatedRequestParams, ServerCapabilities, ServerConfig, Tool,
};
use rmcp::service::{RequestContext, RoleServer};

use crate::servers::{Product, Tool as ProductTool};
use crate::trust::Admission;

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
        context: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        let admission = admission_of(&context)?;
        // A tool that the token cannot call would only tempt a model to try.
        let is_callable = |tool: &&ProductTool| admission.tools.contains(&tool.name);
        let tools = self.0.tools().into_iter().filter(is_callable);
        Ok(ListToolsResult::with_all_items(tools.map(|tool| tool.definition.clone()).collect()))
    }

    async fn call_tool(
        &self,
        call: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let caller = &admission_of(&context)?.caller;
        let tool = self.0.tool(&call.name).ok_or_else(|| ErrorData::invalid_params("no such tool", None))?;
        let result = match tool.run(caller, call.arguments.unwrap_or_default()) {
            Ok(output) => CallToolResult::structured(output),
            Err(sentence) => CallToolResult::error(vec![ContentBlock::text(sentence)]),
        };
        Ok(result.into())
    }
}

/// What the gate let in. Without it the gate was bypassed, and then nothing may happen.
fn admission_of(context: &RequestContext<RoleServer>) -> Result<&Admission, ErrorData> {
    context
        .extensions
        .get::<Parts>()
        .and_then(|parts| parts.extensions.get::<Admission>())
        .ok_or_else(|| ErrorData::internal_error("the request was not admitted", None))
}
