//! For `rmcp`, the Rust SDK of MCP: a transport for its client, and what a handler of its server is told.

#[cfg(feature = "rmcp-client")]
mod answer;
#[cfg(feature = "rmcp-client")]
mod client;
#[cfg(feature = "rmcp-client")]
mod declare;
#[cfg(feature = "rmcp-client")]
mod events;
#[cfg(feature = "rmcp-server")]
mod server;

#[cfg(feature = "rmcp-client")]
pub use client::{AuthorizedTransport, McpHttp};
#[cfg(feature = "rmcp-client")]
pub use declare::declaring_extension;
#[cfg(feature = "rmcp-server")]
pub use server::{access_of, listing_tool};
