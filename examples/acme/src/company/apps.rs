//! The applications people use, and how each is registered at the identity provider and at every server.

use alloc::collections::BTreeMap;
use alloc::sync::Arc;

use idjag::crypto::rustcrypto::SigningKey;
use idjag::text::{ClientId, KeyId};

use crate::random;

/// A registered application.
pub(crate) struct App {
    pub(crate) id: &'static str,
    pub(crate) name: &'static str,
    pub(crate) labels: &'static [&'static str],
    /// As in the policy document: `approved` or `approval_required`.
    pub(crate) status: &'static str,
    pub(crate) at_idp: Credentials,
    /// By server id. The identifiers differ on purpose: the admin's mapping is what joins them.
    at_servers: BTreeMap<&'static str, Credentials>,
}

impl App {
    /// How this app authenticates at the authorization server of `server`.
    pub(crate) fn at(&self, server: &str) -> &Credentials {
        self.at_servers.get(server).expect("every app is registered at every server")
    }
}

/// A client identifier and what proves it, fresh in every run.
#[derive(Clone)]
pub(crate) struct Credentials {
    pub(crate) client_id: ClientId,
    pub(crate) method: Method,
}

/// How an app authenticates.
#[derive(Clone)]
pub(crate) enum Method {
    /// `client_secret_basic`.
    Secret(String),
    /// `private_key_jwt`: the servers know the public half only.
    Key(Arc<SigningKey>),
}

/// Whether an app shares secrets with the servers or has a key of its own.
#[derive(Clone, Copy)]
enum Keeps {
    Secrets,
    Key,
}

impl Credentials {
    fn new(client_id: String, keeps: Keeps) -> Self {
        let method = match keeps {
            Keeps::Secrets => Method::Secret(random::text()),
            Keeps::Key => Method::Key(Arc::new(key_of(&client_id))),
        };
        Self { client_id: ClientId::new(client_id).expect("short and plain"), method }
    }
}

fn key_of(client_id: &str) -> SigningKey {
    let kid = KeyId::new(client_id).expect("short and plain");
    SigningKey::ed25519(kid, &random::bytes()).expect("every seed makes a key")
}

/// Registers the company's apps at the identity provider and at each of `servers`.
pub(crate) fn register(servers: &[&'static str]) -> Vec<App> {
    let app = |id: &'static str, name, labels, status, keeps| App {
        id,
        name,
        labels,
        status,
        at_idp: Credentials::new(id.into(), keeps),
        at_servers: servers
            .iter()
            .map(|server| (*server, Credentials::new(format!("{id}-at-{server}"), keeps)))
            .collect(),
    };
    vec![
        app("desk", "Acme Desk", &["assistant"], "approved", Keeps::Secrets),
        app("patchwork", "Patchwork", &["coding-agent"], "approved", Keeps::Key),
        app("pulse", "Pulse", &["assistant"], "approved", Keeps::Secrets),
        app("minutes", "Minutes", &["assistant"], "approval_required", Keeps::Secrets),
    ]
}
