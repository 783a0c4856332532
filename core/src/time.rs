//! Points in time and spans, in whole seconds; all arithmetic saturates.

use crate::error::{Error, ErrorCode};

/// Seconds since 1970-01-01T00:00:00Z, as RFC 7519 §2 counts them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnixTime(u64);

impl UnixTime {
    /// The first second of 1970: before any time that matters.
    pub(crate) const EPOCH: Self = Self(0);

    /// Later than any time that anybody states.
    pub(crate) const MAX: Self = Self(u64::MAX);

    /// The greatest accepted `now`: beyond it the caller has passed milliseconds.
    pub const NOW_LIMIT: u64 = 100_000_000_000;

    /// A time that was written here, and read again.
    pub(crate) const fn at(seconds: u64) -> Self {
        Self(seconds)
    }

    /// The present, as the caller states it, in seconds.
    ///
    /// Fails with `invalid_now` above [`UnixTime::NOW_LIMIT`].
    pub const fn now(seconds: u64) -> Result<Self, Error> {
        if seconds > Self::NOW_LIMIT { Err(Error::new(ErrorCode::InvalidNow)) } else { Ok(Self(seconds)) }
    }

    /// A NumericDate (RFC 7519 §2), which may be fractional, rounded up to a whole second.
    ///
    /// `now` is a whole number, so that comparing with the rounded value decides `now ≥ date` and
    /// `date > now` exactly. A date before 1970 is in the past whatever its value and becomes zero.
    /// `None` beyond 2^53, where a JSON number no longer names one second.
    pub(crate) fn from_numeric_date(value: f64) -> Option<Self> {
        const EXACT: f64 = 9_007_199_254_740_992.0;
        if !value.is_finite() || value > EXACT {
            return None;
        }
        // A cast from f64 saturates and truncates; what it cut off decides the rounding.
        let whole = value as u64;
        let rounded = if (whole as f64) < value { whole.saturating_add(1) } else { whole };
        Some(Self(rounded))
    }

    /// Seconds since the epoch.
    #[must_use]
    pub const fn as_secs(self) -> u64 {
        self.0
    }

    /// This time plus `span`.
    #[must_use]
    pub const fn plus(self, span: Seconds) -> Self {
        Self(self.0.saturating_add(span.0))
    }

    /// This time minus `span`, not before the epoch.
    #[must_use]
    pub const fn minus(self, span: Seconds) -> Self {
        Self(self.0.saturating_sub(span.0))
    }

    /// How long after `earlier` this time is; zero when it is not after it.
    #[must_use]
    pub const fn since(self, earlier: Self) -> Seconds {
        Seconds(self.0.saturating_sub(earlier.0))
    }
}

/// A span of time in whole seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Seconds(pub u64);

impl Seconds {
    /// No time at all.
    pub const ZERO: Self = Self(0);

    /// The number of seconds.
    #[must_use]
    pub const fn as_secs(self) -> u64 {
        self.0
    }
}

/// How far two clocks may differ: 60 s unless told otherwise, at most 300 s (AMB-026).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tolerance(Seconds);

impl Tolerance {
    /// The greatest tolerance anybody may configure (RFC 9068 §4: "a few minutes").
    pub const MAX: Seconds = Seconds(300);

    /// The tolerance of [`Tolerance::MAX`].
    pub(crate) const GREATEST: Self = Self(Self::MAX);

    /// A tolerance of `seconds`; fails with `config_invalid` above [`Tolerance::MAX`].
    pub const fn new(seconds: u64) -> Result<Self, Error> {
        if seconds > Self::MAX.0 {
            return Err(Error::config("clock tolerance is above 300 seconds"));
        }
        Ok(Self(Seconds(seconds)))
    }

    /// As a span.
    #[must_use]
    pub const fn as_seconds(self) -> Seconds {
        self.0
    }
}

impl Default for Tolerance {
    fn default() -> Self {
        Self(Seconds(60))
    }
}
