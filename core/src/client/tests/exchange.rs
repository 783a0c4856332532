//! Asking the IdP for an ID-JAG, or for a refresh token.

use super::*;

fn process(response: &HttpResponse) -> Result<ObtainedIdJag, ServerAnswer> {
    process_exchange_response(response, &request(), Binding::Unbound, &LIMITS, now())
}

fn refusal(response: &HttpResponse) -> ErrorCode {
    process(response).unwrap_err().error().code()
}

fn refusal_of(edit: impl FnOnce(&mut IdJag)) -> ErrorCode {
    let mut claims = id_jag();
    edit(&mut claims);
    refusal(&issued(&claims))
}

/// JAG-026, JAG-027, JAG-033, JAG-036, JAG-039, EMA-001 to EMA-004, R8693-001, R8693-002, MCP-013, MCP-014.
#[test]
fn the_request_names_audience_resource_scope_and_subject_token() {
    let http = request().to_http(&at_idp(), None).unwrap();
    assert_eq!((http.method.as_str(), http.url.as_str()), ("POST", IDP_TOKEN));
    let form = form(&http);
    for (name, value) in [
        ("grant_type", GRANT_TOKEN_EXCHANGE),
        ("requested_token_type", TOKEN_TYPE_ID_JAG),
        ("audience", RAS),
        ("resource", SERVER),
        ("scope", "rows:read"),
        ("subject_token", "the-id-token"),
        ("subject_token_type", TOKEN_TYPE_ID_TOKEN),
    ] {
        assert_eq!(form.single(name).unwrap(), Some(value), "{name}");
    }
    for absent in ["actor_token", "actor_token_type", "authorization_details", "assertion"] {
        assert_eq!(form.single(absent).unwrap(), None, "{absent}");
    }
    assert!(http.headers.all("DPoP").next().is_none());
}

/// JAG-030, JAG-031: what is not asked for is not sent.
#[test]
fn resource_and_scope_are_optional_in_the_base_profile() {
    let http = ExchangeRequest::new(&ras(), id_token()).to_http(&at_idp(), None).unwrap();
    let form = form(&http);
    assert_eq!((form.all("resource").count(), form.all("scope").count()), (0, 0));
}

/// R8707-003.
#[test]
fn a_resource_with_a_query_is_refused_unless_opted_in() {
    let resource = ResourceId::new("https://r.example/mcp?tenant=1", Transport::HttpsOnly).unwrap();
    let request = || ExchangeRequest::new(&ras(), id_token());
    let error = request().with_resource(resource.clone()).unwrap_err();
    assert_eq!(error.code(), ErrorCode::ResourceMalformed);
    let http = request().dangerous_with_resource(resource).to_http(&at_idp(), None).unwrap();
    assert_eq!(form(&http).required("resource").unwrap(), "https://r.example/mcp?tenant=1");
}

/// JAG-032, JAG-038, R8693-003.
#[test]
fn details_travel_as_json_and_an_actor_token_brings_its_type() {
    let text = r#"[{"type":"rows","actions":["read"]}]"#;
    let request = request().with_details(details(text)).with_actor(Secret::new("an-actor"));
    let form = form(&request.to_http(&at_idp(), None).unwrap());
    assert_eq!(form.required("authorization_details").unwrap(), text);
    assert_eq!(form.required("actor_token").unwrap(), "an-actor");
    assert_eq!(form.required("actor_token_type").unwrap(), TOKEN_TYPE_JWT);
}

/// JAG-036: the type always fits the token.
#[test]
fn every_kind_of_subject_token_names_its_type() {
    for (kind, urn) in [
        (SubjectKind::IdToken, TOKEN_TYPE_ID_TOKEN),
        (SubjectKind::Saml2, TOKEN_TYPE_SAML2),
        (SubjectKind::RefreshToken, TOKEN_TYPE_REFRESH_TOKEN),
    ] {
        let subject = SubjectToken::new(kind, Secret::new("t"));
        let http = ExchangeRequest::new(&ras(), subject).to_http(&at_idp(), None).unwrap();
        assert_eq!(form(&http).required("subject_token_type").unwrap(), urn);
    }
}

/// JAG-101, R9449-001, R9449-003.
#[test]
fn a_proof_is_sent_when_there_is_a_key_and_only_with_the_request_it_was_made_for() {
    let http = request().to_http(&at_idp(), Some(&proof_for(IDP_TOKEN, &key(7)))).unwrap();
    assert_eq!(check_proof(&http, None, None).code(), HOLDS);
    let elsewhere = request().to_http(&at_idp(), Some(&proof_for(RAS_TOKEN, &key(7))));
    assert_eq!(elsewhere.unwrap_err().code(), ErrorCode::ProofUriMismatch);
}

/// JAG-053, JAG-054, JAG-055, EMA-009, R8693-009, R8693-010, R6749-009.
#[test]
fn takes_the_grant_it_asked_for() {
    let grant = process(&issued(&id_jag())).unwrap();
    assert_eq!(grant.audience(), &issuer(RAS));
    assert_eq!(grant.scope(), Some(&scope("rows:read")));
    assert_eq!((grant.expires_at(), grant.binding()), (time(300), None));
    for token_type in ["n_a", "N_a"] {
        let response = issued_with(&id_jag(), |body| body.set_str("token_type", token_type));
        assert!(process(&response).is_ok());
    }
}

/// JAG-053, JAG-055, R8693-009: each twin of the response above is refused for its one fault.
#[test]
fn refuses_a_response_with_a_member_wrong_or_missing() {
    let set = |name: &'static str, value: &'static str| {
        refusal(&issued_with(&id_jag(), |body| body.set_str(name, value)))
    };
    let without = |name: &str| {
        refusal(&issued_with(&id_jag(), |body| {
            body.remove(name);
        }))
    };
    assert_eq!(set("token_type", "Bearer"), ErrorCode::TokenTypeMismatch);
    assert_eq!(without("token_type"), ErrorCode::TokenTypeMismatch);
    for wrong in [TOKEN_TYPE_JWT, "", "urn:ietf:params:oauth:token-type:ID-JAG"] {
        assert_eq!(set("issued_token_type", wrong), ErrorCode::IssuedTokenTypeMismatch);
    }
    assert_eq!(without("issued_token_type"), ErrorCode::IssuedTokenTypeMismatch);
    assert_eq!(without("access_token"), ErrorCode::ResponseMalformed);
    assert_eq!(set("access_token", "opaque"), ErrorCode::TokenMalformed);
    assert_eq!(set("expires_in", "soon"), ErrorCode::ResponseMalformed);
    assert_eq!(set("scope", "rows:read  x"), ErrorCode::ResponseMalformed);
    assert!(process(&issued_with(&id_jag(), |body| body.set_str("expires_in", "300"))).is_ok());
    let response = issued(&id_jag());
    let text = String::from_utf8(response.body.clone()).unwrap();
    let twice =
        HttpResponse { body: text.replacen('{', r#"{"scope":"a","scope":"b","#, 1).into(), ..response };
    assert_eq!(refusal(&twice), ErrorCode::DuplicateMember);
}

/// JAG-054: the value is an ID-JAG, for this server and this client.
#[test]
fn refuses_a_grant_that_is_not_what_was_asked_for() {
    assert_eq!(refusal_of(|jag| jag.audience = issuer("https://as.example")), ErrorCode::AudienceMismatch);
    assert_eq!(refusal_of(|jag| jag.client_id = ClientId::new("x").unwrap()), ErrorCode::ClientMismatch);
    assert_eq!(refusal_of(|jag| jag.expires_at = now()), ErrorCode::TokenExpired);
    let other = Proof::sign(
        DpopProof {
            token_id: token_id(),
            method: "POST".into(),
            url: url(RAS_TOKEN),
            issued_at: now(),
            access_token_hash: None,
            nonce: None,
        },
        key(1).as_ref(),
    );
    let other = other.unwrap().for_request("POST", &url(RAS_TOKEN)).unwrap().to_string();
    let response = issued_with(&id_jag(), |body| body.set_str("access_token", other));
    assert_eq!(refusal(&response), ErrorCode::TypMismatch);
}

/// JAG-056, JAG-057.
#[test]
fn refuses_more_than_was_asked_for_and_shows_what_is_less() {
    let widened = ErrorCode::GrantWidened;
    assert_eq!(refusal_of(|jag| jag.scope = Some(scope("rows:read rows:write"))), widened);
    let other = ResourceId::new("https://r.example/other", Transport::HttpsOnly).unwrap();
    assert_eq!(refusal_of(|jag| jag.resources = vec![server(), other]), widened);
    let asked = details(r#"[{"type":"rows","actions":["read"]}]"#);
    assert_eq!(refusal_of(|jag| jag.details = Some(asked.clone())), widened);
    let in_response = issued_with(&id_jag(), |body| body.set_str("scope", "rows:read rows:write"));
    assert_eq!(refusal(&in_response), widened);
    let in_response = issued_with(&id_jag(), |body| body.set_str("resource", "https://r.example/other"));
    assert_eq!(refusal(&in_response), widened);

    let request = request().with_scope(scope("rows:read rows:write")).with_details(asked.clone());
    let narrowed = issued_with(&id_jag(), |body| body.set_str("scope", "rows:read"));
    let grant = process_exchange_response(&narrowed, &request, Binding::Unbound, &LIMITS, now()).unwrap();
    assert_eq!((grant.scope(), grant.details()), (Some(&scope("rows:read")), Some(&asked)));
    let wider = details(r#"[{"type":"rows","actions":["read","write"]}]"#);
    let response = issued(&IdJag { details: Some(wider), ..id_jag() });
    let answer = process_exchange_response(&response, &request, Binding::Unbound, &LIMITS, now());
    assert_eq!(answer.unwrap_err().error().code(), widened);
}

/// JAG-105: a silent downgrade is noticed.
#[test]
fn a_grant_must_be_bound_to_the_key_that_was_proven() {
    let own = key(7).public_key().thumbprint();
    let process = |bound: Option<u8>, binding| {
        let confirmation = bound.map(|seed| Confirmation { jkt: key(seed).public_key().thumbprint() });
        let response = issued(&IdJag { confirmation, ..id_jag() });
        process_exchange_response(&response, &request(), binding, &LIMITS, now())
            .map(|grant| grant.binding())
            .map_err(|answer| answer.error().code())
    };
    assert_eq!(process(Some(7), Binding::Required(own)), Ok(Some(own)));
    assert_eq!(process(None, Binding::Required(own)), Err(ErrorCode::BindingMissing));
    assert_eq!(process(Some(8), Binding::Required(own)), Err(ErrorCode::BindingMissing));
    assert_eq!(process(None, Binding::DangerousPreferred(own)), Ok(None));
    assert_eq!(process(Some(8), Binding::DangerousPreferred(own)), Err(ErrorCode::BindingMissing));
    assert_eq!(process(Some(7), Binding::Unbound), Err(ErrorCode::ProofMissing));
}

/// AMB-005.
#[test]
fn both_names_for_a_refused_subject_token_mean_the_same() {
    for name in ["invalid_grant", "invalid_request"] {
        assert_eq!(process(&error(400, name)).unwrap_err(), ServerAnswer::GrantRefused);
    }
}

/// JAG-079, ID-JAG §4.5.
#[test]
fn a_saml_assertion_becomes_a_refresh_token() {
    let http = RefreshTokenRequest::new(Secret::new("PHNhbWw")).to_http(&at_idp(), None).unwrap();
    let form = form(&http);
    for (name, value) in [
        ("requested_token_type", TOKEN_TYPE_REFRESH_TOKEN),
        ("subject_token_type", TOKEN_TYPE_SAML2),
        ("subject_token", "PHNhbWw"),
        ("scope", "offline_access openid"),
    ] {
        assert_eq!(form.required(name).unwrap(), value);
    }
    let body = |issued: &str, kind: &str| {
        let members = members(&[("access_token", "r1"), ("issued_token_type", issued), ("token_type", kind)]);
        process_refresh_token_response(&json(200, &members), &LIMITS, now())
    };
    assert_eq!(body(TOKEN_TYPE_REFRESH_TOKEN, "N_A").unwrap().token.expose(), "r1");
    let code = |answer: Result<ObtainedRefreshToken, ServerAnswer>| answer.unwrap_err().error().code();
    assert_eq!(code(body(TOKEN_TYPE_ID_JAG, "N_A")), ErrorCode::IssuedTokenTypeMismatch);
    assert_eq!(code(body(TOKEN_TYPE_REFRESH_TOKEN, "Bearer")), ErrorCode::TokenTypeMismatch);
}

/// JAG-078.
#[test]
fn an_expired_id_token_gives_way_to_the_refresh_token_and_then_to_the_user() {
    let identity = Identity::new(issuer(IDP)).with_id_token(Secret::new("t"), time(60));
    let kind = |identity: &Identity, refused: &[SubjectKind], at| {
        identity.subject(refused, at).map(|subject| subject.kind())
    };
    assert_eq!(kind(&identity, &[], time(59)), Some(SubjectKind::IdToken));
    assert_eq!(kind(&identity, &[], time(60)), None);
    let identity = identity.with_refresh_token(Secret::new("r"));
    assert_eq!(kind(&identity, &[], time(60)), Some(SubjectKind::RefreshToken));
    assert_eq!(kind(&identity, &[SubjectKind::IdToken], now()), Some(SubjectKind::RefreshToken));
    assert_eq!(kind(&identity, &[SubjectKind::IdToken, SubjectKind::RefreshToken], now()), None);
}
