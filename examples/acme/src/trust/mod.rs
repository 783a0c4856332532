//! The roles that decide, each made of `idjag`: the identity provider, the authorization servers, the MCP servers.
//!
//! This is where requests become decisions. Nothing here reads a clock or parses a token. The fourth role, the client, is
//! `agent`.

mod admin;
mod authorization_server;
mod hosting;
mod identity_provider;
mod resource_server;
mod signing;
mod spent;

pub(crate) use admin::{end_conversation, restrict};
pub(crate) use authorization_server::authorization;
pub(crate) use hosting::{hosting, keys_of};
pub(crate) use identity_provider::{IdentityProvider, SignOn};
pub(crate) use resource_server::{caller_of, guard};
pub(crate) use signing::{algorithms, token_id};

use idjag::answer::SignedAnswer;
use idjag::crypto::Signer;
use idjag::jose::PublicKeys;
use idjag::oauth::http::HttpResponse;
use idjag::oauth::{ClientAuthentication, RegisteredClient};
use idjag::rejection::Rejection;
use idjag::secret::SecretDigest;
use idjag::text::ClientId;
use idjag::uri::{Transport, Url};

use crate::company::{Credentials, Method, Records};

/// Everything listens on 127.0.0.1 without TLS. Nobody who serves the network says this.
pub(crate) const TRANSPORT: Transport = Transport::DangerousAllowHttpLoopback;

/// The address of something under `issuer`, which is one of our own ports.
fn address(issuer: &impl AsRef<str>, path: &str) -> Url {
    Url::new(&format!("{}{path}", issuer.as_ref()), TRANSPORT).expect("an origin and a path")
}

/// The token endpoint's answer, whichever way it was decided, after writing the decision down.
fn answer(decided: Result<SignedAnswer, Rejection>, records: &Records) -> HttpResponse {
    let (response, record) = match decided {
        Ok(answer) => answer.into_response(),
        Err(rejection) => rejection.into_parts(),
    };
    records.add(&record);
    response
}

/// What a server stores of its clients: digests and public keys, nothing that would let it pose as one of them.
struct Clients(Vec<RegisteredClient>);

impl Clients {
    fn register<'c>(credentials: impl Iterator<Item = &'c Credentials>) -> Self {
        Self(credentials.map(registered).collect())
    }

    fn find(&self, client_id: &ClientId) -> Option<&RegisteredClient> {
        self.0.iter().find(|client| client.client_id == *client_id)
    }
}

fn registered(credentials: &Credentials) -> RegisteredClient {
    let authentication = match &credentials.method {
        Method::Secret(secret) => ClientAuthentication::SecretBasic(vec![SecretDigest::of(secret)]),
        Method::Key(key) => ClientAuthentication::PrivateKeyJwt(PublicKeys::of([key.public_key().clone()])),
    };
    RegisteredClient::new(credentials.client_id.clone(), authentication)
}
