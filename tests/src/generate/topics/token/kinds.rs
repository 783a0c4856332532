//! RFC 8725 §3.12: the kinds of token exclude each other. A token with the claims of one kind and the `typ` of another
//! is refused by every verifier.

use serde_json::{Value, json};

use crate::format::Topic;
use crate::generate::dsl::case;
use crate::generate::verifiers::{ACTOR_TOKEN, CLIENT_ASSERTION, ID_TOKEN, Row, Verifier, row};

/// The `typ` of every kind, by a name for it.
const KINDS: [(&str, &str); 7] = [
    ("id-jag", "oauth-id-jag+jwt"),
    ("access-token", "at+jwt"),
    ("dpop-proof", "dpop+jwt"),
    ("client-assertion", "client-authentication+jwt"),
    ("actor-token", "actor+jwt"),
    ("logout-token", "logout+jwt"),
    ("security-event", "secevent+jwt"),
];

const SPEC: &str = "RFC 8725 §3.12";
const SPELLING: &str = "RFC 7515 §4.1.9";

/// The topic `kinds`.
pub fn kinds(verifier: &Verifier) -> Topic {
    let mut topic = verifier.topic("kinds");
    let own = own_typ(verifier);
    let mut bench = verifier.bench(&mut topic);
    bench.accepts_good(SPEC);
    bench.refuses("good", others(verifier, own));
    for (id, spelling) in [
        ("typ-upper-case", own.to_ascii_uppercase()),
        ("typ-media-type", format!("application/{own}")),
        ("typ-media-type-upper-case", format!("APPLICATION/{}", own.to_ascii_uppercase())),
    ] {
        let about = case(id, "The same media type in another spelling.", SPELLING, &["AMB-009", "R7515-010"]);
        bench.accepts(about, &verifier.token().header("typ", spelling));
    }
    bench.refuses("typ-media-type", misspelt(verifier, own));
    if is_lenient(verifier) {
        bench.accepts(
            case("typ-absent", "A token of this kind may go without `typ`.", SPEC, verifier.rules.typ),
            &verifier.token().without_header("typ"),
        );
    } else {
        bench.refuses(
            "good",
            [row(
                case("typ-absent", "No `typ`.", SPEC, verifier.rules.typ),
                verifier.token().without_header("typ"),
                "typ_mismatch",
            )],
        );
    }
    topic.finish()
}

/// Kinds that were in use before they had a `typ` of their own.
fn is_lenient(verifier: &Verifier) -> bool {
    [ID_TOKEN.operation, CLIENT_ASSERTION.operation].contains(&verifier.operation)
}

fn own_typ(verifier: &Verifier) -> &'static str {
    match verifier.operation {
        "id_jag.verify" => "oauth-id-jag+jwt",
        "access_token.verify" => "at+jwt",
        operation if operation == CLIENT_ASSERTION.operation => "client-authentication+jwt",
        operation if operation == ACTOR_TOKEN.operation => "actor+jwt",
        _ => "JWT",
    }
}

fn others(verifier: &Verifier, own: &str) -> Vec<Row> {
    let of_another_kind = |(id, typ): &(&str, &str)| {
        row(
            case(id, &format!("The `typ` of another kind, `{typ}`."), SPEC, verifier.rules.typ),
            verifier.token().header("typ", *typ),
            "typ_mismatch",
        )
    };
    let mut rows: Vec<Row> = KINDS.iter().filter(|(_, typ)| *typ != own).map(of_another_kind).collect();
    if !is_lenient(verifier) {
        rows.push(row(
            case("plain-jwt", "`JWT` says nothing about the kind.", SPEC, verifier.rules.typ),
            verifier.token().header("typ", "JWT"),
            "typ_mismatch",
        ));
    }
    rows.push(row(
        case("typ-number", "`typ` is a number.", SPELLING, verifier.rules.typ),
        verifier.token().header("typ", 1),
        "header_malformed",
    ));
    rows
}

/// Spellings of `typ` that are no spelling of it. An ID Token may have any `typ` that names no profile.
fn misspelt(verifier: &Verifier, own: &str) -> Vec<Row> {
    let spellings: [(&str, Value, &str); 6] = [
        ("typ-space", json!(format!("{own} ")), "A space after it."),
        ("typ-other-tree", json!(format!("x/{own}")), "Another type before the slash."),
        ("typ-parameter", json!(format!("application/{own};v=1")), "A parameter."),
        ("typ-doubled-prefix", json!(format!("application/application/{own}")), "The prefix twice."),
        ("typ-nul", json!(format!("{own}\u{0}")), "A NUL after it."),
        ("typ-non-ascii", json!(format!("\u{e4}pplication/{own}")), "A letter beyond ASCII."),
    ];
    let rows = spellings.into_iter().map(|(id, typ, comment)| {
        row(
            case(id, comment, SPELLING, &["AMB-009", "R7515-010"]),
            verifier.token().header("typ", typ),
            "typ_mismatch",
        )
    });
    if verifier.operation == ID_TOKEN.operation { Vec::new() } else { rows.collect() }
}
