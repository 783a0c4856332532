//! What every handler takes of its host: where things are remembered and written down, and the bounds.

use alloc::sync::Arc;
use core::fmt;
use core::time::Duration;

use idjag::record::DecisionRecord;
use idjag::revocation::RevocationList;
use idjag::text::Nonce;
use idjag::token::NonceRule;

use super::{ReplayStore, Revocations};
use crate::{Failures, HostFailure, Looked, Surroundings};

/// What every handler takes of its host. Cheap to clone: several handlers may share one.
#[derive(Clone, Default)]
pub struct Hosting {
    pub(super) replay: Option<Arc<dyn ReplayStore>>,
    nonces: Option<Arc<dyn Nonces>>,
    records: Option<Arc<dyn Records>>,
    pub(super) revocations: Option<Arc<dyn Revocations>>,
    pub(super) failures: Failures,
    pub(super) surroundings: Surroundings,
    max_body_bytes: Option<usize>,
    body_timeout: Option<Duration>,
}

/// Whoever keeps decision records.
pub trait Records: Send + Sync {
    /// Keeps `record`. When it fails, nothing is granted.
    fn keep<'a>(&'a self, record: &'a DecisionRecord) -> Looked<'a, ()>;
}

/// Whoever makes the nonces that DPoP proofs must carry.
pub trait Nonces: Send + Sync {
    /// The nonces of the moment.
    fn current(&self) -> Looked<'_, CurrentNonces>;
}

/// The nonces of the moment.
#[derive(Clone, Debug)]
pub struct CurrentNonces {
    /// What new proofs carry.
    pub current: Nonce,
    /// What proofs made a moment ago carry.
    pub previous: Option<Nonce>,
}

impl Hosting {
    /// Nothing is remembered, so that whatever must be used once is refused; nothing is written down; no nonces.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Where it is remembered what was used.
    #[must_use]
    pub fn with_replay(self, store: impl ReplayStore + 'static) -> Self {
        Self { replay: Some(Arc::new(store)), ..self }
    }

    /// The nonces that proofs must carry.
    #[must_use]
    pub fn with_nonces(self, nonces: impl Nonces + 'static) -> Self {
        Self { nonces: Some(Arc::new(nonces)), ..self }
    }

    /// What has been revoked: every token and every grant is held against it.
    #[must_use]
    pub fn with_revocations(self, revocations: impl Revocations + 'static) -> Self {
        Self { revocations: Some(Arc::new(revocations)), ..self }
    }

    /// Where decisions are written down.
    #[must_use]
    pub fn with_records(self, records: impl Records + 'static) -> Self {
        Self { records: Some(Arc::new(records)), ..self }
    }

    /// Who is told of failures.
    #[must_use]
    pub fn with_failures(self, failures: Failures) -> Self {
        Self { failures, ..self }
    }

    /// Another clock or other randomness.
    #[must_use]
    pub fn with_surroundings(self, surroundings: Surroundings) -> Self {
        Self { surroundings, ..self }
    }

    /// The most bytes that a request's body may have, instead of the handler's own bound.
    #[must_use]
    pub fn with_max_body_bytes(self, max_body_bytes: usize) -> Self {
        Self { max_body_bytes: Some(max_body_bytes), ..self }
    }

    /// How long a request's body may take, instead of the handler's own bound.
    #[must_use]
    pub fn with_body_timeout(self, body_timeout: Duration) -> Self {
        Self { body_timeout: Some(body_timeout), ..self }
    }

    pub(super) fn bounds(&self, max_bytes: usize, timeout: Duration) -> Bounds {
        Bounds {
            max_bytes: self.max_body_bytes.unwrap_or(max_bytes),
            timeout: self.body_timeout.unwrap_or(timeout),
        }
    }

    pub(super) async fn nonces(&self) -> Result<Option<CurrentNonces>, HostFailure> {
        match &self.nonces {
            Some(nonces) => nonces.current().await.map(Some),
            None => Ok(None),
        }
    }

    /// The list of what has been revoked. One that is lost is a failure, never none.
    pub(super) async fn revoked(&self) -> Result<Option<Arc<RevocationList>>, HostFailure> {
        match &self.revocations {
            Some(revocations) => revocations.list().await.map(Some),
            None => Ok(None),
        }
    }

    /// Keeps the record of a decision that takes effect only if this succeeds.
    pub(super) async fn keep(&self, record: &DecisionRecord) -> Result<(), HostFailure> {
        match &self.records {
            Some(records) => records.keep(record).await,
            None => Ok(()),
        }
    }

    /// Keeps the record of a refusal, which stands whether or not that succeeds.
    pub(super) async fn note(&self, record: &DecisionRecord) {
        if let Err(failure) = self.keep(record).await {
            self.failures.report(failure.cause());
        }
    }
}

/// How much of a request is read, and for how long.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bounds {
    pub(super) max_bytes: usize,
    pub(super) timeout: Duration,
}

/// The library's view of the nonces of the moment.
pub(super) fn rule_of(nonces: Option<&CurrentNonces>) -> NonceRule<'_> {
    nonces.map_or(NonceRule::NotRequired, |nonces| NonceRule::Required {
        current: &nonces.current,
        previous: nonces.previous.as_ref(),
    })
}

impl fmt::Debug for Hosting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hosting")
            .field("replay", &self.replay.is_some())
            .field("nonces", &self.nonces.is_some())
            .field("records", &self.records.is_some())
            .field("revocations", &self.revocations.is_some())
            .finish_non_exhaustive()
    }
}
