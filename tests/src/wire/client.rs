//! The client's pairs: `client.exchange_request|exchange_response`, `client.grant_request|grant_response`,
//! `client.use_token` and `client.read_answer`.

use base64ct::{Base64UrlUnpadded, Encoding};
use p256::ecdsa::signature::Signer as _;
use serde_json::{Map, Value, json};

use super::caller::{Caller, Number, Refusal, merged};
use crate::format::{Config, Failure, Input, Keys};
use crate::operations::opened_message;
use crate::run::Outcome;

/// The members of `input` that are there and named, taken out of it.
fn taken(input: &mut Value, names: &[&str]) -> Value {
    let members = input.as_object_mut().expect("an object");
    let taken = names.iter().filter_map(|name| Some(((*name).to_owned(), members.remove(*name)?)));
    Value::Object(taken.collect::<Map<_, _>>())
}

/// The signing key `name` as an object, where the vector has one.
pub(super) fn signer(caller: &mut Caller, keys: &Keys, name: &str) -> Result<Number, Refusal> {
    keys.signers.get(name).map_or(Ok(0), |jwk| caller.signing_key(jwk))
}

/// Moves the name of the proof's key out of the proof: the key itself, `dpop` where none is named.
fn proof_key(caller: &mut Caller, keys: &Keys, input: &mut Value) -> Result<Number, Refusal> {
    let Some(proof) = input.get_mut("proof").and_then(Value::as_object_mut) else { return Ok(0) };
    let name = proof.remove("key");
    signer(caller, keys, name.as_ref().and_then(Value::as_str).unwrap_or("dpop"))
}

/// The binding of a vector, which names a rule, as the thumbprint of the key `dpop` and the rule.
fn binding(caller: &mut Caller, keys: &Keys, rule: Option<&Value>) -> Result<Value, Refusal> {
    let preferred = match rule.and_then(Value::as_str) {
        None | Some("unbound") => return Ok(Value::Null),
        Some("required") => false,
        Some("dangerous_preferred") => true,
        Some(other) => panic!("no binding `{other}`"),
    };
    let jkt = caller.call("signing_key.new", &[], &json!({"jwk": keys.signer("dpop")}))?["jkt"].take();
    Ok(json!({"jkt": jkt, "dangerous_preferred": preferred}))
}

/// A grant to redeem out of the members of an input.
fn grant(caller: &mut Caller, keys: &Keys, input: &mut Value) -> Result<Value, Refusal> {
    let names = [
        "id_jag",
        "audience",
        "resource",
        "binding",
        "scope",
        "authorization_details",
        "detail_types",
        "without_resource_parameter",
        "jwt_dpop",
    ];
    let mut grant = taken(input, &names);
    grant["binding"] = binding(caller, keys, grant.get("binding"))?;
    Ok(grant)
}

/// What is asked for in exchange.
fn wanted(config: &Value, input: &mut Value) -> Value {
    let audience = json!({"audience": config["audience"]["issuer"]});
    let client = config.get("client_id").map_or(json!({}), |client| json!({"client_id": client}));
    merged(&[
        &taken(
            input,
            &["resource", "scope", "authorization_details", "detail_types", "context", "context_claim"],
        ),
        &audience,
        &client,
    ])
}

/// How a vector's configuration says what to read: a flag, and caps.
fn reading(config: &Value) -> Value {
    let mut caps = config.clone();
    let loopback = taken(&mut caps, &["dangerous_allow_http_loopback"]);
    merged(&[&loopback, &json!({"limits": caps})])
}

pub(super) fn exchange_request(
    operation: &str,
    config: &Config,
    keys: &Keys,
    now: u64,
    input: &Input,
) -> Outcome {
    let (mut caller, mut options) = (Caller::default(), input.0.clone());
    let dpop = proof_key(&mut caller, keys, &mut options)?;
    let exchange = wanted(&config.0, &mut options);
    let elsewhere = taken(&mut options, &["signed_elsewhere_by"]);
    let mut credentials = config.0["credentials"].clone();
    let mut own = signer(&mut caller, keys, "client")?;
    if elsewhere.get("signed_elsewhere_by").is_some() {
        credentials["key"] = public(keys.signer("client"));
        own = 0;
    }
    let rest =
        json!({"exchange": exchange, "idp": config.0["idp"], "credentials": [credentials], "now": now});
    let mut call = merged(&[&options, &rest]);
    let mut answer = caller.call(operation, &[own, dpop], &call)?;
    if let Some(name) = elsewhere["signed_elsewhere_by"].as_str() {
        let input = decoded(&answer["assertion_input"]);
        call["assertion_signature"] = signature(keys.signer(name), &input).into();
        answer = caller.call(operation, &[own, dpop], &call)?;
    }
    Ok(opened_message(&answer["request"], keys))
}

fn decoded(text: &Value) -> Vec<u8> {
    Base64UrlUnpadded::decode_vec(text.as_str().expect("a text")).expect("base64url")
}

/// The ES256 signature by the private JWK `key`, base64url.
fn signature(key: &Value, input: &[u8]) -> String {
    let key = p256::ecdsa::SigningKey::from_slice(&decoded(&key["d"])).expect("a private key");
    let signature: p256::ecdsa::Signature = key.sign(input);
    Base64UrlUnpadded::encode_string(&signature.to_bytes())
}

/// The public half of a private JWK.
pub(super) fn public(key: &Value) -> Value {
    let mut key = key.clone();
    key.as_object_mut().expect("an object").remove("d");
    key
}

pub(super) fn exchange_response(
    operation: &str,
    config: &Config,
    keys: &Keys,
    now: u64,
    input: &Input,
) -> Outcome {
    let (mut caller, mut options) = (Caller::default(), input.0.clone());
    let exchange = wanted(&config.0, &mut options);
    let binding = binding(&mut caller, keys, config.0.get("binding"))?;
    let rest = json!({"exchange": exchange, "binding": binding, "now": now});
    let read = reading(config.0.get("reading").unwrap_or(&json!({})));
    let mut answer = caller.call(operation, &[], &merged(&[&options, &rest, &read]))?;
    let id_jag = answer.as_object_mut().and_then(|members| members.remove("id_jag"));
    let issued: Value = serde_json::from_str(input.0["response"]["body"].as_str().expect("a text"))
        .expect("a response that was accepted is JSON");
    assert_eq!(id_jag.as_ref(), Some(&issued["access_token"]), "another ID-JAG than the response's");
    Ok(answer)
}

pub(super) fn grant_request(
    operation: &str,
    config: &Config,
    keys: &Keys,
    now: u64,
    input: &Input,
) -> Outcome {
    let (mut caller, mut options) = (Caller::default(), input.0.clone());
    let dpop = proof_key(&mut caller, keys, &mut options)?;
    let own = signer(&mut caller, keys, "client")?;
    let grant = grant(&mut caller, keys, &mut options)?;
    let rest = json!({"grant": grant, "now": now});
    let answer = caller.call(operation, &[own, dpop], &merged(&[&config.0, &options, &rest]))?;
    Ok(opened_message(&answer["request"], keys))
}

pub(super) fn grant_response(
    operation: &str,
    config: &Config,
    keys: &Keys,
    now: u64,
    input: &Input,
) -> Outcome {
    let (mut caller, mut options) = (Caller::default(), input.0.clone());
    let grant = grant(&mut caller, keys, &mut options)?;
    let rest = json!({"grant": grant, "now": now});
    let mut answer = caller.call(operation, &[], &merged(&[&options, &rest, &reading(&config.0)]))?;
    // The vectors leave a member out that says nothing.
    if answer["authorization_details"] == json!([]) {
        taken(&mut answer, &["authorization_details"]);
    }
    Ok(answer)
}

pub(super) fn use_token(operation: &str, _: &Config, keys: &Keys, now: u64, input: &Input) -> Outcome {
    let (mut caller, mut options) = (Caller::default(), input.0.clone());
    let another = taken(&mut options, &["proof_of_another_token"]);
    if another["proof_of_another_token"] == true {
        options["proof"]["access_token_hash"] = "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU".into();
    }
    let dpop = proof_key(&mut caller, keys, &mut options)?;
    let grant = grant(&mut caller, keys, &mut options)?;
    let rest = json!({"grant": grant, "now": now});
    let mut answer = caller.call(operation, &[dpop], &merged(&[&options, &rest]))?;
    // The body is the caller's own, and is none of the answer.
    answer["request"]["body"] = input.0["request"]["body"].clone();
    Ok(opened_message(&answer["request"], keys))
}

pub(super) fn read_answer(operation: &str, config: &Config, _: &Keys, _: u64, input: &Input) -> Outcome {
    let mut read = reading(&config.0);
    read.as_object_mut().expect("an object").remove("dangerous_allow_http_loopback");
    Ok(Caller::default().call(operation, &[], &merged(&[&input.0, &read]))?)
}

/// A refusal that is the answer of a step.
pub(super) fn refused(error: &Value) -> Failure {
    Failure { code: error["code"].as_str().expect("a code").to_owned(), oauth: None }
}
