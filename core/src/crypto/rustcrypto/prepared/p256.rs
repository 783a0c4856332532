//! P-256 by tables.
#![allow(
    clippy::arithmetic_side_effects,
    reason = "of a field's elements, and of a group's, which have none"
)]

use alloc::boxed::Box;
use alloc::vec;
use alloc::vec::Vec;

use p256::ecdsa::Signature;
use p256::elliptic_curve::ff::PrimeField as _;
use p256::elliptic_curve::hazmat::FieldArithmetic;
use p256::elliptic_curve::ops::{BatchInvert as _, Reduce as _};
use p256::elliptic_curve::point::AffineCoordinates as _;
use p256::elliptic_curve::scalar::IsHigh as _;
use p256::{AffinePoint, FieldBytes, NistP256, Scalar};

use super::digits::{self, Digits};
use super::{Multiples, Tables};

/// The curve crate's own, with its checked arithmetic.
type Field = <NistP256 as FieldArithmetic>::FieldElement;

/// A scalar or its negative is below 2^255.
const BITS: u32 = 255;

/// p − n: an abscissa is r or, when r is below this, r + n.
const P_MINUS_N: [u8; 32] = [
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x43, 0x19, 0x05, 0x53, 0x58, 0xe8, 0x61, 0x7b, 0x0c,
    0x46, 0x35, 0x3d, 0x03, 0x9c, 0xda, 0xae,
];

/// For each digit's place the multiples of a point, in affine coordinates.
pub(in super::super) struct P256Multiples {
    width: u32,
    points: Box<[Affine]>,
}

#[derive(Clone, Copy)]
struct Affine {
    x: Field,
    y: Field,
}

impl Affine {
    const ZERO: Self = Self { x: Field::ZERO, y: Field::ZERO };

    fn of(point: &AffinePoint) -> Option<Self> {
        let element = |bytes: FieldBytes| Option::from(Field::from_repr(bytes));
        (!bool::from(point.is_identity())).then_some(())?;
        Some(Self { x: element(point.x())?, y: element(point.y())? })
    }
}

impl Multiples for P256Multiples {
    type Point = AffinePoint;

    const WIDTHS: [u32; 2] = [5, 8];

    fn bytes(width: u32) -> usize {
        digits::count(BITS, width) * digits::multiples(width) * size_of::<Affine>()
    }

    /// All places together: from the multiples up to m those up to 2m, by affine additions that share one inversion.
    fn build(point: &AffinePoint, width: u32) -> Option<Self> {
        let per_place = digits::multiples(width);
        let mut points = vec![Affine::ZERO; digits::count(BITS, width) * per_place];
        for (place, base) in points.chunks_exact_mut(per_place).zip(bases(&Affine::of(point)?, width)) {
            *place.first_mut()? = base;
        }
        let mut known = 1;
        while known < per_place {
            let places = || points.chunks_exact(per_place).filter_map(|place| place.get(..known));
            let mut inverses: Vec<Field> = places().flat_map(sums).map(|sum| sum.divisor).collect();
            invert(&mut inverses);
            for (place, inverses) in points.chunks_exact_mut(per_place).zip(inverses.chunks_exact(known)) {
                let (old, new) = place.split_at_mut(known);
                for ((sum, inverse), new) in sums(old).zip(inverses).zip(new) {
                    *new = sum.by(inverse)?;
                }
            }
            known *= 2;
        }
        Some(Self { width, points: points.into_boxed_slice() })
    }

    fn of_generator() -> &'static Tables<Self> {
        static GENERATOR: Tables<P256Multiples> = Tables::new();
        &GENERATOR
    }

    fn generator() -> AffinePoint {
        AffinePoint::GENERATOR
    }
}

/// The point at each digit's place: times 2^`width` from one to the next.
fn bases(point: &Affine, width: u32) -> Vec<Affine> {
    let mut base = Sum::of(point);
    let mut bases = Vec::with_capacity(digits::count(BITS, width));
    for _ in 0..digits::count(BITS, width) {
        let next = (0..width).fold(base, |base, _| base.twice());
        bases.push(base);
        base = next;
    }
    let mut inverses: Vec<Field> = bases.iter().map(|base| base.zzz).collect();
    invert(&mut inverses);
    bases.iter().zip(&inverses).map(|(base, inverse)| base.divided(inverse)).collect()
}

/// All with one inversion. Zero stays zero.
fn invert(elements: &mut [Field]) {
    let mut scratch = vec![Field::ZERO; elements.len()];
    Field::batch_invert_in_place_vartime(elements, &mut scratch);
}

/// An affine sum whose division is still to be done.
struct DividedSum<'a> {
    left: &'a Affine,
    right: &'a Affine,
    dividend: Field,
    divisor: Field,
}

/// Each of a row of multiples plus the last.
fn sums(row: &[Affine]) -> impl Iterator<Item = DividedSum<'_>> {
    let (last, others) = row.split_last().map_or((&Affine::ZERO, row), |split| split);
    let twice = last.x.square() - Field::ONE;
    let others = others.iter().map(move |left| DividedSum {
        left,
        right: last,
        dividend: left.y - last.y,
        divisor: left.x - last.x,
    });
    others.chain([DividedSum {
        left: last,
        right: last,
        dividend: twice.double() + twice,
        divisor: last.y.double(),
    }])
}

impl DividedSum<'_> {
    /// `None` when the divisor was zero: the point was not of the order it should be.
    fn by(&self, inverse: &Field) -> Option<Affine> {
        (!bool::from(inverse.is_zero())).then_some(())?;
        let slope = self.dividend * inverse;
        let x = slope.square() - self.left.x - self.right.x;
        Some(Affine { x, y: slope * (self.right.x - x) - self.right.y })
    }
}

/// A point by x = X / ZZ and y = Y / ZZZ, with ZZ³ = ZZZ² and neither zero.
#[derive(Clone, Copy)]
struct Sum {
    x: Field,
    y: Field,
    zz: Field,
    zzz: Field,
}

impl Sum {
    fn of(point: &Affine) -> Self {
        Self { x: point.x, y: point.y, zz: Field::ONE, zzz: Field::ONE }
    }

    /// `madd-2008-s` of the Explicit-Formulas Database, for points that differ in their abscissas; else `None`.
    #[inline]
    fn plus(&self, point: &Affine) -> Option<Self> {
        let p = point.x * self.zz - self.x;
        let r = point.y * self.zzz - self.y;
        if bool::from(p.is_zero()) {
            return None;
        }
        let pp = p.square();
        let ppp = p * pp;
        let q = self.x * pp;
        let x = r.square() - ppp - q.double();
        Some(Self { x, y: r * (q - x) - self.y * ppp, zz: self.zz * pp, zzz: self.zzz * ppp })
    }

    /// `dbl-2008-s-1`, with a = −3. No point of the curve is its own negative, so it has no exception.
    fn twice(self) -> Self {
        let u = self.y.double();
        let v = u.square();
        let w = u * v;
        let s = self.x * v;
        let difference = self.x.square() - self.zz.square();
        let m = difference.double() + difference;
        let x = m.square() - s.double();
        Self { x, y: m * (s - x) - w * self.y, zz: v * self.zz, zzz: w * self.zzz }
    }

    /// In affine coordinates, with 1 / ZZZ; 1 / ZZ is (ZZ / ZZZ)².
    fn divided(&self, inverse: &Field) -> Affine {
        Affine { x: self.x * (self.zz * inverse).square(), y: self.y * inverse }
    }
}

impl P256Multiples {
    /// The coordinates of the multiples, place by place.
    #[cfg(test)]
    pub(super) fn places(&self) -> impl Iterator<Item = Vec<(FieldBytes, FieldBytes)>> {
        let places = self.points.chunks_exact(digits::multiples(self.width));
        places.map(|place| place.iter().map(|point| (point.x.to_repr(), point.y.to_repr())).collect())
    }

    /// `sum` + `scalar` times the point; `None` when two points on the way are equal or opposite.
    fn add(&self, mut sum: Option<Sum>, scalar: &Scalar) -> Option<Option<Sum>> {
        let is_high = bool::from(scalar.is_high());
        let mut bytes: [u8; 32] = if is_high { -*scalar } else { *scalar }.to_bytes().into();
        bytes.reverse();
        let places = self.points.chunks_exact(digits::multiples(self.width));
        for (place, digit) in places.zip(Digits::new(&bytes, self.width)) {
            let index = usize::from(digit.unsigned_abs()).checked_sub(1);
            let Some(multiple) = index.and_then(|index| place.get(index)) else { continue };
            let y = if (digit < 0) == is_high { multiple.y } else { -multiple.y };
            let multiple = Affine { x: multiple.x, y };
            sum = Some(match sum {
                None => Sum::of(&multiple),
                Some(sum) => sum.plus(&multiple)?,
            });
        }
        Some(sum)
    }
}

/// Whether the signature of a message's digest is the key's (FIPS 186-5 §6.4.2); `None` in the rare case that is left to
/// the plain path, for these additions are not complete.
pub(in super::super) fn verify(
    generator: &P256Multiples,
    key: &P256Multiples,
    digest: &[u8; 32],
    signature: &Signature,
) -> Option<bool> {
    let (r, s) = signature.split_scalars();
    let inverse: Scalar = Option::from(s.as_ref().invert_vartime())?;
    let z = Scalar::reduce(&FieldBytes::from(*digest));
    let sum = generator.add(None, &(z * inverse))?;
    let sum = key.add(sum, &(*r * inverse))??;
    // x = X / ZZ without the division.
    let bytes = r.to_bytes();
    let abscissa: Field = Option::from(Field::from_repr(bytes))?;
    let wrapped = abscissa + order()?;
    let is_r = abscissa * sum.zz == sum.x;
    Some(is_r || (bytes.as_slice() < P_MINUS_N.as_slice() && wrapped * sum.zz == sum.x))
}

/// n as an element of the field.
fn order() -> Option<Field> {
    let minus_one = Option::<Field>::from(Field::from_repr((-Scalar::ONE).to_bytes()))?;
    Some(minus_one + Field::ONE)
}
