//! RFC 4648 §5 without padding: no foreign character, no stray bits, one spelling per value.

use alloc::string::String;
use alloc::vec::Vec;

use base64ct::{Base64UrlUnpadded, Encoding as _};

/// Decodes `text`; `None` on padding, whitespace, the other alphabet or non-zero trailing bits.
pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    Base64UrlUnpadded::decode_vec(text).ok()
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
    use super::*;

    #[test]
    fn refuses_every_second_spelling() {
        assert_eq!(decode("Zm9v").as_deref(), Some(&b"foo"[..]));
        for wrong in ["Zm8=", "Zm9", "Zm 9v", "Zm9v\n", "+m9v", "/m9v", "Z", "Zm9vZh", "\u{e4}m9v"] {
            assert_eq!(decode(wrong), None, "{wrong:?}");
        }
    }
}
