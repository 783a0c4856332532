//! An MCP server and its authorization server in one: what is served where.

mod authorization;
pub mod keygen;
mod notes;
pub mod settings;

use std::error::Error;
use std::sync::Arc;

use axum::Router;
use idjag::Limits;
use idjag::crypto::rustcrypto::PROVIDER;
use idjag::record::DecisionRecord;
use idjag::resource_server::{ResourceServer, ResourceServerConfig, TrustedAuthorizationServer};
use idjag::scope::Scope;
use idjag::token::RelaxedClaims;
use idjag_http::server::{Guard, Hosting, MemoryReplay, MemoryRevocations, Records, RedisReplay};
use idjag_http::{Failures, KeySets, Looked};
use rmcp::transport::streamable_http_server::session::never::NeverSessionManager;
use rmcp::transport::{StreamableHttpServerConfig, StreamableHttpService};

use crate::notes::{Notes, READ, access};
use crate::settings::Settings;

/// Every decision is a line for the audit trail. There is no token in it.
struct AuditTrail;

impl Records for AuditTrail {
    fn keep<'a>(&'a self, record: &'a DecisionRecord) -> Looked<'a, ()> {
        println!("{}", record.to_json());
        Box::pin(async { Ok(()) })
    }
}

/// Everything that this process answers. Call it within a Tokio runtime.
pub fn app(settings: &Settings) -> Result<Router, Box<dyn Error>> {
    let failures = Failures::to(|failure| eprintln!("{failure}"));
    let hosting = Hosting::new()
        .with_records(AuditTrail)
        .with_revocations(MemoryRevocations::new(10_000))
        .with_failures(failures.clone());
    let hosting = match &settings.redis {
        Some(url) => hosting.with_replay(RedisReplay::open(url)?.with_failures(failures)),
        None => hosting.with_replay(MemoryReplay::new(100_000)),
    };

    let (authorization, keys) = authorization::authorization(settings, hosting.clone())?;
    let guard = Guard::new(resource_server(settings)?, KeySets::new().with_fixed(keys))?;
    let guard = guard.with_hosting(hosting);

    // One request, one answer: every request brings its own token, so a session would add nothing. The guard has looked at
    // the address already, and a proxy may write another `Host`.
    let config = StreamableHttpServerConfig::default()
        .with_legacy_session_mode(false)
        .with_json_response(true)
        .disable_allowed_hosts();
    let notes = Notes::new();
    let mcp = StreamableHttpService::new(
        move || Ok(notes.clone()),
        Arc::new(NeverSessionManager::default()),
        config,
    );
    Ok(guard.router(mcp).merge(authorization.into_router()?))
}

fn resource_server(settings: &Settings) -> Result<ResourceServer, Box<dyn Error>> {
    let mut config = ResourceServerConfig::new(settings.resource()?, PROVIDER.allow_all());
    config.authorization_servers = vec![TrustedAuthorizationServer {
        issuer: settings.origin.clone(),
        algorithms: PROVIDER.allow_all(),
        relaxed: RelaxedClaims::default(),
    }];
    config.access = access()?;
    config.initial_scope = Scope::parse(READ, &Limits::DEFAULT)?;
    config.read_only_scopes = config.initial_scope.clone();
    config.proof_single_use = true;
    Ok(ResourceServer::new(config)?)
}
