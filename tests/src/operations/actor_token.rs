//! `actor_token.verify`: the actor token of an exchange, under a configured profile.
//!
//! config `{issuer, audience, typ, key_set_issuer?, algorithms, window?, limits?}` · key set `issuer` ·
//! input `{token}` · output `{act, cnf?}`

use idjag::token::{ActorTokenRules, UnverifiedActorToken, VerifiedActor};
use idjag::{Error, UnixTime};
use serde::Deserialize;
use serde_json::json;

use super::settings::{LimitSettings, WindowSettings, algorithms, issuer, key_set};
use super::{at_token_endpoint, value};
use crate::format::{Config, Input, Keys};
use crate::run::Outcome;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    issuer: String,
    audience: String,
    typ: String,
    key_set_issuer: Option<String>,
    algorithms: Vec<String>,
    #[serde(default)]
    window: WindowSettings,
    #[serde(default)]
    limits: LimitSettings,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Presented {
    token: String,
}

pub(super) fn verify(config: &Config, keys: &Keys, now: u64, input: &Input) -> Outcome {
    let (settings, Presented { token }): (Settings, Presented) = (config.read(), input.read());
    let verified = verified(&settings, &token, keys, now).map_err(at_token_endpoint)?;
    let mut output = json!({"act": value(verified.actor.to_json())});
    if let Some(confirmation) = verified.confirmation {
        output["cnf"] = value(confirmation.to_json());
    }
    Ok(output)
}

fn verified(settings: &Settings, token: &str, keys: &Keys, now: u64) -> Result<VerifiedActor, Error> {
    let limits = settings.limits.read();
    let allowed = algorithms(&settings.algorithms)?;
    let from = issuer(&settings.issuer)?;
    let rules = ActorTokenRules {
        issuer: &from,
        audience: &issuer(&settings.audience)?,
        typ: &settings.typ,
        algorithms: &allowed,
        window: settings.window.read()?,
        limits: &limits,
    };
    let token = UnverifiedActorToken::parse(token, &limits)?;
    let keys = key_set(keys, settings.key_set_issuer.as_deref(), &from, &allowed, &limits)?;
    token.verify(&keys, &rules, UnixTime::now(now)?)
}
