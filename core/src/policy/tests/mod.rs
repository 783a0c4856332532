//! Tests of the policy: the story of DESIGN §6, the faults of documents, and the laws.
#![allow(clippy::arithmetic_side_effects)]

mod agents;
mod faults;
mod laws;
mod model;
mod print;
mod reference;
mod schema;
mod semantics;
mod story;
mod view;
mod withdrawals;

use alloc::collections::BTreeSet;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::*;
use crate::error::{Error, ErrorCode};
use crate::limits::Limits;
use crate::scope::Scope;
use crate::text::{ClientId, Group};

/// The document of DESIGN §6, as it stands there.
const DESIGN: &str = r#"{ "version": 1,
  "apps":    [{"id": "claude-code", "client_ids": ["https://claude.example/client.json"], "labels": ["coding-agent"], "status": "approved"}],
  "servers": [{"id": "warehouse", "issuer": "https://auth.data.example/", "resources": ["https://mcp.data.example/"], "labels": ["prod-data"],
               "scope_sets": {"read": ["rows:read"], "write": ["rows:write"]}, "client_ids": {"claude-code": "f53f191f9311af35"}}],
  "rules":   [{"id": "coding-agents-read-prod", "effect": "permit", "apps": {"labels": ["coding-agent"]}, "servers": {"labels": ["prod-data"]},
               "subjects": {"groups_any": ["engineering"]}, "scopes": ["@read"], "max_lifetime": 300,
               "require": {"max_auth_age": 28800, "dpop": true}},
              {"id": "coding-agents-never-write-prod", "effect": "deny", "apps": {"labels": ["coding-agent"]}, "servers": {"labels": ["prod-data"]}, "scopes_except": ["@read"]},
              {"id": "no-contractors-in-the-warehouse", "effect": "deny", "servers": {"ids": ["warehouse"]}, "subjects": {"groups_any": ["contractors"]}}] }"#;

/// The members `rules` of a small document with one app `agent`, the servers `db` (with scope sets) and
/// `chat`.
fn with_rules(rules: &str) -> String {
    [
        r#"{"version": 1, "apps": [{"id": "agent", "client_ids": ["c1"], "labels": ["bot"], "status": "approved"}],
          "servers": [{"id": "db", "issuer": "https://db.example", "resources": ["https://db.example/mcp"], "labels": ["data"],
                       "scope_sets": {"read": ["r"], "write": ["w", "x"]}},
                      {"id": "chat", "issuer": "https://chat.example"}],
          "rules": ["#,
        rules,
        "]}",
    ]
    .concat()
}

fn compile(text: &str) -> Policy {
    match Policy::compile(text.as_bytes(), &PolicyOptions::default()) {
        Ok(policy) => policy,
        Err(errors) => panic!("{errors}"),
    }
}

/// The faults of a document, as they print.
fn faults_of(text: &str) -> Vec<String> {
    let errors = Policy::compile(text.as_bytes(), &PolicyOptions::default()).unwrap_err();
    assert_eq!(Error::from(errors.clone()).code(), ErrorCode::PolicyInvalid);
    errors.errors().iter().map(ToString::to_string).collect()
}

fn scope(text: &str) -> Scope {
    Scope::parse(text, &Limits::DEFAULT).unwrap()
}

fn client(id: &str) -> ClientId {
    ClientId::new(id).unwrap()
}

fn groups(names: &[&str]) -> BTreeSet<Group> {
    names.iter().map(|name| Group::new(*name).unwrap()).collect()
}

/// What the app `agent` of [`with_rules`] is answered at `db`.
fn ask(rules: &str, scope: Option<&Scope>, facts: Facts<'_>) -> Decision {
    let agent = client("c1");
    let request = Request {
        client: ClientAt::IdentityProvider(&agent),
        issuer: "https://db.example",
        resources: &[],
        scope,
        detail_types: &[],
        facts,
    };
    compile(&with_rules(rules)).evaluate(&request)
}

fn names(matched: &[RuleId]) -> Vec<&str> {
    matched.iter().map(RuleId::as_str).collect()
}
