//! The policy document as data (DESIGN §6): what was written, checked value by value, not yet put together.
//!
//! `schema.json` says the same to editors and generators; a test holds the two together.

use alloc::string::String;
use alloc::vec::Vec;

use crate::scope::ScopeToken;
use crate::text::{Acr, ClientId, Group, Subject};
use crate::time::Seconds;
use crate::uri::{Issuer, ResourceId};

/// The members of the document. `$schema` is for the admin's editor and means nothing here.
pub(super) const DOCUMENT: &[&str] = &["$schema", "version", "apps", "agents", "servers", "rules"];
/// The members of an app.
pub(super) const APP: &[&str] = &["id", "name", "client_ids", "labels", "status"];
/// The members of an agent.
pub(super) const AGENT: &[&str] = &[
    "id",
    "name",
    "issuer",
    "subjects",
    "sub_profiles",
    "client_ids",
    "labels",
    "status",
    "apps",
    "max_depth",
    "max_lifetime",
];
/// The members of a server.
pub(super) const SERVER: &[&str] =
    &["id", "name", "issuer", "resources", "labels", "scope_sets", "client_ids"];
/// The members of a rule.
pub(super) const RULE: &[&str] = &[
    "id",
    "description",
    "effect",
    "apps",
    "agents",
    "servers",
    "subjects",
    "scopes",
    "scopes_except",
    "authorization_details_types",
    "max_lifetime",
    "require",
];
/// The members of a selection of apps or servers.
pub(super) const SELECTOR: &[&str] = &["any", "ids", "labels"];
/// The members of a selection of users.
pub(super) const SUBJECTS: &[&str] = &["any", "ids", "groups_any", "groups_all"];
/// The members of `require`.
pub(super) const REQUIRE: &[&str] = &["acr", "max_auth_age", "dpop", "context", "actor"];

/// A document whose every value is well-formed. Items that were not are left out.
#[derive(Debug, Default)]
pub(super) struct Document {
    pub(super) apps: Vec<App>,
    /// `None` when the document does not speak of agents.
    pub(super) agents: Option<Vec<Agent>>,
    pub(super) servers: Vec<Server>,
    pub(super) rules: Vec<Rule>,
    /// No app was left out, so that an id that none has is unknown.
    pub(super) apps_complete: bool,
    /// No agent was left out.
    pub(super) agents_complete: bool,
    /// No server was left out.
    pub(super) servers_complete: bool,
}

/// An app: a client that acts for users.
#[derive(Debug)]
pub(super) struct App {
    /// Its place in the document's list.
    pub(super) position: usize,
    pub(super) id: String,
    pub(super) name: Option<String>,
    pub(super) client_ids: Vec<ClientId>,
    pub(super) labels: Vec<String>,
    pub(super) status: Status,
}

/// An agent, or a kind of agents: who may act for users through apps.
#[derive(Debug)]
pub(super) struct Agent {
    /// Its place in the document's list.
    pub(super) position: usize,
    pub(super) id: String,
    /// Who vouches for it.
    pub(super) issuer: Option<Issuer>,
    /// Which of that issuer's it is; none is all.
    pub(super) subjects: Vec<Subject>,
    /// Of which kinds; none is any.
    pub(super) sub_profiles: Vec<String>,
    /// Its client ids at servers.
    pub(super) client_ids: Vec<ClientId>,
    pub(super) labels: Vec<String>,
    pub(super) status: Status,
    /// The apps that may let it act.
    pub(super) apps: Selector,
    pub(super) max_depth: Option<u64>,
    pub(super) max_lifetime: Option<Seconds>,
}

/// A server: an authorization server and the resources it guards.
#[derive(Debug)]
pub(super) struct Server {
    /// Its place in the document's list.
    pub(super) position: usize,
    pub(super) id: String,
    pub(super) name: Option<String>,
    pub(super) issuer: Issuer,
    pub(super) resources: Vec<ResourceId>,
    pub(super) labels: Vec<String>,
    pub(super) scope_sets: Vec<(String, Vec<ScopeToken>)>,
    /// App id → the client id by which this server knows the app.
    pub(super) client_ids: Vec<(String, ClientId)>,
}

/// A rule.
#[derive(Debug)]
pub(super) struct Rule {
    /// Its place in the document's list.
    pub(super) position: usize,
    pub(super) id: String,
    pub(super) effect: Effect,
    pub(super) apps: Selector,
    /// `None`: whoever acts.
    pub(super) agents: Option<Selector>,
    pub(super) servers: Selector,
    pub(super) subjects: Subjects,
    /// A permit's are [`Scopes::Only`], or unmentioned where it grants types of authorization details alone.
    pub(super) scopes: Scopes,
    /// Granted by a permit, taken away by a deny; `None` when not mentioned.
    pub(super) detail_types: Option<Types>,
    pub(super) max_lifetime: Option<Seconds>,
    pub(super) require: Require,
}

/// Whether an app or an agent may be used at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    /// The rules decide.
    Approved,
    /// An administrator has not approved it yet; nothing is permitted.
    ApprovalRequired,
    /// An administrator has withdrawn it; nothing is permitted.
    Restricted,
}

impl Status {
    /// The value in the document.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Approved => "approved",
            Self::ApprovalRequired => "approval_required",
            Self::Restricted => "restricted",
        }
    }
}

/// What a rule does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Effect {
    /// Grants what it names.
    Permit,
    /// Takes away what it names; always wins.
    Deny,
}

impl Effect {
    /// The value in the document.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Permit => "permit",
            Self::Deny => "deny",
        }
    }
}

/// A selection of apps or servers: one is selected when its id or any of its labels is listed.
#[derive(Debug)]
pub(super) enum Selector {
    Any,
    Listed { ids: Vec<String>, labels: Vec<String> },
}

/// A selection of users.
#[derive(Debug)]
pub(super) enum Subjects {
    Any,
    Ids(Vec<Subject>),
    /// In one of `any` (unless that is empty) and in every one of `all`.
    Groups {
        any: Vec<Group>,
        all: Vec<Group>,
    },
}

/// Which scopes a rule is about.
#[derive(Debug)]
pub(super) enum Scopes {
    Unmentioned,
    Only(ScopeList),
    Except(ScopeList),
}

/// What a rule's list of scopes names.
#[derive(Debug)]
pub(super) enum ScopeList {
    /// `["*"]`
    All,
    Listed(Vec<ScopeName>),
}

/// One entry of a list of scopes.
#[derive(Debug)]
pub(super) enum ScopeName {
    Token(ScopeToken),
    /// `@name`: whatever the server at hand defines under the name.
    Set(String),
}

/// Which types of authorization details a rule is about.
#[derive(Debug)]
pub(super) enum Types {
    /// `["*"]`
    All,
    Listed(Vec<String>),
}

/// What must hold for a permit to grant anything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Require {
    /// Any of these, if there are any.
    pub(super) acr: Vec<Acr>,
    pub(super) max_auth_age: Option<Seconds>,
    pub(super) dpop: bool,
    pub(super) context: bool,
    pub(super) actor: Option<bool>,
}
