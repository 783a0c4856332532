//! `idjag decode`.

use serde_json::json;

use crate::support::{Room, unsigned};

const HEADER: &str = r#"{"alg":"ES256","typ":"oauth-id-jag+jwt","kid":"k"}"#;
const CLAIMS: &str = r#"{"iss":"https://idp.example","sub":"alice","aud":"https://as.example","exp":1800000300,
    "iat":1800000000,"jti":"j","client_id":"desk"}"#;

fn warned(header: &str, claims: &str) -> Vec<String> {
    let room = Room::new();
    let token = unsigned(header, claims);
    let decoded = room.run_with(&["decode", "--json", "--now", "1800000100"], token.as_bytes()).json(0);
    let warnings = decoded.get("warnings").unwrap().as_array().unwrap();
    warnings.iter().map(|warning| warning["code"].as_str().unwrap().to_string()).collect()
}

#[test]
fn people_are_told_first_that_nobody_verified_it_and_never_see_the_token_again() {
    let room = Room::new();
    let token = unsigned(HEADER, CLAIMS);
    let out = room.run(&["decode", "--now", "2027-01-15T08:01:40Z", &token]).ended(0);
    assert!(out.starts_with("UNVERIFIED: "), "{out}");
    assert!(out.contains("ID-JAG, "), "{out}");
    assert!(
        out.contains("  exp        2027-01-15T08:05:00Z, in 3 minutes 20 seconds  (1800000300)\n"),
        "{out}"
    );
    assert!(
        out.contains("  iat        2027-01-15T08:00:00Z, 1 minute 40 seconds ago  (1800000000)\n"),
        "{out}"
    );
    assert!(!out.contains("warning"), "{out}");
    for part in token.split('.') {
        assert!(!out.contains(part), "{out}");
    }
}

#[test]
fn machines_get_the_same_in_stable_members() {
    let room = Room::new();
    let token = unsigned(HEADER, CLAIMS);
    let run =
        room.run_with(&["--json", "decode", "-", "--now", "1800000100"], format!("{token}\n").as_bytes());
    assert!(run.out.starts_with(r#"{"unverified":true,"kind":"id_jag","warnings":[],"#), "{run:?}");
    let decoded = run.json(0);
    assert_eq!(decoded["unverified_claims"]["client_id"], "desk");
    assert_eq!(
        decoded["times"]["exp"],
        json!({"utc": "2027-01-15T08:05:00Z", "relative": "in 3 minutes 20 seconds"})
    );
    assert_eq!(decoded["signature_bytes"], 19);
}

#[test]
fn what_is_wrong_at_a_glance_is_said() {
    assert_eq!(warned(HEADER, CLAIMS), [""; 0]);
    let of_header = |header| warned(header, CLAIMS);
    assert_eq!(of_header(r#"{"alg":"none","typ":"at+jwt"}"#), ["alg_none"]);
    assert_eq!(of_header(r#"{"alg":"HS256","typ":"at+jwt"}"#), ["alg_unsupported"]);
    assert_eq!(of_header(r#"{"typ":"at+jwt"}"#), ["header_malformed", "alg_missing"]);
    assert_eq!(of_header(r#"{"alg":"ES256","typ":"secevent+jwt"}"#), ["typ_unknown"]);
    assert_eq!(
        of_header(r#"{"alg":"ES256","typ":"at+jwt","jku":"https://evil.example"}"#),
        ["key_in_header"]
    );
    assert_eq!(of_header(r#"{"alg":"ES256","typ":"at+jwt","crit":["x"]}"#), ["critical_header_unsupported"]);
    let of_claims = |claims| warned(HEADER, claims);
    assert_eq!(of_claims(r#"{"exp":1800000100}"#), ["expired"]);
    assert_eq!(of_claims(r#"{"exp":1800000101}"#), [""; 0]);
    assert_eq!(
        of_claims(r#"{"iat":1800000101,"nbf":1800000101,"exp":1800000200}"#),
        ["not_yet_valid", "issued_in_future"]
    );
    assert_eq!(of_claims(r#"{"iat":1}"#), ["exp_missing"]);
    assert_eq!(of_claims(r#"{"exp":1800000300000}"#), ["time_in_milliseconds"]);
    assert_eq!(of_claims(r#"{"exp":"soon"}"#), ["time_malformed", "exp_missing"]);
    assert_eq!(of_claims(r#"{"exp":1800000300,"exp":1900000000}"#), ["claims_malformed"]);
}

#[test]
fn what_is_no_token_is_answered_with_no() {
    let room = Room::new();
    for text in ["a.b", "a.b.c.d.e", "e30.x.e30", "!.e30.e30", "W10.e30.e30", "aaaa"] {
        let out = room.run_with(&["decode"], text.as_bytes()).ended(1);
        assert!(out.starts_with("this is no signed token: "), "{out}");
        assert!(room.run_with(&["decode", "--json"], text.as_bytes()).json(1).get("error").is_some());
    }
    assert!(room.run_with(&["decode"], b" \n").trouble().contains("there is no token"));
}
