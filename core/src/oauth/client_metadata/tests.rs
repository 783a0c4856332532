//! RFC 7591, Client ID Metadata Documents -02, ID-JAG -04 §8: clients and impostors.

use std::prelude::v1::*;

use proptest::prelude::*;

use super::*;
use crate::error::{Error, ErrorCode};
use crate::limits::Limits;
use crate::oauth::http::{Headers, HttpResponse};
use crate::oauth::metadata::ProfileSupport;
use crate::scope::Scope;
use crate::uri::{Transport, Url};

const CLIENT: &str = "https://app.example/client.json";
const CALLBACK: &str = "http://127.0.0.1:3000/callback";

fn client_id(text: &str) -> Result<ClientIdUrl, Error> {
    ClientIdUrl::parse(text, Transport::HttpsOnly)
}

fn response(body: impl Into<Vec<u8>>) -> HttpResponse {
    HttpResponse {
        status: 200,
        headers: Headers::new().with("Content-Type", "application/json"),
        body: body.into(),
    }
}

fn read(response: &HttpResponse) -> Result<ClientDocument, Error> {
    ClientDocument::read(response, &client_id(CLIENT).unwrap(), Transport::HttpsOnly, &Limits::DEFAULT)
}

/// The document of a public client with `members` added.
fn with(members: &str) -> Result<ClientDocument, Error> {
    read(&response(format!(
        "{{\"client_id\":\"{CLIENT}\",\"client_name\":\"App\",\
         \"redirect_uris\":[\"{CALLBACK}\"]{}{members}}}",
        if members.is_empty() { "" } else { "," }
    )))
}

/// The reason why a document is refused.
fn reason(result: Result<impl core::fmt::Debug, Error>) -> &'static str {
    let error = result.unwrap_err();
    assert_eq!(error.code(), ErrorCode::ClientDocumentInvalid);
    assert_eq!(error.at_token_endpoint().as_str(), "invalid_client");
    error.detail().unwrap()
}

fn metadata() -> ClientMetadata {
    ClientMetadata::new("App", [CALLBACK]).unwrap().with_client_id(client_id(CLIENT).unwrap())
}

/// CIMD-001, MCP-012.
#[test]
fn a_client_identifier_url_is_https_with_a_path_and_nothing_strange() {
    for (text, why) in [
        ("http://app.example/c", "client_id scheme"),
        ("http://localhost/c", "client_id scheme"),
        ("https://app.example", "client_id path"),
        ("https://app.example?x=/", "client_id path"),
        ("https://user@app.example/c", "client_id URL"),
        ("https://user:pw@app.example/c", "client_id URL"),
        ("https://@app.example/c", "client_id URL"),
        ("https://app.example/c#", "client_id URL"),
        ("https://app.example/c#f", "client_id URL"),
        ("https:///c", "client_id URL"),
        ("app.example/c", "client_id URL"),
        ("https://app.example/a b", "client_id URL"),
        ("https://app.example/a\\..\\b", "client_id URL"),
        ("https://app.example/./c", "client_id dot segment"),
        ("https://app.example/a/../c", "client_id dot segment"),
        ("https://app.example/a/..", "client_id dot segment"),
        ("https://app.example/a/%2e%2E/c", "client_id dot segment"),
        ("https://app.example/a/.%2e", "client_id dot segment"),
        ("https://app.example/%2E/c", "client_id dot segment"),
        ("https://app.example/a%2f..%2Fc", "client_id dot segment"),
        ("https://app.example/a%5C..%5cc", "client_id dot segment"),
        ("", "client_id text"),
    ] {
        assert_eq!(reason(client_id(text)), why, "{text}");
    }
    assert_eq!(reason(client_id(&format!("https://app.example/{}", "a".repeat(1024)))), "client_id text");
    for text in ["https://app.example/c", "https://app.example:8443/a/..b/.c", "https://app.example/a%2Eb"] {
        let url = client_id(text).unwrap();
        assert_eq!((url.as_str(), url.client_id().as_str()), (text, text));
        assert!(!url.is_root() && !url.has_query());
    }
    assert!(client_id("https://app.example/").unwrap().is_root());
    assert!(client_id("https://app.example/c?v=../1").unwrap().has_query());
    assert!(ClientIdUrl::parse("http://127.0.0.1:1/c", Transport::DangerousAllowHttpLoopback).is_ok());
}

/// CIMD-002, MCP-012, EMA-014.
#[test]
fn the_document_is_that_of_the_very_same_text() {
    assert_eq!(with("").unwrap().client_id.as_str(), CLIENT);
    for other in [
        "https://app.example:443/client.json",
        "https://APP.example/client.json",
        "HTTPS://app.example/client.json",
        "https://app.example/client.json/",
        "https://evil.example/client.json",
    ] {
        let url = client_id(other).unwrap();
        let body =
            response(format!("{{\"client_id\":\"{CLIENT}\",\"client_name\":\"A\",\"redirect_uris\":[]}}"));
        let found = ClientDocument::read(&body, &url, Transport::HttpsOnly, &Limits::DEFAULT);
        assert_eq!(reason(found), "client_id", "{other}");
    }
}

/// MCP-012.
#[test]
fn a_document_has_a_name_and_redirect_uris() {
    let own = format!("\"client_id\":\"{CLIENT}\"");
    for (members, why) in [
        (own.clone(), "client_name"),
        (format!("{own},\"client_name\":\"A\""), "redirect_uris"),
        (format!("{own},\"redirect_uris\":[]"), "client_name"),
        (format!("{own},\"client_name\":\"\",\"redirect_uris\":[]"), "client_name"),
        (format!("{own},\"client_name\":\"a\\u0007\",\"redirect_uris\":[]"), "client_name"),
        (format!("{own},\"client_name\":\"{}\",\"redirect_uris\":[]", "a".repeat(257)), "client_name"),
        ("\"client_name\":\"A\",\"redirect_uris\":[]".into(), "client_id"),
        (format!("{own},\"client_name\":\"A\",\"redirect_uris\":\"https://a.example\""), "redirect_uris"),
    ] {
        assert_eq!(reason(read(&response(format!("{{{members}}}")))), why, "{members}");
    }
    for uri in [
        "javascript:alert(1)",
        "data:text/html,x",
        "http://app.example/cb",
        "https://a.example/#f",
        "/cb",
        "https:cb",
    ] {
        let members = format!("{own},\"client_name\":\"A\",\"redirect_uris\":[\"{uri}\"]");
        assert_eq!(reason(read(&response(format!("{{{members}}}")))), "redirect_uris", "{uri}");
    }
    for uri in [
        "https://a.example/cb?x=1",
        "http://localhost/cb",
        "http://[::1]:9/cb",
        "com.example.app:/cb",
        "cursor://x/y",
    ] {
        let members = format!("{own},\"client_name\":\"A\",\"redirect_uris\":[\"{uri}\"]");
        assert_eq!(read(&response(format!("{{{members}}}"))).unwrap().redirect_uris, [uri]);
    }
}

/// CIMD-003.
#[test]
fn a_document_holds_nothing_secret() {
    for (members, why) in [
        ("\"client_secret\":\"s\"", "client_secret"),
        ("\"client_secret\":null", "client_secret"),
        ("\"client_secret_expires_at\":0", "client_secret"),
        ("\"token_endpoint_auth_method\":\"client_secret_post\"", "token_endpoint_auth_method"),
        ("\"token_endpoint_auth_method\":\"client_secret_basic\"", "token_endpoint_auth_method"),
        ("\"token_endpoint_auth_method\":\"client_secret_jwt\"", "token_endpoint_auth_method"),
        ("\"token_endpoint_auth_method\":\"tls_client_auth\"", "token_endpoint_auth_method"),
        ("\"token_endpoint_auth_method\":7", "token_endpoint_auth_method"),
        ("\"jwks\":{\"keys\":[{\"kty\":\"oct\"}]}", "private key"),
        ("\"jwks\":{\"keys\":[\"x\"]}", "private key"),
        ("\"jwks\":{\"keys\":[]}", "jwks"),
        ("\"jwks\":{}", "jwks"),
        ("\"jwks\":[]", "jwks"),
        ("\"jwks_uri\":\"http://app.example/jwks\"", "jwks_uri"),
    ] {
        assert_eq!(reason(with(members)), why, "{members}");
    }
    for member in ["d", "p", "q", "dp", "dq", "qi", "oth", "k"] {
        let jwks =
            format!("\"jwks\":{{\"keys\":[{{\"kty\":\"EC\"}},{{\"kty\":\"RSA\",\"{member}\":\"x\"}}]}}");
        assert_eq!(reason(with(&jwks)), "private key", "{member}");
    }
}

/// CIMD-004, AMB-020.
#[test]
fn a_client_with_keys_must_use_them() {
    let method = "\"token_endpoint_auth_method\":\"private_key_jwt\"";
    let jwks_uri = "\"jwks_uri\":\"https://app.example/jwks\"";
    let jwks = "\"jwks\":{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"a\",\"y\":\"b\"}]}";
    assert_eq!(reason(with(method)), "private_key_jwt without keys");
    let found = with(&format!("{method},{jwks_uri}")).unwrap();
    assert!(found.must_authenticate() && found.jwks_text.is_none());
    let found = with(&format!("{method},{jwks}")).unwrap();
    assert!(found.must_authenticate());
    assert_eq!(found.jwks_text.unwrap(), jwks.trim_start_matches("\"jwks\":"));
    assert_eq!(reason(with(&format!("{method},{jwks},{jwks_uri}"))), "jwks and jwks_uri");
    // Silence about the method is not a licence to leave the key unused.
    assert!(with(jwks_uri).unwrap().must_authenticate());
    assert!(!with("").unwrap().must_authenticate());
    assert!(!with("\"token_endpoint_auth_method\":\"none\"").unwrap().must_authenticate());
}

/// JAG4-012.
#[test]
fn the_profile_needs_both_grants() {
    let profile =
        "\"authorization_grant_profiles_supported\":[\"urn:ietf:params:oauth:grant-profile:id-jag\"]";
    let exchange = "urn:ietf:params:oauth:grant-type:token-exchange";
    let bearer = "urn:ietf:params:oauth:grant-type:jwt-bearer";
    let said = |grants: &[&str]| {
        let grants: Vec<_> = grants.iter().map(|grant| format!("\"{grant}\"")).collect();
        with(&format!("{profile},\"grant_types\":[{}]", grants.join(","))).unwrap().id_jag_support
    };
    assert_eq!(said(&[exchange, bearer]), ProfileSupport::Listed);
    assert_eq!(said(&[exchange]), ProfileSupport::WithoutGrants);
    assert_eq!(said(&[bearer]), ProfileSupport::WithoutGrants);
    assert_eq!(with(profile).unwrap().id_jag_support, ProfileSupport::WithoutGrants);
    assert_eq!(with("").unwrap().id_jag_support, ProfileSupport::NotListed);
    for wrong in ["\"id-jag\"", "[1]", "null"] {
        let members = format!("\"authorization_grant_profiles_supported\":{wrong}");
        assert_eq!(reason(with(&members)), "authorization_grant_profiles_supported");
    }
    assert_eq!(with("").unwrap().grant_types, ["authorization_code"]);
}

#[test]
fn only_a_small_sound_response_is_a_document() {
    let good = || metadata().to_response();
    let status = |status| HttpResponse { status, ..good() };
    assert!(read(&good()).is_ok());
    for (code, why) in
        [(404, "status"), (500, "status"), (201, "status"), (301, "redirect"), (308, "redirect")]
    {
        assert_eq!(reason(read(&status(code))), why);
    }
    let headers = Headers::new().with("Content-Type", "text/html");
    assert_eq!(reason(read(&HttpResponse { headers, ..good() })), "not a JSON object");
    assert_eq!(reason(read(&response("[]"))), "not a JSON object");
    assert_eq!(reason(with(&format!("\"x\":\"{}\"", "a".repeat(5 * 1024)))), "size");
    assert_eq!(reason(with("\"x\":1,\"x\":2")), "duplicate member");
    assert_eq!(reason(with(&format!("\"x\":{}{}", "[".repeat(20), "]".repeat(20)))), "nesting");
    assert_eq!(reason(with("\"scope\":\"a  b\"")), "scope");
    assert_eq!(reason(with("\"dpop_bound_access_tokens\":\"yes\"")), "dpop_bound_access_tokens");
}

/// JAG4-012, JAG4-013.
#[test]
fn what_is_published_is_read_back() {
    let scope = Scope::parse("a b", &Limits::DEFAULT).unwrap();
    let at = Url::new("https://app.example/jwks", Transport::HttpsOnly).unwrap();
    let full = metadata()
        .with_private_key_jwt(ClientKeys::At(at.clone()))
        .with_grant("authorization_code")
        .with_grant("authorization_code")
        .with_scope(scope.clone())
        .with_dpop_bound_access_tokens();
    let found = read(&full.to_response()).unwrap();
    assert_eq!((found.name.as_str(), found.auth_method), ("App", DocumentAuthMethod::PrivateKeyJwt));
    assert_eq!((found.jwks_uri, found.scope, found.grant_types.len()), (Some(at), scope, 3));
    assert!(found.dpop_bound_access_tokens);
    assert_eq!(found.id_jag_support, ProfileSupport::Listed);
    let quiet = read(&metadata().without_id_jag_profile().to_response()).unwrap();
    assert_eq!((quiet.id_jag_support, quiet.must_authenticate()), (ProfileSupport::NotListed, false));
    assert_eq!(ClientMetadata::new("", [CALLBACK]).unwrap_err().code(), ErrorCode::ConfigInvalid);
    assert_eq!(ClientMetadata::new("A", ["/cb"]).unwrap_err().code(), ErrorCode::ConfigInvalid);
}

proptest! {
    #[test]
    fn no_document_makes_it_panic(body in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = read(&response(body));
    }

    #[test]
    fn a_client_identifier_has_no_dot_segment_however_it_is_written(
        text in "https://a(/(\\.|%2e|%2E|a|%2f){0,4}){0,4}",
    ) {
        if let Ok(url) = client_id(&text) {
            let path = url.as_str().to_ascii_lowercase().replace("%2e", ".").replace("%2f", "/");
            prop_assert!(!path.split('/').any(|segment| segment == "." || segment == ".."));
        }
    }
}
