//! The parts of a compiled policy: apps and servers as the roles see them, rules in numbers.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use super::document::{Effect, Require, Status};
use super::names::{AppId, RuleId, ServerId};
use crate::text::ClientId;
use crate::uri::{Issuer, ResourceId};

/// An app of a policy.
#[derive(Debug)]
pub struct App {
    pub(super) id: AppId,
    pub(super) name: Option<String>,
    pub(super) client_ids: Vec<ClientId>,
    pub(super) status: Status,
    /// What selectors can list to select it: its id and its labels.
    pub(super) atoms: Box<[u32]>,
}

impl App {
    /// Its id.
    #[must_use]
    pub const fn id(&self) -> &AppId {
        &self.id
    }

    /// Its name for people.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// Its client ids at the identity provider, at least one.
    #[must_use]
    pub fn client_ids(&self) -> &[ClientId] {
        &self.client_ids
    }

    /// Whether it may be used at all.
    #[must_use]
    pub const fn status(&self) -> Status {
        self.status
    }
}

/// A server of a policy.
#[derive(Debug)]
pub struct Server {
    pub(super) id: ServerId,
    pub(super) name: Option<String>,
    pub(super) issuer: Issuer,
    pub(super) resources: Vec<ResourceId>,
    /// App → its client id here, sorted.
    pub(super) client_ids: Vec<(AppId, ClientId)>,
    /// The same the other way round, sorted.
    pub(super) apps: Vec<(ClientId, AppId)>,
    /// What selectors can list to select it: its id and its labels.
    pub(super) atoms: Box<[u32]>,
    /// Scope set → its scopes, both sorted.
    pub(super) scope_sets: Box<[(u32, Box<[u32]>)]>,
}

impl Server {
    /// Its id.
    #[must_use]
    pub const fn id(&self) -> &ServerId {
        &self.id
    }

    /// Its name for people.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// The issuer identifier of its authorization server.
    #[must_use]
    pub const fn issuer(&self) -> &Issuer {
        &self.issuer
    }

    /// The resources it guards, in the order of the document.
    #[must_use]
    pub fn resources(&self) -> &[ResourceId] {
        &self.resources
    }

    /// The client id that the document gives to `app` at this server, if it gives one.
    #[must_use]
    pub fn client_id_of(&self, app: &AppId) -> Option<&ClientId> {
        let at = self.client_ids.binary_search_by(|(known, _)| known.cmp(app)).ok()?;
        self.client_ids.get(at).map(|(_, client_id)| client_id)
    }

    /// The app to which the document gives this client id at this server.
    pub(super) fn app_of(&self, client_id: &ClientId) -> Option<&AppId> {
        let at = self.apps.binary_search_by(|(known, _)| known.cmp(client_id)).ok()?;
        self.apps.get(at).map(|(_, app)| app)
    }

    /// The scopes that this server defines as scope set number `set`.
    pub(super) fn scope_set(&self, set: u32) -> &[u32] {
        let found = self.scope_sets.binary_search_by(|(known, _)| known.cmp(&set)).ok();
        found.and_then(|at| self.scope_sets.get(at)).map_or(&[], |(_, scopes)| scopes)
    }
}

/// A rule in numbers.
#[derive(Debug)]
pub(super) struct Rule {
    pub(super) id: RuleId,
    pub(super) effect: Effect,
    pub(super) apps: Selection,
    /// `None`: whoever acts.
    pub(super) agents: Option<Box<Selection>>,
    pub(super) servers: Selection,
    pub(super) who: Who,
    pub(super) scopes: ScopeRule,
    /// `None` when not mentioned.
    pub(super) detail_types: Option<Listed>,
    pub(super) cap: Cap,
    pub(super) require: Option<Box<Require>>,
}

/// The apps or servers of a rule: those that have any of these atoms.
#[derive(Debug)]
pub(super) enum Selection {
    Any,
    Of(Box<[u32]>),
}

/// The users of a rule.
#[derive(Debug)]
pub(super) enum Who {
    Any,
    Ids(Box<[u32]>),
    Groups { any: Box<[u32]>, all: Box<[u32]> },
}

/// Everything, or what is listed, sorted.
#[derive(Debug)]
pub(super) enum Listed {
    All,
    These(Box<[u32]>),
}

/// The scopes of a rule.
#[derive(Debug)]
pub(super) enum ScopeRule {
    Unmentioned,
    Only(ScopeNames),
    Except(ScopeNames),
}

/// Scopes by themselves, and scope sets whose content each server defines.
#[derive(Debug)]
pub(super) struct ScopeNames {
    pub(super) listed: Listed,
    pub(super) sets: Box<[u32]>,
}

/// A greatest number of seconds, if there is one. Ordered by how much it allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Cap {
    Seconds(u64),
    Unlimited,
}

impl Selection {
    /// Whether it selects what has these atoms.
    pub(super) fn selects(&self, atoms: &[u32]) -> bool {
        match self {
            Self::Any => true,
            Self::Of(listed) => atoms.iter().any(|atom| listed.binary_search(atom).is_ok()),
        }
    }
}

impl Listed {
    /// Whether it names this, where `None` is something that the document never mentions.
    pub(super) fn names(&self, number: Option<u32>) -> bool {
        match (self, number) {
            (Self::All, _) => true,
            (Self::These(listed), Some(number)) => listed.binary_search(&number).is_ok(),
            (Self::These(_), None) => false,
        }
    }
}

impl ScopeNames {
    /// Whether they are all scopes, those of the future included.
    pub(super) const fn is_all(&self) -> bool {
        matches!(self.listed, Listed::All)
    }

    /// Whether they name this scope at this server, where `None` is a scope that the document never mentions.
    pub(super) fn name(&self, scope: Option<u32>, server: &Server) -> bool {
        let in_set = |scope| self.sets.iter().any(|set| server.scope_set(*set).binary_search(&scope).is_ok());
        self.listed.names(scope) || scope.is_some_and(in_set)
    }

    /// The scopes that they mention by name at this server: none for `["*"]`. One may come twice.
    pub(super) fn mentioned<'a>(&'a self, server: &'a Server) -> impl Iterator<Item = u32> + 'a {
        let listed: &[u32] = match &self.listed {
            Listed::All => &[],
            Listed::These(listed) => listed,
        };
        let sets = self.sets.iter().flat_map(|set| server.scope_set(*set));
        listed.iter().chain(sets).copied()
    }

    /// Whether they name no scope at all at this server.
    pub(super) fn are_void(&self, server: &Server) -> bool {
        !self.is_all() && self.mentioned(server).next().is_none()
    }
}

impl Rule {
    /// Of a deny: whether it denies whatever is asked.
    pub(super) const fn denies_all(&self) -> bool {
        matches!(self.scopes, ScopeRule::Unmentioned) && self.detail_types.is_none()
    }

    /// Of a permit: whether it grants this scope at this server.
    pub(super) fn grants(&self, scope: Option<u32>, server: &Server) -> bool {
        matches!(&self.scopes, ScopeRule::Only(names) if names.name(scope, server))
    }

    /// Of a deny that does not deny everything: whether it takes this scope away at this server.
    pub(super) fn removes(&self, scope: Option<u32>, server: &Server) -> bool {
        match &self.scopes {
            ScopeRule::Unmentioned => false,
            ScopeRule::Only(names) => names.name(scope, server),
            ScopeRule::Except(names) => !names.name(scope, server),
        }
    }

    /// Of a deny that does not deny everything: whether no scope whatever is left at this server.
    pub(super) fn leaves_no_scope(&self, server: &Server) -> bool {
        match &self.scopes {
            ScopeRule::Unmentioned => false,
            ScopeRule::Only(names) => names.is_all(),
            ScopeRule::Except(names) => names.are_void(server),
        }
    }

    /// Whether it grants, or takes away, this type of authorization details.
    pub(super) fn names_type(&self, detail_type: Option<u32>) -> bool {
        self.detail_types.as_ref().is_some_and(|types| types.names(detail_type))
    }
}
