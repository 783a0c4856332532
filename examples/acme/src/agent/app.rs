//! An app at work: `idjag` says what to send, this sends it.

use alloc::sync::Arc;
use std::sync::{Mutex, PoisonError};

use idjag::client::{ClientConfig, ClientCredentials, ClientMethod, Connection, ServerAnswer, Step};
use idjag::crypto::rustcrypto::SigningKey;
use idjag::oauth::http::{Headers, HttpRequest, HttpResponse};
use idjag::oauth::metadata::AuthorizationServerMetadata;
use idjag::scope::Scope;
use idjag::secret::Secret;
use idjag::text::KeyId;
use idjag::uri::Issuer;
use idjag_http::{KeySetFetcher, discover_issuer};

use super::sign_on::Session;
use crate::clock::Clock;
use crate::company::{App, Company, Credentials, Method, Server};
use crate::failure::Failure;
use crate::mcp::{HeadersFor, McpClient};
use crate::random;
use crate::trust::{TRANSPORT, keys_of};
use crate::web::Web;

/// How an installation holds its tokens.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tokens {
    /// Whoever has one may use it.
    Bearer,
    /// Bound to a key of the installation's own (DPoP).
    Bound,
}

/// One installation of an app.
#[derive(Clone)]
pub(crate) struct Agent {
    /// What all its connections share.
    config: Arc<ClientConfig>,
    /// The identity provider, by its metadata.
    pub(super) idp: AuthorizationServerMetadata,
    /// At the identity provider.
    pub(super) credentials: ClientCredentials,
    /// At each authorization server.
    pub(super) at_servers: Vec<ClientCredentials>,
    /// What its tokens are bound to.
    pub(super) key: Option<Arc<SigningKey>>,
    /// The identity provider's keys, for ID Tokens.
    pub(super) keys: Arc<KeySetFetcher>,
    pub(super) web: Web,
    pub(super) clock: Clock,
}

impl Agent {
    /// Installs `app`: with the credentials it was registered with, and with a key if its tokens are to be bound.
    pub(crate) async fn install(
        company: &Company,
        app: &App,
        tokens: Tokens,
        web: &Web,
        clock: &Clock,
    ) -> Result<Self, Failure> {
        let idp = discover_issuer(web.plain(), &company.issuer, TRANSPORT).await.map_err(Failure::broken)?;
        let credentials = credentials_at(&company.issuer, &app.at_idp);
        let at = |server: &Server| credentials_at(&server.issuer, app.at(server.id));
        let at_servers: Vec<_> = company.servers.iter().map(at).collect();
        let key = (tokens == Tokens::Bound).then(fresh_key).transpose()?;
        let mut config = ClientConfig::new(idp.clone(), credentials.clone())?.with_transport(TRANSPORT);
        config = at_servers.iter().cloned().fold(config, ClientConfig::with_credentials);
        if let Some(key) = &key {
            config = config.with_dpop(key.clone());
        }
        Ok(Self {
            config: Arc::new(config),
            idp,
            credentials,
            at_servers,
            key,
            keys: keys_of(&company.issuer, clock)?,
            web: web.clone(),
            clock: clock.clone(),
        })
    }

    /// A connection to `server` that has all it needs: from the server's challenge to an access token.
    pub(crate) async fn connect(
        &self,
        session: &Session,
        server: &Server,
        scope: &Scope,
    ) -> Result<Connection, Failure> {
        let mut connection = self.approach(session, server, scope).await?;
        self.drive(&mut connection).await?;
        Ok(connection)
    }

    /// The same for one conversation: its tokens are good for no other.
    pub(crate) async fn connect_in(
        &self,
        session: &Session,
        server: &Server,
        scope: &Scope,
        conversation: &str,
    ) -> Result<Connection, Failure> {
        let mut connection = self.approach(session, server, scope).await?.with_context(conversation)?;
        self.drive(&mut connection).await?;
        Ok(connection)
    }

    /// The same before anybody has been asked for a token.
    pub(crate) async fn approach(
        &self,
        session: &Session,
        server: &Server,
        scope: &Scope,
    ) -> Result<Connection, Failure> {
        let challenge = self.knock(server).await?;
        let connection = Connection::challenged(self.config.clone(), server.resource.clone(), &challenge)?;
        let mut connection = connection.with_scope(scope.clone());
        connection.identify(session.identity.clone())?;
        Ok(connection)
    }

    /// Sends what the connection asks for until it is ready.
    pub(crate) async fn drive(&self, connection: &mut Connection) -> Result<(), Failure> {
        loop {
            match connection.next(&random::bytes(), self.clock.now()) {
                Step::Send(outgoing) => match self.web.send(&outgoing.request).await {
                    Ok(response) => connection.receive(&response, self.clock.now())?,
                    Err(_) => connection.unreachable(self.clock.now()),
                },
                Step::Ready => return Ok(()),
                Step::Denied(_) => return Err(Failure::Refused(ServerAnswer::Denied)),
                Step::NeedIdentity(need) => return Err(Failure::SignOnNeeded(need)),
                Step::Failed(error) => return Err(Failure::Declined(error)),
                // Nobody on loopback is overloaded, and a story does not wait.
                _ => return Err(Failure::broken("the server asks to come back later")),
            }
        }
    }

    /// MCP over a ready connection: it dresses every request.
    pub(crate) async fn talk(&self, connection: Connection) -> Result<McpClient, Failure> {
        let (clock, url) = (self.clock.clone(), connection.server().to_string());
        let connection = Mutex::new(connection);
        let headers_for = move |method: &str, url: &str| {
            let mut connection = connection.lock().unwrap_or_else(PoisonError::into_inner);
            let bare = bare_request(method, url);
            connection.authorize(bare, &random::bytes(), clock.now()).map(|dressed| dressed.headers)
        };
        self.talk_with(&url, Arc::new(headers_for)).await
    }

    /// MCP with whatever headers somebody has come by.
    pub(crate) async fn talk_with(&self, url: &str, headers_for: HeadersFor) -> Result<McpClient, Failure> {
        McpClient::connect(&self.web, url, headers_for).await
    }

    /// A call without a token: the challenge says where tokens come from.
    pub(super) async fn knock(&self, server: &Server) -> Result<HttpResponse, Failure> {
        let nothing = Arc::new(|_: &str, _: &str| Ok(Headers::new()));
        match self.talk_with(server.resource.as_str(), nothing).await {
            Err(Failure::Challenged(response)) => Ok(response),
            Err(broken) => Err(broken),
            Ok(_) => Err(Failure::broken("the server let a stranger in")),
        }
    }
}

/// Of a request, what decides about its headers.
pub(super) fn bare_request(method: &str, url: &str) -> HttpRequest {
    HttpRequest { method: method.into(), url: url.into(), headers: Headers::new(), body: Vec::new() }
}

fn credentials_at(issuer: &Issuer, credentials: &Credentials) -> ClientCredentials {
    let method = match &credentials.method {
        Method::Secret(secret) => ClientMethod::SecretBasic(Secret::new(secret.as_str())),
        Method::Key(key) => ClientMethod::PrivateKeyJwt(key.clone()),
    };
    ClientCredentials::new(issuer.clone(), credentials.client_id.clone(), method)
}

pub(super) fn fresh_key() -> Result<Arc<SigningKey>, Failure> {
    let kid = KeyId::new(random::short())?;
    Ok(Arc::new(SigningKey::es256(kid, &random::bytes())?))
}
