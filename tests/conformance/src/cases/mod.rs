//! Every case, in the order in which they run.

mod binding;
mod claims;
mod client;
mod dpop;
mod encoding;
mod header;
mod metadata;
mod refusal;
mod replay;
mod request;
mod response;
mod rotation;
mod target;

use crate::case::Case;

/// The topics. What exchanges the issuer's keys comes last.
const TOPICS: &[&[Case]] = &[
    metadata::CASES,
    response::CASES,
    client::CASES,
    header::CASES,
    encoding::CASES,
    claims::CASES,
    binding::CASES,
    target::CASES,
    dpop::CASES,
    request::CASES,
    refusal::CASES,
    replay::CASES,
    rotation::CASES,
];

/// All of them.
pub(crate) fn all() -> impl Iterator<Item = &'static Case> {
    TOPICS.iter().copied().flatten()
}

#[cfg(test)]
mod tests {
    use alloc::collections::{BTreeMap, BTreeSet};

    use serde_json::Value;

    use super::*;
    use crate::case::Level;

    fn requirements() -> BTreeMap<String, String> {
        let document: Value = serde_json::from_str(include_str!("../../../requirements.json")).unwrap();
        let of = |entry: &Value, name: &str| entry[name].as_str().unwrap().to_owned();
        document.as_array().unwrap().iter().map(|entry| (of(entry, "id"), of(entry, "level"))).collect()
    }

    #[test]
    fn each_has_a_name_of_its_own_and_requirements_that_exist() {
        let known = requirements();
        let mut names = BTreeSet::new();
        for case in all() {
            assert!(names.insert(case.id), "two cases are called {}", case.id);
            assert!(!case.requirements.is_empty(), "{} shows nothing", case.id);
            for id in case.requirements {
                assert!(known.contains_key(*id), "{} names {id}, which does not exist", case.id);
            }
        }
    }

    #[test]
    fn only_what_a_requirement_demands_is_a_must() {
        let known = requirements();
        for case in all().filter(|case| case.level == Level::Must) {
            let demanded = case.requirements.iter().any(|id| known[*id].starts_with("MUST"));
            assert!(demanded, "{} is no MUST of {:?}", case.id, case.requirements);
        }
    }
}
