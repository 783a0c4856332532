//! The public numbers of a key, decoded and bounded, independent of any provider.

use alloc::vec::Vec;

use super::{Algorithm, Thumbprint, ed25519, sha256};
use crate::codec::base64url;
use crate::codec::json::Object;
use crate::error::{Error, ErrorCode};

/// Members that only private or symmetric keys have (RFC 7518 §6).
pub(crate) const PRIVATE_MEMBERS: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

/// The public part of a key (RFC 7518 §6, RFC 8037 §2).
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyMaterial {
    /// A point on P-256; whether it is on the curve is checked when the key is imported.
    P256 {
        /// Abscissa, big-endian.
        x: [u8; 32],
        /// Ordinate, big-endian.
        y: [u8; 32],
    },
    /// A point on P-384.
    P384 {
        /// Abscissa, big-endian.
        x: [u8; 48],
        /// Ordinate, big-endian.
        y: [u8; 48],
    },
    /// A point on edwards25519, encoded.
    Ed25519 {
        /// The encoded point.
        x: [u8; 32],
    },
    /// An RSA modulus and exponent, big-endian without leading zeros.
    Rsa {
        /// Modulus: 2048 to 4096 bits, odd.
        n: Vec<u8>,
        /// Exponent: odd, 65537 to 2^33 − 1.
        e: Vec<u8>,
    },
}

impl KeyMaterial {
    /// Reads a JWK that must hold nothing but a public key: as [`Self::from_jwk`], and `key_private`.
    pub(crate) fn from_public_jwk(jwk: &Object<'_>) -> Result<Self, Error> {
        if PRIVATE_MEMBERS.iter().any(|member| jwk.contains(member)) {
            return Err(Error::new(ErrorCode::KeyPrivate));
        }
        Self::from_jwk(jwk)
    }

    /// Reads the public members of a JWK.
    ///
    /// Fails with `key_malformed`, `key_type_unsupported` or `key_weak`.
    pub(crate) fn from_jwk(jwk: &Object<'_>) -> Result<Self, Error> {
        let kty = text(jwk, "kty")?;
        match kty {
            "EC" => match text(jwk, "crv")? {
                "P-256" => Ok(Self::P256 { x: octets(jwk, "x")?, y: octets(jwk, "y")? }),
                "P-384" => Ok(Self::P384 { x: octets(jwk, "x")?, y: octets(jwk, "y")? }),
                _ => Err(Error::with_detail(ErrorCode::KeyTypeUnsupported, "crv")),
            },
            "OKP" => match text(jwk, "crv")? {
                "Ed25519" => {
                    let x = octets(jwk, "x")?;
                    if !ed25519::is_acceptable_point(&x) {
                        return Err(Error::new(ErrorCode::KeyWeak));
                    }
                    Ok(Self::Ed25519 { x })
                }
                _ => Err(Error::with_detail(ErrorCode::KeyTypeUnsupported, "crv")),
            },
            "RSA" => rsa(integer(jwk, "n")?, integer(jwk, "e")?),
            _ => Err(Error::with_detail(ErrorCode::KeyTypeUnsupported, "kty")),
        }
    }

    /// Whether keys of this type are used with `algorithm`.
    pub(crate) const fn fits(&self, algorithm: Algorithm) -> bool {
        matches!(
            (self, algorithm),
            (Self::P256 { .. }, Algorithm::Es256)
                | (Self::P384 { .. }, Algorithm::Es384)
                | (Self::Ed25519 { .. }, Algorithm::EdDsa)
                | (Self::Rsa { .. }, Algorithm::Rs256 | Algorithm::Ps256)
        )
    }

    /// The required members of the JWK in lexicographic order (RFC 7638 §3.2).
    pub(crate) fn to_jwk(&self) -> Object<'static> {
        let mut jwk = Object::new();
        match self {
            Self::P256 { x, y } => ec(&mut jwk, "P-256", x, y),
            Self::P384 { x, y } => ec(&mut jwk, "P-384", x, y),
            Self::Ed25519 { x } => {
                jwk.set_str("crv", "Ed25519");
                jwk.set_str("kty", "OKP");
                jwk.set_str("x", base64url::encode(x));
            }
            Self::Rsa { n, e } => {
                jwk.set_str("e", base64url::encode(e));
                jwk.set_str("kty", "RSA");
                jwk.set_str("n", base64url::encode(n));
            }
        }
        jwk
    }

    /// RFC 7638 §3: the hash of the required members, sorted, without whitespace.
    pub(crate) fn thumbprint(&self) -> Thumbprint {
        Thumbprint::from_digest(sha256(alloc::format!("{}", self.to_jwk()).as_bytes()))
    }
}

fn ec(jwk: &mut Object<'static>, crv: &'static str, x: &[u8], y: &[u8]) {
    jwk.set_str("crv", crv);
    jwk.set_str("kty", "EC");
    jwk.set_str("x", base64url::encode(x));
    jwk.set_str("y", base64url::encode(y));
}

fn text<'j>(jwk: &'j Object<'_>, name: &'static str) -> Result<&'j str, Error> {
    let value = jwk.get(name).and_then(|value| value.as_str());
    value.ok_or(Error::with_detail(ErrorCode::KeyMalformed, name))
}

fn octets<const N: usize>(jwk: &Object<'_>, name: &'static str) -> Result<[u8; N], Error> {
    base64url::decode_array(text(jwk, name)?).ok_or(Error::with_detail(ErrorCode::KeyMalformed, name))
}

/// RFC 7518 §2: a Base64urlUInt has no leading zero octet.
fn integer(jwk: &Object<'_>, name: &'static str) -> Result<Vec<u8>, Error> {
    let bytes = base64url::decode(text(jwk, name)?);
    let minimal = bytes.filter(|bytes| bytes.first().is_some_and(|first| *first != 0));
    minimal.ok_or(Error::with_detail(ErrorCode::KeyMalformed, name))
}

/// R7518-001 and R7518-004. The bounds on `e`, and the 4096 bits, are ours: they cap what one verification costs.
fn rsa(n: Vec<u8>, e: Vec<u8>) -> Result<KeyMaterial, Error> {
    let weak = Err(Error::new(ErrorCode::KeyWeak));
    let bits =
        n.len().saturating_mul(8).saturating_sub(n.first().map_or(0, |byte| byte.leading_zeros() as usize));
    let is_odd = |bytes: &[u8]| bytes.last().is_some_and(|byte| byte & 1 == 1);
    if !(2048..=4096).contains(&bits) || !is_odd(&n) || !is_odd(&e) || e.len() > 8 {
        return weak;
    }
    let exponent = e.iter().fold(0_u64, |value, byte| (value << 8) | u64::from(*byte));
    if (65_537..1 << 33).contains(&exponent) && !is_roca(&n) { Ok(KeyMaterial::Rsa { n, e }) } else { weak }
}

/// CVE-2017-15361 (ROCA): moduli of the faulty generator are powers of 65537 modulo every small prime. Such a key
/// can be factored; an honest one passes for one with a chance below one in a hundred million.
fn is_roca(n: &[u8]) -> bool {
    const PRIMES: [u32; 17] = [11, 13, 17, 19, 37, 53, 61, 71, 73, 79, 97, 103, 107, 109, 127, 151, 157];
    PRIMES.iter().all(|prime| {
        let modulo = |value: u32| value.checked_rem(*prime).unwrap_or_default();
        let residue = n.iter().fold(0, |rest: u32, byte| modulo((rest << 8) | u32::from(*byte)));
        let mut power: u32 = 1;
        (0..*prime).any(|_| {
            power = modulo(power.wrapping_mul(modulo(65_537)));
            power == residue
        })
    })
}
