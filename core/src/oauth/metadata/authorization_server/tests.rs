//! RFC 8414, ID-JAG §7, MCP: documents built, and read from servers good and bad.

use std::prelude::v1::*;

use proptest::prelude::*;

use super::*;
use crate::codec::json::Json;
use crate::oauth::http::Headers;

const ISSUER: &str = "https://as.example/t1";

fn issuer(text: &str) -> Issuer {
    Issuer::new(text, Transport::HttpsOnly).unwrap()
}

fn url(text: &str) -> Url {
    Url::new(text, Transport::HttpsOnly).unwrap()
}

fn resource_server() -> AuthorizationServerMetadata {
    let (token, jwks) = (url("https://as.example/token"), url("https://as.example/jwks"));
    AuthorizationServerMetadata::for_resource_authorization_server(issuer(ISSUER), token, jwks)
}

fn response(status: u16, content_type: &str, body: impl Into<Vec<u8>>) -> HttpResponse {
    HttpResponse { status, headers: Headers::new().with("Content-Type", content_type), body: body.into() }
}

fn read(response: &HttpResponse) -> Result<AuthorizationServerMetadata, Error> {
    let https = Transport::HttpsOnly;
    AuthorizationServerMetadata::read(response, &issuer(ISSUER), https, &Limits::DEFAULT)
}

/// A sound document with `members` added.
fn with(members: &str) -> Result<AuthorizationServerMetadata, Error> {
    let body = format!(
        "{{\"issuer\":\"{ISSUER}\",\"token_endpoint\":\"https://as.example/token\"{}{members}}}",
        if members.is_empty() { "" } else { "," }
    );
    read(&response(200, "application/json", body))
}

fn code<T: core::fmt::Debug>(result: Result<T, Error>) -> ErrorCode {
    result.unwrap_err().code()
}

/// MCP-008: what is built is what is read.
#[test]
fn what_is_published_is_read_back() {
    let mut metadata =
        resource_server().with_sign_on(url("https://as.example/authorize")).with_jwt_dpop_grant();
    metadata.revocation_endpoint = Some(url("https://as.example/revoke"));
    metadata.registration_endpoint = Some(url("https://as.example/register"));
    metadata.token_endpoint_auth_methods_supported = vec!["private_key_jwt".into()];
    metadata.token_endpoint_auth_signing_alg_values_supported = Some(vec![Algorithm::Es256]);
    metadata.scopes_supported = Scope::parse("a b", &Limits::DEFAULT).unwrap();
    metadata.dpop_signing_alg_values_supported = Some(vec![Algorithm::Es256, Algorithm::EdDsa]);
    metadata.authorization_details_types_supported = vec!["payment".into()];
    metadata.client_id_metadata_document_supported = true;
    metadata.authorization_response_iss_parameter_supported = true;
    metadata.subject_types_supported = vec!["public".into()];
    metadata.id_token_signing_alg_values_supported = Some(vec![Algorithm::Rs256]);
    assert_eq!(read(&metadata.to_response()).unwrap(), metadata);
    assert_eq!(read(&resource_server().to_response()).unwrap(), resource_server());
}

/// JAG-088, JAG-089, JAG-090, AMB-002.
#[test]
fn a_resource_server_lists_the_profile_and_its_grant() {
    let metadata = resource_server();
    let grants = ["urn:ietf:params:oauth:grant-type:jwt-bearer"];
    let json = metadata.to_json();
    assert_eq!(json.get("grant_types_supported"), Some(&Json::strings(grants)));
    let profile = ["urn:ietf:params:oauth:grant-profile:id-jag"];
    assert_eq!(json.get("authorization_grant_profiles_supported"), Some(&Json::strings(profile)));
    assert!(metadata.supports_id_jag() && !metadata.issues_id_jag());
    let aliased = metadata.clone().with_jwt_dpop_grant();
    assert_eq!(aliased.grant_types_supported.last().unwrap(), GRANT_JWT_DPOP);
    let mut emptied = metadata.clone();
    emptied.grant_types_supported.clear();
    assert_eq!(emptied.to_json(), metadata.to_json());
}

/// JAG-087.
#[test]
fn an_idp_lists_the_exchange_and_what_it_yields() {
    let metadata = AuthorizationServerMetadata::for_idp(
        issuer(ISSUER),
        url("https://i.example/t"),
        url("https://i.example/j"),
    );
    assert_eq!(metadata.grant_types_supported, [GRANT_TOKEN_EXCHANGE]);
    assert!(metadata.issues_id_jag() && !metadata.supports_id_jag());
    let found = read(&metadata.to_response()).unwrap();
    assert!(found.issues_id_jag());
    assert!(
        !with("\"identity_chaining_requested_token_types_supported\":[\"id-jag\"]").unwrap().issues_id_jag()
    );
}

/// R8414-004; JAG-097: the document has the listed members and no others.
#[test]
fn leaves_out_what_is_empty() {
    let json = resource_server().to_json();
    let names: Vec<_> = json.iter().map(|(name, _)| name).collect();
    assert_eq!(
        names,
        [
            "issuer",
            "token_endpoint",
            "jwks_uri",
            "grant_types_supported",
            "authorization_grant_profiles_supported"
        ]
    );
}

/// EMA-017, JAG-090, JAG-091.
#[test]
fn support_needs_the_exact_profile_and_its_grant() {
    let said = |profile: &str, grant: &str| {
        let members = format!(
            "\"authorization_grant_profiles_supported\":[\"{profile}\"],\
             \"grant_types_supported\":[\"{grant}\"]"
        );
        with(&members).unwrap()
    };
    assert_eq!(said(GRANT_PROFILE_ID_JAG, GRANT_JWT_BEARER).id_jag_support(), ProfileSupport::Listed);
    let alone = said(GRANT_PROFILE_ID_JAG, "authorization_code");
    assert_eq!(alone.id_jag_support(), ProfileSupport::WithoutGrants);
    assert!(!alone.supports_id_jag());
    for profile in [
        "urn:ietf:params:oauth:grant-profile:ID-JAG",
        "id-jag",
        "urn:ietf:params:oauth:grant-profile:id-jag/",
    ] {
        assert_eq!(said(profile, GRANT_JWT_BEARER).id_jag_support(), ProfileSupport::NotListed);
    }
    assert_eq!(with("").unwrap().id_jag_support(), ProfileSupport::NotListed);
}

/// MCP-007, R8414-002, AMB-008.
#[test]
fn refuses_the_metadata_of_another_issuer() {
    let say = |issuer: &str| {
        let body = format!("{{{issuer}\"token_endpoint\":\"https://as.example/token\"}}");
        code(read(&response(200, "application/json", body)))
    };
    for issuer in [
        "",
        "\"issuer\":null,",
        "\"issuer\":[\"https://as.example/t1\"],",
        "\"issuer\":\"https://as.example/t1/\",",
        "\"issuer\":\"https://AS.example/t1\",",
        "\"issuer\":\"https://as.example:443/t1\",",
        "\"issuer\":\"https://evil.example\",",
    ] {
        assert_eq!(say(issuer), ErrorCode::MetadataIssuerMismatch, "{issuer}");
    }
}

/// MCP-033, MCP-035.
#[test]
fn refuses_endpoints_that_are_not_https() {
    for name in ["jwks_uri", "authorization_endpoint", "revocation_endpoint", "registration_endpoint"] {
        let at = |text: &str| with(&format!("\"{name}\":{text}"));
        let error = at("\"http://as.example/x\"").unwrap_err();
        assert_eq!((error.code(), error.detail()), (ErrorCode::UrlInsecure, Some(name)));
        for text in ["\"/x\"", "\"https://u@as.example/\"", "\"https://as.example/#\"", "1", "null", "\"\""] {
            let error = at(text).unwrap_err();
            assert_eq!((error.code(), error.detail()), (ErrorCode::MetadataMalformed, Some(name)), "{text}");
        }
    }
    let body = format!("{{\"issuer\":\"{ISSUER}\"}}");
    let error = read(&response(200, "application/json", body)).unwrap_err();
    assert_eq!((error.code(), error.detail()), (ErrorCode::MetadataMalformed, Some("token_endpoint")));
}

/// JAG-088: an array of strings and nothing else.
#[test]
fn refuses_members_of_the_wrong_form() {
    for (name, values) in [
        ("authorization_grant_profiles_supported", ["\"a\"", "[1]", "[\"a\",null]"]),
        ("grant_types_supported", ["{}", "[[]]", "[\"\"]"]),
        ("scopes_supported", ["\"a b\"", "[\"a b\"]", "[\"a\\\"\"]"]),
        ("dpop_signing_alg_values_supported", ["\"ES256\"", "[1]", "true"]),
        ("client_id_metadata_document_supported", ["\"true\"", "1", "null"]),
    ] {
        for value in values {
            let error = with(&format!("\"{name}\":{value}")).unwrap_err();
            assert_eq!((error.code(), error.detail()), (ErrorCode::MetadataMalformed, Some(name)), "{value}");
        }
    }
}

/// MCP-038.
#[test]
fn symmetric_algorithms_do_not_exist() {
    let found =
        with("\"dpop_signing_alg_values_supported\":[\"none\",\"HS256\",\"ES256\",\"ES256\",\"X\"]").unwrap();
    assert_eq!(found.dpop_signing_alg_values_supported, Some(vec![Algorithm::Es256]));
    let nothing = with("\"dpop_signing_alg_values_supported\":[\"HS256\"]").unwrap();
    assert_eq!(nothing.dpop_signing_alg_values_supported, Some(vec![]));
    assert!(!nothing.to_json().contains("dpop_signing_alg_values_supported"));
    assert_eq!(with("").unwrap().dpop_signing_alg_values_supported, None);
}

#[test]
fn ignores_unknown_members_but_not_repeated_ones() {
    assert!(with("\"shade\":{\"a\":[null]},\"response_modes_supported\":7").is_ok());
    assert_eq!(code(with("\"shade\":{\"a\":1,\"a\":2}")), ErrorCode::DuplicateMember);
    assert_eq!(code(with(&format!("\"a\":{}{}", "[".repeat(20), "]".repeat(20)))), ErrorCode::JsonTooDeep);
}

#[test]
fn refuses_responses_that_are_no_document() {
    let good = format!("{{\"issuer\":\"{ISSUER}\",\"token_endpoint\":\"https://as.example/token\"}}");
    let json = "application/json";
    for (status, expected) in [
        (404, ErrorCode::MetadataNotFound),
        (401, ErrorCode::MetadataNotFound),
        (429, ErrorCode::ServerFailed),
        (500, ErrorCode::ServerFailed),
        (503, ErrorCode::ServerFailed),
        (302, ErrorCode::RedirectRefused),
        (304, ErrorCode::RedirectRefused),
        (201, ErrorCode::ResponseMalformed),
        (100, ErrorCode::ResponseMalformed),
    ] {
        assert_eq!(code(read(&response(status, json, good.as_str()))), expected, "{status}");
    }
    assert!(read(&response(200, "Application/JSON; charset=utf-8", good.as_str())).is_ok());
    assert!(read(&response(200, "application/oauth+json", good.as_str())).is_ok());
    assert_eq!(code(read(&response(200, "text/html", good.as_str()))), ErrorCode::ResponseMalformed);
    assert_eq!(code(read(&response(200, json, "[]"))), ErrorCode::ResponseMalformed);
    assert_eq!(code(read(&response(200, json, [0xFF, 0xFE]))), ErrorCode::ResponseMalformed);
    let padded = good + &" ".repeat(Limits::DEFAULT.response_bytes);
    assert_eq!(code(read(&response(200, json, padded))), ErrorCode::ResponseTooLarge);
    let many = vec!["\"a\""; 2000].join(",");
    assert_eq!(code(with(&format!("\"grant_types_supported\":[{many}]"))), ErrorCode::MetadataMalformed);
}

/// MCP-009.
#[test]
fn credentials_belong_to_one_issuer() {
    assert!(resource_server().accept_credentials_of(&issuer(ISSUER)).is_ok());
    let other = resource_server().accept_credentials_of(&issuer("https://as.example/t1/"));
    assert_eq!(code(other), ErrorCode::CredentialsIssuerMismatch);
}

/// R8414-001.
#[test]
fn an_issuer_has_no_query_and_no_fragment() {
    for text in ["http://a.example", "https://a.example?x", "https://a.example#x", "https://a.example/#"] {
        assert!(Issuer::new(text, Transport::HttpsOnly).is_err(), "{text}");
    }
    assert!(Issuer::new("http://127.0.0.1:1/", Transport::DangerousAllowHttpLoopback).is_ok());
}

proptest! {
    #[test]
    fn no_document_makes_it_panic(
        body in prop::collection::vec(any::<u8>(), 0..200),
        status in any::<u16>(),
    ) {
        let _ = read(&response(status, "application/json", body));
    }

    #[test]
    fn no_member_makes_it_panic(
        name in "(jwks_uri|grant_types_supported|scopes_supported|dpop_signing_alg_values_supported|issuer)",
        value in "(null|1|true|\"[a-z:/.#@? ]{0,20}\"|\\[(\"[a-zA-Z0-9 ]{0,8}\",){0,4}\"\"\\]|\\{\\})",
    ) {
        let _ = with(&format!("\"{name}\":{value}"));
    }
}
