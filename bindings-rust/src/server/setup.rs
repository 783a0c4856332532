//! Why a handler cannot be made of what it was given.

use core::fmt;

use idjag::Error;

/// Why a handler cannot be made of what it was given: found when it is made, not when a request comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SetupFailure {
    /// The library refuses it.
    Refused(Error),
    /// Two parts contradict each other; the text says which.
    Contradiction(&'static str),
}

impl From<Error> for SetupFailure {
    fn from(error: Error) -> Self {
        Self::Refused(error)
    }
}

impl fmt::Display for SetupFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(error) => fmt::Display::fmt(error, f),
            Self::Contradiction(what) => f.write_str(what),
        }
    }
}

impl core::error::Error for SetupFailure {}
