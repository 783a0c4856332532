//! The side that knows: what of a list is told, and the claims to sign.

use alloc::string::String;
use alloc::vec::Vec;

use super::{CHUNK_RECORDS, MAX_CHUNKS, Manifest, digest_of};
use crate::codec::base64url;
use crate::codec::json::{Json, Object};
use crate::error::{Error, ErrorCode};
use crate::jose::Unsigned;
use crate::oauth::params::TYP_REVOCATIONS;
use crate::ordered::set;
use crate::revocation::index::{Index, Place, Record};
use crate::revocation::{RevocationList, name::Name};
use crate::time::UnixTime;
use crate::uri::Issuer;

/// A list, or what changed of it, as it was at one moment: a manifest to sign, and chunks to send after it.
#[derive(Clone, Debug)]
pub struct RevocationUpdate {
    manifest: Manifest,
    records: Records,
}

/// Where the records are.
#[derive(Clone, Debug)]
enum Records {
    /// In the list itself, which shares them, and where each chunk begins.
    All { index: Index, alive_at: UnixTime, starts: Vec<Place> },
    /// Those that changed.
    Some(Vec<Record>),
}

impl RevocationList {
    /// Everything that is revoked, as `issuer` tells it. Whoever has a copy need not ask again before `next_update`.
    ///
    /// No issuer may tell a number twice: copies would take other changes for those that they know. A list of one's own that
    /// begins anew, empty or from a document that may be old, first reads one whose `sequence` is greater than any told.
    ///
    /// Fails with `revocations_unavailable` when the list is a copy that may have missed something, and with
    /// `store_unavailable` when there is more than two million entries.
    pub fn snapshot(
        &self,
        issuer: Issuer,
        next_update: UnixTime,
        now: UnixTime,
    ) -> Result<RevocationUpdate, Error> {
        let manifest = self.manifest(issuer, next_update, now)?;
        let records = Records::All { index: self.index.clone(), alive_at: now, starts: Vec::new() };
        RevocationUpdate { manifest, records }.digested()
    }

    /// What changed after the list had the number `base`; `None` when too much has changed since then to know: a snapshot
    /// tells it. Fails as [`Self::snapshot`].
    pub fn delta_since(
        &self,
        base: u64,
        issuer: Issuer,
        next_update: UnixTime,
        now: UnixTime,
    ) -> Result<Option<RevocationUpdate>, Error> {
        let mut manifest = self.manifest(issuer, next_update, now)?;
        let Some(changed) = self.journal.since(base).filter(|_| base <= manifest.sequence) else {
            return Ok(None);
        };
        let names = set::<Name>(changed);
        let records = names.iter().filter_map(|name| self.index.find(name)).copied();
        let records = records.filter(|record| record.retain_until() > now).collect();
        manifest.base = Some(base);
        RevocationUpdate { manifest, records: Records::Some(records) }.digested().map(Some)
    }

    fn manifest(&self, issuer: Issuer, next_update: UnixTime, now: UnixTime) -> Result<Manifest, Error> {
        let (sequence, issued_at) = match &self.copy {
            None => (self.sequence, now),
            // What a copy is known to be complete up to, and when it was.
            Some(copy) => match copy.complete.filter(|_| copy.serves(now)) {
                Some(complete) => (complete.sequence, complete.at),
                None => return Err(Error::new(ErrorCode::RevocationsUnavailable)),
            },
        };
        let (base, chunks) = (None, Vec::new());
        Ok(Manifest {
            issuer,
            issued_at,
            next_update: next_update.max(issued_at),
            sequence,
            base,
            size: 0,
            chunks,
        })
    }
}

impl RevocationUpdate {
    /// Counts the records and takes their digests, chunk by chunk.
    fn digested(mut self) -> Result<Self, Error> {
        let mut places = Vec::new();
        let mut next = Some((0, 0));
        while let Some(place) = next {
            let mut bytes = Vec::new();
            let (size, following) = self.write_chunk(place, &mut bytes);
            next = following;
            if size > 0 {
                places.push(place);
                self.manifest.chunks.push(digest_of(&bytes));
                self.manifest.size = self.manifest.size.saturating_add(size);
            }
            if self.manifest.chunks.len() > MAX_CHUNKS {
                return Err(Error::with_detail(ErrorCode::StoreUnavailable, "snapshot"));
            }
        }
        if let Records::All { starts, .. } = &mut self.records {
            *starts = places;
        }
        Ok(self)
    }

    /// Writes the records of a chunk from `place` on: how many there are, and where the next begins.
    fn write_chunk(&self, place: Place, out: &mut Vec<u8>) -> (usize, Option<Place>) {
        let mut size: usize = 0;
        let mut put = |record: &Record| {
            out.extend(record.to_bytes());
            size = size.saturating_add(1);
            size
        };
        match &self.records {
            Records::All { index, alive_at, .. } => {
                let alive = |(_, record): &(Place, &Record)| record.retain_until() > *alive_at;
                let mut records = index.from(place).filter(alive);
                for (_, record) in records.by_ref() {
                    if put(record) == CHUNK_RECORDS {
                        break;
                    }
                }
                let next = records.next().map(|(place, _)| place);
                (size, next)
            }
            Records::Some(records) => {
                let (_, from) = place;
                let rest = records.get(from..).unwrap_or_default();
                rest.iter().take(CHUNK_RECORDS).for_each(|record| {
                    put(record);
                });
                let next = from.saturating_add(size);
                (size, (next < records.len()).then_some((0, next)))
            }
        }
    }

    /// The manifest, ready to be signed.
    #[must_use]
    pub fn to_unsigned(&self) -> Unsigned {
        let manifest = &self.manifest;
        let mut claims = Object::new();
        claims.set_str("iss", String::from(manifest.issuer.as_str()));
        claims.set("iat", manifest.issued_at.as_secs());
        claims.set("next_update", manifest.next_update.as_secs());
        claims.set("sequence", manifest.sequence);
        if let Some(base) = manifest.base {
            claims.set("base_sequence", base);
        }
        claims.set("size", manifest.size as u64);
        claims.set("chunks", Json::strings(manifest.chunks.iter().map(|chunk| base64url::encode(chunk))));
        Unsigned::new(TYP_REVOCATIONS, claims)
    }

    /// How many chunks follow the manifest.
    #[must_use]
    pub const fn chunks(&self) -> usize {
        self.manifest.chunks.len()
    }

    /// How many entries it tells.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.manifest.size
    }

    /// Whether it tells no entry.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.manifest.size == 0
    }

    /// The number that the list had.
    #[must_use]
    pub const fn sequence(&self) -> u64 {
        self.manifest.sequence
    }

    /// Of a delta, the number that it starts after.
    #[must_use]
    pub const fn base_sequence(&self) -> Option<u64> {
        self.manifest.base
    }

    /// A chunk, the first of which is 0.
    #[must_use]
    pub fn chunk(&self, number: usize) -> Option<Vec<u8>> {
        let place = match &self.records {
            Records::All { starts, .. } => starts.get(number).copied()?,
            Records::Some(_) => (0, number.checked_mul(CHUNK_RECORDS)?),
        };
        let mut bytes = Vec::new();
        let (size, _) = self.write_chunk(place, &mut bytes);
        (size > 0).then_some(bytes)
    }
}
