//! What each scenario is about: the grant, who the client is, and what the host has.

use alloc::boxed::Box;
use alloc::sync::Arc;
use core::error::Error;

use base64ct::{Base64, Base64UrlUnpadded, Encoding};
use idjag::UnixTime;
use idjag::client::{
    AssertionNeed, AuthorizationNeed, ClientConfig, ClientCredentials, ClientMethod, Identity, RedirectUri,
};
use idjag::crypto::rustcrypto::SigningKey;
use idjag::oauth::client_metadata::ClientIdUrl;
use idjag::oauth::discovery::{Discovery, Progress};
use idjag::oauth::http::{Headers, HttpRequest};
use idjag::secret::Secret;
use idjag::text::{ClientId, KeyId};
use idjag::uri::{Issuer, ResourceId, Transport};
use idjag_http::client::{Assertions, Authorizations, Driver, SignedOn};
use idjag_http::{Http, Looked, discover_issuer};
use serde_json::Value;

/// The suite's servers are on this machine.
pub(crate) const LOOPBACK: Transport = Transport::DangerousAllowHttpLoopback;
const REDIRECT_URI: &str = "http://127.0.0.1:8765/callback";
/// The document that the suite's servers know; it is never fetched.
const DOCUMENT: &str = "https://conformance-test.local/client-metadata.json";

type Result<T> = core::result::Result<T, Box<dyn Error>>;

/// The client, and what drives its connection.
pub(crate) struct Scenario {
    pub(crate) config: ClientConfig,
    pub(crate) driver: Driver,
}

pub(crate) async fn of(name: &str, resource: &ResourceId, context: &Value) -> Result<Scenario> {
    let http = Http::new()?;
    let driver = Driver::new(http.clone());
    let secret =
        || text(context, "client_secret").map(|secret| ClientMethod::SecretBasic(Secret::new(secret)));
    match name {
        "auth/enterprise-managed-authorization" => {
            let own = registered(&http, resource, context, secret()?).await?;
            enterprise(&http, driver, context, own).await
        }
        "auth/client-credentials-basic" => {
            let own = registered(&http, resource, context, secret()?).await?;
            Ok(Scenario { config: ClientConfig::client_credentials().with_credentials(own), driver })
        }
        "auth/client-credentials-jwt" => {
            let method = ClientMethod::PrivateKeyJwt(Arc::new(key(text(context, "private_key_pem")?)?));
            let own = registered(&http, resource, context, method).await?;
            Ok(Scenario { config: ClientConfig::client_credentials().with_credentials(own), driver })
        }
        "auth/wif-jwt-bearer" => {
            let own = registered(&http, resource, context, ClientMethod::DangerousNone).await?;
            let driver = driver.with_assertions(Workload(Secret::new(text(context, "valid_jwt")?)));
            Ok(Scenario { config: ClientConfig::jwt_bearer().with_credentials(own), driver })
        }
        _ => interactive(name, http, driver, context),
    }
}

/// The suite registers clients without saying where: it is whoever the server trusts.
async fn registered(
    http: &Http,
    resource: &ResourceId,
    context: &Value,
    method: ClientMethod,
) -> Result<ClientCredentials> {
    let mut discovery = Discovery::new(resource.clone(), None).with_transport(LOOPBACK);
    while let Some(request) = discovery.next() {
        if let Progress::Done(found) = discovery.receive(&http.send(&request).await?)? {
            let client_id = ClientId::new(text(context, "client_id")?)?;
            return Ok(ClientCredentials::new(found.authorization_server.issuer, client_id, method));
        }
    }
    Err("the server has no authorization server".into())
}

async fn enterprise(
    http: &Http,
    driver: Driver,
    context: &Value,
    own: ClientCredentials,
) -> Result<Scenario> {
    let issuer = Issuer::new(text(context, "idp_issuer")?, LOOPBACK)?;
    let idp = discover_issuer(http, &issuer, LOOPBACK).await?;
    let client_id = ClientId::new(text(context, "idp_client_id")?)?;
    let at_idp = ClientCredentials::new(issuer.clone(), client_id, ClientMethod::DangerousNone);
    let token = text(context, "idp_id_token")?;
    let payload = token.split('.').nth(1).ok_or("the ID Token is none")?;
    let claims: Value =
        serde_json::from_slice(&Base64UrlUnpadded::decode_vec(payload).map_err(|_| "the ID Token")?)?;
    let expires_at = UnixTime::now(claims["exp"].as_u64().ok_or("the ID Token has no `exp`")?)?;
    let identity = Identity::new(issuer).with_id_token(Secret::new(token), expires_at);
    Ok(Scenario {
        // The suite's authorization server does not list the profile in its metadata.
        config: ClientConfig::new(idp, at_idp)?.with_credentials(own).accepting_unlisted_profile(),
        driver: driver.with_sign_on(SignedOn(Arc::new(identity))),
    })
}

/// The user, whose browser the suite's servers send back at once.
fn interactive(name: &str, http: Http, driver: Driver, context: &Value) -> Result<Scenario> {
    let document = ClientIdUrl::parse(DOCUMENT, LOOPBACK)?;
    let mut config = ClientConfig::authorization_code(RedirectUri::new(REDIRECT_URI)?)
        .registering_as("idjag conformance client")?
        .with_metadata_document(document, ClientMethod::DangerousNone)?;
    if context.get("issuer").is_some() {
        let method = ClientMethod::SecretBasic(Secret::new(text(context, "client_secret")?));
        let issuer = Issuer::new(text(context, "issuer")?, LOOPBACK)?;
        let client_id = ClientId::new(text(context, "client_id")?)?;
        config = config.with_credentials(ClientCredentials::new(issuer, client_id, method));
    }
    if name.starts_with("auth/dpop") {
        let mut random = [0; 32];
        getrandom::fill(&mut random)?;
        config = config.with_dpop(Arc::new(SigningKey::es256(KeyId::new("proofs")?, &random)?));
    }
    Ok(Scenario { config, driver: driver.with_authorizations(Browser(http)) })
}

struct Workload(Secret);

impl Assertions for Workload {
    fn assertion<'a>(&'a self, _: &'a AssertionNeed) -> Looked<'a, Option<Secret>> {
        Box::pin(async { Ok(Some(self.0.clone())) })
    }
}

struct Browser(Http);

impl Authorizations for Browser {
    fn authorize<'a>(&'a self, need: &'a AuthorizationNeed) -> Looked<'a, Option<String>> {
        let request = HttpRequest {
            method: "GET".into(),
            url: need.url.clone(),
            headers: Headers::new(),
            body: Vec::new(),
        };
        Box::pin(async move {
            let page = self.0.send(&request).await?;
            Ok(page.headers.all("location").next().map(String::from))
        })
    }
}

fn text<'c>(context: &'c Value, name: &'static str) -> Result<&'c str> {
    context[name].as_str().ok_or_else(|| format!("the suite did not say `{name}`").into())
}

/// The P-256 key of a PKCS #8 text.
fn key(pem: &str) -> Result<SigningKey> {
    /// RFC 5915: version 1, then the scalar as an octet string.
    const BEFORE: &[u8] = &[0x02, 0x01, 0x01, 0x04, 0x20];
    let body: String = pem.lines().filter(|line| !line.starts_with("-----")).collect();
    let der = Base64::decode_vec(&body).map_err(|_| "the key is no PEM")?;
    let at = der.windows(BEFORE.len()).position(|window| window == BEFORE);
    let scalar = at.and_then(|at| der.get(at + BEFORE.len()..)?.first_chunk::<32>());
    Ok(SigningKey::es256(KeyId::new("conformance")?, scalar.ok_or("the key is not for P-256")?)?)
}
