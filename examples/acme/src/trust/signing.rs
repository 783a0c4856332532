//! The keys that issuers sign with, and the names of what they sign.

use idjag::crypto::rustcrypto::{PROVIDER, SigningKey};
use idjag::crypto::{Algorithm, Algorithms, Signer};
use idjag::jose::KeySet;
use idjag::text::{KeyId, TokenId};
use idjag::uri::Issuer;

use crate::random;

/// What anybody here signs with and accepts.
pub(crate) const ALGORITHMS: [Algorithm; 2] = [Algorithm::EdDsa, Algorithm::Es256];

/// [`ALGORITHMS`] as an allow-list.
pub(crate) fn algorithms() -> Algorithms {
    PROVIDER.allow(&ALGORITHMS).expect("both are the provider's")
}

/// A fresh, unguessable `jti`.
pub(crate) fn token_id() -> TokenId {
    TokenId::new(random::text()).expect("short and plain")
}

/// An issuer's keys: the one it signs with, and the one it will sign with next. Both are published, so that on the day
/// of the change nobody has to fetch anything in a hurry.
pub(super) struct Signing {
    pub(super) current: SigningKey,
    pub(super) published: KeySet,
}

impl Signing {
    /// Fresh keys of `issuer`.
    pub(super) fn of(issuer: &Issuer, algorithm: Algorithm) -> Self {
        let (current, next) = (key("current", algorithm), key("next", algorithm));
        let public = [current.public_key().clone(), next.public_key().clone()];
        Self { current, published: KeySet::of(issuer.clone(), public) }
    }
}

fn key(name: &str, algorithm: Algorithm) -> SigningKey {
    let kid = KeyId::new(format!("{name}-{}", random::short())).expect("short and plain");
    let key = match algorithm {
        Algorithm::Es256 => SigningKey::es256(kid, &random::bytes()),
        _ => SigningKey::ed25519(kid, &random::bytes()),
    };
    key.expect("one in four billion seeds makes no key")
}
