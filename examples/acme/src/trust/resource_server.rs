//! The part of an MCP server that decides whether a call may happen.

use alloc::sync::Arc;

use idjag::oauth::http::{HttpRequest, HttpResponse};
use idjag::rejection::Rejection;
use idjag::resource_server::{
    self, AccessMaterial, AccessTable, AuthorizedAccess, Requirement, ResourceServerConfig,
    TrustedAuthorizationServer, VerifiedAccess,
};
use idjag::token::{NonceRule, RelaxedClaims};
use idjag::{Error, UnixTime};

use super::spent::Spent;
use super::{KeyRing, algorithms};
use crate::company::{Company, Server};
use crate::servers::Caller;

/// A call that may happen: who makes it, and which tools the token is good for.
#[derive(Clone)]
pub(crate) struct Admission {
    pub(crate) caller: Caller,
    pub(crate) tools: Vec<&'static str>,
}

pub(crate) struct ResourceServer {
    company: Arc<Company>,
    guarded: Server,
    server: resource_server::ResourceServer,
    /// The keys of its authorization server.
    keys: KeyRing,
    spent: Spent,
}

impl ResourceServer {
    pub(crate) fn new(company: &Arc<Company>, guarded: &Server, keys: KeyRing) -> Result<Self, Error> {
        Ok(Self {
            company: company.clone(),
            guarded: guarded.clone(),
            server: resource_server::ResourceServer::new(configure(guarded))?,
            keys,
            spent: Spent::default(),
        })
    }

    /// The RFC 9728 document.
    pub(crate) fn metadata(&self) -> Result<HttpResponse, Error> {
        let mut document = self.server.metadata()?;
        document.resource_name = Some(self.guarded.title.into());
        Ok(document.to_response())
    }

    /// Decides on an HTTP request to the MCP endpoint, by its headers and its JSON-RPC body. The refusal is the
    /// finished 401 or 403 with its challenge.
    pub(crate) async fn admit(
        &self,
        request: &HttpRequest,
        now: UnixTime,
    ) -> Result<Admission, HttpResponse> {
        match self.decide(request, now).await {
            Ok((access, tools)) => {
                self.company.records.add(access.record());
                Ok(Admission { caller: caller_of(&access), tools })
            }
            Err(rejection) => {
                let (response, record) = rejection.into_parts();
                self.company.records.add(&record);
                Err(response)
            }
        }
    }

    async fn decide(
        &self,
        request: &HttpRequest,
        now: UnixTime,
    ) -> Result<(AuthorizedAccess, Vec<&'static str>), Rejection> {
        let pending = self.server.parse(request, now)?;
        let keys = self.keys.of(pending.needs().issuer, pending.needs().kid, now).await;
        let material =
            AccessMaterial { keys: keys.as_ref(), revocations: None, nonce: NonceRule::NotRequired };
        let verified = pending.verify(&material, now)?;
        let verified = self.spend_proof(verified, now)?;
        let tools = [self.guarded.reads.tool, self.guarded.writes.tool];
        let tools = tools.into_iter().filter(|tool| verified.permits_tool(tool)).collect();
        Ok((verified.authorize_request(request, now)?, tools))
    }

    /// RFC 9449 §11.1: a proof that was seen before is somebody else's.
    fn spend_proof<'s>(
        &self,
        verified: VerifiedAccess<'s>,
        now: UnixTime,
    ) -> Result<VerifiedAccess<'s>, Rejection> {
        match verified.replay_key().map(|key| self.spent.first_use(key, now)) {
            Some(answer) => verified.answered(answer),
            None => Ok(verified),
        }
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

fn caller_of(access: &AuthorizedAccess) -> Caller {
    let claims = access.claims();
    let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
    Caller {
        subject: text(claims.subject.as_ref().map(|subject| subject.as_str())),
        client_id: text(claims.client_id.as_ref().map(|client_id| client_id.as_str())),
    }
}
