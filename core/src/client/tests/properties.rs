//! Whatever a server sends: no panic, no token, an end.

use proptest::prelude::*;

use super::connection::{config, discovered, ready};
use super::*;

fn any_response() -> impl Strategy<Value = HttpResponse> {
    let status = prop_oneof![Just(200_u16), Just(400), Just(401), Just(403), any::<u16>()];
    let name = prop_oneof![
        Just("Content-Type"),
        Just("WWW-Authenticate"),
        Just("DPoP-Nonce"),
        Just("Retry-After"),
        Just("X")
    ];
    let value = prop_oneof![
        Just(String::from("application/json")),
        Just(String::from("Bearer error=\"insufficient_scope\", scope=\"a b\"")),
        ".{0,40}"
    ];
    let headers = prop::collection::vec((name, value), 0..4);
    let body = prop_oneof![
        prop::collection::vec(any::<u8>(), 0..200),
        "[{\\[]?\"(access_token|error|token_type|scope)\":[\"{]?[a-z_]{0,30}\"?[}\\]]?"
            .prop_map(String::into_bytes),
    ];
    (status, headers, body).prop_map(|(status, headers, body)| HttpResponse {
        status,
        headers: headers.into_iter().collect(),
        body,
    })
}

proptest! {
    #[test]
    fn no_bytes_are_a_token(response in any_response()) {
        let binding = Binding::Unbound;
        prop_assert!(process_exchange_response(&response, &request(), binding, &LIMITS, now()).is_err());
        let grant = GrantRequest::new(obtained(binding, |_| {}), server());
        prop_assert!(process_grant_response(&response, &grant, binding, &LIMITS, now()).is_err());
        prop_assert!(process_refresh_token_response(&response, &LIMITS, now()).is_err());
        let _ = ServerAnswer::of_resource(&response, &LIMITS);
    }

    #[test]
    fn no_server_keeps_a_connection_busy_for_ever(responses in prop::collection::vec(any_response(), 1..4)) {
        let mut connection = discovered(config());
        let mut at = 0;
        for response in responses.iter().cycle().take(200) {
            match connection.next(&[9; 32], time(at)) {
                Step::Send(_) => connection.receive(response, time(at)).unwrap(),
                Step::Wait { seconds } => at = time(at).plus(seconds).since(now()).as_secs(),
                Step::NeedIdentity(_) | Step::Failed(_) | Step::Denied(_) => return Ok(()),
                Step::Ready => prop_assert!(false, "ready"),
                // EMA-018: nothing that a server says makes an ID-JAG connection ask the user.
                Step::NeedAssertion(_) | Step::NeedAuthorization(_) => prop_assert!(false, "another grant"),
            }
        }
        prop_assert!(false, "still busy");
    }

    #[test]
    fn no_answer_of_a_resource_panics(response in any_response()) {
        let mut connection = ready(config());
        let verdict = connection.on_resource_response("tool", &response, now());
        let printed = format!("{verdict:?}");
        prop_assert!(!printed.contains("access.token"));
        connection.next(&[9; 32], now());
    }
}
