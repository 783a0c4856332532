//! The operations that the vectors exercise, by name: one adapter each from a vector's JSON to the library's types.

mod jws;
mod roles;

use idjag::Error;
use idjag::crypto::rustcrypto::PROVIDER;
use idjag::crypto::{Algorithm, Algorithms};

use crate::format::Failure;
use crate::run::Registry;

/// Every operation. A folder of `tests/vectors` without an entry here fails, and so does an entry without vectors.
pub const OPERATIONS: &Registry = &[
    ("idp.response", roles::idp_response),
    ("idp.token_exchange", roles::token_exchange),
    ("jws.verify", jws::verify),
    ("resource_as.response", roles::resource_as_response),
    ("resource_as.token", roles::token),
    ("resource_server.access", roles::access),
    ("resource_server.metadata", roles::metadata),
    ("resource_server.response", roles::resource_server_response),
];

/// A refusal that no OAuth response carries: of an operation below the protocol, or of the caller's own doing.
fn locally(error: Error) -> Failure {
    Failure { code: error.code().as_str().into(), oauth: None }
}

/// The allow-list of the algorithms that a vector names.
fn algorithms(names: &[String]) -> Algorithms {
    let named = |name: &String| Algorithm::from_name(name).unwrap_or_else(|| panic!("no algorithm `{name}`"));
    PROVIDER.allow(&names.iter().map(named).collect::<Vec<_>>()).expect("algorithms of the provider")
}
