//! `idjag` for WebAssembly: `idjag::wire` behind one function, text to text, and the question that is asked most.
//!
//! Text and numbers are all that crosses: what cannot be read becomes an answer with an error code inside, never a fault
//! between JavaScript and the module, which would leak memory and could leave it unusable.

use std::cell::RefCell;

use idjag::wire::{self, BearerAnswer, BearerQuestion, Crypto, SharedTable, Table};
use wasm_bindgen::prelude::wasm_bindgen;

thread_local! {
    /// The objects of this instance.
    static TABLE: RefCell<Table> = const { RefCell::new(Table::new(&Crypto::RUST)) };
}

/// The table of this instance.
struct Here;

impl SharedTable for Here {
    fn with<R>(&self, ask: impl FnOnce(&mut Table) -> R) -> R {
        TABLE.with_borrow_mut(ask)
    }
}

/// One call: the operation's name, the numbers of the objects it uses and one JSON object, a line each; the answer is
/// one JSON object.
#[wasm_bindgen]
#[must_use]
pub fn call(text: &str) -> String {
    wire::call(&Here, text)
}

/// `resource_server.verify_bearer` as plain arguments: the answer of a call with the number of the token beside it and the
/// record on a second line, or that number alone where the token is known and a number will do. Of `flags`, 1 says that it will, and 2 that there is a context.
#[wasm_bindgen]
#[must_use]
pub fn verify_bearer(
    server: f64,
    keys: f64,
    revocations: f64,
    token: &str,
    context: &str,
    now: f64,
    flags: u32,
) -> String {
    let objects = [server as u64, keys as u64, revocations as u64];
    let (number_will_do, context) = (flags & 1 != 0, (flags & 2 != 0).then_some(context));
    let question = BearerQuestion { objects, token, context, now, number_will_do };
    match wire::verify_bearer_of(&Here, &question) {
        BearerAnswer::Known(number) => number.to_string(),
        BearerAnswer::Told(answer) => answer,
    }
}
