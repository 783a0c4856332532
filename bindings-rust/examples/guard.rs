//! A resource server that may run as often as needed: what was revoked, all of them learn from one Redis.
//!
//! Its settings are JSON in the environment variable `SETTINGS`: `issuer` with its key set `jwks`, `resource` and `redis`. It
//! says where it listens, and ends when its input does.

use core::error::Error;
use std::io::{self, Read, Write};

use axum::Router;
use idjag::Limits;
use idjag::crypto::rustcrypto::PROVIDER;
use idjag::jose::KeySet;
use idjag::resource_server::{ResourceServer, ResourceServerConfig, TrustedAuthorizationServer};
use idjag::revocation::RevocationCheck;
use idjag::scope::Scope;
use idjag::token::RelaxedClaims;
use idjag::uri::{Issuer, ResourceId, Transport};
use idjag_http::KeySets;
use idjag_http::server::{Guard, Hosting, RedisRevocations};
use serde_json::{Value, json};
use tokio::net::TcpListener;

fn guard(settings: &Value) -> Result<Guard, Box<dyn Error>> {
    let text = |value: &Value| value.as_str().map(str::to_owned).ok_or("a setting is missing");
    let issuer = Issuer::new(&text(&settings["issuer"])?, Transport::HttpsOnly)?;
    let resource = ResourceId::new(&text(&settings["resource"])?, Transport::HttpsOnly)?;
    let jwks = settings["jwks"].to_string();
    let keys = KeySet::parse(issuer.clone(), jwks.as_bytes(), &PROVIDER.allow_all(), &Limits::DEFAULT)?;
    let mut config = ResourceServerConfig::new(resource, PROVIDER.allow_all());
    config.authorization_servers = vec![TrustedAuthorizationServer {
        issuer,
        algorithms: PROVIDER.allow_all(),
        relaxed: RelaxedClaims::default(),
    }];
    config.initial_scope = Scope::parse("rows:read", &Limits::DEFAULT)?;
    config.revocation = RevocationCheck::Required;
    let hosting = Hosting::new().with_revocations(RedisRevocations::open(&text(&settings["redis"])?)?);
    Ok(Guard::new(ResourceServer::new(config)?, KeySets::new().with_fixed(keys))?.with_hosting(hosting))
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let settings: Value = serde_json::from_str(&std::env::var("SETTINGS")?)?;
    let router = guard(&settings)?.router(Router::new().fallback(|| async { "passed" }));
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    writeln!(io::stdout(), "{}", json!({ "origin": format!("http://{}", listener.local_addr()?) }))?;
    std::thread::spawn(|| {
        let _ = io::stdin().read_to_end(&mut Vec::new());
        std::process::exit(0);
    });
    axum::serve(listener, router).await?;
    Ok(())
}
