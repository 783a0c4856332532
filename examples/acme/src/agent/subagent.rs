//! A subagent: the same app with a key of its own and a token that was derived for it.

use idjag::Limits;
use idjag::client::{Binding, Downscope, ObtainedAccessToken, process_downscope_response};
use idjag::crypto::Signer;
use idjag::scope::Scope;

use super::Agent;
use super::app::fresh_key;
use crate::company::{Company, Server};
use crate::failure::Failure;
use crate::mcp::McpClient;
use crate::trust::token_id;

/// A subagent at work at one server.
pub(crate) struct Subagent {
    pub(crate) name: &'static str,
    pub(crate) agent: Agent,
    pub(crate) access: ObtainedAccessToken,
    pub(crate) mcp: McpClient,
}

impl Agent {
    /// Starts the subagent `name` with `scope` of what `parent` has at `server`. Its token is bound to a key of its own.
    pub(crate) async fn delegate(
        &self,
        company: &Company,
        server: &Server,
        parent: &ObtainedAccessToken,
        name: &'static str,
        scope: &Scope,
    ) -> Result<Subagent, Failure> {
        let (now, key) = (self.clock.now(), fresh_key()?);
        let jkt = key.public_key().thumbprint();
        let vouched = company.subagents.vouch(name, jkt, &server.issuer, now)?;
        let wanted = Downscope::new().with_scope(scope.clone()).with_actor(vouched).bound_to(jkt);
        let at = self.discover(server).await?.authorization_server;
        let credentials = self.at_servers.iter().find(|own| *own.issuer() == at.issuer);
        let credentials = credentials.ok_or_else(|| Failure::broken("not registered there"))?;
        let credentials = credentials.at(&at, token_id(), now)?;
        let proof = self.prove(credentials.endpoint())?;
        let request = wanted.to_http(parent, &credentials, proof.as_ref(), now)?;
        let response = self.send(&request).await?;
        let binding = Binding::Required(jkt);
        let derived =
            process_downscope_response(&response, &wanted, parent, binding, &Limits::default(), now);
        let access = derived?.into_token();
        let mut agent = self.clone();
        agent.key = Some(key);
        let mcp = agent.talk_with(server.resource.as_str(), agent.headers_of(&access)).await?;
        Ok(Subagent { name, agent, access, mcp })
    }
}
