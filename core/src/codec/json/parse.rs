//! Reading JSON: serde_json splits the text, the rules are kept here.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};

use super::outline::{Node, Outline, Span, mark};
use super::{Json, Number, Object};
use crate::error::{Error, ErrorCode};

/// Why a text is not acceptable JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    Malformed,
    DuplicateMember,
    TooDeep,
    TooManyValues,
}

/// How much a text may hold.
#[derive(Clone, Copy)]
pub(crate) struct Caps {
    /// Levels of nesting; the outermost value is one.
    pub(crate) depth: usize,
    /// Values and names of members, at every level.
    pub(crate) values: usize,
}

impl Fault {
    /// The error, where the text as a whole being malformed is `malformed`.
    pub(crate) const fn or(self, malformed: ErrorCode) -> Error {
        match self {
            Self::Malformed => Error::new(malformed),
            Self::DuplicateMember => Error::new(ErrorCode::DuplicateMember),
            Self::TooDeep => Error::new(ErrorCode::JsonTooDeep),
            Self::TooManyValues => Error::new(ErrorCode::TooManyValues),
        }
    }
}

impl<'a> Json<'a> {
    /// Reads `text`, which must hold one value and nothing after it; its length is what bounds how many values are in it.
    pub(crate) fn parse(text: &'a [u8], max_depth: usize) -> Result<Self, Fault> {
        let text = core::str::from_utf8(text).map_err(|_| Fault::Malformed)?;
        let caps = Caps { depth: max_depth, values: usize::MAX };
        Ok(Outline::of(text, caps)?.to_json(text))
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

impl Outline {
    /// Reads `text`: one value, no duplicate member at any depth, no more than the caps.
    pub(super) fn of(text: &str, caps: Caps) -> Result<Self, Fault> {
        if u32::try_from(text.len()).is_err() {
            return Err(Fault::Malformed);
        }
        // A claim takes some twenty bytes and two nodes; what is denser grows the list.
        let nodes = Vec::with_capacity(caps.values.min(text.len() / 12));
        let outline = Self { nodes, unescaped: String::new() };
        let Caps { depth, values } = caps;
        let mut reader =
            Reader { text, outline, fault: Fault::Malformed, depth_left: depth, most_values: values };
        let mut deserializer = serde_json::Deserializer::from_str(text);
        (&mut reader).deserialize(&mut deserializer).map_err(|_| reader.fault)?;
        deserializer.end().map_err(|_| Fault::Malformed)?;
        Ok(reader.outline)
    }

    fn count(&self) -> u32 {
        u32::try_from(self.nodes.len()).unwrap_or(u32::MAX)
    }

    /// Whether two of the `members` members after `object` have one name. Compares neighbours of the sorted names, so
    /// that many members cost n·log n and not n²; the beginnings of the names, as numbers, decide nearly all.
    fn has_duplicate(&self, text: &str, object: usize, members: usize) -> bool {
        let mut names: Vec<(u64, &str)> = Vec::with_capacity(members);
        let mut at = object.saturating_add(1);
        for _ in 0..members {
            let name = self.string(text, at).unwrap_or_default();
            names.push((beginning(name), name));
            at = self.after(at.saturating_add(1));
        }
        names.sort_unstable();
        names.windows(2).any(|pair| pair.first() == pair.last())
    }
}

/// The first eight bytes as a number that sorts as they do.
fn beginning(name: &str) -> u64 {
    let mut bytes = [0; 8];
    bytes.iter_mut().zip(name.as_bytes()).for_each(|(to, from)| *to = *from);
    u64::from_be_bytes(bytes)
}

struct Reader<'t> {
    text: &'t str,
    outline: Outline,
    fault: Fault,
    depth_left: usize,
    most_values: usize,
}

impl Reader<'_> {
    fn push<E: serde::de::Error>(&mut self, node: Node) -> Result<(), E> {
        if self.outline.nodes.len() >= self.most_values {
            self.fault = Fault::TooManyValues;
            return Err(E::custom("values"));
        }
        self.outline.nodes.push(node);
        Ok(())
    }

    /// Opens an array or object, whose node is written when it is closed.
    fn open<E: serde::de::Error>(&mut self) -> Result<usize, E> {
        match self.depth_left.checked_sub(1) {
            Some(left) => self.depth_left = left,
            None => {
                self.fault = Fault::TooDeep;
                return Err(E::custom("nesting"));
            }
        }
        self.push(Node::Null)?;
        Ok(self.outline.nodes.len().saturating_sub(1))
    }

    fn close(&mut self, opened: usize, node: Node) {
        self.depth_left = self.depth_left.saturating_add(1);
        if let Some(slot) = self.outline.nodes.get_mut(opened) {
            *slot = node;
        }
    }

    /// Notes a part of the text itself.
    fn verbatim<E: serde::de::Error>(&mut self, part: &str) -> Result<(), E> {
        let start = part.as_ptr().addr().wrapping_sub(self.text.as_ptr().addr());
        let span = |start: usize| {
            let (start, end) =
                (u32::try_from(start).ok()?, u32::try_from(start.checked_add(part.len())?).ok()?);
            Some(Span { start, end })
        };
        self.push(Node::Verbatim(span(start).ok_or_else(|| E::custom("offset"))?))
    }

    fn unescaped<E: serde::de::Error>(&mut self, text: &str) -> Result<(), E> {
        let position = |text: &String| u32::try_from(text.len()).unwrap_or(u32::MAX);
        let start = position(&self.outline.unescaped);
        self.outline.unescaped.push_str(text);
        let end = position(&self.outline.unescaped);
        self.push(Node::Unescaped(Span { start, end }))
    }
}

impl<'de> DeserializeSeed<'de> for &mut Reader<'de> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for &mut Reader<'de> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<(), E> {
        self.push(Node::Null)
    }

    fn visit_bool<E: serde::de::Error>(self, value: bool) -> Result<(), E> {
        self.push(Node::Bool(value))
    }

    fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<(), E> {
        self.push(Node::Number(Number::Unsigned(value)))
    }

    fn visit_i64<E: serde::de::Error>(self, value: i64) -> Result<(), E> {
        self.push(Node::Number(Number::Signed(value)))
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<(), E> {
        self.push(Node::Number(Number::Float(value)))
    }

    fn visit_borrowed_str<E: serde::de::Error>(self, text: &'de str) -> Result<(), E> {
        self.verbatim(text)
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<(), E> {
        self.unescaped(text)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut array: A) -> Result<(), A::Error> {
        let opened = self.open()?;
        let mut items: u32 = 0;
        while array.next_element_seed(&mut *self)?.is_some() {
            items = items.saturating_add(1);
        }
        self.close(opened, Node::Array { items, next: self.outline.count() });
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<(), A::Error> {
        let opened = self.open()?;
        let mut members: usize = 0;
        // Few names, each of another mark, are not worth sorting.
        let (mut marks, mut alike) = ([0_u32; 16], false);
        while let Some(found) = object.next_key_seed(Name(self))? {
            if !alike {
                alike = marks.iter().take(members).any(|known| *known == found);
                match marks.get_mut(members) {
                    Some(slot) => *slot = found,
                    None => alike = true,
                }
            }
            members = members.saturating_add(1);
            object.next_value_seed(&mut *self)?;
        }
        if alike && self.outline.has_duplicate(self.text, opened, members) {
            self.fault = Fault::DuplicateMember;
            return Err(A::Error::custom("duplicate"));
        }
        let members = u32::try_from(members).unwrap_or(u32::MAX);
        self.close(opened, Node::Object { members, next: self.outline.count() });
        Ok(())
    }
}

/// The name of a member, of which its mark is returned.
struct Name<'r, 't>(&'r mut Reader<'t>);

impl<'de> DeserializeSeed<'de> for Name<'_, 'de> {
    type Value = u32;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<u32, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Name<'_, 'de> {
    type Value = u32;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a member name")
    }

    fn visit_borrowed_str<E: serde::de::Error>(self, text: &'de str) -> Result<u32, E> {
        self.0.verbatim(text)?;
        Ok(mark(text))
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<u32, E> {
        self.0.unescaped(text)?;
        Ok(mark(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(names: &[String]) -> String {
        let members: Vec<String> =
            names.iter().map(|name| alloc::format!(r#""{name}":[{{"":0}},"{name}"]"#)).collect();
        alloc::format!("{{{}}}", members.join(","))
    }

    /// Fewer names than are compared by their marks and more, of one mark and each of its own, written in two ways.
    #[test]
    fn every_duplicate_is_found() {
        let of_one_mark = |at: usize| alloc::format!("a{at:03}a");
        let of_their_own = |at: usize| "x".repeat(at.saturating_add(1));
        let spellings: [fn(&String) -> String; 2] =
            [String::clone, |name| alloc::format!("\\u00{:x}{}", name.as_bytes()[0], &name[1..])];
        for (count, name) in
            (1..40).flat_map(|n| [(n, &of_one_mark as &dyn Fn(usize) -> String), (n, &of_their_own)])
        {
            let names: Vec<String> = (0..count).map(name).collect();
            for spelled in spellings {
                let distinct: Vec<String> = names.iter().map(spelled).collect();
                let text = object(&distinct);
                let read = Json::parse(text.as_bytes(), 4).unwrap();
                let read = read.as_object().unwrap();
                assert!(read.len() == count && names.iter().all(|name| read.contains(name)), "{text}");
                for twice in &names {
                    let text = object(&[distinct.as_slice(), core::slice::from_ref(twice)].concat());
                    assert_eq!(Json::parse(text.as_bytes(), 4), Err(Fault::DuplicateMember), "{text}");
                    let inside = alloc::format!("[0,{{\"o\":{text}}}]");
                    assert_eq!(Json::parse(inside.as_bytes(), 6), Err(Fault::DuplicateMember), "{inside}");
                }
            }
        }
    }
}
