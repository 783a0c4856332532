//! What the operator says: public addresses, the identity provider, clients, the store.

use std::collections::BTreeSet;
use std::env::var;
use std::error::Error;
use std::fs::read_to_string;
use std::sync::Arc;

use idjag::crypto::rustcrypto::SigningKey;
use idjag::oauth::{ClientAuthentication, RegisteredClient};
use idjag::secret::SecretDigest;
use idjag::text::ClientId;
use idjag::uri::{Issuer, ResourceId, Transport, Url};
use serde::Deserialize;

use crate::keygen::fresh_key;

/// What the operator says.
pub struct Settings {
    /// Where the world reaches this server, without a trailing slash.
    pub origin: Issuer,
    /// The identity provider.
    pub idp: Issuer,
    /// Signs access tokens.
    pub key: Arc<SigningKey>,
    /// Clients registered by hand.
    pub clients: Vec<RegisteredClient>,
    /// The origins of clients that are registered by document.
    pub client_origins: BTreeSet<String>,
    /// Where the Redis is, if there is one.
    pub redis: Option<String>,
    /// Which addresses are taken.
    pub transport: Transport,
}

#[derive(Deserialize)]
struct Client {
    client_id: String,
    client_secret_sha256: String,
}

impl Settings {
    /// Reads the environment; see the README.
    pub fn from_environment() -> Result<Self, Box<dyn Error>> {
        let is_development = var("DEVELOPMENT").is_ok_and(|value| value == "1");
        let transport =
            if is_development { Transport::DangerousAllowHttpLoopback } else { Transport::HttpsOnly };
        let needed = |name: &str| var(name).map_err(|_| format!("{name} is missing"));
        let key = match var("SIGNING_KEY") {
            Ok(path) => SigningKey::from_jwk(&read_to_string(path)?)?,
            Err(_) => fresh_key()?,
        };
        let clients: Vec<Client> = match var("CLIENTS") {
            Ok(path) => serde_json::from_str(&read_to_string(path)?)?,
            Err(_) => Vec::new(),
        };
        let origins = var("CLIENT_ORIGINS").unwrap_or_default();
        Ok(Self {
            origin: Issuer::new(&needed("ORIGIN")?, transport)?,
            idp: Issuer::new(&needed("IDP")?, transport)?,
            key: Arc::new(key),
            clients: clients.iter().map(Client::registered).collect::<Result<_, _>>()?,
            client_origins: origins.split_whitespace().map(str::to_owned).collect(),
            redis: var("REDIS_URL").ok(),
            transport,
        })
    }

    /// The address of something under the origin.
    pub fn url(&self, path: &str) -> Result<Url, idjag::Error> {
        Url::new(&format!("{}{path}", self.origin), self.transport)
    }

    /// The MCP endpoint.
    pub fn resource(&self) -> Result<ResourceId, idjag::Error> {
        ResourceId::new(self.url("/mcp")?.as_str(), self.transport)
    }
}

impl Client {
    fn registered(&self) -> Result<RegisteredClient, Box<dyn Error>> {
        let digest = bytes_of(&self.client_secret_sha256).ok_or("client_secret_sha256 is no SHA-256")?;
        let secret = ClientAuthentication::SecretBasic(vec![SecretDigest::from_bytes(digest)]);
        Ok(RegisteredClient::new(ClientId::new(self.client_id.as_str())?, secret))
    }
}

fn bytes_of(digits: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    if digits.len() != 64 || !digits.is_ascii() {
        return None;
    }
    for (at, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&digits[2 * at..2 * at + 2], 16).ok()?;
    }
    Some(bytes)
}
