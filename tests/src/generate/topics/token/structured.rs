//! The claims of an ID-JAG that are objects: `act`, `sub_id` and `cnf`.

use serde_json::{Value, json};

use crate::format::Topic;
use crate::generate::dsl::{TopicBuilder, case, with};
use crate::generate::keys::{CLIENT, CLIENT2};
use crate::generate::scene::OTHER_IDP_ISSUER;
use crate::generate::verifiers::{EXPIRES, ID_JAG, jag, row};

/// `act`, `sub_id` and `cnf`.
pub fn structured_claims() -> Topic {
    let mut topic = ID_JAG.topic("structured-claims");
    actors(&mut topic);
    subject_identifiers(&mut topic);
    super::confirmation::cases(&ID_JAG, &mut topic, CLIENT, CLIENT2);
    topic.finish()
}

fn actors(topic: &mut TopicBuilder) {
    const ACT: &str = "RFC 8693 §4.1";
    let act = json!({"iss": OTHER_IDP_ISSUER, "sub": "agent-7", "sub_profile": "ai_agent"});
    let chain = |links: usize| {
        (1..links).fold(
            json!({"sub": "agent-0"}),
            |before, at| json!({"sub": format!("agent-{at}"), "act": before}),
        )
    };
    ID_JAG
        .bench(topic)
        .accepts_good(ACT)
        .accepts_claims(&[
            ("act", "act", act.clone(), ACT, &["JAG-015", "R8693-014"]),
            ("act-of-four", "act", chain(4), ACT, &["R8693-015"]),
        ])
        .accepts_reading(
            case("act-with-dates", "`exp`, `nbf` and `aud` of an actor mean nothing.", ACT, &["R8693-016"]),
            &jag()
                .claim("act", json!({"sub": "agent-7", "exp": 1, "nbf": 4_000_000_000_u64, "aud": "nobody"})),
            &[("claims/act", json!({"sub": "agent-7"}))],
        )
        .refuses(
            "act-with-dates",
            [row(
                case(
                    "expired-beside-act",
                    "An actor's `exp` does not extend the token's.",
                    ACT,
                    &["R8693-016"],
                )
                .at(EXPIRES + 60),
                jag().claim(
                    "act",
                    json!({"sub": "agent-7", "exp": 1, "nbf": 4_000_000_000_u64, "aud": "nobody"}),
                ),
                "token_expired",
            )],
        )
        .refuses_claims(
            "good",
            "claim_malformed",
            &[
                ("act-string", "act", json!("agent-7"), ACT, &["JAG-015", "R8693-014"]),
                ("act-array", "act", json!([act]), ACT, &["JAG-015", "R8693-014"]),
                ("act-null", "act", Value::Null, ACT, &["JAG-015", "R8693-014"]),
                ("act-without-sub", "act", json!({"iss": OTHER_IDP_ISSUER}), ACT, &["JAG-015", "R8693-014"]),
                ("act-sub-number", "act", json!({"sub": 7}), ACT, &["JAG-015", "R8693-014"]),
                ("act-inner-string", "act", json!({"sub": "a", "act": "b"}), ACT, &["R8693-014"]),
                ("act-of-five", "act", chain(5), "DESIGN §3", &[]),
            ],
        );
}

fn subject_identifiers(topic: &mut TopicBuilder) {
    const SPEC: &str = "JAG-04 §3.2";
    let name = json!({"format": "saml-nameid", "issuer": "https://saml.acme.example", "nameid": "jane"});
    let full = json!({
        "format": "saml-nameid", "issuer": "https://saml.acme.example", "nameid": "jane",
        "nameid_format": "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent", "name_qualifier": "q",
        "sp_name_qualifier": "https://chat.example", "sp_provided_id": "p",
    });
    let required: &[&str] = &["JAG4-003", "JAG4-007"];
    let form: &[&str] = &["JAG4-002", "JAG4-007"];
    let broken = |member: &str, value: Value| with(&full, &[(member, value)]);
    let mut bench = ID_JAG.bench(topic);
    bench
        .accepts_claims(&[
            ("nameid", "sub_id", name, SPEC, &["JAG4-003", "JAG4-002"]),
            ("nameid-full", "sub_id", full.clone(), SPEC, &["JAG4-003"]),
            ("other-format", "sub_id", json!({"format": "opaque"}), SPEC, &["JAG4-008", "JAG4-002"]),
        ])
        .refuses_claims(
            "good",
            "subject_identifier_unusable",
            &[
                ("sub-id-string", "sub_id", json!("jane"), SPEC, &["JAG4-002", "JAG4-007"]),
                ("sub-id-array", "sub_id", json!([full]), SPEC, &["JAG4-002", "JAG4-007"]),
                ("sub-id-no-format", "sub_id", json!({"id": "jane"}), SPEC, &["JAG4-002", "JAG4-007"]),
                ("sub-id-format-number", "sub_id", json!({"format": 1}), SPEC, &["JAG4-002", "JAG4-007"]),
            ],
        );
    bench.refuses(
        "nameid-full",
        [row(
            case(
                "nameid-of-a-stranger",
                "A SAML issuer that is known does not vouch for the token's.",
                SPEC,
                &["JAG4-009"],
            ),
            jag().claim("sub_id", full.clone()).claim("iss", OTHER_IDP_ISSUER),
            "issuer_mismatch",
        )],
    );
    for (id, member, value, req) in [
        ("nameid-no-issuer", "issuer", Value::Null, required),
        ("nameid-no-nameid", "nameid", Value::Null, required),
        ("nameid-issuer-array", "issuer", json!(["https://saml.acme.example"]), required),
        ("nameid-number", "nameid", json!(7), required),
        ("nameid-format-number", "nameid_format", json!(7), form),
        ("nameid-qualifier-object", "name_qualifier", json!({}), form),
        ("nameid-sp-qualifier-number", "sp_name_qualifier", json!(7), form),
        ("nameid-sp-provided-id-boolean", "sp_provided_id", json!(true), form),
    ] {
        let about = case(id, &format!("`{member}` is absent or no string."), SPEC, req);
        bench.refuses(
            "nameid-full",
            [row(about, jag().claim("sub_id", broken(member, value)), "subject_identifier_unusable")],
        );
    }
}
