//! The signature of every kind of token: whose key, which algorithm, and no way around either.

use serde_json::{Value, json};

use crate::format::Topic;
use crate::generate::dsl::{TopicBuilder, case};
use crate::generate::keys::{ATTACKER, IDP_NEXT, OTHER_IDP, RAS, jwks};
use crate::generate::mint::{Jws, break_signature, hmac, with_padding};
use crate::generate::scene::IDP_ISSUER;
use crate::generate::verifiers::{CLIENT_ASSERTION, Row, Verifier, row};
use crate::json;

/// The topic `signature`.
pub fn signature(verifier: &Verifier) -> Topic {
    let mut topic = verifier.topic("signature");
    let rules = verifier.rules;
    verifier
        .bench(&mut topic)
        .accepts_good("RFC 7515 §5.2")
        .refuses("good", foreign_keys(verifier))
        .refuses("good", header(verifier))
        .refuses("good", shape(verifier))
        .accepts(
            case(
                "other-keys-named",
                "The right key signed; what the header points to is not read.",
                "RFC 8725 §3.10",
                &[],
            ),
            &verifier
                .token()
                .header("jwk", ATTACKER.es256().bare_jwk())
                .header("jku", "https://attacker.example/jwks")
                .header("x5u", "https://attacker.example/chain"),
        );
    algorithms(verifier, &mut topic);
    limits(verifier, &mut topic);
    if verifier.operation != CLIENT_ASSERTION.operation {
        let owner = if verifier.key().party == RAS { IDP_ISSUER } else { "https://auth.chat.example/" };
        verifier
            .bench_with(
                &mut topic,
                "The key set is that of another issuer.",
                &[("key_set_issuer", json!(owner))],
            )
            .refuses(
                "good",
                [row(
                    case(
                        "key-set-of-another",
                        "The key set belongs to another issuer.",
                        "RFC 8725 §3.8",
                        rules.keys,
                    ),
                    verifier.token(),
                    "issuer_mismatch",
                )],
            );
    }
    topic.finish()
}

/// Keys that are not the issuer's.
fn foreign_keys(verifier: &Verifier) -> Vec<Row> {
    let rules = verifier.rules;
    let token = || verifier.token();
    let other = if verifier.key().party == OTHER_IDP { RAS } else { OTHER_IDP };
    let follow = &["R8725-015"];
    let by_attacker = |name: &str, value: Value| token().header(name, value).signed_by(ATTACKER.es256());
    let mut rows = vec![
        row(
            case("broken", "One bit of the signature is flipped.", "RFC 7515 §5.2", rules.signature),
            break_signature(&token().compact()),
            "signature_invalid",
        ),
        row(
            case("attacker", "Another key signed.", "RFC 7515 §5.2", rules.signature),
            token().signed_by(ATTACKER.es256()),
            "signature_invalid",
        ),
        row(
            case(
                "trusted-by-others",
                "A key signed that is trusted for another issuer.",
                "RFC 8725 §3.8",
                rules.keys,
            ),
            token().signed_by(other.es256()),
            "signature_invalid",
        ),
        row(
            case("trusted-by-others-named", "The same, and the header says so.", "RFC 8725 §3.8", rules.keys),
            token().header("kid", other.es256().kid()).signed_by(other.es256()),
            "key_unknown",
        ),
        row(
            case(
                "next-key",
                "The next key signed, the header names the present one.",
                "RFC 7515 §4.1.4",
                &["R7515-009"],
            ),
            token().signed_by(IDP_NEXT.es256()),
            "signature_invalid",
        ),
        row(
            case("jwk-in-header", "The header brings the key.", "RFC 8725 §3.10", rules.keys),
            by_attacker("jwk", ATTACKER.es256().public_jwk()),
            "signature_invalid",
        ),
    ];
    for (id, name, value) in [
        ("jku-in-header", "jku", json!("https://attacker.example/jwks")),
        ("x5u-in-header", "x5u", json!("https://attacker.example/chain")),
        ("x5c-in-header", "x5c", json!(["MIIB"])),
    ] {
        let about = case(id, "The header says where the key is.", "RFC 8725 §3.10", follow);
        rows.push(row(about, by_attacker(name, value), "signature_invalid"));
    }
    for (id, kid) in [
        ("kid-path", "../../../../etc/passwd"),
        ("kid-sql", "' OR '1'='1"),
        ("kid-url", "https://attacker.example/key"),
        ("kid-unknown", "idp-es257"),
    ] {
        let about = case(id, "A `kid` is looked up and nothing else.", "RFC 8725 §3.10", follow);
        rows.push(row(about, token().header("kid", kid), "key_unknown"));
    }
    let about = case("kid-control", "A `kid` with a control character.", "RFC 8725 §3.10", follow);
    rows.push(row(about, token().header("kid", "idp\u{0}es256"), "header_malformed"));
    rows
}

/// `alg`, `crit`, `cty` and members that occur twice.
fn header(verifier: &Verifier) -> Vec<Row> {
    let token = || verifier.token();
    let none = &["R8725-004", "AMB-013", "R7515-004"];
    let secret = json::compact(&verifier.key().public_jwk());
    let hs256 = token().header("alg", "HS256");
    let compact = hs256.compact();
    let (signing_input, _) = compact.rsplit_once('.').expect("three segments");
    let mac = hmac(secret.as_bytes(), signing_input.as_bytes());
    vec![
        row(
            case("alg-none", "`none`, with a signature left over.", "RFC 8725 §3.2", none),
            token().header("alg", "none"),
            "algorithm_not_allowed",
        ),
        row(
            case("alg-none-unsigned", "`none`, without a signature.", "RFC 8725 §3.2", none),
            token().header("alg", "none").signature([]),
            "token_malformed",
        ),
        row(
            case(
                "public-key-as-secret",
                "HS256 with the public key as the secret.",
                "RFC 8725 §2.1",
                &["R8725-002", "AMB-013"],
            ),
            hs256.signature(mac),
            "algorithm_not_allowed",
        ),
        row(
            case("nested", "The header says that the payload is a token.", "RFC 7519 §5.2", &["R7519-009"]),
            token().header("cty", "JWT"),
            "token_nested",
        ),
        row(
            case(
                "critical",
                "A critical extension that nobody understands.",
                "RFC 7515 §4.1.11",
                &["R7515-005"],
            ),
            token().header("crit", json!(["exp-v2"])),
            "critical_header_unsupported",
        ),
        row(
            case("alg-twice", "`alg` occurs twice.", "RFC 7515 §4", &["R7515-003", "AMB-028"]),
            token().duplicate_header("alg", "ES256"),
            "duplicate_member",
        ),
    ]
}

/// What is not one compact signed token.
fn shape(verifier: &Verifier) -> Vec<Row> {
    let good = verifier.token().compact();
    let (signing_input, signature) = good.rsplit_once('.').expect("three segments");
    let (protected, payload) = signing_input.split_once('.').expect("two segments");
    let flattened = json!({"protected": protected, "payload": payload, "signature": signature}).to_string();
    let alphabet = &["R7515-002", "R8725B-001"];
    let one = &["R7523-001", "R7515-001"];
    let segments = &["R7515-001"];
    let malformed = |id: &str, comment: &str, req: &[&str], token: &str| {
        row(case(id, comment, "RFC 7515 §3.1", req), token, "token_malformed")
    };
    vec![
        row(
            case(
                "encrypted",
                "Five segments: an encrypted token.",
                "RFC 7516 §9",
                &["R7519-009", "R8725B-002", "AMB-029"],
            ),
            format!("{good}.x.y"),
            "token_encrypted",
        ),
        malformed("flattened", "The flattened JSON serialisation.", alphabet, &flattened),
        malformed("padded", "Padding after the signature.", alphabet, &with_padding(&good, 2)),
        malformed("line-break", "A line break at the end.", alphabet, &format!("{good}\n")),
        malformed("quoted", "The token in quotation marks.", alphabet, &format!("\"{good}\"")),
        malformed("two-joined-by-space", "Two tokens.", one, &format!("{good} {good}")),
        malformed("two-joined-by-comma", "Two tokens.", one, &format!("{good},{good}")),
        malformed("two-segments", "No signature segment.", segments, signing_input),
        malformed("no-signature", "An empty signature.", segments, &format!("{signing_input}.")),
        malformed("empty", "Nothing at all.", segments, ""),
    ]
}

/// Which algorithms the caller allows.
fn algorithms(verifier: &Verifier, topic: &mut TopicBuilder) {
    let rules = verifier.rules;
    let rs256 = resigned(verifier);
    verifier
        .bench_with(topic, "ES256 and RS256 are allowed.", &[("algorithms", json!(["ES256", "RS256"]))])
        .accepts(
            case("rs256", "RS256 is verified by the default provider.", "RFC 7518 §3.3", rules.rs256),
            &rs256,
        )
        .refuses(
            "rs256",
            [row(
                case("rs256-broken", "One bit of the signature is flipped.", "RFC 7518 §3.3", rules.rs256),
                break_signature(&rs256.compact()),
                "signature_invalid",
            )],
        );
    verifier.bench_with(topic, "RS256 is not allowed.", &[("algorithms", json!(["ES256"]))]).refuses(
        "rs256",
        [row(
            case(
                "rs256-not-allowed",
                "The list of the caller leaves RS256 out.",
                "RFC 8725 §3.1",
                &["R8725-001", "AMB-012"],
            ),
            rs256,
            "algorithm_not_allowed",
        )],
    );
    let party = verifier.key().party;
    verifier.bench_of(topic, "One key.", &[], jwks(&[party.es256()])).accepts(
        case("no-kid", "No `kid` and one key.", "RFC 7515 §4.1.4", &[]),
        &verifier.token().without_header("kid"),
    );
    verifier
        .bench_of(topic, "Two keys of one algorithm.", &[], jwks(&[party.es256(), IDP_NEXT.es256()]))
        .refuses(
            "no-kid",
            [row(
                case(
                    "no-kid-two-keys",
                    "No `kid` and two keys: none is tried.",
                    "RFC 7517 §4.5",
                    &["R7517-004"],
                ),
                verifier.token().without_header("kid"),
                "key_ambiguous",
            )],
        );
}

fn resigned(verifier: &Verifier) -> Jws {
    let key = verifier.key().party.rs256();
    verifier.token().header("alg", "RS256").header("kid", key.kid()).signed_by(key)
}

fn limits(verifier: &Verifier, topic: &mut TopicBuilder) {
    let token = verifier.token().compact();
    for (id, bytes) in [("size-at-most", token.len()), ("too-large", token.len() - 1)] {
        let limits = [("limits", json!({"token_bytes": bytes}))];
        let mut bench = verifier.bench_with(topic, "A cap on the size of a token.", &limits);
        let about = case(id, "The size of the token against the cap.", "DESIGN §3", &[]);
        if id == "size-at-most" {
            bench.accepts(about, &verifier.token());
        } else {
            bench.refuses("size-at-most", [row(about, &*token, "token_too_large")]);
        }
    }
}
