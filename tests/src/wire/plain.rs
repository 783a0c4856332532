//! The operations that are one call: configuration, input and time are its arguments.

use serde_json::json;

use super::caller::{Caller, merged};
use crate::format::{Config, Input, Keys};
use crate::run::Outcome;

/// Neither keys nor time.
pub(super) fn plain(operation: &str, config: &Config, _: &Keys, _: u64, input: &Input) -> Outcome {
    Ok(Caller::default().call(operation, &[], &merged(&[&config.0, &input.0]))?)
}

/// No keys.
pub(super) fn timed(operation: &str, config: &Config, _: &Keys, now: u64, input: &Input) -> Outcome {
    let options = merged(&[&config.0, &input.0, &json!({"now": now})]);
    Ok(Caller::default().call(operation, &[], &options)?)
}

/// The key set `issuer` in the operation's slot: that of `key_set_issuer` where the configuration names one.
pub(super) fn with_keys(operation: &str, config: &Config, keys: &Keys, now: u64, input: &Input) -> Outcome {
    let mut caller = Caller::default();
    let mut options = merged(&[&config.0, &input.0, &json!({"now": now})]);
    let jwks = keys.key_set("issuer");
    let members = options.as_object_mut().expect("an object");
    match members.remove("key_set_issuer") {
        Some(owner) => {
            let set =
                caller.key_set(owner.as_str().expect("a text"), jwks, config.0["algorithms"].clone())?;
            Ok(caller.call(operation, &[set], &options)?)
        }
        None => {
            members.insert("keys".into(), jwks.clone());
            Ok(caller.call(operation, &[], &options)?)
        }
    }
}

/// The signing key that the input names in the operation's slot.
pub(super) fn signed(operation: &str, _: &Config, keys: &Keys, _: u64, input: &Input) -> Outcome {
    let mut caller = Caller::default();
    let mut options = input.0.clone();
    let name = options.as_object_mut().and_then(|members| members.remove("signer")).expect("a signer");
    let signer = caller.signing_key(keys.signer(name.as_str().expect("a name")))?;
    Ok(caller.call(operation, &[signer], &options)?)
}
