//! The table of error codes.

use alloc::vec::Vec;

use super::fault::Fault;
use super::handle::Held;
use super::operation::{Operation, operations};
use super::tokens::keys::Nothing;
use super::write::output;
use crate::error::{ErrorCode, Wire};

pub(in crate::wire) const OPERATIONS: &[Operation] = operations! {
    /// Every error code, in the order of the table.
    Pure "error_code.list" [] list: Nothing => ErrorCodes;
};

output! {
    /// The error codes.
    pub(in crate::wire) struct ErrorCodes {
        /// The codes.
        codes: Vec<ErrorCodeEntry>,
    }
}

output! {
    /// An error code.
    pub(in crate::wire) struct ErrorCodeEntry {
        /// The code.
        code: &'static str,
        /// One sentence, safe to show to anybody.
        sentence: &'static str,
        /// What a token endpoint answers: an OAuth error, or `of_token` for the one of the kind of token at fault. Left
        /// out where nobody remote is told.
        at_token_endpoint: Option<&'static str>,
        /// What a protected resource answers, likewise.
        at_resource: Option<&'static str>,
    }
}

fn list(_: Nothing, _: &Held) -> Result<ErrorCodes, Fault> {
    let entry = |code: &ErrorCode| ErrorCodeEntry {
        code: code.as_str(),
        sentence: code.sentence(),
        at_token_endpoint: on_the_wire(code.at_token_endpoint()),
        at_resource: on_the_wire(code.at_resource()),
    };
    Ok(ErrorCodes { codes: ErrorCode::ALL.iter().map(entry).collect() })
}

const fn on_the_wire(wire: Wire) -> Option<&'static str> {
    match wire {
        Wire::Is(error) => Some(error.as_str()),
        Wire::OfToken => Some("of_token"),
        Wire::Local => None,
    }
}
