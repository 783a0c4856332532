//! The claims that every kind of token requires: each missing, and each with every JSON type that it does not have.

use serde_json::{Value, json};

use crate::format::Topic;
use crate::generate::dsl::{TopicBuilder, case};
use crate::generate::verifiers::{Row, Verifier, row};

/// A claim that is a string: its name, the paragraph, and the requirements that its absence and its form show.
pub type StringClaim = (&'static str, &'static str, &'static [&'static str]);

/// The claims that each operation requires to be strings; `iss` first, which is read before anything is verified.
const REQUIRED: [(&str, &[StringClaim]); 5] = [
    (
        "id_jag.verify",
        &[
            ("iss", "JAG §3.1", &["JAG-001", "R7523-002", "R7519-007"]),
            ("sub", "JAG §3.1", &["JAG-002", "R7523-003", "R7519-007"]),
            ("client_id", "JAG §3.1", &["JAG-007", "R8693-018"]),
            ("jti", "JAG §3.1", &["JAG-009"]),
        ],
    ),
    (
        "access_token.verify",
        &[
            ("iss", "RFC 9068 §2.2", &["R9068-016", "R7519-007", "R9068-004"]),
            ("sub", "RFC 9068 §2.2", &["AMB-032", "R7519-007", "R9068-004"]),
            ("client_id", "RFC 9068 §2.2", &["AMB-032", "R8693-018", "R9068-004"]),
            ("jti", "RFC 9068 §2.2", &["AMB-032", "R9068-004"]),
        ],
    ),
    (
        "id_token.verify",
        &[
            ("iss", "OIDC Core §2", &["OIDC-009", "R7519-007"]),
            ("sub", "OIDC Core §2", &["OIDC-009", "R7519-007"]),
        ],
    ),
    (
        "client_assertion.verify",
        &[
            ("iss", "RFC 7523 §3", &["R7523-002", "R7523-004", "R7521-004"]),
            ("sub", "RFC 7523 §3", &["R7523-003", "R7523-004", "R7521-004"]),
            ("jti", "OIDC Core §9", &["R7521-004"]),
        ],
    ),
    (
        "actor_token.verify",
        &[("iss", "RFC 7519 §4.1.1", &["R7519-007"]), ("sub", "RFC 7519 §4.1.2", &["R7519-007"])],
    ),
];

/// The topic `claim-types`.
pub fn claim_types(verifier: &Verifier) -> Topic {
    let mut topic = verifier.topic("claim-types");
    let (_, required) = REQUIRED.iter().find(|(name, _)| *name == verifier.operation).expect("the operation");
    let mut bench = verifier.bench(&mut topic);
    bench.accepts_good("RFC 7519 §4.1");
    for (name, spec, req) in required.iter() {
        bench.refuses("good", string(verifier, name, spec, req));
    }
    bench.refuses("good", audience(verifier));
    iat(verifier, &mut topic);
    topic.finish()
}

fn id(claim: &str, suffix: &str) -> String {
    format!("{}-{suffix}", claim.replace('_', "-"))
}

/// A string claim: missing, of another type, empty, with a control character.
fn string(
    verifier: &Verifier,
    name: &'static str,
    spec: &'static str,
    req: &'static [&'static str],
) -> Vec<Row> {
    let about = |suffix: &str, comment: String| case(&id(name, suffix), &comment, spec, req);
    let mut rows =
        vec![row(about("missing", format!("No `{name}`.")), verifier.token().without(name), "claim_missing")];
    let values: [(&str, Value); 5] = [
        ("number", json!(7)),
        ("null", Value::Null),
        ("boolean", json!(true)),
        ("array", json!([verifier.token().claims()[name]])),
        ("object", json!({"value": "x"})),
    ];
    for (kind, value) in values {
        let comment = format!("`{name}` is not a string but of type {kind}.");
        rows.push(row(about(kind, comment), verifier.token().claim(name, value), "claim_malformed"));
    }
    if name != "iss" {
        for (suffix, value) in [("empty", ""), ("control-character", "a\u{7}b")] {
            let comment = format!("`{name}` names nobody: {value:?}.");
            rows.push(row(about(suffix, comment), verifier.token().claim(name, value), "claim_malformed"));
        }
    }
    rows
}

/// `aud`: absent, of another type, with an item of another type, somebody else.
fn audience(verifier: &Verifier) -> Vec<Row> {
    let own = verifier.token().claims()["aud"].clone();
    let text = own.as_str().expect("one audience").to_owned();
    let req: &[&str] = match verifier.operation {
        "id_jag.verify" => &["R7519-003", "JAG-066", "JAG-068"],
        "access_token.verify" => &["R7519-003", "R9068-017", "R9068-021"],
        "id_token.verify" => &["R7519-003", "OIDC-002", "JAG-041"],
        "client_assertion.verify" => &["R7519-003", "R7523B-001", "R7523-005"],
        _ => &["R7519-003", "R8725-014"],
    };
    let presence: &[&str] = match verifier.operation {
        "id_jag.verify" => &["R8725-014", "JAG-006", "R7523-005"],
        "id_token.verify" => &["R8725-014", "OIDC-009", "OIDC-002"],
        "access_token.verify" => &["R8725-014", "R9068-017", "R9068-004"],
        _ => &["R8725-014"],
    };
    let spec = "RFC 7519 §4.1.3";
    let mut rows = vec![row(
        case("aud-missing", "No `aud`.", spec, presence),
        verifier.token().without("aud"),
        "claim_missing",
    )];
    let malformed: [(&str, Value); 7] = [
        ("number", json!(7)),
        ("null", Value::Null),
        ("boolean", json!(true)),
        ("object", json!({"0": text})),
        ("mixed-array", json!([text, 7])),
        ("array-of-null", json!([null])),
        ("nested-array", json!([[text]])),
    ];
    for (suffix, value) in malformed {
        let about = case(&format!("aud-{suffix}"), "`aud` is neither a string nor strings.", spec, req);
        rows.push(row(about, verifier.token().claim("aud", value), "claim_malformed"));
    }
    for (suffix, value) in [
        ("empty-array", json!([])),
        ("upper-case", json!(text.to_uppercase())),
        ("other", json!("https://other.example")),
        ("prefix", json!(format!("{text}x"))),
        ("slash", json!(slashed(&text))),
        ("empty", json!("")),
    ] {
        let about = case(&format!("aud-{suffix}"), "`aud` names somebody else.", spec, req);
        rows.push(row(about, verifier.token().claim("aud", value), "audience_mismatch"));
    }
    rows
}

/// The text with one slash more or less at its end.
pub fn slashed(text: &str) -> String {
    text.strip_suffix('/').map_or_else(|| format!("{text}/"), str::to_owned)
}

/// `iat` is required of grants, access tokens and ID Tokens.
fn iat(verifier: &Verifier, topic: &mut TopicBuilder) {
    let req: &[&str] = match verifier.operation {
        "id_jag.verify" => &["JAG-011"],
        "access_token.verify" => &["AMB-032", "R9068-004"],
        "id_token.verify" => &["OIDC-009"],
        _ => {
            let about = case("iat-missing", "`iat` is not required.", "RFC 7523 §3", &[]);
            verifier.bench(topic).accepts(about, &verifier.token().without("iat"));
            return;
        }
    };
    verifier.bench(topic).refuses(
        "good",
        [row(
            case("iat-missing", "No `iat`.", "RFC 7519 §4.1.6", req),
            verifier.token().without("iat"),
            "claim_missing",
        )],
    );
}
