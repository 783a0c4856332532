//! Client assertions: `private_key_jwt`, verified and built; and what is kept of a client's secret.

use alloc::string::String;
use alloc::vec::Vec;

use super::claims::{SignedToken, public_keys, sign as signed};
use crate::codec::base64url;
use crate::secret::{Secret, SecretDigest};
use crate::text::{ClientId, TokenId};
use crate::time::UnixTime;
use crate::token::{ClientAssertion, ClientAssertionRules, UnverifiedClientAssertion};
use crate::uri::Transport;
use crate::wire::answer::ReplayKeyAnswer;
use crate::wire::declare::input;
use crate::wire::fault::Fault;
use crate::wire::handle::Held;
use crate::wire::operation::{Operation, operations};
use crate::wire::read::Document;
use crate::wire::shared::{Alg, LimitOptions, WindowOptions, allowed, issuer, transport};
use crate::wire::write::output;

pub(in crate::wire) const OPERATIONS: &[Operation] = operations! {
    /// Verifies a client assertion at a token endpoint (RFC 7523 §3), before replay. The roles do this themselves.
    Pure "client_assertion.verify" ["keys"] verify: VerifyClientAssertion => VerifiedClient;
    /// Builds and signs a client assertion. The client's role does this itself.
    Pure "client_assertion.sign" ["signer"] sign: SignClientAssertion => SignedToken;
    /// SHA-256 of a client's secret: what a server keeps instead of the secret.
    Pure "client_secret.digest" [] digest: ClientSecret => ClientSecretDigest;
};

input! {
    Arguments
    /// What a client assertion must be.
    pub(in crate::wire) struct VerifyClientAssertion {
        /// The assertion.
        token: String,
        /// The client that the request names.
        client_id: ClientId,
        /// The authorization server it must be for: your issuer identifier.
        audience: String,
        /// Accept this token endpoint as the audience too.
        dangerous_token_endpoint_audience: Option<String>,
        /// The algorithms that may be used.
        algorithms: Vec<Alg>,
        /// The client's registered keys: a key set, or a JWK Set.
        keys: Option<Document>,
        /// The rules of time.
        window: Option<WindowOptions>,
        /// Caps.
        limits: Option<LimitOptions>,
        /// Also take an `http` audience on this machine: for tests.
        dangerous_allow_http_loopback: Option<bool>,
        /// The present, in seconds since 1970.
        now: UnixTime,
    }
}

output! {
    /// A client that proved who it is.
    pub(in crate::wire) struct VerifiedClient {
        /// The client.
        client_id: String,
        /// What to record so that the assertion is used once.
        replay_key: ReplayKeyAnswer,
    }
}

fn verify(options: VerifyClientAssertion, held: &Held) -> Result<VerifiedClient, Fault> {
    let limits = LimitOptions::over_default(options.limits.as_ref());
    let algorithms = allowed(&options.algorithms, held)?;
    let rules = ClientAssertionRules {
        client_id: &options.client_id,
        audience: &issuer(&options.audience, transport(options.dangerous_allow_http_loopback))?,
        dangerous_token_endpoint_audience: options.dangerous_token_endpoint_audience.as_deref(),
        algorithms: &algorithms,
        window: WindowOptions::over(options.window.as_ref(), Default::default())?,
        limits: &limits,
    };
    let token =
        UnverifiedClientAssertion::parse(&options.token, &limits).map_err(Fault::at_token_endpoint)?;
    let keys = public_keys(held, 0, options.keys.as_ref(), &algorithms, &limits)?;
    let key = token.verify(&keys, &rules, options.now).map_err(Fault::at_token_endpoint)?;
    Ok(VerifiedClient {
        client_id: String::from(options.client_id.as_str()),
        replay_key: ReplayKeyAnswer::from(&key),
    })
}

input! {
    Protocol
    /// The claims of a client assertion; `iss` and `sub` are the client.
    pub(in crate::wire) struct ClientAssertionClaims {
        /// The client.
        client_id: ClientId,
        /// The authorization server's issuer identifier.
        aud: String,
        /// The assertion's own id.
        jti: TokenId,
        /// When it is issued, in seconds since 1970.
        iat: UnixTime,
        /// When it expires, in seconds since 1970.
        exp: UnixTime,
    }
}

input! {
    Arguments
    /// A client assertion to build.
    pub(in crate::wire) struct SignClientAssertion {
        /// The claims.
        claims: ClientAssertionClaims,
    }
}

fn sign(options: SignClientAssertion, held: &Held) -> Result<SignedToken, Fault> {
    let claims = options.claims;
    let assertion = ClientAssertion {
        client_id: claims.client_id,
        audience: issuer(&claims.aud, Transport::HttpsOnly)?,
        token_id: claims.jti,
        issued_at: claims.iat,
        expires_at: claims.exp,
    };
    signed(held, 0, &assertion.to_unsigned())
}

input! {
    Arguments
    /// A client's secret.
    pub(in crate::wire) struct ClientSecret {
        /// The secret: at least 128 random bits, for its digest is not slowed down.
        client_secret: Secret,
    }
}

output! {
    /// What is kept of a client's secret.
    pub(in crate::wire) struct ClientSecretDigest {
        /// SHA-256 of the secret, base64url.
        sha256: String,
    }
}

fn digest(options: ClientSecret, _: &Held) -> Result<ClientSecretDigest, Fault> {
    let digest = SecretDigest::of(options.client_secret.expose());
    Ok(ClientSecretDigest { sha256: base64url::encode(digest.as_bytes()) })
}
