//! What the server under test was told about: clients, issuers, resources, users. Nothing is asked of it beyond these.

use serde_json::Value;

use crate::keys::Key;

/// How a client says who it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Method {
    Basic,
    Post,
    PrivateKeyJwt,
    None,
}

impl Method {
    /// Every method there is.
    pub(crate) const ALL: [Self; 4] = [Self::Basic, Self::Post, Self::PrivateKeyJwt, Self::None];

    /// Its registered name.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Basic => "client_secret_basic",
            Self::Post => "client_secret_post",
            Self::PrivateKeyJwt => "private_key_jwt",
            Self::None => "none",
        }
    }

    /// The method of this name, also in its short form (`basic`, `post`).
    pub(crate) fn named(name: &str) -> Result<Self, String> {
        let is = |method: &&Self| {
            method.name() == name || method.name().strip_prefix("client_secret_") == Some(name)
        };
        Self::ALL.iter().find(is).copied().ok_or(format!("no client authentication `{name}`"))
    }
}

/// A client that is registered at the server.
#[derive(Clone, Debug)]
pub(crate) struct Client {
    pub(crate) id: String,
    pub(crate) method: Method,
    pub(crate) secret: String,
    pub(crate) key: Option<Key>,
}

impl Client {
    /// A client of a document: `client_id`, `method`, and `secret` or a private `jwk`.
    pub(crate) fn from_document(document: &Value) -> Result<Self, String> {
        let text = |name: &str| document[name].as_str().map(str::to_owned);
        let client = Self {
            id: text("client_id").ok_or("a client has no `client_id`")?,
            method: Method::named(&text("method").ok_or("a client has no `method`")?)?,
            secret: text("secret").unwrap_or_default(),
            key: document.get("jwk").map(Key::from_jwk).transpose()?,
        };
        match client.method {
            Method::Basic | Method::Post if client.secret.is_empty() => {
                Err(format!("the client `{}` needs a secret", client.id))
            }
            Method::PrivateKeyJwt if client.key.is_none() => {
                Err(format!("the client `{}` needs a key", client.id))
            }
            _ => Ok(client),
        }
    }
}

/// All of it.
#[derive(Clone, Debug)]
pub(crate) struct World {
    /// The issuer identifier of the server under test.
    pub(crate) url: String,
    /// Its token endpoint, where its metadata should not be asked.
    pub(crate) token_endpoint: Option<String>,
    /// Its clients. The first redeems whatever does not need another.
    pub(crate) clients: Vec<Client>,
    /// A resource that it guards, and another one.
    pub(crate) resource: String,
    pub(crate) other_resource: Option<String>,
    /// A user that it knows, and one that it does not.
    pub(crate) subject: String,
    pub(crate) unknown_subject: Option<String>,
    /// Scopes of the resource: what grants hold, and one that means something elsewhere only.
    pub(crate) scope: String,
    pub(crate) excess_scope: String,
    /// What it verifies grants of the trusted issuer with.
    pub(crate) algorithms: Vec<String>,
    /// Whether it does DPoP although its metadata does not say so.
    pub(crate) dpop: bool,
    /// An MCP server that takes its tokens.
    pub(crate) mcp_url: Option<String>,
    /// How long it may take until it has seen that keys were exchanged, in seconds.
    pub(crate) rotation_wait: u64,
}

impl World {
    /// The first client but `client`.
    pub(crate) fn other_than(&self, client: &Client) -> Option<&Client> {
        self.clients.iter().find(|other| other.id != client.id)
    }

    /// The first client that uses `method`.
    pub(crate) fn client_with(&self, method: Method) -> Option<&Client> {
        self.clients.iter().find(|client| client.method == method)
    }

    /// The first scope of a grant.
    pub(crate) fn first_scope(&self) -> &str {
        self.scope.split(' ').next().unwrap_or_default()
    }

    /// Takes over what `document` says.
    pub(crate) fn amend(&mut self, document: &Value) -> Result<(), String> {
        let text = |name: &str| document[name].as_str().map(str::to_owned);
        let set = |field: &mut String, name: &str| {
            if let Some(value) = text(name) {
                *field = value;
            }
        };
        set(&mut self.url, "url");
        set(&mut self.resource, "resource");
        set(&mut self.subject, "subject");
        set(&mut self.scope, "scope");
        set(&mut self.excess_scope, "excess_scope");
        let set = |field: &mut Option<String>, name: &str| {
            if let Some(value) = document.get(name) {
                *field = value.as_str().map(str::to_owned);
            }
        };
        set(&mut self.token_endpoint, "token_endpoint");
        set(&mut self.other_resource, "other_resource");
        set(&mut self.unknown_subject, "unknown_subject");
        set(&mut self.mcp_url, "mcp_url");
        if let Some(clients) = document["clients"].as_array() {
            self.clients = clients.iter().map(Client::from_document).collect::<Result<_, _>>()?;
        }
        if let Some(names) = document["algorithms"].as_array() {
            self.algorithms = names.iter().filter_map(|name| name.as_str().map(str::to_owned)).collect();
        }
        Ok(())
    }
}
