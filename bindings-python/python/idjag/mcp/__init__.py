"""MCP SDKs: `idjag.mcp.server` and `idjag.mcp.client` for the MCP Python SDK, `idjag.mcp.fastmcp` for FastMCP.

Nothing of them is imported before the module that needs it.
"""

EXTENSION = "io.modelcontextprotocol/enterprise-managed-authorization"
"""The MCP extension by which a client says that it connects through its company's identity provider."""
