//! RFC 8032 §5.1: encodings that a verifier refuses whatever its provider thinks of them.
//!
//! Providers differ on small-order points and on encodings that are not reduced. Both let one signature fit
//! several messages or keys, so both are refused here, before any provider is asked.

/// The two ordinates of the points of order 8; the other small-order ordinates are 0, 1 and p − 1.
const ORDER_8: [[u8; 32]; 2] = [
    [
        0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98, 0xf0, 0xd5,
        0xdf, 0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53, 0xfc, 0x05,
    ],
    [
        0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67, 0x0f, 0x2a,
        0x20, 0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03, 0x7a,
    ],
];

/// p = 2^255 − 19, little-endian.
const P: [u8; 32] = {
    let mut p = [0xff; 32];
    p[0] = 0xed;
    p[31] = 0x7f;
    p
};

/// The order of the base point, little-endian.
const L: [u8; 32] = [
    0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
];

/// Whether the little-endian number `value` is below `bound`. Public data: variable time is fine.
fn is_below(value: &[u8; 32], bound: &[u8; 32]) -> bool {
    value.iter().rev().lt(bound.iter().rev())
}

/// Whether `point` is reduced and not of small order. Whether it is on the curve is the provider's to say.
pub(super) fn is_acceptable_point(point: &[u8; 32]) -> bool {
    let mut y = *point;
    if let Some(top) = y.last_mut() {
        *top &= 0x7f;
    }
    let mut minus_one = P;
    if let Some(low) = minus_one.first_mut() {
        *low = 0xec;
    }
    let zero = [0; 32];
    let mut one = [0; 32];
    if let Some(low) = one.first_mut() {
        *low = 1;
    }
    let small = [zero, one, minus_one].contains(&y) || ORDER_8.contains(&y);
    is_below(&y, &P) && !small
}

/// Whether `signature` is 64 octets with an acceptable R and a reduced S.
pub(super) fn is_acceptable_signature(signature: &[u8]) -> bool {
    let Some((r, s)) = signature.split_at_checked(32) else { return false };
    match (<&[u8; 32]>::try_from(r), <&[u8; 32]>::try_from(s)) {
        (Ok(r), Ok(s)) => is_acceptable_point(r) && is_below(s, &L),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_small_order_and_unreduced_points() {
        for low in [0xec_u8, 0xed, 0xee, 0xff] {
            let mut point = P;
            point[0] = low;
            assert!(!is_acceptable_point(&point), "{low:x}");
        }
        assert!(!is_acceptable_point(&[0; 32]));
        for point in ORDER_8 {
            assert!(!is_acceptable_point(&point));
            let mut negated = point;
            negated[31] |= 0x80;
            assert!(!is_acceptable_point(&negated));
        }
        let mut base = [0x66; 32];
        base[0] = 0x58;
        assert!(is_acceptable_point(&base));
        assert!(is_acceptable_signature(&[base, [0; 32]].concat()));
        assert!(!is_acceptable_signature(&[base, L].concat()));
    }
}
