//! Who acts, as far as the rules and the lists of agents of two policies tell actors apart.

use alloc::collections::BTreeSet;
use alloc::rc::Rc;

use idjag::policy::{Acting as Fact, AgentView, RuleView};
use idjag::text::{ClientId, Subject};
use idjag::token::Actor;
use idjag::uri::Issuer;

use super::space::classes;

/// The agents that the old and the new document list, where they do.
pub(super) type Agents<'p> = [Option<Vec<AgentView<'p>>>; 2];

/// Who acts: all of whom no rule and no agent tells the others from.
pub(super) enum Acts<'p> {
    Unknown,
    Directly,
    /// An actor, and the client that asks where the token was issued to another: by one of these ids, or by another one
    /// where there are none.
    Through {
        who: Who<'p>,
        client: Option<Vec<ClientId>>,
        /// A name that no document lists.
        other: Rc<str>,
    },
}

/// An actor.
#[derive(Clone)]
pub(super) enum Who<'p> {
    /// One that no document names.
    Stranger,
    /// Of an issuer that is named: one of these subjects, or another one where there are none; of one of these kinds, or
    /// another one.
    Of { issuer: &'p Issuer, subjects: Vec<&'p Subject>, kinds: Vec<&'p str> },
    /// A client of the server, by one of these ids; of one of these kinds, or another one.
    Client { ids: Vec<ClientId>, kinds: Vec<&'p str> },
}

/// One of those who act.
pub(super) enum Acting {
    Unknown,
    Directly,
    Through {
        /// Nothing for the server's own issuer.
        issuer: Option<String>,
        subject: Subject,
        kind: Option<String>,
        client: Option<ClientId>,
    },
}

impl Acting {
    pub(super) const fn facts(&self) -> Option<Fact> {
        match self {
            Self::Unknown => None,
            Self::Directly => Some(Fact::Directly),
            Self::Through { .. } => Some(Fact::ThroughActor),
        }
    }

    pub(super) fn actor(&self, server: &str) -> Option<Actor> {
        let Self::Through { issuer, subject, kind, .. } = self else { return None };
        Some(Actor {
            issuer: Some(issuer.as_deref().unwrap_or(server).into()),
            subject: subject.clone(),
            sub_profile: kind.clone(),
            prior: Vec::new(),
        })
    }

    pub(super) const fn client(&self) -> Option<&ClientId> {
        match self {
            Self::Through { client, .. } => client.as_ref(),
            _ => None,
        }
    }
}

impl Acts<'_> {
    /// One of them.
    pub(super) fn example(&self) -> Acting {
        let Self::Through { who, client, other } = self else {
            return if matches!(self, Self::Directly) { Acting::Directly } else { Acting::Unknown };
        };
        let first = |kinds: &[&str]| kinds.first().map(|kind| String::from(*kind));
        let (issuer, subject, kind) = match who {
            Who::Stranger => (Some(String::from("urn:nobody")), Subject::new(&**other).ok(), None),
            Who::Of { issuer, subjects, kinds } => {
                let subject = subjects
                    .first()
                    .map_or_else(|| Subject::new(&**other).ok(), |one| Some(Subject::clone(one)));
                (Some(issuer.as_str().into()), subject, first(kinds))
            }
            Who::Client { ids, kinds } => (None, ids.iter().find_map(named), first(kinds)),
        };
        let client =
            client.as_ref().and_then(|ids| ids.first().cloned().or_else(|| ClientId::new(&**other).ok()));
        match subject {
            Some(subject) => Acting::Through { issuer, subject, kind, client },
            None => Acting::Unknown,
        }
    }

    /// Who it is, in words.
    pub(super) fn said(&self) -> String {
        let one_of =
            |names: Vec<&str>| names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" or ");
        match self {
            Self::Unknown => String::from("nobody knows who acts"),
            Self::Directly => String::from("the app acts itself"),
            Self::Through { who, client, .. } => {
                let kind = |kinds: &[&str]| match kinds {
                    [] => String::new(),
                    kinds => format!(" of kind {}", one_of(kinds.to_vec())),
                };
                let actor = match who {
                    Who::Stranger => String::from("an actor that no agent is"),
                    Who::Of { issuer, subjects, kinds } => {
                        let issuer = issuer.as_str();
                        let name = match subjects.as_slice() {
                            [] => String::from("another actor"),
                            subjects => one_of(subjects.iter().map(|subject| subject.as_str()).collect()),
                        };
                        format!("{name} of `{issuer}`{}", kind(kinds))
                    }
                    Who::Client { ids, kinds } => {
                        let names = one_of(ids.iter().map(|id| id.as_str()).collect());
                        format!("client {names} of the server{}", kind(kinds))
                    }
                };
                match client {
                    None => format!("{actor} acts"),
                    Some(ids) if ids.is_empty() => format!("{actor} acts through another client"),
                    Some(ids) => {
                        format!(
                            "{actor} acts through client {}",
                            one_of(ids.iter().map(|id| id.as_str()).collect())
                        )
                    }
                }
            }
        }
    }
}

/// The client as an actor, if it can be one: a name that is too long for a subject is none.
fn named(id: &ClientId) -> Option<Subject> {
    Subject::new(id.as_str()).ok()
}

/// An agent of either document, numbered, so that each is one place.
type Listed<'l, 'p> = (usize, &'l AgentView<'p>);

/// Everybody who may act, if it matters who does. `issuers` are those of the server in both documents.
pub(super) fn told_apart<'p>(
    rules: &[RuleView<'p>],
    agents: &Agents<'p>,
    issuers: &[&str],
) -> Option<Vec<Acts<'p>>> {
    let by_rules = rules.iter().any(|rule| rule.actor.is_some() || rule.agents.is_some());
    if !by_rules && agents.iter().all(Option::is_none) {
        return None;
    }
    let listed: Vec<Listed<'_, 'p>> = agents.iter().flatten().flatten().enumerate().collect();
    let is_own =
        |agent: &AgentView<'p>| agent.issuer.is_some_and(|issuer| issuers.contains(&issuer.as_str()));
    let clients = clients(&listed, is_own);
    let vouchers: BTreeSet<&Issuer> = listed.iter().filter_map(|(_, agent)| agent.issuer).collect();
    let mut actors = vec![Who::Stranger];
    for issuer in vouchers {
        let of_issuer = || listed.iter().filter(move |(_, agent)| agent.issuer == Some(issuer));
        let is_client = |subject: &Subject| {
            let is = |(_, agent): &&Listed<'_, '_>| {
                agent.client_ids.iter().any(|id| id.as_str() == subject.as_str())
            };
            listed.iter().filter(is).map(|(number, _)| *number).collect::<Vec<_>>()
        };
        let places = of_issuer().flat_map(|(number, agent)| {
            agent.subjects.iter().map(move |subject| (*subject, (*number, is_client(subject))))
        });
        let subjects = classes(places).into_iter().map(|(subjects, _)| subjects).chain([Vec::new()]);
        for subjects in subjects {
            for kinds in kinds(of_issuer()) {
                actors.push(Who::Of { issuer, subjects: subjects.clone(), kinds });
            }
        }
    }
    for (ids, _) in clients.iter().filter(|(ids, by_id)| *by_id && ids.iter().any(|id| named(id).is_some())) {
        for kinds in kinds(listed.iter().filter(|(_, agent)| is_own(agent))) {
            actors.push(Who::Client { ids: ids.clone(), kinds });
        }
    }
    let other = unlisted(&listed);
    let through =
        |who: &Who<'p>, client| Acts::Through { who: who.clone(), client, other: Rc::clone(&other) };
    let mut acts = vec![Acts::Unknown, Acts::Directly];
    for who in &actors {
        acts.extend(clients.iter().map(|(ids, _)| through(who, Some(ids.clone()))));
        acts.push(through(who, None));
    }
    Some(acts)
}

/// The clients that are told apart, and whether it is by the ids that agents have at servers. A client is an agent by the
/// names that the server's own issuer gives, too; and whatever it is called where all of that issuer's are one.
fn clients<'p>(
    listed: &[Listed<'_, 'p>],
    is_own: impl Fn(&AgentView<'p>) -> bool,
) -> Vec<(Vec<ClientId>, bool)> {
    let mut places: BTreeSet<(ClientId, (bool, usize))> = BTreeSet::new();
    for (number, agent) in listed {
        places.extend(agent.client_ids.iter().map(|id| (ClientId::clone(id), (true, *number))));
    }
    let own = listed.iter().filter(|(_, agent)| is_own(agent)).flat_map(|(_, agent)| &agent.subjects);
    let names = own.filter_map(|subject| ClientId::new(subject.as_str()).ok());
    let ids: BTreeSet<ClientId> = places.iter().map(|(id, _)| id.clone()).chain(names).collect();
    for id in ids {
        // A client that is a subject too is told from one that is not.
        let also = |(_, agent): &&Listed<'_, '_>| {
            agent.subjects.iter().any(|subject| subject.as_str() == id.as_str())
        };
        places.extend(listed.iter().filter(also).map(|(number, _)| (id.clone(), (false, *number))));
    }
    let told = classes(places.iter().map(|(id, place)| (id, *place)))
        .into_iter()
        .map(|(ids, places)| (ids.into_iter().cloned().collect(), places.iter().any(|(by_id, _)| *by_id)));
    let is_any = |(_, agent): &Listed<'_, 'p>| is_own(agent) && agent.subjects.is_empty();
    let another = listed.iter().any(is_any).then(|| (Vec::new(), false));
    told.chain(another).collect()
}

/// A name that no agent has, whatever the documents list.
fn unlisted(listed: &[Listed<'_, '_>]) -> Rc<str> {
    let subjects = listed.iter().flat_map(|(_, agent)| agent.subjects.iter().map(|subject| subject.as_str()));
    let ids = listed.iter().flat_map(|(_, agent)| agent.client_ids.iter().map(|id| id.as_str()));
    let known: BTreeSet<&str> = subjects.chain(ids).collect();
    let mut name = String::from("another actor that no document lists");
    while known.contains(name.as_str()) {
        name.push('*');
    }
    name.into()
}

/// The kinds that these agents tell apart, and that of all others.
fn kinds<'l, 'p: 'l>(agents: impl Iterator<Item = &'l Listed<'l, 'p>>) -> Vec<Vec<&'p str>> {
    let places = agents
        .flat_map(|(number, agent)| agent.sub_profiles.iter().map(move |kind| (kind.as_str(), *number)));
    classes(places).into_iter().map(|(kinds, _)| kinds).chain([Vec::new()]).collect()
}
