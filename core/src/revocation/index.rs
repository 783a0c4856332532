//! Entries in few bytes: sorted records of 26, in shards that copies of a list share.

use alloc::collections::BTreeMap;
use alloc::sync::Arc;
use alloc::vec::Vec;

use super::Revoked;
use super::name::Name;
use crate::time::UnixTime;
use crate::uri::Issuer;

/// Bytes of a record.
pub(super) const RECORD_BYTES: usize = 26;
/// How many records a shard of a full index has, about: what is moved for one that is added.
const SHARD: usize = 512;
/// The most shards there are.
const MAX_SHARDS: usize = 4096;

/// One entry: 16 bytes name, 5 bytes until when, 5 bytes how long it must be remembered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Record {
    pub(super) name: Name,
    until: Packed,
    retain_until: Packed,
}

/// Seconds since 1970 in 40 bits, big-endian, so that they compare as they are. The greatest is "for ever".
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Packed([u8; 5]);

impl Packed {
    const MAX: u64 = 0xff_ffff_ffff;

    fn of(time: UnixTime) -> Self {
        let [_, _, _, packed @ ..] = time.as_secs().min(Self::MAX).to_be_bytes();
        Self(packed)
    }

    fn time(self) -> UnixTime {
        let [a, b, c, d, e] = self.0;
        match u64::from_be_bytes([0, 0, 0, a, b, c, d, e]) {
            Self::MAX => UnixTime::MAX,
            seconds => UnixTime::at(seconds),
        }
    }
}

impl Record {
    pub(super) fn new(name: Name, until: UnixTime, retain_until: UnixTime) -> Self {
        Self { name, until: Packed::of(until), retain_until: Packed::of(retain_until) }
    }

    pub(super) fn until(&self) -> UnixTime {
        self.until.time()
    }

    pub(super) fn retain_until(&self) -> UnixTime {
        self.retain_until.time()
    }

    pub(super) fn to_bytes(self) -> [u8; RECORD_BYTES] {
        let mut bytes = [0; RECORD_BYTES];
        let parts = self.name.into_iter().chain(self.until.0).chain(self.retain_until.0);
        bytes.iter_mut().zip(parts).for_each(|(to, from)| *to = from);
        bytes
    }

    pub(super) fn from_bytes(bytes: &[u8; RECORD_BYTES]) -> Option<Self> {
        let (name, times) = bytes.split_first_chunk::<16>()?;
        let (until, retain_until) = times.split_first_chunk::<5>()?;
        let retain_until = retain_until.first_chunk::<5>()?;
        Some(Self { name: *name, until: Packed(*until), retain_until: Packed(*retain_until) })
    }

    /// Of two for the same selector: the later time, and the longer memory.
    fn merged(self, other: Self) -> Self {
        Self {
            name: self.name,
            until: self.until.max(other.until),
            retain_until: self.retain_until.max(other.retain_until),
        }
    }
}

/// The entries of a list.
#[derive(Clone, Debug)]
pub(super) struct Index {
    /// By the first bits of the name, so that an entry that comes moves few others, and a list that is shared copies few.
    shards: Vec<Arc<Shard>>,
    len: usize,
    capacity: usize,
}

#[derive(Clone, Debug, Default)]
struct Shard {
    /// Sorted by name.
    records: Vec<Record>,
    /// What the names of a list's own entries stand for, so that it can be exported.
    meanings: BTreeMap<Name, Arc<Meaning>>,
}

/// What a name stands for.
#[derive(Debug)]
pub(super) struct Meaning {
    pub(super) issuer: Issuer,
    pub(super) revoked: Revoked,
}

/// What came of adding a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Put {
    Added,
    Changed,
    Known,
}

/// A place in an index: shard and record.
pub(super) type Place = (usize, usize);

impl Index {
    pub(super) const fn new(capacity: usize) -> Self {
        Self { shards: Vec::new(), len: 0, capacity }
    }

    pub(super) const fn len(&self) -> usize {
        self.len
    }

    pub(super) const fn capacity(&self) -> usize {
        self.capacity
    }

    pub(super) const fn is_full(&self) -> bool {
        self.len >= self.capacity
    }

    pub(super) fn find(&self, name: &Name) -> Option<&Record> {
        let shard = self.shards.get(self.shard_of(name))?;
        shard.records.get(shard.position(name).ok()?)
    }

    /// Adds a record, or merges it into the one with its name. Whether there is room is for the caller to see to.
    pub(super) fn put(&mut self, record: Record, meaning: Option<Meaning>) -> Put {
        if self.shards.is_empty() {
            let shards = (self.capacity / SHARD).clamp(1, MAX_SHARDS).next_power_of_two();
            self.shards.resize_with(shards, Arc::default);
        }
        let at = self.shard_of(&record.name);
        let Some(shard) = self.shards.get_mut(at) else { return Put::Known };
        let put = match shard.position(&record.name) {
            Ok(position) => match shard.records.get(position) {
                Some(known) if known.merged(record) == *known => Put::Known,
                _ => {
                    let known = Arc::make_mut(shard).records.get_mut(position);
                    known.map_or(Put::Known, |known| {
                        *known = known.merged(record);
                        Put::Changed
                    })
                }
            },
            Err(position) => {
                Arc::make_mut(shard).insert(position, record);
                self.len = self.len.saturating_add(1);
                Put::Added
            }
        };
        if let Some(meaning) = meaning.filter(|_| !shard.meanings.contains_key(&record.name)) {
            Arc::make_mut(shard).meanings.insert(record.name, Arc::new(meaning));
        }
        put
    }

    /// Forgets what need not be remembered at `now`.
    pub(super) fn forget(&mut self, now: UnixTime) {
        let alive = |record: &Record| record.retain_until() > now;
        for shard in self.shards.iter_mut().filter(|shard| !shard.records.iter().all(alive)) {
            let shard = Arc::make_mut(shard);
            let before = shard.records.len();
            shard.records.retain(alive);
            let Shard { records, meanings } = shard;
            meanings.retain(|name, _| records.binary_search_by(|record| record.name.cmp(name)).is_ok());
            self.len = self.len.saturating_sub(before.saturating_sub(records.len()));
        }
    }

    /// The records in order of their names, from `place` on, with their places.
    pub(super) fn from(&self, place: Place) -> impl Iterator<Item = (Place, &Record)> {
        let (first, offset) = place;
        self.shards.iter().enumerate().skip(first).flat_map(move |(at, shard)| {
            let skipped = if at == first { offset } else { 0 };
            shard
                .records
                .iter()
                .enumerate()
                .skip(skipped)
                .map(move |(position, record)| ((at, position), record))
        })
    }

    /// The records in order of their names.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Record> {
        self.from((0, 0)).map(|(_, record)| record)
    }

    /// What a name stands for, where that is known.
    pub(super) fn meaning(&self, name: &Name) -> Option<&Meaning> {
        self.shards.get(self.shard_of(name))?.meanings.get(name).map(AsRef::as_ref)
    }

    fn shard_of(&self, name: &Name) -> usize {
        let [high, low, ..] = *name;
        // The number of shards is a power of two of at most 12 bits.
        let bits = self.shards.len().max(1).trailing_zeros();
        usize::from(
            u16::from_be_bytes([high, low]).checked_shr(16_u32.saturating_sub(bits)).unwrap_or_default(),
        )
    }
}

impl Shard {
    fn position(&self, name: &Name) -> Result<usize, usize> {
        // What is told in order comes at the end.
        match self.records.last() {
            Some(last) if last.name < *name => Err(self.records.len()),
            _ => self.records.binary_search_by(|record| record.name.cmp(name)),
        }
    }

    /// Grows by an eighth, where the standard library would double.
    fn insert(&mut self, position: usize, record: Record) {
        if self.records.len() == self.records.capacity() {
            self.records.reserve_exact((self.records.len() / 8).max(8));
        }
        self.records.insert(position, record);
    }
}
