//! A presented token: whose it claims to be, or that it was verified before; then that it holds.

use alloc::sync::Arc;
use core::fmt;

use super::config::TrustedAuthorizationServer;
use super::verified_cache::{Kept, Place, SharedTokenCache, VerifiedToken};
use super::verify::{AccessMaterial, AccessNeeds};
use super::{ResourceServer, VerifiedAccess};
use crate::error::{Error, ErrorCode};
use crate::record::{DecisionRecord, Role, types};
use crate::replay::ReplayKey;
use crate::time::UnixTime;
use crate::token::{AccessToken, AccessTokenRules, Context, TokenKind, UnverifiedAccessToken};

/// What is known of a token before anything was looked up.
pub(super) struct Claimed<'s, 't> {
    trusted: &'s TrustedAuthorizationServer,
    token: &'t str,
    state: State<'t>,
    place: Option<Place<'t>>,
}

#[expect(
    clippy::large_enum_variant,
    reason = "it is moved twice and never kept; a box would be an allocation per request"
)]
enum State<'t> {
    /// It was read.
    Read(UnverifiedAccessToken<'t>),
    /// It was verified before, and has this number.
    Known(Arc<VerifiedToken>, u64),
}

impl Claimed<'_, '_> {
    pub(super) fn needs(&self) -> AccessNeeds<'_> {
        let kid = match &self.state {
            State::Read(unverified) => unverified.claimed_kid(),
            State::Known(known, _) => known.token.kid.as_ref(),
        };
        AccessNeeds { issuer: &self.trusted.issuer, kid }
    }
}

impl fmt::Debug for Claimed<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Claimed").field("needs", &self.needs()).finish_non_exhaustive()
    }
}

/// A token that holds: its signature, its time, and that it was not revoked. Its binding is still to be checked.
pub(super) struct Held<'t> {
    token: Arc<VerifiedToken>,
    kept: Kept,
    place: Option<Place<'t>>,
}

impl Held<'_> {
    pub(super) fn claims(&self) -> &AccessToken {
        &self.token.token.claims
    }
}

impl ResourceServer {
    /// Which of the trusted servers a token claims to be of, and the token; one that is in `cache` is not read.
    pub(super) fn claimed<'t>(
        &self,
        token: &'t str,
        cache: Option<&'t dyn SharedTokenCache>,
    ) -> Result<Claimed<'_, 't>, Error> {
        let place = cache.and_then(|cache| Place::of(token, cache));
        if let Some((known, number)) = place.and_then(|place| place.find(&self.generation)) {
            let trusted = self.trusted(known.token.claims.issuer.as_str())?;
            return Ok(Claimed { trusted, token, state: State::Known(known, number), place });
        }
        let unverified = UnverifiedAccessToken::parse(token, &self.config.limits)?;
        let trusted = self.trusted(unverified.claimed_issuer())?;
        Ok(Claimed { trusted, token, state: State::Read(unverified), place })
    }

    fn trusted(&self, issuer: &str) -> Result<&TrustedAuthorizationServer, Error> {
        let trusted =
            self.config.authorization_servers.iter().find(|trusted| trusted.issuer.as_str() == issuer);
        trusted.ok_or(Error::new(ErrorCode::IssuerUntrusted).of(TokenKind::AccessToken))
    }

    /// Checks that a token holds and has not been revoked. Its binding is the caller's to check. `seen` becomes whose it
    /// is as soon as that is certain, for the record of a refusal.
    pub(super) fn check_token<'t>(
        &self,
        claimed: Claimed<'_, 't>,
        material: &AccessMaterial<'_>,
        now: UnixTime,
        seen: &mut Option<Arc<VerifiedToken>>,
    ) -> Result<Held<'t>, Error> {
        let config = &self.config;
        let revocations = config.revocation.list(material.revocations)?;
        let held = self.verified(claimed, material, now)?;
        *seen = Some(Arc::clone(&held.token));
        let claims = held.claims();
        if let Some(list) = revocations {
            list.check_access_token(claims, now).map_err(|error| error.of(TokenKind::AccessToken))?;
        }
        let context = claims.context.as_ref();
        let expected = material.context.map_or(Ok(()), |expected| Context::check_expected(context, expected));
        expected.and(config.context.check(context)).map_err(|error| error.of(TokenKind::AccessToken))?;
        Ok(held)
    }

    /// Checks the signature and the claims of a token: where both are known, that they still hold.
    fn verified<'t>(
        &self,
        claimed: Claimed<'_, 't>,
        material: &AccessMaterial<'_>,
        now: UnixTime,
    ) -> Result<Held<'t>, Error> {
        let config = &self.config;
        let Claimed { trusted, token, state, place } = claimed;
        let keys = material.keys.ok_or(Error::new(ErrorCode::KeysUnavailable))?;
        let unverified = match state {
            State::Read(unverified) => unverified,
            State::Known(known, number) => {
                let checked = known.token.check_again(keys, config.window, now);
                if let (Err(_), Some(place)) = (&checked, place) {
                    place.forget();
                }
                if checked? {
                    return Ok(Held { token: known, kept: Kept::Before(number), place });
                }
                UnverifiedAccessToken::parse(token, &config.limits)?
            }
        };
        let rules = AccessTokenRules {
            issuer: &trusted.issuer,
            resource: &config.resource,
            resource_aliases: &config.resource_aliases,
            normalize_resource: config.normalize_resource,
            algorithms: &trusted.algorithms,
            window: config.window,
            relaxed: trusted.relaxed,
            context: &config.context_claim,
            limits: &config.limits,
        };
        let token = unverified.verify_fully(keys, &rules, now)?;
        let scope = config.hierarchy.expand(&token.claims.scope);
        let token = VerifiedToken { token, scope, generation: self.generation.clone() };
        Ok(Held { token: Arc::new(token), kept: Kept::Not, place })
    }

    /// The access of a token of which everything has been checked: it is kept, if it has a place.
    pub(super) fn accept(
        &self,
        held: Held<'_>,
        unspent: Option<ReplayKey>,
        now: UnixTime,
    ) -> VerifiedAccess<'_> {
        let kept = match (held.kept, held.place) {
            (Kept::Not, Some(place)) => place.keep(&held.token),
            (kept, _) => kept,
        };
        VerifiedAccess { server: self, token: held.token, kept, unspent, now }
    }

    /// The record of a decision, as far as it is known whose token it is about.
    pub(super) fn record(&self, token: Option<&VerifiedToken>, now: UnixTime) -> DecisionRecord {
        let mut record = DecisionRecord::new(Role::ResourceServer, self.config.resource.as_str(), now);
        if let Some(token) = token {
            record_token(&mut record, &token.token.claims);
        }
        record
    }
}

fn record_token(record: &mut DecisionRecord, claims: &AccessToken) {
    record.issuer = Some(claims.issuer.clone());
    record.subject.clone_from(&claims.subject);
    record.client_id.clone_from(&claims.client_id);
    record.actor.clone_from(&claims.actor);
    record.auth_time = claims.auth_time;
    record.acr.clone_from(&claims.acr);
    record.scope_granted = Some(claims.scope.clone());
    record.details_granted = types(claims.details.as_ref());
    record.jkt = claims.confirmation.map(|confirmation| confirmation.jkt);
    record.token_id.clone_from(&claims.token_id);
    record.grant_id.clone_from(&claims.grant_id);
    record.parent_id = claims.ancestors.first().cloned();
    record.context.clone_from(&claims.context);
    record.expires_at = Some(claims.expires_at);
}
