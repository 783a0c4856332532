//! Scalars as signed digits: a table of positive multiples serves both signs.

/// How many digits of `width` bits a scalar below 2^`bits` has. One bit more than the scalar's: the last digit takes the
/// last carry.
pub(super) const fn count(bits: u32, width: u32) -> usize {
    bits.saturating_add(1).div_ceil(width) as usize
}

/// How many multiples each place needs: those by 1 to 2^(`width` − 1).
pub(super) const fn multiples(width: u32) -> usize {
    1 << width.saturating_sub(1)
}

/// The digits of a little-endian scalar, from the lowest on without end; at most 8 bits each.
pub(super) struct Digits<'s> {
    scalar: &'s [u8; 32],
    width: u32,
    position: usize,
    carry: u16,
}

impl<'s> Digits<'s> {
    pub(super) const fn new(scalar: &'s [u8; 32], width: u32) -> Self {
        Self { scalar, width, position: 0, carry: 0 }
    }
}

impl Iterator for Digits<'_> {
    type Item = i16;

    #[inline]
    fn next(&mut self) -> Option<i16> {
        let full = 1_u16 << self.width;
        let byte = |at: usize| self.scalar.get(at).copied().unwrap_or_default();
        let at = self.position >> 3;
        let bits = u16::from_le_bytes([byte(at), byte(at.saturating_add(1))]) >> (self.position & 7);
        let digit = (bits & full.saturating_sub(1)).saturating_add(self.carry);
        self.position = self.position.saturating_add(self.width as usize);
        self.carry = u16::from(digit > full >> 1);
        // At most 2^8, so it fits.
        let signed = i32::from(digit).saturating_sub(i32::from(full).saturating_mul(i32::from(self.carry)));
        i16::try_from(signed).ok()
    }
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects)]
mod tests {
    use super::*;

    /// The scalar that the digits spell, in words that are wide enough.
    fn spelt(scalar: &[u8; 32], width: u32, bits: u32) -> [i64; 33] {
        let mut sum = [0_i64; 33];
        for (place, digit) in Digits::new(scalar, width).take(count(bits, width)).enumerate() {
            assert!(digit.unsigned_abs() as usize <= multiples(width), "{digit}");
            let position = place * width as usize;
            sum[position / 8] += i64::from(digit) << (position % 8);
        }
        for at in 0..32 {
            let carry = sum[at] >> 8;
            sum[at] -= carry << 8;
            sum[at + 1] += carry;
        }
        sum
    }

    #[test]
    fn digits_spell_the_scalar() {
        let mut scalars = vec![[0; 32], [0x7f; 32], [0x55; 32], [0x80; 32], [0xff; 32]];
        for bit in 0..255 {
            let mut one = [0; 32];
            one[bit / 8] = 1 << (bit % 8);
            scalars.push(one);
            let mut below = [0xff; 32];
            below[bit / 8] ^= 1 << (bit % 8);
            scalars.push(below);
        }
        for width in 2..=8 {
            for scalar in &scalars {
                for bits in [255, 253] {
                    let mut scalar = *scalar;
                    scalar[31] &= if bits == 255 { 0x7f } else { 0x1f };
                    let sum = spelt(&scalar, width, bits);
                    assert!(
                        sum.iter().zip(scalar.iter().chain([&0])).all(|(got, byte)| *got == i64::from(*byte))
                    );
                }
            }
        }
    }
}
