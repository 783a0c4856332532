//! Whose arithmetic the operations use: the binding's choice, passed as a value.

use alloc::sync::Arc;

use super::remembered;
use crate::crypto::{
    Algorithm, Algorithms, PrivateJwk, PrivateKey, Provider, Signer, SigningKey, rustcrypto,
};
use crate::error::{Error, ErrorCode};
use crate::secret::Secret;
use crate::text::KeyId;

/// What verifies and what signs for the callers of a [`Table`](super::Table).
pub struct Crypto {
    verifying: Provider,
    signing: &'static [(Algorithm, MakeKey)],
}

/// Makes a private key of its 32 octets.
type MakeKey = fn(KeyId, &[u8; 32]) -> Result<Arc<dyn HeldKey>, Error>;

/// A private key that the callers hold under a number.
pub(super) trait HeldKey: Signer + Send + Sync {
    /// The private JWK.
    fn expose_jwk(&self) -> Secret;
}

impl<K: Send + Sync> HeldKey for SigningKey<K>
where
    Self: Signer,
{
    fn expose_jwk(&self) -> Secret {
        self.expose_jwk()
    }
}

impl Crypto {
    /// The default provider: pure Rust.
    pub const RUST: Self = Self {
        verifying: rustcrypto::PROVIDER,
        // A module for a resource server alone does not hold the code.
        signing: if cfg!(feature = "wire") {
            signing::<rustcrypto::Private, rustcrypto::Private>()
        } else {
            &[]
        },
    };

    /// Verifies with the algorithms of `verifying`, signs ES256 with `E` and EdDSA with `D`.
    ///
    /// `E` should be deterministic (RFC 6979), as [`rustcrypto::Private`] is: callers may rely on the same call giving
    /// the same token.
    #[must_use]
    pub const fn new<E: PrivateKey + 'static, D: PrivateKey + 'static>(verifying: Provider) -> Self {
        Self { verifying, signing: signing::<E, D>() }
    }

    /// An allow-list of exactly these algorithms.
    pub(super) fn allow(&self, algorithms: &[Algorithm]) -> Result<Algorithms, Error> {
        Ok(self.verifying.allow(algorithms)?.wrapped_by(remembered::wrap))
    }

    /// An allow-list of everything there is.
    pub(super) fn allow_all(&self) -> Algorithms {
        self.verifying.allow_all().wrapped_by(remembered::wrap)
    }

    /// The private key of these 32 octets.
    pub(super) fn signing_key(
        &self,
        algorithm: Algorithm,
        kid: KeyId,
        secret: &[u8; 32],
    ) -> Result<Arc<dyn HeldKey>, Error> {
        let found = self.signing.iter().find(|(known, _)| *known == algorithm);
        let (_, make) = found.ok_or(Error::new(ErrorCode::KeyTypeUnsupported))?;
        make(kid, secret)
    }

    /// The private key of a JWK: as [`SigningKey::from_jwk`].
    pub(super) fn signing_key_of(&self, jwk: &str) -> Result<Arc<dyn HeldKey>, Error> {
        let jwk = PrivateJwk::parse(jwk)?;
        let key = self.signing_key(jwk.algorithm, jwk.kid.clone(), &jwk.secret)?;
        jwk.check(key.public_key())?;
        Ok(key)
    }
}

const fn signing<E: PrivateKey + 'static, D: PrivateKey + 'static>() -> &'static [(Algorithm, MakeKey)] {
    const { &[(Algorithm::Es256, es256::<E>), (Algorithm::EdDsa, ed25519::<D>)] }
}

fn es256<K: PrivateKey + 'static>(kid: KeyId, secret: &[u8; 32]) -> Result<Arc<dyn HeldKey>, Error> {
    Ok(Arc::new(SigningKey::<K>::es256(kid, secret)?))
}

fn ed25519<K: PrivateKey + 'static>(kid: KeyId, seed: &[u8; 32]) -> Result<Arc<dyn HeldKey>, Error> {
    Ok(Arc::new(SigningKey::<K>::ed25519(kid, seed)?))
}
