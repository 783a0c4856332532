//! What the rules of two policies tell apart about users and requests, for one app at one server.
//!
//! Groups that the same rules name in the same way are one class: a rule cannot tell a user of one from a user of the
//! other. So the combinations of classes are few and still all there are.

use alloc::collections::{BTreeMap, BTreeSet};

use idjag::Seconds;
use idjag::policy::{Chain, Facts, RuleView, UsersView};
use idjag::text::{Acr, Group, Subject};
use idjag::token::Actor;

use super::actors::{self, Acting, Acts, Agents};
use super::cover::Grid;
use super::people::Person;

/// One thing that rules tell apart, and the states it can be in.
pub(super) enum Dimension<'p> {
    /// Somebody whom no rule names, or a user of one of these classes.
    Subject(Vec<Vec<&'p Subject>>),
    /// Groups that the same rules name: in none; in one, where a rule asks for one; in all, where a rule asks for all.
    Groups { members: Vec<&'p Group>, one: bool, all: bool },
    /// These people, or people like these.
    People(Vec<Alike>),
    /// Without DPoP, with it.
    Dpop,
    /// In no conversation, in one.
    Context,
    /// Who acts.
    Acts(Vec<Acts<'p>>),
    /// How often the token was derived: at most the first, the second …, or more often than all.
    Depth(Vec<u64>),
    /// Another class of sign-on, or one of these.
    Acr(Vec<Vec<&'p Acr>>),
    /// A sign-on at most as old as the first, the second …, or older than all.
    Age(Vec<Seconds>),
}

/// People whom no rule tells apart.
pub(super) struct Alike {
    /// Who they are; nobody in particular where they stand for a combination of groups.
    pub(super) names: Vec<String>,
    subject: Subject,
    groups: BTreeSet<Group>,
}

/// All combinations that the rules of both policies tell apart.
pub(super) struct Space<'p> {
    pub(super) dimensions: Vec<Dimension<'p>>,
    /// Whether there are no others.
    pub(super) complete: bool,
    stranger: Subject,
}

/// One combination.
pub(super) struct Cell {
    subject: Subject,
    groups: BTreeSet<Group>,
    acr: Option<Acr>,
    age: Option<Seconds>,
    dpop: bool,
    context: bool,
    acts: Acting,
    depth: Option<usize>,
}

impl Cell {
    /// Who acts, at a server of this issuer.
    pub(super) fn actor(&self, issuer: &str) -> Option<Actor> {
        self.acts.actor(issuer)
    }

    /// The facts, with that actor.
    pub(super) fn facts<'f>(&'f self, actor: Option<&'f Actor>) -> Facts<'f> {
        Facts {
            subject: Some(&self.subject),
            groups: Some(&self.groups),
            acr: self.acr.as_ref(),
            auth_age: self.age,
            dpop: self.dpop,
            context: self.context,
            acting: self.acts.facts(),
            chain: Chain { actor, client: self.acts.client(), depth: self.depth },
        }
    }
}

impl<'p> Space<'p> {
    /// The combinations of at most `max` cells. `people` are the only users there are, where they are given.
    pub(super) fn of(
        rules: &[RuleView<'p>],
        agents: &Agents<'p>,
        issuers: &[&str],
        people: Option<&[Person]>,
        max: usize,
    ) -> Option<Self> {
        let named: BTreeSet<&Subject> = rules.iter().flat_map(subjects).copied().collect();
        let stranger = stranger(&named)?;
        let requests = requests(rules, agents, issuers);
        let users = users(rules);
        let fits = |dimensions: &[Dimension<'_>]| {
            let sizes: Vec<usize> = dimensions.iter().map(Dimension::size).collect();
            Grid::of(&sizes).len().is_some_and(|cells| cells <= max)
        };
        let of = |mut users: Vec<Dimension<'p>>, requests: Vec<Dimension<'p>>, complete| {
            users.extend(requests);
            let is_small = fits(&users);
            is_small.then(|| Self { dimensions: users, complete, stranger: stranger.clone() })
        };
        if let Some(people) = people {
            return of(vec![alike(people, &users, &stranger)], requests, true);
        }
        let exact: usize = users.iter().map(Dimension::size).fold(1, usize::saturating_mul);
        let of_requests: usize = requests.iter().map(Dimension::size).fold(1, usize::saturating_mul);
        match exact.saturating_mul(of_requests) <= max {
            true => of(users, requests, true),
            false => of(vec![samples(rules, &users, &stranger)], requests, false),
        }
    }

    pub(super) fn sizes(&self) -> Vec<usize> {
        self.dimensions.iter().map(Dimension::size).collect()
    }

    /// The combination of these states.
    pub(super) fn cell(&self, states: &[usize]) -> Cell {
        let mut cell = Cell {
            subject: self.stranger.clone(),
            groups: BTreeSet::new(),
            acr: None,
            age: None,
            dpop: false,
            context: false,
            acts: Acting::Unknown,
            depth: None,
        };
        for (dimension, state) in self.dimensions.iter().zip(states) {
            dimension.set(*state, &mut cell);
        }
        cell
    }
}

impl Dimension<'_> {
    /// How many states it has.
    pub(super) fn size(&self) -> usize {
        match self {
            Self::Subject(classes) => classes.len() + 1,
            Self::Groups { members, one, all } if members.len() > 1 && *one && *all => 3,
            Self::Groups { .. } | Self::Dpop | Self::Context => 2,
            Self::People(people) => people.len(),
            Self::Acts(acts) => acts.len(),
            Self::Depth(depths) => depths.len() + 1,
            Self::Acr(classes) => classes.len() + 1,
            Self::Age(ages) => ages.len() + 1,
        }
    }

    fn set(&self, state: usize, cell: &mut Cell) {
        let class = state.checked_sub(1);
        match self {
            Self::Subject(classes) => {
                if let Some(subject) = class.and_then(|class| classes.get(class)?.first()) {
                    cell.subject = Subject::clone(subject);
                }
            }
            Self::Groups { members, one, .. } => {
                let count = match state {
                    0 => 0,
                    1 if *one => 1,
                    _ => members.len(),
                };
                cell.groups.extend(members.iter().take(count).copied().cloned());
            }
            Self::People(people) => {
                if let Some(person) = people.get(state) {
                    cell.subject = person.subject.clone();
                    cell.groups.extend(person.groups.iter().cloned());
                }
            }
            Self::Dpop => cell.dpop = state == 1,
            Self::Context => cell.context = state == 1,
            Self::Acts(acts) => {
                if let Some(acts) = acts.get(state) {
                    cell.acts = acts.example();
                }
            }
            Self::Depth(depths) => {
                let most = depths.get(state).and_then(|depth| usize::try_from(*depth).ok());
                cell.depth = most;
            }
            Self::Acr(classes) => {
                let acr = class.and_then(|class| classes.get(class)?.first());
                cell.acr = acr.map(|acr| Acr::clone(acr));
            }
            Self::Age(ages) => cell.age = ages.get(state).copied(),
        }
    }
}

/// A user whom no rule names.
fn stranger(named: &BTreeSet<&Subject>) -> Option<Subject> {
    (0..=named.len()).find_map(|number| {
        let subject = Subject::new(format!("another user {number}")).ok()?;
        (!named.contains(&subject)).then_some(subject)
    })
}

fn subjects<'r, 'p>(rule: &'r RuleView<'p>) -> &'r [&'p Subject] {
    match &rule.users {
        UsersView::Subjects(subjects) => subjects,
        _ => &[],
    }
}

/// Values that occur at the same places, together.
pub(super) fn classes<'v, T: Ord + ?Sized, P: Ord>(
    places: impl Iterator<Item = (&'v T, P)>,
) -> Vec<(Vec<&'v T>, Vec<P>)> {
    let mut of_value: BTreeMap<&T, Vec<P>> = BTreeMap::new();
    for (value, place) in places {
        of_value.entry(value).or_default().push(place);
    }
    let mut of_places: BTreeMap<Vec<P>, Vec<&T>> = BTreeMap::new();
    for (value, places) in of_value {
        of_places.entry(places).or_default().push(value);
    }
    of_places.into_iter().map(|(places, values)| (values, places)).collect()
}

/// What the rules tell apart about users.
fn users<'p>(rules: &[RuleView<'p>]) -> Vec<Dimension<'p>> {
    let numbered = || rules.iter().enumerate();
    let subjects =
        numbered().flat_map(|(number, rule)| subjects(rule).iter().map(move |user| (*user, number)));
    let subjects: Vec<Vec<&Subject>> = classes(subjects).into_iter().map(|(users, _)| users).collect();
    let mut dimensions = Vec::new();
    if !subjects.is_empty() {
        dimensions.push(Dimension::Subject(subjects));
    }
    let groups = numbered().flat_map(|(number, rule)| {
        let (any, all): (&[&Group], &[&Group]) = match &rule.users {
            UsersView::Groups { any, all } => (any, all),
            _ => (&[], &[]),
        };
        let any = any.iter().map(move |group| (*group, (number, true)));
        any.chain(all.iter().map(move |group| (*group, (number, false)))).collect::<Vec<_>>()
    });
    for (members, places) in classes(groups) {
        let has = |any| places.iter().any(|(_, is_any)| *is_any == any);
        dimensions.push(Dimension::Groups { members, one: has(true), all: has(false) });
    }
    dimensions
}

/// What the rules tell apart about requests.
fn requests<'p>(rules: &[RuleView<'p>], agents: &Agents<'p>, issuers: &[&str]) -> Vec<Dimension<'p>> {
    let mut dimensions = Vec::new();
    if rules.iter().any(|rule| rule.dpop) {
        dimensions.push(Dimension::Dpop);
    }
    if rules.iter().any(|rule| rule.context) {
        dimensions.push(Dimension::Context);
    }
    if let Some(acts) = actors::told_apart(rules, agents, issuers) {
        dimensions.push(Dimension::Acts(acts));
    }
    let listed = || agents.iter().flat_map(|agents| agents.iter().flatten());
    let depths: BTreeSet<u64> = listed().filter_map(|agent| agent.max_depth).collect();
    if !depths.is_empty() {
        dimensions.push(Dimension::Depth(depths.into_iter().collect()));
    }
    let acr =
        rules.iter().enumerate().flat_map(|(number, rule)| rule.acr.iter().map(move |acr| (acr, number)));
    let acr: Vec<Vec<&Acr>> = classes(acr).into_iter().map(|(classes, _)| classes).collect();
    if !acr.is_empty() {
        dimensions.push(Dimension::Acr(acr));
    }
    let ages: BTreeSet<Seconds> = rules.iter().filter_map(|rule| rule.max_auth_age).collect();
    if !ages.is_empty() {
        dimensions.push(Dimension::Age(ages.into_iter().collect()));
    }
    dimensions
}

/// The people, those whom no rule tells apart together.
fn alike<'p>(people: &[Person], users: &[Dimension<'p>], stranger: &Subject) -> Dimension<'p> {
    let mut known: BTreeMap<(Option<&Subject>, BTreeSet<&Group>), Vec<String>> = BTreeMap::new();
    for person in people {
        let (mut subject, mut groups) = (None, BTreeSet::new());
        for dimension in users {
            match dimension {
                Dimension::Subject(classes)
                    if classes.iter().flatten().any(|user| **user == person.subject) =>
                {
                    subject = Some(&person.subject);
                }
                Dimension::Groups { members, .. } => {
                    groups.extend(person.groups.iter().filter(|group| members.contains(group)));
                }
                _ => {}
            }
        }
        known.entry((subject, groups)).or_default().push(person.subject.as_str().to_string());
    }
    let alike = known.into_iter().map(|((subject, groups), names)| Alike {
        names,
        subject: subject.unwrap_or(stranger).clone(),
        groups: groups.into_iter().cloned().collect(),
    });
    Dimension::People(alike.collect())
}

/// Users of whom most differences show, where there are too many combinations to try them all: in no group, in every
/// group, in one class or two, in what each rule asks for, and each user whom a rule names.
fn samples<'p>(rules: &[RuleView<'p>], users: &[Dimension<'p>], stranger: &Subject) -> Dimension<'p> {
    const MOST: usize = 512;
    let one = |dimension: &Dimension<'p>| match dimension {
        Dimension::Groups { members, .. } => members.iter().copied().cloned().collect(),
        _ => BTreeSet::new(),
    };
    let singles: Vec<BTreeSet<Group>> = users.iter().map(one).filter(|groups| !groups.is_empty()).collect();
    let every: BTreeSet<Group> = singles.iter().flatten().cloned().collect();
    let asked = rules.iter().filter_map(|rule| match &rule.users {
        UsersView::Groups { any, all } => Some(any.iter().take(1).chain(all).copied().cloned().collect()),
        _ => None,
    });
    let pairs = singles.iter().enumerate().flat_map(|(at, first)| {
        singles[at + 1..].iter().map(move |second| first.union(second).cloned().collect())
    });
    let sets = [BTreeSet::new(), every].into_iter().chain(asked).chain(singles.iter().cloned()).chain(pairs);
    let mut distinct: Vec<BTreeSet<Group>> = Vec::new();
    for set in sets {
        if distinct.len() < MOST && !distinct.contains(&set) {
            distinct.push(set);
        }
    }
    let named = users.iter().filter_map(|dimension| match dimension {
        Dimension::Subject(classes) => Some(classes.iter().filter_map(|class| class.first().copied())),
        _ => None,
    });
    let strangers = distinct.iter().map(|groups| (stranger, groups));
    let named = named.flatten().flat_map(|user| distinct.iter().take(2).map(move |groups| (user, groups)));
    let alike = strangers.chain(named).take(2 * MOST).map(|(subject, groups)| Alike {
        names: Vec::new(),
        subject: subject.clone(),
        groups: groups.clone(),
    });
    Dimension::People(alike.collect())
}

impl Alike {
    /// The groups by which they stand for others.
    pub(super) const fn groups(&self) -> &BTreeSet<Group> {
        &self.groups
    }

    /// The user they are, where rules name users.
    pub(super) const fn subject(&self) -> &Subject {
        &self.subject
    }
}
