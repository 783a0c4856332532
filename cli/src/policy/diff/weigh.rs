//! What one app can have at one server under two policies, and every combination for which that differs.

use alloc::collections::{BTreeMap, BTreeSet};

use idjag::Seconds;
use idjag::policy::{
    AgentView, App, ClientAt, Facts, NamesView, Policy, Request, RuleView, ScopesView, Status,
};
use idjag::scope::{Scope, ScopeToken};

use super::cover::Grid;
use super::people::Person;
use super::space::{Cell, Space};

/// The most combinations that are tried for one app at one server.
const MAX_CELLS: usize = 1 << 14;

/// Something that can be granted.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Right {
    /// A scope that a rule names.
    Scope(ScopeToken),
    /// Any scope that no rule names.
    OtherScopes,
    /// A type of authorization details that a rule names.
    Type(String),
    /// Any type that no rule names.
    OtherTypes,
    /// A token without any scope.
    NoScope,
}

/// For how long something is granted at most. Ordered by how much it allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Life {
    Seconds(u64),
    /// As long as the issuer likes.
    Unlimited,
}

/// How something that can be granted differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Change {
    Gain(Life),
    Longer(Life, Life),
    Loss(Life),
    Shorter(Life, Life),
}

impl Change {
    const fn between(old: Option<Life>, new: Option<Life>) -> Option<Self> {
        match (old, new) {
            (None, Some(new)) => Some(Self::Gain(new)),
            (Some(old), None) => Some(Self::Loss(old)),
            (Some(Life::Seconds(old)), Some(Life::Seconds(new))) if old == new => None,
            (Some(Life::Unlimited), Some(Life::Unlimited)) | (None, None) => None,
            (Some(old @ Life::Seconds(before)), Some(new @ Life::Seconds(after))) if before < after => {
                Some(Self::Longer(old, new))
            }
            (Some(old @ Life::Seconds(_)), Some(new @ Life::Unlimited)) => Some(Self::Longer(old, new)),
            (Some(old), Some(new)) => Some(Self::Shorter(old, new)),
        }
    }
}

/// A change, what it is about, and for which combinations.
pub(super) struct Difference {
    pub(super) change: Change,
    pub(super) rights: Vec<Right>,
    pub(super) inside: Vec<bool>,
}

/// What became of comparing one app at one server.
pub(super) enum Weighed<'p> {
    /// Nothing that could make a difference differs.
    Same,
    /// There are too many combinations.
    TooMany,
    Compared {
        space: Space<'p>,
        differences: Vec<Difference>,
    },
}

/// One app at one server, under one of the policies.
struct Side<'p> {
    policy: &'p Policy,
    ids: (&'p str, &'p str),
    rules: Vec<RuleView<'p>>,
    agents: Option<Vec<AgentView<'p>>>,
}

impl<'p> Side<'p> {
    fn of(policy: &'p Policy, app: &'p str, server: &'p str) -> Self {
        let (rules, agents) = match (policy.app(app), policy.server(server)) {
            (Some(app), Some(server)) => (policy.rules_about(app, server).collect(), policy.agents_for(app)),
            _ => (Vec::new(), None),
        };
        Self { policy, ids: (app, server), rules, agents }
    }

    /// The app's status and the server's being there: what makes a difference beside the rules.
    fn standing(&self) -> Option<Status> {
        self.policy.server(self.ids.1)?;
        self.policy.app(self.ids.0).map(App::status)
    }

    /// The issuer of the server, which is that of its clients too.
    fn issuer(&self) -> Option<&'p str> {
        self.policy.server(self.ids.1).map(|server| server.issuer().as_str())
    }

    /// For how long this is granted, if it is.
    fn life(
        &self,
        scope: Option<&Scope>,
        types: &[&str],
        facts: Facts<'_>,
    ) -> Option<(Scope, Vec<String>, Life)> {
        let client = self.policy.app(self.ids.0)?.client_ids().first()?;
        let issuer = self.issuer()?;
        let client = ClientAt::IdentityProvider(client);
        let request = Request { client, issuer, resources: &[], scope, detail_types: types, facts };
        let decision = self.policy.evaluate(&request);
        let grant = decision.grant()?;
        let life = grant.lifetime.map_or(Life::Unlimited, |Seconds(seconds)| Life::Seconds(seconds));
        Some((grant.scope.clone(), grant.detail_types.iter().cloned().collect(), life))
    }

    /// What is granted of `rights`, each asked for alone: so what one costs another does not show.
    fn lives(&self, rights: &Rights, cell: &Cell) -> Vec<Option<Life>> {
        let actor = self.issuer().and_then(|issuer| cell.actor(issuer));
        let facts = cell.facts(actor.as_ref());
        let nothing = Scope::empty();
        let types: Vec<&str> = rights.types.iter().map(String::as_str).collect();
        let of_scopes = self.life(Some(&rights.scopes.iter().cloned().collect()), &[], facts);
        let of_types = if types.is_empty() { None } else { self.life(Some(&nothing), &types, facts) };
        let scope = |token: &ScopeToken| match &of_scopes {
            Some((granted, _, life)) if granted.contains(token.as_str()) => match life {
                // No limit on all of them is no limit on any.
                Life::Unlimited => Some(Life::Unlimited),
                Life::Seconds(_) => {
                    let alone: Scope = [token.clone()].into_iter().collect();
                    self.life(Some(&alone), &[], facts).map(|(_, _, life)| life)
                }
            },
            _ => None,
        };
        let detail_type = |name: &String| match &of_types {
            Some((_, granted, life)) if granted.contains(name) => match life {
                Life::Unlimited => Some(Life::Unlimited),
                Life::Seconds(_) => self.life(Some(&nothing), &[name], facts).map(|(_, _, life)| life),
            },
            _ => None,
        };
        let none = self.life(Some(&nothing), &[], facts).map(|(_, _, life)| life);
        let scopes = rights.scopes.iter().map(scope);
        scopes.chain(rights.types.iter().map(detail_type)).chain([none]).collect()
    }
}

/// Everything that can be asked for, as far as rules tell it apart. The last scope and the last type are names that no
/// rule has.
struct Rights {
    scopes: Vec<ScopeToken>,
    types: Vec<String>,
}

impl Rights {
    fn of(rules: &[RuleView<'_>]) -> Option<Self> {
        let mut scopes: BTreeSet<&ScopeToken> = BTreeSet::new();
        let mut types: BTreeSet<&str> = BTreeSet::new();
        for rule in rules {
            if let ScopesView::Only(named) | ScopesView::Except(named) = &rule.scopes {
                scopes.extend(named);
            }
            if let Some(NamesView::These(named)) = &rule.detail_types {
                types.extend(named);
            }
        }
        let unnamed = |known: &dyn Fn(&str) -> bool| {
            (0..=rules.len().max(scopes.len()).max(types.len()))
                .map(|number| format!("any-other-{number}"))
                .find(|name| !known(name))
        };
        let other_scope =
            ScopeToken::new(unnamed(&|name| scopes.iter().any(|scope| scope.as_str() == name))?).ok()?;
        let other_type = unnamed(&|name| types.contains(name))?;
        Some(Self {
            scopes: scopes.into_iter().cloned().chain([other_scope]).collect(),
            types: types.into_iter().map(String::from).chain([other_type]).collect(),
        })
    }

    /// In the order of [`Side::lives`].
    fn named(&self) -> Vec<Right> {
        let last = self.scopes.len() - 1;
        let scope = |(at, token): (usize, &ScopeToken)| match at == last {
            true => Right::OtherScopes,
            false => Right::Scope(token.clone()),
        };
        let last = self.types.len() - 1;
        let detail_type = |(at, name): (usize, &String)| match at == last {
            true => Right::OtherTypes,
            false => Right::Type(name.clone()),
        };
        let scopes = self.scopes.iter().enumerate().map(scope);
        scopes.chain(self.types.iter().enumerate().map(detail_type)).chain([Right::NoScope]).collect()
    }
}

/// Compares what `app` can have at `server`. `budget` is how many decisions may still be asked for.
pub(super) fn weigh<'p>(
    [old, new]: [&'p Policy; 2],
    (app, server): (&'p str, &'p str),
    people: Option<&[Person]>,
    budget: &mut usize,
) -> Weighed<'p> {
    let (old, new) = (Side::of(old, app, server), Side::of(new, app, server));
    // Who is an agent of a server is said by its issuer too.
    let alike = old.issuer() == new.issuer() || old.agents.is_none();
    if old.standing() == new.standing() && alike && old.rules == new.rules && old.agents == new.agents {
        return Weighed::Same;
    }
    let rules: Vec<RuleView<'p>> = old.rules.iter().chain(&new.rules).cloned().collect();
    let issuers: Vec<&str> = [old.issuer(), new.issuer()].into_iter().flatten().collect();
    let agents = [old.agents.clone(), new.agents.clone()];
    let space = Space::of(&rules, &agents, &issuers, people, MAX_CELLS);
    let (Some(rights), Some(space)) = (Rights::of(&rules), space) else { return Weighed::TooMany };
    let sizes = space.sizes();
    let grid = Grid::of(&sizes);
    let cells = grid.len().unwrap_or(usize::MAX);
    let cost = cells.saturating_mul(2 * (rights.scopes.len() + rights.types.len() + 3));
    let Some(left) = budget.checked_sub(cost) else { return Weighed::TooMany };
    *budget = left;
    let names = rights.named();
    let mut changed: BTreeMap<(Change, usize), Vec<bool>> = BTreeMap::new();
    for number in 0..cells {
        let cell = space.cell(&grid.states(number));
        let lives = old.lives(&rights, &cell).into_iter().zip(new.lives(&rights, &cell));
        for (right, (before, after)) in lives.enumerate() {
            if let Some(change) = Change::between(before, after) {
                changed.entry((change, right)).or_insert_with(|| vec![false; cells])[number] = true;
            }
        }
    }
    Weighed::Compared { space, differences: together(changed, &names) }
}

/// The changes that are alike for the same combinations, together. What a token without scope is to a grant of scopes
/// for the same combinations needs no mention.
fn together(changed: BTreeMap<(Change, usize), Vec<bool>>, names: &[Right]) -> Vec<Difference> {
    let mut differences: Vec<Difference> = Vec::new();
    for ((change, right), inside) in changed {
        let right = names[right].clone();
        let same = differences.iter_mut().find(|known| known.change == change && known.inside == inside);
        match same {
            Some(known) if right != Right::NoScope => known.rights.push(right),
            Some(_) => {}
            None => differences.push(Difference { change, rights: vec![right], inside }),
        }
    }
    differences
}

#[cfg(test)]
mod tests;
