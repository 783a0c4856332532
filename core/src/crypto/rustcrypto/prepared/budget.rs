//! How much memory the tables of all keys take together.
//!
//! Whoever trusts many issuers, or one that publishes a thousand keys and uses them all, gets tables for some and the
//! plain path for the others. Where there is no operating system, memory is not for tables.

use core::sync::atomic::{AtomicUsize, Ordering};

const ALL: usize = if cfg!(target_os = "none") { 0 } else { 16 << 20 };
/// Large tables leave half of it: a small one saves most of the time.
const LARGE: usize = ALL / 2;

static TAKEN: AtomicUsize = AtomicUsize::new(0);

/// So many bytes of it, given back when dropped.
pub(super) struct Room {
    of: &'static AtomicUsize,
    bytes: usize,
}

impl Room {
    /// For what is not counted.
    pub(super) const NONE: Self = Self { of: &TAKEN, bytes: 0 };

    pub(super) fn for_small(bytes: usize) -> Option<Self> {
        Self::take(&TAKEN, bytes, ALL)
    }

    pub(super) fn for_large(bytes: usize) -> Option<Self> {
        Self::take(&TAKEN, bytes, LARGE)
    }

    fn take(of: &'static AtomicUsize, bytes: usize, limit: usize) -> Option<Self> {
        let more = |taken: usize| taken.checked_add(bytes).filter(|sum| *sum <= limit);
        of.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more).ok().map(|_| Self { of, bytes })
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        self.of.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn room_is_limited_and_given_back() {
        static OF: AtomicUsize = AtomicUsize::new(0);
        let take = |bytes, limit| Room::take(&OF, bytes, limit);
        let first = take(60, 100).unwrap();
        assert!(take(41, 100).is_none() && take(usize::MAX, usize::MAX).is_none() && take(1, 50).is_none());
        let second = take(40, 100).unwrap();
        assert!(take(1, 100).is_none());
        drop(first);
        assert!(take(60, 100).is_some());
        drop(second);
        assert_eq!(OF.load(Ordering::Relaxed), 0);
    }
}
