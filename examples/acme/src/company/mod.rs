//! Who and what the company is: people, applications, servers, the admin's policy, the records of every decision.

mod apps;
mod people;
mod policy;
mod records;

pub(crate) use apps::{App, Credentials, register};
pub(crate) use people::{Person, person};
pub(crate) use policy::Policy;
pub(crate) use records::Records;

/// Everything that those who decide may know beforehand. Built once the ports are open, shared by all roles.
pub(crate) struct Company {
    /// The identity provider's issuer identifier.
    pub(crate) issuer: String,
    pub(crate) servers: Vec<Server>,
    pub(crate) apps: Vec<App>,
    pub(crate) policy: Policy,
    pub(crate) records: Records,
}

/// An MCP server as its neighbours know it: names and scopes, no data.
#[derive(Clone)]
pub(crate) struct Server {
    pub(crate) id: &'static str,
    pub(crate) title: &'static str,
    pub(crate) labels: &'static [&'static str],
    /// The MCP endpoint, which is also the resource identifier.
    pub(crate) resource: String,
    /// The issuer identifier of its own authorization server.
    pub(crate) issuer: String,
    pub(crate) reads: ToolAccess,
    pub(crate) writes: ToolAccess,
}

/// A tool and the scope it takes to call it.
#[derive(Clone, Copy)]
pub(crate) struct ToolAccess {
    pub(crate) tool: &'static str,
    pub(crate) scope: &'static str,
}

impl Server {
    /// The URL of its protected resource metadata (RFC 9728 §3.1: the path goes after the well-known part).
    pub(crate) fn metadata_url(&self) -> String {
        let origin = self.resource.trim_end_matches("/mcp");
        format!("{origin}/.well-known/oauth-protected-resource/mcp")
    }

    /// The scope that `tool` needs; `None` when the server has no such tool.
    pub(crate) fn scope_of(&self, tool: &str) -> Option<&'static str> {
        [self.reads, self.writes].into_iter().find(|access| access.tool == tool).map(|access| access.scope)
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
        self.apps.iter().find(|app| app.at_idp.client_id == client_id)
    }
}
