//! Scripts over time: a key set cache, and discovery.

use serde_json::{Value, json};

use super::caller::{ALL_ALGORITHMS, Caller, Number, Refusal};
use super::documents::reading;
use crate::format::{Config, Failure, Input, Keys};
use crate::run::Outcome;

pub(super) fn key_set_cache(_: &str, config: &Config, _: &Keys, _: u64, input: &Input) -> Outcome {
    let mut caller = Caller::default();
    let mut options = config.0.clone();
    options["algorithms"] = json!(ALL_ALGORITHMS);
    let cache = caller.make("key_set_cache.new", &[], &options)?;
    let mut events = Vec::new();
    let mut last = Ok(());
    for step in input.0["steps"].as_array().expect("a list") {
        let event = play(&mut caller, cache, step).map_err(|refusal| refusal.failure());
        last = event.as_ref().map(|_| ()).map_err(Failure::clone);
        events.push(event.unwrap_or_else(|failure| json!({"error": failure.code})));
    }
    last.map(|()| json!({"events": events}))
}

fn play(caller: &mut Caller, cache: Number, step: &Value) -> Result<Value, Refusal> {
    let now = &step["at"];
    if let Some(response) = step.get("refreshed") {
        caller.call("key_set_cache.refreshed", &[cache], &json!({"response": response, "now": now}))?;
        return Ok(json!({"refreshed": true}));
    }
    if let Some(replacement) = step.get("replace") {
        let [issuer, jwks, fetched_at] = [0, 1, 2].map(|at| &replacement[at]);
        let options = json!({"issuer": issuer, "jwks": jwks, "fetched_at": fetched_at});
        caller.call("key_set_cache.replace", &[cache], &options)?;
        return Ok(json!({"replaced": true}));
    }
    if step.get("begin_refresh").is_some() {
        return caller.call("key_set_cache.begin_refresh", &[cache], &json!({"now": now}));
    }
    let options = json!({"kid": step["lookup"], "now": now});
    let found = caller.call("key_set_cache.lookup", &[cache], &options)?;
    let kids = match found["usable"] == true {
        false => Value::Null,
        true => {
            let (_, answer) = caller.derive("key_set_cache.keys", &[cache], &json!({"now": now}))?;
            assert_eq!(answer["generation"], found["generation"], "the keys are those that were looked up");
            answer["keys"].as_array().expect("a list").iter().map(|key| key["kid"].clone()).collect()
        }
    };
    Ok(match found["state"].as_str() {
        Some("use") => json!({"use": kids}),
        Some("refresh") => json!({"refresh": true, "then": kids}),
        _ => json!({"unavailable": true, "retry_at": found["retry_at"]}),
    })
}

pub(super) fn discovery(_: &str, config: &Config, _: &Keys, _: u64, input: &Input) -> Outcome {
    let mut caller = Caller::default();
    let mut options = reading(&config.0);
    for name in ["resource", "resource_metadata", "issuer"] {
        options[name] = input.0.get(name).cloned().unwrap_or_default();
    }
    let discovery = caller.make("discovery.new", &[], &options)?;
    let mut output = Value::Null;
    let mut requests = Vec::new();
    for response in input.0["responses"].as_array().expect("a list") {
        let mut next = caller.call("discovery.next", &[discovery], &json!({}))?;
        assert!(next["request"].is_object(), "a request for every response");
        requests.push(next["request"].take());
        output = caller.call("discovery.receive", &[discovery], &json!({"response": response}))?;
    }
    let next = caller.call("discovery.next", &[discovery], &json!({}))?;
    assert!(next["request"].is_null(), "a response for every request");
    let members = output.as_object_mut().expect("an object");
    assert_eq!(members.remove("done"), Some(json!(true)), "a result when nothing more is sent");
    members.insert("requests".into(), requests.into());
    Ok(output)
}
