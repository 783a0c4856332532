//! An authorization server that may run as often as needed: what was redeemed, all of them remember in one Redis.
//!
//! Its settings are JSON in the environment variable `SETTINGS`: `issuer`, `resource`, `idp` with its key set `jwks`,
//! `client` (`id` and `secret`) and `redis`. It says where it listens, writes each decision record in a line, and ends when its
//! input does.

extern crate alloc;

use alloc::sync::Arc;
use core::error::Error;
use core::future::ready;
use core::time::Duration;
use std::io::{self, Read, Write};

use idjag::Limits;
use idjag::codec::json::Object;
use idjag::crypto::Signer;
use idjag::crypto::rustcrypto::{PROVIDER, SigningKey};
use idjag::jose::KeySet;
use idjag::oauth::metadata::AuthorizationServerMetadata;
use idjag::oauth::{ClientAuthentication, RegisteredClient};
use idjag::record::DecisionRecord;
use idjag::resource_as::{
    ClientAssociation, IssuerTenants, ProtectedResource, ResolvedSubject, ResourceAsConfig,
    ResourceAuthorizationServer, TrustedIssuer,
};
use idjag::scope::Scope;
use idjag::secret::SecretDigest;
use idjag::text::{ClientId, KeyId};
use idjag::token::IdJag;
use idjag::uri::{Issuer, ResourceId, Transport, Url};
use idjag_http::server::{
    Accounts, AuthorizationServer, Hosting, Issuing, Records, RedisReplay, StaticClients, TokenSigner,
};
use idjag_http::{KeySets, Looked, Surroundings};
use redis::Client;
use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// Everybody whom the identity provider names has an account of the same name.
struct Everybody;

impl Accounts for Everybody {
    fn account<'a>(&'a self, grant: &'a IdJag) -> Looked<'a, Option<ResolvedSubject>> {
        let account = ResolvedSubject { subject: grant.subject.clone(), groups: None, extra: Object::new() };
        Box::pin(ready(Ok(Some(account))))
    }
}

/// Decision records on standard output.
struct Lines;

impl Records for Lines {
    fn keep<'a>(&'a self, record: &'a DecisionRecord) -> Looked<'a, ()> {
        Box::pin(ready(writeln!(io::stdout(), r#"{{"record":{}}}"#, record.to_json()).map_err(Into::into)))
    }
}

/// The store, which waits long: on a machine that is busy with other things, slow is not dead.
fn store(url: &str) -> Result<RedisReplay, Box<dyn Error>> {
    let patience = Duration::from_secs(10);
    let config = ConnectionManagerConfig::new()
        .set_number_of_retries(1)
        .set_connection_timeout(Some(patience))
        .set_response_timeout(Some(patience));
    let connection = ConnectionManager::new_lazy_with_config(Client::open(url)?, config)?;
    Ok(RedisReplay::over(connection).with_timeout(patience))
}

fn server(settings: &Value) -> Result<AuthorizationServer, Box<dyn Error>> {
    let text = |value: &Value| value.as_str().map(str::to_owned).ok_or("a setting is missing");
    let url = |text: String| Url::new(&text, Transport::HttpsOnly);
    let issuer = Issuer::new(&text(&settings["issuer"])?, Transport::HttpsOnly)?;
    let idp = Issuer::new(&text(&settings["idp"])?, Transport::HttpsOnly)?;
    let (token, jwks) = (url(format!("{issuer}/token"))?, url(format!("{issuer}/jwks"))?);

    let mut config = ResourceAsConfig::new(issuer.clone(), token.clone(), PROVIDER.allow_all());
    config.trusted_issuers = vec![TrustedIssuer {
        issuer: idp.clone(),
        algorithms: PROVIDER.allow_all(),
        clients: ClientAssociation::AnyRegistered,
        tenants: IssuerTenants::Single,
        saml_nameid: None,
    }];
    config.resources = vec![ProtectedResource {
        id: ResourceId::new(&text(&settings["resource"])?, Transport::HttpsOnly)?,
        scopes: Scope::parse("rows:read", &Limits::DEFAULT)?,
        dpop_required: false,
    }];

    let key = SigningKey::es256(
        KeyId::new("auth-rust")?,
        &Surroundings::system().random().map_err(|failure| failure.to_string())?,
    )?;
    let secret = SecretDigest::of(&text(&settings["client"]["secret"])?);
    let client = RegisteredClient::new(
        ClientId::new(text(&settings["client"]["id"])?)?,
        ClientAuthentication::SecretBasic(vec![secret]),
    );
    let keys =
        KeySet::parse(idp, settings["jwks"].to_string().as_bytes(), &PROVIDER.allow_all(), &Limits::DEFAULT)?;
    let replay = store(&text(&settings["redis"])?)?;
    Ok(AuthorizationServer {
        server: Arc::new(ResourceAuthorizationServer::new(config)?),
        issuing: Issuing {
            jwks: KeySet::of(issuer.clone(), [key.public_key().clone()]),
            signers: Arc::new(TokenSigner::local(key)),
            metadata: AuthorizationServerMetadata::for_resource_authorization_server(issuer, token, jwks),
        },
        keys: Arc::new(KeySets::new().with_fixed(keys)),
        clients: Arc::new(StaticClients::from_iter([client])),
        accounts: Arc::new(Everybody),
        policy: None,
        hosting: Hosting::new().with_replay(replay).with_records(Lines),
    })
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let settings: Value = serde_json::from_str(&std::env::var("SETTINGS")?)?;
    let router = server(&settings)?.into_router()?;
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    writeln!(io::stdout(), "{}", json!({ "origin": format!("http://{}", listener.local_addr()?) }))?;
    std::thread::spawn(|| {
        let _ = io::stdin().read_to_end(&mut Vec::new());
        std::process::exit(0);
    });
    axum::serve(listener, router).await?;
    Ok(())
}
