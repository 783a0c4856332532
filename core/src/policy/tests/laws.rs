//! The laws of the policy (DESIGN §6) on random documents and requests.

use alloc::collections::BTreeSet as Set;

use proptest::prelude::*;
use proptest::test_runner::Config;

use super::model::{Ask, Doc, ask, doc};
use super::reference::{self, Answer as Expected, Reference};
use super::*;
use crate::codec::json::{Json, Object};
use crate::scope::ScopeToken;
use crate::text::Acr;
use crate::time::Seconds;

fn compiled(doc: &Doc) -> Policy {
    compile(&doc.to_json())
}

fn decide(policy: &Policy, ask: &Ask) -> Decision {
    ask.with(|request| policy.evaluate(request))
}

/// The decision in the words of the reference.
fn told(decision: &Decision) -> Reference {
    let answer = match &decision.outcome {
        Outcome::Permit(grant) => Expected::Permit {
            scope: grant.scope.iter().map(ScopeToken::to_string).collect(),
            types: grant.detail_types.iter().cloned().collect(),
            lifetime: grant.lifetime.map(Seconds::as_secs),
        },
        Outcome::StepUp(step_up) => Expected::StepUp {
            acr: step_up.acr_values.iter().map(Acr::to_string).collect(),
            max_age: step_up.max_age.map(Seconds::as_secs),
        },
        Outcome::Deny(ErrorCode::AppRestricted) => Expected::Restricted,
        Outcome::Deny(_) => Expected::Deny,
    };
    let name = |id: &RuleId| id.to_string();
    let nearest = decision.nearest.as_ref();
    Reference {
        answer,
        matched: decision.matched.iter().map(name).collect(),
        nearest: nearest.map(|near| (name(&near.rule), near.reason, near.deny.as_ref().map(name))),
    }
}

/// Whether `less` grants nothing that `more` does not, and the same for no longer.
pub(super) fn is_no_wider(less: &Decision, more: &Decision) -> bool {
    let (less, more) = match (less.grant(), more.grant()) {
        (None, _) => return true,
        (Some(_), None) => return false,
        (Some(less), Some(more)) => (less, more),
    };
    let seconds = |lifetime: Option<Seconds>| lifetime.map_or(u64::MAX, Seconds::as_secs);
    let same = less.scope == more.scope && less.detail_types == more.detail_types;
    less.scope.is_subset(&more.scope)
        && less.detail_types.is_subset(&more.detail_types)
        && (!same || seconds(less.lifetime) <= seconds(more.lifetime))
}

/// The document with every list and every object the other way round.
fn turned_around(json: Json<'_>) -> Json<'_> {
    match json {
        Json::Array(items) => Json::Array(items.into_iter().rev().map(turned_around).collect()),
        Json::Object(object) => {
            let mut turned = Object::new();
            let members: Vec<_> = object.iter().collect();
            for (name, value) in members.into_iter().rev() {
                turned.set(name.to_string(), turned_around(value.clone().into_owned()));
            }
            Json::Object(turned)
        }
        other => other,
    }
}

proptest! {
    #![proptest_config(Config { cases: 300, failure_persistence: None, ..Config::default() })]

    #[test]
    fn evaluation_equals_the_reference(doc in doc(), asks in proptest::collection::vec(ask(), 8)) {
        let policy = compiled(&doc);
        for ask in &asks {
            prop_assert_eq!(told(&decide(&policy, ask)), reference::evaluate(&doc, ask), "{:?}\n{}", ask, doc.to_json());
        }
    }

    #[test]
    fn an_explanation_agrees_with_the_decision(doc in doc(), ask in ask()) {
        let policy = compiled(&doc);
        let decision = decide(&policy, &ask);
        let trace = ask.with(|request| policy.explain(request));
        let matched = trace.rules.iter().filter(|rule| matches!(rule.verdict, Verdict::Matched(_)));
        prop_assert_eq!(matched.map(|rule| rule.rule.clone()).collect::<Vec<_>>(), decision.matched);
        prop_assert_eq!(&trace.nearest, &decision.nearest);
        prop_assert_eq!((&trace.app, &trace.server, trace.bar), (&decision.app, &decision.server, decision.bar));
        match (&trace.answer, &decision.outcome) {
            (Answer::Granted(share, lifetime), Outcome::Permit(grant)) => {
                prop_assert_eq!(share.scopes.len() + share.other_scopes, grant.scope.len());
                prop_assert_eq!(share.detail_types.len() + share.other_types, grant.detail_types.len());
                prop_assert_eq!(lifetime, &grant.lifetime);
            }
            (Answer::StepUp(explained), Outcome::StepUp(decided)) => prop_assert_eq!(explained, decided),
            (Answer::Denied(explained), Outcome::Deny(decided)) => prop_assert_eq!(explained, decided),
            _ => prop_assert!(false, "{trace}"),
        }
    }

    #[test]
    fn the_order_of_the_document_never_matters((doc, other) in doc().prop_flat_map(|doc| {
        let other = (Just(doc.clone()), Just(doc.rules.clone()).prop_shuffle());
        (Just(doc), other.prop_map(|(doc, rules)| Doc { rules, ..doc }))
    }), ask in ask()) {
        let other = turned_around(Json::parse(other.to_json().as_bytes(), 8).unwrap()).to_string();
        let (policy, other) = (compiled(&doc), compile(&other));
        prop_assert_eq!(decide(&policy, &ask), decide(&other, &ask));
        prop_assert_eq!(ask.with(|request| policy.explain(request)), ask.with(|request| other.explain(request)));
    }

    #[test]
    fn the_same_request_gets_the_same_decision(doc in doc(), ask in ask()) {
        let policy = compiled(&doc);
        prop_assert_eq!(decide(&policy, &ask), decide(&policy, &ask));
        prop_assert_eq!(decide(&compiled(&doc), &ask), decide(&policy, &ask));
    }

    #[test]
    fn removing_a_permit_or_adding_a_deny_never_widens(doc in doc(), ask in ask()) {
        let policy = compiled(&doc);
        let all = decide(&policy, &ask);
        for index in 0..doc.rules.len() {
            let mut without = doc.clone();
            let removed = without.rules.remove(index);
            let less = decide(&compiled(&without), &ask);
            // Taking a deny away is adding it, seen from behind.
            let (narrow, wide) = if removed.deny { (&all, &less) } else { (&less, &all) };
            prop_assert!(is_no_wider(narrow, wide), "{:?}\n{:?}\n{:?}", removed, narrow, wide);
        }
    }

    #[test]
    fn what_is_granted_was_asked_for(doc in doc(), ask in ask()) {
        let decision = decide(&compiled(&doc), &ask);
        if let Some(grant) = decision.grant() {
            let asked = |prefix: &str, numbers: &Set<u8>| -> Set<String> {
                numbers.iter().map(|number| format!("{prefix}{number}")).collect()
            };
            if let Some(scope) = &ask.scope {
                let asked = asked("t", scope);
                prop_assert!(grant.scope.iter().all(|token| asked.contains(token.as_str())));
                prop_assert!(!grant.scope.is_empty() || scope.is_empty());
            }
            prop_assert!(grant.detail_types.is_subset(&asked("d", &ask.types)));
            prop_assert!(!grant.detail_types.is_empty() || ask.types.is_empty());
            prop_assert!(doc.apps[ask.app as usize].1, "only an approved app");
        }
    }

    #[test]
    fn an_unknown_fact_never_grants_more_than_any_known_one(doc in doc(), known in ask(), which in 1..32_u8) {
        let policy = compiled(&doc);
        let mut unknown = known.clone();
        if which & 1 != 0 { unknown.subject = None; }
        if which & 2 != 0 { unknown.groups = None; }
        if which & 4 != 0 { unknown.acr = None; }
        if which & 8 != 0 { unknown.auth_age = None; }
        if which & 16 != 0 { unknown.actor = None; }
        let (less, more) = (decide(&policy, &unknown), decide(&policy, &known));
        prop_assert!(is_no_wider(&less, &more), "{:?}\n{:?}", less, more);
    }

    #[test]
    fn a_step_up_that_is_satisfied_grants(doc in doc(), ask in ask()) {
        let policy = compiled(&doc);
        if let Outcome::StepUp(step_up) = decide(&policy, &ask).outcome {
            let class = |acr: &Acr| acr.as_str().strip_prefix('c').and_then(|number| number.parse().ok());
            let mut classes: Vec<Option<u8>> = step_up.acr_values.iter().map(class).collect();
            prop_assert!(classes.iter().all(Option::is_some));
            if classes.is_empty() {
                classes = vec![None, Some(0), Some(1), Some(7)];
            }
            let oldest = step_up.max_age.map_or(u64::MAX, Seconds::as_secs);
            for acr in classes {
                for age in [0, oldest] {
                    let satisfied = Ask { acr, auth_age: Some(age), ..ask.clone() };
                    prop_assert!(decide(&policy, &satisfied).grant().is_some(), "{:?} {:?}", step_up, satisfied);
                }
            }
        }
    }

    #[test]
    fn no_bytes_make_the_compiler_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = Policy::compile(&bytes, &PolicyOptions::default());
    }

    #[test]
    fn no_damage_to_a_document_makes_the_compiler_panic(
        doc in doc(),
        ask in ask(),
        damage in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
        cut in any::<prop::sample::Index>(),
    ) {
        let mut text = doc.to_json().into_bytes();
        for (at, byte) in damage {
            let length = text.len();
            text[at.index(length)] = byte;
        }
        text.remove(cut.index(text.len()));
        match Policy::compile(&text, &PolicyOptions::default()) {
            Ok(policy) => _ = decide(&policy, &ask),
            Err(errors) => prop_assert!(!errors.errors().is_empty() && !errors.to_string().is_empty()),
        }
    }

    #[test]
    fn any_json_in_any_place_is_a_fault_or_a_policy(place in 0..WORDS.len(), other in 0..WORDS.len(), value in json()) {
        // Every word of the format in turn stands for another or is followed by another value.
        let renamed = DESIGN.replacen(&format!("\"{}\"", WORDS[place]), &format!("\"{}\"", WORDS[other]), 1);
        let _ = Policy::compile(renamed.as_bytes(), &PolicyOptions::default());
        let changed = DESIGN.replacen(&format!("\"{}\":", WORDS[place]), &format!("\"{}\": {value}, \"x\":", WORDS[place]), 1);
        let refused = Policy::compile(changed.as_bytes(), &PolicyOptions::default());
        prop_assert!(refused.is_err() || changed == DESIGN);
    }
}

const WORDS: &[&str] = &[
    "version",
    "apps",
    "servers",
    "rules",
    "id",
    "client_ids",
    "labels",
    "status",
    "issuer",
    "resources",
    "scope_sets",
    "effect",
    "subjects",
    "groups_any",
    "scopes",
    "scopes_except",
    "max_lifetime",
    "require",
    "max_auth_age",
    "dpop",
    "permit",
    "deny",
    "approved",
    "@read",
    "engineering",
];

fn json() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("null".to_string()),
        any::<bool>().prop_map(|value| value.to_string()),
        any::<i64>().prop_map(|value| value.to_string()),
        any::<f64>().prop_filter("finite", |value| value.is_finite()).prop_map(|value| format!("{value:?}")),
        prop::sample::select(WORDS).prop_map(|word| format!("\"{word}\"")),
    ];
    leaf.prop_recursive(4, 16, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(|items| format!("[{}]", items.join(","))),
            proptest::collection::btree_map(prop::sample::select(WORDS), inner, 0..4).prop_map(|members| {
                let members: Vec<String> =
                    members.iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
                format!("{{{}}}", members.join(","))
            }),
        ]
    })
}
