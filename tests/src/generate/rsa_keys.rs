//! The fixed RSA test keys of `tests/keys/rsa.json` and their two signature schemes.

use alloc::collections::BTreeMap;
use core::convert::Infallible;
use std::sync::{LazyLock, Mutex};

use base64ct::{Base64UrlUnpadded, Encoding};
use rsa::rand_core::{TryCryptoRng, TryRng};
use rsa::signature::{RandomizedSigner, SignatureEncoding, Signer};
use rsa::{BoxedUint, RsaPrivateKey};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// The private members of an RSA JWK.
const PRIVATE_MEMBERS: [&str; 6] = ["d", "p", "q", "dp", "dq", "qi"];

static JWKS: LazyLock<BTreeMap<String, Value>> =
    LazyLock::new(|| serde_json::from_str(include_str!("../../keys/rsa.json")).expect("RSA keys by party"));

static KEYS: Mutex<BTreeMap<String, RsaPrivateKey>> = Mutex::new(BTreeMap::new());

/// The public JWK of `party`, without `kid`, `alg` and `use`.
pub fn public_jwk(party: &str) -> Value {
    let jwk = &JWKS[party];
    json!({"kty": "RSA", "n": jwk["n"], "e": jwk["e"]})
}

/// Adds the private members of the key of `party` to `jwk`.
pub fn add_private_members(party: &str, jwk: &mut Value) {
    for member in PRIVATE_MEMBERS {
        jwk[member] = JWKS[party][member].clone();
    }
}

/// RSASSA-PKCS1-v1_5 with SHA-256.
pub fn sign_pkcs1(party: &str, message: &[u8]) -> Vec<u8> {
    rsa::pkcs1v15::SigningKey::<Sha256>::new(private_key(party)).sign(message).to_vec()
}

/// RSASSA-PSS with SHA-256 and a salt of 32 bytes that follows from the message.
pub fn sign_pss(party: &str, message: &[u8]) -> Vec<u8> {
    let key = rsa::pss::SigningKey::<Sha256>::new(private_key(party));
    key.sign_with_rng(&mut Seeded { seed: Sha256::digest(message).to_vec(), counter: 0 }, message).to_vec()
}

fn private_key(party: &str) -> RsaPrivateKey {
    let mut keys = KEYS.lock().expect("no panic while the keys are locked");
    keys.entry(party.to_owned()).or_insert_with(|| parse(&JWKS[party])).clone()
}

fn parse(jwk: &Value) -> RsaPrivateKey {
    let number = |member: &str| {
        let text = jwk[member].as_str().expect("a member of an RSA key");
        BoxedUint::from_be_slice_vartime(&Base64UrlUnpadded::decode_vec(text).expect("base64url"))
    };
    RsaPrivateKey::from_components(number("n"), number("e"), number("d"), vec![number("p"), number("q")])
        .expect("an RSA key")
}

/// A stream of bytes that is the same each time: SHA-256 over a seed and a counter.
struct Seeded {
    seed: Vec<u8>,
    counter: u64,
}

impl TryRng for Seeded {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let mut bytes = [0; 4];
        self.try_fill_bytes(&mut bytes).map(|()| u32::from_be_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut bytes = [0; 8];
        self.try_fill_bytes(&mut bytes).map(|()| u64::from_be_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        for chunk in bytes.chunks_mut(32) {
            self.counter += 1;
            let block =
                Sha256::new().chain_update(&self.seed).chain_update(self.counter.to_be_bytes()).finalize();
            chunk.copy_from_slice(&block[..chunk.len()]);
        }
        Ok(())
    }
}

impl TryCryptoRng for Seeded {}
