//! JSON with one reading only: UTF-8, no duplicate member at any depth (AMB-028), capped nesting, in tokens capped values too.

mod at;
mod outline;
mod parse;
mod write;

use alloc::borrow::Cow;
use alloc::vec::Vec;

pub(crate) use at::{At, cut};
pub(crate) use outline::{Document, Value, mark};
pub(crate) use parse::{Caps, Fault};

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

impl<'a> Json<'a> {
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

    /// Adds a member of a name that the object does not have.
    pub(crate) fn push(&mut self, name: impl Into<Cow<'a, str>>, value: impl Into<Json<'a>>) {
        self.0.push((name.into(), value.into()));
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

    /// A name counts as a value does, and a list as one more than what is in it.
    #[test]
    fn counts_values_and_names() {
        let counted = [
            ("0", 1),
            (r#""a""#, 1),
            (r#""\u0061""#, 1),
            ("[]", 1),
            ("[0,[null]]", 4),
            (r#"{"a":{"\u0061":true}}"#, 5),
        ];
        for (text, values) in counted {
            let read = |values| Document::parse(text.into(), Caps { depth: 8, values }).map(|_| ());
            assert_eq!((read(values), read(values - 1)), (Ok(()), Err(Fault::TooManyValues)), "{text}");
        }
    }
}
