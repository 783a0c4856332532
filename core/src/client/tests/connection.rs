//! One MCP server, from discovery to a token.

use super::*;
use crate::oauth::client_metadata::ClientIdUrl;

pub(super) fn config() -> ClientConfig {
    ClientConfig::new(idp(), basic(IDP, CLIENT_AT_IDP)).unwrap().with_credentials(basic(RAS, CLIENT_AT_RAS))
}

pub(super) fn identity() -> Arc<Identity> {
    let identity = Identity::new(issuer(IDP)).with_id_token(Secret::new("the-id-token"), time(600));
    Arc::new(identity.with_refresh_token(Secret::new("the-refresh-token")))
}

pub(super) fn sent(step: Step) -> (Purpose, HttpRequest) {
    match step {
        Step::Send(outgoing) => (outgoing.purpose, outgoing.request),
        other => panic!("{other:?}"),
    }
}

pub(super) fn send(connection: &mut Connection, at: UnixTime) -> HttpRequest {
    sent(connection.next(&[9; 32], at)).1
}

pub(super) fn next(connection: &mut Connection, at: UnixTime) -> Step {
    connection.next(&[9; 32], at)
}

pub(super) fn failure(step: Step) -> ErrorCode {
    match step {
        Step::Failed(error) => error.code(),
        other => panic!("{other:?}"),
    }
}

pub(super) fn need(step: Step) -> IdentityNeed {
    match step {
        Step::NeedIdentity(need) => need,
        other => panic!("{other:?}"),
    }
}

/// Sends and receives once.
pub(super) fn turn(connection: &mut Connection, response: &HttpResponse, at: UnixTime) -> HttpRequest {
    let request = send(connection, at);
    connection.receive(response, at).unwrap();
    request
}

/// A connection that has discovered its servers and knows the user.
pub(super) fn discovered(config: ClientConfig) -> Connection {
    let mut connection = Connection::new(Arc::new(config), server());
    turn(&mut connection, &resource_metadata().to_response(), now());
    turn(&mut connection, &ras().to_response(), now());
    connection.identify(identity()).unwrap();
    connection
}

pub(super) fn ready(config: ClientConfig) -> Connection {
    let mut connection = discovered(config);
    turn(&mut connection, &issued(&id_jag()), now());
    turn(&mut connection, &granted(), now());
    assert!(matches!(next(&mut connection, now()), Step::Ready));
    connection
}

/// MCP-003, MCP-005, EMA-001, EMA-003, EMA-004, EMA-013, MCP-024.
#[test]
fn discovers_exchanges_redeems_and_is_ready() {
    let mut connection = Connection::new(Arc::new(config()), server());
    let first = turn(&mut connection, &resource_metadata().to_response(), now());
    assert_eq!(first.url, "https://r.example/.well-known/oauth-protected-resource/mcp");
    let second = turn(&mut connection, &ras().to_response(), now());
    assert_eq!(second.url, "https://as.example/.well-known/oauth-authorization-server/t1");
    assert_eq!(need(next(&mut connection, now())).reason, IdentityReason::SignOn);
    connection.identify(identity()).unwrap();
    let (purpose, exchange) = sent(next(&mut connection, now()));
    assert_eq!((purpose, exchange.url.as_str()), (Purpose::Exchange, IDP_TOKEN));
    let asked = form(&exchange);
    assert_eq!(asked.required("audience").unwrap(), RAS);
    assert_eq!(asked.required("resource").unwrap(), SERVER);
    assert_eq!(asked.required("scope").unwrap(), "rows:read");
    assert_eq!(asked.single("actor_token").unwrap(), None);
    connection.receive(&issued(&id_jag()), now()).unwrap();
    let (purpose, grant) = sent(next(&mut connection, now()));
    assert_eq!((purpose, grant.url.as_str()), (Purpose::Grant, RAS_TOKEN));
    assert_eq!(form(&grant).required("grant_type").unwrap(), GRANT_JWT_BEARER);
    connection.receive(&granted(), now()).unwrap();
    assert!(matches!(next(&mut connection, now()), Step::Ready));
    let request = connection.authorize(get(SERVER), &[1; 32], now()).unwrap();
    assert_eq!(request.headers.all("Authorization").collect::<Vec<_>>(), ["Bearer an.access.token"]);
}

/// MCP-003, MCP-023, MCP-024: the challenge comes first.
#[test]
fn a_challenge_says_where_the_metadata_is_and_what_to_ask_for() {
    let challenge = "Bearer resource_metadata=\"https://r.example/meta\", scope=\"unlisted\"";
    let response = challenged(401, challenge);
    let mut connection = Connection::challenged(Arc::new(config()), server(), &response).unwrap();
    assert_eq!(send(&mut connection, now()).url, "https://r.example/meta");
    connection.receive(&resource_metadata().to_response(), now()).unwrap();
    turn(&mut connection, &ras().to_response(), now());
    connection.identify(identity()).unwrap();
    assert_eq!(form(&send(&mut connection, now())).required("scope").unwrap(), "unlisted");
    let insecure = challenged(401, "Bearer resource_metadata=\"http://r.example/meta\"");
    assert!(Connection::challenged(Arc::new(config()), server(), &insecure).is_err());
}

/// MCP-003, MCP-023: the same when the connection is there already.
#[test]
fn a_challenge_to_a_first_request_says_so_too() {
    let mut connection = Connection::new(Arc::new(config()), server());
    assert_eq!(
        connection.on_resource_response("call", &json(200, &Object::new()), now()),
        ResourceVerdict::Done
    );
    let plain = challenged(401, "Basic realm=\"x\"");
    assert_eq!(connection.on_resource_response("call", &plain, now()), ResourceVerdict::Reconnect);
    assert!(send(&mut connection, now()).url.ends_with("/.well-known/oauth-protected-resource/mcp"));
    let response = challenged(401, "Bearer resource_metadata=\"https://r.example/meta\", scope=\"unlisted\"");
    assert_eq!(connection.on_resource_response("call", &response, now()), ResourceVerdict::Reconnect);
    assert_eq!(
        turn(&mut connection, &resource_metadata().to_response(), now()).url,
        "https://r.example/meta"
    );
    turn(&mut connection, &ras().to_response(), now());
    connection.identify(identity()).unwrap();
    assert_eq!(form(&send(&mut connection, now())).required("scope").unwrap(), "unlisted");
    let mut connection = Connection::new(Arc::new(config()), server());
    for (response, code) in [
        (challenged(302, "Bearer"), ErrorCode::RedirectRefused),
        (challenged(401, "Bearer resource_metadata=\"http://r.example/meta\""), ErrorCode::UrlInsecure),
    ] {
        let ResourceVerdict::Refused(error) = connection.on_resource_response("call", &response, now())
        else {
            panic!("not refused")
        };
        assert_eq!(error.code(), code);
    }
}

/// The one sign-on serves all servers.
#[test]
fn one_identity_serves_any_number_of_connections() {
    let (config, identity) = (Arc::new(config()), identity());
    for _ in 0..9 {
        let mut connection = Connection::new(config.clone(), server());
        connection.identify(identity.clone()).unwrap();
        for response in [resource_metadata().to_response(), ras().to_response()] {
            turn(&mut connection, &response, now());
        }
        turn(&mut connection, &issued(&id_jag()), now());
        turn(&mut connection, &granted(), now());
        assert!(connection.is_ready(now()));
    }
    let foreign = Arc::new(Identity::new(issuer("https://other.example")));
    let error = Connection::new(config, server()).identify(foreign).unwrap_err();
    assert_eq!(error.code(), ErrorCode::TokenForAnotherServer);
}

/// EMA-017, MCP-007, MCP-009, MCP-010, R9728-002.
#[test]
fn discovery_ends_where_the_server_does_not_fit() {
    let run = |config: ClientConfig, server_metadata: AuthorizationServerMetadata| {
        let mut connection = Connection::new(Arc::new(config), server());
        turn(&mut connection, &resource_metadata().to_response(), now());
        if let Step::Send(_) = next(&mut connection, now()) {
            connection.receive(&server_metadata.to_response(), now()).unwrap();
        }
        next(&mut connection, now())
    };
    let mut silent = ras();
    silent.authorization_grant_profiles_supported.clear();
    assert_eq!(failure(run(config(), silent.clone())), ErrorCode::ProfileUnsupported);
    need(run(config().accepting_unlisted_profile(), silent));
    let foreign = AuthorizationServerMetadata { issuer: issuer("https://as.example/t2"), ..ras() };
    assert_eq!(failure(run(config(), foreign)), ErrorCode::MetadataIssuerMismatch);
    let stranger = ClientConfig::new(idp(), basic(IDP, "x")).unwrap();
    assert_eq!(failure(run(stranger, ras())), ErrorCode::CredentialsIssuerMismatch);
    let mut connection = Connection::new(Arc::new(config()), server());
    let mut metadata = resource_metadata();
    metadata.resource = ResourceId::new("https://r.example/other", Transport::HttpsOnly).unwrap();
    turn(&mut connection, &metadata.to_response(), now());
    assert_eq!(failure(next(&mut connection, now())), ErrorCode::MetadataResourceMismatch);
    let mut connection = Connection::new(Arc::new(config()), server());
    let mut metadata = resource_metadata();
    metadata.dpop_bound_access_tokens_required = true;
    turn(&mut connection, &metadata.to_response(), now());
    turn(&mut connection, &ras().to_response(), now());
    assert_eq!(failure(next(&mut connection, now())), ErrorCode::ProofRequired);
}

/// EMA-014, MCP-011.
#[test]
fn a_client_without_registration_uses_its_document_where_the_server_reads_it() {
    let document = ClientIdUrl::parse("https://c.example/id", Transport::HttpsOnly).unwrap();
    let config = || {
        let config = ClientConfig::new(idp(), basic(IDP, CLIENT_AT_IDP)).unwrap();
        config.with_metadata_document(document.clone(), ClientMethod::PrivateKeyJwt(key(3))).unwrap()
    };
    let run = |reads| {
        let mut connection = Connection::new(Arc::new(config()), server());
        connection.identify(identity()).unwrap();
        turn(&mut connection, &resource_metadata().to_response(), now());
        let metadata = AuthorizationServerMetadata { client_id_metadata_document_supported: reads, ..ras() };
        turn(&mut connection, &metadata.to_response(), now());
        connection
    };
    let mut connection = run(true);
    let client_id = ClientId::new("https://c.example/id").unwrap();
    turn(&mut connection, &issued(&IdJag { client_id, ..id_jag() }), now());
    let grant = form(&send(&mut connection, now()));
    assert_eq!(grant.required("client_id").unwrap(), "https://c.example/id");
    assert!(grant.single("client_assertion").unwrap().is_some());
    assert_eq!(failure(next(&mut run(false), now())), ErrorCode::CredentialsIssuerMismatch);
}

/// EMA-018: there is nobody to ask, and no step that would ask.
#[test]
fn a_denial_is_final() {
    let mut connection = discovered(config());
    turn(&mut connection, &error(400, "access_denied"), now());
    for _ in 0..3 {
        let step = next(&mut connection, time(9));
        assert!(matches!(step, Step::Denied(Denial { by: Party::IdentityProvider })), "{step:?}");
    }
    let mut connection = discovered(config());
    turn(&mut connection, &issued(&id_jag()), now());
    turn(&mut connection, &error(400, "access_denied"), now());
    let Step::Denied(denial) = next(&mut connection, now()) else { panic!() };
    assert_eq!((denial.by, denial.error().code()), (Party::AuthorizationServer, ErrorCode::ServerDenied));
    connection.identify(identity()).unwrap();
    assert!(matches!(next(&mut connection, now()), Step::Denied(_)));
}

/// JAG-078, AMB-005.
#[test]
fn a_refused_id_token_gives_way_to_the_refresh_token_and_then_to_the_user() {
    let mut connection = discovered(config());
    let kind = |request: &HttpRequest| form(request).required("subject_token_type").unwrap().to_string();
    assert_eq!(kind(&turn(&mut connection, &error(400, "invalid_grant"), now())), TOKEN_TYPE_ID_TOKEN);
    assert_eq!(kind(&turn(&mut connection, &error(400, "invalid_request"), now())), TOKEN_TYPE_REFRESH_TOKEN);
    assert_eq!(need(next(&mut connection, now())).reason, IdentityReason::Refused);
    connection.identify(identity()).unwrap();
    assert_eq!(kind(&send(&mut connection, now())), TOKEN_TYPE_ID_TOKEN);
}

/// JAG-078.
#[test]
fn an_expired_sign_on_is_asked_for_again() {
    let mut connection = discovered(config());
    let expired = Identity::new(issuer(IDP)).with_id_token(Secret::new("t"), now());
    connection.identify(Arc::new(expired)).unwrap();
    assert_eq!(need(next(&mut connection, now())).reason, IdentityReason::Expired);
    connection.decline();
    assert_eq!(failure(next(&mut connection, now())), ErrorCode::IdentityExpired);
}

/// JAG-094, R9470-004; bounded.
#[test]
fn a_step_up_asks_for_the_sign_on_that_will_do_and_not_for_ever() {
    let mut body = members(&[("error", "insufficient_user_authentication"), ("acr_values", "gold")]);
    body.set("max_age", 60);
    let response = json(400, &body);
    let mut connection = discovered(config().with_step_up_limit(2));
    let mut rounds = 0;
    loop {
        turn(&mut connection, &response, now());
        let need = need(next(&mut connection, now()));
        assert_eq!((need.reason, need.max_age), (IdentityReason::StepUp, Some(Seconds(60))));
        assert_eq!(need.acr_values[0].as_str(), "gold");
        rounds += 1;
        match connection.identify(identity()) {
            Ok(()) => assert!(rounds < 10),
            Err(error) => break assert_eq!(error.code(), ErrorCode::StepUpLimit),
        }
    }
    assert_eq!(rounds, 4);
    assert_eq!(failure(next(&mut connection, now())), ErrorCode::StepUpLimit);
}

/// AMB-001, JAG-076: the same grant once more, then a new one.
#[test]
fn renewal_takes_the_same_grant_once_then_a_new_one() {
    let mut connection = ready(config());
    assert!(!connection.is_ready(time(120)));
    let code = connection.authorize(get(SERVER), &[1; 32], time(120)).unwrap_err().code();
    assert_eq!(code, ErrorCode::TokenExpired);
    let (purpose, _) = sent(next(&mut connection, time(120)));
    assert_eq!(purpose, Purpose::Grant);
    connection.receive(&granted(), time(120)).unwrap();
    assert!(matches!(next(&mut connection, time(120)), Step::Ready));
    let (purpose, _) = sent(next(&mut connection, time(240)));
    assert_eq!(purpose, Purpose::Exchange);
}

/// AMB-001: a server that lets a grant be used once only.
#[test]
fn a_grant_refused_on_its_second_use_is_replaced() {
    let mut connection = ready(config());
    turn(&mut connection, &error(400, "invalid_grant"), time(120));
    let (purpose, _) = sent(next(&mut connection, time(120)));
    assert_eq!(purpose, Purpose::Exchange);
}

/// AMB-001, JAG-091.
#[test]
fn a_fresh_grant_that_is_refused_is_replaced_once() {
    let mut connection = discovered(config());
    for _ in 0..2 {
        turn(&mut connection, &issued(&id_jag()), now());
        turn(&mut connection, &error(400, "invalid_grant"), now());
    }
    assert_eq!(failure(next(&mut connection, now())), ErrorCode::ServerRefused);
}

/// JAG-077.
#[test]
fn an_expired_grant_is_replaced_before_the_server_sees_it() {
    let mut connection = discovered(config());
    turn(&mut connection, &issued(&id_jag()), now());
    let (purpose, _) = sent(next(&mut connection, time(300)));
    assert_eq!(purpose, Purpose::Exchange);
    let mut connection = ready(config());
    let (purpose, _) = sent(next(&mut connection, time(300)));
    assert_eq!(purpose, Purpose::Exchange);
}

#[test]
fn an_unavailable_server_is_waited_for_a_few_times() {
    let mut response = error(503, "temporarily_unavailable");
    let mut connection = discovered(config());
    turn(&mut connection, &response, now());
    assert!(matches!(next(&mut connection, now()), Step::Wait { seconds: Seconds(1) }));
    response.headers.push("Retry-After", "30");
    turn(&mut connection, &response, time(1));
    assert!(matches!(next(&mut connection, time(11)), Step::Wait { seconds: Seconds(20) }));
    send(&mut connection, time(31));
    connection.unreachable(time(31));
    assert!(matches!(next(&mut connection, time(31)), Step::Wait { seconds: Seconds(4) }));
    turn(&mut connection, &response, time(40));
    assert_eq!(failure(next(&mut connection, time(40))), ErrorCode::ServerFailed);
    let mut connection = Connection::new(Arc::new(config()), server());
    turn(&mut connection, &response, now());
    assert!(matches!(next(&mut connection, now()), Step::Wait { seconds: Seconds(30) }));
}

#[test]
fn final_answers_end_the_connection() {
    for (response, code) in [
        (error(401, "invalid_client"), ErrorCode::ServerRefused),
        (error(400, "invalid_target"), ErrorCode::ServerRefused),
        (error(400, "unheard_of"), ErrorCode::ServerRefused),
        (error(302, "invalid_grant"), ErrorCode::RedirectRefused),
        (granted(), ErrorCode::IssuedTokenTypeMismatch),
    ] {
        let mut connection = discovered(config());
        turn(&mut connection, &response, now());
        assert_eq!(failure(next(&mut connection, now())), code);
        assert_eq!(failure(next(&mut connection, time(5))), code);
    }
}

/// R9449-001 to R9449-005, R9449-033: bound from end to end, each server with its own nonce.
#[test]
fn a_nonce_is_learnt_and_the_request_repeated_once() {
    let mut connection = discovered(config().with_dpop(key(7)));
    let mut demand = error(400, "use_dpop_nonce");
    demand.headers.push("DPoP-Nonce", "idp-1");
    let first = turn(&mut connection, &demand, now());
    assert_eq!(check_proof(&first, None, None).code(), HOLDS);
    let second = send(&mut connection, now());
    assert_eq!(check_proof(&second, None, Some(&Nonce::new("idp-1").unwrap())).code(), HOLDS);
    assert_ne!(first.headers.all("DPoP").next(), second.headers.all("DPoP").next());
    let jkt = key(7).public_key().thumbprint();
    let bound = issued(&IdJag { confirmation: Some(Confirmation { jkt }), ..id_jag() });
    connection.receive(&bound, now()).unwrap();
    let grant = send(&mut connection, now());
    let foreign = check_proof(&grant, None, Some(&Nonce::new("idp-1").unwrap()));
    assert_eq!(foreign.code(), ErrorCode::ProofNonceRequired);
    connection.receive(&granted_with(|body| body.set_str("token_type", "DPoP")), now()).unwrap();
    let request = connection.authorize(get(SERVER), &[1; 32], now()).unwrap();
    assert_eq!(check_proof(&request, Some("an.access.token"), None).code(), HOLDS);

    let mut connection = discovered(config().with_dpop(key(7)));
    turn(&mut connection, &demand, now());
    turn(&mut connection, &demand, now());
    assert_eq!(failure(next(&mut connection, now())), ErrorCode::ServerRefused);
    let mut connection = discovered(config());
    turn(&mut connection, &demand, now());
    assert_eq!(failure(next(&mut connection, now())), ErrorCode::ServerRefused);
}

/// JAG-105, R9449-022.
#[test]
fn a_downgrade_ends_the_connection_unless_opted_in() {
    let mut connection = discovered(config().with_dpop(key(7)));
    turn(&mut connection, &issued(&id_jag()), now());
    assert_eq!(failure(next(&mut connection, now())), ErrorCode::BindingMissing);
    let mut connection = discovered(config().dangerous_with_preferred_dpop(key(7)));
    turn(&mut connection, &issued(&id_jag()), now());
    turn(&mut connection, &granted(), now());
    assert!(connection.is_ready(now()));
}

#[test]
fn a_response_nobody_waits_for_changes_nothing() {
    let mut connection = ready(config());
    assert_eq!(connection.receive(&granted(), now()).unwrap_err().code(), ErrorCode::ConfigInvalid);
    assert!(matches!(next(&mut connection, now()), Step::Ready));
}

/// A lost response: the same request is asked for again, with proofs and assertions of its own.
#[test]
fn no_two_requests_share_an_identifier() {
    let mut connection = discovered(config().with_dpop(key(7)));
    let proof = |request: &HttpRequest| request.headers.all("DPoP").next().unwrap().to_string();
    let (one, two) = (send(&mut connection, now()), send(&mut connection, now()));
    assert_ne!(proof(&one), proof(&two));
    let mut sends = 2;
    while let Step::Send(_) = next(&mut connection, now()) {
        sends += 1;
        assert!(sends < 100);
    }
    assert_eq!(failure(next(&mut connection, now())), ErrorCode::ServerFailed);
}
