//! The operations that the vectors exercise, by name: one adapter each from a vector's JSON to the library's types.

mod jws;

use idjag::Error;
use idjag::crypto::rustcrypto::PROVIDER;
use idjag::crypto::{Algorithm, Algorithms};

use crate::format::Failure;
use crate::run::Registry;

/// Every operation. A folder of `tests/vectors` without an entry here fails, and so does an entry without vectors.
pub const OPERATIONS: &Registry = &[("jws.verify", jws::verify)];

/// A refusal that no OAuth response carries: of an operation below the protocol, or of the caller's own doing.
fn locally(error: Error) -> Failure {
    Failure { code: error.code().as_str().into(), oauth: None }
}

/// The allow-list of the algorithms that a vector names.
fn algorithms(names: &[String]) -> Algorithms {
    let named = |name: &String| Algorithm::from_name(name).unwrap_or_else(|| panic!("no algorithm `{name}`"));
    PROVIDER.allow(&names.iter().map(named).collect::<Vec<_>>()).expect("algorithms of the provider")
}
