//! RFC 6749 §2.3: who sends a request to a token endpoint.

use serde_json::{Value, json};

use super::assertions::{self, client_assertion, with_assertion};
use super::{Endpoint, OTHER_SECRET, SECRET, digest};
use crate::format::Topic;
use crate::generate::dsl::{TopicBuilder, case, fails, with};
use crate::generate::keys::CLIENT;
use crate::generate::request::{Request, basic_of};
use crate::generate::scene::NOW;

/// Every way to authenticate, and every way to fail.
pub fn topic(endpoint: &Endpoint) -> Topic {
    let mut topic = TopicBuilder::new(endpoint.operation, "clients");
    basic(&mut topic, endpoint);
    post(&mut topic, endpoint);
    assertions::add(&mut topic, endpoint);
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
    #[rustfmt::skip]
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
