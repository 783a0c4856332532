//! Which resources, scopes and details a grant can become at this server: pure, and never more than it says.

use alloc::vec::Vec;

use super::config::{ProtectedResource, ResourceAsConfig};
use crate::codec::form::Form;
use crate::details::AuthorizationDetails;
use crate::error::{Error, ErrorCode};
use crate::oauth::token_request::requested_details;
use crate::scope::Scope;
use crate::token::{IdJag, TokenKind};
use crate::uri::ResourceId;

/// What the token request itself asks for.
#[derive(Clone, Debug, Default)]
pub(super) struct Asked {
    pub(super) resources: Vec<ResourceId>,
    pub(super) scope: Option<Scope>,
    pub(super) details: Option<AuthorizationDetails>,
}

/// The most that can come of the grant: what it says, cut down to what was asked and what exists here.
#[derive(Clone, Debug)]
pub(super) struct Ceiling<'s> {
    pub(super) resources: Vec<&'s ProtectedResource>,
    /// What is asked for: `None` when neither request nor grant name a scope.
    pub(super) scope_asked: Option<Scope>,
    /// What of it can be granted; without a scope in the grant, the policy must say.
    pub(super) scope: Option<Scope>,
    pub(super) details: Option<AuthorizationDetails>,
}

impl Asked {
    /// Reads `resource`, `scope` and `authorization_details`.
    ///
    /// Fails with `resource_malformed`, `scope_malformed`, `details_malformed` or `details_invalid`.
    pub(super) fn parse(form: &Form, config: &ResourceAsConfig) -> Result<Self, Error> {
        let resources: Vec<ResourceId> =
            form.all("resource").map(ResourceId::indicator).collect::<Result<_, _>>()?;
        if resources.len() > config.limits.resources {
            return Err(Error::new(ErrorCode::ResourceMalformed));
        }
        let scope = form.single("scope")?.map(|text| Scope::parse(text, &config.limits)).transpose()?;
        let details = requested_details(form, &config.limits)?;
        Ok(Self { resources, scope, details })
    }
}

impl<'s> Ceiling<'s> {
    pub(super) fn of(config: &'s ResourceAsConfig, grant: &IdJag, asked: &Asked) -> Result<Self, Error> {
        let resources = select_resources(config, grant, &asked.resources)?;
        let (scope_asked, scope) = select_scope(grant.scope.as_ref(), asked.scope.as_ref())?;
        let scope = scope.map(|scope| in_catalogue(&scope, &resources)).transpose()?;
        let details = select_details(config, grant, asked.details.as_ref())?;
        let is_ours = |location: &str| resources.iter().any(|resource| resource.id.as_str() == location);
        let details = details.map(|details| config.detail_types.for_audience(&details, is_ours));
        Ok(Self { resources, scope_asked, scope, details })
    }
}

fn is_same(config: &ResourceAsConfig, left: &ResourceId, right: &ResourceId) -> bool {
    left == right || (config.normalize_resources && left.is_equivalent(right))
}

pub(super) fn find<'s>(config: &'s ResourceAsConfig, id: &ResourceId) -> Option<&'s ProtectedResource> {
    config.resources.iter().find(|guarded| is_same(config, &guarded.id, id))
}

/// AMB-006, AMB-007, AMB-010, AMB-018: the claim must be ours, the parameter within the claim, the result one
/// resource unless several are configured to be safe.
fn select_resources<'s>(
    config: &'s ResourceAsConfig,
    grant: &IdJag,
    asked: &[ResourceId],
) -> Result<Vec<&'s ProtectedResource>, Error> {
    let claimed = grant.resources.iter().map(|id| find(config, id));
    let mut granted: Vec<&ProtectedResource> =
        claimed.collect::<Option<_>>().ok_or(Error::new(ErrorCode::GrantResourceUnknown))?;
    if granted.is_empty() {
        granted.push(default_resource(config)?);
    }
    let mut selected = Vec::new();
    for id in asked {
        let guarded = find(config, id).ok_or(Error::new(ErrorCode::ResourceUnknown))?;
        if !granted.iter().any(|resource| resource.id == guarded.id) {
            return Err(Error::new(ErrorCode::ResourceNotGranted));
        }
        push_once(&mut selected, guarded);
    }
    if selected.is_empty() {
        for guarded in granted {
            push_once(&mut selected, guarded);
        }
    }
    if selected.len() > 1 && !config.several_resources_per_token {
        return Err(Error::new(ErrorCode::ResourceRequired));
    }
    Ok(selected)
}

fn push_once<'s>(list: &mut Vec<&'s ProtectedResource>, guarded: &'s ProtectedResource) {
    if !list.iter().any(|known| known.id == guarded.id) {
        list.push(guarded);
    }
}

fn default_resource(config: &ResourceAsConfig) -> Result<&ProtectedResource, Error> {
    let only = match config.resources.as_slice() {
        [only] => Some(only),
        _ => None,
    };
    let default = match &config.default_resource {
        Some(id) => config.resources.iter().find(|guarded| &guarded.id == id),
        None => only,
    };
    let default = default.filter(|_| !config.resource_required);
    default.ok_or(Error::with_detail(ErrorCode::ClaimMissing, "resource").of(TokenKind::IdJag))
}

/// AMB-017: the request may narrow the grant's scope and never exceed it. A grant without scope says nothing:
/// what was asked is then the policy's to grant, and without a policy nobody's.
fn select_scope(
    claimed: Option<&Scope>,
    asked: Option<&Scope>,
) -> Result<(Option<Scope>, Option<Scope>), Error> {
    match (claimed, asked) {
        (Some(claimed), Some(asked)) if asked.is_subset(claimed) => {
            Ok((Some(asked.clone()), Some(asked.clone())))
        }
        (Some(_), Some(_)) => Err(Error::new(ErrorCode::ScopeNotGranted)),
        (Some(claimed), None) => Ok((Some(claimed.clone()), Some(claimed.clone()))),
        (None, asked) => Ok((asked.cloned(), None)),
    }
}

/// R9068-008, R9068-011: scopes of other resources are dropped; one that belongs to two of them is ambiguous.
pub(super) fn in_catalogue(scope: &Scope, resources: &[&ProtectedResource]) -> Result<Scope, Error> {
    let mut known = Scope::empty();
    for resource in resources {
        let here = scope.intersection(&resource.scopes);
        if !here.intersection(&known).is_empty() {
            return Err(Error::new(ErrorCode::ScopeAmbiguous));
        }
        known = known.union(&here);
    }
    Ok(known)
}

/// AMB-016: unknown or ill-formed details refuse the whole request; the request may narrow those of the grant.
fn select_details(
    config: &ResourceAsConfig,
    grant: &IdJag,
    asked: Option<&AuthorizationDetails>,
) -> Result<Option<AuthorizationDetails>, Error> {
    for details in [grant.details.as_ref(), asked].into_iter().flatten() {
        config.detail_types.check(details)?;
    }
    match (&grant.details, asked) {
        (Some(claimed), Some(asked)) if asked.is_within(claimed, &config.detail_types) => {
            Ok(Some(asked.clone()))
        }
        (_, Some(_)) => Err(Error::new(ErrorCode::DetailsNotGranted)),
        (claimed, None) => Ok(claimed.clone()),
    }
}
