//! Which server, resources and details an exchange is for, and what policy grants there.

use alloc::borrow::Cow;
use alloc::vec::Vec;

use super::config::{AudienceSettings, ClientIdModel, IdpConfig};
use super::issue::AuthorizedExchange;
use super::pending::{Requested, VerifiedExchange};
use super::{DirectorySubject, VerifiedSubject};
use crate::consult::consult;
use crate::details::AuthorizationDetails;
use crate::error::{Error, ErrorCode};
use crate::policy::{Acting, Chain, ClientAt, Facts, Grant, Policy, Request, Server};
use crate::record::types;
use crate::rejection::{Refusal, Rejection};
use crate::replay::ReplayKeys;
use crate::text::{ClientId, Tenant};
use crate::time::UnixTime;
use crate::token::{Confirmation, SubjectIdentifier, TokenKind};
use crate::uri::{Issuer, ResourceId};

/// An exchange whose target is one the company governs. The directory is asked next.
#[derive(Debug)]
pub struct TargetedExchange<'s, 'p> {
    exchange: VerifiedExchange<'s>,
    policy: &'p Policy,
    server: &'p Server,
    settings: Cow<'s, AudienceSettings>,
    resources: Vec<ResourceId>,
}

impl<'s> VerifiedExchange<'s> {
    /// Finds the audience and its resources in the policy.
    ///
    /// Refuses with `audience_unknown`, `resource_unknown`, `resource_required`, `details_type_unknown` or
    /// `details_invalid`.
    pub fn target<'p>(self, policy: &'p Policy) -> Result<TargetedExchange<'s, 'p>, Rejection> {
        let server = self.server;
        let record = self.record.clone();
        self.find_target(policy).map_err(|error| server.reject(error, record, None))
    }

    fn find_target<'p>(mut self, policy: &'p Policy) -> Result<TargetedExchange<'s, 'p>, Error> {
        const UNKNOWN: Error = Error::new(ErrorCode::AudienceUnknown);
        let config = &self.server.config;
        if self.wish.requested != Requested::IdJag {
            return Err(Error::new(ErrorCode::RequestedTokenTypeUnsupported));
        }
        let audience = self.wish.audience.as_deref().ok_or(UNKNOWN)?;
        if audience == config.issuer.as_str() {
            return Err(UNKNOWN);
        }
        if self.subject.audiences.as_ref().is_some_and(|allowed| !allowed.contains(audience)) {
            return Err(Error::with_detail(ErrorCode::AudienceUnknown, "subject_token"));
        }
        let listed = config.audiences.iter().find(|settings| {
            settings.issuer.as_str() == audience || settings.aliases.iter().any(|alias| alias == audience)
        });
        let issuer = listed.map_or(audience, |settings| settings.issuer.as_str());
        let server = policy.server_by_issuer(issuer).ok_or(UNKNOWN)?;
        let settings = match listed {
            Some(settings) => Cow::Borrowed(settings),
            None => Cow::Owned(AudienceSettings::new(server.issuer().clone())),
        };
        let resources = resources(config, &settings, server, &self.wish.resources)?;
        if let Some(details) = &self.wish.details {
            settings.detail_types.check(details)?;
            check_locations(details, &resources)?;
        }
        self.record.audience = Some(server.issuer().clone());
        self.record.resources.clone_from(&resources);
        Ok(TargetedExchange { exchange: self, policy, server, settings, resources })
    }
}

/// EMAP12-014, AMB-007: every resource asked for is one of the server's; one that must be named is, or is the only
/// one.
fn resources(
    config: &IdpConfig,
    settings: &AudienceSettings,
    server: &Server,
    asked: &[ResourceId],
) -> Result<Vec<ResourceId>, Error> {
    let mut resources: Vec<ResourceId> = Vec::new();
    for resource in asked {
        if !server.resources().contains(resource) {
            return Err(Error::new(ErrorCode::ResourceUnknown));
        }
        if !resources.contains(resource) {
            resources.push(resource.clone());
        }
    }
    if resources.is_empty() && config.mcp {
        let default = match (&settings.default_resource, server.resources()) {
            (Some(default), known) => known.iter().find(|resource| *resource == default),
            (None, [only]) => Some(only),
            (None, _) => None,
        };
        resources.push(default.ok_or(Error::new(ErrorCode::ResourceRequired))?.clone());
    }
    Ok(resources)
}

/// JAG-050: a detail about another place than the resources asked for contradicts the request.
fn check_locations(details: &AuthorizationDetails, resources: &[ResourceId]) -> Result<(), Error> {
    let is_asked = |location: &str| resources.iter().any(|resource| resource.as_str() == location);
    let consistent = details
        .iter()
        .all(|detail| resources.is_empty() || detail.locations().is_none_or(|mut all| all.all(is_asked)));
    if consistent { Ok(()) } else { Err(Error::with_detail(ErrorCode::DetailsInvalid, "locations")) }
}

impl<'s> TargetedExchange<'s, '_> {
    /// The user, as the subject token names it: for the directory.
    #[must_use]
    pub const fn subject(&self) -> &VerifiedSubject {
        &self.exchange.subject
    }

    /// The audience for which the directory must name the user (JAG-003).
    #[must_use]
    pub const fn audience(&self) -> &Issuer {
        self.server.issuer()
    }

    /// The client that asks.
    #[must_use]
    pub const fn client_id(&self) -> &ClientId {
        &self.exchange.client_id
    }

    /// Asks the policy, and maps client and user to what the audience knows them by.
    ///
    /// `subject` is `None` when the directory knows no such user. Refuses with `subject_unknown`,
    /// `policy_denied`, `approval_required`, `app_restricted`, `step_up_required`, `client_mapping_missing`,
    /// `tenant_required` or `subject_identifier_unusable`.
    pub fn authorize(
        self,
        subject: Option<&DirectorySubject>,
        now: UnixTime,
    ) -> Result<AuthorizedExchange<'s>, Rejection> {
        let server = self.exchange.server;
        let mut record = self.exchange.record.clone();
        match self.decide(subject, now, &mut record) {
            Ok(authorized) => Ok(authorized),
            Err(refusal) => Err(server.reject(refusal, record, None)),
        }
    }

    fn decide(
        self,
        subject: Option<&DirectorySubject>,
        now: UnixTime,
        record: &mut crate::record::DecisionRecord,
    ) -> Result<AuthorizedExchange<'s>, Refusal> {
        let unknown = Error::new(ErrorCode::SubjectUnknown).of(TokenKind::IdToken);
        let subject = subject.ok_or(unknown)?;
        let grant = self.ask(subject, now, record)?;
        let details = self.granted_details(&grant)?;
        let client_id = self.target_client_id(subject.tenant.as_ref())?;
        record.target_client_id = Some(client_id.clone());
        record.scope_granted = Some(grant.scope.clone());
        record.details_granted = types(details.as_ref());
        record.target_subject = Some(subject.subject.clone());
        record.jkt = self.exchange.binding;
        let settings = &self.settings;
        let config = &self.exchange.server.config;
        let required = Error::new(ErrorCode::TenantRequired);
        let names_tenant = config.multi_tenant || settings.needs_tenant;
        if (names_tenant && subject.tenant.is_none())
            || (settings.needs_audience_tenant && subject.audience_tenant.is_none())
        {
            return Err(required.into());
        }
        record.tenant = subject.tenant.clone().filter(|_| names_tenant);
        let release = |released: bool| released.then_some(subject);
        let identifier = release(settings.release_subject_identifier).and_then(|s| s.name_id.clone());
        if settings.release_subject_identifier && identifier.is_none() {
            return Err(Error::new(ErrorCode::SubjectIdentifierUnusable).of(TokenKind::IdToken).into());
        }
        let lifetime = config.id_jag_lifetime;
        Ok(AuthorizedExchange {
            server: self.exchange.server,
            record: record.clone(),
            subject: subject.subject.clone(),
            audience: self.server.issuer().clone(),
            client_id,
            resources: self.resources,
            scope: (!grant.scope.is_empty()).then(|| grant.scope.clone()),
            details,
            actor: self.exchange.actor.map(|actor| actor.actor),
            confirmation: self.exchange.binding.map(|jkt| Confirmation { jkt }),
            tenant: record.tenant.clone(),
            audience_tenant: release(settings.needs_audience_tenant).and_then(|s| s.audience_tenant.clone()),
            audience_subject: release(settings.release_audience_subject)
                .and_then(|s| s.audience_subject.clone()),
            email: release(settings.release_email).and_then(|s| s.email.clone()),
            subject_identifier: identifier.map(SubjectIdentifier::SamlNameId),
            sign_on: self.exchange.subject,
            lifetime: grant.lifetime.map_or(lifetime, |granted| granted.min(lifetime)),
            context: self.exchange.wish.context,
            extra: subject.extra.clone(),
            replay_keys: ReplayKeys::new(self.exchange.spends),
            nonce: self.exchange.nonce,
        })
    }

    fn ask(
        &self,
        subject: &DirectorySubject,
        now: UnixTime,
        record: &mut crate::record::DecisionRecord,
    ) -> Result<Grant, Refusal> {
        let exchange = &self.exchange;
        // JAG-042: a refresh token's own context caps what may be asked for.
        let scope = match (&exchange.wish.scope, &exchange.subject.scope) {
            (Some(asked), Some(context)) if !asked.is_subset(context) => {
                return Err(Error::new(ErrorCode::ScopeNotGranted).into());
            }
            (asked, _) => asked.as_ref(),
        };
        let details = exchange.wish.details.as_ref();
        let types: Vec<&str> =
            details.into_iter().flat_map(|details| details.iter().map(|d| d.kind())).collect();
        let acting = if exchange.actor.is_some() { Acting::ThroughActor } else { Acting::Directly };
        let request = Request {
            client: ClientAt::IdentityProvider(&exchange.client_id),
            issuer: self.server.issuer().as_str(),
            resources: &self.resources,
            scope,
            detail_types: &types,
            facts: Facts {
                subject: Some(&exchange.subject.subject),
                groups: subject.groups.as_ref(),
                acr: exchange.subject.acr.as_ref(),
                auth_age: exchange.subject.auth_time.map(|auth_time| now.since(auth_time)),
                dpop: exchange.binding.is_some(),
                context: exchange.wish.context.is_some(),
                acting: Some(acting),
                chain: Chain {
                    actor: exchange.actor.as_ref().map(|actor| &actor.actor),
                    client: None,
                    depth: Some(0),
                },
            },
        };
        let mut grant = consult(self.policy, &request, record)?;
        if let Some(context) = &exchange.subject.scope {
            let within = grant.scope.intersection(context);
            // A grant without scope says nothing, and its server might fill the gap: less than nothing is refused.
            if within.is_empty() && !grant.scope.is_empty() {
                return Err(Error::new(ErrorCode::ScopeNotGranted).into());
            }
            grant.scope = within;
        }
        Ok(grant)
    }

    /// AMB-016: types that policy does not grant are dropped; when none is left, that is a denial.
    fn granted_details(&self, grant: &Grant) -> Result<Option<AuthorizationDetails>, Error> {
        let Some(asked) = &self.exchange.wish.details else { return Ok(None) };
        let granted = asked.filtered(|detail| grant.detail_types.contains(detail.kind()));
        if granted.is_empty() && !asked.is_empty() {
            return Err(Error::new(ErrorCode::PolicyDenied));
        }
        Ok(Some(granted))
    }

    /// JAG-081, JAG-084: the client as the audience knows it, by the admin's mapping and never by a guess.
    fn target_client_id(&self, tenant: Option<&Tenant>) -> Result<ClientId, Error> {
        let own = &self.exchange.client_id;
        let mapped = match &self.settings.client_ids {
            ClientIdModel::ByTenant(tenants) => {
                tenant.and_then(|tenant| tenants.get(tenant)).and_then(|clients| clients.get(own)).cloned()
            }
            ClientIdModel::Global => {
                let app = self.policy.app_by_client_id(own);
                let listed = app.and_then(|app| self.server.client_id_of(app.id())).cloned();
                let is_document = own.as_str().starts_with("https://");
                let global = self.exchange.server.config.client_id_documents_are_global && is_document;
                listed.or_else(|| global.then(|| own.clone()))
            }
        };
        mapped.ok_or(Error::new(ErrorCode::ClientMappingMissing))
    }
}
