//! RFC 6750 §2: where a token may be.

use std::prelude::v1::*;

use super::*;
use crate::oauth::http::{Headers, HttpRequest};

/// R6750-001.
#[test]
fn takes_the_token_from_the_authorization_field() {
    let limits = &Limits::DEFAULT;
    for field in ["Bearer abc.d-e_f~g+h/1==", "bearer  abc.d-e_f~g+h/1==", "BEARER abc.d-e_f~g+h/1== "] {
        let found = PresentedToken::parse(field, limits).unwrap();
        assert_eq!((found.scheme(), found.expose()), (AccessScheme::Bearer, "abc.d-e_f~g+h/1=="));
        assert!(!format!("{found:?}").contains("abc"));
    }
    assert_eq!(PresentedToken::parse("dpop a", limits).unwrap().scheme(), AccessScheme::Dpop);
    for field in ["Bearer", "Bearer ", "Bearer a b", "Bearer a,b", "Bearer =", "Bearer a=b", "Bearer \u{e9}"]
    {
        assert_eq!(code(PresentedToken::parse(field, limits)), ErrorCode::AuthorizationMalformed, "{field}");
    }
    for field in ["", "Basic abc", "Bearerabc", "Bearer\tabc"] {
        assert_eq!(code(PresentedToken::parse(field, limits)), ErrorCode::CredentialsMissing, "{field}");
    }
    let long = format!("Bearer {}", "a".repeat(limits.token_bytes + 1));
    assert_eq!(code(PresentedToken::parse(&long, limits)), ErrorCode::TokenTooLarge);
}

/// R6750-002.
#[test]
fn refuses_a_second_token_and_ignores_one_outside_the_field() {
    let form = "application/x-www-form-urlencoded; charset=utf-8";
    let request = |fields: &[(&str, &str)], query: &str, body: &str| HttpRequest {
        method: "POST".into(),
        url: format!("https://r.example/mcp{query}"),
        headers: fields.iter().copied().collect::<Headers>(),
        body: body.into(),
    };
    let bearer = ("Authorization", "Bearer a");
    let found = |request: &HttpRequest| PresentedToken::of(request, &Limits::DEFAULT).map(|_| ());
    let json = ("Content-Type", "application/json");
    assert!(found(&request(&[bearer, json], "?x=access_token", "&access_token=b")).is_ok());
    for repeated in [
        request(&[bearer, bearer], "", ""),
        request(&[bearer, ("authorization", "Basic a")], "", ""),
        request(&[bearer], "?access%5ftoken=b", ""),
        request(&[bearer, ("content-type", form)], "", "x=1&access_token=b"),
    ] {
        assert_eq!(code(found(&repeated)), ErrorCode::CredentialsRepeated);
    }
    assert_eq!(Error::new(ErrorCode::CredentialsRepeated).at_resource().status_at_resource(), 400);
    assert_eq!(code(found(&request(&[], "?access_token=b", ""))), ErrorCode::CredentialsMissing);
}
