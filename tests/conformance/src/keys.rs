//! Key pairs that sign: ES256 and RS256, made anew for every run or read from a private JWK.

use base64ct::{Base64UrlUnpadded, Encoding};
use getrandom::SysRng;
use getrandom::rand_core::UnwrapErr;
use p256::ecdsa::signature::{Signer as _, Verifier as _};
use rsa::pkcs1v15;
use rsa::signature::SignatureEncoding as _;
use rsa::traits::PublicKeyParts as _;
use rsa::{BoxedUint, RsaPrivateKey};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// A key pair and the name under which its public half is published.
#[derive(Clone, Debug)]
pub(crate) struct Key {
    /// Its `kid`.
    pub(crate) kid: String,
    pair: Pair,
}

#[derive(Clone, Debug)]
enum Pair {
    P256(p256::ecdsa::SigningKey),
    Rsa(Box<RsaPrivateKey>),
}

/// Bytes that nobody can guess.
pub(crate) fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the system has randomness");
    bytes
}

/// A name that nobody has used before.
pub(crate) fn unique() -> String {
    base64url(&random::<16>())
}

/// base64url without padding.
pub(crate) fn base64url(bytes: &[u8]) -> String {
    Base64UrlUnpadded::encode_string(bytes)
}

/// The bytes behind base64url, or nothing.
pub(crate) fn from_base64url(text: &str) -> Option<Vec<u8>> {
    Base64UrlUnpadded::decode_vec(text).ok()
}

impl Key {
    /// A new key for ES256.
    pub(crate) fn es256() -> Self {
        loop {
            // One draw in 2³² is no scalar of the curve.
            if let Ok(pair) = p256::ecdsa::SigningKey::from_slice(&random::<32>()) {
                return Self { kid: unique(), pair: Pair::P256(pair) };
            }
        }
    }

    /// A new key for RS256.
    pub(crate) fn rs256() -> Self {
        let pair = RsaPrivateKey::new(&mut UnwrapErr(SysRng), 2048).expect("an RSA key of 2048 bits");
        Self { kid: unique(), pair: Pair::Rsa(Box::new(pair)) }
    }

    /// A new key for the same algorithm.
    pub(crate) fn another(&self) -> Self {
        match &self.pair {
            Pair::P256(_) => Self::es256(),
            Pair::Rsa(_) => Self::rs256(),
        }
    }

    /// The key of a private JWK: `EC` on P-256, or `RSA`.
    pub(crate) fn from_jwk(jwk: &Value) -> Result<Self, String> {
        let bytes = |member: &str| {
            let text = jwk[member].as_str().ok_or(format!("the JWK has no `{member}`"))?;
            from_base64url(text).ok_or(format!("`{member}` of the JWK is not base64url"))
        };
        let number = |member: &str| bytes(member).map(|bytes| BoxedUint::from_be_slice_vartime(&bytes));
        let pair = match (jwk["kty"].as_str(), jwk["crv"].as_str()) {
            (Some("EC"), Some("P-256")) => p256::ecdsa::SigningKey::from_slice(&bytes("d")?)
                .map(Pair::P256)
                .map_err(|error| format!("the private JWK: {error}"))?,
            (Some("RSA"), _) => {
                let primes = vec![number("p")?, number("q")?];
                RsaPrivateKey::from_components(number("n")?, number("e")?, number("d")?, primes)
                    .map(|key| Pair::Rsa(Box::new(key)))
                    .map_err(|error| format!("the private JWK: {error}"))?
            }
            _ => return Err("a private JWK is of type EC on P-256, or RSA".into()),
        };
        let kid = jwk["kid"].as_str().map_or_else(unique, str::to_owned);
        Ok(Self { kid, pair })
    }

    /// What it signs with.
    pub(crate) fn alg(&self) -> &'static str {
        match &self.pair {
            Pair::P256(_) => "ES256",
            Pair::Rsa(_) => "RS256",
        }
    }

    /// The members of its public JWK that make the key, as a proof embeds them.
    pub(crate) fn bare_jwk(&self) -> Value {
        match &self.pair {
            Pair::P256(pair) => {
                let point = pair.verifying_key().to_sec1_point(false);
                let (x, y) = point.as_bytes()[1..].split_at(32);
                json!({"kty": "EC", "crv": "P-256", "x": base64url(x), "y": base64url(y)})
            }
            Pair::Rsa(pair) => {
                let bytes = |number: &BoxedUint| base64url(&number.to_be_bytes_trimmed_vartime());
                json!({"kty": "RSA", "n": bytes(pair.n()), "e": bytes(pair.e())})
            }
        }
    }

    /// Its public JWK, as an issuer publishes it.
    pub(crate) fn public_jwk(&self) -> Value {
        let mut jwk = self.bare_jwk();
        jwk["kid"] = self.kid.as_str().into();
        jwk["alg"] = self.alg().into();
        jwk["use"] = "sig".into();
        jwk
    }

    /// The private scalar of an ES256 key, which no proof may show.
    pub(crate) fn private_member(&self) -> Value {
        match &self.pair {
            Pair::P256(pair) => base64url(&pair.to_bytes()).into(),
            Pair::Rsa(_) => Value::Null,
        }
    }

    /// RFC 7638: the hash of the members that make the key, in order.
    pub(crate) fn thumbprint(&self) -> String {
        // The members of `bare_jwk` are sorted, and there are no others.
        base64url(&Sha256::digest(self.bare_jwk().to_string()))
    }

    /// The signature over `message`.
    pub(crate) fn sign(&self, message: &[u8]) -> Vec<u8> {
        match &self.pair {
            Pair::P256(pair) => {
                let signature: p256::ecdsa::Signature = pair.sign(message);
                signature.to_bytes().to_vec()
            }
            Pair::Rsa(pair) => pkcs1v15::SigningKey::<Sha256>::new((**pair).clone()).sign(message).to_vec(),
        }
    }
}

/// Whether the key of `jwk` verifies `token`, a compact JWS; nothing for algorithms other than ES256 and RS256.
pub(crate) fn verifies(jwk: &Value, alg: &str, token: &str) -> Option<bool> {
    let (input, signature) = token.rsplit_once('.')?;
    let signature = from_base64url(signature)?;
    let bytes = |member: &str| jwk[member].as_str().and_then(from_base64url);
    match (alg, jwk["kty"].as_str()) {
        ("ES256", Some("EC")) => {
            let point: Vec<u8> = [4].into_iter().chain(bytes("x")?).chain(bytes("y")?).collect();
            let key = p256::ecdsa::VerifyingKey::from_sec1_bytes(&point).ok()?;
            let signature = p256::ecdsa::Signature::from_slice(&signature);
            Some(signature.is_ok_and(|signature| key.verify(input.as_bytes(), &signature).is_ok()))
        }
        ("RS256", Some("RSA")) => {
            let number = |member: &str| bytes(member).map(|bytes| BoxedUint::from_be_slice_vartime(&bytes));
            let key = rsa::RsaPublicKey::new(number("n")?, number("e")?).ok()?;
            let signature = pkcs1v15::Signature::try_from(&signature[..]);
            let key = pkcs1v15::VerifyingKey::<Sha256>::new(key);
            Some(signature.is_ok_and(|signature| key.verify(input.as_bytes(), &signature).is_ok()))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_thumbprint_is_that_of_rfc_7638() {
        // The members in the order of the RFC; its own example is an RSA key, whose hash it gives.
        let sorted = json!({"kty": "RSA", "n": "n", "e": "AQAB"}).to_string();
        assert_eq!(sorted, r#"{"e":"AQAB","kty":"RSA","n":"n"}"#);
        let key = Key::es256();
        assert_eq!(key.thumbprint().len(), 43);
        assert!(key.bare_jwk().to_string().starts_with(r#"{"crv":"P-256","kty":"EC","x":"#));
    }

    #[test]
    fn what_a_key_signs_its_public_half_verifies_and_no_other() {
        for (key, other) in [(Key::es256(), Key::es256()), (Key::rs256(), Key::rs256())] {
            let token = format!("a.b.{}", base64url(&key.sign(b"a.b")));
            assert_eq!(verifies(&key.public_jwk(), key.alg(), &token), Some(true));
            assert_eq!(verifies(&other.public_jwk(), key.alg(), &token), Some(false));
        }
    }
}
