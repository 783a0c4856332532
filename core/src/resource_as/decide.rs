//! From a grant that holds to one that is authorized and spent.

use alloc::collections::BTreeSet;
use alloc::vec::Vec;

use super::ResourceAuthorizationServer;
use super::config::{GrantReplay, ProtectedResource};
use super::target::{Ceiling, in_catalogue};
use crate::codec::json::Object;
use crate::consult::consult;
use crate::crypto::Thumbprint;
use crate::details::AuthorizationDetails;
use crate::error::{Error, ErrorCode};
use crate::policy::{Acting, Chain, ClientAt, Facts, Policy, Request};
use crate::record::{DecisionRecord, types};
use crate::rejection::{Refusal, Rejection};
use crate::replay::{FirstUse, ReplayKey, ReplayKeys};
use crate::scope::Scope;
use crate::text::{Group, Nonce, Subject};
use crate::time::{Seconds, UnixTime};
use crate::token::{IdJag, TokenKind, VerifiedIdJag};
use crate::uri::ResourceId;

/// A grant whose client, proof, signature and claims hold. Policy has not been asked.
#[derive(Clone, Debug)]
pub struct VerifiedGrant<'s> {
    pub(super) server: &'s ResourceAuthorizationServer,
    pub(super) record: DecisionRecord,
    pub(super) grant: VerifiedIdJag,
    pub(super) assertion_key: Option<ReplayKey>,
    pub(super) proof_key: Option<ReplayKey>,
    pub(super) ceiling: Ceiling<'s>,
    pub(super) binding: Option<Thumbprint>,
    pub(super) nonce: Option<Nonce>,
}

/// The user of a grant, as the host's own accounts know it.
#[derive(Clone, Debug, PartialEq)]
pub struct ResolvedSubject {
    /// What becomes `sub` of the access token.
    pub subject: Subject,
    /// The user's groups here; `None` when they are not known.
    pub groups: Option<BTreeSet<Group>>,
    /// Further claims for the access token, under names of the host's own.
    pub extra: Object<'static>,
}

/// A grant that may be redeemed, if it has not been. What it grants is never more than what it says.
#[derive(Clone, Debug)]
pub struct AuthorizedGrant<'s> {
    pub(super) server: &'s ResourceAuthorizationServer,
    pub(super) record: DecisionRecord,
    pub(super) grant: IdJag,
    pub(super) subject: ResolvedSubject,
    pub(super) resources: Vec<&'s ProtectedResource>,
    pub(super) scope: Scope,
    pub(super) details: Option<AuthorizationDetails>,
    pub(super) lifetime: Seconds,
    pub(super) binding: Option<Thumbprint>,
    pub(super) nonce: Option<Nonce>,
    replay_keys: ReplayKeys,
}

/// A grant that has been redeemed just now: what is left is to write the token.
#[derive(Clone, Debug)]
pub struct SpentGrant<'s>(pub(super) AuthorizedGrant<'s>);

/// What may be granted.
struct Granted {
    scope: Scope,
    details: Option<AuthorizationDetails>,
    lifetime: Option<Seconds>,
}

impl<'s> VerifiedGrant<'s> {
    /// The claims: for finding the user by (`issuer`, `tenant`, `subject`), by `audience_subject` within
    /// `audience_tenant`, or by `subject_identifier` under the issuer's rule. Never by `subject` alone, and by
    /// `email` only if that is the host's decision (JAG-005, JAG-023).
    #[must_use]
    pub const fn claims(&self) -> &IdJag {
        self.grant.claims()
    }

    /// Decides what is granted: the grant, within the request, within what the resources offer, and within
    /// `policy` where there is one.
    ///
    /// `subject` is `None` when the host knows no such user. Refuses with `subject_unknown`, `policy_denied`,
    /// `approval_required`, `app_restricted`, `step_up_required` or `scope_ambiguous`.
    pub fn authorize(
        self,
        policy: Option<&Policy>,
        subject: Option<&ResolvedSubject>,
        now: UnixTime,
    ) -> Result<AuthorizedGrant<'s>, Rejection> {
        let mut record = self.record.clone();
        let (subject, granted) = match self.decide(policy, subject, now, &mut record) {
            Ok(decided) => decided,
            Err(refusal) => return Err(self.server.reject(refusal, record, None)),
        };
        record.scope_granted = Some(granted.scope.clone());
        record.details_granted = types(granted.details.as_ref());
        let config = &self.server.config;
        let grant_key = self.grant.replay_key();
        let replay_keys = match config.replay {
            GrantReplay::SingleUse => [self.assertion_key, self.proof_key, Some(grant_key)],
            GrantReplay::ReuseUntilExpiry => [self.assertion_key, self.proof_key, None],
            GrantReplay::DangerousOff => [None, None, None],
        };
        let cap = config.access_token_lifetime;
        Ok(AuthorizedGrant {
            server: self.server,
            record,
            grant: self.grant.claims().clone(),
            subject,
            resources: self.ceiling.resources,
            scope: granted.scope,
            details: granted.details,
            lifetime: granted.lifetime.map_or(cap, |lifetime| lifetime.min(cap)),
            binding: self.binding,
            nonce: self.nonce,
            replay_keys: ReplayKeys::new(replay_keys),
        })
    }

    fn decide(
        &self,
        policy: Option<&Policy>,
        subject: Option<&ResolvedSubject>,
        now: UnixTime,
        record: &mut DecisionRecord,
    ) -> Result<(ResolvedSubject, Granted), Refusal> {
        let unknown = Error::new(ErrorCode::SubjectUnknown).of(TokenKind::IdJag);
        let subject = subject.ok_or(unknown)?;
        let granted = match policy {
            Some(policy) => self.ask(policy, subject, now, record)?,
            None => Granted {
                scope: self.ceiling.scope.clone().unwrap_or_default(),
                details: self.ceiling.details.clone(),
                lifetime: None,
            },
        };
        let asked_for_scope = self.ceiling.scope_asked.as_ref().is_some_and(|asked| !asked.is_empty());
        let details_are_empty = granted.details.as_ref().is_none_or(AuthorizationDetails::is_empty);
        let asked_for_details = self.grant.claims().details.as_ref().is_some_and(|asked| !asked.is_empty());
        // AMB-016: what was asked for and is gone altogether is a denial, not an empty grant.
        if (asked_for_details && details_are_empty)
            || (asked_for_scope && granted.scope.is_empty() && details_are_empty)
        {
            return Err(Error::new(ErrorCode::PolicyDenied).into());
        }
        Ok((subject.clone(), granted))
    }

    fn ask(
        &self,
        policy: &Policy,
        subject: &ResolvedSubject,
        now: UnixTime,
        record: &mut DecisionRecord,
    ) -> Result<Granted, Refusal> {
        let grant = self.grant.claims();
        let resources: Vec<ResourceId> =
            self.ceiling.resources.iter().map(|resource| resource.id.clone()).collect();
        let scope = self.ceiling.scope.as_ref().or(self.ceiling.scope_asked.as_ref());
        let scope = scope.map(|scope| in_catalogue(scope, &self.ceiling.resources)).transpose()?;
        let details = self.ceiling.details.as_ref();
        let types: Vec<&str> =
            details.into_iter().flat_map(|details| details.iter().map(|d| d.kind())).collect();
        let acting = if grant.actor.is_some() { Acting::ThroughActor } else { Acting::Directly };
        let request = Request {
            client: ClientAt::Server(&grant.client_id),
            issuer: self.server.config.issuer.as_str(),
            resources: &resources,
            scope: scope.as_ref(),
            detail_types: &types,
            facts: Facts {
                subject: Some(&subject.subject),
                groups: subject.groups.as_ref(),
                acr: grant.acr.as_ref(),
                auth_age: grant.auth_time.map(|auth_time| now.since(auth_time)),
                dpop: self.binding.is_some(),
                context: grant.context.is_some(),
                acting: Some(acting),
                chain: Chain { actor: grant.actor.as_ref(), client: None, depth: Some(0) },
            },
        };
        let granted = consult(policy, &request, record)?;
        let details = details.map(|details| details.filtered(|d| granted.detail_types.contains(d.kind())));
        let scope = in_catalogue(&granted.scope, &self.ceiling.resources)?;
        Ok(Granted { scope, details, lifetime: granted.lifetime })
    }
}

impl<'s> AuthorizedGrant<'s> {
    /// What to record in the replay store, in this order; see [`ReplayKeys`].
    #[must_use]
    pub const fn replay_keys(&self) -> &ReplayKeys {
        &self.replay_keys
    }

    /// The scope that will be granted.
    #[must_use]
    pub const fn scope(&self) -> &Scope {
        &self.scope
    }

    /// Asks a synchronous store. Refuses with `token_replayed` or `store_unavailable`.
    pub fn first_use(self, store: impl FnMut(&ReplayKey) -> FirstUse) -> Result<SpentGrant<'s>, Rejection> {
        let answers = self.replay_keys.ask(store);
        self.answered(&answers)
    }

    /// Takes the answers of an asynchronous store, in the order of [`Self::replay_keys`]. Refuses with
    /// `token_replayed` or `store_unavailable`.
    pub fn answered(self, answers: &[FirstUse]) -> Result<SpentGrant<'s>, Rejection> {
        match self.replay_keys.check(answers) {
            Ok(()) => Ok(SpentGrant(self)),
            Err(error) => Err(self.server.reject(error, self.record, None)),
        }
    }
}
