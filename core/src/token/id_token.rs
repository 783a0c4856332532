//! OpenID Connect Core §2 and §3.1.3.7: an ID Token, checked before it may speak for a user.

use alloc::string::String;
use alloc::vec::Vec;

use super::claims::{self, ClaimSet, Claims};
use super::{TokenKind, Window};
use crate::codec::json::{Json, Object, Value};
use crate::crypto::Algorithms;
use crate::error::{Error, ErrorCode};
use crate::jose::{KeySet, Unsigned, UnverifiedJws};
use crate::limits::Limits;
use crate::oauth::params::TYP_JWT;
use crate::text::{Acr, Amr, ClientId, KeyId, Nonce, SessionId, Subject, Tenant, TokenId};
use crate::time::{Seconds, UnixTime};
use crate::uri::Issuer;

/// The claims of an ID Token, as a sign-on issues it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdToken {
    /// `iss`.
    pub issuer: Issuer,
    /// `sub`: the user as this client knows it.
    pub subject: Subject,
    /// `aud`: the client.
    pub audience: ClientId,
    /// `iat`.
    pub issued_at: UnixTime,
    /// `exp`.
    pub expires_at: UnixTime,
    /// `auth_time`.
    pub auth_time: Option<UnixTime>,
    /// `nonce`, repeated from the authorization request.
    pub nonce: Option<Nonce>,
    /// `acr`.
    pub acr: Option<Acr>,
    /// `amr`.
    pub amr: Vec<Amr>,
    /// `tenant`.
    pub tenant: Option<Tenant>,
    /// `sid`: the session of the sign-on.
    pub session_id: Option<SessionId>,
    /// `jti`.
    pub token_id: Option<TokenId>,
}

impl IdToken {
    /// The token, ready to be signed.
    #[must_use]
    pub fn to_unsigned(&self) -> Unsigned {
        let mut out = Object::new();
        out.set_str("iss", String::from(self.issuer.as_str()));
        out.set_str("sub", String::from(self.subject.as_str()));
        out.set_str("aud", String::from(self.audience.as_str()));
        out.set("iat", self.issued_at.as_secs());
        out.set("exp", self.expires_at.as_secs());
        if let Some(auth_time) = self.auth_time {
            out.set("auth_time", auth_time.as_secs());
        }
        let texts = [
            ("nonce", self.nonce.as_ref().map(Nonce::as_str)),
            ("acr", self.acr.as_ref().map(Acr::as_str)),
            ("tenant", self.tenant.as_ref().map(Tenant::as_str)),
            ("sid", self.session_id.as_ref().map(SessionId::as_str)),
            ("jti", self.token_id.as_ref().map(TokenId::as_str)),
        ];
        for (name, text) in texts {
            if let Some(text) = text {
                out.set_str(name, String::from(text));
            }
        }
        if !self.amr.is_empty() {
            out.set("amr", Json::strings(self.amr.iter().map(|amr| String::from(amr.as_str()))));
        }
        Unsigned::new(TYP_JWT, out)
    }
}

/// What is demanded of an ID Token.
#[derive(Clone, Debug)]
pub struct IdTokenRules<'r> {
    /// The OpenID provider; an IdP accepts only itself (OIDC-001).
    pub issuer: &'r Issuer,
    /// The client the token must have been issued to: for a subject token, the one that authenticated (JAG-041).
    pub client_id: &'r ClientId,
    /// Further audiences that are trusted beside the client (OIDC-002); usually none.
    pub trusted_audiences: &'r [String],
    /// The nonce of the sign-on, where the caller ran it.
    pub nonce: Option<&'r Nonce>,
    /// The greatest age of the sign-on itself: makes `auth_time` required.
    pub max_authentication_age: Option<Seconds>,
    /// The algorithms the provider may use for this client (OIDC-005).
    pub algorithms: &'r Algorithms,
    /// The rules of time.
    pub window: Window,
    /// Caps.
    pub limits: &'r Limits,
}

/// A well-formed ID Token that nobody has verified.
pub struct UnverifiedIdToken<'t> {
    jws: UnverifiedJws<'t>,
}

/// An ID Token whose signature and claims hold.
#[derive(Clone, Debug)]
pub struct VerifiedIdToken {
    /// `iss`.
    pub issuer: Issuer,
    /// `sub`: at most 255 ASCII characters (OIDC-009). A pairwise value belongs to the client, not to others.
    pub subject: Subject,
    /// `exp`.
    pub expires_at: UnixTime,
    /// `iat`.
    pub issued_at: UnixTime,
    /// `auth_time`.
    pub auth_time: Option<UnixTime>,
    /// `acr`.
    pub acr: Option<Acr>,
    /// `amr`.
    pub amr: Vec<Amr>,
    /// `tenant` (OpenID Connect Enterprise Extensions).
    pub tenant: Option<Tenant>,
    /// `sid`: the session of the sign-on, for records.
    pub session_id: Option<SessionId>,
    /// `jti`, for records.
    pub token_id: Option<TokenId>,
    /// `may_act` (RFC 8693 §4.4): who may act for the subject, where the token limits it.
    pub may_act: Option<Object<'static>>,
}

impl<'t> UnverifiedIdToken<'t> {
    /// Splits the token and refuses the types of other profiles: everything that ends in `+jwt`.
    pub fn parse(token: &'t str, limits: &Limits) -> Result<Self, Error> {
        let read = || {
            let jws = UnverifiedJws::parse(token, limits)?;
            if jws.claimed_header().is_profile_typ() {
                return Err(Error::new(ErrorCode::TypMismatch));
            }
            Ok(Self { jws })
        };
        read().map_err(|error: Error| error.of(TokenKind::IdToken))
    }

    /// The key it claims.
    #[must_use]
    pub fn claimed_kid(&self) -> Option<&KeyId> {
        self.jws.claimed_header().kid()
    }

    /// Verifies signature and claims. Fails with the code of the first rule that does not hold.
    pub fn verify(
        self,
        keys: &KeySet,
        rules: &IdTokenRules<'_>,
        now: UnixTime,
    ) -> Result<VerifiedIdToken, Error> {
        self.check(keys, rules, now).map_err(|error| error.of(TokenKind::IdToken))
    }

    fn check(self, keys: &KeySet, rules: &IdTokenRules<'_>, now: UnixTime) -> Result<VerifiedIdToken, Error> {
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
        let subject = claims.required_text("sub", Subject::new)?;
        if subject.as_str().len() > 255 || !subject.as_str().is_ascii() {
            return Err(Error::with_detail(ErrorCode::ClaimMalformed, "sub"));
        }
        check_audience(claims, rules)?;
        let validity = rules.window.check(claims, now)?;
        let issued_at = validity.issued_at.ok_or(claims::missing("iat"))?;
        if let Some(expected) = rules.nonce
            && claims.required("nonce")? != expected.as_str()
        {
            return Err(Error::new(ErrorCode::NonceMismatch));
        }
        let auth_time = claims.time("auth_time")?;
        if let Some(max) = rules.max_authentication_age {
            let age = now.since(auth_time.ok_or(claims::missing("auth_time"))?);
            if age > Seconds(max.0.saturating_add(rules.window.tolerance.as_seconds().0)) {
                return Err(Error::new(ErrorCode::AuthenticationTooOld));
            }
        }
        let may_act = match claims.get("may_act").map(Value::to_json) {
            None => None,
            Some(Json::Object(may_act)) => Some(may_act.into_owned()),
            Some(_) => return Err(Error::with_detail(ErrorCode::ClaimMalformed, "may_act")),
        };
        Ok(VerifiedIdToken {
            issuer: rules.issuer.clone(),
            subject,
            expires_at: validity.expires_at,
            issued_at,
            auth_time,
            acr: claims.acr()?,
            amr: claims.amr()?,
            tenant: claims.text("tenant", Tenant::new)?,
            session_id: claims.text("sid", SessionId::new)?,
            token_id: claims.text("jti", TokenId::new)?,
            may_act,
        })
    }
}

/// OIDC-002 and OIDC-003: the client is an audience, every other one is trusted, and `azp` is the client.
fn check_audience(claims: Claims<'_>, rules: &IdTokenRules<'_>) -> Result<(), Error> {
    let client = rules.client_id.as_str();
    let mut audience = claims.audience()?;
    let trusted =
        |audience: &str| audience == client || rules.trusted_audiences.iter().any(|t| t == audience);
    if !audience.clone().any(|audience| audience == client) || !audience.all(trusted) {
        return Err(Error::new(ErrorCode::AudienceMismatch));
    }
    match claims.string("azp")? {
        Some(azp) if azp != client => Err(Error::new(ErrorCode::AuthorizedPartyMismatch)),
        _ => Ok(()),
    }
}
