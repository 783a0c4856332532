//! `policy.compile`, `policy.check`, `policy.evaluate` and `policy.explain`: DESIGN §6.
//!
//! A document is a JSON object, or a string that is its verbatim text.
//!
//! compile: input `{document}` · output `{apps, servers, rules}` · check: config `{max_bytes?, max_faults?}` · input
//! `{document}` · output `{faults: [{path, fault, found?, line?, column?}], left_out?}`; fails when nothing was checked
//!
//! evaluate, explain: config `{document}` · input `{client_id | client_id_at_server, audience, resource?, scope?,
//! authorization_details_types?, subject?, groups?, acr?, auth_age?, dpop?, actor?, act?, depth?}`, where what is not there is unknown

use alloc::collections::BTreeSet;

use idjag::policy::{
    Acting, Answer, Chain, ClientAt, Decision, Facts, NearMiss, Outcome as Answered, Policy, PolicyError,
    PolicyFault, PolicyOptions, Request, RuleTrace, Share, StepUp, Verdict,
};
use idjag::scope::{Scope, ScopeToken};
use idjag::text::{Acr, ClientId, Group, Subject};
use idjag::uri::{ResourceId, Transport};
use idjag::{Error, Seconds};
use serde::Deserialize;
use serde_json::{Value, json};

use super::http::{scope, scope_text, sparse};
use super::locally;
use super::signing::Act;
use crate::format::{Config, Input, Keys};
use crate::run::Outcome;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    document: Value,
}

impl Written {
    fn text(&self) -> String {
        self.document.as_str().map_or_else(|| self.document.to_string(), String::from)
    }

    fn compile(&self) -> Result<Policy, Error> {
        Ok(Policy::compile(self.text().as_bytes(), &PolicyOptions::default())?)
    }
}

pub(super) fn compile(_config: &Config, _keys: &Keys, _now: u64, input: &Input) -> Outcome {
    let policy = input.read::<Written>().compile().map_err(locally)?;
    let apps = policy.apps().map(|app| {
        sparse(json!({
            "id": app.id().as_str(),
            "name": app.name(),
            "client_ids": app.client_ids().iter().map(ClientId::as_str).collect::<Vec<_>>(),
            "status": app.status().as_str(),
        }))
    });
    let servers = policy.servers().map(|server| {
        sparse(json!({
            "id": server.id().as_str(),
            "name": server.name(),
            "issuer": server.issuer().as_str(),
            "resources": server.resources().iter().map(ResourceId::as_str).collect::<Vec<_>>(),
        }))
    });
    let rules = policy.rules().map(|(id, effect)| json!({"id": id.as_str(), "effect": effect.as_str()}));
    Ok(json!({
        "apps": apps.collect::<Vec<Value>>(),
        "servers": servers.collect::<Vec<Value>>(),
        "rules": rules.collect::<Vec<Value>>(),
    }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Caps {
    max_bytes: Option<usize>,
    max_faults: Option<usize>,
    max_rules: Option<usize>,
}

pub(super) fn check(config: &Config, _keys: &Keys, _now: u64, input: &Input) -> Outcome {
    let caps: Caps = config.read();
    let mut options = PolicyOptions::default();
    options.max_bytes = caps.max_bytes.unwrap_or(options.max_bytes);
    options.max_faults = caps.max_faults.unwrap_or(options.max_faults);
    options.max_rules = caps.max_rules.unwrap_or(options.max_rules);
    let Err(errors) = Policy::compile(input.read::<Written>().text().as_bytes(), &options) else {
        return Ok(json!({"faults": []}));
    };
    if errors.errors().iter().any(|error| error.fault() == PolicyFault::TooLarge) {
        return Err(locally(errors.into()));
    }
    let faults: Vec<Value> = errors.errors().iter().map(fault).collect();
    let left_out = (errors.left_out() > 0).then_some(errors.left_out());
    Ok(sparse(json!({"faults": faults, "left_out": left_out})))
}

fn fault(error: &PolicyError) -> Value {
    let mut fault = sparse(json!({
        "fault": error.fault().as_str(),
        "found": error.found(),
        "line": error.place().map(|(line, _)| line),
        "column": error.place().map(|(_, column)| column),
    }));
    fault["path"] = error.path().into();
    fault
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    client_id: Option<String>,
    client_id_at_server: Option<String>,
    audience: String,
    #[serde(default)]
    resource: Vec<String>,
    scope: Option<String>,
    #[serde(default)]
    authorization_details_types: Vec<String>,
    subject: Option<String>,
    groups: Option<Vec<String>>,
    acr: Option<String>,
    auth_age: Option<u64>,
    #[serde(default)]
    dpop: bool,
    #[serde(default)]
    context: bool,
    actor: Option<bool>,
    act: Option<Act>,
    depth: Option<usize>,
}

impl Asked {
    /// Calls `answer` with the request that the vector describes.
    fn ask<T>(&self, answer: impl FnOnce(&Request<'_>) -> T) -> Result<T, Error> {
        let (at_idp, at_server) = (self.client_id.as_deref(), self.client_id_at_server.as_deref());
        let client_id = ClientId::new(at_idp.or(at_server).expect("one client id"))?;
        let resources = self.resource.iter().map(|text| ResourceId::new(text, Transport::HttpsOnly));
        let resources: Vec<ResourceId> = resources.collect::<Result<_, _>>()?;
        let scope: Option<Scope> = self.scope.as_deref().map(scope).transpose()?;
        let detail_types: Vec<&str> = self.authorization_details_types.iter().map(String::as_str).collect();
        let subject = self.subject.as_deref().map(Subject::new).transpose()?;
        let of_group = |names: &Vec<String>| names.iter().map(|name| Group::new(name.as_str())).collect();
        let groups: Option<BTreeSet<Group>> = self.groups.as_ref().map(of_group).transpose()?;
        let acr = self.acr.as_deref().map(Acr::new).transpose()?;
        let actor = self.act.as_ref().map(Act::build).transpose()?;
        let acting = |actor| if actor { Acting::ThroughActor } else { Acting::Directly };
        Ok(answer(&Request {
            client: match at_idp {
                Some(_) => ClientAt::IdentityProvider(&client_id),
                None => ClientAt::Server(&client_id),
            },
            issuer: &self.audience,
            resources: &resources,
            scope: scope.as_ref(),
            detail_types: &detail_types,
            facts: Facts {
                subject: subject.as_ref(),
                groups: groups.as_ref(),
                acr: acr.as_ref(),
                auth_age: self.auth_age.map(Seconds),
                dpop: self.dpop,
                context: self.context,
                acting: self.actor.or(actor.is_some().then_some(true)).map(acting),
                chain: Chain { actor: actor.as_ref(), client: None, depth: self.depth },
            },
        }))
    }
}

pub(super) fn evaluate(config: &Config, _keys: &Keys, _now: u64, input: &Input) -> Outcome {
    let evaluate = || {
        let policy = config.read::<Written>().compile()?;
        input.read::<Asked>().ask(|request| decision(&policy.evaluate(request)))
    };
    evaluate().map_err(locally)
}

fn decision(decision: &Decision) -> Value {
    let mut view = match &decision.outcome {
        Answered::Permit(grant) => sparse(json!({
            "scope": scope_text(&grant.scope),
            "authorization_details_types": grant.detail_types,
            "max_lifetime": grant.lifetime.map(Seconds::as_secs),
        })),
        Answered::StepUp(step_up) => sign_on(step_up),
        Answered::Deny(_) => json!({}),
    };
    view["outcome"] = outcome(&decision.outcome).into();
    view["code"] = decision.error().map(|error| error.code().as_str()).into();
    view["app"] = decision.app.as_ref().map(|app| app.as_str()).into();
    if !decision.agents.is_empty() {
        view["agents"] = decision.agents.iter().map(|agent| agent.as_str()).collect();
    }
    view["server"] = decision.server.as_ref().map(|server| server.as_str()).into();
    view["bar"] = decision.bar.map(|bar| bar.as_str()).into();
    view["rules"] = decision.matched.iter().map(|rule| rule.as_str()).collect();
    view["nearest"] = decision.nearest.as_ref().map(near_miss).into();
    sparse(view)
}

fn outcome(outcome: &Answered) -> &'static str {
    match outcome {
        Answered::Permit(_) => "permit",
        Answered::StepUp(_) => "step_up",
        Answered::Deny(_) => "deny",
    }
}

/// `acr_values` as one text (AMB-027).
fn sign_on(step_up: &StepUp) -> Value {
    let classes: Vec<&str> = step_up.acr_values.iter().map(Acr::as_str).collect();
    sparse(json!({"acr_values": classes.join(" "), "max_age": step_up.max_age.map(Seconds::as_secs)}))
}

fn near_miss(nearest: &NearMiss) -> Value {
    sparse(json!({
        "rule": nearest.rule.as_str(),
        "reason": nearest.reason.as_str(),
        "deny": nearest.deny.as_ref().map(|deny| deny.as_str()),
    }))
}

pub(super) fn explain(config: &Config, _keys: &Keys, _now: u64, input: &Input) -> Outcome {
    let explain = || {
        let policy = config.read::<Written>().compile()?;
        input.read::<Asked>().ask(|request| {
            let trace = policy.explain(request);
            let answer = match &trace.answer {
                Answer::Granted(granted, lifetime) => {
                    let mut granted = share(granted);
                    if let Some(lifetime) = lifetime {
                        granted["max_lifetime"] = lifetime.as_secs().into();
                    }
                    json!({"granted": granted})
                }
                Answer::StepUp(step_up) => json!({"step_up": sign_on(step_up)}),
                Answer::Denied(code) => json!({"denied": code.as_str()}),
            };
            sparse(json!({
                "app": trace.app.as_ref().map(|app| app.as_str()),
                "status": trace.status.map(|status| status.as_str()),
                "server": trace.server.as_ref().map(|server| server.as_str()),
                "answer": answer,
                "bar": trace.bar.map(|bar| bar.as_str()),
                "nearest": trace.nearest.as_ref().map(near_miss),
                "rules": trace.rules.iter().map(rule).collect::<Vec<Value>>(),
                "text": trace.to_string().lines().collect::<Vec<&str>>(),
            }))
        })
    };
    explain().map_err(locally)
}

fn rule(trace: &RuleTrace) -> Value {
    let (member, verdict) = match &trace.verdict {
        Verdict::Matched(part) => ("share", share(part)),
        Verdict::Missed(reason) => ("missed", reason.as_str().into()),
    };
    json!({"id": trace.rule.as_str(), "effect": trace.effect.as_str(), member: verdict})
}

fn share(share: &Share) -> Value {
    let scopes: Vec<&str> = share.scopes.iter().map(ScopeToken::as_str).collect();
    let counted = |count: usize| (count > 0).then_some(count);
    sparse(json!({
        "everything": share.everything,
        "scope": scopes.join(" "),
        "other_scopes": counted(share.other_scopes),
        "authorization_details_types": share.detail_types,
        "other_types": counted(share.other_types),
    }))
}
