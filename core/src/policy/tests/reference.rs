//! A second evaluator, written from DESIGN §6 for the model and as plainly as possible: no index, no numbers,
//! every rule looked at, step-up found by trying every sign-on.

use alloc::collections::BTreeSet as Set;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::super::Reason;
use super::model::{Ask, Doc, List, MANY, Pick, Rule, Scopes, Site, Who};

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Answer {
    Permit { scope: Set<String>, types: Set<String>, lifetime: Option<u64> },
    StepUp { acr: Vec<String>, max_age: Option<u64> },
    Deny,
    Restricted,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) struct Reference {
    pub(super) answer: Answer,
    pub(super) matched: Vec<String>,
    /// Rule, reason and deny.
    pub(super) nearest: Option<(String, Reason, Option<String>)>,
}

/// Everything that is fixed while the sign-on varies.
struct World<'a> {
    ask: &'a Ask,
    site: &'a Site,
    permits: Vec<&'a Rule>,
    denies: Vec<&'a Rule>,
}

pub(super) fn evaluate(doc: &Doc, ask: &Ask) -> Reference {
    let barred = |answer| Reference { answer, matched: Vec::new(), nearest: None };
    let known = ask.app < MANY && ask.server < MANY;
    let Some(site) = doc.servers.get(ask.server as usize).filter(|_| known) else {
        return barred(Answer::Deny);
    };
    let is_known = match ask.by {
        0 => true,
        1 => site.mapped.contains(&ask.app),
        _ => !site.mapped.contains(&ask.app),
    };
    let (labels, approved) = &doc.apps[ask.app as usize];
    if !is_known {
        return barred(Answer::Deny);
    }
    if !approved {
        return barred(Answer::Restricted);
    }
    let mut rules: Vec<&Rule> = doc.rules.iter().collect();
    rules.sort_by(|left, right| left.id.cmp(&right.id));
    rules.retain(|rule| {
        Pick::picks(rule.apps.as_ref(), ask.app, labels)
            && Pick::picks(rule.servers.as_ref(), ask.server, &site.labels)
    });
    let about_user = |rule: &&Rule| misses_user(rule, ask).is_none();
    let permits: Vec<&Rule> = rules.iter().copied().filter(|rule| !rule.deny && about_user(rule)).collect();
    let denies: Vec<&Rule> = rules.iter().copied().filter(|rule| rule.deny && about_user(rule)).collect();
    let world = World { ask, site, permits, denies };
    let answer = world.answer();
    let mut matched: Vec<String> = world.denies.iter().map(|rule| rule.id.clone()).collect();
    matched.extend(world.met(ask.acr, ask.auth_age).map(|rule| rule.id.clone()));
    matched.sort();
    let nearest = match answer {
        Answer::Permit { .. } => None,
        _ if world.permits.is_empty() => rules
            .iter()
            .find(|rule| !rule.deny)
            .map(|rule| (rule.id.clone(), misses_user(rule, ask).unwrap(), None)),
        _ => world.nearest(),
    };
    Reference { answer, matched, nearest }
}

fn misses_user(rule: &Rule, ask: &Ask) -> Option<Reason> {
    let unknown = |reason| if rule.deny { None } else { Some(reason) };
    match &rule.who {
        Who::Any => None,
        Who::Ids(ids) => match ask.subject {
            None => unknown(Reason::SubjectUnknown),
            Some(subject) => (!ids.contains(&subject)).then_some(Reason::Subject),
        },
        Who::Groups(any, all) => match &ask.groups {
            None => unknown(Reason::GroupsUnknown),
            Some(groups) => {
                let member = (any.is_empty() || !any.is_disjoint(groups)) && all.is_subset(groups);
                (!member).then_some(Reason::Groups)
            }
        },
    }
}

fn unmet(rule: &Rule, ask: &Ask, acr: Option<u8>, age: Option<u64>) -> Option<Reason> {
    let require = &rule.require;
    let checks = [
        (require.actor.is_some() && ask.actor.is_none(), Reason::ActorUnknown),
        (require.actor == Some(true) && ask.actor == Some(false), Reason::ActorMissing),
        (require.actor == Some(false) && ask.actor == Some(true), Reason::ActorPresent),
        (require.dpop && !ask.dpop, Reason::Dpop),
        (require.context && !ask.context, Reason::Context),
        (!require.acr.is_empty() && acr.is_none(), Reason::AcrUnknown),
        (!require.acr.is_empty() && acr.is_some_and(|acr| !require.acr.contains(&acr)), Reason::Acr),
        (require.max_auth_age.is_some() && age.is_none(), Reason::AuthAgeUnknown),
        (require.max_auth_age.is_some_and(|most| age.is_some_and(|age| age > most)), Reason::AuthAge),
    ];
    checks.into_iter().find(|(fails, _)| *fails).map(|(_, reason)| reason)
}

impl<'a> World<'a> {
    fn met(&self, acr: Option<u8>, age: Option<u64>) -> impl Iterator<Item = &&'a Rule> {
        self.permits.iter().filter(move |rule| unmet(rule, self.ask, acr, age).is_none())
    }

    /// The scopes that a list names of `universe` at this server.
    fn named(&self, list: &List, universe: &Set<u8>) -> Set<u8> {
        match list {
            List::All => universe.clone(),
            List::These { items, sets } => {
                let sets = sets.iter().flat_map(|set| &self.site.sets[*set as usize]);
                let all: Set<u8> = items.iter().chain(sets).copied().collect();
                all.intersection(universe).copied().collect()
            }
        }
    }

    fn removed(&self, denies: &[&Rule], universe: &Set<u8>) -> Set<u8> {
        let of = |deny: &&Rule| match &deny.scopes {
            Scopes::Unmentioned => Set::new(),
            Scopes::Only(list) => self.named(list, universe),
            Scopes::Except(list) => universe.difference(&self.named(list, universe)).copied().collect(),
        };
        denies.iter().flat_map(of).collect()
    }

    /// Whether a scope that nobody ever heard of is gone, and with it every other.
    fn nothing_left(&self, denies: &[&Rule]) -> bool {
        let all: Set<u8> = (0..=u8::MAX).collect();
        denies.iter().any(|deny| self.removed(&[*deny], &all).len() == all.len())
    }

    fn types(&self, rule: &Rule, denies: &[&Rule]) -> Set<u8> {
        let named = |rule: &Rule| match &rule.types {
            None => Set::new(),
            Some(List::All) => self.ask.types.clone(),
            Some(List::These { items, .. }) => items.intersection(&self.ask.types).copied().collect(),
        };
        let gone: Set<u8> = denies.iter().flat_map(|deny| named(deny)).collect();
        named(rule).difference(&gone).copied().collect()
    }

    /// The scopes that a permit gives, and whether it gives enough scope, and enough types.
    fn given(&self, permit: &Rule, denies: &[&Rule]) -> (Set<u8>, bool, bool) {
        let list = scopes_of(permit);
        let list = &list;
        let everything: Set<u8> = (0..100).collect();
        let a_type = !self.types(permit, denies).is_empty();
        let (universe, enough_without) = match (&self.ask.scope, list) {
            (Some(asked), _) if !asked.is_empty() => (asked.clone(), false),
            (Some(_), _) => {
                let void = self.named(list, &everything).is_empty();
                (Set::new(), a_type || (!void && !self.nothing_left(denies)))
            }
            (None, List::All) => (Set::new(), a_type || !self.nothing_left(denies)),
            (None, _) => (everything, a_type),
        };
        let named = self.named(list, &universe);
        let scopes: Set<u8> = named.difference(&self.removed(denies, &universe)).copied().collect();
        let enough = enough_without || !scopes.is_empty();
        (scopes, enough, a_type || self.ask.types.is_empty())
    }

    fn permits_now(&self, acr: Option<u8>, age: Option<u64>) -> bool {
        let given: Vec<_> = self.met(acr, age).map(|permit| self.given(permit, &self.denies)).collect();
        let outright = self.denies.iter().any(|deny| is_outright(deny));
        !outright && given.iter().any(|(_, scope, _)| *scope) && given.iter().any(|(_, _, types)| *types)
    }

    fn answer(&self) -> Answer {
        let (acr, age) = (self.ask.acr, self.ask.auth_age);
        if self.permits_now(acr, age) {
            return self.grant();
        }
        // From the loosest to the strictest; `None` for a sign-on of unknown class, then each class there is.
        let ages = [u64::MAX, 3, 2, 1];
        let oldest = |acr| ages.into_iter().find(|age| self.permits_now(acr, Some(*age)));
        let shown = |age| (age != u64::MAX).then_some(age);
        if let Some(age) = oldest(None) {
            return Answer::StepUp { acr: Vec::new(), max_age: shown(age) };
        }
        let classes = (0..2).filter_map(|class| Some((class, oldest(Some(class))?)));
        let Some(best) = classes.clone().map(|(_, age)| age).max() else { return Answer::Deny };
        let acr = classes.filter(|(_, age)| *age == best).map(|(class, _)| format!("c{class}")).collect();
        Answer::StepUp { acr, max_age: shown(best) }
    }

    fn grant(&self) -> Answer {
        let met: Vec<&Rule> = self.met(self.ask.acr, self.ask.auth_age).copied().collect();
        let given: Vec<_> = met.iter().map(|permit| self.given(permit, &self.denies)).collect();
        let scope: Set<u8> = given.iter().flat_map(|(scopes, ..)| scopes).copied().collect();
        let types: Set<u8> = met.iter().flat_map(|permit| self.types(permit, &self.denies)).collect();
        let cap = |permit: &Rule| permit.max_lifetime.unwrap_or(u64::MAX);
        let most = |grants: &dyn Fn(&Rule) -> bool| {
            met.iter().filter(|permit| grants(permit)).map(|permit| cap(permit)).max().unwrap()
        };
        let of_scope = |token: &u8| {
            most(&|permit| {
                let Scopes::Only(list) = &permit.scopes else { return false };
                self.named(list, &Set::from([*token])).contains(token)
            })
        };
        let of_type = |kind: &u8| most(&|permit| self.types(permit, &self.denies).contains(kind));
        let lifetimes = scope.iter().map(of_scope).chain(types.iter().map(of_type));
        let least = lifetimes.min().unwrap_or_else(|| most(&|permit| self.given(permit, &self.denies).1));
        Answer::Permit {
            scope: scope.iter().map(|token| format!("t{token}")).collect(),
            types: types.iter().map(|kind| format!("d{kind}")).collect(),
            lifetime: (least != u64::MAX).then_some(least),
        }
    }

    fn nearest(&self) -> Option<(String, Reason, Option<String>)> {
        let outright = self.denies.iter().any(|deny| is_outright(deny));
        let reason = |permit: &Rule| {
            let (_, scope, types) = self.given(permit, &[]);
            let (_, scope_left, types_left) = self.given(permit, &self.denies);
            match unmet(permit, self.ask, self.ask.acr, self.ask.auth_age) {
                _ if !scope => Reason::Scope,
                _ if !types => Reason::Details,
                _ if outright || !scope_left || !types_left => Reason::Denied,
                unmet => unmet.unwrap(),
            }
        };
        let furthest = self.permits.iter().map(|permit| reason(permit)).max()?;
        let permit = self.permits.iter().find(|permit| reason(permit) == furthest)?;
        let deny = (furthest == Reason::Denied).then(|| self.taker(permit).id.to_string());
        Some((permit.id.clone(), furthest, deny))
    }

    /// The first deny that takes something asked for from the permit: a scope if too little scope is left.
    fn taker(&self, permit: &Rule) -> &'a Rule {
        let (before, _, _) = self.given(permit, &[]);
        let scope_left = self.given(permit, &self.denies).1;
        // Where it gives no scope by name it gives access, unless its list names nothing at this server.
        let gives_access =
            before.is_empty() && !self.named(&scopes_of(permit), &(0..100).collect()).is_empty();
        let loses_scope = |deny: &&&Rule| {
            let (after, ..) = self.given(permit, &[deny]);
            is_outright(deny) || after != before || (gives_access && self.nothing_left(&[deny]))
        };
        let loses_type =
            |deny: &&&Rule| is_outright(deny) || self.types(permit, &[deny]) != self.types(permit, &[]);
        let by_scope = self.denies.iter().find(loses_scope);
        let by_type = || self.denies.iter().find(loses_type);
        if scope_left { by_type().unwrap() } else { by_scope.or_else(by_type).unwrap() }
    }
}

/// A permit that mentions no scopes names none.
fn scopes_of(permit: &Rule) -> List {
    match &permit.scopes {
        Scopes::Only(list) => list.clone(),
        Scopes::Unmentioned => List::These { items: Set::new(), sets: Set::new() },
        Scopes::Except(_) => panic!("only a deny excepts"),
    }
}

fn is_outright(deny: &Rule) -> bool {
    matches!(deny.scopes, Scopes::Unmentioned) && deny.types.is_none()
}
