//! Using the token, and what the MCP server's refusals lead to.

use super::connection::{config, discovered, failure, identity, need, next, ready, send, sent, turn};
use super::*;

const MORE: &str = "Bearer error=\"insufficient_scope\", scope=\"rows:write\"";

fn refused(connection: &mut Connection, status: u16, challenge: &str) -> ResourceVerdict {
    connection.on_resource_response("tool", &challenged(status, challenge), now())
}

fn code(verdict: ResourceVerdict) -> ErrorCode {
    match verdict {
        ResourceVerdict::Refused(error) => error.code(),
        other => panic!("{other:?}"),
    }
}

/// MCP-023, MCP-025, MCP-030.
#[test]
fn insufficient_scope_asks_for_the_union_and_not_for_ever() {
    let mut connection = ready(config());
    let wide = || IdJag { scope: Some(scope("rows:read rows:write")), ..id_jag() };
    for _ in 0..3 {
        assert_eq!(refused(&mut connection, 403, MORE), ResourceVerdict::Reconnect);
        let exchange = turn(&mut connection, &issued(&wide()), now());
        assert_eq!(form(&exchange).required("scope").unwrap(), "rows:read rows:write");
        turn(&mut connection, &granted(), now());
        assert!(connection.is_ready(now()));
    }
    assert_eq!(code(refused(&mut connection, 403, MORE)), ErrorCode::StepUpLimit);
    let other = connection.on_resource_response("other", &challenged(403, MORE), now());
    assert_eq!(other, ResourceVerdict::Reconnect);
}

/// A coding agent may read; its write is denied; it may still read.
#[test]
fn a_denied_step_up_is_said_once_and_leaves_what_was_granted() {
    let mut connection = ready(config());
    assert_eq!(refused(&mut connection, 403, MORE), ResourceVerdict::Reconnect);
    assert!(connection.authorize(get(SERVER), &[1; 32], now()).is_err());
    turn(&mut connection, &error(400, "access_denied"), now());
    assert!(matches!(next(&mut connection, now()), Step::Denied(_)));
    assert!(matches!(next(&mut connection, now()), Step::Ready));
    assert!(connection.authorize(get(SERVER), &[1; 32], now()).is_ok());
    let exchange = |connection: &mut Connection| form(&send(connection, time(300)));
    assert_eq!(exchange(&mut connection).required("scope").unwrap(), "rows:read");
}

/// R9470-004.
#[test]
fn the_resource_may_ask_for_a_fresher_sign_on_which_the_user_may_decline() {
    let fresher = "Bearer error=\"insufficient_user_authentication\", max_age=60";
    let mut connection = ready(config());
    assert_eq!(refused(&mut connection, 401, fresher), ResourceVerdict::Reconnect);
    let need = need(next(&mut connection, now()));
    assert_eq!((need.reason, need.max_age), (IdentityReason::StepUp, Some(Seconds(60))));
    connection.decline();
    assert!(matches!(next(&mut connection, now()), Step::Ready));
    for _ in 0..2 {
        assert_eq!(refused(&mut connection, 401, fresher), ResourceVerdict::Reconnect);
        connection.identify(identity()).unwrap();
        let (purpose, _) = sent(next(&mut connection, now()));
        assert_eq!(purpose, Purpose::Exchange);
        connection.receive(&issued(&id_jag()), now()).unwrap();
        turn(&mut connection, &granted(), now());
    }
    assert_eq!(code(refused(&mut connection, 401, fresher)), ErrorCode::StepUpLimit);
}

#[test]
fn a_refused_token_is_renewed_but_not_for_ever() {
    let mut connection = ready(config());
    let invalid = "Bearer error=\"invalid_token\"";
    assert_eq!(refused(&mut connection, 401, invalid), ResourceVerdict::Reconnect);
    assert_eq!(sent(next(&mut connection, now())).0, Purpose::Grant);
    connection.receive(&granted(), now()).unwrap();
    // A fresh one is refused too: perhaps the resource trusts another server now.
    assert_eq!(refused(&mut connection, 401, invalid), ResourceVerdict::Reconnect);
    assert_eq!(sent(next(&mut connection, now())).0, Purpose::Discovery);
    connection.receive(&resource_metadata().to_response(), now()).unwrap();
    turn(&mut connection, &ras().to_response(), now());
    turn(&mut connection, &issued(&id_jag()), now());
    turn(&mut connection, &granted(), now());
    assert!(connection.is_ready(now()));
    assert_eq!(code(refused(&mut connection, 401, invalid)), ErrorCode::ServerRefused);
    let served = HttpResponse { status: 200, headers: Headers::new(), body: vec![] };
    assert_eq!(connection.on_resource_response("tool", &served, now()), ResourceVerdict::Done);
    assert_eq!(refused(&mut connection, 401, invalid), ResourceVerdict::Reconnect);
    assert_eq!(refused(&mut connection, 401, invalid), ResourceVerdict::Reconnect);
}

/// MCP-009, MCP-010: credentials are not taken along to a server that they are not for.
#[test]
fn a_resource_that_moves_to_a_server_that_does_not_know_the_client_is_lost() {
    let mut connection = ready(config());
    let invalid = "Bearer error=\"invalid_token\"";
    refused(&mut connection, 401, invalid);
    turn(&mut connection, &granted(), now());
    refused(&mut connection, 401, invalid);
    let elsewhere = ProtectedResourceMetadata::new(server(), vec![issuer("https://new.example")]).unwrap();
    turn(&mut connection, &elsewhere.to_response(), now());
    let Step::Failed(error) = next(&mut connection, now()) else { panic!("not lost") };
    assert_eq!(error.code(), ErrorCode::CredentialsIssuerMismatch);
}

/// R9449-005, R9449-033.
#[test]
fn the_nonce_of_the_resource_goes_into_the_next_proof() {
    let mut connection = discovered(config().with_dpop(key(7)));
    let jkt = key(7).public_key().thumbprint();
    turn(&mut connection, &issued(&IdJag { confirmation: Some(Confirmation { jkt }), ..id_jag() }), now());
    turn(&mut connection, &granted_with(|body| body.set_str("token_type", "DPoP")), now());
    let mut demand = challenged(401, "DPoP error=\"use_dpop_nonce\"");
    demand.headers.push("DPoP-Nonce", "r-1");
    let verdict = connection.on_resource_response("tool", &demand, now());
    assert_eq!(verdict, ResourceVerdict::SendAgain);
    let request = connection.authorize(get(SERVER), &[1; 32], now()).unwrap();
    let nonce = Nonce::new("r-1").unwrap();
    assert_eq!(check_proof(&request, Some("an.access.token"), Some(&nonce)).code(), HOLDS);
    let verdict = connection.on_resource_response("tool", &demand, now());
    assert_eq!(code(verdict), ErrorCode::ServerRefused);
}

/// Requests are sent side by side: what was sent before the nonce was known says nothing of it.
#[test]
fn each_request_under_way_may_be_told_of_the_nonce_once() {
    let mut connection = discovered(config().with_dpop(key(7)));
    let jkt = key(7).public_key().thumbprint();
    turn(&mut connection, &issued(&IdJag { confirmation: Some(Confirmation { jkt }), ..id_jag() }), now());
    turn(&mut connection, &granted_with(|body| body.set_str("token_type", "DPoP")), now());
    let mut demand = challenged(401, "DPoP error=\"use_dpop_nonce\"");
    demand.headers.push("DPoP-Nonce", "r-1");
    for _ in 0..3 {
        connection.authorize(get(SERVER), &[1; 32], now()).unwrap();
    }
    for _ in 0..3 {
        assert_eq!(connection.on_resource_response("tool", &demand, now()), ResourceVerdict::SendAgain);
        connection.authorize(get(SERVER), &[1; 32], now()).unwrap();
    }
    assert_eq!(code(connection.on_resource_response("tool", &demand, now())), ErrorCode::ServerRefused);
}

#[test]
fn other_refusals_are_final_for_the_request() {
    let mut connection = ready(config());
    assert_eq!(
        code(refused(&mut connection, 403, "Bearer error=\"access_denied\"")),
        ErrorCode::ServerDenied
    );
    assert_eq!(code(refused(&mut connection, 307, "")), ErrorCode::RedirectRefused);
    assert_eq!(
        code(refused(&mut connection, 403, "Bearer error=\"insufficient_scope\"")),
        ErrorCode::InsufficientScope
    );
    assert_eq!(refused(&mut connection, 404, "Bearer error=\"invalid_token\""), ResourceVerdict::Done);
    assert!(matches!(next(&mut connection, now()), Step::Ready));
}

/// MCP-020.
#[test]
fn a_connection_authorizes_requests_to_its_own_server_only() {
    let mut connection = ready(config());
    let error = connection.authorize(get("https://evil.example/mcp"), &[1; 32], now()).unwrap_err();
    assert_eq!(error.code(), ErrorCode::TokenForAnotherServer);
    let mut fresh = discovered(config());
    let error = fresh.authorize(get(SERVER), &[1; 32], now()).unwrap_err();
    assert_eq!(error.code(), ErrorCode::CredentialsMissing);
    turn(&mut fresh, &error_page(), now());
    assert_eq!(failure(next(&mut fresh, now())), ErrorCode::ResponseMalformed);
}

fn error_page() -> HttpResponse {
    let headers = Headers::new().with("Content-Type", "text/html");
    HttpResponse { status: 200, headers, body: b"<html>".to_vec() }
}

/// MCP-025: also where the first request left the choice to the server.
#[test]
fn a_step_up_keeps_what_was_granted_unasked() {
    let mut silent = resource_metadata();
    silent.scopes_supported = Scope::empty();
    let mut connection = Connection::new(Arc::new(config()), server());
    connection.identify(identity()).unwrap();
    for response in [silent.to_response(), ras().to_response(), issued(&id_jag()), granted()] {
        turn(&mut connection, &response, now());
    }
    assert_eq!(refused(&mut connection, 403, MORE), ResourceVerdict::Reconnect);
    let exchange = form(&send(&mut connection, now()));
    assert_eq!(exchange.required("scope").unwrap(), "rows:read rows:write");
}

/// Many requests are under way when the token ends: they count as one.
#[test]
fn refusals_of_one_token_count_once() {
    let mut connection = ready(config());
    for _ in 0..9 {
        let verdict = refused(&mut connection, 401, "Bearer error=\"invalid_token\"");
        assert_eq!(verdict, ResourceVerdict::Reconnect);
    }
}
