//! JSON in, JSON out: what every binding exports, and all that it exports.
//!
//! A binding owns one [`Table`] behind a lock and passes text through: a call is three lines, the operation's name, the
//! numbers of the objects it uses and one JSON object; the answer is one JSON object, `{"ok": …}` or `{"err": …}`, and
//! `"handle"` where the operation made an object. Input that is malformed in any way is an `err` with a code; nothing a
//! caller passes can panic, and no `err` holds text from inside a token.
//!
//! Objects (a configured role, a policy, a key set) live in the table under numbers that are never used twice. What a
//! role knows between its steps does not: each step of a role is a call that starts from the request again and takes
//! every step before it, so that no caller can hand in a conclusion instead of the evidence.

mod answer;
mod client;
mod documents;
mod envelope;
mod errors;
mod fault;
mod handle;
mod operation;
mod policy;
mod read;
mod remembered;
mod roles;
mod shared;
mod state;
mod table;
mod tokens;
mod write;

#[cfg(feature = "schema")]
pub mod schema;

pub use table::{Begun, Finished, Table, Work};

use operation::Operation;

/// The operations, a list for each file that holds some.
const OPERATIONS: &[&[Operation]] = &[
    policy::OPERATIONS,
    state::REPLAY,
    state::KEY_SET_CACHE,
    state::DISCOVERY,
    errors::OPERATIONS,
    tokens::KEYS,
    tokens::ID_JAG,
    tokens::ACCESS_TOKEN,
    tokens::ID_TOKEN,
    tokens::CLIENT_ASSERTION,
    tokens::DPOP,
    tokens::ACTOR_TOKEN,
    tokens::JWS,
    tokens::SUBJECT,
    roles::IDP,
    documents::SERVER,
    documents::RESOURCE,
    documents::CHALLENGE,
    documents::CLIENT,
    documents::PLANNING,
    roles::RESOURCE_AS,
    roles::RESOURCE_SERVER,
    client::PAIRS,
    client::CLIENT,
    client::CONNECTION,
];
