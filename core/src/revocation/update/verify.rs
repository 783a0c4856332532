//! The manifest of an update, until it can be believed.

use alloc::vec::Vec;

use super::{CHUNK_RECORDS, MAX_CHUNKS, Manifest};
use crate::codec::base64url;
use crate::codec::json::Value;
use crate::crypto::Algorithms;
use crate::error::{Error, ErrorCode};
use crate::jose::{KeySet, UnverifiedJws};
use crate::limits::Limits;
use crate::oauth::params::TYP_REVOCATIONS;
use crate::text::KeyId;
use crate::time::{Seconds, Tolerance, UnixTime};
use crate::token::claims::{ClaimSet, missing};
use crate::uri::Issuer;

/// What is demanded of an update.
#[derive(Clone, Debug)]
pub struct UpdateRules<'r> {
    /// The one who may tell what is revoked.
    pub issuer: &'r Issuer,
    /// The algorithms it may use.
    pub algorithms: &'r Algorithms,
    /// How far its clock may be ahead.
    pub tolerance: Tolerance,
    /// How long after `iat` its `next_update` may be at most.
    pub max_interval: Seconds,
    /// Caps.
    pub limits: &'r Limits,
}

/// A well-formed update that nobody has verified.
pub struct UnverifiedUpdate<'t> {
    jws: UnverifiedJws<'t>,
}

/// An update whose manifest is signed by the one who may.
#[derive(Clone, Debug)]
pub struct VerifiedUpdate(pub(super) Manifest);

const fn malformed(claim: &'static str) -> Error {
    Error::with_detail(ErrorCode::ClaimMalformed, claim)
}

impl<'t> UnverifiedUpdate<'t> {
    /// Splits the manifest and checks its `typ`. Fails as [`UnverifiedJws::parse`], or with `typ_mismatch`.
    pub fn parse(manifest: &'t str, limits: &Limits) -> Result<Self, Error> {
        let jws = UnverifiedJws::parse(manifest, limits)?;
        if !jws.claimed_header().is_typ(TYP_REVOCATIONS) {
            return Err(Error::new(ErrorCode::TypMismatch));
        }
        Ok(Self { jws })
    }

    /// The key it claims.
    #[must_use]
    pub fn claimed_kid(&self) -> Option<&KeyId> {
        self.jws.claimed_header().kid()
    }

    /// Verifies signature and claims. Fails with the code of the first rule that does not hold: that of the signature,
    /// `issuer_mismatch`, `claim_missing`, `claim_malformed`, `token_issued_in_future`, or `lifetime_too_long` for a
    /// `next_update` that is too far off.
    pub fn verify(
        self,
        keys: &KeySet,
        rules: &UpdateRules<'_>,
        now: UnixTime,
    ) -> Result<VerifiedUpdate, Error> {
        if keys.issuer() != rules.issuer {
            return Err(Error::new(ErrorCode::IssuerMismatch));
        }
        let (seal, payload) = self.jws.open();
        seal.verify(keys.keys(), rules.algorithms)?;
        let claims = ClaimSet::parse(payload, rules.limits)?;
        let claims = claims.under(rules.limits);
        if claims.required("iss")? != rules.issuer.as_str() {
            return Err(Error::new(ErrorCode::IssuerMismatch));
        }
        let (issued_at, next_update) = (claims.required_time("iat")?, claims.required_time("next_update")?);
        if now.plus(rules.tolerance.as_seconds()) < issued_at {
            return Err(Error::new(ErrorCode::TokenIssuedInFuture));
        }
        if next_update < issued_at {
            return Err(malformed("next_update"));
        }
        if next_update.since(issued_at) > rules.max_interval {
            return Err(Error::new(ErrorCode::LifetimeTooLong));
        }
        let number = |name: &'static str| match claims.get(name) {
            None => Ok(None),
            Some(value) => value.as_u64().map(Some).ok_or(malformed(name)),
        };
        let sequence = number("sequence")?.ok_or(missing("sequence"))?;
        let base = number("base_sequence")?;
        if base.is_some_and(|base| base > sequence) {
            return Err(malformed("base_sequence"));
        }
        let size = number("size")?.ok_or(missing("size"))?;
        let size = usize::try_from(size).map_err(|_| malformed("size"))?;
        let chunks = claims.get("chunks").ok_or(missing("chunks"))?;
        let chunks = chunks.items().filter(|chunks| chunks.len() <= MAX_CHUNKS);
        let digest = |text: Value<'_>| text.as_str().and_then(base64url::decode_array);
        let chunks: Option<Vec<[u8; 32]>> = chunks.and_then(|chunks| chunks.map(digest).collect());
        let chunks = chunks.ok_or(malformed("chunks"))?;
        if chunks.len() != size.div_ceil(CHUNK_RECORDS) {
            return Err(malformed("size"));
        }
        let issuer = rules.issuer.clone();
        Ok(VerifiedUpdate(Manifest { issuer, issued_at, next_update, sequence, base, size, chunks }))
    }
}

impl VerifiedUpdate {
    /// The number that a copy has once it is applied.
    #[must_use]
    pub const fn sequence(&self) -> u64 {
        self.0.sequence
    }

    /// Of a delta, the number that a copy must have before.
    #[must_use]
    pub const fn base_sequence(&self) -> Option<u64> {
        self.0.base
    }

    /// How many entries it tells.
    #[must_use]
    pub const fn size(&self) -> usize {
        self.0.size
    }

    /// Until when there is to be nothing newer.
    #[must_use]
    pub const fn next_update(&self) -> UnixTime {
        self.0.next_update
    }
}
