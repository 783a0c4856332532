//! The IT admin's policy document: apps and servers from the registrations, rules from `rules.json`.

use alloc::sync::Arc;
use std::sync::{PoisonError, RwLock};

use idjag::policy::{self, CompileErrors, PolicyOptions};
use idjag::uri::Transport;
use serde_json::{Map, Value, json};

use super::{App, Server};

const RULES: &str = include_str!("rules.json");

/// The document in force, with what it was compiled to. It changes as a whole or not at all.
pub(crate) struct Policy {
    edition: RwLock<Edition>,
}

struct Edition {
    document: Value,
    compiled: Arc<policy::Policy>,
}

impl Policy {
    pub(crate) fn new(apps: &[App], servers: &[Server]) -> Result<Self, CompileErrors> {
        let rules: Value = serde_json::from_str(RULES).expect("rules.json is JSON");
        let document = json!({
            "version": 1,
            "apps": apps.iter().map(describe_app).collect::<Vec<_>>(),
            "servers": servers.iter().map(|server| describe_server(server, apps)).collect::<Vec<_>>(),
            "rules": rules,
        });
        Ok(Self { edition: RwLock::new(Edition::of(document)?) })
    }

    /// What decides now. Each decision asks anew, so that it obeys the admin's latest edit.
    pub(crate) fn in_force(&self) -> Arc<policy::Policy> {
        self.edition.read().unwrap_or_else(PoisonError::into_inner).compiled.clone()
    }

    /// The admin adds a rule. A document that does not compile changes nothing: the old one stays in force.
    pub(crate) fn add_rule(&self, rule: Value) -> Result<(), CompileErrors> {
        self.edit(|document| document["rules"].as_array_mut().expect("`rules` is a list").push(rule))
    }

    /// The admin withdraws an app: from the next decision on nothing is permitted to it.
    pub(crate) fn restrict(&self, app: &str) -> Result<(), CompileErrors> {
        self.edit(|document| {
            let apps = document["apps"].as_array_mut().expect("`apps` is a list");
            apps.iter_mut()
                .filter(|known| known["id"] == app)
                .for_each(|known| known["status"] = json!("restricted"));
        })
    }

    fn edit(&self, edit: impl FnOnce(&mut Value)) -> Result<(), CompileErrors> {
        let mut edition = self.edition.write().unwrap_or_else(PoisonError::into_inner);
        let mut document = edition.document.clone();
        edit(&mut document);
        *edition = Edition::of(document)?;
        Ok(())
    }
}

impl Edition {
    fn of(document: Value) -> Result<Self, CompileErrors> {
        let mut options = PolicyOptions::default();
        options.transport = Transport::DangerousAllowHttpLoopback;
        let compiled = policy::Policy::compile(document.to_string().as_bytes(), &options)?;
        Ok(Self { document, compiled: Arc::new(compiled) })
    }
}

fn describe_app(app: &App) -> Value {
    json!({
        "id": app.id,
        "client_ids": [app.at_idp.client_id.as_str()],
        "labels": app.labels,
        "status": app.status,
    })
}

fn describe_server(server: &Server, apps: &[App]) -> Value {
    let client_ids: Map<String, Value> =
        apps.iter().map(|app| (app.id.to_owned(), json!(app.at(server.id).client_id.as_str()))).collect();
    json!({
        "id": server.id,
        "issuer": server.issuer.as_str(),
        "resources": [server.resource.as_str()],
        "labels": server.labels,
        "scope_sets": { "read": [server.reads.scope.to_string()], "write": [server.writes.scope.to_string()] },
        "client_ids": client_ids,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::Policy;
    use crate::company::register;

    #[test]
    fn an_edit_that_does_not_compile_leaves_the_old_document_in_force() {
        let policy = Policy { edition: super::RwLock::new(small()) };
        let before = policy.in_force();
        let rule = |app: &str| {
            json!({
                "id": "new", "effect": "permit", "apps": { "ids": [app] }, "servers": { "ids": ["chat"] },
                "subjects": { "groups_any": ["engineering"] }, "scopes": ["*"],
            })
        };
        let errors = policy.add_rule(rule("dsek")).unwrap_err();
        assert_eq!(errors.errors()[0].path(), "/rules/0/apps/ids/0");
        assert!(alloc::sync::Arc::ptr_eq(&before, &policy.in_force()));
        policy.add_rule(rule("desk")).unwrap();
        assert!(!alloc::sync::Arc::ptr_eq(&before, &policy.in_force()));
    }

    fn small() -> super::Edition {
        let apps: Vec<_> = register(&[]).iter().map(super::describe_app).collect();
        let chat = json!({ "id": "chat", "issuer": "https://chat.example" });
        super::Edition::of(json!({ "version": 1, "apps": apps, "servers": [chat], "rules": [] })).unwrap()
    }
}
