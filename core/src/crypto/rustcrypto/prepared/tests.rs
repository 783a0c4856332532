//! What only this room can see: tables in two steps, digests that no message has, and the additions that are left to the
//! plain path. `tests/tests/prepared.rs` compares whole verifications, and many more of them.
#![allow(clippy::arithmetic_side_effects)]

use alloc::sync::Arc;
use alloc::vec::Vec;
use std::sync::{Barrier, LazyLock};

use ::p256::ecdsa::Signature;
use ::p256::ecdsa::signature::hazmat::PrehashVerifier as _;
use ::p256::elliptic_curve::PrimeField as _;
use ::p256::elliptic_curve::group::Group as _;
use ::p256::elliptic_curve::ops::Reduce as _;
use ::p256::elliptic_curve::point::{AffineCoordinates as _, DecompressPoint as _};
use ::p256::elliptic_curve::subtle::Choice;
use ::p256::{AffinePoint, FieldBytes, ProjectivePoint, Scalar};
use curve25519_dalek::traits::Identity as _;
use curve25519_dalek::{EdwardsPoint, Scalar as EdwardsScalar};

use super::ed25519::Ed25519Multiples;
use super::p256::{P256Multiples, verify};
use super::{Multiples, Tables};

const WIDTHS: [u32; 2] = P256Multiples::WIDTHS;
const G: ProjectivePoint = ProjectivePoint::GENERATOR;

fn number(value: u64) -> Scalar {
    Scalar::from(value)
}

/// A key, and tables of both widths for the generator and for it.
struct Key {
    plain: ::p256::ecdsa::VerifyingKey,
    tables: [(Arc<P256Multiples>, P256Multiples); 2],
}

impl Key {
    fn of(point: &AffinePoint) -> Self {
        static GENERATOR: LazyLock<[Arc<P256Multiples>; 2]> =
            LazyLock::new(|| WIDTHS.map(|width| Arc::new(build(&AffinePoint::GENERATOR, width))));
        let [small, large] = WIDTHS.map(|width| build(point, width));
        let [generator_small, generator_large] = GENERATOR.clone();
        let plain = ::p256::ecdsa::VerifyingKey::from_affine(*point).unwrap();
        Self { plain, tables: [(generator_small, small), (generator_large, large)] }
    }

    /// The plain verdict, and those by tables.
    fn verdicts(&self, digest: &[u8; 32], signature: &Signature) -> (bool, [Option<bool>; 2]) {
        let prepared =
            self.tables.each_ref().map(|(generator, key)| verify(generator, key, digest, signature));
        (self.plain.verify_prehash(digest, signature).is_ok(), prepared)
    }
}

fn build(point: &AffinePoint, width: u32) -> P256Multiples {
    P256Multiples::build(point, width).unwrap()
}

/// The key for which (r, s) is a signature of `digest`, when R is `point`: (s·R − z·G) / r.
fn recovered(point: ProjectivePoint, r: Scalar, s: Scalar, digest: &[u8; 32]) -> Key {
    let z = Scalar::reduce(&FieldBytes::from(*digest));
    Key::of(&((point * s - G * z) * r.invert().unwrap()).to_affine())
}

#[test]
fn multiples_are_multiples() {
    let point = (G * number(0x1234_5678)).to_affine();
    for width in WIDTHS {
        let table = build(&point, width);
        let mut base = ProjectivePoint::from(point);
        for place in table.places() {
            let mut multiple = ProjectivePoint::IDENTITY;
            for (x, y) in place {
                multiple += base;
                assert_eq!((multiple.to_affine().x(), multiple.to_affine().y()), (x, y));
            }
            // Digits are signed: the last multiple is half of the next place.
            base = multiple.double();
        }
        assert_eq!(table.places().flatten().count() * 64, P256Multiples::bytes(width));
    }
    assert!(P256Multiples::build(&AffinePoint::IDENTITY, 5).is_none());
}

#[test]
fn ed25519_tables_multiply() {
    let point = EdwardsPoint::mul_base(&EdwardsScalar::from(987_654_321_u64));
    let highest = -EdwardsScalar::ONE;
    for width in Ed25519Multiples::WIDTHS {
        let table = Ed25519Multiples::build(&point, width).unwrap();
        for scalar in [EdwardsScalar::ZERO, EdwardsScalar::ONE, highest, highest * EdwardsScalar::from(7_u8)]
        {
            assert_eq!(table.add(EdwardsPoint::identity(), &scalar), point * scalar);
            assert_eq!(table.add(point, &scalar), point * scalar + point);
        }
    }
}

/// Digests around 0 and n, s around its bounds: each with the key that makes it valid, and next to it an invalid one.
#[test]
fn extreme_digests_and_scalars_have_the_plain_verdict() {
    let n_minus_1: [u8; 32] = (-Scalar::ONE).to_repr().into();
    let mut n = n_minus_1;
    n[31] += 1;
    let mut n_plus_1 = n;
    n_plus_1[31] += 1;
    let mut one = [0; 32];
    one[31] = 1;
    for digest in [[0; 32], one, n_minus_1, n, n_plus_1, [0xff; 32]] {
        for s in [Scalar::ONE, number(2), -Scalar::ONE, -number(2), number(2).invert().unwrap()] {
            let point = G * number(0x5eed);
            let r = Scalar::reduce(&point.to_affine().x());
            let key = recovered(point, r, s, &digest);
            let signature = Signature::from_scalars(r, s).unwrap();
            assert_eq!(key.verdicts(&digest, &signature), (true, [Some(true); 2]));
            let other = Signature::from_scalars(r + Scalar::ONE, s).unwrap();
            assert_eq!(key.verdicts(&digest, &other), (false, [Some(false); 2]));
        }
    }
}

/// FIPS 186-5 §6.4.2 compares modulo n: for some points x is r + n.
#[test]
fn an_abscissa_above_the_order_is_reduced() {
    let n_minus_1 = (-Scalar::ONE).to_repr();
    let on_curve = |excess: u8| {
        let mut x = n_minus_1;
        x[31] += 1 + excess;
        Option::from(AffinePoint::decompress(&x, Choice::from(0))).map(|point: AffinePoint| (excess, point))
    };
    let (excess, point) = (1..100).find_map(on_curve).unwrap();
    let (r, digest) = (number(excess.into()), [3; 32]);
    assert!(point.x().as_slice() > n_minus_1.as_slice());
    let key = recovered(point.into(), r, number(99), &digest);
    let signature = Signature::from_scalars(r, number(99)).unwrap();
    assert_eq!(key.verdicts(&digest, &signature), (true, [Some(true); 2]));
    // As large as it may be without reaching n when it is wrapped: there is no r + n below p.
    let largest = -number(1);
    let signature = Signature::from_scalars(largest, number(99)).unwrap();
    assert_eq!(key.verdicts(&digest, &signature), (false, [Some(false); 2]));
}

/// Keys that are small multiples of the generator: additions meet equal and opposite points, and infinity.
#[test]
fn sums_that_meet_themselves_are_left_to_the_plain_path() {
    let mut left = 0;
    for multiple in [1, 2, 3, 16, 17, 32, 128, 129, 256] {
        for secret in [number(multiple), -number(multiple)] {
            let key = Key::of(&(G * secret).to_affine());
            for (r, s) in [(11, 11), (11, 1), (1, 1), (1, 5), (22, 11)].map(|(r, s)| (number(r), number(s))) {
                let signature = Signature::from_scalars(r, s).unwrap();
                // Digests with which the sum is infinity, twice the key's part, or of small scalars.
                for z in [-(r * secret), r * secret, s, s + s, number(0)] {
                    let digest: [u8; 32] = z.to_repr().into();
                    let (plain, prepared) = key.verdicts(&digest, &signature);
                    left += prepared.iter().filter(|verdict| verdict.is_none()).count();
                    assert!(prepared.iter().flatten().all(|verdict| *verdict == plain));
                }
            }
        }
    }
    assert!(left > 20, "{left}");
}

#[test]
fn steps_are_two_and_many_may_build_at_once() {
    let tables: Tables<P256Multiples> = Tables::new();
    let point = (G * number(3)).to_affine();
    assert!(tables.pair().is_none());
    let start = Barrier::new(4);
    std::thread::scope(|scope| {
        let builders: Vec<_> = (0..4)
            .map(|_| {
                scope.spawn(|| {
                    start.wait();
                    tables.grow(&point);
                    assert!(tables.pair().is_some());
                })
            })
            .collect();
        builders.into_iter().for_each(|builder| builder.join().unwrap());
    });
    tables.grow(&point);
    assert!(tables.small.get().is_some() && tables.large.get().is_some());
    let [_, large] = WIDTHS;
    let bytes = |table: &P256Multiples| table.places().flatten().count() * 64;
    assert_eq!(tables.pair().map(|(generator, key)| (bytes(generator), bytes(key))), {
        let bytes = P256Multiples::bytes(large);
        Some((bytes, bytes))
    });
    tables.grow(&point);
}
