//! The runner of the Rust surface: calls the library for every vector and compares the whole outcome.

use core::panic::AssertUnwindSafe;
use std::panic::catch_unwind;

use serde_json::Value;

use crate::format::{Case, Config, Failure, Input, Keys, Topic, Verdict, cases};
use crate::report::{Tally, difference};

/// What an operation made of its input.
pub type Outcome = Result<Value, Failure>;

/// One operation of the library, as the vectors call it: `(config, keys, now, input)`.
pub type Operation = fn(&Config, &Keys, u64, &Input) -> Outcome;

/// The operations by name, as listed in [`crate::operations`].
pub type Registry = [(&'static str, Operation)];

/// The operation named `name`.
pub fn operation(registry: &Registry, name: &str) -> Option<Operation> {
    registry.iter().find(|(known, _)| *known == name).map(|(_, operation)| *operation)
}

/// Runs every case whose id contains `filter`.
pub fn run(registry: &Registry, topics: &[Topic], filter: &str) -> Tally {
    let mut tally = Tally::default();
    for (topic, group, case) in cases(topics).filter(|(_, _, case)| case.id.contains(filter)) {
        let result = match operation(registry, &topic.operation) {
            Some(operation) => judge(case, || operation(&group.config, &group.keys, case.now, &case.input)),
            None => Err(format!("no operation `{}` is registered", topic.operation)),
        };
        tally.count(&case.id, result);
    }
    tally
}

/// Calls the operation and says in what its outcome is not the expected one; a panic is an outcome too.
fn judge(case: &Case, call: impl FnOnce() -> Outcome) -> Result<(), String> {
    let outcome = catch_unwind(AssertUnwindSafe(call)).map_err(|_| "the operation panicked")?;
    match (case.result, outcome) {
        (Verdict::Valid, Ok(output)) => {
            let differences = difference(case.output.as_ref().unwrap_or(&Value::Null), &output);
            if differences.is_empty() { Ok(()) } else { Err(format!("another output\n{differences}")) }
        }
        (Verdict::Valid, Err(failure)) => Err(format!("refused with {failure:?}")),
        (Verdict::Invalid, Ok(output)) => Err(format!("accepted with {output}")),
        (Verdict::Invalid, Err(failure)) if Some(&failure) == case.error.as_ref() => Ok(()),
        (Verdict::Invalid, Err(failure)) => Err(format!("expected {:?}, got {failure:?}", case.error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn case(rest: Value) -> Case {
        let mut case = json!({"id": "a.b/t/x", "comment": "", "spec": "", "req": [], "now": 1, "input": 1});
        case.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
        serde_json::from_value(case).unwrap()
    }

    fn refusal(code: &str) -> Outcome {
        Err(Failure { code: code.into(), oauth: None })
    }

    #[test]
    fn compares_the_whole_output() {
        let case = case(json!({"result": "valid", "output": {"a": 1}}));
        assert_eq!(judge(&case, || Ok(json!({"a": 1}))), Ok(()));
        assert!(judge(&case, || Ok(json!({"a": 1, "b": 2}))).is_err());
        assert!(judge(&case, || refusal("x")).is_err());
        assert!(judge(&case, || panic!("expected by this test")).is_err());
    }

    #[test]
    fn compares_code_and_oauth_error() {
        let case = case(json!({"result": "invalid", "error": {"code": "x", "oauth": null}}));
        assert_eq!(judge(&case, || refusal("x")), Ok(()));
        assert!(judge(&case, || refusal("y")).is_err());
        assert!(judge(&case, || Err(Failure { code: "x".into(), oauth: Some("z".into()) })).is_err());
        assert!(judge(&case, || Ok(json!(1))).is_err());
    }
}
