//! `access_token.verify`: an access token at the resource, before proof, scope and policy.
//!
//! config `{issuer, resource, resource_aliases?, normalize_resource?, key_set_issuer?, algorithms, context_claim?, window?,
//! relaxed?, limits?}`, `relaxed` a list of `sub`, `client_id`, `iat`, `jti`, `typ` · key set `issuer` · input `{token}` ·
//! output `{claims}`
//!
//! `access_token.sign`: an access token built from its claims. config `{}` · input `{claims, context_claim?, extra?, signer}`

use idjag::text::{Acr, Amr, ClientId, Subject, TokenId};
use idjag::token::{
    AccessToken, AccessTokenRules, Context, ContextClaim, MayAct, RelaxedClaims, UnverifiedAccessToken,
};
use idjag::uri::{ResourceId, Transport};
use idjag::{Error, UnixTime};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::settings::{LimitSettings, WindowSettings, algorithms, context_claim, issuer, key_set};
use super::signing::{self, Act, Cnf, OneOrMany, time};
use super::{at_resource, value};
use crate::format::{Config, Input, Keys};
use crate::run::Outcome;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    issuer: String,
    resource: String,
    #[serde(default)]
    resource_aliases: Vec<String>,
    #[serde(default)]
    normalize_resource: bool,
    key_set_issuer: Option<String>,
    algorithms: Vec<String>,
    context_claim: Option<String>,
    #[serde(default)]
    window: WindowSettings,
    #[serde(default)]
    relaxed: Vec<Relaxation>,
    #[serde(default)]
    limits: LimitSettings,
}

#[derive(Clone, Copy, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Relaxation {
    Sub,
    ClientId,
    Iat,
    Jti,
    Typ,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Presented {
    token: String,
}

pub(super) fn verify(config: &Config, keys: &Keys, now: u64, input: &Input) -> Outcome {
    let (settings, Presented { token }): (Settings, Presented) = (config.read(), input.read());
    let verified = verified(&settings, &token, keys, now).map_err(at_resource)?;
    Ok(json!({"claims": value(verified.to_json())}))
}

fn verified(settings: &Settings, token: &str, keys: &Keys, now: u64) -> Result<AccessToken, Error> {
    let limits = settings.limits.read();
    let allowed = algorithms(&settings.algorithms)?;
    let from = issuer(&settings.issuer)?;
    let relaxes = |claim| settings.relaxed.contains(&claim);
    let rules = AccessTokenRules {
        issuer: &from,
        resource: &ResourceId::new(&settings.resource, Transport::HttpsOnly)?,
        resource_aliases: &settings.resource_aliases,
        normalize_resource: settings.normalize_resource,
        algorithms: &allowed,
        window: settings.window.read()?,
        relaxed: RelaxedClaims {
            subject: relaxes(Relaxation::Sub),
            client_id: relaxes(Relaxation::ClientId),
            issued_at: relaxes(Relaxation::Iat),
            token_id: relaxes(Relaxation::Jti),
            typ: relaxes(Relaxation::Typ),
        },
        context: &context_claim(settings.context_claim.as_deref())?,
        limits: &limits,
    };
    let token = UnverifiedAccessToken::parse(token, &limits)?;
    let keys = key_set(keys, settings.key_set_issuer.as_deref(), &from, &allowed, &limits)?;
    token.verify(&keys, &rules, UnixTime::now(now)?)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Draft {
    claims: AccessTokenClaims,
    context_claim: Option<String>,
    #[serde(default)]
    extra: Map<String, Value>,
    signer: String,
}

/// The claims of an access token to be built.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AccessTokenClaims {
    iss: String,
    sub: Option<String>,
    aud: Option<OneOrMany>,
    client_id: Option<String>,
    jti: Option<String>,
    iat: Option<u64>,
    exp: u64,
    scope: Option<String>,
    authorization_details: Option<Value>,
    act: Option<Act>,
    may_act: Option<Map<String, Value>>,
    cnf: Option<Cnf>,
    auth_time: Option<u64>,
    acr: Option<String>,
    #[serde(default)]
    amr: Vec<String>,
    jag_jti: Option<String>,
    #[serde(default)]
    ancestors: Vec<String>,
    ctx: Option<String>,
}

impl AccessTokenClaims {
    /// The library's type, with the host's own claims.
    pub(super) fn build(self, claim: ContextClaim, extra: &Map<String, Value>) -> Result<AccessToken, Error> {
        Ok(AccessToken {
            issuer: issuer(&self.iss)?,
            subject: self.sub.map(Subject::new).transpose()?,
            audience: self.aud.iter().flat_map(OneOrMany::iter).map(str::to_owned).collect(),
            client_id: self.client_id.map(ClientId::new).transpose()?,
            token_id: self.jti.map(TokenId::new).transpose()?,
            issued_at: self.iat.map(time).transpose()?,
            expires_at: time(self.exp)?,
            scope: self.scope.as_deref().map(signing::scope).transpose()?.unwrap_or_default(),
            details: self.authorization_details.as_ref().map(signing::details).transpose()?,
            actor: self.act.as_ref().map(Act::build).transpose()?,
            may_act: self.may_act.as_ref().map(|members| MayAct::new(signing::object(members))),
            confirmation: self.cnf.as_ref().map(Cnf::build).transpose()?,
            auth_time: self.auth_time.map(time).transpose()?,
            acr: self.acr.map(Acr::new).transpose()?,
            amr: signing::each(&self.amr, Amr::new)?,
            grant_id: self.jag_jti.map(TokenId::new).transpose()?,
            ancestors: signing::each(&self.ancestors, TokenId::new)?,
            context: self.ctx.map(|text| Context::new(claim, text)).transpose()?,
            extra: signing::object(extra),
        })
    }
}

pub(super) fn sign(_config: &Config, keys: &Keys, _now: u64, input: &Input) -> Outcome {
    let draft: Draft = input.read();
    signing::signed(keys, &draft.signer, || {
        let claim = context_claim(draft.context_claim.as_deref())?;
        draft.claims.build(claim, &draft.extra)?.to_unsigned()
    })
}
