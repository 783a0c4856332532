//! The Python module `idjag._native`: one function from text to text, and the question that is asked most. Everything else is
//! `python/idjag`.

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
    use idjag::wire::{self, BearerAnswer, BearerQuestion};
    use pyo3::{IntoPyObject, Python, pyfunction};

    use super::Here;

    /// One call as text, its answer as text. Other threads run meanwhile.
    #[pyfunction]
    fn call(py: Python<'_>, text: &str) -> String {
        // The lock is taken only without the interpreter's: the two never wait for each other.
        py.detach(|| wire::call(&Here, text))
    }

    #[derive(IntoPyObject)]
    enum Answer {
        Known(u64),
        Told(String),
    }

    /// `resource_server.verify_bearer` as plain arguments: the answer of a call with the number of the token beside it and
    /// the record on a second line, or that number alone where the token is known and a number will do.
    #[pyfunction]
    fn verify_bearer(
        py: Python<'_>,
        objects: (u64, u64, u64),
        token: &str,
        context: Option<&str>,
        now: f64,
        number_will_do: bool,
    ) -> Answer {
        let question = BearerQuestion { objects: objects.into(), token, context, now, number_will_do };
        match py.detach(|| wire::verify_bearer_of(&Here, &question)) {
            BearerAnswer::Known(number) => Answer::Known(number),
            BearerAnswer::Told(answer) => Answer::Told(answer),
        }
    }
}
