//! What the adapters of the server roles share: the replay store, requests before, tokens opened.

use base64ct::{Base64UrlUnpadded, Encoding};
use serde_json::{Value, json};

use super::caller::{Caller, Number, Refusal};
use crate::format::{Failure, Input};
use crate::run::Outcome;

/// A replay store: one in memory, or none that answers.
pub(super) enum Store {
    Memory(Number),
    Unavailable,
}

impl Store {
    /// The store that the input asks for.
    pub(super) fn new(caller: &mut Caller, input: &Input) -> Result<Self, Refusal> {
        match input.0["store"].as_str() {
            Some("unavailable") => Ok(Self::Unavailable),
            _ => caller.make("replay_store.new", &[], &json!({"capacity": 1000})).map(Self::Memory),
        }
    }

    /// The answers for these keys, up to the first that is not new.
    pub(super) fn ask(&self, caller: &mut Caller, keys: &Value, now: u64) -> Result<Vec<Value>, Refusal> {
        let mut answers = Vec::new();
        for key in keys.as_array().expect("a list") {
            let answer = match self {
                Self::Unavailable => json!("unavailable"),
                Self::Memory(store) => {
                    let asked = json!({"name": key["name"], "retain_until": key["retain_until"], "now": now});
                    caller.call("replay_store.first_use", &[*store], &asked)?["answer"].take()
                }
            };
            answers.push(answer);
            if answers.last() != Some(&json!("first")) {
                break;
            }
        }
        Ok(answers)
    }
}

/// What has been revoked, as the configuration has it; 0 where it says nothing.
pub(super) fn revocations(caller: &mut Caller, config: &Value, now: u64) -> Result<Number, Refusal> {
    let Some(settings) = config.get("revocations") else { return Ok(0) };
    let options = json!({"max_stale": settings.get("max_stale"), "now": now});
    let list = caller.make("revocation_list.new", &[], &options)?;
    caller.call("revocation_list.add", &[list], &json!({"entries": settings["entries"], "now": now}))?;
    if let Some(at) = settings.get("synchronized_at") {
        caller.call("revocation_list.synchronize", &[list], &json!({"sequence": 1, "now": at}))?;
    }
    Ok(list)
}

/// Handles the requests before the one under test, and says briefly what became of each.
pub(super) fn earlier(
    now: u64,
    input: &Input,
    mut handle: impl FnMut(&Value, &str, u64) -> Result<Value, Refusal>,
) -> Vec<Value> {
    let before = input.0["earlier"].as_array().into_iter().flatten();
    let outcome = |(index, one): (usize, &Value)| {
        let at = one["now"].as_u64().unwrap_or(now);
        match handle(&one["request"], &format!("earlier-{index}"), at) {
            Ok(done) => json!({"status": done["response"]["status"].as_u64().unwrap_or(200)}),
            Err(refusal) => json!({"error": refusal.failure()}),
        }
    };
    before.enumerate().map(outcome).collect()
}

/// The response with its token opened as `{header, claims}`, and the record.
pub(super) fn opened(mut done: Value) -> Value {
    let mut output = shown(done["response"].take());
    if let Some(token) = output["body"]["access_token"].as_str()
        && token.matches('.').count() == 2
    {
        let part = |at: usize| -> Value {
            let segment = token.split('.').nth(at).expect("three segments");
            serde_json::from_slice(&Base64UrlUnpadded::decode_vec(segment).expect("base64url")).expect("JSON")
        };
        output["body"]["access_token"] = json!({"header": part(0), "claims": part(1)});
    }
    output["record"] = done["record"].take();
    output
}

/// The finished refusal.
pub(super) fn response_of(outcome: Result<Value, Refusal>) -> Outcome {
    match outcome {
        Ok(_) => panic!("the request was to be refused"),
        Err(mut refusal) if refusal.0.get("http").is_some() => {
            let mut output = shown(refusal.0["http"].take());
            output["record"] = refusal.0["record"].take();
            Ok(output)
        }
        Err(refusal) => Err(Failure::from(refusal)),
    }
}

/// A response whose body, where it is JSON, is JSON.
pub(super) fn shown(mut response: Value) -> Value {
    if let Some(body) = response["body"].as_str().and_then(|text| serde_json::from_str(text).ok()) {
        response["body"] = body;
    }
    response
}
