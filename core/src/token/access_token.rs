//! RFC 9068: JWT access tokens, written by the resource authorization server, verified by the resource.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use super::claims::{self, ClaimSet, Claims, Registered, add_extra, check_extra, one_or_many};
use super::window::Validity;
use super::{Actor, Confirmation, Context, ContextClaim, MayAct, TokenKind, Window};
use crate::codec::json::{Json, Object};
use crate::crypto::Algorithms;
use crate::details::AuthorizationDetails;
use crate::error::{Error, ErrorCode};
use crate::jose::{KeyIdentity, KeySet, Seal, Unsigned, UnverifiedJws};
use crate::limits::Limits;
use crate::oauth::params::TYP_ACCESS_TOKEN;
use crate::scope::Scope;
use crate::text::{Acr, Amr, ClientId, KeyId, Subject, TokenId};
use crate::time::UnixTime;
use crate::uri::{Issuer, ResourceId};

static REGISTERED: Registered<19> = Registered::new([
    "iss",
    "sub",
    "aud",
    "exp",
    "nbf",
    "iat",
    "jti",
    "client_id",
    "scope",
    "authorization_details",
    "act",
    "may_act",
    "cnf",
    "auth_time",
    "acr",
    "amr",
    "jag_jti",
    "ancestors",
    "resource",
]);

/// The claims of an access token.
#[derive(Clone, Debug, PartialEq)]
pub struct AccessToken {
    /// `iss`: the authorization server.
    pub issuer: Issuer,
    /// `sub`: the user as that server knows it. Absent only under [`RelaxedClaims::subject`].
    pub subject: Option<Subject>,
    /// `aud`: the resources it is for.
    pub audience: Vec<String>,
    /// `client_id`. Absent only under [`RelaxedClaims::client_id`].
    pub client_id: Option<ClientId>,
    /// `jti`. Absent only under [`RelaxedClaims::token_id`].
    pub token_id: Option<TokenId>,
    /// `iat`. Absent only under [`RelaxedClaims::issued_at`].
    pub issued_at: Option<UnixTime>,
    /// `exp`.
    pub expires_at: UnixTime,
    /// `scope`.
    pub scope: Scope,
    /// `authorization_details`.
    pub details: Option<AuthorizationDetails>,
    /// `act`.
    pub actor: Option<Actor>,
    /// `may_act`: who may act in tokens derived from this one, where that is limited.
    pub may_act: Option<MayAct>,
    /// `cnf`.
    pub confirmation: Option<Confirmation>,
    /// `auth_time`: when the user signed on, carried unchanged.
    pub auth_time: Option<UnixTime>,
    /// `acr`.
    pub acr: Option<Acr>,
    /// `amr`.
    pub amr: Vec<Amr>,
    /// `jag_jti`: the ID-JAG this token was issued for; joins the records of both.
    pub grant_id: Option<TokenId>,
    /// `ancestors`: the token this one was derived from, the one that was derived from, and so on to the first; empty
    /// when it was not derived. With any of them it dies.
    pub ancestors: Vec<TokenId>,
    /// `ctx`, or as it is named here: the conversation, carried unchanged.
    pub context: Option<Context>,
    /// Claims without a registered meaning here.
    pub extra: Object<'static>,
}

impl AccessToken {
    /// The token, ready to be signed; fails with `claim_reserved`, or with `claim_missing` when one of the
    /// claims that RFC 9068 §2.2 requires was left out.
    pub fn to_unsigned(&self) -> Result<Unsigned, Error> {
        check_extra(&self.extra, &REGISTERED, self.context.as_ref())?;
        let required = [
            ("sub", self.subject.is_some()),
            ("aud", !self.audience.is_empty()),
            ("client_id", self.client_id.is_some()),
            ("jti", self.token_id.is_some()),
            ("iat", self.issued_at.is_some()),
        ];
        match required.into_iter().find(|(_, is_there)| !is_there) {
            Some((name, _)) => Err(claims::missing(name)),
            None => Ok(Unsigned::new(TYP_ACCESS_TOKEN, self.to_json())),
        }
    }

    /// The claims as JSON; what is absent is left out.
    #[must_use]
    pub fn to_json(&self) -> Object<'static> {
        let mut out = Object::new();
        out.set_str("iss", String::from(self.issuer.as_str()));
        if let Some(subject) = &self.subject {
            out.set_str("sub", String::from(subject.as_str()));
        }
        if let Some(audience) = one_or_many(self.audience.iter().map(String::as_str)) {
            out.set("aud", audience);
        }
        if let Some(client_id) = &self.client_id {
            out.set_str("client_id", String::from(client_id.as_str()));
        }
        if let Some(token_id) = &self.token_id {
            out.set_str("jti", String::from(token_id.as_str()));
        }
        if let Some(issued_at) = self.issued_at {
            out.set("iat", issued_at.as_secs());
        }
        out.set("exp", self.expires_at.as_secs());
        if !self.scope.is_empty() {
            out.set_str("scope", alloc::format!("{}", self.scope));
        }
        if let Some(details) = &self.details {
            out.set("authorization_details", details.to_json());
        }
        if let Some(actor) = &self.actor {
            out.set("act", actor.to_json());
        }
        if let Some(may_act) = &self.may_act {
            out.set("may_act", may_act.to_json());
        }
        if let Some(confirmation) = self.confirmation {
            out.set("cnf", confirmation.to_json());
        }
        if let Some(auth_time) = self.auth_time {
            out.set("auth_time", auth_time.as_secs());
        }
        if let Some(acr) = &self.acr {
            out.set_str("acr", String::from(acr.as_str()));
        }
        if !self.amr.is_empty() {
            out.set("amr", Json::strings(self.amr.iter().map(|amr| String::from(amr.as_str()))));
        }
        if let Some(grant_id) = &self.grant_id {
            out.set_str("jag_jti", String::from(grant_id.as_str()));
        }
        if !self.ancestors.is_empty() {
            let ids = self.ancestors.iter().map(|id| String::from(id.as_str()));
            out.set("ancestors", Json::strings(ids));
        }
        if let Some(context) = &self.context {
            out.set_str(String::from(context.claim().as_str()), String::from(context.as_str()));
        }
        add_extra(&mut out, &self.extra);
        out
    }
}

/// Claims whose absence is accepted from one issuer, by name (AMB-032). Never `iss`, `aud` or `exp`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RelaxedClaims {
    /// Accept a token without `sub`.
    pub subject: bool,
    /// Accept a token without `client_id`.
    pub client_id: bool,
    /// Accept a token without `iat`.
    pub issued_at: bool,
    /// Accept a token without `jti`.
    pub token_id: bool,
    /// Accept `typ` `JWT`, or none at all, in place of `at+jwt`.
    pub typ: bool,
}

/// What a resource demands of an access token.
#[derive(Clone, Debug)]
pub struct AccessTokenRules<'r> {
    /// The authorization server.
    pub issuer: &'r Issuer,
    /// The resource's own identifier.
    pub resource: &'r ResourceId,
    /// Further identifiers the resource answers to (AMB-008).
    pub resource_aliases: &'r [String],
    /// Compare after RFC 3986 normalisation (MCP-015, AMB-008).
    pub normalize_resource: bool,
    /// The algorithms the issuer may use.
    pub algorithms: &'r Algorithms,
    /// The rules of time.
    pub window: Window,
    /// What the issuer is excused from.
    pub relaxed: RelaxedClaims,
    /// The claim that names a conversation.
    pub context: &'r ContextClaim,
    /// Caps.
    pub limits: &'r Limits,
}

/// A token that holds, and what that depends on beside its own bytes and the rules.
#[derive(Debug)]
pub(crate) struct VerifiedAccessToken {
    pub(crate) claims: AccessToken,
    pub(crate) validity: Validity,
    /// The key it named.
    pub(crate) kid: Option<KeyId>,
    /// The key that verified it: not the key itself, whose tables would then live as long as this is kept.
    pub(crate) key: KeyIdentity,
}

impl VerifiedAccessToken {
    /// Whether it would be verified again at `now` with `keys`, by the rules by which it was: `false` where another key
    /// would have to verify it. Fails as [`UnverifiedAccessToken::verify`].
    pub(crate) fn check_again(&self, keys: &KeySet, window: Window, now: UnixTime) -> Result<bool, Error> {
        let check = || {
            if *keys.issuer() != self.claims.issuer {
                return Err(Error::new(ErrorCode::IssuerMismatch));
            }
            if *keys.keys().select(self.kid.as_ref(), self.key.algorithm())?.identity() != self.key {
                return Ok(false);
            }
            window.check_again(self.validity, now).map(|()| true)
        };
        check().map_err(|error: Error| error.of(TokenKind::AccessToken))
    }
}

/// A well-formed access token that nobody has verified.
pub struct UnverifiedAccessToken<'t> {
    seal: Seal<'t>,
    claims: ClaimSet,
}

impl fmt::Debug for UnverifiedAccessToken<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UnverifiedAccessToken").finish_non_exhaustive()
    }
}

impl<'t> UnverifiedAccessToken<'t> {
    /// Splits the token and reads which issuer it claims.
    pub fn parse(token: &'t str, limits: &Limits) -> Result<Self, Error> {
        let read = || {
            let (seal, payload) = UnverifiedJws::parse(token, limits)?.open();
            let claims = ClaimSet::parse(payload, limits)?;
            claims.issuer()?;
            Ok(Self { seal, claims })
        };
        read().map_err(|error: Error| error.of(TokenKind::AccessToken))
    }

    /// The issuer it claims: for choosing among configured ones, nothing else.
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

    /// Verifies signature and claims (RFC 9068 §4). Binding to a key is checked with the proof.
    ///
    /// Fails with the code of the first rule that does not hold.
    pub fn verify(
        self,
        keys: &KeySet,
        rules: &AccessTokenRules<'_>,
        now: UnixTime,
    ) -> Result<AccessToken, Error> {
        self.verify_fully(keys, rules, now).map(|verified| verified.claims)
    }

    /// The same, with what it takes to check again later what time and keys may change.
    pub(crate) fn verify_fully(
        self,
        keys: &KeySet,
        rules: &AccessTokenRules<'_>,
        now: UnixTime,
    ) -> Result<VerifiedAccessToken, Error> {
        self.check(keys, rules, now).map_err(|error| error.of(TokenKind::AccessToken))
    }

    fn check(
        self,
        keys: &KeySet,
        rules: &AccessTokenRules<'_>,
        now: UnixTime,
    ) -> Result<VerifiedAccessToken, Error> {
        let header = self.seal.header();
        let untyped = rules.relaxed.typ && (!header.has_typ() || header.is_typ("JWT"));
        if !header.is_typ(TYP_ACCESS_TOKEN) && !untyped {
            return Err(Error::new(ErrorCode::TypMismatch));
        }
        if keys.issuer() != rules.issuer || self.claimed_issuer() != rules.issuer.as_str() {
            return Err(Error::new(ErrorCode::IssuerMismatch));
        }
        let key = self.seal.verify(keys.keys(), rules.algorithms)?;
        let claims = self.claims.under(rules.limits);
        let mine = |audience: &str| {
            audience == rules.resource.as_str()
                || rules.resource_aliases.iter().any(|alias| alias == audience)
                || (rules.normalize_resource
                    && ResourceId::indicator(audience).is_ok_and(|id| id.is_equivalent(rules.resource)))
        };
        if !claims.audience()?.any(mine) {
            return Err(Error::new(ErrorCode::AudienceMismatch));
        }
        let (claims, validity) = read(claims, rules.issuer, rules.relaxed, rules.window, rules.context, now)?;
        Ok(VerifiedAccessToken { claims, validity, kid: header.kid().cloned(), key: key.identity().clone() })
    }

    /// Verifies that the token is one of `issuer`'s own, for whichever resource. `keys` are its own.
    pub(crate) fn verify_own(
        self,
        keys: &KeySet,
        issuer: &Issuer,
        window: Window,
        context: &ContextClaim,
        limits: &Limits,
        now: UnixTime,
    ) -> Result<AccessToken, Error> {
        let check = || {
            if !self.seal.header().is_typ(TYP_ACCESS_TOKEN) {
                return Err(Error::new(ErrorCode::TypMismatch));
            }
            if keys.issuer() != issuer || self.claimed_issuer() != issuer.as_str() {
                return Err(Error::new(ErrorCode::IssuerMismatch));
            }
            self.seal.verify_own(keys.keys())?;
            read(self.claims.under(limits), issuer, RelaxedClaims::default(), window, context, now)
                .map(|(claims, _)| claims)
        };
        check().map_err(|error: Error| error.of(TokenKind::AccessToken))
    }
}

/// The claims, whose signature holds, of a token that is valid now.
fn read(
    claims: Claims<'_>,
    issuer: &Issuer,
    relaxed: RelaxedClaims,
    window: Window,
    context: &ContextClaim,
    now: UnixTime,
) -> Result<(AccessToken, Validity), Error> {
    let subject = unless(relaxed.subject, claims.text("sub", Subject::new)?, "sub")?;
    let audience: Vec<String> = claims.audience()?.map(String::from).collect();
    let client_id = unless(relaxed.client_id, claims.text("client_id", ClientId::new)?, "client_id")?;
    let token_id = unless(relaxed.token_id, claims.text("jti", TokenId::new)?, "jti")?;
    let validity = window.check(claims, now)?;
    let issued_at = unless(relaxed.issued_at, validity.issued_at, "iat")?;
    let token = AccessToken {
        issuer: issuer.clone(),
        subject,
        audience,
        client_id,
        token_id,
        issued_at,
        expires_at: validity.expires_at,
        scope: claims.scope()?.unwrap_or_default(),
        details: claims.details()?,
        actor: claims.get("act").map(|act| Actor::from_json(&act.to_json(), claims.limits())).transpose()?,
        may_act: MayAct::from_claims(claims)?,
        confirmation: Confirmation::from_claims(claims)?,
        auth_time: claims.time("auth_time")?,
        acr: claims.acr()?,
        amr: claims.amr()?,
        grant_id: claims.text("jag_jti", TokenId::new)?,
        ancestors: claims.ancestors()?,
        context: claims.context(context)?,
        extra: claims.extra(&REGISTERED, context),
    };
    Ok((token, validity))
}

/// A claim that must be there, unless its absence is `excused`.
fn unless<T>(excused: bool, claim: Option<T>, name: &'static str) -> Result<Option<T>, Error> {
    if claim.is_none() && !excused { Err(claims::missing(name)) } else { Ok(claim) }
}
