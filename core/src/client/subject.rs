//! RFC 8693 §2.1, ID-JAG §4.3: what says who the user is: the fruits of one sign-on at the IdP.

use crate::codec::form::Form;
use crate::oauth::params::{TOKEN_TYPE_ID_TOKEN, TOKEN_TYPE_REFRESH_TOKEN, TOKEN_TYPE_SAML2};
use crate::secret::Secret;
use crate::time::UnixTime;
use crate::uri::Issuer;

/// The kinds of subject token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SubjectKind {
    /// An OpenID Connect ID Token.
    IdToken,
    /// A SAML 2.0 assertion.
    Saml2,
    /// A refresh token that the IdP issued to this client.
    RefreshToken,
}

impl SubjectKind {
    /// The `subject_token_type`.
    #[must_use]
    pub const fn token_type(self) -> &'static str {
        match self {
            Self::IdToken => TOKEN_TYPE_ID_TOKEN,
            Self::Saml2 => TOKEN_TYPE_SAML2,
            Self::RefreshToken => TOKEN_TYPE_REFRESH_TOKEN,
        }
    }
}

/// A subject token with its kind, so that the two parameters always agree (JAG-036).
#[derive(Clone, Debug)]
pub struct SubjectToken {
    kind: SubjectKind,
    token: Secret,
}

impl SubjectToken {
    /// A subject token. A SAML assertion is base64url-encoded, as RFC 8693 §3 has it.
    #[must_use]
    pub const fn new(kind: SubjectKind, token: Secret) -> Self {
        Self { kind, token }
    }

    /// Its kind.
    #[must_use]
    pub const fn kind(&self) -> SubjectKind {
        self.kind
    }

    pub(super) fn write(&self, form: &mut Form) {
        form.push("subject_token", self.token.expose());
        form.push("subject_token_type", self.kind.token_type());
    }
}

/// The outcome of one sign-on: shared by all connections of the user, replaced as a whole, never merged.
#[derive(Clone, Debug)]
pub struct Identity {
    issuer: Issuer,
    id_token: Option<(Secret, UnixTime)>,
    saml2: Option<(Secret, UnixTime)>,
    refresh_token: Option<Secret>,
}

impl Identity {
    /// A sign-on at the IdP `issuer`, with no token yet.
    #[must_use]
    pub const fn new(issuer: Issuer) -> Self {
        Self { issuer, id_token: None, saml2: None, refresh_token: None }
    }

    /// With the ID Token, usable before `expires_at`. The host has verified it
    /// ([`UnverifiedIdToken`](crate::token::UnverifiedIdToken)).
    #[must_use]
    pub fn with_id_token(self, token: Secret, expires_at: UnixTime) -> Self {
        Self { id_token: Some((token, expires_at)), ..self }
    }

    /// With a SAML assertion, base64url-encoded, usable before `expires_at`.
    #[must_use]
    pub fn with_saml2(self, assertion: Secret, expires_at: UnixTime) -> Self {
        Self { saml2: Some((assertion, expires_at)), ..self }
    }

    /// With a refresh token: used as subject token when nothing else is left.
    #[must_use]
    pub fn with_refresh_token(self, token: Secret) -> Self {
        Self { refresh_token: Some(token), ..self }
    }

    /// The IdP.
    #[must_use]
    pub const fn issuer(&self) -> &Issuer {
        &self.issuer
    }

    /// The subject token to use: an unexpired ID Token, else an unexpired assertion, else the refresh token
    /// (JAG-078), passing over the kinds that the IdP has `refused`. `None` means that the user must sign on.
    #[must_use]
    pub fn subject(&self, refused: &[SubjectKind], now: UnixTime) -> Option<SubjectToken> {
        let timed = |kind, token: &Option<(Secret, UnixTime)>| {
            let (token, _) = token.as_ref().filter(|(_, expires_at)| now < *expires_at)?;
            Some(SubjectToken::new(kind, token.clone()))
        };
        let refresh = || Some(SubjectToken::new(SubjectKind::RefreshToken, self.refresh_token.clone()?));
        let candidates =
            [timed(SubjectKind::IdToken, &self.id_token), timed(SubjectKind::Saml2, &self.saml2), refresh()];
        candidates.into_iter().flatten().find(|token| !refused.contains(&token.kind))
    }
}
