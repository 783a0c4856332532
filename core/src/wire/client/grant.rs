//! Redeeming an ID-JAG, and using the access token that comes of it.

use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::exchange::objects;
use super::material::{
    ArrivedResponse, AuthorizedAnswer, AuthorizedRequest, BindingOptions, Credentials, OutgoingRequest,
    Presenting, ProofOptions, RequestAnswer, Signing, TokenServer,
};
use crate::client::{Entropy, GrantRequest, ObtainedAccessToken, ObtainedIdJag, process_grant_response};
use crate::codec::json::Object;
use crate::limits::Limits;
use crate::oauth::http::{HttpRequest, HttpResponse};
use crate::secret::Secret;
use crate::time::UnixTime;
use crate::uri::{Issuer, ResourceId, Transport};
use crate::wire::declare::input;
use crate::wire::fault::Fault;
use crate::wire::handle::Held;
use crate::wire::read::{Bytes, Details};
use crate::wire::roles::{DetailTypeOptions, detail_types};
use crate::wire::shared::{LimitOptions, transport};
use crate::wire::tokens::claims::{details, scope};
use crate::wire::write::output;

input! {
    Arguments
    /// An ID-JAG to redeem, and for what.
    pub(in crate::wire) struct GrantToRedeem {
        /// The ID-JAG.
        id_jag: Secret,
        /// The server it was asked for: its issuer identifier.
        audience: String,
        /// The resource that the access token is for, verbatim from its metadata.
        resource: String,
        /// The key that is proven; leave it out when no proof is sent.
        binding: Option<BindingOptions>,
        /// The scope, space-separated; all that the grant has by default.
        scope: Option<String>,
        /// Authorization details; all that the grant has by default.
        authorization_details: Option<Details>,
        /// What is known of types of authorization details, by name: how what comes back may be narrower. Of others, the
        /// common arrays of RFC 9396 §2.2 may.
        detail_types: Option<BTreeMap<String, DetailTypeOptions>>,
        /// Leave `resource` out of the request: the grant says it. MCP demands it. `false` by default.
        without_resource_parameter: Option<bool>,
        /// Use the jwt-dpop grant type, for servers that know no other for bound grants; MCP does not use this. `false`
        /// by default.
        jwt_dpop: Option<bool>,
    }
}

impl GrantToRedeem {
    fn build(self, transport: Transport, limits: &Limits) -> Result<GrantRequest, Fault> {
        let audience = Issuer::new(&self.audience, transport)?;
        let binding = BindingOptions::of(self.binding.as_ref())?;
        let id_jag = ObtainedIdJag::again(self.id_jag, audience, binding, limits)?;
        let resource = ResourceId::new(&self.resource, transport)?;
        let types = detail_types(self.detail_types)?;
        let mut request = GrantRequest::new(id_jag, resource).with_detail_types(types);
        if let Some(text) = &self.scope {
            request = request.with_scope(scope(text)?);
        }
        if let Some(wanted) = &self.authorization_details {
            request = request.with_details(details(wanted)?);
        }
        if self.without_resource_parameter == Some(true) {
            request = request.without_resource_parameter();
        }
        Ok(if self.jwt_dpop == Some(true) { request.as_jwt_dpop() } else { request })
    }
}

input! {
    Arguments
    /// A request for an access token. Where something is signed elsewhere, the second call repeats the first with the
    /// signatures: same `random`, same `now`.
    pub(in crate::wire) struct GrantCall {
        /// The ID-JAG, and what is asked for.
        grant: GrantToRedeem,
        /// The resource authorization server's metadata.
        server: TokenServer,
        /// What the client was given there; the best of several is used.
        credentials: Vec<Credentials>,
        /// The signature of the client assertion, where its key is elsewhere.
        assertion_signature: Option<Bytes>,
        /// The proof to send along; none by default.
        proof: Option<ProofOptions>,
        /// At least 12 random bytes, fresh for every request.
        random: Bytes,
        /// Also take `http` addresses on this machine: for tests.
        dangerous_allow_http_loopback: Option<bool>,
        /// The present, in seconds since 1970.
        now: UnixTime,
    }
}

pub(super) fn request(call: GrantCall, held: &Held) -> Result<RequestAnswer, Fault> {
    let transport = transport(call.dangerous_allow_http_loopback);
    let presenting = Presenting {
        server: call.server,
        credentials: call.credentials,
        assertion_signature: call.assertion_signature,
        proof: call.proof,
        random: call.random,
        transport,
        now: call.now,
    };
    let request = call.grant.build(transport, &Limits::DEFAULT)?;
    presenting.request(held, |credentials, proof| request.to_http(credentials, proof, call.now))
}

input! {
    Arguments
    /// What was redeemed for what, and what came back.
    pub(in crate::wire) struct GrantAnswered {
        /// The ID-JAG, and what was asked for.
        grant: GrantToRedeem,
        /// The response.
        response: ArrivedResponse,
        /// Caps.
        limits: Option<LimitOptions>,
        /// Also take `http` addresses on this machine: for tests.
        dangerous_allow_http_loopback: Option<bool>,
        /// The present, in seconds since 1970.
        now: UnixTime,
    }
}

output! {
    /// An access token: where it may be sent, and what for. The token itself stays in the response.
    pub(in crate::wire) struct AccessTokenAnswer {
        /// The server that issued it.
        issuer: String,
        /// The resource it is for.
        resource: String,
        /// How it is presented: `Bearer` or `DPoP`.
        token_type: String,
        /// The scope granted, space-separated; left out when nobody said.
        scope: Option<String>,
        /// The authorization details granted.
        authorization_details: Option<Vec<Object<'static>>>,
        /// When it expires, in seconds since 1970, if the server says.
        expires_at: Option<UnixTime>,
    }
}

impl From<&ObtainedAccessToken> for AccessTokenAnswer {
    fn from(token: &ObtainedAccessToken) -> Self {
        Self {
            issuer: String::from(token.issuer().as_str()),
            resource: String::from(token.resource().as_str()),
            token_type: String::from(token.scheme().as_str()),
            scope: token.scope().map(ToString::to_string),
            authorization_details: token.details().map(objects),
            expires_at: token.expires_at(),
        }
    }
}

pub(super) fn response(call: GrantAnswered, _: &Held) -> Result<AccessTokenAnswer, Fault> {
    call.obtain().map(|token| AccessTokenAnswer::from(&token))
}

impl GrantAnswered {
    fn obtain(self) -> Result<ObtainedAccessToken, Fault> {
        let limits = LimitOptions::over_default(self.limits.as_ref());
        let binding = BindingOptions::of(self.grant.binding.as_ref())?;
        let request = self.grant.build(transport(self.dangerous_allow_http_loopback), &limits)?;
        let response = HttpResponse::from(self.response);
        let token = process_grant_response(&response, &request, binding, &limits, self.now);
        Ok(token.map_err(|answer| answer.error())?)
    }
}

input! {
    Arguments
    /// An access token, and the request that is to carry it. Where the proof is signed elsewhere, the second call repeats
    /// the first with the signature: same `random`, same `now`.
    pub(in crate::wire) struct TokenUse {
        /// The ID-JAG, and what was asked for.
        grant: GrantToRedeem,
        /// The response that holds the access token.
        response: ArrivedResponse,
        /// The request to its resource.
        request: OutgoingRequest,
        /// The proof to send along, which a token of type `DPoP` needs.
        proof: Option<ProofOptions>,
        /// At least 12 random bytes, fresh for every request.
        random: Bytes,
        /// Caps.
        limits: Option<LimitOptions>,
        /// Also take `http` addresses on this machine: for tests.
        dangerous_allow_http_loopback: Option<bool>,
        /// The present, in seconds since 1970.
        now: UnixTime,
    }
}

pub(super) fn use_token(call: TokenUse, held: &Held) -> Result<AuthorizedAnswer, Fault> {
    let limits = LimitOptions::over_default(call.limits.as_ref());
    let (now, loopback) = (call.now, call.dangerous_allow_http_loopback);
    let answered = GrantAnswered {
        grant: call.grant,
        response: call.response,
        limits: call.limits,
        dangerous_allow_http_loopback: loopback,
        now,
    };
    let token = answered.obtain()?;
    let outgoing = HttpRequest::from(call.request);
    let Bytes(random) = &call.random;
    let token_id = Entropy::new(random)?.token_id("dpop_proof", 0)?;
    let nonce = call.proof.as_ref().and_then(ProofOptions::nonce);
    let claims = token.proof_claims(&outgoing, nonce, token_id, now)?;
    let proof = match (call.proof, claims) {
        (Some(proof), Some(claims)) => match proof.sign(claims, transport(loopback), held, 0)? {
            Signing::Done(proof) => Some(proof),
            Signing::Input(input) => {
                return Ok(AuthorizedAnswer { request: None, proof_input: Some(input) });
            }
        },
        _ => None,
    };
    let request = token.authorize(outgoing, proof.as_ref(), &limits)?;
    Ok(AuthorizedAnswer { request: Some(AuthorizedRequest::from(request)), proof_input: None })
}
