//! RFC 6749 §3.3: scope tokens and sets of them.

use alloc::collections::BTreeSet;
use alloc::string::String;
use core::fmt;

use crate::error::{Error, ErrorCode};
use crate::limits::Limits;
use crate::ordered;

/// One scope token: case-sensitive printable ASCII without space, quote and backslash.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ScopeToken(String);

impl ScopeToken {
    /// The longest accepted token in bytes.
    pub const MAX_BYTES: usize = 256;

    /// Checks `token`; fails with `scope_malformed`.
    pub fn new(token: impl Into<String>) -> Result<Self, Error> {
        let token = token.into();
        let legal = |byte: u8| matches!(byte, 0x21 | 0x23..=0x5B | 0x5D..=0x7E);
        if token.is_empty() || token.len() > Self::MAX_BYTES || !token.bytes().all(legal) {
            return Err(Error::new(ErrorCode::ScopeMalformed));
        }
        Ok(Self(token))
    }

    /// The token, verbatim.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ScopeToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl core::borrow::Borrow<str> for ScopeToken {
    fn borrow(&self) -> &str {
        &self.0
    }
}

/// A set of scope tokens. Order and repetition carry no meaning; it prints sorted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Scope(BTreeSet<ScopeToken>);

impl Scope {
    /// No scope at all.
    #[must_use]
    pub const fn empty() -> Self {
        Self(BTreeSet::new())
    }

    /// Reads a space-separated scope value; an empty string is the empty set.
    ///
    /// Fails with `scope_malformed` on an illegal character, a doubled, leading or trailing space, or more
    /// than [`Limits::scope_tokens`] tokens.
    pub fn parse(text: &str, limits: &Limits) -> Result<Self, Error> {
        if text.is_empty() {
            return Ok(Self::empty());
        }
        let mut tokens = BTreeSet::new();
        for (count, token) in text.split(' ').enumerate() {
            if count >= limits.scope_tokens {
                return Err(Error::new(ErrorCode::ScopeMalformed));
            }
            tokens.insert(ScopeToken::new(token)?);
        }
        Ok(Self(tokens))
    }

    /// Whether the set holds nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many tokens the set holds.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether `token` is in the set.
    #[must_use]
    pub fn contains(&self, token: &str) -> bool {
        self.0.contains(token)
    }

    /// The tokens in ascending order.
    pub fn iter(&self) -> impl Iterator<Item = &ScopeToken> {
        self.0.iter()
    }

    /// Adds one token.
    pub fn insert(&mut self, token: ScopeToken) {
        self.0.insert(token);
    }

    /// What both sets hold.
    #[must_use]
    pub fn intersection(&self, other: &Self) -> Self {
        Self(ordered::set(self.0.intersection(&other.0).cloned()))
    }

    /// What either set holds.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        Self(ordered::set(self.0.union(&other.0).cloned()))
    }

    /// What this set holds and `other` does not.
    #[must_use]
    pub fn difference(&self, other: &Self) -> Self {
        Self(ordered::set(self.0.difference(&other.0).cloned()))
    }

    /// Whether every token of this set is in `other`.
    #[must_use]
    pub fn is_subset(&self, other: &Self) -> bool {
        self.0.is_subset(&other.0)
    }
}

impl FromIterator<ScopeToken> for Scope {
    fn from_iter<I: IntoIterator<Item = ScopeToken>>(tokens: I) -> Self {
        Self(ordered::set(tokens))
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, token) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str(" ")?;
            }
            f.write_str(token.as_str())?;
        }
        Ok(())
    }
}
