//! Documents, challenges, and what a client decides by them.

use serde_json::{Map, Value, json};

use super::caller::{Caller, merged};
use super::role::shown;
use crate::format::{Config, Input, Keys};
use crate::run::Outcome;

/// The answer is a response: its body is JSON, or left out where it is empty.
pub(super) fn built(operation: &str, config: &Config, _: &Keys, _: u64, input: &Input) -> Outcome {
    response(operation, &merged(&[&config.0, &input.0]))
}

/// As [`built`], the one key being a set.
pub(super) fn client_metadata(operation: &str, _: &Config, _: &Keys, _: u64, input: &Input) -> Outcome {
    let mut options = input.0.clone();
    let members = options.as_object_mut().expect("an object");
    if let Some(jwk) = members.remove("jwk") {
        members.insert("jwks".into(), json!({"keys": [jwk]}));
    }
    response(operation, &options)
}

fn response(operation: &str, options: &Value) -> Outcome {
    let mut response = shown(Caller::default().call(operation, &[], options)?);
    if response["body"] == "" {
        response.as_object_mut().expect("an object").remove("body");
    }
    Ok(response)
}

/// How the document is read is `reading` or part of the configuration.
pub(super) fn read(operation: &str, config: &Config, _: &Keys, _: u64, input: &Input) -> Outcome {
    Ok(Caller::default().call(operation, &[], &merged(&[&reading(&config.0), &input.0]))?)
}

/// The configuration with its caps as `limits`.
pub(super) fn reading(config: &Value) -> Value {
    let mut options = config.as_object().expect("an object").clone();
    if let Some(Value::Object(reading)) = options.remove("reading") {
        options.extend(reading);
    }
    let cap = |name: &str, options: &mut Map<String, Value>| options.remove(name).unwrap_or(Value::Null);
    let limits = json!({
        "response_bytes": cap("response_bytes", &mut options),
        "header_bytes": cap("header_bytes", &mut options),
    });
    options.insert("limits".into(), limits);
    Value::Object(options)
}

/// The server's metadata says what the input says of it.
pub(super) fn registration(operation: &str, _: &Config, _: &Keys, _: u64, input: &Input) -> Outcome {
    let mut options = input.0.clone();
    let members = options.as_object_mut().expect("an object");
    let mut server = json!({"token_endpoint": "https://as.example/token"});
    for name in ["issuer", "client_id_metadata_document_supported", "registration_endpoint"] {
        server[name] = members.remove(name).unwrap_or(Value::Null);
    }
    members.insert("server".into(), server);
    Ok(Caller::default().call(operation, &[], &options)?)
}

/// At some resource.
pub(super) fn scopes(operation: &str, config: &Config, _: &Keys, _: u64, input: &Input) -> Outcome {
    let mut options = merged(&[&config.0, &input.0]);
    options["resource"] = json!("https://mcp.chat.example/");
    let members = options.as_object_mut().expect("an object");
    if let Some(challenge) = members.remove("challenge") {
        members.insert("challenged_scope".into(), challenge);
    }
    Ok(Caller::default().call(operation, &[], &options)?)
}
