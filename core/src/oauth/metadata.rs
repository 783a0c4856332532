//! RFC 8414, RFC 9728 and OpenID discovery documents.
