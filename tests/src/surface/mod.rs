//! What is generated from the shapes of `idjag::wire`: catalogues and type declarations of the bindings, JSON Schema.
//!
//! The rule that turns operations into a public interface is here, once for all languages: see [`Kind`].

mod catalog;
mod json_schema;
mod names;
mod python;
mod records;
mod scripts;
mod test_shapes;
mod typescript;

use std::path::PathBuf;

use idjag::wire::schema::{Described, operations};
use serde_json::Value;

pub use names::{camel, class_of, class_of_slot, function, is_required, is_self, made, message};
pub use records::{Records, is_optional, record_of};

/// How a caller meets an operation.
pub enum Kind {
    /// As the constructor of a class.
    Constructor {
        /// The class.
        class: &'static str,
    },
    /// As a method of the class whose object is in the first slot.
    Method {
        /// The class.
        class: &'static str,
        /// The class of the object that it makes, if it makes one.
        makes: Option<&'static str>,
    },
    /// As a role's steps: a method of the class for the first, an object for each after it.
    Steps {
        /// The class.
        class: &'static str,
        /// The steps in order.
        steps: Vec<&'static str>,
    },
    /// As a method of the object after the last of some steps, which it does not use up.
    Question {
        /// The steps taken.
        steps: Vec<&'static str>,
    },
    /// As a function.
    Function,
}

/// An operation, and how a caller meets it.
pub struct Entry {
    /// The operation.
    pub operation: Described,
    /// How it is met.
    pub kind: Kind,
}

impl Entry {
    /// `noun` of `noun.verb`.
    pub fn noun(&self) -> &'static str {
        self.operation.name.split_once('.').expect("a noun and a verb").0
    }

    /// `verb` of `noun.verb`.
    pub fn verb(&self) -> &'static str {
        self.operation.name.split_once('.').expect("a noun and a verb").1
    }
}

/// Every operation of the bindings.
pub fn entries() -> Vec<Entry> {
    let described = operations();
    let classes: Vec<&str> =
        described.iter().filter(|one| one.makes).filter_map(|one| one.name.strip_suffix(".new")).collect();
    let kind = |operation: &Described| {
        let (noun, verb) = operation.name.split_once('.').expect("a noun and a verb");
        if operation.makes && verb == "new" {
            return Kind::Constructor { class: class_of(noun) };
        }
        let has_self = operation.slots.first().is_some_and(|slot| is_self(noun, slot));
        if !has_self || !classes.contains(&noun) {
            return Kind::Function;
        }
        let class = class_of(noun);
        match steps_of(operation) {
            Some((steps, true)) => Kind::Steps { class, steps },
            Some((steps, false)) => Kind::Question { steps },
            None => Kind::Method { class, makes: operation.makes.then(|| made(operation.name)) },
        }
    };
    described.into_iter().map(|operation| Entry { kind: kind(&operation), operation }).collect()
}

/// The steps that an operation takes after `request`, and whether it takes nothing else.
fn steps_of(operation: &Described) -> Option<(Vec<&'static str>, bool)> {
    let record = record_of(&operation.input)?;
    let members = record.members.iter().skip_while(|member| member.name == "request");
    let steps = members.clone().take_while(|member| record_of(&member.shape).is_some());
    let steps: Vec<&'static str> = steps.map(|member| member.name).collect();
    (steps.first() == Some(&"parse")).then(|| {
        let whole = steps.len() == members.count();
        (steps, whole)
    })
}

/// Every generated file, relative to the root of the checkout, and its text.
pub fn files() -> Vec<(PathBuf, String)> {
    let entries = entries();
    let records = Records::of(&entries);
    let mut files = vec![
        (PathBuf::from("bindings-wasm/js/catalog.mjs"), catalog::text(&entries, &records)),
        (PathBuf::from("bindings-wasm/js/types.d.ts"), typescript::text(&entries, &records)),
        (PathBuf::from("tests/js/shapes.mjs"), test_shapes::text(&entries, &records)),
        (PathBuf::from("docs/wire.schema.json"), json_schema::text(&entries, &records)),
        (PathBuf::from("docs/record.schema.json"), record_schema()),
    ];
    files.extend(python::files());
    files.extend(scripts::files());
    files
}

/// The schema of decision records, as the library has it.
fn record_schema() -> String {
    let schema: Value = serde_json::from_str(&idjag::record::schema().to_string()).expect("a schema is JSON");
    serde_json::to_string_pretty(&schema).expect("JSON") + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operation_with_objects_is_met_in_one_way() {
        let entries = entries();
        let named =
            |name: &str| entries.iter().find(|entry| entry.operation.name == name).expect("an operation");
        assert!(matches!(named("key_set.new").kind, Kind::Constructor { class: "KeySet" }));
        assert!(matches!(named("id_jag.verify").kind, Kind::Function));
        assert!(matches!(named("key_set.public").kind, Kind::Method { class: "KeySet", makes: None }));
        let Kind::Steps { steps, .. } = &named("resource_as.token").kind else { panic!("no steps") };
        assert_eq!(steps, &["parse", "verify", "authorize", "spend", "issue"]);
        let Kind::Question { steps } = &named("resource_server.permits_tools").kind else {
            panic!("no question")
        };
        assert_eq!(steps, &["parse", "verify"]);
    }
}
