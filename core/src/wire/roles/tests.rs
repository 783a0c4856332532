//! What the steps of the roles must not do: be skipped to, or say more than they have to.

use alloc::string::{String, ToString as _};

use crate::wire::{Crypto, Table};

/// The answer of a call without objects.
fn called(operation: &str, input: &str) -> String {
    Table::new(&Crypto::RUST).call(&alloc::format!("{operation}\n\n{input}"))
}

/// A request with these steps beside `parse`, each with arguments that it takes.
fn with_steps(steps: &[(&str, &str)]) -> String {
    let mut input =
        String::from(r#"{"request":{"method":"POST","url":"https://a.example/t"},"parse":{"now":1}"#);
    for (name, argument) in steps {
        input.push_str(&alloc::format!(r#","{name}":{argument}"#));
    }
    input.push('}');
    input
}

const NOW: &str = r#"{"now":1}"#;
const ANSWERS: &str = r#"{"answers":[]}"#;
const ISSUE: &str = r#"{"token_id":"t","now":1}"#;
const RESPOND: &str = r#"{"refresh_token":"r","expires_in":1,"now":1}"#;
const OFFERED: &str = r#"{"offered":"openid"}"#;

/// The ways through each role, in order.
const WAYS: [(&str, &[(&str, &str)]); 5] = [
    ("resource_as.token", &[("verify", NOW), ("authorize", NOW), ("spend", ANSWERS), ("issue", ISSUE)]),
    ("resource_server.access", &[("verify", NOW), ("authorize", NOW), ("spend", ANSWERS)]),
    (
        "idp.exchange",
        &[("verify", NOW), ("target", "{}"), ("authorize", NOW), ("spend", ANSWERS), ("issue", ISSUE)],
    ),
    ("idp.exchange", &[("verify", NOW), ("refresh", OFFERED), ("spend", ANSWERS), ("respond", RESPOND)]),
    ("idp.authenticate_client", &[("authenticate", NOW), ("spend", ANSWERS)]),
];

#[test]
fn no_step_is_taken_without_those_before_it() {
    for (operation, steps) in WAYS {
        // In order the steps are taken, and it is only the server that is missing.
        for end in 0..=steps.len() {
            let answer = called(operation, &with_steps(&steps[..end]));
            assert!(answer.contains("handle_invalid"), "{operation} {end}: {answer}");
        }
        for last in 1..steps.len() {
            for without in 0..last {
                let mut some = steps[..=last].to_vec();
                let (skipped, _) = some.remove(without);
                let answer = called(operation, &with_steps(&some));
                assert!(answer.contains("argument_invalid"), "{operation} without {skipped}: {answer}");
            }
        }
    }
}

#[test]
fn the_two_ways_of_an_exchange_do_not_mix() {
    let verified = ("verify", NOW);
    for (steps, at) in [
        (&[verified, ("target", "{}"), ("refresh", OFFERED)][..], "/target"),
        (&[verified, ("authorize", NOW), ("refresh", OFFERED)], "/authorize"),
        (&[verified, ("refresh", OFFERED), ("spend", ANSWERS), ("issue", ISSUE)], "/issue"),
        (
            &[verified, ("target", "{}"), ("authorize", NOW), ("spend", ANSWERS), ("respond", RESPOND)],
            "/respond",
        ),
        (&[verified, ("respond", RESPOND)], "/respond"),
    ] {
        let answer = called("idp.exchange", &with_steps(steps));
        assert!(answer.contains("argument_invalid") && answer.contains(at), "{answer}");
    }
}

const IDP: &str = r#"{"issuer":"https://idp.example","token_endpoint":"https://idp.example/token"}"#;

/// A caller with an identity provider as object 1 and the client's key as object 2.
fn provider() -> Table {
    let mut table = Table::new(&Crypto::RUST);
    assert!(table.call(&alloc::format!("idp.new\n\n{IDP}")).contains(r#""handle":1"#));
    let random = crate::codec::base64url::encode(&[7; 32]);
    let key = alloc::format!(r#"{{"alg":"ES256","kid":"k","random":"{random}"}}"#);
    assert!(table.call(&alloc::format!("signing_key.new\n\n{key}")).contains(r#""handle":2"#));
    table
}

/// The member that follows `"name":` in a flat answer, a string.
fn member(answer: &str, name: &str) -> String {
    let start = alloc::format!(r#""{name}":""#);
    let (_, rest) = answer.split_once(&start).unwrap_or_else(|| panic!("no `{name}` in {answer}"));
    rest.split('"').next().unwrap().to_string()
}

/// A token request in the form `form`, and the steps `steps` beside `parse`.
fn authenticating(table: &mut Table, form: &str, steps: &str) -> String {
    let headers = r#"[["Content-Type","application/x-www-form-urlencoded"]]"#;
    let request = alloc::format!(
        r#"{{"method":"POST","url":"https://idp.example/token","headers":{headers},"body":"{form}"}}"#
    );
    let input = alloc::format!(r#"{{"request":{request},"parse":{{"now":1700000000}}{steps}}}"#);
    table.call(&alloc::format!("idp.authenticate_client\n1\n{input}"))
}

#[test]
fn an_assertion_authenticates_a_client_once() {
    let mut table = provider();
    let claims =
        r#"{"client_id":"app","aud":"https://idp.example","jti":"j1","iat":1700000000,"exp":1700000060}"#;
    let signed = table.call(&alloc::format!("client_assertion.sign\n2\n{{\"claims\":{claims}}}"));
    let form = [
        "grant_type=authorization_code&client_id=app&client_assertion_type=",
        "urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer&client_assertion=",
        &member(&signed, "token"),
    ]
    .concat();
    let parsed = authenticating(&mut table, &form, "");
    assert!(parsed.contains(r#"{"ok":{"needs":{"client_id":"app"}}}"#), "{parsed}");
    let exported = table.call("signing_key.dangerous_export\n2\n{}");
    let (x, y) = (member(&exported, "x"), member(&exported, "y"));
    let jwk = alloc::format!(r#"{{"kty":"EC","crv":"P-256","kid":"k","alg":"ES256","x":"{x}","y":"{y}"}}"#);
    let client = alloc::format!(
        r#"{{"client_id":"app","token_endpoint_auth_method":"private_key_jwt","jwks":{{"keys":[{jwk}]}}}}"#
    );
    let step = alloc::format!(r#","authenticate":{{"client":{client},"now":1700000000}}"#);
    let authenticated = authenticating(&mut table, &form, &step);
    assert!(authenticated.contains(r#""kind":"client_assertion""#), "{authenticated}");
    assert!(!authenticated.contains("client_id"), "it is not spent yet: {authenticated}");
    for (answers, expected) in [
        (r#"["first"]"#, r#"{"ok":{"client_id":"app"}}"#),
        (r#"["seen"]"#, "token_replayed"),
        (r#"["unavailable"]"#, "store_unavailable"),
        ("[]", "store_unavailable"),
    ] {
        let spent = alloc::format!(r#"{step},"spend":{{"answers":{answers}}}"#);
        let answer = authenticating(&mut table, &form, &spent);
        assert!(answer.contains(expected), "{answers}: {answer}");
    }
    let nobody = authenticating(&mut table, &form, r#","authenticate":{"now":1700000000}"#);
    assert!(nobody.contains("client_unknown") && nobody.contains(r#""http""#), "{nobody}");
}

#[test]
fn a_public_client_has_nothing_to_record() {
    let mut table = provider();
    let form = "grant_type=authorization_code&client_id=app";
    let client = r#"{"client_id":"app","token_endpoint_auth_method":"none"}"#;
    let step = alloc::format!(r#","authenticate":{{"client":{client},"now":1700000000}}"#);
    let answer = authenticating(&mut table, form, &step);
    assert_eq!(answer, r#"{"ok":{"replay_keys":[]}}"#);
    let spent = alloc::format!(r#"{step},"spend":{{"answers":[]}}"#);
    assert_eq!(authenticating(&mut table, form, &spent), r#"{"ok":{"client_id":"app"}}"#);
}
