//! RFC 7523 §3 with rfc7523bis: `private_key_jwt`, built by the client, verified by either server.

use alloc::string::String;

use super::claims::ClaimSet;
use super::{TokenKind, Window};
use crate::codec::json::Object;
use crate::crypto::Algorithms;
use crate::error::{Error, ErrorCode};
use crate::jose::{PublicKeys, Seal, Unsigned, UnverifiedJws};
use crate::limits::Limits;
use crate::oauth::params::{TYP_CLIENT_ASSERTION, TYP_JWT};
use crate::replay::ReplayKey;
use crate::text::{ClientId, TokenId};
use crate::time::{Seconds, UnixTime};
use crate::uri::Issuer;

/// The claims of a client assertion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientAssertion {
    /// `iss` and `sub`.
    pub client_id: ClientId,
    /// `aud`: the issuer identifier of the server, alone (R7523B-001).
    pub audience: Issuer,
    /// `jti`.
    pub token_id: TokenId,
    /// `iat`.
    pub issued_at: UnixTime,
    /// `exp`; a minute after `iat` is plenty.
    pub expires_at: UnixTime,
}

impl ClientAssertion {
    /// The lifetime that clients use.
    pub const LIFETIME: Seconds = Seconds(60);

    /// The token, ready to be signed.
    #[must_use]
    pub fn to_unsigned(&self) -> Unsigned {
        let mut out = Object::new();
        out.set_str("iss", String::from(self.client_id.as_str()));
        out.set_str("sub", String::from(self.client_id.as_str()));
        out.set_str("aud", String::from(self.audience.as_str()));
        out.set_str("jti", String::from(self.token_id.as_str()));
        out.set("iat", self.issued_at.as_secs());
        out.set("exp", self.expires_at.as_secs());
        Unsigned::new(TYP_CLIENT_ASSERTION, out)
    }
}

/// What a server demands of a client assertion.
#[derive(Clone, Debug)]
pub struct ClientAssertionRules<'r> {
    /// The client that the request names.
    pub client_id: &'r ClientId,
    /// The server's issuer identifier.
    pub audience: &'r Issuer,
    /// Its token endpoint, for clients older than rfc7523bis: a named exception to R7523B-002.
    pub dangerous_token_endpoint_audience: Option<&'r str>,
    /// The algorithms this client may use.
    pub algorithms: &'r Algorithms,
    /// The rules of time.
    pub window: Window,
    /// Caps.
    pub limits: &'r Limits,
}

/// A well-formed client assertion that nobody has verified.
pub struct UnverifiedClientAssertion<'t> {
    seal: Seal<'t>,
    claims: ClaimSet,
    client_id: ClientId,
}

impl<'t> UnverifiedClientAssertion<'t> {
    /// Splits the token, checks `typ` (absent, `JWT` or `client-authentication+jwt`), and reads which client
    /// it claims.
    pub fn parse(token: &'t str, limits: &Limits) -> Result<Self, Error> {
        let read = || {
            let (seal, payload) = UnverifiedJws::parse(token, limits)?.open();
            let header = seal.header();
            if header.has_typ() && !header.is_typ(TYP_JWT) && !header.is_typ(TYP_CLIENT_ASSERTION) {
                return Err(Error::new(ErrorCode::TypMismatch));
            }
            let claims = ClaimSet::parse(payload, limits)?;
            let client_id = claims.under(limits).required_text("sub", ClientId::new)?;
            Ok(Self { seal, claims, client_id })
        };
        read().map_err(|error: Error| error.of(TokenKind::ClientAssertion))
    }

    /// The client it claims: for looking up the client's keys.
    #[must_use]
    pub const fn claimed_client_id(&self) -> &ClientId {
        &self.client_id
    }

    /// Verifies signature and claims; the result is what to remember so that the assertion is used once.
    ///
    /// `keys` are the client's registered ones. Fails with the code of the first rule that does not hold.
    pub fn verify(
        self,
        keys: &PublicKeys,
        rules: &ClientAssertionRules<'_>,
        now: UnixTime,
    ) -> Result<ReplayKey, Error> {
        self.check(keys, rules, now).map_err(|error| error.of(TokenKind::ClientAssertion))
    }

    fn check(
        self,
        keys: &PublicKeys,
        rules: &ClientAssertionRules<'_>,
        now: UnixTime,
    ) -> Result<ReplayKey, Error> {
        self.seal.verify(keys, rules.algorithms)?;
        let claims = self.claims.under(rules.limits);
        let client = rules.client_id.as_str();
        if claims.required("iss")? != client {
            return Err(Error::new(ErrorCode::IssuerMismatch));
        }
        if claims.required("sub")? != client {
            return Err(Error::new(ErrorCode::SubjectMismatch));
        }
        let audience = claims.sole_audience()?;
        if audience != rules.audience.as_str() && Some(audience) != rules.dangerous_token_endpoint_audience {
            return Err(Error::new(ErrorCode::AudienceMismatch));
        }
        let token_id = claims.required_text("jti", TokenId::new)?;
        let validity = rules.window.check(claims, now)?;
        let retain_until = validity.expires_at.plus(rules.window.tolerance.as_seconds());
        Ok(ReplayKey::new(TokenKind::ClientAssertion, client, &token_id, retain_until))
    }
}
