//! The default provider: pure Rust, from the RustCrypto and dalek projects.

#[cfg(feature = "rustcrypto")]
mod elliptic;
#[cfg(feature = "rsa")]
mod rsa;
#[cfg(feature = "rustcrypto")]
mod signing;

#[cfg(feature = "rustcrypto")]
pub use signing::SigningKey;

use super::Provider;

/// ES256 and EdDSA with feature `rustcrypto`; ES384 with feature `p384`; RS256 and PS256 with feature `rsa`.
pub const PROVIDER: Provider = Provider {
    algorithms: &[
        #[cfg(feature = "rustcrypto")]
        &elliptic::Es256,
        #[cfg(feature = "rustcrypto")]
        &elliptic::EdDsa,
        #[cfg(feature = "p384")]
        &elliptic::Es384,
        #[cfg(feature = "rsa")]
        &rsa::Rs256,
        #[cfg(feature = "rsa")]
        &rsa::Ps256,
    ],
};
