//! `id_token.sign`, `client_assertion.sign` and `dpop.sign`.

use serde_json::{Value, json};

use super::{SIGNER, claims, group, output, refuse, signers};
use crate::expand::base64url;
use crate::format::Topic;
use crate::generate::dsl::{TopicBuilder, case, with};
use crate::generate::keys::{CLIENT, IDP, TestKey};
use crate::generate::mint::Jws;
use crate::generate::scene::{NOW, RAS_TOKEN_ENDPOINT};
use crate::generate::topics::dpop::{EXAMPLE_ATH, EXAMPLE_TOKEN};

const ID_TOKEN: &str = r#"{"iss":"https://acme.idp.example","sub":"U019488227","aud":"client-at-idp","iat":1700000000,"exp":1700003600}"#;
const FULL_ID_TOKEN: &str = r#"{"iss":"https://acme.idp.example","sub":"U019488227","aud":"client-at-idp","iat":1700000000,"exp":1700003600,"auth_time":1699999000,"nonce":"n-0S6_WzA2Mj","acr":"phr","tenant":"acme","amr":["pwd","hwk"]}"#;
const ASSERTION: &str = r#"{"iss":"f53f191f9311af35","sub":"f53f191f9311af35","aud":"https://auth.chat.example/","jti":"ca-1","iat":1700000000,"exp":1700000060}"#;

/// ID Tokens.
pub fn id_token() -> Topic {
    let mut topic = TopicBuilder::new("id_token.sign", "tokens");
    let req: &[&str] = &["OIDC-009"];
    group(&mut topic, IDP.eddsa()).valid(
        case("eddsa", "The required claims, by EdDSA.", "OIDC Core §2", req),
        claims(ID_TOKEN),
        output(IDP.eddsa(), "JWT", ID_TOKEN),
    );
    let mut es256 = group(&mut topic, IDP.es256());
    es256
        .valid(
            case("required", "The required claims, by ES256.", "OIDC Core §2", req),
            claims(ID_TOKEN),
            output(IDP.es256(), "JWT", ID_TOKEN),
        )
        .valid(
            case("full", "Every claim that has a place.", "OIDC Core §2", &["OIDC-008"]),
            claims(FULL_ID_TOKEN),
            output(IDP.es256(), "JWT", FULL_ID_TOKEN),
        );
    refuse(
        &mut es256,
        "required",
        &claims(ID_TOKEN),
        "OIDC Core §2",
        vec![
            ("iss-http", "claims/iss", json!("http://acme.idp.example"), &["OIDC-001"], "url_insecure"),
            ("sub-empty", "claims/sub", json!(""), req, "text_invalid"),
            ("aud-empty", "claims/aud", json!(""), req, "text_invalid"),
            ("nonce-empty", "claims/nonce", json!(""), &[], "text_invalid"),
            ("iat-milliseconds", "claims/iat", json!(NOW * 1000), req, "invalid_now"),
        ],
    );
    signers(&mut topic, IDP.es256(), "required", &claims(ID_TOKEN));
    topic.finish()
}

/// Client assertions: the client is named once.
pub fn client_assertion() -> Topic {
    let mut topic = TopicBuilder::new("client_assertion.sign", "tokens");
    const TYP: &str = "client-authentication+jwt";
    let mut input = claims(ASSERTION);
    let members = input["claims"].as_object_mut().expect("claims");
    members.remove("iss");
    let client_id = members.remove("sub").expect("the client");
    members.insert("client_id".into(), client_id);
    let about = |id: &str, comment: &str| {
        case(id, comment, "RFC 7523 §3", &["R7523-004", "R7523B-001", "R7523B-003"])
    };
    group(&mut topic, CLIENT.eddsa()).valid(
        about("eddsa", "An assertion by EdDSA."),
        input.clone(),
        output(CLIENT.eddsa(), TYP, ASSERTION),
    );
    let mut es256 = group(&mut topic, CLIENT.es256());
    es256.valid(
        about("es256", "An assertion by ES256."),
        input.clone(),
        output(CLIENT.es256(), TYP, ASSERTION),
    );
    refuse(
        &mut es256,
        "es256",
        &input,
        "RFC 7523 §3",
        vec![
            ("client-id-empty", "claims/client_id", json!(""), &["R7523-004"], "text_invalid"),
            (
                "aud-query",
                "claims/aud",
                json!("https://auth.chat.example/?x"),
                &["R7523B-001"],
                "url_malformed",
            ),
            ("aud-http", "claims/aud", json!("http://auth.chat.example/"), &["R7523B-001"], "url_insecure"),
            ("jti-empty", "claims/jti", json!(""), &[], "text_invalid"),
            ("exp-milliseconds", "claims/exp", json!(NOW * 1000), &["R7523-006"], "invalid_now"),
        ],
    );
    signers(&mut topic, CLIENT.es256(), "es256", &input);
    topic.finish()
}

fn proof(key: TestKey, payload: &str) -> Value {
    let jwk = key.bare_jwk();
    let text = match jwk.get("y") {
        Some(y) => format!(r#"{{"crv":"P-256","kty":"EC","x":{},"y":{y}}}"#, jwk["x"]),
        None => format!(r#"{{"crv":"Ed25519","kty":"OKP","x":{}}}"#, jwk["x"]),
    };
    let header = format!(r#"{{"typ":"dpop+jwt","alg":"{}","jwk":{text}}}"#, key.alg.name());
    let token = Jws::new(key, "dpop+jwt", &json!({})).header_bytes(header).payload_bytes(payload);
    json!({
        "header": {"typ": "dpop+jwt", "alg": key.alg.name(), "jwk": jwk},
        "claims": serde_json::from_str::<Value>(payload).expect("JSON"),
        "token": token.compact(),
    })
}

/// DPoP proofs: method, address without query, time, and what binds them.
pub fn dpop() -> Topic {
    let mut topic = TopicBuilder::new("dpop.sign", "proofs");
    const SPEC: &str = "RFC 9449 §4.2";
    let entropy = base64url(&[0xA5; 16]);
    let input = json!({"entropy": entropy, "method": "POST", "url": RAS_TOKEN_ENDPOINT, "iat": NOW, "signer": SIGNER});
    let claims = |jti: &str, more: &str| {
        format!(r#"{{"jti":"{jti}","htm":"POST","htu":"{RAS_TOKEN_ENDPOINT}","iat":{NOW}{more}}}"#)
    };
    let plain = claims(&entropy, "");
    let shortest = base64url(&[0xA5; 12]);
    let both: &[&str] = &["R9449-001", "R9449-002", "R9449-003"];
    group(&mut topic, CLIENT.eddsa()).valid(
        case("eddsa", "A proof by EdDSA.", SPEC, both),
        input.clone(),
        proof(CLIENT.eddsa(), &plain),
    );
    let key = CLIENT.es256();
    let ath = format!(r#","ath":"{EXAMPLE_ATH}""#);
    let mut es256 = group(&mut topic, key);
    es256
        .valid(case("es256", "A proof by ES256.", SPEC, both), input.clone(), proof(key, &plain))
        .valid(
            case("shortest-entropy", "96 random bits.", SPEC, &["R9449-002"]),
            with(&input, &[("entropy", json!(shortest))]),
            proof(key, &claims(&shortest, "")),
        )
        .valid(
            case("query", "The query is left out.", SPEC, &["R9449-003"]),
            with(&input, &[("url", json!(format!("{RAS_TOKEN_ENDPOINT}?a=b")))]),
            proof(key, &plain),
        )
        .valid(
            case("ath", "The example of RFC 9449 §7.1.", "RFC 9449 §7.1", &["R9449-004"]),
            with(&input, &[("access_token", json!(EXAMPLE_TOKEN))]),
            proof(key, &claims(&entropy, &ath)),
        )
        .valid(
            case("nonce", "The nonce of the server.", "RFC 9449 §8", &["R9449-005"]),
            with(&input, &[("nonce", json!("n-1"))]),
            proof(key, &claims(&entropy, r#","nonce":"n-1""#)),
        );
    refuse(
        &mut es256,
        "es256",
        &input,
        SPEC,
        vec![
            ("entropy-short", "entropy", json!(base64url(&[0xA5; 11])), &["R9449-002"], "entropy_too_short"),
            ("entropy-none", "entropy", json!(""), &["R9449-002"], "entropy_too_short"),
            (
                "url-fragment",
                "url",
                json!(format!("{RAS_TOKEN_ENDPOINT}#a")),
                &["R9449-003"],
                "url_malformed",
            ),
            (
                "url-http",
                "url",
                json!("http://auth.chat.example/oauth2/token"),
                &["R9449-003"],
                "url_insecure",
            ),
            ("iat-milliseconds", "iat", json!(NOW * 1000), &["R9449-003"], "invalid_now"),
            ("nonce-empty", "nonce", json!(""), &[], "text_invalid"),
        ],
    );
    signers(&mut topic, key, "es256", &input);
    topic.finish()
}
