//! Prepared keys give the verdicts of unprepared ones, and both those of the crates that the signatures come from.
//!
//! The signatures are valid ones and what is next to them: bits flipped, halves exchanged or at their bounds, numbers that
//! wrap. `IDJAG_SIGNATURES` says how many; a release build tries a million in a few minutes.

use idjag::crypto::rustcrypto::PROVIDER;
use idjag::crypto::{Algorithm, KeyMaterial, VerifyingKey};
use p256::Scalar;
use p256::ecdsa::signature::{Signer as _, Verifier as _};
use p256::elliptic_curve::PrimeField as _;
use sha2::{Digest as _, Sha256};

/// As many signatures for one key.
const PER_KEY: u64 = 400;

fn count() -> u64 {
    let number = std::env::var("IDJAG_SIGNATURES").ok();
    number.map_or(2000, |number| number.parse().expect("IDJAG_SIGNATURES is a number"))
}

/// The same choices in every run.
struct Choices(u64);

impl Choices {
    fn bytes(&mut self) -> [u8; 32] {
        self.0 += 1;
        Sha256::digest(self.0.to_be_bytes()).into()
    }

    fn below(&mut self, bound: usize) -> usize {
        let [a, b, c, ..] = self.bytes();
        u32::from_be_bytes([0, a, b, c]) as usize % bound
    }
}

/// The key as imported, prepared one step, and prepared to the last.
fn imported(algorithm: Algorithm, material: &KeyMaterial) -> [Box<dyn VerifyingKey>; 3] {
    let implementation = PROVIDER.algorithms.iter().find(|candidate| candidate.algorithm() == algorithm);
    [0, 1, 2].map(|steps| {
        let key = implementation.expect("an algorithm").import(material).expect("a key");
        (0..steps).for_each(|_| {
            key.prepare();
        });
        key
    })
}

fn flip_a_bit(bytes: &mut [u8], choices: &mut Choices) {
    let bit = choices.below(bytes.len() * 8);
    bytes[bit / 8] ^= 1 << (bit % 8);
}

/// Tries `count` signatures, of which some must be valid and some not.
fn compare(
    mut key: impl FnMut(&mut Choices) -> (Vec<Box<dyn VerifyingKey>>, Reference),
    distort: fn(&mut Vec<u8>, &mut [u8; 64], &mut Choices),
) {
    let mut choices = Choices(0);
    let (mut valid, mut invalid) = (0, 0);
    let total = count();
    while valid + invalid < total {
        let (keys, reference) = key(&mut choices);
        for _ in 0..PER_KEY.min(total - valid - invalid) {
            let length = choices.below(90);
            let mut message = choices.bytes().repeat(3)[..length].to_vec();
            let mut signature = (reference.sign)(&message);
            distort(&mut message, &mut signature, &mut choices);
            let expected = (reference.verify)(&message, &signature);
            for (steps, key) in keys.iter().enumerate() {
                let found = key.verify(&message, &signature);
                assert_eq!(found, expected, "{steps} steps: {message:x?} {signature:x?}");
            }
            *(if expected { &mut valid } else { &mut invalid }) += 1;
        }
    }
    println!("{valid} valid, {invalid} invalid");
    assert!(valid > total / 4 && invalid > total / 4, "{valid} valid, {invalid} invalid");
}

type Sign = dyn Fn(&[u8]) -> [u8; 64];
type Verify = dyn Fn(&[u8], &[u8; 64]) -> bool;

/// The crate that knows.
struct Reference {
    sign: Box<Sign>,
    verify: Box<Verify>,
}

/// Numbers at which something changes, or nothing may: around 0, n, p − n, p and 2^256.
fn bounds() -> Vec<[u8; 32]> {
    const N: &str = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";
    const P: &str = "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff";
    const P_MINUS_N: &str = "000000000000000000000000000000004319055358e8617b0c46353d039cdaae";
    const HALF_N: &str = "7fffffff800000007fffffffffffffffde737d56d38bcf4279dce5617e3192a8";
    let number = |hex: &str| -> [u8; 32] {
        core::array::from_fn(|at| u8::from_str_radix(&hex[at * 2..at * 2 + 2], 16).expect("hex"))
    };
    let around = [N, P, P_MINUS_N, HALF_N].map(number).into_iter().flat_map(|number| {
        [-1_i16, 0, 1].map(|difference| {
            let mut sum = number;
            let mut carry = difference;
            for byte in sum.iter_mut().rev() {
                let total = i16::from(*byte) + carry;
                *byte = total.rem_euclid(256) as u8;
                carry = total.div_euclid(256);
            }
            sum
        })
    });
    let small = (0..4).map(|value| core::array::from_fn(|at| if at == 31 { value } else { 0 }));
    around.chain(small).chain([[0xff; 32]]).collect()
}

/// s + n, when it has 32 octets: the same number, spelt in a way that must be refused.
fn plus_order(number: &[u8; 32]) -> [u8; 32] {
    let order = bounds()[1];
    let mut sum = [0; 32];
    let mut carry = 0;
    for at in (0..32).rev() {
        let total = u16::from(number[at]) + u16::from(order[at]) + carry;
        sum[at] = total as u8;
        carry = total >> 8;
    }
    sum
}

#[test]
fn es256() {
    let key = |choices: &mut Choices| {
        let key = p256::ecdsa::SigningKey::from_slice(&choices.bytes()).expect("a scalar");
        let verifying = *key.verifying_key();
        let point = verifying.to_sec1_point(false);
        let coordinate = |bytes: Option<&p256::FieldBytes>| (*bytes.expect("a point")).into();
        let material = KeyMaterial::P256 { x: coordinate(point.x()), y: coordinate(point.y()) };
        let reference = Reference {
            sign: Box::new(move |message| {
                let signature: p256::ecdsa::Signature = key.sign(message);
                signature.to_bytes().into()
            }),
            verify: Box::new(move |message, signature| {
                let signature = p256::ecdsa::Signature::from_slice(signature);
                signature.is_ok_and(|signature| verifying.verify(message, &signature).is_ok())
            }),
        };
        (Vec::from(imported(Algorithm::Es256, &material)), reference)
    };
    compare(key, |message, signature, choices| {
        let (r, s) = signature.split_at_mut(32);
        match choices.below(16) {
            0 if !message.is_empty() => flip_a_bit(message, choices),
            1 | 2 => flip_a_bit(signature, choices),
            3 => r.swap_with_slice(s),
            4 => {
                // The other root: as good as the first.
                let number: [u8; 32] = (*s).try_into().expect("32 octets");
                let number = Option::<Scalar>::from(Scalar::from_repr(number.into())).expect("below n");
                s.copy_from_slice(&(-number).to_repr());
            }
            5 => s.copy_from_slice(&plus_order(&(*s).try_into().expect("32 octets"))),
            6 => r.copy_from_slice(&plus_order(&(*r).try_into().expect("32 octets"))),
            7 => r.copy_from_slice(&bounds()[choices.below(bounds().len())]),
            8 => s.copy_from_slice(&bounds()[choices.below(bounds().len())]),
            9 => {
                r.copy_from_slice(&bounds()[choices.below(bounds().len())]);
                s.copy_from_slice(&bounds()[choices.below(bounds().len())]);
            }
            10 => signature.copy_from_slice(&[choices.bytes(), choices.bytes()].concat()),
            _ => {}
        }
    });
}

/// RFC 8032 §5.1: little-endian L, and encodings of points of small order or not reduced.
fn eddsa_bounds() -> Vec<[u8; 32]> {
    let order = {
        let mut order = [0; 32];
        let low =
            [0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14];
        order[..16].copy_from_slice(&low);
        order[31] = 0x10;
        order
    };
    let with_ends = |low: u8, middle: u8, high: u8| {
        core::array::from_fn(|at| match at {
            0 => low,
            31 => high,
            _ => middle,
        })
    };
    let mut below = order;
    below[0] -= 1;
    let mut all = vec![order, below, [0xff; 32]];
    for high in [0, 0x80] {
        all.extend((0..3).map(|low| with_ends(low, 0, high)));
    }
    for high in [0x7f, 0xff] {
        all.extend((0xeb..=0xf0).map(|low| with_ends(low, 0xff, high)));
    }
    all
}

#[test]
fn eddsa() {
    let key = |choices: &mut Choices| {
        let key = ed25519_dalek::SigningKey::from_bytes(&choices.bytes());
        let verifying = key.verifying_key();
        let material = KeyMaterial::Ed25519 { x: verifying.to_bytes() };
        let reference = Reference {
            sign: Box::new(move |message| key.sign(message).to_bytes()),
            verify: Box::new(move |message, signature| {
                let signature = ed25519_dalek::Signature::from_bytes(signature);
                verifying.verify_strict(message, &signature).is_ok()
            }),
        };
        (Vec::from(imported(Algorithm::EdDsa, &material)), reference)
    };
    compare(key, |message, signature, choices| {
        let (r, s) = signature.split_at_mut(32);
        match choices.below(12) {
            0 if !message.is_empty() => flip_a_bit(message, choices),
            1 | 2 => flip_a_bit(signature, choices),
            3 => r.swap_with_slice(s),
            4 => {
                // S + L: the same number, which must be reduced.
                let mut carry = 0;
                for (byte, order) in s.iter_mut().zip(eddsa_bounds()[0]) {
                    let total = u16::from(*byte) + u16::from(order) + carry;
                    *byte = total as u8;
                    carry = total >> 8;
                }
            }
            5 => r.copy_from_slice(&eddsa_bounds()[choices.below(eddsa_bounds().len())]),
            6 => s.copy_from_slice(&eddsa_bounds()[choices.below(eddsa_bounds().len())]),
            _ => {}
        }
    });
}
