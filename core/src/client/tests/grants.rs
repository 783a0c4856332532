//! Tokens that come by another grant than ID-JAG, and that none is ever exchanged for another.

use super::connection::{failure, next, sent, turn};
use super::*;
use crate::codec::base64url;
use crate::crypto::sha256;
use crate::oauth::client_metadata::ClientIdUrl;

const AUTHORIZE: &str = "https://as.example/authorize";
const REGISTER: &str = "https://as.example/register";
const BACK: &str = "http://127.0.0.1:8000/callback";

/// A server with everything.
fn metadata() -> AuthorizationServerMetadata {
    let mut metadata = ras().with_sign_on(url(AUTHORIZE));
    metadata.registration_endpoint = Some(url(REGISTER));
    metadata.token_endpoint_auth_methods_supported = vec!["none".into(), "client_secret_basic".into()];
    metadata
}

fn found(config: ClientConfig, metadata: &AuthorizationServerMetadata) -> Connection {
    let mut connection = Connection::new(Arc::new(config), server());
    turn(&mut connection, &resource_metadata().to_response(), now());
    turn(&mut connection, &metadata.to_response(), now());
    connection
}

fn own() -> ClientConfig {
    ClientConfig::client_credentials().with_credentials(basic(RAS, CLIENT_AT_RAS))
}

fn workload() -> ClientConfig {
    let client_id = ClientId::new("workload").unwrap();
    let public = ClientCredentials::new(issuer(RAS), client_id, ClientMethod::DangerousNone);
    ClientConfig::jwt_bearer().with_credentials(public)
}

fn interactive() -> ClientConfig {
    ClientConfig::authorization_code(RedirectUri::new(BACK).unwrap())
        .with_credentials(basic(RAS, CLIENT_AT_RAS))
}

fn page(connection: &mut Connection, at: UnixTime) -> Form {
    match next(connection, at) {
        Step::NeedAuthorization(need) => {
            assert_eq!(need.redirect_uri.as_str(), BACK);
            let query = need.url.strip_prefix(AUTHORIZE).unwrap().strip_prefix('?').unwrap();
            Form::parse(query.as_bytes(), &LIMITS).unwrap()
        }
        other => panic!("{other:?}"),
    }
}

/// The address the browser is sent back to, with more parameters.
fn back(page: &Form, more: &str) -> String {
    [BACK, "?state=", page.required("state").unwrap(), more].concat()
}

/// The connection after the user has said yes.
fn permitted(config: ClientConfig, metadata: &AuthorizationServerMetadata) -> (Connection, Form) {
    let mut connection = found(config, metadata);
    let page = page(&mut connection, now());
    connection.authorization_response(&back(&page, "&code=the-code")).unwrap();
    (connection, page)
}

fn with_refresh() -> HttpResponse {
    granted_with(|body| body.set_str("refresh_token", "refresh-1"))
}

/// MCP-013, R6749-004.
#[test]
fn the_clients_own_credentials_yield_a_token_and_another_when_it_is_over() {
    let mut connection = found(own(), &ras());
    let (purpose, request) = sent(next(&mut connection, now()));
    assert_eq!((purpose, request.url.as_str()), (Purpose::Grant, RAS_TOKEN));
    let asked = form(&request);
    assert_eq!(asked.required("grant_type").unwrap(), "client_credentials");
    assert_eq!(asked.required("resource").unwrap(), SERVER);
    assert_eq!(asked.required("scope").unwrap(), "rows:read");
    assert!(request.headers.all("Authorization").next().unwrap().starts_with("Basic "));
    connection.receive(&granted(), now()).unwrap();
    assert!(connection.is_ready(now()));
    let (_, again) = sent(next(&mut connection, time(120)));
    // The refresh token that was sent along is never used: the credentials do.
    assert_eq!(form(&again).required("grant_type").unwrap(), "client_credentials");
}

/// R7523-001, R7523-005; SEP-1933: sent once, never after a refusal, never another grant.
#[test]
fn a_workloads_assertion_is_sent_once_and_never_after_a_refusal() {
    let mut connection = found(workload(), &metadata());
    let need = |step| match step {
        Step::NeedAssertion(need) => need,
        other => panic!("{other:?}"),
    };
    let asked = need(next(&mut connection, now()));
    assert_eq!((asked.audience.as_str(), asked.resource.as_str()), (RAS, SERVER));
    connection.supply_assertion(Secret::new("a.workload.jwt")).unwrap();
    let request = form(&turn(&mut connection, &granted(), now()));
    assert_eq!(request.required("grant_type").unwrap(), GRANT_JWT_BEARER);
    assert_eq!(request.required("assertion").unwrap(), "a.workload.jwt");
    assert_eq!(request.required("client_id").unwrap(), "workload");
    assert!(connection.is_ready(now()));
    need(next(&mut connection, time(120)));
    let early = connection.authorization_response(BACK).unwrap_err();
    assert_eq!(early.code(), ErrorCode::ConfigInvalid);
    for name in ["invalid_grant", "invalid_scope", "unauthorized_client", "insufficient_user_authentication"]
    {
        let mut connection = found(workload(), &metadata());
        need(next(&mut connection, now()));
        connection.supply_assertion(Secret::new("a.workload.jwt")).unwrap();
        turn(&mut connection, &error(400, name), now());
        for at in 0..3 {
            let code = failure(next(&mut connection, time(at)));
            assert!(matches!(code, ErrorCode::ServerRefused | ErrorCode::StepUpRequired), "{code:?}");
        }
        let late = connection.supply_assertion(Secret::new("another.workload.jwt")).unwrap_err();
        assert_eq!(late.code(), ErrorCode::ConfigInvalid);
    }
    let mut connection = found(workload(), &metadata());
    connection.decline();
    assert_eq!(failure(next(&mut connection, now())), ErrorCode::IdentityExpired);
}

/// RFC 7636, RFC 8707: what the browser is told, and what redeems the code.
#[test]
fn the_users_permission_becomes_a_token() {
    let (mut connection, page) = permitted(interactive(), &metadata());
    assert_eq!(page.required("response_type").unwrap(), "code");
    assert_eq!(page.required("client_id").unwrap(), CLIENT_AT_RAS);
    assert_eq!(page.required("redirect_uri").unwrap(), BACK);
    assert_eq!(page.required("resource").unwrap(), SERVER);
    assert_eq!(page.required("scope").unwrap(), "rows:read");
    assert_eq!(page.required("code_challenge_method").unwrap(), "S256");
    assert_eq!(page.single("dpop_jkt").unwrap(), None);
    let request = form(&turn(&mut connection, &granted(), now()));
    assert_eq!(request.required("grant_type").unwrap(), "authorization_code");
    assert_eq!(request.required("code").unwrap(), "the-code");
    assert_eq!(request.required("redirect_uri").unwrap(), BACK);
    assert_eq!(request.required("resource").unwrap(), SERVER);
    let verifier = request.required("code_verifier").unwrap();
    assert!((43..=128).contains(&verifier.len()));
    let challenge = base64url::encode(&sha256(verifier.as_bytes()));
    assert_eq!(page.required("code_challenge").unwrap(), challenge);
    assert!(connection.is_ready(now()));
}

#[test]
fn the_page_stays_the_same_until_it_is_answered_and_the_next_one_is_another() {
    let mut connection = found(interactive(), &metadata());
    let (one, two) = (page(&mut connection, now()), page(&mut connection, time(1)));
    assert!(one == two);
    connection.authorization_response(&back(&one, "&code=c")).unwrap();
    turn(&mut connection, &granted_with(|body| body.set_str("refresh_token", "")), now());
    let other = page(&mut connection, time(120));
    assert_ne!(one.required("state").unwrap(), other.required("state").unwrap());
    assert_ne!(one.required("code_challenge").unwrap(), other.required("code_challenge").unwrap());
}

/// RFC 6749 §10.12, MCP-032: what is not the response changes nothing, and a response of another server ends it.
#[test]
fn a_response_is_believed_only_if_it_is_the_one() {
    let mut connection = found(interactive(), &metadata());
    let page = page(&mut connection, now());
    let state = page.required("state").unwrap();
    for called in [
        [BACK, "?code=c"].concat(),
        [BACK, "?code=c&state=another"].concat(),
        [BACK, "?code=c&state=", state, "&state=", state].concat(),
        [BACK, "?code=c&code=d&state=", state].concat(),
        ["http://127.0.0.1:8000/elsewhere?code=c&state=", state].concat(),
        [BACK, "/deeper?code=c&state=", state].concat(),
        ["https://evil.example/callback?code=c&state=", state].concat(),
        String::from(BACK),
    ] {
        let error = connection.authorization_response(&called).unwrap_err();
        assert_eq!(error.code(), ErrorCode::StateMismatch, "{called}");
        assert!(matches!(next(&mut connection, now()), Step::NeedAuthorization(_)));
    }
    let judge = |stated: bool, more: &str| {
        let mut metadata = metadata();
        metadata.authorization_response_iss_parameter_supported = stated;
        let mut connection = found(interactive(), &metadata);
        let page = self::page(&mut connection, now());
        connection.authorization_response(&back(&page, more)).unwrap();
        next(&mut connection, now())
    };
    let mismatch = ErrorCode::MetadataIssuerMismatch;
    assert!(matches!(judge(true, "&code=c&iss=https%3A%2F%2Fas.example%2Ft1"), Step::Send(_)));
    assert_eq!(failure(judge(true, "&code=c")), mismatch);
    assert_eq!(failure(judge(true, "&code=c&iss=https%3A%2F%2Fas.example%2Ft1%2F")), mismatch);
    assert_eq!(failure(judge(false, "&code=c&iss=https%3A%2F%2Fevil.example")), mismatch);
    assert_eq!(failure(judge(false, "&error=access_denied&iss=https%3A%2F%2Fevil.example")), mismatch);
    assert!(matches!(
        judge(false, "&error=access_denied"),
        Step::Denied(Denial { by: Party::AuthorizationServer })
    ));
    assert_eq!(failure(judge(false, "&error=invalid_scope")), ErrorCode::ServerRefused);
    assert_eq!(failure(judge(false, "")), ErrorCode::ResponseMalformed);
}

#[test]
fn a_server_without_pkce_is_not_asked() {
    for methods in [vec![], vec![String::from("plain")]] {
        let metadata =
            AuthorizationServerMetadata { code_challenge_methods_supported: methods, ..metadata() };
        let mut connection = found(interactive(), &metadata);
        assert_eq!(failure(next(&mut connection, now())), ErrorCode::PkceUnsupported);
    }
    let metadata = AuthorizationServerMetadata { authorization_endpoint: None, ..metadata() };
    let mut connection = found(interactive(), &metadata);
    assert_eq!(failure(next(&mut connection, now())), ErrorCode::MetadataMalformed);
}

/// RFC 6749 §6, R9700 §4.14: the refresh token in use is the newest; refused, it gives way to the user.
#[test]
fn a_permission_is_renewed_without_the_user_while_the_server_lets_it() {
    let (mut connection, _) = permitted(interactive(), &metadata());
    turn(&mut connection, &with_refresh(), now());
    let request = form(&turn(
        &mut connection,
        &granted_with(|body| {
            body.set_str("refresh_token", "refresh-2");
        }),
        time(120),
    ));
    assert_eq!(request.required("grant_type").unwrap(), "refresh_token");
    assert_eq!(request.required("refresh_token").unwrap(), "refresh-1");
    assert_eq!(request.required("resource").unwrap(), SERVER);
    let request = form(&turn(
        &mut connection,
        &granted_with(|body| {
            body.set_str("refresh_token", "");
        }),
        time(240),
    ));
    assert_eq!(request.required("refresh_token").unwrap(), "refresh-2");
    let request = form(&turn(&mut connection, &error(400, "invalid_grant"), time(360)));
    assert_eq!(request.required("refresh_token").unwrap(), "refresh-2");
    page(&mut connection, time(360));
}

/// MCP-025, MCP-030: more scope is asked of the user, with what was there before; a no leaves that usable.
#[test]
fn a_step_up_asks_the_user_for_more_and_a_no_leaves_what_there_was() {
    let more = challenged(403, "Bearer error=\"insufficient_scope\", scope=\"rows:write\"");
    let (mut connection, _) = permitted(interactive().with_step_up_limit(1), &metadata());
    turn(&mut connection, &with_refresh(), now());
    assert_eq!(connection.on_resource_response("write", &more, now()), ResourceVerdict::Reconnect);
    let asked = page(&mut connection, now());
    assert_eq!(asked.required("scope").unwrap(), "rows:read rows:write");
    connection.authorization_response(&back(&asked, "&error=access_denied")).unwrap();
    assert!(matches!(next(&mut connection, now()), Step::Denied(_)));
    assert!(connection.is_ready(now()));
    let request = form(&turn(&mut connection, &granted(), time(120)));
    assert_eq!(request.required("refresh_token").unwrap(), "refresh-1");
    let limit = connection.on_resource_response("write", &more, time(121));
    assert_eq!(limit, ResourceVerdict::Refused(Error::new(ErrorCode::StepUpLimit)));
}

/// R9470-004.
#[test]
fn a_fresher_sign_on_is_asked_of_the_user() {
    let challenge = "Bearer error=\"insufficient_user_authentication\", max_age=\"60\", acr_values=\"gold\"";
    let (mut connection, _) = permitted(interactive(), &metadata());
    turn(&mut connection, &with_refresh(), now());
    let verdict = connection.on_resource_response("call", &challenged(401, challenge), now());
    assert_eq!(verdict, ResourceVerdict::Reconnect);
    let asked = page(&mut connection, now());
    assert_eq!(asked.required("max_age").unwrap(), "60");
    assert_eq!(asked.required("acr_values").unwrap(), "gold");
}

/// R9449-022: the code is bound to the key that redeems it (RFC 9449 §10).
#[test]
fn a_code_is_bound_to_the_key_from_the_start() {
    let (mut connection, page) = permitted(interactive().with_dpop(key(7)), &metadata());
    assert_eq!(page.required("dpop_jkt").unwrap(), key(7).public_key().thumbprint().to_string());
    let mut demand = error(400, "use_dpop_nonce");
    demand.headers.push("DPoP-Nonce", "as-1");
    turn(&mut connection, &demand, now());
    let bound = granted_with(|body| body.set_str("token_type", "DPoP"));
    let request = turn(&mut connection, &bound, now());
    assert_eq!(form(&request).required("code").unwrap(), "the-code");
    assert_eq!(check_proof(&request, None, Some(&Nonce::new("as-1").unwrap())).code(), HOLDS);
    assert!(connection.is_ready(now()));
    let (mut connection, _) = permitted(interactive().with_dpop(key(7)), &metadata());
    turn(&mut connection, &granted(), now());
    assert_eq!(failure(next(&mut connection, now())), ErrorCode::TokenTypeMismatch);
}

fn registering() -> ClientConfig {
    let config = ClientConfig::authorization_code(RedirectUri::new(BACK).unwrap());
    config.registering_as("The Desk").unwrap()
}

/// MCP-011: by opt-in, and for this server only.
#[test]
fn a_client_registers_itself_where_it_may_and_nothing_else_is_open() {
    let mut connection = found(registering(), &metadata());
    let registered = members(&[("client_id", "fresh"), ("client_secret", "never-used")]);
    let (purpose, request) = sent(next(&mut connection, now()));
    assert_eq!((purpose, request.url.as_str()), (Purpose::Registration, REGISTER));
    let body = Json::parse_object(&request.body, 4, ErrorCode::ResponseMalformed).unwrap().to_string();
    assert_eq!(
        body,
        "{\"client_name\":\"The Desk\",\"redirect_uris\":[\"http://127.0.0.1:8000/callback\"],\
         \"grant_types\":[\"authorization_code\",\"refresh_token\"],\"response_types\":[\"code\"],\
         \"token_endpoint_auth_method\":\"none\",\"application_type\":\"native\"}"
    );
    connection.receive(&json(201, &registered), now()).unwrap();
    let asked = page(&mut connection, now());
    assert_eq!(asked.required("client_id").unwrap(), "fresh");
    connection.authorization_response(&back(&asked, "&code=c")).unwrap();
    let request = turn(&mut connection, &granted(), now());
    assert_eq!(form(&request).required("client_id").unwrap(), "fresh");
    assert_eq!(form(&request).single("client_secret").unwrap(), None);
    assert_eq!(request.headers.all("Authorization").next(), None);

    let stranger = ClientConfig::authorization_code(RedirectUri::new(BACK).unwrap());
    let mut connection = Connection::new(Arc::new(stranger), server());
    turn(&mut connection, &resource_metadata().to_response(), now());
    assert_eq!(failure(next(&mut connection, now())), ErrorCode::CredentialsIssuerMismatch);
    let document = ClientIdUrl::parse("https://c.example/id", Transport::HttpsOnly).unwrap();
    let documented = registering().with_metadata_document(document, ClientMethod::DangerousNone).unwrap();
    let reads = AuthorizationServerMetadata { client_id_metadata_document_supported: true, ..metadata() };
    let mut connection = found(documented, &reads);
    assert_eq!(page(&mut connection, now()).required("client_id").unwrap(), "https://c.example/id");
    assert!(own().registering_as("x").is_err());
    assert!(ClientConfig::authorization_code(RedirectUri::new(BACK).unwrap()).registering_as("").is_err());
}

#[test]
fn a_registration_takes_the_method_that_the_server_says() {
    let register = |methods: &[&str], answer: &[(&'static str, &str)]| {
        let methods = methods.iter().copied().map(String::from).collect();
        let metadata =
            AuthorizationServerMetadata { token_endpoint_auth_methods_supported: methods, ..metadata() };
        let mut connection = found(registering(), &metadata);
        if let Step::Send(_) = next(&mut connection, now()) {
            connection.receive(&json(201, &members(answer)), now()).unwrap();
        }
        connection
    };
    let header = |mut connection: Connection| {
        let asked = page(&mut connection, now());
        connection.authorization_response(&back(&asked, "&code=c")).unwrap();
        let request = turn(&mut connection, &granted(), now());
        let posted = form(&request).single("client_secret").unwrap().map(String::from);
        (request.headers.all("Authorization").next().map(String::from), posted)
    };
    let with_secret = [("client_id", "fresh"), ("client_secret", "s")];
    assert!(header(register(&[], &with_secret)).0.unwrap().starts_with("Basic "));
    assert_eq!(header(register(&["client_secret_post"], &with_secret)), (None, Some("s".into())));
    let says =
        |method| [("client_id", "fresh"), ("client_secret", "s"), ("token_endpoint_auth_method", method)];
    assert_eq!(header(register(&["none"], &says("client_secret_post"))), (None, Some("s".into())));
    for (methods, answer, code) in [
        (&["none"][..], &says("private_key_jwt")[..], ErrorCode::ResponseMalformed),
        (&["client_secret_basic"], &[("client_id", "fresh")], ErrorCode::ResponseMalformed),
        (&["none"], &[("client_secret", "s")], ErrorCode::ResponseMalformed),
        (&["private_key_jwt"], &[], ErrorCode::CredentialsIssuerMismatch),
    ] {
        assert_eq!(failure(next(&mut register(methods, answer), now())), code, "{methods:?} {answer:?}");
    }
    let mut connection = found(registering(), &metadata());
    turn(&mut connection, &error(400, "invalid_redirect_uri"), now());
    assert_eq!(failure(next(&mut connection, now())), ErrorCode::ServerRefused);
}

/// EMA-018: whatever a server answers, no grant turns into another.
#[test]
fn a_denial_never_leads_to_another_grant() {
    for name in [
        "access_denied",
        "invalid_grant",
        "unauthorized_client",
        "unsupported_grant_type",
        "consent_required",
    ] {
        let mut connection = connection::discovered(connection::config());
        for at in 0..6 {
            match next(&mut connection, time(at)) {
                Step::Send(outgoing) => {
                    assert_eq!(outgoing.purpose, Purpose::Exchange);
                    connection.receive(&error(400, name), time(at)).unwrap();
                }
                Step::NeedIdentity(_) | Step::Denied(_) | Step::Failed(_) => {}
                other => panic!("{other:?}"),
            }
        }
        let mut connection = found(own(), &metadata());
        turn(&mut connection, &error(400, name), now());
        assert!(matches!(next(&mut connection, now()), Step::Denied(_) | Step::Failed(_)));
    }
    let mut connection = found(own(), &ras());
    assert_eq!(connection.identify(connection::identity()).unwrap_err().code(), ErrorCode::ConfigInvalid);
}

/// A server that never has enough is given up on.
#[test]
fn the_user_is_not_asked_for_ever() {
    let more = challenged(401, "Bearer error=\"invalid_token\"");
    let (mut connection, _) = permitted(interactive(), &metadata());
    let mut pages = 1;
    loop {
        match next(&mut connection, now()) {
            Step::Send(outgoing) => {
                let response = match (outgoing.purpose, outgoing.request.url.contains("protected-resource")) {
                    (Purpose::Discovery, true) => resource_metadata().to_response(),
                    (Purpose::Discovery, false) => metadata().to_response(),
                    _ => granted_with(|body| body.set_str("refresh_token", "")),
                };
                connection.receive(&response, now()).unwrap();
            }
            Step::NeedAuthorization(_) => {
                let asked = page(&mut connection, now());
                pages += 1;
                assert!(pages < 10);
                connection.authorization_response(&back(&asked, "&code=c")).unwrap();
            }
            Step::Ready => match connection.on_resource_response("call", &more, now()) {
                ResourceVerdict::Reconnect => {}
                verdict => break assert!(matches!(verdict, ResourceVerdict::Refused(_))),
            },
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(pages, 3);
}

#[test]
fn a_redirect_uri_is_one_that_a_browser_may_be_sent_to() {
    for text in ["", "javascript:alert(1)", "http://c.example/back", "https://c.example/back#x", "/back"] {
        assert_eq!(RedirectUri::new(text).unwrap_err().code(), ErrorCode::ConfigInvalid, "{text}");
    }
    let uri = RedirectUri::new("https://c.example/back?at=as").unwrap();
    let mut connection =
        found(ClientConfig::authorization_code(uri).with_credentials(basic(RAS, CLIENT_AT_RAS)), &metadata());
    let Step::NeedAuthorization(need) = next(&mut connection, now()) else { panic!() };
    let query = need.url.split_once('?').unwrap().1;
    let page = Form::parse(query.as_bytes(), &LIMITS).unwrap();
    let called =
        ["https://c.example/back?at=as&code=c&state=", page.required("state").unwrap(), "#"].concat();
    connection.authorization_response(&called).unwrap();
    assert!(matches!(next(&mut connection, now()), Step::Send(_)));
}
