//! Opening the company: nineteen ports, then everyone who answers on them.

use alloc::sync::Arc;

use crate::agent::{Agent, Browser};
use crate::clock::Clock;
use crate::company::{Company, Policy, Records, person, register};
use crate::failure::Failure;
use crate::idp::Idp;
use crate::mcp::Host;
use crate::roles::Binding;
use crate::seams;
use crate::servers;
use crate::web::{Port, Web};

/// How long a day at Acme is, in seconds. The company opens that long ago, so that the story ends now.
pub(crate) const WORKING_DAY: u32 = 9 * 3600;

/// The company, up and running.
pub(crate) struct World {
    pub(crate) company: Arc<Company>,
    pub(crate) clock: Clock,
    pub(crate) web: Web,
}

impl World {
    pub(crate) async fn open() -> Result<Self, Failure> {
        let clock = Clock::behind_by(WORKING_DAY);
        let idp_port = Port::open().await.map_err(Failure::broken)?;
        let mut hosts = Vec::new();
        for product in servers::all() {
            hosts.push(Host::open(product).await.map_err(Failure::broken)?);
        }
        let company = Arc::new(found(&idp_port.origin, &hosts));
        for (host, server) in hosts.into_iter().zip(&company.servers) {
            let authorization = seams::authorization_server(&company, server);
            let resource = seams::resource_server(&company, server);
            host.serve(authorization, resource, &clock);
        }
        let idp = Idp::new(company.clone(), seams::identity_provider(&company));
        idp_port.serve(idp.into_router(&clock));
        Ok(Self { company, clock, web: Web::new()? })
    }

    /// The app `id`, installed somewhere: each installation has its own key, if it has one.
    pub(crate) fn install(&self, id: &str, binding: Binding) -> Agent {
        let app = self.company.app(id);
        Agent {
            company: self.company.clone(),
            role: seams::client(&self.company, app, binding),
            credentials: app.at_idp.clone(),
            web: self.web.clone(),
            clock: self.clock.clone(),
        }
    }

    /// A browser that has never been anywhere; the story only names people who work here.
    pub(crate) fn browser_of(&self, user_name: &str) -> Browser {
        Browser::of(person(user_name).expect("someone who works here"), &self.web)
    }
}

fn found(issuer: &str, hosts: &[Host]) -> Company {
    let servers: Vec<_> = hosts.iter().map(Host::describe).collect();
    let ids: Vec<_> = servers.iter().map(|server| server.id).collect();
    let apps = register(&ids);
    let policy = Policy::new(&apps, &servers);
    Company { issuer: issuer.into(), servers, apps, policy, records: Records::default() }
}
