//! The decision records of the run, in the order in which the decisions were made.

use std::sync::{Mutex, MutexGuard, PoisonError};

use idjag::record::{DecisionRecord, RecordedDecision};
use serde_json::Value;

/// An append-only log that every role of the company writes into.
#[derive(Default)]
pub(crate) struct Records {
    log: Mutex<Vec<Value>>,
}

impl Records {
    pub(crate) fn add(&self, record: &DecisionRecord) {
        let record = serde_json::from_str(&record.to_json().to_string());
        self.lock().push(record.expect("a record is JSON"));
    }

    pub(crate) fn all(&self) -> Vec<Value> {
        self.lock().clone()
    }

    /// The log as the library reads it back.
    pub(crate) fn recorded(&self) -> Vec<RecordedDecision> {
        let read = |record: &Value| RecordedDecision::parse(record.to_string().as_bytes());
        self.lock().iter().map(|record| read(record).expect("what was written can be read")).collect()
    }

    /// The latest decision, `Null` before the first.
    pub(crate) fn last(&self) -> Value {
        self.lock().last().cloned().unwrap_or_default()
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Value>> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
