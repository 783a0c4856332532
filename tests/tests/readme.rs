//! The README's Rust, executed: one grant through the three server roles, by the functions the README prints.

extern crate alloc;

use alloc::collections::BTreeMap;
use alloc::sync::Arc;

use idjag::Error;
use idjag::client::{ClientConfig, ClientCredentials, ClientMethod, Connection, Identity, Step};
use idjag::codec::json::Object;
use idjag::crypto::rustcrypto::{PROVIDER, SigningKey};
use idjag::crypto::{Algorithms, Signer};
use idjag::idp::{DirectorySubject, ExchangeMaterial, IdpAuthorizationServer, IdpConfig};
use idjag::jose::KeySet;
use idjag::oauth::http::{Headers, HttpRequest, HttpResponse};
use idjag::oauth::metadata::AuthorizationServerMetadata;
use idjag::oauth::{ClientAuthentication, RegisteredClient};
use idjag::policy::{Policy, PolicyOptions};
use idjag::record::DecisionRecord;
use idjag::rejection::Rejection;
use idjag::replay::MemoryReplayStore;
use idjag::resource_as::{
    ClientAssociation, GrantMaterial, IssuerTenants, ProtectedResource, ResolvedSubject, ResourceAsConfig,
    ResourceAuthorizationServer, TrustedIssuer,
};
use idjag::resource_server::{
    AccessMaterial, AccessTable, AuthorizedAccess, Requirement, ResourceServer, ResourceServerConfig,
    TrustedAuthorizationServer,
};
use idjag::secret::{Secret, SecretDigest};
use idjag::text::{ClientId, KeyId, Subject, TokenId};
use idjag::time::UnixTime;
use idjag::token::{IdToken, NonceRule, RelaxedClaims};
use idjag::uri::{Issuer, ResourceId, Transport, Url};
use idjag::{Limits, Seconds, scope::Scope};

const README: &str = include_str!("../../README.md");
const SOURCE: &str = include_str!("readme.rs");

/// What a host has at hand: its key, the keys of others, its clients, its store.
struct Host {
    key: SigningKey,
    keys: BTreeMap<String, KeySet>,
    client: RegisteredClient,
    replay: MemoryReplayStore,
    fresh: u32,
}

impl Host {
    fn keys(&self, issuer: &Issuer) -> Option<&KeySet> {
        self.keys.get(issuer.as_str())
    }

    fn client(&self, id: &ClientId) -> Option<&RegisteredClient> {
        Some(&self.client).filter(|client| client.client_id == *id)
    }

    /// Stands in for 128 random bits.
    fn fresh_id(&mut self) -> TokenId {
        self.fresh += 1;
        TokenId::new(format!("jti-{}", self.fresh)).unwrap()
    }
}

// An identity provider: a user's ID Token becomes an ID-JAG, if policy permits.
fn exchange(
    idp: &IdpAuthorizationServer,
    policy: &Policy,
    request: &HttpRequest,
    host: &mut Host,
    now: UnixTime,
) -> Result<(HttpResponse, DecisionRecord), Rejection> {
    let pending = idp.parse(request, now)?;
    let material = ExchangeMaterial {
        client: host.client(pending.needs().client_id),
        own_keys: host.keys(&idp.config().issuer),
        attested: None,
        actor_keys: None,
        revocations: None,
        nonce: NonceRule::NotRequired,
    };
    let verified = pending.verify(&material, now)?;
    let target = verified.target(policy)?;
    let user = DirectorySubject::new(target.subject().subject.clone()); // as this audience knows the user
    let permitted = target.authorize(Some(&user), now)?;
    let spent = permitted.first_use(|key| host.replay.first_use(key, now))?;
    Ok(spent.id_jag(host.fresh_id(), now)?.sign_with(&host.key)?.into_response())
}

// A resource authorization server: the ID-JAG becomes an access token for one resource, once.
fn redeem(
    server: &ResourceAuthorizationServer,
    request: &HttpRequest,
    host: &mut Host,
    now: UnixTime,
) -> Result<(HttpResponse, DecisionRecord), Rejection> {
    let pending = server.parse(request, now)?;
    let needs = pending.needs();
    let (keys, client) = (host.keys(needs.issuer), host.client(needs.client_id));
    let material = GrantMaterial { keys, client, revocations: None, nonce: NonceRule::NotRequired };
    let verified = pending.verify(&material, now)?;
    let account =
        ResolvedSubject { subject: verified.claims().subject.clone(), groups: None, extra: Object::new() };
    let granted = verified.authorize(None, Some(&account), now)?;
    let spent = granted.first_use(|key| host.replay.first_use(key, now))?;
    Ok(spent.access_token(host.fresh_id(), now)?.sign_with(&host.key)?.into_response())
}

// An MCP server: may this token do what this request's body asks for?
fn admit(
    server: &ResourceServer,
    request: &HttpRequest,
    host: &Host,
    now: UnixTime,
) -> Result<AuthorizedAccess, Rejection> {
    let pending = server.parse(request, now)?; // a rejection holds the finished 401 or 403
    let keys = host.keys(pending.needs().issuer);
    let material = AccessMaterial { keys, revocations: None, nonce: NonceRule::NotRequired, context: None };
    let verified = pending.verify(&material, now)?;
    verified.authorize_request(request, now)
}

// A client: from one sign-on to an access token for this server. Sending, waiting and sign-on are yours.
fn connect(
    connection: &mut Connection,
    sign_on: &Arc<Identity>,
    network: &mut Network,
    now: UnixTime,
) -> Result<(), Error> {
    loop {
        match connection.next(&network.random(), now) {
            Step::Send(outgoing) => connection.receive(&network.send(&outgoing.request), now)?,
            Step::NeedIdentity(_) => connection.identify(sign_on.clone())?,
            Step::NeedAssertion(_) | Step::NeedAuthorization(_) => connection.decline(), // of other grants
            Step::Wait { seconds } => network.wait(seconds),
            Step::Ready => return Ok(()),
            Step::Denied(denial) => return Err(denial.error()), // an administrator's answer: final
            Step::Failed(error) => return Err(error),
        }
    }
}

const IDP: &str = "https://idp.acme.example";
const AS: &str = "https://auth.data.example";
const MCP: &str = "https://mcp.data.example/mcp";
const SECRET: &str = "correct horse battery staple";
const NOW: u64 = 1_800_000_000;
const POLICY: &str = r#"{
  "version": 1,
  "apps": [{"id": "desk", "client_ids": ["desk"], "status": "approved"}],
  "servers": [{"id": "data", "issuer": "https://auth.data.example", "resources": ["https://mcp.data.example/mcp"],
               "client_ids": {"desk": "desk-at-data"}}],
  "rules": [{"id": "desk-reads", "effect": "permit", "apps": {"ids": ["desk"]}, "servers": {"ids": ["data"]},
             "subjects": {"any": true}, "scopes": ["rows:read"]}]
}"#;

fn https<T>(new: fn(&str, Transport) -> Result<T, Error>, text: &str) -> T {
    new(text, Transport::HttpsOnly).unwrap()
}

fn algorithms() -> Algorithms {
    PROVIDER.allow_all()
}

fn host(client_id: &str, seed: u8) -> Host {
    let digest = vec![SecretDigest::of(SECRET)];
    let authentication = ClientAuthentication::SecretPost(digest);
    Host {
        key: SigningKey::es256(KeyId::new("key-1").unwrap(), &[seed; 32]).unwrap(),
        keys: BTreeMap::new(),
        client: RegisteredClient::new(ClientId::new(client_id).unwrap(), authentication),
        replay: MemoryReplayStore::new(1_000),
        fresh: 0,
    }
}

/// The company on the other end of the client's requests.
struct Network {
    idp: IdpAuthorizationServer,
    idp_host: Host,
    policy: Policy,
    authorization_server: ResourceAuthorizationServer,
    as_host: Host,
    resource: ResourceServer,
    now: UnixTime,
    drawn: u8,
}

impl Network {
    /// Stands in for 32 random bytes.
    fn random(&mut self) -> [u8; 32] {
        self.drawn += 1;
        [self.drawn; 32]
    }

    fn wait(&mut self, _: Seconds) {}

    fn send(&mut self, request: &HttpRequest) -> HttpResponse {
        let outcome = match request.url.as_str() {
            "https://mcp.data.example/.well-known/oauth-protected-resource/mcp" => {
                return self.resource.metadata().unwrap().to_response();
            }
            "https://auth.data.example/.well-known/oauth-authorization-server" => {
                return metadata(AuthorizationServerMetadata::for_resource_authorization_server, AS)
                    .to_response();
            }
            "https://idp.acme.example/token" => {
                exchange(&self.idp, &self.policy, request, &mut self.idp_host, self.now)
            }
            "https://auth.data.example/token" => {
                redeem(&self.authorization_server, request, &mut self.as_host, self.now)
            }
            other => panic!("nobody is at {other}"),
        };
        match outcome {
            Ok((response, _)) => response,
            Err(rejection) => rejection.into_parts().0,
        }
    }
}

fn metadata(
    of_role: fn(Issuer, Url, Url) -> AuthorizationServerMetadata,
    issuer: &str,
) -> AuthorizationServerMetadata {
    let at = |path: &str| https(Url::new, &format!("{issuer}{path}"));
    of_role(https(Issuer::new, issuer), at("/token"), at("/jwks"))
}

fn idp() -> IdpAuthorizationServer {
    let token_endpoint = https(Url::new, "https://idp.acme.example/token");
    let config = IdpConfig::new(https(Issuer::new, IDP), token_endpoint, algorithms(), algorithms());
    IdpAuthorizationServer::new(config).unwrap()
}

fn rows_read() -> Scope {
    Scope::parse("rows:read", &Limits::DEFAULT).unwrap()
}

fn authorization_server() -> ResourceAuthorizationServer {
    let token_endpoint = https(Url::new, "https://auth.data.example/token");
    let mut config = ResourceAsConfig::new(https(Issuer::new, AS), token_endpoint, algorithms());
    config.trusted_issuers.push(TrustedIssuer {
        issuer: https(Issuer::new, IDP),
        algorithms: algorithms(),
        clients: ClientAssociation::AnyRegistered,
        tenants: IssuerTenants::Single,
        saml_nameid: None,
    });
    config.resources.push(ProtectedResource {
        id: https(ResourceId::new, MCP),
        scopes: rows_read(),
        dpop_required: false,
    });
    ResourceAuthorizationServer::new(config).unwrap()
}

fn resource_server() -> ResourceServer {
    let mut config = ResourceServerConfig::new(https(ResourceId::new, MCP), algorithms());
    config.authorization_servers.push(TrustedAuthorizationServer {
        issuer: https(Issuer::new, AS),
        algorithms: algorithms(),
        relaxed: RelaxedClaims::default(),
    });
    config.access = AccessTable::mcp().with_tool("query_rows", Requirement::scope(rows_read()));
    ResourceServer::new(config).unwrap()
}

fn network(now: UnixTime) -> Network {
    let (mut idp_host, mut as_host) = (host("desk", 1), host("desk-at-data", 2));
    let idp_keys = KeySet::of(https(Issuer::new, IDP), [idp_host.key.public_key().clone()]);
    let as_keys = KeySet::of(https(Issuer::new, AS), [as_host.key.public_key().clone()]);
    idp_host.keys.insert(IDP.into(), idp_keys.clone());
    as_host.keys.insert(IDP.into(), idp_keys);
    as_host.keys.insert(AS.into(), as_keys);
    Network {
        idp: idp(),
        idp_host,
        policy: Policy::compile(POLICY.as_bytes(), &PolicyOptions::default()).unwrap(),
        authorization_server: authorization_server(),
        as_host,
        resource: resource_server(),
        now,
        drawn: 0,
    }
}

fn client() -> Arc<ClientConfig> {
    let credentials = |issuer: &str, client_id: &str| {
        let method = ClientMethod::SecretPost(Secret::new(SECRET));
        ClientCredentials::new(https(Issuer::new, issuer), ClientId::new(client_id).unwrap(), method)
    };
    let config =
        ClientConfig::new(metadata(AuthorizationServerMetadata::for_idp, IDP), credentials(IDP, "desk"));
    Arc::new(config.unwrap().with_credentials(credentials(AS, "desk-at-data")))
}

fn sign_on(host: &Host, now: UnixTime) -> Arc<Identity> {
    let expires_at = UnixTime::now(NOW + 300).unwrap();
    let id_token = IdToken {
        issuer: https(Issuer::new, IDP),
        subject: Subject::new("alice").unwrap(),
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
    let id_token = id_token.to_unsigned().sign_with(&host.key).unwrap();
    let identity = Identity::new(https(Issuer::new, IDP));
    Arc::new(identity.with_id_token(Secret::new(id_token.expose()), expires_at))
}

fn call(tool: &str) -> HttpRequest {
    let body = format!(r#"{{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{{"name":"{tool}"}}}}"#);
    HttpRequest { method: "POST".into(), url: MCP.into(), headers: Headers::new(), body: body.into_bytes() }
}

#[test]
fn the_readme_takes_one_grant_through_all_four_roles() {
    let now = UnixTime::now(NOW).unwrap();
    let mut network = network(now);
    let sign_on = sign_on(&network.idp_host, now);
    let mut connection = Connection::new(client(), https(ResourceId::new, MCP));
    connect(&mut connection, &sign_on, &mut network, now).unwrap();

    let mut admitted = |tool: &str| {
        let request = connection.authorize(call(tool), &[99; 32], now).unwrap();
        admit(&network.resource, &request, &network.as_host, now).map(|access| access.record().clone())
    };
    assert_eq!(admitted("query_rows").unwrap().operation.as_deref(), Some("query_rows"));
    assert_eq!(
        admitted("drop_table").unwrap_err().to_string(),
        "the operation is not one that tokens can be granted"
    );
}

#[test]
fn a_denied_app_is_told_so_and_asks_nobody_else() {
    let now = UnixTime::now(NOW).unwrap();
    let mut network = network(now);
    let restricted = POLICY.replace("approved", "restricted");
    network.policy = Policy::compile(restricted.as_bytes(), &PolicyOptions::default()).unwrap();
    let sign_on = sign_on(&network.idp_host, now);
    let mut connection = Connection::new(client(), https(ResourceId::new, MCP));
    let error = connect(&mut connection, &sign_on, &mut network, now).unwrap_err();
    assert_eq!(error.code().as_str(), "server_denied");
}

#[test]
fn the_readme_prints_what_is_executed() {
    const JAVASCRIPT: &str = concat!(
        include_str!("../js/adapters/readme/guard.mjs"),
        include_str!("../js/adapters/readme/redeem.mjs"),
        include_str!("../js/adapters/readme/withdraw.mjs"),
        include_str!("../js/mcp/readme/server.mjs"),
        include_str!("../js/mcp/readme/client.mjs"),
    );
    const PYTHON: &str =
        concat!(include_str!("../python/readme.py"), include_str!("../python/mcp/snippets.py"));
    for (language, executed, least) in [("rust", SOURCE, 4), ("js", JAVASCRIPT, 2), ("python", PYTHON, 2)] {
        let fence = format!("```{language}\n");
        let blocks = README.split(&fence).skip(1).filter_map(|rest| rest.split("```").next());
        let blocks: Vec<&str> = blocks.collect();
        assert!(blocks.len() >= least, "{language}: {} blocks", blocks.len());
        for block in blocks {
            assert!(executed.contains(block.trim()), "the README prints what no test executes:\n{block}");
        }
    }
}
