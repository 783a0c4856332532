//! Signing with AWS-LC: the same keys as with the default provider, and what differs between the two.

use idjag::crypto::{Signer as _, rustcrypto};
use idjag::text::KeyId;
use idjag::{Error, ErrorCode};
use idjag_aws_lc::SigningKey;

fn kid() -> KeyId {
    KeyId::new("k").unwrap()
}

fn error<T>(result: Result<T, Error>) -> Option<ErrorCode> {
    result.err().map(|error| error.code())
}

#[test]
fn a_key_is_the_same_key_with_either() {
    for seed in 1..9 {
        let secret = [seed; 32];
        let ours = rustcrypto::SigningKey::es256(kid(), &secret).unwrap();
        let key = SigningKey::es256(kid(), &secret).unwrap();
        assert_eq!(key.expose_jwk().expose(), ours.expose_jwk().expose());
        assert_eq!(key.public_key(), ours.public_key());
        let again = SigningKey::from_jwk(ours.expose_jwk().expose()).unwrap();
        ours.public_key().verify(b"message", &again.sign(b"message").unwrap()).unwrap();

        let ours = rustcrypto::SigningKey::ed25519(kid(), &secret).unwrap();
        let key = SigningKey::from_jwk(ours.expose_jwk().expose()).unwrap();
        assert_eq!(key.expose_jwk().expose(), ours.expose_jwk().expose());
        assert_eq!(key.sign(b"message").unwrap(), ours.sign(b"message").unwrap());
        assert!(!format!("{key:?}").contains(&format!("{secret:?}")));
    }
}

#[test]
fn what_is_no_scalar_is_no_key() {
    const ORDER: [u8; 32] = [
        0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xbc, 0xe6, 0xfa,
        0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
    ];
    let (mut below, mut above) = (ORDER, ORDER);
    below[31] -= 1;
    above[31] += 1;
    let weak = Some(ErrorCode::KeyWeak);
    for (secret, expected) in
        [([0; 32], weak), (below, None), (ORDER, weak), (above, weak), ([0xff; 32], weak)]
    {
        assert_eq!(error(rustcrypto::SigningKey::es256(kid(), &secret)), expected);
        assert_eq!(error(SigningKey::es256(kid(), &secret)), expected);
    }
}
