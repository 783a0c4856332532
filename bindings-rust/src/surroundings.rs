//! The clock and the source of randomness: the system's, or those that a test brings.

use alloc::sync::Arc;
use core::fmt;
use std::time::{SystemTime, UNIX_EPOCH};

use idjag::{Error, UnixTime};

use crate::HostFailure;

type Clock = Arc<dyn Fn() -> Result<UnixTime, Error> + Send + Sync>;
type Fill = Arc<dyn Fn(&mut [u8; 32]) -> Result<(), HostFailure> + Send + Sync>;

/// Where the time and random bytes come from.
#[derive(Clone)]
pub struct Surroundings {
    clock: Clock,
    fill: Fill,
}

impl Surroundings {
    /// The operating system's clock and randomness.
    #[must_use]
    pub fn system() -> Self {
        Self { clock: Arc::new(system_clock), fill: Arc::new(|bytes| Ok(getrandom::fill(bytes)?)) }
    }

    /// Another clock.
    #[must_use]
    pub fn with_clock(self, clock: impl Fn() -> UnixTime + Send + Sync + 'static) -> Self {
        Self { clock: Arc::new(move || Ok(clock())), ..self }
    }

    /// Another source of random bytes, which must be as good as the system's.
    #[must_use]
    pub fn with_random(
        self,
        fill: impl Fn(&mut [u8; 32]) -> Result<(), HostFailure> + Send + Sync + 'static,
    ) -> Self {
        Self { fill: Arc::new(fill), ..self }
    }

    /// The present; fails with `invalid_now` when the clock is off by millennia.
    pub fn now(&self) -> Result<UnixTime, Error> {
        (self.clock)()
    }

    /// 32 fresh random bytes.
    pub fn random(&self) -> Result<[u8; 32], HostFailure> {
        let mut bytes = [0; 32];
        (self.fill)(&mut bytes)?;
        Ok(bytes)
    }
}

impl Default for Surroundings {
    fn default() -> Self {
        Self::system()
    }
}

impl fmt::Debug for Surroundings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Surroundings").finish_non_exhaustive()
    }
}

/// A clock before 1970 is at 1970: everything has yet to become valid.
fn system_clock() -> Result<UnixTime, Error> {
    UnixTime::now(SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs()))
}
