//! One use per token: the key to remember, and the answer of whoever remembers.

use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::vec::Vec;

use sha2::{Digest as _, Sha256};

use crate::codec::base64url;
use crate::error::{Error, ErrorCode};
use crate::text::TokenId;
use crate::time::UnixTime;
use crate::token::TokenKind;

/// What to remember of a token, and until when. Kind and issuer are part of it: a `jti` is unique within its
/// issuer only, and one party's token must not spend another's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReplayKey {
    kind: TokenKind,
    digest: [u8; 32],
    retain_until: UnixTime,
}

impl ReplayKey {
    /// The key of token `jti` of `issuer`, worth remembering until `retain_until`, tolerance included. A key is
    /// no proof of anything: it names what a store remembers.
    #[must_use]
    pub fn new(kind: TokenKind, issuer: &str, jti: &TokenId, retain_until: UnixTime) -> Self {
        let mut hash = Sha256::new();
        for part in [kind.as_str(), issuer, jti.as_str()] {
            // Length first: no two triples hash the same bytes.
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part.as_bytes());
        }
        Self { kind, digest: hash.finalize().into(), retain_until }
    }

    /// What kind of token this is.
    #[must_use]
    pub const fn kind(&self) -> TokenKind {
        self.kind
    }

    /// The name under which a store keeps it: fixed length, nothing the sender chose.
    #[must_use]
    pub fn name(&self) -> String {
        let digest = base64url::encode(&self.digest);
        ["idjag:", self.kind.as_str(), ":", &digest].concat()
    }

    /// The key of this [`Self::name`].
    #[must_use]
    pub fn parse(name: &str, retain_until: UnixTime) -> Option<Self> {
        let (kind, digest) = name.strip_prefix("idjag:")?.split_once(':')?;
        Some(Self { kind: TokenKind::named(kind)?, digest: base64url::decode_array(digest)?, retain_until })
    }

    /// When the token can no longer be accepted: the store may forget it from then on.
    #[must_use]
    pub const fn retain_until(&self) -> UnixTime {
        self.retain_until
    }
}

/// What the store says. Recording and answering are one atomic step (`SET NX`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FirstUse {
    /// Recorded just now.
    First,
    /// Recorded before.
    Seen,
    /// The store cannot say: the request is refused, and may be tried again.
    Unavailable,
}

/// What one request spends, in the order in which to record it: one atomic "record and tell whether it is new" per
/// key, stopping at the first that is not. The grant itself comes last, so that nothing else spends it in vain.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReplayKeys(Vec<ReplayKey>);

impl ReplayKeys {
    pub(crate) fn new(keys: impl IntoIterator<Item = Option<ReplayKey>>) -> Self {
        Self(keys.into_iter().flatten().collect())
    }

    /// The keys in order.
    pub fn iter(&self) -> impl Iterator<Item = &ReplayKey> {
        self.0.iter()
    }

    /// Asks a synchronous store, stopping where it must.
    pub(crate) fn ask(&self, mut store: impl FnMut(&ReplayKey) -> FirstUse) -> Vec<FirstUse> {
        let mut answers = Vec::new();
        for key in &self.0 {
            let answer = store(key);
            answers.push(answer);
            if answer != FirstUse::First {
                break;
            }
        }
        answers
    }

    /// Fails with `token_replayed`, or with `store_unavailable`; a missing answer is an unavailable store.
    pub(crate) fn check(&self, answers: &[FirstUse]) -> Result<(), Error> {
        for (index, key) in self.0.iter().enumerate() {
            match answers.get(index) {
                Some(FirstUse::First) => {}
                Some(FirstUse::Seen) => return Err(Error::new(ErrorCode::TokenReplayed).of(key.kind)),
                Some(FirstUse::Unavailable) | None => return Err(Error::new(ErrorCode::StoreUnavailable)),
            }
        }
        Ok(())
    }
}

/// A bounded store in memory: the embedded default for one process.
#[derive(Clone, Debug)]
pub struct MemoryReplayStore {
    seen: BTreeSet<[u8; 32]>,
    by_expiry: BTreeSet<(UnixTime, [u8; 32])>,
    capacity: usize,
}

impl MemoryReplayStore {
    /// A store of at most `capacity` tokens. When it is full of tokens that are still alive it answers
    /// [`FirstUse::Unavailable`]: it never forgets one early.
    #[must_use]
    pub const fn new(capacity: usize) -> Self {
        Self { seen: BTreeSet::new(), by_expiry: BTreeSet::new(), capacity }
    }

    /// Records `key` and says whether it is new.
    ///
    /// Of a token that can no longer be accepted it says [`FirstUse::Unavailable`]: that one was used before may have
    /// been forgotten between its verification and this question.
    pub fn first_use(&mut self, key: &ReplayKey, now: UnixTime) -> FirstUse {
        if key.retain_until <= now {
            return FirstUse::Unavailable;
        }
        while let Some(oldest) = self.by_expiry.first().copied().filter(|(until, _)| *until <= now) {
            self.by_expiry.remove(&oldest);
            self.seen.remove(&oldest.1);
        }
        if self.seen.contains(&key.digest) {
            return FirstUse::Seen;
        }
        if self.seen.len() >= self.capacity {
            return FirstUse::Unavailable;
        }
        self.seen.insert(key.digest);
        self.by_expiry.insert((key.retain_until, key.digest));
        FirstUse::First
    }

    /// How many tokens are remembered.
    #[must_use]
    pub fn len(&self) -> usize {
        self.seen.len()
    }

    /// Whether nothing is remembered.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.seen.is_empty()
    }
}
