//! `challenge.parse` and `challenge.build`: `WWW-Authenticate` read by a client and written by a resource.
//!
//! parse: config `{dangerous_allow_http_loopback?, header_bytes?}` · input `{www_authenticate: [value]}` · output
//! `{challenges: [{scheme, parameters, token68, error, scope, resource_metadata, max_age, acr_values, algs}],
//! resource_metadata}`
//!
//! build: config `{schemes, resource_metadata, algs?, realm?}` · input `{code?, scope?, max_age?, acr_values?, nonce?}` ·
//! output the response

use idjag::oauth::challenge::{Challenge, ChallengeBuilder, Challenges, Realm};
use idjag::text::{Acr, Nonce};
use idjag::uri::{Transport, Url};
use idjag::{Error, ErrorCode, Seconds};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::http::{Reading, named, response, scope, sparse};
use super::locally;
use crate::format::{Config, Input, Keys};
use crate::run::Outcome;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Received {
    www_authenticate: Vec<String>,
}

pub(super) fn parse(config: &Config, _keys: &Keys, _now: u64, input: &Input) -> Outcome {
    let reading: Reading = config.read();
    let Received { www_authenticate } = input.read();
    let read = || -> Result<Value, Error> {
        let values = www_authenticate.iter().map(String::as_str);
        let challenges = Challenges::parse(values, &reading.limits())?;
        let views = challenges.iter().map(|challenge| view(challenge, &reading));
        let metadata = challenges.resource_metadata(reading.transport())?;
        Ok(sparse(json!({
            "challenges": views.collect::<Result<Vec<Value>, Error>>()?,
            "resource_metadata": metadata.map(|url| url.to_string()),
        })))
    };
    read().map_err(locally)
}

fn view(challenge: &Challenge, reading: &Reading) -> Result<Value, Error> {
    let parameters: Map<String, Value> =
        challenge.parameters().map(|(name, value)| (name.to_owned(), value.into())).collect();
    let acr_values = challenge.acr_values()?;
    Ok(sparse(json!({
        "scheme": challenge.scheme(),
        "parameters": parameters,
        "token68": challenge.token68(),
        "error": challenge.error()?,
        "scope": challenge.scope(&reading.limits())?.map(|scope| scope.to_string()),
        "resource_metadata": challenge.resource_metadata(reading.transport())?.map(|url| url.to_string()),
        "max_age": challenge.max_age()?.map(Seconds::as_secs),
        "acr_values": acr_values.iter().map(Acr::as_str).collect::<Vec<&str>>(),
        "algs": challenge.algs().collect::<Vec<&str>>(),
    })))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Resource {
    schemes: Vec<String>,
    resource_metadata: String,
    #[serde(default)]
    algs: Vec<String>,
    realm: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Refusal {
    code: Option<String>,
    scope: Option<String>,
    max_age: Option<u64>,
    #[serde(default)]
    acr_values: Vec<String>,
    nonce: Option<String>,
}

pub(super) fn build(config: &Config, _keys: &Keys, _now: u64, input: &Input) -> Outcome {
    let (resource, refusal): (Resource, Refusal) = (config.read(), input.read());
    let built = || -> Result<Value, Error> {
        let mut builder = resource.builder()?;
        if let Some(code) = &refusal.code {
            let code = ErrorCode::ALL.iter().find(|known| known.as_str() == code);
            builder = builder.refusal(&Error::from(*code.expect("a code of the library")));
        }
        if let Some(text) = &refusal.scope {
            builder = builder.scope(&scope(text)?);
        }
        if let Some(max_age) = refusal.max_age {
            builder = builder.max_age(Seconds(max_age));
        }
        let classes = refusal.acr_values.iter().map(|acr| Acr::new(acr.as_str()));
        builder = builder.acr_values(&classes.collect::<Result<Vec<Acr>, Error>>()?)?;
        let nonce = refusal.nonce.as_deref().map(Nonce::new).transpose()?;
        Ok(response(&builder.respond(nonce.as_ref())))
    };
    built().map_err(locally)
}

impl Resource {
    fn builder(&self) -> Result<ChallengeBuilder, Error> {
        let url = Url::new(&self.resource_metadata, Transport::HttpsOnly)?;
        let algs = named(&self.algs)?;
        let schemes: Vec<&str> = self.schemes.iter().map(String::as_str).collect();
        let builder = match schemes.as_slice() {
            ["Bearer"] => ChallengeBuilder::bearer(url),
            ["DPoP"] => ChallengeBuilder::dpop(url, &algs)?,
            ["Bearer", "DPoP"] => ChallengeBuilder::bearer_and_dpop(url, &algs)?,
            other => panic!("no such schemes: {other:?}"),
        };
        Ok(match &self.realm {
            Some(realm) => builder.realm(Realm::new(realm.as_str())?),
            None => builder,
        })
    }
}
