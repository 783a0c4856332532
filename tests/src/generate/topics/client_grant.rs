//! `client.grant_request`: RFC 7523 §2.1 and ID-JAG §4.4 as a client lives them.

use crate::format::Topic;
use crate::generate::client_scene::{
    RANDOM, assertion, client_keys, cnf, id_jag, post, proof, ras, secret, signing,
};
use crate::generate::dsl::{GroupBuilder, TopicBuilder, case, fails_locally, with};
use crate::generate::scene::{CLIENT_ID, IDP_ISSUER, NOW, RAS_ISSUER, RAS_TOKEN_ENDPOINT, RESOURCE};
use crate::generate::web::{JWT_BEARER, refuse};
use serde_json::{Value, json};

const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

const JWT_DPOP: &str = "urn:ietf:params:oauth:grant-type:jwt-dpop";

/// The grant in hand, to be redeemed for this resource.
pub(super) fn held(changes: &[(&str, Value)]) -> Value {
    let held = json!({
        "id_jag": id_jag(&[]).compact(), "audience": RAS_ISSUER, "resource": RESOURCE, "random": RANDOM,
    });
    with(&held, changes)
}

/// The same, bound to the client's key.
pub(super) fn bound(changes: &[(&str, Value)]) -> Value {
    let bound =
        held(&[("id_jag", id_jag(&[("cnf", cnf())]).compact().into()), ("binding", "required".into())]);
    with(&bound, changes)
}

/// The parameters of a grant request, but for these.
fn form(assertion: &str, more: &[(&'static str, Value)]) -> Vec<(&'static str, Value)> {
    let mut form = vec![
        ("grant_type", json!(JWT_BEARER)),
        ("assertion", json!(assertion)),
        ("resource", json!(RESOURCE)),
        ("scope", json!("read write")),
    ];
    form.retain(|(name, _)| !more.iter().any(|(other, _)| other == name));
    form.extend(more.iter().filter(|(_, value)| !value.is_null()).cloned());
    form
}

fn signed(assertion_of_user: &str, more: &[(&'static str, Value)]) -> Vec<(&'static str, Value)> {
    let mut form = form(assertion_of_user, more);
    form.extend([
        ("client_id", json!(CLIENT_ID)),
        ("client_assertion_type", json!(ASSERTION_TYPE)),
        ("client_assertion", assertion(CLIENT_ID, RAS_ISSUER)),
    ]);
    form
}

/// What the client asks the resource authorization server for.
pub fn request() -> Topic {
    let mut topic = TopicBuilder::new("client.grant_request", "forms");
    let both = json!([signing(RAS_ISSUER, CLIENT_ID), signing(IDP_ISSUER, CLIENT_ID)]);
    let config = json!({"server": ras(), "credentials": both});
    let mut group = topic.group("The client signs.", config.clone(), client_keys(), NOW);
    let plain = id_jag(&[]).compact();
    let to = |more: &[(&'static str, Value)]| post(RAS_TOKEN_ENDPOINT, &signed(&plain, more), &[]);
    let unscoped = id_jag(&[("scope", Value::Null)]).compact();
    let details = json!([{"type": "file_access", "actions": ["read"]}]);
    for (id, comment, req, input, output) in [
        (
            "signed",
            "The grant, the resource and the scope it has.",
            &["JAG-061", "JAG-062", "AMB-018"][..],
            held(&[]),
            to(&[]),
        ),
        (
            "sole-audience",
            "The client's assertion names the issuer and nobody else, and is sent once.",
            &["R7523B-001", "R7523B-002", "R7523-001"],
            held(&[]),
            to(&[]),
        ),
        (
            "without-resource",
            "The grant says the resource.",
            &["AMB-007", "JAG-063"],
            held(&[("without_resource_parameter", json!(true))]),
            to(&[("resource", Value::Null)]),
        ),
        (
            "less-scope",
            "Less than the grant has.",
            &["AMB-017"],
            held(&[("scope", json!("read"))]),
            to(&[("scope", json!("read"))]),
        ),
        (
            "empty-scope",
            "Whatever the grant has.",
            &["AMB-017"],
            held(&[("scope", json!(""))]),
            to(&[("scope", Value::Null)]),
        ),
        (
            "no-scope",
            "The grant says nothing about scope.",
            &["AMB-017"],
            held(&[("id_jag", json!(unscoped))]),
            post(RAS_TOKEN_ENDPOINT, &signed(&unscoped, &[("scope", Value::Null)]), &[]),
        ),
        (
            "details",
            "With authorization details.",
            &["JAG-032"],
            held(&[("authorization_details", details)]),
            to(&[("authorization_details", json!(r#"[{"actions":["read"],"type":"file_access"}]"#))]),
        ),
    ] {
        group.valid(case(id, comment, "JAG §4.4", req), input, output);
    }
    let of_key = id_jag(&[("cnf", cnf())]).compact();
    let proven = |grant_type: &str| {
        let proof = proof("POST", RAS_TOKEN_ENDPOINT, &[]);
        post(RAS_TOKEN_ENDPOINT, &signed(&of_key, &[("grant_type", json!(grant_type))]), &[("DPoP", proof)])
    };
    group
        .valid(
            case(
                "bound",
                "A bound grant with its proof.",
                "JAG §9.8.1",
                &["JAG-100", "AMB-002", "R9449-001"],
            ),
            bound(&[("proof", json!({}))]),
            proven(JWT_BEARER),
        )
        .valid(
            case("jwt-dpop", "Under the other name.", "DESIGN §14", &["AMB-002", "JDPOP-001"]),
            bound(&[("proof", json!({})), ("jwt_dpop", json!(true))]),
            proven(JWT_DPOP),
        );
    let unbound_dpop = held(&[("proof", json!({})), ("jwt_dpop", json!(true))]);
    let proof_of = proof("POST", RAS_TOKEN_ENDPOINT, &[]);
    group.valid(
        case(
            "jwt-dpop-unbound",
            "A grant that is not bound, with a proof all the same.",
            "DESIGN §14",
            &["AMB-002"],
        ),
        unbound_dpop,
        post(RAS_TOKEN_ENDPOINT, &signed(&plain, &[("grant_type", json!(JWT_DPOP))]), &[("DPoP", proof_of)]),
    );
    refused(&mut group);
    others(&mut topic, &config);
    topic.finish()
}

fn refused(group: &mut GroupBuilder<'_>) {
    let key: &[&str] = &["JAG-100"];
    let proof = |member: &str, value: &str| bound(&[("proof", json!({member: value}))]);
    refuse(
        group,
        "bound",
        "JAG §9.8.1",
        &[
            ("bound-without-proof", "Without its proof.", key, bound(&[]), "proof_missing"),
            ("bound-other-key", "With another key's.", key, proof("key", "other"), "proof_key_mismatch"),
            (
                "bound-elsewhere",
                "With one for another address.",
                &["R9449-003"],
                proof("url", "https://auth.chat.example/"),
                "proof_uri_mismatch",
            ),
            (
                "bound-of-get",
                "With one for another method.",
                &["R9449-003"],
                proof("method", "GET"),
                "proof_method_mismatch",
            ),
        ],
    );
    refuse(
        group,
        "jwt-dpop-unbound",
        "DESIGN §14",
        &[(
            "jwt-dpop-without-proof",
            "Without a proof.",
            &["AMB-002", "JDPOP-001"],
            held(&[("jwt_dpop", json!(true))]),
            "proof_required",
        )],
    );
    refuse(
        group,
        "signed",
        "JAG §4.4",
        &[
            (
                "resource-fragment",
                "No resource.",
                &["R8707-002"],
                held(&[("resource", json!("https://mcp.chat.example/#"))]),
                "url_malformed",
            ),
            (
                "random-short",
                "Eleven random bytes.",
                &["R9449-002"],
                held(&[("random", json!("AAECAwQFBgcICQo"))]),
                "entropy_too_short",
            ),
            (
                "two-grants",
                "Two grants in one.",
                &["R7523-001"],
                held(&[("id_jag", json!(format!("{0} {0}", id_jag(&[]).compact())))]),
                "token_malformed",
            ),
        ],
    );
    group
        .valid(
            case("last-second", "A second before it ends.", "JAG §4.5", &["JAG-077"]).at(NOW + 299),
            held(&[("scope", json!("read"))]),
            with(&last_second(), &[]),
        )
        .invalid(
            case("expired", "An expired grant is not even shown.", "JAG §4.5", &["JAG-077"]).at(NOW + 300),
            "last-second",
            held(&[("scope", json!("read"))]),
            fails_locally("token_expired"),
        );
}

/// The request of the last second, whose assertion is as young as the request.
fn last_second() -> Value {
    let mut form = signed(&id_jag(&[]).compact(), &[("scope", json!("read"))]);
    for (name, value) in &mut form {
        if *name == "client_assertion" {
            *value = with(value, &[("payload/iat", json!(NOW + 299)), ("payload/exp", json!(NOW + 359))]);
        }
    }
    post(RAS_TOKEN_ENDPOINT, &form, &[])
}

/// Which credentials are used, and where.
fn others(topic: &mut TopicBuilder, config: &Value) {
    let secret_of = |method: &str| secret(RAS_ISSUER, CLIENT_ID, method, "s3cr3t");
    let (basic, posted) = (secret_of("client_secret_basic"), secret_of("client_secret_post"));
    let key = signing(RAS_ISSUER, CLIENT_ID);
    let plain = id_jag(&[]).compact();
    // base64("f53f191f9311af35:s3cr3t")
    let header = [("Authorization", json!("Basic ZjUzZjE5MWY5MzExYWYzNTpzM2NyM3Q="))];
    let methods = |names: Value| with(&ras(), &[("token_endpoint_auth_methods_supported", names)]);
    let req: &[&str] = &["JAG-063", "R6749-004"];
    for (id, comment, server, credentials, output) in [
        (
            "basic",
            "A secret in the header.",
            ras(),
            json!([basic]),
            post(RAS_TOKEN_ENDPOINT, &form(&plain, &[]), &header),
        ),
        (
            "post",
            "A secret in the body.",
            ras(),
            json!([posted]),
            post(
                RAS_TOKEN_ENDPOINT,
                &form(&plain, &[("client_id", json!(CLIENT_ID)), ("client_secret", json!("s3cr3t"))]),
                &[],
            ),
        ),
        (
            "key-first",
            "A key before a secret.",
            ras(),
            json!([basic, posted, key]),
            post(RAS_TOKEN_ENDPOINT, &signed(&plain, &[]), &[]),
        ),
        (
            "listed-first",
            "What the server lists before what it does not.",
            methods(json!(["client_secret_basic"])),
            json!([key, basic]),
            post(RAS_TOKEN_ENDPOINT, &form(&plain, &[]), &header),
        ),
    ] {
        let config = json!({"server": server, "credentials": credentials});
        topic.group(comment, config, client_keys(), NOW).valid(
            case(id, comment, "RFC 6749 §2.3", req),
            held(&[]),
            output,
        );
    }
    let mut group = topic.group(
        "The IdP is asked instead.",
        with(config, &[("server/issuer", IDP_ISSUER.into())]),
        client_keys(),
        NOW,
    );
    refuse(
        &mut group,
        "signed",
        "JAG §9.4",
        &[(
            "other-server",
            "The grant is for one server.",
            &["JAG-096"],
            held(&[]),
            "token_for_another_server",
        )],
    );
    let mut group = topic.group(
        "Nothing for this server.",
        with(config, &[("credentials", json!([signing(IDP_ISSUER, CLIENT_ID)]))]),
        client_keys(),
        NOW,
    );
    refuse(
        &mut group,
        "signed",
        "MCP authorization",
        &[(
            "no-credentials",
            "Credentials of another server are not used.",
            &["MCP-009", "JAG-063"],
            held(&[]),
            "credentials_issuer_mismatch",
        )],
    );
    let mut group = topic.group(
        "No credentials at all.",
        with(config, &[("credentials", json!([]))]),
        client_keys(),
        NOW,
    );
    refuse(
        &mut group,
        "signed",
        "JAG §4.4",
        &[(
            "no-credentials-at-all",
            "The client must be somebody.",
            &["JAG-063"],
            held(&[]),
            "credentials_issuer_mismatch",
        )],
    );
}
