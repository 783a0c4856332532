//! Who acts, as far as the rules and the lists of agents of two policies tell actors apart.

use alloc::collections::BTreeSet;

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
    /// An actor, and the client that asks where the token was issued to another.
    Through {
        who: Who<'p>,
        client: Option<Vec<&'p ClientId>>,
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
    Client { ids: Vec<&'p ClientId>, kinds: Vec<&'p str> },
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
        let Self::Through { who, client } = self else {
            return if matches!(self, Self::Directly) { Acting::Directly } else { Acting::Unknown };
        };
        let first = |kinds: &[&str]| kinds.first().map(|kind| String::from(*kind));
        let (issuer, subject, kind) = match who {
            Who::Stranger => (Some(String::from("urn:nobody")), None, None),
            Who::Of { issuer, subjects, kinds } => {
                (Some(issuer.as_str().into()), subjects.first().map(|subject| subject.as_str()), first(kinds))
            }
            Who::Client { ids, kinds } => (None, ids.first().map(|id| id.as_str()), first(kinds)),
        };
        let subject = Subject::new(subject.unwrap_or(ANOTHER));
        let client = client.as_ref().and_then(|ids| ids.first().copied().cloned());
        match subject {
            Ok(subject) => Acting::Through { issuer, subject, kind, client },
            // A client id that is too long for a subject names no actor.
            Err(_) => Acting::Unknown,
        }
    }

    /// Who it is, in words.
    pub(super) fn said(&self) -> String {
        let one_of =
            |names: Vec<&str>| names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" or ");
        match self {
            Self::Unknown => String::from("nobody knows who acts"),
            Self::Directly => String::from("the app acts itself"),
            Self::Through { who, client } => {
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

/// A subject of an issuer that is not listed.
const ANOTHER: &str = "another actor that no document lists";

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
    // Numbered, so that an agent of either document is one place.
    let listed: Vec<(usize, &AgentView<'p>)> = agents.iter().flatten().flatten().enumerate().collect();
    let mut named: Vec<(&ClientId, usize)> = Vec::new();
    for (number, agent) in &listed {
        named.extend(agent.client_ids.iter().map(|id| (*id, *number)));
    }
    let mut places: BTreeSet<(&ClientId, usize)> = named.iter().copied().collect();
    for (id, _) in &named {
        // A client that is a subject of the server's issuer too is told from one that is not.
        let also =
            |agent: &AgentView<'_>| agent.subjects.iter().any(|subject| subject.as_str() == id.as_str());
        let agents = listed.iter().filter(|(_, agent)| also(agent));
        places.extend(agents.map(|(number, _)| (*id, listed.len() + number)));
    }
    let clients: Vec<Vec<&ClientId>> = classes(places.into_iter()).into_iter().map(|(ids, _)| ids).collect();

    let vouchers: BTreeSet<&Issuer> = listed.iter().filter_map(|(_, agent)| agent.issuer).collect();
    let mut actors = vec![Who::Stranger];
    for issuer in vouchers {
        let of_issuer = || listed.iter().filter(move |(_, agent)| agent.issuer == Some(issuer));
        let is_client = |subject: &Subject| {
            named
                .iter()
                .filter(move |(id, _)| id.as_str() == subject.as_str())
                .map(|(_, number)| *number)
                .collect::<Vec<_>>()
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
    let of_server = || {
        listed
            .iter()
            .filter(|(_, agent)| agent.issuer.is_some_and(|issuer| issuers.contains(&issuer.as_str())))
    };
    for ids in &clients {
        for kinds in kinds(of_server()) {
            actors.push(Who::Client { ids: ids.clone(), kinds });
        }
    }
    let mut acts = vec![Acts::Unknown, Acts::Directly];
    for who in actors {
        for client in &clients {
            acts.push(Acts::Through { who: who.clone(), client: Some(client.clone()) });
        }
        acts.push(Acts::Through { who, client: None });
    }
    Some(acts)
}

/// The kinds that these agents tell apart, and that of all others.
fn kinds<'l, 'p: 'l>(agents: impl Iterator<Item = &'l (usize, &'l AgentView<'p>)>) -> Vec<Vec<&'p str>> {
    let places = agents
        .flat_map(|(number, agent)| agent.sub_profiles.iter().map(move |kind| (kind.as_str(), *number)));
    classes(places).into_iter().map(|(kinds, _)| kinds).chain([Vec::new()]).collect()
}
