//! The list that tokens are held against: bounded, forgetful of what has expired anyway, aware of its age.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use super::{Holder, Revocable, Revocation, Revoked};
use crate::codec::json::{Json, Object};
use crate::error::{Error, ErrorCode};
use crate::text::TokenId;
use crate::time::{Seconds, UnixTime};
use crate::token::{AccessToken, IdJag};
use crate::uri::Issuer;

/// Nesting of a list's JSON: the list, its entries, an entry, an actor.
const DEPTH: usize = 4;

/// What has been revoked, as far as this party knows.
#[derive(Clone, Debug)]
pub struct RevocationList {
    /// By issuer first: most lists have few of them.
    entries: BTreeMap<Issuer, BTreeMap<Selector, Kept>>,
    capacity: usize,
    sequence: u64,
    copy: Option<Copied>,
}

/// What an entry is found by.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Selector {
    Token(TokenId),
    Grant(TokenId),
    Holder(Holder),
}

/// What an entry says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Kept {
    until: UnixTime,
    retain_until: UnixTime,
}

/// A copy of what is kept elsewhere, and when it was last known to be complete.
#[derive(Clone, Copy, Debug)]
struct Copied {
    max_stale: Seconds,
    complete_at: Option<UnixTime>,
}

impl RevocationList {
    /// An empty list of at most `capacity` entries, to which everything revoked is added here.
    #[must_use]
    pub const fn new(capacity: usize) -> Self {
        Self { entries: BTreeMap::new(), capacity, sequence: 0, copy: None }
    }

    /// An empty copy of a list that is kept elsewhere. It serves once [`Self::synchronized`] has been called, and while
    /// that was at most `max_stale` ago: a copy that may have missed something decides nothing.
    #[must_use]
    pub const fn copy_of_another(capacity: usize, max_stale: Seconds) -> Self {
        let copy = Some(Copied { max_stale, complete_at: None });
        Self { entries: BTreeMap::new(), capacity, sequence: 0, copy }
    }

    /// Reads entries that [`Self::to_json`] wrote, and takes over the sequence number.
    ///
    /// Fails with `revocation_malformed`, `duplicate_member`, `json_too_deep`, or as [`Self::add`]. What had been added
    /// before stays.
    pub fn read(&mut self, text: &[u8], now: UnixTime) -> Result<(), Error> {
        const MALFORMED: Error = Error::with_detail(ErrorCode::RevocationMalformed, "list");
        let document = Json::parse_object(text, DEPTH, ErrorCode::RevocationMalformed)?;
        let sequence = document.get("sequence").and_then(Json::as_u64).ok_or(MALFORMED)?;
        let entries = document.get("entries").and_then(Json::as_array).ok_or(MALFORMED)?;
        let entry = |entry: &Json<'_>| entry.as_object().ok_or(MALFORMED).and_then(Revocation::from_json);
        for entry in entries.iter().map(entry).collect::<Result<Vec<_>, _>>()? {
            self.add(&entry, now)?;
        }
        self.sequence = self.sequence.max(sequence);
        Ok(())
    }

    /// Adds an entry. Of two with the same selector the later time counts, and the longer memory.
    ///
    /// Fails with `store_unavailable` when the list is full of entries that still matter: none is forgotten early.
    pub fn add(&mut self, entry: &Revocation, now: UnixTime) -> Result<(), Error> {
        if entry.retain_until <= now {
            return Ok(());
        }
        let (selector, until) = match &entry.revoked {
            Revoked::Token(jti) => (Selector::Token(jti.clone()), UnixTime::MAX),
            Revoked::Grant(jti) => (Selector::Grant(jti.clone()), UnixTime::MAX),
            Revoked::IssuedTo { holder, until } => (Selector::Holder(holder.clone()), *until),
        };
        let known = self.entries.get_mut(&entry.issuer).and_then(|entries| entries.get_mut(&selector));
        if let Some(known) = known {
            let merged = Kept {
                until: known.until.max(until),
                retain_until: known.retain_until.max(entry.retain_until),
            };
            if *known != merged {
                *known = merged;
                self.sequence = self.sequence.saturating_add(1);
            }
            return Ok(());
        }
        if self.len() >= self.capacity {
            self.forget(now);
        }
        if self.len() >= self.capacity {
            return Err(Error::new(ErrorCode::StoreUnavailable));
        }
        let kept = Kept { until, retain_until: entry.retain_until };
        self.entries.entry(entry.issuer.clone()).or_default().insert(selector, kept);
        self.sequence = self.sequence.saturating_add(1);
        Ok(())
    }

    /// Of a copy: notes that at `now` everything up to `sequence` of the other list has been added.
    pub fn synchronized(&mut self, sequence: u64, now: UnixTime) {
        if let Some(copy) = &mut self.copy {
            copy.complete_at = Some(now);
            self.sequence = sequence;
        }
    }

    /// Counts the changes; of a copy, those of the list it is a copy of.
    #[must_use]
    pub const fn sequence(&self) -> u64 {
        self.sequence
    }

    /// How many entries there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.values().map(BTreeMap::len).fold(0, usize::saturating_add)
    }

    /// Whether nothing is revoked.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Holds a verified access token against the list. Fails with `token_revoked`, or with `revocations_unavailable`
    /// when the list is a copy that may have missed something.
    pub fn check_access_token(&self, token: &AccessToken, now: UnixTime) -> Result<(), Error> {
        self.check(&Revocable::from(token), now)
    }

    /// Holds a verified ID-JAG against the list. Fails as [`Self::check_access_token`].
    pub fn check_id_jag(&self, grant: &IdJag, now: UnixTime) -> Result<(), Error> {
        self.check(&Revocable::from(grant), now)
    }

    pub(crate) fn check(&self, token: &Revocable<'_>, now: UnixTime) -> Result<(), Error> {
        if self.copy.is_some_and(|copy| !copy.serves(now)) {
            return Err(Error::new(ErrorCode::RevocationsUnavailable));
        }
        let Some(entries) = self.entries.get(token.issuer) else { return Ok(()) };
        let is_hit = |selector: Option<Selector>| {
            let kept = selector.and_then(|selector| entries.get(&selector));
            kept.is_some_and(|kept| {
                kept.retain_until > now && token.issued_at.is_none_or(|issued_at| issued_at <= kept.until)
            })
        };
        let ancestors = token.ancestors.iter().cloned().map(Selector::Token).map(Some);
        if selectors(token).into_iter().chain(ancestors).any(is_hit) {
            return Err(Error::new(ErrorCode::TokenRevoked));
        }
        Ok(())
    }

    /// The list as JSON, without what may be forgotten: `{"sequence", "entries"}`.
    #[must_use]
    pub fn to_json(&self, now: UnixTime) -> Object<'static> {
        let entries = self.entries.iter().flat_map(|(issuer, entries)| {
            let alive = entries.iter().filter(|(_, kept)| kept.retain_until > now);
            alive.map(|(selector, kept)| Json::Object(written(issuer, selector, *kept).to_json()))
        });
        let mut out = Object::new();
        out.set("sequence", self.sequence);
        out.set("entries", Json::Array(entries.collect()));
        out
    }

    fn forget(&mut self, now: UnixTime) {
        self.entries.retain(|_, entries| {
            entries.retain(|_, kept| kept.retain_until > now);
            !entries.is_empty()
        });
    }
}

impl Copied {
    /// A copy that was complete in the future shows that the clock was set back: nobody knows how old it is.
    fn serves(self, now: UnixTime) -> bool {
        self.complete_at.is_some_and(|at| at <= now && now.since(at) <= self.max_stale)
    }
}

/// Everything that an entry about this token could be found by.
fn selectors(token: &Revocable<'_>) -> [Option<Selector>; 7] {
    let holder = |holder: Option<Holder>| holder.map(Selector::Holder);
    let both = token.client_id.zip(token.subject);
    [
        token.token_id.cloned().map(Selector::Token),
        token.grant_id.cloned().map(Selector::Grant),
        holder(token.subject.cloned().map(Holder::Subject)),
        holder(token.client_id.cloned().map(Holder::Client)),
        holder(both.map(|(client_id, subject)| Holder::Connection {
            client_id: client_id.clone(),
            subject: subject.clone(),
        })),
        holder(both.zip(token.context).map(|((client_id, subject), context)| Holder::Conversation {
            client_id: client_id.clone(),
            subject: subject.clone(),
            context: String::from(context),
        })),
        holder(
            token
                .actor
                .map(|actor| Holder::Actor { issuer: actor.issuer.clone(), subject: actor.subject.clone() }),
        ),
    ]
}

fn written(issuer: &Issuer, selector: &Selector, kept: Kept) -> Revocation {
    let revoked = match selector {
        Selector::Token(jti) => Revoked::Token(jti.clone()),
        Selector::Grant(jti) => Revoked::Grant(jti.clone()),
        Selector::Holder(holder) => Revoked::IssuedTo { holder: holder.clone(), until: kept.until },
    };
    Revocation { issuer: issuer.clone(), revoked, retain_until: kept.retain_until }
}
