//! JOSE: headers, keys, key sets, compact signatures; nothing here knows what a claim means.

mod header;
mod jwk;
mod jwks;
mod jws;
mod unsigned;

pub use header::Header;
pub(crate) use jwk::KeyIdentity;
pub use jwk::PublicKey;
pub use jwks::{KeySet, PublicKeys};
pub(crate) use jws::Seal;
pub use jws::{UnverifiedJws, VerifiedJws};
pub use unsigned::{Jwt, PendingSignature, Unsigned};
