//! What was granted and is taken back: entries to store, and the list that every token is held against.
//!
//! A list is a value that the host owns. Whoever decides is passed it; that a token is on it refuses the token, and so does
//! a list that may have missed something.

mod entry;
mod index;
mod journal;
mod list;
mod name;
#[cfg(test)]
mod tests;
mod update;

pub use entry::{Holder, Revocation, Revoked};
pub use list::RevocationList;
pub use update::{
    CHUNK_BYTES, ReceivedUpdate, RevocationUpdate, UnverifiedUpdate, UpdateRules, VerifiedUpdate,
};

use crate::error::{Error, ErrorCode};
use crate::text::{ClientId, Subject, TokenId};
use crate::time::UnixTime;
use crate::token::{AccessToken, Actor, Context, IdJag};
use crate::uri::Issuer;

/// Whether tokens are held against a list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RevocationCheck {
    /// When the host passes one.
    #[default]
    WhenGiven,
    /// Always: without a list nothing is decided.
    Required,
}

impl RevocationCheck {
    /// The list to hold tokens against. Fails with `revocations_unavailable` when there must be one.
    pub(crate) fn list(self, given: Option<&RevocationList>) -> Result<Option<&RevocationList>, Error> {
        match (self, given) {
            (Self::Required, None) => Err(Error::new(ErrorCode::RevocationsUnavailable)),
            (_, given) => Ok(given),
        }
    }
}

/// What of a token is compared. All of it has been verified, or is about to be written.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Revocable<'t> {
    pub(crate) issuer: &'t Issuer,
    pub(crate) token_id: Option<&'t TokenId>,
    pub(crate) grant_id: Option<&'t TokenId>,
    /// The tokens it was derived from.
    pub(crate) ancestors: &'t [TokenId],
    pub(crate) subject: Option<&'t Subject>,
    pub(crate) client_id: Option<&'t ClientId>,
    pub(crate) context: Option<&'t str>,
    /// Of a chain of actors the outermost counts (R8693-015).
    pub(crate) actor: Option<&'t Actor>,
    /// A token that does not say is older than everything.
    pub(crate) issued_at: Option<UnixTime>,
}

impl<'t> From<&'t AccessToken> for Revocable<'t> {
    fn from(token: &'t AccessToken) -> Self {
        Self {
            issuer: &token.issuer,
            token_id: token.token_id.as_ref(),
            grant_id: token.grant_id.as_ref(),
            subject: token.subject.as_ref(),
            client_id: token.client_id.as_ref(),
            ancestors: &token.ancestors,
            context: token.context.as_ref().map(Context::as_str),
            actor: token.actor.as_ref(),
            issued_at: token.issued_at,
        }
    }
}

impl<'t> From<&'t IdJag> for Revocable<'t> {
    fn from(grant: &'t IdJag) -> Self {
        Self {
            issuer: &grant.issuer,
            token_id: Some(&grant.token_id),
            grant_id: None,
            subject: Some(&grant.subject),
            client_id: Some(&grant.client_id),
            ancestors: &[],
            context: grant.context.as_ref().map(Context::as_str),
            actor: grant.actor.as_ref(),
            issued_at: Some(grant.issued_at),
        }
    }
}
