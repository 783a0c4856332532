//! RFC 7800, RFC 9449 §6.1: the forms of `cnf`, which are understood or refused.

use serde_json::{Value, json};

use crate::generate::dsl::{TopicBuilder, case};
use crate::generate::keys::Party;
use crate::generate::verifiers::{Verifier, row};

const SPEC: &str = "RFC 7800 §3.1";
const FORMS: &[&str] = &["AMB-003", "R7800-001"];

/// The cases of any kind of token that can be bound to a key of `party`; `other` is somebody else.
pub fn cases(verifier: &Verifier, topic: &mut TopicBuilder, party: Party, other: Party) {
    let key = party.es256();
    let jkt = key.thumbprint();
    let at = if verifier.operation == "actor_token.verify" { "cnf" } else { "claims/cnf" };
    let bound = [(at, json!({"jkt": jkt}))];
    let token = |cnf: Value| verifier.token().claim("cnf", cnf);
    let mut bench = verifier.bench(topic);
    for (id, comment, cnf, req) in [
        ("cnf-jkt", "The thumbprint of the key.", json!({"jkt": jkt}), FORMS),
        ("cnf-jwk", "The key itself.", json!({"jwk": key.bare_jwk()}), FORMS),
        ("cnf-jwk-rsa", "An RSA key.", json!({"jwk": party.rs256().bare_jwk()}), &["AMB-003"]),
        ("cnf-both", "Both, of one key.", json!({"jkt": jkt, "jwk": key.bare_jwk()}), FORMS),
        (
            "cnf-and-unknown",
            "A member that nobody understands beside one that is.",
            json!({"jkt": jkt, "x": 1}),
            FORMS,
        ),
    ] {
        let rsa = [(at, json!({"jkt": party.rs256().thumbprint()}))];
        let reading = if id == "cnf-jwk-rsa" { &rsa } else { &bound };
        bench.accepts_reading(case(id, comment, SPEC, req), &token(cnf), reading);
    }
    let unsupported = [
        ("cnf-empty", json!({})),
        ("cnf-certificate-only", json!({"x5t#S256": "bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg2"})),
        ("cnf-kid-only", json!({"kid": key.kid()})),
        ("cnf-of-two-keys", json!({"jkt": jkt, "jwk": other.es256().bare_jwk()})),
    ];
    for (id, cnf) in unsupported {
        let about = case(id, "No member that is understood, or two that disagree.", SPEC, FORMS);
        bench.refuses("cnf-jkt", [row(about, token(cnf), "confirmation_unsupported")]);
    }
    let mut private = key.private_jwk();
    for member in ["kid", "alg", "use"] {
        private.as_object_mut().expect("a JWK").remove(member);
    }
    let malformed: [(&str, Value, &[&str]); 8] = [
        ("cnf-string", json!(jkt), FORMS),
        ("cnf-null", Value::Null, FORMS),
        ("cnf-array", json!([{"jkt": jkt}]), FORMS),
        ("cnf-jkt-number", json!({"jkt": 7}), FORMS),
        ("cnf-jkt-padded", json!({"jkt": format!("{jkt}=")}), &["R7638-002"]),
        ("cnf-jkt-short", json!({"jkt": &jkt[..42]}), &["R7638-002"]),
        ("cnf-jwk-string", json!({"jwk": "x"}), FORMS),
        ("cnf-jwk-private", json!({"jwk": private}), &["R8037-002", "R7517-005"]),
    ];
    for (id, cnf, req) in malformed {
        let about = case(id, "A `cnf` of the wrong form.", SPEC, req);
        bench.refuses("cnf-jkt", [row(about, token(cnf), "claim_malformed")]);
    }
    let twice =
        token(json!({"jkt": jkt})).payload_text(|text| text.replace(r#"{"jkt":"#, r#"{"jkt":"x","jkt":"#));
    let about = case("cnf-jkt-twice", "`jkt` occurs twice.", "RFC 7519 §4", &["AMB-028", "R7519-002"]);
    bench.refuses("cnf-jkt", [row(about, twice, "duplicate_member")]);
}
