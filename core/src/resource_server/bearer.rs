//! A bearer token without its request: for SDKs that verify tokens first and see requests later.

use super::verify::{AccessMaterial, AccessNeeds, VerifiedAccess};
use super::{ResourceServer, SenderConstraint, TrustedAuthorizationServer};
use crate::error::{Error, ErrorCode};
use crate::record::DecisionRecord;
use crate::rejection::Rejection;
use crate::time::UnixTime;
use crate::token::{TokenKind, UnverifiedAccessToken};

/// A bearer token that nobody has verified.
#[derive(Debug)]
pub struct PendingBearer<'s, 't> {
    server: &'s ResourceServer,
    trusted: &'s TrustedAuthorizationServer,
    unverified: UnverifiedAccessToken<'t>,
}

impl ResourceServer {
    /// Takes a token that was sent as a bearer token. Refuses what claims no trusted authorization server.
    pub fn parse_bearer<'t>(
        &self,
        token: &'t str,
        now: UnixTime,
    ) -> Result<PendingBearer<'_, 't>, Rejection> {
        let claimed = self.claimed(token);
        let (trusted, unverified) = claimed.map_err(|error| self.reject(error, self.record(now), None))?;
        Ok(PendingBearer { server: self, trusted, unverified })
    }
}

impl<'s> PendingBearer<'s, '_> {
    /// What to look up.
    #[must_use]
    pub fn needs(&self) -> AccessNeeds<'_> {
        AccessNeeds { issuer: &self.trusted.issuer, kid: self.unverified.claimed_kid() }
    }

    /// Verifies the token and that it has not been revoked. One that is bound to a key is refused: without its request
    /// there is no proof; and so is every token where only bound ones are taken.
    pub fn verify(
        self,
        material: &AccessMaterial<'_>,
        now: UnixTime,
    ) -> Result<VerifiedAccess<'s>, Rejection> {
        let server = self.server;
        let mut record = server.record(now);
        self.check(material, now, &mut record).map_err(|error| server.reject(error, record, None))
    }

    fn check(
        self,
        material: &AccessMaterial<'_>,
        now: UnixTime,
        record: &mut DecisionRecord,
    ) -> Result<VerifiedAccess<'s>, Error> {
        let server = self.server;
        let claims = server.check_token(self.unverified, self.trusted, material, now, record)?;
        let of_token = |code| Error::new(code).of(TokenKind::AccessToken);
        if claims.confirmation.is_some() {
            return Err(of_token(ErrorCode::BoundTokenAsBearer));
        }
        if server.config.sender_constraint == SenderConstraint::Required {
            return Err(of_token(ErrorCode::ProofRequired));
        }
        let scope = server.config.hierarchy.expand(&claims.scope);
        Ok(VerifiedAccess { server, claims, scope, unspent: None, record: record.clone() })
    }
}
