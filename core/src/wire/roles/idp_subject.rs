//! What the host of an identity provider knows of users.

use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::vec::Vec;

use crate::codec::json::Object;
use crate::crypto::Thumbprint;
use crate::error::Error;
use crate::idp::{DirectorySubject, HostAttestedSubject, VerifiedSubject, Vouched};
use crate::text::{Acr, Amr, ClientId, Email, Group, SessionId, Subject, Tenant};
use crate::time::UnixTime;
use crate::wire::declare::input;
use crate::wire::tokens::claims::scope;
use crate::wire::tokens::subject::StoredNameId;
use crate::wire::write::output;

input! {
    Arguments
    /// Your word for a subject token that you verified yourself.
    pub(in crate::wire) struct AttestedSubject {
        /// The user, in your own namespace.
        subject: Subject,
        /// How you know.
        vouched: VouchedOptions,
        /// When the user signed on, in seconds since 1970.
        auth_time: Option<UnixTime>,
        /// How the user signed on.
        acr: Option<Acr>,
        /// By which methods.
        amr: Option<Vec<Amr>>,
        /// The user's tenant.
        tenant: Option<Tenant>,
        /// The session of the user's sign-on, for records.
        session_id: Option<SessionId>,
    }
}

input! {
    Arguments
    /// What you found out about a subject token: one of these, the kind that was sent.
    pub(in crate::wire) struct VouchedOptions {
        /// It is a refresh token.
        refresh_token: Option<AttestedRefreshToken>,
        /// It is a SAML 2.0 assertion.
        saml2: Option<AttestedAssertion>,
    }
}

input! {
    Arguments
    /// A refresh token, as you stored it.
    pub(in crate::wire) struct AttestedRefreshToken {
        /// Whether this provider issued it.
        issued_here: bool,
        /// To which client.
        client_id: ClientId,
        /// Whether it has been revoked.
        revoked: bool,
        /// When it expires, in seconds since 1970; leave it out only where it never does.
        expires_at: Option<UnixTime>,
        /// The scopes in whose context it may be used, space-separated; leave it out only where it is not limited.
        scope: Option<String>,
        /// The audiences it may be used for, by issuer; leave it out only where it is not limited.
        audiences: Option<BTreeSet<String>>,
        /// The thumbprint of the key it is bound to: the `bound_to` it was issued with.
        bound_to: Option<String>,
    }
}

input! {
    Arguments
    /// A SAML 2.0 assertion, as you verified it.
    pub(in crate::wire) struct AttestedAssertion {
        /// Whether signature, issuer, subject confirmation and conditions hold.
        valid: bool,
        /// The entity id in its audience restriction.
        audience: String,
        /// Its `NotOnOrAfter`, in seconds since 1970.
        expires_at: UnixTime,
    }
}

impl AttestedSubject {
    pub(super) fn build(self) -> Result<HostAttestedSubject, Error> {
        let vouched = match (self.vouched.refresh_token, self.vouched.saml2) {
            (Some(token), None) => Vouched::RefreshToken {
                issued_here: token.issued_here,
                client_id: token.client_id,
                revoked: token.revoked,
                expires_at: token.expires_at,
                scope: token.scope.as_deref().map(scope).transpose()?,
                audiences: token.audiences,
                bound_to: token.bound_to.map(|jkt| Thumbprint::parse(&jkt)).transpose()?,
            },
            (None, Some(assertion)) => Vouched::Saml2 {
                valid: assertion.valid,
                audience: assertion.audience,
                expires_at: assertion.expires_at,
            },
            _ => return Err(Error::config("`vouched` is `refresh_token` or `saml2`")),
        };
        Ok(HostAttestedSubject {
            subject: self.subject,
            vouched,
            auth_time: self.auth_time,
            acr: self.acr,
            amr: self.amr.unwrap_or_default(),
            tenant: self.tenant,
            session_id: self.session_id,
        })
    }
}

input! {
    Arguments
    /// A user as your directory knows it for one audience.
    pub(in crate::wire) struct DirectoryUser {
        /// The `sub` that a sign-on for that audience would carry.
        subject: Subject,
        /// The user's groups; leave it out when they are not known.
        groups: Option<BTreeSet<Group>>,
        /// The user's tenant here.
        tenant: Option<Tenant>,
        /// The user's tenant there.
        audience_tenant: Option<Tenant>,
        /// The user as that server knows it.
        audience_subject: Option<Subject>,
        /// The user's address.
        email: Option<Email>,
        /// The NameID of SAML sign-on to that server.
        name_id: Option<StoredNameId>,
        /// Further claims for the ID-JAG, under names of your own.
        extra: Option<Object<'static>>,
    }
}

impl From<DirectoryUser> for DirectorySubject {
    fn from(user: DirectoryUser) -> Self {
        Self {
            subject: user.subject,
            groups: user.groups,
            tenant: user.tenant,
            audience_tenant: user.audience_tenant,
            audience_subject: user.audience_subject,
            email: user.email,
            name_id: user.name_id.map(Into::into),
            extra: user.extra.unwrap_or_default(),
        }
    }
}

output! {
    /// A user who has been vouched for: by an ID Token, or by you.
    pub(in crate::wire) struct ExchangeSubject {
        /// The user, in the namespace that the subject token speaks: a pairwise value belongs to the client.
        subject: String,
        /// When the user signed on, in seconds since 1970.
        auth_time: Option<UnixTime>,
        /// How the user signed on.
        acr: Option<String>,
        /// By which methods.
        amr: Vec<String>,
        /// The user's tenant, where the token says.
        tenant: Option<String>,
    }
}

impl From<&VerifiedSubject> for ExchangeSubject {
    fn from(verified: &VerifiedSubject) -> Self {
        Self {
            subject: String::from(verified.subject.as_str()),
            auth_time: verified.auth_time,
            acr: verified.acr.as_ref().map(|acr| String::from(acr.as_str())),
            amr: verified.amr.iter().map(|amr| String::from(amr.as_str())).collect(),
            tenant: verified.tenant.as_ref().map(|tenant| String::from(tenant.as_str())),
        }
    }
}
