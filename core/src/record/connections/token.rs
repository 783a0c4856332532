//! One token, as far as records tell: whichever of them come, and in whichever order.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::vec::Vec;

use super::Key;
use crate::record::decision::Role;
use crate::record::read::{RecordedDecision, own};
use crate::revocation::{Revocable, RevocationList};
use crate::text::{ClientId, Subject, TokenId};
use crate::time::UnixTime;
use crate::token::Actor;
use crate::uri::{Issuer, Transport};

/// Tokens from which one was derived, one from the other: more than any server issues.
const MAX_ANCESTORS: usize = 64;

/// What is known of a token.
#[derive(Clone, Debug, Default)]
pub(super) struct Token {
    /// It is an ID-JAG.
    pub(super) is_grant: bool,
    /// The authorization server where it is redeemed, or that issued it.
    pub(super) server_issuer: Option<String>,
    /// The server, by its id in the policy.
    pub(super) server: Option<String>,
    pub(super) app: Option<String>,
    /// The client, as the authorization server knows it.
    pub(super) client_id: Option<String>,
    /// The user: issuer and subject, as the identity provider knows them.
    pub(super) user: Option<(String, String)>,
    /// `sub` of the token.
    pub(super) subject: Option<String>,
    pub(super) grant_id: Option<String>,
    pub(super) parent_id: Option<String>,
    pub(super) context: Option<String>,
    pub(super) actor: Option<String>,
    pub(super) acting: Option<Acting>,
    pub(super) resources: BTreeSet<String>,
    pub(super) scope: BTreeSet<String>,
    pub(super) details: BTreeSet<String>,
    /// When it was issued, where a record says so.
    pub(super) issued_at: Option<UnixTime>,
    /// When it was first heard of.
    pub(super) since: Option<UnixTime>,
    pub(super) last_used: Option<UnixTime>,
    pub(super) expires_at: Option<UnixTime>,
}

/// The outermost actor.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Acting {
    issuer: Option<String>,
    subject: String,
}

/// Of two records that contradict each other the lesser text counts, so that their order does not.
fn least(known: &mut Option<String>, said: Option<&str>) {
    if let Some(said) = said
        && known.as_deref().is_none_or(|known| said < known)
    {
        *known = Some(own(said));
    }
}

impl Token {
    /// Takes in what a record says.
    pub(super) fn learn(&mut self, record: &RecordedDecision) {
        let at = record.time();
        self.since = Some(self.since.map_or(at, |since| since.min(at)));
        let text = |name| record.text(name);
        match record.role() {
            Role::Idp => {
                self.is_grant = true;
                least(&mut self.server_issuer, text("audience"));
                least(&mut self.client_id, text("target_client_id"));
                least(&mut self.subject, text("target_subject"));
                self.names_user(record);
            }
            Role::ResourceServer => {
                least(&mut self.server_issuer, text("issuer"));
                least(&mut self.client_id, text("client_id"));
                least(&mut self.subject, text("subject"));
                self.resources.extend(text("decided_by").map(own));
                self.last_used = self.last_used.max(Some(at));
            }
            _ => {
                least(&mut self.server_issuer, text("decided_by"));
                least(&mut self.client_id, text("client_id"));
                least(&mut self.subject, text("target_subject").or(text("subject")));
                // A derived token's record names the account, and the grant that says whose it is.
                if text("issuer") != text("decided_by") {
                    self.names_user(record);
                }
            }
        }
        if record.role() != Role::ResourceServer {
            self.issued_at = Some(self.issued_at.map_or(at, |known| known.min(at)));
        }
        least(&mut self.server, text("server"));
        least(&mut self.app, text("app"));
        least(&mut self.grant_id, text("grant_id"));
        least(&mut self.parent_id, text("parent_id"));
        least(&mut self.context, text("context"));
        self.resources.extend(record.texts("resources").map(own));
        self.scope.extend(record.texts("scope_granted").map(own));
        self.details.extend(record.texts("details_granted").map(own));
        self.expires_at = self.expires_at.max(record.time_of("expires_at"));
        if let Some(actor) = record.actor() {
            let acting = Acting { issuer: actor.issuer, subject: own(actor.subject.as_str()) };
            least(&mut self.actor, Some(&acting.subject));
            self.acting = Some(self.acting.take().map_or(acting.clone(), |known| known.min(acting)));
        }
    }

    fn names_user(&mut self, record: &RecordedDecision) {
        if let (Some(issuer), Some(subject)) = (record.text("issuer"), record.text("subject")) {
            let said = (own(issuer), own(subject));
            self.user = Some(self.user.take().map_or(said.clone(), |known| known.min(said)));
        }
    }

    /// Whether it may still be used at `now`.
    pub(super) fn is_live(
        &self,
        key: &Key,
        tokens: &BTreeMap<Key, Self>,
        revoked: &RevocationList,
        now: UnixTime,
    ) -> bool {
        self.expires_at.is_some_and(|expires_at| now < expires_at)
            && !self.is_revoked(key, tokens, revoked, now)
    }

    /// Whether it is on the list, by any of what it says. What names no issuer and no id was never a token.
    fn is_revoked(
        &self,
        key: &Key,
        tokens: &BTreeMap<Key, Self>,
        revoked: &RevocationList,
        now: UnixTime,
    ) -> bool {
        let Ok(issuer) = Issuer::new(&key.issuer, Transport::DangerousAllowHttpLoopback) else { return true };
        let Ok(token_id) = TokenId::new(key.id.as_str()) else { return true };
        let grant_id =
            self.grant_id.as_deref().filter(|_| !self.is_grant).and_then(|id| TokenId::new(id).ok());
        let subject = self.subject.as_deref().and_then(|subject| Subject::new(subject).ok());
        let client_id = self.client_id.as_deref().and_then(|client| ClientId::new(client).ok());
        let actor = self.acting.as_ref().and_then(|acting| {
            let subject = Subject::new(acting.subject.as_str()).ok()?;
            Some(Actor { issuer: acting.issuer.clone(), subject, sub_profile: None, prior: Vec::new() })
        });
        let token = Revocable {
            issuer: &issuer,
            token_id: Some(&token_id),
            grant_id: grant_id.as_ref(),
            ancestors: &self.ancestors(key, tokens),
            subject: subject.as_ref(),
            client_id: client_id.as_ref(),
            context: self.context.as_deref(),
            actor: actor.as_ref(),
            issued_at: self.issued_at,
        };
        revoked.check(&token, now).is_err()
    }

    /// The ids of the tokens it was derived from, as far as records tell.
    fn ancestors(&self, key: &Key, tokens: &BTreeMap<Key, Self>) -> Vec<TokenId> {
        let mut ancestors = Vec::new();
        let mut next = self.parent_id.as_deref();
        while let Some(id) = next {
            if ancestors.len() >= MAX_ANCESTORS {
                break;
            }
            ancestors.extend(TokenId::new(id).ok());
            let parent = tokens.get(&Key { issuer: key.issuer.clone(), id: own(id) });
            next = parent.and_then(|parent| parent.parent_id.as_deref());
        }
        ancestors
    }
}
