//! RFC 7515 §3.1, §5.2: the compact serialisation, split and verified over the bytes received.

use alloc::vec::Vec;

use crate::codec::base64url;
use crate::crypto::{Algorithm, Algorithms};
use crate::error::{Error, ErrorCode};
use crate::jose::{Header, PublicKey, PublicKeys};
use crate::limits::Limits;

/// A well-formed JWS that nobody has verified.
pub struct UnverifiedJws<'a> {
    signing_input: &'a str,
    header: Header,
    payload: Vec<u8>,
    signature: Vec<u8>,
}

/// The payload of a JWS whose signature is valid. There is no other way to make one.
pub struct VerifiedJws {
    header: Header,
    payload: Vec<u8>,
    key: PublicKey,
}

impl<'a> UnverifiedJws<'a> {
    /// Splits and decodes `token`.
    ///
    /// Fails with `token_too_large`, `token_encrypted` (five segments), `token_malformed`, or as the header's
    /// reader does.
    pub fn parse(token: &'a str, limits: &Limits) -> Result<Self, Error> {
        const MALFORMED: Error = Error::new(ErrorCode::TokenMalformed);
        if token.len() > limits.token_bytes {
            return Err(Error::new(ErrorCode::TokenTooLarge));
        }
        let segment = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
        if !token.bytes().all(segment) {
            return Err(MALFORMED);
        }
        let (signing_input, signature) = match token.bytes().filter(|byte| *byte == b'.').count() {
            2 => token.rsplit_once('.').ok_or(MALFORMED)?,
            4 => return Err(Error::new(ErrorCode::TokenEncrypted)),
            _ => return Err(MALFORMED),
        };
        let (header, payload) = signing_input.split_once('.').ok_or(MALFORMED)?;
        if header.is_empty() || signature.is_empty() {
            return Err(MALFORMED);
        }
        let decode = |segment| base64url::decode(segment).ok_or(MALFORMED);
        Ok(Self {
            signing_input,
            header: Header::parse(&decode(header)?, limits.json_depth)?,
            payload: decode(payload)?,
            signature: decode(signature)?,
        })
    }

    /// The header, as claimed.
    #[must_use]
    pub const fn claimed_header(&self) -> &Header {
        &self.header
    }

    /// The payload, as claimed: for choosing among configured issuers and for inspection, never for deciding.
    #[must_use]
    pub fn claimed_payload(&self) -> &[u8] {
        &self.payload
    }

    /// The header's algorithm, when the caller allows it; fails with `algorithm_not_allowed`.
    pub(crate) fn allowed_algorithm(&self, allowed: &Algorithms) -> Result<Algorithm, Error> {
        let algorithm = self.header.algorithm().filter(|algorithm| allowed.contains(*algorithm));
        algorithm.ok_or(Error::new(ErrorCode::AlgorithmNotAllowed))
    }

    /// Verifies with the one key of `keys` that fits the header.
    ///
    /// Fails with `algorithm_not_allowed`, `key_unknown`, `key_ambiguous` or `signature_invalid`.
    pub fn verify(self, keys: &PublicKeys, allowed: &Algorithms) -> Result<VerifiedJws, Error> {
        let algorithm = self.allowed_algorithm(allowed)?;
        let key = keys.select(self.header.kid(), algorithm)?.clone();
        self.verify_with(key, allowed)
    }

    /// Verifies with the one of the verifier's own keys that fits the header, whatever its algorithm: who signs with a
    /// key allows its algorithm. Fails as [`Self::verify`].
    pub(crate) fn verify_own(self, keys: &PublicKeys) -> Result<VerifiedJws, Error> {
        let algorithm = self.header.algorithm().ok_or(Error::new(ErrorCode::AlgorithmNotAllowed))?;
        let key = keys.select(self.header.kid(), algorithm)?.clone();
        key.verify(self.signing_input.as_bytes(), &self.signature)?;
        Ok(VerifiedJws { header: self.header, payload: self.payload, key })
    }

    /// Verifies with `key`; fails with `algorithm_not_allowed`, `key_use_mismatch` or `signature_invalid`.
    pub fn verify_with(self, key: PublicKey, allowed: &Algorithms) -> Result<VerifiedJws, Error> {
        if self.allowed_algorithm(allowed)? != key.algorithm() {
            return Err(Error::new(ErrorCode::KeyUseMismatch));
        }
        key.verify(self.signing_input.as_bytes(), &self.signature)?;
        Ok(VerifiedJws { header: self.header, payload: self.payload, key })
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
