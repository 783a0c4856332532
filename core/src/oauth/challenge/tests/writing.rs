//! RFC 6750 §3, RFC 9449 §7, RFC 9470 §3, RFC 9728 §5.1: what a refusing server says.

use std::prelude::v1::*;

use super::*;
use crate::text::Nonce;
use crate::token::TokenKind;

/// R6750-006, R9449-030, MCP-002, MCP-022.
#[test]
fn says_nothing_of_errors_without_credentials_and_lists_both_schemes() {
    let error = Error::new(ErrorCode::CredentialsMissing);
    let built = both().scope(&scope("files:read offline_access")).refusal(&error).build();
    assert_eq!(
        built,
        [
            format!("Bearer scope=\"files:read\", resource_metadata=\"{METADATA}\""),
            format!("DPoP scope=\"files:read\", resource_metadata=\"{METADATA}\", algs=\"ES256 EdDSA\""),
        ]
    );
    let response = both().respond(None);
    assert_eq!((response.status, response.body.len()), (401, 0));
}

/// MCP-026, MCP-027: the exact header.
#[test]
fn names_every_missing_scope_at_once() {
    let error = Error::new(ErrorCode::InsufficientScope);
    let builder = ChallengeBuilder::bearer(url(METADATA)).scope(&scope("files:write files:read"));
    let response = builder.refusal(&error).respond(None);
    assert_eq!(response.status, 403);
    assert_eq!(
        response.headers.all("www-authenticate").collect::<Vec<_>>(),
        [format!(
            "Bearer error=\"insufficient_scope\", error_description=\"the access token lacks a required \
             scope\", scope=\"files:read files:write\", resource_metadata=\"{METADATA}\""
        )]
    );
}

/// R9449-027, R9449-034.
#[test]
fn asks_for_a_nonce_in_the_dpop_challenge_only() {
    let error = Error::new(ErrorCode::ProofNonceRequired);
    let response = both().refusal(&error).respond(Some(&Nonce::new("n-1").unwrap()));
    assert_eq!(response.status, 401);
    assert_eq!(response.headers.all("DPoP-Nonce").collect::<Vec<_>>(), ["n-1"]);
    let found = Challenges::of(&response, &Limits::DEFAULT).unwrap().unwrap();
    assert_eq!(found.bearer().unwrap().error().unwrap(), None);
    assert!(found.dpop().unwrap().is(OAuthError::UseDpopNonce));
    assert_eq!(found.dpop().unwrap().algs().collect::<Vec<_>>(), ["ES256", "EdDSA"]);
    let error = Error::new(ErrorCode::TokenExpired).of(TokenKind::AccessToken);
    let response = both().refusal(&error).respond(None);
    let found = Challenges::of(&response, &Limits::DEFAULT).unwrap().unwrap();
    assert!(found.iter().all(|challenge| challenge.is(OAuthError::InvalidToken)));
}

/// R9470-001, R9470-002.
#[test]
fn asks_for_another_sign_on() {
    let error = Error::new(ErrorCode::AuthenticationTooOld);
    let acr = [Acr::new("urn:mfa").unwrap(), Acr::new("a\"b\\").unwrap()];
    let builder = both().refusal(&error).max_age(Seconds(0)).acr_values(&acr).unwrap();
    let response = builder.respond(None);
    assert_eq!(response.status, 401);
    let found = Challenges::of(&response, &Limits::DEFAULT).unwrap().unwrap();
    for challenge in found.iter() {
        assert!(challenge.is(OAuthError::InsufficientUserAuthentication));
        assert_eq!(challenge.max_age().unwrap(), Some(Seconds(0)));
        assert_eq!(challenge.acr_values().unwrap(), acr);
    }
    for acr in ["a b", "\u{e9}"] {
        assert_eq!(code(both().acr_values(&[Acr::new(acr).unwrap()])), ErrorCode::ConfigInvalid);
    }
    assert!(!both().acr_values(&[]).unwrap().build().concat().contains("acr_values"));
}

/// MCP-031, R6750-003, R6750-004, R6750-005, R6750-007, for every code.
#[test]
fn every_refusal_has_its_status_and_a_challenge_with_each_parameter_once() {
    let legal = |byte: u8| matches!(byte, 0x20 | 0x21 | 0x23..=0x5B | 0x5D..=0x7E);
    for code in ErrorCode::ALL {
        assert!(code.sentence().bytes().all(legal), "{code:?}");
        let error = Error::new(*code);
        let response = both().realm(Realm::new("r").unwrap()).refusal(&error).respond(None);
        let expected = match error.at_resource().as_str() {
            "invalid_token"
            | "invalid_dpop_proof"
            | "use_dpop_nonce"
            | "insufficient_user_authentication" => 401,
            "insufficient_scope" | "access_denied" => 403,
            "temporarily_unavailable" => 503,
            "server_error" => 500,
            _ => 400,
        };
        assert_eq!(response.status, expected, "{code:?}");
        let found = Challenges::of(&response, &Limits::DEFAULT).unwrap();
        assert_eq!(found.is_none(), expected >= 500, "{code:?}");
        for challenge in found.iter().flat_map(Challenges::iter) {
            assert!(challenge.parameter("resource_metadata").is_some(), "{code:?}");
        }
    }
}

#[test]
fn a_dpop_challenge_needs_an_algorithm() {
    assert_eq!(code(ChallengeBuilder::dpop(url(METADATA), &[])), ErrorCode::ConfigInvalid);
    let only = ChallengeBuilder::dpop(url(METADATA), &[Algorithm::Es256]).unwrap().build();
    assert_eq!(only, [format!("DPoP resource_metadata=\"{METADATA}\", algs=\"ES256\"")]);
}

/// R6749-011.
#[test]
fn a_token_endpoint_asks_for_basic_authentication() {
    let realm = Realm::new("say \"token\"").unwrap();
    let found = one(&realm.basic_challenge());
    assert_eq!(found.scheme(), "basic");
    assert_eq!(found.parameter("realm"), Some("say \"token\""));
    assert_eq!(found.parameter("charset"), Some("UTF-8"));
}
