//! The operations that the vectors exercise, by name: one adapter each from a vector's JSON to the library's types.

mod access_token;
mod actor_token;
mod challenge;
mod client;
mod client_answer;
mod client_assertion;
mod client_documents;
mod client_metadata;
mod client_tools;
mod connection;
mod discovery;
mod dpop;
mod http;
mod id_jag;
mod id_token;
mod jwks;
mod jws;
mod key_set_cache;
mod metadata;
mod policy;
mod policy_withdrawals;
mod records;
mod replay;
mod revocation_list;
mod roles;
mod saml_nameid;
mod settings;
mod signing;

pub(crate) use client_tools::{opened_message, page, without_token_id};

use core::fmt::Display;

use idjag::Error;
use idjag::error::Wire;
use idjag::replay::ReplayKey;
use serde_json::{Value, json};

use crate::format::Failure;
use crate::run::Registry;
use crate::wire::calls;

/// Every operation. A folder of `tests/vectors` without an entry here fails, and so does an entry without vectors.
pub const OPERATIONS: &Registry = &[
    ("access_token.sign", access_token::sign),
    ("access_token.verify", access_token::verify),
    ("actor_token.verify", actor_token::verify),
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
    ("client_assertion.sign", client_assertion::sign),
    ("client_assertion.verify", client_assertion::verify),
    ("client_document.read", client_metadata::read),
    ("client_documents.run", client_documents::run),
    ("client_id_url.parse", client_metadata::parse_url),
    ("client_metadata.build", client_metadata::build),
    ("discovery.run", discovery::run),
    ("dpop.sign", dpop::sign),
    ("dpop.verify", dpop::verify),
    ("id_jag.sign", id_jag::sign),
    ("id_jag.verify", id_jag::verify),
    ("id_token.sign", id_token::sign),
    ("id_token.verify", id_token::verify),
    ("idp.response", roles::idp_response),
    ("idp.token_exchange", roles::token_exchange),
    ("jwk.thumbprint", jwks::thumbprint),
    ("jwks.parse", jwks::parse),
    ("jws.attach", jws::attach),
    ("jws.verify", jws::verify),
    ("key_set_cache.run", key_set_cache::run),
    ("policy.check", policy::check),
    ("policy.compile", policy::compile),
    ("policy.evaluate", policy::evaluate),
    ("policy.explain", policy::explain),
    ("policy.withdrawals", policy_withdrawals::run),
    ("protected_resource_metadata.build", metadata::build_resource),
    ("protected_resource_metadata.read", metadata::read_resource),
    ("record.of_revocation", records::of_revocation),
    ("record.read", records::read),
    ("record.to_ocsf", records::event),
    ("records.chain", records::chain),
    ("records.connections", records::connections),
    ("registration.plan", discovery::plan),
    ("replay.first_use", replay::first_use),
    ("resource_as.response", roles::resource_as_response),
    ("resource_as.revocation", roles::revocation),
    ("resource_as.token", roles::token),
    ("resource_server.access", roles::access),
    ("resource_server.bearer", roles::bearer),
    ("resource_server.metadata", roles::metadata),
    ("resource_server.response", roles::resource_server_response),
    ("revocation_list.run", revocation_list::run),
    ("saml_nameid.match", saml_nameid::matches),
    ("scope.select", discovery::select),
    ("well_known.urls", discovery::urls),
    ("wire.call", |config, keys, now, input| calls::run("wire.call", config, keys, now, input)),
];

/// A refusal that no OAuth response carries: of an operation below the protocol, or of the caller's own doing.
fn locally(error: Error) -> Failure {
    Failure { code: error.code().as_str().into(), oauth: None }
}

/// A refusal as a token endpoint sends it.
fn at_token_endpoint(error: Error) -> Failure {
    match error.code().at_token_endpoint() {
        Wire::Local => locally(error),
        _ => Failure { oauth: Some(error.at_token_endpoint().as_str().into()), ..locally(error) },
    }
}

/// A refusal as a protected resource sends it.
fn at_resource(error: Error) -> Failure {
    match error.code().at_resource() {
        Wire::Local => locally(error),
        _ => Failure { oauth: Some(error.at_resource().as_str().into()), ..locally(error) },
    }
}

/// What the library prints as JSON, as a value.
fn value(text: impl Display) -> Value {
    serde_json::from_str(&text.to_string()).expect("the library writes JSON")
}

/// What a replay store is told.
fn replay_key(key: &ReplayKey) -> Value {
    json!({"kind": key.kind().as_str(), "name": key.name(), "retain_until": key.retain_until().as_secs()})
}
