//! The resource authorization server: an ID-JAG in, an access token for one resource out.
//!
//! `parse → needs → verify → authorize → first_use → access_token → sign → response`, each a type of its own, so
//! that no step can be left out. Every step that refuses returns a [`Rejection`].

mod config;
mod decide;
mod delegation;
mod issue;
mod pending;
mod revoke;
mod target;
mod token_request;

pub use config::{
    ClientAssociation, GrantReplay, IssuerTenants, ProtectedResource, ResourceAsConfig, SelfIssued,
    TrustedIssuer,
};
pub use decide::{AuthorizedGrant, ResolvedSubject, SpentGrant, VerifiedGrant};
pub use delegation::{
    AuthorizedDelegation, DelegationConfig, DelegationMaterial, DelegationNeeds, PendingDelegation,
    SpentDelegation, VerifiedDelegation,
};
pub use pending::{GrantMaterial, GrantNeeds, PendingGrant};
pub use revoke::{
    PendingRevocation, RevocationMaterial, RevocationNeeds, SpentRevocation, Stored, VerifiedRevocation,
};

pub use token_request::PendingToken;

use crate::error::{Error, OAuthError};
use crate::record::DecisionRecord;
use crate::rejection::{Refusal, Rejection, WireChoices};
use crate::text::Nonce;

/// A configured resource authorization server. Immutable; share it between threads.
#[derive(Clone, Debug)]
pub struct ResourceAuthorizationServer {
    config: ResourceAsConfig,
}

impl ResourceAuthorizationServer {
    /// Takes over a configuration; fails with `config_invalid` and, as detail, what is wrong with it.
    pub fn new(config: ResourceAsConfig) -> Result<Self, Error> {
        config.check()?;
        Ok(Self { config })
    }

    /// The configuration.
    #[must_use]
    pub const fn config(&self) -> &ResourceAsConfig {
        &self.config
    }

    fn reject(
        &self,
        refusal: impl Into<Refusal>,
        record: DecisionRecord,
        nonce: Option<&Nonce>,
    ) -> Rejection {
        let wire = WireChoices { denial: self.config.denial, subject_fault: OAuthError::InvalidGrant };
        refusal.into().at_token_endpoint(wire, record, nonce)
    }
}
