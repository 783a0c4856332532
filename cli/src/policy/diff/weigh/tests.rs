//! The law of a comparison: whatever either policy answers anybody, what it tells is what differs.

use alloc::collections::BTreeSet;

use idjag::policy::{Acting, PolicyOptions};
use idjag::text::{Acr, ClientId, Group, Subject};
use proptest::prelude::*;

use super::super::space::Dimension;
use super::*;

/// Somebody who asks: what is known of them and of the request.
#[derive(Clone, Debug)]
struct Asker {
    subject: Option<u8>,
    groups: Option<Vec<u8>>,
    acr: Option<u8>,
    age: Option<u64>,
    dpop: bool,
    context: bool,
    actor: Option<bool>,
}

const GROUPS: u8 = 4;
const USERS: u8 = 3;

/// Some of `0..of`, at least one.
fn some(of: u8) -> impl Strategy<Value = Vec<u8>> {
    prop::collection::btree_set(0..of, 1..=usize::from(of)).prop_map(|set| set.into_iter().collect())
}

fn list(prefix: &str, numbers: &[u8]) -> String {
    let names: Vec<String> = numbers.iter().map(|number| format!("\"{prefix}{number}\"")).collect();
    format!("[{}]", names.join(", "))
}

fn users() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::from(r#"{"any": true}"#)),
        some(USERS).prop_map(|ids| format!(r#"{{"ids": {}}}"#, list("u", &ids))),
        some(GROUPS).prop_map(|any| format!(r#"{{"groups_any": {}}}"#, list("g", &any))),
        some(GROUPS).prop_map(|all| format!(r#"{{"groups_all": {}}}"#, list("g", &all))),
        (some(GROUPS), some(GROUPS)).prop_map(|(any, all)| {
            format!(r#"{{"groups_any": {}, "groups_all": {}}}"#, list("g", &any), list("g", &all))
        }),
    ]
}

fn scopes() -> impl Strategy<Value = String> {
    prop_oneof![1 => Just(String::from(r#"["*"]"#)), 3 => some(3).prop_map(|named| list("s", &named))]
}

fn permit() -> impl Strategy<Value = String> {
    let require = (
        any::<bool>(),
        any::<bool>(),
        prop::option::of(any::<bool>()),
        prop::option::of(0..2_u8),
        prop::option::of(1..3_u64),
    );
    let require = require.prop_map(|(dpop, context, actor, acr, age)| {
        let members = [
            dpop.then(|| String::from(r#""dpop": true"#)),
            context.then(|| String::from(r#""context": true"#)),
            actor.map(|actor| format!(r#""actor": {actor}"#)),
            acr.map(|acr| format!(r#""acr": ["a{acr}"]"#)),
            age.map(|age| format!(r#""max_auth_age": {}"#, age * 100)),
        ];
        let members: Vec<String> = members.into_iter().flatten().collect();
        if members.is_empty() { String::new() } else { format!(r#", "require": {{{}}}"#, members.join(", ")) }
    });
    let types = prop::option::of(some(2)).prop_map(|types| match types {
        Some(types) => format!(r#", "authorization_details_types": {}"#, list("t", &types)),
        None => String::new(),
    });
    let life = prop::option::of(1..3_u64).prop_map(|life| match life {
        Some(life) => format!(r#", "max_lifetime": {}"#, life * 60),
        None => String::new(),
    });
    (users(), scopes(), prop_oneof![3 => Just(String::new()), 1 => require], types, life).prop_map(
        |(users, scopes, require, types, life)| {
            format!(
                r#""effect": "permit", "apps": {{"any": true}}, "servers": {{"any": true}}, "subjects": {users},
                   "scopes": {scopes}{require}{types}{life}"#
            )
        },
    )
}

fn deny() -> impl Strategy<Value = String> {
    let about = prop_oneof![
        Just(String::new()),
        scopes().prop_map(|scopes| format!(r#", "scopes": {scopes}"#)),
        some(3).prop_map(|scopes| format!(r#", "scopes_except": {}"#, list("s", &scopes))),
        some(2).prop_map(|types| format!(r#", "authorization_details_types": {}"#, list("t", &types))),
    ];
    (users(), about).prop_map(|(users, about)| format!(r#""effect": "deny", "subjects": {users}{about}"#))
}

/// A policy of a few rules, which have the same ids in every policy.
fn policies() -> impl Strategy<Value = Policy> {
    let rules = prop::collection::vec(prop_oneof![2 => permit(), 1 => deny()], 0..4);
    let status = prop_oneof![9 => Just("approved"), 1 => Just("restricted")];
    (rules, status).prop_map(|(rules, status)| {
        let rules: Vec<String> = rules
            .iter()
            .enumerate()
            .map(|(number, rule)| format!(r#"{{"id": "r{number}", {rule}}}"#))
            .collect();
        let text = format!(
            r#"{{"version": 1, "apps": [{{"id": "app", "client_ids": ["c"], "status": "{status}"}}],
                "servers": [{{"id": "server", "issuer": "https://as.example"}}], "rules": [{}]}}"#,
            rules.join(", ")
        );
        Policy::compile(text.as_bytes(), &PolicyOptions::default()).unwrap()
    })
}

/// Anybody, of whom something may be unknown; users, groups and classes that no rule names among them.
fn askers() -> impl Strategy<Value = Asker> {
    (
        prop::option::weighted(0.8, 0..=USERS),
        prop::option::weighted(0.8, prop::collection::vec(0..=GROUPS, 0..4)),
        prop::option::of(0..3_u8),
        prop::option::of(prop_oneof![Just(99), Just(100), Just(101), Just(200), Just(201)]),
        any::<bool>(),
        any::<bool>(),
        prop::option::of(any::<bool>()),
    )
        .prop_map(|(subject, groups, acr, age, dpop, context, actor)| Asker {
            subject,
            groups,
            acr,
            age,
            dpop,
            context,
            actor,
        })
}

/// What is granted of one scope, or of one type, asked for alone.
fn granted(policy: &Policy, scope: &str, types: &[&str], asker: &Asker) -> Option<Life> {
    let client = ClientId::new("c").unwrap();
    let subject = asker.subject.map(|number| Subject::new(format!("u{number}")).unwrap());
    let groups: Option<BTreeSet<Group>> = asker
        .groups
        .as_ref()
        .map(|groups| groups.iter().map(|number| Group::new(format!("g{number}")).unwrap()).collect());
    let acr = asker.acr.map(|number| Acr::new(format!("a{number}")).unwrap());
    let scope = Scope::parse(scope, &idjag::Limits::DEFAULT).unwrap();
    let acting = |actor| if actor { Acting::ThroughActor } else { Acting::Directly };
    let request = Request {
        client: ClientAt::IdentityProvider(&client),
        issuer: "https://as.example",
        resources: &[],
        scope: Some(&scope),
        detail_types: types,
        facts: Facts {
            subject: subject.as_ref(),
            groups: groups.as_ref(),
            acr: acr.as_ref(),
            auth_age: asker.age.map(Seconds),
            dpop: asker.dpop,
            context: asker.context,
            acting: asker.actor.map(acting),
        },
    };
    let decision = policy.evaluate(&request);
    let grant = decision.grant()?;
    Some(grant.lifetime.map_or(Life::Unlimited, |Seconds(seconds)| Life::Seconds(seconds)))
}

/// The combination that somebody of whom user and groups are known is in.
fn number_of(space: &Space<'_>, asker: &Asker) -> usize {
    let names: Vec<String> = asker.groups.iter().flatten().map(|number| format!("g{number}")).collect();
    let among = |name: &str, names: &[String]| names.iter().any(|known| known == name);
    let place = |found: Option<usize>| found.map_or(0, |class| class + 1);
    space.dimensions.iter().fold(0, |number, dimension| {
        let state = match dimension {
            Dimension::Subject(classes) => place(classes.iter().position(|class| {
                class
                    .iter()
                    .any(|user| Some(user.as_str()) == asker.subject.map(|of| format!("u{of}")).as_deref())
            })),
            Dimension::Groups { members, one, all } => {
                let count = members.iter().filter(|group| among(group.as_str(), &names)).count();
                match (count, members.len(), one, all) {
                    (0, ..) => 0,
                    (some, every, true, true) if some == every && every > 1 => 2,
                    (_, _, true, _) => 1,
                    (some, every, false, _) => usize::from(some == every),
                }
            }
            Dimension::People(_) => unreachable!("nobody was listed, and there are few groups"),
            Dimension::Dpop => usize::from(asker.dpop),
            Dimension::Context => usize::from(asker.context),
            Dimension::Actor => asker.actor.map_or(0, |actor| 1 + usize::from(actor)),
            Dimension::Acr(classes) => place(classes.iter().position(|class| {
                class.iter().any(|acr| Some(acr.as_str()) == asker.acr.map(|of| format!("a{of}")).as_deref())
            })),
            Dimension::Age(ages) => {
                let old = |age: &Seconds| asker.age.is_none_or(|of| of > age.as_secs());
                ages.iter().position(|age| !old(age)).unwrap_or(ages.len())
            }
        };
        number * dimension.size() + state
    })
}

/// What is told to change of a right for a combination.
fn told(differences: &[Difference], cell: usize, right: &Right) -> Option<Change> {
    let about = |difference: &&Difference| difference.rights.contains(right) && difference.inside[cell];
    differences.iter().find(about).map(|difference| difference.change)
}

fn named(differences: &[RuleView<'_>], right: &Right) -> Right {
    let is_named = |rule: &RuleView<'_>| match (right, &rule.scopes, &rule.detail_types) {
        (Right::Scope(scope), ScopesView::Only(named) | ScopesView::Except(named), _) => {
            named.contains(&scope)
        }
        (Right::Type(name), _, Some(NamesView::These(named))) => named.contains(&name.as_str()),
        _ => false,
    };
    match (differences.iter().any(is_named), right) {
        (true, right) => right.clone(),
        (false, Right::Scope(_)) => Right::OtherScopes,
        (false, _) => Right::OtherTypes,
    }
}

proptest! {
    #[test]
    fn what_it_tells_is_what_differs(old in policies(), new in policies(), asker in askers()) {
        let weighed = weigh([&old, &new], ("app", "server"), None, &mut 10_000_000);
        let rules: Vec<RuleView<'_>> = [&old, &new]
            .into_iter()
            .flat_map(|policy| policy.rules_about(policy.app("app").unwrap(), policy.server("server").unwrap()))
            .collect();
        let differ = |scope: &str, types: &[&str]| {
            let [old, new] = [&old, &new].map(|policy| granted(policy, scope, types, &asker));
            Change::between(old, new)
        };
        for (scope, detail_type) in [("s0", ""), ("s1", ""), ("s2", ""), ("s3", ""), ("", "t0"), ("", "t1"), ("", "t2")] {
            let types = [detail_type];
            let (change, right) = match scope {
                "" => (differ("", &types), Right::Type(String::from(detail_type))),
                scope => (differ(scope, &[]), Right::Scope(ScopeToken::new(scope).unwrap())),
            };
            let right = named(&rules, &right);
            match &weighed {
                Weighed::TooMany => prop_assert!(false, "there are few combinations"),
                Weighed::Same => prop_assert_eq!(change, None),
                Weighed::Compared { space, differences } => {
                    prop_assert!(space.complete);
                    if asker.subject.is_some() && asker.groups.is_some() {
                        prop_assert_eq!(told(differences, number_of(space, &asker), &right), change);
                    } else if let Some(gain @ (Change::Gain(_) | Change::Longer(..))) = change {
                        // Of whom is unknown who they are: nobody gains whose like does not.
                        let gains = differences.iter().any(|difference| {
                            difference.rights.contains(&right)
                                && matches!(difference.change, Change::Gain(_) | Change::Longer(..))
                        });
                        prop_assert!(gains, "{:?} of {:?}", gain, right);
                    }
                }
            }
        }
    }
}
