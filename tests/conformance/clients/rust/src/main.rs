//! A client for the official suite: rmcp over a connection of ours, told the MCP server's address; what else there is to
//! know, the suite says in the environment.

extern crate alloc;

mod scenarios;

use alloc::sync::Arc;
use core::error::Error;
use std::env;

use idjag::client::Connection;
use idjag::uri::ResourceId;
use idjag_http::rmcp::AuthorizedTransport;
use rmcp::model::{CallToolRequestParams, ClientConfig, ProtocolVersion};
use rmcp::service::{ClientLifecycleMode, ClientServiceExt};
use scenarios::{LOOPBACK, Scenario};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let resource = env::args().nth(1).ok_or("the MCP server's address is missing")?;
    let resource = ResourceId::new(&resource, LOOPBACK)?;
    let context = env::var("MCP_CONFORMANCE_CONTEXT").unwrap_or_else(|_| "{}".into());
    let name = env::var("MCP_CONFORMANCE_SCENARIO")?;
    let Scenario { config, driver } =
        scenarios::of(&name, &resource, &serde_json::from_str(&context)?).await?;
    let config = config.with_transport(LOOPBACK).with_step_up_limit(2);
    let http = driver.over(Connection::new(Arc::new(config), resource)).starting_without_token();

    // The revisions before this one have a handshake, the later ones have none.
    let is_modern =
        env::var("MCP_CONFORMANCE_PROTOCOL_VERSION").is_ok_and(|version| *version >= *"2026-07-28");
    let lifecycle = if is_modern {
        ClientLifecycleMode::Discover { preferred_versions: vec![ProtocolVersion::V_2026_07_28] }
    } else {
        ClientLifecycleMode::Initialize
    };
    let mcp =
        ClientConfig::default().serve_with_lifecycle(AuthorizedTransport::from(http), lifecycle).await?;
    mcp.list_all_tools().await?;
    mcp.call_tool(CallToolRequestParams::new("test-tool")).await?;
    mcp.cancel().await?;
    Ok(())
}
