//! What a client assertion has of its own: RFC 7523 §3 with rfc7523bis.

use serde_json::{Value, json};

use super::claim_types::slashed;
use crate::format::Topic;
use crate::generate::dsl::case;
use crate::generate::scene::{CLIENT_ID, CLIENT2_ID, RAS_ISSUER, RAS_TOKEN_ENDPOINT, RESOURCE};
use crate::generate::verifiers::{CLIENT_ASSERTION, assertion, row};

const SPEC: &str = "RFC 7523 §3";
const BIS: &str = "rfc7523bis §3";

/// Client, issuer and audience.
pub fn parties() -> Topic {
    let mut topic = CLIENT_ASSERTION.topic("parties");
    let same: &[&str] = &["R7523-004", "R7521-004"];
    let named: &[&str] = &["R7521-003", "R7523-004", "R7521-004"];
    let sole: &[&str] = &["R7523B-001", "R7521-004"];
    let mut bench = CLIENT_ASSERTION.bench(&mut topic);
    bench
        .accepts_good(SPEC)
        .accepts(
            case("typ-jwt", "`JWT` is accepted.", BIS, &["R7523B-004"]),
            &assertion().header("typ", "JWT"),
        )
        .accepts(
            case("aud-in-an-array", "An array of the issuer identifier alone.", BIS, sole),
            &assertion().claim("aud", json!([RAS_ISSUER])),
        )
        .refuses(
            "good",
            [
                row(
                    case("iss-other-client", "`iss` is another client.", SPEC, same),
                    assertion().claim("iss", CLIENT2_ID),
                    "issuer_mismatch",
                ),
                row(
                    case("iss-upper-case", "`iss` in upper case.", SPEC, same),
                    assertion().claim("iss", CLIENT_ID.to_uppercase()),
                    "issuer_mismatch",
                ),
                row(
                    case("sub-other-client", "`sub` is another client.", SPEC, same),
                    assertion().claim("sub", CLIENT2_ID),
                    "subject_mismatch",
                ),
                row(
                    case("sub-upper-case", "`sub` in upper case.", SPEC, same),
                    assertion().claim("sub", CLIENT_ID.to_uppercase()),
                    "subject_mismatch",
                ),
            ],
        )
        .refuses_input(
            case("request-names-another", "The request names another client.", "RFC 7521 §4.2", named),
            "good",
            &assertion(),
            &[("client_id", json!(CLIENT2_ID))],
            "issuer_mismatch",
        );
    let table: [(&str, Value, &[&str]); 7] = [
        ("aud-token-endpoint", json!(RAS_TOKEN_ENDPOINT), &["R7523B-002", "R7521-004"]),
        (
            "aud-token-endpoint-too",
            json!([RAS_ISSUER, RAS_TOKEN_ENDPOINT]),
            &["R7523B-001", "R7523B-002", "R7521-004"],
        ),
        ("aud-two", json!([RAS_ISSUER, "https://other.example"]), sole),
        ("aud-own-twice", json!([RAS_ISSUER, RAS_ISSUER]), sole),
        ("aud-without-slash", json!(slashed(RAS_ISSUER)), &["R7523B-001", "AMB-008"]),
        ("aud-resource", json!(RESOURCE), sole),
        ("aud-below-issuer", json!(format!("{RAS_ISSUER}other")), sole),
    ];
    for (id, aud, req) in table {
        let about = case(id, &format!("`aud` is {aud}."), BIS, req);
        bench.refuses("good", [row(about, assertion().claim("aud", aud), "audience_mismatch")]);
    }
    let endpoint = [("dangerous_token_endpoint_audience", json!(RAS_TOKEN_ENDPOINT))];
    CLIENT_ASSERTION
        .bench_with(&mut topic, "Clients older than rfc7523bis are let in by name.", &endpoint)
        .accepts(
            case("old-client", "The token endpoint, alone.", "DESIGN §4", &["R7523B-002"]),
            &assertion().claim("aud", RAS_TOKEN_ENDPOINT),
        )
        .refuses(
            "old-client",
            [row(
                case("old-client-two", "The token endpoint and another server.", BIS, &["R7523B-001"]),
                assertion().claim("aud", json!([RAS_TOKEN_ENDPOINT, "https://other.example/token"])),
                "audience_mismatch",
            )],
        );
    topic.finish()
}
