//! What the host is asked, and that it may fail to answer.

use alloc::boxed::Box;
use alloc::sync::Arc;
use core::error::Error;
use core::fmt;
use core::pin::Pin;

/// What the host answers when it has looked. A trait of the host's has methods that return this; write
/// `Box::pin(async move { … })`.
pub type Looked<'a, T> = Pin<Box<dyn Future<Output = Result<T, HostFailure>> + Send + 'a>>;

/// The host could not look: its directory, registry, store or signer failed. Nothing was decided, and nothing is taken
/// for an answer: the request is refused and may be tried again.
pub struct HostFailure(Box<dyn Error + Send + Sync>);

impl HostFailure {
    /// The failure, for whoever logs.
    #[must_use]
    pub fn cause(&self) -> &(dyn Error + Send + Sync + 'static) {
        self.0.as_ref()
    }
}

impl<E: Into<Box<dyn Error + Send + Sync>>> From<E> for HostFailure {
    fn from(cause: E) -> Self {
        Self(cause.into())
    }
}

impl fmt::Debug for HostFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("HostFailure").field(&self.0).finish()
    }
}

impl fmt::Display for HostFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the host failed: {}", self.0)
    }
}

type Observer = Arc<dyn Fn(&dyn Error) + Send + Sync>;

/// Told of failures that are nobody's refusal; responses say nothing of them.
#[derive(Clone, Default)]
pub struct Failures(Option<Observer>);

impl Failures {
    /// Tells `observer`.
    pub fn to(observer: impl Fn(&dyn Error) + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(observer)))
    }

    /// Tells nobody.
    #[must_use]
    pub const fn ignored() -> Self {
        Self(None)
    }

    pub(crate) fn report(&self, failure: &dyn Error) {
        if let Some(observer) = &self.0 {
            observer(failure);
        }
    }
}

impl fmt::Debug for Failures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Failures").field(&self.0.is_some()).finish()
    }
}
