//! RFC 8693 §2.1: the actor token of a token exchange, taken from the form and held against its issuer's profile.

use alloc::collections::BTreeSet;
use alloc::string::String;

use crate::codec::form::Form;
use crate::crypto::Algorithms;
use crate::error::{Error, ErrorCode};
use crate::jose::KeySet;
use crate::limits::Limits;
use crate::oauth::params::TOKEN_TYPE_JWT;
use crate::revocation::{Revocable, RevocationList};
use crate::secret::Secret;
use crate::text::KeyId;
use crate::time::UnixTime;
use crate::token::{ActorTokenRules, TokenKind, UnverifiedActorToken, VerifiedActor, Window};
use crate::uri::Issuer;

/// A party whose actor tokens are accepted (AMB-024).
#[derive(Clone, Debug)]
pub struct ActorProfile {
    /// Who vouches for actors.
    pub issuer: Issuer,
    /// The `typ` of its tokens.
    pub typ: String,
    /// The algorithms it may sign with.
    pub algorithms: Algorithms,
    /// The kinds of actor it may vouch for, by `sub_profile`; any, and none at all, where left out.
    pub sub_profiles: Option<BTreeSet<String>>,
}

/// An actor token that came with a request; nothing in it is trusted yet.
#[derive(Clone, Debug)]
pub(crate) struct PresentedActor<'s> {
    token: Secret,
    profile: &'s ActorProfile,
    kid: Option<KeyId>,
}

impl<'s> PresentedActor<'s> {
    /// Reads `actor_token` and its type. One without a profile that can validate it is refused, never ignored.
    pub(crate) fn parse(
        form: &Form,
        profiles: &'s [ActorProfile],
        limits: &Limits,
    ) -> Result<Option<Self>, Error> {
        let declared = form.single("actor_token_type")?;
        let Some(token) = form.single("actor_token")? else {
            return match declared {
                None => Ok(None),
                Some(_) => Err(Error::with_detail(ErrorCode::ParameterMalformed, "actor_token_type")),
            };
        };
        let declared = declared.ok_or(Error::with_detail(ErrorCode::ParameterMissing, "actor_token_type"))?;
        if profiles.is_empty() || declared != TOKEN_TYPE_JWT {
            return Err(Error::new(ErrorCode::ActorTokenUnsupported));
        }
        let unverified = UnverifiedActorToken::parse(token, limits)?;
        let issuer = unverified.claimed_issuer();
        let profile = profiles.iter().find(|profile| profile.issuer.as_str() == issuer);
        let profile = profile.ok_or(Error::new(ErrorCode::IssuerUntrusted).of(TokenKind::ActorToken))?;
        Ok(Some(Self { token: Secret::new(token), profile, kid: unverified.claimed_kid().cloned() }))
    }

    /// Whose key set, and which key it claims.
    pub(crate) fn needs(&self) -> (&Issuer, Option<&KeyId>) {
        (&self.profile.issuer, self.kid.as_ref())
    }

    /// Verifies it as one made for `audience`, and holds it against what that party has revoked, if anything: the actor, and
    /// what its issuer says of it.
    pub(crate) fn verify(
        &self,
        keys: Option<&KeySet>,
        audience: &Issuer,
        window: Window,
        limits: &Limits,
        revocations: Option<&RevocationList>,
        now: UnixTime,
    ) -> Result<VerifiedActor, Error> {
        let keys = keys.ok_or(Error::new(ErrorCode::KeysUnavailable))?;
        let profile = self.profile;
        let rules = ActorTokenRules {
            issuer: &profile.issuer,
            audience,
            typ: &profile.typ,
            algorithms: &profile.algorithms,
            window,
            limits,
        };
        let verified = UnverifiedActorToken::parse(self.token.expose(), limits)?.verify(keys, &rules, now)?;
        let kind = verified.actor.sub_profile.as_ref();
        let is_listed = |kinds: &BTreeSet<String>| kind.is_some_and(|kind| kinds.contains(kind));
        if profile.sub_profiles.as_ref().is_some_and(|kinds| !is_listed(kinds)) {
            return Err(Error::with_detail(ErrorCode::ActorUnauthorized, "sub_profile"));
        }
        if let Some(list) = revocations {
            let checked = check_revocations(list, &verified, audience, &profile.issuer, now);
            checked.map_err(|error| error.of(TokenKind::ActorToken))?;
        }
        Ok(verified)
    }
}

/// An actor that was revoked here must not come back with the token it had before, nor one whose token its issuer revoked.
fn check_revocations(
    list: &RevocationList,
    verified: &VerifiedActor,
    here: &Issuer,
    issuer: &Issuer,
    now: UnixTime,
) -> Result<(), Error> {
    let token = Revocable {
        issuer: here,
        token_id: None,
        grant_id: None,
        ancestors: &[],
        subject: None,
        client_id: None,
        context: None,
        actor: Some(&verified.actor),
        issued_at: verified.issued_at,
    };
    list.check(&token, now)?;
    let (token_id, subject) = (verified.token_id.as_ref(), Some(&verified.actor.subject));
    list.check(&Revocable { issuer, token_id, subject, actor: None, ..token }, now)
}
