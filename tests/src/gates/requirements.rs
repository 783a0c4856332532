//! The project's own list of requirements, `tests/requirements.json`, and its comparison with the shared one.

use alloc::collections::BTreeMap;
use core::ops::Not;
use std::fs;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::paths;

/// One normative statement of a source.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Requirement {
    /// Its id: the source's prefix, a hyphen and a number.
    pub id: String,
    /// `MUST`, `MUST NOT`, `SHOULD`, `SHOULD NOT` or `MAY`.
    pub level: String,
    /// The roles it binds.
    pub role: Vec<String>,
    /// The document and section.
    pub source: String,
    /// Whether a library without I/O can show it.
    pub testable: bool,
    /// Requirements whose tests show this one too.
    #[serde(default)]
    pub same_as: Vec<String>,
}

impl Requirement {
    /// The prefix that names the source, such as `R8725`.
    pub fn prefix(&self) -> &str {
        self.id.rsplit_once('-').map_or(self.id.as_str(), |(prefix, _)| prefix)
    }

    /// Whether the coverage gate asks for it.
    pub fn is_demanded(&self) -> bool {
        self.testable && matches!(self.level.as_str(), "MUST" | "MUST NOT")
    }
}

/// Reads a JSON file of this crate.
pub fn own<T: DeserializeOwned>(file: &str) -> T {
    let text =
        fs::read_to_string(paths::crate_dir().join(file)).unwrap_or_else(|error| panic!("{file}: {error}"));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{file}: {error}"))
}

/// The shared list, when present.
pub fn shared() -> Option<Vec<Requirement>> {
    let text = paths::shared_text("requirements.json")?;
    Some(serde_json::from_str(&text).unwrap_or_else(|error| panic!("the shared requirements.json: {error}")))
}

/// In what the project's list differs from the shared one.
pub fn drift(own: &[Requirement], shared: &[Requirement]) -> Vec<String> {
    let by_id = |list: &[Requirement]| -> BTreeMap<String, Requirement> {
        list.iter().map(|requirement| (requirement.id.clone(), requirement.clone())).collect()
    };
    let (own_by_id, shared_by_id) = (by_id(own), by_id(shared));
    let twice = own.len().ne(&own_by_id.len()).then(|| "an id occurs twice".to_owned());
    let missing = shared_by_id
        .keys()
        .filter(|id| own_by_id.contains_key(*id).not())
        .map(|id| format!("{id} is missing"));
    let changed = own_by_id.iter().filter_map(|(id, requirement)| match shared_by_id.get(id) {
        None => Some(format!("{id} is not in the shared list")),
        Some(shared) => (shared != requirement).then(|| format!("{id} differs from the shared list")),
    });
    twice.into_iter().chain(missing).chain(changed).collect()
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A testable requirement.
    pub(crate) fn requirement(id: &str, level: &str, same_as: &[&str]) -> Requirement {
        Requirement {
            id: id.into(),
            level: level.into(),
            role: Vec::new(),
            source: "source, §1".into(),
            testable: true,
            same_as: same_as.iter().map(|id| (*id).to_owned()).collect(),
        }
    }

    #[test]
    fn the_drift_gate_can_fail() {
        let list = |level| vec![requirement("A-001", "MUST", &[]), requirement("A-002", level, &["A-001"])];
        assert!(drift(&list("MUST"), &list("MUST")).is_empty());
        assert_eq!(drift(&list("MAY"), &list("MUST")), ["A-002 differs from the shared list"]);
        assert_eq!(drift(&list("MUST")[..1], &list("MUST")), ["A-002 is missing"]);
        assert_eq!(drift(&list("MUST"), &list("MUST")[..1]), ["A-002 is not in the shared list"]);
    }

    #[test]
    fn the_own_list_is_readable() {
        let list: Vec<Requirement> = own("requirements.json");
        assert!(list.iter().any(|requirement| requirement.prefix() == "JAG4" && requirement.is_demanded()));
    }
}
