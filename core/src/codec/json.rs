//! JSON with one reading only: UTF-8, no duplicate member at any depth (AMB-028), capped nesting.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;
use core::cell::Cell;
use core::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};

use crate::error::{Error, ErrorCode};

/// A JSON value; strings borrow from the text they were read from where they can.
#[derive(Clone, Debug, PartialEq)]
pub enum Json<'a> {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number.
    Number(Number),
    /// A string.
    String(Cow<'a, str>),
    /// An array.
    Array(Vec<Json<'a>>),
    /// An object.
    Object(Object<'a>),
}

/// A JSON number: exact where it is an integer of 64 bits.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Number {
    /// A non-negative integer.
    Unsigned(u64),
    /// A negative integer.
    Signed(i64),
    /// Anything else; always finite.
    Float(f64),
}

impl Number {
    /// The nearest double.
    #[must_use]
    pub fn as_f64(self) -> f64 {
        match self {
            Self::Unsigned(value) => value as f64,
            Self::Signed(value) => value as f64,
            Self::Float(value) => value,
        }
    }
}

/// The members of a JSON object, in order, with distinct names.
#[derive(Clone, Debug, Default)]
pub struct Object<'a>(Vec<(Cow<'a, str>, Json<'a>)>);

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

    /// A string value.
    pub fn string(text: impl Into<Cow<'a, str>>) -> Self {
        Self::String(text.into())
    }

    /// An array of strings.
    pub fn strings<S: Into<Cow<'a, str>>>(items: impl IntoIterator<Item = S>) -> Self {
        Self::Array(items.into_iter().map(Self::string).collect())
    }

    /// The text of a string.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// The items of an array.
    #[must_use]
    pub fn as_array(&self) -> Option<&[Json<'a>]> {
        match self {
            Self::Array(items) => Some(items),
            _ => None,
        }
    }

    /// The members of an object.
    #[must_use]
    pub fn as_object(&self) -> Option<&Object<'a>> {
        match self {
            Self::Object(object) => Some(object),
            _ => None,
        }
    }

    /// A non-negative integer.
    #[must_use]
    pub fn as_u64(&self) -> Option<u64> {
        match self {
            Self::Number(Number::Unsigned(value)) => Some(*value),
            _ => None,
        }
    }

    /// The value of `true` or `false`.
    #[must_use]
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(value) => Some(*value),
            _ => None,
        }
    }

    /// The same value, borrowing nothing.
    #[must_use]
    pub fn into_owned(self) -> Json<'static> {
        match self {
            Self::Null => Json::Null,
            Self::Bool(value) => Json::Bool(value),
            Self::Number(value) => Json::Number(value),
            Self::String(text) => Json::String(Cow::Owned(text.into_owned())),
            Self::Array(items) => Json::Array(items.into_iter().map(Json::into_owned).collect()),
            Self::Object(object) => Json::Object(object.into_owned()),
        }
    }
}

impl From<u64> for Json<'_> {
    fn from(value: u64) -> Self {
        Self::Number(Number::Unsigned(value))
    }
}

impl From<bool> for Json<'_> {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl<'a> From<Object<'a>> for Json<'a> {
    fn from(object: Object<'a>) -> Self {
        Self::Object(object)
    }
}

impl<'a> Object<'a> {
    /// No members.
    #[must_use]
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// The value of member `name`.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Json<'a>> {
        self.0.iter().find(|(found, _)| found == name).map(|(_, value)| value)
    }

    /// Whether there is a member `name`.
    #[must_use]
    pub fn contains(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// Sets member `name`, replacing its value if there is one.
    pub fn set(&mut self, name: impl Into<Cow<'a, str>>, value: impl Into<Json<'a>>) {
        let (name, value) = (name.into(), value.into());
        match self.0.iter_mut().find(|(found, _)| *found == name) {
            Some((_, slot)) => *slot = value,
            None => self.0.push((name, value)),
        }
    }

    /// Sets member `name` to a string.
    pub fn set_str(&mut self, name: impl Into<Cow<'a, str>>, text: impl Into<Cow<'a, str>>) {
        self.set(name, Json::String(text.into()));
    }

    /// Takes member `name` out.
    pub fn remove(&mut self, name: &str) -> Option<Json<'a>> {
        let position = self.0.iter().position(|(found, _)| found == name)?;
        Some(self.0.remove(position).1)
    }

    /// The members in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Json<'a>)> {
        self.0.iter().map(|(name, value)| (name.as_ref(), value))
    }

    /// How many members there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are no members.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The same members, borrowing nothing.
    #[must_use]
    pub fn into_owned(self) -> Object<'static> {
        let own =
            |(name, value): (Cow<'a, str>, Json<'a>)| (Cow::Owned(name.into_owned()), value.into_owned());
        Object(self.0.into_iter().map(own).collect())
    }
}

/// Objects are equal when their members are, in whatever order.
impl PartialEq for Object<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len() && self.iter().all(|(name, value)| other.get(name) == Some(value))
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

/// Writes JSON text; no insignificant whitespace, members in order.
impl fmt::Display for Json<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Bool(value) => write!(f, "{value}"),
            Self::Number(Number::Unsigned(value)) => write!(f, "{value}"),
            Self::Number(Number::Signed(value)) => write!(f, "{value}"),
            Self::Number(Number::Float(value)) => write!(f, "{value:?}"),
            Self::String(text) => write_string(f, text),
            Self::Array(items) => {
                f.write_str("[")?;
                for (index, item) in items.iter().enumerate() {
                    if index > 0 {
                        f.write_str(",")?;
                    }
                    item.fmt(f)?;
                }
                f.write_str("]")
            }
            Self::Object(object) => object.fmt(f),
        }
    }
}

impl fmt::Display for Object<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("{")?;
        for (index, (name, value)) in self.iter().enumerate() {
            if index > 0 {
                f.write_str(",")?;
            }
            write_string(f, name)?;
            f.write_str(":")?;
            value.fmt(f)?;
        }
        f.write_str("}")
    }
}

fn write_string(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    use fmt::Write as _;
    f.write_str("\"")?;
    for character in text.chars() {
        match character {
            '"' => f.write_str("\\\"")?,
            '\\' => f.write_str("\\\\")?,
            control if control < ' ' => write!(f, "\\u{:04x}", u32::from(control))?,
            other => f.write_char(other)?,
        }
    }
    f.write_str("\"")
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString as _;

    #[test]
    fn round_trips_and_escapes() {
        let text = r#"{"a":[1,-2,1.5,true,null],"b\n\"\\":{"é":"\u0001"}}"#;
        let value = Json::parse(text.as_bytes(), 4).unwrap();
        assert_eq!(value.to_string(), r#"{"a":[1,-2,1.5,true,null],"b\u000a\"\\":{"é":"\u0001"}}"#);
    }

    #[test]
    fn refuses_what_has_two_readings() {
        let deep = |levels: usize| [vec![b'['; levels], vec![b']'; levels]].concat();
        assert_eq!(Json::parse(br#"{"a":{"b":1,"\u0062":2}}"#, 8), Err(Fault::DuplicateMember));
        assert!(Json::parse(&deep(8), 8).is_ok());
        assert_eq!(Json::parse(&deep(9), 8), Err(Fault::TooDeep));
        assert_eq!(Json::parse(&deep(100_000), 8), Err(Fault::TooDeep));
        for malformed in ["", "{} {}", "\u{feff}{}", r#""\ud800""#, "NaN", "1e400", "{\"a\":1,}"] {
            assert_eq!(Json::parse(malformed.as_bytes(), 8), Err(Fault::Malformed), "{malformed}");
        }
        assert_eq!(Json::parse(&[b'"', 0xC0, 0x80, b'"'], 8), Err(Fault::Malformed));
    }
}
