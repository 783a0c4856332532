//! Where in a text the JSON parser found fault, for a message that a person can act on.

use alloc::collections::BTreeSet;
use alloc::string::String;
use core::cell::RefCell;
use core::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

use super::fault::At;

/// The JSON Pointer of the first repeated member or too deep value, else empty; and line and column, from 1.
pub(super) fn locate(text: &[u8], max_depth: usize) -> (String, Option<(usize, usize)>) {
    let found = RefCell::new(String::new());
    let probe = Probe { at: At::Root, depth_left: max_depth, found: &found };
    let mut deserializer = serde_json::Deserializer::from_slice(text);
    let outcome = probe.deserialize(&mut deserializer).and_then(|()| deserializer.end());
    let place = outcome.err().map(|error| (error.line().max(1), error.column().max(1)));
    (found.into_inner(), place)
}

/// Walks a text whose nesting it bounds, keeping nothing but the names of the open objects.
struct Probe<'a> {
    at: At<'a>,
    depth_left: usize,
    found: &'a RefCell<String>,
}

impl Probe<'_> {
    fn fail<E: serde::de::Error>(&self, at: &At<'_>) -> E {
        self.found.replace(at.pointer());
        E::custom("refused")
    }

    fn depth_inside<E: serde::de::Error>(&self) -> Result<usize, E> {
        self.depth_left.checked_sub(1).ok_or_else(|| self.fail(&self.at))
    }
}

impl<'de> DeserializeSeed<'de> for Probe<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Probe<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        let depth_left = self.depth_inside()?;
        for index in 0_usize.. {
            let inner = Probe { at: self.at.item(index), depth_left, found: self.found };
            if items.next_element_seed(inner)?.is_none() {
                break;
            }
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        let depth_left = self.depth_inside()?;
        let mut names = BTreeSet::new();
        while let Some(name) = members.next_key::<String>()? {
            let at = self.at.member(&name);
            if names.contains(&name) {
                return Err(self.fail(&at));
            }
            members.next_value_seed(Probe { at, depth_left, found: self.found })?;
            names.insert(name);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_the_first_repeated_member_and_its_line() {
        let text = b"{\"rules\": [{},\n {\"id\": \"a\",\n  \"id\": \"b\"}]}";
        assert_eq!(locate(text, 8), ("/rules/1/id".into(), Some((3, 6))));
    }

    #[test]
    fn names_the_line_of_a_syntax_error() {
        assert_eq!(locate(b"{\n\"version\" 1}", 8), (String::new(), Some((2, 11))));
        assert_eq!(locate(b"[[[[", 2).0, "/0/0");
    }
}
