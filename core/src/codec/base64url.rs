//! RFC 4648 §5 without padding: no foreign character, no stray bits, one spelling per value.
//!
//! Decoded eight characters at a time in one machine word, without a table and without a branch on what they are: as
//! fast as it is told about tokens, and telling nothing of keys.

use alloc::string::String;
use alloc::vec::Vec;

use base64ct::{Base64UrlUnpadded, Encoding as _};

/// The highest bit of each byte.
const HIGH: u64 = each(0x80);

/// A word of eight times `byte`.
const fn each(byte: u8) -> u64 {
    u64::from_ne_bytes([byte; 8])
}

/// Decodes `text`; `None` on padding, whitespace, the other alphabet or non-zero trailing bits.
pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    let (blocks, rest) = text.as_bytes().as_chunks::<8>();
    // Six bits per character; what remains of a byte must be empty, and a single character makes none.
    let last = rest.len().wrapping_mul(6) / 8;
    if rest.len() % 4 == 1 {
        return None;
    }
    let mut bytes = alloc::vec![0; blocks.len().saturating_mul(6)];
    let mut faults = 0;
    for (block, six) in blocks.iter().zip(bytes.as_chunks_mut().0) {
        let (bits, fault) = bits(*block);
        faults |= fault;
        let [_, _, decoded @ ..] = bits.to_be_bytes();
        *six = decoded;
    }
    let mut block = [b'A'; 8];
    block.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
    let (bits, fault) = bits(block);
    let [_, _, decoded @ ..] = bits.to_be_bytes();
    let (decoded, stray) = decoded.split_at_checked(last)?;
    bytes.extend_from_slice(decoded);
    (faults | fault == 0 && stray.iter().all(|byte| *byte == 0)).then_some(bytes)
}

/// The 48 bits that eight characters stand for, and a word that is zero when all are of the alphabet.
fn bits(characters: [u8; 8]) -> (u64, u64) {
    let word = u64::from_be_bytes(characters);
    // With the highest bits set, no byte borrows from its neighbour: each is compared on its own.
    let reaches = |least: u8| (word | HIGH).wrapping_sub(each(least)) & HIGH;
    let within = |first: u8, last: u8| reaches(first) & !reaches(last.wrapping_add(1));
    let classes = [
        (within(b'A', b'Z'), 63), // − 65, modulo 128
        (within(b'a', b'z'), 57), // − 71
        (within(b'0', b'9'), 4),
        (within(b'-', b'-'), 17),
        (within(b'_', b'_'), 96), // − 32
    ];
    let (mut known, mut offsets) = (0, 0);
    for (found, offset) in classes {
        known |= found;
        offsets |= found.wrapping_sub(found >> 7) & each(offset);
    }
    let sextets = (word & !HIGH).wrapping_add(offsets) & each(0x3F);
    let pairs = (sextets & 0x3F00_3F00_3F00_3F00) >> 2 | sextets & 0x003F_003F_003F_003F;
    let fours = (pairs & 0x0FFF_0000_0FFF_0000) >> 4 | pairs & 0x0000_0FFF_0000_0FFF;
    let bits = (fours & 0x00FF_FFFF_0000_0000) >> 8 | fours & 0x00FF_FFFF;
    (bits, known ^ HIGH | word & HIGH)
}

/// Whether every byte of `text` is of the alphabet.
pub(crate) fn is_alphabet(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')
}

/// Decodes `text` into exactly `N` bytes.
pub(crate) fn decode_array<const N: usize>(text: &str) -> Option<[u8; N]> {
    decode(text)?.try_into().ok()
}

/// Encodes `bytes`.
pub(crate) fn encode(bytes: &[u8]) -> String {
    Base64UrlUnpadded::encode_string(bytes)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn refuses_every_second_spelling() {
        assert_eq!(decode("Zm9v").as_deref(), Some(&b"foo"[..]));
        for wrong in ["Zm8=", "Zm9", "Zm 9v", "Zm9v\n", "+m9v", "/m9v", "Z", "Zm9vZh", "\u{e4}m9v"] {
            assert_eq!(decode(wrong), None, "{wrong:?}");
        }
    }

    /// Every character at every place of a block, and as the last of every length.
    #[test]
    fn decides_on_every_character_as_base64ct_does() {
        for length in 1..=17_usize {
            for place in 0..length {
                for character in (0..=0xFF_u8).map(char::from) {
                    let text: String =
                        (0..length).map(|at| if at == place { character } else { 'Q' }).collect();
                    assert_eq!(decode(&text), Base64UrlUnpadded::decode_vec(&text).ok(), "{text:?}");
                }
            }
        }
    }

    proptest! {
        #[test]
        fn decodes_as_base64ct_does(text in "[A-Za-z0-9_-]{0,70}", noise in "[ -~]{0,2}", at in 0_usize..70) {
            prop_assert_eq!(decode(&text), Base64UrlUnpadded::decode_vec(&text).ok());
            let (before, after) = text.split_at(at.min(text.len()));
            let noisy = format!("{before}{noise}{after}");
            prop_assert_eq!(decode(&noisy), Base64UrlUnpadded::decode_vec(&noisy).ok());
        }

        #[test]
        fn undoes_encoding(bytes in prop::collection::vec(any::<u8>(), 0..80)) {
            prop_assert_eq!(decode(&encode(&bytes)), Some(bytes));
        }
    }
}
