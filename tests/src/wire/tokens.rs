//! The operations on tokens whose options are named otherwise than the vectors name them.

use serde_json::{Value, json};

use super::caller::{Caller, merged};
use super::plain::signed;
use crate::format::{Config, Input, Keys};
use crate::run::Outcome;

/// The key set `client`.
pub(super) fn client_assertion(
    operation: &str,
    config: &Config,
    keys: &Keys,
    now: u64,
    input: &Input,
) -> Outcome {
    let more = json!({"keys": keys.key_set("client"), "now": now});
    Ok(Caller::default().call(operation, &[], &merged(&[&config.0, &input.0, &more]))?)
}

/// The random bytes are `random`, and the present is `now`.
pub(super) fn dpop_proof(operation: &str, config: &Config, keys: &Keys, now: u64, input: &Input) -> Outcome {
    let mut input = Input(input.0.clone());
    rename(&mut input.0, "entropy", "random");
    rename(&mut input.0, "iat", "now");
    signed(operation, config, keys, now, &input)
}

/// The key set `issuer`, at no particular time.
pub(super) fn jws(operation: &str, config: &Config, keys: &Keys, _: u64, input: &Input) -> Outcome {
    let more = json!({"keys": keys.key_set("issuer")});
    Ok(Caller::default().call(operation, &[], &merged(&[&config.0, &input.0, &more]))?)
}

/// An access token prepared, and its signature attached.
pub(super) fn attach(operation: &str, config: &Config, _: &Keys, _: u64, input: &Input) -> Outcome {
    let mut caller = Caller::default();
    let mut options = merged(&[&config.0, &input.0]);
    rename(&mut options, "jwk", "key");
    let signature = options.as_object_mut().and_then(|members| members.remove("signature"));
    let pending = caller.call("access_token.prepare", &[], &options)?;
    let attached = json!({
        "signing_input": pending["signing_input"],
        "key": options["key"],
        "signature": signature,
        "algorithms": options["algorithms"],
    });
    Ok(caller.call(operation, &[], &attached)?)
}

fn rename(options: &mut Value, from: &str, to: &str) {
    let members = options.as_object_mut().expect("an object");
    let value = members.remove(from).expect("the member");
    members.insert(to.into(), value);
}
