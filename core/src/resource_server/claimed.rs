//! A presented token: whose it claims to be, or that it was verified before; then that it holds.

use alloc::sync::Arc;

use super::config::TrustedAuthorizationServer;
use super::verified_cache::{Kept, Place, SharedTokenCache, VerifiedToken};
use super::verify::{AccessMaterial, AccessNeeds};
use super::{ResourceServer, VerifiedAccess};
use crate::error::{Error, ErrorCode};
use crate::record::{DecisionRecord, Role, types};
use crate::replay::ReplayKey;
use crate::text::KeyId;
use crate::time::UnixTime;
use crate::token::{AccessToken, AccessTokenRules, Context, TokenKind, UnverifiedAccessToken};

/// What is known of a token before anything was looked up.
#[derive(Debug)]
pub(super) struct Claimed<'s, 't> {
    trusted: &'s TrustedAuthorizationServer,
    kid: Option<KeyId>,
    place: Option<Place<'t>>,
    known: Option<(Arc<VerifiedToken>, u64)>,
}

impl Claimed<'_, '_> {
    pub(super) fn needs(&self) -> AccessNeeds<'_> {
        let known = self.known.as_ref().map(|(known, _)| known.token.kid.as_ref());
        AccessNeeds { issuer: &self.trusted.issuer, kid: known.unwrap_or(self.kid.as_ref()) }
    }
}

/// A token that holds: its signature, its time, and that it was not revoked. Its binding is still to be checked.
pub(super) struct Held {
    pub(super) token: Arc<VerifiedToken>,
    kept: Kept,
}

impl ResourceServer {
    /// Which of the trusted servers a token claims to be of, and which key it claims; of one that is in `cache`, without
    /// reading it.
    pub(super) fn claimed<'t>(
        &self,
        token: &str,
        cache: Option<&'t dyn SharedTokenCache>,
    ) -> Result<Claimed<'_, 't>, Error> {
        let place = cache.and_then(|cache| Place::of(token, cache));
        if let Some((known, number)) = place.and_then(|place| place.find(&self.generation)) {
            let trusted = self.trusted(known.token.claims.issuer.as_str())?;
            return Ok(Claimed { trusted, kid: None, place, known: Some((known, number)) });
        }
        let unverified = UnverifiedAccessToken::parse(token, &self.config.limits)?;
        let trusted = self.trusted(unverified.claimed_issuer())?;
        Ok(Claimed { trusted, kid: unverified.claimed_kid().cloned(), place, known: None })
    }

    fn trusted(&self, issuer: &str) -> Result<&TrustedAuthorizationServer, Error> {
        let trusted =
            self.config.authorization_servers.iter().find(|trusted| trusted.issuer.as_str() == issuer);
        trusted.ok_or(Error::new(ErrorCode::IssuerUntrusted).of(TokenKind::AccessToken))
    }

    /// Checks that `token` holds and has not been revoked. Its binding is the caller's to check. `seen` becomes whose it
    /// is as soon as that is certain, for the record of a refusal.
    pub(super) fn check_token(
        &self,
        token: &str,
        claimed: &Claimed<'_, '_>,
        material: &AccessMaterial<'_>,
        now: UnixTime,
        seen: &mut Option<Arc<VerifiedToken>>,
    ) -> Result<Held, Error> {
        let config = &self.config;
        let revocations = config.revocation.list(material.revocations)?;
        let held = self.verified(token, claimed, material, now)?;
        let claims = &seen.insert(Arc::clone(&held.token)).token.claims;
        if let Some(list) = revocations {
            list.check_access_token(claims, now).map_err(|error| error.of(TokenKind::AccessToken))?;
        }
        let context = claims.context.as_ref();
        let expected = material.context.map_or(Ok(()), |expected| Context::check_expected(context, expected));
        expected.and(config.context.check(context)).map_err(|error| error.of(TokenKind::AccessToken))?;
        Ok(held)
    }

    /// Checks the signature and the claims of `token`: where both are known, that they still hold.
    fn verified(
        &self,
        token: &str,
        claimed: &Claimed<'_, '_>,
        material: &AccessMaterial<'_>,
        now: UnixTime,
    ) -> Result<Held, Error> {
        let config = &self.config;
        let keys = material.keys.ok_or(Error::new(ErrorCode::KeysUnavailable))?;
        if let Some((known, number)) = &claimed.known {
            let checked = known.token.check_again(keys, config.window, now);
            if let (Err(_), Some(place)) = (&checked, claimed.place) {
                place.forget();
            }
            if checked? {
                return Ok(Held { token: Arc::clone(known), kept: Kept::Before(*number) });
            }
        }
        let rules = AccessTokenRules {
            issuer: &claimed.trusted.issuer,
            resource: &config.resource,
            resource_aliases: &config.resource_aliases,
            normalize_resource: config.normalize_resource,
            algorithms: &claimed.trusted.algorithms,
            window: config.window,
            relaxed: claimed.trusted.relaxed,
            context: &config.context_claim,
            limits: &config.limits,
        };
        let unverified = UnverifiedAccessToken::parse(token, &config.limits)?;
        let token = unverified.verify_fully(keys, &rules, now)?;
        let scope = config.hierarchy.expand(&token.claims.scope);
        let token = VerifiedToken { token, scope, generation: self.generation.clone() };
        Ok(Held { token: Arc::new(token), kept: Kept::Not })
    }

    /// The access of a token of which everything has been checked: it is kept, if it has a place.
    pub(super) fn accept(
        &self,
        held: Held,
        claimed: &Claimed<'_, '_>,
        unspent: Option<ReplayKey>,
        now: UnixTime,
    ) -> VerifiedAccess<'_> {
        let kept = match (held.kept, claimed.place) {
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
