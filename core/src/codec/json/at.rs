//! Where in a document a fault is.

use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

/// Bytes of the author's own text that one fault or one step of its path shows.
const SHOWN_BYTES: usize = 128;

/// A place in the document, as steps from its root; text is made of it only when there is a fault to report.
#[derive(Clone, Copy)]
pub(crate) enum At<'a> {
    Root,
    Member(&'a At<'a>, &'a str),
    Item(&'a At<'a>, usize),
}

impl<'a> At<'a> {
    pub(crate) const fn member(&'a self, name: &'a str) -> Self {
        Self::Member(self, name)
    }

    pub(crate) const fn item(&'a self, index: usize) -> Self {
        Self::Item(self, index)
    }

    /// RFC 6901 §3, each step cut to a printable length.
    pub(crate) fn pointer(&self) -> String {
        let mut steps = Vec::new();
        let mut at = self;
        loop {
            at = match at {
                Self::Root => break,
                Self::Member(parent, name) => {
                    steps.push(cut(name).replace('~', "~0").replace('/', "~1"));
                    parent
                }
                Self::Item(parent, index) => {
                    steps.push(index.to_string());
                    parent
                }
            };
        }
        steps.iter().rev().flat_map(|step| ["/", step]).collect()
    }
}

/// The beginning of `text`, at most [`SHOWN_BYTES`] long.
pub(crate) fn cut(text: &str) -> &str {
    let mut end = text.len().min(SHOWN_BYTES);
    while !text.is_char_boundary(end) {
        end = end.saturating_sub(1);
    }
    text.get(..end).unwrap_or_default()
}
