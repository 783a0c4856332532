//! `resource_server.access`: an access token and an operation at an MCP server.

pub mod bearer;
pub mod configured;
pub mod conversations;
pub mod documents;
pub mod operations;
pub mod read_only;
pub mod responses;
pub mod revoked;
pub mod schemes;
pub mod tokens;

use serde_json::{Value, json};

use crate::format::Keys;
use crate::generate::dsl::{keys, with};
use crate::generate::keys::{CLIENT, RAS, jwks};
use crate::generate::mint::Jws;
use crate::generate::request::{Request, proof_with};
use crate::generate::scene::{CLIENT_ID, NOW, RAS_ISSUER, RESOURCE};

/// A tool call.
pub const CALL: &str = r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"read_messages"}}"#;

/// A resource with two tools, one trusted server.
pub fn config() -> Value {
    json!({"server": {
        "resource": RESOURCE,
        "authorization_servers": [{"issuer": RAS_ISSUER}],
        "access": {"tools": {"read_messages": {"scope": "chat.read"}, "post_message": {"scope": "chat.write"}}},
        "initial_scope": "chat.read",
    }})
}

/// The server's keys.
pub fn server_keys() -> Keys {
    keys().set(RAS_ISSUER, jwks(&[RAS.es256()]))
}

/// The claims of a good access token.
pub fn claims() -> Value {
    json!({
        "iss": RAS_ISSUER, "sub": "user-1", "aud": RESOURCE, "client_id": CLIENT_ID, "jti": "at-1", "iat": NOW,
        "exp": NOW + 600, "scope": "chat.read",
    })
}

/// A good access token.
pub fn token() -> Jws {
    Jws::new(RAS.es256(), "at+jwt", &claims())
}

/// One that is bound to the client's key.
pub fn bound_token() -> Jws {
    token().claim("cnf", json!({"jkt": CLIENT.es256().thumbprint()}))
}

/// A request with `body`.
pub fn post(body: &str) -> Request {
    Request::to("POST", RESOURCE, body).header("Content-Type", "application/json")
}

/// The tool call with `token` as a bearer token.
pub fn call(token: &Jws) -> Request {
    post(CALL).header("Authorization", format!("Bearer {}", token.compact()))
}

/// The tool call with `token` under the scheme of bound tokens, and without a proof.
pub fn call_bound(token: &Jws) -> Request {
    post(CALL).header("Authorization", format!("DPoP {}", token.compact()))
}

/// A good proof for `token`.
pub fn proof_of(token: &Jws) -> Jws {
    proof_with(CLIENT.es256(), "POST", RESOURCE, NOW, &token.compact())
}

/// The answer to the good call.
pub fn output() -> Value {
    json!({
        "claims": with(&claims(), &[("aud", json!([RESOURCE]))]),
        "record": {
            "time": NOW, "role": "resource_server", "decided_by": RESOURCE, "outcome": "permit", "issuer": RAS_ISSUER,
            "client_id": CLIENT_ID, "subject": "user-1", "operation": "read_messages", "client_authenticated": false,
            "sender_constrained": false, "scope_asked": "chat.read", "scope_granted": "chat.read", "token_id": "at-1",
            "expires_at": NOW + 600,
        },
    })
}

/// The answer to the good call with a bound token.
pub fn bound_output() -> Value {
    with(
        &output(),
        &[
            ("claims/cnf", json!({"jkt": CLIENT.es256().thumbprint()})),
            ("record/sender_constrained", json!(true)),
        ],
    )
}
