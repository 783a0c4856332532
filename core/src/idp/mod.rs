//! The identity provider: a user's assertion in, an ID-JAG for one resource authorization server out.
//!
//! `parse → needs → verify → target → authorize → first_use → id_jag → sign → response`; for SAML clients that ask
//! for a refresh token instead, `verify → refresh_token`. Every step that refuses returns a [`Rejection`].

mod client;
mod config;
mod issue;
mod pending;
mod refresh;
mod subject;
mod target;

pub use client::PendingClient;
pub use config::{AudienceSettings, ClientIdModel, IdpConfig, SubjectTokens};
pub use issue::{AuthorizedExchange, SpentExchange};
pub use pending::{ExchangeMaterial, ExchangeNeeds, PendingExchange, SubjectNeed, VerifiedExchange};
pub use refresh::{AuthorizedRefresh, SpentRefresh};
pub use subject::{DirectorySubject, HostAttestedSubject, VerifiedSubject, Vouched};
pub use target::TargetedExchange;

pub use crate::oauth::ActorProfile;

use crate::error::Error;
use crate::record::{DecisionRecord, Role};
use crate::rejection::{Refusal, Rejection, WireChoices};
use crate::text::Nonce;
use crate::time::UnixTime;

/// A configured identity provider. Immutable; share it between threads.
#[derive(Clone, Debug)]
pub struct IdpAuthorizationServer {
    config: IdpConfig,
}

impl IdpAuthorizationServer {
    /// Takes over a configuration; fails with `config_invalid` and, as detail, what is wrong with it.
    pub fn new(config: IdpConfig) -> Result<Self, Error> {
        config.check()?;
        Ok(Self { config })
    }

    /// The configuration.
    #[must_use]
    pub const fn config(&self) -> &IdpConfig {
        &self.config
    }

    fn record(&self, now: UnixTime) -> DecisionRecord {
        DecisionRecord::new(Role::Idp, self.config.issuer.as_str(), now)
    }

    fn reject(
        &self,
        refusal: impl Into<Refusal>,
        record: DecisionRecord,
        nonce: Option<&Nonce>,
    ) -> Rejection {
        let wire = WireChoices { denial: self.config.denial, subject_fault: self.config.subject_fault };
        refusal.into().at_token_endpoint(wire, record, nonce)
    }
}
