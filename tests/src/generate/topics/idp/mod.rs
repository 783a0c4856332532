//! `idp.token_exchange`: a user's assertion is exchanged for an ID-JAG.

pub mod actors;
pub mod configuration;
pub mod conversations;
pub mod hosts;
pub mod policy;
pub mod replay;
pub mod responses;
pub mod revoked;
pub mod rights;
pub mod subjects;
pub mod targets;
pub mod tenants;

use serde_json::{Value, json};

use super::endpoints::{self, Endpoint, SECRET, basic_client, headers};
use crate::format::{Keys, Topic};
use crate::generate::dsl::keys;
use crate::generate::keys::{IDP, jwks};
use crate::generate::mint::Jws;
use crate::generate::request::Request;
use crate::generate::scene::{CLIENT_AT_IDP, CLIENT_ID, IDP_ISSUER, NOW, RAS_ISSUER, RESOURCE, SUBJECT};

/// RFC 8693 §2.1.
pub const TOKEN_EXCHANGE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
/// ID-JAG §4.3.
pub const ID_JAG: &str = "urn:ietf:params:oauth:token-type:id-jag";
/// RFC 8693 §3.
pub const ID_TOKEN: &str = "urn:ietf:params:oauth:token-type:id_token";
/// The provider's token endpoint.
pub const TOKEN_ENDPOINT: &str = "https://acme.idp.example/oauth2/token";
/// The user, as the audience's SSO would name it.
pub const SUBJECT_THERE: &str = "pairwise-for-chat";

/// One app, one server, one rule.
pub fn policy_document() -> Value {
    json!({
        "version": 1,
        "apps": [{"id": "chat-agent", "client_ids": [CLIENT_AT_IDP], "status": "approved"}],
        "servers": [{"id": "chat", "issuer": RAS_ISSUER, "resources": [RESOURCE], "client_ids": {"chat-agent": CLIENT_ID}}],
        "rules": [{
            "id": "everybody", "effect": "permit", "apps": {"any": true}, "servers": {"any": true},
            "subjects": {"any": true}, "scopes": ["chat.read", "chat.history"],
            "authorization_details_types": ["channel"],
        }],
    })
}

/// A provider with one client and one audience.
pub fn config() -> Value {
    json!({
        "server": {"issuer": IDP_ISSUER, "token_endpoint": TOKEN_ENDPOINT, "audiences": [{
            "issuer": RAS_ISSUER,
            "detail_types": {"channel": {"members": ["channel"], "required": ["channel"]}, "export": {}},
        }]},
        "policy": policy_document(),
        "clients": [basic_client(CLIENT_AT_IDP)],
        "directory": [{"subject": SUBJECT, "audience": RAS_ISSUER, "user": {"subject": SUBJECT_THERE}}],
    })
}

/// The provider's keys.
pub fn provider_keys() -> Keys {
    keys().set(IDP_ISSUER, jwks(&[IDP.es256()])).private("server", IDP.es256())
}

/// A good ID Token.
pub fn id_token() -> Jws {
    Jws::new(
        IDP.es256(),
        "JWT",
        &json!({
            "iss": IDP_ISSUER, "sub": SUBJECT, "aud": CLIENT_AT_IDP, "iat": NOW - 100, "exp": NOW + 3500, "auth_time": NOW - 100,
        }),
    )
}

/// The request that exchanges `subject_token`, by nobody.
pub fn exchange_text(subject_token: &str) -> Request {
    Request::form(&[
        ("grant_type", TOKEN_EXCHANGE),
        ("requested_token_type", ID_JAG),
        ("audience", RAS_ISSUER),
        ("resource", RESOURCE),
        ("scope", "chat.read chat.history"),
        ("subject_token", subject_token),
        ("subject_token_type", ID_TOKEN),
    ])
}

/// The request that exchanges `token`, by the client.
pub fn exchange(token: &Jws) -> Request {
    exchange_text(&token.compact()).basic(CLIENT_AT_IDP, SECRET)
}

/// The good request.
pub fn good() -> Request {
    exchange(&id_token())
}

/// The answer to it.
pub fn output() -> Value {
    json!({
        "status": 200,
        "headers": headers(),
        "body": {
            "access_token": {
                "header": {"alg": "ES256", "kid": "idp-es256", "typ": "oauth-id-jag+jwt"},
                "claims": {
                    "iss": IDP_ISSUER, "sub": SUBJECT_THERE, "aud": RAS_ISSUER, "client_id": CLIENT_ID, "jti": "jag-1",
                    "iat": NOW, "exp": NOW + 300, "resource": RESOURCE, "scope": "chat.history chat.read",
                    "auth_time": NOW - 100,
                },
            },
            "issued_token_type": ID_JAG, "token_type": "N_A", "expires_in": 300, "scope": "chat.history chat.read",
        },
        "record": {
            "time": NOW, "role": "idp", "decided_by": IDP_ISSUER, "outcome": "permit", "rules": ["everybody"],
            "app": "chat-agent", "client_id": CLIENT_AT_IDP, "target_client_id": CLIENT_ID, "client_authenticated": true,
            "sender_constrained": false, "issuer": IDP_ISSUER, "subject": SUBJECT, "audience": RAS_ISSUER,
            "resources": [RESOURCE], "scope_asked": "chat.history chat.read", "scope_granted": "chat.history chat.read",
            "auth_time": NOW - 100, "token_id": "jag-1", "grant_id": "jag-1", "expires_at": NOW + 300,
        },
    })
}

/// The output with another scope asked for and granted.
pub fn scoped(output: &Value, asked: &str, granted: &str) -> Value {
    super::resource_as::scoped(output, asked, granted)
}

/// The provider as a token endpoint.
pub fn endpoint() -> Endpoint {
    Endpoint {
        operation: "idp.token_exchange",
        issuer: IDP_ISSUER,
        token_endpoint: TOKEN_ENDPOINT,
        client_id: CLIENT_AT_IDP,
        grant_type: TOKEN_EXCHANGE,
        token_parameter: "subject_token",
        config: config(),
        keys: provider_keys(),
        request: exchange_text(&id_token().compact()),
        output: output(),
    }
}

/// Requests.
pub fn requests() -> Topic {
    endpoints::requests::topic(&endpoint())
}

/// Clients.
pub fn clients() -> Topic {
    endpoints::clients::topic(&endpoint())
}

/// Proofs.
pub fn proofs() -> Topic {
    endpoints::proofs::topic(&endpoint())
}
