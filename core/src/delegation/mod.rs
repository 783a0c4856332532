//! A token for a subagent, derived from its parent's: never more than that one in anything (DESIGN §7).

#[cfg(test)]
mod tests;

use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::vec::Vec;

use crate::crypto::Thumbprint;
use crate::details::{AuthorizationDetail, AuthorizationDetails, DetailTypes};
use crate::error::{Error, ErrorCode};
use crate::scope::Scope;
use crate::time::{Seconds, UnixTime};
use crate::token::{AccessToken, Actor, Confirmation, TokenKind};
use crate::uri::ResourceId;

/// What is asked of a parent's token. What is left out is the parent's.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Narrowing {
    /// The resources.
    pub resources: Vec<ResourceId>,
    /// The scope.
    pub scope: Option<Scope>,
    /// The authorization details.
    pub details: Option<AuthorizationDetails>,
    /// Who is to act, verified; without it, whoever acts with the parent's token.
    pub actor: Option<Actor>,
    /// The key whose proof came with the request.
    pub proven: Option<Thumbprint>,
    /// The key of the actor: what the token is bound to in place of `proven`.
    pub actor_key: Option<Thumbprint>,
}

/// The most that may be derived, beside the parent itself.
#[derive(Clone, Debug, PartialEq)]
pub struct Ceiling {
    /// These scopes and no others; what is beyond them is left out.
    pub scope: Option<Scope>,
    /// Details of these types and no others; what is beyond them is left out.
    pub detail_types: Option<BTreeSet<String>>,
    /// The longest life.
    pub lifetime: Seconds,
    /// How often one token may be derived from the other, counted from the one that no other is the parent of.
    pub max_depth: usize,
    /// How many actors a chain may have.
    pub max_actors: usize,
}

/// The token derived from `parent`, without a `jti` yet.
///
/// It is never more than its parent in scope, resources, details, life or key; user, client, conversation, sign-on,
/// `may_act` and the grant are its parent's; `types` say how details may be narrowed; its parent and everything that one was derived from are its ancestors.
///
/// Fails with `token_expired`, `depth_exceeded`, `resource_not_granted`, `scope_not_granted`, `details_not_granted`,
/// `proof_missing` or `proof_key_mismatch`, and with `claim_missing` when the parent has no `jti` to be revoked by.
pub fn downscope(
    parent: &AccessToken,
    asked: &Narrowing,
    ceiling: &Ceiling,
    types: &DetailTypes,
    now: UnixTime,
) -> Result<AccessToken, Error> {
    let of_parent = |error: Error| error.of(TokenKind::AccessToken);
    let missing = of_parent(Error::with_detail(ErrorCode::ClaimMissing, "jti"));
    let parent_id = parent.token_id.clone().ok_or(missing)?;
    if parent.expires_at <= now || ceiling.lifetime == Seconds::ZERO {
        return Err(of_parent(Error::new(ErrorCode::TokenExpired)));
    }
    let mut ancestors = Vec::from([parent_id]);
    ancestors.extend(parent.ancestors.iter().cloned());
    let actor = chained(parent.actor.as_ref(), asked.actor.as_ref());
    let actors = actor.as_ref().map_or(0, |actor| actor.prior.len().saturating_add(1));
    if ancestors.len() > ceiling.max_depth || actors > ceiling.max_actors {
        return Err(of_parent(Error::new(ErrorCode::DepthExceeded)));
    }
    let audience = audience(parent, &asked.resources)?;
    let proven = match parent.confirmation {
        Some(bound) => Some(bound.proven_by(asked.proven).map_err(of_parent)?),
        None => asked.proven,
    };
    Ok(AccessToken {
        token_id: None,
        issued_at: Some(now),
        expires_at: parent.expires_at.min(now.plus(ceiling.lifetime)),
        scope: scope(parent, asked.scope.as_ref(), ceiling)?,
        details: details(parent, asked.details.as_ref(), ceiling, types, &audience)?,
        audience,
        actor,
        confirmation: asked.actor_key.or(proven).map(|jkt| Confirmation { jkt }),
        ancestors,
        ..parent.clone()
    })
}

/// The new actor, then those that it says acted before it, then the parent's.
fn chained(parent: Option<&Actor>, new: Option<&Actor>) -> Option<Actor> {
    let (Some(new), Some(parent)) = (new, parent) else { return new.or(parent).cloned() };
    let mut actor = new.clone();
    actor.prior.push(Actor { prior: Vec::new(), ..parent.clone() });
    actor.prior.extend(parent.prior.iter().cloned());
    Some(actor)
}

fn audience(parent: &AccessToken, asked: &[ResourceId]) -> Result<Vec<String>, Error> {
    if asked.is_empty() {
        return Ok(parent.audience.clone());
    }
    let is_asked = |id: &&String| asked.iter().any(|resource| resource.as_str() == id.as_str());
    let is_granted = |resource: &ResourceId| parent.audience.iter().any(|id| id == resource.as_str());
    if !asked.iter().all(is_granted) {
        return Err(Error::new(ErrorCode::ResourceNotGranted));
    }
    Ok(parent.audience.iter().filter(is_asked).cloned().collect())
}

/// What goes beyond the parent is refused; what goes beyond the ceiling is left out.
fn scope(parent: &AccessToken, asked: Option<&Scope>, ceiling: &Ceiling) -> Result<Scope, Error> {
    let wanted = asked.unwrap_or(&parent.scope);
    if !wanted.is_subset(&parent.scope) {
        return Err(Error::new(ErrorCode::ScopeNotGranted));
    }
    Ok(ceiling.scope.as_ref().map_or_else(|| wanted.clone(), |most| wanted.intersection(most)))
}

fn details(
    parent: &AccessToken,
    asked: Option<&AuthorizationDetails>,
    ceiling: &Ceiling,
    types: &DetailTypes,
    audience: &[String],
) -> Result<Option<AuthorizationDetails>, Error> {
    let wanted = match (&parent.details, asked) {
        (Some(granted), Some(asked)) if asked.is_within(granted, types) => asked,
        (_, Some(_)) => return Err(Error::new(ErrorCode::DetailsNotGranted)),
        (Some(granted), None) => granted,
        (None, None) => return Ok(None),
    };
    let fits = |detail: &AuthorizationDetail| {
        ceiling.detail_types.as_ref().is_none_or(|types| types.contains(detail.kind()))
    };
    let is_here = |location: &str| audience.iter().any(|id| id == location);
    Ok(Some(types.for_audience(&wanted.filtered(fits), is_here)))
}
