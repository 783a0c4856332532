//! The keys and tokens that every contender is given.
//!
//! One access token of about 830 bytes with 12 claims for each algorithm, and tokens that differ from it in one thing, which
//! every contender must refuse before it is timed. The keys are fixed and worth nothing; the times are of today.

use std::time::SystemTime;

use base64ct::{Base64UrlUnpadded, Encoding as _};
use idjag::crypto::Signer as _;
use idjag::crypto::rustcrypto::SigningKey;
use idjag::text::KeyId;
use rsa::signature::{SignatureEncoding as _, Signer as _};
use rsa::{BoxedUint, RsaPrivateKey};
use serde_json::{Value, json};
use sha2::Digest as _;

/// Who issues the tokens.
pub const ISSUER: &str = "https://auth.example.com/tenants/production";
/// Whom they are for.
pub const AUDIENCE: &str = "https://mcp.data.example.com/mcp";
/// How many tokens a ring has.
const RING: usize = 1_024;
/// The secret of both signing keys.
const SECRET: [u8; 32] = [7; 32];

/// The algorithms that are measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alg {
    /// ECDSA on P-256.
    Es256,
    /// Ed25519.
    EdDsa,
    /// RSA with 2048 bits.
    Rs256,
}

impl Alg {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Es256, Self::EdDsa, Self::Rs256];

    /// As headers name it, which is also the name of its key.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Es256 => "ES256",
            Self::EdDsa => "EdDSA",
            Self::Rs256 => "RS256",
        }
    }
}

/// The keys of an issuer, and what it signs.
pub struct Corpus {
    es256: SigningKey,
    eddsa: SigningKey,
    rs256: RsaPrivateKey,
    rsa_jwk: Value,
    now: u64,
}

impl Corpus {
    /// The fixed keys, and the time.
    pub fn new() -> Result<Self, String> {
        let keys: Value = serde_json::from_str(include_str!("../../../tests/keys/rsa.json")).map_err(told)?;
        let jwk = &keys["idp"];
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_err(told)?.as_secs();
        let kid = |alg: Alg| KeyId::new(alg.name()).map_err(told);
        Ok(Self {
            es256: SigningKey::es256(kid(Alg::Es256)?, &SECRET).map_err(told)?,
            eddsa: SigningKey::ed25519(kid(Alg::EdDsa)?, &SECRET).map_err(told)?,
            rs256: rsa_key(jwk)?,
            rsa_jwk: json!({"kty": "RSA", "n": jwk["n"], "e": jwk["e"]}),
            now,
        })
    }

    /// The time at which the tokens were issued.
    #[must_use]
    pub const fn now(&self) -> u64 {
        self.now
    }

    /// The public keys; each is named as its algorithm.
    #[must_use]
    pub fn jwks(&self) -> Value {
        let keys: Vec<Value> = Alg::ALL.into_iter().map(|alg| self.jwk(alg)).collect();
        json!({"keys": keys})
    }

    /// One public key.
    #[must_use]
    pub fn jwk(&self, alg: Alg) -> Value {
        let mut jwk = match alg {
            Alg::Rs256 => self.rsa_jwk.clone(),
            Alg::Es256 => parsed(&self.es256.public_key().to_jwk().to_string()),
            Alg::EdDsa => parsed(&self.eddsa.public_key().to_jwk().to_string()),
        };
        jwk["kid"] = alg.name().into();
        jwk["alg"] = alg.name().into();
        jwk["use"] = "sig".into();
        jwk
    }

    /// What signs in process, where there is such a key.
    pub fn signer(&self, alg: Alg) -> Result<&SigningKey, String> {
        match alg {
            Alg::Es256 => Ok(&self.es256),
            Alg::EdDsa => Ok(&self.eddsa),
            Alg::Rs256 => Err("RS256 is not signed with".into()),
        }
    }

    /// The same key in PKCS #8 (RFC 5958; RFC 5915 for P-256, RFC 8410 for Ed25519).
    pub fn pkcs8(&self, alg: Alg) -> Result<Vec<u8>, String> {
        const P256: [u8; 36] = [
            0x30, 0x81, 0x87, 0x02, 0x01, 0x00, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02,
            0x01, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x04, 0x6d, 0x30, 0x6b, 0x02,
            0x01, 0x01, 0x04, 0x20,
        ];
        const P256_PUBLIC: [u8; 6] = [0xa1, 0x44, 0x03, 0x42, 0x00, 0x04];
        const ED25519: [u8; 16] =
            [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];
        let jwk = self.jwk(alg);
        let member = |name: &str| Base64UrlUnpadded::decode_vec(jwk[name].as_str().unwrap_or_default());
        match alg {
            Alg::Es256 => {
                let point = [member("x").map_err(told)?, member("y").map_err(told)?].concat();
                Ok([&P256[..], &SECRET, &P256_PUBLIC, &point].concat())
            }
            Alg::EdDsa => Ok([&ED25519[..], &SECRET].concat()),
            Alg::Rs256 => Err("RS256 is not signed with".into()),
        }
    }

    /// The claims of the good token.
    #[must_use]
    pub fn claims(&self) -> Value {
        json!({
            "iss": ISSUER,
            "sub": "U019488227-8f14e45fceea167a5a36dedd4bea2543",
            "aud": AUDIENCE,
            "client_id": "f53f191f9311af35-data-agent-production",
            "exp": self.now + 6 * 3600,
            "iat": self.now,
            "jti": "b7a56873cd771f2c446d369b649430b65a67ba278ff55bb1",
            "scope": "rows:read rows:write tables:list reports:create",
            "auth_time": self.now.saturating_sub(60),
            "acr": "urn:example:acr:phishing-resistant",
            "jag_jti": "9e107d9d372bb6826bd81d3542a419d6e4d909c290d0fb1c",
            "tenant": "acme-corporation-europe-production",
        })
    }

    /// The good token.
    pub fn good(&self, alg: Alg) -> Result<String, String> {
        self.token(alg, &self.claims())
    }

    /// Tokens that differ from the good one in one thing each.
    pub fn bent(&self, alg: Alg) -> Result<Vec<(&'static str, String)>, String> {
        let with = |name: &str, value: Value| {
            let mut claims = self.claims();
            claims[name] = value;
            self.token(alg, &claims)
        };
        Ok(vec![
            ("signature", bent(&self.good(alg)?)),
            ("expired", with("exp", (self.now.saturating_sub(3600)).into())?),
            ("audience", with("aud", "https://elsewhere.example/".into())?),
            ("issuer", with("iss", "https://auth.example.org/".into())?),
        ])
    }

    /// A token that is bound to the key of ES256, and a proof by that key for a POST to [`AUDIENCE`].
    pub fn bound(&self) -> Result<(String, String), String> {
        let mut claims = self.claims();
        claims["cnf"] = json!({"jkt": self.es256.public_key().thumbprint().to_base64url()});
        let token = self.token(Alg::EdDsa, &claims)?;
        let mut jwk = self.jwk(Alg::Es256);
        if let Some(jwk) = jwk.as_object_mut() {
            jwk.retain(|member, _| ["kty", "crv", "x", "y"].contains(&member.as_str()));
        }
        let header = json!({"typ": "dpop+jwt", "alg": "ES256", "jwk": jwk}).to_string();
        let ath = encoded(&sha2::Sha256::digest(token.as_bytes()));
        let payload = json!({"jti": "c9d3", "htm": "POST", "htu": AUDIENCE, "iat": self.now, "ath": ath});
        let proof = self.sign(Alg::Es256, &header, &payload.to_string())?;
        Ok((token, proof))
    }

    /// Many good tokens that differ in `jti`: more than any cache of signatures or tokens may know at once.
    pub fn ring(&self, alg: Alg) -> Result<Vec<String>, String> {
        let mut claims = self.claims();
        let token = |number: usize| {
            claims["jti"] = format!("b7a56873cd771f2c446d369b6494{number:020x}").into();
            self.token(alg, &claims)
        };
        (0..RING).map(token).collect()
    }

    /// These claims, signed.
    pub fn token(&self, alg: Alg, claims: &Value) -> Result<String, String> {
        let header = json!({"typ": "at+jwt", "alg": alg.name(), "kid": alg.name()});
        self.sign(alg, &header.to_string(), &claims.to_string())
    }

    /// Any header and payload, signed.
    pub fn sign(&self, alg: Alg, header: &str, payload: &str) -> Result<String, String> {
        let input = format!("{}.{}", encoded(header.as_bytes()), encoded(payload.as_bytes()));
        let signature = match alg {
            Alg::Es256 => self.es256.sign(input.as_bytes()).map_err(told)?,
            Alg::EdDsa => self.eddsa.sign(input.as_bytes()).map_err(told)?,
            Alg::Rs256 => {
                let key = rsa::pkcs1v15::SigningKey::<sha2::Sha256>::new(self.rs256.clone());
                key.try_sign(input.as_bytes()).map_err(told)?.to_vec()
            }
        };
        Ok(format!("{input}.{}", encoded(&signature)))
    }
}

/// The token with one bit of its signature turned.
#[must_use]
pub fn bent(token: &str) -> String {
    let (signed, signature) = token.rsplit_once('.').unwrap_or((token, ""));
    let mut bytes = Base64UrlUnpadded::decode_vec(signature).unwrap_or_default();
    let middle = bytes.len() / 2;
    if let Some(byte) = bytes.get_mut(middle) {
        *byte ^= 1;
    }
    format!("{signed}.{}", encoded(&bytes))
}

fn rsa_key(jwk: &Value) -> Result<RsaPrivateKey, String> {
    let number = |member: &str| {
        let text = jwk[member].as_str().ok_or("a member of the RSA key is missing")?;
        Base64UrlUnpadded::decode_vec(text)
            .map(|bytes| BoxedUint::from_be_slice_vartime(&bytes))
            .map_err(told)
    };
    let primes = vec![number("p")?, number("q")?];
    RsaPrivateKey::from_components(number("n")?, number("e")?, number("d")?, primes).map_err(told)
}

fn parsed(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_default()
}

fn encoded(bytes: &[u8]) -> String {
    Base64UrlUnpadded::encode_string(bytes)
}

fn told(error: impl ToString) -> String {
    error.to_string()
}
