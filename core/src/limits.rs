//! Caps on everything a stranger can send, so that time and memory stay bounded.

use crate::codec::json::Caps;

/// Upper bounds on untrusted input. The defaults suit every deployment that has no reason to differ.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Bytes of one compact JWT.
    pub token_bytes: usize,
    /// Nesting of any JSON text; the outermost value counts as one.
    pub json_depth: usize,
    /// Values and names in the header of a JWT, and as many in its claims, at every depth.
    pub token_values: usize,
    /// Bytes of a JWK Set document.
    pub jwks_bytes: usize,
    /// Keys in a JWK Set; those beyond are an error, not ignored.
    pub jwks_keys: usize,
    /// Bytes of a form body.
    pub form_bytes: usize,
    /// Parameters in a form body.
    pub form_parameters: usize,
    /// Bytes of one header value that is not a token.
    pub header_bytes: usize,
    /// Bytes of an HTTP response body that a client reads.
    pub response_bytes: usize,
    /// Distinct scope tokens in one scope value.
    pub scope_tokens: usize,
    /// Objects in one `authorization_details` array.
    pub authorization_details: usize,
    /// Resources in one request or grant.
    pub resources: usize,
    /// Actors nested in one `act` claim.
    pub actor_depth: usize,
    /// Tokens from which one was derived, one from the other.
    pub ancestors: usize,
}

impl Limits {
    /// The defaults.
    pub const DEFAULT: Self = Self {
        token_bytes: 16 * 1024,
        json_depth: 16,
        token_values: 512,
        jwks_bytes: 256 * 1024,
        jwks_keys: 1_000,
        form_bytes: 64 * 1024,
        form_parameters: 64,
        header_bytes: 8 * 1024,
        response_bytes: 256 * 1024,
        scope_tokens: 128,
        authorization_details: 32,
        resources: 16,
        actor_depth: 4,
        ancestors: 16,
    };

    /// What the header or the claims of a token may hold.
    pub(crate) const fn token_caps(&self) -> Caps {
        Caps { depth: self.json_depth, values: self.token_values }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self::DEFAULT
    }
}
