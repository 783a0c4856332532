//! What was granted and is taken back: where it is kept, and the list that every token is held against.

use alloc::boxed::Box;
use alloc::sync::Arc;
use core::future::ready;
use std::sync::{Mutex, MutexGuard, PoisonError};

use idjag::UnixTime;
use idjag::revocation::{Revocation, RevocationList};

use crate::Looked;

/// Whoever keeps what has been revoked.
pub trait Revocations: Send + Sync {
    /// The list of the moment, against which a token is held.
    fn list(&self) -> Looked<'_, Arc<RevocationList>>;

    /// Keeps `entry` where everybody who verifies tokens will find it. A client is told that its token is revoked only
    /// when this has succeeded.
    fn add<'a>(&'a self, entry: &'a Revocation, now: UnixTime) -> Looked<'a, ()>;
}

/// A list in the memory of this process: for an authorization server and its resource in one. Cheap to clone; the clones
/// are one list.
#[derive(Clone, Debug)]
pub struct MemoryRevocations(Arc<Mutex<Arc<RevocationList>>>);

impl MemoryRevocations {
    /// An empty list of at most `capacity` entries; once it is full, nothing more can be revoked.
    #[must_use]
    pub fn new(capacity: usize) -> Self {
        Self(Arc::new(Mutex::new(Arc::new(RevocationList::new(capacity)))))
    }

    fn held(&self) -> MutexGuard<'_, Arc<RevocationList>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Revocations for MemoryRevocations {
    fn list(&self) -> Looked<'_, Arc<RevocationList>> {
        Box::pin(ready(Ok(self.held().clone())))
    }

    fn add<'a>(&'a self, entry: &'a Revocation, now: UnixTime) -> Looked<'a, ()> {
        let added = Arc::make_mut(&mut self.held()).add(entry, now);
        Box::pin(ready(added.map_err(Into::into)))
    }
}
