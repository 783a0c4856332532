//! RFC 9110 §11.6.1 and §5.6: the grammar of `WWW-Authenticate`, read once from left to right.

use alloc::string::String;
use alloc::vec::Vec;

use super::Challenge;
use crate::error::{Error, ErrorCode};
use crate::limits::Limits;

const MAX_CHALLENGES: usize = 32;
const MAX_PARAMETERS: usize = 64;

pub(super) fn header_values<'h>(
    values: impl IntoIterator<Item = &'h str>,
    limits: &Limits,
) -> Result<Vec<Challenge>, Error> {
    const MALFORMED: Error = Error::new(ErrorCode::ChallengeMalformed);
    let mut found = Vec::new();
    // Every value counts with the comma that would join it to the next, so that empty ones end too.
    let mut bytes_left = limits.header_bytes.saturating_add(1);
    for value in values {
        bytes_left = bytes_left.checked_sub(value.len().saturating_add(1)).ok_or(MALFORMED)?;
        header_value(value, &mut found).ok_or(MALFORMED)?;
    }
    if found.is_empty() { Err(MALFORMED) } else { Ok(found) }
}

/// `#challenge`: elements between commas, some of them empty. An element is a challenge, or one more
/// parameter of the challenge before it.
fn header_value(value: &str, found: &mut Vec<Challenge>) -> Option<()> {
    let mut rest = Rest(value);
    let mut takes_parameters = false;
    loop {
        rest.skip(|byte| matches!(byte, b' ' | b'\t' | b','));
        if rest.0.is_empty() {
            return Some(());
        }
        if takes_parameters && rest.is_at_parameter() {
            rest.parameter()?.add_to(found.last_mut()?)?;
        } else if found.len() < MAX_CHALLENGES {
            let (challenge, open) = rest.challenge()?;
            found.push(challenge);
            takes_parameters = open;
        } else {
            return None;
        }
        if !rest.is_at_end_of_element() {
            return None;
        }
    }
}

/// Whether a byte may be in a token (RFC 9110 §5.6.2).
fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

/// Whether `text` is a `token68` (RFC 9110 §11.2), which RFC 6750 §2.1 calls `b64token`.
pub(super) fn is_token68(text: &str) -> bool {
    let body = text.trim_end_matches('=');
    // Every token is looked at byte by byte: without a branch the loop looks at many at once.
    !body.is_empty() && body.bytes().fold(true, |all, byte| all & is_token68_byte(byte))
}

fn is_token68_byte(byte: u8) -> bool {
    let is_mark = |mark: u8| byte == mark;
    byte.is_ascii_alphanumeric()
        | is_mark(b'-')
        | is_mark(b'.')
        | is_mark(b'_')
        | is_mark(b'~')
        | is_mark(b'+')
        | is_mark(b'/')
}

struct Parameter {
    name: String,
    value: String,
}

impl Parameter {
    fn add_to(self, challenge: &mut Challenge) -> Option<()> {
        // RFC 9110 §11.2: a name occurs once. Which of two a server meant cannot be known.
        if challenge.parameters.len() >= MAX_PARAMETERS || challenge.parameter(&self.name).is_some() {
            return None;
        }
        challenge.parameters.push((self.name, self.value));
        Some(())
    }
}

/// What is left to read. Everything cut off it is ASCII or a whole quoted string.
#[derive(Clone, Copy)]
struct Rest<'h>(&'h str);

impl<'h> Rest<'h> {
    /// Cuts off the longest run of legal bytes, which are ASCII.
    fn take(&mut self, legal: impl Fn(u8) -> bool) -> &'h str {
        let end = self.0.bytes().position(|byte| !legal(byte)).unwrap_or(self.0.len());
        let (taken, rest) = self.0.split_at_checked(end).unwrap_or((self.0, ""));
        self.0 = rest;
        taken
    }

    fn skip(&mut self, legal: impl Fn(u8) -> bool) {
        self.take(legal);
    }

    fn skip_whitespace(&mut self) {
        self.skip(|byte| matches!(byte, b' ' | b'\t'));
    }

    fn token(&mut self) -> Option<&'h str> {
        Some(self.take(is_token_byte)).filter(|token| !token.is_empty())
    }

    fn token68(&mut self) -> Option<&'h str> {
        let start = self.0;
        let body = self.take(is_token68_byte);
        let padding = self.take(|byte| byte == b'=');
        if body.is_empty() { None } else { start.get(..body.len().saturating_add(padding.len())) }
    }

    fn is_at_end_of_element(mut self) -> bool {
        self.skip_whitespace();
        self.0.is_empty() || self.0.starts_with(',')
    }

    /// Only a parameter has a token followed by an equals sign.
    fn is_at_parameter(mut self) -> bool {
        let named = self.token().is_some();
        self.skip_whitespace();
        named && self.0.starts_with('=')
    }

    /// `auth-scheme [ 1*SP ( token68 / #auth-param ) ]` up to the first comma, and whether parameters may
    /// follow it: only after a space, and not after a token68.
    fn challenge(&mut self) -> Option<(Challenge, bool)> {
        let scheme = self.token()?.to_ascii_lowercase();
        let mut challenge = Challenge { scheme, parameters: Vec::new(), token68: None };
        let takes_parameters = self.0.starts_with(' ');
        if self.is_at_end_of_element() {
            return Some((challenge, takes_parameters));
        }
        if !takes_parameters {
            return None;
        }
        self.skip(|byte| byte == b' ');
        let mut ahead = *self;
        if let Some(token68) = ahead.token68().filter(|_| ahead.is_at_end_of_element()) {
            challenge.token68 = Some(token68.into());
            *self = ahead;
            return Some((challenge, false));
        }
        self.parameter()?.add_to(&mut challenge)?;
        Some((challenge, true))
    }

    /// `token BWS "=" BWS ( token / quoted-string )`.
    fn parameter(&mut self) -> Option<Parameter> {
        let name = self.token()?.to_ascii_lowercase();
        self.skip_whitespace();
        self.0 = self.0.strip_prefix('=')?;
        self.skip_whitespace();
        let value = if self.0.starts_with('"') { self.quoted_string()? } else { self.token()?.into() };
        Some(Parameter { name, value })
    }

    /// RFC 9110 §5.6.4, unescaped.
    fn quoted_string(&mut self) -> Option<String> {
        let legal = |character: &char| *character == '\t' || !character.is_control();
        let mut characters = self.0.strip_prefix('"')?.chars();
        let mut value = String::new();
        loop {
            match characters.next()? {
                '"' => break,
                '\\' => value.push(characters.next().filter(legal)?),
                character => value.push(Some(character).filter(legal)?),
            }
        }
        self.0 = characters.as_str();
        Some(value)
    }
}
