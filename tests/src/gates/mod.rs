//! The gates: pure functions that say when the vectors are complete, each with a test that shows how it fails.

pub mod coverage;
pub mod requirements;
pub mod structure;

use alloc::collections::BTreeSet;

use crate::format::{Topic, Verdict, cases};

/// Every registered operation has a valid and an invalid case, and every case a registered operation.
pub fn operations(registered: &[&str], topics: &[Topic]) -> Vec<String> {
    let mut problems = Vec::new();
    for name in registered {
        for verdict in [Verdict::Valid, Verdict::Invalid] {
            let has_case =
                cases(topics).any(|(topic, _, case)| topic.operation == *name && case.result == verdict);
            if !has_case {
                problems.push(format!("operation `{name}` has no {verdict:?} case").to_lowercase());
            }
        }
    }
    let folders: BTreeSet<&str> = topics.iter().map(|topic| topic.operation.as_str()).collect();
    let unknown = folders.into_iter().filter(|folder| !registered.contains(folder));
    problems.extend(unknown.map(|folder| format!("vector folder `{folder}` has no registered operation")));
    problems
}

/// Every error code of the library occurs in a vector, and every code in a vector is one of the library's.
pub fn codes(known: &[&str], topics: &[Topic]) -> Vec<String> {
    let used: BTreeSet<&str> = cases(topics)
        .filter_map(|(_, _, case)| case.error.as_ref())
        .map(|error| error.code.as_str())
        .collect();
    let missing: Vec<&str> = known.iter().filter(|code| !used.contains(**code)).copied().collect();
    let unknown: Vec<&str> = used.into_iter().filter(|code| !known.contains(code)).collect();
    [("error codes in no vector", missing), ("error codes that the library does not have", unknown)]
        .into_iter()
        .filter(|(_, codes)| !codes.is_empty())
        .map(|(problem, codes)| format!("{problem}: {}", codes.join(" ")))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gates::structure::tests::topic;
    use serde_json::json;

    fn both() -> Topic {
        topic(json!([
            {"id": "a.b/t/ok", "result": "valid", "output": 1},
            {"id": "a.b/t/bad", "result": "invalid", "twin": "a.b/t/ok", "error": {"code": "x", "oauth": null}}
        ]))
    }

    #[test]
    fn the_operations_gate_can_fail() {
        assert!(operations(&["a.b"], &[both()]).is_empty());
        assert_eq!(operations(&["a.b"], &[]).len(), 2);
        assert_eq!(operations(&[], &[both()]).len(), 1);
        let only_valid = topic(json!([{"id": "a.b/t/ok", "result": "valid", "output": 1}]));
        assert_eq!(operations(&["a.b"], &[only_valid]), ["operation `a.b` has no invalid case"]);
    }

    #[test]
    fn the_codes_gate_can_fail() {
        assert!(codes(&["x"], &[both()]).is_empty());
        assert_eq!(codes(&["x", "y"], &[both()]), ["error codes in no vector: y"]);
        assert_eq!(codes(&[], &[both()]), ["error codes that the library does not have: x"]);
    }
}
