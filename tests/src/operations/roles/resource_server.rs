//! `resource_server.access`: a request at a protected resource.
//!
//! config `{server, nonce?, revocations?}` · key sets by issuer · input `{request, earlier?, store?, context?}`, the operation being what the
//! body says · output `{claims, record, earlier?}`.
//!
//! `resource_server.response`: the same, for requests that are refused; the output is the refusal.
//! `resource_server.bearer`: a bearer token without its request; input `{token, context?}` · output `{claims, scopes}`.
//! `resource_server.metadata`: input `{}` · output the RFC 9728 document.

use core::cell::RefCell;

use idjag::UnixTime;
use idjag::record::DecisionRecord;
use idjag::resource_server::{AccessMaterial, ResourceServer, VerifiedTokenCache};
use idjag::revocation::RevocationList;
use idjag::scope::ScopeToken;
use idjag::token::{AccessToken, Actor, NonceRule};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::resource_server_config::Settings;
use super::settings::Nonces;
use super::wire::{Earlier, Refused, Request, Store, StoreKind, check_refusal, key_set, to_json};
use crate::format::{Config, Input, Keys};
use crate::operations::locally;
use crate::run::Outcome;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Call {
    request: Request,
    #[serde(default)]
    earlier: Vec<Earlier>,
    #[serde(default)]
    store: StoreKind,
    /// The conversation that the host knows the requests for.
    context: Option<String>,
}

/// A resource and its host.
struct Resource<'k> {
    server: &'k ResourceServer,
    cache: Option<&'k Cache>,
    nonces: Nonces,
    revocations: Option<RevocationList>,
    context: Option<String>,
    keys: &'k Keys,
    store: Store,
}

type Cache = RefCell<VerifiedTokenCache>;

/// What `run` answers without a cache of verified tokens: the same as with one, whether or not the token is in it.
fn each_way(config: &Config, run: impl Fn(&ResourceServer, Option<&Cache>) -> Outcome) -> Outcome {
    let settings: Settings = config.read();
    let server = settings.server.build().map_err(locally)?;
    let (plain, cache) = (run(&server, None), Cache::default());
    for _ in 0..2 {
        assert_eq!(run(&server, Some(&cache)), plain, "with a cache");
    }
    plain
}

pub(in crate::operations) fn access(config: &Config, keys: &Keys, now: u64, input: &Input) -> Outcome {
    each_way(config, |server, cache| access_at(server, cache, config, keys, now, input))
}

fn access_at(
    server: &ResourceServer,
    cache: Option<&Cache>,
    config: &Config,
    keys: &Keys,
    now: u64,
    input: &Input,
) -> Outcome {
    let call: Call = input.read();
    let handled = handle_all((server, cache), config, keys, now, &call);
    let (result, earlier) = handled.map_err(|refused| refused.failure())?;
    let (claims, record) = result.map_err(|refused| {
        if let Refused::Rejected(rejection) = &refused {
            check_refusal(rejection, &call.request);
        }
        refused.failure()
    })?;
    let mut output = json!({"claims": claims, "record": to_json(&record.to_json())});
    if !earlier.is_empty() {
        output["earlier"] = earlier.into();
    }
    Ok(output)
}

pub(in crate::operations) fn response(config: &Config, keys: &Keys, now: u64, input: &Input) -> Outcome {
    each_way(config, |server, cache| {
        let call: Call = input.read();
        let handled = handle_all((server, cache), config, keys, now, &call);
        let (result, _) = handled.map_err(|refused| refused.failure())?;
        match result {
            Ok(_) => panic!("the request was to be refused"),
            Err(refused) => refused.response(&call.request),
        }
    })
}

pub(in crate::operations) fn metadata(config: &Config, _: &Keys, _: u64, _: &Input) -> Outcome {
    let settings: Settings = config.read();
    let document = settings.server.build().and_then(|server| server.metadata()).map_err(locally)?;
    Ok(to_json(&document.to_json()))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Bearer {
    token: String,
    /// The conversation that the host knows it for.
    context: Option<String>,
}

pub(in crate::operations) fn bearer(config: &Config, keys: &Keys, now: u64, input: &Input) -> Outcome {
    each_way(config, |server, cache| {
        let call: Bearer = input.read();
        check_bearer((server, cache), config.read(), keys, now, &call).map_err(|refused| refused.failure())
    })
}

fn check_bearer(
    (server, cache): (&ResourceServer, Option<&Cache>),
    settings: Settings,
    keys: &Keys,
    now: u64,
    call: &Bearer,
) -> Result<Value, Refused> {
    let now = UnixTime::now(now)?;
    let revocations = settings.revocations.map(|list| list.build(now));
    let pending = match cache {
        Some(cache) => server.parse_bearer_with(&call.token, cache, now)?,
        None => server.parse_bearer(&call.token, now)?,
    };
    let key_set = key_set(keys, pending.needs().issuer);
    let nonce = NonceRule::NotRequired;
    let material = AccessMaterial {
        keys: key_set.as_ref(),
        revocations: revocations.as_ref(),
        nonce,
        context: call.context.as_deref(),
    };
    let verified = pending.verify(&material, now)?;
    let scopes: Vec<&str> = verified.scope().iter().map(ScopeToken::as_str).collect();
    let record = to_json(&verified.record().to_json());
    Ok(json!({"claims": claims(verified.claims()), "scopes": scopes, "record": record}))
}

/// What became of the request, and briefly of those before it.
type Handled = (Result<(Value, DecisionRecord), Refused>, Vec<Value>);

fn handle_all(
    (server, cache): (&ResourceServer, Option<&Cache>),
    config: &Config,
    keys: &Keys,
    now: u64,
    call: &Call,
) -> Result<Handled, Refused> {
    let settings: Settings = config.read();
    let present = UnixTime::now(now)?;
    let mut resource = Resource {
        server,
        cache,
        nonces: Nonces::new(settings.nonce),
        revocations: settings.revocations.map(|list| list.build(present)),
        context: call.context.clone(),
        keys,
        store: Store::new(call.store),
    };
    let mut earlier = Vec::new();
    for before in &call.earlier {
        let time = UnixTime::now(before.now.unwrap_or(now))?;
        earlier.push(match resource.handle(&before.request, time) {
            Ok(_) => json!({"status": 200}),
            Err(refused) => json!({"error": refused.failure()}),
        });
    }
    Ok((resource.handle(&call.request, present), earlier))
}

impl Resource<'_> {
    fn handle(&mut self, request: &Request, now: UnixTime) -> Result<(Value, DecisionRecord), Refused> {
        let request = request.to_http();
        let pending = match self.cache {
            Some(cache) => self.server.parse_with(&request, cache, now)?,
            None => self.server.parse(&request, now)?,
        };
        let key_set = key_set(self.keys, pending.needs().issuer);
        let material = AccessMaterial {
            keys: key_set.as_ref(),
            revocations: self.revocations.as_ref(),
            nonce: self.nonces.rule(),
            context: self.context.as_deref(),
        };
        let mut verified = pending.verify(&material, now)?;
        let operation = verified.operation_of(&request, now)?;
        verified.check_operation(&operation, now)?;
        if let Some(key) = verified.replay_key() {
            let answer = self.store.first_use(key, now);
            verified = verified.answered(answer)?;
        }
        let authorized = verified.authorize(&operation, now)?;
        Ok((claims(authorized.claims()), authorized.record().clone()))
    }
}

/// The claims under their own names.
fn claims(token: &AccessToken) -> Value {
    let mut members = Map::new();
    let mut put = |name: &str, value: Option<Value>| {
        members.extend(value.map(|value| (name.to_owned(), value)));
    };
    put("iss", Some(token.issuer.as_str().into()));
    put("sub", token.subject.as_ref().map(|sub| sub.as_str().into()));
    put("aud", Some(token.audience.clone().into()));
    put("client_id", token.client_id.as_ref().map(|id| id.as_str().into()));
    put("jti", token.token_id.as_ref().map(|id| id.as_str().into()));
    put("iat", token.issued_at.map(|time| time.as_secs().into()));
    put("exp", Some(token.expires_at.as_secs().into()));
    put("scope", Some(token.scope.to_string()).filter(|scope| !scope.is_empty()).map(Value::from));
    let details =
        token.details.as_ref().map(|details| details.iter().map(|d| to_json(d.as_object())).collect());
    put("authorization_details", details);
    put("act", token.actor.as_ref().map(act));
    put("cnf", token.confirmation.map(|cnf| json!({"jkt": cnf.jkt.to_base64url()})));
    put("auth_time", token.auth_time.map(|time| time.as_secs().into()));
    put("acr", token.acr.as_ref().map(|acr| acr.as_str().into()));
    let amr: Vec<&str> = token.amr.iter().map(|amr| amr.as_str()).collect();
    put("amr", Some(amr).filter(|amr| !amr.is_empty()).map(Value::from));
    put("jag_jti", token.grant_id.as_ref().map(|id| id.as_str().into()));
    let ancestors: Vec<&str> = token.ancestors.iter().map(|id| id.as_str()).collect();
    put("ancestors", Some(ancestors).filter(|ids| !ids.is_empty()).map(Value::from));
    if let Some(context) = &token.context {
        put(context.claim().as_str(), Some(context.as_str().into()));
    }
    if let Value::Object(extra) = to_json(&token.extra) {
        members.extend(extra);
    }
    Value::Object(members)
}

/// The outermost actor, and beside it those before.
fn act(actor: &Actor) -> Value {
    let link = |actor: &Actor| {
        let mut act = Map::new();
        act.extend(actor.issuer.as_ref().map(|iss| ("iss".to_owned(), json!(iss))));
        act.insert("sub".to_owned(), actor.subject.as_str().into());
        act.extend(actor.sub_profile.as_ref().map(|profile| ("sub_profile".to_owned(), json!(profile))));
        Value::Object(act)
    };
    let mut outermost = link(actor);
    if !actor.prior.is_empty() {
        outermost["prior"] = actor.prior.iter().map(link).collect();
    }
    outermost
}
