//! Signing elsewhere gives what signing in process gives, and objects of another kind are refused.

use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use crate::codec::base64url;
use crate::crypto::Signer as _;
use crate::crypto::rustcrypto::SigningKey;
use crate::text::KeyId;
use crate::wire::{Crypto, Table};

const IDP: &str =
    r#"{"issuer":"https://idp.example","token_endpoint":"https://idp.example/token","other":[]}"#;

fn key() -> SigningKey {
    SigningKey::es256(KeyId::new("k").unwrap(), &[7; 32]).unwrap()
}

/// A caller with the same key as object 1.
fn caller() -> Table {
    let mut table = Table::new(&Crypto::RUST);
    let made = alloc::format!(r#"{{"jwk":{}}}"#, key().expose_jwk().expose());
    assert!(table.call(&alloc::format!("signing_key.new\n\n{made}")).contains(r#""handle":1"#));
    table
}

/// The member that follows `"name":` in an answer, a string.
fn member(answer: &str, name: &str) -> String {
    let start = alloc::format!(r#""{name}":""#);
    let (_, rest) = answer.split_once(&start).unwrap_or_else(|| panic!("no `{name}` in {answer}"));
    rest.split('"').next().unwrap().to_string()
}

/// A request for a refresh token with these members in its credentials, its proof and itself.
fn refresh(numbers: &str, credentials: &str, proof: &str, more: &str) -> String {
    let random = base64url::encode(&[1; 12]);
    let credentials = alloc::format!(
        r#"{{"issuer":"https://idp.example","client_id":"app","token_endpoint_auth_method":"private_key_jwt"{credentials}}}"#
    );
    alloc::format!(
        "client.refresh_request\n{numbers}\n{{\"assertion\":\"c2FtbA\",\"idp\":{IDP},\"credentials\":[{credentials}],\
         \"proof\":{{{proof}}},\"random\":\"{random}\",\"now\":1700000000{more}}}"
    )
}

#[test]
fn signing_elsewhere_sends_what_signing_here_sends() {
    let mut table = caller();
    let here = table.call(&refresh("1 1", "", "", ""));
    assert!(here.contains("client_assertion=") && here.contains(r#"["DPoP","#), "{here}");
    let public = key().public_key().to_jwk().to_string();
    let (declared, declared_proof) =
        (alloc::format!(r#","key":{public}"#), alloc::format!(r#""key":{public}"#));
    let asked = table.call(&refresh("", &declared, &declared_proof, ""));
    assert!(!asked.contains(r#""request""#), "{asked}");
    let signed = |name: &str| {
        let input = base64url::decode(&member(&asked, name)).unwrap();
        base64url::encode(&key().sign(&input).unwrap())
    };
    let (assertion, proof) = (signed("assertion_input"), signed("proof_input"));
    let more = alloc::format!(r#","assertion_signature":"{assertion}""#);
    let half = table.call(&refresh("", &declared, &declared_proof, &more));
    assert!(half.contains("proof_input") && !half.contains("assertion_input"), "{half}");
    let proven = alloc::format!(r#"{declared_proof},"signature":"{proof}""#);
    assert_eq!(table.call(&refresh("", &declared, &proven, &more)), here);
    let swapped = alloc::format!(r#","assertion_signature":"{proof}""#);
    let refused = table.call(&refresh("", &declared, &proven, &swapped));
    assert!(refused.contains("signer_mismatch"), "{refused}");
}

#[test]
fn a_key_is_given_once() {
    let mut table = caller();
    let jwk = key().expose_jwk();
    let public = key().public_key().to_jwk().to_string();
    let inline = alloc::format!(r#","jwk":{}"#, jwk.expose());
    assert!(table.call(&refresh("0 1", &inline, "", "")).contains(r#""request""#));
    let twice = alloc::format!(r#"{inline},"key":{public}"#);
    for (numbers, credentials, proof) in [
        ("0 1", String::new(), String::new()),
        ("1 0", String::new(), String::new()),
        ("1 1", twice, String::new()),
        ("1 1", String::new(), alloc::format!(r#""key":{public}"#)),
    ] {
        let answer = table.call(&refresh(numbers, &credentials, &proof, ""));
        assert!(answer.contains("config_invalid") && !answer.contains(jwk.expose()), "{answer}");
    }
}

#[test]
fn a_refresh_token_is_read_from_its_response() {
    let body = r#"{\"access_token\":\"r1\",\"token_type\":\"N_A\",\"expires_in\":60,\"issued_token_type\":\"urn:ietf:params:oauth:token-type:refresh_token\"}"#;
    let response =
        alloc::format!(r#"{{"status":200,"headers":[["Content-Type","application/json"]],"body":"{body}"}}"#);
    let answer =
        caller().call(&alloc::format!("client.refresh_response\n\n{{\"response\":{response},\"now\":1000}}"));
    assert_eq!(answer, r#"{"ok":{"refresh_token":"r1","expires_at":1060}}"#);
}

#[test]
fn a_connection_takes_no_other_object_for_one() {
    let mut table = caller();
    let credentials = r#"{"issuer":"https://idp.example","client_id":"app","token_endpoint_auth_method":"private_key_jwt"}"#;
    let client = alloc::format!("client.new\n1\n{{\"idp\":{IDP},\"idp_credentials\":{credentials}}}");
    assert!(table.call(&client).contains(r#""handle":2"#));
    let made = table.call("connection.new\n2\n{\"resource\":\"https://mcp.example/mcp\"}");
    assert!(made.contains(r#""handle":3"#), "{made}");
    assert!(table.call("replay_store.new\n\n{\"capacity\":1}").contains(r#""handle":4"#));
    let random = base64url::encode(&[1; 32]);
    let input = alloc::format!(r#"{{"random":"{random}","now":1}}"#);
    let next =
        |table: &mut Table, number: u64| table.call(&alloc::format!("connection.next\n{number}\n{input}"));
    assert!(next(&mut table, 3).contains(r#""purpose":"discovery""#));
    let others: Vec<String> = [0, 1, 2, 4, 5].map(|number| next(&mut table, number)).into();
    assert!(others.iter().all(|answer| answer.contains("handle_invalid")), "{others:?}");
    let short = table.call("connection.next\n3\n{\"random\":\"AAAA\",\"now\":1}");
    assert!(short.contains("entropy_too_short"), "{short}");
    let client = table.call("connection.new\n3\n{\"resource\":\"https://mcp.example/mcp\"}");
    assert!(client.contains("handle_invalid"), "{client}");
}
