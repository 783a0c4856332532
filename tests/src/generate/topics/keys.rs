//! `jwk.thumbprint` and `jwks.parse`: RFC 7517, RFC 7518 §6, RFC 8037 §2, RFC 7638.

use base64ct::{Base64UrlUnpadded, Encoding};
use serde_json::{Value, json};

use crate::expand::base64url;
use crate::format::Topic;
use crate::generate::dsl::{GroupBuilder, TopicBuilder, case, fails_locally, keys, with};
use crate::generate::keys::{Alg, IDP, IDP_NEXT, OTHER_IDP, SHORT, TestKey};
use crate::generate::scene::NOW;

/// The key of RFC 7638 §3.1 and its thumbprint.
const RFC7638_N: &str = "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw";
const RFC7638_JKT: &str = "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs";
/// The key of RFC 8037 appendix A.2 and its thumbprint, appendix A.3.
const RFC8037_X: &str = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
const RFC8037_JKT: &str = "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k";
/// The key of the example in RFC 9449 §4.1 and the `jkt` of §6.1.
const RFC9449_XY: [&str; 2] =
    ["l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs", "9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA"];
const RFC9449_JKT: &str = "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I";

fn group<'a>(topic: &'a mut TopicBuilder) -> GroupBuilder<'a> {
    let config = json!({"algorithms": Alg::ALL.map(Alg::name)});
    topic.group("Every algorithm is allowed.", config, keys(), NOW)
}

fn ec() -> Value {
    IDP.es256().bare_jwk()
}

fn okp() -> Value {
    IDP.eddsa().bare_jwk()
}

fn rsa() -> Value {
    IDP.rs256().bare_jwk()
}

fn octets(member: &Value) -> Vec<u8> {
    Base64UrlUnpadded::decode_vec(member.as_str().expect("text")).expect("base64url")
}

/// Thumbprints, and what does not change them.
pub fn thumbprints() -> Topic {
    let mut topic = TopicBuilder::new("jwk.thumbprint", "thumbprints");
    let mut group = group(&mut topic);
    let req: &[&str] = &["R7638-001", "R7638-002"];
    let rfc = [
        (
            "rfc-7638",
            "RFC 7638 §3.1",
            json!({"kty": "RSA", "n": RFC7638_N, "e": "AQAB", "alg": "RS256", "kid": "2011-04-29"}),
            "RS256",
            RFC7638_JKT,
        ),
        (
            "rfc-8037",
            "RFC 8037 §A.3",
            json!({"kty": "OKP", "crv": "Ed25519", "x": RFC8037_X}),
            "EdDSA",
            RFC8037_JKT,
        ),
        (
            "rfc-9449",
            "RFC 9449 §6.1",
            json!({"kty": "EC", "crv": "P-256", "x": RFC9449_XY[0], "y": RFC9449_XY[1]}),
            "ES256",
            RFC9449_JKT,
        ),
    ];
    for (id, spec, jwk, alg, jkt) in rfc {
        group.valid(
            case(id, "The example of the RFC.", spec, req),
            json!({"jwk": jwk}),
            json!({"alg": alg, "jkt": jkt}),
        );
    }
    for alg in Alg::ALL {
        let key = IDP.key(alg);
        let about =
            case(&alg.name().to_lowercase(), "A public key with `kid`, `alg` and `use`.", "RFC 7638 §3", req);
        group.valid(about, json!({"jwk": key.public_jwk()}), output(key));
    }
    let more = with(&ec(), &[("x5t", json!("abc")), ("nbf", json!(1)), ("key_ops", json!(["verify"]))]);
    let text =
        |jwk: &Value| format!(r#"{{ "y" : {}, "x":{}, "crv":"P-256",  "kty":"EC" }}"#, jwk["y"], jwk["x"]);
    group
        .valid(
            case(
                "unknown-members",
                "Members that nobody understands.",
                "RFC 7517 §4",
                &["R7517-002", "R7638-001"],
            ),
            json!({"jwk": more}),
            output(IDP.es256()),
        )
        .valid(
            case("other-order", "Members in another order, with white space.", "RFC 7638 §3.2", req),
            json!({"jwk": text(&ec())}),
            output(IDP.es256()),
        )
        .valid(
            case("ed25519-by-its-new-name", "`alg` is `Ed25519`.", "RFC 9864 §2.2", &["AMB-014"]),
            json!({"jwk": with(&okp(), &[("alg", json!("Ed25519"))])}),
            output(IDP.eddsa()),
        )
        .invalid(
            case(
                "trailing-bits",
                "A coordinate in a second spelling would have a second thumbprint.",
                "RFC 7638 §3",
                req,
            ),
            "es256",
            json!({"jwk": with(&IDP.es256().public_jwk(), &[("x", loose(&ec()["x"]))])}),
            fails_locally("key_malformed"),
        );
    topic.finish()
}

fn output(key: TestKey) -> Value {
    json!({"alg": key.alg.name(), "jkt": key.thumbprint()})
}

/// The member with an unused bit set.
fn loose(member: &Value) -> Value {
    let token = format!("{}..", member.as_str().expect("text"));
    let spelt = crate::generate::mint::with_trailing_bits(&token, 0);
    json!(spelt.trim_end_matches('.'))
}

/// A key that is refused: id, what is changed in it, requirements, code.
type Fault = (&'static str, Vec<(&'static str, Value)>, &'static [&'static str], &'static str);

fn refuse(group: &mut GroupBuilder<'_>, twin: &str, base: &Value, spec: &'static str, faults: Vec<Fault>) {
    for (id, changes, req, code) in faults {
        let changed: Vec<&str> = changes.iter().map(|(name, _)| *name).collect();
        let about = case(id, &format!("`{}` is not what it must be.", changed.join("`, `")), spec, req);
        group.invalid(about, twin, json!({"jwk": with(base, &changes)}), fails_locally(code));
    }
}

/// Keys that are never used.
pub fn faults() -> Topic {
    let mut topic = TopicBuilder::new("jwk.thumbprint", "faults");
    let mut group = group(&mut topic);
    for (id, jwk, key) in
        [("ec", ec(), IDP.es256()), ("okp", okp(), IDP.eddsa()), ("rsa", rsa(), IDP.rs256())]
    {
        group.valid(case(id, "A bare public key.", "RFC 7518 §6", &[]), json!({"jwk": jwk}), output(key));
    }
    refuse(&mut group, "ec", &ec(), "RFC 7517 §4", general());
    refuse(&mut group, "ec", &ec(), "RFC 7518 §6.2", elliptic());
    refuse(&mut group, "okp", &okp(), "RFC 8037 §2", edwards());
    refuse(&mut group, "rsa", &rsa(), "RFC 7518 §6.3", integers());
    let shorter = SHORT.rs256().bare_jwk();
    group.invalid(
        case("rsa-1024", "A modulus of 1024 bits.", "RFC 7518 §3.3", &["R7518-001"]),
        "rsa",
        json!({"jwk": shorter}),
        fails_locally("key_weak"),
    );
    let text = ec().to_string();
    let twice = |id: &str, text: String, code: &str, group: &mut GroupBuilder<'_>| {
        let about = case(id, "Not one JSON object with one reading.", "RFC 7517 §4", &["AMB-028"]);
        group.invalid(about, "ec", json!({"jwk": text}), fails_locally(code));
    };
    twice(
        "member-twice",
        text.replace(r#""kty":"EC""#, r#""kty":"EC","kty":"EC""#),
        "duplicate_member",
        &mut group,
    );
    twice("array", format!("[{text}]"), "key_malformed", &mut group);
    twice("no-json", "key".to_owned(), "key_malformed", &mut group);
    let config = json!({"algorithms": ["EdDSA", "RS256"]});
    topic.group("ES256 is not allowed.", config, keys(), NOW).invalid(
        case(
            "no-algorithm-fits",
            "A key for which no algorithm is allowed.",
            "RFC 8725 §3.1",
            &["R8725-001"],
        ),
        "ec",
        json!({"jwk": ec()}),
        fails_locally("key_use_mismatch"),
    );
    topic.finish()
}

fn general() -> Vec<Fault> {
    const PURPOSE: &[&str] = &["R7517-003"];
    const PRIVATE: &[&str] = &["R7517-005", "R8037-002"];
    let one = |name, value| vec![(name, value)];
    vec![
        ("kty-missing", one("kty", Value::Null), &["R7517-002"], "key_malformed"),
        ("kty-lower-case", one("kty", json!("ec")), &["R7517-002"], "key_type_unsupported"),
        ("kty-number", one("kty", json!(1)), &["R7517-002"], "key_malformed"),
        ("kty-unknown", one("kty", json!("AKP")), &["R7517-002"], "key_type_unsupported"),
        ("kid-number", one("kid", json!(1)), &["R7515-009"], "key_malformed"),
        ("use-enc", one("use", json!("enc")), PURPOSE, "key_use_mismatch"),
        ("use-upper-case", one("use", json!("SIG")), PURPOSE, "key_use_mismatch"),
        ("use-number", one("use", json!(1)), PURPOSE, "key_malformed"),
        ("ops-sign", one("key_ops", json!(["sign"])), PURPOSE, "key_use_mismatch"),
        ("ops-none", one("key_ops", json!([])), PURPOSE, "key_use_mismatch"),
        ("ops-string", one("key_ops", json!("verify")), PURPOSE, "key_malformed"),
        ("ops-mixed", one("key_ops", json!(["verify", 1])), PURPOSE, "key_malformed"),
        ("alg-other", one("alg", json!("ES384")), &["R7517-003", "R8725-003"], "key_use_mismatch"),
        (
            "alg-symmetric",
            one("alg", json!("HS256")),
            &["R7517-003", "R8725-004", "AMB-013"],
            "key_use_mismatch",
        ),
        ("alg-unknown", one("alg", json!("ES256K")), &["R7517-003", "R8725-004"], "key_use_mismatch"),
        ("alg-number", one("alg", json!(1)), PURPOSE, "key_malformed"),
        ("private-d", one("d", json!(base64url(&[1; 32]))), PRIVATE, "key_private"),
        ("private-k", one("k", json!("AQ")), PRIVATE, "key_private"),
        (
            "symmetric",
            vec![("kty", json!("oct")), ("k", json!("AQ"))],
            &["R7517-005", "AMB-013"],
            "key_private",
        ),
        ("symmetric-empty", one("kty", json!("oct")), &["R7517-005", "AMB-013"], "key_type_unsupported"),
    ]
}

fn elliptic() -> Vec<Fault> {
    const POINT: &[&str] = &["R7518-003", "R8725-008"];
    let x = octets(&ec()["x"]);
    let p256 = [&[0xff, 0xff, 0xff, 0xff, 0, 0, 0, 1][..], &[0; 12], &[0xff; 12]].concat();
    let one = |name, bytes: &[u8]| vec![(name, json!(base64url(bytes)))];
    vec![
        ("ec-crv-missing", vec![("crv", Value::Null)], POINT, "key_malformed"),
        ("ec-crv-lower-case", vec![("crv", json!("p-256"))], POINT, "key_type_unsupported"),
        ("ec-crv-p384", vec![("crv", json!("P-384"))], POINT, "key_malformed"),
        ("ec-crv-p521", vec![("crv", json!("P-521"))], POINT, "key_type_unsupported"),
        ("ec-crv-k1", vec![("crv", json!("secp256k1"))], POINT, "key_type_unsupported"),
        ("ec-x-missing", vec![("x", Value::Null)], POINT, "key_malformed"),
        ("ec-y-missing", vec![("y", Value::Null)], POINT, "key_malformed"),
        ("ec-x-number", vec![("x", json!(1))], POINT, "key_malformed"),
        ("ec-x-short", one("x", &x[..31]), POINT, "key_malformed"),
        ("ec-x-long", one("x", &[&[0], &x[..]].concat()), POINT, "key_malformed"),
        ("ec-x-padded", vec![("x", json!(format!("{}=", base64url(&x))))], POINT, "key_malformed"),
        ("ec-y-off-curve", one("y", &[1; 32]), POINT, "key_weak"),
        ("ec-x-is-the-prime", one("x", &p256), POINT, "key_weak"),
        ("ec-infinity", [one("x", &[0; 32]), one("y", &[0; 32])].concat(), POINT, "key_weak"),
    ]
}

fn edwards() -> Vec<Fault> {
    const FORM: &[&str] = &["R8037-001"];
    const POINT: &[&str] = &["R8037-001", "R8725-008"];
    let x = octets(&okp()["x"]);
    let little = |low: u8, high: u8| [&[low][..], &[if high == 0 { 0 } else { 0xff }; 30], &[high]].concat();
    let order_8 = [
        0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98, 0xf0, 0xd5,
        0xdf, 0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53, 0xfc, 0x05,
    ];
    let one = |bytes: &[u8]| vec![("x", json!(base64url(bytes)))];
    vec![
        ("okp-crv-missing", vec![("crv", Value::Null)], FORM, "key_malformed"),
        ("okp-x25519", vec![("crv", json!("X25519"))], FORM, "key_type_unsupported"),
        ("okp-ed448", vec![("crv", json!("Ed448"))], &["R8037-001", "AMB-014"], "key_type_unsupported"),
        ("okp-x-missing", vec![("x", Value::Null)], FORM, "key_malformed"),
        ("okp-x-short", one(&x[..31]), FORM, "key_malformed"),
        ("okp-x-long", one(&[&x[..], &[0]].concat()), FORM, "key_malformed"),
        ("okp-order-1", one(&little(1, 0)), POINT, "key_weak"),
        ("okp-order-2", one(&little(0xec, 0x7f)), POINT, "key_weak"),
        ("okp-order-4", one(&[0; 32]), POINT, "key_weak"),
        ("okp-order-8", one(&order_8), POINT, "key_weak"),
        ("okp-not-reduced", one(&little(0xee, 0x7f)), POINT, "key_weak"),
        ("okp-private", vec![("d", json!(base64url(&[1; 32])))], &["R8037-002", "R7517-005"], "key_private"),
    ]
}

fn integers() -> Vec<Fault> {
    const SIZE: &[&str] = &["R7518-001"];
    const FORM: &[&str] = &["R7518-004"];
    let n = octets(&rsa()["n"]);
    let mut shorter = n.clone();
    shorter[0] = 0x40 | (shorter[0] & 0x3f);
    let mut even = n.clone();
    *even.last_mut().expect("a modulus") &= 0xfe;
    let one = |name, bytes: &[u8]| vec![(name, json!(base64url(bytes)))];
    vec![
        ("rsa-2047", one("n", &shorter), SIZE, "key_weak"),
        ("rsa-over-long", one("n", &[&n[..], &n[..], &[1]].concat()), FORM, "key_weak"),
        ("rsa-n-leading-zero", one("n", &[&[0], &n[..]].concat()), FORM, "key_malformed"),
        ("rsa-n-even", one("n", &even), FORM, "key_weak"),
        ("rsa-n-empty", one("n", &[]), FORM, "key_malformed"),
        ("rsa-n-missing", vec![("n", Value::Null)], FORM, "key_malformed"),
        ("rsa-e-missing", vec![("e", Value::Null)], FORM, "key_malformed"),
        ("rsa-e-leading-zero", one("e", &[0, 1, 0, 1]), FORM, "key_malformed"),
        ("rsa-e-one", one("e", &[1]), FORM, "key_weak"),
        ("rsa-e-three", one("e", &[3]), FORM, "key_weak"),
        ("rsa-e-even", one("e", &[1, 0, 0]), FORM, "key_weak"),
        ("rsa-e-huge", one("e", &[1; 9]), FORM, "key_weak"),
        ("rsa-e-number", vec![("e", json!(65537))], FORM, "key_malformed"),
        ("rsa-private-p", vec![("p", json!("AQAB"))], &["R7517-005"], "key_private"),
        ("rsa-private-oth", vec![("oth", json!([]))], &["R7517-005"], "key_private"),
    ]
}

/// Key sets: what is used, what is skipped, what is no key set.
pub fn sets() -> Topic {
    let mut topic = TopicBuilder::new("jwks.parse", "sets");
    let mut group = group(&mut topic);
    let usable = |key: TestKey| json!({"kid": key.kid(), "alg": key.alg.name(), "jkt": key.thumbprint()});
    let all = Alg::ALL.map(|alg| IDP.key(alg));
    let jwk = |key: TestKey| key.public_jwk();
    let good = json!({"keys": [jwk(IDP.es256())]});
    let mut sorted: Vec<Value> = all.map(usable).to_vec();
    sorted.sort_by_key(|key| key["kid"].as_str().expect("a kid").to_owned());
    let skip = |index: usize, code: &str| json!({"index": index, "code": code});
    group
        .valid(case("good", "One key.", "RFC 7517 §5", &[]), json!({"jwks": good}), json!({"keys": [usable(IDP.es256())], "skipped": []}))
        .valid(case("all", "A key of every kind; keys are listed by `kid`.", "RFC 7517 §5", &[]), json!({"jwks": {"keys": all.map(jwk)}}), json!({"keys": sorted, "skipped": []}))
        .valid(case("empty", "No key at all.", "RFC 7517 §5", &[]), json!({"jwks": {"keys": []}}), json!({"keys": [], "skipped": []}))
        .valid(case("unknown-members", "Members beside `keys`.", "RFC 7517 §5", &["R7517-002"]), json!({"jwks": with(&good, &[("next", json!(1))])}), json!({"keys": [usable(IDP.es256())], "skipped": []}))
        .valid(
            case("no-kid-no-alg", "A bare key is bound to the first algorithm that fits.", "RFC 7517 §4", &["R8725-003"]),
            json!({"jwks": {"keys": [IDP.rs256().bare_jwk()]}}),
            json!({"keys": [{"kid": null, "alg": "RS256", "jkt": IDP.rs256().thumbprint()}], "skipped": []}),
        )
        .valid(
            case("bad-keys", "What cannot be used is skipped, and the rest is used.", "RFC 7517 §5", &["R7517-001", "R7517-003"]),
            json!({"jwks": {"keys": [
                {"kty": "oct", "k": "AQ"}, {"kty": "XYZ"}, "key", {}, with(&jwk(IDP_NEXT.es256()), &[("use", json!("enc"))]),
                SHORT.rs256().public_jwk(), OTHER_IDP.es256().private_jwk(), jwk(IDP.es256()),
            ]}}),
            json!({"keys": [usable(IDP.es256())], "skipped": [
                skip(0, "key_private"), skip(1, "key_type_unsupported"), skip(2, "key_malformed"), skip(3, "key_malformed"),
                skip(4, "key_use_mismatch"), skip(5, "key_weak"), skip(6, "key_private"),
            ]}),
        );
    let deep = (0..16).fold(json!(1), |value, _| json!([value]));
    let text = good.to_string();
    for (id, jwks, code) in [
        ("keys-missing", json!({}), "jwks_malformed"),
        ("keys-object", json!({"keys": good["keys"][0]}), "jwks_malformed"),
        ("bare-array", good["keys"].clone(), "jwks_malformed"),
        ("no-json", json!("<html></html>"), "jwks_malformed"),
        ("empty-text", json!(""), "jwks_malformed"),
        ("trailing-data", json!(format!("{text} {{}}")), "jwks_malformed"),
        ("bom", json!(format!("\u{feff}{text}")), "jwks_malformed"),
        ("keys-twice", json!(text.replace(r#""keys":"#, r#""keys":[],"keys":"#)), "duplicate_member"),
        ("kid-twice", json!(text.replace(r#""kid":"#, r#""kid":"x","kid":"#)), "duplicate_member"),
        ("too-deep", with(&good, &[("x", deep)]), "json_too_deep"),
    ] {
        let req: &[&str] = if code == "duplicate_member" { &["AMB-028"] } else { &[] };
        group.invalid(
            case(id, "No JWK Set with one reading.", "RFC 7517 §5", req),
            "good",
            json!({"jwks": jwks}),
            fails_locally(code),
        );
    }
    for (id, limits) in [
        ("caps-kept", json!({"jwks_keys": 1, "jwks_bytes": text.len()})),
        ("too-many-keys", json!({"jwks_keys": 0, "jwks_bytes": text.len()})),
        ("too-large", json!({"jwks_keys": 1, "jwks_bytes": text.len() - 1})),
    ] {
        let config = json!({"algorithms": ["ES256"], "limits": limits});
        let mut group = topic.group("Caps on the key set.", config, keys(), NOW);
        let about = case(id, "The set against the caps.", "DESIGN §3", &[]);
        if id == "caps-kept" {
            group.valid(about, json!({"jwks": good}), json!({"keys": [usable(IDP.es256())], "skipped": []}));
        } else {
            group.invalid(about, "caps-kept", json!({"jwks": good}), fails_locally("jwks_malformed"));
        }
    }
    topic.finish()
}
