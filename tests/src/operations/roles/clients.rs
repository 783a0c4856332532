//! Client records, with the member names of RFC 7591 where it has them.

use base64ct::{Base64UrlUnpadded, Encoding};
use idjag::Limits;
use idjag::jose::PublicKeys;
use idjag::oauth::{ClientAuthentication, RegisteredClient};
use idjag::secret::SecretDigest;
use idjag::text::{ClientId, Tenant};
use serde::Deserialize;
use serde_json::Value;

use crate::providers::provider;

/// A registered client.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ClientRecord {
    client_id: String,
    token_endpoint_auth_method: String,
    /// SHA-256 of each secret, base64url.
    #[serde(default)]
    client_secret_sha256: Vec<String>,
    jwks: Option<Value>,
    #[serde(default)]
    dpop_bound_access_tokens: bool,
    #[serde(default = "yes")]
    may_use_grant: bool,
    tenant: Option<String>,
}

const fn yes() -> bool {
    true
}

/// The clients that a server knows.
pub(super) struct Registry(Vec<RegisteredClient>);

impl Registry {
    pub(super) fn new(records: Vec<ClientRecord>) -> Self {
        Self(records.into_iter().map(RegisteredClient::from).collect())
    }

    pub(super) fn find(&self, client_id: &ClientId) -> Option<&RegisteredClient> {
        self.0.iter().find(|client| &client.client_id == client_id)
    }
}

impl From<ClientRecord> for RegisteredClient {
    fn from(record: ClientRecord) -> Self {
        let digests: Vec<SecretDigest> =
            record.client_secret_sha256.iter().map(|text| digest(text)).collect();
        let authentication = match record.token_endpoint_auth_method.as_str() {
            "client_secret_basic" => ClientAuthentication::SecretBasic(digests),
            "client_secret_post" => ClientAuthentication::SecretPost(digests),
            "private_key_jwt" => {
                let jwks = record.jwks.expect("a client with keys").to_string();
                let keys = PublicKeys::parse(jwks.as_bytes(), &provider().allow_all(), &Limits::DEFAULT);
                ClientAuthentication::PrivateKeyJwt(keys.expect("a key set"))
            }
            "none" => ClientAuthentication::DangerousNone,
            other => panic!("no method `{other}`"),
        };
        let mut client = Self::new(ClientId::new(record.client_id).expect("a client id"), authentication);
        client.dpop_bound_access_tokens = record.dpop_bound_access_tokens;
        client.may_use_grant = record.may_use_grant;
        client.tenant = record.tenant.map(|tenant| Tenant::new(tenant).expect("a tenant"));
        client
    }
}

fn digest(text: &str) -> SecretDigest {
    let bytes = Base64UrlUnpadded::decode_vec(text).expect("base64url");
    SecretDigest::from_bytes(bytes.try_into().expect("32 bytes"))
}
