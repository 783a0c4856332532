//! `resource_server.access`, `resource_server.response` and `resource_server.metadata`.

use serde_json::{Map, Value, json};

use super::caller::{ALL_ALGORITHMS, Caller, Number, Refusal, merged};
use super::role::{Store, earlier, response_of, revocations};
use crate::format::{Config, Input, Keys};
use crate::run::Outcome;

pub(super) fn access(_: &str, config: &Config, keys: &Keys, now: u64, input: &Input) -> Outcome {
    let mut resource = Resource::new(config, keys, input)?;
    let before = earlier(now, input, |request, _, at| resource.handle(request, at));
    let mut output = resource.handle(&input.0["request"], now)?;
    listed(&mut output["claims"]);
    if !before.is_empty() {
        output["earlier"] = before.into();
    }
    Ok(output)
}

pub(super) fn response(_: &str, config: &Config, keys: &Keys, now: u64, input: &Input) -> Outcome {
    let mut resource = Resource::new(config, keys, input)?;
    earlier(now, input, |request, _, at| resource.handle(request, at));
    response_of(resource.handle(&input.0["request"], now))
}

/// `resource_server.bearer`.
pub(super) fn bearer(_: &str, config: &Config, keys: &Keys, now: u64, input: &Input) -> Outcome {
    let mut caller = Caller::default();
    let server = caller.make("resource_server.new", &[], &config.0["server"])?;
    let list = revocations(&mut caller, &config.0, now)?;
    let token = json!({"token": input.0["token"], "now": now});
    let needs = caller.call("resource_server.bearer_needs", &[server], &token)?;
    let token = merged(&[&token, &json!({"context": input.0.get("context")})]);
    let issuer = needs["issuer"].as_str().expect("an issuer");
    let key_set = match keys.sets.get(issuer) {
        Some(jwks) => caller.key_set(issuer, jwks, json!(ALL_ALGORITHMS))?,
        None => 0,
    };
    let objects = [server, key_set, list];
    let answer = caller.call("resource_server.verify_bearer", &objects, &token);
    // As plain arguments: for a number, if the token is remembered by now, then for the whole.
    let number = caller.verify_bearer(&objects, &token, true);
    let again = caller.verify_bearer(&objects, &token, false);
    assert_eq!(again.as_ref().ok().map(|(answer, _)| answer), answer.as_ref().ok());
    assert_eq!(
        again.as_ref().err().map(|refusal| &refusal.0),
        answer.as_ref().err().map(|refusal| &refusal.0)
    );
    match (&number, &again) {
        (Ok((Value::Null, number)), Ok((_, told))) => assert!(number.is_some() && number == told),
        (Err(_), Err(_)) => {}
        _ => panic!("a token that holds is remembered, and no other"),
    }
    let mut output = answer?;
    listed(&mut output["claims"]);
    Ok(output)
}

pub(super) fn metadata(_: &str, config: &Config, _: &Keys, _: u64, _: &Input) -> Outcome {
    let mut caller = Caller::default();
    let server = caller.make("resource_server.new", &[], &config.0["server"])?;
    Ok(caller.call("resource_server.metadata", &[server], &json!({}))?)
}

/// A resource, its host and its store.
struct Resource<'v> {
    caller: Caller,
    server: Number,
    store: Store,
    config: &'v Value,
    context: Option<&'v Value>,
    keys: &'v Keys,
}

impl<'v> Resource<'v> {
    fn new(config: &'v Config, keys: &'v Keys, input: &'v Input) -> Result<Self, Refusal> {
        let mut caller = Caller::default();
        let server = caller.make("resource_server.new", &[], &config.0["server"])?;
        let store = Store::new(&mut caller, input)?;
        Ok(Self { caller, server, store, config: &config.0, context: input.0.get("context"), keys })
    }

    fn handle(&mut self, request: &Value, now: u64) -> Result<Value, Refusal> {
        let mut steps = Map::from_iter([("request".to_owned(), request.clone())]);
        let list = revocations(&mut self.caller, self.config, now)?;
        let mut numbers = [self.server, 0, list];
        let mut take = |caller: &mut Caller, numbers: &[Number], step: &str, argument: Value| {
            steps.insert(step.to_owned(), argument);
            caller.call("resource_server.access", numbers, &Value::Object(steps.clone()))
        };
        let parsed = take(&mut self.caller, &numbers, "parse", json!({"now": now}))?;
        let issuer = parsed["needs"]["issuer"].as_str().expect("an issuer");
        if let Some(jwks) = self.keys.sets.get(issuer) {
            numbers[1] = self.caller.key_set(issuer, jwks, json!(ALL_ALGORITHMS))?;
        }
        let verify = json!({"nonce": self.config.get("nonce"), "context": self.context, "now": now});
        take(&mut self.caller, &numbers, "verify", verify)?;
        let authorized = take(&mut self.caller, &numbers, "authorize", json!({"now": now}))?;
        let answers = self.store.ask(&mut self.caller, &authorized["replay_keys"], now)?;
        take(&mut self.caller, &numbers, "spend", json!({"answers": answers}))
    }
}

/// The claims as the vectors write them: every audience in a list, the actors before the last beside it.
fn listed(claims: &mut Value) {
    if claims["aud"].is_string() {
        claims["aud"] = json!([claims["aud"]]);
    }
    let Some(outermost) = claims.get_mut("act") else { return };
    let mut prior = Vec::new();
    let mut next = outermost.as_object_mut().and_then(|act| act.remove("act"));
    while let Some(mut act) = next {
        next = act.as_object_mut().and_then(|act| act.remove("act"));
        prior.push(act);
    }
    if !prior.is_empty() {
        outermost["prior"] = prior.into();
    }
}
