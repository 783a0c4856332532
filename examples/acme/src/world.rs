//! Opening the company: nineteen ports, then everyone who answers on them.

use alloc::sync::Arc;

use idjag::crypto::Algorithm;
use idjag::uri::Issuer;

use crate::agent::{Agent, Browser, Tokens};
use crate::clock::Clock;
use crate::company::{Company, Policy, Records, Revoked, Subagents, person, register};
use crate::failure::Failure;
use crate::idp::Idp;
use crate::mcp::Host;
use crate::servers;
use crate::trust::{IdentityProvider, TRANSPORT, authorization, guard, hosting};
use crate::web::{Port, Web};

/// How long a day at Acme is, in seconds.
pub(crate) const WORKING_DAY: u32 = 9 * 3600;
/// Longer than a revocation reaches into the future for clocks that are ahead, in seconds.
pub(crate) const A_WHILE: u32 = 120;

/// The company, up and running.
pub(crate) struct World {
    pub(crate) company: Arc<Company>,
    pub(crate) clock: Clock,
    pub(crate) web: Web,
}

impl World {
    pub(crate) async fn open() -> Result<Self, Failure> {
        // Both pass in the story, which ends now.
        let clock = Clock::behind_by(WORKING_DAY + A_WHILE);
        let idp_port = Port::open().await.map_err(Failure::broken)?;
        let mut hosts = Vec::new();
        for product in servers::all() {
            hosts.push(Host::open(product).await.map_err(Failure::broken)?);
        }
        let company = Arc::new(found(&idp_port.origin, &hosts)?);
        let web = Web::new()?;
        // Two kinds of signature among the servers, so that nobody can get away with expecting one.
        let algorithms = [Algorithm::EdDsa, Algorithm::Es256].into_iter().cycle();
        for ((host, server), algorithm) in hosts.into_iter().zip(&company.servers).zip(algorithms) {
            let hosting = hosting(&company, server, &clock);
            let authorization = authorization(&company, server, algorithm, hosting.clone(), &clock)?;
            host.serve(authorization, &guard(server, hosting, &clock)?);
        }
        let idp = Idp::new(company.clone(), IdentityProvider::new(&company)?);
        idp_port.serve(idp.into_router(&clock));
        Ok(Self { company, clock, web })
    }

    /// The app `id`, installed somewhere: each installation has its own key, if it has one.
    pub(crate) async fn install(&self, id: &str, tokens: Tokens) -> Result<Agent, Failure> {
        Agent::install(&self.company, self.company.app(id), tokens, &self.web, &self.clock).await
    }

    /// A browser that has never been anywhere; the story only names people who work here.
    pub(crate) fn browser_of(&self, user_name: &str) -> Browser {
        Browser::of(person(user_name).expect("someone who works here"), &self.web)
    }
}

fn found(issuer: &str, hosts: &[Host]) -> Result<Company, Failure> {
    let issuer = Issuer::new(issuer, TRANSPORT)?;
    let servers: Vec<_> = hosts.iter().map(Host::describe).collect();
    let ids: Vec<_> = servers.iter().map(|server| server.id).collect();
    let apps = register(&ids);
    let policy = Policy::new(&apps, &servers).map_err(Failure::broken)?;
    let revoked = Revoked::nothing_at(&ids);
    let subagents = Subagents::new()?;
    Ok(Company { issuer, servers, apps, policy, records: Records::default(), revoked, subagents })
}
