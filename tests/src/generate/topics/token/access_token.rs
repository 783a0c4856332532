//! What an access token has of its own: RFC 9068 §4 at the resource, and the named relaxations of AMB-032.

use serde_json::{Value, json};

use super::claim_types::slashed;
use crate::format::Topic;
use crate::generate::dsl::{TopicBuilder, case};
use crate::generate::keys::{CLIENT, CLIENT2};
use crate::generate::scene::{RAS_ISSUER, RESOURCE, RESOURCE2};
use crate::generate::verifiers::{ACCESS_TOKEN, at, row};

const SPEC: &str = "RFC 9068 §4";
const AUD: &[&str] = &["R9068-017", "R7519-003", "R9068-021"];

/// Issuer and audience, character by character.
pub fn parties() -> Topic {
    let mut topic = ACCESS_TOKEN.topic("parties");
    let mut bench = ACCESS_TOKEN.bench(&mut topic);
    bench
        .accepts_good(SPEC)
        .accepts(
            case("aud-among-others", "This resource is one of two.", SPEC, AUD),
            &at().claim("aud", json!([RESOURCE2, RESOURCE])),
        )
        .accepts(
            case("aud-in-an-array", "An array of one.", SPEC, AUD),
            &at().claim("aud", json!([RESOURCE])),
        );
    for (id, aud) in [
        ("aud-other-resource", json!(RESOURCE2)),
        ("aud-others", json!([RESOURCE2, "https://mail.chat.example/"])),
        ("aud-issuer", json!(RAS_ISSUER)),
        ("aud-below", json!(format!("{RESOURCE}mcp"))),
    ] {
        let about = case(id, &format!("`aud` is {aud}."), SPEC, AUD);
        bench.refuses("good", [row(about, at().claim("aud", aud), "audience_mismatch")]);
    }
    for (id, iss) in [
        ("iss-without-slash", slashed(RAS_ISSUER)),
        ("iss-upper-case", RAS_ISSUER.to_uppercase()),
        ("iss-other", "https://other.example/".to_owned()),
    ] {
        let about =
            case(id, "Not the issuer, character by character.", SPEC, &["R9068-016", "R9068-021", "AMB-008"]);
        bench.refuses("good", [row(about, at().claim("iss", iss), "issuer_mismatch")]);
    }
    spellings(&mut topic);
    topic.finish()
}

/// Aliases and normalisation are configured, by name.
fn spellings(topic: &mut TopicBuilder) {
    let bare = slashed(RESOURCE);
    ACCESS_TOKEN
        .bench_with(topic, "An alias is configured.", &[("resource_aliases", json!([bare]))])
        .accepts(case("alias", "The alias.", SPEC, &["AMB-008"]), &at().claim("aud", bare))
        .refuses(
            "alias",
            [row(
                case("alias-other", "Not the alias.", SPEC, &["AMB-008"]),
                at().claim("aud", RESOURCE2),
                "audience_mismatch",
            )],
        );
    let resource = "https://mcp.chat.example/mcp";
    let normalize = [("normalize_resource", json!(true)), ("resource", json!(resource))];
    let mut bench = ACCESS_TOKEN.bench_with(topic, "Resources are compared after normalisation.", &normalize);
    for (id, aud) in
        [("normal-host", "https://MCP.chat.example/mcp"), ("normal-port", "https://mcp.chat.example:443/mcp")]
    {
        bench.accepts(
            case(id, "The same resource in another spelling.", "RFC 3986 §6.2", &["AMB-008"]),
            &at().claim("aud", aud),
        );
    }
    for (id, aud) in [
        ("normal-slash", "https://mcp.chat.example/mcp/"),
        ("normal-other-port", "https://mcp.chat.example:8443/mcp"),
        ("normal-path-case", "https://mcp.chat.example/MCP"),
    ] {
        let about = case(id, "Another resource.", "RFC 3986 §6.2", &["AMB-008"]);
        bench.refuses("normal-host", [row(about, at().claim("aud", aud), "audience_mismatch")]);
    }
    ACCESS_TOKEN
        .bench_with(topic, "Resources are compared as they are.", &[("resource", json!(resource))])
        .refuses(
            "normal-port",
            [row(
                case("exact-port", "Another spelling, without normalisation.", SPEC, &["AMB-008"]),
                at().claim("aud", "https://mcp.chat.example:443/mcp"),
                "audience_mismatch",
            )],
        );
}

/// One issuer is excused from one claim, and from nothing else.
pub fn relaxations() -> Topic {
    let mut topic = ACCESS_TOKEN.topic("relaxations");
    ACCESS_TOKEN.bench(&mut topic).accepts_good("RFC 9068 §2.2");
    for (claim, also) in [("sub", "jti"), ("client_id", "sub"), ("iat", "client_id"), ("jti", "iat")] {
        let name = claim.replace('_', "-");
        let (without, both, mistyped) =
            (format!("without-{name}"), format!("without-{name}-and-another"), format!("mistyped-{name}"));
        let about = |id: &str, comment: String| case(id, &comment, "RFC 9068 §2.2", &["AMB-032"]);
        ACCESS_TOKEN
            .bench_with(
                &mut topic,
                &format!("The issuer may leave out `{claim}`."),
                &[("relaxed", json!([claim]))],
            )
            .accepts(about(&without, format!("No `{claim}`.")), &at().without(claim))
            .refuses(
                &without,
                [
                    row(
                        about(&both, format!("No `{also}` either.")),
                        at().without(claim).without(also),
                        "claim_missing",
                    ),
                    row(
                        about(&mistyped, format!("`{claim}` of the wrong type is not absent.")),
                        at().claim(claim, json!({})),
                        "claim_malformed",
                    ),
                ],
            );
    }
    let mut bench =
        ACCESS_TOKEN.bench_with(&mut topic, "The issuer writes `JWT`.", &[("relaxed", json!(["typ"]))]);
    let about = |id: &str, comment: &str| case(id, comment, "RFC 9068 §2.1", &["AMB-032", "R9068-014"]);
    bench
        .accepts(about("typ-jwt", "`JWT`."), &at().header("typ", "JWT"))
        .accepts(about("typ-none", "No `typ`."), &at().without_header("typ"));
    for (id, typ) in
        [("typ-id-jag", "oauth-id-jag+jwt"), ("typ-proof", "dpop+jwt"), ("typ-logout", "logout+jwt")]
    {
        bench.refuses(
            "typ-jwt",
            [row(about(id, "The `typ` of another kind."), at().header("typ", typ), "typ_mismatch")],
        );
    }
    bench.refuses(
        "typ-jwt",
        [
            row(
                about("relaxed-no-exp", "`exp` is never excused."),
                at().header("typ", "JWT").without("exp"),
                "claim_missing",
            ),
            row(
                about("relaxed-no-aud", "`aud` is never excused."),
                at().header("typ", "JWT").without("aud"),
                "claim_missing",
            ),
        ],
    );
    topic.finish()
}

/// The optional claims and the binding to a key.
pub fn optional_claims() -> Topic {
    let mut topic = ACCESS_TOKEN.topic("optional-claims");
    let malformed: &[&str] = &["R9068-021"];
    ACCESS_TOKEN
        .bench(&mut topic)
        .accepts_good(SPEC)
        .accepts(case("no-scope", "No `scope`.", SPEC, &[]), &at().without("scope"))
        .accepts_claims(&[
            ("act", "act", json!({"sub": "agent-7", "iss": RAS_ISSUER}), "RFC 8693 §4.1", &["R8693-014"]),
            ("auth-time", "auth_time", json!(1_699_999_000), "RFC 9068 §2.2.1", &["R9068-006"]),
            ("acr", "acr", json!("phr"), "RFC 9068 §2.2.1", &["R9068-006"]),
            ("amr", "amr", json!(["hwk"]), "RFC 9068 §2.2.1", &["R9068-006"]),
            ("jag-jti", "jag_jti", json!("jag-1"), "DESIGN §7", &[]),
            ("details", "authorization_details", json!([{"type": "chat_channel"}]), "RFC 9396 §9.1", &[]),
            ("ctx", "ctx", json!("conversation:01JD"), "DESIGN §7", &[]),
            ("extra", "txn", json!("conversation:01JD"), "DESIGN §7", &["R7519-008"]),
        ])
        .refuses_claims(
            "good",
            "claim_malformed",
            &[
                ("scope-array", "scope", json!(["chat.read"]), "RFC 8693 §4.2", &["R8693-017", "R9068-021"]),
                ("scope-control", "scope", json!("chat.read\u{0}"), "RFC 6749 §3.3", &["R9068-021"]),
                ("act-string", "act", json!("agent-7"), "RFC 8693 §4.1", &["R8693-014", "R9068-021"]),
                ("auth-time-string", "auth_time", json!("now"), "RFC 9068 §2.2.1", &["R7519-006"]),
                ("amr-string", "amr", json!("hwk"), "RFC 9068 §2.2.1", malformed),
                ("jag-jti-number", "jag_jti", Value::from(1), "DESIGN §7", &[]),
                ("ctx-number", "ctx", Value::from(1), "DESIGN §7", &[]),
                ("ctx-array", "ctx", json!(["conversation:01JD"]), "DESIGN §7", &[]),
                ("ctx-empty", "ctx", json!(""), "DESIGN §7", &[]),
                ("ctx-longer", "ctx", json!("c".repeat(513)), "DESIGN §7", &[]),
            ],
        )
        .refuses_claims(
            "good",
            "details_malformed",
            &[("details-object", "authorization_details", json!({"type": "x"}), "RFC 9396 §9.1", malformed)],
        );
    super::confirmation::cases(&ACCESS_TOKEN, &mut topic, CLIENT, CLIENT2);
    topic.finish()
}
