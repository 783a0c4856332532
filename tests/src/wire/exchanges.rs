//! `idp.token_exchange` and `idp.response`: the steps of a token exchange.

use serde_json::{Map, Value, json};

use super::caller::{ALL_ALGORITHMS, Caller, Number, Refusal};
use super::role::{Store, earlier, opened, response_of, revocations};
use crate::format::{Config, Input, Keys};
use crate::run::Outcome;

pub(super) fn token_exchange(_: &str, config: &Config, keys: &Keys, now: u64, input: &Input) -> Outcome {
    let mut endpoint = Endpoint::new(config, keys, input)?;
    let before = earlier(now, input, |request, name, at| endpoint.handle(request, name, at));
    let id = input.0["token_id"].as_str().unwrap_or("jag-1");
    let mut done = endpoint.handle(&input.0["request"], id, now)?;
    let bound_to = done["bound_to"].take();
    let mut output = opened(done);
    if !before.is_empty() {
        output["earlier"] = before.into();
    }
    if !bound_to.is_null() {
        output["refresh_token_bound_to"] = bound_to;
    }
    Ok(output)
}

pub(super) fn response(_: &str, config: &Config, keys: &Keys, now: u64, input: &Input) -> Outcome {
    let mut endpoint = Endpoint::new(config, keys, input)?;
    earlier(now, input, |request, name, at| endpoint.handle(request, name, at));
    response_of(endpoint.handle(&input.0["request"], "jag-1", now))
}

/// A provider, its host and its store.
struct Endpoint<'v> {
    caller: Caller,
    server: Number,
    policy: Number,
    signer: Number,
    store: Store,
    config: &'v Value,
    input: &'v Value,
    keys: &'v Keys,
}

/// A request on its way through the steps.
struct Exchange {
    steps: Map<String, Value>,
    numbers: [Number; 7],
}

impl Exchange {
    fn take(&mut self, caller: &mut Caller, step: &str, argument: Value) -> Result<Value, Refusal> {
        self.steps.insert(step.to_owned(), argument);
        caller.call("idp.exchange", &self.numbers, &Value::Object(self.steps.clone()))
    }
}

impl<'v> Endpoint<'v> {
    fn new(config: &'v Config, keys: &'v Keys, input: &'v Input) -> Result<Self, Refusal> {
        let mut caller = Caller::default();
        let server = caller.make("idp.new", &[], &config.0["server"])?;
        let policy = caller.make("policy.new", &[], &json!({"document": config.0["policy"]}))?;
        let signer = match keys.signers.get("server") {
            Some(jwk) => caller.signing_key(jwk)?,
            None => 0,
        };
        let store = Store::new(&mut caller, input)?;
        Ok(Self { caller, server, policy, signer, store, config: &config.0, input: &input.0, keys })
    }

    fn keys_of(&mut self, issuer: Option<&str>) -> Result<Number, Refusal> {
        match issuer.and_then(|issuer| Some((issuer, self.keys.sets.get(issuer)?))) {
            Some((issuer, jwks)) => self.caller.key_set(issuer, jwks, json!(ALL_ALGORITHMS)),
            None => Ok(0),
        }
    }

    fn handle(&mut self, request: &Value, token_id: &str, now: u64) -> Result<Value, Refusal> {
        let list = revocations(&mut self.caller, self.config, now)?;
        let mut exchange = Exchange {
            steps: Map::from_iter([("request".to_owned(), request.clone())]),
            numbers: [self.server, 0, 0, 0, self.policy, self.signer, list],
        };
        let parsed = exchange.take(&mut self.caller, "parse", json!({"now": now}))?;
        let needs = &parsed["needs"];
        exchange.numbers[1] = self.keys_of(self.config["server"]["issuer"].as_str())?;
        exchange.numbers[2] = self.keys_of(needs["actor"]["issuer"].as_str())?;
        let client = self.config["clients"].as_array().into_iter().flatten();
        let client = client.into_iter().find(|client| client["client_id"] == needs["client_id"]);
        let verify = json!({
            "client": client, "attested": self.input.get("attested"), "nonce": self.config.get("nonce"), "now": now,
        });
        let verified = exchange.take(&mut self.caller, "verify", verify)?;
        if verified["wants_refresh_token"] == true {
            return self.refresh(exchange, now);
        }
        let targeted = exchange.take(&mut self.caller, "target", json!({}))?;
        let directory = self.config["directory"].as_array().into_iter().flatten();
        let user = directory.into_iter().find(|entry| {
            entry["subject"] == targeted["subject"]["subject"] && entry["audience"] == targeted["audience"]
        });
        let authorize = json!({"user": user.map(|entry| &entry["user"]), "now": now});
        let authorized = exchange.take(&mut self.caller, "authorize", authorize)?;
        let answers = self.store.ask(&mut self.caller, &authorized["replay_keys"], now)?;
        exchange.take(&mut self.caller, "spend", json!({"answers": answers}))?;
        exchange.take(&mut self.caller, "issue", json!({"token_id": token_id, "now": now}))
    }

    fn refresh(&mut self, mut exchange: Exchange, now: u64) -> Result<Value, Refusal> {
        let new = &self.input["refresh_token"];
        let refresh = json!({"offered": new["offered"]});
        let authorized = exchange.take(&mut self.caller, "refresh", refresh)?;
        let answers = self.store.ask(&mut self.caller, &authorized["replay_keys"], now)?;
        let spent = exchange.take(&mut self.caller, "spend", json!({"answers": answers}))?;
        let respond = json!({"refresh_token": new["token"], "expires_in": new["expires_in"], "now": now});
        let done = exchange.take(&mut self.caller, "respond", respond)?;
        assert_eq!(spent.get("bound_to"), done.get("bound_to"), "the two steps name different keys");
        Ok(done)
    }
}
