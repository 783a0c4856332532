//! Where in a text the JSON parser found fault, for a message that a person can act on.

use alloc::collections::BTreeSet;
use alloc::string::String;
use core::cell::RefCell;
use core::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

use super::fault::{At, PolicyFault};

/// What a text was refused for.
pub(super) struct Located {
    pub(super) fault: PolicyFault,
    /// The JSON Pointer of a repeated member or of a value nested too deeply, else empty.
    pub(super) path: String,
    /// Line and column, from 1.
    pub(super) place: (usize, usize),
}

/// The first fault of `text`, if it has one.
pub(super) fn locate(text: &[u8], max_depth: usize) -> Option<Located> {
    let found = RefCell::new((PolicyFault::NotJson, String::new()));
    let probe = Probe { at: At::Root, depth_left: max_depth, found: &found };
    let mut deserializer = serde_json::Deserializer::from_slice(text);
    let outcome = probe.deserialize(&mut deserializer).and_then(|()| deserializer.end());
    let error = outcome.err()?;
    let (fault, path) = found.into_inner();
    Some(Located { fault, path, place: (error.line().max(1), error.column().max(1)) })
}

/// Walks a text whose nesting it bounds, keeping nothing but the names of the open objects.
struct Probe<'a> {
    at: At<'a>,
    depth_left: usize,
    found: &'a RefCell<(PolicyFault, String)>,
}

impl Probe<'_> {
    fn fail<E: serde::de::Error>(&self, at: &At<'_>, fault: PolicyFault) -> E {
        self.found.replace((fault, at.pointer()));
        E::custom("refused")
    }

    fn depth_inside<E: serde::de::Error>(&self) -> Result<usize, E> {
        self.depth_left.checked_sub(1).ok_or_else(|| self.fail(&self.at, PolicyFault::TooDeep))
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
                return Err(self.fail(&at, PolicyFault::DuplicateMember));
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

    fn found(text: &str) -> (PolicyFault, String, (usize, usize)) {
        let Located { fault, path, place } = locate(text.as_bytes(), 4).unwrap();
        (fault, path, place)
    }

    #[test]
    fn names_the_first_fault_and_its_line() {
        let repeated = "{\"rules\": [{},\n {\"id\": \"a\",\n  \"id\": }]}";
        assert_eq!(found(repeated), (PolicyFault::DuplicateMember, "/rules/1/id".into(), (3, 6)));
        assert_eq!(found("{\n\"version\" 1}"), (PolicyFault::NotJson, String::new(), (2, 11)));
        assert_eq!(found("[[[[["), (PolicyFault::TooDeep, "/0/0/0/0".into(), (1, 5)));
        assert!(locate(b"[1, -1, 1.5, null, true, {}, \"\"]", 4).is_none());
    }
}
