//! The default provider: pure Rust, from the RustCrypto and dalek projects.

#[cfg(feature = "rustcrypto")]
mod eddsa;
#[cfg(feature = "rustcrypto")]
mod es256;
#[cfg(feature = "p384")]
mod es384;
#[cfg(feature = "rustcrypto")]
mod prepared;
#[cfg(feature = "rsa")]
mod rs256;
#[cfg(feature = "rsa")]
mod rsa;
#[cfg(feature = "rustcrypto")]
mod signing;

#[cfg(feature = "rustcrypto")]
pub use eddsa::EdDsa;
#[cfg(feature = "rustcrypto")]
pub use es256::Es256;
#[cfg(feature = "p384")]
pub use es384::Es384;
#[cfg(feature = "rsa")]
pub use rs256::Rs256;
#[cfg(feature = "rsa")]
pub use rsa::Ps256;
#[cfg(feature = "rustcrypto")]
pub use signing::{Private, SigningKey};

use super::Provider;
#[cfg(feature = "rustcrypto")]
use crate::error::{Error, ErrorCode};

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

#[cfg(feature = "rustcrypto")]
const WRONG_TYPE: Error = Error::new(ErrorCode::KeyTypeUnsupported);

#[cfg(feature = "rustcrypto")]
fn weak<E>(_: E) -> Error {
    Error::new(ErrorCode::KeyWeak)
}
