//! What a request asks for, less what the denies take away, and what of it a permit gives.

use alloc::vec::Vec;

use super::case::Case;
use super::parts::{Rule, ScopeRule};
use crate::ordered;
use crate::scope::ScopeToken;

/// What is left to be granted after some denies, save that one of them may deny everything.
pub(super) struct Wish<'c> {
    case: &'c Case<'c, 'c>,
    denies: Vec<&'c Rule>,
    scopes: Asked<'c>,
    /// A deny leaves no scope whatever.
    no_scope_left: bool,
    types_asked: bool,
    /// Type by type, sorted, with the number of those that the policy mentions.
    types: Vec<(&'c str, Option<u32>)>,
}

/// The scopes left of those asked for.
enum Asked<'c> {
    /// Some were asked for by name; numbers are of those that the policy mentions.
    These(Vec<(&'c ScopeToken, Option<u32>)>),
    /// None, expressly.
    Nothing,
    /// What permits grant by naming it.
    Default,
}

/// Whether a permit gives a part of each thing asked for. Of what is not asked for everybody gives enough.
#[derive(Clone, Copy)]
pub(super) struct Given {
    pub(super) scope: bool,
    pub(super) types: bool,
}

impl<'c> Wish<'c> {
    pub(super) fn of(case: &'c Case<'c, 'c>, denies: Vec<&'c Rule>) -> Self {
        let (policy, server) = (case.policy, case.server);
        let removed = |scope| denies.iter().any(|deny| deny.removes(scope, server));
        let scopes = match case.request.scope {
            None => Asked::Default,
            Some(scope) if scope.is_empty() => Asked::Nothing,
            Some(scope) => {
                let numbered = scope.iter().map(|token| (token, policy.scopes.number_of(token)));
                Asked::These(numbered.filter(|(_, scope)| !removed(*scope)).collect())
            }
        };
        let distinct = ordered::set(case.request.detail_types.iter().copied());
        let types = distinct.iter().map(|text| (*text, policy.detail_types.number_of(*text)));
        let types = types.filter(|(_, known)| !denies.iter().any(|deny| deny.names_type(*known))).collect();
        Self {
            no_scope_left: denies.iter().any(|deny| deny.leaves_no_scope(server)),
            types_asked: !distinct.is_empty(),
            case,
            scopes,
            types,
            denies,
        }
    }

    /// Whether a deny denies whatever is asked.
    pub(super) fn is_denied_outright(&self) -> bool {
        self.denies.iter().any(|deny| deny.denies_all())
    }

    /// Whether the permits together give a part of each thing asked for.
    pub(super) fn is_fulfilled_by(&self, permits: &[&Rule]) -> bool {
        let (mut scope, mut types) = (false, false);
        for permit in permits {
            let given = self.from(permit);
            scope |= given.scope;
            types |= given.types;
        }
        scope && types
    }

    /// What the permit gives.
    pub(super) fn from(&self, permit: &Rule) -> Given {
        let a_type = self.types.iter().any(|(_, detail_type)| permit.names_type(*detail_type));
        let scope = match (&self.scopes, &permit.scopes) {
            (Asked::These(scopes), _) => {
                scopes.iter().any(|(_, scope)| permit.grants(*scope, self.case.server))
            }
            (_, ScopeRule::Unmentioned | ScopeRule::Except(_)) => a_type,
            (Asked::Nothing, ScopeRule::Only(names)) => {
                a_type || (!self.no_scope_left && !names.are_void(self.case.server))
            }
            (Asked::Default, ScopeRule::Only(names)) => {
                let mut mentioned = names.mentioned(self.case.server);
                a_type
                    || (names.is_all() && !self.no_scope_left)
                    || mentioned.any(|scope| !self.removed(scope))
            }
        };
        Given { scope, types: a_type || !self.types_asked }
    }

    /// The scopes left of those asked for; when none was named, of those that the permits mention. Ascending.
    pub(super) fn scopes(&self, permits: &[&Rule]) -> Vec<(&'c ScopeToken, Option<u32>)> {
        match &self.scopes {
            Asked::These(scopes) => scopes.clone(),
            Asked::Nothing => Vec::new(),
            Asked::Default => {
                let names = permits.iter().filter_map(|permit| match &permit.scopes {
                    ScopeRule::Only(names) => Some(names),
                    _ => None,
                });
                let mentioned = ordered::set(names.flat_map(|names| names.mentioned(self.case.server)));
                let token = |scope| Some((self.case.policy.scopes.value(scope)?, Some(scope)));
                mentioned.into_iter().filter(|scope| !self.removed(*scope)).filter_map(token).collect()
            }
        }
    }

    /// The types left of those asked for.
    pub(super) fn types(&self) -> impl Iterator<Item = (&'c str, Option<u32>)> {
        self.types.iter().copied()
    }

    /// Whether a deny takes away this scope, which the policy mentions.
    fn removed(&self, scope: u32) -> bool {
        self.denies.iter().any(|deny| deny.removes(Some(scope), self.case.server))
    }

    /// The first deny of `after` that takes away what the permit would give of this wish.
    pub(super) fn first_taker<'d>(&self, after: &Wish<'d>, permit: &Rule) -> Option<&'d Rule> {
        let takes_all_or = |takes: &dyn Fn(&Rule) -> bool| {
            after.denies.iter().copied().find(|deny| deny.denies_all() || takes(deny))
        };
        let by_scope = || takes_all_or(&|deny| self.loses_scope(permit, deny));
        let by_type = || takes_all_or(&|deny| self.loses_type(permit, deny));
        if after.from(permit).scope { by_type() } else { by_scope().or_else(by_type) }
    }

    fn loses_scope(&self, permit: &Rule, deny: &Rule) -> bool {
        let server = self.case.server;
        match (&self.scopes, &permit.scopes) {
            (Asked::These(scopes), _) => {
                scopes.iter().any(|(_, scope)| permit.grants(*scope, server) && deny.removes(*scope, server))
            }
            (Asked::Default, ScopeRule::Only(names)) if !names.is_all() => {
                names.mentioned(server).any(|scope| deny.removes(Some(scope), server))
            }
            (_, ScopeRule::Only(names)) => !names.are_void(server) && deny.leaves_no_scope(server),
            _ => false,
        }
    }

    fn loses_type(&self, permit: &Rule, deny: &Rule) -> bool {
        let lost = |(_, known): &(&str, Option<u32>)| permit.names_type(*known) && deny.names_type(*known);
        self.types.iter().any(lost)
    }
}
