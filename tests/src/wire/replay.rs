//! `replay.first_use`: the store in memory.

use serde_json::{Value, json};

use super::caller::{Caller, Refusal};
use crate::format::{Config, Failure, Input, Keys};
use crate::run::Outcome;

pub(super) fn first_use(_: &str, config: &Config, _: &Keys, _: u64, input: &Input) -> Outcome {
    let mut caller = Caller::default();
    let store = caller.make("replay_store.new", &[], &config.0)?;
    let mut ask = |one: &Value| -> Result<Value, Refusal> {
        let mut options = one.clone();
        let now = options.as_object_mut().and_then(|members| members.remove("now")).expect("a time");
        let key = caller.call("replay_key.new", &[], &options)?;
        let asked = json!({"name": key["name"], "retain_until": key["retain_until"], "now": now});
        Ok(caller.call("replay_store.first_use", &[store], &asked)?["answer"].take())
    };
    let uses = input.0["uses"].as_array().expect("a list");
    let answers = uses.iter().map(&mut ask).collect::<Result<Vec<Value>, Refusal>>()?;
    // What a role makes of the last answer.
    let refused = |code: &str, oauth: &str| Err(Failure { code: code.into(), oauth: Some(oauth.into()) });
    match (answers.last().and_then(Value::as_str), uses.last().and_then(|last| last["kind"].as_str())) {
        (Some("seen"), Some("id_jag")) => refused("token_replayed", "invalid_grant"),
        (Some("seen"), Some("client_assertion")) => refused("token_replayed", "invalid_client"),
        (Some("seen"), Some("dpop_proof")) => refused("token_replayed", "invalid_dpop_proof"),
        (Some("unavailable"), _) => refused("store_unavailable", "temporarily_unavailable"),
        _ => Ok(json!({"answers": answers})),
    }
}
