//! The ID-JAG (draft-ietf-oauth-identity-assertion-authz-grant §3): its claims, written and verified.

use alloc::string::String;
use alloc::vec::Vec;

use super::claims::{self, ClaimSet, Claims, Registered, add_extra, check_extra, one_or_many};
use super::{Actor, Confirmation, Context, ContextClaim, MayAct, SubjectIdentifier, TokenKind, Window};
use crate::codec::json::{Json, Object};
use crate::crypto::Algorithms;
use crate::details::AuthorizationDetails;
use crate::error::{Error, ErrorCode};
use crate::jose::{KeySet, Seal, Unsigned, UnverifiedJws};
use crate::limits::Limits;
use crate::oauth::params::TYP_ID_JAG;
use crate::replay::ReplayKey;
use crate::scope::Scope;
use crate::text::{Acr, Amr, ClientId, Email, KeyId, Subject, Tenant, TokenId};
use crate::time::UnixTime;
use crate::uri::{Issuer, ResourceId};

/// Names that host-supplied claims may not take.
static REGISTERED: Registered<25> = Registered::new([
    "iss",
    "sub",
    "aud",
    "exp",
    "nbf",
    "iat",
    "jti",
    "client_id",
    "resource",
    "scope",
    "authorization_details",
    "act",
    "may_act",
    "cnf",
    "tenant",
    "aud_tenant",
    "aud_sub",
    "auth_time",
    "acr",
    "amr",
    "email",
    "sub_id",
    "azp",
    "nonce",
    "events",
]);

/// The claims of an ID-JAG.
#[derive(Clone, Debug, PartialEq)]
pub struct IdJag {
    /// `iss`: the IdP.
    pub issuer: Issuer,
    /// `sub`: the user, in the issuer's namespace (and tenant's).
    pub subject: Subject,
    /// `aud`: the resource authorization server, and nobody else.
    pub audience: Issuer,
    /// `client_id`: the client as that server knows it.
    pub client_id: ClientId,
    /// `jti`.
    pub token_id: TokenId,
    /// `iat`.
    pub issued_at: UnixTime,
    /// `exp`.
    pub expires_at: UnixTime,
    /// `resource`: empty when the claim is absent.
    pub resources: Vec<ResourceId>,
    /// `scope`.
    pub scope: Option<Scope>,
    /// `authorization_details`.
    pub details: Option<AuthorizationDetails>,
    /// `act`.
    pub actor: Option<Actor>,
    /// `may_act`: who may act with the access token and those derived from it, where that is limited.
    pub may_act: Option<MayAct>,
    /// `cnf`.
    pub confirmation: Option<Confirmation>,
    /// `tenant`: of the issuer.
    pub tenant: Option<Tenant>,
    /// `aud_tenant`: of the resource authorization server.
    pub audience_tenant: Option<Tenant>,
    /// `aud_sub`: the user as the resource authorization server knows it.
    pub audience_subject: Option<Subject>,
    /// `auth_time`.
    pub auth_time: Option<UnixTime>,
    /// `acr`.
    pub acr: Option<Acr>,
    /// `amr`.
    pub amr: Vec<Amr>,
    /// `email`.
    pub email: Option<Email>,
    /// `sub_id`.
    pub subject_identifier: Option<SubjectIdentifier>,
    /// `ctx`, or as it is named here: the conversation.
    pub context: Option<Context>,
    /// Claims without a registered meaning here.
    pub extra: Object<'static>,
}

impl IdJag {
    /// The token, ready to be signed; fails with `claim_reserved`.
    pub fn to_unsigned(&self) -> Result<Unsigned, Error> {
        check_extra(&self.extra, &REGISTERED, self.context.as_ref())?;
        Ok(Unsigned::new(TYP_ID_JAG, self.to_json()))
    }

    /// The claims as JSON; what is absent is left out.
    #[must_use]
    pub fn to_json(&self) -> Object<'static> {
        let mut out = Object::new();
        out.set_str("iss", String::from(self.issuer.as_str()));
        out.set_str("sub", String::from(self.subject.as_str()));
        out.set_str("aud", String::from(self.audience.as_str()));
        out.set_str("client_id", String::from(self.client_id.as_str()));
        out.set_str("jti", String::from(self.token_id.as_str()));
        out.set("iat", self.issued_at.as_secs());
        out.set("exp", self.expires_at.as_secs());
        if let Some(resource) = one_or_many(self.resources.iter().map(ResourceId::as_str)) {
            out.set("resource", resource);
        }
        if let Some(scope) = &self.scope {
            out.set_str("scope", alloc::format!("{scope}"));
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
        let texts = [
            ("tenant", self.tenant.as_ref().map(Tenant::as_str)),
            ("aud_tenant", self.audience_tenant.as_ref().map(Tenant::as_str)),
            ("aud_sub", self.audience_subject.as_ref().map(Subject::as_str)),
            ("acr", self.acr.as_ref().map(Acr::as_str)),
            ("email", self.email.as_ref().map(Email::as_str)),
        ];
        for (name, text) in texts {
            if let Some(text) = text {
                out.set_str(name, String::from(text));
            }
        }
        if let Some(auth_time) = self.auth_time {
            out.set("auth_time", auth_time.as_secs());
        }
        if !self.amr.is_empty() {
            out.set("amr", Json::strings(self.amr.iter().map(|amr| String::from(amr.as_str()))));
        }
        if let Some(identifier) = &self.subject_identifier {
            out.set("sub_id", identifier.to_json());
        }
        if let Some(context) = &self.context {
            out.set_str(String::from(context.claim().as_str()), String::from(context.as_str()));
        }
        add_extra(&mut out, &self.extra);
        out
    }
}

/// What a resource authorization server demands of an ID-JAG from one trusted issuer.
#[derive(Clone, Debug)]
pub struct IdJagRules<'r> {
    /// The one issuer the token may be from.
    pub issuer: &'r Issuer,
    /// The server's own issuer identifier.
    pub audience: &'r Issuer,
    /// Other spellings of `audience` that are accepted: a visible, configured exception (AMB-008).
    pub audience_aliases: &'r [String],
    /// The client that authenticated this request, as it is registered here.
    pub client_id: &'r ClientId,
    /// The algorithms this issuer may use.
    pub algorithms: &'r Algorithms,
    /// The rules of time.
    pub window: Window,
    /// The claim that names a conversation.
    pub context: &'r ContextClaim,
    /// Caps.
    pub limits: &'r Limits,
}

/// A well-formed ID-JAG that nobody has verified.
pub struct UnverifiedIdJag<'t> {
    seal: Seal<'t>,
    claims: ClaimSet,
}

/// An ID-JAG whose signature and claims hold. There is no other way to make one.
#[derive(Clone, Debug)]
pub struct VerifiedIdJag {
    claims: IdJag,
    retain_until: UnixTime,
}

impl<'t> UnverifiedIdJag<'t> {
    /// Splits the token, checks `typ`, and reads which issuer it claims.
    ///
    /// Fails as [`UnverifiedJws::parse`], with `typ_mismatch`, or as the claims reader for `iss`.
    pub fn parse(token: &'t str, limits: &Limits) -> Result<Self, Error> {
        Self::read(token, limits).map_err(|error| error.of(TokenKind::IdJag))
    }

    fn read(token: &'t str, limits: &Limits) -> Result<Self, Error> {
        let (seal, payload) = UnverifiedJws::parse(token, limits)?.open();
        if !seal.header().is_typ(TYP_ID_JAG) {
            return Err(Error::new(ErrorCode::TypMismatch));
        }
        let claims = ClaimSet::parse(payload, limits)?;
        claims.issuer()?;
        Ok(Self { seal, claims })
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

    /// Everything it claims.
    pub(super) const fn claims<'c>(&'c self, limits: &'c Limits) -> Claims<'c> {
        self.claims.under(limits)
    }

    /// Verifies signature and claims (RFC 7521 §5.2, RFC 7523 §3, ID-JAG §4.4.1).
    ///
    /// The key set must be that of `rules.issuer`. Fails with the code of the first rule that does not hold.
    pub fn verify(
        self,
        keys: &KeySet,
        rules: &IdJagRules<'_>,
        now: UnixTime,
    ) -> Result<VerifiedIdJag, Error> {
        self.check(keys, rules, now).map_err(|error| error.of(TokenKind::IdJag))
    }

    fn check(self, keys: &KeySet, rules: &IdJagRules<'_>, now: UnixTime) -> Result<VerifiedIdJag, Error> {
        if keys.issuer() != rules.issuer || self.claimed_issuer() != rules.issuer.as_str() {
            return Err(Error::new(ErrorCode::IssuerMismatch));
        }
        self.seal.verify(keys.keys(), rules.algorithms)?;
        let claims = self.claims.under(rules.limits);
        let subject = claims.required_text("sub", Subject::new)?;
        check_audience(claims, rules)?;
        let client_id = claims.required_text("client_id", ClientId::new)?;
        let token_id = claims.required_text("jti", TokenId::new)?;
        let validity = rules.window.check(claims, now)?;
        let issued_at = validity.issued_at.ok_or(claims::missing("iat"))?;
        if &client_id != rules.client_id {
            return Err(Error::new(ErrorCode::ClientMismatch));
        }
        let actor =
            claims.get("act").map(|act| Actor::from_json(&act.to_json(), claims.limits())).transpose()?;
        let subject_identifier =
            claims.get("sub_id").map(|id| SubjectIdentifier::from_json(&id.to_json())).transpose()?;
        let verified = IdJag {
            issuer: rules.issuer.clone(),
            subject,
            audience: rules.audience.clone(),
            client_id,
            token_id,
            issued_at,
            expires_at: validity.expires_at,
            resources: claims.resources()?,
            scope: claims.scope()?,
            details: claims.details()?,
            actor,
            may_act: MayAct::from_claims(claims)?,
            confirmation: Confirmation::from_claims(claims)?,
            tenant: claims.text("tenant", Tenant::new)?,
            audience_tenant: claims.text("aud_tenant", Tenant::new)?,
            audience_subject: claims.text("aud_sub", Subject::new)?,
            auth_time: claims.time("auth_time")?,
            acr: claims.acr()?,
            amr: claims.amr()?,
            email: claims.text("email", Email::new)?,
            subject_identifier,
            context: claims.context(rules.context)?,
            extra: claims.extra(&REGISTERED, rules.context),
        };
        let retain_until = verified.expires_at.plus(rules.window.tolerance.as_seconds());
        Ok(VerifiedIdJag { claims: verified, retain_until })
    }
}

fn check_audience(claims: Claims<'_>, rules: &IdJagRules<'_>) -> Result<(), Error> {
    let audience = claims.sole_audience()?;
    let accepted =
        audience == rules.audience.as_str() || rules.audience_aliases.iter().any(|alias| alias == audience);
    if accepted { Ok(()) } else { Err(Error::new(ErrorCode::AudienceMismatch)) }
}

impl VerifiedIdJag {
    /// The claims.
    #[must_use]
    pub const fn claims(&self) -> &IdJag {
        &self.claims
    }

    /// What to remember so that the grant is redeemed once.
    #[must_use]
    pub fn replay_key(&self) -> ReplayKey {
        let claims = &self.claims;
        ReplayKey::new(TokenKind::IdJag, claims.issuer.as_str(), &claims.token_id, self.retain_until)
    }
}
