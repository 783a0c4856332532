//! The list that tokens are held against: bounded, forgetful of what has expired anyway, aware of its age.

use alloc::vec::Vec;

use super::index::{Index, Meaning, Put, Record};
use super::journal::Journal;
use super::name::{Name, Names};
use super::{Holder, Revocable, Revocation, Revoked};
use crate::codec::base64url;
use crate::codec::json::{Json, Object};
use crate::error::{Error, ErrorCode};
use crate::ordered::sorted_by;
use crate::time::{Seconds, UnixTime};
use crate::token::{AccessToken, IdJag};
use crate::uri::Issuer;

/// Nesting of a list's JSON: the list, its entries, an entry, an actor.
const DEPTH: usize = 4;
const MALFORMED: Error = Error::with_detail(ErrorCode::RevocationMalformed, "list");

/// What has been revoked, as far as this party knows.
///
/// An entry takes about 28 bytes, and in a list of one's own what it stands for beside, so that the list can be written as
/// it was told. A clone shares what neither changes.
#[derive(Clone, Debug)]
pub struct RevocationList {
    pub(super) index: Index,
    pub(super) journal: Journal,
    pub(super) sequence: u64,
    pub(super) copy: Option<Copied>,
    /// When the index was last freed of what had expired.
    swept_at: Option<UnixTime>,
}

/// A copy of what is kept elsewhere, and when it was last known to be complete.
#[derive(Clone, Debug)]
pub(super) struct Copied {
    pub(super) max_stale: Seconds,
    pub(super) complete: Option<Complete>,
    /// Whose signed updates it takes, once it has taken one.
    pub(super) authority: Option<Issuer>,
}

/// Up to where a copy was complete, and when.
#[derive(Clone, Copy, Debug)]
pub(super) struct Complete {
    pub(super) sequence: u64,
    pub(super) at: UnixTime,
    /// Until when there was to be nothing newer; `at` where nobody said.
    pub(super) next_update: UnixTime,
}

impl RevocationList {
    /// An empty list of at most `capacity` entries, to which everything revoked is added here.
    #[must_use]
    pub const fn new(capacity: usize) -> Self {
        Self::of(capacity, None)
    }

    /// An empty copy of a list that is kept elsewhere. It serves once [`Self::synchronized`] has been called, or an update
    /// applied, and while that was at most `max_stale` ago: a copy that may have missed something decides nothing.
    #[must_use]
    pub const fn copy_of_another(capacity: usize, max_stale: Seconds) -> Self {
        Self::of(capacity, Some(Copied { max_stale, complete: None, authority: None }))
    }

    const fn of(capacity: usize, copy: Option<Copied>) -> Self {
        Self { index: Index::new(capacity), journal: Journal::new(), sequence: 0, copy, swept_at: None }
    }

    /// Reads entries that [`Self::to_json`] wrote, and takes over the sequence number.
    ///
    /// Fails with `revocation_malformed`, `duplicate_member`, `json_too_deep`, or as [`Self::add`]. What had been added
    /// before stays.
    pub fn read(&mut self, text: &[u8], now: UnixTime) -> Result<(), Error> {
        let document = Json::parse_object(text, DEPTH, ErrorCode::RevocationMalformed)?;
        let sequence = document.get("sequence").and_then(Json::as_u64).ok_or(MALFORMED)?;
        let entries = document.get("entries").and_then(Json::as_array).ok_or(MALFORMED)?;
        let entry = |entry: &Json<'_>| entry.as_object().ok_or(MALFORMED).and_then(Written::from_json);
        for entry in entries.iter().map(entry).collect::<Result<Vec<_>, _>>()? {
            match entry {
                Written::Entry(entry) => self.add(&entry, now)?,
                Written::Record(record) => self.put(record, None, now)?,
            }
        }
        self.sequence = self.sequence.max(sequence);
        self.journal.start_after(self.sequence);
        Ok(())
    }

    /// Adds an entry. Of two with the same selector the later time counts, and the longer memory.
    ///
    /// Fails with `store_unavailable` when the list is full of entries that still matter: none is forgotten early.
    pub fn add(&mut self, entry: &Revocation, now: UnixTime) -> Result<(), Error> {
        let until = match &entry.revoked {
            Revoked::Token(_) | Revoked::Grant(_) => UnixTime::MAX,
            Revoked::IssuedTo { until, .. } => *until,
        };
        let name = Names::of(&entry.issuer).entry(&entry.revoked);
        let meaning = || Meaning { issuer: entry.issuer.clone(), revoked: entry.revoked.clone() };
        let meaning = self.copy.is_none().then(meaning);
        self.put(Record::new(name, until, entry.retain_until), meaning, now)
    }

    fn put(&mut self, record: Record, meaning: Option<Meaning>, now: UnixTime) -> Result<(), Error> {
        if record.retain_until() <= now {
            return Ok(());
        }
        if self.index.is_full() && self.index.find(&record.name).is_none() {
            self.forget(now);
            if self.index.is_full() {
                return Err(Error::new(ErrorCode::StoreUnavailable));
            }
        }
        let put = self.index.put(record, meaning);
        if put != Put::Known {
            self.sequence = self.sequence.saturating_add(1);
        }
        match (&self.copy, put) {
            // The number by which others know it is told later. Until then it may have been told of already, in part.
            (Some(_), _) => self.journal.note_unnumbered(record.name),
            (None, Put::Known) => {}
            (None, _) => self.journal.note(self.sequence, record.name),
        }
        Ok(())
    }

    /// Of a copy: notes that at `now` everything up to `sequence` of the other list has been added.
    pub fn synchronized(&mut self, sequence: u64, now: UnixTime) {
        let Some(copy) = &mut self.copy else { return };
        let known = copy.complete.map_or(0, |complete| complete.sequence);
        if sequence < known {
            // Numbers were lost, and will be given again, to others.
            self.journal.start_after(known.saturating_add(1));
        }
        self.journal.number(sequence);
        copy.complete = Some(Complete { sequence, at: now, next_update: now });
        self.sequence = sequence;
    }

    /// Counts the changes; of a copy, those of the list it is a copy of.
    #[must_use]
    pub const fn sequence(&self) -> u64 {
        self.sequence
    }

    /// How many entries there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.index.len()
    }

    /// Whether nothing is revoked.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
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
        self.check_names(now, |is_hit| Names::any(token, |name| is_hit(name, token.issued_at)))
    }

    /// Holds what this holder was given by `issuer` at `issued_at` against the list, and against its entries about no other
    /// holder. Fails as [`Self::check_access_token`].
    pub(crate) fn check_holder(
        &self,
        issuer: &Issuer,
        holder: Holder,
        issued_at: Option<UnixTime>,
        now: UnixTime,
    ) -> Result<(), Error> {
        let name = Names::of(issuer).entry(&Revoked::IssuedTo { holder, until: now });
        self.check_names(now, |is_hit| is_hit(name, issued_at))
    }

    fn check_names(
        &self,
        now: UnixTime,
        any: impl FnOnce(&dyn Fn(Name, Option<UnixTime>) -> bool) -> bool,
    ) -> Result<(), Error> {
        if self.copy.as_ref().is_some_and(|copy| !copy.serves(now)) {
            return Err(Error::new(ErrorCode::RevocationsUnavailable));
        }
        let is_hit = |name: Name, issued_at: Option<UnixTime>| {
            self.index.find(&name).is_some_and(|entry| {
                let is_meant = issued_at.is_none_or(|issued_at| issued_at <= entry.until());
                is_meant && entry.retain_until() > now
            })
        };
        if !self.is_empty() && any(&is_hit) {
            return Err(Error::new(ErrorCode::TokenRevoked));
        }
        Ok(())
    }

    /// The list as JSON, without what may be forgotten: `{"sequence", "entries"}`. The entries of a copy are digests.
    #[must_use]
    pub fn to_json(&self, now: UnixTime) -> Object<'static> {
        let alive = || self.index.iter().filter(|record| record.retain_until() > now);
        let meant: Vec<_> =
            alive().filter_map(|record| Some((self.index.meaning(&record.name)?, record))).collect();
        let meant = sorted_by(meant, |(left, _), (right, _)| {
            left.issuer.cmp(&right.issuer).then_with(|| left.revoked.cmp(&right.revoked))
        });
        let told = meant.into_iter().map(|(meaning, record)| entry(meaning, record).to_json());
        let unknown = alive().filter(|record| self.index.meaning(&record.name).is_none());
        let mut out = Object::new();
        out.set("sequence", self.sequence);
        out.set("entries", Json::Array(told.chain(unknown.map(digest)).map(Json::Object).collect()));
        out
    }

    /// Forgets what it may. Twice at one time there is nothing more to forget.
    pub(super) fn forget(&mut self, now: UnixTime) {
        if self.swept_at != Some(now) {
            self.index.forget(now);
            self.swept_at = Some(now);
        }
    }
}

impl Copied {
    /// A copy that was complete in the future shows that the clock was set back: nobody knows how old it is.
    pub(super) fn serves(&self, now: UnixTime) -> bool {
        self.complete.is_some_and(|Complete { at, next_update, .. }| {
            at <= now && now <= next_update.max(at).plus(self.max_stale)
        })
    }
}

/// An entry as it was told, with the times that count.
fn entry(meaning: &Meaning, record: &Record) -> Revocation {
    let revoked = match &meaning.revoked {
        Revoked::IssuedTo { holder, .. } => {
            Revoked::IssuedTo { holder: holder.clone(), until: record.until() }
        }
        other => other.clone(),
    };
    Revocation { issuer: meaning.issuer.clone(), revoked, retain_until: record.retain_until() }
}

/// An entry of which nothing else is known.
fn digest(record: &Record) -> Object<'static> {
    let mut out = Object::new();
    out.set_str("digest", base64url::encode(&record.name));
    if record.until() != UnixTime::MAX {
        out.set("issued_before", record.until().as_secs());
    }
    out.set("retain_until", record.retain_until().as_secs());
    out
}

/// An entry of a list that was written.
enum Written {
    Entry(Revocation),
    Record(Record),
}

impl Written {
    fn from_json(entry: &Object<'_>) -> Result<Self, Error> {
        let Some(digest) = entry.get("digest") else { return Revocation::from_json(entry).map(Self::Entry) };
        let name = digest.as_str().and_then(base64url::decode_array).ok_or(MALFORMED)?;
        let time = |value: &Json<'_>| {
            value.as_u64().and_then(|seconds| UnixTime::now(seconds).ok()).ok_or(MALFORMED)
        };
        let until = entry.get("issued_before").map_or(Ok(UnixTime::MAX), time)?;
        let retain_until = time(entry.get("retain_until").ok_or(MALFORMED)?)?;
        if entry.iter().any(|(name, _)| !["digest", "issued_before", "retain_until"].contains(&name)) {
            return Err(MALFORMED);
        }
        Ok(Self::Record(Record::new(name, until, retain_until)))
    }
}
