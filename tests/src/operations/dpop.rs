//! `dpop.verify`: a DPoP proof for one request, before replay and before its key is compared with any `cnf`.
//!
//! config `{algorithms, window, limits?}`, the window in seconds · input `{proof, method, url, access_token?, nonce?:
//! {current, previous?}}` · output `{jkt, replay_key}`
//!
//! `dpop.sign`: a proof for one request. config `{}` · input `{entropy, method, url, iat, access_token?, nonce?,
//! signer}`, `entropy` being random bytes in base64url of which `jti` is made

use idjag::crypto::Algorithms;
use idjag::text::{Nonce, TokenId};
use idjag::token::{DpopProof, NonceRule, ProofRules, VerifiedProof, access_token_hash};
use idjag::uri::{Transport, Url};
use idjag::{Error, Seconds, UnixTime};
use serde::Deserialize;
use serde_json::json;

use super::settings::{LimitSettings, algorithms};
use super::signing::{self, time};
use super::{at_token_endpoint, replay_key};
use crate::format::{Config, Input, Keys};
use crate::run::Outcome;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    algorithms: Vec<String>,
    window: u64,
    #[serde(default)]
    limits: LimitSettings,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Presented {
    proof: String,
    method: String,
    url: String,
    access_token: Option<String>,
    nonce: Option<Nonces>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Nonces {
    current: String,
    previous: Option<String>,
}

pub(super) fn verify(config: &Config, _keys: &Keys, now: u64, input: &Input) -> Outcome {
    let (settings, presented): (Settings, Presented) = (config.read(), input.read());
    let verified = || {
        let allowed = algorithms(&settings.algorithms)?;
        check(&settings, &presented, &allowed, UnixTime::now(now)?)
    };
    let verified = verified().map_err(at_token_endpoint)?;
    Ok(json!({
        "jkt": verified.thumbprint().to_base64url(),
        "replay_key": replay_key(verified.replay_key()),
    }))
}

fn check(
    settings: &Settings,
    presented: &Presented,
    allowed: &Algorithms,
    now: UnixTime,
) -> Result<VerifiedProof, Error> {
    let current = presented.nonce.as_ref().map(|nonces| Nonce::new(nonces.current.as_str())).transpose()?;
    let previous = presented.nonce.as_ref().and_then(|nonces| nonces.previous.as_deref());
    let previous = previous.map(Nonce::new).transpose()?;
    let nonce = match &current {
        None => NonceRule::NotRequired,
        Some(current) => NonceRule::Required { current, previous: previous.as_ref() },
    };
    let rules = ProofRules {
        method: &presented.method,
        url: &Url::new(&presented.url, Transport::HttpsOnly)?,
        access_token: presented.access_token.as_deref(),
        nonce,
        window: Seconds(settings.window),
        algorithms: allowed,
        limits: &settings.limits.read(),
    };
    VerifiedProof::check(&presented.proof, &rules, now)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Draft {
    entropy: String,
    method: String,
    url: String,
    iat: u64,
    access_token: Option<String>,
    nonce: Option<String>,
    signer: String,
}

pub(super) fn sign(_config: &Config, keys: &Keys, _now: u64, input: &Input) -> Outcome {
    let draft: Draft = input.read();
    let build = || -> Result<DpopProof, Error> {
        let entropy = signing::decode(&draft.entropy).expect("a vector's entropy is base64url");
        Ok(DpopProof {
            token_id: TokenId::from_entropy(&entropy)?,
            method: draft.method.clone(),
            url: Url::new(&draft.url, Transport::HttpsOnly)?,
            issued_at: time(draft.iat)?,
            access_token_hash: draft.access_token.as_deref().map(access_token_hash),
            nonce: draft.nonce.as_deref().map(Nonce::new).transpose()?,
        })
    };
    signing::signed(keys, &draft.signer, || Ok(build()?.to_unsigned()))
}
