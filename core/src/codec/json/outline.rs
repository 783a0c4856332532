//! A JSON text in one list, read once: where each value is, borrowing nothing, so that text and list travel together.
//!
//! Every reading of JSON begins here, and here its rules are kept: one value, no duplicate member at any depth, capped
//! nesting. serde_json splits the text.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};

use super::{Fault, Json, Number, Object};

/// A value, in the order of the text; a name stands before the value of its member.
#[derive(Clone, Copy, Debug)]
enum Node {
    Null,
    Bool(bool),
    Number(Number),
    /// A string, as it stands in the text.
    Verbatim(Span),
    /// A string that was written with escapes, in `unescaped`.
    Unescaped(Span),
    /// How many items follow, and where what is after them begins.
    Array {
        items: u32,
        next: u32,
    },
    /// The same for members.
    Object {
        members: u32,
        next: u32,
    },
}

#[derive(Clone, Copy, Debug)]
struct Span {
    start: u32,
    end: u32,
}

impl Span {
    fn of(self, text: &str) -> &str {
        text.get(self.start as usize..self.end as usize).unwrap_or_default()
    }
}

/// The values of a text, beside the text.
#[derive(Debug, Default)]
pub(super) struct Outline {
    nodes: Vec<Node>,
    unescaped: String,
}

/// A text that holds one JSON value, and its outline.
pub(crate) struct Document {
    text: String,
    outline: Outline,
}

impl Document {
    /// Reads `text`, which must be UTF-8 and hold one value and nothing after it.
    pub(crate) fn parse(text: Vec<u8>, max_depth: usize) -> Result<Self, Fault> {
        let text = String::from_utf8(text).map_err(|_| Fault::Malformed)?;
        let outline = Outline::of(&text, max_depth)?;
        Ok(Self { text, outline })
    }

    /// The value that the text holds.
    pub(crate) fn root(&self) -> Value<'_> {
        Value { text: &self.text, outline: &self.outline, at: 0 }
    }

    /// The value that begins at `at`, as [`Value::position`] told.
    pub(crate) fn value(&self, at: u32) -> Value<'_> {
        Value { at: at as usize, ..self.root() }
    }
}

/// A value of a document.
#[derive(Clone, Copy)]
pub(crate) struct Value<'d> {
    text: &'d str,
    outline: &'d Outline,
    at: usize,
}

impl<'d> Value<'d> {
    fn node(self) -> Node {
        self.outline.nodes.get(self.at).copied().unwrap_or(Node::Null)
    }

    fn at(self, at: usize) -> Self {
        Self { at, ..self }
    }

    /// Where in its document it is.
    pub(crate) fn position(self) -> u32 {
        u32::try_from(self.at).unwrap_or(u32::MAX)
    }

    /// The name of the member whose value it is; asked of members only.
    pub(crate) fn name(self) -> Option<&'d str> {
        self.at(self.at.checked_sub(1)?).as_str()
    }

    /// The text of a string.
    pub(crate) fn as_str(self) -> Option<&'d str> {
        match self.node() {
            Node::Verbatim(span) => Some(span.of(self.text)),
            Node::Unescaped(span) => Some(span.of(&self.outline.unescaped)),
            _ => None,
        }
    }

    /// A non-negative integer.
    pub(crate) fn as_u64(self) -> Option<u64> {
        match self.as_number() {
            Some(Number::Unsigned(value)) => Some(value),
            _ => None,
        }
    }

    /// A number.
    pub(crate) fn as_number(self) -> Option<Number> {
        match self.node() {
            Node::Number(number) => Some(number),
            _ => None,
        }
    }

    /// The items of an array.
    pub(crate) fn items(self) -> Option<impl ExactSizeIterator<Item = Self> + Clone> {
        let Node::Array { items, .. } = self.node() else { return None };
        let mut at = self.at.saturating_add(1);
        Some((0..items as usize).map(move |_| {
            let item = self.at(at);
            at = self.outline.after(at);
            item
        }))
    }

    /// The members of an object.
    pub(crate) fn members(self) -> Option<impl ExactSizeIterator<Item = (&'d str, Self)> + Clone> {
        let Node::Object { members, .. } = self.node() else { return None };
        let mut at = self.at.saturating_add(1);
        Some((0..members as usize).map(move |_| {
            let (name, value) = (self.at(at), self.at(at.saturating_add(1)));
            at = self.outline.after(value.at);
            (name.as_str().unwrap_or_default(), value)
        }))
    }

    /// The value as a tree.
    pub(crate) fn to_json(self) -> Json<'d> {
        self.outline.tree(self.text, self.at, Cow::Borrowed)
    }
}

impl Outline {
    pub(super) fn of(text: &str, max_depth: usize) -> Result<Self, Fault> {
        if u32::try_from(text.len()).is_err() {
            return Err(Fault::Malformed);
        }
        // A claim takes some twenty bytes and two nodes; what is denser grows the list.
        let outline = Self { nodes: Vec::with_capacity(text.len() / 12), unescaped: String::new() };
        let mut reader = Reader { text, outline, fault: Fault::Malformed, depth_left: max_depth };
        let mut deserializer = serde_json::Deserializer::from_str(text);
        (&mut reader).deserialize(&mut deserializer).map_err(|_| reader.fault)?;
        deserializer.end().map_err(|_| Fault::Malformed)?;
        Ok(reader.outline)
    }

    /// The whole value, borrowing from `text` what stands there as it is.
    pub(super) fn to_json<'t>(&self, text: &'t str) -> Json<'t> {
        self.tree(text, 0, |unescaped| Cow::Owned(String::from(unescaped)))
    }

    /// Where what follows the value at `at` begins.
    fn after(&self, at: usize) -> usize {
        match self.nodes.get(at) {
            Some(Node::Array { next, .. } | Node::Object { next, .. }) => *next as usize,
            _ => at.saturating_add(1),
        }
    }

    /// The tree of the value at `at`; nesting was capped when it was read.
    fn tree<'t, 'o>(&'o self, text: &'t str, at: usize, unescaped: fn(&'o str) -> Cow<'t, str>) -> Json<'t> {
        let string = |at: usize| match self.nodes.get(at) {
            Some(Node::Verbatim(span)) => Cow::Borrowed(span.of(text)),
            Some(Node::Unescaped(span)) => unescaped(span.of(&self.unescaped)),
            _ => Cow::default(),
        };
        let mut inner = at.saturating_add(1);
        match self.nodes.get(at).copied().unwrap_or(Node::Null) {
            Node::Null => Json::Null,
            Node::Bool(value) => Json::Bool(value),
            Node::Number(number) => Json::Number(number),
            Node::Verbatim(_) | Node::Unescaped(_) => Json::String(string(at)),
            Node::Array { items, .. } => {
                let mut array = Vec::with_capacity(items as usize);
                for _ in 0..items {
                    array.push(self.tree(text, inner, unescaped));
                    inner = self.after(inner);
                }
                Json::Array(array)
            }
            Node::Object { members, .. } => {
                let mut object = Vec::with_capacity(members as usize);
                for _ in 0..members {
                    let value = inner.saturating_add(1);
                    object.push((string(inner), self.tree(text, value, unescaped)));
                    inner = self.after(value);
                }
                Json::Object(Object(object))
            }
        }
    }

    fn count(&self) -> u32 {
        u32::try_from(self.nodes.len()).unwrap_or(u32::MAX)
    }

    fn push(&mut self, node: Node) {
        self.nodes.push(node);
    }

    /// Whether two of the `members` members after `object` have one name. Compares neighbours of the sorted names, so
    /// that many members cost n·log n and not n²; the beginnings of the names, as numbers, decide nearly all.
    fn has_duplicate(&self, text: &str, object: usize, members: usize) -> bool {
        let object = Value { text, outline: self, at: object };
        let mut names: Vec<(u64, &str)> = Vec::with_capacity(members);
        let mut at = object.at.saturating_add(1);
        for _ in 0..members {
            let name = object.at(at).as_str().unwrap_or_default();
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

/// Length, first and last byte of a name: where these differ, names do.
pub(crate) const fn mark(name: &str) -> u32 {
    let bytes = name.as_bytes();
    let (first, last) = match (bytes.first(), bytes.last()) {
        (Some(first), Some(last)) => (*first, *last),
        _ => (0, 0),
    };
    (bytes.len() as u32) << 16 | (first as u32) << 8 | last as u32
}

struct Reader<'t> {
    text: &'t str,
    outline: Outline,
    fault: Fault,
    depth_left: usize,
}

impl Reader<'_> {
    /// Opens an array or object, whose node is written when it is closed.
    fn open<E: serde::de::Error>(&mut self) -> Result<usize, E> {
        match self.depth_left.checked_sub(1) {
            Some(left) => self.depth_left = left,
            None => {
                self.fault = Fault::TooDeep;
                return Err(E::custom("nesting"));
            }
        }
        self.outline.push(Node::Null);
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
        self.outline.push(Node::Verbatim(span(start).ok_or_else(|| E::custom("offset"))?));
        Ok(())
    }

    fn unescaped(&mut self, text: &str) {
        let position = |text: &String| u32::try_from(text.len()).unwrap_or(u32::MAX);
        let start = position(&self.outline.unescaped);
        self.outline.unescaped.push_str(text);
        let end = position(&self.outline.unescaped);
        self.outline.push(Node::Unescaped(Span { start, end }));
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

    fn visit_unit<E>(self) -> Result<(), E> {
        self.outline.push(Node::Null);
        Ok(())
    }

    fn visit_bool<E>(self, value: bool) -> Result<(), E> {
        self.outline.push(Node::Bool(value));
        Ok(())
    }

    fn visit_u64<E>(self, value: u64) -> Result<(), E> {
        self.outline.push(Node::Number(Number::Unsigned(value)));
        Ok(())
    }

    fn visit_i64<E>(self, value: i64) -> Result<(), E> {
        self.outline.push(Node::Number(Number::Signed(value)));
        Ok(())
    }

    fn visit_f64<E>(self, value: f64) -> Result<(), E> {
        self.outline.push(Node::Number(Number::Float(value)));
        Ok(())
    }

    fn visit_borrowed_str<E: serde::de::Error>(self, text: &'de str) -> Result<(), E> {
        self.verbatim(text)
    }

    fn visit_str<E>(self, text: &str) -> Result<(), E> {
        self.unescaped(text);
        Ok(())
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
            alike |= marks.iter().take(members).any(|known| *known == found);
            match marks.get_mut(members) {
                Some(slot) => *slot = found,
                None => alike = true,
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

    fn visit_str<E>(self, text: &str) -> Result<u32, E> {
        self.0.unescaped(text);
        Ok(mark(text))
    }
}
