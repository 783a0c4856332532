//! RFC 7515 §3.1, §5.2: the compact serialisation, split and verified over the bytes received.

use alloc::vec::Vec;

use crate::codec::base64url;
use crate::crypto::{Algorithm, Algorithms};
use crate::error::{Error, ErrorCode};
use crate::jose::{Header, PublicKey, PublicKeys};
use crate::limits::Limits;

/// A well-formed JWS that nobody has verified.
pub struct UnverifiedJws<'a> {
    seal: Seal<'a>,
    payload: Vec<u8>,
}

/// The payload of a JWS whose signature is valid. There is no other way to make one.
pub struct VerifiedJws {
    header: Header,
    payload: Vec<u8>,
    key: PublicKey,
}

/// The header and the signature of a JWS, and what was signed: all that is needed to verify it while somebody else reads the
/// payload.
pub(crate) struct Seal<'a> {
    signing_input: &'a str,
    header: Header,
    signature: Vec<u8>,
}

impl<'a> UnverifiedJws<'a> {
    /// Splits and decodes `token`.
    ///
    /// Fails with `token_too_large`, `token_encrypted` (five segments), `token_malformed`, or as the header's
    /// reader does.
    pub fn parse(token: &'a str, limits: &Limits) -> Result<Self, Error> {
        if token.len() > limits.token_bytes {
            return Err(Error::new(ErrorCode::TokenTooLarge));
        }
        let (header, payload, signature) = segments(token).ok_or_else(|| malformed(token))?;
        let header = base64url::decode(header).ok_or_else(|| malformed(token))?;
        let header = Header::parse(header, limits.token_caps());
        match (base64url::decode(payload), base64url::decode(signature)) {
            (Some(payload), Some(signature)) => {
                let signing_input = token.rsplit_once('.').map_or(token, |(before, _)| before);
                Ok(Self { seal: Seal { signing_input, header: header?, signature }, payload })
            }
            // What a header says is told before what was cut short, but after what is no character of a JWS.
            _ if is_legal(token) && !payload.contains('.') => header.and(Err(malformed(token))),
            _ => Err(malformed(token)),
        }
    }

    /// The header, as claimed.
    #[must_use]
    pub const fn claimed_header(&self) -> &Header {
        self.seal.header()
    }

    /// The payload, as claimed: for choosing among configured issuers and for inspection, never for deciding.
    #[must_use]
    pub fn claimed_payload(&self) -> &[u8] {
        &self.payload
    }

    /// Verifies with the one key of `keys` that fits the header.
    ///
    /// Fails with `algorithm_not_allowed`, `key_unknown`, `key_ambiguous` or `signature_invalid`.
    pub fn verify(self, keys: &PublicKeys, allowed: &Algorithms) -> Result<VerifiedJws, Error> {
        let key = self.seal.verify(keys, allowed)?.clone();
        Ok(VerifiedJws { header: self.seal.header, payload: self.payload, key })
    }

    /// Verifies with `key`; fails with `algorithm_not_allowed`, `key_use_mismatch` or `signature_invalid`.
    pub fn verify_with(self, key: PublicKey, allowed: &Algorithms) -> Result<VerifiedJws, Error> {
        self.seal.verify_with(&key, allowed)?;
        Ok(VerifiedJws { header: self.seal.header, payload: self.payload, key })
    }

    /// The seal and, apart from it, the payload.
    pub(crate) fn open(self) -> (Seal<'a>, Vec<u8>) {
        (self.seal, self.payload)
    }
}

/// The first segment, the last, and what is between them: neither of the two may be empty.
fn segments(token: &str) -> Option<(&str, &str, &str)> {
    let (header, rest) = token.split_once('.')?;
    let (payload, signature) = rest.rsplit_once('.')?;
    (!header.is_empty() && !signature.is_empty()).then_some((header, payload, signature))
}

fn is_legal(token: &str) -> bool {
    token.bytes().all(|byte| byte == b'.' || base64url::is_alphabet(byte))
}

/// What is wrong with a token that is not a compact JWS: five segments are a JWE.
fn malformed(token: &str) -> Error {
    let is_encrypted = token.bytes().filter(|byte| *byte == b'.').count() == 4 && is_legal(token);
    Error::new(if is_encrypted { ErrorCode::TokenEncrypted } else { ErrorCode::TokenMalformed })
}

impl Seal<'_> {
    /// The header, as claimed.
    pub(crate) const fn header(&self) -> &Header {
        &self.header
    }

    /// The header's algorithm, when the caller allows it; fails with `algorithm_not_allowed`.
    pub(crate) fn allowed_algorithm(&self, allowed: &Algorithms) -> Result<Algorithm, Error> {
        let algorithm = self.header.algorithm().filter(|algorithm| allowed.contains(*algorithm));
        algorithm.ok_or(Error::new(ErrorCode::AlgorithmNotAllowed))
    }

    /// As [`UnverifiedJws::verify`].
    pub(crate) fn verify<'k>(
        &self,
        keys: &'k PublicKeys,
        allowed: &Algorithms,
    ) -> Result<&'k PublicKey, Error> {
        let key = keys.select(self.header.kid(), self.allowed_algorithm(allowed)?)?;
        self.check(key)?;
        keys.used(key);
        Ok(key)
    }

    /// Verifies with the one of the verifier's own keys that fits the header, whatever its algorithm: who signs with a
    /// key allows its algorithm. Fails as [`Self::verify`].
    pub(crate) fn verify_own(&self, keys: &PublicKeys) -> Result<(), Error> {
        let algorithm = self.header.algorithm().ok_or(Error::new(ErrorCode::AlgorithmNotAllowed))?;
        let key = keys.select(self.header.kid(), algorithm)?;
        self.check(key)?;
        keys.used(key);
        Ok(())
    }

    /// As [`UnverifiedJws::verify_with`].
    pub(crate) fn verify_with(&self, key: &PublicKey, allowed: &Algorithms) -> Result<(), Error> {
        if self.allowed_algorithm(allowed)? != key.algorithm() {
            return Err(Error::new(ErrorCode::KeyUseMismatch));
        }
        self.check(key)
    }

    fn check(&self, key: &PublicKey) -> Result<(), Error> {
        key.verify(self.signing_input.as_bytes(), &self.signature)
    }
}

impl VerifiedJws {
    /// The header.
    #[must_use]
    pub const fn header(&self) -> &Header {
        &self.header
    }

    /// The payload, byte for byte.
    #[must_use]
    pub fn payload(&self) -> &[u8] {
        &self.payload
    }

    /// The key that verified it.
    #[must_use]
    pub const fn key(&self) -> &PublicKey {
        &self.key
    }
}
