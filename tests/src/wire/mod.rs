//! The same operations through `idjag::wire`, text in and text out: what every binding for another language does.
//!
//! An adapter turns a vector into calls and nothing else. `tests/js/operations.mjs` and
//! `tests/python/operations.py` are the same adapters over the packages.

mod caller;
pub(crate) mod calls;
mod client;
mod connection;
mod documents;
mod exchanges;
mod grants;
mod machines;
mod plain;
mod policy;
pub mod records;
mod replay;
mod resource;
mod role;
mod shapes;
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
    "authorization_response.check_issuer" => plain::plain;
    "authorization_server_metadata.build" => documents::built;
    "authorization_server_metadata.read" => documents::read;
    "challenge.build" => documents::built;
    "challenge.parse" => documents::read;
    "client.connection" => connection::run;
    "client.exchange_request" => client::exchange_request;
    "client.exchange_response" => client::exchange_response;
    "client.grant_request" => client::grant_request;
    "client.grant_response" => client::grant_response;
    "client.read_answer" => client::read_answer;
    "client.use_token" => client::use_token;
    "client_assertion.sign" => plain::signed;
    "client_assertion.verify" => tokens::client_assertion;
    "client_document.read" => documents::read;
    "client_documents.run" => machines::client_documents;
    "client_id_url.parse" => plain::plain;
    "client_metadata.build" => documents::client_metadata;
    "discovery.run" => machines::discovery;
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
    "key_set_cache.run" => machines::key_set_cache;
    "policy.check" => policy::check;
    "policy.compile" => policy::compile;
    "policy.evaluate" => policy::ask;
    "policy.explain" => policy::ask;
    "policy.withdrawals" => policy::withdrawals;
    "protected_resource_metadata.build" => documents::built;
    "protected_resource_metadata.read" => documents::read;
    "record.of_revocation" => plain::timed;
    "record.read" => plain::plain;
    "record.to_ocsf" => plain::plain;
    "records.chain" => plain::plain;
    "records.connections" => plain::timed;
    "registration.plan" => documents::registration;
    "replay.first_use" => replay::first_use;
    "resource_as.response" => grants::response;
    "resource_as.revocation" => grants::revocation;
    "resource_as.token" => grants::token;
    "resource_server.access" => resource::access;
    "resource_server.bearer" => resource::bearer;
    "resource_server.metadata" => resource::metadata;
    "resource_server.response" => resource::response;
    "revocation_list.run" => machines::revocation_list;
    "saml_nameid.match" => plain::plain;
    "scope.select" => documents::scopes;
    "well_known.urls" => plain::plain;
    "wire.call" => calls::run;
};
