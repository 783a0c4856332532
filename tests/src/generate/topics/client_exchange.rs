//! `client.exchange_request`: RFC 8693 §2.1 and ID-JAG §4.3.1 as a client lives them.

use crate::format::Topic;
use crate::generate::client_scene::{
    IDP_TOKEN_ENDPOINT, RANDOM, assertion, client_keys, idp, post, proof, ras, secret, signing,
};
use crate::generate::dsl::{GroupBuilder, TopicBuilder, case, fails_locally, with};
use crate::generate::scene::{CLIENT_AT_IDP, IDP_ISSUER, NOW, RAS_ISSUER, RESOURCE, RESOURCE2};
use crate::generate::web::{ID_JAG_TYPE, TOKEN_EXCHANGE, refuse};
use serde_json::{Value, json};

const ID_TOKEN: &str = "urn:ietf:params:oauth:token-type:id_token";

const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

pub(super) fn config(credentials: Value) -> Value {
    json!({"audience": ras(), "idp": idp(), "credentials": credentials})
}

pub(super) fn asked() -> Value {
    json!({"subject_token": "eyJ.id.token", "subject_token_type": ID_TOKEN, "random": RANDOM})
}

/// The parameters of every exchange, and these.
fn form(more: &[(&'static str, Value)]) -> Vec<(&'static str, Value)> {
    let mut form = vec![
        ("grant_type", json!(TOKEN_EXCHANGE)),
        ("requested_token_type", json!(ID_JAG_TYPE)),
        ("audience", json!(RAS_ISSUER)),
        ("subject_token", json!("eyJ.id.token")),
        ("subject_token_type", json!(ID_TOKEN)),
    ];
    form.retain(|(name, _)| !more.iter().any(|(other, _)| other == name));
    form.extend(more.iter().cloned());
    form
}

/// The same, signed.
pub(super) fn signed(more: &[(&'static str, Value)]) -> Vec<(&'static str, Value)> {
    let mut form = form(more);
    form.extend([
        ("client_id", json!(CLIENT_AT_IDP)),
        ("client_assertion_type", json!(ASSERTION_TYPE)),
        ("client_assertion", assertion(CLIENT_AT_IDP, IDP_ISSUER)),
    ]);
    form
}

/// What the client asks the IdP for.
pub fn request() -> Topic {
    let mut topic = TopicBuilder::new("client.exchange_request", "forms");
    let own = config(signing(IDP_ISSUER, CLIENT_AT_IDP));
    let mut group = topic.group("The client signs.", own.clone(), client_keys(), NOW);
    let details = json!([{"type": "file_access", "actions": ["read"]}]);
    let urn = |kind: &str| format!("urn:ietf:params:oauth:token-type:{kind}");
    let plain = |more: &[(&'static str, Value)]| post(IDP_TOKEN_ENDPOINT, &signed(more), &[]);
    let req: &[&str] = &["JAG-026", "JAG-027", "R8693-001"];
    for (id, comment, req, changes, output) in [
        ("signed", "What every request has.", req, vec![], plain(&[])),
        (
            "resource",
            "For a resource, as its metadata names it.",
            &["JAG-039", "EMA-005", "MCP-013"],
            vec![("resource", json!([RESOURCE]))],
            plain(&[("resource", json!(RESOURCE))]),
        ),
        (
            "scope-and-details",
            "With scope and authorization details.",
            &["JAG-031", "JAG-032", "R8693-007"],
            vec![("scope", json!("write read")), ("authorization_details", details.clone())],
            plain(&[
                ("scope", json!("read write")),
                ("authorization_details", json!(r#"[{"actions":["read"],"type":"file_access"}]"#)),
            ]),
        ),
        (
            "refresh-token",
            "With the IdP's refresh token.",
            &["JAG-033", "JAG-036", "R8693-002"],
            vec![("subject_token_type", json!(urn("refresh_token")))],
            plain(&[("subject_token_type", json!(urn("refresh_token")))]),
        ),
        (
            "saml",
            "With a SAML assertion.",
            &["JAG-033", "JAG-036"],
            vec![("subject_token_type", json!(urn("saml2")))],
            plain(&[("subject_token_type", json!(urn("saml2")))]),
        ),
        (
            "actor",
            "An actor token and its type.",
            &["JAG-038", "R8693-003"],
            vec![("actor_token", json!("eyJ.actor.token"))],
            plain(&[("actor_token", json!("eyJ.actor.token")), ("actor_token_type", json!(urn("jwt")))]),
        ),
    ] {
        group.valid(case(id, comment, "JAG §4.3", req), with(&asked(), &changes), output);
    }
    let two = with(&asked(), &[("resource", json!([RESOURCE, RESOURCE2]))]);
    let mut both = signed(&[("resource", json!(RESOURCE))]);
    both.push(("resource", json!(RESOURCE2)));
    group.valid(
        case(
            "two-resources",
            "For two resources, each a parameter.",
            "RFC 8693 §2.1",
            &["R8693-005", "R6749-001"],
        ),
        two,
        post(IDP_TOKEN_ENDPOINT, &both, &[]),
    );
    let proven = |more: &[(&str, Value)]| {
        post(IDP_TOKEN_ENDPOINT, &signed(&[]), &[("DPoP", proof("POST", IDP_TOKEN_ENDPOINT, more))])
    };
    group
        .valid(
            case(
                "proof",
                "With a proof of the client's key.",
                "RFC 9449 §4.2",
                &["R9449-001", "R9449-002", "R9449-003"],
            ),
            with(&asked(), &[("proof", json!({}))]),
            proven(&[]),
        )
        .valid(
            case("proof-with-nonce", "With the IdP's nonce in it.", "RFC 9449 §8", &["R9449-005"]),
            with(&asked(), &[("proof", json!({"nonce": "eyJ7S_zG"}))]),
            proven(&[("nonce", json!("eyJ7S_zG"))]),
        );
    let elsewhere = |signer: &str| with(&asked(), &[("signed_elsewhere_by", json!(signer))]);
    group.valid(
        case(
            "signed-elsewhere",
            "Signed by a KMS, with the key that was declared.",
            "DESIGN §5",
            &["JAG-063", "EMA-007"],
        ),
        elsewhere("client"),
        plain(&[]),
    );
    refuse(
        &mut group,
        "signed-elsewhere",
        "DESIGN §5",
        &[("signed-by-another-key", "With another.", &[], elsewhere("other"), "signer_mismatch")],
    );
    refused(&mut group);
    others(&mut topic, &own);
    topic.finish()
}

fn refused(group: &mut GroupBuilder<'_>) {
    let set = |member: &str, value: Value| with(&asked(), &[(member, value)]);
    let of = |resource: &str| set("resource", json!([resource]));
    let made = |member: &str, value: &str| set("proof", json!({member: value}));
    refuse(
        group,
        "resource",
        "RFC 8693 §2.1",
        &[
            (
                "resource-fragment",
                "With a fragment.",
                &["R8693-004", "R8707-002"],
                of("https://mcp.chat.example/#a"),
                "url_malformed",
            ),
            (
                "resource-empty-fragment",
                "With an empty one.",
                &["R8693-004", "R8707-002"],
                of("https://mcp.chat.example/#"),
                "url_malformed",
            ),
            ("resource-relative", "Relative.", &["R8693-004", "R8707-001"], of("/mcp"), "url_malformed"),
            ("resource-name", "A name.", &["R8693-004", "R8707-001"], of("chat"), "url_malformed"),
            (
                "resource-query",
                "With a query.",
                &["R8707-003"],
                of("https://mcp.chat.example/?a=b"),
                "resource_malformed",
            ),
            ("resource-http", "Not https.", &["MCP-035"], of("http://mcp.chat.example/"), "url_insecure"),
        ],
    );
    refuse(
        group,
        "signed",
        "DESIGN §3.2",
        &[
            (
                "random-short",
                "Eleven random bytes.",
                &["R9449-002"],
                set("random", json!("AAECAwQFBgcICQo")),
                "entropy_too_short",
            ),
            ("random-none", "None.", &["R9449-002"], set("random", json!("")), "entropy_too_short"),
        ],
    );
    refuse(
        group,
        "scope-and-details",
        "RFC 6749 §3.3",
        &[(
            "scope-quote",
            "No scope.",
            &["R6749-006"],
            with(
                &asked(),
                &[
                    ("scope", json!("wri\"te read")),
                    ("authorization_details", json!([{"type": "file_access", "actions": ["read"]}])),
                ],
            ),
            "scope_malformed",
        )],
    );
    let details = |details: Value| {
        with(&asked(), &[("scope", json!("write read")), ("authorization_details", details)])
    };
    refuse(
        group,
        "scope-and-details",
        "RFC 9396 §2",
        &[
            (
                "details-object",
                "Not a list.",
                &["JAG-032"],
                details(json!({"type": "file_access"})),
                "details_malformed",
            ),
            (
                "details-untyped",
                "Without a type.",
                &["JAG-032"],
                details(json!([{"actions": ["read"]}])),
                "details_malformed",
            ),
        ],
    );
    refuse(
        group,
        "proof",
        "RFC 9449 §4.2",
        &[
            (
                "proof-elsewhere",
                "Made for another address.",
                &["R9449-003"],
                made("url", "https://acme.idp.example/other"),
                "proof_uri_mismatch",
            ),
            (
                "proof-of-get",
                "Made for another method.",
                &["R9449-003"],
                made("method", "GET"),
                "proof_method_mismatch",
            ),
            (
                "nonce-control",
                "A nonce that cannot be one.",
                &["R9449-005"],
                made("nonce", "a\n"),
                "text_invalid",
            ),
        ],
    );
    group
        .valid(
            case("random-12", "Twelve are enough.", "RFC 9449 §4.2", &["R9449-002"]),
            asked(),
            post(IDP_TOKEN_ENDPOINT, &signed(&[]), &[]),
        )
        .invalid(
            case("milliseconds", "The time in milliseconds.", "DESIGN §3.2", &[]).at(NOW * 1000),
            "signed",
            asked(),
            fails_locally("invalid_now"),
        );
}

/// Other ways to authenticate, and credentials of another server.
fn others(topic: &mut TopicBuilder, own: &Value) {
    let of = |method: &str| config(secret(IDP_ISSUER, CLIENT_AT_IDP, method, "p@ss: w%rd+"));
    let strange =
        config(secret(IDP_ISSUER, "https://client.example/id?a=b c:d", "client_secret_basic", "p@ss: w%rd+"));
    // base64("https%3A%2F%2Fclient.example%2Fid%3Fa%3Db+c%3Ad:p%40ss%3A+w%25rd%2B")
    let basic =
        "Basic aHR0cHMlM0ElMkYlMkZjbGllbnQuZXhhbXBsZSUyRmlkJTNGYSUzRGIrYyUzQWQ6cCU0MHNzJTNBK3clMjVyZCUyQg==";
    topic.group("The client has a secret.", strange, client_keys(), NOW).valid(
        case(
            "basic",
            "Both parts are form-encoded before base64.",
            "RFC 6749 §2.3.1",
            &["R6749-005", "R6749-004", "EMA-007"],
        ),
        asked(),
        post(IDP_TOKEN_ENDPOINT, &form(&[]), &[("Authorization", json!(basic))]),
    );
    topic.group("The client posts a secret.", of("client_secret_post"), client_keys(), NOW).valid(
        case("post", "In the body and nowhere else.", "RFC 6749 §2.3.1", &["R6749-004", "EMA-007"]),
        asked(),
        post(
            IDP_TOKEN_ENDPOINT,
            &form(&[("client_id", json!(CLIENT_AT_IDP)), ("client_secret", json!("p@ss: w%rd+"))]),
            &[],
        ),
    );
    topic.group("A public client.", of("none"), client_keys(), NOW).valid(
        case("public", "It says who it is and no more.", "RFC 6749 §3.2.1", &["R6749-004"]),
        asked(),
        post(IDP_TOKEN_ENDPOINT, &form(&[("client_id", json!(CLIENT_AT_IDP))]), &[]),
    );
    for (id, comment, path, value, code) in [
        (
            "credentials-elsewhere",
            "Credentials of another server.",
            "credentials/issuer",
            RAS_ISSUER,
            "credentials_issuer_mismatch",
        ),
        (
            "credentials-slash",
            "A slash makes another server.",
            "credentials/issuer",
            "https://acme.idp.example/",
            "credentials_issuer_mismatch",
        ),
        (
            "audience-query",
            "No issuer identifier.",
            "audience/issuer",
            "https://auth.chat.example/?a",
            "url_malformed",
        ),
        ("idp-http", "Not https.", "idp/token_endpoint", "http://acme.idp.example/token", "url_insecure"),
        ("client-id-empty", "Nobody.", "credentials/client_id", "", "text_invalid"),
    ] {
        let req: &[&str] = if path == "credentials/issuer" { &["MCP-009"] } else { &["MCP-035"] };
        let req = if id == "client-id-empty" { &[] } else { req };
        let mut group = topic.group(comment, with(own, &[(path, value.into())]), client_keys(), NOW);
        refuse(&mut group, "signed", "MCP authorization", &[(id, comment, req, asked(), code)]);
    }
}
