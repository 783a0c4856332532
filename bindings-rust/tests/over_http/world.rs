//! A company on three ports of this machine, made of the crate's own routers.

use alloc::sync::Arc;
use core::convert::Infallible;
use core::future::{Ready, ready};
use core::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::Mutex;

use axum::Router;
use axum::response::Response;
use idjag::client::{ClientConfig, ClientCredentials, ClientMethod, Connection, Identity};
use idjag::client_documents::{ClientDocumentsConfig, DocumentFor};
use idjag::codec::json::Object;
use idjag::crypto::rustcrypto::{PROVIDER, SigningKey};
use idjag::crypto::{Algorithms, Signer};
use idjag::details::{DetailType, DetailTypes};
use idjag::idp::{AudienceSettings, DirectorySubject, IdpAuthorizationServer, IdpConfig, VerifiedSubject};
use idjag::jose::KeySet;
use idjag::oauth::http::{Headers, HttpRequest, HttpResponse};
use idjag::oauth::metadata::AuthorizationServerMetadata;
use idjag::oauth::{ClientAuthentication, RegisteredClient};
use idjag::policy::{Policy, PolicyOptions};
use idjag::record::DecisionRecord;
use idjag::resource_as::{
    ClientAssociation, IssuerTenants, ProtectedResource, ResolvedSubject, ResourceAsConfig,
    ResourceAuthorizationServer, TrustedIssuer,
};
use idjag::resource_server::{
    AccessTable, Requirement, ResourceServer, ResourceServerConfig, TrustedAuthorizationServer,
};
use idjag::scope::Scope;
use idjag::secret::{Secret, SecretDigest};
use idjag::text::{ClientId, Group, KeyId, Subject};
use idjag::token::{IdJag, IdToken, RelaxedClaims};
use idjag::uri::{Issuer, ResourceId, Transport, Url};
use idjag::{Limits, Seconds};
use idjag_http::client::{Client, SignedOn};
use idjag_http::server::{
    Accounts, AuthorizationServer, Directory, DocumentClients, Guard, Hosting, IdentityProvider, Issuing,
    MemoryReplay, MemoryRevocations, Records, StaticClients, TokenSigner,
};
use idjag_http::{HostFailure, Http, KeySetFetcher, KeySetOptions, KeySets, Looked, Surroundings};
use tokio::net::TcpListener;

pub(crate) const HTTP: Transport = Transport::DangerousAllowHttpLoopback;
const SECRET: &str = "desk-secret";

pub(crate) fn scope(text: &str) -> Scope {
    Scope::parse(text, &Limits::DEFAULT).unwrap()
}

pub(crate) fn algorithms() -> Algorithms {
    PROVIDER.allow_all()
}

pub(crate) fn key(name: &str, seed: u8) -> SigningKey {
    SigningKey::es256(KeyId::new(name).unwrap(), &[seed; 32]).unwrap()
}

/// A port that listens already and answers later.
pub(crate) struct Port {
    listener: TcpListener,
    pub(crate) origin: String,
}

impl Port {
    pub(crate) async fn open() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        Self { listener, origin }
    }

    pub(crate) fn url(&self, path: &str) -> Url {
        Url::new(&format!("{}{path}", self.origin), HTTP).unwrap()
    }

    pub(crate) fn issuer(&self) -> Issuer {
        Issuer::new(&self.origin, HTTP).unwrap()
    }

    pub(crate) fn serve(self, router: Router) {
        tokio::spawn(async move { axum::serve(self.listener, router).await });
    }
}

/// Decision records, which can be lost.
#[derive(Clone, Default)]
pub(crate) struct Ledger {
    pub(crate) lines: Arc<Mutex<Vec<String>>>,
    pub(crate) is_lost: Arc<AtomicBool>,
}

impl Records for Ledger {
    fn keep<'a>(&'a self, record: &'a DecisionRecord) -> Looked<'a, ()> {
        let line = record.to_json().to_string();
        let kept = if self.is_lost.load(Ordering::SeqCst) {
            Err(HostFailure::from("the ledger is lost"))
        } else {
            self.lines.lock().unwrap().push(line);
            Ok(())
        };
        Box::pin(ready(kept))
    }
}

/// The company's directory: one user, in engineering. It can be down.
#[derive(Clone, Default)]
pub(crate) struct Users {
    pub(crate) is_down: Arc<AtomicBool>,
}

impl Users {
    fn look<T>(&self, found: T) -> Result<T, HostFailure> {
        if self.is_down.load(Ordering::SeqCst) { Err("the directory is down".into()) } else { Ok(found) }
    }
}

impl Directory for Users {
    fn user<'a>(
        &'a self,
        user: &'a VerifiedSubject,
        _: &'a Issuer,
        _: &'a ClientId,
    ) -> Looked<'a, Option<DirectorySubject>> {
        let mut known = DirectorySubject::new(user.subject.clone());
        known.groups = Some([Group::new("engineering").unwrap()].into());
        Box::pin(ready(self.look((user.subject.as_str() == "ada").then_some(known))))
    }
}

impl Accounts for Users {
    fn account<'a>(&'a self, grant: &'a IdJag) -> Looked<'a, Option<ResolvedSubject>> {
        let known = ResolvedSubject { subject: grant.subject.clone(), groups: None, extra: Object::new() };
        Box::pin(ready(self.look((grant.subject.as_str() == "ada").then_some(known))))
    }
}

/// Everybody's addresses, and what tests look into.
pub(crate) struct World {
    pub(crate) idp: Issuer,
    pub(crate) authorization: Issuer,
    pub(crate) resource: ResourceId,
    pub(crate) ledger: Ledger,
    pub(crate) accounts: Users,
    pub(crate) revocations: MemoryRevocations,
    pub(crate) http: Http,
    pub(crate) guard: Guard,
    idp_metadata: AuthorizationServerMetadata,
}

/// How a world differs from the plain one.
#[derive(Default)]
pub(crate) struct Twist {
    /// Tokens must be bound to a key.
    pub(crate) bound: bool,
    /// The client at the authorization server, where it is not the one registered by hand.
    pub(crate) client_id: Option<String>,
    /// The policy denies everything.
    pub(crate) denied: bool,
    /// The MCP server has no store for proofs.
    pub(crate) forgetful: bool,
}

impl World {
    /// A company whose MCP server is `behind(guard)`.
    pub(crate) async fn new(twist: Twist, behind: impl FnOnce(&Guard) -> Router) -> Self {
        let (idp, authorization, mcp) = (Port::open().await, Port::open().await, Port::open().await);
        let resource = ResourceId::new(mcp.url("/mcp").as_str(), HTTP).unwrap();
        let http = Http::new().unwrap();
        let (ledger, accounts) = (Ledger::default(), Users::default());
        let revocations = MemoryRevocations::new(100);
        let hosting = || {
            let remembering =
                Hosting::new().with_replay(MemoryReplay::new(1000)).with_records(ledger.clone());
            remembering.with_revocations(revocations.clone())
        };

        let idp_metadata =
            AuthorizationServerMetadata::for_idp(idp.issuer(), idp.url("/token"), idp.url("/jwks"));
        let mut config = IdpConfig::new(idp.issuer(), idp.url("/token"), algorithms(), algorithms());
        let mut audience = AudienceSettings::new(authorization.issuer());
        audience.detail_types = detail_types();
        config.audiences = vec![audience];
        let provider = IdentityProvider {
            server: Arc::new(IdpAuthorizationServer::new(config).unwrap()),
            issuing: issuing(idp.issuer(), idp_metadata.clone(), 1),
            policy: Arc::new(policy(&authorization.issuer(), &resource, &twist)),
            clients: Arc::new(StaticClients::from_iter([client("desk")])),
            directory: Arc::new(Users::default()),
            attests: None,
            refresh_tokens: None,
            actor_keys: None,
            hosting: hosting(),
        };

        let server = AuthorizationServer {
            keys: Arc::new(fetched(&idp.issuer(), &http)),
            accounts: Arc::new(accounts.clone()),
            hosting: hosting(),
            ..authorization_server(&authorization, &idp.issuer(), &resource, twist.bound)
        };

        let guard = Guard::new(
            resource_server(&resource, &authorization.issuer()),
            fetched(&authorization.issuer(), &http),
        );
        let kept = if twist.forgetful { Hosting::new() } else { hosting() };
        let guard = guard.unwrap().with_hosting(kept.with_max_body_bytes(10_000));
        let world = Self {
            idp: idp.issuer(),
            authorization: authorization.issuer(),
            resource,
            ledger,
            accounts,
            revocations: revocations.clone(),
            http,
            guard: guard.clone(),
            idp_metadata,
        };
        idp.serve(provider.into_router().unwrap());
        authorization.serve(server.into_router().unwrap());
        mcp.serve(behind(&guard));
        world
    }

    /// The company's one MCP client.
    pub(crate) fn config(&self) -> ClientConfig {
        let secret = || ClientMethod::SecretBasic(Secret::new(SECRET));
        let at = |issuer: &Issuer, id: &str| {
            ClientCredentials::new(issuer.clone(), ClientId::new(id).unwrap(), secret())
        };
        ClientConfig::new(self.idp_metadata.clone(), at(&self.idp, "desk"))
            .unwrap()
            .with_credentials(at(&self.authorization, "desk-at-data"))
            .with_transport(HTTP)
    }

    pub(crate) fn client(&self, config: ClientConfig) -> Client {
        Client::new(Arc::new(config), self.http.clone(), SignedOn(self.sign_on()))
    }

    /// What signing on leaves: an ID Token for the client.
    pub(crate) fn sign_on(&self) -> Arc<Identity> {
        let now = Surroundings::system().now().unwrap();
        let expires_at = now.plus(Seconds(300));
        let token = IdToken {
            issuer: self.idp.clone(),
            subject: Subject::new("ada").unwrap(),
            audience: ClientId::new("desk").unwrap(),
            issued_at: now,
            expires_at,
            auth_time: Some(now),
            nonce: None,
            acr: None,
            amr: Vec::new(),
            tenant: None,
            session_id: None,
            token_id: None,
        };
        let token = token.to_unsigned().sign_with(&key("key-1", 1)).unwrap();
        Arc::new(Identity::new(self.idp.clone()).with_id_token(Secret::new(token.expose()), expires_at))
    }

    /// A plain request to the MCP server, as curl would send it.
    pub(crate) async fn post(&self, authorization: Option<&str>, body: &str) -> HttpResponse {
        let mut headers = Headers::new()
            .with("content-type", "application/json")
            .with("accept", "application/json, text/event-stream");
        if let Some(authorization) = authorization {
            headers.push("authorization", authorization);
        }
        let url = self.resource.to_string();
        let body = body.as_bytes().to_vec();
        self.http.send(&HttpRequest { method: "POST".into(), url, headers, body }).await.unwrap()
    }

    pub(crate) async fn get(&self, url: &str) -> HttpResponse {
        let request =
            HttpRequest { method: "GET".into(), url: url.into(), headers: Headers::new(), body: Vec::new() };
        self.http.send(&request).await.unwrap()
    }

    /// The `Authorization` field of a token for `wanted`.
    pub(crate) async fn token(&self, wanted: &str) -> String {
        self.token_over(self.connection().with_scope(scope(wanted))).await
    }

    /// A connection to the MCP server.
    pub(crate) fn connection(&self) -> Connection {
        Connection::new(Arc::new(self.config()), self.resource.clone())
    }

    /// The `Authorization` field of what `connection` obtains.
    pub(crate) async fn token_over(&self, mut connection: Connection) -> String {
        connection.identify(self.sign_on()).unwrap();
        idjag_http::client::Driver::new(self.http.clone()).connect(&mut connection).await.unwrap();
        let bare = HttpRequest {
            method: "POST".into(),
            url: self.resource.to_string(),
            headers: Headers::new(),
            body: Vec::new(),
        };
        let now = Surroundings::system().now().unwrap();
        let authorized = connection.authorize(bare, &[7; 32], now).unwrap();
        authorized.headers.all("authorization").next().unwrap().into()
    }
}

/// An authorization server that trusts `idp` and knows nobody's keys.
pub(crate) fn authorization_server(
    at: &Port,
    idp: &Issuer,
    resource: &ResourceId,
    bound: bool,
) -> AuthorizationServer {
    let mut config = ResourceAsConfig::new(at.issuer(), at.url("/oauth/token"), algorithms());
    config.trusted_issuers = vec![TrustedIssuer {
        issuer: idp.clone(),
        algorithms: algorithms(),
        clients: ClientAssociation::AnyRegistered,
        tenants: IssuerTenants::Single,
        saml_nameid: None,
    }];
    let scopes = scope("rows:read rows:write");
    config.revocation_endpoint = Some(at.url("/oauth/revoke"));
    config.detail_types = detail_types();
    config.resources = vec![ProtectedResource { id: resource.clone(), scopes, dpop_required: bound }];
    let mut metadata = AuthorizationServerMetadata::for_resource_authorization_server(
        at.issuer(),
        at.url("/oauth/token"),
        at.url("/oauth/jwks"),
    );
    metadata.revocation_endpoint.clone_from(&config.revocation_endpoint);
    let mut documents = ClientDocumentsConfig::new(DocumentFor::ResourceAuthorizationServer, algorithms());
    documents.transport = HTTP;
    let by_hand = StaticClients::from_iter([client("desk-at-data")]);
    AuthorizationServer {
        server: Arc::new(ResourceAuthorizationServer::new(config).unwrap()),
        issuing: issuing(at.issuer(), metadata, 2),
        keys: Arc::new(KeySets::new()),
        clients: Arc::new(DocumentClients::new(documents, by_hand).unwrap()),
        accounts: Arc::new(Users::default()),
        policy: None,
        hosting: Hosting::new().with_revocations(MemoryRevocations::new(100)),
    }
}

fn issuing(issuer: Issuer, metadata: AuthorizationServerMetadata, seed: u8) -> Issuing {
    let key = key(&format!("key-{seed}"), seed);
    let jwks = KeySet::of(issuer, [key.public_key().clone()]);
    Issuing { signers: Arc::new(TokenSigner::local(key)), jwks, metadata }
}

fn detail_types() -> DetailTypes {
    DetailTypes::NONE.with("export", DetailType { at_most: vec!["rows".into()], ..DetailType::default() })
}

fn client(id: &str) -> RegisteredClient {
    let secret = ClientAuthentication::SecretBasic(vec![SecretDigest::of(SECRET)]);
    RegisteredClient::new(ClientId::new(id).unwrap(), secret)
}

pub(crate) fn fetched(issuer: &Issuer, http: &Http) -> KeySets {
    let options = KeySetOptions { transport: HTTP, ..KeySetOptions::new(algorithms()) };
    KeySets::new().with_fetched(KeySetFetcher::new(issuer.clone(), options, http.clone()).unwrap())
}

fn resource_server(resource: &ResourceId, issuer: &Issuer) -> ResourceServer {
    let mut config = ResourceServerConfig::new(resource.clone(), algorithms());
    config.authorization_servers = vec![TrustedAuthorizationServer {
        issuer: issuer.clone(),
        algorithms: algorithms(),
        relaxed: RelaxedClaims::default(),
    }];
    config.access = AccessTable::mcp()
        .with_tool("read_rows", Requirement::scope(scope("rows:read")))
        .with_tool("write_rows", Requirement::scope(scope("rows:write")));
    config.initial_scope = scope("rows:read");
    config.proof_single_use = true;
    ResourceServer::new(config).unwrap()
}

fn policy(issuer: &Issuer, resource: &ResourceId, twist: &Twist) -> Arc<Policy> {
    let Twist { denied, client_id, .. } = twist;
    let client_id = client_id.as_deref().unwrap_or("desk-at-data");
    let effect = if *denied { "deny" } else { "permit" };
    let scopes = if *denied { "" } else { r#", "scopes": ["rows:read", "rows:write"]"# };
    let text = format!(
        r#"{{"version": 1,
            "apps": [{{"id": "desk", "client_ids": ["desk"], "status": "approved"}}],
            "servers": [{{"id": "data", "issuer": "{issuer}", "resources": ["{resource}"],
                          "client_ids": {{"desk": "{client_id}"}}}}],
            "rules": [{{"id": "rule", "effect": "{effect}", "apps": {{"ids": ["desk"]}},
                        "servers": {{"ids": ["data"]}}, "subjects": {{"groups_any": ["engineering"]}}{scopes}}}]}}"#
    );
    let mut options = PolicyOptions::default();
    options.transport = HTTP;
    Arc::new(Policy::compile(text.as_bytes(), &options).unwrap())
}

/// An MCP server that answers every request with `respond(request)` and counts what reaches it.
#[derive(Clone)]
pub(crate) struct Behind<F> {
    pub(crate) respond: F,
    pub(crate) reached: Arc<AtomicUsize>,
}

impl<F: Fn(axum::extract::Request) -> Response> tower_service::Service<axum::extract::Request> for Behind<F> {
    type Response = Response;
    type Error = Infallible;
    type Future = Ready<Result<Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut core::task::Context<'_>) -> core::task::Poll<Result<(), Infallible>> {
        core::task::Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: axum::extract::Request) -> Self::Future {
        self.reached.fetch_add(1, Ordering::SeqCst);
        ready(Ok((self.respond)(request)))
    }
}
