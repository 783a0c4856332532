//! The user an exchange is for: by an ID Token verified here, or by a host that vouches for what it verified.

use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::vec::Vec;

use super::config::IdpConfig;
use crate::codec::json::Object;
use crate::crypto::Thumbprint;
use crate::error::{Error, ErrorCode};
use crate::scope::Scope;
use crate::text::{Acr, Amr, ClientId, Email, Group, SessionId, Subject, Tenant, TokenId};
use crate::time::UnixTime;
use crate::token::{Confirmation, SamlNameId, TokenKind, VerifiedIdToken};

/// What the host says of a subject token that this crate cannot verify. Every answer is required.
#[derive(Clone, Debug)]
pub struct HostAttestedSubject {
    /// The user, in the provider's own namespace.
    pub subject: Subject,
    /// How the host knows.
    pub vouched: Vouched,
    /// When the user signed on.
    pub auth_time: Option<UnixTime>,
    /// How the user signed on.
    pub acr: Option<Acr>,
    /// By which methods.
    pub amr: Vec<Amr>,
    /// The user's tenant.
    pub tenant: Option<Tenant>,
    /// The session of the user's sign-on, for records.
    pub session_id: Option<SessionId>,
}

/// The kinds of subject token that a host vouches for.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Vouched {
    /// A refresh token (JAG-042).
    RefreshToken {
        /// This provider issued it.
        issued_here: bool,
        /// To this client.
        client_id: ClientId,
        /// It has been revoked.
        revoked: bool,
        /// It expires.
        expires_at: Option<UnixTime>,
        /// The scopes in whose context it may be used; `None` when it is not limited.
        scope: Option<Scope>,
        /// The audiences it may be used for, by issuer; `None` when it is not limited.
        audiences: Option<BTreeSet<String>>,
        /// The key it is bound to ([`super::SpentRefresh::binding`]): a proof of it must come along (RFC 9449 §5).
        bound_to: Option<Thumbprint>,
    },
    /// A SAML 2.0 assertion (JAG-080).
    Saml2 {
        /// Signature, issuer, subject confirmation and conditions hold.
        valid: bool,
        /// The entity id in its audience restriction.
        audience: String,
        /// `NotOnOrAfter`.
        expires_at: UnixTime,
    },
}

/// A user who has been vouched for, one way or the other.
#[derive(Clone, Debug)]
pub struct VerifiedSubject {
    /// The user, in the namespace that the subject token speaks: pairwise `sub`s belong to the client.
    pub subject: Subject,
    /// When the user signed on.
    pub auth_time: Option<UnixTime>,
    /// How the user signed on.
    pub acr: Option<Acr>,
    /// By which methods.
    pub amr: Vec<Amr>,
    /// The user's tenant, where the token says.
    pub tenant: Option<Tenant>,
    /// The session of the user's sign-on, where the token says.
    pub session_id: Option<SessionId>,
    /// The token's own id, where it has one.
    pub token_id: Option<TokenId>,
    pub(super) may_act: Option<Object<'static>>,
    pub(super) scope: Option<Scope>,
    pub(super) audiences: Option<BTreeSet<String>>,
}

/// The user, as the directory knows it for one audience.
#[derive(Clone, Debug, PartialEq)]
pub struct DirectorySubject {
    /// The `sub` that an SSO assertion for that audience would carry (JAG-003, AMB-022).
    pub subject: Subject,
    /// The user's groups; `None` when they are not known.
    pub groups: Option<BTreeSet<Group>>,
    /// The user's tenant here; never taken from the request (JAG-083).
    pub tenant: Option<Tenant>,
    /// The user's tenant there.
    pub audience_tenant: Option<Tenant>,
    /// The user as that server knows it.
    pub audience_subject: Option<Subject>,
    /// The user's address.
    pub email: Option<Email>,
    /// The NameID of SAML sign-on to that server.
    pub name_id: Option<SamlNameId>,
    /// Further claims for the ID-JAG, under names of the host's own.
    pub extra: Object<'static>,
}

impl DirectorySubject {
    /// A user of whom nothing is known but the `sub` for this audience.
    #[must_use]
    pub const fn new(subject: Subject) -> Self {
        Self {
            subject,
            groups: None,
            tenant: None,
            audience_tenant: None,
            audience_subject: None,
            email: None,
            name_id: None,
            extra: Object::new(),
        }
    }
}

impl From<VerifiedIdToken> for VerifiedSubject {
    fn from(token: VerifiedIdToken) -> Self {
        Self {
            subject: token.subject,
            auth_time: token.auth_time,
            acr: token.acr,
            amr: token.amr,
            tenant: token.tenant,
            session_id: token.session_id,
            token_id: token.token_id,
            may_act: token.may_act,
            scope: None,
            audiences: None,
        }
    }
}

impl HostAttestedSubject {
    /// Whether this is the kind of token that was sent; fails with `client_mismatch`, with `proof_missing` or
    /// `proof_key_mismatch`, or with `subject_token_refused` and, for the log, the answer that was no.
    pub(super) fn check(
        &self,
        is_saml: bool,
        client: &ClientId,
        proof: Option<Thumbprint>,
        config: &IdpConfig,
        now: UnixTime,
    ) -> Result<VerifiedSubject, Error> {
        let refused = |why| Error::with_detail(ErrorCode::SubjectTokenRefused, why);
        let mut limits = (None, None);
        match &self.vouched {
            Vouched::RefreshToken {
                issued_here,
                client_id,
                revoked,
                expires_at,
                scope,
                audiences,
                bound_to,
            } if !is_saml => {
                if !issued_here {
                    return Err(refused("issuer"));
                }
                if client_id != client {
                    return Err(Error::new(ErrorCode::ClientMismatch).of(TokenKind::IdToken));
                }
                if *revoked {
                    return Err(refused("revoked"));
                }
                if expires_at.is_some_and(|expires_at| now >= expires_at) {
                    return Err(refused("expired"));
                }
                if let Some(jkt) = *bound_to {
                    let proven = Confirmation { jkt }.proven_by(proof);
                    proven.map_err(|error| error.of(TokenKind::IdToken))?;
                }
                limits = (scope.clone(), audiences.clone());
            }
            Vouched::Saml2 { valid, audience, expires_at } if is_saml => {
                if !valid {
                    return Err(refused("invalid"));
                }
                if now >= expires_at.plus(config.id_token_window.tolerance.as_seconds()) {
                    return Err(refused("expired"));
                }
                if config.saml_clients.get(audience) != Some(client) {
                    return Err(Error::new(ErrorCode::ClientMismatch).of(TokenKind::IdToken));
                }
            }
            _ => return Err(refused("type")),
        }
        Ok(VerifiedSubject {
            subject: self.subject.clone(),
            auth_time: self.auth_time,
            acr: self.acr.clone(),
            amr: self.amr.clone(),
            tenant: self.tenant.clone(),
            session_id: self.session_id.clone(),
            token_id: None,
            may_act: None,
            scope: limits.0,
            audiences: limits.1,
        })
    }
}
