//! From JSON to arguments: every value is checked where it is read, every fault says where it is.

use alloc::boxed::Box;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use super::fault::Fault;
use crate::codec::base64url;
use crate::codec::json::{At, Json, Object};
use crate::ordered;
use crate::secret::Secret;
use crate::text::{Acr, Amr, ClientId, Email, Group, Nonce, SessionId, Subject, Tenant, TokenId};
use crate::time::{Seconds, UnixTime};

/// What can be read from JSON.
pub(super) trait Read: Sized {
    /// The value of `json`, which stands at `at`.
    fn read(json: &Json<'_>, at: &At<'_>) -> Result<Self, Fault>;

    /// What leaving the value out means; `None` where it must not be left out.
    fn absent() -> Option<Self> {
        None
    }
}

/// How the members of an object are spelled.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Spelling {
    /// In the words of the protocol, snake_case.
    Protocol,
    /// As arguments: snake_case or camelCase, whichever the caller's language has.
    Arguments,
}

/// The members of an object while they are read.
pub(super) struct Members<'j> {
    object: &'j Object<'j>,
    at: &'j At<'j>,
    spelling: Spelling,
    taken: usize,
}

impl<'j> Members<'j> {
    pub(super) fn of(json: &'j Json<'j>, at: &'j At<'j>, spelling: Spelling) -> Result<Self, Fault> {
        match json {
            Json::Object(object) => Ok(Self { object, at, spelling, taken: 0 }),
            _ => Err(Fault::argument(at, "an object is expected")),
        }
    }

    /// The member `name`.
    pub(super) fn take<T: Read>(&mut self, name: &'static str) -> Result<T, Fault> {
        match self.find(name)? {
            Some((found, value)) => T::read(value, &self.at.member(found)),
            None => T::absent().ok_or_else(|| self.missing(name)),
        }
    }

    /// Finds the member `name`, which counts as taken then.
    #[inline(never)]
    fn find(&mut self, name: &'static str) -> Result<Option<(&'j str, &'j Json<'j>)>, Fault> {
        let mut matching = self.object.iter().filter(|(found, _)| self.is(found, name));
        let first = matching.next();
        if matching.next().is_some() {
            return Err(Fault::argument(&self.at.member(name), "the member is given in two spellings"));
        }
        self.taken = self.taken.saturating_add(usize::from(first.is_some()));
        Ok(first)
    }

    #[inline(never)]
    fn missing(&self, name: &'static str) -> Fault {
        Fault::argument(&self.at.member(name), "the member is missing")
    }

    /// Refuses what has not been taken.
    pub(super) fn finish(self, names: &[&str]) -> Result<(), Fault> {
        if self.taken == self.object.len() {
            return Ok(());
        }
        let unknown = self.object.iter().find(|(found, _)| names.iter().all(|name| !self.is(found, name)));
        let at = self.at.member(unknown.map_or("", |(found, _)| found));
        Err(Fault::argument(&at, "the member is not known here"))
    }

    fn is(&self, found: &str, name: &str) -> bool {
        found == name || (self.spelling == Spelling::Arguments && is_camel_case_of(found, name))
    }
}

/// Whether `found` is the camelCase spelling of the snake_case `name`, in one pass and without copies.
fn is_camel_case_of(found: &str, name: &str) -> bool {
    let mut found = found.bytes();
    let mut after_underscore = false;
    for byte in name.bytes() {
        if byte == b'_' {
            after_underscore = true;
            continue;
        }
        let expected = if after_underscore { byte.to_ascii_uppercase() } else { byte };
        after_underscore = false;
        if found.next() != Some(expected) {
            return false;
        }
    }
    found.next().is_none()
}

impl Read for String {
    fn read(json: &Json<'_>, at: &At<'_>) -> Result<Self, Fault> {
        json.as_str().map(Self::from).ok_or_else(|| Fault::argument(at, "a string is expected"))
    }
}

impl Read for Secret {
    fn read(json: &Json<'_>, at: &At<'_>) -> Result<Self, Fault> {
        String::read(json, at).map(Self::new)
    }
}

impl Read for bool {
    fn read(json: &Json<'_>, at: &At<'_>) -> Result<Self, Fault> {
        json.as_bool().ok_or_else(|| Fault::argument(at, "`true` or `false` is expected"))
    }
}

impl Read for u64 {
    fn read(json: &Json<'_>, at: &At<'_>) -> Result<Self, Fault> {
        json.as_u64().ok_or_else(|| Fault::argument(at, "a whole number of at least 0 is expected"))
    }
}

impl Read for u32 {
    fn read(json: &Json<'_>, at: &At<'_>) -> Result<Self, Fault> {
        let small = u64::read(json, at)?.try_into();
        small.map_err(|_| Fault::argument(at, "the number is too large"))
    }
}

impl Read for u16 {
    fn read(json: &Json<'_>, at: &At<'_>) -> Result<Self, Fault> {
        let small = u64::read(json, at)?.try_into();
        small.map_err(|_| Fault::argument(at, "the number is too large"))
    }
}

impl Read for usize {
    fn read(json: &Json<'_>, at: &At<'_>) -> Result<Self, Fault> {
        let small = u64::read(json, at)?.try_into();
        small.map_err(|_| Fault::argument(at, "the number is too large"))
    }
}

impl Read for Seconds {
    fn read(json: &Json<'_>, at: &At<'_>) -> Result<Self, Fault> {
        u64::read(json, at).map(Self)
    }
}

impl Read for UnixTime {
    fn read(json: &Json<'_>, at: &At<'_>) -> Result<Self, Fault> {
        // A fraction of a second is dropped: clocks of hosts have them, and `now` counts whole seconds.
        let seconds = match json {
            Json::Number(number) if number.as_f64() >= 0.0 => number.as_f64() as u64,
            _ => return Err(Fault::argument(at, "a time in seconds since 1970 is expected")),
        };
        Self::now(seconds).map_err(|error| Fault::value(at, error))
    }
}

macro_rules! read_texts {
    ($($name:ident),* $(,)?) => {
        $(impl Read for $name {
            fn read(json: &Json<'_>, at: &At<'_>) -> Result<Self, Fault> {
                Self::new(String::read(json, at)?).map_err(|error| Fault::value(at, error))
            }
        })*
    };
}
read_texts!(Acr, Amr, ClientId, Email, Group, Nonce, SessionId, Subject, Tenant, TokenId);

/// Bytes, as base64url without padding.
#[derive(Clone)]
pub(super) struct Bytes(pub(super) Vec<u8>);

impl Read for Bytes {
    fn read(json: &Json<'_>, at: &At<'_>) -> Result<Self, Fault> {
        // Random numbers and secrets are among them.
        let bytes = json.as_str().and_then(base64url::decode_secret_vec);
        bytes.map(Self).ok_or_else(|| Fault::argument(at, "bytes are expected"))
    }
}

/// A JSON document: an object, or its verbatim text.
#[derive(Clone)]
pub(super) struct Document(pub(super) String);

impl Read for Document {
    fn read(json: &Json<'_>, _: &At<'_>) -> Result<Self, Fault> {
        Ok(Self(match json {
            Json::String(text) => String::from(text.as_ref()),
            // What is no object is for the reader of the document to refuse.
            json => json.to_string(),
        }))
    }
}

/// `authorization_details`: read by the type that knows what they are.
#[derive(Clone)]
pub(super) struct Details(pub(super) Json<'static>);

impl Read for Details {
    fn read(json: &Json<'_>, _: &At<'_>) -> Result<Self, Fault> {
        Ok(Self(json.clone().into_owned()))
    }
}

/// An object whose members are the caller's own.
impl Read for Object<'static> {
    fn read(json: &Json<'_>, at: &At<'_>) -> Result<Self, Fault> {
        match json {
            Json::Object(object) => Ok(object.clone().into_owned()),
            _ => Err(Fault::argument(at, "an object is expected")),
        }
    }
}

impl<T: Read> Read for Option<T> {
    fn read(json: &Json<'_>, at: &At<'_>) -> Result<Self, Fault> {
        match json {
            Json::Null => Ok(None),
            json => T::read(json, at).map(Some),
        }
    }

    fn absent() -> Option<Self> {
        Some(None)
    }
}

impl<T: Read> Read for Box<T> {
    fn read(json: &Json<'_>, at: &At<'_>) -> Result<Self, Fault> {
        T::read(json, at).map(Self::new)
    }
}

impl<T: Read> Read for Vec<T> {
    fn read(json: &Json<'_>, at: &At<'_>) -> Result<Self, Fault> {
        let items = json.as_array().ok_or_else(|| Fault::argument(at, "a list is expected"))?;
        let mut read = Self::with_capacity(items.len());
        for (index, item) in items.iter().enumerate() {
            read.push(T::read(item, &at.item(index))?);
        }
        Ok(read)
    }
}

impl<T: Read + Ord> Read for BTreeSet<T> {
    fn read(json: &Json<'_>, at: &At<'_>) -> Result<Self, Fault> {
        Vec::read(json, at).map(ordered::set)
    }
}

impl<T: Read> Read for BTreeMap<String, T> {
    fn read(json: &Json<'_>, at: &At<'_>) -> Result<Self, Fault> {
        let object = json.as_object().ok_or_else(|| Fault::argument(at, "an object is expected"))?;
        let mut read = Self::new();
        for (name, value) in object.iter() {
            read.insert(String::from(name), T::read(value, &at.member(name))?);
        }
        Ok(read)
    }
}

/// A name and a value.
impl Read for (String, String) {
    fn read(json: &Json<'_>, at: &At<'_>) -> Result<Self, Fault> {
        match json.as_array() {
            Some([name, value]) => Ok((String::read(name, &at.item(0))?, String::read(value, &at.item(1))?)),
            _ => Err(Fault::argument(at, "a pair of strings is expected")),
        }
    }
}

/// One text, or several.
#[derive(Clone)]
pub(super) struct OneOrMany(pub(super) Vec<String>);

impl Read for OneOrMany {
    fn read(json: &Json<'_>, at: &At<'_>) -> Result<Self, Fault> {
        match json {
            Json::String(text) => Ok(Self(Vec::from([String::from(text.as_ref())]))),
            json => Vec::read(json, at).map(Self),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::declare::input;
    use crate::wire::envelope;

    input! {
        Arguments
        /// Some options.
        struct Options {
            /// A text.
            token_id: String,
            /// A number.
            max_age: Option<u64>,
        }
    }

    fn read(text: &str) -> Result<Options, String> {
        let json = Json::parse(text.as_bytes(), 8).unwrap();
        Options::read(&json, &At::Root).map_err(|fault| envelope::err(&fault))
    }

    #[test]
    fn takes_either_spelling_and_never_both() {
        assert_eq!(read(r#"{"token_id":"a"}"#).ok().unwrap().token_id, "a");
        let camel = read(r#"{"tokenId":"a","maxAge":3}"#).ok().unwrap();
        assert_eq!((camel.token_id.as_str(), camel.max_age), ("a", Some(3)));
        assert!(read(r#"{"token_id":"a","tokenId":"a"}"#).err().unwrap().contains("two spellings"));
    }

    #[test]
    fn says_where_the_fault_is_and_never_repeats_the_value() {
        for (text, place) in [
            (r#"{}"#, "/token_id: the member is missing"),
            (r#"{"token_id":7}"#, "/token_id: a string is expected"),
            (r#"{"tokenId":"secret","max_age":"secret"}"#, "/max_age: a whole number"),
            (r#"{"token_id":"secret","other":"secret"}"#, "/other: the member is not known here"),
            (r#"["secret"]"#, ": an object is expected"),
        ] {
            let answer = read(text).err().unwrap();
            assert!(answer.contains("argument_invalid") && answer.contains(place), "{answer}");
            assert!(!answer.contains("secret"), "{answer}");
        }
    }
}
