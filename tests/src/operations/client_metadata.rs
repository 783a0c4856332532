//! `client_metadata.build`, `client_document.read` and `client_id_url.parse`: RFC 7591 §2 and Client ID Metadata
//! Documents -02.

use idjag::crypto::Algorithm;
use idjag::jose::PublicKey;
use idjag::oauth::client_metadata::{
    ClientDocument, ClientIdUrl, ClientKeys, ClientMetadata, DocumentAuthMethod,
};
use idjag::uri::{Transport, Url};
use idjag::{Error, Limits};
use serde::Deserialize;
use serde_json::{Value, json};

use super::http::{Reading, Response, request, response, scope, scope_text, sparse};
use super::metadata::support;
use super::{at_token_endpoint, locally};
use crate::format::{Config, Input, Keys};
use crate::json::strict;
use crate::providers::provider;
use crate::run::Outcome;

const HTTPS: Transport = Transport::HttpsOnly;

/// Input of `client_metadata.build`: members of the document; `jwk` is the one key of an inline key set.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Client {
    client_id: Option<String>,
    client_name: String,
    redirect_uris: Vec<String>,
    #[serde(default)]
    more_grant_types: Vec<String>,
    scope: Option<String>,
    jwks_uri: Option<String>,
    jwk: Option<Value>,
    #[serde(default)]
    dpop_bound_access_tokens: bool,
    #[serde(default)]
    without_id_jag_profile: bool,
}

pub(super) fn build(_config: &Config, _keys: &Keys, _now: u64, input: &Input) -> Outcome {
    let client: Client = input.read();
    client.metadata().map(|metadata| response(&metadata.to_response())).map_err(locally)
}

impl Client {
    fn metadata(&self) -> Result<ClientMetadata, Error> {
        let mut metadata =
            ClientMetadata::new(self.client_name.as_str(), self.redirect_uris.iter().cloned())?;
        if let Some(url) = &self.client_id {
            metadata = metadata.with_client_id(ClientIdUrl::parse(url, HTTPS)?);
        }
        for grant in &self.more_grant_types {
            metadata = metadata.with_grant(grant);
        }
        if let Some(text) = &self.scope {
            metadata = metadata.with_scope(scope(text)?);
        }
        if let Some(keys) = self.keys()? {
            metadata = metadata.with_private_key_jwt(keys);
        }
        if self.dpop_bound_access_tokens {
            metadata = metadata.with_dpop_bound_access_tokens();
        }
        Ok(if self.without_id_jag_profile { metadata.without_id_jag_profile() } else { metadata })
    }

    fn keys(&self) -> Result<Option<ClientKeys>, Error> {
        match (&self.jwks_uri, &self.jwk) {
            (None, None) => Ok(None),
            (Some(url), None) => Ok(Some(ClientKeys::At(Url::new(url, HTTPS)?))),
            (None, Some(jwk)) => {
                let allowed = provider().allow(&[Algorithm::Es256]).expect("an algorithm of the provider");
                let key = PublicKey::parse(jwk.to_string().as_bytes(), &allowed, &Limits::DEFAULT)?;
                Ok(Some(ClientKeys::Inline(vec![key])))
            }
            _ => panic!("`jwks_uri` or `jwk`, not both"),
        }
    }
}

/// `{client_id, response}` → the document as it was understood.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fetched {
    client_id: String,
    response: Response,
}

pub(super) fn read(config: &Config, _keys: &Keys, _now: u64, input: &Input) -> Outcome {
    let (reading, fetched): (Reading, Fetched) = (config.read(), input.read());
    let read = || {
        let client_id = ClientIdUrl::parse(&fetched.client_id, reading.transport())?;
        let response = fetched.response.to_http();
        ClientDocument::read(&response, &client_id, reading.transport(), &reading.limits())
    };
    read().map(|document| view(&document)).map_err(at_token_endpoint)
}

fn view(document: &ClientDocument) -> Value {
    let jwks = document.jwks_text.as_deref().map(|text| strict(text).expect("JSON"));
    sparse(json!({
        "client_id": document.client_id.as_str(),
        "client_name": document.name,
        "redirect_uris": document.redirect_uris,
        "token_endpoint_auth_method": match document.auth_method {
            DocumentAuthMethod::None => "none",
            DocumentAuthMethod::PrivateKeyJwt => "private_key_jwt",
        },
        "must_authenticate": document.must_authenticate(),
        "jwks": jwks,
        "jwks_uri": document.jwks_uri.as_ref().map(Url::as_str),
        "dpop_bound_access_tokens": document.dpop_bound_access_tokens,
        "grant_types": document.grant_types,
        "scope": scope_text(&document.scope),
        "id_jag_profile": support(document.id_jag_support),
    }))
}

/// `{client_id}` → `{client_id, is_root?, has_query?, request}`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Identifier {
    client_id: String,
}

pub(super) fn parse_url(config: &Config, _keys: &Keys, _now: u64, input: &Input) -> Outcome {
    let reading: Reading = config.read();
    let Identifier { client_id } = input.read();
    let url = ClientIdUrl::parse(&client_id, reading.transport()).map_err(at_token_endpoint)?;
    Ok(sparse(json!({
        "client_id": url.client_id().as_str(),
        "is_root": url.is_root(),
        "has_query": url.has_query(),
        "request": request(&url.request()),
    })))
}
