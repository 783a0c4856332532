//! Scripts over time: a key set cache, and discovery.

use serde_json::{Value, json};

use super::caller::{ALL_ALGORITHMS, Caller, Number, Refusal, merged};
use super::client::public;
use super::documents::reading;
use crate::expand::base64url;
use crate::format::{Config, Failure, Input, Keys};
use crate::run::Outcome;

pub(super) fn key_set_cache(_: &str, config: &Config, _: &Keys, _: u64, input: &Input) -> Outcome {
    let mut caller = Caller::default();
    let mut options = config.0.clone();
    options["algorithms"] = json!(ALL_ALGORITHMS);
    let cache = caller.make("key_set_cache.new", &[], &options)?;
    played(input, |step| play(&mut caller, cache, step))
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

pub(super) fn revocation_list(_: &str, config: &Config, keys: &Keys, now: u64, input: &Input) -> Outcome {
    let mut caller = Caller::default();
    let mut options = merged(&[&config.0, &json!({"now": now})]);
    let updates = options.as_object_mut().expect("an object").remove("updates").unwrap_or_default();
    let list = caller.make("revocation_list.new", &[], &options)?;
    played(input, |step| {
        let now = &step["at"];
        if let Some(manifest) = step.get("receive") {
            let given = json!({"manifest": manifest, "keys": keys.sets["authority"], "now": now});
            return caller.call("revocation_list.receive", &[list], &merged(&[&updates, &given]));
        }
        if let Some(chunk) = step.get("chunk") {
            let options = json!({"chunk": chunk, "now": now});
            return caller.call("revocation_list.receive_chunk", &[list], &options);
        }
        if let Some(what) = step.get("publish") {
            return publish(&mut caller, list, &keys.signers["authority"], &updates, what, now);
        }
        if let Some(entries) = step.get("add") {
            return caller.call("revocation_list.add", &[list], &json!({"entries": entries, "now": now}));
        }
        if let Some(sequence) = step.get("synchronize") {
            let options = json!({"sequence": sequence, "now": now});
            return caller.call("revocation_list.synchronize", &[list], &options);
        }
        caller.call("revocation_list.export", &[list], &json!({"now": now}))
    })
}

fn publish(
    caller: &mut Caller,
    list: Number,
    signer: &Value,
    updates: &Value,
    what: &Value,
    now: &Value,
) -> Result<Value, Refusal> {
    let options = merged(&[what, &json!({"issuer": updates["issuer"], "now": now})]);
    let (update, answer) = caller.derive("revocation_update.new", &[list], &options)?;
    let key = caller.signing_key(signer)?;
    let signed = caller.call("revocation_update.sign", &[update, key], &json!({}))?;
    let pending = caller.call("revocation_update.prepare", &[update], &json!({"key": public(signer)}))?;
    let manifest = signed["token"].as_str().expect("a token");
    let (signing_input, _) = manifest.rsplit_once('.').expect("a signature");
    assert_eq!(
        pending["signing_input"],
        base64url(signing_input.as_bytes()),
        "what is signed elsewhere is the same"
    );
    for name in ["sequence", "base_sequence", "size"] {
        assert_eq!(answer.get(name), signed["claims"].get(name), "the answer tells what is signed");
    }
    let chunk = |number: u64| {
        let chunk = caller.call("revocation_update.chunk", &[update], &json!({"number": number}))?;
        Ok(chunk["chunk"].clone())
    };
    let chunks = (0..answer["chunks"].as_u64().expect("a number")).map(chunk);
    Ok(json!({"manifest": manifest, "chunks": chunks.collect::<Result<Vec<Value>, Refusal>>()?}))
}

pub(super) fn client_documents(_: &str, config: &Config, _: &Keys, _: u64, input: &Input) -> Outcome {
    let mut caller = Caller::default();
    let documents = caller.make("client_documents.new", &[], &config.0)?;
    played(input, |step| {
        let (client_id, now) = (&step["client_id"], &step["at"]);
        if let Some(response) = step.get("received") {
            let options = json!({"client_id": client_id, "response": response, "now": now});
            return caller.call("client_documents.received", &[documents], &options);
        }
        caller.call("client_documents.next", &[documents], &json!({"client_id": client_id, "now": now}))
    })
}

/// The events of a script; one whose last step is refused is refused itself.
fn played(input: &Input, mut take: impl FnMut(&Value) -> Result<Value, Refusal>) -> Outcome {
    let mut events = Vec::new();
    let mut last = Ok(());
    for step in input.0["steps"].as_array().expect("a list") {
        let event = take(step).map_err(|refusal| refusal.failure());
        last = event.as_ref().map(|_| ()).map_err(Failure::clone);
        events.push(event.unwrap_or_else(|failure| json!({"error": failure.code})));
    }
    last.map(|()| json!({"events": events}))
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
