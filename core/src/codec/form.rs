//! `application/x-www-form-urlencoded`: the bodies of token requests (RFC 6749 appendix B).

use alloc::string::String;
use alloc::vec::Vec;

use crate::error::{Error, ErrorCode};
use crate::limits::Limits;

/// The name/value pairs of a form, in order, decoded.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Form(Vec<(String, String)>);

impl Form {
    /// Reads `body`. Fails with `body_too_large`, or with `form_malformed` on a broken percent-encoding,
    /// text that is not UTF-8, or more than [`Limits::form_parameters`] pairs.
    pub fn parse(body: &[u8], limits: &Limits) -> Result<Self, Error> {
        if body.len() > limits.form_bytes {
            return Err(Error::new(ErrorCode::BodyTooLarge));
        }
        let mut pairs = Vec::new();
        for pair in body.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty()) {
            if pairs.len() >= limits.form_parameters {
                return Err(Error::new(ErrorCode::FormMalformed));
            }
            let mut halves = pair.splitn(2, |byte| *byte == b'=');
            let name = decode(halves.next().unwrap_or_default())?;
            let value = decode(halves.next().unwrap_or_default())?;
            pairs.push((name, value));
        }
        Ok(Self(pairs))
    }

    /// Adds a pair.
    pub fn push(&mut self, name: impl Into<String>, value: impl Into<String>) {
        self.0.push((name.into(), value.into()));
    }

    /// The one value of `name`; an empty value counts as absent (RFC 6749 §3.2).
    ///
    /// Fails with `parameter_repeated` when the name occurs twice.
    pub fn single(&self, name: &'static str) -> Result<Option<&str>, Error> {
        let mut values = self.0.iter().filter(|(found, _)| found == name);
        let first = values.next();
        if values.next().is_some() {
            return Err(Error::with_detail(ErrorCode::ParameterRepeated, name));
        }
        Ok(first.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty()))
    }

    /// The one value of `name`; fails with `parameter_missing` or `parameter_repeated`.
    pub fn required(&self, name: &'static str) -> Result<&str, Error> {
        self.single(name)?.ok_or(Error::with_detail(ErrorCode::ParameterMissing, name))
    }

    /// Fails with `parameter_repeated` when any name but those in `repeatable` occurs twice (RFC 6749 §3.2).
    pub(crate) fn check_repetition(&self, repeatable: &[&str]) -> Result<(), Error> {
        let mut names: Vec<&str> = self.0.iter().map(|(name, _)| name.as_str()).collect();
        names.sort_unstable();
        let twice =
            |pair: &[&str]| pair.first() == pair.last() && !pair.iter().any(|name| repeatable.contains(name));
        if names.windows(2).any(twice) { Err(Error::new(ErrorCode::ParameterRepeated)) } else { Ok(()) }
    }

    /// Every non-empty value of `name`, in order.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0
            .iter()
            .filter(move |(found, value)| found == name && !value.is_empty())
            .map(|(_, v)| v.as_str())
    }

    /// The encoded form.
    #[must_use]
    pub fn encode(&self) -> String {
        let mut body = String::new();
        for (name, value) in &self.0 {
            if !body.is_empty() {
                body.push('&');
            }
            encode_into(&mut body, name);
            body.push('=');
            encode_into(&mut body, value);
        }
        body
    }
}

// A form holds tokens and secrets: only its parameter names may print.
impl core::fmt::Debug for Form {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_list().entries(self.0.iter().map(|(name, _)| name)).finish()
    }
}

/// Decodes one name or value: `+` is a space, `%XX` an octet, the result UTF-8.
pub(crate) fn decode(text: &[u8]) -> Result<String, Error> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.iter();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let high = rest.next().and_then(|digit| hex_value(*digit));
                let low = rest.next().and_then(|digit| hex_value(*digit));
                match (high, low) {
                    (Some(high), Some(low)) => (high << 4) | low,
                    _ => return Err(Error::new(ErrorCode::FormMalformed)),
                }
            }
            other => *other,
        });
    }
    String::from_utf8(bytes).map_err(|_| Error::new(ErrorCode::FormMalformed))
}

fn hex_value(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

/// Encodes `text` onto the end of `out`.
pub(crate) fn encode_into(out: &mut String, text: &str) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    let hex = |nibble: u8| HEX.get(usize::from(nibble)).map_or('0', |digit| char::from(*digit));
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'*' => out.push(char::from(byte)),
            b' ' => out.push('+'),
            _ => out.extend(['%', hex(byte >> 4), hex(byte & 15)]),
        }
    }
}
