//! What has been used and may not be used again: ID-JAGs, client assertions, proofs.

use std::sync::{Mutex, PoisonError};

use idjag::UnixTime;
use idjag::replay::{FirstUse, MemoryReplayStore, ReplayKey};

/// Tokens that one party remembers at a time: far more than a run of the story needs.
const CAPACITY: usize = 100_000;

/// One party's memory. A fleet of servers would share one in Redis or a database.
pub(super) struct Spent(Mutex<MemoryReplayStore>);

impl Default for Spent {
    fn default() -> Self {
        Self(Mutex::new(MemoryReplayStore::new(CAPACITY)))
    }
}

impl Spent {
    /// Remembers `key` and says whether it is new, in one step.
    pub(super) fn first_use(&self, key: &ReplayKey, now: UnixTime) -> FirstUse {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).first_use(key, now)
    }
}
