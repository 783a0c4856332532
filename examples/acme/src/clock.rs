//! The company's clock: the only place that reads the time, and the one the story may move forward.

use alloc::sync::Arc;
use core::sync::atomic::{AtomicI64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use idjag::UnixTime;

/// Shared by everyone in the process, so that nine hours later it is nine hours later for all of them.
#[derive(Clone)]
pub(crate) struct Clock {
    /// Seconds by which it is ahead of the real time; negative when it is behind.
    ahead: Arc<AtomicI64>,
}

impl Clock {
    /// A clock that is `seconds` behind, so that a story which lets them pass ends in the present.
    pub(crate) fn behind_by(seconds: u32) -> Self {
        Self { ahead: Arc::new(AtomicI64::new(-i64::from(seconds))) }
    }

    pub(crate) fn now(&self) -> UnixTime {
        let real = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        let seconds = real.saturating_add_signed(self.ahead.load(Ordering::Relaxed));
        UnixTime::now(seconds).expect("it is not the year 5138 yet")
    }

    /// Lets `seconds` pass at once.
    pub(crate) fn advance(&self, seconds: u32) {
        self.ahead.fetch_add(i64::from(seconds), Ordering::Relaxed);
    }
}
