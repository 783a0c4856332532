//! `idjag` for Node.js: `idjag::wire` behind one function, text to text, and the question that is asked most.
//!
//! The JavaScript over it is the one of `bindings-wasm/js`.

use std::cell::RefCell;

use idjag::wire::{self, BearerAnswer, BearerQuestion, Crypto, SharedTable, Table};
use napi::Either;
use napi_derive::napi;

/// What verifies and signs.
#[cfg(feature = "aws-lc")]
static CRYPTO: &Crypto = &idjag_aws_lc::CRYPTO;
#[cfg(not(feature = "aws-lc"))]
static CRYPTO: &Crypto = &Crypto::RUST;

thread_local! {
    /// The objects of this thread. The main thread and each worker have their own, as each has its own instance of the
    /// WebAssembly module: no lock, and what a worker made goes when it ends.
    static TABLE: RefCell<Table> = const { RefCell::new(Table::new(CRYPTO)) };
}

/// The table of this thread.
struct Here;

impl SharedTable for Here {
    fn with<R>(&self, ask: impl FnOnce(&mut Table) -> R) -> R {
        TABLE.with_borrow_mut(ask)
    }
}

/// One call: the operation's name, the numbers of the objects it uses and one JSON object, a line each; the answer is
/// one JSON object.
#[napi(catch_unwind)]
#[must_use]
pub fn call(text: String) -> String {
    wire::call(&Here, &text)
}

/// `resource_server.verify_bearer` as plain arguments: the answer of a call with the number of the token beside it and the
/// record on a second line, or that number alone where the token is known and a number will do.
#[napi(catch_unwind)]
#[must_use]
pub fn verify_bearer(
    server: f64,
    keys: f64,
    revocations: f64,
    token: String,
    context: Option<String>,
    now: f64,
    number_will_do: bool,
) -> Either<f64, String> {
    let objects = [server as u64, keys as u64, revocations as u64];
    let question =
        BearerQuestion { objects, token: &token, context: context.as_deref(), now, number_will_do };
    match wire::verify_bearer_of(&Here, &question) {
        BearerAnswer::Known(number) => Either::A(number as f64),
        BearerAnswer::Told(answer) => Either::B(answer),
    }
}
