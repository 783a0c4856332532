//! Stores that remember what may be used once, and how they are asked.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::pin::Pin;
use std::sync::{Mutex, PoisonError};

use idjag::UnixTime;
use idjag::replay::{FirstUse, MemoryReplayStore, ReplayKey};

/// Remembers what may be used once.
pub trait ReplayStore: Send + Sync {
    /// Records [`ReplayKey::name`] until [`ReplayKey::retain_until`] and says whether it is new, in one atomic step.
    /// A store that cannot say answers [`FirstUse::Unavailable`]: the request is refused and may be tried again.
    fn first_use<'a>(
        &'a self,
        key: &'a ReplayKey,
        now: UnixTime,
    ) -> Pin<Box<dyn Future<Output = FirstUse> + Send + 'a>>;
}

/// A store in the memory of this process. More than one process needs a store that they share.
#[derive(Debug)]
pub struct MemoryReplay(Mutex<MemoryReplayStore>);

impl MemoryReplay {
    /// Remembers at most `capacity` tokens; once it is full of tokens that are still alive it is unavailable.
    #[must_use]
    pub const fn new(capacity: usize) -> Self {
        Self(Mutex::new(MemoryReplayStore::new(capacity)))
    }
}

impl ReplayStore for MemoryReplay {
    fn first_use<'a>(
        &'a self,
        key: &'a ReplayKey,
        now: UnixTime,
    ) -> Pin<Box<dyn Future<Output = FirstUse> + Send + 'a>> {
        let answer = self.0.lock().unwrap_or_else(PoisonError::into_inner).first_use(key, now);
        Box::pin(core::future::ready(answer))
    }
}

/// Asks `store` for each key in order, up to the first that is not new. A store that is missing cannot say.
pub(super) async fn first_uses(
    store: Option<&dyn ReplayStore>,
    keys: impl Iterator<Item = &ReplayKey>,
    now: UnixTime,
) -> Vec<FirstUse> {
    let mut answers = Vec::new();
    for key in keys {
        let answer = match store {
            Some(store) => store.first_use(key, now).await,
            None => FirstUse::Unavailable,
        };
        answers.push(answer);
        if answer != FirstUse::First {
            break;
        }
    }
    answers
}
