//! The tokens that a guard has verified, for all threads that serve.

use std::sync::{Mutex, PoisonError};

use idjag::resource_server::{SharedTokenCache, VerifiedTokenCache};

/// A cache behind a lock, which is held for a look-up and no longer.
#[derive(Debug)]
pub(super) struct KnownTokens(Mutex<VerifiedTokenCache>);

impl KnownTokens {
    /// Room for `capacity` tokens; none where it is 0.
    pub(super) fn new(capacity: usize) -> Option<Self> {
        (capacity > 0).then(|| Self(Mutex::new(VerifiedTokenCache::new(capacity))))
    }
}

impl SharedTokenCache for KnownTokens {
    fn with(&self, ask: &mut dyn FnMut(&mut VerifiedTokenCache)) {
        // A cache is whole between any two of its steps, so a lock that was poisoned is as good as any.
        ask(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }
}
