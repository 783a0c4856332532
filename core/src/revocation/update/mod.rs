//! Updates of copies that trust no transport: a signed manifest, and the entries as records whose digests it holds.
//!
//! A snapshot is every entry, a delta those that changed after `base_sequence`. The records come in chunks, so that whoever
//! reads a million of them never holds them twice.

mod publish;
mod receive;
mod verify;

pub use publish::RevocationUpdate;
pub use receive::ReceivedUpdate;
pub use verify::{UnverifiedUpdate, UpdateRules, VerifiedUpdate};

use alloc::vec::Vec;

use sha2::{Digest as _, Sha256};

use super::index::RECORD_BYTES;
use crate::time::UnixTime;
use crate::uri::Issuer;

/// Records in every chunk but the last, which may have fewer.
const CHUNK_RECORDS: usize = 8192;
/// Chunks in one update: their digests fit into a token.
const MAX_CHUNKS: usize = 256;

/// Bytes of a whole chunk: 16 bytes name, 5 bytes until when, 5 bytes for how long to remember it, 8192 times.
pub const CHUNK_BYTES: usize = CHUNK_RECORDS.saturating_mul(RECORD_BYTES);

/// What a manifest says.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Manifest {
    issuer: Issuer,
    issued_at: UnixTime,
    next_update: UnixTime,
    sequence: u64,
    /// Of a delta, the number that it starts after.
    base: Option<u64>,
    /// How many records there are.
    size: usize,
    /// Their digests, chunk by chunk.
    chunks: Vec<[u8; 32]>,
}

fn digest_of(chunk: &[u8]) -> [u8; 32] {
    Sha256::digest(chunk).into()
}
