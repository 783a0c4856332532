//! The steps and events of `client.connection` scripts.

use serde_json::{Value, json};

use super::client_scene::{IDP_TOKEN_ENDPOINT, assertion, id_jag, post};
use super::dsl::with;
use super::scene::{CLIENT_AT_IDP, CLIENT_ID, IDP_ISSUER, NOW, RAS_ISSUER, RAS_TOKEN_ENDPOINT, RESOURCE};
use super::web::{ID_JAG_TYPE, JWT_BEARER, TOKEN_EXCHANGE, get, json_response, resource_document};

const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// A script for the chat service.
pub fn play(steps: &[Value]) -> Value {
    json!({"resource": RESOURCE, "steps": steps})
}

/// The metadata of the resource, which lists two scopes.
pub fn resource(changes: &[(&str, Value)]) -> Value {
    with(&with(&resource_document(), &[("scopes_supported", json!(["write", "read"]))]), changes)
}

/// A sign-on of an hour.
pub fn sign_on(changes: &[(&str, Value)]) -> Value {
    let sign_on = json!({
        "issuer": IDP_ISSUER, "id_token": "eyJ.id.token", "refresh_token": "refresh-1", "expires_at": NOW + 3600,
    });
    with(&sign_on, changes)
}

/// The members of a token response.
pub fn token_body(changes: &[(&str, Value)]) -> Value {
    with(&json!({"access_token": "opaque-token", "token_type": "Bearer", "expires_in": 60}), changes)
}

/// An access token of a minute.
pub fn token(changes: &[(&str, Value)]) -> Value {
    json_response(200, &token_body(changes))
}

/// The sign-on was taken.
pub fn identified() -> Value {
    json!({"identified": true})
}

/// A request for the metadata of the `resource` or the `server`.
pub fn event(of: &str) -> Value {
    let url = match of {
        "resource" => "https://mcp.chat.example/.well-known/oauth-protected-resource",
        "server" => "https://auth.chat.example/.well-known/oauth-authorization-server",
        other => panic!("no metadata of `{other}`"),
    };
    json!({"send": "discovery", "request": get(url)})
}

/// The assertion of a request at `at`, without its `jti`.
fn signed(client_id: &str, issuer: &str, at: u64) -> Vec<(&'static str, Value)> {
    let assertion = with(
        &assertion(client_id, issuer),
        &[("payload/jti", Value::Null), ("payload/iat", at.into()), ("payload/exp", (at + 60).into())],
    );
    vec![
        ("client_id", json!(client_id)),
        ("client_assertion_type", json!(ASSERTION_TYPE)),
        ("client_assertion", assertion),
    ]
}

/// A request to the IdP for a grant with this scope, by the ID Token unless `changes` say otherwise.
pub fn exchange_event(scope: &str, at: u64, changes: &[(&'static str, Value)]) -> Value {
    exchange_event_with(scope, at, changes, &[])
}

/// The same with more header fields.
pub fn exchange_event_with(
    scope: &str,
    at: u64,
    changes: &[(&'static str, Value)],
    headers: &[(&str, Value)],
) -> Value {
    let mut form = signed(CLIENT_AT_IDP, IDP_ISSUER, at);
    form.extend([
        ("grant_type", json!(TOKEN_EXCHANGE)),
        ("requested_token_type", json!(ID_JAG_TYPE)),
        ("audience", json!(RAS_ISSUER)),
        ("resource", json!(RESOURCE)),
        ("scope", json!(scope)),
        ("subject_token", json!("eyJ.id.token")),
        ("subject_token_type", json!("urn:ietf:params:oauth:token-type:id_token")),
    ]);
    for (name, value) in changes {
        let parameter = form.iter_mut().find(|(known, _)| known == name).expect("a known parameter");
        parameter.1 = value.clone();
    }
    json!({"send": "exchange", "request": post(IDP_TOKEN_ENDPOINT, &form, headers)})
}

/// The same with parameters more.
pub fn exchange_event_also(scope: &str, at: u64, more: &[(&str, Value)]) -> Value {
    let mut event = exchange_event(scope, at, &[]);
    let form = event["request"]["form"].as_array_mut().expect("a form");
    form.extend(more.iter().map(|(name, value)| json!([name, value])));
    form.sort_by_key(|pair| pair[0].as_str().map(String::from));
    event
}

/// A request to the resource authorization server with the usual grant.
pub fn grant_event(scope: &str, at: u64) -> Value {
    grant_event_with(&id_jag(&[]).compact(), scope, at, &[])
}

/// The same with another grant and more header fields.
pub fn grant_event_with(id_jag: &str, scope: &str, at: u64, headers: &[(&str, Value)]) -> Value {
    let mut form = signed(CLIENT_ID, RAS_ISSUER, at);
    form.extend([
        ("grant_type", json!(JWT_BEARER)),
        ("assertion", json!(id_jag)),
        ("resource", json!(RESOURCE)),
        ("scope", json!(scope)),
    ]);
    json!({"send": "grant", "request": post(RAS_TOKEN_ENDPOINT, &form, headers)})
}
