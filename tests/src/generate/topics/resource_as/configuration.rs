//! What a resource authorization server is not built with.

use serde_json::{Value, json};

use super::{config, endpoint, grant, output, redeem, redeem_text, server_keys};
use crate::format::Topic;
use crate::generate::dsl::{TopicBuilder, case, fails, fails_locally, with};
use crate::generate::scene::{CLIENT_ID, IDP_ISSUER, NOW, RAS_ISSUER, RESOURCE, RESOURCE2};
use crate::generate::topics::endpoints::{SECRET, basic_client};

/// Configurations that are refused, and client ids that need encoding.
pub fn configurations() -> Topic {
    let mut topic = TopicBuilder::new("resource_as.token", "configurations");
    let good = redeem(&grant()).input();
    topic
        .group("A configuration.", config(), server_keys(), NOW)
        .valid(case("good", "It is built.", "DESIGN §5", &[]), good.clone(), output())
        .invalid(
            case("milliseconds", "The time is in milliseconds.", "DESIGN §3.2", &[]).at(NOW * 1000),
            "good",
            good.clone(),
            fails_locally("invalid_now"),
        );
    type Row = (&'static str, &'static str, &'static [&'static str], &'static str, Value, &'static str);
    let invalid = "config_invalid";
    let rows: Vec<Row> = vec![
        ("no-issuer", "Nobody is trusted.", &["JAG-024"], "trusted_issuers", json!([]), invalid),
        (
            "no-client",
            "An issuer is trusted for no client.",
            &["JAG-024"],
            "trusted_issuers/0/clients",
            json!([]),
            invalid,
        ),
        (
            "no-tenant",
            "An issuer is trusted for no tenant.",
            &["JAG-024"],
            "trusted_issuers/0/tenants",
            json!([]),
            invalid,
        ),
        (
            "issuer-twice",
            "An issuer is trusted twice.",
            &["JAG-024"],
            "trusted_issuers/1",
            json!({"issuer": IDP_ISSUER}),
            invalid,
        ),
        (
            "trusts-itself",
            "The server trusts itself.",
            &["JAG-095", "AMB-021"],
            "trusted_issuers/1",
            json!({"issuer": RAS_ISSUER}),
            invalid,
        ),
        ("no-resource", "Nothing is guarded.", &["R9068-023"], "resources", json!([]), invalid),
        (
            "resource-twice",
            "Two resources of one name.",
            &["R9068-023"],
            "resources/1",
            json!({"id": RESOURCE, "scopes": "files.read"}),
            invalid,
        ),
        (
            "default-unknown",
            "The default is not guarded.",
            &["R9068-012"],
            "default_resource",
            json!(RESOURCE2),
            invalid,
        ),
        (
            "tokens-for-ever",
            "Access tokens live longer than an hour.",
            &["AMB-025"],
            "access_token_lifetime",
            json!(3601),
            invalid,
        ),
        (
            "tokens-for-never",
            "Access tokens live no time at all.",
            &["AMB-025"],
            "access_token_lifetime",
            json!(0),
            invalid,
        ),
        (
            "grants-for-ever",
            "Grants may live longer than a day.",
            &["AMB-025"],
            "grant_window",
            json!({"max_lifetime": 86_401}),
            invalid,
        ),
        (
            "tolerance",
            "Clocks may differ by more than five minutes.",
            &["AMB-026"],
            "grant_window",
            json!({"tolerance": 301}),
            invalid,
        ),
        (
            "proof-window",
            "Proofs may be older than five minutes.",
            &["AMB-026"],
            "proof_window",
            json!(301),
            invalid,
        ),
        (
            "denial",
            "A denial is something else on the wire.",
            &["AMB-004"],
            "denial",
            json!("invalid_client"),
            invalid,
        ),
        (
            "http-issuer",
            "An issuer without https.",
            &["EMAP12-003", "MCP-033"],
            "issuer",
            json!("http://auth.chat.example/"),
            "url_insecure",
        ),
        (
            "http-endpoint",
            "An endpoint without https.",
            &["EMAP12-003", "MCP-033"],
            "token_endpoint",
            json!("http://auth.chat.example/oauth2/token"),
            "url_insecure",
        ),
        (
            "relative-endpoint",
            "An endpoint without a host.",
            &["EMAP12-003"],
            "token_endpoint",
            json!("/oauth2/token"),
            "url_malformed",
        ),
    ];
    for (id, comment, req, member, value, code) in rows {
        let config = with(&config(), &[(&format!("server/{member}"), value)]);
        topic.group(comment, config, server_keys(), NOW).invalid(
            case(id, comment, "DESIGN §5", req),
            "good",
            good.clone(),
            fails_locally(code),
        );
    }
    association(&mut topic);
    encoded(&mut topic);
    topic.finish()
}

/// A client that is registered here, and not associated with the issuer.
fn association(topic: &mut TopicBuilder) {
    let config = with(&config(), &[("server/trusted_issuers/0/clients", json!(["another-client"]))]);
    topic.group("The issuer is trusted for another client.", config, server_keys(), NOW).invalid(
        case(
            "not-associated",
            "The client is registered, but not for this issuer's grants.",
            "ID-JAG §4.4.1",
            &["JAG-024", "JAG-070"],
        ),
        "good",
        redeem(&grant()).input(),
        fails("client_mismatch", "invalid_grant"),
    );
}

/// RFC 6749 §2.3.1: both parts of Basic credentials are form-encoded first.
fn encoded(topic: &mut TopicBuilder) {
    let client_id = "https://app.example/id?a=b:c 100%&é";
    let secret = "s3cr:t +%&é-and-more";
    let mut client = basic_client(client_id);
    client["client_secret_sha256"] = json!([crate::generate::topics::endpoints::digest(secret)]);
    let config =
        with(&config(), &[("clients/0", client), ("server/trusted_issuers/0/clients", json!([client_id]))]);
    let assertion = grant().claim("client_id", client_id).compact();
    let raw = crate::generate::request::basic_of(&format!("{client_id}:{secret}"));
    topic
        .group("A client id and a secret that need encoding.", config, server_keys(), NOW)
        .valid(
            case(
                "encoded",
                "Colon, space, percent, ampersand, a URL, and text beyond ASCII.",
                "RFC 6749 §2.3.1",
                &["R6749-005"],
            ),
            redeem_text(&assertion).basic(client_id, secret).input(),
            with(
                &output(),
                &[
                    ("body/access_token/claims/client_id", json!(client_id)),
                    ("record/client_id", json!(client_id)),
                ],
            ),
        )
        .invalid(
            case("not-encoded", "The same credentials, not encoded.", "RFC 6749 §2.3.1", &["R6749-005"]),
            "encoded",
            redeem_text(&assertion).authorization(&raw).input(),
            fails("authorization_malformed", "invalid_request"),
        );
    let _ = (CLIENT_ID, SECRET, endpoint);
}
