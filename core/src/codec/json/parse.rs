//! Reading JSON as a tree, for whoever keeps the text.

use super::{Json, Object, Outline};
use crate::error::{Error, ErrorCode};

/// Why a text is not acceptable JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    Malformed,
    DuplicateMember,
    TooDeep,
}

impl Fault {
    /// The error, where the text as a whole being malformed is `malformed`.
    pub(crate) const fn or(self, malformed: ErrorCode) -> Error {
        match self {
            Self::Malformed => Error::new(malformed),
            Self::DuplicateMember => Error::new(ErrorCode::DuplicateMember),
            Self::TooDeep => Error::new(ErrorCode::JsonTooDeep),
        }
    }
}

impl<'a> Json<'a> {
    /// Reads `text`, which must hold one value and nothing after it.
    pub(crate) fn parse(text: &'a [u8], max_depth: usize) -> Result<Self, Fault> {
        let text = core::str::from_utf8(text).map_err(|_| Fault::Malformed)?;
        Ok(Outline::of(text, max_depth)?.to_json(text))
    }

    /// Reads `text` as an object; fails with `malformed` (anything else), `duplicate_member`, `json_too_deep`.
    pub(crate) fn parse_object(
        text: &'a [u8],
        max_depth: usize,
        malformed: ErrorCode,
    ) -> Result<Object<'a>, Error> {
        match Self::parse(text, max_depth) {
            Ok(Self::Object(object)) => Ok(object),
            Ok(_) => Err(Error::new(malformed)),
            Err(fault) => Err(fault.or(malformed)),
        }
    }
}
