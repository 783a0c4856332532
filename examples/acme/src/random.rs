//! The company's randomness: the only place that draws it.

use base64ct::{Base64UrlUnpadded, Encoding};

/// `N` bytes from the operating system. A machine without randomness cannot run the company, hence the panic.
pub(crate) fn bytes<const N: usize>() -> [u8; N] {
    let mut drawn = [0; N];
    getrandom::fill(&mut drawn).expect("the operating system provides randomness");
    drawn
}

/// 256 unguessable bits as text: codes, states, tickets, secrets, PKCE verifiers.
pub(crate) fn text() -> String {
    Base64UrlUnpadded::encode_string(&bytes::<32>())
}

/// 48 bits, enough to tell the keys of one run from those of another.
pub(crate) fn short() -> String {
    Base64UrlUnpadded::encode_string(&bytes::<6>())
}
