//! RFC 6749 §2.3, RFC 7521 §4.2, RFC 7523 §2.2 and §3 with rfc7523bis: who sends a request to a token endpoint.

use serde_json::{Value, json};

use super::{Endpoint, OTHER_SECRET, SECRET, digest};
use crate::format::Topic;
use crate::generate::dsl::{TopicBuilder, case, fails, with};
use crate::generate::keys::{ATTACKER, CLIENT, jwks};
use crate::generate::mint::{Jws, break_signature};
use crate::generate::request::{Request, basic_of};
use crate::generate::scene::NOW;

const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// Every way to authenticate, and every way to fail.
pub fn topic(endpoint: &Endpoint) -> Topic {
    let mut topic = TopicBuilder::new(endpoint.operation, "clients");
    basic(&mut topic, endpoint);
    post(&mut topic, endpoint);
    assertion(&mut topic, endpoint);
    public(&mut topic, endpoint);
    topic.finish()
}

fn basic(topic: &mut TopicBuilder, endpoint: &Endpoint) {
    let mut group = topic.group(
        "The client is registered for client_secret_basic.",
        endpoint.config.clone(),
        endpoint.keys.clone(),
        NOW,
    );
    let bare = &endpoint.request;
    let good = endpoint.good();
    let id = endpoint.client_id;
    group
        .valid(
            case("basic", "The right secret.", "RFC 6749 §2.3.1", &["JAG-063"]),
            good.input(),
            endpoint.output.clone(),
        )
        .valid(
            case(
                "basic-and-client-id",
                "A `client_id` beside it that names the same client.",
                "RFC 6749 §3.2.1",
                &[],
            ),
            good.clone().set("client_id", id).input(),
            endpoint.output.clone(),
        );
    type Row = (&'static str, &'static str, &'static [&'static str], Request, &'static str, &'static str);
    let both = good.clone().set("client_id", id);
    let rows: Vec<Row> = vec![
        (
            "basic-wrong-secret",
            "Another secret.",
            &["R6749-011", "AMB-020"],
            bare.clone().basic(id, OTHER_SECRET),
            "client_authentication_failed",
            "invalid_client",
        ),
        (
            "basic-empty-secret",
            "An empty secret.",
            &["R6749-011"],
            bare.clone().basic(id, ""),
            "client_authentication_failed",
            "invalid_client",
        ),
        (
            "basic-unknown-client",
            "A client that nobody registered.",
            &["R6749-011"],
            bare.clone().basic("nobody-we-know", SECRET),
            "client_unknown",
            "invalid_client",
        ),
        (
            "nothing",
            "Nobody says who sends this.",
            &["JAG-063", "EMA-007", "AMB-020"],
            bare.clone(),
            "client_authentication_missing",
            "invalid_client",
        ),
        (
            "two-fields",
            "Two Authorization fields.",
            &["R6749-004"],
            good.clone().header("Authorization", basic_of("x:y")),
            "authentication_repeated",
            "invalid_request",
        ),
        (
            "basic-and-post",
            "The secret in the body too.",
            &["R6749-004"],
            good.clone().set("client_secret", SECRET),
            "authentication_repeated",
            "invalid_request",
        ),
        (
            "basic-and-assertion",
            "A client assertion too.",
            &["R6749-004"],
            good.clone().set("client_assertion", client_assertion(endpoint).compact()),
            "authentication_repeated",
            "invalid_request",
        ),
        (
            "not-base64",
            "Credentials that are not base64.",
            &["R6749-005"],
            bare.clone().authorization("Basic not*base64"),
            "authorization_malformed",
            "invalid_request",
        ),
        (
            "no-colon",
            "Credentials without a colon.",
            &["R6749-005"],
            bare.clone().authorization(&basic_of("just-a-name")),
            "authorization_malformed",
            "invalid_request",
        ),
        (
            "broken-percent",
            "A broken percent-encoding in the secret.",
            &["R6749-005"],
            bare.clone().authorization(&basic_of(&format!("{id}:%zz"))),
            "authorization_malformed",
            "invalid_request",
        ),
        (
            "bearer-scheme",
            "An access token in place of client credentials.",
            &["JAG-063"],
            bare.clone().authorization("Bearer some.access.token"),
            "authorization_malformed",
            "invalid_request",
        ),
    ];
    for (id, comment, req, request, code, oauth) in rows {
        group.invalid(case(id, comment, "RFC 6749 §2.3", req), "basic", request.input(), fails(code, oauth));
    }
    group
        .invalid(
            case("basic-other-client-id", "`client_id` names another client.", "RFC 7521 §4.2", &[]),
            "basic-and-client-id",
            both.clone().set("client_id", "another-client").input(),
            fails("client_authentication_failed", "invalid_client"),
        )
        .invalid(
            case(
                "only-client-id",
                "A confidential client only says its name.",
                "RFC 6749 §3.2.1",
                &["EMAP12-017", "AMB-020", "EMA-007"],
            ),
            "basic-and-client-id",
            bare.clone().set("client_id", id).input(),
            fails("client_authentication_missing", "invalid_client"),
        );
    let record = |changes: &[(&str, Value)]| with(&endpoint.config, changes);
    topic
        .group(
            "The client may not use this grant.",
            record(&[("clients/0/may_use_grant", json!(false))]),
            endpoint.keys.clone(),
            NOW,
        )
        .invalid(
            case(
                "grant-not-allowed",
                "The client is who it says, but not registered for the grant.",
                "RFC 6749 §5.2",
                &["R6749-010"],
            ),
            "basic",
            good.input(),
            fails("client_not_permitted", "unauthorized_client"),
        );
    topic
        .group(
            "The secret is being changed.",
            record(&[(
                "clients/0/client_secret_sha256",
                json!([digest("the-next-secret-of-it"), digest(SECRET)]),
            )]),
            endpoint.keys.clone(),
            NOW,
        )
        .valid(
            case("old-secret", "The old one.", "RFC 6749 §2.3.1", &[]),
            good.input(),
            endpoint.output.clone(),
        )
        .valid(
            case("new-secret", "The new one.", "RFC 6749 §2.3.1", &[]),
            bare.clone().basic(id, "the-next-secret-of-it").input(),
            endpoint.output.clone(),
        )
        .invalid(
            case("neither-secret", "Neither.", "RFC 6749 §2.3.1", &["R6749-011"]),
            "old-secret",
            bare.clone().basic(id, OTHER_SECRET).input(),
            fails("client_authentication_failed", "invalid_client"),
        );
}

fn post(topic: &mut TopicBuilder, endpoint: &Endpoint) {
    let config = endpoint.client(&json!({
        "token_endpoint_auth_method": "client_secret_post",
        "client_secret_sha256": [digest(SECRET)],
    }));
    let good = endpoint.request.clone().set("client_id", endpoint.client_id).set("client_secret", SECRET);
    topic
        .group("The client is registered for client_secret_post.", config, endpoint.keys.clone(), NOW)
        .valid(
            case("post", "The right secret.", "RFC 6749 §2.3.1", &[]),
            good.input(),
            endpoint.output.clone(),
        )
        .invalid(
            case("post-wrong-secret", "Another secret.", "RFC 6749 §5.2", &["AMB-020"]),
            "post",
            good.clone().set("client_secret", OTHER_SECRET).input(),
            fails("client_authentication_failed", "invalid_client"),
        )
        .invalid(
            case(
                "post-no-secret",
                "An empty secret counts as none.",
                "RFC 6749 §3.2",
                &["R6749-002", "JAG-063"],
            ),
            "post",
            good.clone().set("client_secret", "").input(),
            fails("client_authentication_missing", "invalid_client"),
        )
        .invalid(
            case("post-no-client-id", "A secret without a name.", "RFC 6749 §2.3.1", &["R6749-010"]),
            "post",
            good.without("client_id").input(),
            fails("parameter_missing", "invalid_request"),
        );
    topic
        .group(
            "The same client, registered for client_secret_basic.",
            endpoint.config.clone(),
            endpoint.keys.clone(),
            NOW,
        )
        .invalid(
            case(
                "post-for-basic",
                "The right secret by a method that is not the client's.",
                "RFC 6749 §2.3",
                &["AMB-020"],
            ),
            "post",
            endpoint
                .request
                .clone()
                .set("client_id", endpoint.client_id)
                .set("client_secret", SECRET)
                .input(),
            fails("client_method_not_allowed", "invalid_client"),
        );
}

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

fn assertion(topic: &mut TopicBuilder, endpoint: &Endpoint) {
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
    let rows: Vec<Row> = vec![
        (
            "assertion-endpoint-aud",
            "The token endpoint as audience.",
            &["R7523B-002", "R7521-004"],
            good.clone().claim("aud", endpoint.token_endpoint),
            "audience_mismatch",
        ),
        (
            "assertion-two-aud",
            "A second audience.",
            &["R7523B-001", "R7521-004"],
            good.clone().claim("aud", json!([endpoint.issuer, "https://other.example"])),
            "audience_mismatch",
        ),
        ("assertion-no-aud", "No audience.", &["R7523B-001"], good.clone().without("aud"), "claim_missing"),
        (
            "assertion-other-iss",
            "`iss` is another client.",
            &["R7523-004", "R7521-004"],
            good.clone().claim("iss", "another-client"),
            "issuer_mismatch",
        ),
        (
            "assertion-other-sub",
            "`sub` is another client.",
            &["R7523-004", "R7521-004"],
            good.clone().claim("sub", "another-client"),
            "client_unknown",
        ),
        (
            "assertion-expired",
            "It has expired.",
            &["R7521-004"],
            good.clone().claim("exp", NOW - 60),
            "token_expired",
        ),
        (
            "assertion-no-exp",
            "It never expires.",
            &["R7521-004"],
            good.clone().without("exp"),
            "claim_missing",
        ),
        (
            "assertion-long",
            "It lives longer than ten minutes.",
            &["AMB-025"],
            good.clone().claim("exp", NOW + 601),
            "lifetime_too_long",
        ),
        ("assertion-no-jti", "No `jti`.", &["R7521-004"], good.clone().without("jti"), "claim_missing"),
        (
            "assertion-other-type",
            "The type of another profile.",
            &["R7521-004"],
            good.clone().header("typ", "oauth-id-jag+jwt"),
            "typ_mismatch",
        ),
        (
            "assertion-other-signer",
            "Another key signed it.",
            &["R7521-004"],
            good.clone().signed_by(ATTACKER.es256()),
            "signature_invalid",
        ),
        (
            "assertion-unknown-key",
            "A key that the client has not registered.",
            &["R7521-004"],
            good.clone().header("kid", "attacker-es256"),
            "key_unknown",
        ),
        (
            "assertion-hs256",
            "A MAC.",
            &["R7521-004", "AMB-013"],
            good.clone().header("alg", "HS256"),
            "algorithm_not_allowed",
        ),
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
    let rows: Vec<Raw> = vec![
        (
            "assertion-broken",
            "One bit of the signature is flipped.",
            &["R7521-004"],
            with_assertion(&endpoint.request, &break_signature(&good.compact())),
            "signature_invalid",
            "invalid_client",
        ),
        (
            "assertion-garbage",
            "No JWT at all.",
            &["R7521-004"],
            with_assertion(&endpoint.request, "garbage"),
            "token_malformed",
            "invalid_client",
        ),
        (
            "assertion-type-other",
            "Another `client_assertion_type`.",
            &["R7521-004"],
            request
                .clone()
                .set("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:saml2-bearer"),
            "parameter_malformed",
            "invalid_request",
        ),
        (
            "assertion-type-missing",
            "No `client_assertion_type`.",
            &["R7521-004"],
            request.clone().without("client_assertion_type"),
            "parameter_missing",
            "invalid_request",
        ),
        (
            "assertion-other-client-id",
            "`client_id` names another client.",
            &["R7521-003"],
            request.set("client_id", "another-client"),
            "client_authentication_failed",
            "invalid_client",
        ),
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

fn public(topic: &mut TopicBuilder, endpoint: &Endpoint) {
    let config = endpoint.client(&json!({"token_endpoint_auth_method": "none"}));
    let bare = endpoint.request.clone().set("client_id", endpoint.client_id);
    let good = bare.clone().proof(&endpoint.proof(CLIENT.es256()));
    let named = |output: Value| with(&output, &[("record/client_authenticated", json!(false))]);
    topic
        .group("The client cannot authenticate, and says so.", config.clone(), endpoint.keys.clone(), NOW)
        .valid(
            case("public", "It proves a key instead.", "ID-JAG §7.1", &["AMB-020"]),
            good.input(),
            named(endpoint.bound()),
        )
        .invalid(
            case("public-no-proof", "It proves nothing.", "ID-JAG §7.1", &["AMB-020", "EMAP12-017"]),
            "public",
            bare.input(),
            fails("proof_required", "invalid_grant"),
        )
        .invalid(
            case(
                "public-with-secret",
                "A secret that nobody asked for is wrong.",
                "RFC 7521 §4.1",
                &["R7523-014", "AMB-020"],
            ),
            "public",
            good.clone().set("client_secret", OTHER_SECRET).input(),
            fails("client_method_not_allowed", "invalid_client"),
        )
        .invalid(
            case(
                "public-with-assertion",
                "A client assertion that nobody asked for.",
                "RFC 7521 §4.1",
                &["R7523-014"],
            )
            .differs(&["/input/request/body/client_assertion", "/input/request/body/client_assertion_type"]),
            "public",
            with_assertion(&good, &client_assertion(endpoint).compact()).input(),
            fails("client_method_not_allowed", "invalid_client"),
        );
    let open = with(&config, &[("server/dangerous_public_clients_without_proof", json!(true))]);
    topic.group("Such clients are let in without a proof, by name.", open, endpoint.keys.clone(), NOW).valid(
        case("public-let-in", "It only says its name.", "ID-JAG §7.1", &["AMB-020"]),
        bare.input(),
        named(endpoint.output.clone()),
    );
    let bound = with(&endpoint.config, &[("clients/0/dpop_bound_access_tokens", json!(true))]);
    topic
        .group("The client is registered for bound tokens only.", bound, endpoint.keys.clone(), NOW)
        .valid(
            case("bound-client", "It sends a proof.", "RFC 9449 §5.2", &["R9449-023"]),
            endpoint.good().proof(&endpoint.proof(CLIENT.es256())).input(),
            endpoint.bound(),
        )
        .invalid(
            case("bound-client-no-proof", "It sends none.", "RFC 9449 §5.2", &["R9449-023", "AMB-015"]),
            "bound-client",
            endpoint.good().input(),
            fails("proof_required", "invalid_grant"),
        );
}
