//! `client_assertion.verify`: `private_key_jwt` at a token endpoint, before replay.
//!
//! config `{audience, dangerous_token_endpoint_audience?, algorithms, window?, limits?}` · key set `client` ·
//! input `{token, client_id}`, the client that the request names · output `{client_id, replay_key}`
//!
//! `client_assertion.sign`: an assertion built from its claims. config `{}` · input `{claims, signer}`, the claims
//! `{client_id, aud, jti, iat, exp}`: `iss` and `sub` are the client by construction

use idjag::replay::ReplayKey;
use idjag::text::{ClientId, TokenId};
use idjag::token::{ClientAssertion, ClientAssertionRules, UnverifiedClientAssertion};
use idjag::{Error, UnixTime};
use serde::Deserialize;
use serde_json::json;

use super::settings::{LimitSettings, WindowSettings, algorithms, client_keys, issuer};
use super::signing::{self, time};
use super::{at_token_endpoint, replay_key};
use crate::format::{Config, Input, Keys};
use crate::run::Outcome;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    audience: String,
    dangerous_token_endpoint_audience: Option<String>,
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
    client_id: String,
}

pub(super) fn verify(config: &Config, keys: &Keys, now: u64, input: &Input) -> Outcome {
    let (settings, presented): (Settings, Presented) = (config.read(), input.read());
    let key = verified(&settings, &presented, keys, now).map_err(at_token_endpoint)?;
    Ok(json!({"client_id": presented.client_id, "replay_key": replay_key(&key)}))
}

fn verified(settings: &Settings, presented: &Presented, keys: &Keys, now: u64) -> Result<ReplayKey, Error> {
    let limits = settings.limits.read();
    let allowed = algorithms(&settings.algorithms)?;
    let rules = ClientAssertionRules {
        client_id: &ClientId::new(presented.client_id.as_str())?,
        audience: &issuer(&settings.audience)?,
        dangerous_token_endpoint_audience: settings.dangerous_token_endpoint_audience.as_deref(),
        algorithms: &allowed,
        window: settings.window.read()?,
        limits: &limits,
    };
    let token = UnverifiedClientAssertion::parse(&presented.token, &limits)?;
    token.verify(&client_keys(keys, &allowed, &limits)?, &rules, UnixTime::now(now)?)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Draft {
    claims: AssertionClaims,
    signer: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AssertionClaims {
    client_id: String,
    aud: String,
    jti: String,
    iat: u64,
    exp: u64,
}

impl AssertionClaims {
    fn build(self) -> Result<ClientAssertion, Error> {
        Ok(ClientAssertion {
            client_id: ClientId::new(self.client_id)?,
            audience: issuer(&self.aud)?,
            token_id: TokenId::new(self.jti)?,
            issued_at: time(self.iat)?,
            expires_at: time(self.exp)?,
        })
    }
}

pub(super) fn sign(_config: &Config, keys: &Keys, _now: u64, input: &Input) -> Outcome {
    let draft: Draft = input.read();
    signing::signed(keys, &draft.signer, || Ok(draft.claims.build()?.to_unsigned()))
}
