//! The names that the vectors share: one company, one chat service, one afternoon.

/// The time of nearly every case: 2023-11-14T22:13:20Z.
pub const NOW: u64 = 1_700_000_000;
/// The identity provider's issuer identifier.
pub const IDP_ISSUER: &str = "https://acme.idp.example";
/// Another identity provider's issuer identifier.
pub const OTHER_IDP_ISSUER: &str = "https://other.idp.example";
/// The resource authorization server's issuer identifier.
pub const RAS_ISSUER: &str = "https://auth.chat.example/";
/// The token endpoint of the resource authorization server.
pub const RAS_TOKEN_ENDPOINT: &str = "https://auth.chat.example/oauth2/token";
/// The resource: an MCP server.
pub const RESOURCE: &str = "https://mcp.chat.example/";
/// Another resource behind the same authorization server.
pub const RESOURCE2: &str = "https://files.chat.example/";
/// The client's id at the resource authorization server.
pub const CLIENT_ID: &str = "f53f191f9311af35";
/// Another client's id there.
pub const CLIENT2_ID: &str = "2b7a40c19d5e8f60";
/// The client's id at the identity provider.
pub const CLIENT_AT_IDP: &str = "client-at-idp";
/// The user.
pub const SUBJECT: &str = "U019488227";
