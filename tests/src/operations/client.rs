//! The client's pairs: `client.exchange_request|exchange_response`, `client.grant_request|grant_response` and
//! `client.use_token`.
//!
//! Times are seconds; `random` is base64url; a request is answered with its tokens opened ([`opened_request`]).

use alloc::collections::BTreeMap;

use idjag::client::{
    ExchangeRequest, GrantRequest, ObtainedIdJag, Proof, ServerAnswer, SubjectKind, SubjectToken,
    process_exchange_response, process_grant_response,
};
use idjag::crypto::{Signer as _, Thumbprint};
use idjag::details::AuthorizationDetails;
use idjag::oauth::http::HttpRequest;
use idjag::oauth::metadata::AuthorizationServerMetadata;
use idjag::scope::Scope;
use idjag::secret::Secret;
use idjag::text::{ClientId, Nonce};
use idjag::token::{Context, DpopProof};
use idjag::uri::{Issuer, ResourceId, Url};
use idjag::{Error, UnixTime};
use serde::Deserialize;
use serde_json::{Value, json};

use super::client_tools::{Bound, Credentials, HTTPS, LIMITS, Server, opened_request, signer, token_id};
use super::http::{Reading, Response, scope, sparse};
use super::locally;
use super::roles::settings::{DetailTypeSettings, detail_types};
use super::settings::context_claim;
use crate::format::{Config, Input, Keys};
use crate::json::strict;
use crate::run::Outcome;

/// What a request asks for.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Wanted {
    resource: Vec<String>,
    scope: Option<String>,
    authorization_details: Option<Value>,
    detail_types: BTreeMap<String, DetailTypeSettings>,
    context: Option<String>,
    context_claim: Option<String>,
}

impl Wanted {
    fn scope(&self) -> Result<Scope, Error> {
        scope(self.scope.as_deref().unwrap_or_default())
    }

    fn details(&self) -> Result<Option<AuthorizationDetails>, Error> {
        let parse = |value: &Value| AuthorizationDetails::parse(&value.to_string(), &LIMITS);
        self.authorization_details.as_ref().map(parse).transpose()
    }

    fn exchange(
        &self,
        server: &AuthorizationServerMetadata,
        subject: SubjectToken,
    ) -> Result<ExchangeRequest, Error> {
        let mut request = ExchangeRequest::new(server, subject).with_scope(self.scope()?);
        for resource in &self.resource {
            request = request.with_resource(ResourceId::new(resource, HTTPS)?)?;
        }
        if let Some(conversation) = &self.context {
            let claim = context_claim(self.context_claim.as_deref())?;
            request = request.with_context(Context::new(claim, conversation.as_str())?);
        }
        Ok(match self.details()? {
            Some(details) => {
                request.with_details(details).with_detail_types(detail_types(self.detail_types.clone()))
            }
            None => request,
        })
    }
}

/// The proof of one request: its key and what else it says.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ProofOf {
    /// The signer; `dpop` is the key that the client insists on.
    #[serde(default = "ProofOf::usual")]
    key: String,
    nonce: Option<String>,
    /// The address it is made for, when that is not the one that the request goes to.
    url: Option<String>,
    method: Option<String>,
}

impl ProofOf {
    fn usual() -> String {
        "dpop".to_owned()
    }

    fn sign(&self, mut claims: DpopProof, keys: &Keys) -> Result<Proof, Error> {
        if let Some(url) = &self.url {
            claims.url = Url::new(url, HTTPS)?;
        }
        if let Some(method) = &self.method {
            claims.method.clone_from(method);
        }
        Proof::sign(claims, signer(keys, &self.key)?.as_ref())
    }

    fn of_post(&self, endpoint: &Url, random: &str, keys: &Keys, now: UnixTime) -> Result<Proof, Error> {
        let claims = DpopProof {
            token_id: token_id(random, "dpop_proof")?,
            method: "POST".into(),
            url: endpoint.clone(),
            issued_at: now,
            access_token_hash: None,
            nonce: self.nonce.as_deref().map(Nonce::new).transpose()?,
        };
        self.sign(claims, keys)
    }
}

/// config: the server that will redeem the grant, the IdP that is asked, and who the client is there.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AtIdp {
    audience: Server,
    idp: Server,
    credentials: Credentials,
}

/// input: `{subject_token, subject_token_type, actor_token?, random, proof?, resource?, scope?, authorization_details?}`.
#[derive(Deserialize)]
struct Exchange {
    subject_token: String,
    subject_token_type: String,
    actor_token: Option<String>,
    random: String,
    /// Signs the client assertion outside, in place of the signer `client`, whose key is declared.
    signed_elsewhere_by: Option<String>,
    proof: Option<ProofOf>,
    #[serde(flatten)]
    wanted: Wanted,
}

fn subject_kind(token_type: &str) -> SubjectKind {
    let kinds = [SubjectKind::IdToken, SubjectKind::Saml2, SubjectKind::RefreshToken];
    kinds.into_iter().find(|kind| kind.token_type() == token_type).expect("a subject token type")
}

pub(super) fn exchange_request(config: &Config, keys: &Keys, now: u64, input: &Input) -> Outcome {
    let (at, exchange): (AtIdp, Exchange) = (config.read(), input.read());
    let build = || -> Result<Value, Error> {
        let now = UnixTime::now(now)?;
        let kind = subject_kind(&exchange.subject_token_type);
        let subject = SubjectToken::new(kind, Secret::new(exchange.subject_token.as_str()));
        let mut request = exchange.wanted.exchange(&at.audience.metadata()?, subject)?;
        if let Some(actor) = &exchange.actor_token {
            request = request.with_actor(Secret::new(actor.as_str()));
        }
        let assertion_id = token_id(&exchange.random, "client_assertion")?;
        let idp = at.idp.metadata()?;
        let credentials = match &exchange.signed_elsewhere_by {
            None => at.credentials.of_library(keys)?.at(&idp, assertion_id, now)?,
            Some(name) => {
                let pending = at.credentials.elsewhere(keys)?.pending_at(&idp, assertion_id, now)?;
                let signature = signer(keys, name)?.sign(pending.as_bytes())?;
                pending.attach(&signature)?
            }
        };
        let sign = |proof: &ProofOf| proof.of_post(credentials.endpoint(), &exchange.random, keys, now);
        let proof = exchange.proof.as_ref().map(sign).transpose()?;
        Ok(opened_request(&request.to_http(&credentials, proof.as_ref())?, keys))
    };
    build().map_err(locally)
}

/// config: the server that will redeem the grant, the client there, and which binding the client insists on.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Redeemer {
    audience: Server,
    client_id: Option<String>,
    #[serde(default)]
    binding: Bound,
    #[serde(default)]
    reading: Reading,
}

/// input: `{response, resource?, scope?, authorization_details?}`: what was asked for and what came back.
#[derive(Deserialize)]
struct Exchanged {
    response: Response,
    #[serde(flatten)]
    wanted: Wanted,
}

pub(super) fn exchange_response(config: &Config, keys: &Keys, now: u64, input: &Input) -> Outcome {
    let (redeemer, exchanged): (Redeemer, Exchanged) = (config.read(), input.read());
    let read = || -> Result<ObtainedIdJag, ServerAnswer> {
        let mut request = exchanged.wanted.exchange(&redeemer.audience.metadata()?, some_subject())?;
        if let Some(client_id) = &redeemer.client_id {
            request = request.expecting_client(ClientId::new(client_id.as_str())?);
        }
        let (response, binding) = (exchanged.response.to_http(), redeemer.binding.of_library(keys)?);
        process_exchange_response(
            &response,
            &request,
            binding,
            &redeemer.reading.limits(),
            UnixTime::now(now)?,
        )
    };
    read().map(|id_jag| id_jag_view(&id_jag)).map_err(|answer| locally(answer.error()))
}

fn some_subject() -> SubjectToken {
    SubjectToken::new(SubjectKind::IdToken, Secret::new("subject-token"))
}

fn id_jag_view(id_jag: &ObtainedIdJag) -> Value {
    sparse(json!({
        "audience": id_jag.audience().as_str(),
        "expires_at": id_jag.expires_at().as_secs(),
        "scope": id_jag.scope().map(|scope| scope.to_string()),
        "authorization_details": id_jag.details().map(details_view),
        "jkt": id_jag.binding().as_ref().map(Thumbprint::to_base64url),
    }))
}

fn details_view(details: &AuthorizationDetails) -> Value {
    strict(&details.to_json().to_string()).expect("JSON")
}

/// The ID-JAG that the client holds, as the IdP `audience` asked for gave it out.
#[derive(Deserialize)]
struct Held {
    id_jag: String,
    audience: String,
    resource: String,
    #[serde(default)]
    binding: Bound,
    scope: Option<String>,
    authorization_details: Option<Value>,
    #[serde(default)]
    detail_types: BTreeMap<String, DetailTypeSettings>,
    #[serde(default)]
    without_resource_parameter: bool,
    #[serde(default)]
    jwt_dpop: bool,
}

impl Held {
    /// Takes the ID-JAG in at a time when it was fresh.
    fn obtain(&self, keys: &Keys) -> Result<ObtainedIdJag, Error> {
        let issuer = Issuer::new(&self.audience, HTTPS)?;
        let server = AuthorizationServerMetadata::for_resource_authorization_server(
            issuer,
            Url::new("https://as.example/token", HTTPS)?,
            Url::new("https://as.example/jwks", HTTPS)?,
        );
        let body = json!({
            "issued_token_type": "urn:ietf:params:oauth:token-type:id-jag",
            "token_type": "N_A", "access_token": self.id_jag,
        });
        let response = idjag::oauth::http::HttpResponse {
            status: 200,
            headers: [("Content-Type", "application/json")].into_iter().collect(),
            body: body.to_string().into_bytes(),
        };
        let request = ExchangeRequest::new(&server, some_subject());
        let binding = self.binding.of_library(keys)?;
        process_exchange_response(&response, &request, binding, &LIMITS, UnixTime::now(1)?)
            .map_err(|answer| answer.error())
    }

    fn request(&self, keys: &Keys) -> Result<GrantRequest, Error> {
        let resource = ResourceId::new(&self.resource, HTTPS)?;
        let types = detail_types(self.detail_types.clone());
        let mut request = GrantRequest::new(self.obtain(keys)?, resource).with_detail_types(types);
        if let Some(text) = &self.scope {
            request = request.with_scope(scope(text)?);
        }
        if let Some(details) = &self.authorization_details {
            request = request.with_details(AuthorizationDetails::parse(&details.to_string(), &LIMITS)?);
        }
        if self.without_resource_parameter {
            request = request.without_resource_parameter();
        }
        Ok(if self.jwt_dpop { request.as_jwt_dpop() } else { request })
    }
}

/// config: the server that is asked, and the credentials that the client has, the best of which are used.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AtServer {
    server: Server,
    credentials: Vec<Credentials>,
}

#[derive(Deserialize)]
struct Redeem {
    random: String,
    proof: Option<ProofOf>,
    #[serde(flatten)]
    held: Held,
}

pub(super) fn grant_request(config: &Config, keys: &Keys, now: u64, input: &Input) -> Outcome {
    let (at, redeem): (AtServer, Redeem) = (config.read(), input.read());
    let build = || -> Result<Value, Error> {
        let now = UnixTime::now(now)?;
        let server = at.server.metadata()?;
        let own = at.credentials.iter().map(|credentials| credentials.of_library(keys));
        let own = own.collect::<Result<Vec<_>, Error>>()?;
        let chosen = idjag::client::ClientCredentials::choose(&own, &server)?;
        let credentials = chosen.at(&server, token_id(&redeem.random, "client_assertion")?, now)?;
        let sign = |proof: &ProofOf| proof.of_post(credentials.endpoint(), &redeem.random, keys, now);
        let proof = redeem.proof.as_ref().map(sign).transpose()?;
        Ok(opened_request(&redeem.held.request(keys)?.to_http(&credentials, proof.as_ref(), now)?, keys))
    };
    build().map_err(locally)
}

#[derive(Deserialize)]
struct Granted {
    response: Response,
    #[serde(flatten)]
    held: Held,
}

pub(super) fn grant_response(config: &Config, keys: &Keys, now: u64, input: &Input) -> Outcome {
    let (reading, granted): (Reading, Granted) = (config.read(), input.read());
    let read = || -> Result<Value, ServerAnswer> {
        let request = granted.held.request(keys)?;
        let binding = granted.held.binding.of_library(keys)?;
        let response = granted.response.to_http();
        let now = UnixTime::now(now)?;
        let token = process_grant_response(&response, &request, binding, &reading.limits(), now)?;
        Ok(sparse(json!({
            "issuer": token.issuer().as_str(),
            "resource": token.resource().as_str(),
            "token_type": token.scheme().as_str(),
            "scope": token.scope().map(|scope| scope.to_string()),
            "authorization_details": token.details().map(details_view),
            "expires_at": token.expires_at().map(UnixTime::as_secs),
        })))
    };
    read().map_err(|answer| locally(answer.error()))
}

/// input: the grant and its response, then the request that is to carry the token.
#[derive(Deserialize)]
struct Use {
    response: Response,
    request: Outbound,
    random: String,
    proof: Option<ProofOf>,
    /// Makes the proof for another access token.
    #[serde(default)]
    proof_of_another_token: bool,
    #[serde(flatten)]
    held: Held,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Outbound {
    method: String,
    url: String,
    headers: Vec<(String, String)>,
    body: String,
}

pub(super) fn use_token(_config: &Config, keys: &Keys, now: u64, input: &Input) -> Outcome {
    let used: Use = input.read();
    let authorize = || -> Result<Value, Error> {
        let now = UnixTime::now(now)?;
        let binding = used.held.binding.of_library(keys)?;
        let request = used.held.request(keys)?;
        let token = process_grant_response(&used.response.to_http(), &request, binding, &LIMITS, now);
        let token = token.map_err(|answer| answer.error())?;
        let outbound = HttpRequest {
            method: used.request.method.clone(),
            url: used.request.url.clone(),
            headers: used
                .request
                .headers
                .iter()
                .map(|(name, value)| (name.as_str(), value.as_str()))
                .collect(),
            body: used.request.body.clone().into_bytes(),
        };
        let nonce = used.proof.as_ref().and_then(|proof| proof.nonce.as_deref());
        let nonce = nonce.map(Nonce::new).transpose()?;
        let claims =
            token.proof_claims(&outbound, nonce.as_ref(), token_id(&used.random, "dpop_proof")?, now)?;
        let proof = match (&used.proof, claims) {
            (Some(proof), Some(mut claims)) => {
                if used.proof_of_another_token {
                    claims.access_token_hash = Some("47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU".into());
                }
                Some(proof.sign(claims, keys)?)
            }
            _ => None,
        };
        Ok(opened_request(&token.authorize(outbound, proof.as_ref(), &LIMITS)?, keys))
    };
    authorize().map_err(locally)
}
