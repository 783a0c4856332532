//! The records that the operations take and answer, each once.

use alloc::collections::{BTreeMap, BTreeSet};

use idjag::wire::schema::{Record, Shape};

use super::Entry;

/// Records by name, and what is known of members by name alone.
#[derive(Default)]
pub struct Records {
    /// The records.
    pub all: BTreeMap<&'static str, Record>,
    /// The names of those that are taken.
    pub taken: BTreeSet<&'static str>,
    /// Names of members that are bytes, in whichever record.
    pub bytes: BTreeSet<&'static str>,
}

impl Records {
    /// The records of these operations. Panics when two records or members of one name differ where they must not.
    pub fn of(entries: &[Entry]) -> Self {
        let mut records = Self::default();
        for entry in entries {
            records.add(&entry.operation.input, true);
            records.add(&entry.operation.output, false);
        }
        let taken = records.taken.iter().map(|name| &records.all[name]);
        let members = taken.flat_map(|record| &record.members);
        let (bytes, others): (Vec<_>, Vec<_>) = members.partition(|member| is_bytes(&member.shape));
        records.bytes = bytes.iter().map(|member| member.name).collect();
        let other = others.iter().find(|member| records.bytes.contains(member.name));
        assert!(other.is_none(), "`{}` is bytes in one record and not in another", other.expect("one").name);
        records
    }

    fn add(&mut self, shape: &Shape, taken: bool) {
        let Some(record) = record_of(shape) else { return };
        let is_new = !self.all.contains_key(record.name);
        let is_newly_taken = taken && self.taken.insert(record.name);
        if let Some(known) = self.all.get(record.name) {
            let names = |record: &Record| record.members.iter().map(|member| member.name).collect::<Vec<_>>();
            assert_eq!(names(known), names(&record), "two records are called `{}`", record.name);
        }
        if is_new || is_newly_taken {
            // A record may hold itself: it is entered first.
            let shapes: Vec<Shape> = record.members.iter().map(|member| member.shape.clone()).collect();
            self.all.entry(record.name).or_insert(record);
            shapes.iter().for_each(|shape| self.add(shape, taken));
        }
    }
}

/// The record inside a shape, whether a list of them, a map to them, or one that may be left out.
pub fn record_of(shape: &Shape) -> Option<Record> {
    match shape {
        Shape::Record(record) => Some(record()),
        Shape::List(inner) | Shape::Map(inner) | Shape::Optional(inner) | Shape::Nullable(inner) => {
            record_of(inner)
        }
        _ => None,
    }
}

/// Whether a member may be left out.
pub const fn is_optional(shape: &Shape) -> bool {
    matches!(shape, Shape::Optional(_))
}

fn is_bytes(shape: &Shape) -> bool {
    match shape {
        Shape::Bytes => true,
        Shape::List(inner) | Shape::Map(inner) | Shape::Optional(inner) | Shape::Nullable(inner) => {
            is_bytes(inner)
        }
        _ => false,
    }
}
