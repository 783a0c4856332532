//! RFC 7519 §4.1.4 to §4.1.6 for every kind of token: each boundary at the last second that passes and the first that
//! does not.

use serde_json::{Value, json};

use crate::format::Topic;
use crate::generate::dsl::case;
use crate::generate::scene::NOW;
use crate::generate::verifiers::{EXPIRES, ISSUED, Row, TOLERANCE, Verifier, row};

const EXP: &str = "RFC 7519 §4.1.4";
const NBF: &str = "RFC 7519 §4.1.5";
const IAT: &str = "RFC 7519 §4.1.6";
const DATE: &str = "RFC 7519 §2";

/// The topic `time`.
pub fn time(verifier: &Verifier) -> Topic {
    let mut topic = verifier.topic("time");
    let rules = verifier.rules;
    let token = || verifier.token();
    let good = token().compact();
    verifier
        .bench(&mut topic)
        .accepts_good(EXP)
        .accepts(
            case("exp-last-second", "The last second within the tolerance of 60 s.", EXP, rules.exp)
                .at(EXPIRES + TOLERANCE - 1),
            &token(),
        )
        .refuses(
            "exp-last-second",
            [
                row(
                    case("exp-tolerance-spent", "`now` is `exp` plus the tolerance.", EXP, rules.exp)
                        .at(EXPIRES + TOLERANCE),
                    &*good,
                    "token_expired",
                ),
                row(
                    case("now-in-milliseconds", "The caller passes milliseconds.", "DESIGN §3", &[])
                        .at(NOW * 1000),
                    &*good,
                    "invalid_now",
                ),
            ],
        )
        .accepts(
            case("nbf-within-tolerance", "`nbf` lies 60 s ahead.", NBF, rules.nbf),
            &token().claim("nbf", NOW + TOLERANCE),
        )
        .accepts(
            case("iat-within-tolerance", "`iat` lies 60 s ahead.", IAT, &["AMB-026"]),
            &token().claim("iat", NOW + TOLERANCE),
        )
        .refuses("nbf-within-tolerance", ahead(verifier))
        .refuses(
            "iat-within-tolerance",
            [row(
                case("iat-ahead", "`iat` lies 61 s ahead.", IAT, &["AMB-026"]),
                token().claim("iat", NOW + TOLERANCE + 1),
                "token_issued_in_future",
            )],
        )
        .refuses("good", malformed(verifier));
    verifier
        .bench_with(&mut topic, "No tolerance.", &[("window", json!({"tolerance": 0}))])
        .accepts(case("strict", "An ordinary token.", EXP, &[]), &token())
        .accepts(case("exp-minus-one", "One second before `exp`.", EXP, rules.exp).at(EXPIRES - 1), &token())
        .refuses(
            "exp-minus-one",
            [row(
                case("exp-is-now", "`now` is `exp`: not before it any more.", EXP, rules.exp).at(EXPIRES),
                &*good,
                "token_expired",
            )],
        )
        .accepts(case("nbf-is-now", "`nbf` is `now`.", NBF, rules.nbf), &token().claim("nbf", NOW))
        .refuses(
            "nbf-is-now",
            [row(
                case("nbf-next-second", "`nbf` is one second ahead.", NBF, rules.nbf),
                token().claim("nbf", NOW + 1),
                "token_not_yet_valid",
            )],
        )
        .refuses(
            "strict",
            [row(
                case("iat-next-second", "`iat` is one second ahead.", IAT, &["AMB-026"]),
                token().claim("iat", NOW + 1),
                "token_issued_in_future",
            )],
        );
    fractions(verifier, &mut topic);
    ages(verifier, &mut topic);
    topic.finish()
}

fn ahead(verifier: &Verifier) -> [Row; 1] {
    [row(
        case("nbf-ahead", "`nbf` lies 61 s ahead.", NBF, verifier.rules.nbf),
        verifier.token().claim("nbf", NOW + TOLERANCE + 1),
        "token_not_yet_valid",
    )]
}

/// `exp`, `iat` and `nbf` of every type but a number, and numbers that are no date.
fn malformed(verifier: &Verifier) -> Vec<Row> {
    let token = || verifier.token();
    let exp = token().claims()["exp"].to_string();
    let written = |text: &str| {
        let (from, to) = (format!(r#""exp":{exp}"#), format!(r#""exp":{text}"#));
        token().payload_text(|payload| payload.replace(&from, &to))
    };
    let about = |id: &str, comment: &str| case(id, comment, DATE, &["R7519-006"]);
    let mut rows = vec![
        row(about("exp-missing", "No `exp`."), token().without("exp"), "claim_missing"),
        row(about("exp-negative", "`exp` before 1970."), token().claim("exp", -1), "token_expired"),
        row(about("exp-zero", "`exp` is 1970."), token().claim("exp", 0), "token_expired"),
        row(about("exp-nan", "`exp` is no JSON number."), written("NaN"), "claims_malformed"),
        row(about("exp-overflow", "`exp` is beyond a double."), written("1e400"), "claims_malformed"),
        row(about("exp-underflow", "`exp` is below a double."), written("-1e400"), "claims_malformed"),
        row(
            about("exp-inexact", "`exp` is beyond 2^53: no second any more."),
            written("1e300"),
            "claim_malformed",
        ),
    ];
    let values: [(&str, Value); 5] = [
        ("string", json!("1700000290")),
        ("null", Value::Null),
        ("boolean", json!(true)),
        ("array", json!([1_700_000_290])),
        ("object", json!({})),
    ];
    for claim in ["exp", "iat", "nbf"] {
        for (kind, value) in &values {
            let about = case(
                &format!("{claim}-{kind}"),
                &format!("`{claim}` is not a number: {value}."),
                DATE,
                &["R7519-006"],
            );
            rows.push(row(about, token().claim(claim, value.clone()), "claim_malformed"));
        }
    }
    rows
}

/// Dates with a fraction, compared with a whole `now`.
fn fractions(verifier: &Verifier, topic: &mut crate::generate::dsl::TopicBuilder) {
    let token = || verifier.token().claim("iat", 1_699_999_990.5).claim("exp", 1_700_000_000.5);
    let exponent = verifier.token().claim("exp", 1.700_000_29e9);
    verifier
        .bench_with(topic, "Dates with a fraction, no tolerance.", &[("window", json!({"tolerance": 0}))])
        .accepts(case("fraction", "Half a second before `exp`.", DATE, &["R7519-006"]), &token())
        .refuses(
            "fraction",
            [
                row(
                    case("fraction-passed", "Half a second after `exp`.", DATE, &["R7519-006", "R7519-004"])
                        .at(NOW + 1),
                    token(),
                    "token_expired",
                ),
                row(
                    case("fraction-nbf", "`nbf` is half a second ahead.", DATE, &["R7519-006", "R7519-005"]),
                    token().claim("nbf", 1_700_000_000.5),
                    "token_not_yet_valid",
                ),
            ],
        )
        .accepts(
            case("exponent", "`exp` is written with a fraction of zero.", DATE, &["R7519-006"]),
            &exponent,
        );
}

/// How long a token may live, how old it may be, and how far the tolerance may go.
fn ages(verifier: &Verifier, topic: &mut crate::generate::dsl::TopicBuilder) {
    let rules = verifier.rules;
    let token = || verifier.token();
    verifier
        .bench_with(topic, "A lifetime of 300 s at most.", &[("window", json!({"max_lifetime": 300}))])
        .accepts(case("lifetime-at-most", "A lifetime of 300 s.", "RFC 7523 §3", rules.age), &token())
        .refuses(
            "lifetime-at-most",
            [row(
                case("lifetime-too-long", "A lifetime of 301 s.", "RFC 7523 §3", rules.age),
                token().claim("exp", EXPIRES + 1),
                "lifetime_too_long",
            )],
        );
    let window = json!({"max_age": 10, "tolerance": 0});
    verifier
        .bench_with(topic, "An age of 10 s at most, no tolerance.", &[("window", window)])
        .accepts(case("age-at-most", "Issued 10 s ago.", "RFC 7523 §3", rules.age), &token())
        .refuses(
            "age-at-most",
            [row(
                case("too-old", "Issued 11 s ago.", "RFC 7523 §3", rules.age),
                token().claim("iat", ISSUED - 1),
                "token_too_old",
            )],
        );
    verifier
        .bench_with(topic, "The greatest tolerance.", &[("window", json!({"tolerance": 300}))])
        .accepts(case("tolerance-at-most", "A tolerance of 300 s.", "RFC 9068 §4", &["AMB-026"]), &token());
    verifier
        .bench_with(topic, "More than the greatest tolerance.", &[("window", json!({"tolerance": 301}))])
        .refuses(
            "tolerance-at-most",
            [row(
                case("tolerance-too-great", "A tolerance of 301 s.", "RFC 9068 §4", &["AMB-026"]),
                token(),
                "config_invalid",
            )],
        );
}
