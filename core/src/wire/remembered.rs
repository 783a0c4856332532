//! Signatures that held a moment ago.
//!
//! The steps of a role start from the request again, and its signatures would be computed for each. Whether a signature
//! is a key's over a message is a fact that never changes, so remembering it changes no answer, only the time it takes.
//! Failures are not remembered. The memory is fixed: the process's last few hundred facts, by SHA-256.

use alloc::boxed::Box;
use core::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use sha2::{Digest as _, Sha256};

use crate::crypto::{Algorithm, KeyMaterial, VerifyingKey};

/// A key, with a memory.
pub(super) fn wrap(
    algorithm: Algorithm,
    material: &KeyMaterial,
    key: Box<dyn VerifyingKey>,
) -> Box<dyn VerifyingKey> {
    let name =
        Sha256::new().chain_update(algorithm.name()).chain_update(material.thumbprint().to_base64url());
    Box::new(Remembered { key, name: name.finalize().into() })
}

struct Remembered {
    key: Box<dyn VerifyingKey>,
    /// Algorithm and key.
    name: [u8; 32],
}

impl VerifyingKey for Remembered {
    fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        // Lengths are fixed by the algorithm for all but the message, which comes last.
        let fact: [u8; 32] = Sha256::new()
            .chain_update(self.name)
            .chain_update((signature.len() as u64).to_be_bytes())
            .chain_update(signature)
            .chain_update(message)
            .finalize()
            .into();
        if FACTS.holds(&fact) {
            return true;
        }
        let valid = self.key.verify(message, signature);
        if valid {
            FACTS.add(&fact);
        }
        valid
    }

    fn prepare(&self) -> bool {
        self.key.prepare()
    }
}

/// Facts by the first byte of their hash, the newest in each place.
struct Facts([Fact; 256]);

/// A hash in words, of one thread at a time: of words that many hashes left, each may be one that somebody looked for, and
/// together they would be the hash of what nobody signed.
struct Fact {
    taken: AtomicBool,
    words: [AtomicU32; 8],
}

static FACTS: Facts = Facts::new();

impl Fact {
    /// What `ask` answers of the words; `None` while another thread is at them, which costs no more than what it forgets.
    fn with<R>(&self, ask: impl FnOnce(&[AtomicU32; 8]) -> R) -> Option<R> {
        if self.taken.swap(true, Ordering::Acquire) {
            return None;
        }
        let answer = ask(&self.words);
        self.taken.store(false, Ordering::Release);
        Some(answer)
    }
}

impl Facts {
    const fn new() -> Self {
        Self([const { Fact { taken: AtomicBool::new(false), words: [const { AtomicU32::new(0) }; 8] } }; 256])
    }

    fn place(&self, hash: &[u8; 32]) -> Option<&Fact> {
        let [first, ..] = *hash;
        self.0.get(usize::from(first))
    }

    fn holds(&self, hash: &[u8; 32]) -> bool {
        let is_kept = |kept: &[AtomicU32; 8]| {
            kept.iter().zip(words(hash)).all(|(kept, word)| kept.load(Ordering::Relaxed) == word)
        };
        self.place(hash).and_then(|fact| fact.with(is_kept)).unwrap_or_default()
    }

    fn add(&self, hash: &[u8; 32]) {
        let keep = |kept: &[AtomicU32; 8]| {
            kept.iter().zip(words(hash)).for_each(|(kept, word)| kept.store(word, Ordering::Relaxed));
        };
        let _ = self.place(hash).and_then(|fact| fact.with(keep));
    }
}

fn words(hash: &[u8; 32]) -> impl Iterator<Item = u32> {
    let (words, _) = hash.as_chunks::<4>();
    words.iter().map(|word| u32::from_be_bytes(*word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::rustcrypto::{PROVIDER, SigningKey};
    use crate::crypto::{Algorithms, Signer as _};
    use crate::text::KeyId;

    #[test]
    fn what_held_holds_again_and_nothing_else_does() {
        let signer = SigningKey::es256(KeyId::new("k").unwrap(), &[7; 32]).unwrap();
        let other = SigningKey::es256(KeyId::new("k").unwrap(), &[8; 32]).unwrap();
        let remembering: Algorithms = PROVIDER.allow_all().wrapped_by(wrap);
        let import = |signer: &SigningKey| {
            let (_, key) = remembering.import(signer.public_key().material(), None).unwrap();
            key
        };
        let (key, stranger) = (import(&signer), import(&other));
        let signature = signer.sign(b"message").unwrap();
        for _ in 0..3 {
            assert!(!stranger.verify(b"message", &signature));
            assert!(key.verify(b"message", &signature));
            assert!(!key.verify(b"massage", &signature));
            for bit in 0..8 {
                let mut bent = signature.clone();
                bent[bit * 7] ^= 1 << bit;
                assert!(!key.verify(b"message", &bent));
            }
        }
    }

    #[test]
    fn a_failure_is_not_remembered_and_a_success_is() {
        static FACTS: Facts = Facts::new();
        let hash = [9; 32];
        assert!(!FACTS.holds(&hash));
        FACTS.add(&hash);
        assert!(FACTS.holds(&hash));
        assert!(!FACTS.holds(&[&[9; 31][..], &[8]].concat().try_into().unwrap()));
    }

    #[test]
    fn while_one_thread_is_at_a_place_no_other_reads_or_writes_it() {
        static FACTS: Facts = Facts::new();
        let (hash, other) = ([9; 32], [&[9][..], &[7; 31]].concat().try_into().unwrap());
        FACTS.add(&hash);
        let asked = FACTS.place(&hash).unwrap().with(|_| {
            FACTS.add(&other);
            FACTS.holds(&hash) || FACTS.holds(&other)
        });
        assert_eq!(asked, Some(false));
        assert!(FACTS.holds(&hash) && !FACTS.holds(&other));
        FACTS.add(&other);
        assert!(FACTS.holds(&other) && !FACTS.holds(&hash));
    }
}
