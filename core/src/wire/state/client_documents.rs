//! Clients registered by the document at their identifier.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use crate::client_documents::{ClientDocuments, ClientDocumentsConfig, ClientStep, DocumentFor};
use crate::codec::json::{Json, Object};
use crate::oauth::{ClientAuthentication, RegisteredClient};
use crate::ordered;
use crate::text::ClientId;
use crate::time::{Seconds, UnixTime};
use crate::wire::answer::HttpMessage;
use crate::wire::declare::{input, names};
use crate::wire::documents::ArrivedResponse;
use crate::wire::fault::Fault;
use crate::wire::handle::{Held, Machine};
use crate::wire::operation::{Operation, operations};
use crate::wire::shared::{Alg, LimitOptions, allowed, overwrite, transport};
use crate::wire::state::Empty;
use crate::wire::write::output;

pub(in crate::wire) const OPERATIONS: &[Operation] = operations! {
    /// The clients of a server that are registered by the document at their identifier (Client ID Metadata Documents). It
    /// says what to fetch, and for how long that serves. It fetches nothing: a stranger chooses the addresses, and where
    /// they may lie is for you to decide.
    Make "client_documents.new" [] new: ClientDocumentsOptions => Empty;
    /// What is known of a client, or what to send for it.
    Drive "client_documents.next" ["client_documents"] next: NextForClient => ClientDocumentStep;
    /// Takes the response to the request that was to be sent for a client. A refusal is for your log: `next` knows.
    Drive "client_documents.received" ["client_documents"] received: ReceivedForClient => Empty;
};

names! {
    /// Which server asks for the documents of clients.
    pub(in crate::wire) enum DocumentForName {
        /// One that redeems ID-JAGs: a client must list the jwt-bearer grant to use it.
        ResourceAuthorizationServer = "resource_authorization_server",
        /// One that issues ID-JAGs: a client must list the token exchange grant to use it.
        Idp = "idp",
    }
}

input! {
    Arguments
    /// How documents make clients.
    pub(in crate::wire) struct ClientDocumentsOptions {
        /// Which server asks: decides which grant a client must list to use it.
        role: DocumentForName,
        /// The origins that are asked for documents and keys, such as `https://apps.example`; every origin by default.
        origins: Option<Vec<String>>,
        /// Take clients that cannot authenticate.
        dangerous_public_clients: Option<bool>,
        /// The algorithms of client assertions; ES256 by default.
        algorithms: Option<Vec<Alg>>,
        /// The shortest time that a document serves, and that a refusal stands, in seconds; 60 by default.
        min_age: Option<Seconds>,
        /// The time that one serves whose response says nothing, in seconds; 600 by default.
        default_age: Option<Seconds>,
        /// The longest time that a document serves, in seconds; 3600 by default, at most a day.
        max_age: Option<Seconds>,
        /// The longest time that keys serve which are not in the document, in seconds; 600 by default, at most a day.
        max_key_age: Option<Seconds>,
        /// After a fetch that failed, how much time lies before the next for the same client, in seconds; 30 by default.
        retry_interval: Option<Seconds>,
        /// How many clients are remembered; 1000 by default.
        capacity: Option<usize>,
        /// Caps.
        limits: Option<LimitOptions>,
        /// Also take `http` addresses on this machine: for tests.
        dangerous_allow_http_loopback: Option<bool>,
    }
}

fn new(options: ClientDocumentsOptions, held: &Held) -> Result<(Machine, Empty), Fault> {
    let algorithms = allowed(options.algorithms.as_deref().unwrap_or(&[Alg::Es256]), held)?;
    let server = match options.role {
        DocumentForName::ResourceAuthorizationServer => DocumentFor::ResourceAuthorizationServer,
        DocumentForName::Idp => DocumentFor::Idp,
    };
    let mut config = ClientDocumentsConfig::new(server, algorithms);
    config.origins = options.origins.map(ordered::set);
    config.transport = transport(options.dangerous_allow_http_loopback);
    config.limits = LimitOptions::over_default(options.limits.as_ref());
    overwrite!(config from options: dangerous_public_clients, min_age, default_age, max_age, max_key_age,
        retry_interval, capacity);
    Ok((Machine::ClientDocuments(Box::new(ClientDocuments::new(config)?)), Empty {}))
}

input! {
    Arguments
    /// A client that a request names.
    pub(in crate::wire) struct NextForClient {
        /// Its identifier.
        client_id: ClientId,
        /// The present, in seconds since 1970.
        now: UnixTime,
    }
}

output! {
    /// What is known of a client, or what to do about it.
    pub(in crate::wire) struct ClientDocumentStep {
        /// `use` the client; `send` the request, tell `received` what came back, and ask again; `refused`: there is no such
        /// client; `unavailable`: it could not be fetched a moment ago, or is being fetched, and nothing can be decided;
        /// `not_a_document`: such a client is registered by hand, or not at all.
        state: &'static str,
        /// With `use`: the client.
        client: Option<DocumentedClient>,
        /// With `send`: the request, to be sent without following redirects.
        request: Option<HttpMessage>,
        /// With `refused`: the error code, for the log.
        reason: Option<&'static str>,
        /// With `unavailable`: when to ask again, in seconds since 1970.
        retry_at: Option<UnixTime>,
    }
}

output! {
    /// A client as its document registers it, to be passed on as `client`.
    pub(in crate::wire) struct DocumentedClient {
        /// The document's address.
        client_id: String,
        /// `private_key_jwt` or `none`.
        token_endpoint_auth_method: &'static str,
        /// Its public keys.
        jwks: Option<Object<'static>>,
        /// Refused without a proof (RFC 9449 §5.2).
        dpop_bound_access_tokens: bool,
        /// Whether it may use the grant of the server that asks.
        may_use_grant: bool,
    }
}

impl From<&RegisteredClient> for DocumentedClient {
    fn from(client: &RegisteredClient) -> Self {
        let jwks = match &client.authentication {
            ClientAuthentication::PrivateKeyJwt(keys) => {
                let keys = keys.keys().iter().map(|key| Json::Object(key.to_jwk())).collect();
                let mut jwks = Object::new();
                jwks.set("keys", Json::Array(keys));
                Some(jwks)
            }
            _ => None,
        };
        Self {
            client_id: String::from(client.client_id.as_str()),
            token_endpoint_auth_method: if jwks.is_some() { "private_key_jwt" } else { "none" },
            jwks,
            dpop_bound_access_tokens: client.dpop_bound_access_tokens,
            may_use_grant: client.may_use_grant,
        }
    }
}

/// Without any of what a state brings.
const fn only(state: &'static str) -> ClientDocumentStep {
    ClientDocumentStep { state, client: None, request: None, reason: None, retry_at: None }
}

fn next(options: NextForClient, _: &Held, machine: &mut Machine) -> Result<ClientDocumentStep, Fault> {
    let documents = machine.client_documents()?;
    Ok(match documents.next(&options.client_id, options.now) {
        ClientStep::NotADocument => only("not_a_document"),
        ClientStep::Use(client) => ClientDocumentStep { client: Some(client.into()), ..only("use") },
        ClientStep::Send(request) => {
            ClientDocumentStep { request: Some(HttpMessage::from(&request)), ..only("send") }
        }
        ClientStep::Refused(error) => {
            ClientDocumentStep { reason: Some(error.code().as_str()), ..only("refused") }
        }
        ClientStep::Unavailable { retry_at } => {
            ClientDocumentStep { retry_at: Some(retry_at), ..only("unavailable") }
        }
    })
}

input! {
    Arguments
    /// A response that arrived.
    pub(in crate::wire) struct ReceivedForClient {
        /// The client for which the request was sent.
        client_id: ClientId,
        /// The response.
        response: ArrivedResponse,
        /// The present, in seconds since 1970.
        now: UnixTime,
    }
}

fn received(options: ReceivedForClient, _: &Held, machine: &mut Machine) -> Result<Empty, Fault> {
    let documents = machine.client_documents()?;
    documents.received(&options.client_id, &options.response.into_http(), options.now)?;
    Ok(Empty {})
}
