//! RFC 4648 §5 without padding: no foreign character, no stray bits, one spelling per value.
//!
//! Tokens and public keys are decoded by table, four characters at a time; what a private key is made of by base64ct, in
//! the same time whatever it is.

use alloc::string::String;
use alloc::vec::Vec;

use base64ct::{Base64UrlUnpadded, Encoding as _};

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// Set for a character that is not of the alphabet.
const FOREIGN: u32 = 1 << 31;

/// What each character stands for as the first, second, third and fourth of 24 bits.
static BITS: [[u32; 256]; 4] = [table(18), table(12), table(6), table(0)];

const fn table(shift: u32) -> [u32; 256] {
    let mut table = [FOREIGN; 256];
    let (mut rest, mut value) = (ALPHABET.as_slice(), 0_u32);
    while let [character, after @ ..] = rest {
        if let Some((_, [entry, ..])) = table.split_at_mut_checked(*character as usize) {
            *entry = value << shift;
        }
        value = value.wrapping_add(1);
        rest = after;
    }
    table
}

/// Decodes `text`; `None` on padding, whitespace, the other alphabet or non-zero trailing bits.
pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    let (blocks, rest) = text.as_bytes().as_chunks::<4>();
    let mut bytes = Vec::with_capacity(blocks.len().saturating_add(1).saturating_mul(3));
    bytes.resize(blocks.len().saturating_mul(3), 0);
    let mut all = 0;
    for (block, three) in blocks.iter().zip(bytes.as_chunks_mut().0) {
        let bits = bits(*block);
        all |= bits;
        let [_, decoded @ ..] = bits.to_be_bytes();
        *three = decoded;
    }
    let last = match *rest {
        [] => 0,
        [first, second] => bits([first, second, b'A', b'A']),
        [first, second, third] => bits([first, second, third, b'A']),
        _ => FOREIGN,
    };
    let [_, decoded @ ..] = last.to_be_bytes();
    let (decoded, stray) = decoded.split_at_checked(rest.len().saturating_sub(1))?;
    bytes.extend_from_slice(decoded);
    ((all | last) & FOREIGN == 0 && stray.iter().all(|byte| *byte == 0)).then_some(bytes)
}

fn bits([first, second, third, fourth]: [u8; 4]) -> u32 {
    let [firsts, seconds, thirds, fourths] = &BITS;
    let of =
        |table: &[u32; 256], character: u8| table.get(usize::from(character)).copied().unwrap_or(FOREIGN);
    of(firsts, first) | of(seconds, second) | of(thirds, third) | of(fourths, fourth)
}

/// Decodes a secret of exactly `N` bytes.
pub(crate) fn decode_secret<const N: usize>(text: &str) -> Option<zeroize::Zeroizing<[u8; N]>> {
    let mut bytes = zeroize::Zeroizing::new([0; N]);
    let decoded = Base64UrlUnpadded::decode(text, bytes.as_mut_slice()).ok()?.len();
    (decoded == N).then_some(bytes)
}

/// Decodes what may be a secret, of any length.
#[cfg(feature = "wire-resource-server")]
pub(crate) fn decode_secret_vec(text: &str) -> Option<Vec<u8>> {
    Base64UrlUnpadded::decode_vec(text).ok()
}

/// Whether `byte` is of the alphabet.
pub(crate) const fn is_alphabet(byte: u8) -> bool {
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
