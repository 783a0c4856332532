//! The decision records of the run, in the order in which the decisions were made.

use alloc::sync::Arc;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::Value;

/// An append-only log that every role of the company writes into.
#[derive(Clone, Default)]
pub(crate) struct Records {
    log: Arc<Mutex<Vec<Value>>>,
}

impl Records {
    pub(crate) fn add(&self, record: Value) {
        self.lock().push(record);
    }

    pub(crate) fn all(&self) -> Vec<Value> {
        self.lock().clone()
    }

    /// The latest decision, `Null` before the first.
    pub(crate) fn last(&self) -> Value {
        self.lock().last().cloned().unwrap_or_default()
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Value>> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
