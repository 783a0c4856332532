//! AWS-LC as a provider of signatures for `idjag`: optimised C and assembly, for std targets.
//!
//! Nothing changes by depending on this crate: pass [`PROVIDER`] or [`FASTEST`] where keys are read.
//!
//! ```
//! use idjag::Limits;
//! use idjag::jose::KeySet;
//! use idjag::uri::{Issuer, Transport};
//!
//! # fn main() -> Result<(), idjag::Error> {
//! # let jwks = br#"{"keys":[]}"#;
//! let issuer = Issuer::new("https://auth.example", Transport::HttpsOnly)?;
//! let algorithms = idjag_aws_lc::FASTEST.allow_all();
//! let keys = KeySet::parse(issuer, jwks, &algorithms, &Limits::DEFAULT)?;
//! # Ok(())
//! # }
//! ```
#![forbid(unsafe_code)]
#![deny(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects
)]

extern crate alloc;

mod fastest;
mod signing;
mod verifying;

use idjag::crypto::Provider;
#[cfg(feature = "wire")]
use idjag::{crypto::rustcrypto, wire::Crypto};

pub use fastest::FASTEST;
pub use signing::{Private, SigningKey};
pub use verifying::{EdDsa, Es256, Es384, Ps256, Rs256};

/// Every algorithm by AWS-LC.
pub const PROVIDER: Provider = Provider { algorithms: &[&Es256, &EdDsa, &Es384, &Rs256, &Ps256] };

/// What the packages for Node.js and Python use: [`FASTEST`], ES256 signatures that are deterministic, EdDSA by AWS-LC.
#[cfg(feature = "wire")]
pub static CRYPTO: Crypto = Crypto::new::<rustcrypto::Private, Private>(FASTEST);
