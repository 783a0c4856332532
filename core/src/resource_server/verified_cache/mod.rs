//! Tokens that were verified a moment ago: bounded, owned by the caller, and no more than a shorter way to the same answer.
//!
//! Kept are the claims of a token whose signature held, under the SHA-256 of its text and never the text itself. That a
//! signature holds, and what the claims say, are facts about those bytes; everything else is checked again on each use, by
//! the code that checks it the first time: the time, that the very key is still in the issuer's set, revocation, the
//! conversation, the binding and its proof, and the operation. So a cache changes no answer, only the time it takes.
//! What was refused is never kept.

mod shelf;
#[cfg(test)]
mod shelf_tests;
#[cfg(test)]
mod tests;

use alloc::sync::Arc;
use core::cell::RefCell;
use core::fmt;

use crate::crypto::sha256;
use crate::scope::Scope;
use crate::token::VerifiedAccessToken;

use shelf::Shelf;

/// The longest token that is kept, in bytes: what a token's claims take in memory is bounded by its length.
const MAX_TOKEN_BYTES: usize = 4096;

/// A bounded cache of verified access tokens, for one or more [`super::ResourceServer`]s. What one of them verified is
/// nothing to another: a changed configuration is another server. A token that two of them take is kept for the one that
/// verified it last.
///
/// Tokens that are used once push out one another, not those that are used again and again; when it is full, the least
/// used leave. It takes about two kilobytes for each token of usual size.
pub struct VerifiedTokenCache(Shelf<Arc<VerifiedToken>>);

impl VerifiedTokenCache {
    /// As many tokens as are worth keeping where nobody says otherwise.
    pub const DEFAULT_CAPACITY: usize = 1024;

    /// A cache of at most `capacity` tokens, and never more than 65,536; of 0, it keeps nothing.
    #[must_use]
    pub fn new(capacity: usize) -> Self {
        Self(Shelf::new(capacity))
    }

    /// How many tokens it may hold.
    #[must_use]
    pub const fn capacity(&self) -> usize {
        self.0.capacity()
    }

    /// How many tokens it holds.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether it holds none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.len() == 0
    }
}

impl Default for VerifiedTokenCache {
    fn default() -> Self {
        Self::new(Self::DEFAULT_CAPACITY)
    }
}

impl fmt::Debug for VerifiedTokenCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerifiedTokenCache")
            .field("capacity", &self.capacity())
            .field("len", &self.len())
            .finish()
    }
}

/// A [`VerifiedTokenCache`] behind the lock of whoever owns it.
///
/// It is asked for a moment at a time: tokens are hashed and verified outside.
pub trait SharedTokenCache {
    /// Runs `ask` with the cache while nobody else is at it; or not at all, which is as if nothing were cached.
    fn with(&self, ask: &mut dyn FnMut(&mut VerifiedTokenCache));
}

impl SharedTokenCache for RefCell<VerifiedTokenCache> {
    fn with(&self, ask: &mut dyn FnMut(&mut VerifiedTokenCache)) {
        if let Ok(mut cache) = self.try_borrow_mut() {
            ask(&mut cache);
        }
    }
}

/// Which configuration verified a token. Two servers share one only if they are clones of each other.
#[derive(Clone, Debug, Default)]
pub(super) struct Generation(Arc<()>);

impl PartialEq for Generation {
    fn eq(&self, other: &Self) -> bool {
        // While either lives, nothing else can have its address.
        Arc::ptr_eq(&self.0, &other.0)
    }
}

/// A token whose signature and claims hold by one configuration.
#[derive(Debug)]
pub(super) struct VerifiedToken {
    pub(super) token: VerifiedAccessToken,
    /// Its scope, with what that includes.
    pub(super) scope: Scope,
    pub(super) generation: Generation,
}

/// Whether a token is in a cache, and under which number: one that no other token ever has.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(
    not(feature = "wire-resource-server"),
    expect(dead_code, reason = "only the bindings ask for numbers")
)]
pub(crate) enum Kept {
    /// It is in none.
    Not,
    /// It was put there just now.
    Now(u64),
    /// It was there before.
    Before(u64),
}

/// The place of one token in a cache.
#[derive(Clone, Copy)]
pub(super) struct Place<'c> {
    cache: &'c dyn SharedTokenCache,
    digest: shelf::Digest,
}

impl<'c> Place<'c> {
    /// The place of `token`, if tokens of its size have one.
    pub(super) fn of(token: &str, cache: &'c dyn SharedTokenCache) -> Option<Self> {
        (token.len() <= MAX_TOKEN_BYTES).then(|| Self { cache, digest: sha256(token.as_bytes()) })
    }

    /// What is kept there by the configuration of `generation`, and under which number.
    pub(super) fn find(&self, generation: &Generation) -> Option<(Arc<VerifiedToken>, u64)> {
        let mut found = None;
        self.cache.with(&mut |cache| {
            found = cache.0.find(&self.digest).map(|(token, number)| (Arc::clone(token), number));
        });
        found.filter(|(token, _)| token.generation == *generation)
    }

    /// Keeps `token` there.
    pub(super) fn keep(&self, token: &Arc<VerifiedToken>) -> Kept {
        let mut number = None;
        self.cache.with(&mut |cache| number = cache.0.keep(self.digest, Arc::clone(token)));
        number.map_or(Kept::Not, Kept::Now)
    }

    /// Forgets what is kept there.
    pub(super) fn forget(&self) {
        self.cache.with(&mut |cache| cache.0.remove(&self.digest));
    }
}

impl fmt::Debug for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Place").finish_non_exhaustive()
    }
}
