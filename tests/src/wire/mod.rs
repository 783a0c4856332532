//! The same operations through `idjag::wire`, text in and text out: what every binding for another language does.
//!
//! An adapter turns a vector into calls and nothing else. `tests/js/operations.mjs` and
//! `tests/python/operations.py` are the same adapters over the packages.

mod caller;
mod client;
mod connection;
mod exchanges;
mod grants;
mod plain;
mod policy;
mod replay;
mod resource;
mod role;
mod tokens;

use crate::run::Registry;

macro_rules! adapters {
    ($($operation:literal => $adapter:path;)*) => {
        &[$(($operation, |config, keys, now, input| $adapter($operation, config, keys, now, input))),*]
    };
}

/// Every operation, as in [`crate::operations::OPERATIONS`].
pub const OPERATIONS: &Registry = adapters! {
    "access_token.sign" => plain::signed;
    "access_token.verify" => plain::with_keys;
    "actor_token.verify" => plain::with_keys;
    "client.connection" => connection::run;
    "client.exchange_request" => client::exchange_request;
    "client.exchange_response" => client::exchange_response;
    "client.grant_request" => client::grant_request;
    "client.grant_response" => client::grant_response;
    "client.read_answer" => client::read_answer;
    "client.use_token" => client::use_token;
    "client_assertion.sign" => plain::signed;
    "client_assertion.verify" => tokens::client_assertion;
    "dpop.sign" => tokens::dpop_proof;
    "dpop.verify" => plain::timed;
    "id_jag.sign" => plain::signed;
    "id_jag.verify" => plain::with_keys;
    "id_token.sign" => plain::signed;
    "id_token.verify" => plain::with_keys;
    "idp.response" => exchanges::response;
    "idp.token_exchange" => exchanges::token_exchange;
    "jwk.thumbprint" => plain::plain;
    "jwks.parse" => plain::plain;
    "jws.attach" => tokens::attach;
    "jws.verify" => tokens::jws;
    "policy.check" => policy::check;
    "policy.compile" => policy::compile;
    "policy.evaluate" => policy::ask;
    "policy.explain" => policy::ask;
    "replay.first_use" => replay::first_use;
    "resource_as.response" => grants::response;
    "resource_as.token" => grants::token;
    "resource_server.access" => resource::access;
    "resource_server.metadata" => resource::metadata;
    "resource_server.response" => resource::response;
    "saml_nameid.match" => plain::plain;
};
