//! Agents: those whom apps may let act, how each is recognised, and the most that it may be given.

use alloc::boxed::Box;
use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::vec::Vec;

use super::compile::Policy;
use super::decision::{Acting, Bar, Request};
use super::document::{self, Status};
use super::names::AgentId;
use super::parts::{App, Cap, Selection};
use super::table::number;
use crate::ordered::{self, sorted};
use crate::text::{ClientId, Subject};
use crate::token::Actor;
use crate::uri::Issuer;

/// An agent of a policy, or a kind of agents.
#[derive(Debug)]
pub(super) struct Agent {
    pub(super) id: AgentId,
    pub(super) status: Status,
    /// The apps that may let it act.
    pub(super) apps: Selection,
    /// What selectors can list to select it: its id and its labels.
    pub(super) atoms: Box<[u32]>,
    /// The kinds, by `sub_profile`, of those that its issuer names; none is any.
    pub(super) sub_profiles: Vec<String>,
    pub(super) max_depth: Option<u64>,
    pub(super) max_lifetime: Cap,
}

/// The agents of a policy, found by what their tokens say of them.
#[derive(Debug, Default)]
pub(super) struct Agents {
    all: Vec<Agent>,
    /// (issuer, subject) and the agent's number, sorted.
    by_subject: Vec<(Issuer, Subject, u32)>,
    /// Issuers all of whose subjects are meant, sorted.
    by_issuer: Vec<(Issuer, u32)>,
    /// Client ids at servers, sorted.
    by_client: Vec<(ClientId, u32)>,
}

/// Who acts, in the policy's own words.
#[derive(Debug)]
pub(super) enum Acts<'p> {
    /// It was not said.
    Unknown,
    /// The app itself.
    Directly,
    /// An actor: these agents are meant by it.
    Through(Vec<&'p Agent>),
}

impl Agents {
    pub(super) fn of(
        listed: Vec<document::Agent>,
        compiled: impl Fn(&document::Agent) -> (Selection, Box<[u32]>),
    ) -> Self {
        let mut agents = Self::default();
        for agent in listed {
            let index = number(agents.all.len());
            let (apps, atoms) = compiled(&agent);
            match (agent.issuer, agent.subjects.as_slice()) {
                (Some(issuer), []) => agents.by_issuer.push((issuer, index)),
                (Some(issuer), subjects) => {
                    agents.by_subject.extend(subjects.iter().map(|sub| (issuer.clone(), sub.clone(), index)));
                }
                (None, _) => {}
            }
            agents.by_client.extend(agent.client_ids.into_iter().map(|client_id| (client_id, index)));
            agents.all.push(Agent {
                id: AgentId::of(&agent.id),
                status: agent.status,
                apps,
                atoms,
                sub_profiles: agent.sub_profiles,
                max_depth: agent.max_depth,
                max_lifetime: agent.max_lifetime.map_or(Cap::Unlimited, |most| Cap::Seconds(most.as_secs())),
            });
        }
        agents.by_subject = sorted(agents.by_subject);
        agents.by_issuer = sorted(agents.by_issuer);
        agents.by_client = sorted(agents.by_client);
        agents
    }

    /// All of them.
    pub(super) fn all(&self) -> &[Agent] {
        &self.all
    }

    /// What an agent of [`Self::all`] is recognised by: its issuer, the subjects there, and client ids at servers.
    pub(super) fn names_of(&self, agent: &Agent) -> (Option<&Issuer>, Vec<&Subject>, Vec<&ClientId>) {
        let is_meant = |index: u32| self.all.get(index as usize).is_some_and(|known| known.id == agent.id);
        let named = self.by_subject.iter().filter(|(.., index)| is_meant(*index));
        let (issuers, subjects): (Vec<_>, Vec<_>) = named.map(|(issuer, sub, _)| (issuer, sub)).unzip();
        let issued = self.by_issuer.iter().find(|(_, index)| is_meant(*index)).map(|(issuer, _)| issuer);
        let clients = self.by_client.iter().filter(|(_, index)| is_meant(*index));
        (issuers.first().copied().or(issued), subjects, clients.map(|(id, _)| id).collect())
    }

    /// The agents that an actor is. Without an issuer a name means nothing; under the issuer of the server at hand it is
    /// that of a client.
    fn meant_by(&self, issuer: Option<&str>, name: &str, kind: Option<&str>, server: &str) -> BTreeSet<u32> {
        let Some(issuer) = issuer else { return BTreeSet::new() };
        let named = equal(&self.by_subject, |(of, sub, _)| (of.as_str(), sub.as_str()).cmp(&(issuer, name)));
        let issued = equal(&self.by_issuer, |(of, _)| of.as_str().cmp(issuer));
        let clients = equal(&self.by_client, |(id, _)| id.as_str().cmp(name));
        let is_of_kind = |index: &u32| {
            let kinds = self.all.get(*index as usize).map_or(&[][..], |agent| &agent.sub_profiles);
            kinds.is_empty() || kind.is_some_and(|kind| kinds.iter().any(|listed| listed == kind))
        };
        let by_name = named.iter().map(|(_, _, index)| *index).chain(issued.iter().map(|(_, index)| *index));
        let by_client = clients.iter().map(|(_, index)| *index).filter(|_| issuer == server);
        by_name.filter(is_of_kind).chain(by_client).collect()
    }

    /// The names at `server` of the agents that are approved, or of those that are not: issuer and subject of each.
    pub(super) fn names_at(&self, server: &Issuer, approved: bool) -> BTreeSet<(Issuer, Subject)> {
        let is_meant = |index: u32| {
            self.all.get(index as usize).is_some_and(|agent| (agent.status == Status::Approved) == approved)
        };
        let named = self.by_subject.iter().filter(|(.., index)| is_meant(*index));
        let named = named.map(|(issuer, subject, _)| (issuer.clone(), subject.clone()));
        let clients = self.by_client.iter().filter(|(_, index)| is_meant(*index));
        let as_actor = |client_id: &ClientId| Some((server.clone(), Subject::new(client_id.as_str()).ok()?));
        ordered::set(named.chain(clients.filter_map(|(client_id, _)| as_actor(client_id))))
    }

    /// Whether an agent is approved that is anybody of this issuer's.
    pub(super) fn approve_any_of(&self, issuer: &Issuer) -> bool {
        let issued = equal(&self.by_issuer, |(known, _)| known.cmp(issuer));
        let approved = |agent: &Agent| agent.status == Status::Approved;
        issued.iter().any(|(_, index)| self.all.get(*index as usize).is_some_and(approved))
    }

    fn numbered(&self, numbers: BTreeSet<u32>) -> Vec<&Agent> {
        numbers.into_iter().filter_map(|index| self.all.get(index as usize)).collect()
    }
}

/// Those of a sorted list for which `order` says equal.
fn equal<T>(sorted: &[T], order: impl Fn(&T) -> core::cmp::Ordering) -> &[T] {
    let start = sorted.partition_point(|one| order(one).is_lt());
    let from = sorted.get(start..).unwrap_or_default();
    from.get(..from.partition_point(|one| order(one).is_eq())).unwrap_or_default()
}

impl<'p> Acts<'p> {
    /// Who acts, or why the rules need not be asked: where agents are listed, whoever is not is turned away.
    pub(super) fn of(agents: Option<&'p Agents>, request: &Request<'_>, app: &App) -> Result<Self, Bar> {
        let chain = &request.facts.chain;
        let mut meant = BTreeSet::new();
        // A client that is not the app's own is let in by the list alone.
        if let Some(client_id) = chain.client {
            let acts = request.facts.acting == Some(Acting::ThroughActor);
            let agents = agents.filter(|_| acts).ok_or(Bar::AgentUnknown)?;
            let own = Some(request.issuer);
            let found = agents.meant_by(own, client_id.as_str(), None, request.issuer);
            if found.is_empty() {
                return Err(Bar::AgentUnknown);
            }
            meant.extend(found);
        }
        match (request.facts.acting, agents) {
            (None, _) => Ok(Self::Unknown),
            (Some(Acting::Directly), _) => Ok(Self::Directly),
            (Some(Acting::ThroughActor), None) => Ok(Self::Through(Vec::new())),
            (Some(Acting::ThroughActor), Some(agents)) => {
                let Actor { issuer, subject, sub_profile, .. } = chain.actor.ok_or(Bar::AgentUnknown)?;
                let (issuer, kind) = (issuer.as_deref(), sub_profile.as_deref());
                let found = agents.meant_by(issuer, subject.as_str(), kind, request.issuer);
                if found.is_empty() {
                    return Err(Bar::AgentUnknown);
                }
                meant.extend(found);
                let meant = agents.numbered(meant);
                meant.iter().try_for_each(|agent| agent.admits(app, chain.depth))?;
                Ok(Self::Through(meant))
            }
        }
    }

    /// Whether a rule about these agents is about whoever acts; nothing when it was not said who does.
    pub(super) fn are(&self, selection: &Selection) -> Option<bool> {
        match (self, selection) {
            (Self::Unknown, _) => None,
            (Self::Directly, _) => Some(false),
            (Self::Through(_), Selection::Any) => Some(true),
            (Self::Through(agents), listed) => Some(agents.iter().any(|agent| listed.selects(&agent.atoms))),
        }
    }

    /// The agents.
    pub(super) fn agents(&self) -> &[&'p Agent] {
        match self {
            Self::Through(agents) => agents,
            Self::Unknown | Self::Directly => &[],
        }
    }

    /// The longest life that every agent may be given.
    pub(super) fn cap(&self) -> Cap {
        self.agents().iter().map(|agent| agent.max_lifetime).min().unwrap_or(Cap::Unlimited)
    }
}

impl Policy {
    /// Why a client of a server may not act for other apps there, if it may not: as an app or as an agent it is not approved.
    /// That somebody else names it changes nothing about that.
    pub(crate) fn bar_of_client(&self, issuer: &str, client_id: &ClientId) -> Option<Bar> {
        let server = self.server_by_issuer(issuer)?;
        let app = self.app_at_server(server, client_id).map(App::status);
        let agents = self.agents.as_ref();
        let agents =
            agents.map(|all| all.numbered(all.meant_by(Some(issuer), client_id.as_str(), None, issuer)));
        let agents = agents.unwrap_or_default().into_iter().map(|agent| agent.status);
        app.into_iter().chain(agents).find_map(Status::bars_agent)
    }
}

impl Status {
    const fn bars_agent(self) -> Option<Bar> {
        match self {
            Self::Approved => None,
            Self::ApprovalRequired => Some(Bar::AgentApprovalRequired),
            Self::Restricted => Some(Bar::AgentRestricted),
        }
    }
}

impl Agent {
    /// Whether the app may let it act with a token derived that often. How often it was not said is too often.
    fn admits(&self, app: &App, depth: Option<usize>) -> Result<(), Bar> {
        if let Some(bar) = self.status.bars_agent() {
            return Err(bar);
        }
        if !self.apps.selects(&app.atoms) {
            return Err(Bar::AgentForeign);
        }
        let too_deep = |most: u64| depth.is_none_or(|depth| depth as u64 > most);
        if self.max_depth.is_some_and(too_deep) { Err(Bar::AgentTooDeep) } else { Ok(()) }
    }
}
