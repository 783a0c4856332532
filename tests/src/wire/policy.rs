//! `policy.*`: a document compiled, and asked.

use super::caller::{Caller, merged};
use crate::format::{Config, Input, Keys};
use crate::run::Outcome;

pub(super) fn compile(_: &str, _: &Config, _: &Keys, _: u64, input: &Input) -> Outcome {
    let mut caller = Caller::default();
    let policy = caller.make("policy.new", &[], &input.0)?;
    Ok(caller.call("policy.describe", &[policy], &serde_json::json!({}))?)
}

/// The sentences are for people; the vectors compare the stable names.
pub(super) fn check(_: &str, config: &Config, _: &Keys, _: u64, input: &Input) -> Outcome {
    let mut output = Caller::default().call("policy.check", &[], &merged(&[&config.0, &input.0]))?;
    for fault in output["faults"].as_array_mut().expect("a list") {
        fault.as_object_mut().and_then(|fault| fault.remove("message")).expect("a sentence");
    }
    Ok(output)
}

pub(super) fn ask(operation: &str, config: &Config, _: &Keys, _: u64, input: &Input) -> Outcome {
    let mut caller = Caller::default();
    let policy = caller.make("policy.new", &[], &config.0)?;
    Ok(caller.call(operation, &[policy], &input.0)?)
}

pub(super) fn withdrawals(operation: &str, config: &Config, _: &Keys, now: u64, input: &Input) -> Outcome {
    let mut caller = Caller::default();
    let policy = caller.make("policy.new", &[], &config.0)?;
    let mut options = merged(&[&input.0, &serde_json::json!({"now": now})]);
    let former = match options.as_object_mut().and_then(|options| options.remove("former")) {
        Some(document) => caller.make("policy.new", &[], &serde_json::json!({"document": document}))?,
        None => 0,
    };
    Ok(caller.call(operation, &[policy, former], &options)?)
}
