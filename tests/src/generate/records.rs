//! What every expected decision record says that other parts of the same case say already: written once, for all topics.

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::keys::CLIENT;

/// Completes the record in the `output` of a case, where there is one: its version and action, the OAuth error that the
/// response carries, the subject and the key of the token that it is about, and, where the policy was asked, which policy
/// and which of its servers. What a record says itself stays.
pub fn complete(operation: &str, config: &Value, output: &mut Value) {
    let Some(action) = action(operation) else { return };
    let whole = output.clone();
    let Some(record) = output.get_mut("record").and_then(Value::as_object_mut) else { return };
    let mut put = |name: &str, value: Value| {
        if !value.is_null() {
            record.entry(name).or_insert(value);
        }
    };
    let said = &whole["record"];
    put("version", json!(1));
    let derives = action == "redeem" && !said["parent_id"].is_null();
    put("action", json!(if derives { "derive" } else { action }));
    if matches!(said["outcome"].as_str(), Some("deny" | "step_up" | "refuse")) {
        let told = &whole["body"]["error"];
        // Who sent nothing is told nothing (RFC 6750 §3.1).
        put("oauth_error", if told.is_null() { json!("invalid_token") } else { told.clone() });
    }
    let claims = &whole["body"]["access_token"]["claims"];
    put("target_subject", claims["sub"].clone());
    if said["sender_constrained"] == true {
        let bound = &claims["cnf"]["jkt"];
        let known = json!(CLIENT.es256().thumbprint());
        put("jkt", if bound.is_null() { known } else { bound.clone() });
    }
    let token = if claims.is_null() { &whole["claims"] } else { claims };
    if said["outcome"] == "permit" {
        put("details_granted", types(&token["authorization_details"]));
    }
    let asked = ["app", "nearest", "rules"].iter().any(|name| !said[*name].is_null());
    if let Some(policy) = config.get("policy").filter(|policy| asked && !policy.is_null()) {
        let digest = Sha256::digest(policy.to_string().as_bytes());
        let digits: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        put("policy", json!(digits));
        let issuer = if said["role"] == "idp" { &said["audience"] } else { &said["decided_by"] };
        let mut servers = policy["servers"].as_array().into_iter().flatten();
        if let Some(server) = servers.find(|server| server["issuer"] == *issuer) {
            put("server", server["id"].clone());
        }
    }
}

/// The types of some authorization details, each once; null where there are none.
fn types(details: &Value) -> Value {
    let mut types: Vec<&Value> = Vec::new();
    for detail in details.as_array().into_iter().flatten() {
        if !types.contains(&&detail["type"]) {
            types.push(&detail["type"]);
        }
    }
    if types.is_empty() { Value::Null } else { json!(types) }
}

/// What the requests of an operation ask for.
fn action(operation: &str) -> Option<&'static str> {
    Some(match operation {
        "idp.token_exchange" | "idp.response" => "exchange",
        "resource_as.token" | "resource_as.response" => "redeem",
        "resource_as.revocation" => "revoke",
        "resource_server.access" | "resource_server.bearer" | "resource_server.response" => "access",
        _ => return None,
    })
}
