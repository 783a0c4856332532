//! The Python module `idjag._native`: one function, from text to text. Everything else is `python/idjag`.

use std::sync::{Mutex, PoisonError};

use idjag::wire::{Begun, Crypto, Table};
use pyo3::prelude::pymodule;

/// What verifies and signs.
#[cfg(feature = "aws-lc")]
static CRYPTO: &Crypto = &idjag_aws_lc::CRYPTO;
#[cfg(not(feature = "aws-lc"))]
static CRYPTO: &Crypto = &Crypto::RUST;

/// The objects of this process.
static TABLE: Mutex<Table> = Mutex::new(Table::new(CRYPTO));

/// One call as text, its answer as text.
fn answer(text: &str) -> String {
    // A table is whole between any two of its steps, so a lock that was poisoned is as good as any.
    let begun = TABLE.lock().unwrap_or_else(PoisonError::into_inner).begin(text);
    match begun {
        Begun::Done(answer) => answer,
        Begun::Work(work) => {
            let finished = work.run();
            TABLE.lock().unwrap_or_else(PoisonError::into_inner).finish(finished)
        }
    }
}

/// The module.
#[pymodule(gil_used = false)]
mod _native {
    use pyo3::{Python, pyfunction};

    /// One call as text, its answer as text. Other threads run meanwhile.
    #[pyfunction]
    fn call(py: Python<'_>, text: &str) -> String {
        // The lock is taken only without the interpreter's: the two never wait for each other.
        py.detach(|| super::answer(text))
    }
}
