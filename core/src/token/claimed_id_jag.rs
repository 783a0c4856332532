//! ID-JAG §4.3.4: what a client reads of a grant it was just given, before it carries it on.
//!
//! The client got the token from the IdP over its own connection and is not its audience: it verifies no
//! signature, and what it reads serves only to refuse a grant that is not what was asked for.

use alloc::string::String;
use alloc::vec::Vec;

use super::{Confirmation, Context, ContextClaim, TokenKind, UnverifiedIdJag};
use crate::crypto::Thumbprint;
use crate::details::AuthorizationDetails;
use crate::error::Error;
use crate::limits::Limits;
use crate::scope::Scope;
use crate::text::ClientId;
use crate::time::UnixTime;
use crate::uri::ResourceId;

/// The claims of an ID-JAG that its bearer has an interest in.
pub(crate) struct ClaimedIdJag {
    pub(crate) audience: String,
    pub(crate) client_id: ClientId,
    pub(crate) expires_at: UnixTime,
    pub(crate) resources: Vec<ResourceId>,
    pub(crate) scope: Option<Scope>,
    pub(crate) details: Option<AuthorizationDetails>,
    pub(crate) binding: Option<Thumbprint>,
}

impl ClaimedIdJag {
    /// Reads `token`. Fails as [`UnverifiedIdJag::parse`], or with `audience_mismatch`, `claim_missing` or
    /// `claim_malformed`.
    pub(crate) fn parse(token: &str, limits: &Limits) -> Result<Self, Error> {
        Self::read(token, limits).map_err(|error| error.of(TokenKind::IdJag))
    }

    /// The conversation that `token` claims under `claim`. Fails as [`Self::parse`].
    pub(crate) fn context(
        token: &str,
        claim: &ContextClaim,
        limits: &Limits,
    ) -> Result<Option<Context>, Error> {
        let read = || {
            let token = UnverifiedIdJag::parse(token, limits)?;
            token.claims(limits).context(claim)
        };
        read().map_err(|error: Error| error.of(TokenKind::IdJag))
    }

    fn read(token: &str, limits: &Limits) -> Result<Self, Error> {
        let token = UnverifiedIdJag::parse(token, limits)?;
        let claims = token.claims(limits);
        Ok(Self {
            audience: String::from(claims.sole_audience()?),
            client_id: claims.required_text("client_id", ClientId::new)?,
            expires_at: claims.required_time("exp")?,
            resources: claims.resources()?,
            scope: claims.scope()?,
            details: claims.details()?,
            binding: Confirmation::from_claims(claims)?.map(|confirmation| confirmation.jkt),
        })
    }
}
