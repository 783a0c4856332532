//! `id_token.verify`: an ID Token as the subject token of an exchange, or after a sign-on.
//!
//! config `{issuer, trusted_audiences?, max_authentication_age?, key_set_issuer?, algorithms, window?, limits?}` ·
//! key set `issuer` · input `{token, client_id, nonce?}` · output `{claims}`
//!
//! `id_token.sign`: an ID Token built from its claims. config `{}` · input `{claims, signer}`

use idjag::text::{Acr, Amr, ClientId, Nonce, SessionId, Subject, Tenant, TokenId};
use idjag::token::{IdToken, IdTokenRules, UnverifiedIdToken, VerifiedIdToken};
use idjag::{Error, Seconds, UnixTime};
use serde::Deserialize;
use serde_json::{Value, json};

use super::settings::{LimitSettings, WindowSettings, algorithms, issuer, key_set};
use super::signing::{self, time};
use super::{at_token_endpoint, value};
use crate::format::{Config, Input, Keys};
use crate::run::Outcome;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    issuer: String,
    #[serde(default)]
    trusted_audiences: Vec<String>,
    max_authentication_age: Option<u64>,
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
    client_id: String,
    nonce: Option<String>,
}

pub(super) fn verify(config: &Config, keys: &Keys, now: u64, input: &Input) -> Outcome {
    let (settings, presented): (Settings, Presented) = (config.read(), input.read());
    let verified = verified(&settings, &presented, keys, now).map_err(at_token_endpoint)?;
    Ok(json!({"claims": claims(&verified)}))
}

fn verified(
    settings: &Settings,
    presented: &Presented,
    keys: &Keys,
    now: u64,
) -> Result<VerifiedIdToken, Error> {
    let limits = settings.limits.read();
    let allowed = algorithms(&settings.algorithms)?;
    let from = issuer(&settings.issuer)?;
    let nonce = presented.nonce.as_deref().map(Nonce::new).transpose()?;
    let rules = IdTokenRules {
        issuer: &from,
        client_id: &ClientId::new(presented.client_id.as_str())?,
        trusted_audiences: &settings.trusted_audiences,
        nonce: nonce.as_ref(),
        max_authentication_age: settings.max_authentication_age.map(Seconds),
        algorithms: &allowed,
        window: settings.window.read()?,
        limits: &limits,
    };
    let token = UnverifiedIdToken::parse(&presented.token, &limits)?;
    let keys = key_set(keys, settings.key_set_issuer.as_deref(), &from, &allowed, &limits)?;
    token.verify(&keys, &rules, UnixTime::now(now)?)
}

/// What the library made of the claims; absent ones are left out.
fn claims(token: &VerifiedIdToken) -> Value {
    let all = json!({
        "iss": token.issuer.as_str(),
        "sub": token.subject.as_str(),
        "iat": token.issued_at.as_secs(),
        "exp": token.expires_at.as_secs(),
        "auth_time": token.auth_time.map(UnixTime::as_secs),
        "acr": token.acr.as_ref().map(Acr::as_str),
        "amr": token.amr.iter().map(Amr::as_str).collect::<Vec<_>>(),
        "tenant": token.tenant.as_ref().map(Tenant::as_str),
        "may_act": token.may_act.as_ref().map(value),
    });
    let Value::Object(mut members) = all else { unreachable!("an object") };
    members.retain(|_, value| !value.is_null());
    Value::Object(members)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Draft {
    claims: IdTokenClaims,
    signer: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct IdTokenClaims {
    iss: String,
    sub: String,
    aud: String,
    iat: u64,
    exp: u64,
    auth_time: Option<u64>,
    nonce: Option<String>,
    acr: Option<String>,
    #[serde(default)]
    amr: Vec<String>,
    tenant: Option<String>,
    sid: Option<String>,
    jti: Option<String>,
}

impl IdTokenClaims {
    fn build(self) -> Result<IdToken, Error> {
        Ok(IdToken {
            issuer: issuer(&self.iss)?,
            subject: Subject::new(self.sub)?,
            audience: ClientId::new(self.aud)?,
            issued_at: time(self.iat)?,
            expires_at: time(self.exp)?,
            auth_time: self.auth_time.map(time).transpose()?,
            nonce: self.nonce.map(Nonce::new).transpose()?,
            acr: self.acr.map(Acr::new).transpose()?,
            amr: signing::each(&self.amr, Amr::new)?,
            tenant: self.tenant.map(Tenant::new).transpose()?,
            session_id: self.sid.map(SessionId::new).transpose()?,
            token_id: self.jti.map(TokenId::new).transpose()?,
        })
    }
}

pub(super) fn sign(_config: &Config, keys: &Keys, _now: u64, input: &Input) -> Outcome {
    let draft: Draft = input.read();
    signing::signed(keys, &draft.signer, || Ok(draft.claims.build()?.to_unsigned()))
}
