//! A SAML assertion exchanged for a refresh token, once per sign-on.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::material::{ArrivedResponse, Credentials, Presenting, ProofOptions, RequestAnswer, TokenServer};
use crate::client::{RefreshTokenRequest, process_refresh_token_response};
use crate::oauth::http::HttpResponse;
use crate::secret::Secret;
use crate::time::UnixTime;
use crate::wire::declare::input;
use crate::wire::fault::Fault;
use crate::wire::handle::Held;
use crate::wire::read::Bytes;
use crate::wire::shared::{LimitOptions, transport};
use crate::wire::tokens::claims::scope;
use crate::wire::write::output;

input! {
    Arguments
    /// A request for a refresh token. Where something is signed elsewhere, the second call repeats the first with the
    /// signatures: same `random`, same `now`.
    pub(in crate::wire) struct RefreshCall {
        /// The SAML 2.0 assertion, base64url-encoded.
        assertion: Secret,
        /// The scope, space-separated; `openid offline_access` by default.
        scope: Option<String>,
        /// The identity provider's metadata.
        idp: TokenServer,
        /// What the client was given there; the best of several is used.
        credentials: Vec<Credentials>,
        /// The signature of the client assertion, where its key is elsewhere.
        assertion_signature: Option<Bytes>,
        /// Asks for a token that is bound to the key of this proof; no proof is sent by default.
        proof: Option<ProofOptions>,
        /// At least 12 random bytes, fresh for every request.
        random: Bytes,
        /// Also take `http` addresses on this machine: for tests.
        dangerous_allow_http_loopback: Option<bool>,
        /// The present, in seconds since 1970.
        now: UnixTime,
    }
}

pub(super) fn request(call: RefreshCall, held: &Held) -> Result<RequestAnswer, Fault> {
    let mut request = RefreshTokenRequest::new(call.assertion);
    if let Some(text) = &call.scope {
        request = request.with_scope(scope(text)?);
    }
    let presenting = Presenting {
        server: call.idp,
        credentials: call.credentials,
        assertion_signature: call.assertion_signature,
        proof: call.proof,
        random: call.random,
        transport: transport(call.dangerous_allow_http_loopback),
        now: call.now,
    };
    presenting.request(held, |credentials, proof| request.to_http(credentials, proof))
}

input! {
    Arguments
    /// The response to a request for a refresh token.
    pub(in crate::wire) struct RefreshAnswered {
        /// The response.
        response: ArrivedResponse,
        /// Caps.
        limits: Option<LimitOptions>,
        /// The present, in seconds since 1970.
        now: UnixTime,
    }
}

output! {
    /// A refresh token, to be kept with the sign-on.
    pub(in crate::wire) struct RefreshTokenAnswer {
        /// The token: for this client, at this identity provider.
        refresh_token: String,
        /// The scope it stands for, space-separated, if the identity provider says.
        scope: Option<String>,
        /// When it expires, in seconds since 1970, if the identity provider says.
        expires_at: Option<UnixTime>,
    }
}

pub(super) fn response(call: RefreshAnswered, _: &Held) -> Result<RefreshTokenAnswer, Fault> {
    let limits = LimitOptions::over_default(call.limits.as_ref());
    let obtained = process_refresh_token_response(&HttpResponse::from(call.response), &limits, call.now);
    let obtained = obtained.map_err(|answer| answer.error())?;
    Ok(RefreshTokenAnswer {
        refresh_token: String::from(obtained.token.expose()),
        scope: obtained.scope.as_ref().map(ToString::to_string),
        expires_at: obtained.expires_at,
    })
}
