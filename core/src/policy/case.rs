//! One request in the policy's own numbers, and whether a rule matches it.

use alloc::vec::Vec;

use super::agents::Acts;
use super::compile::Policy;
use super::decision::{Acting, Bar, ClientAt, Facts, Reason, Request};
use super::document::{Effect, Require, Status};
use super::index::Reach;
use super::parts::{App, Rule, Server, Who};

/// A request of a known, approved app for resources of a known server.
pub(super) struct Case<'p, 'r> {
    pub(super) policy: &'p Policy,
    pub(super) request: &'r Request<'r>,
    pub(super) app: &'p App,
    pub(super) server: &'p Server,
    pub(super) acts: Acts<'p>,
    /// The user's groups that the policy mentions, sorted; `None` when they are unknown.
    groups: Option<Vec<u32>>,
    /// The user, if the policy mentions it; `None` when unknown.
    subject: Option<Option<u32>>,
}

/// What is known of a request for which the rules need not be asked.
pub(super) struct Barred<'p> {
    pub(super) app: Option<&'p App>,
    pub(super) server: Option<&'p Server>,
    pub(super) bar: Bar,
}

/// A rule that is about this app, server and user.
#[derive(Clone, Copy)]
pub(super) struct Hit<'p> {
    pub(super) rule: &'p Rule,
    /// What of its `require` does not hold.
    pub(super) unmet: Option<Reason>,
}

impl<'p, 'r> Case<'p, 'r> {
    pub(super) fn of(policy: &'p Policy, request: &'r Request<'r>) -> Result<Self, Barred<'p>> {
        let server = policy.server_by_issuer(request.issuer);
        let app = match request.client {
            ClientAt::IdentityProvider(client_id) => policy.app_by_client_id(client_id),
            ClientAt::Server(id) => server.and_then(|server| policy.app_at_server(server, id)),
        };
        let barred = |bar| Barred { app, server, bar };
        let server = server.ok_or(barred(Bar::ServerUnknown))?;
        let app = app.ok_or(barred(Bar::AppUnknown))?;
        match app.status() {
            Status::Approved => {}
            Status::ApprovalRequired => return Err(barred(Bar::ApprovalRequired)),
            Status::Restricted => return Err(barred(Bar::AppRestricted)),
        }
        let acts = Acts::of(policy.agents.as_ref(), request, app).map_err(barred)?;
        if !request.resources.iter().all(|resource| server.resources().contains(resource)) {
            return Err(barred(Bar::ResourceForeign));
        }
        let Facts { groups, subject, .. } = request.facts;
        let groups = groups.map(|groups| policy.groups.numbers_of_ascending(groups.iter()));
        let subject = subject.map(|subject| policy.subjects.number_of(subject));
        Ok(Self { policy, request, app, server, acts, groups, subject })
    }

    /// Every rule of this effect that is about this app, server and user, in ascending order.
    pub(super) fn hits(&self, effect: Effect) -> Vec<Hit<'p>> {
        let (index, unknown) = match effect {
            Effect::Permit => (&self.policy.permits, Reach::These(&[])),
            Effect::Deny => (&self.policy.denies, Reach::All),
        };
        let groups = self.groups.as_deref().map_or(unknown, Reach::These);
        let ids = self.subject.as_ref().map_or(unknown, |subject| Reach::These(subject.as_slice()));
        let candidates = index.candidates(&self.app.atoms, &self.server.atoms, groups, ids);
        let hit = |number: u32| {
            let rule = self.policy.rules.get(number as usize)?;
            match self.misses(rule) {
                Some(_) => None,
                None => Some(Hit { rule, unmet: self.unmet(rule) }),
            }
        };
        candidates.into_iter().filter_map(hit).collect()
    }

    /// Why the rule is not about this app, server, user and agent, if it is not.
    pub(super) fn misses(&self, rule: &Rule) -> Option<Reason> {
        if !rule.apps.selects(&self.app.atoms) {
            return Some(Reason::App);
        }
        if !rule.servers.selects(&self.server.atoms) {
            return Some(Reason::Server);
        }
        self.misses_user(rule).or_else(|| self.misses_agent(rule))
    }

    fn misses_agent(&self, rule: &Rule) -> Option<Reason> {
        match self.acts.are(rule.agents.as_deref()?) {
            None => (rule.effect == Effect::Permit).then_some(Reason::AgentUnknown),
            Some(is_about) => (!is_about).then_some(Reason::Agent),
        }
    }

    /// An unknown fact fails the condition of a permit and satisfies that of a deny.
    fn misses_user(&self, rule: &Rule) -> Option<Reason> {
        let unless_deny = |reason| (rule.effect == Effect::Permit).then_some(reason);
        match (&rule.who, self.subject, self.groups.as_deref()) {
            (Who::Any, _, _) => None,
            (Who::Ids(_), None, _) => unless_deny(Reason::SubjectUnknown),
            (Who::Ids(ids), Some(subject), _) => {
                let listed = subject.is_some_and(|subject| ids.binary_search(&subject).is_ok());
                (!listed).then_some(Reason::Subject)
            }
            (Who::Groups { .. }, _, None) => unless_deny(Reason::GroupsUnknown),
            (Who::Groups { any, all }, _, Some(groups)) => {
                let has = |group: &u32| groups.binary_search(group).is_ok();
                let member = (any.is_empty() || any.iter().any(has)) && all.iter().all(has);
                (!member).then_some(Reason::Groups)
            }
        }
    }

    /// What of the rule's `require` does not hold: first what the request cannot change, then the sign-on.
    pub(super) fn unmet(&self, rule: &Rule) -> Option<Reason> {
        let require = rule.require.as_deref()?;
        let facts = &self.request.facts;
        unmet_by_request(require, facts).or_else(|| unmet_by_sign_on(require, facts))
    }
}

fn unmet_by_request(require: &Require, facts: &Facts<'_>) -> Option<Reason> {
    match (require.actor, facts.acting) {
        (None, _) | (Some(true), Some(Acting::ThroughActor)) | (Some(false), Some(Acting::Directly)) => {}
        (Some(_), None) => return Some(Reason::ActorUnknown),
        (Some(true), Some(_)) => return Some(Reason::ActorMissing),
        (Some(false), Some(_)) => return Some(Reason::ActorPresent),
    }
    if require.dpop && !facts.dpop {
        return Some(Reason::Dpop);
    }
    (require.context && !facts.context).then_some(Reason::Context)
}

fn unmet_by_sign_on(require: &Require, facts: &Facts<'_>) -> Option<Reason> {
    if !require.acr.is_empty() {
        match facts.acr {
            None => return Some(Reason::AcrUnknown),
            Some(acr) if !require.acr.contains(acr) => return Some(Reason::Acr),
            Some(_) => {}
        }
    }
    match (require.max_auth_age, facts.auth_age) {
        (None, _) => None,
        (Some(_), None) => Some(Reason::AuthAgeUnknown),
        (Some(greatest), Some(age)) => (age > greatest).then_some(Reason::AuthAge),
    }
}

impl Reason {
    /// Whether another sign-on of the user would remove it.
    pub(super) const fn is_of_sign_on(self) -> bool {
        matches!(self, Self::AcrUnknown | Self::Acr | Self::AuthAgeUnknown | Self::AuthAge)
    }
}
