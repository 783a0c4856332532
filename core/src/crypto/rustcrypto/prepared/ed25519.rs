//! Ed25519 by tables.
#![allow(clippy::arithmetic_side_effects, reason = "of a group's elements, which have none")]

use alloc::boxed::Box;
use alloc::vec::Vec;

use curve25519_dalek::EdwardsPoint;
use curve25519_dalek::Scalar;
use curve25519_dalek::constants::ED25519_BASEPOINT_POINT;

use super::digits::{self, Digits};
use super::{Multiples, Tables};

/// The group's order is below 2^253.
const BITS: u32 = 253;

/// For each digit's place the multiples of a point.
pub(in super::super) struct Ed25519Multiples {
    width: u32,
    points: Box<[EdwardsPoint]>,
}

impl Multiples for Ed25519Multiples {
    type Point = EdwardsPoint;

    const WIDTHS: [u32; 2] = [5, 7];

    fn bytes(width: u32) -> usize {
        digits::count(BITS, width) * digits::multiples(width) * size_of::<EdwardsPoint>()
    }

    fn build(point: &EdwardsPoint, width: u32) -> Option<Self> {
        let (places, per_place) = (digits::count(BITS, width), digits::multiples(width));
        let mut points = Vec::with_capacity(places * per_place);
        let mut base = *point;
        for _ in 0..places {
            let mut multiple = base;
            points.push(multiple);
            for _ in 1..per_place {
                multiple += base;
                points.push(multiple);
            }
            base = multiple + multiple;
        }
        Some(Self { width, points: points.into_boxed_slice() })
    }

    fn of_generator() -> &'static Tables<Self> {
        static GENERATOR: Tables<Ed25519Multiples> = Tables::new();
        &GENERATOR
    }

    fn generator() -> EdwardsPoint {
        ED25519_BASEPOINT_POINT
    }
}

impl Ed25519Multiples {
    /// `sum` + `scalar` times the point.
    pub(in super::super) fn add(&self, mut sum: EdwardsPoint, scalar: &Scalar) -> EdwardsPoint {
        let bytes = scalar.to_bytes();
        let places = self.points.chunks_exact(digits::multiples(self.width));
        for (place, digit) in places.zip(Digits::new(&bytes, self.width)) {
            let index = usize::from(digit.unsigned_abs()).checked_sub(1);
            let Some(multiple) = index.and_then(|index| place.get(index)) else { continue };
            if digit < 0 {
                sum -= multiple;
            } else {
                sum += multiple;
            }
        }
        sum
    }
}
