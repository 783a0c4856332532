//! What an ID-JAG has of its own: for whom and by whom it is, and its optional claims.

use serde_json::{Value, json};

use super::claim_types::slashed;
use crate::format::Topic;
use crate::generate::dsl::case;
use crate::generate::scene::{
    CLIENT_ID, CLIENT2_ID, IDP_ISSUER, OTHER_IDP_ISSUER, RAS_ISSUER, RAS_TOKEN_ENDPOINT, RESOURCE, RESOURCE2,
};
use crate::generate::verifiers::{ID_JAG, Row, jag, row};

const CLAIMS: &str = "JAG §3.1";
const PROCESSING: &str = "JAG §4.4.1";

/// Issuer, audience and client, character by character.
pub fn parties() -> Topic {
    let mut topic = ID_JAG.topic("parties");
    let other_client = [("client_id", json!(CLIENT2_ID))];
    ID_JAG
        .bench(&mut topic)
        .accepts_good(PROCESSING)
        .refuses("good", issuers())
        .accepts(
            case(
                "one-audience-in-an-array",
                "`aud` is an array of this server alone.",
                CLAIMS,
                &["JAG-067", "R7519-003"],
            ),
            &jag().claim("aud", json!([RAS_ISSUER])),
        )
        .refuses("good", audiences())
        .refuses(
            "good",
            [
                row(
                    case(
                        "for-another-client",
                        "Issued for another client.",
                        PROCESSING,
                        &["JAG-069", "JAG-070", "JAG-007"],
                    ),
                    jag().claim("client_id", CLIENT2_ID),
                    "client_mismatch",
                ),
                row(
                    case(
                        "client-upper-case",
                        "The client's id in upper case.",
                        PROCESSING,
                        &["JAG-069", "JAG-070"],
                    ),
                    jag().claim("client_id", CLIENT_ID.to_uppercase()),
                    "client_mismatch",
                ),
                row(
                    case("client-prefix", "The client's id and more.", PROCESSING, &["JAG-069", "JAG-070"]),
                    jag().claim("client_id", format!("{CLIENT_ID}0")),
                    "client_mismatch",
                ),
            ],
        )
        .refuses_input(
            case("by-another-client", "Another client authenticated.", PROCESSING, &["JAG-069", "JAG-070"]),
            "good",
            &jag(),
            &other_client,
            "client_mismatch",
        );
    let alias = json!(["https://auth.chat.example"]);
    ID_JAG
        .bench_with(&mut topic, "Another spelling of the server is accepted.", &[("audience_aliases", alias)])
        .accepts_reading(
            case("alias", "The alias that is configured.", CLAIMS, &["AMB-008"]),
            &jag().claim("aud", slashed(RAS_ISSUER)),
            &[("claims/aud", json!(RAS_ISSUER))],
        )
        .refuses(
            "alias",
            [row(
                case("alias-slashes", "A spelling that is not configured.", CLAIMS, &["AMB-008"]),
                jag().claim("aud", format!("{RAS_ISSUER}/")),
                "audience_mismatch",
            )],
        );
    ID_JAG
        .bench_with(&mut topic, "The issuer is not https.", &[("issuer", json!("http://acme.idp.example"))])
        .refuses(
            "good",
            [row(case("issuer-http", "An issuer without TLS.", "RFC 8414 §2", &[]), jag(), "url_insecure")],
        );
    ID_JAG
        .bench_with(&mut topic, "The issuer has a query.", &[("issuer", json!("https://acme.idp.example?x"))])
        .refuses(
            "good",
            [row(
                case("issuer-query", "An issuer with a query.", "RFC 8414 §2", &[]),
                jag(),
                "url_malformed",
            )],
        );
    topic.finish()
}

fn issuers() -> Vec<Row> {
    let spellings = [
        ("iss-slash", slashed(IDP_ISSUER)),
        ("iss-upper-case", IDP_ISSUER.to_uppercase()),
        ("iss-port", format!("{IDP_ISSUER}:443")),
        ("iss-other", OTHER_IDP_ISSUER.to_owned()),
        ("iss-prefix", format!("{IDP_ISSUER}.attacker.example")),
    ];
    let refused = |(id, iss): (&str, String)| {
        let req = &["R7523-002", "JAG-064", "R7519-007"];
        row(
            case(id, "Not the issuer, character by character.", "RFC 7523 §3", req),
            jag().claim("iss", iss),
            "issuer_mismatch",
        )
    };
    spellings.into_iter().map(refused).collect()
}

fn audiences() -> Vec<Row> {
    let only: &[&str] = &["JAG-067", "JAG-068"];
    let own: &[&str] = &["JAG-066", "R7523-005", "JAG-068"];
    let table: [(&str, Value, &[&str]); 9] = [
        ("aud-two", json!([RAS_ISSUER, "https://other.example"]), only),
        ("aud-other-first", json!(["https://other.example", RAS_ISSUER]), only),
        ("aud-own-twice", json!([RAS_ISSUER, RAS_ISSUER]), only),
        ("aud-none", json!([]), only),
        ("aud-token-endpoint", json!(RAS_TOKEN_ENDPOINT), own),
        ("aud-resource", json!(RESOURCE), own),
        ("aud-issuer-of-the-token", json!(IDP_ISSUER), own),
        ("aud-without-slash", json!(slashed(RAS_ISSUER)), &["AMB-008", "JAG-066"]),
        ("aud-host-upper-case", json!("https://AUTH.chat.example/"), &["AMB-008", "JAG-066"]),
    ];
    let refused = |(id, aud, req): (&str, Value, &[&str])| {
        row(
            case(id, &format!("`aud` is {aud}."), PROCESSING, req),
            jag().claim("aud", aud),
            "audience_mismatch",
        )
    };
    table.into_iter().map(refused).collect()
}

/// The optional claims: read by their type or refused.
pub fn optional_claims() -> Topic {
    let mut topic = ID_JAG.topic("optional-claims");
    let detail = json!({"type": "chat_channel", "actions": ["read"], "locations": [RESOURCE]});
    ID_JAG
        .bench(&mut topic)
        .accepts_good(CLAIMS)
        .accepts(
            case("bare", "No optional claim at all.", CLAIMS, &[]),
            &jag().without("scope").without("resource"),
        )
        .accepts_claims(&[
            ("resources", "resource", json!([RESOURCE, RESOURCE2]), CLAIMS, &["JAG-012"]),
            ("one-resource-in-an-array", "resource", json!([RESOURCE]), CLAIMS, &["JAG-012"]),
            ("resource-urn", "resource", json!("urn:example:chat"), CLAIMS, &["JAG-012"]),
            ("scope-empty", "scope", json!(""), CLAIMS, &["JAG-013"]),
            ("details", "authorization_details", json!([detail]), CLAIMS, &["JAG-014"]),
            ("details-empty", "authorization_details", json!([]), CLAIMS, &["JAG-014"]),
            ("tenant", "tenant", json!("acme"), CLAIMS, &["JAG-016"]),
            ("aud-tenant", "aud_tenant", json!("acme-at-chat"), CLAIMS, &["JAG-016"]),
            ("aud-sub", "aud_sub", json!("user-17"), CLAIMS, &["JAG-016"]),
            ("auth-time", "auth_time", json!(1_699_999_000), CLAIMS, &["JAG-017"]),
            ("auth-time-fraction", "auth_time", json!(1_699_999_000.25), CLAIMS, &["JAG-017", "R7519-006"]),
            ("acr", "acr", json!("phr"), CLAIMS, &["JAG-017"]),
            ("amr", "amr", json!(["pwd", "hwk"]), CLAIMS, &["JAG-017"]),
            ("email", "email", json!("jane@acme.example"), CLAIMS, &["JAG-022"]),
            ("ctx", "ctx", json!("conversation:01JD"), "DESIGN §7", &[]),
        ])
        .accepts_reading(
            case("scope-repeated", "A scope is a set.", CLAIMS, &["JAG-013"]),
            &jag().claim("scope", "chat.read chat.history chat.read"),
            &[("claims/scope", json!("chat.history chat.read"))],
        )
        .refuses_claims("good", "claim_malformed", &malformed())
        .refuses_claims(
            "good",
            "details_malformed",
            &[
                (
                    "details-object",
                    "authorization_details",
                    json!({"type": "x"}),
                    CLAIMS,
                    &["JAG-014", "JAG-073"],
                ),
                (
                    "details-text",
                    "authorization_details",
                    json!(r#"[{"type":"x"}]"#),
                    CLAIMS,
                    &["JAG-014", "JAG-073"],
                ),
                (
                    "details-no-type",
                    "authorization_details",
                    json!([{"actions": ["a"]}]),
                    CLAIMS,
                    &["JAG-073"],
                ),
                ("details-type-number", "authorization_details", json!([{"type": 1}]), CLAIMS, &["JAG-073"]),
                (
                    "details-string-item",
                    "authorization_details",
                    json!(["x"]),
                    CLAIMS,
                    &["JAG-014", "JAG-073"],
                ),
            ],
        )
        .refuses_claims(
            "details",
            "details_invalid",
            &[(
                "details-actions-string",
                "authorization_details",
                json!([{"type": "chat_channel", "actions": "read"}]),
                "RFC 9396 §2.2",
                &["JAG-073"],
            )],
        )
        .refuses(
            "details",
            [row(
                case(
                    "details-member-twice",
                    "A member of a detail occurs twice.",
                    "RFC 7519 §4",
                    &["AMB-028", "R7519-002"],
                ),
                jag().claim("authorization_details", json!([detail])).payload_text(|text| {
                    text.replace(r#""type":"chat_channel""#, r#""type":"chat_channel","type":"x""#)
                }),
                "duplicate_member",
            )],
        );
    topic.finish()
}

fn malformed() -> Vec<(&'static str, &'static str, Value, &'static str, &'static [&'static str])> {
    const RESOURCE_FORM: &[&str] = &["JAG-012"];
    const SCOPE: &[&str] = &["JAG-013", "R8693-017"];
    const TENANT: &[&str] = &["JAG-016"];
    const SIGN_ON: &[&str] = &["JAG-017"];
    vec![
        ("ctx-number", "ctx", json!(1), "DESIGN §7", &[]),
        ("ctx-array", "ctx", json!(["conversation:01JD"]), "DESIGN §7", &[]),
        ("ctx-empty", "ctx", json!(""), "DESIGN §7", &[]),
        ("ctx-longer", "ctx", json!("c".repeat(513)), "DESIGN §7", &[]),
        ("resource-number", "resource", json!(1), CLAIMS, RESOURCE_FORM),
        ("resource-object", "resource", json!({}), CLAIMS, RESOURCE_FORM),
        ("resource-empty-array", "resource", json!([]), CLAIMS, RESOURCE_FORM),
        ("resource-mixed-array", "resource", json!([RESOURCE, 1]), CLAIMS, RESOURCE_FORM),
        ("resource-relative", "resource", json!("/chat"), CLAIMS, RESOURCE_FORM),
        ("resource-fragment", "resource", json!("https://mcp.chat.example/#x"), CLAIMS, RESOURCE_FORM),
        ("resource-no-uri", "resource", json!("the chat"), CLAIMS, RESOURCE_FORM),
        ("scope-array", "scope", json!(["chat.read"]), CLAIMS, SCOPE),
        ("scope-number", "scope", json!(1), CLAIMS, SCOPE),
        ("scope-quote", "scope", json!("chat.\"read"), CLAIMS, SCOPE),
        ("scope-two-spaces", "scope", json!("chat.read  chat.history"), CLAIMS, SCOPE),
        ("scope-tab", "scope", json!("chat.read\tchat.history"), CLAIMS, SCOPE),
        ("tenant-number", "tenant", json!(1), CLAIMS, TENANT),
        ("tenant-empty", "tenant", json!(""), CLAIMS, TENANT),
        ("aud-tenant-array", "aud_tenant", json!(["a"]), CLAIMS, TENANT),
        ("aud-sub-object", "aud_sub", json!({}), CLAIMS, TENANT),
        ("auth-time-string", "auth_time", json!("1699999000"), CLAIMS, SIGN_ON),
        ("acr-array", "acr", json!(["phr"]), CLAIMS, SIGN_ON),
        ("amr-string", "amr", json!("pwd"), CLAIMS, SIGN_ON),
        ("amr-mixed", "amr", json!(["pwd", 1]), CLAIMS, SIGN_ON),
        ("email-array", "email", json!(["jane@acme.example"]), CLAIMS, &["JAG-022"]),
    ]
}
