//! What an entry is found by: the digest of a selector, the same for whoever has the token.

use sha2::{Digest as _, Sha256};

use super::{Holder, Revocable, Revoked};
use crate::text::{ClientId, Subject, TokenId};
use crate::uri::Issuer;

/// Half a SHA-256. Who wants another's token refused needs a second preimage of one of its selectors: 2^128 attempts, and
/// 2^108 where any of a million tokens will do. Two that collide by chance refuse a token too many, never one too few.
pub(super) type Name = [u8; 16];

/// The names of one issuer's selectors: what is hashed begins with the issuer, which is hashed once.
#[derive(Clone)]
pub(super) struct Names(Sha256);

impl Names {
    pub(super) fn of(issuer: &Issuer) -> Self {
        let mut hash = Sha256::new();
        absorb(&mut hash, "idjag-revocation");
        absorb(&mut hash, issuer.as_str());
        Self(hash)
    }

    /// The name of the selector of kind `kind`: the claims it compares.
    fn name(&self, kind: &str, parts: &[&str]) -> Name {
        let mut hash = self.0.clone();
        absorb(&mut hash, kind);
        for part in parts {
            absorb(&mut hash, part);
        }
        let digest: [u8; 32] = hash.finalize().into();
        let mut name = Name::default();
        name.iter_mut().zip(digest).for_each(|(to, from)| *to = from);
        name
    }

    fn token(&self, jti: &TokenId) -> Name {
        self.name("jti", &[jti.as_str()])
    }

    fn grant(&self, jti: &TokenId) -> Name {
        self.name("jag_jti", &[jti.as_str()])
    }

    fn subject(&self, subject: &Subject) -> Name {
        self.name("sub", &[subject.as_str()])
    }

    fn client(&self, client_id: &ClientId) -> Name {
        self.name("client_id", &[client_id.as_str()])
    }

    fn connection(&self, client_id: &ClientId, subject: &Subject) -> Name {
        self.name("client_id sub", &[client_id.as_str(), subject.as_str()])
    }

    fn conversation(&self, client_id: &ClientId, subject: &Subject, context: &str) -> Name {
        self.name("client_id sub ctx", &[client_id.as_str(), subject.as_str(), context])
    }

    fn actor(&self, issuer: Option<&str>, subject: &Subject) -> Name {
        match issuer {
            None => self.name("act.sub", &[subject.as_str()]),
            Some(issuer) => self.name("act.iss act.sub", &[issuer, subject.as_str()]),
        }
    }

    /// The name of an entry's selector.
    pub(super) fn entry(&self, revoked: &Revoked) -> Name {
        match revoked {
            Revoked::Token(jti) => self.token(jti),
            Revoked::Grant(jti) => self.grant(jti),
            Revoked::IssuedTo { holder, .. } => match holder {
                Holder::Subject(subject) => self.subject(subject),
                Holder::Client(client_id) => self.client(client_id),
                Holder::Connection { client_id, subject } => self.connection(client_id, subject),
                Holder::Conversation { client_id, subject, context } => {
                    self.conversation(client_id, subject, context)
                }
                Holder::Actor { issuer, subject } => self.actor(issuer.as_deref(), subject),
            },
        }
    }

    /// Whether `is_hit` holds of any name by which an entry about this token could be found.
    pub(super) fn any(token: &Revocable<'_>, is_hit: impl Fn(Name) -> bool) -> bool {
        let names = Self::of(token.issuer);
        let both = token.client_id.zip(token.subject);
        let hit = |name: Option<Name>| name.is_some_and(&is_hit);
        hit(token.token_id.map(|jti| names.token(jti)))
            || token.ancestors.iter().any(|jti| is_hit(names.token(jti)))
            || hit(token.grant_id.map(|jti| names.grant(jti)))
            || hit(token.subject.map(|subject| names.subject(subject)))
            || hit(token.client_id.map(|client_id| names.client(client_id)))
            || hit(both.map(|(client_id, subject)| names.connection(client_id, subject)))
            || hit(both
                .zip(token.context)
                .map(|((client_id, subject), context)| names.conversation(client_id, subject, context)))
            || hit(token.actor.map(|actor| names.actor(actor.issuer.as_deref(), &actor.subject)))
    }
}

/// Length first: no two lists of texts hash the same bytes.
fn absorb(hash: &mut Sha256, text: &str) {
    hash.update((text.len() as u64).to_be_bytes());
    hash.update(text.as_bytes());
}
