//! From the bytes of a token exchange to a parent's token, a client and an actor that hold.

use alloc::string::String;
use alloc::vec::Vec;

use super::super::config::GrantReplay;
use super::super::pending::{authentication_rules, proof_rules};
use super::super::target::{Asked, find, in_catalogue};
use super::super::{ProtectedResource, ResourceAuthorizationServer};
use super::DelegationConfig;
use super::decide::{Standing, VerifiedDelegation};
use crate::crypto::Thumbprint;
use crate::delegation::Narrowing;
use crate::error::{Error, ErrorCode};
use crate::jose::KeySet;
use crate::oauth::RegisteredClient;
use crate::oauth::actor::PresentedActor;
use crate::oauth::client_auth::admit;
use crate::oauth::params::TOKEN_TYPE_ACCESS_TOKEN;
use crate::oauth::token_request::{TokenRequest, current_nonce};
use crate::record::{DecisionRecord, types};
use crate::rejection::Rejection;
use crate::replay::ReplayKeys;
use crate::revocation::{Revocable, RevocationList};
use crate::secret::Secret;
use crate::text::{ClientId, KeyId, Subject};
use crate::time::UnixTime;
use crate::token::{
    AccessToken, Actor, NonceRule, TokenKind, UnverifiedAccessToken, VerifiedActor, VerifiedProof, Window,
};
use crate::uri::{Issuer, ResourceId};

/// A token exchange that has been taken apart; nothing in it is trusted yet.
#[derive(Clone, Debug)]
pub struct PendingDelegation<'s> {
    server: &'s ResourceAuthorizationServer,
    config: &'s DelegationConfig,
    request: TokenRequest,
    subject_token: Secret,
    kid: Option<KeyId>,
    actor: Option<PresentedActor<'s>>,
    asked: Asked,
}

/// What the host must look up before an exchange can be verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DelegationNeeds<'p> {
    /// The server itself, whose own key set is needed.
    pub issuer: &'p Issuer,
    /// The key the parent's token claims.
    pub kid: Option<&'p KeyId>,
    /// Whose client record.
    pub client_id: &'p ClientId,
    /// Whose key set, and which key it claims, if there is an actor token.
    pub actor: Option<(&'p Issuer, Option<&'p KeyId>)>,
}

/// What the host found.
#[derive(Clone, Copy, Debug)]
pub struct DelegationMaterial<'m> {
    /// The server's own keys; `None` when they could not be had.
    pub own_keys: Option<&'m KeySet>,
    /// The keys of the actor token's issuer.
    pub actor_keys: Option<&'m KeySet>,
    /// The client record; `None` when there is no such client.
    pub client: Option<&'m RegisteredClient>,
    /// What has been revoked; see [`super::super::ResourceAsConfig::revocation`].
    pub revocations: Option<&'m RevocationList>,
    /// The nonces that proofs must carry.
    pub nonce: NonceRule<'m>,
}

impl ResourceAuthorizationServer {
    /// Takes a token exchange apart. Refuses what is not a well-formed request for an access token in exchange for one of
    /// this server's own; and every request, with `grant_type_unsupported`, where delegation is not configured.
    pub(in crate::resource_as) fn take_delegation_apart(
        &self,
        request: TokenRequest,
    ) -> Result<PendingDelegation<'_>, Error> {
        let limits = &self.config.limits;
        let form = &request.form;
        let config = self.config.delegation.as_ref().ok_or(Error::new(ErrorCode::GrantTypeUnsupported))?;
        let subject_token = Secret::new(form.required("subject_token")?);
        if form.required("subject_token_type")? != TOKEN_TYPE_ACCESS_TOKEN {
            return Err(Error::new(ErrorCode::SubjectTokenTypeUnsupported));
        }
        let requested = form.single("requested_token_type")?;
        if requested.is_some_and(|requested| requested != TOKEN_TYPE_ACCESS_TOKEN) {
            return Err(Error::new(ErrorCode::RequestedTokenTypeUnsupported));
        }
        let actor = PresentedActor::parse(form, &config.actor_profiles, limits)?;
        let mut asked = Asked::parse(form, &self.config)?;
        // RFC 8693 §2.1: `audience` is another name for a target; here resources are known by their own.
        for audience in form.all("audience") {
            let unknown = |_| Error::new(ErrorCode::AudienceUnknown);
            asked.resources.push(ResourceId::indicator(audience).map_err(unknown)?);
        }
        let unverified = UnverifiedAccessToken::parse(subject_token.expose(), limits)?;
        if unverified.claimed_issuer() != self.config.issuer.as_str() {
            return Err(Error::new(ErrorCode::IssuerUntrusted).of(TokenKind::AccessToken));
        }
        let kid = unverified.claimed_kid().cloned();
        Ok(PendingDelegation { server: self, config, request, subject_token, kid, actor, asked })
    }
}

impl<'s> PendingDelegation<'s> {
    /// What to look up.
    #[must_use]
    pub fn needs(&self) -> DelegationNeeds<'_> {
        DelegationNeeds {
            issuer: &self.server.config.issuer,
            kid: self.kid.as_ref(),
            client_id: &self.request.client_id,
            actor: self.actor.as_ref().map(PresentedActor::needs),
        }
    }

    /// Authenticates the client, verifies proof, parent and actor, and finds out in which capacity the client asks.
    ///
    /// Order: client, proof, parent (header, key, signature, claims), revocations, actor, `may_act`, target, `cnf` × proof.
    /// Nothing is spent by a refusal.
    pub fn verify(
        self,
        material: &DelegationMaterial<'_>,
        now: UnixTime,
    ) -> Result<VerifiedDelegation<'s>, Rejection> {
        let mut record = self.server.derivation(now);
        let checked = self.check(material, now, &mut record);
        checked.map_err(|error| self.server.reject(error, record, current_nonce(material.nonce)))
    }

    fn check(
        &self,
        material: &DelegationMaterial<'_>,
        now: UnixTime,
        record: &mut DecisionRecord,
    ) -> Result<VerifiedDelegation<'s>, Error> {
        let config = &self.server.config;
        let revocations = config.revocation.list(material.revocations)?;
        let rules = authentication_rules(config);
        let (client, assertion_key) = admit(&self.request, material.client, &rules, record, now)?;
        let proof = self.request.check_proof(&proof_rules(config), material.nonce, now)?;
        let parent = self.check_parent(material, now)?;
        record_parent(record, &parent);
        let context = config.context.check(parent.context.as_ref());
        context.map_err(|error| error.of(TokenKind::AccessToken))?;
        // A token does not say of which tenant it is: its own client alone is known to be registered there.
        if config.multi_tenant && parent.client_id.as_ref() != Some(&client.client_id) {
            return Err(Error::new(ErrorCode::TenantMismatch).of(TokenKind::AccessToken));
        }
        let actor = self.check_actor(material, now)?;
        let (standing, acting) = self.standing(&parent, actor.as_ref(), &client.client_id)?;
        record.actor = acting.clone().or(record.actor.take());
        if let Some(list) = revocations {
            check_revocations(list, &parent, &client.client_id, acting.as_ref(), now)
                .map_err(|error| error.of(TokenKind::AccessToken))?;
        }
        let resources = self.select_resources(&parent)?;
        record.resources = resources.iter().map(|resource| resource.id.clone()).collect();
        record.scope_asked = Some(self.asked.scope.clone().unwrap_or_else(|| parent.scope.clone()));
        for details in [parent.details.as_ref(), self.asked.details.as_ref()].into_iter().flatten() {
            config.detail_types.check(details)?;
        }
        let actor_key = actor.as_ref().and_then(|actor| actor.confirmation).map(|cnf| cnf.jkt);
        let shown = proof.as_ref().map(VerifiedProof::thumbprint);
        let proven = self.check_binding(client, &parent, &resources, shown, actor_key)?;
        record.jkt = actor_key.or(proven);
        record.details_asked = types(self.asked.details.as_ref().or(parent.details.as_ref()));
        let catalogue = in_catalogue(&parent.scope, &resources)?;
        let replay_keys = match config.replay {
            GrantReplay::DangerousOff => ReplayKeys::default(),
            _ => ReplayKeys::new([
                assertion_key,
                proof.map(|proof| proof.replay_key().clone()),
                actor.and_then(|actor| actor.replay_key),
            ]),
        };
        let asked = Narrowing {
            resources: resources.iter().map(|resource| resource.id.clone()).collect(),
            scope: self.asked.scope.clone(),
            details: self.asked.details.clone(),
            actor: acting,
            proven,
            actor_key,
        };
        let nonce = current_nonce(material.nonce).cloned();
        Ok(VerifiedDelegation {
            server: self.server,
            config: self.config,
            record: record.clone(),
            client_id: client.client_id.clone(),
            parent,
            standing,
            asked,
            catalogue,
            replay_keys,
            nonce,
        })
    }

    fn check_parent(&self, material: &DelegationMaterial<'_>, now: UnixTime) -> Result<AccessToken, Error> {
        let config = &self.server.config;
        let keys = material.own_keys.ok_or(Error::new(ErrorCode::KeysUnavailable))?;
        if keys.issuer() != &config.issuer {
            return Err(Error::config("the keys are not the server's own"));
        }
        let unverified = UnverifiedAccessToken::parse(self.subject_token.expose(), &config.limits)?;
        let window = Window::default();
        unverified.verify_own(keys, &config.issuer, window, &config.context_claim, &config.limits, now)
    }

    fn check_actor(
        &self,
        material: &DelegationMaterial<'_>,
        now: UnixTime,
    ) -> Result<Option<VerifiedActor>, Error> {
        let Some(actor) = &self.actor else { return Ok(None) };
        let config = &self.server.config;
        let window = config.assertion_window;
        let revocations = config.revocation.list(material.revocations)?;
        actor.verify(material.actor_keys, &config.issuer, window, &config.limits, revocations, now).map(Some)
    }

    /// In which capacity the client asks, and who is to act: the actor of the actor token, else the client itself where the
    /// token was not handed to it by this server.
    ///
    /// Refuses with `actor_unauthorized` what the parent's `may_act` does not name (RFC 8693 §4.4).
    fn standing(
        &self,
        parent: &AccessToken,
        actor: Option<&VerifiedActor>,
        client_id: &ClientId,
    ) -> Result<(Standing, Option<Actor>), Error> {
        let issuer = &self.server.config.issuer;
        let is_holder = parent.client_id.as_ref() == Some(client_id) || acts_as(parent, issuer, client_id);
        let acting = match actor {
            Some(actor) => Some(actor.actor.clone()),
            None if is_holder => None,
            None => Some(client_as_actor(issuer, client_id)?),
        };
        let named = match (&parent.may_act, &acting) {
            (Some(may_act), Some(acting)) => {
                if !may_act.names(Some(acting), client_id) {
                    return Err(Error::new(ErrorCode::ActorUnauthorized));
                }
                // An actor's name alone does not say who may bring its token.
                actor.is_none() || may_act.names_a_client()
            }
            _ => false,
        };
        let standing = if is_holder || named { Standing::Entitled } else { Standing::UpToPolicy };
        Ok((standing, acting))
    }

    /// AMB-006: the parent's resources must be ours, those asked for within them.
    fn select_resources(&self, parent: &AccessToken) -> Result<Vec<&'s ProtectedResource>, Error> {
        let config = &self.server.config;
        let guarded = |id: &String| config.resources.iter().find(|guarded| guarded.id.as_str() == id);
        let granted: Option<Vec<_>> = parent.audience.iter().map(guarded).collect();
        let granted = granted.filter(|granted| !granted.is_empty());
        let granted = granted.ok_or(Error::new(ErrorCode::GrantResourceUnknown))?;
        let mut selected: Vec<&ProtectedResource> = Vec::new();
        for id in &self.asked.resources {
            let asked = find(config, id).ok_or(Error::new(ErrorCode::ResourceUnknown))?;
            if !granted.iter().any(|resource| resource.id == asked.id) {
                return Err(Error::new(ErrorCode::ResourceNotGranted));
            }
            if !selected.iter().any(|known| known.id == asked.id) {
                selected.push(asked);
            }
        }
        Ok(if selected.is_empty() { granted } else { selected })
    }

    /// A bound parent needs its own key's proof; then who may come without any. What is left is the key to bind to, where
    /// the actor has none.
    fn check_binding(
        &self,
        client: &RegisteredClient,
        parent: &AccessToken,
        resources: &[&ProtectedResource],
        shown: Option<Thumbprint>,
        actor_key: Option<Thumbprint>,
    ) -> Result<Option<Thumbprint>, Error> {
        let config = &self.server.config;
        let proven = parent.confirmation.map(|bound| bound.proven_by(shown)).transpose();
        let proven = proven.map_err(|error| error.of(TokenKind::AccessToken))?;
        let of_client = client.dpop_bound_access_tokens
            || (!client.is_confidential() && !config.dangerous_public_clients_without_proof);
        let of_resource = resources.iter().any(|resource| resource.dpop_required);
        if (of_client && shown.is_none()) || (of_resource && shown.or(actor_key).is_none()) {
            return Err(Error::new(ErrorCode::ProofRequired));
        }
        Ok(proven.or(shown.filter(|_| of_client || of_resource || config.bind_to_proof)))
    }
}

/// Whether the client is the outermost actor of the token: it derived the token itself.
pub(in crate::resource_as) fn acts_as(token: &AccessToken, issuer: &Issuer, client_id: &ClientId) -> bool {
    token.actor.as_ref().is_some_and(|actor| {
        actor.issuer.as_deref() == Some(issuer.as_str()) && actor.subject.as_str() == client_id.as_str()
    })
}

/// A client of this server, as actors are named (RFC 8693 §4.1).
fn client_as_actor(issuer: &Issuer, client_id: &ClientId) -> Result<Actor, Error> {
    Ok(Actor {
        issuer: Some(String::from(issuer.as_str())),
        subject: Subject::new(client_id.as_str())?,
        sub_profile: None,
        prior: Vec::new(),
    })
}

/// Neither the parent may have been revoked, nor what it would become, nor whatever else the client was granted.
fn check_revocations(
    list: &RevocationList,
    parent: &AccessToken,
    client_id: &ClientId,
    acting: Option<&Actor>,
    now: UnixTime,
) -> Result<(), Error> {
    list.check_access_token(parent, now)?;
    let child = Revocable {
        actor: acting.or(parent.actor.as_ref()),
        issued_at: Some(now),
        ..Revocable::from(parent)
    };
    list.check(&child, now)?;
    list.check(&Revocable { client_id: Some(client_id), ..child }, now)
}

fn record_parent(record: &mut DecisionRecord, parent: &AccessToken) {
    record.issuer = Some(parent.issuer.clone());
    record.subject.clone_from(&parent.subject);
    record.target_client_id = parent.client_id.clone().filter(|of| record.client_id.as_ref() != Some(of));
    record.actor.clone_from(&parent.actor);
    record.auth_time = parent.auth_time;
    record.acr.clone_from(&parent.acr);
    record.grant_id.clone_from(&parent.grant_id);
    record.parent_id.clone_from(&parent.token_id);
    record.context.clone_from(&parent.context);
}
