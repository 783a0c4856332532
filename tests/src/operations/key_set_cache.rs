//! `key_set_cache.run`: the key set of one issuer over time, as a script.
//!
//! config `{issuer, jwks_uri, time_to_live, min_refresh_interval, max_stale}` · input `{steps}`, each at its own `at` ·
//! output one event for each step; a script whose last step fails, fails

use idjag::jose::KeySet;
use idjag::keyset_cache::{KeySetAges, KeySetCache, Lookup};
use idjag::text::KeyId;
use idjag::uri::{Issuer, Url};
use idjag::{Error, Limits, Seconds, UnixTime};
use serde::Deserialize;
use serde_json::{Value, json};

use super::client_tools::HTTPS;
use super::http::{Response, request};
use super::locally;
use crate::format::{Config, Input, Keys};
use crate::providers::provider;
use crate::run::Outcome;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Ages {
    issuer: String,
    jwks_uri: String,
    time_to_live: u64,
    min_refresh_interval: u64,
    max_stale: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Script {
    steps: Vec<At>,
}

#[derive(Deserialize)]
struct At {
    at: u64,
    #[serde(flatten)]
    act: Act,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Act {
    /// A token of this key, or of no named key.
    Lookup(Option<String>),
    /// Somebody wants to refresh.
    BeginRefresh(bool),
    /// What came back.
    Refreshed(Response),
    /// A set from elsewhere: its issuer, its text, and when it was fetched.
    Replace(String, String, u64),
}

pub(super) fn run(config: &Config, _keys: &Keys, _now: u64, input: &Input) -> Outcome {
    let (ages, script): (Ages, Script) = (config.read(), input.read());
    let mut cache = ages.cache().map_err(locally)?;
    let mut events = Vec::new();
    let mut last = Ok(());
    for At { at, act } in &script.steps {
        let event = UnixTime::now(*at).and_then(|now| play(&mut cache, act, now));
        last = event.as_ref().map(|_| ()).map_err(|error| locally(*error));
        events.push(event.unwrap_or_else(|error| json!({"error": error.code().as_str()})));
    }
    last.map(|()| json!({"events": events}))
}

impl Ages {
    fn cache(&self) -> Result<KeySetCache, Error> {
        let ages = KeySetAges {
            time_to_live: Seconds(self.time_to_live),
            min_refresh_interval: Seconds(self.min_refresh_interval),
            max_stale: Seconds(self.max_stale),
        };
        let (issuer, jwks_uri) = (Issuer::new(&self.issuer, HTTPS)?, Url::new(&self.jwks_uri, HTTPS)?);
        KeySetCache::new(issuer, jwks_uri, provider().allow_all(), ages, Limits::DEFAULT)
    }
}

fn play(cache: &mut KeySetCache, act: &Act, now: UnixTime) -> Result<Value, Error> {
    Ok(match act {
        Act::Lookup(kid) => {
            let kid = kid.as_deref().map(KeyId::new).transpose()?;
            match cache.lookup(kid.as_ref(), now) {
                Lookup::Use(keys) => json!({"use": kids(keys)}),
                Lookup::Refresh { then } => json!({"refresh": true, "then": then.map(kids)}),
                Lookup::Unavailable { retry_at } => {
                    json!({"unavailable": true, "retry_at": retry_at.as_secs()})
                }
            }
        }
        Act::BeginRefresh(false) => panic!("a step is taken or left out"),
        Act::BeginRefresh(true) => json!({"request": cache.begin_refresh(now).as_ref().map(request)}),
        Act::Refreshed(response) => {
            cache.refreshed(&response.to_http(), now)?;
            json!({"refreshed": true})
        }
        Act::Replace(issuer, text, fetched_at) => {
            let issuer = Issuer::new(issuer, HTTPS)?;
            let keys = KeySet::parse(issuer, text.as_bytes(), &provider().allow_all(), &Limits::DEFAULT)?;
            cache.replace(keys, UnixTime::now(*fetched_at)?)?;
            json!({"replaced": true})
        }
    })
}

fn kids(keys: &KeySet) -> Vec<Option<&str>> {
    keys.keys().keys().iter().map(|key| key.kid().map(KeyId::as_str)).collect()
}
