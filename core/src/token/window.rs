//! RFC 7519 §4.1.4 to §4.1.6: when a token is valid, and how long any token may be.

use super::claims::Claims;
use crate::error::{Error, ErrorCode};
use crate::time::{Seconds, Tolerance, UnixTime};

/// The rules of time that a verifier sets.
#[derive(Clone, Copy, Debug, Default)]
pub struct Window {
    /// How far clocks may differ.
    pub tolerance: Tolerance,
    /// The longest accepted lifetime: `exp` minus `iat`, or minus `now` where there is no `iat`.
    pub max_lifetime: Option<Seconds>,
    /// The greatest accepted age: `now` minus `iat`.
    pub max_age: Option<Seconds>,
}

/// The temporal claims of a token.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Validity {
    pub(crate) issued_at: Option<UnixTime>,
    pub(crate) not_before: Option<UnixTime>,
    pub(crate) expires_at: UnixTime,
}

impl Window {
    /// The greatest tolerance there may be, and any lifetime and age: whoever else reads the token may have it.
    pub(crate) const WIDEST: Self =
        Self { tolerance: Tolerance::GREATEST, max_lifetime: None, max_age: None };

    /// Reads `exp` (required), `nbf` and `iat`, and checks them against `now`.
    ///
    /// Fails with `claim_missing`, `claim_malformed`, or as [`Self::check_again`].
    pub(crate) fn check(&self, claims: Claims<'_>, now: UnixTime) -> Result<Validity, Error> {
        let expires_at = claims.required_time("exp")?;
        let issued_at = claims.time("iat")?;
        let not_before = claims.time("nbf")?;
        let validity = Validity { issued_at, not_before, expires_at };
        self.check_again(validity, now).map(|()| validity)
    }

    /// Checks what was read before against `now`.
    ///
    /// Fails with `token_expired` (`now ≥ exp + tolerance`), `token_not_yet_valid` (`now + tolerance < nbf`),
    /// `token_issued_in_future` (`now + tolerance < iat`), `token_too_old` or `lifetime_too_long`.
    pub(crate) fn check_again(&self, validity: Validity, now: UnixTime) -> Result<(), Error> {
        let Validity { issued_at, not_before, expires_at } = validity;
        let tolerance = self.tolerance.as_seconds();
        if now >= expires_at.plus(tolerance) {
            return Err(Error::new(ErrorCode::TokenExpired));
        }
        if not_before.is_some_and(|not_before| now.plus(tolerance) < not_before) {
            return Err(Error::new(ErrorCode::TokenNotYetValid));
        }
        if let Some(issued_at) = issued_at {
            if now.plus(tolerance) < issued_at {
                return Err(Error::new(ErrorCode::TokenIssuedInFuture));
            }
            if self
                .max_age
                .is_some_and(|max| now.since(issued_at) > Seconds(max.0.saturating_add(tolerance.0)))
            {
                return Err(Error::new(ErrorCode::TokenTooOld));
            }
        }
        let lifetime = expires_at.since(issued_at.unwrap_or(now));
        if self.max_lifetime.is_some_and(|max| lifetime > max) {
            return Err(Error::new(ErrorCode::LifetimeTooLong));
        }
        Ok(())
    }
}
