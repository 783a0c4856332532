//! `idjag` for Node.js: `idjag::wire` behind one function, text to text.
//!
//! The JavaScript over it is the one of `bindings-wasm/js`.

use std::cell::RefCell;

use idjag::wire::{Begun, Crypto, Table};
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

/// One call: the operation's name, the numbers of the objects it uses and one JSON object, a line each; the answer is
/// one JSON object.
#[napi(catch_unwind)]
#[must_use]
pub fn call(text: String) -> String {
    match TABLE.with_borrow_mut(|table| table.begin(&text)) {
        Begun::Done(answer) => answer,
        Begun::Work(work) => {
            let finished = work.run();
            TABLE.with_borrow_mut(|table| table.finish(finished))
        }
    }
}
