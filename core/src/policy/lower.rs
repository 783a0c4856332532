//! From a document without fault to the parts of a policy: every name becomes a number.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use super::agents::Agents;
use super::document::{self, Document, Require, ScopeList, ScopeName, Scopes, Selector, Subjects, Types};
use super::names::{AppId, RuleId, ServerId};
use super::parts::{App, Cap, Listed, Rule, ScopeNames, ScopeRule, Selection, Server, Who};
use super::table::{Table, number};
use crate::ordered::sorted;
use crate::scope::ScopeToken;
use crate::text::{Group, Subject};

/// The numbers of all names.
pub(super) struct Tables {
    apps: Atoms,
    agents: Atoms,
    servers: Atoms,
    sets: Table<String>,
    pub(super) groups: Table<Group>,
    pub(super) subjects: Table<Subject>,
    pub(super) scopes: Table<ScopeToken>,
    pub(super) detail_types: Table<String>,
}

/// What a selector can list, as numbers: ids, and after them labels.
struct Atoms {
    ids: Table<String>,
    labels: Table<String>,
}

impl Atoms {
    fn numbers<'a>(&self, ids: impl IntoIterator<Item = &'a String>, labels: &'a [String]) -> Box<[u32]> {
        let first_label = number(self.ids.len());
        let labels = self.labels.numbers(labels).into_iter().map(|label| label.saturating_add(first_label));
        self.ids.numbers(ids).into_iter().chain(labels).collect()
    }

    fn selection(&self, selector: &Selector) -> Selection {
        match selector {
            Selector::Any => Selection::Any,
            Selector::Listed { ids, labels } => Selection::Of(self.numbers(ids, labels)),
        }
    }
}

impl Tables {
    pub(super) fn of(document: &Document) -> Self {
        let Document { apps, servers, rules, .. } = document;
        let agents = || document.agents.iter().flatten();
        let sets = || servers.iter().flat_map(|server| &server.scope_sets);
        let names = || rules.iter().flat_map(|rule| scope_names(&rule.scopes));
        let tokens = names().filter_map(|name| match name {
            ScopeName::Token(token) => Some(token),
            ScopeName::Set(_) => None,
        });
        Self {
            apps: Atoms {
                ids: Table::of(apps.iter().map(|app| &app.id)),
                labels: Table::of(apps.iter().flat_map(|app| &app.labels)),
            },
            agents: Atoms {
                ids: Table::of(agents().map(|agent| &agent.id)),
                labels: Table::of(agents().flat_map(|agent| &agent.labels)),
            },
            servers: Atoms {
                ids: Table::of(servers.iter().map(|server| &server.id)),
                labels: Table::of(servers.iter().flat_map(|server| &server.labels)),
            },
            sets: Table::of(sets().map(|(set, _)| set)),
            groups: Table::of(rules.iter().flat_map(|rule| groups(&rule.subjects))),
            subjects: Table::of(rules.iter().flat_map(|rule| subjects(&rule.subjects))),
            scopes: Table::of(sets().flat_map(|(_, tokens)| tokens).chain(tokens)),
            detail_types: Table::of(rules.iter().flat_map(|rule| detail_types(rule.detail_types.as_ref()))),
        }
    }

    pub(super) fn app(&self, app: document::App) -> App {
        App {
            atoms: self.apps.numbers([&app.id], &app.labels),
            id: AppId::of(&app.id),
            name: app.name,
            client_ids: app.client_ids,
            status: app.status,
        }
    }

    pub(super) fn agents(&self, agents: Vec<document::Agent>) -> Agents {
        Agents::of(agents, |agent| {
            (self.apps.selection(&agent.apps), self.agents.numbers([&agent.id], &agent.labels))
        })
    }

    pub(super) fn server(&self, server: document::Server) -> Server {
        let number = |(set, tokens): &(String, Vec<ScopeToken>)| {
            self.sets.number_of(set).map(|set| (set, self.scopes.numbers(tokens)))
        };
        let scope_sets: Vec<(u32, Box<[u32]>)> = server.scope_sets.iter().filter_map(number).collect();
        let mapping = server.client_ids.iter().map(|(app, client_id)| (AppId::of(app), client_id.clone()));
        let client_ids: Vec<_> = sorted(mapping.collect());
        let apps = sorted(client_ids.iter().map(|(app, id)| (id.clone(), app.clone())).collect());
        Server {
            atoms: self.servers.numbers([&server.id], &server.labels),
            id: ServerId::of(&server.id),
            name: server.name,
            issuer: server.issuer,
            resources: server.resources,
            client_ids,
            apps,
            scope_sets: sorted(scope_sets).into(),
        }
    }

    pub(super) fn rule(&self, rule: document::Rule) -> Rule {
        Rule {
            id: RuleId::of(&rule.id),
            effect: rule.effect,
            apps: self.apps.selection(&rule.apps),
            agents: rule.agents.as_ref().map(|agents| Box::new(self.agents.selection(agents))),
            servers: self.servers.selection(&rule.servers),
            who: match &rule.subjects {
                Subjects::Any => Who::Any,
                Subjects::Ids(ids) => Who::Ids(self.subjects.numbers(ids)),
                Subjects::Groups { any, all } => {
                    Who::Groups { any: self.groups.numbers(any), all: self.groups.numbers(all) }
                }
            },
            scopes: match &rule.scopes {
                Scopes::Unmentioned => ScopeRule::Unmentioned,
                Scopes::Only(list) => ScopeRule::Only(self.scope_names(list)),
                Scopes::Except(list) => ScopeRule::Except(self.scope_names(list)),
            },
            detail_types: rule.detail_types.as_ref().map(|types| match types {
                Types::All => Listed::All,
                Types::Listed(listed) => Listed::These(self.detail_types.numbers(listed)),
            }),
            cap: rule.max_lifetime.map_or(Cap::Unlimited, |seconds| Cap::Seconds(seconds.as_secs())),
            require: (rule.require != Require::default()).then(|| Box::new(rule.require)),
        }
    }

    fn scope_names(&self, list: &ScopeList) -> ScopeNames {
        let ScopeList::Listed(names) = list else {
            return ScopeNames { listed: Listed::All, sets: Box::default() };
        };
        let (mut tokens, mut sets) = (Vec::new(), Vec::new());
        for name in names {
            match name {
                ScopeName::Token(token) => tokens.push(token),
                ScopeName::Set(set) => sets.push(set),
            }
        }
        ScopeNames { listed: Listed::These(self.scopes.numbers(tokens)), sets: self.sets.numbers(sets) }
    }
}

fn scope_names(scopes: &Scopes) -> &[ScopeName] {
    match scopes {
        Scopes::Only(ScopeList::Listed(names)) | Scopes::Except(ScopeList::Listed(names)) => names,
        _ => &[],
    }
}

fn groups(subjects: &Subjects) -> impl Iterator<Item = &Group> {
    let (any, all): (&[Group], &[Group]) = match subjects {
        Subjects::Groups { any, all } => (any, all),
        _ => (&[], &[]),
    };
    any.iter().chain(all)
}

fn subjects(subjects: &Subjects) -> &[Subject] {
    match subjects {
        Subjects::Ids(ids) => ids,
        _ => &[],
    }
}

fn detail_types(types: Option<&Types>) -> &[String] {
    match types {
        Some(Types::Listed(listed)) => listed,
        _ => &[],
    }
}
