//! Asking for a subagent's token, and checking that it is no more than its parent's.

use super::*;

const DETAILS: &str = r#"[{"type":"export"}]"#;

fn parent(binding: Binding) -> ObtainedAccessToken {
    let request = GrantRequest::new(obtained(binding, |_| {}), server());
    let bound = binding != Binding::Unbound;
    let response = granted_with(|body| {
        if bound {
            body.set_str("token_type", "DPoP");
        }
    });
    process_grant_response(&response, &request, binding, &LIMITS, now()).unwrap()
}

fn own() -> Binding {
    Binding::Required(key(7).public_key().thumbprint())
}

/// A good response to a request for less, changed.
fn derived_with(change: impl FnOnce(&mut Object<'static>)) -> HttpResponse {
    granted_with(|body| {
        body.set_str("access_token", "derived");
        body.set_str("issued_token_type", TOKEN_TYPE_ACCESS_TOKEN);
        body.set("expires_in", 60_u64);
        change(body);
    })
}

fn process(response: &HttpResponse, asked: &Downscope) -> Result<DerivedAccessToken, ErrorCode> {
    let derived = process_downscope_response(
        response,
        asked,
        &parent(Binding::Unbound),
        Binding::Unbound,
        &LIMITS,
        now(),
    );
    derived.map_err(|answer| answer.error().code())
}

#[test]
fn the_request_shows_the_parents_token_to_its_issuer() {
    let asked = Downscope::new().with_scope(scope("rows:read")).with_actor(Secret::new("actor"));
    let http = asked.to_http(&parent(Binding::Unbound), &at_ras(), None, now()).unwrap();
    assert_eq!(http.url, RAS_TOKEN);
    let form = form(&http);
    for (name, value) in [
        ("grant_type", GRANT_TOKEN_EXCHANGE),
        ("subject_token_type", TOKEN_TYPE_ACCESS_TOKEN),
        ("requested_token_type", TOKEN_TYPE_ACCESS_TOKEN),
        ("resource", SERVER),
        ("scope", "rows:read"),
        ("actor_token", "actor"),
        ("actor_token_type", TOKEN_TYPE_JWT),
    ] {
        assert_eq!(form.required(name).unwrap(), value);
    }
    let other = AuthorizationServerMetadata { issuer: issuer("https://evil.example"), ..ras() };
    let there = basic("https://evil.example", "x").at(&other, token_id(), now()).unwrap();
    let refused = asked.to_http(&parent(Binding::Unbound), &there, None, now()).unwrap_err();
    assert_eq!(refused.code(), ErrorCode::TokenForAnotherServer);
    let late = asked.to_http(&parent(Binding::Unbound), &at_ras(), None, time(120)).unwrap_err();
    assert_eq!(late.code(), ErrorCode::TokenExpired);
}

#[test]
fn a_bound_parent_goes_with_a_proof_of_its_key() {
    let parent = parent(own());
    let code = |proof: Option<&Proof>| {
        Downscope::new().to_http(&parent, &at_ras(), proof, now()).map(drop).map_err(|error| error.code())
    };
    assert_eq!(code(None), Err(ErrorCode::ProofMissing));
    assert_eq!(code(Some(&proof_for(RAS_TOKEN, &key(8)))), Err(ErrorCode::ProofKeyMismatch));
    assert_eq!(code(Some(&proof_for(RAS_TOKEN, &key(7)))), Ok(()));
}

#[test]
fn nothing_beyond_the_wish_or_the_parent_is_taken() {
    let all = Downscope::new();
    let token = process(&derived_with(|_| {}), &all).unwrap();
    assert_eq!(token.hand_over(), "derived");
    assert_eq!(token.token().expires_at(), Some(time(60)));
    assert!(!std::format!("{token:?}").contains("derived\""));
    let longer = process(&derived_with(|body| body.set("expires_in", 3600_u64)), &all).unwrap();
    assert_eq!(longer.token().expires_at(), parent(Binding::Unbound).expires_at());
    for (response, asked, code) in [
        (
            derived_with(|body| body.set_str("scope", "rows:read rows:write")),
            all.clone(),
            ErrorCode::GrantWidened,
        ),
        (
            derived_with(|body| body.set_str("scope", "rows:read")),
            all.clone().with_scope(Scope::empty()),
            ErrorCode::GrantWidened,
        ),
        (
            derived_with(|body| body.set_str("resource", "https://other.example/")),
            all.clone(),
            ErrorCode::GrantWidened,
        ),
        (
            derived_with(|body| body.set_str("issued_token_type", TOKEN_TYPE_ID_JAG)),
            all.clone(),
            ErrorCode::IssuedTokenTypeMismatch,
        ),
        (derived_with(|body| body.set_str("token_type", "DPoP")), all.clone(), ErrorCode::TokenTypeMismatch),
        // More than the parent has was asked for, and given.
        (
            derived_with(|body| body.set_str("scope", "rows:read rows:drop")),
            all.clone().with_scope(scope("rows:read rows:drop")),
            ErrorCode::GrantWidened,
        ),
        (
            derived_with(|body| {
                let granted = AuthorizationDetails::parse(DETAILS, &LIMITS).unwrap();
                body.set("authorization_details", granted.to_json());
            }),
            all.clone().with_details(AuthorizationDetails::parse(DETAILS, &LIMITS).unwrap()),
            ErrorCode::GrantWidened,
        ),
        // A subagent's key was named, and the token is anybody's.
        (derived_with(|_| {}), all.bound_to(key(9).public_key().thumbprint()), ErrorCode::TokenTypeMismatch),
    ] {
        assert_eq!(process(&response, &asked).unwrap_err(), code);
    }
}
