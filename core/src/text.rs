//! Identifiers as validated types: whoever holds one knows that its text was checked.

use alloc::sync::Arc;

use crate::codec::base64url;
use crate::error::{Error, ErrorCode};

/// True when `text` is 1 to `max` bytes long and free of control characters.
pub(crate) fn is_plain(text: &str, max: usize) -> bool {
    let is_printable = |byte: u8| matches!(byte, b' '..=b'~');
    // Nearly every text is ASCII, and then this is all: without a way out of the loop, it takes many bytes at a time.
    let is_all_printable = || text.bytes().fold(true, |all, byte| all & is_printable(byte));
    !text.is_empty() && text.len() <= max && (is_all_printable() || !text.chars().any(char::is_control))
}

/// What every type around a checked string offers: reading it, and nothing else.
macro_rules! text_access {
    ($name:ident) => {
        impl $name {
            /// The text, verbatim.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl core::fmt::Display for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl PartialEq<str> for $name {
            fn eq(&self, other: &str) -> bool {
                &*self.0 == other
            }
        }
    };
}
pub(crate) use text_access;

/// Declares a string type whose values are non-empty, bounded and free of control characters.
macro_rules! text_type {
    ($(#[$doc:meta])* $name:ident, $max:literal, $what:literal) => {
        $(#[$doc])*
        ///
        /// Cloning one copies no text.
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Arc<str>);

        impl $name {
            /// The longest accepted value in bytes.
            pub const MAX_BYTES: usize = $max;

            /// Checks and takes over `text`; fails with `text_invalid` when it is empty, longer than
            /// [`Self::MAX_BYTES`] or holds a control character.
            pub fn new(text: impl Into<Arc<str>>) -> Result<Self, Error> {
                let text = text.into();
                if is_plain(&text, Self::MAX_BYTES) { Ok(Self(text)) } else { Err(Error::text($what)) }
            }
        }

        crate::text::text_access!($name);
    };
}

text_type!(
    /// An OAuth client identifier: opaque, or a Client ID Metadata Document URL. Compared verbatim.
    ClientId, 1024, "client_id"
);
text_type!(
    /// A `sub`: names a user within its issuer (and tenant), never on its own.
    Subject, 512, "sub"
);
text_type!(
    /// A `jti`: unique within its issuer. At most 256 bytes, so that a replay store cannot be filled.
    TokenId, 256, "jti"
);
text_type!(
    /// A `kid`. Selects a key among those of one issuer and does nothing else (R8725-015).
    KeyId, 512, "kid"
);
text_type!(
    /// A tenant of a multi-tenant issuer or resource authorization server.
    Tenant, 256, "tenant"
);
text_type!(
    /// An authentication context class reference (OpenID Connect Core §2).
    Acr, 512, "acr"
);
text_type!(
    /// An authentication method reference (RFC 8176).
    Amr, 128, "amr"
);
text_type!(
    /// An e-mail address as a directory states it: a hint for account linking, never an identifier.
    Email, 320, "email"
);
text_type!(
    /// A group of the company's directory.
    Group, 256, "group"
);
text_type!(
    /// A nonce: `DPoP-Nonce` of RFC 9449 §8 or the ID Token's `nonce`.
    Nonce, 512, "nonce"
);
text_type!(
    /// The `sid` of an ID Token: the user's session at the OpenID provider.
    SessionId, 256, "sid"
);
text_type!(
    /// A host's own name for a request, such as a trace id: for joining logs.
    RequestId, 256, "request_id"
);

impl TokenId {
    /// The fewest random bytes a `jti` is made of: 96 bits (RFC 9449 §4.2).
    pub const MIN_ENTROPY: usize = 12;

    /// A `jti` made of `random` bytes; fails with `entropy_too_short` below [`TokenId::MIN_ENTROPY`].
    pub fn from_entropy(random: &[u8]) -> Result<Self, Error> {
        if random.len() < Self::MIN_ENTROPY {
            return Err(Error::new(ErrorCode::EntropyTooShort));
        }
        Self::new(base64url::encode(random))
    }
}
