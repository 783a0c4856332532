//! RFC 7521 §4.2, RFC 7523 §2.2 and §3 with rfc7523bis: clients that authenticate by `private_key_jwt`.

use serde_json::{Value, json};

use super::Endpoint;
use crate::generate::dsl::{TopicBuilder, case, fails, with};
use crate::generate::keys::{ATTACKER, CLIENT, jwks};
use crate::generate::mint::{Jws, break_signature};
use crate::generate::request::Request;
use crate::generate::scene::NOW;

const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// A good client assertion.
pub fn client_assertion(endpoint: &Endpoint) -> Jws {
    Jws::new(
        CLIENT.es256(),
        "client-authentication+jwt",
        &json!({
            "iss": endpoint.client_id, "sub": endpoint.client_id, "aud": endpoint.issuer, "jti": "assertion-1",
            "iat": NOW, "exp": NOW + 60,
        }),
    )
}

/// The record of a client that authenticates by `private_key_jwt`.
pub fn assertion_client(endpoint: &Endpoint) -> Value {
    endpoint.client(&json!({
        "token_endpoint_auth_method": "private_key_jwt",
        "jwks": jwks(&[CLIENT.es256()]),
    }))
}

/// `request`, authenticated by `assertion`.
pub fn with_assertion(request: &Request, assertion: &str) -> Request {
    request.clone().set("client_assertion_type", ASSERTION_TYPE).set("client_assertion", assertion)
}

/// Every way to authenticate so, and every way to fail.
pub fn add(topic: &mut TopicBuilder, endpoint: &Endpoint) {
    let good = client_assertion(endpoint);
    let send = |assertion: &Jws| with_assertion(&endpoint.request, &assertion.compact());
    let mut group = topic.group(
        "The client is registered for private_key_jwt.",
        assertion_client(endpoint),
        endpoint.keys.clone(),
        NOW,
    );
    for (id, comment, assertion) in [
        ("assertion", "A good client assertion.", good.clone()),
        (
            "assertion-typ-jwt",
            "The type that clients older than rfc7523bis write.",
            good.clone().header("typ", "JWT"),
        ),
        ("assertion-no-typ", "No type.", good.clone().without_header("typ")),
        (
            "assertion-aud-array",
            "The audience in an array of one.",
            good.clone().claim("aud", json!([endpoint.issuer])),
        ),
    ] {
        group.valid(
            case(id, comment, "RFC 7523 §3, rfc7523bis §4", &["R7523B-001"]),
            send(&assertion).input(),
            endpoint.output.clone(),
        );
    }
    type Row = (&'static str, &'static str, &'static [&'static str], Jws, &'static str);
    #[rustfmt::skip]
    let rows: Vec<Row> = vec![
        ("assertion-endpoint-aud", "The token endpoint as audience.", &["R7523B-002", "R7521-004"], good.clone().claim("aud", endpoint.token_endpoint), "audience_mismatch"),
        ("assertion-two-aud", "A second audience.", &["R7523B-001", "R7521-004"], good.clone().claim("aud", json!([endpoint.issuer, "https://other.example"])), "audience_mismatch"),
        ("assertion-no-aud", "No audience.", &["R7523B-001"], good.clone().without("aud"), "claim_missing"),
        ("assertion-other-iss", "`iss` is another client.", &["R7523-004", "R7521-004"], good.clone().claim("iss", "another-client"), "issuer_mismatch"),
        ("assertion-other-sub", "`sub` is another client.", &["R7523-004", "R7521-004"], good.clone().claim("sub", "another-client"), "client_unknown"),
        ("assertion-expired", "It has expired.", &["R7521-004"], good.clone().claim("exp", NOW - 60), "token_expired"),
        ("assertion-no-exp", "It never expires.", &["R7521-004"], good.clone().without("exp"), "claim_missing"),
        ("assertion-long", "It lives longer than ten minutes.", &["AMB-025"], good.clone().claim("exp", NOW + 601), "lifetime_too_long"),
        ("assertion-no-jti", "No `jti`.", &["R7521-004"], good.clone().without("jti"), "claim_missing"),
        ("assertion-other-type", "The type of another profile.", &["R7521-004"], good.clone().header("typ", "oauth-id-jag+jwt"), "typ_mismatch"),
        ("assertion-other-signer", "Another key signed it.", &["R7521-004"], good.clone().signed_by(ATTACKER.es256()), "signature_invalid"),
        ("assertion-unknown-key", "A key that the client has not registered.", &["R7521-004"], good.clone().header("kid", "attacker-es256"), "key_unknown"),
        ("assertion-hs256", "A MAC.", &["R7521-004", "AMB-013"], good.clone().header("alg", "HS256"), "algorithm_not_allowed"),
    ];
    for (id, comment, req, assertion, code) in rows {
        group.invalid(
            case(id, comment, "RFC 7521 §4.2.1", req),
            "assertion",
            send(&assertion).input(),
            fails(code, "invalid_client"),
        );
    }
    let request = send(&good);
    type Raw = (&'static str, &'static str, &'static [&'static str], Request, &'static str, &'static str);
    #[rustfmt::skip]
    let rows: Vec<Raw> = vec![
        ("assertion-broken", "One bit of the signature is flipped.", &["R7521-004"], with_assertion(&endpoint.request, &break_signature(&good.compact())), "signature_invalid", "invalid_client"),
        ("assertion-garbage", "No JWT at all.", &["R7521-004"], with_assertion(&endpoint.request, "garbage"), "token_malformed", "invalid_client"),
        ("assertion-type-other", "Another `client_assertion_type`.", &["R7521-004"], request.clone().set("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:saml2-bearer"), "parameter_malformed", "invalid_request"),
        ("assertion-type-missing", "No `client_assertion_type`.", &["R7521-004"], request.clone().without("client_assertion_type"), "parameter_missing", "invalid_request"),
        ("assertion-other-client-id", "`client_id` names another client.", &["R7521-003"], request.set("client_id", "another-client"), "client_authentication_failed", "invalid_client"),
    ];
    for (id, comment, req, request, code, oauth) in rows {
        group.invalid(
            case(id, comment, "RFC 7521 §4.2", req),
            "assertion",
            request.input(),
            fails(code, oauth),
        );
    }
    let config =
        with(&assertion_client(endpoint), &[("server/dangerous_token_endpoint_audience", json!(true))]);
    topic
        .group("The token endpoint is accepted as audience, by name.", config, endpoint.keys.clone(), NOW)
        .valid(
            case(
                "assertion-endpoint-aud-accepted",
                "A client older than rfc7523bis.",
                "RFC 7523 §3",
                &["R7523B-002"],
            ),
            send(&good.clone().claim("aud", endpoint.token_endpoint)).input(),
            endpoint.output.clone(),
        );
}
