//! A JSON text as one list of its values: it borrows nothing, so that text and list travel together.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

use super::{Caps, Fault, Json, Number, Object};

/// A value, in the order of the text; a name stands before the value of its member.
#[derive(Clone, Copy, Debug)]
pub(super) enum Node {
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
pub(super) struct Span {
    pub(super) start: u32,
    pub(super) end: u32,
}

impl Span {
    fn of(self, text: &str) -> &str {
        text.get(self.start as usize..self.end as usize).unwrap_or_default()
    }
}

/// The values of a text, beside the text.
#[derive(Clone, Default)]
pub(super) struct Outline {
    pub(super) nodes: Vec<Node>,
    pub(super) unescaped: String,
}

/// A text that holds one JSON value, and its outline.
#[derive(Clone)]
pub(crate) struct Document {
    text: String,
    outline: Outline,
}

impl Document {
    /// Reads `text`, which must be UTF-8 and hold one value and nothing after it.
    pub(crate) fn parse(text: Vec<u8>, caps: Caps) -> Result<Self, Fault> {
        let text = String::from_utf8(text).map_err(|_| Fault::Malformed)?;
        let outline = Outline::of(&text, caps)?;
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

    /// Of the value of a member: its name.
    pub(crate) fn name(self) -> &'d str {
        let name = self.at.checked_sub(1).and_then(|name| self.at(name).as_str());
        name.unwrap_or_default()
    }

    /// Of the value of a member: [`mark`] of its name.
    pub(crate) fn mark(self) -> u32 {
        let name = self.at.checked_sub(1).and_then(|name| self.outline.nodes.get(name));
        let (text, span) = match name {
            Some(Node::Verbatim(span)) => (self.text, span),
            Some(Node::Unescaped(span)) => (&*self.outline.unescaped, span),
            _ => return 0,
        };
        let at = |place: u32| text.as_bytes().get(place as usize).copied().unwrap_or_default();
        let length = span.end.wrapping_sub(span.start);
        if length == 0 { 0 } else { marked(length, at(span.start), at(span.end.wrapping_sub(1))) }
    }

    /// The text of a string.
    pub(crate) fn as_str(self) -> Option<&'d str> {
        self.outline.string(self.text, self.at)
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

    /// The values of the members of an object.
    pub(crate) fn members(self) -> Option<impl ExactSizeIterator<Item = Self> + Clone> {
        let Node::Object { members, .. } = self.node() else { return None };
        let mut at = self.at.saturating_add(1);
        Some((0..members as usize).map(move |_| {
            let value = self.at(at.saturating_add(1));
            at = self.outline.after(value.at);
            value
        }))
    }

    /// The value as a tree.
    pub(crate) fn to_json(self) -> Json<'d> {
        self.outline.tree(self.text, self.at, Cow::Borrowed, Cow::Borrowed)
    }

    /// The same, borrowing nothing.
    pub(crate) fn to_owned_json(self) -> Json<'static> {
        let own = |text: &str| Cow::Owned(String::from(text));
        self.outline.tree(self.text, self.at, own, own)
    }
}

impl Outline {
    /// The whole value, borrowing from `text` what stands there as it is.
    pub(super) fn to_json<'t>(&self, text: &'t str) -> Json<'t> {
        self.tree(text, 0, Cow::Borrowed, |unescaped| Cow::Owned(String::from(unescaped)))
    }

    /// The string at `at`.
    pub(super) fn string<'s>(&'s self, text: &'s str, at: usize) -> Option<&'s str> {
        match self.nodes.get(at)? {
            Node::Verbatim(span) => Some(span.of(text)),
            Node::Unescaped(span) => Some(span.of(&self.unescaped)),
            _ => None,
        }
    }

    /// Where what follows the value at `at` begins.
    pub(super) fn after(&self, at: usize) -> usize {
        match self.nodes.get(at) {
            Some(Node::Array { next, .. } | Node::Object { next, .. }) => *next as usize,
            _ => at.saturating_add(1),
        }
    }

    /// The tree of the value at `at`; nesting was capped when it was read.
    fn tree<'t, 'o, 'j>(
        &'o self,
        text: &'t str,
        at: usize,
        verbatim: fn(&'t str) -> Cow<'j, str>,
        unescaped: fn(&'o str) -> Cow<'j, str>,
    ) -> Json<'j> {
        let string = |at: usize| match self.nodes.get(at) {
            Some(Node::Verbatim(span)) => verbatim(span.of(text)),
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
                    array.push(self.tree(text, inner, verbatim, unescaped));
                    inner = self.after(inner);
                }
                Json::Array(array)
            }
            Node::Object { members, .. } => {
                let mut object = Vec::with_capacity(members as usize);
                for _ in 0..members {
                    let value = inner.saturating_add(1);
                    object.push((string(inner), self.tree(text, value, verbatim, unescaped)));
                    inner = self.after(value);
                }
                Json::Object(Object(object))
            }
        }
    }
}

/// Length, first and last byte of a name: where these differ, names do.
pub(crate) const fn mark(name: &str) -> u32 {
    match name.as_bytes() {
        [] => 0,
        [only] => marked(1, *only, *only),
        [first, .., last] => marked(name.len() as u32, *first, *last),
    }
}

const fn marked(length: u32, first: u8, last: u8) -> u32 {
    length << 16 | (first as u32) << 8 | last as u32
}
