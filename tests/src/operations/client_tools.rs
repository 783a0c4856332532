//! What the adapters of the client share: servers, credentials, signing keys, and requests with their tokens opened.

use alloc::sync::Arc;

use base64ct::{Base64UrlUnpadded, Encoding};
use idjag::client::{Binding, ClientCredentials, ClientMethod, Entropy};
use idjag::crypto::Signer;
use idjag::crypto::rustcrypto::SigningKey;
use idjag::oauth::http::HttpRequest;
use idjag::oauth::metadata::AuthorizationServerMetadata;
use idjag::secret::Secret;
use idjag::text::{ClientId, TokenId};
use idjag::uri::{Issuer, Transport, Url};
use idjag::{Error, Limits};
use p256::ecdsa::signature::Verifier as _;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::http::sparse;
use crate::format::Keys;
use crate::json::strict;

pub(super) const HTTPS: Transport = Transport::HttpsOnly;
pub(super) const LIMITS: Limits = Limits::DEFAULT;

/// A token endpoint and whose it is.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Server {
    pub(super) issuer: String,
    token_endpoint: String,
    #[serde(default)]
    token_endpoint_auth_methods_supported: Vec<String>,
}

impl Server {
    pub(super) fn metadata(&self) -> Result<AuthorizationServerMetadata, Error> {
        let issuer = Issuer::new(&self.issuer, HTTPS)?;
        let endpoint = Url::new(&self.token_endpoint, HTTPS)?;
        let mut metadata = AuthorizationServerMetadata::for_resource_authorization_server(
            issuer,
            endpoint.clone(),
            endpoint,
        );
        metadata
            .token_endpoint_auth_methods_supported
            .clone_from(&self.token_endpoint_auth_methods_supported);
        Ok(metadata)
    }
}

/// Who the client is at one server; `private_key_jwt` signs with the signer `client`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Credentials {
    issuer: String,
    client_id: String,
    token_endpoint_auth_method: String,
    client_secret: Option<String>,
}

impl Credentials {
    pub(super) fn of_library(&self, keys: &Keys) -> Result<ClientCredentials, Error> {
        let method = method(&self.token_endpoint_auth_method, self.client_secret.as_deref(), keys)?;
        Ok(ClientCredentials::new(
            Issuer::new(&self.issuer, HTTPS)?,
            ClientId::new(self.client_id.as_str())?,
            method,
        ))
    }

    /// The same where the key of the signer `client` signs elsewhere.
    pub(super) fn elsewhere(&self, keys: &Keys) -> Result<ClientCredentials, Error> {
        let key = signer(keys, "client")?.public_key().clone();
        let (issuer, client_id) =
            (Issuer::new(&self.issuer, HTTPS)?, ClientId::new(self.client_id.as_str())?);
        Ok(ClientCredentials::new(issuer, client_id, ClientMethod::PrivateKeyJwtElsewhere(key)))
    }
}

pub(super) fn method(name: &str, secret: Option<&str>, keys: &Keys) -> Result<ClientMethod, Error> {
    let secret = || Secret::new(secret.expect("a secret"));
    Ok(match name {
        "private_key_jwt" => ClientMethod::PrivateKeyJwt(signer(keys, "client")?),
        "client_secret_basic" => ClientMethod::SecretBasic(secret()),
        "client_secret_post" => ClientMethod::SecretPost(secret()),
        "none" => ClientMethod::DangerousNone,
        other => panic!("no method `{other}`"),
    })
}

pub(super) fn signer(keys: &Keys, name: &str) -> Result<Arc<SigningKey>, Error> {
    SigningKey::from_jwk(&keys.signer(name).to_string()).map(Arc::new)
}

/// Which binding the client insists on, to the key `dpop`.
#[derive(Clone, Copy, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
pub(super) enum Bound {
    #[default]
    Unbound,
    Required,
    DangerousPreferred,
}

impl Bound {
    pub(super) fn of_library(self, keys: &Keys) -> Result<Binding, Error> {
        let key = || signer(keys, "dpop").map(|signer| signer.public_key().thumbprint());
        Ok(match self {
            Self::Unbound => Binding::Unbound,
            Self::Required => Binding::Required(key()?),
            Self::DangerousPreferred => Binding::DangerousPreferred(key()?),
        })
    }
}

/// A `jti` from the random bytes of a vector.
pub(super) fn token_id(random: &str, label: &str) -> Result<TokenId, Error> {
    Entropy::new(&bytes(random))?.token_id(label, 0)
}

fn bytes(text: &str) -> Vec<u8> {
    Base64UrlUnpadded::decode_vec(text).expect("base64url")
}

/// `{method, url, headers, form}`: the form sorted by name, for its order means nothing, and the tokens made here as `{header, payload}`, once their
/// signature by the signer `client` or `dpop` has been verified. A JSON body is `json`; others are left out.
pub(super) fn opened_request(request: &HttpRequest, keys: &Keys) -> Value {
    let headers = request.headers.iter().map(|(name, value)| match name {
        "DPoP" => json!([name, opened(value, keys, "dpop")]),
        _ => json!([name, value]),
    });
    let body = core::str::from_utf8(&request.body).expect("UTF-8");
    let is_json = request.headers.all("Content-Type").any(|media| media == "application/json");
    let form = form(if is_json { "" } else { body }).into_iter().map(|(name, value)| match name.as_str() {
        "client_assertion" => json!([name, opened(&value, keys, "client")]),
        _ => json!([name, value]),
    });
    sparse(json!({
        "method": request.method,
        "url": request.url,
        "headers": headers.collect::<Vec<Value>>(),
        "form": form.collect::<Vec<Value>>(),
        "json": is_json.then(|| strict(body).expect("JSON")),
    }))
}

/// The pairs of a form or a query, decoded and sorted by name.
fn form(text: &str) -> Vec<(String, String)> {
    let pairs = text.split('&').filter_map(|pair| pair.split_once('='));
    let mut form: Vec<_> = pairs.map(|(name, value)| (decoded(name), decoded(value))).collect();
    form.sort_by(|one, other| one.0.cmp(&other.0));
    form
}

/// What a browser is to open, as an event: the address without its query, and the query like a form.
pub(crate) fn page(url: &str, redirect_uri: &str) -> Value {
    let (endpoint, query) = url.split_once('?').expect("a query");
    json!({"need_authorization": endpoint, "query": form(query), "redirect_uri": redirect_uri})
}

/// The same of a request as `idjag::wire` writes it.
pub(crate) fn opened_message(request: &Value, keys: &Keys) -> Value {
    let text = |name: &str| request[name].as_str().unwrap_or_default().to_owned();
    let headers = request["headers"].as_array().expect("a list").iter();
    let pair = |pair: &Value| {
        let part = |at: usize| pair[at].as_str().expect("a text").to_owned();
        (part(0), part(1))
    };
    let request = HttpRequest {
        method: text("method"),
        url: text("url"),
        headers: headers.map(pair).collect(),
        body: text("body").into_bytes(),
    };
    opened_request(&request, keys)
}

fn decoded(text: &str) -> String {
    let spaced = text.replace('+', " ");
    let mut parts = spaced.split('%');
    let mut plain = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        let (digits, rest) = part.split_at(2);
        plain.push(u8::from_str_radix(digits, 16).expect("two hexadecimal digits"));
        plain.extend_from_slice(rest.as_bytes());
    }
    String::from_utf8(plain).expect("UTF-8")
}

/// The header and the payload of an ES256 token that the signer `name` made; panics when it did not.
pub(super) fn opened(token: &str, keys: &Keys, name: &str) -> Value {
    let (input, signature) = token.rsplit_once('.').expect("a compact JWS");
    let member = |member: &str| bytes(keys.signer(name)[member].as_str().expect("an EC key"));
    let point = [vec![4], member("x"), member("y")].concat();
    let key = p256::ecdsa::VerifyingKey::from_sec1_bytes(&point).expect("a key");
    let signature = p256::ecdsa::Signature::from_slice(&bytes(signature)).expect("a signature");
    key.verify(input.as_bytes(), &signature).expect("a signature by this key");
    let (header, payload) = input.split_once('.').expect("a compact JWS");
    json!({"header": part(header), "payload": part(payload)})
}

fn part(text: &str) -> Value {
    strict(&String::from_utf8(bytes(text)).expect("UTF-8")).expect("JSON")
}

/// `token` without what differs each time: `jti`, collected in `seen`, which must not hold it yet.
pub(crate) fn without_token_id(token: &mut Value, seen: &mut Vec<String>) {
    let payload: &mut Map<String, Value> = token["payload"].as_object_mut().expect("a token");
    let token_id = payload.remove("jti").expect("a jti").to_string();
    assert!(!seen.contains(&token_id), "a jti occurs twice");
    seen.push(token_id);
}
