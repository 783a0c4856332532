//! The default provider: pure Rust, from the RustCrypto and dalek projects.

#[cfg(feature = "rustcrypto")]
mod elliptic;
#[cfg(feature = "rsa")]
mod rsa;
#[cfg(feature = "rustcrypto")]
mod signing;

#[cfg(feature = "p384")]
pub use elliptic::Es384;
#[cfg(feature = "rustcrypto")]
pub use elliptic::{EdDsa, Es256};
#[cfg(feature = "rsa")]
pub use rsa::{Ps256, Rs256};
#[cfg(feature = "rustcrypto")]
pub use signing::{Private, SigningKey};

use super::Provider;

/// ES256 and EdDSA with feature `rustcrypto`; ES384 with feature `p384`; RS256 and PS256 with feature `rsa`.
pub const PROVIDER: Provider = Provider {
    algorithms: &[
        #[cfg(feature = "rustcrypto")]
        &Es256,
        #[cfg(feature = "rustcrypto")]
        &EdDsa,
        #[cfg(feature = "p384")]
        &Es384,
        #[cfg(feature = "rsa")]
        &Rs256,
        #[cfg(feature = "rsa")]
        &Ps256,
    ],
};
