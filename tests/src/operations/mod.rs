//! The operations that the vectors exercise, by name: one adapter each from a vector's JSON to the library's types.

mod challenge;
mod client;
mod client_answer;
mod client_metadata;
mod client_tools;
mod connection;
mod discovery;
mod http;
mod jws;
mod key_set_cache;
mod metadata;
mod policy;

use idjag::Error;
use idjag::crypto::rustcrypto::PROVIDER;
use idjag::crypto::{Algorithm, Algorithms};

use crate::format::Failure;
use crate::run::Registry;

/// Every operation. A folder of `tests/vectors` without an entry here fails, and so does an entry without vectors.
pub const OPERATIONS: &Registry = &[
    ("authorization_response.check_issuer", discovery::check_issuer),
    ("authorization_server_metadata.build", metadata::build_server),
    ("authorization_server_metadata.read", metadata::read_server),
    ("challenge.build", challenge::build),
    ("challenge.parse", challenge::parse),
    ("client.connection", connection::run),
    ("client.exchange_request", client::exchange_request),
    ("client.exchange_response", client::exchange_response),
    ("client.grant_request", client::grant_request),
    ("client.grant_response", client::grant_response),
    ("client.read_answer", client_answer::read_answer),
    ("client.use_token", client::use_token),
    ("client_document.read", client_metadata::read),
    ("client_id_url.parse", client_metadata::parse_url),
    ("client_metadata.build", client_metadata::build),
    ("discovery.run", discovery::run),
    ("jws.verify", jws::verify),
    ("key_set_cache.run", key_set_cache::run),
    ("policy.check", policy::check),
    ("policy.compile", policy::compile),
    ("policy.evaluate", policy::evaluate),
    ("policy.explain", policy::explain),
    ("protected_resource_metadata.build", metadata::build_resource),
    ("protected_resource_metadata.read", metadata::read_resource),
    ("registration.plan", discovery::plan),
    ("scope.select", discovery::select),
    ("well_known.urls", discovery::urls),
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
