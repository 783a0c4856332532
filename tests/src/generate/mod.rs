//! The generator of `tests/vectors`: deterministic, and independent of the crate under test.
//!
//! Every expected output is written by hand in a topic function; nothing here is computed by the library.

pub mod client_scene;
pub mod connection_scene;
pub mod dsl;
pub mod keys;
pub mod mint;
pub mod records;
pub mod request;
pub mod rsa_keys;
pub mod scene;
pub mod topics;
pub mod verifiers;
pub mod web;

use alloc::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::format::{self, Topic};

/// The topics, each written to the file that it names.
pub const TOPICS: &[fn() -> Topic] = &[
    topics::challenge_build::build,
    topics::challenge_parse::grammar,
    topics::challenge_parse::meaning,
    topics::client_answer::resource,
    topics::client_answer::token_endpoint,
    topics::client_choices::registration,
    topics::client_choices::response_issuer,
    topics::client_choices::scopes,
    topics::client_conversations::answer,
    topics::client_conversations::connection,
    topics::client_conversations::request,
    topics::client_details::answer,
    topics::client_document::identifiers,
    topics::client_document::read,
    topics::client_documents::script,
    topics::client_exchange::request,
    topics::client_exchange_response::answer,
    topics::client_grant::request,
    topics::client_grant_response::answer,
    topics::client_metadata::build,
    topics::client_use::token,
    topics::connection::first,
    topics::connection_derived::topic,
    topics::connection_grants::grants,
    topics::connection_users::users,
    topics::connection_proofs::nonces,
    topics::connection_renewal::renewal,
    topics::discovery::issuer,
    topics::discovery::run,
    topics::dpop::bindings::bindings,
    topics::dpop::bindings::resource,
    topics::dpop::header::algorithms,
    topics::dpop::header::header,
    topics::dpop::request::request,
    topics::foreign::access_token,
    topics::foreign::client_assertion,
    topics::foreign::dpop,
    topics::foreign::id_jag,
    topics::foreign::id_token,
    topics::idp::actors::topic,
    topics::idp::clients,
    topics::idp::configuration::configurations,
    topics::idp::conversations::topic,
    topics::idp::hosts::refresh_tokens,
    topics::idp::hosts::saml,
    topics::idp::policy::decisions,
    topics::idp::proofs,
    topics::idp::replay::sequences,
    topics::idp::requests,
    topics::idp::responses::refusals,
    topics::idp::revoked::topic,
    topics::idp::rights::rights,
    topics::idp::subjects::id_tokens,
    topics::idp::targets::targets,
    topics::idp::tenants::mappings,
    topics::idp::tenants::releases,
    topics::idp::tenants::tenants,
    topics::jws::algorithms,
    topics::jws::compact,
    topics::key_set_cache::ages,
    topics::keys::faults,
    topics::keys::sets,
    topics::keys::thumbprints,
    topics::policy_agents::agents,
    topics::policy_conditions::details,
    topics::policy_conditions::explain,
    topics::policy_conditions::requirements,
    topics::policy_decision::facts,
    topics::policy_decision::scopes,
    topics::policy_document::check,
    topics::policy_document::compile,
    topics::policy_story::story,
    topics::policy_withdrawals::documents,
    topics::records::chain::ids,
    topics::records::connections::tables,
    topics::records::ocsf::events,
    topics::records::read::records,
    topics::records::read::revocations,
    topics::replay::scripts,
    topics::resource_as::binding::binding,
    topics::resource_as::clients,
    topics::resource_as::configuration::configurations,
    topics::resource_as::conversations::topic,
    topics::resource_as::delegation::actors::topic,
    topics::resource_as::delegation::governed::topic,
    topics::resource_as::delegation::held::keys,
    topics::resource_as::delegation::held::revoked,
    topics::resource_as::delegation::topic,
    topics::resource_as::details::details,
    topics::resource_as::details::narrowing,
    topics::resource_as::grants::claims,
    topics::resource_as::policy::decisions,
    topics::resource_as::proofs,
    topics::resource_as::replay::sequences,
    topics::resource_as::requests,
    topics::resource_as::responses::refusals,
    topics::resource_as::revocation::topic,
    topics::resource_as::revoked::topic,
    topics::resource_as::signatures::signatures,
    topics::resource_as::targets::resources,
    topics::resource_as::targets::scopes,
    topics::resource_as::tenants::subject_identifiers,
    topics::resource_as::tenants::tenants,
    topics::resource_metadata::read,
    topics::resource_metadata::whose,
    topics::resource_metadata_build::build,
    topics::resource_server::bearer::topic,
    topics::resource_server::conversations::bearer,
    topics::resource_server::conversations::topic,
    topics::resource_server::documents::topic,
    topics::resource_server::operations::topic,
    topics::resource_server::read_only::topic,
    topics::resource_server::responses::topic,
    topics::resource_server::revoked::topic,
    topics::resource_server::schemes::topic,
    topics::resource_server::tokens::topic,
    topics::revocation_list::script,
    topics::revocation_updates::updates,
    topics::revocation_published::published,
    topics::saml_nameid::accounts,
    topics::server_metadata::read,
    topics::server_metadata_build::build,
    topics::signatures::forms,
    topics::signatures::header,
    topics::signatures::selection,
    topics::signatures::spellings,
    topics::token::access_token::optional_claims,
    topics::token::access_token::parties,
    topics::token::access_token::relaxations,
    topics::token::actor_token::actors,
    topics::token::client_assertion::parties,
    topics::token::id_jag::optional_claims,
    topics::token::id_jag::parties,
    topics::token::id_token::parties,
    topics::token::id_token::sign_on,
    topics::token::peers::peers,
    topics::token::structured::structured_claims,
    topics::well_known::urls,
    topics::wire_call::lines,
    topics::wire_call::arguments,
    topics::wire_call::objects,
];

/// Every topic: those of [`TOPICS`], and those that all verifiers of tokens share.
pub fn topics() -> impl Iterator<Item = Topic> {
    let written = TOPICS.iter().chain(topics::sign::TOPICS);
    written.map(|topic| topic()).chain(topics::token::shared())
}

/// The text of every vector file by its path relative to `tests/vectors`.
pub fn texts() -> BTreeMap<PathBuf, String> {
    let mut texts = BTreeMap::new();
    for topic in topics() {
        let path = topic.path();
        assert!(texts.insert(path.clone(), topic.to_text()).is_none(), "two topics for {}", path.display());
    }
    texts
}

/// Writes every vector file below `folder` and removes those that no topic writes.
pub fn write(folder: &Path) {
    let texts = texts();
    for stale in format::files(folder).into_iter().filter(|file| !texts.contains_key(file)) {
        fs::remove_file(folder.join(stale)).expect("a removable vector file");
    }
    for (file, text) in &texts {
        let path = folder.join(file);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a writable folder");
        fs::write(path, text).expect("a writable vector file");
    }
}

/// What the files below `folder` differ in from what the topics would write: one result per file.
pub fn check(folder: &Path) -> Vec<(PathBuf, Result<(), String>)> {
    let texts = texts();
    let on_disk = format::files(folder);
    let stale = on_disk.iter().filter(|file| !texts.contains_key(*file));
    let mut results: Vec<_> =
        stale.map(|file| (file.clone(), Err("no topic of the generator writes it".to_owned()))).collect();
    for (file, text) in &texts {
        let result = match fs::read_to_string(folder.join(file)) {
            Ok(found) if found == *text => Ok(()),
            Ok(found) => Err(first_difference(&found, text)),
            Err(_) => Err("missing".to_owned()),
        };
        results.push((file.clone(), result));
    }
    results
}

fn first_difference(found: &str, generated: &str) -> String {
    let mut pairs = found.lines().zip(generated.lines()).enumerate();
    match pairs.find(|(_, (found, generated))| found != generated) {
        Some((at, (found, generated))) => {
            format!(
                "line {} differs\n  file:      {}\n  generated: {}",
                at + 1,
                found.trim(),
                generated.trim()
            )
        }
        None => "one is longer than the other".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_the_first_line_that_differs() {
        assert!(first_difference("a\n b\n", "a\n c\n").starts_with("line 2 differs\n  file:      b\n"));
    }

    #[test]
    fn generates_the_same_text_twice() {
        assert_eq!(texts(), texts());
    }
}
