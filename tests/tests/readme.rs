//! The README's Rust, executed: one grant through the three server roles, by the functions the README prints.

extern crate alloc;

use alloc::collections::BTreeMap;

use idjag::Error;
use idjag::codec::form::Form;
use idjag::codec::json::Object;
use idjag::crypto::rustcrypto::{PROVIDER, SigningKey};
use idjag::crypto::{Algorithms, Signer};
use idjag::idp::{DirectorySubject, ExchangeMaterial, IdpAuthorizationServer, IdpConfig};
use idjag::jose::KeySet;
use idjag::oauth::http::{Headers, HttpRequest, HttpResponse};
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
    AccessTable, AuthorizedAccess, Operation, Requirement, ResourceServer, ResourceServerConfig,
    TrustedAuthorizationServer,
};
use idjag::secret::SecretDigest;
use idjag::text::{ClientId, KeyId, Subject, TokenId};
use idjag::time::UnixTime;
use idjag::token::{IdToken, NonceRule, RelaxedClaims};
use idjag::uri::{Issuer, ResourceId, Transport, Url};
use idjag::{Limits, scope::Scope};

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
    let verified = pending.verify(&GrantMaterial { keys, client, nonce: NonceRule::NotRequired }, now)?;
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
) -> Result<AuthorizedAccess, Box<dyn core::error::Error>> {
    let pending = server.parse(request, now)?; // a rejection holds the finished 401 or 403
    let keys = host.keys(pending.needs().issuer);
    let verified = pending.verify(keys, NonceRule::NotRequired, now)?;
    let operation = Operation::from_json_rpc(&request.body, &Limits::DEFAULT)?;
    Ok(verified.authorize(&operation, now)?)
}

const IDP: &str = "https://idp.acme.example";
const AS: &str = "https://auth.data.example";
const MCP: &str = "https://mcp.data.example/mcp";
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
    let digest = vec![SecretDigest::of("correct horse")];
    let authentication = ClientAuthentication::SecretPost(digest);
    Host {
        key: SigningKey::es256(KeyId::new("key-1").unwrap(), &[seed; 32]).unwrap(),
        keys: BTreeMap::new(),
        client: RegisteredClient::new(ClientId::new(client_id).unwrap(), authentication),
        replay: MemoryReplayStore::new(1_000),
        fresh: 0,
    }
}

fn post(url: &str, fields: &[(&str, &str)]) -> HttpRequest {
    let mut form = Form::default();
    for (name, value) in fields {
        form.push(*name, *value);
    }
    let headers = Headers::new().with("Content-Type", "application/x-www-form-urlencoded");
    HttpRequest { method: "POST".into(), url: url.into(), headers, body: form.encode().into_bytes() }
}

fn access_token_of(response: &HttpResponse) -> String {
    let body: serde_json::Value = serde_json::from_slice(&response.body).unwrap();
    body["access_token"].as_str().unwrap().to_owned()
}

#[test]
fn the_readme_takes_one_grant_through_all_server_roles() {
    let now = UnixTime::now(NOW).unwrap();
    let (mut idp_host, mut as_host) = (host("desk", 1), host("desk-at-data", 2));
    let idp_keys = KeySet::of(https(Issuer::new, IDP), [idp_host.key.public_key().clone()]);
    let as_keys = KeySet::of(https(Issuer::new, AS), [as_host.key.public_key().clone()]);
    idp_host.keys.insert(IDP.into(), idp_keys.clone());
    as_host.keys.insert(IDP.into(), idp_keys);
    as_host.keys.insert(AS.into(), as_keys);

    let token_endpoint = https(Url::new, "https://idp.acme.example/token");
    let config = IdpConfig::new(https(Issuer::new, IDP), token_endpoint, algorithms(), algorithms());
    let idp = IdpAuthorizationServer::new(config).unwrap();
    let policy = Policy::compile(POLICY.as_bytes(), &PolicyOptions::default()).unwrap();
    let id_token = IdToken {
        issuer: https(Issuer::new, IDP),
        subject: Subject::new("alice").unwrap(),
        audience: ClientId::new("desk").unwrap(),
        issued_at: now,
        expires_at: UnixTime::now(NOW + 300).unwrap(),
        auth_time: Some(now),
        nonce: None,
        acr: None,
        amr: Vec::new(),
        tenant: None,
    };
    let id_token = id_token.to_unsigned().sign_with(&idp_host.key).unwrap();
    let request = post(
        "https://idp.acme.example/token",
        &[
            ("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"),
            ("requested_token_type", "urn:ietf:params:oauth:token-type:id-jag"),
            ("subject_token_type", "urn:ietf:params:oauth:token-type:id_token"),
            ("subject_token", id_token.expose()),
            ("audience", AS),
            ("resource", MCP),
            ("scope", "rows:read rows:write"),
            ("client_id", "desk"),
            ("client_secret", "correct horse"),
        ],
    );
    let (response, record) = exchange(&idp, &policy, &request, &mut idp_host, now).unwrap();
    assert_eq!(record.rules, ["desk-reads"]);
    let id_jag = access_token_of(&response);

    let token_endpoint = https(Url::new, "https://auth.data.example/token");
    let mut config = ResourceAsConfig::new(https(Issuer::new, AS), token_endpoint, algorithms());
    config.trusted_issuers.push(TrustedIssuer {
        issuer: https(Issuer::new, IDP),
        algorithms: algorithms(),
        clients: ClientAssociation::AnyRegistered,
        tenants: IssuerTenants::Single,
        saml_nameid: None,
    });
    let rows_read = Scope::parse("rows:read", &Limits::DEFAULT).unwrap();
    config.resources.push(ProtectedResource {
        id: https(ResourceId::new, MCP),
        scopes: rows_read.clone(),
        dpop_required: false,
    });
    let server = ResourceAuthorizationServer::new(config).unwrap();
    let request = post(
        "https://auth.data.example/token",
        &[
            ("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"),
            ("assertion", &id_jag),
            ("client_id", "desk-at-data"),
            ("client_secret", "correct horse"),
        ],
    );
    let (response, _) = redeem(&server, &request, &mut as_host, now).unwrap();
    let access_token = access_token_of(&response);
    let replayed = redeem(&server, &request, &mut as_host, now).unwrap_err();
    assert_eq!(replayed.error().code().as_str(), "token_replayed");

    let mut config = ResourceServerConfig::new(https(ResourceId::new, MCP), algorithms());
    config.authorization_servers.push(TrustedAuthorizationServer {
        issuer: https(Issuer::new, AS),
        algorithms: algorithms(),
        relaxed: RelaxedClaims::default(),
    });
    config.access = AccessTable::mcp().with_tool("query_rows", Requirement::scope(rows_read));
    let server = ResourceServer::new(config).unwrap();
    let call = |tool: &str| HttpRequest {
        method: "POST".into(),
        url: MCP.into(),
        headers: Headers::new().with("Authorization", format!("Bearer {access_token}")),
        body: format!(r#"{{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{{"name":"{tool}"}}}}"#)
            .into_bytes(),
    };
    assert!(admit(&server, &call("query_rows"), &as_host, now).is_ok());
    assert!(admit(&server, &call("drop_table"), &as_host, now).is_err());
}

#[test]
fn the_readme_prints_what_is_executed_here() {
    let blocks: Vec<&str> =
        README.split("```rust\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    assert!(blocks.len() >= 4, "one block per role");
    for block in blocks {
        assert!(SOURCE.contains(block.trim()), "the README prints what no test executes:\n{block}");
    }
}
