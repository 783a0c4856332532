//! `resource_as.token`: an ID-JAG is redeemed for an access token.

pub mod binding;
pub mod configuration;
pub mod conversations;
pub mod delegation;
pub mod details;
pub mod grants;
pub mod policy;
pub mod replay;
pub mod responses;
pub mod revocation;
pub mod revoked;
pub mod signatures;
pub mod targets;
pub mod tenants;

use serde_json::{Value, json};

use super::endpoints::{self, Endpoint, basic_client, headers};
use crate::format::{Keys, Topic};
use crate::generate::dsl::{keys, with};
use crate::generate::keys::{IDP, RAS, jwks};
use crate::generate::mint::Jws;
use crate::generate::request::Request;
use crate::generate::scene::{CLIENT_ID, IDP_ISSUER, NOW, RAS_ISSUER, RAS_TOKEN_ENDPOINT, RESOURCE, SUBJECT};

/// RFC 7523 §2.1.
pub const JWT_BEARER: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";

/// A server that trusts one issuer and guards one resource.
pub fn config() -> Value {
    json!({
        "server": {
            "issuer": RAS_ISSUER,
            "token_endpoint": RAS_TOKEN_ENDPOINT,
            "trusted_issuers": [{"issuer": IDP_ISSUER, "clients": [CLIENT_ID]}],
            "resources": [{"id": RESOURCE, "scopes": "chat.history chat.read"}],
        },
        "clients": [basic_client(CLIENT_ID)],
        "accounts": [{"issuer": IDP_ISSUER, "subject": SUBJECT, "account": {"subject": "user-1"}}],
    })
}

/// The issuer's keys, and the server's own.
pub fn server_keys() -> Keys {
    keys().set(IDP_ISSUER, jwks(&[IDP.es256()])).private("server", RAS.es256())
}

/// A good ID-JAG.
pub fn grant() -> Jws {
    Jws::new(
        IDP.es256(),
        "oauth-id-jag+jwt",
        &json!({
            "iss": IDP_ISSUER, "sub": SUBJECT, "aud": RAS_ISSUER, "client_id": CLIENT_ID, "jti": "jag-1", "iat": NOW,
            "exp": NOW + 300, "resource": RESOURCE, "scope": "chat.read chat.history",
        }),
    )
}

/// The request that redeems `assertion`, by nobody.
pub fn redeem_text(assertion: &str) -> Request {
    Request::form(&[("grant_type", JWT_BEARER), ("assertion", assertion)])
}

/// The request that redeems `grant`, by the client.
pub fn redeem(grant: &Jws) -> Request {
    redeem_text(&grant.compact()).basic(CLIENT_ID, endpoints::SECRET)
}

/// The answer to the good request.
pub fn output() -> Value {
    json!({
        "status": 200,
        "headers": headers(),
        "body": {
            "access_token": {
                "header": {"alg": "ES256", "kid": "ras-es256", "typ": "at+jwt"},
                "claims": {
                    "iss": RAS_ISSUER, "sub": "user-1", "aud": RESOURCE, "client_id": CLIENT_ID, "jti": "at-1",
                    "iat": NOW, "exp": NOW + 600, "scope": "chat.history chat.read", "jag_jti": "jag-1",
                },
            },
            "token_type": "Bearer", "expires_in": 600, "scope": "chat.history chat.read", "resource": RESOURCE,
        },
        "record": {
            "time": NOW, "role": "resource_as", "decided_by": RAS_ISSUER, "outcome": "permit", "client_id": CLIENT_ID,
            "client_authenticated": true, "sender_constrained": false, "issuer": IDP_ISSUER, "subject": SUBJECT,
            "audience": RAS_ISSUER, "resources": [RESOURCE], "scope_asked": "chat.history chat.read",
            "scope_granted": "chat.history chat.read", "token_id": "at-1", "grant_id": "jag-1",
            "expires_at": NOW + 600,
        },
    })
}

/// The output with another scope asked for and granted.
pub fn scoped(output: &Value, asked: &str, granted: &str) -> Value {
    with(
        output,
        &[
            ("body/scope", json!(granted)),
            ("body/access_token/claims/scope", json!(granted)),
            ("record/scope_asked", json!(asked)),
            ("record/scope_granted", json!(granted)),
        ],
    )
}

/// The server as a token endpoint.
pub fn endpoint() -> Endpoint {
    Endpoint {
        operation: "resource_as.token",
        issuer: RAS_ISSUER,
        token_endpoint: RAS_TOKEN_ENDPOINT,
        client_id: CLIENT_ID,
        grant_type: JWT_BEARER,
        token_parameter: "assertion",
        config: config(),
        keys: server_keys(),
        request: redeem_text(&grant().compact()),
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
