//! From a parent that holds to a token that may be derived from it, once.

use alloc::string::String;
use alloc::vec::Vec;

use super::super::ResourceAuthorizationServer;
use super::super::decide::ResolvedSubject;
use super::DelegationConfig;
use crate::consult::consult;
use crate::delegation::{Ceiling, Narrowing, downscope};
use crate::details::AuthorizationDetails;
use crate::error::{Error, ErrorCode};
use crate::policy::{Acting, Chain, ClientAt, Facts, Policy, Request};
use crate::record::DecisionRecord;
use crate::rejection::{Refusal, Rejection};
use crate::replay::{FirstUse, ReplayKey, ReplayKeys};
use crate::scope::Scope;
use crate::text::{ClientId, Nonce};
use crate::time::UnixTime;
use crate::token::{AccessToken, TokenKind};

/// In which capacity a client asks for a token to be derived.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// The token was handed to it by this server, or names it in `may_act`.
    Entitled,
    /// It came by the token some other way, and only the policy can let it.
    UpToPolicy,
}

/// An exchange whose client, proof, parent and actor hold. Policy has not been asked.
#[derive(Clone, Debug)]
pub struct VerifiedDelegation<'s> {
    pub(super) server: &'s ResourceAuthorizationServer,
    pub(super) config: &'s DelegationConfig,
    pub(super) record: DecisionRecord,
    pub(super) client_id: ClientId,
    pub(super) parent: AccessToken,
    pub(super) standing: Standing,
    pub(super) asked: Narrowing,
    /// Of the parent's scope, what means something at the resources asked for.
    pub(super) catalogue: Scope,
    pub(super) replay_keys: ReplayKeys,
    pub(super) nonce: Option<Nonce>,
}

/// A derived token that may be issued, if nothing of the request has been used before.
#[derive(Clone, Debug)]
pub struct AuthorizedDelegation<'s> {
    pub(super) server: &'s ResourceAuthorizationServer,
    pub(super) record: DecisionRecord,
    pub(super) parent: AccessToken,
    pub(super) asked: Narrowing,
    pub(super) ceiling: Ceiling,
    pub(super) scope: Scope,
    pub(super) nonce: Option<Nonce>,
    replay_keys: ReplayKeys,
}

/// An exchange that has been made just now: what is left is to write the token.
#[derive(Clone, Debug)]
pub struct SpentDelegation<'s>(pub(super) AuthorizedDelegation<'s>);

impl<'s> VerifiedDelegation<'s> {
    /// The parent's claims: for finding the user by `subject`, which is in this server's own namespace.
    #[must_use]
    pub const fn parent(&self) -> &AccessToken {
        &self.parent
    }

    /// The client that asks.
    #[must_use]
    pub const fn client_id(&self) -> &ClientId {
        &self.client_id
    }

    /// Decides what is derived: the parent, within the request, within what the resources offer, and within `policy` where
    /// there is one.
    ///
    /// `subject` is the parent's user as the host knows it now, `None` when there is no such user any more; the claims of
    /// the host's own that it brings are not used, the parent's stay. Refuses with `subject_unknown`, `subject_mismatch`,
    /// `client_mismatch`, `policy_denied`, `approval_required`, `app_restricted`, `agent_restricted`, `step_up_required`
    /// or as [`downscope`] does.
    pub fn authorize(
        self,
        policy: Option<&Policy>,
        subject: Option<&ResolvedSubject>,
        now: UnixTime,
    ) -> Result<AuthorizedDelegation<'s>, Rejection> {
        let mut record = self.record.clone();
        let (ceiling, scope) = match self.decide(policy, subject, now, &mut record) {
            Ok(decided) => decided,
            Err(refusal) => return Err(self.server.reject(refusal, record, None)),
        };
        record.scope_granted = Some(scope.clone());
        Ok(AuthorizedDelegation {
            server: self.server,
            record,
            parent: self.parent,
            asked: self.asked,
            ceiling,
            scope,
            nonce: self.nonce,
            replay_keys: self.replay_keys,
        })
    }

    fn decide(
        &self,
        policy: Option<&Policy>,
        subject: Option<&ResolvedSubject>,
        now: UnixTime,
        record: &mut DecisionRecord,
    ) -> Result<(Ceiling, Scope), Refusal> {
        let of_parent = |code| Error::new(code).of(TokenKind::AccessToken);
        let subject = subject.ok_or(of_parent(ErrorCode::SubjectUnknown))?;
        if self.parent.subject.as_ref() != Some(&subject.subject) {
            return Err(of_parent(ErrorCode::SubjectMismatch).into());
        }
        let config = &self.server.config;
        let cap = config.access_token_lifetime;
        let mut ceiling = Ceiling {
            scope: Some(self.catalogue.clone()),
            detail_types: None,
            lifetime: self.config.max_lifetime.map_or(cap, |lifetime| lifetime.min(cap)),
            max_depth: self.config.max_depth,
            max_actors: config.limits.actor_depth,
        };
        let types = &config.detail_types;
        // What is asked for in vain is told before the policy is asked.
        let most = downscope(&self.parent, &self.asked, &ceiling, types, now)?;
        match policy {
            Some(policy) => self.ask(policy, subject, &most, &mut ceiling, now, record)?,
            None if self.standing == Standing::UpToPolicy => {
                return Err(of_parent(ErrorCode::ClientMismatch).into());
            }
            None => {}
        }
        let child = downscope(&self.parent, &self.asked, &ceiling, types, now)?;
        let is_empty = |details: &Option<AuthorizationDetails>| {
            details.as_ref().is_none_or(AuthorizationDetails::is_empty)
        };
        let asked_details = self.asked.details.as_ref().or(self.parent.details.as_ref());
        let wants_details = asked_details.is_some_and(|asked| !asked.is_empty());
        let wants_scope = !self.asked.scope.as_ref().unwrap_or(&self.parent.scope).is_empty();
        // AMB-016: what was asked for and is gone altogether is a denial, not an empty token.
        if (wants_details && is_empty(&child.details))
            || (wants_scope && child.scope.is_empty() && is_empty(&child.details))
        {
            return Err(Error::new(ErrorCode::PolicyDenied).into());
        }
        Ok((ceiling, child.scope))
    }

    fn ask(
        &self,
        policy: &Policy,
        subject: &ResolvedSubject,
        most: &AccessToken,
        ceiling: &mut Ceiling,
        now: UnixTime,
        record: &mut DecisionRecord,
    ) -> Result<(), Refusal> {
        let parent = &self.parent;
        let missing = Error::with_detail(ErrorCode::ClaimMissing, "client_id").of(TokenKind::AccessToken);
        let client_id = parent.client_id.as_ref().ok_or(missing)?;
        let server = self.server.config.issuer.as_str();
        let bar = policy.bar_of_client(server, &self.client_id).filter(|_| &self.client_id != client_id);
        if let Some(bar) = bar {
            record.policy = Some(policy.digest().clone());
            record.nearest = Some(String::from(bar.sentence()));
            return Err(Error::new(bar.code()).into());
        }
        let types = most.details.iter().flat_map(|details| details.iter().map(|detail| detail.kind()));
        let acting = if most.actor.is_some() { Acting::ThroughActor } else { Acting::Directly };
        let request = Request {
            client: ClientAt::Server(client_id),
            issuer: server,
            resources: &self.asked.resources,
            scope: Some(&most.scope),
            detail_types: &types.collect::<Vec<_>>(),
            facts: Facts {
                subject: Some(&subject.subject),
                groups: subject.groups.as_ref(),
                acr: parent.acr.as_ref(),
                auth_age: parent.auth_time.map(|auth_time| now.since(auth_time)),
                dpop: most.confirmation.is_some(),
                context: parent.context.is_some(),
                acting: Some(acting),
                chain: Chain {
                    actor: most.actor.as_ref(),
                    client: (self.standing == Standing::UpToPolicy).then_some(&self.client_id),
                    depth: Some(most.ancestors.len()),
                },
            },
        };
        let granted = consult(policy, &request, record)?;
        ceiling.scope = ceiling.scope.take().map(|scope| scope.intersection(&granted.scope));
        ceiling.detail_types = Some(granted.detail_types);
        ceiling.lifetime = granted.lifetime.map_or(ceiling.lifetime, |most| most.min(ceiling.lifetime));
        Ok(())
    }
}

impl<'s> AuthorizedDelegation<'s> {
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
    pub fn first_use(
        self,
        store: impl FnMut(&ReplayKey) -> FirstUse,
    ) -> Result<SpentDelegation<'s>, Rejection> {
        let answers = self.replay_keys.ask(store);
        self.answered(&answers)
    }

    /// Takes the answers of an asynchronous store, in the order of [`Self::replay_keys`]. Refuses with
    /// `token_replayed` or `store_unavailable`.
    pub fn answered(self, answers: &[FirstUse]) -> Result<SpentDelegation<'s>, Rejection> {
        match self.replay_keys.check(answers) {
            Ok(()) => Ok(SpentDelegation(self)),
            Err(error) => Err(self.server.reject(error, self.record, None)),
        }
    }
}
