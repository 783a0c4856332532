//! The protected resource: an access token and an operation in, a decision out.
//!
//! `parse → needs → verify → authorize`, each a type of its own. Every step that refuses returns a [`Rejection`] whose
//! response carries the challenge a client needs to do better.

mod access;
mod bearer;
mod claimed;
mod config;
#[cfg(test)]
mod tests;
mod verified_cache;
mod verify;

pub use access::{AccessTable, Operation, Requirement, ScopeHierarchy};
pub use bearer::PendingBearer;
pub use config::{ResourceServerConfig, SenderConstraint, TrustedAuthorizationServer};
#[cfg(feature = "wire-resource-server")]
pub(crate) use verified_cache::Kept;
pub use verified_cache::{SharedTokenCache, VerifiedTokenCache};
pub use verify::{AccessMaterial, AccessNeeds, AuthorizedAccess, PendingAccess, VerifiedAccess};

use alloc::vec::Vec;

use crate::crypto::Algorithm;
use crate::error::{Error, OAuthError};
use crate::oauth::challenge::ChallengeBuilder;
use crate::oauth::metadata::ProtectedResourceMetadata;
use crate::record::DecisionRecord;
use crate::rejection::Rejection;
use crate::scope::Scope;
use crate::text::Nonce;

use verified_cache::Generation;

/// A configured protected resource. Immutable; share it between threads.
#[derive(Clone, Debug)]
pub struct ResourceServer {
    config: ResourceServerConfig,
    challenge: ChallengeBuilder,
    generation: Generation,
}

impl ResourceServer {
    /// Takes over a configuration; fails with `config_invalid` and, as detail, what is wrong with it.
    pub fn new(config: ResourceServerConfig) -> Result<Self, Error> {
        config.check()?;
        let algorithms: Vec<Algorithm> = config.proof_algorithms.iter().collect();
        let metadata_url = config.metadata_url.clone();
        let challenge = match config.sender_constraint {
            SenderConstraint::Optional => ChallengeBuilder::bearer_and_dpop(metadata_url, &algorithms)?,
            SenderConstraint::Required => ChallengeBuilder::dpop(metadata_url, &algorithms)?,
        };
        for requirement in config.access.requirements() {
            challenge.clone().acr_values(&requirement.acr_values)?;
        }
        Ok(Self { config, challenge, generation: Generation::default() })
    }

    /// The configuration.
    #[must_use]
    pub const fn config(&self) -> &ResourceServerConfig {
        &self.config
    }

    /// The RFC 9728 document to serve at [`ResourceServerConfig::metadata_url`].
    pub fn metadata(&self) -> Result<ProtectedResourceMetadata, Error> {
        let config = &self.config;
        let issuers = config.authorization_servers.iter().map(|server| server.issuer.clone()).collect();
        let mut document = ProtectedResourceMetadata::new(config.resource.clone(), issuers)?;
        document.scopes_supported = config.access.scopes().union(&config.initial_scope);
        document.dpop_signing_alg_values_supported = Some(config.proof_algorithms.iter().collect());
        document.dpop_bound_access_tokens_required = config.sender_constraint == SenderConstraint::Required;
        Ok(document)
    }

    /// Whether the token of `access`, which this server granted, may call `tool`: for filtering the answer to a
    /// `tools/list` that has passed. As [`VerifiedAccess::permits_tool`].
    #[must_use]
    pub fn permits_tool(&self, access: &AuthorizedAccess, tool: &str) -> bool {
        self.offers(tool, &access.token.scope)
    }

    /// Whether `tool` is listed and needs no more than `scope`.
    fn offers(&self, tool: &str, scope: &Scope) -> bool {
        let operation = Operation::Tool(tool.into());
        self.config.access.find(&operation).is_ok_and(|(_, requirement)| requirement.scope.is_subset(scope))
    }

    fn reject(&self, error: Error, record: DecisionRecord, nonce: Option<&Nonce>) -> Rejection {
        let challenge = self.challenge.clone().scope(&self.config.initial_scope);
        self.reject_with(challenge, error, record, nonce)
    }

    fn reject_with(
        &self,
        challenge: ChallengeBuilder,
        error: Error,
        record: DecisionRecord,
        nonce: Option<&Nonce>,
    ) -> Rejection {
        let mut response = challenge.refusal(&error).respond(nonce);
        if error.at_resource() == OAuthError::TemporarilyUnavailable {
            response.headers.push("Retry-After", "1");
        }
        Rejection::new(error, error.at_resource(), response, record)
    }
}
