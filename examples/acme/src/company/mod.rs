//! Who and what the company is: people, applications, servers, the admin's policy, the records of every decision.

mod apps;
mod people;
mod policy;
mod records;
mod revoked;
mod subagents;

use idjag::scope::Scope;
use idjag::uri::{Issuer, ResourceId};

pub(crate) use apps::{App, Credentials, Method, register};
pub(crate) use people::{Person, person};
pub(crate) use policy::Policy;
pub(crate) use records::Records;
pub(crate) use revoked::Revoked;
pub(crate) use subagents::{Subagents, TYP as ACTOR_TYP};

/// Everything that those who decide may know beforehand. Built once the ports are open, shared by all roles.
pub(crate) struct Company {
    /// The identity provider's issuer identifier.
    pub(crate) issuer: Issuer,
    pub(crate) servers: Vec<Server>,
    pub(crate) apps: Vec<App>,
    pub(crate) policy: Policy,
    pub(crate) records: Records,
    pub(crate) revoked: Revoked,
    pub(crate) subagents: Subagents,
}

/// An MCP server as its neighbours know it: names and scopes, no data.
#[derive(Clone)]
pub(crate) struct Server {
    pub(crate) id: &'static str,
    pub(crate) title: &'static str,
    pub(crate) labels: &'static [&'static str],
    /// The MCP endpoint, which is also the resource identifier.
    pub(crate) resource: ResourceId,
    /// The issuer identifier of its own authorization server.
    pub(crate) issuer: Issuer,
    pub(crate) reads: ToolAccess,
    pub(crate) writes: ToolAccess,
}

/// A tool and the scope it takes to call it.
#[derive(Clone)]
pub(crate) struct ToolAccess {
    pub(crate) tool: &'static str,
    pub(crate) scope: Scope,
}

impl Server {
    /// What it takes to call both tools.
    pub(crate) fn both(&self) -> Scope {
        self.reads.scope.union(&self.writes.scope)
    }
}

impl Company {
    /// A server by its id; the story only names servers that exist.
    pub(crate) fn server(&self, id: &str) -> &Server {
        self.servers.iter().find(|server| server.id == id).expect("one of the nine")
    }

    /// An app by its id; the story only names apps that are registered.
    pub(crate) fn app(&self, id: &str) -> &App {
        self.apps.iter().find(|app| app.id == id).expect("a registered app")
    }

    /// The app that is `client_id` at the identity provider.
    pub(crate) fn app_at_idp(&self, client_id: &str) -> Option<&App> {
        self.apps.iter().find(|app| app.at_idp.client_id == *client_id)
    }

    /// The server whose authorization server or endpoint is at `url`.
    pub(crate) fn server_at(&self, url: &str) -> Option<&Server> {
        self.servers.iter().find(|server| server.issuer == *url || server.resource == *url)
    }
}
