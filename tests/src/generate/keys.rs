//! The fixed test keys: one set per party, derived from the party's name. Nothing outside these tests trusts them.

use ed25519_dalek::Signer as _;
use serde_json::{Value, json};
use sha2::{Digest, Sha256, Sha384};

use super::rsa_keys;
use crate::expand::base64url;
use crate::json;

/// A party that holds keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Party(&'static str);

/// The identity provider.
pub const IDP: Party = Party("idp");
/// The identity provider's next key, already published.
pub const IDP_NEXT: Party = Party("idp-next");
/// Another identity provider, trusted for other users.
pub const OTHER_IDP: Party = Party("other-idp");
/// The resource authorization server.
pub const RAS: Party = Party("ras");
/// The client.
pub const CLIENT: Party = Party("client");
/// Another client of the same servers.
pub const CLIENT2: Party = Party("client2");
/// Somebody whom nobody trusts.
pub const ATTACKER: Party = Party("attacker");
/// Holder of an RSA key of 1024 bits and of no other RSA key.
pub const SHORT: Party = Party("short");

/// A signature algorithm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alg {
    /// ECDSA with P-256 and SHA-256.
    Es256,
    /// ECDSA with P-384 and SHA-384.
    Es384,
    /// Ed25519.
    EdDsa,
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    Rs256,
    /// RSASSA-PSS with SHA-256.
    Ps256,
}

impl Alg {
    /// Every algorithm that the library verifies.
    pub const ALL: [Self; 5] = [Self::Es256, Self::Es384, Self::EdDsa, Self::Rs256, Self::Ps256];

    /// The registered `alg` value.
    pub fn name(self) -> &'static str {
        match self {
            Self::Es256 => "ES256",
            Self::Es384 => "ES384",
            Self::EdDsa => "EdDSA",
            Self::Rs256 => "RS256",
            Self::Ps256 => "PS256",
        }
    }
}

/// One key of a party.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TestKey {
    /// Whose key it is.
    pub party: Party,
    /// What it signs with.
    pub alg: Alg,
}

impl Party {
    /// The party's key for `alg`.
    pub const fn key(self, alg: Alg) -> TestKey {
        TestKey { party: self, alg }
    }

    /// The party's ES256 key.
    pub const fn es256(self) -> TestKey {
        self.key(Alg::Es256)
    }

    /// The party's ES384 key.
    pub const fn es384(self) -> TestKey {
        self.key(Alg::Es384)
    }

    /// The party's Ed25519 key.
    pub const fn eddsa(self) -> TestKey {
        self.key(Alg::EdDsa)
    }

    /// The party's RSA key, used with PKCS #1 v1.5.
    pub const fn rs256(self) -> TestKey {
        self.key(Alg::Rs256)
    }

    /// The party's RSA key, used with PSS.
    pub const fn ps256(self) -> TestKey {
        self.key(Alg::Ps256)
    }

    fn seed(self) -> String {
        format!("idjag test key of {}", self.0)
    }
}

impl TestKey {
    /// The key's id, such as `idp-es256`.
    pub fn kid(self) -> String {
        format!("{}-{}", self.party.0, self.alg.name().to_lowercase())
    }

    /// The public JWK with `kid`, `alg` and `use`.
    pub fn public_jwk(self) -> Value {
        let mut jwk = self.bare_jwk();
        jwk["kid"] = self.kid().into();
        jwk["alg"] = self.alg.name().into();
        jwk["use"] = "sig".into();
        jwk
    }

    /// The public JWK with the members of its key type only, as a DPoP proof embeds it.
    pub fn bare_jwk(self) -> Value {
        match self.alg {
            Alg::Es256 => {
                let point = self.p256().verifying_key().to_sec1_point(false);
                ec_jwk("P-256", &point.as_bytes()[1..])
            }
            Alg::Es384 => {
                let point = self.p384().verifying_key().to_sec1_point(false);
                ec_jwk("P-384", &point.as_bytes()[1..])
            }
            Alg::EdDsa => json!({
                "kty": "OKP", "crv": "Ed25519", "x": base64url(self.ed25519().verifying_key().as_bytes()),
            }),
            Alg::Rs256 | Alg::Ps256 => rsa_keys::public_jwk(self.party.0),
        }
    }

    /// The private JWK.
    pub fn private_jwk(self) -> Value {
        let mut jwk = self.public_jwk();
        match self.alg {
            Alg::Es256 => jwk["d"] = base64url(&self.p256().to_bytes()).into(),
            Alg::Es384 => jwk["d"] = base64url(&self.p384().to_bytes()).into(),
            Alg::EdDsa => jwk["d"] = base64url(self.ed25519().as_bytes()).into(),
            Alg::Rs256 | Alg::Ps256 => rsa_keys::add_private_members(self.party.0, &mut jwk),
        }
        jwk
    }

    /// The RFC 7638 thumbprint: the hash of the members of the key type, sorted, without white space.
    pub fn thumbprint(self) -> String {
        base64url(&Sha256::digest(json::compact(&self.bare_jwk())))
    }

    /// The JWS signature over `message`; the same each time.
    pub fn sign(self, message: &[u8]) -> Vec<u8> {
        match self.alg {
            Alg::Es256 => {
                let signature: p256::ecdsa::Signature = self.p256().sign(message);
                signature.to_bytes().to_vec()
            }
            Alg::Es384 => {
                let signature: p384::ecdsa::Signature = self.p384().sign(message);
                signature.to_bytes().to_vec()
            }
            Alg::EdDsa => self.ed25519().sign(message).to_bytes().to_vec(),
            Alg::Rs256 => rsa_keys::sign_pkcs1(self.party.0, message),
            Alg::Ps256 => rsa_keys::sign_pss(self.party.0, message),
        }
    }

    fn p256(self) -> p256::ecdsa::SigningKey {
        p256::ecdsa::SigningKey::from_slice(&Sha256::digest(self.party.seed())).expect("a scalar")
    }

    fn p384(self) -> p384::ecdsa::SigningKey {
        p384::ecdsa::SigningKey::from_slice(&Sha384::digest(self.party.seed())).expect("a scalar")
    }

    fn ed25519(self) -> ed25519_dalek::SigningKey {
        ed25519_dalek::SigningKey::from_bytes(&Sha256::digest(self.party.seed()).into())
    }
}

fn ec_jwk(curve: &str, coordinates: &[u8]) -> Value {
    let (x, y) = coordinates.split_at(coordinates.len() / 2);
    json!({"kty": "EC", "crv": curve, "x": base64url(x), "y": base64url(y)})
}

/// The JWKS of the public halves of `keys`.
pub fn jwks(keys: &[TestKey]) -> Value {
    json!({"keys": keys.iter().map(|key| key.public_jwk()).collect::<Vec<Value>>()})
}
