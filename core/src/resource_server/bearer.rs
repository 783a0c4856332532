//! A bearer token without its request: for SDKs that verify tokens first and see requests later.

use alloc::sync::Arc;

use super::claimed::Claimed;
use super::verified_cache::VerifiedToken;
use super::verify::{AccessMaterial, AccessNeeds, VerifiedAccess};
use super::{ResourceServer, SenderConstraint, SharedTokenCache};
use crate::error::{Error, ErrorCode};
use crate::rejection::Rejection;
use crate::time::UnixTime;
use crate::token::TokenKind;

/// A bearer token that nobody has verified just now.
#[derive(Debug)]
pub struct PendingBearer<'s, 't> {
    server: &'s ResourceServer,
    claimed: Claimed<'s, 't>,
}

impl ResourceServer {
    /// Takes a token that was sent as a bearer token. Refuses what claims no trusted authorization server.
    pub fn parse_bearer<'t>(
        &self,
        token: &'t str,
        now: UnixTime,
    ) -> Result<PendingBearer<'_, 't>, Rejection> {
        self.take_bearer(token, None, now)
    }

    /// The same with a cache of tokens that were verified before. Every answer is as it would be without.
    pub fn parse_bearer_with<'t>(
        &self,
        token: &'t str,
        cache: &'t dyn SharedTokenCache,
        now: UnixTime,
    ) -> Result<PendingBearer<'_, 't>, Rejection> {
        self.take_bearer(token, Some(cache), now)
    }

    fn take_bearer<'t>(
        &self,
        token: &'t str,
        cache: Option<&'t dyn SharedTokenCache>,
        now: UnixTime,
    ) -> Result<PendingBearer<'_, 't>, Rejection> {
        let claimed = self.claimed(token, cache);
        let claimed = claimed.map_err(|error| self.reject(error, self.record(None, now), None))?;
        Ok(PendingBearer { server: self, claimed })
    }
}

impl<'s> PendingBearer<'s, '_> {
    /// What to look up.
    #[must_use]
    pub fn needs(&self) -> AccessNeeds<'_> {
        self.claimed.needs()
    }

    /// Verifies the token and that it has not been revoked. One that is bound to a key is refused: without its request
    /// there is no proof; and so is every token where only bound ones are taken.
    pub fn verify(
        self,
        material: &AccessMaterial<'_>,
        now: UnixTime,
    ) -> Result<VerifiedAccess<'s>, Rejection> {
        let server = self.server;
        let mut seen = None;
        self.check(material, now, &mut seen)
            .map_err(|error| server.reject(error, server.record(seen.as_deref(), now), None))
    }

    fn check(
        self,
        material: &AccessMaterial<'_>,
        now: UnixTime,
        seen: &mut Option<Arc<VerifiedToken>>,
    ) -> Result<VerifiedAccess<'s>, Error> {
        let server = self.server;
        let held = server.check_token(self.claimed, material, now, seen)?;
        let of_token = |code| Error::new(code).of(TokenKind::AccessToken);
        if held.claims().confirmation.is_some() {
            return Err(of_token(ErrorCode::BoundTokenAsBearer));
        }
        if server.config.sender_constraint == SenderConstraint::Required {
            return Err(of_token(ErrorCode::ProofRequired));
        }
        Ok(server.accept(held, None, now))
    }
}
