//! MCP discovery, step by step, against servers good and bad.

use std::prelude::v1::*;

use proptest::prelude::*;

use super::*;
use crate::error::{Error, ErrorCode};
use crate::limits::Limits;
use crate::oauth::client_metadata::ClientIdUrl;
use crate::oauth::http::{Headers, HttpResponse};
use crate::oauth::metadata::{
    AuthorizationServerMetadata, Fetched, ProtectedResourceMetadata, ResourceMatching,
};
use crate::scope::Scope;
use crate::uri::{Issuer, ResourceId, Transport, Url};

const AS: &str = "https://as.example/t1";
const SERVER: &str = "https://r.example/mcp";

fn issuer(text: &str) -> Issuer {
    Issuer::new(text, Transport::HttpsOnly).unwrap()
}

fn server(text: &str) -> ResourceId {
    ResourceId::new(text, Transport::HttpsOnly).unwrap()
}

fn url(text: &str) -> Url {
    Url::new(text, Transport::HttpsOnly).unwrap()
}

fn scope(text: &str) -> Scope {
    Scope::parse(text, &Limits::DEFAULT).unwrap()
}

fn authorization_server(text: &str) -> AuthorizationServerMetadata {
    let (token, jwks) = (url("https://as.example/token"), url("https://as.example/jwks"));
    AuthorizationServerMetadata::for_resource_authorization_server(issuer(text), token, jwks)
}

fn resource(text: &str, issuers: &[&str]) -> ProtectedResourceMetadata {
    let issuers = issuers.iter().map(|text| issuer(text)).collect();
    ProtectedResourceMetadata::new(server(text), issuers).unwrap()
}

fn status(status: u16) -> HttpResponse {
    HttpResponse { status, headers: Headers::new(), body: vec![] }
}

fn page() -> HttpResponse {
    let headers = Headers::new().with("Content-Type", "text/html");
    HttpResponse { status: 200, headers, body: "<html>".into() }
}

/// Sends each response in turn and says which addresses were asked for and how it ended.
fn run(mut discovery: Discovery, responses: &[HttpResponse]) -> (Vec<String>, Result<Discovered, Error>) {
    let mut asked = vec![];
    let mut responses = responses.iter();
    loop {
        let request = discovery.next().unwrap();
        assert_eq!((request.method.as_str(), request.body.len()), ("GET", 0));
        assert_eq!(request.headers.all("accept").collect::<Vec<_>>(), ["application/json"]);
        asked.push(request.url);
        match discovery.receive(responses.next().unwrap()) {
            Ok(Progress::Next) => {}
            Ok(Progress::Done(found)) => {
                assert!(discovery.next().is_none());
                return (asked, Ok(found));
            }
            Err(error) => return (asked, Err(error)),
        }
    }
}

fn outcome(responses: &[HttpResponse]) -> ErrorCode {
    run(Discovery::new(server(SERVER), None), responses).1.unwrap_err().code()
}

/// MCP-002, MCP-003.
#[test]
fn resource_metadata_is_where_the_challenge_says_else_at_the_path_else_at_the_root() {
    let urls = |text: &str, challenged: Option<&Url>| -> Vec<String> {
        let server = server(text);
        resource_metadata_urls(&server, challenged).into_iter().map(|(url, _)| url.to_string()).collect()
    };
    let (path, root) = (
        "https://r.example/.well-known/oauth-protected-resource/mcp",
        "https://r.example/.well-known/oauth-protected-resource",
    );
    assert_eq!(urls(SERVER, None), [path, root]);
    assert_eq!(urls("https://r.example", None), [root]);
    assert_eq!(urls("https://r.example/", None), [root]);
    assert_eq!(urls(SERVER, Some(&url("https://m.example/doc"))), ["https://m.example/doc"]);
    let requested = server(SERVER);
    let plan = resource_metadata_urls(&requested, None);
    assert_eq!(plan[0].1, Fetched::ByWellKnown { derived_from: &requested });
    assert_eq!(plan[1].1, Fetched::ByRootWellKnown { requested: &requested });
}

/// MCP-005, MCP-006, R8414-003.
#[test]
fn issuer_metadata_is_looked_for_in_order() {
    let urls = |text: &str| -> Vec<String> {
        authorization_server_metadata_urls(&issuer(text)).iter().map(ToString::to_string).collect()
    };
    let with_path = [
        "https://a.example/.well-known/oauth-authorization-server/t1",
        "https://a.example/.well-known/openid-configuration/t1",
        "https://a.example/t1/.well-known/openid-configuration",
    ];
    assert_eq!(urls("https://a.example/t1"), with_path);
    assert_eq!(urls("https://a.example/t1/"), with_path);
    let without = [
        "https://a.example/.well-known/oauth-authorization-server",
        "https://a.example/.well-known/openid-configuration",
    ];
    assert_eq!(urls("https://a.example"), without);
    assert_eq!(urls("https://a.example/"), without);
}

#[test]
fn finds_both_documents() {
    let responses = [resource(SERVER, &[AS]).to_response(), authorization_server(AS).to_response()];
    let (asked, found) = run(Discovery::new(server(SERVER), None), &responses);
    let addresses = [
        "https://r.example/.well-known/oauth-protected-resource/mcp",
        "https://as.example/.well-known/oauth-authorization-server/t1",
    ];
    assert_eq!(asked, addresses);
    let found = found.unwrap();
    assert_eq!(found.resource, resource(SERVER, &[AS]));
    assert!(found.authorization_server.supports_id_jag());
}

#[test]
fn goes_on_while_a_document_is_not_there() {
    let root = resource("https://r.example", &[AS]).to_response();
    let responses = [page(), root, status(404), status(401), authorization_server(AS).to_response()];
    let (asked, found) = run(Discovery::new(server(SERVER), None), &responses);
    assert_eq!(asked[1], "https://r.example/.well-known/oauth-protected-resource");
    assert_eq!(asked[4], "https://as.example/t1/.well-known/openid-configuration");
    assert_eq!(found.unwrap().resource.resource.as_str(), "https://r.example");
}

#[test]
fn gives_up_when_there_is_no_document() {
    let own = resource(SERVER, &[AS]).to_response();
    assert_eq!(outcome(&[status(404), status(404)]), ErrorCode::MetadataNotFound);
    assert_eq!(outcome(&[status(404), page()]), ErrorCode::ResponseMalformed);
    assert_eq!(outcome(&[own, status(404), status(404), status(404)]), ErrorCode::MetadataNotFound);
    let challenged = Discovery::new(server(SERVER), Some(url("https://r.example/doc")));
    let (asked, found) = run(challenged, &[status(404)]);
    assert_eq!(asked, ["https://r.example/doc"]);
    assert_eq!(found.unwrap_err().code(), ErrorCode::MetadataNotFound);
}

/// MCP-007 and the rest of what a hostile server may try: none of it leads to the next address.
#[test]
fn a_hostile_answer_is_final() {
    let json = |body: &str| HttpResponse { body: body.into(), ..resource(SERVER, &[AS]).to_response() };
    let huge = json(&" ".repeat(Limits::DEFAULT.response_bytes + 1));
    let own = resource(SERVER, &[AS]).to_response();
    let moved =
        HttpResponse { status: 302, headers: Headers::new().with("Location", "https://evil"), ..own.clone() };
    for (first, code) in [
        (resource("https://other.example/mcp", &[AS]).to_response(), ErrorCode::MetadataResourceMismatch),
        (json("{}"), ErrorCode::MetadataResourceMismatch),
        (json("{"), ErrorCode::ResponseMalformed),
        (json("{\"a\":1,\"a\":1}"), ErrorCode::DuplicateMember),
        (huge.clone(), ErrorCode::ResponseTooLarge),
        (moved.clone(), ErrorCode::RedirectRefused),
    ] {
        assert_eq!(outcome(&[first]), code);
    }
    for (second, code) in [
        (authorization_server("https://evil.example").to_response(), ErrorCode::MetadataIssuerMismatch),
        (authorization_server("https://as.example/t1/").to_response(), ErrorCode::MetadataIssuerMismatch),
        (json("{}"), ErrorCode::MetadataIssuerMismatch),
        (huge, ErrorCode::ResponseTooLarge),
        (moved, ErrorCode::RedirectRefused),
    ] {
        assert_eq!(outcome(&[own.clone(), second]), code);
    }
}

#[test]
fn a_failing_server_may_be_asked_again_and_an_ended_discovery_may_not() {
    let mut discovery = Discovery::new(server(SERVER), None);
    let first = discovery.next();
    assert_eq!(discovery.receive(&status(503)).unwrap_err().code(), ErrorCode::ServerFailed);
    assert_eq!(discovery.next(), first);
    assert_eq!(discovery.receive(&resource(SERVER, &[AS]).to_response()).unwrap(), Progress::Next);
    let second = discovery.next();
    assert_eq!(discovery.receive(&status(500)).unwrap_err().code(), ErrorCode::ServerFailed);
    assert_eq!(discovery.next(), second);
    assert!(discovery.receive(&status(302)).is_err());
    assert!(discovery.next().is_none());
    let late = discovery.receive(&authorization_server(AS).to_response());
    assert_eq!(late.unwrap_err().code(), ErrorCode::ConfigInvalid);
    let mut alone = IssuerDiscovery::new(issuer(AS));
    assert!(alone.receive(&status(302)).is_err());
    assert!(alone.next().is_none());
    assert_eq!(alone.receive(&status(200)).unwrap_err().code(), ErrorCode::ConfigInvalid);
}

/// MCP-009, MCP-010.
#[test]
fn credentials_decide_which_server_is_used() {
    use AuthorizationServerChoice::{First, Prefer, Require};
    let listed = [issuer("https://a.example"), issuer("https://b.example")];
    let known = |text: &str| vec![issuer("https://z.example"), issuer(text)];
    assert_eq!(First.choose(&listed).unwrap(), &listed[0]);
    assert_eq!(Prefer(known("https://b.example")).choose(&listed).unwrap(), &listed[1]);
    assert_eq!(Require(known("https://b.example")).choose(&listed).unwrap(), &listed[1]);
    assert_eq!(Prefer(known("https://b.example/")).choose(&listed).unwrap(), &listed[0]);
    let mismatch = Require(known("https://b.example/")).choose(&listed);
    assert_eq!(mismatch.unwrap_err().code(), ErrorCode::CredentialsIssuerMismatch);
    let moved = resource(SERVER, &["https://new.example"]).to_response();
    let discovery = Discovery::new(server(SERVER), None).with_choice(Require(vec![issuer(AS)]));
    assert_eq!(run(discovery, &[moved]).1.unwrap_err().code(), ErrorCode::CredentialsIssuerMismatch);
}

/// AMB-019 through the whole of discovery.
#[test]
fn a_challenge_may_point_to_the_root_document_only_by_opt_in() {
    let document = resource("https://r.example", &[AS]).to_response();
    let challenged = || Discovery::new(server(SERVER), Some(url("https://r.example/doc")));
    let refused = run(challenged(), core::slice::from_ref(&document)).1;
    assert_eq!(refused.unwrap_err().code(), ErrorCode::MetadataResourceMismatch);
    let lax = challenged().with_matching(ResourceMatching::DangerousPrefix);
    assert!(run(lax, &[document, authorization_server(AS).to_response()]).1.is_ok());
}

#[test]
fn loopback_and_limits_are_the_callers_choice() {
    let transport = Transport::DangerousAllowHttpLoopback;
    let local = Issuer::new("http://127.0.0.1:1", transport).unwrap();
    let endpoint = Url::new("http://127.0.0.1:1/t", transport).unwrap();
    let document =
        AuthorizationServerMetadata::for_idp(local.clone(), endpoint.clone(), endpoint).to_response();
    let strict = IssuerDiscovery::new(local.clone()).receive(&document);
    assert_eq!(strict.unwrap_err().code(), ErrorCode::UrlInsecure);
    let lax = IssuerDiscovery::new(local.clone()).with_transport(transport).receive(&document);
    assert!(matches!(lax, Ok(Progress::Done(found)) if found.issues_id_jag()));
    let mut limits = Limits::DEFAULT;
    limits.response_bytes = 10;
    let small = IssuerDiscovery::new(local).with_transport(transport).with_limits(limits).receive(&document);
    assert_eq!(small.unwrap_err().code(), ErrorCode::ResponseTooLarge);
}

/// MCP-023, MCP-024, MCP-025.
#[test]
fn scope_is_what_was_challenged_else_what_is_listed_else_nothing() {
    let mut metadata = resource(SERVER, &[AS]);
    metadata.scopes_supported = scope("a b");
    assert_eq!(initial_scope(Some(&scope("x")), Some(&metadata)), scope("x"));
    assert_eq!(initial_scope(None, Some(&metadata)), scope("a b"));
    assert_eq!(initial_scope(Some(&Scope::empty()), Some(&metadata)), scope("a b"));
    assert!(initial_scope(None, Some(&resource(SERVER, &[AS]))).is_empty());
    assert!(initial_scope(None, None).is_empty());
    assert_eq!(step_up_scope(&scope("a b"), &scope("b c")).to_string(), "a b c");
}

/// MCP-030.
#[test]
fn step_ups_end() {
    let (resource, other) = (server(SERVER), server("https://r.example/other"));
    let mut step_ups = StepUps::new(2);
    let mut plan = |resource: &ResourceId, operation: &str| {
        step_ups.plan(resource, operation, &scope("a"), &scope("b")).map_err(|error| error.code())
    };
    assert_eq!(plan(&resource, "write"), Ok(scope("a b")));
    assert!(plan(&resource, "write").is_ok());
    assert_eq!(plan(&resource, "write"), Err(ErrorCode::StepUpLimit));
    assert_eq!(plan(&resource, "write"), Err(ErrorCode::StepUpLimit));
    assert!(plan(&resource, "read").is_ok() && plan(&other, "write").is_ok());
    step_ups.succeeded(&resource, "write");
    assert!(step_ups.plan(&resource, "write", &scope("a"), &scope("b")).is_ok());
}

/// MCP-032: the four rows of RFC 9207 §2.4, and no normalisation.
#[test]
fn an_authorization_response_comes_from_the_recorded_issuer() {
    let expected = issuer("https://as.example");
    let check = |iss, advertised| check_authorization_response_issuer(&expected, iss, advertised);
    let same = Some("https://as.example");
    assert!(check(same, true).is_ok() && check(same, false).is_ok() && check(None, false).is_ok());
    assert_eq!(check(None, true).unwrap_err().code(), ErrorCode::MetadataIssuerMismatch);
    for iss in [
        "https://as.example/",
        "https://AS.example",
        "https://as.example:443",
        "https%3A%2F%2Fas.example",
        "",
    ] {
        for advertised in [true, false] {
            let error = check(Some(iss), advertised).unwrap_err();
            assert_eq!(error.code(), ErrorCode::MetadataIssuerMismatch, "{iss}");
        }
    }
}

/// MCP-011.
#[test]
fn registration_takes_the_first_way_that_is_open() {
    let document = ClientIdUrl::parse("https://app.example/c", Transport::HttpsOnly).unwrap();
    let endpoint = url("https://as.example/register");
    let (registered, elsewhere) = ([issuer(AS)], [issuer("https://z.example")]);
    for (documents, dynamic) in [(true, true), (true, false), (false, true), (false, false)] {
        let mut server = authorization_server(AS);
        server.client_id_metadata_document_supported = documents;
        server.registration_endpoint = dynamic.then(|| endpoint.clone());
        let plan = |known, document| plan_registration(&server, known, document);
        assert_eq!(plan(&registered, Some(&document)), Registration::PreRegistered);
        let fallback = if dynamic { Registration::Dynamic(&endpoint) } else { Registration::Ask };
        let expected = if documents { Registration::MetadataDocument(&document) } else { fallback };
        assert_eq!(plan(&elsewhere, Some(&document)), expected);
        assert_eq!(plan(&[], None), fallback);
    }
}

proptest! {
    #[test]
    fn discovery_ends_whatever_comes_back(
        answers in prop::collection::vec(
            (any::<u16>(), any::<bool>(), prop::collection::vec(any::<u8>(), 0..40)),
            8,
        ),
    ) {
        let mut discovery = Discovery::new(server(SERVER), None);
        for (status, json, body) in answers {
            let media = if json { "application/json" } else { "text/html" };
            let headers = Headers::new().with("Content-Type", media);
            let asked = discovery.next().is_some();
            let result = discovery.receive(&HttpResponse { status, headers, body });
            prop_assert!(asked || result.is_err());
        }
    }
}
