//! Reading JSON with one meaning only; serde_json splits the text, this keeps the rules.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;
use core::cell::Cell;
use core::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};

use super::{Json, Number, Object};
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
        let fault = Cell::new(Fault::Malformed);
        let mut deserializer = serde_json::Deserializer::from_str(text);
        let seed = Seed { fault: &fault, depth_left: max_depth };
        let value = seed.deserialize(&mut deserializer).map_err(|_| fault.get())?;
        deserializer.end().map_err(|_| Fault::Malformed)?;
        Ok(value)
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

struct Seed<'c> {
    fault: &'c Cell<Fault>,
    depth_left: usize,
}

impl Seed<'_> {
    fn deeper<E: serde::de::Error>(&self) -> Result<Self, E> {
        match self.depth_left.checked_sub(1) {
            Some(depth_left) => Ok(Self { fault: self.fault, depth_left }),
            None => {
                self.fault.set(Fault::TooDeep);
                Err(E::custom("nesting"))
            }
        }
    }
}

impl Copy for Seed<'_> {}
impl Clone for Seed<'_> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<'de> DeserializeSeed<'de> for Seed<'_> {
    type Value = Json<'de>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Seed<'_> {
    type Value = Json<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Self::Value, E> {
        Ok(Json::Bool(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Self::Value, E> {
        Ok(Json::Number(Number::Unsigned(value)))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Self::Value, E> {
        Ok(Json::Number(Number::Signed(value)))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Self::Value, E> {
        Ok(Json::Number(Number::Float(value)))
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Json::String(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Json::String(Cow::Owned(text.into())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        let inner = self.deeper()?;
        let mut array = Vec::new();
        while let Some(item) = items.next_element_seed(inner)? {
            array.push(item);
        }
        Ok(Json::Array(array))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Self::Value, A::Error> {
        let inner = self.deeper()?;
        let mut members = Vec::new();
        while let Some(name) = entries.next_key_seed(Name)? {
            members.push((name, entries.next_value_seed(inner)?));
        }
        if has_duplicate(&members) {
            self.fault.set(Fault::DuplicateMember);
            return Err(A::Error::custom("duplicate"));
        }
        Ok(Json::Object(Object(members)))
    }
}

/// Compares neighbours of the sorted names, so that many members cost n·log n and not n².
fn has_duplicate(members: &[(Cow<'_, str>, Json<'_>)]) -> bool {
    let mut names: Vec<&str> = members.iter().map(|(name, _)| name.as_ref()).collect();
    names.sort_unstable();
    names.windows(2).any(|pair| pair.first() == pair.last())
}

/// A member name, borrowed where the text has no escapes.
struct Name;

impl<'de> DeserializeSeed<'de> for Name {
    type Value = Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Name {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a member name")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(text))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(String::from(text)))
    }
}
