//! Which apps can reach which servers, since when and for whom: records folded, in any order.
//!
//! What is folded is tokens: issued, used, revoked, each known by its issuer and id, so that a record that comes twice
//! changes nothing. A [`Table`] is made of them for one point in time.

mod table;
mod token;

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;

pub use table::{ConnectedUser, Connection, Conversation, Elsewhere, Table};

use self::token::Token;
use super::decision::{Outcome, Role};
use super::read::{RecordedDecision, own};
use crate::crypto::sha256;
use crate::revocation::{Revocation, RevocationList, Revoked};
use crate::text::TokenId;
use crate::time::UnixTime;
use crate::uri::{Issuer, Transport};

/// How much is remembered. Beyond it records are left out, and [`Table::left_out`] says how many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConnectionLimits {
    /// Tokens, ID-JAGs among them.
    pub tokens: usize,
    /// Refusals and denials.
    pub denials: usize,
    /// Revocations.
    pub revocations: usize,
}

impl Default for ConnectionLimits {
    fn default() -> Self {
        Self { tokens: 100_000, denials: 100_000, revocations: 100_000 }
    }
}

/// Records folded so far.
#[derive(Clone, Debug)]
pub struct Connections {
    limits: ConnectionLimits,
    tokens: BTreeMap<Key, Token>,
    revoked: RevocationList,
    denials: BTreeMap<Denied, Denials>,
    denial_count: usize,
    left_out: u64,
}

/// A token: its issuer and its id.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    issuer: String,
    id: String,
}

/// Who was denied what, as far as a record says.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Denied {
    decided_by: String,
    /// The authorization server whose tokens it was about.
    server: Option<String>,
    app: Option<String>,
    client_id: Option<String>,
}

/// How often, and the last time. A denial has no id: two of them are the same when everything that they say is.
#[derive(Clone, Debug, Default)]
struct Denials {
    seen: BTreeSet<[u8; 32]>,
    last: Option<(UnixTime, String)>,
}

impl Default for Connections {
    fn default() -> Self {
        Self::new(ConnectionLimits::default())
    }
}

impl Connections {
    /// Nothing folded yet.
    #[must_use]
    pub const fn new(limits: ConnectionLimits) -> Self {
        Self {
            limits,
            tokens: BTreeMap::new(),
            revoked: RevocationList::new(limits.revocations),
            denials: BTreeMap::new(),
            denial_count: 0,
            left_out: 0,
        }
    }

    /// Folds in one record.
    pub fn add(&mut self, record: &RecordedDecision) {
        let is_kept = match record.outcome() {
            Outcome::Permit => self.add_token(record),
            Outcome::Revoke => self.add_revocation(record),
            // The token was good already for nothing.
            Outcome::Ignore => true,
            Outcome::Deny | Outcome::StepUp | Outcome::Refuse => self.add_denial(record),
        };
        if !is_kept {
            self.left_out = self.left_out.saturating_add(1);
        }
    }

    /// Who can reach what at `now`.
    #[must_use]
    pub fn table(&self, now: UnixTime) -> Table {
        table::of(self, now)
    }

    fn add_token(&mut self, record: &RecordedDecision) -> bool {
        let issuer = match record.role() {
            Role::ResourceServer => record.text("issuer"),
            _ => record.text("decided_by"),
        };
        // A refresh token has no id here, and a token without `jti` none at all: neither can be followed.
        let (Some(issuer), Some(id)) = (issuer, record.text("token_id")) else { return true };
        let key = Key { issuer: own(issuer), id: own(id) };
        if self.tokens.len() >= self.limits.tokens && !self.tokens.contains_key(&key) {
            return false;
        }
        self.tokens.entry(key).or_default().learn(record);
        true
    }

    fn add_revocation(&mut self, record: &RecordedDecision) -> bool {
        let entry = match record.revoked() {
            Some(entry) => Some(entry),
            None => revocation_of(record),
        };
        // Held against tokens at the time of a table, not of the fold: nothing is forgotten before.
        entry.is_none_or(|entry| self.revoked.add(&entry, UnixTime::EPOCH).is_ok())
    }

    fn add_denial(&mut self, record: &RecordedDecision) -> bool {
        let server = match record.role() {
            Role::Idp => record.text("audience"),
            Role::ResourceServer => record.text("issuer"),
            _ => record.text("decided_by"),
        };
        let text = |name| record.text(name).map(own);
        let denied = Denied {
            decided_by: text("decided_by").unwrap_or_default(),
            server: server.map(own),
            app: text("app"),
            client_id: text("client_id"),
        };
        let digest = sha256(alloc::format!("{record}").as_bytes());
        let is_full = self.denial_count >= self.limits.denials;
        if self.denials.get(&denied).is_some_and(|known| known.seen.contains(&digest)) {
            return true;
        }
        if is_full {
            return false;
        }
        let known = self.denials.entry(denied).or_default();
        known.seen.insert(digest);
        let last = (record.time(), text("error").unwrap_or_default());
        known.last = known.last.take().max(Some(last));
        self.denial_count = self.denial_count.saturating_add(1);
        true
    }
}

/// What a client gave up at the revocation endpoint.
fn revocation_of(record: &RecordedDecision) -> Option<Revocation> {
    let issuer = Issuer::new(record.text("issuer")?, Transport::DangerousAllowHttpLoopback).ok()?;
    let token_id = TokenId::new(record.text("token_id")?).ok()?;
    Some(Revocation { issuer, revoked: Revoked::Token(token_id), retain_until: UnixTime::MAX })
}
