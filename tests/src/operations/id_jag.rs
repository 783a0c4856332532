//! `id_jag.verify`: an ID-JAG at the resource authorization server, before policy, proof and replay.
//!
//! config `{issuer, audience, audience_aliases?, key_set_issuer?, algorithms, context_claim?, window?, limits?}` · key set `issuer` ·
//! input `{token, client_id}`, the authenticated client · output `{claims, replay_key: {kind, name, retain_until}}`
//!
//! `id_jag.sign`: an ID-JAG built from its claims. config `{}` · input `{claims, context_claim?, extra?, signer}`

use idjag::text::{Acr, Amr, ClientId, Email, Subject, Tenant, TokenId};
use idjag::token::{
    Context, ContextClaim, IdJag, IdJagRules, MayAct, SamlNameId, SubjectIdentifier, UnverifiedIdJag,
    VerifiedIdJag,
};
use idjag::uri::{ResourceId, Transport};
use idjag::{Error, UnixTime};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::settings::{LimitSettings, WindowSettings, algorithms, context_claim, issuer, key_set};
use super::signing::{self, Act, Cnf, OneOrMany, time};
use super::{at_token_endpoint, replay_key, value};
use crate::format::{Config, Input, Keys};
use crate::run::Outcome;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    issuer: String,
    audience: String,
    #[serde(default)]
    audience_aliases: Vec<String>,
    key_set_issuer: Option<String>,
    algorithms: Vec<String>,
    context_claim: Option<String>,
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
    let verified = verified(&settings, &presented, keys, now).map_err(at_token_endpoint)?;
    Ok(
        json!({"claims": value(verified.claims().to_json()), "replay_key": replay_key(&verified.replay_key())}),
    )
}

fn verified(
    settings: &Settings,
    presented: &Presented,
    keys: &Keys,
    now: u64,
) -> Result<VerifiedIdJag, Error> {
    let limits = settings.limits.read();
    let allowed = algorithms(&settings.algorithms)?;
    let from = issuer(&settings.issuer)?;
    let rules = IdJagRules {
        issuer: &from,
        audience: &issuer(&settings.audience)?,
        audience_aliases: &settings.audience_aliases,
        client_id: &ClientId::new(presented.client_id.as_str())?,
        algorithms: &allowed,
        window: settings.window.read()?,
        context: &context_claim(settings.context_claim.as_deref())?,
        limits: &limits,
    };
    let token = UnverifiedIdJag::parse(&presented.token, &limits)?;
    let keys = key_set(keys, settings.key_set_issuer.as_deref(), &from, &allowed, &limits)?;
    token.verify(&keys, &rules, UnixTime::now(now)?)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Draft {
    claims: IdJagClaims,
    context_claim: Option<String>,
    #[serde(default)]
    extra: Map<String, Value>,
    signer: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct IdJagClaims {
    iss: String,
    sub: String,
    aud: String,
    client_id: String,
    jti: String,
    iat: u64,
    exp: u64,
    resource: Option<OneOrMany>,
    scope: Option<String>,
    authorization_details: Option<Value>,
    act: Option<Act>,
    may_act: Option<Map<String, Value>>,
    cnf: Option<Cnf>,
    tenant: Option<String>,
    aud_tenant: Option<String>,
    aud_sub: Option<String>,
    auth_time: Option<u64>,
    acr: Option<String>,
    #[serde(default)]
    amr: Vec<String>,
    email: Option<String>,
    sub_id: Option<SubId>,
    ctx: Option<String>,
}

/// The format of `sub_id` that is understood.
const SAML_NAMEID: &str = "saml-nameid";

/// `sub_id` of any format.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SubId {
    format: String,
    issuer: Option<String>,
    nameid: Option<String>,
    nameid_format: Option<String>,
    name_qualifier: Option<String>,
    sp_name_qualifier: Option<String>,
    sp_provided_id: Option<String>,
}

impl SubId {
    pub(super) fn build(self) -> SubjectIdentifier {
        match (self.issuer, self.nameid) {
            (Some(issuer), Some(nameid)) if self.format == SAML_NAMEID => {
                SubjectIdentifier::SamlNameId(SamlNameId {
                    issuer,
                    nameid,
                    nameid_format: self.nameid_format,
                    name_qualifier: self.name_qualifier,
                    sp_name_qualifier: self.sp_name_qualifier,
                    sp_provided_id: self.sp_provided_id,
                })
            }
            _ => SubjectIdentifier::Other { format: self.format },
        }
    }
}

impl IdJagClaims {
    fn build(self, claim: ContextClaim, extra: &Map<String, Value>) -> Result<IdJag, Error> {
        let resource = |text| ResourceId::new(text, Transport::HttpsOnly);
        Ok(IdJag {
            issuer: issuer(&self.iss)?,
            subject: Subject::new(self.sub)?,
            audience: issuer(&self.aud)?,
            client_id: ClientId::new(self.client_id)?,
            token_id: TokenId::new(self.jti)?,
            issued_at: time(self.iat)?,
            expires_at: time(self.exp)?,
            resources: self
                .resource
                .iter()
                .flat_map(OneOrMany::iter)
                .map(resource)
                .collect::<Result<_, _>>()?,
            scope: self.scope.as_deref().map(signing::scope).transpose()?,
            details: self.authorization_details.as_ref().map(signing::details).transpose()?,
            actor: self.act.as_ref().map(Act::build).transpose()?,
            may_act: self.may_act.as_ref().map(|members| MayAct::new(signing::object(members))),
            confirmation: self.cnf.as_ref().map(Cnf::build).transpose()?,
            tenant: self.tenant.map(Tenant::new).transpose()?,
            audience_tenant: self.aud_tenant.map(Tenant::new).transpose()?,
            audience_subject: self.aud_sub.map(Subject::new).transpose()?,
            auth_time: self.auth_time.map(time).transpose()?,
            acr: self.acr.map(Acr::new).transpose()?,
            amr: signing::each(&self.amr, Amr::new)?,
            email: self.email.map(Email::new).transpose()?,
            subject_identifier: self.sub_id.map(SubId::build),
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
