//! Evaluating a policy (DESIGN §6): default deny, permits add up, a deny always wins. Total: there is an
//! answer to every request, without clock, recursion or error.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use super::case::{Barred, Case, Hit};
use super::compile::Policy;
use super::decision::{Decision, Grant, NearMiss, Outcome, Reason, Request, StepUp};
use super::document::Effect;
use super::names::RuleId;
use super::parts::{Cap, Rule};
use super::wish::Wish;
use crate::error::ErrorCode;
use crate::ordered::{self, sorted};
use crate::scope::Scope;
use crate::text::Acr;
use crate::time::Seconds;

impl Policy {
    /// Decides. The same request always gets the same decision, whatever the order of the document.
    ///
    /// - An app that is not approved is turned away before the rules are asked.
    /// - A permit grants when it is about the app, the server and the user and its `require` holds; permits
    ///   add up.
    /// - A deny takes away the scopes and types it names, or everything when it names none, and always wins.
    /// - Nothing is granted when none of the scopes asked for is left, or none of the types asked for. When
    ///   no scopes are asked for, a permit is enough, unless a deny leaves no scope whatever.
    /// - Step-up is the answer only when nothing is granted now and something would be after it.
    ///
    /// The cost depends on the rules that match, not on those that cannot.
    #[must_use]
    pub fn evaluate(&self, request: &Request<'_>) -> Decision {
        match Case::of(self, request) {
            Ok(case) => decide(&case),
            Err(barred) => turn_away(&barred),
        }
    }
}

pub(super) fn turn_away(barred: &Barred<'_>) -> Decision {
    Decision {
        outcome: Outcome::Deny(barred.bar.code()),
        app: barred.app.map(|app| app.id().clone()),
        server: barred.server.map(|server| server.id().clone()),
        agents: Vec::new(),
        bar: Some(barred.bar),
        matched: Vec::new(),
        nearest: None,
    }
}

pub(super) fn decide(case: &Case<'_, '_>) -> Decision {
    let permits = case.hits(Effect::Permit);
    let denies = case.hits(Effect::Deny);
    let met: Vec<&Rule> = permits.iter().filter(|hit| hit.unmet.is_none()).map(|hit| hit.rule).collect();
    let wish = Wish::of(case, denies.iter().map(|hit| hit.rule).collect());
    let outcome = if wish.is_denied_outright() {
        Outcome::Deny(ErrorCode::PolicyDenied)
    } else if wish.is_fulfilled_by(&met) {
        Outcome::Permit(grant(case, &wish, &met))
    } else {
        step_up(&wish, &permits).map_or(Outcome::Deny(ErrorCode::PolicyDenied), Outcome::StepUp)
    };
    let nearest = match outcome {
        Outcome::Permit(_) => None,
        _ => nearest(case, &wish, &permits),
    };
    let denies = denies.iter().map(|hit| hit.rule);
    let matched: Vec<RuleId> = sorted(met.into_iter().chain(denies).map(|rule| rule.id.clone()).collect());
    Decision {
        outcome,
        app: Some(case.app.id().clone()),
        server: Some(case.server.id().clone()),
        agents: case.acts.agents().iter().map(|agent| agent.id.clone()).collect(),
        bar: None,
        matched,
        nearest,
    }
}

/// What `permits` grant of what the denies leave.
fn grant(case: &Case<'_, '_>, wish: &Wish<'_>, permits: &[&Rule]) -> Grant {
    let mut lifetime = None;
    let mut keep = |cap: Option<Cap>| {
        lifetime = lifetime.into_iter().chain(cap).min();
        cap.is_some()
    };
    let most = |grants: &dyn Fn(&Rule) -> bool| {
        permits.iter().filter(|permit| grants(permit)).map(|permit| permit.cap).max()
    };
    let scope: Scope = wish
        .scopes(permits)
        .into_iter()
        .filter(|(_, scope)| keep(most(&|permit| permit.grants(*scope, case.server))))
        .map(|(token, _)| token.clone())
        .collect();
    let types = wish
        .types()
        .filter(|(_, detail_type)| keep(most(&|permit| permit.names_type(*detail_type))))
        .map(|(text, _)| text.into());
    let detail_types = ordered::set(types);
    if scope.is_empty() && detail_types.is_empty() {
        keep(most(&|permit| wish.from(permit).scope));
    }
    let lifetime = match lifetime.map(|lifetime| lifetime.min(case.acts.cap())) {
        Some(Cap::Seconds(seconds)) => Some(Seconds(seconds)),
        Some(Cap::Unlimited) | None => None,
    };
    Grant { scope, detail_types, lifetime }
}

/// The greatest age of a sign-on at which a permit gives scopes, and types; `None`: at no age.
#[derive(Clone, Copy, Default)]
struct Ages {
    scope: Option<Cap>,
    types: Option<Cap>,
}

impl Ages {
    fn with(self, other: Self) -> Self {
        Self { scope: self.scope.max(other.scope), types: self.types.max(other.types) }
    }

    /// At which age both are given. No age at all is less than any.
    fn both(self) -> Option<Cap> {
        self.scope.min(self.types)
    }
}

/// The loosest sign-on that turns the denial into a grant, if one does.
///
/// A fresher sign-on of whatever class is preferred to a class, since every user can have it; then the
/// classes at which the oldest sign-on will do. Every class listed, at any age allowed, is granted something.
fn step_up(wish: &Wish<'_>, permits: &[Hit<'_>]) -> Option<StepUp> {
    let mut of_any_class = Ages::default();
    let mut of_class: BTreeMap<&Acr, Ages> = BTreeMap::new();
    for hit in permits.iter().filter(|hit| hit.unmet.is_none_or(Reason::is_of_sign_on)) {
        let given = wish.from(hit.rule);
        let (acr, max_age): (&[Acr], _) = match hit.rule.require.as_deref() {
            Some(require) => (&require.acr, require.max_auth_age),
            None => (&[], None),
        };
        let age = max_age.map_or(Cap::Unlimited, |seconds| Cap::Seconds(seconds.as_secs()));
        let ages = Ages { scope: given.scope.then_some(age), types: given.types.then_some(age) };
        if acr.is_empty() {
            of_any_class = of_any_class.with(ages);
        }
        for class in acr {
            let known = of_class.entry(class).or_default();
            *known = known.with(ages);
        }
    }
    let (age, acr_values) = match of_any_class.both() {
        Some(age) => (age, Vec::new()),
        None => {
            let age_of = |ages: &Ages| ages.with(of_any_class).both();
            let age = of_class.values().filter_map(age_of).max()?;
            let good = of_class.iter().filter(|(_, ages)| age_of(ages) == Some(age));
            (age, good.map(|(class, _)| (*class).clone()).collect())
        }
    };
    let max_age = match age {
        Cap::Seconds(seconds) => Some(Seconds(seconds)),
        Cap::Unlimited => None,
    };
    Some(StepUp { acr_values, max_age })
}

/// The permit that came furthest: about the user; then granting what is asked for; then not denied; then with
/// its requirements met. Of several the first by id.
fn nearest(case: &Case<'_, '_>, wish: &Wish<'_>, permits: &[Hit<'_>]) -> Option<NearMiss> {
    let Some(first) = permits.first() else {
        let policy = case.policy;
        let number = policy.permits.first_for(&case.app.atoms, &case.server.atoms, &policy.rules)?;
        let rule = policy.rules.get(number as usize)?;
        let reason = case.misses(rule)?;
        return Some(NearMiss { rule: rule.id.clone(), reason, deny: None });
    };
    let undenied = Wish::of(case, Vec::new());
    let reason_of = |hit: &Hit<'_>| reason(&undenied, wish, hit);
    let mut nearest = (first, reason_of(first));
    for hit in permits {
        let reason = reason_of(hit);
        if reason > nearest.1 {
            nearest = (hit, reason);
        }
    }
    let (hit, reason) = nearest;
    let deny = match reason {
        Reason::Denied => undenied.first_taker(wish, hit.rule).map(|rule| rule.id.clone()),
        _ => None,
    };
    Some(NearMiss { rule: hit.rule.id.clone(), reason, deny })
}

/// Why a permit for this app, server and user granted nothing. Reasons are ordered by how far the permit
/// came.
fn reason(undenied: &Wish<'_>, wish: &Wish<'_>, hit: &Hit<'_>) -> Reason {
    let (before, after) = (undenied.from(hit.rule), wish.from(hit.rule));
    if !before.scope {
        Reason::Scope
    } else if !before.types {
        Reason::Details
    } else if !after.scope || !after.types || wish.is_denied_outright() {
        Reason::Denied
    } else {
        // A permit that nothing keeps from granting would have granted.
        hit.unmet.unwrap_or(Reason::Scope)
    }
}
