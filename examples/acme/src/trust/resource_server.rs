//! The part of an MCP server that decides whether a call may happen.

use idjag::resource_server::{
    AccessTable, AuthorizedAccess, Requirement, ResourceServer, ResourceServerConfig,
    TrustedAuthorizationServer,
};
use idjag::token::RelaxedClaims;
use idjag_http::KeySets;
use idjag_http::server::{Guard, Hosting};

use super::{algorithms, keys_of};
use crate::clock::Clock;
use crate::company::Server;
use crate::failure::Failure;
use crate::servers::Caller;

/// What stands before `guarded`: nothing passes that its tokens do not permit, and every decision is written down.
pub(crate) fn guard(guarded: &Server, hosting: Hosting, clock: &Clock) -> Result<Guard, Failure> {
    let server = ResourceServer::new(configure(guarded))?;
    let mut metadata = server.metadata()?;
    metadata.resource_name = Some(guarded.title.into());
    let keys = KeySets::new().with_fetched(keys_of(&guarded.issuer, clock)?);
    let guard = Guard::new(server, keys).map_err(Failure::broken)?;
    Ok(guard.with_metadata(&metadata).with_hosting(hosting))
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
