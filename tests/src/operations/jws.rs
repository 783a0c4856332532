//! `jws.verify`: a compact JWS against a key set, whatever the payload means.
//!
//! config `{algorithms}` · key set `issuer` · input `{token}` · output `{alg, kid, payload}`, the payload as text

use idjag::Limits;
use idjag::jose::{PublicKeys, UnverifiedJws, VerifiedJws};
use serde::Deserialize;
use serde_json::json;

use super::{algorithms, locally};
use crate::format::{Config, Input, Keys};
use crate::run::Outcome;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    algorithms: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Token {
    token: String,
}

pub(super) fn verify(config: &Config, keys: &Keys, _now: u64, input: &Input) -> Outcome {
    let allowed = algorithms(&config.read::<Settings>().algorithms);
    let Token { token } = input.read();
    let limits = Limits::DEFAULT;
    let verified = || -> Result<VerifiedJws, idjag::Error> {
        let keys = PublicKeys::parse(keys.set_text("issuer").as_bytes(), &allowed, &limits)?;
        UnverifiedJws::parse(&token, &limits)?.verify(&keys, &allowed)
    };
    let verified = verified().map_err(locally)?;
    Ok(json!({
        "alg": verified.key().algorithm().name(),
        "kid": verified.key().kid().map(|kid| kid.as_str()),
        "payload": String::from_utf8_lossy(verified.payload()),
    }))
}
