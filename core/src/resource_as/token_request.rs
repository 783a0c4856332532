//! What may arrive at the one token endpoint: a grant to redeem, or a token to derive another from.

use super::{PendingDelegation, PendingGrant, ResourceAuthorizationServer};
use crate::error::Error;
use crate::oauth::http::HttpRequest;
use crate::oauth::params::GRANT_TOKEN_EXCHANGE;
use crate::oauth::token_request::TokenRequest;
use crate::record::{Action, DecisionRecord};
use crate::rejection::Rejection;
use crate::time::UnixTime;

/// A token request that has been taken apart; nothing in it is trusted yet.
#[derive(Clone, Debug)]
pub enum PendingToken<'s> {
    /// An ID-JAG, to become an access token.
    Grant(PendingGrant<'s>),
    /// An access token, from which another is to be derived.
    Delegation(PendingDelegation<'s>),
}

impl ResourceAuthorizationServer {
    /// Takes any request to the token endpoint apart: a token exchange where delegation is configured, and else what
    /// [`Self::parse`] takes.
    ///
    /// Of exchanges it refuses what is not a well-formed request for an access token in exchange for one of this server's
    /// own.
    pub fn parse_token(&self, request: &HttpRequest, now: UnixTime) -> Result<PendingToken<'_>, Rejection> {
        let redemption = |error| self.reject(error, self.record(now), None);
        let request = TokenRequest::parse(request, &self.config.limits).map_err(redemption)?;
        if self.config.delegation.is_some() && is_exchange(&request).map_err(redemption)? {
            let pending = self.take_delegation_apart(request).map(PendingToken::Delegation);
            return pending.map_err(|error| self.reject(error, self.derivation(now), None));
        }
        self.take_apart(request).map(PendingToken::Grant).map_err(redemption)
    }

    pub(super) fn derivation(&self, now: UnixTime) -> DecisionRecord {
        DecisionRecord { action: Action::Derive, ..self.record(now) }
    }
}

fn is_exchange(request: &TokenRequest) -> Result<bool, Error> {
    Ok(request.form.required("grant_type")? == GRANT_TOKEN_EXCHANGE)
}
