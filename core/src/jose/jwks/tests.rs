//! When the keys of a set are prepared: with use, within limits, and again only when they are other keys.

use core::sync::atomic::AtomicU32;

use super::*;
use crate::codec::base64url;
use crate::crypto::rustcrypto::{PROVIDER, SigningKey};
use crate::crypto::{JwsAlgorithm, KeyMaterial, Provider, Signer as _, VerifyingKey};
use crate::jose::UnverifiedJws;
use crate::text::KeyId;
use crate::uri::Transport;

/// EdDSA of the default provider, which counts how often keys are prepared.
#[derive(Debug)]
struct Counting(&'static AtomicU32);

struct CountingKey(alloc::boxed::Box<dyn VerifyingKey>, &'static AtomicU32);

impl JwsAlgorithm for Counting {
    fn algorithm(&self) -> Algorithm {
        Algorithm::EdDsa
    }

    fn import(&self, material: &KeyMaterial) -> Result<alloc::boxed::Box<dyn VerifyingKey>, Error> {
        let implementation = PROVIDER.algorithms.iter().find(|known| known.algorithm() == Algorithm::EdDsa);
        Ok(alloc::boxed::Box::new(CountingKey(implementation.unwrap().import(material)?, self.0)))
    }
}

impl VerifyingKey for CountingKey {
    fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        self.0.verify(message, signature)
    }

    fn prepare(&self) -> bool {
        self.1.fetch_add(1, Ordering::Relaxed);
        true
    }
}

fn signer(number: u8) -> SigningKey {
    SigningKey::ed25519(KeyId::new(alloc::format!("key-{number}")).unwrap(), &[number; 32]).unwrap()
}

/// The keys 1 to `count` as a set of `algorithms`.
fn key_set(count: u8, algorithms: &Algorithms) -> KeySet {
    let issuer = Issuer::new("https://idp.example", Transport::HttpsOnly).unwrap();
    let text =
        KeySet::of(issuer.clone(), (1..=count).map(|number| signer(number).public_key().clone())).to_text();
    KeySet::parse(issuer, text.as_bytes(), algorithms, &Limits::DEFAULT).unwrap()
}

/// A token of the key `number`, and what the set makes of it.
fn verify(set: &KeySet, number: u8, algorithms: &Algorithms, is_valid: bool) {
    let header = alloc::format!(r#"{{"alg":"EdDSA","kid":"key-{number}"}}"#);
    let input = alloc::format!("{}.{}", base64url::encode(header.as_bytes()), base64url::encode(b"{}"));
    let signer = if is_valid { signer(number) } else { signer(99) };
    let token = alloc::format!("{input}.{}", base64url::encode(&signer.sign(input.as_bytes()).unwrap()));
    let jws = UnverifiedJws::parse(&token, &Limits::DEFAULT).unwrap();
    assert_eq!(jws.verify(set.keys(), algorithms).is_ok(), is_valid);
}

#[test]
fn a_key_is_prepared_by_what_it_verified() {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    static PROVIDER: Provider = Provider { algorithms: &[&Counting(&COUNT)] };
    let algorithms = PROVIDER.allow_all();
    let set = key_set(2, &algorithms);
    let mut steps = vec![];
    for use_ in 1..600 {
        (0..3).for_each(|_| verify(&set, 1, &algorithms, false));
        let before = COUNT.load(Ordering::Relaxed);
        verify(&set, 1, &algorithms, true);
        if COUNT.load(Ordering::Relaxed) != before {
            steps.push(use_);
        }
    }
    assert_eq!(steps, [4, 256]);
    // Ahead of time: the key that nobody prepared, once.
    set.prepare();
    set.prepare();
    set.keys().keys().iter().for_each(PublicKey::prepare);
    assert_eq!(COUNT.load(Ordering::Relaxed), 3);
    (0..4).for_each(|_| verify(&set, 2, &algorithms, true));
    assert_eq!(COUNT.load(Ordering::Relaxed), 3);
}

#[test]
fn a_key_that_comes_with_its_token_is_never_prepared() {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    static PROVIDER: Provider = Provider { algorithms: &[&Counting(&COUNT)] };
    let algorithms = PROVIDER.allow_all();
    let key = key_set(1, &algorithms).keys().keys().first().unwrap().clone();
    for _ in 0..300 {
        let signature = signer(1).sign(b"message").unwrap();
        assert!(key.verify(b"message", &signature).is_ok());
    }
    assert_eq!(COUNT.load(Ordering::Relaxed), 0);
}

#[test]
fn a_set_of_many_keys_prepares_some() {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    static PROVIDER: Provider = Provider { algorithms: &[&Counting(&COUNT)] };
    let algorithms = PROVIDER.allow_all();
    let set = key_set(20, &algorithms);
    // A copy counts with the set that it was made of.
    let copy = set.clone();
    for number in 1..=20 {
        (0..4).for_each(|use_| verify(if use_ % 2 == 0 { &set } else { &copy }, number, &algorithms, true));
    }
    assert_eq!(COUNT.load(Ordering::Relaxed), 16);
    let other = key_set(20, &algorithms);
    other.prepare();
    assert_eq!(COUNT.load(Ordering::Relaxed), 32);
}

#[test]
fn a_refresh_keeps_what_was_computed_and_nothing_else() {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    static PROVIDER: Provider = Provider { algorithms: &[&Counting(&COUNT)] };
    let algorithms = PROVIDER.allow_all();
    let old = key_set(3, &algorithms);
    old.prepare();
    let new = key_set(2, &algorithms).sharing(&old);
    assert_eq!(new.keys().keys(), key_set(2, &algorithms).keys().keys());
    new.prepare();
    assert_eq!(COUNT.load(Ordering::Relaxed), 3);
    // The same name for another key.
    let renamed = SigningKey::ed25519(KeyId::new("key-1").unwrap(), &[77; 32]).unwrap();
    let keys = KeySet::of(old.issuer().clone(), [renamed.public_key().clone()]);
    let keys = KeySet::parse(old.issuer().clone(), keys.to_text().as_bytes(), &algorithms, &Limits::DEFAULT);
    let keys = keys.unwrap().sharing(&old);
    assert_eq!(keys.keys().keys(), [renamed.public_key().clone()]);
    keys.prepare();
    assert_eq!(COUNT.load(Ordering::Relaxed), 4);
}
