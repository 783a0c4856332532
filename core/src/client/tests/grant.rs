//! Redeeming an ID-JAG, and using what it becomes.

use super::*;
use crate::oauth::challenge::AccessScheme;

fn grant_request() -> GrantRequest {
    GrantRequest::new(obtained(Binding::Unbound, |_| {}), server())
}

fn process(response: &HttpResponse, binding: Binding) -> Result<ObtainedAccessToken, ErrorCode> {
    process_grant_response(response, &grant_request(), binding, &LIMITS, now())
        .map_err(|answer| answer.error().code())
}

fn own() -> Binding {
    Binding::Required(key(7).public_key().thumbprint())
}

/// JAG-061, JAG-062, JAG-063, EMA-013, AMB-018, MCP-013, R7523-001.
#[test]
fn the_request_shows_the_grant_to_the_server_it_names() {
    let request = grant_request();
    let http = request.to_http(&at_ras(), None, now()).unwrap();
    assert_eq!((http.method.as_str(), http.url.as_str()), ("POST", RAS_TOKEN));
    let form = form(&http);
    assert_eq!(form.required("grant_type").unwrap(), GRANT_JWT_BEARER);
    assert_eq!(form.required("resource").unwrap(), SERVER);
    assert_eq!(form.required("scope").unwrap(), "rows:read");
    let id_jag = obtained(Binding::Unbound, |_| {});
    assert_eq!(form.required("assertion").unwrap(), id_jag.expose_to(&issuer(RAS)).unwrap());
    assert!(http.headers.all("Authorization").next().is_some());
    let bare = grant_request().without_resource_parameter().to_http(&at_ras(), None, now()).unwrap();
    assert_eq!(self::form(&bare).single("resource").unwrap(), None);
}

/// JAG-096.
#[test]
fn a_grant_is_shown_to_no_other_server() {
    let other = AuthorizationServerMetadata { issuer: issuer("https://evil.example"), ..ras() };
    let there = basic("https://evil.example", "x").at(&other, token_id(), now()).unwrap();
    let error = grant_request().to_http(&there, None, now()).unwrap_err();
    assert_eq!(error.code(), ErrorCode::TokenForAnotherServer);
    let id_jag = obtained(Binding::Unbound, |_| {});
    assert!(id_jag.expose_to(&issuer("https://as.example/t1/")).is_err());
}

/// JAG-077.
#[test]
fn an_expired_grant_is_not_shown() {
    let request = grant_request();
    assert!(request.to_http(&at_ras(), None, time(299)).is_ok());
    assert_eq!(request.to_http(&at_ras(), None, time(300)).unwrap_err().code(), ErrorCode::TokenExpired);
}

/// JAG-100, AMB-002, JDPOP-001.
#[test]
fn a_bound_grant_goes_with_a_proof_of_its_key() {
    let request = GrantRequest::new(obtained(own(), |_| {}), server());
    let code = |proof: Option<&Proof>| request.to_http(&at_ras(), proof, now()).map_err(|error| error.code());
    assert_eq!(code(None).unwrap_err(), ErrorCode::ProofMissing);
    assert_eq!(code(Some(&proof_for(RAS_TOKEN, &key(8)))).unwrap_err(), ErrorCode::ProofKeyMismatch);
    let http = code(Some(&proof_for(RAS_TOKEN, &key(7)))).unwrap();
    assert_eq!(check_proof(&http, None, None).code(), HOLDS);
    assert_eq!(form(&http).required("grant_type").unwrap(), GRANT_JWT_BEARER);
    let alias = request.clone().as_jwt_dpop();
    let http = alias.to_http(&at_ras(), Some(&proof_for(RAS_TOKEN, &key(7))), now()).unwrap();
    assert_eq!(form(&http).required("grant_type").unwrap(), GRANT_JWT_DPOP);
    let unbound = grant_request().as_jwt_dpop().to_http(&at_ras(), None, now());
    assert_eq!(unbound.unwrap_err().code(), ErrorCode::ProofRequired);
}

/// R6749-009, R9449-021, JDPOP-004.
#[test]
fn takes_a_token_of_a_known_type_in_any_case() {
    for name in ["Bearer", "bearer", "BEARER"] {
        let response = granted_with(|body| body.set_str("token_type", name));
        let token = process(&response, Binding::Unbound).unwrap();
        assert_eq!((token.scheme(), token.expires_at()), (AccessScheme::Bearer, Some(time(120))));
        assert_eq!((token.issuer(), token.resource()), (&issuer(RAS), &server()));
    }
    for wrong in ["mac", "N_A", "", "DPoP"] {
        let response = granted_with(|body| body.set_str("token_type", wrong));
        assert_eq!(
            process(&response, Binding::Unbound).unwrap_err(),
            ErrorCode::TokenTypeMismatch,
            "{wrong}"
        );
    }
    let missing = granted_with(|body| {
        body.remove("token_type");
    });
    assert_eq!(process(&missing, Binding::Unbound).unwrap_err(), ErrorCode::TokenTypeMismatch);
}

/// R9449-022.
#[test]
fn a_client_that_needs_binding_discards_a_bearer_token() {
    assert_eq!(process(&granted(), own()).unwrap_err(), ErrorCode::TokenTypeMismatch);
    let bound = granted_with(|body| body.set_str("token_type", "dpop"));
    assert_eq!(process(&bound, own()).unwrap().scheme(), AccessScheme::Dpop);
    let preferred = Binding::DangerousPreferred(key(7).public_key().thumbprint());
    assert_eq!(process(&granted(), preferred).unwrap().scheme(), AccessScheme::Bearer);
}

/// AMB-011, AMB-017, R9396-004.
#[test]
fn refuses_more_than_was_asked_for() {
    let with = |name: &'static str, value: &'static str| {
        process(&granted_with(|body| body.set_str(name, value)), Binding::Unbound)
    };
    assert!(with("resource", SERVER).is_ok());
    assert_eq!(with("resource", "https://r.example").unwrap_err(), ErrorCode::GrantWidened);
    assert_eq!(with("resource", "not a URI").unwrap_err(), ErrorCode::ResponseMalformed);
    assert_eq!(with("scope", "rows:read rows:write").unwrap_err(), ErrorCode::GrantWidened);
    assert_eq!(with("scope", "").unwrap().scope(), Some(&Scope::empty()));
    let details = |text: &'static str| {
        let value = Json::parse(text.as_bytes(), 8).unwrap();
        process(&granted_with(|body| body.set("authorization_details", value)), Binding::Unbound)
    };
    assert_eq!(details(r#"[{"type":"rows"}]"#).unwrap_err(), ErrorCode::GrantWidened);
    assert_eq!(details(r#"[{"kind":"rows"}]"#).unwrap_err(), ErrorCode::ResponseMalformed);
    let silent = granted_with(|body| {
        body.remove("scope");
        body.remove("expires_in");
    });
    let token = process(&silent, Binding::Unbound).unwrap();
    assert_eq!((token.scope(), token.expires_at()), (Some(&scope("rows:read")), None));
}

#[test]
fn refuses_a_token_that_could_not_stand_in_a_header() {
    for text in ["a b", "a\r\nX: y", "", "ä"] {
        let response = granted_with(|body| body.set_str("access_token", text));
        assert_eq!(process(&response, Binding::Unbound).unwrap_err(), ErrorCode::ResponseMalformed);
    }
}

/// MCP-016, MCP-017, R6750-002.
#[test]
fn the_token_goes_into_the_header_and_nowhere_else() {
    let token = process(&granted(), Binding::Unbound).unwrap();
    let http = token.authorize(get("https://r.example/mcp?x=1"), None, &LIMITS).unwrap();
    assert_eq!(http.headers.all("Authorization").collect::<Vec<_>>(), ["Bearer an.access.token"]);
    assert_eq!(http.url, "https://r.example/mcp?x=1");
    let refused = |request| token.authorize(request, None, &LIMITS).unwrap_err().code();
    assert_eq!(refused(get("https://r.example/mcp?access_token=x")), ErrorCode::CredentialsRepeated);
    let mut twice = get(SERVER);
    twice.headers.push("authorization", "Bearer other");
    assert_eq!(refused(twice), ErrorCode::CredentialsRepeated);
}

/// MCP-020.
#[test]
fn the_token_is_sent_to_its_resource_only() {
    let token = process(&granted(), Binding::Unbound).unwrap();
    for url in [SERVER, "https://r.example/mcp/sub", "https://r.example/mcp?q"] {
        assert!(token.authorize(get(url), None, &LIMITS).is_ok(), "{url}");
    }
    for url in [
        "https://r.example/",
        "https://r.example/mcp2",
        "https://r.example/mcp/../admin",
        "https://r.example/mcp/%2e%2E/admin",
        "https://r.example/mcp/..%2fadmin",
        "https://r.example:444/mcp",
        "https://evil.example/mcp",
        "https://r.example.evil/mcp",
    ] {
        let error = token.authorize(get(url), None, &LIMITS).unwrap_err();
        assert_eq!(error.code(), ErrorCode::TokenForAnotherServer, "{url}");
    }
    assert!(token.authorize(get("http://r.example/mcp"), None, &LIMITS).is_err());
}

/// R9449-003, R9449-004, R9449-026.
#[test]
fn a_bound_token_goes_with_a_proof_that_names_it() {
    let bound = granted_with(|body| body.set_str("token_type", "DPoP"));
    let token = process(&bound, own()).unwrap();
    let request = || get("https://r.example/mcp?secret=1");
    let code =
        |proof: Option<&Proof>| token.authorize(request(), proof, &LIMITS).map_err(|error| error.code());
    assert_eq!(code(None).unwrap_err(), ErrorCode::ProofMissing);
    let nonce = Nonce::new("n-1").unwrap();
    let claims = token.proof_claims(&request(), Some(&nonce), token_id(), now()).unwrap().unwrap();
    assert_eq!(claims.access_token_hash, Some(access_token_hash("an.access.token")));
    let proof = |claims: DpopProof, seed| Proof::sign(claims, key(seed).as_ref()).unwrap();
    let http = code(Some(&proof(claims.clone(), 7))).unwrap();
    assert_eq!(http.headers.all("Authorization").collect::<Vec<_>>(), ["DPoP an.access.token"]);
    assert_eq!(check_proof(&http, Some("an.access.token"), Some(&nonce)).code(), HOLDS);
    assert_eq!(code(Some(&proof(claims.clone(), 8))).unwrap_err(), ErrorCode::ProofKeyMismatch);
    let other = DpopProof { access_token_hash: None, ..claims.clone() };
    assert_eq!(code(Some(&proof(other, 7))).unwrap_err(), ErrorCode::ProofTokenMismatch);
    let other = DpopProof { method: "PUT".into(), ..claims.clone() };
    assert_eq!(code(Some(&proof(other, 7))).unwrap_err(), ErrorCode::ProofMethodMismatch);
    let other = DpopProof { url: url("https://r.example/mcp/x"), ..claims };
    assert_eq!(code(Some(&proof(other, 7))).unwrap_err(), ErrorCode::ProofUriMismatch);
}

/// R9449-033.
#[test]
fn the_newest_nonce_of_each_origin_is_kept_and_used_only_there() {
    let mut nonces = Nonces::new();
    let with = |value: &str| HttpResponse {
        headers: Headers::new().with("DPoP-Nonce", value),
        ..challenged(200, "Bearer")
    };
    let (there, here) = (url(RAS_TOKEN), url(SERVER));
    nonces.learn(&there, &with("n1"));
    nonces.learn(&there, &with("n2"));
    assert_eq!(nonces.newest(&url("https://as.example/other")).map(Nonce::as_str), Some("n2"));
    assert_eq!(nonces.newest(&here), None);
    for bad in ["", "a b", "a\"b", "é"] {
        nonces.learn(&there, &with(bad));
    }
    let mut twice = with("n3");
    twice.headers.push("DPoP-Nonce", "n4");
    nonces.learn(&there, &twice);
    assert_eq!(nonces.newest(&there).map(Nonce::as_str), Some("n2"));
    for origin in 0..100 {
        nonces.learn(&url(&format!("https://h{origin}.example")), &with("n"));
    }
    assert!(format!("{nonces:?}").matches("https://").count() <= 16);
}
