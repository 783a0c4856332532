//! The client, against servers good and bad.

mod answers;
mod connection;
mod credentials;
mod downscope;
mod exchange;
mod grant;
mod grants;
mod properties;
mod resource;
mod roles;

use alloc::string::{String, ToString as _};
use alloc::sync::Arc;
use alloc::vec::Vec;

use super::*;
use crate::codec::form::Form;
use crate::codec::json::{Json, Object};
use crate::crypto::Signer as _;
use crate::crypto::rustcrypto::{PROVIDER, SigningKey};
use crate::details::AuthorizationDetails;
use crate::error::{Error, ErrorCode};
use crate::limits::Limits;
use crate::oauth::http::{Headers, HttpRequest, HttpResponse};
use crate::oauth::metadata::{AuthorizationServerMetadata, ProtectedResourceMetadata};
use crate::oauth::params::*;
use crate::scope::Scope;
use crate::secret::Secret;
use crate::text::{ClientId, KeyId, Nonce, Subject, TokenId};
use crate::time::{Seconds, UnixTime};
use crate::token::{Confirmation, DpopProof, IdJag, NonceRule, ProofRules, VerifiedProof, access_token_hash};
use crate::uri::{Issuer, ResourceId, Transport, Url};

const IDP: &str = "https://idp.example";
const IDP_TOKEN: &str = "https://idp.example/token";
const RAS: &str = "https://as.example/t1";
const RAS_TOKEN: &str = "https://as.example/token";
const SERVER: &str = "https://r.example/mcp";
const CLIENT_AT_IDP: &str = "client-at-idp";
const CLIENT_AT_RAS: &str = "f53f191f9311af35";
const LIMITS: Limits = Limits::DEFAULT;

fn time(seconds: u64) -> UnixTime {
    UnixTime::now(1_800_000_000).unwrap().plus(Seconds(seconds))
}

fn now() -> UnixTime {
    time(0)
}

fn issuer(text: &str) -> Issuer {
    Issuer::new(text, Transport::HttpsOnly).unwrap()
}

fn url(text: &str) -> Url {
    Url::new(text, Transport::HttpsOnly).unwrap()
}

fn server() -> ResourceId {
    ResourceId::new(SERVER, Transport::HttpsOnly).unwrap()
}

fn scope(text: &str) -> Scope {
    Scope::parse(text, &LIMITS).unwrap()
}

fn details(text: &str) -> AuthorizationDetails {
    AuthorizationDetails::parse(text, &LIMITS).unwrap()
}

fn token_id() -> TokenId {
    TokenId::new("jti-1").unwrap()
}

fn key(seed: u8) -> Arc<SigningKey> {
    Arc::new(SigningKey::ed25519(KeyId::new("k1").unwrap(), &[seed; 32]).unwrap())
}

fn idp() -> AuthorizationServerMetadata {
    AuthorizationServerMetadata::for_idp(issuer(IDP), url(IDP_TOKEN), url("https://idp.example/jwks"))
}

fn ras() -> AuthorizationServerMetadata {
    let (token, jwks) = (url(RAS_TOKEN), url("https://as.example/jwks"));
    AuthorizationServerMetadata::for_resource_authorization_server(issuer(RAS), token, jwks)
}

fn resource_metadata() -> ProtectedResourceMetadata {
    let mut metadata = ProtectedResourceMetadata::new(server(), vec![issuer(RAS)]).unwrap();
    metadata.scopes_supported = scope("rows:read");
    metadata
}

fn basic(at: &str, client_id: &str) -> ClientCredentials {
    let method = ClientMethod::SecretBasic(Secret::new("s3cret-of-the-client"));
    ClientCredentials::new(issuer(at), ClientId::new(client_id).unwrap(), method)
}

fn at_idp() -> EndpointCredentials {
    basic(IDP, CLIENT_AT_IDP).at(&idp(), token_id(), now()).unwrap()
}

fn at_ras() -> EndpointCredentials {
    basic(RAS, CLIENT_AT_RAS).at(&ras(), token_id(), now()).unwrap()
}

fn id_token() -> SubjectToken {
    SubjectToken::new(SubjectKind::IdToken, Secret::new("the-id-token"))
}

fn form(request: &HttpRequest) -> Form {
    Form::parse(&request.body, &LIMITS).unwrap()
}

fn proof_for(endpoint: &str, key: &SigningKey) -> Proof {
    let claims = DpopProof {
        token_id: token_id(),
        method: "POST".into(),
        url: url(endpoint),
        issued_at: now(),
        access_token_hash: None,
        nonce: None,
    };
    Proof::sign(claims, key).unwrap()
}

/// The claims of a grant as [`request`] asks for it.
fn id_jag() -> IdJag {
    IdJag {
        issuer: issuer(IDP),
        subject: Subject::new("U1").unwrap(),
        audience: issuer(RAS),
        client_id: ClientId::new(CLIENT_AT_RAS).unwrap(),
        token_id: token_id(),
        issued_at: now(),
        expires_at: time(300),
        resources: vec![server()],
        scope: Some(scope("rows:read")),
        details: None,
        actor: None,
        may_act: None,
        confirmation: None,
        tenant: None,
        audience_tenant: None,
        audience_subject: None,
        auth_time: None,
        acr: None,
        amr: vec![],
        email: None,
        subject_identifier: None,
        context: None,
        extra: Object::new(),
    }
}

fn request() -> ExchangeRequest {
    ExchangeRequest::new(&ras(), id_token())
        .with_resource(server())
        .unwrap()
        .with_scope(scope("rows:read"))
        .expecting_client(ClientId::new(CLIENT_AT_RAS).unwrap())
}

fn json(status: u16, body: &Object<'_>) -> HttpResponse {
    HttpResponse::json_no_store(status, body)
}

fn members(pairs: &[(&'static str, &str)]) -> Object<'static> {
    let mut object = Object::new();
    for (name, value) in pairs {
        object.set_str(*name, String::from(*value));
    }
    object
}

fn error(status: u16, name: &str) -> HttpResponse {
    json(status, &members(&[("error", name), ("error_description", "text the server chose")]))
}

/// The IdP's answer around `claims`, edited.
fn issued_with(claims: &IdJag, edit: impl FnOnce(&mut Object<'static>)) -> HttpResponse {
    let token = claims.to_unsigned().unwrap().sign_with(key(1).as_ref()).unwrap();
    let mut body = members(&[
        ("access_token", token.expose()),
        ("issued_token_type", TOKEN_TYPE_ID_JAG),
        ("token_type", "N_A"),
        ("extension", "ignored"),
    ]);
    body.set("expires_in", 300);
    edit(&mut body);
    json(200, &body)
}

fn issued(claims: &IdJag) -> HttpResponse {
    issued_with(claims, |_| {})
}

fn obtained(binding: Binding, edit: impl FnOnce(&mut IdJag)) -> ObtainedIdJag {
    let mut claims = id_jag();
    claims.confirmation = binding.thumbprint().map(|jkt| Confirmation { jkt });
    edit(&mut claims);
    process_exchange_response(&issued(&claims), &request(), binding, &LIMITS, now()).unwrap()
}

/// The resource authorization server's answer, edited.
fn granted_with(edit: impl FnOnce(&mut Object<'static>)) -> HttpResponse {
    let mut body = members(&[
        ("access_token", "an.access.token"),
        ("token_type", "Bearer"),
        ("refresh_token", "never-used"),
        ("scope", "rows:read"),
    ]);
    body.set("expires_in", 120);
    edit(&mut body);
    json(200, &body)
}

fn granted() -> HttpResponse {
    granted_with(|_| {})
}

fn get(url: &str) -> HttpRequest {
    HttpRequest { method: "GET".into(), url: url.into(), headers: Headers::new(), body: vec![] }
}

fn challenged(status: u16, challenge: &str) -> HttpResponse {
    let headers = Headers::new().with("WWW-Authenticate", challenge);
    HttpResponse { status, headers, body: vec![] }
}

/// Checks the one proof of `request` and says whose key made it.
fn check_proof(request: &HttpRequest, access_token: Option<&str>, nonce: Option<&Nonce>) -> Error {
    let proof = request.headers.single("DPoP", ErrorCode::ProofRepeated).unwrap().unwrap();
    let url = url(&request.url);
    let algorithms = PROVIDER.allow_all();
    let nonce =
        nonce.map_or(NonceRule::NotRequired, |current| NonceRule::Required { current, previous: None });
    let rules = ProofRules {
        method: &request.method,
        url: &url,
        access_token,
        nonce,
        window: Seconds(60),
        algorithms: &algorithms,
        limits: &LIMITS,
    };
    match VerifiedProof::check(proof, &rules, now()) {
        Ok(verified) => {
            assert_eq!(verified.thumbprint(), key(7).public_key().thumbprint());
            Error::new(ErrorCode::StepUpLimit) // the marker of a proof that holds
        }
        Err(error) => error,
    }
}

const HOLDS: ErrorCode = ErrorCode::StepUpLimit;
