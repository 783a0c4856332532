//! `jwks.parse`: the keys of a JWK Set that can be used, and why the others cannot.
//!
//! config `{algorithms, limits?}` · input `{jwks}`, an object or its verbatim text · output `{keys: [{kid, alg, jkt}],
//! skipped: [{index, code}]}`, the keys sorted by `kid`
//!
//! `jwk.thumbprint`: one public key. config `{algorithms}` · input `{jwk}`, likewise · output `{alg, jkt}`

use idjag::jose::{PublicKey, PublicKeys};
use serde::Deserialize;
use serde_json::{Value, json};

use super::locally;
use super::settings::{LimitSettings, algorithms};
use crate::format::{Config, Input, Keys};
use crate::run::Outcome;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    algorithms: Vec<String>,
    #[serde(default)]
    limits: LimitSettings,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KeySetText {
    jwks: Value,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyText {
    jwk: Value,
}

fn text(document: &Value) -> String {
    document.as_str().map_or_else(|| document.to_string(), str::to_owned)
}

pub(super) fn parse(config: &Config, _keys: &Keys, _now: u64, input: &Input) -> Outcome {
    let (settings, KeySetText { jwks }): (Settings, KeySetText) = (config.read(), input.read());
    let parsed = algorithms(&settings.algorithms)
        .and_then(|allowed| PublicKeys::parse(text(&jwks).as_bytes(), &allowed, &settings.limits.read()));
    let set = parsed.map_err(locally)?;
    let key = |key: &PublicKey| {
        json!({
            "kid": key.kid().map(|kid| kid.as_str()),
            "alg": key.algorithm().name(),
            "jkt": key.thumbprint().to_base64url(),
        })
    };
    let skipped = set.skipped().iter();
    let skipped = skipped.map(|(index, error)| json!({"index": index, "code": error.code().as_str()}));
    Ok(json!({
        "keys": set.keys().iter().map(key).collect::<Vec<Value>>(),
        "skipped": skipped.collect::<Vec<Value>>(),
    }))
}

pub(super) fn thumbprint(config: &Config, _keys: &Keys, _now: u64, input: &Input) -> Outcome {
    let (settings, KeyText { jwk }): (Settings, KeyText) = (config.read(), input.read());
    let parsed = algorithms(&settings.algorithms)
        .and_then(|allowed| PublicKey::parse(text(&jwk).as_bytes(), &allowed, &settings.limits.read()));
    let key = parsed.map_err(locally)?;
    Ok(json!({"alg": key.algorithm().name(), "jkt": key.thumbprint().to_base64url()}))
}
