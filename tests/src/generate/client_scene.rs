//! What the topics of the client share: who it is where, the grants it holds, and what its requests look like.

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::dsl::with;
use super::keys::{ATTACKER, CLIENT, CLIENT2, IDP};
use super::mint::Jws;
use super::scene::{CLIENT_ID, IDP_ISSUER, NOW, RAS_ISSUER, RAS_TOKEN_ENDPOINT, RESOURCE, SUBJECT};
use super::web::{ID_JAG_TYPE, json_response};
use crate::expand::base64url;
use crate::format::Keys;

/// The token endpoint of the identity provider.
pub const IDP_TOKEN_ENDPOINT: &str = "https://acme.idp.example/token";
/// Twelve random bytes, the fewest there may be, as base64url.
pub const RANDOM: &str = "AAECAwQFBgcICQoL";

/// The keys of a client: for its assertions, for its proofs, and one that is neither.
pub fn client_keys() -> Keys {
    Keys::default()
        .private("client", CLIENT.es256())
        .private("dpop", CLIENT2.es256())
        .private("other", ATTACKER.es256())
}

/// The identity provider as a server to ask.
pub fn idp() -> Value {
    json!({"issuer": IDP_ISSUER, "token_endpoint": IDP_TOKEN_ENDPOINT})
}

/// The resource authorization server as a server to ask.
pub fn ras() -> Value {
    json!({"issuer": RAS_ISSUER, "token_endpoint": RAS_TOKEN_ENDPOINT})
}

/// Credentials that are a signature.
pub fn signing(issuer: &str, client_id: &str) -> Value {
    json!({"issuer": issuer, "client_id": client_id, "token_endpoint_auth_method": "private_key_jwt"})
}

/// Credentials that are a secret.
pub fn secret(issuer: &str, client_id: &str, method: &str, secret: &str) -> Value {
    let base = json!({"issuer": issuer, "client_id": client_id});
    with(&base, &[("token_endpoint_auth_method", method.into()), ("client_secret", secret.into())])
}

/// The `jti` that the client makes of [`RANDOM`].
pub fn token_id(label: &str) -> String {
    made_of(label, 0, &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11])
}

/// What a client makes of random bytes: the hash of a counter, a label with its length, and the bytes.
pub fn made_of(label: &str, count: u64, random: &[u8]) -> String {
    let length = u64::try_from(label.len()).expect("a short label");
    let parts = [&count.to_be_bytes()[..], &length.to_be_bytes(), label.as_bytes(), random];
    base64url(&Sha256::digest(parts.concat()))
}

/// The client assertion of an exact request.
pub fn assertion(client_id: &str, issuer: &str) -> Value {
    json!({
        "header": {"alg": "ES256", "kid": CLIENT.es256().kid(), "typ": "client-authentication+jwt"},
        "payload": {
            "iss": client_id, "sub": client_id, "aud": issuer, "iat": NOW, "exp": NOW + 60,
            "jti": token_id("client_assertion"),
        },
    })
}

/// The proof of an exact request.
pub fn proof(method: &str, url: &str, more: &[(&str, Value)]) -> Value {
    let payload = json!({"htm": method, "htu": url, "iat": NOW, "jti": token_id("dpop_proof")});
    json!({
        "header": {"alg": "ES256", "typ": "dpop+jwt", "jwk": CLIENT2.es256().bare_jwk()},
        "payload": with(&payload, more),
    })
}

/// A POST of these parameters, sorted by name, with more header fields.
pub fn post(url: &str, form: &[(&str, Value)], headers: &[(&str, Value)]) -> Value {
    let mut form: Vec<Value> = form.iter().map(|(name, value)| json!([name, value])).collect();
    form.sort_by_key(|pair| pair[0].as_str().map(String::from));
    let mut fields = vec![
        json!(["Content-Type", "application/x-www-form-urlencoded"]),
        json!(["Accept", "application/json"]),
    ];
    fields.extend(headers.iter().map(|(name, value)| json!([name, value])));
    json!({"method": "POST", "url": url, "headers": fields, "form": form})
}

/// The claims of an ID-JAG for the chat service.
pub fn claims() -> Value {
    json!({
        "iss": IDP_ISSUER, "sub": SUBJECT, "aud": RAS_ISSUER, "client_id": CLIENT_ID, "jti": "jag-1",
        "iat": NOW, "exp": NOW + 300, "resource": RESOURCE, "scope": "read write",
    })
}

/// An ID-JAG with these changes.
pub fn id_jag(changes: &[(&str, Value)]) -> Jws {
    Jws::new(IDP.es256(), "oauth-id-jag+jwt", &with(&claims(), changes))
}

/// The confirmation of the key that the client proves.
pub fn cnf() -> Value {
    json!({"jkt": CLIENT2.es256().thumbprint()})
}

/// The IdP's response with this ID-JAG and these changes.
pub fn exchanged(id_jag: &Jws, changes: &[(&str, Value)]) -> Value {
    let body =
        json!({"issued_token_type": ID_JAG_TYPE, "token_type": "N_A", "access_token": id_jag.compact()});
    json_response(200, &with(&body, changes))
}
