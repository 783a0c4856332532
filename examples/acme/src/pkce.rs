//! RFC 7636 with the method S256, the only one there is here. The client and the provider share it.

use base64ct::{Base64UrlUnpadded, Encoding};
use sha2::{Digest, Sha256};

/// The base64url length of a SHA-256 digest.
const CHALLENGE_LENGTH: usize = 43;

/// What the client sends first and the provider remembers.
pub(crate) fn challenge_of(verifier: &str) -> String {
    Base64UrlUnpadded::encode_string(&Sha256::digest(verifier))
}

/// Whether `challenge` can be one at all.
pub(crate) fn is_challenge(challenge: &str) -> bool {
    challenge.len() == CHALLENGE_LENGTH && challenge.bytes().all(is_base64url)
}

fn is_base64url(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_'
}

#[cfg(test)]
mod tests {
    use super::{challenge_of, is_challenge};

    #[test]
    fn agrees_with_appendix_b_of_rfc_7636() {
        let challenge = challenge_of("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
        assert_eq!(challenge, "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
        assert!(is_challenge(&challenge));
        assert!(!is_challenge("plain"));
    }
}
