//! RFC 6749 §2.3, RFC 7523 §2.2: is this request from the client it names?

use alloc::vec::Vec;

use super::token_request::{Presented, TokenRequest};
use crate::crypto::Algorithms;
use crate::error::{Error, ErrorCode};
use crate::jose::PublicKeys;
use crate::limits::Limits;
use crate::record::DecisionRecord;
use crate::replay::ReplayKey;
use crate::secret::SecretDigest;
use crate::text::{ClientId, Tenant};
use crate::time::UnixTime;
use crate::token::{ClientAssertionRules, UnverifiedClientAssertion, Window};
use crate::uri::Issuer;

/// How a registered client authenticates.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum ClientAuthentication {
    /// `private_key_jwt`, with the client's keys: the preferred method (R9700-004).
    PrivateKeyJwt(PublicKeys),
    /// `client_secret_basic`; several digests while a secret is being changed.
    SecretBasic(Vec<SecretDigest>),
    /// `client_secret_post`.
    SecretPost(Vec<SecretDigest>),
    /// `none`: the client is identified, not authenticated (AMB-020).
    DangerousNone,
}

/// A client, as the host's registry knows it.
#[derive(Clone, Debug)]
pub struct RegisteredClient {
    /// Its identifier here.
    pub client_id: ClientId,
    /// How it proves that it is itself.
    pub authentication: ClientAuthentication,
    /// `dpop_bound_access_tokens` (RFC 9449 §5.2): refused without a proof.
    pub dpop_bound_access_tokens: bool,
    /// Whether it may use the grant of this endpoint at all.
    pub may_use_grant: bool,
    /// The tenant in which it is registered, at a multi-tenant server.
    pub tenant: Option<Tenant>,
}

impl RegisteredClient {
    /// A client that may use the grant and sends bearer tokens or proofs as it likes.
    #[must_use]
    pub const fn new(client_id: ClientId, authentication: ClientAuthentication) -> Self {
        Self { client_id, authentication, dpop_bound_access_tokens: false, may_use_grant: true, tenant: None }
    }

    /// Whether the client can keep a secret.
    pub(crate) const fn is_confidential(&self) -> bool {
        !matches!(self.authentication, ClientAuthentication::DangerousNone)
    }
}

/// What a server demands of client assertions.
#[derive(Clone, Debug)]
pub(crate) struct AuthenticationRules<'r> {
    pub(crate) issuer: &'r Issuer,
    pub(crate) dangerous_token_endpoint_audience: Option<&'r str>,
    pub(crate) algorithms: &'r Algorithms,
    pub(crate) window: Window,
    pub(crate) limits: &'r Limits,
}

/// Checks what `request` presents against what is registered.
///
/// The result is what to remember of a client assertion. Fails with `client_unknown`,
/// `client_method_not_allowed`, `client_authentication_failed`, or as the assertion's verification does.
pub(crate) fn authenticate(
    request: &TokenRequest,
    client: &RegisteredClient,
    rules: &AuthenticationRules<'_>,
    now: UnixTime,
) -> Result<Option<ReplayKey>, Error> {
    if client.client_id != request.client_id {
        return Err(Error::new(ErrorCode::ClientUnknown));
    }
    match (&request.presented, &client.authentication) {
        (Presented::Basic(secret), ClientAuthentication::SecretBasic(digests))
        | (Presented::Post(secret), ClientAuthentication::SecretPost(digests)) => {
            // Every digest is compared, so that time does not tell which one fits.
            let fits = digests.iter().fold(false, |fits, digest| fits | digest.matches(secret.expose()));
            if fits { Ok(None) } else { Err(Error::new(ErrorCode::ClientAuthenticationFailed)) }
        }
        (Presented::Assertion(assertion), ClientAuthentication::PrivateKeyJwt(keys)) => {
            let rules = ClientAssertionRules {
                client_id: &client.client_id,
                audience: rules.issuer,
                dangerous_token_endpoint_audience: rules.dangerous_token_endpoint_audience,
                algorithms: rules.algorithms,
                window: rules.window,
                limits: rules.limits,
            };
            let unverified = UnverifiedClientAssertion::parse(assertion.expose(), rules.limits)?;
            unverified.verify(keys, &rules, now).map(Some)
        }
        (Presented::Nothing, ClientAuthentication::DangerousNone) => Ok(None),
        (Presented::Nothing, _) => Err(Error::new(ErrorCode::ClientAuthenticationMissing)),
        // R7523-014: credentials that were sent are validated, even where none are needed.
        _ => Err(Error::new(ErrorCode::ClientMethodNotAllowed)),
    }
}

/// Authenticates the client of a request for a grant, and writes what is known of it into `record`.
///
/// Fails as [`identify`], or with `client_not_permitted`.
pub(crate) fn admit<'c>(
    request: &TokenRequest,
    client: Option<&'c RegisteredClient>,
    rules: &AuthenticationRules<'_>,
    record: &mut DecisionRecord,
    now: UnixTime,
) -> Result<(&'c RegisteredClient, Option<ReplayKey>), Error> {
    let (client, spends) = identify(request, client, rules, record, now)?;
    if client.may_use_grant { Ok((client, spends)) } else { Err(Error::new(ErrorCode::ClientNotPermitted)) }
}

/// Authenticates the client of a request, and writes what is known of it into `record`.
///
/// Fails as [`authenticate`], or with `client_unknown` when the host found no such client.
pub(crate) fn identify<'c>(
    request: &TokenRequest,
    client: Option<&'c RegisteredClient>,
    rules: &AuthenticationRules<'_>,
    record: &mut DecisionRecord,
    now: UnixTime,
) -> Result<(&'c RegisteredClient, Option<ReplayKey>), Error> {
    let client = client.ok_or(Error::new(ErrorCode::ClientUnknown))?;
    let spends = authenticate(request, client, rules, now)?;
    record.client_id = Some(client.client_id.clone());
    record.client_authenticated = client.is_confidential();
    Ok((client, spends))
}
