//! Random documents and requests, as plain sets of small numbers that print as the document's names.

use alloc::collections::BTreeSet as Set;
use alloc::string::String;
use alloc::vec::Vec;

use proptest::prelude::*;

use super::super::{Acting, Chain, ClientAt, Facts, Request};
use crate::scope::{Scope, ScopeToken};
use crate::text::{Acr, ClientId, Group, Subject};
use crate::time::Seconds;

/// How many apps and servers; the last of each carries every label, the last server defines every scope set.
pub(super) const MANY: u8 = 10;
pub(super) const LABELS: u8 = 3;
pub(super) const SETS: u8 = 2;
/// Scopes, types, groups, users and classes beyond these are in requests only.
const TOKENS: u8 = 4;
const TYPES: u8 = 2;

#[derive(Clone, Debug)]
pub(super) struct Doc {
    /// Labels and whether it is approved, app by app.
    pub(super) apps: Vec<(Set<u8>, bool)>,
    pub(super) servers: Vec<Site>,
    pub(super) rules: Vec<Rule>,
}

#[derive(Clone, Debug)]
pub(super) struct Site {
    pub(super) labels: Set<u8>,
    /// Scope set by scope set; an empty one is undefined.
    pub(super) sets: Vec<Set<u8>>,
    /// Apps that have a client id of this server's own.
    pub(super) mapped: Set<u8>,
}

#[derive(Clone, Debug)]
pub(super) struct Rule {
    pub(super) id: String,
    pub(super) deny: bool,
    pub(super) apps: Option<Pick>,
    pub(super) servers: Option<Pick>,
    pub(super) who: Who,
    pub(super) scopes: Scopes,
    pub(super) types: Option<List>,
    pub(super) max_lifetime: Option<u64>,
    pub(super) require: Require,
}

#[derive(Clone, Debug)]
pub(super) struct Pick {
    pub(super) ids: Set<u8>,
    pub(super) labels: Set<u8>,
}

#[derive(Clone, Debug)]
pub(super) enum Who {
    Any,
    Ids(Set<u8>),
    Groups(Set<u8>, Set<u8>),
}

#[derive(Clone, Debug)]
pub(super) enum Scopes {
    Unmentioned,
    Only(List),
    Except(List),
}

/// Everything, or what is listed; sets only among scopes.
#[derive(Clone, Debug)]
pub(super) enum List {
    All,
    These { items: Set<u8>, sets: Set<u8> },
}

#[derive(Clone, Debug, Default)]
pub(super) struct Require {
    pub(super) acr: Set<u8>,
    pub(super) max_auth_age: Option<u64>,
    pub(super) dpop: bool,
    pub(super) context: bool,
    pub(super) actor: Option<bool>,
}

/// A request; `known` holds it in the types of the policy.
#[derive(Clone, Debug)]
pub(super) struct Ask {
    pub(super) app: u8,
    /// By its client id at the identity provider, by that at the server, or by the former at the server.
    pub(super) by: u8,
    pub(super) server: u8,
    pub(super) scope: Option<Set<u8>>,
    pub(super) types: Set<u8>,
    pub(super) subject: Option<u8>,
    pub(super) groups: Option<Set<u8>>,
    pub(super) acr: Option<u8>,
    pub(super) auth_age: Option<u64>,
    pub(super) dpop: bool,
    pub(super) context: bool,
    pub(super) actor: Option<bool>,
}

fn subset(of: u8, sizes: core::ops::RangeInclusive<usize>) -> impl Strategy<Value = Set<u8>> {
    let all: Vec<u8> = (0..of).collect();
    let sizes = *sizes.start()..=(*sizes.end()).min(all.len());
    prop::sample::subsequence(all, sizes).prop_map(|some| some.into_iter().collect())
}

fn pick() -> impl Strategy<Value = Option<Pick>> {
    let ids = prop_oneof![2 => subset(3, 1..=2), 1 => subset(MANY, 9..=10), 1 => Just(Set::new())];
    let listed = (ids, subset(LABELS, 0..=2)).prop_map(|(mut ids, labels)| {
        if ids.is_empty() && labels.is_empty() {
            ids.insert(0);
        }
        Some(Pick { ids, labels })
    });
    prop_oneof![1 => Just(None), 3 => listed]
}

fn list(of: u8) -> impl Strategy<Value = List> {
    let these =
        (subset(of, 0..=2), subset(SETS, 0..=2)).prop_map(|(items, sets)| List::These { items, sets });
    prop_oneof![1 => Just(List::All), 4 => these]
}

fn who() -> impl Strategy<Value = Who> {
    prop_oneof![
        Just(Who::Any),
        subset(2, 1..=2).prop_map(Who::Ids),
        (subset(3, 1..=3), subset(3, 0..=2)).prop_map(|(any, all)| Who::Groups(any, all)),
        subset(3, 1..=2).prop_map(|all| Who::Groups(Set::new(), all)),
    ]
}

fn require() -> impl Strategy<Value = Require> {
    let some = (
        subset(2, 0..=2),
        proptest::option::of(1..4_u64),
        any::<bool>(),
        proptest::bool::weighted(0.3),
        proptest::option::of(any::<bool>()),
    )
        .prop_map(|(acr, max_auth_age, dpop, context, actor)| Require {
            acr,
            max_auth_age,
            dpop,
            context,
            actor,
        });
    let sign_on = (subset(2, 0..=2), proptest::option::of(1..4_u64))
        .prop_map(|(acr, max_auth_age)| Require { acr, max_auth_age, ..Require::default() });
    prop_oneof![Just(Require::default()), some, sign_on]
}

fn rule(number: usize) -> impl Strategy<Value = Rule> {
    let types = proptest::option::of(list(TYPES));
    let parts = (pick(), pick(), who(), list(TOKENS), types, proptest::option::of(1..5_u64), require());
    (parts, 0..8_u8, any::<u8>()).prop_map(move |(parts, kind, salt)| {
        let (apps, servers, who, list, types, max_lifetime, require) = parts;
        let scopes = match kind {
            // A permit of types alone.
            0 if types.is_some() => Scopes::Unmentioned,
            0..6 => Scopes::Only(list),
            6 => Scopes::Except(list),
            _ => Scopes::Unmentioned,
        };
        let deny = kind > 4;
        let id = format!("{salt}-{number}");
        let (max_lifetime, require) = if deny { (None, Require::default()) } else { (max_lifetime, require) };
        Rule { id, deny, apps, servers, who, scopes, types, max_lifetime, require }
    })
}

/// Documents that compile.
pub(super) fn doc() -> impl Strategy<Value = Doc> {
    let many = MANY as usize;
    let app = (subset(LABELS, 0..=2), proptest::bool::weighted(0.9));
    let site = (
        subset(LABELS, 0..=2),
        proptest::collection::vec(subset(TOKENS, 0..=2), SETS as usize),
        subset(MANY, 0..=3),
    )
        .prop_map(|(labels, sets, mapped)| Site { labels, sets, mapped });
    let rules: Vec<_> = (0..9).map(|number| proptest::option::weighted(0.7, rule(number))).collect();
    (proptest::collection::vec(app, many), proptest::collection::vec(site, many), rules).prop_map(
        |(mut apps, mut servers, rules)| {
            if let (Some((labels, _)), Some(site)) = (apps.last_mut(), servers.last_mut()) {
                labels.extend(0..LABELS);
                site.labels.extend(0..LABELS);
                site.sets.iter_mut().for_each(|set| _ = set.insert(0));
            }
            let rules = rules.into_iter().flatten().collect();
            let mut doc = Doc { apps, servers, rules };
            doc.repair();
            doc
        },
    )
}

pub(super) fn ask() -> impl Strategy<Value = Ask> {
    // Mostly among the first, so that rules match; now and then beyond all.
    let one_of_many = || prop_oneof![8 => 0..3_u8, 2 => 0..MANY + 1];
    let what = (
        one_of_many(),
        prop_oneof![5 => Just(0), 1 => Just(1), 2 => Just(2)],
        one_of_many(),
        proptest::option::weighted(0.7, subset(TOKENS + 1, 0..=4)),
        prop_oneof![2 => Just(Set::new()), 1 => subset(TYPES + 1, 1..=2)],
    );
    let facts = (
        proptest::option::weighted(0.8, 0..3_u8),
        proptest::option::weighted(0.8, subset(4, 0..=3)),
        proptest::option::of(0..3_u8),
        proptest::option::of(0..5_u64),
        any::<bool>(),
        any::<bool>(),
        proptest::option::of(any::<bool>()),
    );
    (what, facts).prop_map(
        |((app, by, server, scope, types), (subject, groups, acr, auth_age, dpop, context, actor))| Ask {
            app,
            by,
            server,
            scope,
            types,
            subject,
            groups,
            acr,
            auth_age,
            dpop,
            context,
            actor,
        },
    )
}

impl Pick {
    pub(super) fn picks(pick: Option<&Self>, id: u8, labels: &Set<u8>) -> bool {
        pick.is_none_or(|pick| pick.ids.contains(&id) || !pick.labels.is_disjoint(labels))
    }
}

impl Doc {
    /// Drops references to scope sets that the rule's servers do not define, and keeps no list empty.
    fn repair(&mut self) {
        for rule in &mut self.rules {
            let selected: Vec<&Site> = (0..)
                .zip(&self.servers)
                .filter(|(id, site)| Pick::picks(rule.servers.as_ref(), *id, &site.labels))
                .map(|(_, site)| site)
                .collect();
            let everywhere = rule.deny && matches!(rule.scopes, Scopes::Only(_));
            if let Scopes::Except(list @ List::All) = &mut rule.scopes {
                *list = List::These { items: Set::new(), sets: Set::new() };
            }
            if let Scopes::Only(List::These { items, sets }) | Scopes::Except(List::These { items, sets }) =
                &mut rule.scopes
            {
                let defined = |set: &u8, site: &&Site| !site.sets[*set as usize].is_empty();
                sets.retain(|set| match everywhere {
                    true => selected.iter().all(|site| defined(set, site)),
                    false => selected.iter().any(|site| defined(set, site)),
                });
                if items.is_empty() && sets.is_empty() {
                    items.insert(0);
                }
            }
            if let Some(List::These { items, sets }) = &mut rule.types {
                sets.clear();
                items.insert(0);
            }
        }
    }
}

impl Ask {
    /// Calls `with` the request in the policy's own types.
    pub(super) fn with<T>(&self, with: impl FnOnce(&Request<'_>) -> T) -> T {
        let name =
            if self.by == 1 { format!("m{}-{}", self.server, self.app) } else { format!("c{}", self.app) };
        let client_id = ClientId::new(name).unwrap();
        let client =
            if self.by == 0 { ClientAt::IdentityProvider(&client_id) } else { ClientAt::Server(&client_id) };
        let token = |number: &u8| ScopeToken::new(format!("t{number}")).unwrap();
        let scope: Option<Scope> = self.scope.as_ref().map(|scope| scope.iter().map(token).collect());
        let types: Vec<String> = self.types.iter().rev().map(|number| format!("d{number}")).collect();
        let types: Vec<&str> = types.iter().map(String::as_str).collect();
        let subject = self.subject.map(|number| Subject::new(format!("u{number}")).unwrap());
        let group = |number: &u8| Group::new(format!("g{number}")).unwrap();
        let groups = self.groups.as_ref().map(|groups| groups.iter().map(group).collect());
        let acr = self.acr.map(|number| Acr::new(format!("c{number}")).unwrap());
        let acting = |actor| if actor { Acting::ThroughActor } else { Acting::Directly };
        with(&Request {
            client,
            issuer: &format!("https://s{}.example", self.server),
            resources: &[],
            scope: scope.as_ref(),
            detail_types: &types,
            facts: Facts {
                subject: subject.as_ref(),
                groups: groups.as_ref(),
                acr: acr.as_ref(),
                auth_age: self.auth_age.map(Seconds),
                dpop: self.dpop,
                context: self.context,
                acting: self.actor.map(acting),
                chain: Chain::default(),
            },
        })
    }
}
