//! `resource_as.token` and `resource_as.response`: the steps of a redemption.

use serde_json::{Map, Value, json};

use super::caller::{ALL_ALGORITHMS, Caller, Number, Refusal, merged};
use super::role::{Store, earlier, opened, response_of, revocations, shown};
use crate::format::{Config, Input, Keys};
use crate::run::Outcome;

pub(super) fn token(_: &str, config: &Config, keys: &Keys, now: u64, input: &Input) -> Outcome {
    let mut endpoint = Endpoint::new(config, keys, input)?;
    let before = earlier(now, input, |request, name, at| endpoint.handle(request, name, at));
    let id = input.0["token_id"].as_str().unwrap_or("at-1");
    let mut output = opened(endpoint.handle(&input.0["request"], id, now)?);
    if !before.is_empty() {
        output["earlier"] = before.into();
    }
    Ok(output)
}

pub(super) fn response(_: &str, config: &Config, keys: &Keys, now: u64, input: &Input) -> Outcome {
    let mut endpoint = Endpoint::new(config, keys, input)?;
    earlier(now, input, |request, name, at| endpoint.handle(request, name, at));
    response_of(endpoint.handle(&input.0["request"], "at-1", now))
}

/// `resource_as.revocation`.
pub(super) fn revocation(_: &str, config: &Config, keys: &Keys, now: u64, input: &Input) -> Outcome {
    let mut endpoint = Endpoint::new(config, keys, input)?;
    let before = earlier(now, input, |request, _, at| endpoint.revoke(request, &json!("stored"), at));
    let stored = input.0.get("stored").cloned().unwrap_or(json!("stored"));
    let mut done = endpoint.revoke(&input.0["request"], &stored, now)?;
    let mut output = shown(done["response"].take());
    output["record"] = done["record"].take();
    output["entries"] = done["entries"].take();
    if !before.is_empty() {
        output["earlier"] = before.into();
    }
    Ok(output)
}

/// The client as the configuration has it registered.
fn registered<'c>(config: &'c Value, client_id: &Value) -> Option<&'c Value> {
    let mut clients = config["clients"].as_array().into_iter().flatten();
    clients.find(|client| client["client_id"] == *client_id)
}

/// A server, its host and its store.
struct Endpoint<'v> {
    caller: Caller,
    server: Number,
    policy: Number,
    signer: Number,
    store: Store,
    config: &'v Value,
    keys: &'v Keys,
}

impl<'v> Endpoint<'v> {
    fn new(config: &'v Config, keys: &'v Keys, input: &Input) -> Result<Self, Refusal> {
        let mut caller = Caller::default();
        let server = caller.make("resource_as.new", &[], &config.0["server"])?;
        let policy = match config.0.get("policy") {
            Some(document) => caller.make("policy.new", &[], &json!({"document": document}))?,
            None => 0,
        };
        let signer = match keys.signers.get("server") {
            Some(jwk) => caller.signing_key(jwk)?,
            None => 0,
        };
        let store = Store::new(&mut caller, input)?;
        Ok(Self { caller, server, policy, signer, store, config: &config.0, keys })
    }

    fn handle(&mut self, request: &Value, token_id: &str, now: u64) -> Result<Value, Refusal> {
        let mut steps = Map::from_iter([("request".to_owned(), request.clone())]);
        let list = revocations(&mut self.caller, self.config, now)?;
        let mut numbers = [self.server, 0, 0, self.policy, self.signer, list, 0];
        let mut take = |caller: &mut Caller, numbers: &[Number], step: &str, argument: Value| {
            steps.insert(step.to_owned(), argument);
            caller.call("resource_as.token", numbers, &Value::Object(steps.clone()))
        };
        let parsed = take(&mut self.caller, &numbers, "parse", json!({"now": now}))?;
        let needs = &parsed["needs"];
        let issuer = needs["issuer"].as_str().expect("an issuer");
        if let Some(jwks) = self.keys.sets.get(issuer) {
            numbers[1] = self.caller.key_set(issuer, jwks, json!(ALL_ALGORITHMS))?;
        }
        if let Some(issuer) = needs["actor"]["issuer"].as_str()
            && let Some(jwks) = self.keys.sets.get(issuer)
        {
            numbers[6] = self.caller.key_set(issuer, jwks, json!(ALL_ALGORITHMS))?;
        }
        let client = registered(self.config, &needs["client_id"]);
        let verify = json!({"client": client, "nonce": self.config.get("nonce"), "now": now});
        let verified = take(&mut self.caller, &numbers, "verify", verify)?;
        let account = self.account(verified.get("parent").unwrap_or(&verified["claims"]))?;
        let authorize = json!({"account": account, "now": now});
        let granted = take(&mut self.caller, &numbers, "authorize", authorize)?;
        let answers = self.store.ask(&mut self.caller, &granted["replay_keys"], now)?;
        take(&mut self.caller, &numbers, "spend", json!({"answers": answers}))?;
        take(&mut self.caller, &numbers, "issue", json!({"token_id": token_id, "now": now}))
    }

    fn revoke(&mut self, request: &Value, stored: &Value, now: u64) -> Result<Value, Refusal> {
        let mut steps = Map::from_iter([("request".to_owned(), request.clone())]);
        let mut numbers = [self.server, 0];
        let mut take = |caller: &mut Caller, numbers: &[Number], step: &str, argument: Value| {
            steps.insert(step.to_owned(), argument);
            caller.call("resource_as.revocation", numbers, &Value::Object(steps.clone()))
        };
        let parsed = take(&mut self.caller, &numbers, "parse", json!({"now": now}))?;
        let needs = &parsed["needs"];
        let issuer = needs["issuer"].as_str().expect("an issuer");
        if let Some(jwks) = self.keys.sets.get(issuer) {
            numbers[1] = self.caller.key_set(issuer, jwks, json!(ALL_ALGORITHMS))?;
        }
        let client = registered(self.config, &needs["client_id"]);
        let verify = json!({"client": client, "nonce": self.config.get("nonce"), "now": now});
        let verified = take(&mut self.caller, &numbers, "verify", verify)?;
        let answers = self.store.ask(&mut self.caller, &verified["replay_keys"], now)?;
        let mut spent = take(&mut self.caller, &numbers, "spend", json!({"answers": answers}))?;
        let mut done = take(&mut self.caller, &numbers, "conclude", json!({"stored": stored}))?;
        done["entries"] = spent["entries"].take();
        Ok(done)
    }

    /// The user of a grant: by NameID where the issuer's rule says so, else by issuer, tenant and subject.
    fn account(&mut self, claims: &Value) -> Result<Option<Value>, Refusal> {
        let trusted = self.config["server"]["trusted_issuers"].as_array().expect("a list");
        let trusted = trusted.iter().find(|trusted| trusted["issuer"] == claims["iss"]);
        for known in self.config["accounts"].as_array().into_iter().flatten() {
            let is_same = match trusted.and_then(|trusted| trusted.get("saml_nameid")) {
                Some(rule) => {
                    let same_name = match known.get("name_id") {
                        None => false,
                        Some(stored) => {
                            let names = json!({"sub_id": claims["sub_id"], "account": stored});
                            let names = merged(&[rule, &names]);
                            self.caller.call("saml_nameid.same", &[], &names)?["same"] == true
                        }
                    };
                    same_name && known.get("subject").is_none_or(|subject| subject == &claims["sub"])
                }
                None => {
                    known["issuer"] == claims["iss"]
                        && known.get("tenant") == claims.get("tenant")
                        && known["subject"] == claims["sub"]
                }
            };
            if is_same {
                return Ok(Some(known["account"].clone()));
            }
        }
        Ok(None)
    }
}
