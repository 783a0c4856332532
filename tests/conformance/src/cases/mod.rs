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
            assert!(names.insert(case.about.id), "two cases are called {}", case.about.id);
            assert!(!case.about.requirements.is_empty(), "{} shows nothing", case.about.id);
            for id in case.about.requirements {
                assert!(known.contains_key(*id), "{} names {id}, which does not exist", case.about.id);
            }
        }
    }

    #[test]
    fn every_demand_on_such_servers_is_shown_or_it_is_said_why_not() {
        let reasons: Value = serde_json::from_str(include_str!("../../unasked.json")).unwrap();
        let ids = reasons.as_object().unwrap().values().flat_map(|ids| ids.as_array().unwrap());
        let unasked: BTreeSet<&str> = ids.map(|id| id.as_str().unwrap()).collect();
        let shown: BTreeSet<&str> = all().flat_map(|case| case.about.requirements).copied().collect();
        let both: Vec<_> = shown.intersection(&unasked).collect();
        assert!(both.is_empty(), "shown, and said not to be: {both:?}");
        let document: Value = serde_json::from_str(include_str!("../../../requirements.json")).unwrap();
        let demands = document.as_array().unwrap().iter().filter(|entry| {
            let roles = entry["role"].as_array().unwrap();
            let of_such = roles.iter().any(|role| role == "resource_as");
            entry["testable"] == true && entry["level"].as_str().unwrap().starts_with("MUST") && of_such
        });
        let demands: BTreeSet<&str> = demands.map(|entry| entry["id"].as_str().unwrap()).collect();
        let silent: Vec<_> =
            demands.iter().filter(|id| !shown.contains(*id) && !unasked.contains(*id)).collect();
        assert!(silent.is_empty(), "neither shown nor excused: {silent:?}");
        let idle: Vec<_> = unasked.difference(&demands).collect();
        assert!(idle.is_empty(), "excused without need: {idle:?}");
    }

    #[test]
    fn only_what_a_requirement_demands_is_a_must() {
        let known = requirements();
        for case in all().filter(|case| case.about.level == Level::Must) {
            let demanded = case.about.requirements.iter().any(|id| known[*id].starts_with("MUST"));
            assert!(demanded, "{} is no MUST of {:?}", case.about.id, case.about.requirements);
        }
    }
}
