//! Responses and requests of the vectors of the client's side, and tables of refusals.

use serde_json::{Value, json};

use super::dsl::{GroupBuilder, case, fails_locally};
use super::scene::{RAS_ISSUER, RAS_TOKEN_ENDPOINT, RESOURCE};
use crate::json::compact;

/// RFC 7523 §2.1.
pub const JWT_BEARER: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";
/// RFC 8693 §2.1.
pub const TOKEN_EXCHANGE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
/// ID-JAG §7.2.
pub const ID_JAG_PROFILE: &str = "urn:ietf:params:oauth:grant-profile:id-jag";
/// ID-JAG §4.3.
pub const ID_JAG_TYPE: &str = "urn:ietf:params:oauth:token-type:id-jag";

/// One refusal of a table: id, comment, requirements, input, code.
pub type Refusal<'a> = (&'static str, &'a str, &'a [&'a str], Value, &'a str);

/// Adds invalid cases that differ from `twin`.
pub fn refuse(group: &mut GroupBuilder<'_>, twin: &str, spec: &'static str, rows: &[Refusal<'_>]) {
    for (id, comment, req, input, code) in rows {
        group.invalid(case(id, comment, spec, req), twin, input.clone(), fails_locally(code));
    }
}

/// A response with this media type and body text.
pub fn response(status: u16, media_type: &str, body: &str) -> Value {
    json!({"status": status, "headers": [["Content-Type", media_type]], "body": body})
}

/// A JSON response.
pub fn json_response(status: u16, body: &Value) -> Value {
    response(status, "application/json", &compact(body))
}

/// A document that was found.
pub fn found(document: &Value) -> Value {
    json_response(200, document)
}

/// No document here.
pub fn not_found() -> Value {
    response(404, "text/plain", "not found")
}

/// A request for a document.
pub fn get(url: &str) -> Value {
    json!({"method": "GET", "url": url, "headers": [["Accept", "application/json"]]})
}

/// A published document.
pub fn published(document: Value) -> Value {
    let headers = json!([["Content-Type", "application/json"], ["Cache-Control", "public, max-age=300"]]);
    json!({"status": 200, "headers": headers, "body": document})
}

/// The metadata of the resource authorization server.
pub fn ras_document() -> Value {
    json!({
        "issuer": RAS_ISSUER,
        "token_endpoint": RAS_TOKEN_ENDPOINT,
        "jwks_uri": "https://auth.chat.example/jwks.json",
        "grant_types_supported": [JWT_BEARER],
        "authorization_grant_profiles_supported": [ID_JAG_PROFILE],
    })
}

/// What a client understands of it.
pub fn ras_as_read() -> Value {
    let mut read = ras_document();
    read["id_jag_profile"] = "listed".into();
    read["supports_id_jag"] = true.into();
    read
}

/// The metadata of the resource.
pub fn resource_document() -> Value {
    json!({"resource": RESOURCE, "authorization_servers": [RAS_ISSUER]})
}
