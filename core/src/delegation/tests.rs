//! The laws of derived tokens, on random chains: nothing ever widens, and what is revoked takes all that stems from it.

#![allow(clippy::arithmetic_side_effects)]

use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use proptest::prelude::*;

use super::*;
use crate::details::DetailType;
use crate::limits::Limits;
use crate::revocation::{Holder, Revocation, RevocationList, Revoked};
use crate::scope::ScopeToken;
use crate::text::{ClientId, Subject, TokenId};
use crate::token::{Context, ContextClaim};
use crate::uri::{Issuer, Transport};

const NOW: u64 = 1_700_000_000;
const DETAILS: [&str; 4] = [
    r#"[{"type":"payment","actions":["read","write"]}]"#,
    r#"[{"type":"payment","actions":["read"]},{"type":"file","locations":["https://r1.example/"]}]"#,
    r#"[{"type":"payment","actions":["read"],"limit":50}]"#,
    "[]",
];

fn at(seconds: u64) -> UnixTime {
    UnixTime::now(seconds).unwrap()
}

fn id(text: &str) -> TokenId {
    TokenId::new(text).unwrap()
}

fn scope(bits: u8) -> Scope {
    let chosen = (0..4_u8).filter(|bit| bits & (1 << bit) != 0);
    chosen.map(|bit| ScopeToken::new(format!("s{bit}")).unwrap()).collect()
}

fn resources(bits: u8) -> Vec<ResourceId> {
    let chosen = (0..2_u8).filter(|bit| bits & (1 << bit) != 0);
    chosen.map(|bit| ResourceId::indicator(&format!("https://r{bit}.example/")).unwrap()).collect()
}

fn types() -> DetailTypes {
    let payment = DetailType { at_most: vec!["limit".into()], ..DetailType::default() };
    DetailTypes::NONE.with("payment", payment).with_unchanged("file")
}

fn details(index: usize) -> AuthorizationDetails {
    AuthorizationDetails::parse(DETAILS[index], &Limits::DEFAULT).unwrap()
}

fn key(index: u8) -> Thumbprint {
    Thumbprint::from_digest([index; 32])
}

fn actor(index: u8) -> Actor {
    Actor {
        issuer: Some(String::from("https://agents.example")),
        subject: Subject::new(format!("agent-{index}")).unwrap(),
        sub_profile: None,
        prior: Vec::new(),
    }
}

prop_compose! {
    fn roots()(bits in 0..16_u8, at_resources in 1..4_u8, detail in prop::option::of(0..4_usize),
               acts in prop::option::of(0..3_u8), bound in prop::option::of(0..2_u8), life in 1..900_u64) -> AccessToken {
        AccessToken {
            issuer: Issuer::new("https://as.example", Transport::HttpsOnly).unwrap(),
            subject: Some(Subject::new("user").unwrap()),
            audience: resources(at_resources).iter().map(|id| String::from(id.as_str())).collect(),
            client_id: Some(ClientId::new("app").unwrap()),
            token_id: Some(id("root")),
            issued_at: Some(at(NOW)),
            expires_at: at(NOW + life),
            scope: scope(bits),
            details: detail.map(details),
            actor: acts.map(actor),
            may_act: None,
            confirmation: bound.map(|index| Confirmation { jkt: key(index) }),
            auth_time: Some(at(NOW - 100)),
            acr: None,
            amr: Vec::new(),
            grant_id: Some(id("grant")),
            ancestors: Vec::new(),
            context: Some(Context::new(ContextClaim::CTX, "conversation:1").unwrap()),
            extra: Default::default(),
        }
    }
}

prop_compose! {
    fn narrowings()(bits in prop::option::of(0..16_u8), at_resources in 0..4_u8, detail in prop::option::of(0..4_usize),
                    acts in prop::option::of(0..3_u8), proven in prop::option::of(0..2_u8),
                    actor_key in prop::option::of(2..4_u8)) -> Narrowing {
        Narrowing {
            resources: resources(at_resources),
            scope: bits.map(scope),
            details: detail.map(details),
            actor: acts.map(actor),
            proven: proven.map(key),
            actor_key: actor_key.map(key),
        }
    }
}

prop_compose! {
    fn ceilings()(bits in prop::option::of(0..16_u8), types in prop::option::of(0..4_u8), lifetime in 0..900_u64,
                  max_depth in 1..5_usize, max_actors in 1..5_usize) -> Ceiling {
        let named = |bits: u8| -> BTreeSet<String> {
            ["payment", "file"].iter().enumerate()
                .filter(|(bit, _)| bits & (1 << bit) != 0).map(|(_, kind)| String::from(*kind)).collect()
        };
        Ceiling { scope: bits.map(scope), detail_types: types.map(named), lifetime: Seconds(lifetime), max_depth, max_actors }
    }
}

/// Root first, each derived from the one before it; as far as the random steps succeed.
fn chain(
    root: AccessToken,
    steps: &[(Narrowing, Ceiling, u64)],
) -> Vec<(AccessToken, Option<(Narrowing, Ceiling)>)> {
    let mut made = vec![(root, None)];
    let mut now = NOW;
    for (index, (asked, ceiling, later)) in steps.iter().enumerate() {
        now += later;
        let (parent, _) = made.last().unwrap();
        if let Ok(mut child) = downscope(parent, asked, ceiling, &types(), at(now)) {
            child.token_id = Some(id(&format!("child-{index}")));
            made.push((child, Some((asked.clone(), ceiling.clone()))));
        }
    }
    made
}

fn chains() -> impl Strategy<Value = Vec<(AccessToken, Option<(Narrowing, Ceiling)>)>> {
    let steps = prop::collection::vec((narrowings(), ceilings(), 0..60_u64), 0..8);
    (roots(), steps).prop_map(|(root, steps)| chain(root, &steps))
}

/// Whether `child` is no more than `ancestor` in anything.
fn is_within(child: &AccessToken, ancestor: &AccessToken) -> bool {
    let details = match (&child.details, &ancestor.details) {
        (Some(child), Some(ancestor)) => child.is_within(ancestor, &types()),
        (None, of_ancestor) => of_ancestor.is_none(),
        (Some(_), None) => false,
    };
    details
        && child.scope.is_subset(&ancestor.scope)
        && !child.audience.is_empty()
        && child.audience.iter().all(|id| ancestor.audience.contains(id))
        && child.expires_at <= ancestor.expires_at
        && (child.confirmation.is_some() || ancestor.confirmation.is_none())
        && child.ancestors.len() > ancestor.ancestors.len()
        && child.ancestors.ends_with(&ancestor.ancestors)
        && (&child.issuer, &child.subject, &child.client_id)
            == (&ancestor.issuer, &ancestor.subject, &ancestor.client_id)
        && (&child.context, &child.grant_id, &child.may_act)
            == (&ancestor.context, &ancestor.grant_id, &ancestor.may_act)
        && (child.auth_time, &child.acr, &child.amr) == (ancestor.auth_time, &ancestor.acr, &ancestor.amr)
        && child.extra == ancestor.extra
}

/// Everybody in a chain of actors, latest first.
fn actors(token: &AccessToken) -> Vec<Subject> {
    let outermost = token.actor.iter().map(|actor| actor.subject.clone());
    outermost
        .chain(token.actor.iter().flat_map(|actor| actor.prior.iter().map(|one| one.subject.clone())))
        .collect()
}

proptest! {
    #[test]
    fn no_child_exceeds_any_ancestor(chain in chains()) {
        for (index, (child, step)) in chain.iter().enumerate() {
            for (ancestor, _) in &chain[..index] {
                prop_assert!(is_within(child, ancestor), "{child:?}\nis more than\n{ancestor:?}");
            }
            let Some((asked, ceiling)) = step else { continue };
            if let Some(scope) = &asked.scope {
                prop_assert!(child.scope.is_subset(scope));
            }
            if let Some(most) = &ceiling.scope {
                prop_assert!(child.scope.is_subset(most));
            }
            prop_assert!(asked.resources.is_empty() || child.audience.len() == asked.resources.len());
            prop_assert!(child.expires_at.since(child.issued_at.unwrap()) <= ceiling.lifetime);
            prop_assert!(child.ancestors.len() <= ceiling.max_depth);
            prop_assert!(actors(child).len() <= ceiling.max_actors);
        }
    }

    /// The key of a bound parent is shown, and what comes of it is bound to that key or to the actor's.
    #[test]
    fn a_key_never_gets_lost(chain in chains()) {
        for pair in chain.windows(2) {
            let ((parent, _), (child, Some((asked, _)))) = (&pair[0], &pair[1]) else { continue };
            if let Some(bound) = parent.confirmation {
                prop_assert_eq!(asked.proven, Some(bound.jkt));
                prop_assert_eq!(child.confirmation.map(|cnf| cnf.jkt), asked.actor_key.or(Some(bound.jkt)));
            }
        }
    }

    /// The parent's actors are all still told, in their order, behind the new one.
    #[test]
    fn no_actor_is_forgotten(chain in chains()) {
        for pair in chain.windows(2) {
            let ((parent, _), (child, Some((asked, _)))) = (&pair[0], &pair[1]) else { continue };
            let mut expected: Vec<Subject> = asked.actor.iter().map(|actor| actor.subject.clone()).collect();
            expected.extend(actors(parent));
            prop_assert_eq!(actors(child), expected);
        }
    }

    /// Two narrowings, one after the other, give what the smaller of each gives at once.
    #[test]
    fn narrowing_twice_is_narrowing_once(root in roots(), first in 0..16_u8, second in 0..16_u8) {
        let proven = root.confirmation.map(|cnf| cnf.jkt);
        let ask = |bits: u8| Narrowing { scope: Some(scope(bits).intersection(&root.scope)), proven, ..Narrowing::default() };
        let ceiling = Ceiling { scope: None, detail_types: None, lifetime: Seconds(600), max_depth: 4, max_actors: 4 };
        let mut parent = downscope(&root, &ask(first), &ceiling, &types(), at(NOW)).unwrap();
        parent.token_id = Some(id("parent"));
        let twice = downscope(&parent, &ask(first & second), &ceiling, &types(), at(NOW)).unwrap();
        let once = downscope(&root, &ask(first & second), &ceiling, &types(), at(NOW)).unwrap();
        prop_assert_eq!(AccessToken { ancestors: once.ancestors.clone(), ..twice }, once);
    }

    /// Whatever of a chain is revoked, by id, by grant, by conversation, by app: everything after it is refused.
    #[test]
    fn what_is_revoked_takes_its_children(chain in chains(), chosen in any::<prop::sample::Index>()) {
        let revoke = |revoked: Revoked| {
            let mut list = RevocationList::new(10);
            let issuer = chain[0].0.issuer.clone();
            list.add(&Revocation { issuer, revoked, retain_until: at(NOW + 2000) }, at(NOW)).unwrap();
            list
        };
        let chosen = chosen.index(chain.len());
        let by_id = revoke(Revoked::Token(chain[chosen].0.token_id.clone().unwrap()));
        for (index, (token, _)) in chain.iter().enumerate() {
            prop_assert_eq!(by_id.check_access_token(token, at(NOW)).is_err(), index >= chosen);
        }
        let root = &chain[0].0;
        let (client_id, subject) = (root.client_id.clone().unwrap(), root.subject.clone().unwrap());
        let conversation = Holder::Conversation {
            client_id: client_id.clone(), subject, context: String::from("conversation:1"),
        };
        let until = at(NOW + 1000);
        for revoked in [
            Revoked::Grant(id("grant")),
            Revoked::IssuedTo { holder: conversation, until },
            Revoked::IssuedTo { holder: Holder::Client(client_id), until },
        ] {
            let list = revoke(revoked);
            prop_assert!(chain.iter().all(|(token, _)| list.check_access_token(token, at(NOW)).is_err()));
        }
    }
}

#[test]
fn a_parent_that_could_not_be_revoked_has_no_children() {
    let ceiling =
        Ceiling { scope: None, detail_types: None, lifetime: Seconds(60), max_depth: 1, max_actors: 1 };
    let nameless = AccessToken {
        issuer: Issuer::new("https://as.example", Transport::HttpsOnly).unwrap(),
        subject: None,
        audience: Vec::new(),
        client_id: None,
        token_id: None,
        issued_at: None,
        expires_at: at(NOW + 60),
        scope: Scope::empty(),
        details: None,
        actor: None,
        may_act: None,
        confirmation: None,
        auth_time: None,
        acr: None,
        amr: Vec::new(),
        grant_id: None,
        ancestors: Vec::new(),
        context: None,
        extra: Default::default(),
    };
    let refused = downscope(&nameless, &Narrowing::default(), &ceiling, &types(), at(NOW)).unwrap_err();
    assert_eq!((refused.code(), refused.detail()), (ErrorCode::ClaimMissing, Some("jti")));
}
