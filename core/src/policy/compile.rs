//! The compiled policy: immutable, its names turned into numbers, its rules sorted by id and indexed.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use super::agents::Agents;
use super::document::{Document, Effect};
use super::fault::CompileErrors;
use super::index::Index;
use super::lower::Tables;
use super::names::RuleId;
use super::parts::{App, Rule, Server};
use super::table::{Table, number};
use super::{PolicyOptions, check, read};
use crate::ordered::{sorted, sorted_by};
use crate::scope::ScopeToken;
use crate::text::{ClientId, Group, Subject};
use crate::uri::Issuer;

/// A compiled policy document. Immutable and shareable; two policies of the same rules in another order
/// decide and explain alike.
pub struct Policy {
    pub(super) apps: Vec<App>,
    /// `None` when the document does not speak of agents.
    pub(super) agents: Option<Agents>,
    pub(super) servers: Vec<Server>,
    /// Sorted by id, so that nothing depends on the order in the document.
    pub(super) rules: Vec<Rule>,
    pub(super) permits: Index,
    pub(super) denies: Index,
    pub(super) groups: Table<Group>,
    pub(super) subjects: Table<Subject>,
    pub(super) scopes: Table<ScopeToken>,
    pub(super) detail_types: Table<String>,
    /// Every client id of every app, sorted, and the app's number.
    client_ids: Vec<(ClientId, u32)>,
    /// Every issuer, sorted, and the server's number.
    issuers: Vec<(Issuer, u32)>,
    digest: PolicyDigest,
}

/// Which document a policy was compiled from: the SHA-256 of its bytes, in hexadecimal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyDigest(String);

impl PolicyDigest {
    fn of(text: &[u8]) -> Self {
        Self(crate::crypto::sha256(text).iter().map(|byte| alloc::format!("{byte:02x}")).collect())
    }

    /// The digest, as `sha256sum` prints it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Policy {
    /// Reads and compiles a policy document: JSON as [`super::POLICY_SCHEMA`] describes it, in UTF-8.
    ///
    /// Fails with every fault found, each with its path, when the text is not such a document, when an id,
    /// client id, issuer or resource is taken twice, or when a rule names an app, server, label or scope set
    /// that does not exist. Nothing is skipped or assumed: a document with a fault is no policy.
    pub fn compile(text: &[u8], options: &PolicyOptions) -> Result<Self, CompileErrors> {
        let (document, mut faults) = read::read(text, options)?;
        check::check(&document, &mut faults);
        faults.or(()).map(|()| Self::of(document, PolicyDigest::of(text)))
    }

    /// Which document this is, for records.
    #[must_use]
    pub const fn digest(&self) -> &PolicyDigest {
        &self.digest
    }

    /// The app with this client id at the identity provider; compared code point by code point.
    #[must_use]
    pub fn app_by_client_id(&self, client_id: &ClientId) -> Option<&App> {
        let at = self.client_ids.binary_search_by(|(known, _)| known.cmp(client_id)).ok()?;
        let (_, app) = self.client_ids.get(at)?;
        self.apps.get(*app as usize)
    }

    /// The app that `server` knows by this client id.
    ///
    /// That is the app to which the server's `client_ids` give it; and an app which the server's `client_ids`
    /// do not mention has its own client ids there too. A client cannot change either.
    #[must_use]
    pub fn app_at_server(&self, server: &Server, client_id: &ClientId) -> Option<&App> {
        match server.app_of(client_id) {
            Some(app) => self.app(app.as_str()),
            None => self.app_by_client_id(client_id).filter(|app| server.client_id_of(app.id()).is_none()),
        }
    }

    /// The server with this issuer identifier; compared code point by code point.
    #[must_use]
    pub fn server_by_issuer(&self, issuer: &str) -> Option<&Server> {
        let at = self.issuers.binary_search_by(|(known, _)| known.as_str().cmp(issuer)).ok()?;
        let (_, server) = self.issuers.get(at)?;
        self.servers.get(*server as usize)
    }

    /// The app with this id.
    #[must_use]
    pub fn app(&self, id: &str) -> Option<&App> {
        self.apps.get(self.apps.binary_search_by(|app| app.id().as_str().cmp(id)).ok()?)
    }

    /// The server with this id.
    #[must_use]
    pub fn server(&self, id: &str) -> Option<&Server> {
        self.servers.get(self.servers.binary_search_by(|server| server.id().as_str().cmp(id)).ok()?)
    }

    /// The apps in ascending order of their ids.
    pub fn apps(&self) -> impl Iterator<Item = &App> {
        self.apps.iter()
    }

    /// The servers in ascending order of their ids.
    pub fn servers(&self) -> impl Iterator<Item = &Server> {
        self.servers.iter()
    }

    /// The rules' ids in ascending order, and what each rule does.
    pub fn rules(&self) -> impl Iterator<Item = (&RuleId, Effect)> {
        self.rules.iter().map(|rule| (&rule.id, rule.effect))
    }

    /// Puts together a document that has no fault.
    fn of(mut document: Document, digest: PolicyDigest) -> Self {
        document.apps = sorted_by(document.apps, |left, right| left.id.cmp(&right.id));
        document.agents =
            document.agents.map(|agents| sorted_by(agents, |left, right| left.id.cmp(&right.id)));
        document.servers = sorted_by(document.servers, |left, right| left.id.cmp(&right.id));
        document.rules = sorted_by(document.rules, |left, right| left.id.cmp(&right.id));
        let tables = Tables::of(&document);
        let apps: Vec<App> = document.apps.into_iter().map(|app| tables.app(app)).collect();
        let agents = document.agents.map(|agents| tables.agents(agents));
        let servers: Vec<Server> = document.servers.into_iter().map(|server| tables.server(server)).collect();
        let rules: Vec<Rule> = document.rules.into_iter().map(|rule| tables.rule(rule)).collect();
        let of_effect = |effect| {
            let numbered = rules.iter().enumerate().filter(move |(_, rule)| rule.effect == effect);
            numbered.map(|(index, rule)| (number(index), rule))
        };
        let (permits, denies) = (Index::of(of_effect(Effect::Permit)), Index::of(of_effect(Effect::Deny)));
        let owned = |(index, app): (usize, &App)| {
            let index = number(index);
            app.client_ids().iter().map(move |client_id| (client_id.clone(), index)).collect::<Vec<_>>()
        };
        let client_ids = sorted(apps.iter().enumerate().flat_map(owned).collect());
        let issued = |(index, server): (usize, &Server)| (server.issuer().clone(), number(index));
        let issuers = sorted(servers.iter().enumerate().map(issued).collect());
        let Tables { groups, subjects, scopes, detail_types, .. } = tables;
        Self {
            apps,
            agents,
            servers,
            rules,
            permits,
            denies,
            groups,
            subjects,
            scopes,
            detail_types,
            client_ids,
            issuers,
            digest,
        }
    }
}

impl fmt::Debug for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Policy")
            .field("apps", &self.apps.len())
            .field("servers", &self.servers.len())
            .field("rules", &self.rules.len())
            .finish()
    }
}
