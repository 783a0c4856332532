//! Every URN and name that a specification may change, once. Target: ID-JAG -04 and the stable MCP extension
//! (AMB-030); the next revision is one visible change to this file.

/// The draft revision whose rules are implemented.
pub const ID_JAG_DRAFT: &str = "draft-ietf-oauth-identity-assertion-authz-grant-04";
/// The MCP extension a client declares (EMA-018).
pub const MCP_EXTENSION: &str = "io.modelcontextprotocol/enterprise-managed-authorization";

/// RFC 8693 §2.1.
pub const GRANT_TOKEN_EXCHANGE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
/// RFC 7523 §2.1.
pub const GRANT_JWT_BEARER: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";
/// The jwt-dpop draft; an opt-in alias of jwt-bearer (AMB-002).
pub const GRANT_JWT_DPOP: &str = "urn:ietf:params:oauth:grant-type:jwt-dpop";

/// ID-JAG §4.3.
pub const TOKEN_TYPE_ID_JAG: &str = "urn:ietf:params:oauth:token-type:id-jag";
/// RFC 8693 §3.
pub const TOKEN_TYPE_ID_TOKEN: &str = "urn:ietf:params:oauth:token-type:id_token";
/// RFC 8693 §3.
pub const TOKEN_TYPE_SAML2: &str = "urn:ietf:params:oauth:token-type:saml2";
/// RFC 8693 §3.
pub const TOKEN_TYPE_REFRESH_TOKEN: &str = "urn:ietf:params:oauth:token-type:refresh_token";
/// RFC 8693 §3.
pub const TOKEN_TYPE_ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";
/// RFC 8693 §3.
pub const TOKEN_TYPE_JWT: &str = "urn:ietf:params:oauth:token-type:jwt";

/// RFC 7523 §2.2.
pub const CLIENT_ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
/// ID-JAG §7.2: the grant profile in authorization server and client metadata.
pub const GRANT_PROFILE_ID_JAG: &str = "urn:ietf:params:oauth:grant-profile:id-jag";

/// ID-JAG §3.1.
pub const TYP_ID_JAG: &str = "oauth-id-jag+jwt";
/// RFC 9068 §2.1.
pub const TYP_ACCESS_TOKEN: &str = "at+jwt";
/// A list of revocations, or what changed of it: a name of our own (docs/decisions/010).
pub const TYP_REVOCATIONS: &str = "idjag-revocations+jwt";
/// RFC 9449 §4.2.
pub const TYP_DPOP: &str = "dpop+jwt";
/// rfc7523bis.
pub const TYP_CLIENT_ASSERTION: &str = "client-authentication+jwt";
/// RFC 7519 §5.1: says nothing about the kind.
pub const TYP_JWT: &str = "JWT";

/// RFC 8693 §2.2.1: the `token_type` of what is not an access token.
pub const TOKEN_TYPE_NOT_APPLICABLE: &str = "N_A";
/// RFC 6750.
pub const SCHEME_BEARER: &str = "Bearer";
/// RFC 9449.
pub const SCHEME_DPOP: &str = "DPoP";
