//! The side that is told: an update whose records arrive, and the copy that takes it, whole or not at all.

use super::{CHUNK_RECORDS, Manifest, VerifiedUpdate, digest_of};
use crate::error::{Error, ErrorCode};
use crate::revocation::RevocationList;
use crate::revocation::index::{Index, RECORD_BYTES, Record};
use crate::revocation::list::Complete;
use crate::time::UnixTime;

/// A verified update whose records are on their way.
#[derive(Clone, Debug)]
pub struct ReceivedUpdate {
    manifest: Manifest,
    index: Index,
    taken: usize,
}

impl RevocationList {
    /// Begins to take an update. Nothing of the list changes before [`Self::apply`].
    ///
    /// Fails with `config_invalid` when the list is no copy, `issuer_mismatch` when it is one of another's list,
    /// `revocations_outdated` when it knows of more, `revocations_base_mismatch` when it does not have what a delta starts
    /// from, `revocations_stale` when the update should have been followed by another too long ago, and
    /// `store_unavailable` when there is no room for it.
    pub fn receive(&self, update: VerifiedUpdate, now: UnixTime) -> Result<ReceivedUpdate, Error> {
        let VerifiedUpdate(manifest) = update;
        self.takes(&manifest, now)?;
        if manifest.size > self.index.capacity() {
            return Err(Error::new(ErrorCode::StoreUnavailable));
        }
        Ok(ReceivedUpdate { index: Index::new(self.index.capacity()), manifest, taken: 0 })
    }

    /// Adds what an update tells, all of it. What the list had stays: a snapshot that leaves something out takes nothing
    /// back.
    ///
    /// Fails as [`Self::receive`], and with `revocations_digest_mismatch` when chunks are missing; the list is then as it
    /// was.
    pub fn apply(&mut self, update: ReceivedUpdate, now: UnixTime) -> Result<(), Error> {
        let ReceivedUpdate { manifest, index, taken } = update;
        self.takes(&manifest, now)?;
        if taken != manifest.chunks.len() {
            return Err(Error::with_detail(ErrorCode::RevocationsDigestMismatch, "chunks"));
        }
        let has_room = |list: &Self| {
            let new = index.iter().filter(|record| list.index.find(&record.name).is_none()).count();
            list.len().saturating_add(new) <= self.index.capacity()
        };
        if !has_room(self) {
            let mut swept = self.clone();
            swept.forget(now);
            if !has_room(&swept) {
                return Err(Error::new(ErrorCode::StoreUnavailable));
            }
            *self = swept;
        }
        if self.is_empty() {
            self.index = index;
        } else {
            for record in index.iter() {
                self.index.put(*record, None);
            }
        }
        let Some(copy) = &mut self.copy else { return Ok(()) };
        let complete = Complete {
            sequence: manifest.sequence,
            at: manifest.issued_at.min(now),
            next_update: manifest.next_update,
        };
        // What comes twice, the older after the newer, makes nothing older.
        let newest = copy.complete.map_or(complete, |known| Complete {
            at: known.at.max(complete.at),
            next_update: known.next_update.max(complete.next_update),
            ..complete
        });
        copy.complete = Some(newest);
        copy.authority = Some(manifest.issuer);
        self.sequence = manifest.sequence;
        self.journal.start_after(manifest.sequence);
        Ok(())
    }

    fn takes(&self, manifest: &Manifest, now: UnixTime) -> Result<(), Error> {
        let copy = self.copy.as_ref().ok_or(Error::config("the list is no copy of another"))?;
        let is_same = match &copy.authority {
            Some(authority) => *authority == manifest.issuer,
            // Its numbers are those of another list.
            None => copy.complete.is_none(),
        };
        if !is_same {
            return Err(Error::new(ErrorCode::IssuerMismatch));
        }
        let known = copy.complete.map(|complete| complete.sequence);
        if known.is_some_and(|known| manifest.sequence < known) {
            return Err(Error::new(ErrorCode::RevocationsOutdated));
        }
        if manifest.base.is_some() && manifest.base != known {
            return Err(Error::new(ErrorCode::RevocationsBaseMismatch));
        }
        if now > manifest.next_update.plus(copy.max_stale) {
            return Err(Error::new(ErrorCode::RevocationsStale));
        }
        Ok(())
    }
}

impl ReceivedUpdate {
    /// Takes the next chunk. Fails with `revocations_digest_mismatch` when it is not what was signed: the update cannot be
    /// completed then.
    pub fn chunk(&mut self, bytes: &[u8]) -> Result<(), Error> {
        const MISMATCH: Error = Error::new(ErrorCode::RevocationsDigestMismatch);
        let expected = self.manifest.chunks.get(self.taken).ok_or(MISMATCH)?;
        let (records, _) = bytes.as_chunks::<RECORD_BYTES>();
        if bytes.len() != self.next_bytes() || digest_of(bytes) != *expected {
            return Err(MISMATCH);
        }
        for record in records {
            self.index.put(Record::from_bytes(record).ok_or(MISMATCH)?, None);
        }
        self.taken = self.taken.saturating_add(1);
        Ok(())
    }

    /// How many bytes the next chunk has; none when none is to come.
    #[must_use]
    pub fn next_bytes(&self) -> usize {
        self.next_records().saturating_mul(RECORD_BYTES)
    }

    fn next_records(&self) -> usize {
        self.manifest.size.saturating_sub(self.taken.saturating_mul(CHUNK_RECORDS)).min(CHUNK_RECORDS)
    }

    /// How many chunks are still to come.
    #[must_use]
    pub const fn missing(&self) -> usize {
        self.manifest.chunks.len().saturating_sub(self.taken)
    }
}
