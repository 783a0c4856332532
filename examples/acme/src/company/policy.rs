//! The IT admin's policy document: apps and servers from the registrations, rules from `rules.json`.

use alloc::sync::Arc;
use std::sync::{PoisonError, RwLock};

use serde_json::{Map, Value, json};

use super::{App, Server};

const RULES: &str = include_str!("rules.json");

/// The document in force. Whoever holds a clone sees the admin's next edit.
#[derive(Clone)]
pub(crate) struct Policy {
    document: Arc<RwLock<Value>>,
}

impl Policy {
    pub(crate) fn new(apps: &[App], servers: &[Server]) -> Self {
        let rules: Value = serde_json::from_str(RULES).expect("rules.json is JSON");
        let document = json!({
            "version": 1,
            "apps": apps.iter().map(describe_app).collect::<Vec<_>>(),
            "servers": servers.iter().map(|server| describe_server(server, apps)).collect::<Vec<_>>(),
            "rules": rules,
        });
        Self { document: Arc::new(RwLock::new(document)) }
    }

    /// The document as it is now.
    pub(crate) fn document(&self) -> Value {
        self.document.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The admin adds a rule; it holds from the next decision on.
    pub(crate) fn add_rule(&self, rule: Value) {
        let mut document = self.document.write().unwrap_or_else(PoisonError::into_inner);
        document["rules"].as_array_mut().expect("`rules` is a list").push(rule);
    }
}

fn describe_app(app: &App) -> Value {
    json!({ "id": app.id, "client_ids": [app.at_idp.client_id], "labels": app.labels, "status": app.status })
}

fn describe_server(server: &Server, apps: &[App]) -> Value {
    let client_ids: Map<String, Value> =
        apps.iter().map(|app| (app.id.to_owned(), json!(app.at(server.id).client_id))).collect();
    json!({
        "id": server.id,
        "issuer": server.issuer,
        "resources": [server.resource],
        "labels": server.labels,
        "scope_sets": { "read": [server.reads.scope], "write": [server.writes.scope] },
        "client_ids": client_ids,
    })
}
