//! A bounded map from SHA-256 digests that keeps what is asked for again: S3-FIFO, every operation O(1) over time.
//!
//! What is new waits in a short queue and leaves through it unless it is asked for meanwhile; what was asked for is in the
//! long queue, and leaves that one only when nobody asked since it came round. So things that are used once push out one
//! another, and nothing else. The digests are spread evenly by what they are: only who signs the tokens could aim at a place
//! in the index, and make others take as long as there are entries.

use alloc::collections::VecDeque;
use alloc::vec::Vec;

/// A key: a SHA-256 digest.
pub(super) type Digest = [u8; 32];

/// No entry.
const NONE: u32 = u32::MAX;
/// How many uses are counted: one that was used more is no hotter.
const MOST_USES: u8 = 3;
/// The places that numbers can tell apart.
pub(super) const PLACES: u64 = 1 << 16;
/// How often something is kept at most, so that every number is one that JavaScript has too: of 53 bits.
pub(super) const MOST_KEPT: u64 = (1 << 53) / PLACES - 1;

/// The map. Its memory is taken as it fills.
#[derive(Clone, Debug)]
pub(super) struct Shelf<V> {
    capacity: usize,
    /// By place.
    entries: Vec<Entry<V>>,
    index: Index,
    recent: VecDeque<u32>,
    proven: VecDeque<u32>,
    /// Fingerprints of what left the short queue unused, by their own last bytes, the newest in each place.
    gone: Vec<u64>,
    /// How often something was kept.
    pub(super) kept: u64,
    len: usize,
}

#[derive(Clone, Debug)]
struct Entry<V> {
    digest: Digest,
    /// Nothing, once it was removed; its place is free when its queue has passed, and it has no uses.
    value: Option<V>,
    uses: u8,
    number: u64,
}

impl<V> Shelf<V> {
    /// Room for `capacity` values, of which there are at most [`PLACES`].
    pub(super) fn new(capacity: usize) -> Self {
        Self {
            capacity: capacity.min(usize::try_from(PLACES).unwrap_or(usize::MAX)),
            entries: Vec::new(),
            index: Index(Vec::new()),
            recent: VecDeque::new(),
            proven: VecDeque::new(),
            gone: Vec::new(),
            kept: 0,
            len: 0,
        }
    }

    pub(super) const fn capacity(&self) -> usize {
        self.capacity
    }

    pub(super) const fn len(&self) -> usize {
        self.len
    }

    /// What is kept under `digest`, and its number. It counts as a use.
    pub(super) fn find(&mut self, digest: &Digest) -> Option<(&V, u64)> {
        let place = self.index.find(digest, &self.entries)?;
        let entry = self.entries.get_mut(place as usize)?;
        entry.uses = entry.uses.saturating_add(1).min(MOST_USES);
        entry.value.as_ref().map(|value| (value, entry.number))
    }

    /// Keeps `value`, in place of what was under `digest`. Answers its number: never given twice, and by [`PLACES`] it
    /// leaves a remainder below [`Self::capacity`] that no other has at the time. When numbers run out, nothing more is kept.
    pub(super) fn keep(&mut self, digest: Digest, value: V) -> Option<u64> {
        if self.capacity == 0 || self.kept >= MOST_KEPT {
            return None;
        }
        self.kept = self.kept.saturating_add(1);
        let known = self.index.find(&digest, &self.entries);
        let place = match known {
            Some(place) => place,
            None => self.place_for_another()?,
        };
        let number = self.kept.saturating_mul(PLACES).saturating_add(u64::from(place));
        let uses = known.and_then(|place| self.entries.get(place as usize)).map_or(0, |entry| entry.uses);
        let entry = Entry { digest, value: Some(value), uses, number };
        match self.entries.get_mut(place as usize) {
            Some(there) => *there = entry,
            None => self.entries.push(entry),
        }
        if known.is_none() {
            self.len = self.len.saturating_add(1);
            self.index.insert(place, self.capacity, &self.entries);
            let is_back = fingerprint(&digest) == self.gone_at(&digest).map_or(0, |there| *there);
            if is_back { &mut self.proven } else { &mut self.recent }.push_back(place);
        }
        Some(number)
    }

    /// Forgets what is kept under `digest`.
    pub(super) fn remove(&mut self, digest: &Digest) {
        if let Some(place) = self.index.remove(digest, &self.entries)
            && let Some(entry) = self.entries.get_mut(place as usize)
        {
            (entry.value, entry.uses) = (None, 0);
            self.len = self.len.saturating_sub(1);
        }
    }

    /// A place that is free, after something had to leave if need be.
    fn place_for_another(&mut self) -> Option<u32> {
        if self.entries.len() < self.capacity {
            return u32::try_from(self.entries.len()).ok();
        }
        // Every round takes a use from an entry or ends: there are at most `MOST_USES` for each.
        loop {
            let short = self.capacity.div_ceil(10);
            let from_recent = self.recent.len() >= short || self.proven.is_empty();
            let place = if from_recent { self.recent.pop_front() } else { self.proven.pop_front() }?;
            let entry = self.entries.get_mut(place as usize)?;
            if entry.uses > 0 {
                entry.uses = if from_recent { 0 } else { entry.uses.saturating_sub(1) };
                self.proven.push_back(place);
                continue;
            }
            if entry.value.is_none() {
                // What was removed here may be kept again at another place, where it stays.
                return Some(place);
            }
            let digest = entry.digest;
            if from_recent {
                let mark = fingerprint(&digest);
                if let Some(there) = self.gone_at(&digest) {
                    *there = mark;
                }
            }
            self.remove(&digest);
            return Some(place);
        }
    }

    /// Where the fingerprint of `digest` would be.
    fn gone_at(&mut self, digest: &Digest) -> Option<&mut u64> {
        if self.gone.is_empty() {
            self.gone.resize(self.capacity, 0);
        }
        let at = word(digest, 16).checked_rem(self.capacity as u64)?;
        self.gone.get_mut(usize::try_from(at).ok()?)
    }
}

/// Places by digest: open addressing in a table that is never more than half full.
#[derive(Clone, Debug)]
struct Index(Vec<u32>);

impl Index {
    fn find<V>(&self, digest: &Digest, entries: &[Entry<V>]) -> Option<u32> {
        self.position(digest, entries).and_then(|position| self.0.get(position)).copied()
    }

    fn position<V>(&self, digest: &Digest, entries: &[Entry<V>]) -> Option<usize> {
        let mut at = self.home(digest)?;
        loop {
            let place = *self.0.get(at).filter(|place| **place != NONE)?;
            if entries.get(place as usize).is_some_and(|entry| entry.digest == *digest) {
                return Some(at);
            }
            at = self.after(at);
        }
    }

    /// Adds the entry at `place`, whose digest is not there yet.
    fn insert<V>(&mut self, place: u32, capacity: usize, entries: &[Entry<V>]) {
        if self.0.is_empty() {
            self.0.resize(capacity.saturating_mul(2).next_power_of_two(), NONE);
        }
        let digest = entries.get(place as usize).map(|entry| &entry.digest);
        let Some(mut at) = digest.and_then(|digest| self.home(digest)) else { return };
        while let Some(there) = self.0.get_mut(at) {
            if *there == NONE {
                *there = place;
                return;
            }
            at = self.after(at);
        }
    }

    /// Takes `digest` out, and closes the gap: nothing may be hidden behind it.
    fn remove<V>(&mut self, digest: &Digest, entries: &[Entry<V>]) -> Option<u32> {
        let mut gap = self.position(digest, entries)?;
        let removed = self.0.get(gap).copied();
        let mut at = gap;
        loop {
            at = self.after(at);
            let place = self.0.get(at).copied().filter(|place| *place != NONE);
            let entry = place.and_then(|place| entries.get(place as usize));
            let Some((place, home)) = place.zip(entry.and_then(|entry| self.home(&entry.digest))) else {
                break;
            };
            // It may move up to the gap unless its home lies between the two.
            if self.distance(home, at) >= self.distance(gap, at) {
                if let Some(there) = self.0.get_mut(gap) {
                    *there = place;
                }
                gap = at;
            }
        }
        if let Some(there) = self.0.get_mut(gap) {
            *there = NONE;
        }
        removed
    }

    fn mask(&self) -> usize {
        self.0.len().saturating_sub(1)
    }

    fn home(&self, digest: &Digest) -> Option<usize> {
        let home = usize::try_from(word(digest, 0) & 0xffff_ffff).ok()?;
        (!self.0.is_empty()).then_some(home & self.mask())
    }

    fn after(&self, at: usize) -> usize {
        at.wrapping_add(1) & self.mask()
    }

    fn distance(&self, from: usize, to: usize) -> usize {
        to.wrapping_sub(from) & self.mask()
    }
}

/// Eight bytes of a digest.
fn word(digest: &Digest, from: usize) -> u64 {
    let bytes = digest.get(from..).and_then(|rest| rest.first_chunk::<8>());
    bytes.map_or(0, |bytes| u64::from_le_bytes(*bytes))
}

/// What tells digests apart that are gone. None is 0, which stands for nothing.
fn fingerprint(digest: &Digest) -> u64 {
    word(digest, 8) | 1
}
