//! `id_jag.sign` and `access_token.sign`.

use serde_json::{Value, json};

use super::{claims, group, output, parsed, refuse, signers};
use crate::format::Topic;
use crate::generate::dsl::{GroupBuilder, TopicBuilder, case, fails_locally, with};
use crate::generate::keys::{IDP, RAS};

const ID_JAG: &str = "oauth-id-jag+jwt";
const ACCESS_TOKEN: &str = "at+jwt";

const JAG: &str = r#"{"iss":"https://acme.idp.example","sub":"U019488227","aud":"https://auth.chat.example/","client_id":"f53f191f9311af35","jti":"jag-1","iat":1700000000,"exp":1700000300}"#;

/// Every claim that has a place, in the order in which they are written.
const FULL_JAG: &str = r#"{"iss":"https://acme.idp.example","sub":"U019488227","aud":"https://auth.chat.example/","client_id":"f53f191f9311af35","jti":"jag-1","iat":1700000000,"exp":1700000300,"resource":["https://mcp.chat.example/","https://files.chat.example/"],"scope":"chat.history chat.read","authorization_details":[{"type":"chat_channel"}],"act":{"iss":"https://other.idp.example","sub":"agent-7","sub_profile":"ai_agent","act":{"sub":"agent-6","act":{"sub":"agent-5"}}},"cnf":{"jkt":"0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"},"tenant":"acme","aud_tenant":"acme-at-chat","aud_sub":"user-17","acr":"phr","email":"jane@acme.example","auth_time":1699999000,"amr":["pwd","hwk"],"sub_id":{"format":"saml-nameid","issuer":"https://saml.acme.example","nameid":"jane","nameid_format":"urn:oasis:names:tc:SAML:2.0:nameid-format:persistent","name_qualifier":"q","sp_name_qualifier":"https://chat.example","sp_provided_id":"p"}}"#;

const NAMED_JAG: &str = r#"{"iss":"https://acme.idp.example","sub":"U019488227","aud":"https://auth.chat.example/","client_id":"f53f191f9311af35","jti":"jag-1","iat":1700000000,"exp":1700000300,"sub_id":{"format":"saml-nameid","issuer":"https://saml.acme.example","nameid":"jane"}}"#;

const AT: &str = r#"{"iss":"https://auth.chat.example/","sub":"user-17","aud":"https://mcp.chat.example/","client_id":"f53f191f9311af35","jti":"at-1","iat":1700000000,"exp":1700003600}"#;

const FULL_AT: &str = r#"{"iss":"https://auth.chat.example/","sub":"user-17","aud":["https://mcp.chat.example/","https://files.chat.example/"],"client_id":"f53f191f9311af35","jti":"at-1","iat":1700000000,"exp":1700003600,"scope":"chat.history chat.read","authorization_details":[{"type":"chat_channel"}],"act":{"sub":"agent-7"},"cnf":{"jkt":"0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"},"auth_time":1699999000,"acr":"phr","amr":["pwd","hwk"],"jag_jti":"jag-1"}"#;

/// `payload` with one member more at its end.
fn extended(payload: &str, member: &str) -> String {
    format!("{},{member}}}", &payload[..payload.len() - 1])
}

/// ID-JAGs.
pub fn id_jag() -> Topic {
    let mut topic = TopicBuilder::new("id_jag.sign", "tokens");
    let required: &[&str] = &["JAG-001", "JAG-020", "JAG-006"];
    let identity: &[&str] = &["JAG-002", "JAG-007", "JAG-009"];
    let times: &[&str] = &["JAG-010", "JAG-011", "R8725-006"];
    let nameid: &[&str] = &["JAG4-004", "JAG4-003"];
    let unsorted = with(&claims(JAG), &[("claims/scope", json!("chat.read chat.history chat.read"))]);
    let sorted = extended(JAG, r#""scope":"chat.history chat.read""#);
    let with_extra = with(&claims(JAG), &[("extra", json!({"task": "t-1"}))]);
    let extra = extended(JAG, r#""task":"t-1""#);
    group(&mut topic, IDP.eddsa()).valid(
        case("eddsa", "The required claims, by EdDSA.", "JAG §3.1", times),
        claims(JAG),
        output(IDP.eddsa(), ID_JAG, JAG),
    );
    let mut es256 = group(&mut topic, IDP.es256());
    es256
        .valid(
            case("required", "The required claims, by ES256.", "JAG §3.1", required),
            claims(JAG),
            output(IDP.es256(), ID_JAG, JAG),
        )
        .valid(
            case("full", "Every claim that has a place.", "JAG §3.1", identity),
            claims(FULL_JAG),
            output(IDP.es256(), ID_JAG, FULL_JAG),
        )
        .valid(
            case(
                "nameid-bare",
                "A NameID without attributes has no optional members.",
                "JAG-04 §3.2",
                nameid,
            ),
            claims(NAMED_JAG),
            output(IDP.es256(), ID_JAG, NAMED_JAG),
        )
        .valid(
            case(
                "scope-is-a-set",
                "A scope is written once per token, sorted, as one string.",
                "JAG §3.1",
                &["JAG-013", "R8693-017"],
            ),
            unsorted,
            output(IDP.es256(), ID_JAG, &sorted),
        )
        .valid(
            case("extra", "A claim of the host's own.", "JAG §3.1", &["JAG-021"]),
            with_extra.clone(),
            output(IDP.es256(), ID_JAG, &extra),
        );
    conversations(&mut es256, &claims(JAG), |claim| {
        output(IDP.es256(), ID_JAG, &extended(JAG, &format!(r#""{claim}":"conversation:01JD""#)))
    });
    refuse(
        &mut es256,
        "required",
        &claims(JAG),
        "JAG §3.1",
        vec![
            ("iss-http", "claims/iss", json!("http://acme.idp.example"), &["JAG-001"], "url_insecure"),
            ("iss-relative", "claims/iss", json!("acme"), &["JAG-001"], "url_malformed"),
            (
                "iss-fragment",
                "claims/iss",
                json!("https://acme.idp.example#x"),
                &["JAG-001"],
                "url_malformed",
            ),
            ("aud-query", "claims/aud", json!("https://auth.chat.example/?x"), &["JAG-006"], "url_malformed"),
            ("sub-empty", "claims/sub", json!(""), &["JAG-002"], "text_invalid"),
            ("sub-control", "claims/sub", json!("a\u{0}"), &["JAG-002"], "text_invalid"),
            ("client-id-empty", "claims/client_id", json!(""), &["JAG-007"], "text_invalid"),
            ("jti-empty", "claims/jti", json!(""), &["JAG-009"], "text_invalid"),
            ("jti-too-long", "claims/jti", json!("j".repeat(257)), &["JAG-009"], "text_invalid"),
            ("iat-milliseconds", "claims/iat", json!(1_700_000_000_000_u64), &["JAG-011"], "invalid_now"),
            ("exp-milliseconds", "claims/exp", json!(1_700_000_300_000_u64), &["JAG-010"], "invalid_now"),
            (
                "resource-fragment",
                "claims/resource",
                json!("https://mcp.chat.example/#x"),
                &["JAG-012"],
                "url_malformed",
            ),
            ("scope-quote", "claims/scope", json!("a\"b"), &["JAG-013"], "scope_malformed"),
            (
                "details-object",
                "claims/authorization_details",
                json!({"type": "x"}),
                &["JAG-014"],
                "details_malformed",
            ),
            ("cnf-short", "claims/cnf", json!({"jkt": "AQ"}), &["R7638-002"], "text_invalid"),
            ("act-sub-empty", "claims/act", json!({"sub": ""}), &["JAG-015"], "text_invalid"),
            ("tenant-empty", "claims/tenant", json!(""), &["JAG-016"], "text_invalid"),
        ],
    );
    for name in ["iss", "aud", "exp", "scope", "cnf", "nbf", "nonce", "may_act"] {
        let about = case(
            &format!("extra-{}", name.replace('_', "-")),
            "A claim of the host's own under a registered name.",
            "DESIGN §4",
            &[],
        );
        es256.invalid(
            about,
            "extra",
            with(&with_extra, &[(&format!("extra/{name}"), json!("x"))]),
            fails_locally("claim_reserved"),
        );
    }
    signers(&mut topic, IDP.es256(), "required", &claims(JAG));
    topic.finish()
}

/// The conversation, under the usual name and another.
fn conversations(group: &mut GroupBuilder<'_>, claims: &Value, output: impl Fn(&str) -> Value) {
    let ctx = with(claims, &[("claims/ctx", json!("conversation:01JD"))]);
    let txn = with(&ctx, &[("context_claim", json!("txn"))]);
    group.valid(case("ctx", "A conversation.", "DESIGN §7", &[]), ctx.clone(), output("ctx")).valid(
        case("txn", "Under the name of RFC 8417.", "DESIGN §7", &[]),
        txn.clone(),
        output("txn"),
    );
    for (id, value) in [("empty", json!("")), ("longer", json!("c".repeat(513))), ("control", json!("a\n"))] {
        group.invalid(
            case(&format!("ctx-{id}"), "No conversation.", "DESIGN §7", &[]),
            "ctx",
            with(&ctx, &[("claims/ctx", value)]),
            fails_locally("text_invalid"),
        );
    }
    group
        .invalid(
            case("context-claim-taken", "A name that is taken.", "DESIGN §7", &[]),
            "txn",
            with(&txn, &[("context_claim", json!("act"))]),
            fails_locally("config_invalid"),
        )
        .invalid(
            case("extra-conversation", "A conversation beside the conversation.", "DESIGN §7", &[]),
            "txn",
            with(&txn, &[("extra", json!({"txn": "conversation:2"}))]),
            fails_locally("claim_reserved"),
        );
}

/// Access tokens.
pub fn access_token() -> Topic {
    let mut topic = TopicBuilder::new("access_token.sign", "tokens");
    let required: &[&str] = &["R9068-004", "R9068-001", "R9068-003"];
    let with_extra = with(&claims(AT), &[("extra", json!({"task": "t-1"}))]);
    let extra = extended(AT, r#""task":"t-1""#);
    group(&mut topic, RAS.eddsa()).valid(
        case("eddsa", "The required claims, by EdDSA.", "RFC 9068 §2.2", required),
        claims(AT),
        output(RAS.eddsa(), ACCESS_TOKEN, AT),
    );
    let mut es256 = group(&mut topic, RAS.es256());
    es256
        .valid(
            case("required", "The required claims, by ES256.", "RFC 9068 §2.2", required),
            claims(AT),
            output(RAS.es256(), ACCESS_TOKEN, AT),
        )
        .valid(
            case(
                "full",
                "Every claim that has a place.",
                "RFC 9068 §2.2",
                &["R9068-006", "R9068-007", "R9449-024"],
            ),
            claims(FULL_AT),
            output(RAS.es256(), ACCESS_TOKEN, FULL_AT),
        )
        .valid(
            case("no-scope", "An empty scope is not written.", "RFC 9068 §2.2.3", &["R9068-007"]),
            with(&claims(AT), &[("claims/scope", json!(""))]),
            output(RAS.es256(), ACCESS_TOKEN, AT),
        )
        .valid(
            case("extra", "A claim of the host's own.", "RFC 9068 §2.2", &[]),
            with_extra.clone(),
            output(RAS.es256(), ACCESS_TOKEN, &extra),
        );
    conversations(&mut es256, &claims(AT), |claim| {
        output(RAS.es256(), ACCESS_TOKEN, &extended(AT, &format!(r#""{claim}":"conversation:01JD""#)))
    });
    let left_out = |id, path| (id, path, Value::Null, &["R9068-004"][..], "claim_missing");
    refuse(
        &mut es256,
        "required",
        &claims(AT),
        "RFC 9068 §2.2",
        vec![
            left_out("sub-missing", "claims/sub"),
            left_out("aud-missing", "claims/aud"),
            left_out("client-id-missing", "claims/client_id"),
            left_out("jti-missing", "claims/jti"),
            left_out("iat-missing", "claims/iat"),
            ("aud-empty", "claims/aud", json!([]), &["R9068-004"], "claim_missing"),
            ("iss-http", "claims/iss", json!("http://auth.chat.example/"), &[], "url_insecure"),
            ("scope-two-spaces", "claims/scope", json!("a  b"), &["R8693-017"], "scope_malformed"),
            ("exp-milliseconds", "claims/exp", json!(1_700_000_300_000_u64), &[], "invalid_now"),
        ],
    );
    for name in ["sub", "jag_jti", "resource"] {
        let about = case(
            &format!("extra-{}", name.replace('_', "-")),
            "A claim of the host's own under a registered name.",
            "DESIGN §4",
            &[],
        );
        es256.invalid(
            about,
            "extra",
            with(&with_extra, &[(&format!("extra/{name}"), json!("x"))]),
            fails_locally("claim_reserved"),
        );
    }
    signers(&mut topic, RAS.es256(), "required", &claims(AT));
    topic.finish()
}

/// The claims of an ordinary access token, as text and as JSON.
pub(super) fn ordinary() -> (&'static str, Value) {
    (AT, parsed(AT))
}
