//! RFC 9449 §4.2, RFC 7523 §3: `jti` values nobody can guess or repeat, from random bytes of the host's.

use alloc::vec::Vec;

use crate::codec::base64url;
use crate::crypto::sha256;
use crate::error::{Error, ErrorCode};
use crate::text::TokenId;

/// Random bytes, drawn freshly by the host for one request.
#[derive(Clone, Copy)]
pub struct Entropy<'e>(&'e [u8]);

impl<'e> Entropy<'e> {
    /// The fewest bytes: 96 bits (R9449-002).
    pub const MIN_BYTES: usize = 12;

    /// Takes the bytes; fails with `entropy_too_short`.
    pub const fn new(bytes: &'e [u8]) -> Result<Self, Error> {
        if bytes.len() < Self::MIN_BYTES {
            return Err(Error::new(ErrorCode::EntropyTooShort));
        }
        Ok(Self(bytes))
    }

    /// A `jti`: the hash of `label`, `counter` and the bytes, so that every label and every count has its own,
    /// even where a host hands in the same bytes twice.
    pub fn token_id(&self, label: &str, counter: u64) -> Result<TokenId, Error> {
        let mut input = Vec::from(counter.to_be_bytes());
        input.extend_from_slice(&u64::try_from(label.len()).unwrap_or(u64::MAX).to_be_bytes());
        input.extend_from_slice(label.as_bytes());
        input.extend_from_slice(self.0);
        TokenId::new(base64url::encode(&sha256(&input)))
    }
}

impl core::fmt::Debug for Entropy<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Entropy(redacted)")
    }
}
