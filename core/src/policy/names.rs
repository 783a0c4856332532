//! The names that a policy document gives its apps, servers and rules.

use alloc::sync::Arc;
use core::borrow::Borrow;
use core::fmt;

/// The longest name, label or scope set name in bytes.
pub(super) const MAX_NAME_BYTES: usize = 128;

/// Whether `text` may name an app, server, rule, label or scope set: 1 to 128 ASCII letters, digits, `-`,
/// `_`, `.`, `:` and `/`. Names are printed in logs, records and explanations, so they hold nothing else.
pub(super) fn is_name(text: &str) -> bool {
    let legal = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b':' | b'/');
    !text.is_empty() && text.len() <= MAX_NAME_BYTES && text.bytes().all(legal)
}

macro_rules! id_type {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        ///
        /// Only a compiled policy makes values of this type. Cloning one copies no text.
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Arc<str>);

        impl $name {
            pub(super) fn of(text: &str) -> Self {
                Self(Arc::from(text))
            }

            /// The `id`, as the document has it: 1 to 128 ASCII letters, digits and `-_.:/`.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(&*self.0, f)
            }
        }

        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
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

id_type!(
    /// The `id` of an app in a policy document.
    AppId
);
id_type!(
    /// The `id` of an agent in a policy document.
    AgentId
);
id_type!(
    /// The `id` of a server in a policy document.
    ServerId
);
id_type!(
    /// The `id` of a rule in a policy document.
    RuleId
);
