//! What the grants without ID-JAG need of the host.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::sync::Arc;
use core::fmt;

use idjag::client::{AssertionNeed, AuthorizationNeed};
use idjag::secret::Secret;

use crate::{HostFailure, Looked};

/// Supplies assertions and authorizations. Each declines unless it is written.
pub trait Supply: Send + Sync {
    /// A JWT that says who the workload is, made for `need.audience`; `None` when there is none.
    fn assertion<'a>(&'a self, need: &'a AssertionNeed) -> Looked<'a, Option<Secret>> {
        let _ = need;
        Box::pin(async { Ok(None) })
    }

    /// Opens `need.url` in the user's browser: the address that it was sent back to, query included; `None` when the
    /// user cannot be asked.
    fn authorization<'a>(&'a self, need: &'a AuthorizationNeed) -> Looked<'a, Option<String>> {
        let _ = need;
        Box::pin(async { Ok(None) })
    }
}

/// What a driver was given, if anything.
#[derive(Clone, Default)]
pub(super) struct Supplies(Option<Arc<dyn Supply>>);

impl Supplies {
    pub(super) fn of(supply: impl Supply + 'static) -> Self {
        Self(Some(Arc::new(supply)))
    }

    pub(super) async fn assertion(&self, need: &AssertionNeed) -> Result<Option<Secret>, HostFailure> {
        match &self.0 {
            Some(supply) => supply.assertion(need).await,
            None => Ok(None),
        }
    }

    pub(super) async fn authorization(
        &self,
        need: &AuthorizationNeed,
    ) -> Result<Option<String>, HostFailure> {
        match &self.0 {
            Some(supply) => supply.authorization(need).await,
            None => Ok(None),
        }
    }
}

impl fmt::Debug for Supplies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Supplies").finish_non_exhaustive()
    }
}
