//! The conversation a token is for: attribution, never an identity (DESIGN §7).

use alloc::borrow::Cow;
use alloc::string::String;

use crate::codec::json::Object;
use crate::error::{Error, ErrorCode};
use crate::text::is_plain;

/// Claims with a meaning of their own, in any kind of token, and parameters of token requests: none of them can name a
/// conversation.
const TAKEN: [&str; 50] = [
    "iss",
    "sub",
    "aud",
    "exp",
    "nbf",
    "iat",
    "jti",
    "client_id",
    "azp",
    "nonce",
    "events",
    "scope",
    "resource",
    "authorization_details",
    "act",
    "may_act",
    "cnf",
    "tenant",
    "aud_tenant",
    "aud_sub",
    "auth_time",
    "acr",
    "amr",
    "email",
    "sub_id",
    "jag_jti",
    "ancestors",
    "htm",
    "htu",
    "ath",
    "typ",
    "alg",
    "sid",
    "entitlements",
    "audience",
    "grant_type",
    "requested_token_type",
    "subject_token",
    "subject_token_type",
    "actor_token",
    "actor_token_type",
    "assertion",
    "client_assertion",
    "client_assertion_type",
    "client_secret",
    "code",
    "code_verifier",
    "redirect_uri",
    "refresh_token",
    "username",
];

/// The name of the claim, and of the parameter of a token exchange, that names a conversation: `ctx`, unless all parties
/// agree on another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContextClaim(Cow<'static, str>);

impl ContextClaim {
    /// `ctx`: what is used where nothing is configured.
    pub const CTX: Self = Self(Cow::Borrowed("ctx"));
    /// `txn` (RFC 8417 §2.2): for companies whose other systems join on it.
    pub const TXN: Self = Self(Cow::Borrowed("txn"));

    /// A name of the company's own: 1 to 64 bytes of letters, digits, `_`, `-`, `.`, `:` and `/`.
    ///
    /// Fails with `config_invalid` on anything else and on the name of another claim.
    pub fn new(name: impl Into<String>) -> Result<Self, Error> {
        let name = name.into();
        let is_known = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.:/".contains(&byte);
        let fits = !name.is_empty() && name.len() <= 64 && name.bytes().all(is_known);
        if !fits || TAKEN.contains(&name.as_str()) {
            return Err(Error::config("the name of the claim for conversations is taken or malformed"));
        }
        Ok(Self(Cow::Owned(name)))
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for ContextClaim {
    fn default() -> Self {
        Self::CTX
    }
}

/// Whether a server takes only what is for one conversation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ContextRule {
    /// With a conversation or without one.
    #[default]
    Optional,
    /// With one only.
    Required,
}

impl ContextRule {
    /// Fails with `context_required` when there must be a conversation and is none.
    pub(crate) const fn check(self, found: Option<&Context>) -> Result<(), Error> {
        match (self, found) {
            (Self::Required, None) => Err(Error::new(ErrorCode::ContextRequired)),
            _ => Ok(()),
        }
    }
}

/// A conversation, task or session, such as `conversation:01JD8ZK`, and the claim that names it.
///
/// It means something only together with issuer, client and user; nothing is ever granted for its sake.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Context {
    claim: ContextClaim,
    value: String,
}

impl Context {
    /// The longest value in bytes.
    pub const MAX_BYTES: usize = 512;

    /// Checks and takes over `value`; fails with `text_invalid` when it is empty, longer than [`Self::MAX_BYTES`] or
    /// holds a control character.
    pub fn new(claim: ContextClaim, value: impl Into<String>) -> Result<Self, Error> {
        let value = value.into();
        if is_plain(&value, Self::MAX_BYTES) { Ok(Self { claim, value }) } else { Err(Error::text("ctx")) }
    }

    /// The value, verbatim.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.value
    }

    /// The claim under which it is written.
    #[must_use]
    pub const fn claim(&self) -> &ContextClaim {
        &self.claim
    }

    /// Fails with `context_required` when there is none, and with `context_mismatch` when it is another than `expected`.
    pub(crate) fn check_expected(found: Option<&Self>, expected: &str) -> Result<(), Error> {
        let found = found.ok_or(Error::new(ErrorCode::ContextRequired))?;
        if found.value == expected { Ok(()) } else { Err(Error::new(ErrorCode::ContextMismatch)) }
    }
}

/// A host's own claims never name the conversation: it comes from the request alone. Fails with `claim_reserved`.
pub(crate) fn reserve(claim: &ContextClaim, extra: &Object<'_>) -> Result<(), Error> {
    if extra.contains(claim.as_str()) { Err(Error::new(ErrorCode::ClaimReserved)) } else { Ok(()) }
}
