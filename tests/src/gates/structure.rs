//! The structure gate: ids, twins and claims of the vectors are sound, and an invalid case differs in one thing.

use alloc::collections::BTreeMap;

use crate::format::{Case, Group, Topic, Verdict, cases};
use crate::one_thing;

/// More requirements than this cannot be shown by one case.
const MAX_REQUIREMENTS: usize = 3;

/// What is wrong with the vectors, one line per case; `known` says which requirement ids exist.
pub fn structure(topics: &[Topic], known: impl Fn(&str) -> bool) -> Vec<String> {
    let mut by_id: BTreeMap<&str, (&Topic, &Group, &Case)> = BTreeMap::new();
    let mut problems = Vec::new();
    for (topic, group, case) in cases(topics) {
        if by_id.insert(&case.id, (topic, group, case)).is_some() {
            problems.push(format!("{}: the id occurs twice", case.id));
        }
    }
    for (topic, group, case) in cases(topics) {
        let twin = case.twin.as_deref().and_then(|id| by_id.get(id)).copied();
        let checks = [
            id(topic, case),
            requirements(case, &known),
            members(case),
            comparison(topic, group, case, twin),
        ];
        problems.extend(
            checks.into_iter().filter_map(Result::err).map(|problem| format!("{}: {problem}", case.id)),
        );
    }
    problems
}

/// The number of cases that declare more than one difference.
pub fn declared_differences(topics: &[Topic]) -> usize {
    cases(topics).filter(|(_, _, case)| case.differs.is_some()).count()
}

/// Whether `name` can be the last part of a case's id.
pub fn is_case_name(name: &str) -> bool {
    !name.is_empty()
        && name.split('-').all(|word| !word.is_empty() && word.chars().all(|c| c.is_ascii_alphanumeric()))
}

fn id(topic: &Topic, case: &Case) -> Result<(), String> {
    let prefix = format!("{}/{}/", topic.operation, topic.topic);
    match case.id.strip_prefix(&prefix) {
        Some(name) if is_case_name(name) => Ok(()),
        _ => Err(format!("the id is not `{prefix}` and a name in kebab-case")),
    }
}

fn requirements(case: &Case, known: impl Fn(&str) -> bool) -> Result<(), String> {
    if case.req.len() > MAX_REQUIREMENTS {
        return Err(format!("claims more than {MAX_REQUIREMENTS} requirements"));
    }
    match case.req.iter().enumerate().find(|(at, id)| !known(id) || case.req[..*at].contains(id)) {
        Some((_, id)) => Err(format!("claims `{id}`, which is unknown or claimed twice")),
        None => Ok(()),
    }
}

fn members(case: &Case) -> Result<(), String> {
    let (output, error, twin) = (case.output.is_some(), case.error.is_some(), case.twin.is_some());
    match case.result {
        Verdict::Valid if !output || error || twin || case.differs.is_some() => {
            Err("a valid case has an `output` and neither `error`, `twin` nor `differs`".into())
        }
        Verdict::Invalid if output || !error || !twin => {
            Err("an invalid case has an `error` and a `twin` and no `output`".into())
        }
        _ => Ok(()),
    }
}

fn comparison(
    topic: &Topic,
    group: &Group,
    case: &Case,
    twin: Option<(&Topic, &Group, &Case)>,
) -> Result<(), String> {
    match (case.result, twin) {
        (Verdict::Valid, _) => Ok(()),
        (Verdict::Invalid, Some((twin_topic, twin_group, twin)))
            if twin.result == Verdict::Valid && twin_topic.operation == topic.operation =>
        {
            one_thing::check(group, case, twin_group, twin)
        }
        (Verdict::Invalid, _) => Err("the twin is not a valid case of the same operation".into()),
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use serde_json::{Value, json};

    /// The topic `a.b/t` with these cases; members that a case leaves out are filled in.
    pub(crate) fn topic(tests: Value) -> Topic {
        let complete = |test: &Value| {
            let mut case = json!({"comment": "", "spec": "", "req": [], "now": 1, "input": test["id"]});
            case.as_object_mut().unwrap().extend(test.as_object().unwrap().clone());
            case
        };
        let tests: Vec<Value> = tests.as_array().unwrap().iter().map(complete).collect();
        let group = json!({"comment": "", "config": {}, "keys": {}, "tests": tests});
        serde_json::from_value(json!({"operation": "a.b", "topic": "t", "groups": [group]})).unwrap()
    }

    fn problems(tests: Value) -> Vec<String> {
        structure(&[topic(tests)], |id| id == "R-001")
    }

    fn valid(id: &str) -> Value {
        json!({"id": id, "result": "valid", "output": 1})
    }

    #[test]
    fn a_sound_pair_passes() {
        let error = json!({"code": "x", "oauth": null});
        let invalid = json!({"id": "a.b/t/y", "req": ["R-001"], "result": "invalid", "twin": "a.b/t/x", "error": error});
        assert!(problems(json!([valid("a.b/t/x"), invalid])).is_empty());
    }

    #[test]
    fn ids_must_be_unique_and_name_their_file() {
        assert_eq!(problems(json!([valid("a.b/t/x"), valid("a.b/t/x")])).len(), 1);
        assert_eq!(problems(json!([valid("a.b/u/x")])).len(), 1);
        assert_eq!(problems(json!([valid("a.b/t/not kebab")])).len(), 1);
        assert_eq!(problems(json!([valid("a.b/t/x--y")])).len(), 1);
    }

    #[test]
    fn claims_must_be_known_few_and_different() {
        for req in [json!(["R-002"]), json!(["R-001", "R-001"]), json!(["a", "b", "c", "d"])] {
            let case = json!({"id": "a.b/t/x", "req": req, "result": "valid", "output": 1});
            assert_eq!(problems(json!([case])).len(), 1);
        }
    }

    #[test]
    fn the_members_must_fit_the_result() {
        assert_eq!(problems(json!([{"id": "a.b/t/x", "result": "valid"}])).len(), 1);
        let both =
            json!({"id": "a.b/t/x", "result": "valid", "output": 1, "error": {"code": "x", "oauth": null}});
        assert_eq!(problems(json!([both])).len(), 1);
    }

    #[test]
    fn the_twin_must_be_valid_and_differ_in_one_thing() {
        let invalid = |twin: &str, input: Value| {
            let error = json!({"code": "x", "oauth": null});
            json!({"id": "a.b/t/y", "result": "invalid", "twin": twin, "error": error, "input": input})
        };
        let twin = json!({"id": "a.b/t/x", "result": "valid", "output": 1, "input": {"p": 1, "q": 1}});
        assert!(problems(json!([twin, invalid("a.b/t/x", json!({"p": 2, "q": 1}))])).is_empty());
        assert_eq!(problems(json!([twin, invalid("a.b/t/x", json!({"p": 2, "q": 2}))])).len(), 1);
        assert_eq!(problems(json!([twin, invalid("a.b/t/y", json!({"p": 2, "q": 1}))])).len(), 1);
        assert_eq!(problems(json!([twin, invalid("a.b/t/z", json!({"p": 2, "q": 1}))])).len(), 1);
    }
}
