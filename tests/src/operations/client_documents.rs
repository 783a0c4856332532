//! `client_documents.run`: clients that are registered by the document at their identifier, over time, as a script.
//!
//! config `{role, origins?, dangerous_public_clients?, capacity?}` · input `{steps}`, each for a `client_id` and at its own
//! `at`: what `next` says, or what comes of a response that was `received` · output one event for each step; a script whose
//! last step fails, fails

use idjag::client_documents::{ClientDocuments, ClientDocumentsConfig, ClientStep, DocumentFor};
use idjag::crypto::Algorithm;
use idjag::jose::PublicKeys;
use idjag::oauth::{ClientAuthentication, RegisteredClient};
use idjag::text::ClientId;
use idjag::{Error, Seconds, UnixTime};
use serde::Deserialize;
use serde_json::{Value, json};

use super::http::{Response, request};
use super::{locally, value};
use crate::format::{Config, Input, Keys};
use crate::providers::provider;
use crate::run::Outcome;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    role: String,
    origins: Option<Vec<String>>,
    #[serde(default)]
    dangerous_public_clients: bool,
    capacity: Option<usize>,
    max_age: Option<u64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Script {
    steps: Vec<At>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct At {
    at: u64,
    client_id: String,
    received: Option<Response>,
}

pub(super) fn run(config: &Config, _keys: &Keys, _now: u64, input: &Input) -> Outcome {
    let (settings, script): (Settings, Script) = (config.read(), input.read());
    let mut documents = ClientDocuments::new(settings.build()).map_err(locally)?;
    let mut events = Vec::new();
    let mut last = Ok(());
    for step in &script.steps {
        let event = UnixTime::now(step.at).and_then(|now| play(&mut documents, step, now));
        last = event.as_ref().map(|_| ()).map_err(|error| locally(*error));
        events.push(event.unwrap_or_else(|error| json!({"error": error.code().as_str()})));
    }
    last.map(|()| json!({"events": events}))
}

impl Settings {
    fn build(self) -> ClientDocumentsConfig {
        let server = match self.role.as_str() {
            "resource_authorization_server" => DocumentFor::ResourceAuthorizationServer,
            "idp" => DocumentFor::Idp,
            other => panic!("no role `{other}`"),
        };
        let mut config =
            ClientDocumentsConfig::new(server, provider().allow(&[Algorithm::Es256]).expect("an algorithm"));
        config.origins = self.origins.map(|origins| origins.into_iter().collect());
        config.dangerous_public_clients = self.dangerous_public_clients;
        config.capacity = self.capacity.unwrap_or(config.capacity);
        config.max_age = self.max_age.map_or(config.max_age, Seconds);
        config
    }
}

fn play(documents: &mut ClientDocuments, step: &At, now: UnixTime) -> Result<Value, Error> {
    let client_id = ClientId::new(step.client_id.as_str())?;
    if let Some(response) = &step.received {
        documents.received(&client_id, &response.to_http(), now)?;
        return Ok(json!({}));
    }
    Ok(match documents.next(&client_id, now) {
        ClientStep::NotADocument => json!({"state": "not_a_document"}),
        ClientStep::Use(client) => json!({"state": "use", "client": record(client)}),
        ClientStep::Send(sent) => json!({"state": "send", "request": request(&sent)}),
        ClientStep::Refused(error) => {
            json!({"state": "refused", "reason": error.code().as_str()})
        }
        ClientStep::Unavailable { retry_at } => {
            json!({"state": "unavailable", "retry_at": retry_at.as_secs()})
        }
    })
}

fn record(client: &RegisteredClient) -> Value {
    let mut record = json!({
        "client_id": client.client_id.as_str(),
        "dpop_bound_access_tokens": client.dpop_bound_access_tokens,
        "may_use_grant": client.may_use_grant,
        "token_endpoint_auth_method": "none",
    });
    if let ClientAuthentication::PrivateKeyJwt(keys) = &client.authentication {
        record["token_endpoint_auth_method"] = json!("private_key_jwt");
        record["jwks"] = json!({"keys": jwks(keys)});
    }
    record
}

fn jwks(keys: &PublicKeys) -> Vec<Value> {
    keys.keys().iter().map(|key| value(key.to_jwk())).collect()
}
