//! What both token endpoints have in common: how a request is written, who sends it, and which proof comes with it.

pub mod clients;
pub mod proofs;
pub mod requests;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::expand::base64url;
use crate::format::Keys;
use crate::generate::dsl::with;
use crate::generate::keys::{CLIENT, TestKey};
use crate::generate::request::{Request, proof};
use crate::generate::scene::NOW;

/// The client's secret.
pub const SECRET: &str = "7Fjfp0ZBr1KtDRbnfVdmIw";
/// A secret that is not the client's.
pub const OTHER_SECRET: &str = "wrongwrongwrongwrongww";

/// A token endpoint with one client, `client_id`, that authenticates by `client_secret_basic`.
pub struct Endpoint {
    /// The operation.
    pub operation: &'static str,
    /// The server's issuer identifier.
    pub issuer: &'static str,
    /// Its token endpoint.
    pub token_endpoint: &'static str,
    /// The client.
    pub client_id: &'static str,
    /// The grant type it takes.
    pub grant_type: &'static str,
    /// The parameter that holds what is exchanged.
    pub token_parameter: &'static str,
    /// The configuration; its first client is the client.
    pub config: Value,
    /// The keys.
    pub keys: Keys,
    /// A good request that does not say who sends it.
    pub request: Request,
    /// The answer to it, once the client has authenticated.
    pub output: Value,
}

impl Endpoint {
    /// A good request.
    pub fn good(&self) -> Request {
        self.request.clone().basic(self.client_id, SECRET)
    }

    /// The configuration with other members of the client's record.
    pub fn client(&self, record: &Value) -> Value {
        let mut client = record.clone();
        client["client_id"] = self.client_id.into();
        with(&self.config, &[("clients/0", client)])
    }

    /// A good proof by `key`.
    pub fn proof(&self, key: TestKey) -> crate::generate::mint::Jws {
        proof(key, "POST", self.token_endpoint, NOW)
    }

    /// The answer to the good request with a good proof by the client's key.
    pub fn bound(&self) -> Value {
        let output = with(
            &self.output,
            &[
                ("body/access_token/claims/cnf", json!({"jkt": CLIENT.es256().thumbprint()})),
                ("record/sender_constrained", json!(true)),
            ],
        );
        if self.output["body"]["token_type"] == "N_A" {
            output
        } else {
            with(&output, &[("body/token_type", json!("DPoP"))])
        }
    }
}

/// A client that authenticates by `client_secret_basic`.
pub fn basic_client(client_id: &str) -> Value {
    json!({
        "client_id": client_id,
        "token_endpoint_auth_method": "client_secret_basic",
        "client_secret_sha256": [digest(SECRET)],
    })
}

/// The stored form of a secret.
pub fn digest(secret: &str) -> String {
    base64url(&Sha256::digest(secret))
}

/// The headers of every token response.
pub fn headers() -> Value {
    json!([["Content-Type", "application/json"], ["Cache-Control", "no-store"], ["Pragma", "no-cache"]])
}

/// The headers of a token response that hands out a nonce.
pub fn headers_with_nonce(nonce: &str) -> Value {
    json!([
        ["Content-Type", "application/json"],
        ["Cache-Control", "no-store"],
        ["Pragma", "no-cache"],
        ["DPoP-Nonce", nonce]
    ])
}
