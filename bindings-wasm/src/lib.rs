//! `idjag` for WebAssembly: `idjag::wire` behind one function, text to text.
//!
//! Text is all that crosses: what cannot be read becomes an answer with an error code inside, never a fault between
//! JavaScript and the module, which would leak memory and could leave it unusable.

use std::cell::RefCell;

use idjag::wire::{Begun, Crypto, Table};
use wasm_bindgen::prelude::wasm_bindgen;

thread_local! {
    /// The objects of this instance.
    static TABLE: RefCell<Table> = const { RefCell::new(Table::new(&Crypto::RUST)) };
}

/// One call: the operation's name, the numbers of the objects it uses and one JSON object, a line each; the answer is
/// one JSON object.
#[wasm_bindgen]
#[must_use]
pub fn call(text: &str) -> String {
    match TABLE.with_borrow_mut(|table| table.begin(text)) {
        Begun::Done(answer) => answer,
        Begun::Work(work) => {
            let finished = work.run();
            TABLE.with_borrow_mut(|table| table.finish(finished))
        }
    }
}
