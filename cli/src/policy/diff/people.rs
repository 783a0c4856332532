//! A list of people, with whom a comparison is exact: `[{"subject": "alice", "groups": ["engineering"]}]`.

use alloc::collections::BTreeSet;
use std::path::Path;

use idjag::text::{Group, Subject};
use serde::Deserialize;

use crate::input;
use crate::report::Trouble;

/// Somebody of the company.
pub(super) struct Person {
    pub(super) subject: Subject,
    pub(super) groups: BTreeSet<Group>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    subject: String,
    groups: Vec<String>,
}

/// Reads the list, in which nobody comes twice.
pub(super) fn read(path: &Path) -> Result<Vec<Person>, Trouble> {
    let wrong = |error: String| Trouble(format!("{}: {error}", path.display()));
    let text = input::text(path, super::super::MAX_BYTES)?;
    let written: Vec<Written> = serde_json::from_str(&text).map_err(|error| wrong(error.to_string()))?;
    let mut seen = BTreeSet::new();
    let mut people = Vec::new();
    for Written { subject, groups } in written {
        let twice = || wrong(format!("`{subject}` comes twice"));
        let groups: Result<BTreeSet<Group>, _> = groups.into_iter().map(Group::new).collect();
        let groups = groups.map_err(|error| wrong(error.to_string()))?;
        let subject = Subject::new(subject.clone())
            .map_err(|error| wrong(error.to_string()))
            .and_then(|user| if seen.insert(user.clone()) { Ok(user) } else { Err(twice()) })?;
        people.push(Person { subject, groups });
    }
    match people.is_empty() {
        true => Err(wrong(String::from("there is nobody in it"))),
        false => Ok(people),
    }
}
