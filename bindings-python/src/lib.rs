//! The Python module `idjag._native`: one function, from text to text. Everything else is `python/idjag`.

use std::sync::{Mutex, PoisonError};

use idjag::wire::{Crypto, SharedTable, Table};
use pyo3::prelude::pymodule;

/// What verifies and signs.
#[cfg(feature = "aws-lc")]
static CRYPTO: &Crypto = &idjag_aws_lc::CRYPTO;
#[cfg(not(feature = "aws-lc"))]
static CRYPTO: &Crypto = &Crypto::RUST;

/// The objects of this process.
static TABLE: Mutex<Table> = Mutex::new(Table::new(CRYPTO));

/// The table of this process.
struct Here;

impl SharedTable for Here {
    fn with<R>(&self, ask: impl FnOnce(&mut Table) -> R) -> R {
        // A table is whole between any two of its steps, so a lock that was poisoned is as good as any.
        ask(&mut TABLE.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The module.
#[pymodule(gil_used = false)]
mod _native {
    use idjag::wire;
    use pyo3::{Python, pyfunction};

    use super::Here;

    /// One call as text, its answer as text. Other threads run meanwhile.
    #[pyfunction]
    fn call(py: Python<'_>, text: &str) -> String {
        // The lock is taken only without the interpreter's: the two never wait for each other.
        py.detach(|| wire::call(&Here, text))
    }
}
