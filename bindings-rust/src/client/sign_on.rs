//! What only the host has: the user's sign-on, asked for once, whatever the number of servers that need it; a workload's
//! assertion; a user's permission.

use alloc::boxed::Box;
use alloc::sync::Arc;
use core::fmt;

use idjag::client::{AssertionNeed, AuthorizationNeed, Identity, IdentityNeed, IdentityReason};
use idjag::secret::Secret;
use tokio::sync::Mutex;

use crate::{HostFailure, Looked};

/// Signs the user on at the identity provider.
pub trait SignOn: Send + Sync {
    /// The sign-on that `need` asks for; `None` when it will not take place.
    fn sign_on<'a>(&'a self, need: &'a IdentityNeed) -> Looked<'a, Option<Arc<Identity>>>;
}

/// A sign-on that took place already and cannot be renewed.
#[derive(Clone, Debug)]
pub struct SignedOn(pub Arc<Identity>);

impl SignOn for SignedOn {
    fn sign_on<'a>(&'a self, need: &'a IdentityNeed) -> Looked<'a, Option<Arc<Identity>>> {
        let serves = need.reason == IdentityReason::SignOn;
        Box::pin(async move { Ok(serves.then(|| self.0.clone())) })
    }
}

/// Signs on by calling `ask`.
pub fn sign_on_by<F, A>(ask: F) -> impl SignOn
where
    F: Fn(IdentityNeed) -> A + Send + Sync,
    A: Future<Output = Result<Option<Arc<Identity>>, HostFailure>> + Send + 'static,
{
    Asking(ask)
}

struct Asking<F>(F);

impl<F, A> SignOn for Asking<F>
where
    F: Fn(IdentityNeed) -> A + Send + Sync,
    A: Future<Output = Result<Option<Arc<Identity>>, HostFailure>> + Send + 'static,
{
    fn sign_on<'a>(&'a self, need: &'a IdentityNeed) -> Looked<'a, Option<Arc<Identity>>> {
        Box::pin((self.0)(need.clone()))
    }
}

/// Says who a workload is, for connections that come by tokens in this way.
pub trait Assertions: Send + Sync {
    /// The JWT that `need` asks for; `None` when there is none.
    fn assertion<'a>(&'a self, need: &'a AssertionNeed) -> Looked<'a, Option<Secret>>;
}

/// Asks the user for permission in a browser, for connections that come by tokens in this way. A connection by ID-JAG
/// never does.
pub trait Authorizations: Send + Sync {
    /// The whole address, query included, that the browser was sent back to; `None` when it was not.
    fn authorize<'a>(&'a self, need: &'a AuthorizationNeed) -> Looked<'a, Option<String>>;
}

/// One sign-on for all connections of a client.
#[derive(Clone)]
pub(super) struct Shared {
    ask: Arc<dyn SignOn>,
    held: Arc<Mutex<Option<Arc<Identity>>>>,
}

impl Shared {
    pub(super) fn new(ask: impl SignOn + 'static) -> Self {
        Self { ask: Arc::new(ask), held: Arc::default() }
    }

    /// A sign-on other than `had`: the one that another connection got meanwhile, else a new one.
    pub(super) async fn other_than(
        &self,
        had: Option<&Arc<Identity>>,
        need: &IdentityNeed,
    ) -> Result<Option<Arc<Identity>>, HostFailure> {
        let mut held = self.held.lock().await;
        let is_new = |identity: &&Arc<Identity>| !had.is_some_and(|had| Arc::ptr_eq(had, identity));
        if let Some(identity) = held.as_ref().filter(is_new) {
            return Ok(Some(identity.clone()));
        }
        let fresh = self.ask.sign_on(need).await?;
        if fresh.is_some() {
            held.clone_from(&fresh);
        }
        Ok(fresh)
    }
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignOn").finish_non_exhaustive()
    }
}
