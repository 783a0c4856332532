//! The applications people use, and how each is registered at the identity provider and at every server.

use alloc::collections::BTreeMap;

use base64ct::{Base64, Encoding};

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

/// A client identifier and its secret, fresh in every run.
#[derive(Clone)]
pub(crate) struct Credentials {
    pub(crate) client_id: String,
    pub(crate) secret: String,
}

impl Credentials {
    fn new(client_id: impl Into<String>) -> Self {
        Self { client_id: client_id.into(), secret: random::text() }
    }

    /// The `Authorization` value of `client_secret_basic` (RFC 6749 §2.3.1).
    pub(crate) fn basic(&self) -> String {
        let encode = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
        let pair = format!("{}:{}", encode(&self.client_id), encode(&self.secret));
        format!("Basic {}", Base64::encode_string(pair.as_bytes()))
    }
}

/// Registers the company's apps at the identity provider and at each of `servers`.
pub(crate) fn register(servers: &[&'static str]) -> Vec<App> {
    let app = |id: &'static str, name, labels, status| App {
        id,
        name,
        labels,
        status,
        at_idp: Credentials::new(id),
        at_servers: servers
            .iter()
            .map(|server| (*server, Credentials::new(format!("{id}-at-{server}"))))
            .collect(),
    };
    vec![
        app("desk", "Acme Desk", &["assistant"], "approved"),
        app("patchwork", "Patchwork", &["coding-agent"], "approved"),
        app("pulse", "Pulse", &["assistant"], "approved"),
        app("minutes", "Minutes", &["assistant"], "approval_required"),
    ]
}
