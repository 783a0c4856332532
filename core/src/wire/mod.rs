//! JSON in, JSON out: what every binding exports, and all that it exports.
//!
//! A binding owns one [`Table`], made with the [`Crypto`] of its choice, behind a lock and passes text through: a call is three lines, the operation's name, the
//! numbers of the objects it uses and one JSON object; the answer is one JSON object, `{"ok": …}` or `{"err": …}`, and
//! `"handle"` where the operation made an object. Input that is malformed in any way is an `err` with a code; nothing a
//! caller passes can panic, and no `err` holds text from inside a token.
//!
//! Objects (a configured role, a policy, a key set) live in the table under numbers that are never used twice. What a
//! role knows between its steps does not: each step of a role is a call that starts from the request again and takes
//! every step before it, so that no caller can hand in a conclusion instead of the evidence.

// A build for a resource server alone does not use all of what the operations share; the linker drops it.
#![cfg_attr(not(feature = "wire"), allow(dead_code, unused_imports))]

mod answer;
mod client;
mod crypto;
mod declare;
mod documents;
mod envelope;
mod errors;
mod fault;
mod handle;
mod operation;
mod policy;
mod read;
#[cfg(feature = "wire")]
mod records;
mod remembered;
mod roles;
mod shared;
mod state;
mod table;
mod tokens;
mod write;

#[cfg(feature = "schema")]
pub mod schema;

pub use crypto::Crypto;
pub use roles::{BearerAnswer, BearerQuestion, verify_bearer_of};
pub use table::{SharedTable, Table, call};

use operation::Operation;

/// The operations, a list for each file that holds some; without the feature `wire`, those of a resource server.
const OPERATIONS: &[&[Operation]] = &[
    #[cfg(feature = "wire")]
    policy::OPERATIONS,
    state::REPLAY,
    state::REVOCATIONS,
    state::RECEIVING,
    #[cfg(feature = "wire")]
    state::REVOCATION_UPDATES,
    #[cfg(feature = "wire")]
    state::KEY_SET_CACHE,
    #[cfg(feature = "wire")]
    state::DISCOVERY,
    #[cfg(feature = "wire")]
    state::CLIENT_DOCUMENTS,
    #[cfg(feature = "wire")]
    errors::OPERATIONS,
    tokens::KEYS,
    #[cfg(feature = "wire")]
    tokens::SIGNING_KEYS,
    #[cfg(feature = "wire")]
    tokens::ID_JAG,
    #[cfg(feature = "wire")]
    tokens::ACCESS_TOKEN,
    #[cfg(feature = "wire")]
    tokens::ID_TOKEN,
    #[cfg(feature = "wire")]
    tokens::CLIENT_ASSERTION,
    #[cfg(feature = "wire")]
    tokens::DPOP,
    #[cfg(feature = "wire")]
    tokens::ACTOR_TOKEN,
    #[cfg(feature = "wire")]
    tokens::JWS,
    #[cfg(feature = "wire")]
    tokens::SUBJECT,
    #[cfg(feature = "wire")]
    roles::IDP,
    #[cfg(feature = "wire")]
    documents::SERVER,
    #[cfg(feature = "wire")]
    documents::RESOURCE,
    #[cfg(feature = "wire")]
    documents::CHALLENGE,
    #[cfg(feature = "wire")]
    documents::CLIENT,
    #[cfg(feature = "wire")]
    documents::PLANNING,
    #[cfg(feature = "wire")]
    roles::RESOURCE_AS,
    #[cfg(feature = "wire")]
    roles::REVOCATION,
    roles::RESOURCE_SERVER,
    #[cfg(feature = "wire")]
    records::OPERATIONS,
    #[cfg(feature = "wire")]
    client::PAIRS,
    #[cfg(feature = "wire")]
    client::CLIENT,
    #[cfg(feature = "wire")]
    client::CONNECTION,
    #[cfg(feature = "wire")]
    client::DOWNSCOPE,
];
