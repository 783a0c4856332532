//! Asking the identity provider for an ID-JAG.

use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::material::{
    ArrivedResponse, BindingOptions, Credentials, Presenting, ProofOptions, RequestAnswer, TokenServer,
};
use crate::client::{ExchangeRequest, SubjectKind, SubjectToken, process_exchange_response};
use crate::codec::json::Object;
use crate::crypto::Thumbprint;
use crate::details::AuthorizationDetails;
use crate::error::Error;
use crate::oauth::http::HttpResponse;
use crate::secret::Secret;
use crate::text::ClientId;
use crate::time::UnixTime;
use crate::token::Context;
use crate::uri::{Issuer, ResourceId, Transport};
use crate::wire::declare::{input, names};
use crate::wire::fault::Fault;
use crate::wire::handle::Held;
use crate::wire::read::{Bytes, Details, OneOrMany};
use crate::wire::roles::{DetailTypeOptions, detail_types};
use crate::wire::shared::{LimitOptions, transport};
use crate::wire::tokens::claims::{details, scope};
use crate::wire::tokens::context::context_claim;
use crate::wire::write::output;

input! {
    Arguments
    /// What an ID-JAG is asked for.
    pub(in crate::wire) struct WantedIdJag {
        /// The resource authorization server that will redeem it: the issuer identifier, verbatim from its metadata.
        audience: String,
        /// The client as that server knows it: a grant for another one is refused. Any, by default.
        client_id: Option<ClientId>,
        /// The resources it is for, verbatim from their metadata.
        resource: Option<OneOrMany>,
        /// The scope, space-separated; left to the identity provider by default.
        scope: Option<String>,
        /// Rich authorization (RFC 9396).
        authorization_details: Option<Details>,
        /// What is known of their types, by name: how what comes back may be narrower. Of others, the common arrays of
        /// RFC 9396 §2.2 may.
        detail_types: Option<BTreeMap<String, DetailTypeOptions>>,
        /// The conversation it is for: a grant for another one, or for none, is refused. None by default.
        context: Option<String>,
        /// The claim, and parameter, that names a conversation; `ctx` by default.
        context_claim: Option<String>,
        /// Also name resources whose identifier has a query component.
        dangerous_allow_resource_query: Option<bool>,
    }
}

impl WantedIdJag {
    fn build(self, subject: SubjectToken, transport: Transport) -> Result<ExchangeRequest, Error> {
        let audience = Issuer::new(&self.audience, transport)?;
        let mut request = ExchangeRequest::for_audience(audience, subject);
        for text in self.resource.iter().flat_map(|texts| &texts.0) {
            let resource = ResourceId::new(text, transport)?;
            request = match self.dangerous_allow_resource_query {
                Some(true) => request.dangerous_with_resource(resource),
                _ => request.with_resource(resource)?,
            };
        }
        if let Some(text) = &self.scope {
            request = request.with_scope(scope(text)?);
        }
        if let Some(wanted) = &self.authorization_details {
            let types = detail_types(self.detail_types)?;
            request = request.with_details(details(wanted)?).with_detail_types(types);
        }
        if let Some(conversation) = self.context {
            let claim = context_claim(self.context_claim.as_deref())?;
            request = request.with_context(Context::new(claim, conversation)?);
        }
        Ok(match self.client_id {
            Some(client_id) => request.expecting_client(client_id),
            None => request,
        })
    }
}

names! {
    /// A kind of subject token.
    pub(in crate::wire) enum SubjectTokenTypeName {
        /// An OpenID Connect ID Token.
        IdToken = "urn:ietf:params:oauth:token-type:id_token",
        /// A SAML 2.0 assertion, base64url-encoded.
        Saml2 = "urn:ietf:params:oauth:token-type:saml2",
        /// A refresh token that the identity provider issued to this client.
        RefreshToken = "urn:ietf:params:oauth:token-type:refresh_token",
    }
}

impl From<SubjectTokenTypeName> for SubjectKind {
    fn from(name: SubjectTokenTypeName) -> Self {
        match name {
            SubjectTokenTypeName::IdToken => Self::IdToken,
            SubjectTokenTypeName::Saml2 => Self::Saml2,
            SubjectTokenTypeName::RefreshToken => Self::RefreshToken,
        }
    }
}

input! {
    Arguments
    /// A request for an ID-JAG. Where something is signed elsewhere, the second call repeats the first with the
    /// signatures: same `random`, same `now`.
    pub(in crate::wire) struct ExchangeCall {
        /// What is asked for.
        exchange: WantedIdJag,
        /// What says who the user is.
        subject_token: Secret,
        /// What kind of token that is.
        subject_token_type: SubjectTokenTypeName,
        /// A JWT that names who acts for the user; MCP does not use this.
        actor_token: Option<Secret>,
        /// The identity provider's metadata.
        idp: TokenServer,
        /// What the client was given there; the best of several is used.
        credentials: Vec<Credentials>,
        /// The signature of the client assertion, where its key is elsewhere.
        assertion_signature: Option<Bytes>,
        /// Asks for a grant that is bound to the key of this proof; no proof is sent by default.
        proof: Option<ProofOptions>,
        /// At least 12 random bytes, fresh for every request.
        random: Bytes,
        /// Also take `http` addresses on this machine: for tests.
        dangerous_allow_http_loopback: Option<bool>,
        /// The present, in seconds since 1970.
        now: UnixTime,
    }
}

pub(super) fn request(call: ExchangeCall, held: &Held) -> Result<RequestAnswer, Fault> {
    let transport = transport(call.dangerous_allow_http_loopback);
    let subject = SubjectToken::new(call.subject_token_type.into(), call.subject_token);
    let request = call.exchange.build(subject, transport)?;
    let request = match call.actor_token {
        Some(token) => request.with_actor(token),
        None => request,
    };
    let presenting = Presenting {
        server: call.idp,
        credentials: call.credentials,
        assertion_signature: call.assertion_signature,
        proof: call.proof,
        random: call.random,
        transport,
        now: call.now,
    };
    presenting.request(held, |credentials, proof| request.to_http(credentials, proof))
}

input! {
    Arguments
    /// What was asked for, and what came back.
    pub(in crate::wire) struct ExchangeAnswered {
        /// What was asked for.
        exchange: WantedIdJag,
        /// The key that was proven with the request; leave it out when no proof was sent.
        binding: Option<BindingOptions>,
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
    /// An ID-JAG as it was obtained. It is no access token: it goes to its audience's token endpoint and nowhere else.
    pub(in crate::wire) struct IdJagAnswer {
        /// The token.
        id_jag: String,
        /// The server that redeems it.
        audience: String,
        /// When it expires, in seconds since 1970.
        expires_at: UnixTime,
        /// The scope granted, space-separated; left out when nobody said and nothing was asked for.
        scope: Option<String>,
        /// The authorization details granted.
        authorization_details: Option<Vec<Object<'static>>>,
        /// The thumbprint of the key without whose proof it is useless.
        jkt: Option<String>,
    }
}

pub(super) fn response(call: ExchangeAnswered, _: &Held) -> Result<IdJagAnswer, Fault> {
    // The subject is no part of what the response is judged by.
    let nobody = SubjectToken::new(SubjectKind::IdToken, Secret::new(""));
    let request = call.exchange.build(nobody, transport(call.dangerous_allow_http_loopback))?;
    let binding = BindingOptions::of(call.binding.as_ref())?;
    let limits = LimitOptions::over_default(call.limits.as_ref());
    let response = HttpResponse::from(call.response);
    let obtained = process_exchange_response(&response, &request, binding, &limits, call.now)
        .map_err(|answer| answer.error())?;
    Ok(IdJagAnswer {
        id_jag: String::from(obtained.expose_to(obtained.audience())?),
        audience: String::from(obtained.audience().as_str()),
        expires_at: obtained.expires_at(),
        scope: obtained.scope().map(ToString::to_string),
        authorization_details: obtained.details().map(objects),
        jkt: obtained.binding().as_ref().map(Thumbprint::to_base64url),
    })
}

/// Authorization details as objects.
pub(super) fn objects(details: &AuthorizationDetails) -> Vec<Object<'static>> {
    details.iter().map(|detail| detail.as_object().clone().into_owned()).collect()
}
