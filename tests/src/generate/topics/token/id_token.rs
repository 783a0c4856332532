//! What an ID Token has of its own: OpenID Connect Core §3.1.3.7, for a subject token and after a sign-on.

use serde_json::{Value, json};

use super::claim_types::slashed;
use crate::format::Topic;
use crate::generate::dsl::{TopicBuilder, case};
use crate::generate::scene::{CLIENT_AT_IDP, CLIENT_ID, IDP_ISSUER, NOW, OTHER_IDP_ISSUER};
use crate::generate::verifiers::{ID_TOKEN, id_token, row};

const SPEC: &str = "OIDC Core §3.1.3.7";
const AUD: &[&str] = &["OIDC-002", "JAG-041", "AMB-005"];

/// Issuer, audience and authorized party.
pub fn parties() -> Topic {
    let mut topic = ID_TOKEN.topic("parties");
    let mut bench = ID_TOKEN.bench(&mut topic);
    bench
        .accepts_good(SPEC)
        .accepts(
            case("aud-in-an-array", "An array of the client.", SPEC, AUD),
            &id_token().claim("aud", json!([CLIENT_AT_IDP])),
        )
        .accepts(
            case("azp", "`azp` is the client.", SPEC, &["OIDC-003"]),
            &id_token().claim("azp", CLIENT_AT_IDP),
        );
    for (id, iss) in [
        ("iss-slash", slashed(IDP_ISSUER)),
        ("iss-upper-case", IDP_ISSUER.to_uppercase()),
        ("iss-other", OTHER_IDP_ISSUER.to_owned()),
    ] {
        let about = case(id, "Not the issuer, character by character.", SPEC, &["OIDC-001", "JAG-040"]);
        bench.refuses("good", [row(about, id_token().claim("iss", iss), "issuer_mismatch")]);
    }
    for (id, aud) in [
        ("aud-other-client", json!("another-client")),
        ("aud-client-elsewhere", json!(CLIENT_ID)),
        ("aud-and-another", json!([CLIENT_AT_IDP, "another-client"])),
    ] {
        let about = case(id, &format!("`aud` is {aud}."), SPEC, AUD);
        bench.refuses("good", [row(about, id_token().claim("aud", aud), "audience_mismatch")]);
    }
    bench
        .refuses_input(
            case("by-another-client", "Another client authenticated.", "JAG §4.3.3", AUD),
            "good",
            &id_token(),
            &[("client_id", json!("another-client"))],
            "audience_mismatch",
        )
        .refuses(
            "azp",
            [
                row(
                    case("azp-other", "`azp` is another client.", SPEC, &["OIDC-003"]),
                    id_token().claim("azp", "another-client"),
                    "authorized_party_mismatch",
                ),
                row(
                    case("azp-number", "`azp` is a number.", SPEC, &["OIDC-003"]),
                    id_token().claim("azp", 1),
                    "claim_malformed",
                ),
            ],
        );
    let trusted = [("trusted_audiences", json!(["another-client"]))];
    let both = || id_token().claim("aud", json!([CLIENT_AT_IDP, "another-client"]));
    ID_TOKEN
        .bench_with(&mut topic, "Another audience is trusted.", &trusted)
        .accepts(case("aud-trusted", "The client and a trusted audience.", SPEC, &["OIDC-002"]), &both())
        .refuses(
            "aud-trusted",
            [
                row(
                    case("aud-trusted-alone", "The trusted audience alone.", SPEC, AUD),
                    id_token().claim("aud", json!(["another-client"])),
                    "audience_mismatch",
                ),
                row(
                    case("aud-third", "A third audience.", SPEC, AUD),
                    id_token().claim("aud", json!([CLIENT_AT_IDP, "another-client", "a third"])),
                    "audience_mismatch",
                ),
            ],
        );
    topic.finish()
}

/// Subject, nonce, and the sign-on itself.
pub fn sign_on() -> Topic {
    let mut topic = ID_TOKEN.topic("sign-on");
    let long = "a".repeat(255);
    let mut bench = ID_TOKEN.bench(&mut topic);
    bench.accepts_good(SPEC).accepts(
        case("sub-longest", "255 characters.", "OIDC Core §2", &["OIDC-009"]),
        &id_token().claim("sub", long.clone()),
    );
    for (id, sub) in [("sub-too-long", format!("{long}a")), ("sub-non-ascii", "j\u{e4}ne".to_owned())] {
        let about = case(id, "More than 255 ASCII characters, or other ones.", "OIDC Core §2", &["OIDC-009"]);
        bench.refuses("sub-longest", [row(about, id_token().claim("sub", sub), "claim_malformed")]);
    }
    bench
        .accepts_claims(&[
            ("acr", "acr", json!("phr"), "OIDC Core §2", &["JAG-017"]),
            ("amr", "amr", json!(["pwd", "hwk"]), "OIDC Core §2", &["JAG-017"]),
            ("tenant", "tenant", json!("acme"), "JAG §3.1", &["JAG-016"]),
            ("may-act", "may_act", json!({"sub": "agent-7"}), "RFC 8693 §4.4", &["R8693-019"]),
        ])
        .refuses_claims(
            "good",
            "claim_malformed",
            &[
                ("acr-number", "acr", json!(1), "OIDC Core §2", &["JAG-017"]),
                ("amr-string", "amr", json!("pwd"), "OIDC Core §2", &["JAG-017"]),
                ("amr-object-item", "amr", json!([{}]), "OIDC Core §2", &["JAG-017"]),
                ("auth-time-string", "auth_time", json!("now"), "OIDC Core §2", &["R7519-006"]),
                ("tenant-number", "tenant", json!(1), "JAG §3.1", &["JAG-016"]),
                ("may-act-string", "may_act", json!("agent-7"), "RFC 8693 §4.4", &["R8693-019"]),
            ],
        );
    nonces(&mut topic);
    ages(&mut topic);
    topic.finish()
}

fn nonces(topic: &mut TopicBuilder) {
    let token = || id_token().claim("nonce", "n-0S6_WzA2Mj");
    let asked = [("nonce", json!("n-0S6_WzA2Mj"))];
    ID_TOKEN
        .bench(topic)
        .accepts(case("nonce-not-asked", "A nonce that nobody asks for.", SPEC, &[]), &token())
        .accepts_input(case("nonce", "The nonce of the sign-on.", SPEC, &[]), &token(), &asked, &[])
        .refuses_input(
            case("nonce-other", "Another nonce.", SPEC, &[]),
            "nonce",
            &token().claim("nonce", "N-0S6_WzA2Mj"),
            &asked,
            "nonce_mismatch",
        )
        .refuses_input(
            case("nonce-missing", "No nonce.", SPEC, &[]),
            "nonce",
            &id_token(),
            &asked,
            "claim_missing",
        )
        .refuses_input(
            case("nonce-number", "A number.", SPEC, &[]),
            "nonce",
            &token().claim("nonce", 7),
            &asked,
            "claim_malformed",
        );
}

fn ages(topic: &mut TopicBuilder) {
    let age = [("max_authentication_age", json!(100)), ("window", json!({"tolerance": 0}))];
    let about = |id: &str, comment: &str| case(id, comment, SPEC, &["OIDC-008"]);
    ID_TOKEN
        .bench_with(topic, "A sign-on of at most 100 s ago, no tolerance.", &age)
        .accepts(about("sign-on-at-most", "The sign-on was 100 s ago."), &id_token())
        .refuses(
            "sign-on-at-most",
            [
                row(
                    about("sign-on-too-old", "The sign-on was 101 s ago."),
                    id_token().claim("auth_time", NOW - 101),
                    "authentication_too_old",
                ),
                row(
                    about("sign-on-unknown", "No `auth_time`."),
                    id_token().without("auth_time"),
                    "claim_missing",
                ),
                row(
                    about("sign-on-null", "`auth_time` is `null`."),
                    id_token().claim("auth_time", Value::Null),
                    "claim_malformed",
                ),
            ],
        );
    ID_TOKEN
        .bench_with(topic, "The same, with the usual tolerance.", &[("max_authentication_age", json!(40))])
        .accepts(about("sign-on-tolerated", "60 s more than allowed."), &id_token())
        .refuses(
            "sign-on-tolerated",
            [row(
                about("sign-on-not-tolerated", "61 s more than allowed."),
                id_token().claim("auth_time", NOW - 101),
                "authentication_too_old",
            )],
        );
}
