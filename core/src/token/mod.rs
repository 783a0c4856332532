//! The kinds of token: what each must hold, and how each is checked before anybody believes it.

mod access_token;
mod actor;
mod actor_token;
mod claimed_id_jag;
pub(crate) mod claims;
mod client_assertion;
mod confirmation;
mod context;
mod dpop;
mod id_jag;
mod id_token;
mod may_act;
mod subject_identifier;
mod window;

pub(crate) use access_token::VerifiedAccessToken;
pub use access_token::{AccessToken, AccessTokenRules, RelaxedClaims, UnverifiedAccessToken};
pub use actor::Actor;
pub use actor_token::{ActorTokenRules, UnverifiedActorToken, VerifiedActor};
pub(crate) use claimed_id_jag::ClaimedIdJag;
pub use client_assertion::{ClientAssertion, ClientAssertionRules, UnverifiedClientAssertion};
pub use confirmation::Confirmation;
pub(crate) use context::reserve as reserve_context;
pub use context::{Context, ContextClaim, ContextRule};
pub use dpop::{DpopProof, NonceRule, ProofRules, VerifiedProof, access_token_hash};
pub use id_jag::{IdJag, IdJagRules, UnverifiedIdJag, VerifiedIdJag};
pub use id_token::{IdToken, IdTokenRules, UnverifiedIdToken, VerifiedIdToken};
pub use may_act::MayAct;
pub use subject_identifier::{SamlNameId, SamlNameIdRule, SubjectIdentifier};
pub use window::Window;

use crate::error::OAuthError;

/// A kind of JWT. The kinds exclude each other by `typ` (RFC 8725 §3.12).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum TokenKind {
    /// `oauth-id-jag+jwt`: the grant an IdP issues for a resource authorization server.
    IdJag,
    /// `at+jwt`: RFC 9068.
    AccessToken,
    /// An OpenID Connect ID Token, here always a subject token.
    IdToken,
    /// RFC 7523 §3: a client's authentication.
    ClientAssertion,
    /// `dpop+jwt`: RFC 9449.
    DpopProof,
    /// The actor of a token exchange (RFC 8693 §2.1).
    ActorToken,
}

impl TokenKind {
    /// The error for a faulty token of this kind at a token endpoint.
    #[must_use]
    pub const fn error_at_token_endpoint(self) -> OAuthError {
        match self {
            // RFC 7523 §3.1; for subject tokens AMB-005.
            Self::IdJag | Self::IdToken | Self::AccessToken => OAuthError::InvalidGrant,
            // RFC 7521 §4.2.1.
            Self::ClientAssertion => OAuthError::InvalidClient,
            // RFC 9449 §5.
            Self::DpopProof => OAuthError::InvalidDpopProof,
            // RFC 8693 §2.2.2.
            Self::ActorToken => OAuthError::InvalidRequest,
        }
    }

    /// The error for a faulty token of this kind at a protected resource.
    #[must_use]
    pub const fn error_at_resource(self) -> OAuthError {
        match self {
            Self::DpopProof => OAuthError::InvalidDpopProof,
            _ => OAuthError::InvalidToken,
        }
    }

    /// Every kind.
    const ALL: [Self; 6] = [
        Self::IdJag,
        Self::AccessToken,
        Self::IdToken,
        Self::ClientAssertion,
        Self::DpopProof,
        Self::ActorToken,
    ];

    /// The kind of this name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }

    /// The kind's name in records and vectors.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::IdJag => "id_jag",
            Self::AccessToken => "access_token",
            Self::IdToken => "id_token",
            Self::ClientAssertion => "client_assertion",
            Self::DpopProof => "dpop_proof",
            Self::ActorToken => "actor_token",
        }
    }
}
