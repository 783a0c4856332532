//! EMA-018: what a client says of itself.

use idjag::client::MCP_EXTENSION;
use rmcp::model::{ClientCapabilities, ExtensionCapabilities};

/// `capabilities`, and that the client has the extension for enterprise-managed authorization.
#[must_use]
pub fn declaring_extension(mut capabilities: ClientCapabilities) -> ClientCapabilities {
    let extensions = capabilities.extensions.get_or_insert_with(ExtensionCapabilities::new);
    extensions.entry(MCP_EXTENSION.into()).or_default();
    capabilities
}
