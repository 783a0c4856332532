//! The part of an MCP server that decides whether a call may happen.

use alloc::boxed::Box;
use alloc::sync::Arc;
use core::future::ready;

use idjag::record::DecisionRecord;
use idjag::resource_server::{
    AccessTable, AuthorizedAccess, Requirement, ResourceServer, ResourceServerConfig,
    TrustedAuthorizationServer,
};
use idjag::token::RelaxedClaims;
use idjag_http::server::{Guard, Hosting, MemoryReplay, Records};
use idjag_http::{Failures, Http, KeySetFetcher, KeySetOptions, KeySets, Looked, Surroundings};

use super::{TRANSPORT, algorithms};
use crate::clock::Clock;
use crate::company::{Company, Server};
use crate::failure::Failure;
use crate::servers::Caller;

/// Tool arguments are small here; a larger body is not a tool call.
const MAX_BODY_BYTES: usize = 256 << 10;
/// Proofs that one server remembers at a time: far more than a run of the story needs.
const CAPACITY: usize = 100_000;

/// What stands before `guarded`: nothing passes that its tokens do not permit, and every decision is written down.
pub(crate) fn guard(company: &Arc<Company>, guarded: &Server, clock: &Clock) -> Result<Guard, Failure> {
    let server = ResourceServer::new(configure(guarded))?;
    let mut metadata = server.metadata()?;
    metadata.resource_name = Some(guarded.title.into());
    let time = clock.clone();
    let surroundings = Surroundings::system().with_clock(move || time.now());
    let keys = KeySetFetcher::in_surroundings(
        guarded.issuer.clone(),
        KeySetOptions { transport: TRANSPORT, ..KeySetOptions::new(algorithms()) },
        Http::new().map_err(Failure::broken)?,
        surroundings.clone(),
        Failures::ignored(),
    )?;
    let hosting = Hosting::new()
        .with_replay(MemoryReplay::new(CAPACITY))
        .with_records(Written(company.clone()))
        .with_surroundings(surroundings)
        .with_max_body_bytes(MAX_BODY_BYTES);
    let guard = Guard::new(server, KeySets::new().with_fetched(keys)).map_err(Failure::broken)?;
    Ok(guard.with_metadata(&metadata).with_hosting(hosting))
}

/// The company's records, where the guard writes.
struct Written(Arc<Company>);

impl Records for Written {
    fn keep<'a>(&'a self, record: &'a DecisionRecord) -> Looked<'a, ()> {
        self.0.records.add(record);
        Box::pin(ready(Ok(())))
    }
}

fn configure(guarded: &Server) -> ResourceServerConfig {
    let mut config = ResourceServerConfig::new(guarded.resource.clone(), algorithms());
    config.authorization_servers = vec![TrustedAuthorizationServer {
        issuer: guarded.issuer.clone(),
        algorithms: algorithms(),
        relaxed: RelaxedClaims::default(),
    }];
    let needs = |scope| Requirement::scope(scope);
    config.access = AccessTable::mcp()
        .with_tool(guarded.reads.tool, needs(guarded.reads.scope.clone()))
        .with_tool(guarded.writes.tool, needs(guarded.writes.scope.clone()));
    config.initial_scope = guarded.both();
    config.proof_single_use = true;
    config
}

/// Who makes a call.
pub(crate) fn caller_of(access: &AuthorizedAccess) -> Caller {
    let claims = access.claims();
    let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
    Caller {
        subject: text(claims.subject.as_ref().map(|subject| subject.as_str())),
        client_id: text(claims.client_id.as_ref().map(|client_id| client_id.as_str())),
    }
}
