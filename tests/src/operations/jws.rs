//! `jws.verify`: a compact JWS against a key set, whatever the payload means.
//!
//! config `{algorithms, limits?}` · key set `issuer` · input `{token}` · output `{alg, kid, payload}`, the payload as text
//!
//! `jws.attach`: an access token whose signature a KMS, an HSM or WebCrypto made.
//!
//! config `{algorithms}` · input `{claims, extra?, jwk, signature}` · output `{token}`

use idjag::jose::{PublicKey, PublicKeys, UnverifiedJws};
use idjag::token::ContextClaim;
use idjag::{Error, Limits};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::access_token::AccessTokenClaims;
use super::settings::{LimitSettings, algorithms};
use super::{locally, signing};
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
struct Token {
    token: String,
}

pub(super) fn verify(config: &Config, keys: &Keys, _now: u64, input: &Input) -> Outcome {
    let (settings, Token { token }): (Settings, Token) = (config.read(), input.read());
    let limits = settings.limits.read();
    let verified = || {
        let allowed = algorithms(&settings.algorithms)?;
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

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Attachment {
    claims: AccessTokenClaims,
    #[serde(default)]
    extra: Map<String, Value>,
    jwk: Value,
    signature: String,
}

pub(super) fn attach(config: &Config, _keys: &Keys, _now: u64, input: &Input) -> Outcome {
    let (settings, attachment): (Settings, Attachment) = (config.read(), input.read());
    let attached = || -> Result<String, Error> {
        let allowed = algorithms(&settings.algorithms)?;
        let key = PublicKey::parse(attachment.jwk.to_string().as_bytes(), &allowed, &Limits::DEFAULT)?;
        let unsigned = attachment.claims.build(ContextClaim::CTX, &attachment.extra)?.to_unsigned()?;
        let signature = signing::decode(&attachment.signature).expect("a vector's signature is base64url");
        Ok(unsigned.signing_input(&key).attach(&signature)?.expose().to_owned())
    };
    Ok(json!({"token": attached().map_err(locally)?}))
}
