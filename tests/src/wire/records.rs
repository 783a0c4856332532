//! Every decision record that a call answers is one by the published schema, and can be read back; which decisions they
//! were is kept, for the gate that says when the vectors have shown them all.

use alloc::collections::BTreeSet;
use std::sync::{LazyLock, Mutex, PoisonError};

use idjag::record::{CELLS, RecordedDecision, schema};
use serde_json::Value;

use crate::json_schema;

static SCHEMA: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(&schema().to_string()).expect("a schema is JSON"));

/// Role, action and outcome of a decision.
type Decision = [String; 3];

static SEEN: Mutex<BTreeSet<Decision>> = Mutex::new(BTreeSet::new());

/// Checks the record of an envelope, if it has one: what an operation decided, not what was handed to it.
pub(super) fn check(operation: &str, envelope: &Value) {
    let made = if operation == "record.of_revocation" { &envelope["ok"] } else { &envelope["ok"]["record"] };
    let answered = [made, &envelope["err"]["record"]];
    for record in answered.into_iter().filter(|record| !record.is_null()) {
        if let Err(fault) = json_schema::check(&SCHEMA, record) {
            panic!("a record that is none by the schema: {fault}: {record}");
        }
        let read = RecordedDecision::parse(record.to_string().as_bytes());
        let read =
            read.unwrap_or_else(|error| panic!("a record that cannot be read back: {error}: {record}"));
        assert_eq!(read.to_json().to_string().len(), record.to_string().len(), "{record}");
        let text = |name: &str| record[name].as_str().expect("a text").to_owned();
        let decision = [text("role"), text("action"), text("outcome")];
        SEEN.lock().unwrap_or_else(PoisonError::into_inner).insert(decision);
    }
}

/// What keeps the records of all calls so far from having shown every decision there is, and no other.
pub fn gaps() -> Vec<String> {
    let seen = SEEN.lock().unwrap_or_else(PoisonError::into_inner);
    let cells = CELLS.iter().map(|cell| [cell.role.as_str(), cell.action.as_str(), cell.outcome.as_str()]);
    compare(&cells.map(|cell| cell.map(str::to_owned)).collect(), &seen)
}

fn compare(possible: &BTreeSet<Decision>, seen: &BTreeSet<Decision>) -> Vec<String> {
    let missing = possible.difference(seen).map(|cell| format!("no case yields: {}", cell.join(" ")));
    let unknown = seen.difference(possible).map(|cell| format!("not in the table: {}", cell.join(" ")));
    missing.chain(unknown).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gate_can_fail() {
        let set = |cells: &[[&str; 3]]| cells.iter().map(|cell| cell.map(str::to_owned)).collect();
        let one = set(&[["idp", "exchange", "permit"]]);
        assert!(compare(&one, &one).is_empty());
        assert_eq!(compare(&one, &set(&[])), ["no case yields: idp exchange permit"]);
        assert_eq!(compare(&set(&[]), &one), ["not in the table: idp exchange permit"]);
    }
}
