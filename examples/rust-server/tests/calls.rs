//! An agent with rmcp's client, and a stranger with plain requests, against the whole server over HTTP.

use std::sync::Arc;

use idjag::client::{ClientConfig, ClientCredentials, ClientMethod, Connection, Identity};
use idjag::crypto::Signer;
use idjag::crypto::rustcrypto::{PROVIDER, SigningKey};
use idjag::idp::{DirectorySubject, IdpAuthorizationServer, IdpConfig, VerifiedSubject};
use idjag::jose::KeySet;
use idjag::oauth::http::{Headers, HttpRequest, HttpResponse};
use idjag::oauth::metadata::AuthorizationServerMetadata;
use idjag::oauth::{ClientAuthentication, RegisteredClient};
use idjag::policy::{Policy, PolicyOptions};
use idjag::scope::Scope;
use idjag::secret::{Secret, SecretDigest};
use idjag::text::{ClientId, Group, KeyId, Subject};
use idjag::token::IdToken;
use idjag::uri::{Issuer, ResourceId, Transport, Url};
use idjag::{Limits, Seconds};
use idjag_http::client::{Client, Driver, SignedOn};
use idjag_http::rmcp::{AuthorizedTransport, declaring_extension};
use idjag_http::server::{
    Directory, Hosting, IdentityProvider, Issuing, MemoryReplay, StaticClients, TokenSigner,
};
use idjag_http::{Http, Looked, Surroundings, discover_issuer};
use rmcp::ServiceExt;
use rmcp::model::{CallToolRequestParams, CallToolResult, ClientCapabilities, Implementation};
use rust_server::app;
use rust_server::keygen::fresh_key;
use rust_server::settings::Settings;
use serde_json::{Value, json};
use tokio::net::TcpListener;

const HTTP: Transport = Transport::DangerousAllowHttpLoopback;
const SECRET: &str = "of-the-test";

/// The server under test, and an identity provider that one user has signed on at.
struct World {
    http: Http,
    idp: Issuer,
    idp_key: Arc<SigningKey>,
    origin: Issuer,
    resource: ResourceId,
}

struct Users;

impl Directory for Users {
    fn user<'a>(
        &'a self,
        user: &'a VerifiedSubject,
        _: &'a Issuer,
        _: &'a ClientId,
    ) -> Looked<'a, Option<DirectorySubject>> {
        let mut found = DirectorySubject::new(user.subject.clone());
        found.groups = Group::new("staff").ok().map(|group| [group].into());
        Box::pin(async { Ok(Some(found)) })
    }
}

async fn port() -> (TcpListener, Issuer) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    (listener, Issuer::new(&origin, HTTP).unwrap())
}

fn client(id: &str) -> RegisteredClient {
    let secret = ClientAuthentication::SecretBasic(vec![SecretDigest::of(SECRET)]);
    RegisteredClient::new(ClientId::new(id).unwrap(), secret)
}

fn identity_provider(
    idp: &Issuer,
    key: &Arc<SigningKey>,
    origin: &Issuer,
    resource: &ResourceId,
) -> IdentityProvider {
    let url = |path| Url::new(&format!("{idp}{path}"), HTTP).unwrap();
    let config = IdpConfig::new(idp.clone(), url("/token"), PROVIDER.allow_all(), PROVIDER.allow_all());
    let policy = json!({
        "version": 1,
        "apps": [{"id": "desk", "client_ids": ["desk"], "status": "approved"}],
        "servers": [{"id": "notes", "issuer": origin.as_str(), "resources": [resource.as_str()],
                     "client_ids": {"desk": "desk-at-notes"}}],
        "rules": [{"id": "staff", "effect": "permit", "apps": {"ids": ["desk"]}, "servers": {"ids": ["notes"]},
                   "subjects": {"groups_any": ["staff"]}, "scopes": ["notes:read", "notes:write"]}],
    });
    let mut options = PolicyOptions::default();
    options.transport = HTTP;
    let policy = Policy::compile(policy.to_string().as_bytes(), &options).unwrap();
    IdentityProvider {
        server: Arc::new(IdpAuthorizationServer::new(config).unwrap()),
        issuing: Issuing {
            signers: Arc::new(TokenSigner::Local(key.clone())),
            jwks: KeySet::of(idp.clone(), [key.public_key().clone()]),
            metadata: AuthorizationServerMetadata::for_idp(idp.clone(), url("/token"), url("/jwks")),
        },
        policy: Arc::new(Arc::new(policy)),
        clients: Arc::new(StaticClients::from_iter([client("desk")])),
        directory: Arc::new(Users),
        attests: None,
        refresh_tokens: None,
        actor_keys: None,
        hosting: Hosting::new().with_replay(MemoryReplay::new(100)),
    }
}

impl World {
    async fn new() -> Self {
        let ((idp_port, idp), (port, origin)) = (port().await, port().await);
        let idp_key = Arc::new(SigningKey::es256(KeyId::new("idp").unwrap(), &[7; 32]).unwrap());
        let settings = Settings {
            origin: origin.clone(),
            idp: idp.clone(),
            key: Arc::new(fresh_key().unwrap()),
            clients: vec![client("desk-at-notes")],
            client_origins: Default::default(),
            redis: None,
            transport: HTTP,
        };
        let resource = settings.resource().unwrap();
        let provider = identity_provider(&idp, &idp_key, &origin, &resource).into_router().unwrap();
        let server = app(&settings).unwrap();
        tokio::spawn(async move { axum::serve(idp_port, provider).await });
        tokio::spawn(async move { axum::serve(port, server).await });
        Self { http: Http::new().unwrap(), idp, idp_key, origin, resource }
    }

    async fn config(&self) -> Arc<ClientConfig> {
        let at = |issuer: &Issuer, id: &str| {
            let secret = ClientMethod::SecretBasic(Secret::new(SECRET));
            ClientCredentials::new(issuer.clone(), ClientId::new(id).unwrap(), secret)
        };
        let idp = discover_issuer(&self.http, &self.idp, HTTP).await.unwrap();
        let config = ClientConfig::new(idp, at(&self.idp, "desk")).unwrap();
        Arc::new(config.with_credentials(at(&self.origin, "desk-at-notes")).with_transport(HTTP))
    }

    fn sign_on(&self) -> Arc<Identity> {
        let now = Surroundings::system().now().unwrap();
        let token = IdToken {
            issuer: self.idp.clone(),
            subject: Subject::new("ada").unwrap(),
            audience: ClientId::new("desk").unwrap(),
            issued_at: now,
            expires_at: now.plus(Seconds(300)),
            auth_time: Some(now),
            nonce: None,
            acr: None,
            amr: Vec::new(),
            tenant: None,
            session_id: None,
            token_id: None,
        };
        let signed = token.to_unsigned().sign_with(self.idp_key.as_ref()).unwrap();
        let identity = Identity::new(self.idp.clone());
        Arc::new(identity.with_id_token(Secret::new(signed.expose()), token.expires_at))
    }

    async fn connection(&self) -> Connection {
        let scope = Scope::parse("notes:read", &Limits::DEFAULT).unwrap();
        Connection::new(self.config().await, self.resource.clone()).with_scope(scope)
    }

    async fn post(&self, token: Option<&str>, message: &Value) -> HttpResponse {
        let mut headers = Headers::new()
            .with("content-type", "application/json")
            .with("accept", "application/json, text/event-stream")
            .with("mcp-protocol-version", "2025-11-25");
        if let Some(token) = token {
            headers.push("authorization", token);
        }
        let (url, body) = (self.resource.to_string(), message.to_string().into_bytes());
        self.http.send(&HttpRequest { method: "POST".into(), url, headers, body }).await.unwrap()
    }

    async fn get(&self, path: &str) -> Value {
        let url = format!("{}{path}", self.origin);
        let request = HttpRequest { method: "GET".into(), url, headers: Headers::new(), body: Vec::new() };
        serde_json::from_slice(&self.http.send(&request).await.unwrap().body).unwrap()
    }
}

fn text(result: &CallToolResult) -> String {
    result.content.iter().filter_map(|block| block.as_text()).map(|text| text.text.clone()).collect()
}

#[tokio::test]
async fn an_agent_reads_and_steps_up_to_write() {
    let world = World::new().await;
    let client = Client::new(world.config().await, world.http.clone(), SignedOn(world.sign_on()));
    let transport: AuthorizedTransport = client.over(world.connection().await).into();
    let who = declaring_extension(ClientCapabilities::default());
    let who = rmcp::model::ClientConfig::new(who, Implementation::new("desk", "1"));
    let agent = who.serve(transport).await.unwrap();

    let tools: Vec<_> =
        agent.list_all_tools().await.unwrap().iter().map(|tool| tool.name.to_string()).collect();
    assert_eq!(tools, ["list_notes"]);
    let mut note = CallToolRequestParams::new("add_note");
    note.arguments = json!({"note": "buy milk"}).as_object().cloned();
    assert_eq!(text(&agent.call_tool(note).await.unwrap()), "1");
    let notes = agent.call_tool(CallToolRequestParams::new("list_notes")).await.unwrap();
    assert_eq!(text(&notes), "buy milk");
    let tools = agent.list_all_tools().await.unwrap();
    assert_eq!(tools.len(), 2);
    agent.cancel().await.unwrap();
}

#[tokio::test]
async fn a_stranger_is_told_where_tokens_come_from_and_a_reader_what_writing_takes() {
    let world = World::new().await;
    let call = |tool: &str| json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": tool, "arguments": {"note": "x"}}});
    let stranger = world.post(None, &call("list_notes")).await;
    let challenge = stranger.headers.all("www-authenticate").next().unwrap();
    assert_eq!(stranger.status, 401);
    assert!(challenge.contains("/.well-known/oauth-protected-resource/mcp"), "{challenge}");

    let resource = world.get("/.well-known/oauth-protected-resource/mcp").await;
    assert_eq!(resource["authorization_servers"], json!([world.origin.as_str()]));
    let server = world.get("/.well-known/oauth-authorization-server").await;
    assert_eq!(server["grant_types_supported"], json!(["urn:ietf:params:oauth:grant-type:jwt-bearer"]));

    let mut connection = world.connection().await;
    connection.identify(world.sign_on()).unwrap();
    Driver::new(world.http.clone()).connect(&mut connection).await.unwrap();
    let bare = HttpRequest {
        method: "POST".into(),
        url: world.resource.to_string(),
        headers: Headers::new(),
        body: Vec::new(),
    };
    let now = Surroundings::system().now().unwrap();
    let authorized = connection.authorize(bare, &[1; 32], now).unwrap();
    let token = authorized.headers.all("authorization").next().unwrap();

    let refused = world.post(Some(token), &call("add_note")).await;
    let challenge = refused.headers.all("www-authenticate").next().unwrap();
    assert_eq!(refused.status, 403);
    assert!(challenge.contains("insufficient_scope") && challenge.contains("notes:write"), "{challenge}");

    let list = world.post(Some(token), &json!({"jsonrpc": "2.0", "id": 2, "method": "tools/list"})).await;
    let list: Value = serde_json::from_slice(&list.body).unwrap();
    let names: Vec<_> =
        list["result"]["tools"].as_array().unwrap().iter().map(|tool| &tool["name"]).collect();
    assert_eq!(names, ["list_notes"]);
    assert_eq!(world.post(Some(token), &call("list_notes")).await.status, 200);
}
