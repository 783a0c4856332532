//! The default provider: pure Rust, from the RustCrypto and dalek projects.

#[cfg(feature = "rustcrypto")]
mod ecdsa;
#[cfg(feature = "rustcrypto")]
mod eddsa;
#[cfg(feature = "rustcrypto")]
mod prepared;
#[cfg(feature = "rsa")]
mod rsa;
#[cfg(feature = "rustcrypto")]
mod signing;

#[cfg(feature = "rustcrypto")]
pub use signing::SigningKey;

use super::Provider;
#[cfg(feature = "rustcrypto")]
use crate::error::{Error, ErrorCode};

/// ES256, EdDSA and ES384 with feature `rustcrypto`; RS256 and PS256 with feature `rsa`.
pub const PROVIDER: Provider = Provider {
    algorithms: &[
        #[cfg(feature = "rustcrypto")]
        &ecdsa::Es256,
        #[cfg(feature = "rustcrypto")]
        &eddsa::EdDsa,
        #[cfg(feature = "rustcrypto")]
        &ecdsa::Es384,
        #[cfg(feature = "rsa")]
        &rsa::Rs256,
        #[cfg(feature = "rsa")]
        &rsa::Ps256,
    ],
};

#[cfg(feature = "rustcrypto")]
const WRONG_TYPE: Error = Error::new(ErrorCode::KeyTypeUnsupported);

#[cfg(feature = "rustcrypto")]
fn weak<E>(_: E) -> Error {
    Error::new(ErrorCode::KeyWeak)
}
