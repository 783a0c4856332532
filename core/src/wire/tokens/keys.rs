//! Key sets, single keys, signing keys.

use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

use crate::codec::json::Object;
use crate::crypto::Algorithm;
use crate::error::{Error, ErrorCode};
use crate::jose::{KeySet, PublicKey, PublicKeys};
use crate::limits::Limits;
use crate::text::KeyId;
use crate::wire::answer::KeyAnswer;
use crate::wire::declare::{input, names};
use crate::wire::fault::Fault;
use crate::wire::handle::{Handle, Held};
use crate::wire::operation::{Operation, operations};
use crate::wire::read::{Bytes, Document};
use crate::wire::shared::{Alg, LimitOptions, allowed, issuer, transport};
use crate::wire::write::{As, OrNull, output};

pub(in crate::wire) const OPERATIONS: &[Operation] = operations! {
    /// Reads a JWK Set: the keys that can be used, and why the others cannot.
    Pure "jwks.parse" [] parse: ParseJwks => ParsedJwks;
    /// The RFC 7638 thumbprint of one public key.
    Pure "jwk.thumbprint" [] thumbprint: JwkThumbprint => JwkAnswer;
    /// A key set that belongs to one issuer, parsed once and used for any number of tokens.
    Make "key_set.new" [] new_key_set: KeySetOptions => ParsedJwks;
    /// The public keys of a set, as a JWK Set to publish.
    Pure "key_set.public" ["key_set"] public_jwks: Nothing => As<Jwks>;
};

pub(in crate::wire) const SIGNING_KEYS: &[Operation] = operations! {
    /// A private key for ES256 or EdDSA, read from a JWK or made of 32 random bytes.
    Make "signing_key.new" [] new_signing_key: SigningKeyOptions => SigningKeyAnswer;
    /// The private JWK of a key, for the one place that stores it.
    Pure "signing_key.dangerous_export" ["signing_key"] export: Nothing => PrivateJwk;
};

input! {
    Arguments
    /// No options.
    pub(in crate::wire) struct Nothing {}
}

input! {
    Arguments
    /// A JWK Set to read.
    pub(in crate::wire) struct ParseJwks {
        /// The algorithms that may be used.
        algorithms: Vec<Alg>,
        /// Caps.
        limits: Option<LimitOptions>,
        /// The JWK Set.
        jwks: Document,
    }
}

output! {
    /// The keys of a set.
    pub(in crate::wire) struct ParsedJwks {
        /// The keys that can be used.
        pub(in crate::wire) keys: Vec<KeyAnswer>,
        /// The keys that cannot.
        pub(in crate::wire) skipped: Vec<SkippedKey>,
    }
}

output! {
    /// A key that cannot be used.
    pub(in crate::wire) struct SkippedKey {
        /// Its place in the set, from 0.
        index: u64,
        /// Why.
        code: &'static str,
    }
}

impl From<&PublicKeys> for ParsedJwks {
    fn from(set: &PublicKeys) -> Self {
        let skipped = set.skipped().iter();
        Self {
            keys: set.keys().iter().map(KeyAnswer::from).collect(),
            skipped: skipped
                .map(|(index, error)| SkippedKey { index: *index as u64, code: error.code().as_str() })
                .collect(),
        }
    }
}

fn parse(options: ParseJwks, held: &Held) -> Result<ParsedJwks, Fault> {
    let limits = LimitOptions::over_default(options.limits.as_ref());
    let algorithms = allowed(&options.algorithms, held)?;
    let keys = PublicKeys::parse(options.jwks.0.as_bytes(), &algorithms, &limits)?;
    Ok(ParsedJwks::from(&keys))
}

input! {
    Arguments
    /// One public key to name.
    pub(in crate::wire) struct JwkThumbprint {
        /// The algorithms that may be used.
        algorithms: Vec<Alg>,
        /// Caps.
        limits: Option<LimitOptions>,
        /// The public JWK.
        jwk: Document,
    }
}

output! {
    /// A key's algorithm and name.
    pub(in crate::wire) struct JwkAnswer {
        /// The algorithm it is used with.
        alg: &'static str,
        /// Its RFC 7638 thumbprint, SHA-256, base64url.
        jkt: String,
    }
}

fn thumbprint(options: JwkThumbprint, held: &Held) -> Result<JwkAnswer, Fault> {
    let limits = LimitOptions::over_default(options.limits.as_ref());
    let key = PublicKey::parse(options.jwk.0.as_bytes(), &allowed(&options.algorithms, held)?, &limits)?;
    Ok(JwkAnswer { alg: key.algorithm().name(), jkt: key.thumbprint().to_base64url() })
}

input! {
    Arguments
    /// The keys of one issuer.
    pub(in crate::wire) struct KeySetOptions {
        /// Whose keys these are: the issuer identifier, verbatim.
        issuer: String,
        /// The JWK Set.
        jwks: Document,
        /// The algorithms that may be used.
        algorithms: Vec<Alg>,
        /// Compute now what makes verifying with these keys faster, up to 16 of them, at a time when nobody waits. Without
        /// this it is computed as they are used: after 4 signatures, and more after 256.
        prepare: Option<bool>,
        /// Caps.
        limits: Option<LimitOptions>,
        /// Also take an `http` issuer on this machine: for tests.
        dangerous_allow_http_loopback: Option<bool>,
    }
}

fn new_key_set(options: KeySetOptions, held: &Held) -> Result<(Handle, ParsedJwks), Fault> {
    let limits = LimitOptions::over_default(options.limits.as_ref());
    let owner = issuer(&options.issuer, transport(options.dangerous_allow_http_loopback))?;
    let algorithms = allowed(&options.algorithms, held)?;
    let keys = KeySet::parse(owner, options.jwks.0.as_bytes(), &algorithms, &limits)?;
    if options.prepare == Some(true) {
        keys.prepare();
    }
    let answer = ParsedJwks::from(keys.keys());
    Ok((Handle::KeySet(Arc::new(keys)), answer))
}

output! {
    /// A JWK Set.
    pub(in crate::wire) struct Jwks {
        /// The keys.
        keys: Vec<Object<'static>>,
    }
}

fn public_jwks(_: Nothing, held: &Held) -> Result<As<Jwks>, Fault> {
    Ok(As::new(held.key_set(0)?.to_json()))
}

names! {
    /// An algorithm that is signed with in process.
    pub(in crate::wire) enum SigningAlg {
        /// ECDSA on P-256, deterministic (RFC 6979).
        Es256 = "ES256",
        /// Ed25519.
        EdDsa = "EdDSA",
    }
}

input! {
    Arguments
    /// A private key: either `jwk`, or `alg`, `kid` and `random`.
    pub(in crate::wire) struct SigningKeyOptions {
        /// The private JWK, with its `kid`.
        jwk: Option<Document>,
        /// The algorithm of a new key.
        alg: Option<SigningAlg>,
        /// The `kid` of a new key.
        kid: Option<String>,
        /// 32 random bytes of which a new key is made.
        random: Option<Bytes>,
    }
}

output! {
    /// The public side of a private key.
    pub(in crate::wire) struct SigningKeyAnswer {
        /// The public JWK.
        public_jwk: Object<'static>,
        /// The `kid`.
        kid: OrNull<String>,
        /// The algorithm.
        alg: &'static str,
        /// The RFC 7638 thumbprint, SHA-256, base64url.
        jkt: String,
    }
}

fn new_signing_key(options: SigningKeyOptions, held: &Held) -> Result<(Handle, SigningKeyAnswer), Fault> {
    let key = match (options.jwk, options.alg, options.kid, options.random) {
        (Some(jwk), None, None, None) => held.crypto.signing_key_of(&jwk.0)?,
        (None, Some(alg), Some(kid), Some(Bytes(random))) => {
            let random: zeroize::Zeroizing<Vec<u8>> = random.into();
            let secret = random.as_slice().try_into().map_err(|_| Error::new(ErrorCode::EntropyTooShort))?;
            let alg = match alg {
                SigningAlg::Es256 => Algorithm::Es256,
                SigningAlg::EdDsa => Algorithm::EdDsa,
            };
            held.crypto.signing_key(alg, KeyId::new(kid)?, secret)?
        }
        _ => return Err(Error::config("a key is `jwk`, or `alg`, `kid` and `random`").into()),
    };
    let KeyAnswer { kid, alg, jkt } = KeyAnswer::from(key.public_key());
    let answer = SigningKeyAnswer { public_jwk: key.public_key().to_jwk(), kid, alg, jkt };
    Ok((Handle::SigningKey(key), answer))
}

output! {
    /// A private key as a JWK.
    pub(in crate::wire) struct PrivateJwk {
        /// The private JWK.
        jwk: Object<'static>,
    }
}

fn export(_: Nothing, held: &Held) -> Result<PrivateJwk, Fault> {
    let text = held.signing_key(0)?.expose_jwk();
    let jwk = crate::codec::json::Json::parse_object(
        text.expose().as_bytes(),
        Limits::DEFAULT.json_depth,
        ErrorCode::KeyMalformed,
    )?;
    Ok(PrivateJwk { jwk: jwk.into_owned() })
}
