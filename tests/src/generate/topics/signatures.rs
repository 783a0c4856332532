//! `jws.verify`: the forms of a signature, the header, and the one key that fits: RFC 7515, RFC 7518 §3, RFC 8037 §3.

use base64ct::{Base64UrlUnpadded, Encoding};
use serde_json::{Value, json};

use super::jws::{PAYLOAD, input, output, token};
use crate::format::Topic;
use crate::generate::dsl::{GroupBuilder, TopicBuilder, case, fails_locally, keys, with};
use crate::generate::keys::{Alg, IDP, IDP_NEXT, TestKey, jwks};
use crate::generate::mint::{Jws, with_padding, with_trailing_bits};
use crate::generate::scene::NOW;

/// The order of P-256.
const N256: [u8; 32] = [
    0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xbc, 0xe6, 0xfa,
    0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
];
/// The order of the base point of edwards25519, little-endian.
const L: [u8; 32] = [
    0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
];

fn everything() -> (Value, crate::format::Keys) {
    let all: Vec<TestKey> = Alg::ALL.map(|alg| IDP.key(alg)).to_vec();
    (json!({"algorithms": Alg::ALL.map(Alg::name)}), keys().set("issuer", jwks(&all)))
}

fn signature_of(token: &Jws) -> Vec<u8> {
    let compact = token.compact();
    let (_, signature) = compact.rsplit_once('.').expect("three segments");
    Base64UrlUnpadded::decode_vec(signature).expect("base64url")
}

/// Signatures of the wrong form, each beside the right one.
pub fn forms() -> Topic {
    let mut topic = TopicBuilder::new("jws.verify", "signature-forms");
    let (config, keys) = everything();
    let mut group = topic.group("Every algorithm is allowed.", config, keys, NOW);
    for (key, req) in [
        (IDP.es256(), &["R7518-002"][..]),
        (IDP.es384(), &["R7518-002"]),
        (IDP.eddsa(), &["R8037-001"]),
        (IDP.rs256(), &["R7515-008"]),
        (IDP.ps256(), &["R7515-008"]),
    ] {
        let name = key.alg.name().to_lowercase();
        let good = signature_of(&token(key));
        let about = case(&name, "A signature of the right form.", "RFC 7518 §3", req);
        group.valid(about, input(&token(key).compact()), output(key));
        let mut malformed = vec![
            ("one-octet-less", good[..good.len() - 1].to_vec()),
            ("one-octet-more", [&good[..], &[0]].concat()),
            ("leading-zero", [&[0], &good[..]].concat()),
            ("zero", vec![0; good.len()]),
            ("ones", vec![0xff; good.len()]),
        ];
        malformed.extend(match key.alg {
            Alg::Es256 | Alg::Es384 => ecdsa(&good, key.alg),
            Alg::EdDsa => edwards(&good),
            Alg::Rs256 => {
                vec![("other-padding", signature_of(&token(IDP.ps256()))), ("of-the-message", vec![1; 256])]
            }
            Alg::Ps256 => vec![("other-padding", signature_of(&token(IDP.rs256())))],
        });
        for (fault, signature) in malformed {
            let about =
                case(&format!("{name}-{fault}"), "Not the form of this signature.", "RFC 7518 §3", req);
            let token = token(key).signature(signature).compact();
            group.invalid(about, &name, input(&token), fails_locally("signature_invalid"));
        }
    }
    topic.finish()
}

fn ecdsa(good: &[u8], alg: Alg) -> Vec<(&'static str, Vec<u8>)> {
    let (r, s) = good.split_at(good.len() / 2);
    let zero = vec![0; r.len()];
    let der_integer = |value: &[u8]| {
        let pad = if value[0] & 0x80 == 0 { &[][..] } else { &[0] };
        [&[2, u8::try_from(value.len() + pad.len()).expect("a length")], pad, value].concat()
    };
    let body = [der_integer(r), der_integer(s)].concat();
    let der = [&[0x30, u8::try_from(body.len()).expect("a length")], &body[..]].concat();
    let mut faults = vec![
        ("der", der),
        ("r-zero", [&zero, s].concat()),
        ("s-zero", [r, &zero].concat()),
        ("swapped", [s, r].concat()),
        ("doubled", [r, r].concat()),
    ];
    if alg == Alg::Es256 {
        faults.push(("r-is-the-order", [&N256, s].concat()));
        faults.push(("s-is-the-order", [r, &N256].concat()));
    }
    faults
}

fn edwards(good: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    let (r, s) = good.split_at(32);
    let mut carry = 0;
    let unreduced: Vec<u8> = s
        .iter()
        .zip(L)
        .map(|(s, l)| {
            let sum = u16::from(*s) + u16::from(l) + carry;
            carry = sum >> 8;
            sum.to_le_bytes()[0]
        })
        .collect();
    let one = [&[1][..], &[0; 31]].concat();
    vec![
        ("s-not-reduced", [r, &unreduced].concat()),
        ("s-is-the-order", [r, &L].concat()),
        ("r-small-order", [&one, s].concat()),
        ("swapped", [s, r].concat()),
    ]
}

/// One bit, anywhere; and every segment in a second spelling.
pub fn spellings() -> Topic {
    let mut topic = TopicBuilder::new("jws.verify", "spellings");
    let config = json!({"algorithms": ["ES256"]});
    let mut group = topic.group("One ES256 key.", config, keys().set("issuer", jwks(&[IDP.es256()])), NOW);
    // Both segments end in unused bits.
    let odd =
        || Jws::new(IDP.es256(), "JWS", &json!({"iss": "https://acme.idp.example", "x": "1"})).header("x", 1);
    let good = odd().compact();
    let payload = r#"{"iss":"https://acme.idp.example","x":"1"}"#;
    group.valid(
        case("good", "A token.", "RFC 7515 §3.1", &[]),
        input(&good),
        json!({"alg": "ES256", "kid": "idp-es256", "payload": payload}),
    );
    let malformed = |group: &mut GroupBuilder<'_>, id: &str, comment: &str, req: &[&str], token: &str| {
        group.invalid(
            case(id, comment, "RFC 7515 §2", req),
            "good",
            input(token),
            fails_locally("token_malformed"),
        );
    };
    let alphabet: &[&str] = &["R7515-002", "R8725B-001"];
    let parts: Vec<&str> = good.split('.').collect();
    for (at, part) in ["header", "payload", "signature"].into_iter().enumerate() {
        if !parts[at].len().is_multiple_of(4) {
            malformed(&mut group, &format!("{part}-padded"), "Padding.", alphabet, &with_padding(&good, at));
            malformed(
                &mut group,
                &format!("{part}-trailing-bits"),
                "Unused bits are set.",
                alphabet,
                &with_trailing_bits(&good, at),
            );
        }
        for (name, inserted) in [
            ("plus", "+"),
            ("slash", "/"),
            ("space", " "),
            ("newline", "\n"),
            ("non-ascii", "\u{e4}"),
            ("equals", "="),
        ] {
            let mut changed: Vec<String> = parts.iter().map(|part| (*part).to_owned()).collect();
            changed[at].insert_str(4, inserted);
            let id = format!("{part}-{name}");
            malformed(&mut group, &id, "A character beyond base64url.", alphabet, &changed.join("."));
        }
    }
    let segments: &[&str] = &["R7515-001"];
    malformed(&mut group, "empty", "Nothing.", segments, "");
    malformed(&mut group, "one-segment", "One segment.", segments, parts[0]);
    malformed(&mut group, "no-header", "An empty header.", segments, &format!(".{}.{}", parts[1], parts[2]));
    malformed(
        &mut group,
        "no-signature",
        "An empty signature.",
        segments,
        &format!("{}.{}.", parts[0], parts[1]),
    );
    malformed(&mut group, "dots", "Two dots.", segments, "..");
    let general =
        json!({"payload": parts[1], "signatures": [{"protected": parts[0], "signature": parts[2]}]});
    let flattened = json!({"payload": parts[1], "protected": parts[0], "signature": parts[2]});
    for (id, json) in [("general-json", general), ("flattened-json", flattened)] {
        malformed(&mut group, id, "The JSON serialisation.", alphabet, &json.to_string());
    }
    let resigned = |jws: &Jws| with_signature(&jws.compact(), parts[2]);
    group
        .invalid(
            case("payload-bit", "One bit of the payload.", "RFC 7515 §5.2", &["R7515-008", "R7515-007"]),
            "good",
            input(&resigned(&odd().claim("x", "0"))),
            fails_locally("signature_invalid"),
        )
        .invalid(
            case("header-bit", "One bit of the header.", "RFC 7515 §5.2", &["R7515-008", "R7515-007"]),
            "good",
            input(&resigned(&odd().header("x", 0))),
            fails_locally("signature_invalid"),
        );
    topic.finish()
}

fn with_signature(token: &str, signature: &str) -> String {
    format!("{}.{signature}", token.rsplit_once('.').expect("three segments").0)
}

/// The header, member by member.
pub fn header() -> Topic {
    let mut topic = TopicBuilder::new("jws.verify", "header");
    let config = json!({"algorithms": ["ES256"]});
    let mut group = topic.group("One ES256 key.", config, keys().set("issuer", jwks(&[IDP.es256()])), NOW);
    let t = || token(IDP.es256());
    let known = output(IDP.es256());
    group.valid(case("good", "A token.", "RFC 7515 §4", &[]), input(&t().compact()), known.clone());
    for (id, name, value) in [
        ("unknown-member", "x-corp", json!({"a": 1})),
        ("other-content-type", "cty", json!("example")),
        ("odd-type", "typ", json!("\u{0}\u{e4}")),
    ] {
        let about = case(id, "A member that means nothing here.", "RFC 7515 §4", &["R7515-006"]);
        group.valid(about, input(&t().header(name, value).compact()), known.clone());
    }
    let alg: &[&str] = &["R7515-004"];
    let crit: &[&str] = &["R7515-005"];
    let table: Vec<(&str, &str, Value, &[&str], &str)> = vec![
        ("alg-none", "alg", json!("none"), &["R7515-004", "AMB-013"], "algorithm_not_allowed"),
        ("alg-none-capital", "alg", json!("None"), &["R7515-004", "AMB-013"], "algorithm_not_allowed"),
        ("alg-empty", "alg", json!(""), alg, "algorithm_not_allowed"),
        ("alg-unknown", "alg", json!("ES1024"), alg, "algorithm_not_allowed"),
        ("alg-rs1", "alg", json!("RS1"), &["R7515-004", "R8725-004"], "algorithm_not_allowed"),
        ("alg-space", "alg", json!("ES256 "), alg, "algorithm_not_allowed"),
        ("alg-number", "alg", json!(256), alg, "header_malformed"),
        ("alg-null", "alg", Value::Null, alg, "header_malformed"),
        ("alg-array", "alg", json!(["ES256"]), alg, "header_malformed"),
        ("kid-number", "kid", json!(1), &["R7515-009"], "header_malformed"),
        ("kid-null", "kid", Value::Null, &["R7515-009"], "header_malformed"),
        ("kid-empty", "kid", json!(""), &["R7515-009"], "header_malformed"),
        ("crit-unknown", "crit", json!(["x-corp"]), crit, "critical_header_unsupported"),
        ("crit-absent-name", "crit", json!(["y-corp"]), crit, "critical_header_unsupported"),
        ("crit-twice", "crit", json!(["x-corp", "x-corp"]), crit, "critical_header_unsupported"),
        ("crit-registered", "crit", json!(["alg"]), crit, "critical_header_unsupported"),
        ("crit-b64", "crit", json!(["b64"]), crit, "critical_header_unsupported"),
        ("crit-string", "crit", json!("x-corp"), crit, "header_malformed"),
        ("crit-object", "crit", json!({}), crit, "header_malformed"),
        ("crit-null", "crit", Value::Null, crit, "header_malformed"),
        ("crit-number-item", "crit", json!([1]), crit, "header_malformed"),
        ("cty-jwt", "cty", json!("JWT"), &["R7519-009"], "token_nested"),
        ("cty-lower-case", "cty", json!("jwt"), &["R7519-009"], "token_nested"),
        ("cty-media-type", "cty", json!("application/jwt"), &["R7519-009"], "token_nested"),
        ("cty-number", "cty", json!(1), &["R7519-009"], "header_malformed"),
        ("typ-number", "typ", json!(1), &["R7515-010"], "header_malformed"),
        ("jwk-string", "jwk", json!("key"), &["R8725-015"], "header_malformed"),
    ];
    for (id, name, value, req, code) in table {
        let about = case(id, &format!("`{name}` is {value}."), "RFC 7515 §4.1", req);
        group.invalid(about, "good", input(&t().header(name, value).compact()), fails_locally(code));
    }
    let object: &[&str] = &["R7515-003"];
    let text = r#"{"alg":"ES256","kid":"idp-es256","typ":"JWT"}"#;
    let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    for (id, bytes, code) in [
        ("header-string", json!(text).to_string().into_bytes(), "header_malformed"),
        ("header-utf-16", utf16, "header_malformed"),
        ("header-bom", format!("\u{feff}{text}").into_bytes(), "header_malformed"),
        ("header-trailing-data", format!("{text}{{}}").into_bytes(), "header_malformed"),
        (
            "header-invalid-utf-8",
            [&text.as_bytes()[..text.len() - 2], &[0xff, b'"', b'}']].concat(),
            "header_malformed",
        ),
        (
            "header-kid-twice",
            text.replace(r#""typ""#, r#""kid":"idp-es256","typ""#).into_bytes(),
            "duplicate_member",
        ),
        (
            "header-nested-twice",
            text.replace(r#""typ":"JWT""#, r#""x":{"a":1,"a":1}"#).into_bytes(),
            "duplicate_member",
        ),
        (
            "header-too-deep",
            text.replace(r#""JWT""#, &format!("{}{}", "[".repeat(16), "]".repeat(16))).into_bytes(),
            "json_too_deep",
        ),
        (
            "header-too-many-values",
            text.replace(r#""JWT""#, &json!(vec![0; 512]).to_string()).into_bytes(),
            "too_many_values",
        ),
    ] {
        let req: &[&str] = if code == "duplicate_member" { &["R7515-003", "AMB-028"] } else { object };
        let about = case(id, "Not one JSON object in UTF-8 with one reading.", "RFC 7515 §4", req);
        group.invalid(about, "good", input(&t().header_bytes(bytes).compact()), fails_locally(code));
    }
    topic.finish()
}

/// Exactly one key fits, or none is used.
pub fn selection() -> Topic {
    let mut topic = TopicBuilder::new("jws.verify", "selection");
    let public = |key: TestKey| key.public_jwk();
    let named = |key: TestKey, kid: &str| with(&public(key), &[("kid", json!(kid))]);
    let (es256, next) = (IDP.es256(), IDP_NEXT.es256());
    let mut add =
        |id: &str, req: &[&str], set: Vec<Value>, token: &Jws, result: Result<Value, (&str, &str)>| {
            let config = json!({"algorithms": Alg::ALL.map(Alg::name)});
            let keys = keys().set("issuer", json!({"keys": set}));
            let mut group = topic.group(&format!("The key set of `{id}`."), config, keys, NOW);
            let about = case(id, "Which key of the set is used.", "RFC 7517 §4", req);
            match result {
                Ok(output) => group.valid(about, input(&token.compact()), output),
                Err((twin, code)) => group.invalid(about, twin, input(&token.compact()), fails_locally(code)),
            };
        };
    let good = token(es256);
    let anonymous = good.clone().without_header("kid");
    let out = |kid: Value, alg: &str| json!({"alg": alg, "kid": kid, "payload": PAYLOAD});
    let known = || output(es256);
    add("one-key", &[], vec![public(es256)], &good, Ok(known()));
    for (id, changes, req) in [
        ("use-enc", [("use", json!("enc"))], &["R7517-003"][..]),
        ("ops-sign", [("key_ops", json!(["sign"]))], &["R7517-003"]),
        ("alg-other", [("alg", json!("ES384"))], &["R7517-003", "R8725-003"]),
        ("kty-lower-case", [("kty", json!("ec"))], &["R7517-002"]),
        ("kty-missing", [("kty", Value::Null)], &["R7517-002"]),
        ("kid-upper-case", [("kid", json!("IDP-ES256"))], &["R7515-009"]),
        ("kid-missing", [("kid", Value::Null)], &["R7515-009"]),
        (
            "off-curve",
            [("y", json!("AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE"))],
            &["R8725-008", "R7518-003"],
        ),
    ] {
        add(id, req, vec![with(&public(es256), &changes)], &good, Err(("one-key", "key_unknown")));
    }
    let of_another_type = vec![named(IDP.eddsa(), "idp-es256")];
    add("key-of-another-type", &["R8725-002"], of_another_type, &good, Err(("one-key", "key_unknown")));
    add(
        "private",
        &["R7517-005", "R8037-002"],
        vec![es256.private_jwk()],
        &good,
        Err(("one-key", "key_unknown")),
    );
    add("no-keys", &[], vec![], &good, Err(("one-key", "key_unknown")));
    let beside_bad = vec![json!({"kty": "oct", "k": "AQ"}), public(es256)];
    add("bad-key-beside", &["R7517-001"], beside_bad, &good, Ok(known()));
    add("two-keys", &[], vec![public(es256), public(next)], &good, Ok(known()));
    let same = vec![public(es256), named(next, "idp-es256")];
    add("same-kid", &["R7517-004"], same, &good, Err(("two-keys", "key_ambiguous")));
    let same_key = vec![public(es256), public(es256)];
    add("same-key-twice", &["R7517-004"], same_key, &good, Err(("two-keys", "key_ambiguous")));
    add("same-kid-other-type", &[], vec![public(es256), named(IDP.eddsa(), "idp-es256")], &good, Ok(known()));
    add("no-kid", &[], vec![public(es256), public(IDP.eddsa())], &anonymous, Ok(known()));
    add(
        "no-kid-two-fit",
        &["R7517-004"],
        vec![public(es256), public(next)],
        &anonymous,
        Err(("no-kid", "key_ambiguous")),
    );
    add("no-kid-anywhere", &[], vec![es256.bare_jwk()], &anonymous, Ok(out(Value::Null, "ES256")));
    let rsa = |key: TestKey| token(key).header("kid", "idp-rsa");
    let bare = |alg: Value| vec![with(&IDP.rs256().bare_jwk(), &[("kid", json!("idp-rsa")), ("alg", alg)])];
    add("rsa-for-ps256", &[], bare(json!("PS256")), &rsa(IDP.ps256()), Ok(out(json!("idp-rsa"), "PS256")));
    add("rsa-for-rs256", &[], bare(json!("RS256")), &rsa(IDP.rs256()), Ok(out(json!("idp-rsa"), "RS256")));
    add(
        "ps256-key-for-rs256",
        &["R8725-003"],
        bare(json!("PS256")),
        &rsa(IDP.rs256()),
        Err(("rsa-for-rs256", "key_unknown")),
    );
    add(
        "rs256-key-for-ps256",
        &["R8725-003"],
        bare(json!("RS256")),
        &rsa(IDP.ps256()),
        Err(("rsa-for-ps256", "key_unknown")),
    );
    let bound_at_import = vec![with(&IDP.rs256().bare_jwk(), &[("kid", json!("idp-rsa"))])];
    add(
        "rsa-bound-at-import",
        &["R8725-003"],
        bound_at_import,
        &rsa(IDP.ps256()),
        Err(("rsa-for-ps256", "key_unknown")),
    );
    topic.finish()
}
