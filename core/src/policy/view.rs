//! Rules as they bear on one app at one server, in the document's words: for programs that compare two policies.
//!
//! Every condition of a rule is here. The patterns below name every field, so that a condition that is added to rules
//! does not compile until it is added here too: what compares two policies would be silent about it.

use alloc::string::String;
use alloc::vec::Vec;

use super::agents::{Agent, Agents};
use super::compile::Policy;
use super::document::{Effect, Require, Status};
use super::names::{AgentId, RuleId};
use super::parts::{App, Cap, Listed, Rule, ScopeNames, ScopeRule, Selection, Server, Who};
use super::table::Table;
use crate::ordered;
use crate::scope::ScopeToken;
use crate::text::{Acr, ClientId, Group, Subject};
use crate::time::Seconds;
use crate::uri::Issuer;

/// A rule that is about a certain app and a certain server.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RuleView<'p> {
    /// The rule.
    pub id: &'p RuleId,
    /// Whether it permits or denies.
    pub effect: Effect,
    /// The users it is about.
    pub users: UsersView<'p>,
    /// The agents it is about; `None` when it does not say who acts.
    pub agents: Option<AgentsView<'p>>,
    /// The scopes it is about, with what its scope sets mean at this server.
    pub scopes: ScopesView<'p>,
    /// The types of authorization details it is about; `None` when it does not mention any.
    pub detail_types: Option<NamesView<'p>>,
    /// The longest life of a token with what it grants.
    pub max_lifetime: Option<Seconds>,
    /// The classes of sign-on of which it requires one, if there are any.
    pub acr: &'p [Acr],
    /// The greatest age of the sign-on that it accepts.
    pub max_auth_age: Option<Seconds>,
    /// Whether it requires DPoP.
    pub dpop: bool,
    /// Whether it requires a conversation.
    pub context: bool,
    /// Whether it requires an actor, or that there is none.
    pub actor: Option<bool>,
}

/// The users of a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UsersView<'p> {
    /// All.
    Any,
    /// These.
    Subjects(Vec<&'p Subject>),
    /// Those in one of `any` (unless it is empty) and in every one of `all`.
    Groups {
        /// One of these.
        any: Vec<&'p Group>,
        /// Every one of these.
        all: Vec<&'p Group>,
    },
}

/// The agents of a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AgentsView<'p> {
    /// Whoever acts, as long as somebody does.
    Any,
    /// These.
    These(Vec<&'p AgentId>),
}

/// An agent as it bears on one app: how it is recognised, and what it may be given.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct AgentView<'p> {
    /// The agent.
    pub id: &'p AgentId,
    /// Whether it may act at all.
    pub status: Status,
    /// Whether the app may let it act.
    pub is_of_app: bool,
    /// Who vouches for it.
    pub issuer: Option<&'p Issuer>,
    /// Which of that issuer's it is; none is all.
    pub subjects: Vec<&'p Subject>,
    /// Of which kinds; none is any.
    pub sub_profiles: &'p [String],
    /// Its client ids at servers.
    pub client_ids: Vec<&'p ClientId>,
    /// From how many others its tokens may be derived.
    pub max_depth: Option<u64>,
    /// How long its tokens may live.
    pub max_lifetime: Option<Seconds>,
}

/// The scopes of a rule at one server, ascending.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ScopesView<'p> {
    /// It does not mention any: a deny of whatever is asked.
    Unmentioned,
    /// All, also those of the future.
    All,
    /// These.
    Only(Vec<&'p ScopeToken>),
    /// All but these.
    Except(Vec<&'p ScopeToken>),
}

/// Types of authorization details.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NamesView<'p> {
    /// All.
    All,
    /// These, ascending.
    These(Vec<&'p str>),
}

impl Policy {
    /// The rules about this app and this server, in ascending order of ids. Which users and requests each is about is
    /// in the views.
    pub fn rules_about<'p>(
        &'p self,
        app: &'p App,
        server: &'p Server,
    ) -> impl Iterator<Item = RuleView<'p>> + 'p {
        let about = |rule: &&Rule| rule.apps.selects(&app.atoms) && rule.servers.selects(&server.atoms);
        self.rules.iter().filter(about).map(|rule| self.view(rule, server))
    }

    /// The agents that the document lists, as they bear on this app; `None` when it does not speak of agents.
    #[must_use]
    pub fn agents_for<'p>(&'p self, app: &App) -> Option<Vec<AgentView<'p>>> {
        let agents = self.agents.as_ref()?;
        let view = |agent: &'p Agent| {
            let Agent { id, status, apps, atoms: _, sub_profiles, max_depth, max_lifetime } = agent;
            let (issuer, subjects, client_ids) = agents.names_of(agent);
            AgentView {
                id,
                status: *status,
                is_of_app: apps.selects(&app.atoms),
                issuer,
                subjects,
                sub_profiles,
                client_ids,
                max_depth: *max_depth,
                max_lifetime: seconds(*max_lifetime),
            }
        };
        Some(agents.all().iter().map(view).collect())
    }

    fn view<'p>(&'p self, rule: &'p Rule, server: &'p Server) -> RuleView<'p> {
        // The selections of apps and servers have been applied.
        let Rule { id, effect, apps: _, agents, servers: _, who, scopes, detail_types, cap, require } = rule;
        let users = match who {
            Who::Any => UsersView::Any,
            Who::Ids(ids) => UsersView::Subjects(values(&self.subjects, ids)),
            Who::Groups { any, all } => {
                UsersView::Groups { any: values(&self.groups, any), all: values(&self.groups, all) }
            }
        };
        let named = |names: &'p ScopeNames| {
            let numbers = ordered::set(names.mentioned(server));
            numbers.into_iter().filter_map(|scope| self.scopes.value(scope)).collect()
        };
        let scopes = match scopes {
            ScopeRule::Unmentioned => ScopesView::Unmentioned,
            ScopeRule::Only(names) if names.is_all() => ScopesView::All,
            ScopeRule::Only(names) => ScopesView::Only(named(names)),
            ScopeRule::Except(names) => ScopesView::Except(named(names)),
        };
        let detail_types = detail_types.as_ref().map(|types| match types {
            Listed::All => NamesView::All,
            Listed::These(types) => {
                NamesView::These(values(&self.detail_types, types).into_iter().map(|text| &**text).collect())
            }
        });
        let agents = agents.as_deref().map(|selection| match selection {
            Selection::Any => AgentsView::Any,
            listed => {
                let all = self.agents.as_ref().map(Agents::all).unwrap_or_default();
                let selected = all.iter().filter(|agent| listed.selects(&agent.atoms));
                AgentsView::These(selected.map(|agent| &agent.id).collect())
            }
        });
        let max_lifetime = seconds(*cap);
        let (acr, max_auth_age, dpop, context, actor): (&[Acr], _, _, _, _) = match require.as_deref() {
            None => (&[], None, false, false, None),
            Some(Require { acr, max_auth_age, dpop, context, actor }) => {
                (acr, *max_auth_age, *dpop, *context, *actor)
            }
        };
        RuleView {
            id,
            effect: *effect,
            users,
            agents,
            scopes,
            detail_types,
            max_lifetime,
            acr,
            max_auth_age,
            dpop,
            context,
            actor,
        }
    }
}

const fn seconds(cap: Cap) -> Option<Seconds> {
    match cap {
        Cap::Seconds(seconds) => Some(Seconds(seconds)),
        Cap::Unlimited => None,
    }
}

fn values<'p, T: Ord + Clone>(table: &'p Table<T>, numbers: &[u32]) -> Vec<&'p T> {
    numbers.iter().filter_map(|number| table.value(*number)).collect()
}
