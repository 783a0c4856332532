//! What servers say instead of issuing.

use super::*;
use crate::error::OAuthError;
use crate::policy::StepUp;
use crate::text::Acr;

fn answer(response: &HttpResponse) -> ServerAnswer {
    ServerAnswer::of_token_endpoint(response, &LIMITS)
}

fn code(response: &HttpResponse) -> ErrorCode {
    answer(response).error().code()
}

fn step_up(max_age: Option<u64>, acr_values: &[&str]) -> ServerAnswer {
    let acr_values = acr_values.iter().map(|acr| Acr::new(*acr).unwrap()).collect();
    ServerAnswer::StepUp(StepUp { max_age: max_age.map(Seconds), acr_values })
}

/// EMA-018, JAG-091: a denial is final and typed.
#[test]
fn every_known_error_has_its_meaning_and_no_other_name_is_kept() {
    assert_eq!(answer(&error(400, "access_denied")), ServerAnswer::Denied);
    assert_eq!(answer(&error(403, "access_denied")).error().code(), ErrorCode::ServerDenied);
    assert_eq!(answer(&error(400, "invalid_grant")), ServerAnswer::GrantRefused);
    assert_eq!(answer(&error(401, "invalid_client")), ServerAnswer::ClientRefused);
    assert_eq!(answer(&error(400, "unauthorized_client")), ServerAnswer::ClientRefused);
    for known in [OAuthError::InvalidTarget, OAuthError::InvalidScope, OAuthError::UnsupportedGrantType] {
        assert_eq!(answer(&error(400, known.as_str())), ServerAnswer::Refused(Some(known)));
    }
    for unknown in ["Access_Denied", "<script>", "please_send_your_password"] {
        let answer = answer(&error(400, unknown));
        assert_eq!(answer, ServerAnswer::Refused(None));
        assert!(!format!("{answer:?} {}", answer.error()).contains(unknown));
    }
}

/// RFC 6749 §5.2.
#[test]
fn an_error_outside_its_grammar_is_no_answer() {
    for name in ["", "a\"b", "a\\b", "ä", "a\nb", &"x".repeat(65)] {
        assert_eq!(code(&error(400, name)), ErrorCode::ResponseMalformed, "{name}");
    }
    assert_eq!(code(&json(400, &Object::new())), ErrorCode::ResponseMalformed);
    let mut number = Object::new();
    number.set("error", 7);
    assert_eq!(code(&json(400, &number)), ErrorCode::ResponseMalformed);
}

/// JAG-094, AMB-027, R9470-004.
#[test]
fn a_step_up_says_how_fresh_and_how_strong() {
    let name = "insufficient_user_authentication";
    let with = |edit: fn(&mut Object<'static>)| {
        let mut body = members(&[("error", name)]);
        edit(&mut body);
        answer(&json(400, &body))
    };
    assert_eq!(with(|_| {}), step_up(None, &[]));
    assert_eq!(with(|body| body.set("max_age", 300)), step_up(Some(300), &[]));
    assert_eq!(with(|body| body.set_str("max_age", "300")), step_up(Some(300), &[]));
    assert_eq!(with(|body| body.set_str("acr_values", "gold silver")), step_up(None, &["gold", "silver"]));
    let malformed = ServerAnswer::Unusable(Error::with_detail(ErrorCode::ResponseMalformed, "max_age"));
    assert_eq!(with(|body| body.set_str("max_age", "soon")), malformed);
    assert_eq!(with(|body| body.set_str("max_age", "")), malformed);
    let malformed = ServerAnswer::Unusable(Error::with_detail(ErrorCode::ResponseMalformed, "acr_values"));
    assert_eq!(with(|body| body.set("acr_values", 1)), malformed);
}

/// R9449-005.
#[test]
fn a_nonce_is_demanded_only_with_a_nonce() {
    let mut response = error(400, "use_dpop_nonce");
    assert_eq!(code(&response), ErrorCode::ResponseMalformed);
    response.headers.push("dpop-nonce", "n1");
    assert_eq!(answer(&response), ServerAnswer::NonceRequired(Nonce::new("n1").unwrap()));
}

#[test]
fn an_unavailable_server_may_say_when_to_come_back() {
    let with = |status, value: &str| {
        let mut response = error(status, "temporarily_unavailable");
        response.headers.push("Retry-After", value);
        answer(&response)
    };
    let later = |seconds: Option<u64>| ServerAnswer::Unavailable { retry_after: seconds.map(Seconds) };
    assert_eq!(with(503, "7"), later(Some(7)));
    assert_eq!(with(400, "7"), later(Some(7)));
    assert_eq!(with(429, "999999999"), later(Some(3600)));
    assert_eq!(with(500, "Fri, 31 Dec 1999 23:59:59 GMT"), later(None));
    assert_eq!(with(503, "-1"), later(None));
}

#[test]
fn hostile_responses_are_refused_each_for_its_fault() {
    for status in [301, 302, 303, 307, 308] {
        let mut response = error(status, "invalid_grant");
        response.headers.push("Location", "https://evil.example/");
        assert_eq!(code(&response), ErrorCode::RedirectRefused);
    }
    let html = Headers::new().with("Content-Type", "text/html");
    let page = HttpResponse { status: 400, headers: html, body: b"<html>".to_vec() };
    assert_eq!(code(&page), ErrorCode::ResponseMalformed);
    let big = HttpResponse { body: vec![b' '; LIMITS.response_bytes + 1], ..error(400, "x") };
    assert_eq!(code(&big), ErrorCode::ResponseTooLarge);
    let deep = HttpResponse { body: b"[".repeat(5000), ..error(400, "x") };
    assert_eq!(code(&deep), ErrorCode::JsonTooDeep);
    for status in [0, 100, 201, 204] {
        assert_eq!(code(&error(status, "invalid_grant")), ErrorCode::ResponseMalformed);
    }
}

/// R6750-003, R9449-028, R9470-004.
#[test]
fn a_resource_says_what_it_lacks() {
    let of = |status, challenge: &str| ServerAnswer::of_resource(&challenged(status, challenge), &LIMITS);
    assert_eq!(of(200, "Bearer error=\"invalid_token\""), None);
    assert_eq!(of(404, "Bearer error=\"invalid_token\""), None);
    assert_eq!(of(401, "Bearer error=\"invalid_token\", x=1"), Some(ServerAnswer::TokenRefused));
    assert_eq!(of(401, "Bearer realm=\"x\""), Some(ServerAnswer::TokenRefused));
    assert_eq!(of(401, "Negotiate abc"), Some(ServerAnswer::TokenRefused));
    assert_eq!(
        of(403, "Bearer error=\"insufficient_scope\", scope=\"rows:write\""),
        Some(ServerAnswer::InsufficientScope(Some(scope("rows:write"))))
    );
    let stronger = "Bearer error=\"insufficient_user_authentication\", max_age=\"60\", acr_values=\"gold\"";
    assert_eq!(of(401, stronger), Some(step_up(Some(60), &["gold"])));
    assert_eq!(of(403, "Bearer error=\"access_denied\""), Some(ServerAnswer::Denied));
    let both = "Bearer realm=\"r\", DPoP algs=\"ES256\", error=\"invalid_token\"";
    assert_eq!(of(401, both), Some(ServerAnswer::TokenRefused));
    assert_eq!(of(302, "").map(|answer| answer.error().code()), Some(ErrorCode::RedirectRefused));
    let plain = HttpResponse { status: 403, headers: Headers::new(), body: vec![] };
    assert_eq!(ServerAnswer::of_resource(&plain, &LIMITS), Some(ServerAnswer::Refused(None)));
    let code = |challenge| of(401, challenge).map(|answer| answer.error().code());
    assert_eq!(code("Bearer error=\"unterminated"), Some(ErrorCode::ChallengeMalformed));
    let mut nonce = challenged(401, "DPoP error=\"use_dpop_nonce\"");
    nonce.headers.push("DPoP-Nonce", "n1");
    let expected = Some(ServerAnswer::NonceRequired(Nonce::new("n1").unwrap()));
    assert_eq!(ServerAnswer::of_resource(&nonce, &LIMITS), expected);
}
