//! The Rust servers of the suite, as axum routers: a resource authorization server with a guarded MCP server, or an identity
//! provider. It is told on its standard
//! input whom to trust, says on its standard output where it is, and ends with its input.

extern crate alloc;

mod idp;
mod told;

use alloc::sync::Arc;
use core::error::Error;
use core::future::ready;

use axum::Router;
use axum::routing::post;
use idjag::Seconds;
use idjag::codec::json::Object;
use idjag::crypto::rustcrypto::{PROVIDER, SigningKey};
use idjag::crypto::{Algorithm, Algorithms, Signer as _};
use idjag::jose::KeySet;
use idjag::oauth::metadata::AuthorizationServerMetadata;
use idjag::resource_as::{
    ClientAssociation, IssuerTenants, ProtectedResource, ResolvedSubject, ResourceAsConfig,
    ResourceAuthorizationServer, TrustedIssuer,
};
use idjag::resource_server::{
    AccessTable, Requirement, ResourceServer, ResourceServerConfig, TrustedAuthorizationServer,
};
use idjag::text::{KeyId, Subject};
use idjag::token::{IdJag, RelaxedClaims};
use idjag::uri::{Issuer, ResourceId, Transport, Url};
use idjag_http::server::{
    Accounts, AuthorizationServer, Guard, Hosting, Issuing, MemoryReplay, StaticClients, TokenSigner,
};
use idjag_http::{Http, KeySetFetcher, KeySetOptions, KeySets, Looked, Surroundings};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::net::TcpListener;

use told::Told;

type Failure = Box<dyn Error>;

const TRANSPORT: Transport = Transport::DangerousAllowHttpLoopback;

/// The one user.
struct Alone(Subject);

impl Accounts for Alone {
    fn account<'a>(&'a self, grant: &'a IdJag) -> Looked<'a, Option<ResolvedSubject>> {
        let known = (grant.subject == self.0).then(|| ResolvedSubject {
            subject: grant.subject.clone(),
            groups: None,
            extra: Object::new(),
        });
        Box::pin(ready(Ok(known)))
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Failure> {
    let mut input = BufReader::new(tokio::io::stdin()).lines();
    let told: Value = serde_json::from_str(&input.next_line().await?.ok_or("nothing was told")?)?;
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let origin = format!("http://{}", listener.local_addr()?);
    let (routes, answer) = if told["role"] == "idp" {
        (idp::routes(&origin, &told)?, json!({"url": origin, "client_id_there": idp::CLIENT_THERE}))
    } else {
        (resource_as(&origin, &told)?, json!({"url": origin, "mcp_url": format!("{origin}/mcp")}))
    };
    println!("{answer}");
    tokio::select! {
        served = axum::serve(listener, routes) => served?,
        _ = input.next_line() => {}
    }
    Ok(())
}

/// A resource authorization server and the MCP server whose tokens it issues.
fn resource_as(origin: &str, told: &Value) -> Result<Router, Failure> {
    let random = Surroundings::system().random().map_err(|failure| failure.cause().to_string())?;
    let key = SigningKey::es256(KeyId::new("as-1")?, &random)?;
    let published = KeySet::of(issuer(origin)?, [key.public_key().clone()]);
    let clients = told::clients(told, &allowed(&[Algorithm::Es256])?)?;
    let told = Told::read(told)?;
    let guarded = mcp_server(origin, &told, published.clone())?;
    Ok(authorization_server(origin, &told, clients, key, published)?.merge(guarded))
}

fn address(origin: &str, path: &str) -> Result<Url, Failure> {
    Ok(Url::new(&format!("{origin}{path}"), TRANSPORT)?)
}

fn issuer(origin: &str) -> Result<Issuer, Failure> {
    Ok(Issuer::new(origin, TRANSPORT)?)
}

/// What this server signs with and takes of its clients and issuers.
fn allowed(algorithms: &[Algorithm]) -> Result<Algorithms, Failure> {
    Ok(PROVIDER.allow(algorithms)?)
}

fn authorization_server(
    origin: &str,
    told: &Told,
    clients: StaticClients,
    key: SigningKey,
    published: KeySet,
) -> Result<Router, Failure> {
    let url = |path: &str| address(origin, path);
    let es256 = [Algorithm::Es256];
    let mut config = ResourceAsConfig::new(issuer(origin)?, url("/token")?, allowed(&es256)?);
    let idp = Issuer::new(&told.idp, TRANSPORT)?;
    config.trusted_issuers = vec![TrustedIssuer {
        issuer: idp.clone(),
        algorithms: allowed(&told.algorithms)?,
        clients: ClientAssociation::AnyRegistered,
        tenants: IssuerTenants::Single,
        saml_nameid: None,
    }];
    config.resources = told
        .resources
        .iter()
        .map(|(id, scopes)| ProtectedResource {
            id: id.clone(),
            scopes: scopes.clone(),
            dpop_required: false,
        })
        .collect();
    let mut metadata = AuthorizationServerMetadata::for_resource_authorization_server(
        issuer(origin)?,
        url("/token")?,
        url("/jwks")?,
    );
    metadata.token_endpoint_auth_methods_supported = told::METHODS.map(Into::into).into();
    metadata.dpop_signing_alg_values_supported = Some(es256.into());
    let mut options = KeySetOptions::new(allowed(&told.algorithms)?);
    options.transport = TRANSPORT;
    options.ages.min_refresh_interval = Seconds(1);
    let keys = KeySetFetcher::new(idp, options, Http::new()?)?;
    let server = AuthorizationServer {
        server: Arc::new(ResourceAuthorizationServer::new(config)?),
        issuing: Issuing { signers: Arc::new(TokenSigner::local(key)), jwks: published, metadata },
        keys: Arc::new(KeySets::new().with_fetched(keys)),
        clients: Arc::new(clients),
        accounts: Arc::new(Alone(told.subject.clone())),
        policy: None,
        hosting: Hosting::new().with_replay(MemoryReplay::new(10_000)),
    };
    Ok(server.into_router()?)
}

fn mcp_server(origin: &str, told: &Told, published: KeySet) -> Result<Router, Failure> {
    let es256 = allowed(&[Algorithm::Es256])?;
    let (resource, scopes) = told.resources.first().ok_or("no resource was told")?;
    let mut config = ResourceServerConfig::new(ResourceId::clone(resource), es256.clone());
    config.authorization_servers = vec![TrustedAuthorizationServer {
        issuer: issuer(origin)?,
        algorithms: es256,
        relaxed: RelaxedClaims::default(),
    }];
    config.access = AccessTable::mcp().with_method("tools/list", Requirement::scope(scopes.clone()));
    let guard = Guard::new(ResourceServer::new(config)?, KeySets::new().with_fixed(published))?;
    let answer = || async { r#"{"jsonrpc":"2.0","id":1,"result":{"tools":[]}}"# };
    Ok(guard.router(post(answer)))
}
