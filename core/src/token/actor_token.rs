//! RFC 8693 §2.1: the actor token of an exchange. Accepted only under a configured profile (AMB-024).

use alloc::string::String;
use alloc::vec::Vec;

use super::claims::ClaimSet;
use super::{Actor, Confirmation, TokenKind, Window};
use crate::codec::json::{Json, Object};
use crate::crypto::Algorithms;
use crate::error::{Error, ErrorCode};
use crate::jose::{KeySet, Seal, UnverifiedJws};
use crate::limits::Limits;
use crate::replay::ReplayKey;
use crate::text::{KeyId, Subject, TokenId};
use crate::time::UnixTime;
use crate::uri::Issuer;

/// What is demanded of an actor token.
#[derive(Clone, Debug)]
pub struct ActorTokenRules<'r> {
    /// Who vouches for actors.
    pub issuer: &'r Issuer,
    /// This server's issuer identifier: the token's audience.
    pub audience: &'r Issuer,
    /// The `typ` that the profile prescribes.
    pub typ: &'r str,
    /// The algorithms the issuer may use.
    pub algorithms: &'r Algorithms,
    /// The rules of time.
    pub window: Window,
    /// Caps.
    pub limits: &'r Limits,
}

/// A well-formed actor token that nobody has verified.
pub struct UnverifiedActorToken<'t> {
    seal: Seal<'t>,
    claims: ClaimSet,
}

/// An actor whose token holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedActor {
    /// What becomes `act`.
    pub actor: Actor,
    /// The key the actor's own token is bound to.
    pub confirmation: Option<Confirmation>,
    /// What to remember so that the token is used once, where it has a `jti`.
    pub replay_key: Option<ReplayKey>,
    /// `jti`.
    pub token_id: Option<TokenId>,
    /// `iat`.
    pub issued_at: Option<UnixTime>,
}

impl<'t> UnverifiedActorToken<'t> {
    /// Splits the token and reads which issuer it claims.
    pub fn parse(token: &'t str, limits: &Limits) -> Result<Self, Error> {
        let read = || {
            let (seal, payload) = UnverifiedJws::parse(token, limits)?.open();
            let claims = ClaimSet::parse(payload, limits)?;
            claims.issuer()?;
            Ok(Self { seal, claims })
        };
        read().map_err(|error: Error| error.of(TokenKind::ActorToken))
    }

    /// The issuer it claims: for choosing among configured profiles, nothing else.
    #[must_use]
    pub fn claimed_issuer(&self) -> &str {
        // Without one it would not have been parsed.
        self.claims.issuer().unwrap_or_default()
    }

    /// The key it claims.
    #[must_use]
    pub fn claimed_kid(&self) -> Option<&KeyId> {
        self.seal.header().kid()
    }

    /// Verifies signature and claims. Fails with the code of the first rule that does not hold.
    pub fn verify(
        self,
        keys: &KeySet,
        rules: &ActorTokenRules<'_>,
        now: UnixTime,
    ) -> Result<VerifiedActor, Error> {
        self.check(keys, rules, now).map_err(|error| error.of(TokenKind::ActorToken))
    }

    fn check(
        self,
        keys: &KeySet,
        rules: &ActorTokenRules<'_>,
        now: UnixTime,
    ) -> Result<VerifiedActor, Error> {
        if !self.seal.header().is_typ(rules.typ) {
            return Err(Error::new(ErrorCode::TypMismatch));
        }
        if keys.issuer() != rules.issuer || self.claimed_issuer() != rules.issuer.as_str() {
            return Err(Error::new(ErrorCode::IssuerMismatch));
        }
        self.seal.verify(keys.keys(), rules.algorithms)?;
        let claims = self.claims.under(rules.limits);
        let subject = claims.required_text("sub", Subject::new)?;
        if claims.sole_audience()? != rules.audience.as_str() {
            return Err(Error::new(ErrorCode::AudienceMismatch));
        }
        let validity = rules.window.check(claims, now)?;
        let sub_profile =
            claims.text("sub_profile", crate::text::Amr::new)?.map(|text| String::from(text.as_str()));
        let prior =
            claims.get("act").map(|act| Actor::from_json(&act.to_json(), claims.limits())).transpose()?;
        let mut chain: Vec<Actor> = Vec::new();
        if let Some(Actor { prior, .. }) = &prior {
            chain.clone_from(prior);
        }
        if let Some(mut outermost) = prior {
            outermost.prior.clear();
            chain.insert(0, outermost);
        }
        let actor =
            Actor { issuer: Some(String::from(rules.issuer.as_str())), subject, sub_profile, prior: chain };
        let until = validity.expires_at.plus(rules.window.tolerance.as_seconds());
        let key = |jti: &TokenId| ReplayKey::new(TokenKind::ActorToken, rules.issuer.as_str(), jti, until);
        let token_id = claims.text("jti", TokenId::new)?;
        Ok(VerifiedActor {
            actor,
            confirmation: Confirmation::from_claims(claims)?,
            replay_key: token_id.as_ref().map(key),
            token_id,
            issued_at: validity.issued_at,
        })
    }
}

impl VerifiedActor {
    /// Whether a `may_act` claim names this actor (RFC 8693 §4.4): every member it has must be the actor's. One that is not
    /// understood names nobody, as in [`MayAct`](super::MayAct).
    #[must_use]
    pub fn is_named_by(&self, may_act: &Object<'_>) -> bool {
        let is = |(name, value): (&str, &Json<'_>)| {
            let own = match name {
                "sub" => Some(self.actor.subject.as_str()),
                "iss" => self.actor.issuer.as_deref(),
                "sub_profile" => self.actor.sub_profile.as_deref(),
                _ => None,
            };
            own.is_some() && value.as_str() == own
        };
        may_act.contains("sub") && may_act.iter().all(is)
    }
}
