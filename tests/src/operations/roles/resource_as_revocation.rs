//! `resource_as.revocation`: a request to the revocation endpoint of a resource authorization server.
//!
//! config `{server, clients, nonce?}` · key set of the server itself · input `{request, earlier?, store?, stored?}`:
//! `stored` is what comes of storing the entries · output `{status, headers, body, record, entries, earlier?}`.

use idjag::UnixTime;
use idjag::resource_as::{ResourceAuthorizationServer, RevocationMaterial, Stored};
use serde::Deserialize;
use serde_json::{Value, json};

use super::clients::Registry;
use super::resource_as_config::Settings;
use super::settings::Nonces;
use super::wire::{Earlier, Refused, Request, Store, StoreKind, check_refusal, key_set, response, to_json};
use crate::format::{Config, Input, Keys};
use crate::run::Outcome;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Call {
    request: Request,
    #[serde(default)]
    earlier: Vec<Earlier>,
    #[serde(default)]
    store: StoreKind,
    stored: Option<String>,
}

/// A server, its host and its store.
struct Endpoint<'k> {
    server: ResourceAuthorizationServer,
    clients: Registry,
    nonces: Nonces,
    keys: &'k Keys,
    store: Store,
}

pub(in crate::operations) fn revocation(config: &Config, keys: &Keys, now: u64, input: &Input) -> Outcome {
    let call: Call = input.read();
    let (result, earlier) = handle_all(config, keys, now, &call).map_err(|refused| refused.failure())?;
    let mut output = result.map_err(|refused| {
        if let Refused::Rejected(rejection) = &refused {
            check_refusal(rejection, &call.request);
        }
        refused.failure()
    })?;
    if !earlier.is_empty() {
        output["earlier"] = earlier.into();
    }
    Ok(output)
}

/// What became of the request, and briefly of those before it.
type Handled = (Result<Value, Refused>, Vec<Value>);

fn handle_all(config: &Config, keys: &Keys, now: u64, call: &Call) -> Result<Handled, Refused> {
    let settings: Settings = config.read();
    let mut endpoint = Endpoint {
        server: settings.server.build()?,
        clients: Registry::new(settings.clients),
        nonces: Nonces::new(settings.nonce),
        keys,
        store: Store::new(call.store),
    };
    let mut earlier = Vec::new();
    for before in &call.earlier {
        let time = UnixTime::now(before.now.unwrap_or(now))?;
        earlier.push(match endpoint.handle(&before.request, Stored::Stored, time) {
            Ok(done) => json!({"status": done["status"]}),
            Err(refused) => json!({"error": refused.failure()}),
        });
    }
    let stored = match call.stored.as_deref() {
        None | Some("stored") => Stored::Stored,
        Some("unavailable") => Stored::Unavailable,
        Some(other) => panic!("`{other}` does not come of storing"),
    };
    Ok((endpoint.handle(&call.request, stored, UnixTime::now(now)?), earlier))
}

impl Endpoint<'_> {
    fn handle(&mut self, request: &Request, stored: Stored, now: UnixTime) -> Result<Value, Refused> {
        let pending = self.server.parse_revocation(&request.to_http(), now)?;
        let needs = pending.needs();
        let own_keys = key_set(self.keys, needs.issuer);
        let material = RevocationMaterial {
            client: self.clients.find(needs.client_id),
            own_keys: own_keys.as_ref(),
            nonce: self.nonces.rule(),
        };
        let verified = pending.verify(&material, now)?;
        let store = &mut self.store;
        let spent = verified.first_use(|key| store.first_use(key, now))?;
        let entries: Vec<Value> = spent.entry().map(|entry| to_json(&entry.to_json())).into_iter().collect();
        let (answer, record) = spent.stored(stored)?;
        let mut output = response(&answer);
        output["record"] = to_json(&record.to_json());
        output["entries"] = entries.into();
        Ok(output)
    }
}
