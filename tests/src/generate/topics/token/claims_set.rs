//! RFC 7519 §7.2: the claims of every kind of token are one JSON object in UTF-8, with one reading.

use serde_json::{Value, json};

use crate::format::Topic;
use crate::generate::dsl::{TopicBuilder, case};
use crate::generate::mint::Jws;
use crate::generate::verifiers::{Row, Verifier, row};
use crate::json;

const SPEC: &str = "RFC 7519 §7.2";
const TWICE: &[&str] = &["R7519-002", "AMB-028"];

/// The deepest nesting that is read.
const DEPTH: usize = 16;

/// The most values and names that are read.
const VALUES: usize = 512;

/// The topic `claims-set`.
pub fn claims_set(verifier: &Verifier) -> Topic {
    let mut topic = verifier.topic("claims-set");
    let deep = verifier.token().claim("x", nested(DEPTH - 1));
    verifier
        .bench(&mut topic)
        .accepts_good(SPEC)
        .refuses("good", shapes(verifier))
        .accepts(
            case(
                "unknown-claims",
                "Claims that nobody here understands.",
                "RFC 7519 §4",
                verifier.rules.unknown,
            ),
            &verifier
                .token()
                .claim("x-corp", json!({"a": [1, 2.5, null, true]}))
                .claim("https://corp.example/claim", "b"),
        )
        .refuses("unknown-claims", [understood(verifier)])
        .accepts(case("deep", "Nesting as deep as is read.", "DESIGN §3", &[]), &deep)
        .refuses(
            "deep",
            [row(
                case("too-deep", "One level deeper.", "DESIGN §3", &[]),
                verifier.token().claim("x", nested(DEPTH)),
                "json_too_deep",
            )],
        )
        .accepts(
            case("crowded", "As many values and names as are read.", "DESIGN §3", &[]),
            &crowded(verifier, VALUES),
        )
        .refuses(
            "crowded",
            [row(
                case("too-many-values", "One value more.", "DESIGN §3", &[]),
                crowded(verifier, VALUES + 1),
                "too_many_values",
            )],
        );
    duplicates(verifier, &mut topic);
    topic.finish()
}

/// The good token with a claim that makes its values and names `count`.
fn crowded(verifier: &Verifier, count: usize) -> Jws {
    let with = |items: usize| verifier.token().claim("x", vec![0; items]);
    with(count - values(&with(0).claims()))
}

/// The values of a text, and the names of its members.
fn values(json: &Value) -> usize {
    1 + match json {
        Value::Array(items) => items.iter().map(values).sum(),
        Value::Object(members) => members.values().map(|value| 1 + values(value)).sum(),
        _ => 0,
    }
}

fn nested(levels: usize) -> Value {
    (0..levels).fold(json!(1), |value, _| json!([value]))
}

/// A claim that is understood and unusable: that it is not needed does not make it unknown.
fn understood(verifier: &Verifier) -> Row {
    row(
        case(
            "understood-claim",
            "A claim that is understood is not ignored.",
            "RFC 7519 §4",
            verifier.rules.unknown,
        ),
        verifier
            .token()
            .claim("x-corp", json!({"a": [1, 2.5, null, true]}))
            .claim("https://corp.example/claim", "b")
            .claim("nbf", "soon"),
        "claim_malformed",
    )
}

fn shapes(verifier: &Verifier) -> Vec<Row> {
    let claims = json::compact(&verifier.token().claims());
    let utf16: Vec<u8> = claims.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let open = &claims[..claims.len() - 1];
    let object = &["R7519-001"];
    let encoding = &["R8725-011", "R7519-001"];
    let bytes = |bytes: Vec<u8>| verifier.token().payload_bytes(bytes);
    let within = |value: &[u8]| [open.as_bytes(), b",\"x\":\"", value, b"\"}"].concat();
    let table: Vec<(&str, &str, &[&str], Vec<u8>)> = vec![
        ("array", "An array.", object, format!("[{claims}]").into()),
        ("string", "A string.", object, json!(claims).to_string().into()),
        ("number", "A number.", object, b"1".to_vec()),
        ("null", "`null`.", object, b"null".to_vec()),
        ("empty", "Nothing.", object, Vec::new()),
        ("trailing-data", "An object and more.", object, format!("{claims}{{}}").into()),
        ("trailing-comma", "A comma before the end.", object, format!("{open},}}").into()),
        ("comment", "A comment.", object, format!("{open}/**/}}").into()),
        ("bom", "A byte order mark.", encoding, format!("\u{feff}{claims}").into()),
        ("utf-16", "UTF-16.", encoding, utf16),
        ("invalid-utf-8", "An octet that UTF-8 does not have.", encoding, within(&[0xff])),
        ("overlong", "An overlong encoding of `/`.", encoding, within(&[0xc0, 0xaf])),
        ("encoded-surrogate", "A surrogate in UTF-8.", encoding, within(&[0xed, 0xa0, 0x80])),
        ("lone-surrogate", "An escape that is half a character.", encoding, within(b"\\ud800")),
    ];
    table
        .into_iter()
        .map(|(id, comment, req, payload)| {
            row(case(id, comment, SPEC, req), bytes(payload), "claims_malformed")
        })
        .collect()
}

/// A member that occurs twice, at the top and below, spelt alike or not.
fn duplicates(verifier: &Verifier, topic: &mut TopicBuilder) {
    let structured = || verifier.token().claim("x", json!({"a": {"b": 1}}));
    let escaped = |token: Jws| token.payload_text(|text| text.replace(r#""b":1"#, r#""b":1,"\u0062":2"#));
    let twice = |id: &str, comment: &str, token: Jws| {
        row(case(id, comment, "RFC 7519 §4", TWICE), token, "duplicate_member")
    };
    let exp = verifier.token().claims()["exp"].clone();
    let sub = verifier.token().claims()["sub"].clone();
    let aud = verifier.token().claims()["aud"].clone();
    verifier
        .bench(topic)
        .refuses(
            "good",
            [
                twice(
                    "aud-twice",
                    "`aud` twice, with one value.",
                    verifier.token().duplicate_claim("aud", aud),
                ),
                twice(
                    "sub-twice",
                    "`sub` twice, with one value.",
                    verifier.token().duplicate_claim("sub", sub),
                ),
                twice(
                    "exp-twice",
                    "`exp` twice, with one value.",
                    verifier.token().duplicate_claim("exp", exp),
                ),
            ],
        )
        .accepts(case("structured", "A claim with members.", "RFC 7519 §4", &[]), &structured())
        .refuses(
            "structured",
            [
                twice(
                    "nested-twice",
                    "A member twice, three levels down.",
                    structured().payload_text(|text| text.replace(r#""b":1"#, r#""b":1,"b":1"#)),
                ),
                twice("escaped-twice", "A member twice, once with an escape.", escaped(structured())),
            ],
        );
}
