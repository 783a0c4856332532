//! RFC 6749 §3.3: scope tokens and sets of them.

use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;

use crate::error::{Error, ErrorCode};
use crate::limits::Limits;
use crate::ordered;

/// One scope token: case-sensitive printable ASCII without space, quote and backslash.
///
/// Cloning one copies no text.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ScopeToken(Arc<str>);

impl ScopeToken {
    /// The longest accepted token in bytes.
    pub const MAX_BYTES: usize = 256;

    /// Checks `token`; fails with `scope_malformed`.
    pub fn new(token: impl Into<Arc<str>>) -> Result<Self, Error> {
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
///
/// Cloning one copies nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Scope(
    /// In ascending order; never an empty list.
    Option<Arc<[ScopeToken]>>,
);

impl Scope {
    /// No scope at all.
    #[must_use]
    pub const fn empty() -> Self {
        Self(None)
    }

    /// Reads a space-separated scope value; an empty string is the empty set.
    ///
    /// Fails with `scope_malformed` on an illegal character, a doubled, leading or trailing space, or more
    /// than [`Limits::scope_tokens`] tokens.
    pub fn parse(text: &str, limits: &Limits) -> Result<Self, Error> {
        if text.is_empty() {
            return Ok(Self::empty());
        }
        let mut tokens = Vec::new();
        for (count, token) in text.split(' ').enumerate() {
            if count >= limits.scope_tokens {
                return Err(Error::new(ErrorCode::ScopeMalformed));
            }
            tokens.push(ScopeToken::new(token)?);
        }
        Ok(Self::of(tokens))
    }

    /// The set of these tokens.
    fn of(tokens: Vec<ScopeToken>) -> Self {
        let is_ascending = tokens.is_sorted_by(|left, right| left < right);
        let mut tokens = if is_ascending { tokens } else { ordered::sorted(tokens) };
        tokens.dedup();
        Self(if tokens.is_empty() { None } else { Some(tokens.into()) })
    }

    fn tokens(&self) -> &[ScopeToken] {
        self.0.as_deref().unwrap_or_default()
    }

    /// Whether the set holds nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// How many tokens the set holds.
    #[must_use]
    pub fn len(&self) -> usize {
        self.tokens().len()
    }

    /// Whether `token` is in the set.
    #[must_use]
    pub fn contains(&self, token: &str) -> bool {
        self.find(token).is_ok()
    }

    /// Where `token` is, or where it would be.
    fn find(&self, token: &str) -> Result<usize, usize> {
        self.tokens().binary_search_by(|known| known.as_str().cmp(token))
    }

    /// The tokens in ascending order.
    pub fn iter(&self) -> impl Iterator<Item = &ScopeToken> {
        self.tokens().iter()
    }

    /// Adds one token.
    pub fn insert(&mut self, token: ScopeToken) {
        if let Err(place) = self.find(token.as_str()) {
            let mut tokens = self.tokens().to_vec();
            tokens.insert(place, token);
            *self = Self::of(tokens);
        }
    }

    /// The tokens of this set for which `keep` holds.
    fn filtered(&self, keep: impl Fn(&ScopeToken) -> bool) -> Self {
        self.iter().filter(|token| keep(token)).cloned().collect()
    }

    /// What both sets hold.
    #[must_use]
    pub fn intersection(&self, other: &Self) -> Self {
        self.filtered(|token| other.contains(token.as_str()))
    }

    /// What either set holds.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        if other.is_subset(self) {
            return self.clone();
        }
        self.iter().chain(other.iter()).cloned().collect()
    }

    /// What this set holds and `other` does not.
    #[must_use]
    pub fn difference(&self, other: &Self) -> Self {
        self.filtered(|token| !other.contains(token.as_str()))
    }

    /// Whether every token of this set is in `other`.
    #[must_use]
    pub fn is_subset(&self, other: &Self) -> bool {
        self.iter().all(|token| other.contains(token.as_str()))
    }
}

impl FromIterator<ScopeToken> for Scope {
    fn from_iter<I: IntoIterator<Item = ScopeToken>>(tokens: I) -> Self {
        Self::of(tokens.into_iter().collect())
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, token) in self.iter().enumerate() {
            if index > 0 {
                f.write_str(" ")?;
            }
            f.write_str(token.as_str())?;
        }
        Ok(())
    }
}
