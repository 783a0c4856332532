//! `client.read_answer`: RFC 6749 §5.2, RFC 6750 §3, RFC 9449 §8 and RFC 9470 §3 as a client lives them.

use crate::format::Topic;
use crate::generate::dsl::{TopicBuilder, case, keys, with};
use crate::generate::scene::NOW;
use crate::generate::web::{json_response, refuse, response};
use serde_json::{Value, json};

fn from(party: &str, response: Value) -> Value {
    json!({"from": party, "response": response})
}

fn with_header(mut response: Value, name: &str, value: &str) -> Value {
    response["headers"].as_array_mut().expect("a list").push(json!([name, value]));
    response
}

/// What a token endpoint says instead of issuing.
pub fn token_endpoint() -> Topic {
    let mut topic = TopicBuilder::new("client.read_answer", "token-endpoint");
    let mut group = topic.group("Default limits.", json!({}), keys(), NOW);
    let body = |body: Value| from("token_endpoint", json_response(400, &body));
    let error = |name: &str| body(json!({"error": name, "error_description": "no"}));
    let answer = |answer: &str, code: &str| json!({"answer": answer, "code": code});
    let refused = |error: &str| with(&answer("refused", "server_refused"), &[("error", error.into())]);
    let stale =
        |more: &[(&str, Value)]| body(with(&json!({"error": "insufficient_user_authentication"}), more));
    let step_up = |more: &[(&str, Value)]| with(&answer("step_up", "step_up_required"), more);
    let nonce = |value: &str| {
        let response = json_response(400, &json!({"error": "use_dpop_nonce"}));
        from("token_endpoint", with_header(response, "DPoP-Nonce", value))
    };
    let later = |status: u16, after: &str| {
        from("token_endpoint", with_header(response(status, "text/html", "later"), "Retry-After", after))
    };
    let waits =
        |seconds: u64| with(&answer("unavailable", "server_failed"), &[("retry_after", seconds.into())]);
    let classes = json!(["urn:a", "urn:b"]);
    for (id, comment, req, input, output) in [
        (
            "denied",
            "A policy says no.",
            &["AMB-004"][..],
            error("access_denied"),
            answer("denied", "server_denied"),
        ),
        (
            "grant-refused",
            "The grant is not accepted.",
            &["AMB-001", "JAG-091"],
            error("invalid_grant"),
            answer("grant_refused", "server_refused"),
        ),
        (
            "client-refused",
            "Nor is the client.",
            &[],
            error("invalid_client"),
            answer("client_refused", "server_refused"),
        ),
        (
            "client-unauthorized",
            "Not for this.",
            &[],
            error("unauthorized_client"),
            answer("client_refused", "server_refused"),
        ),
        ("known-error", "Another error.", &[], error("invalid_scope"), refused("invalid_scope")),
        (
            "unknown-error",
            "One nobody has heard of.",
            &[],
            error("tea_time"),
            answer("refused", "server_refused"),
        ),
        (
            "step-up",
            "A sign-on is wanted, and no more is said.",
            &["AMB-027", "JAG-094"],
            stale(&[]),
            step_up(&[]),
        ),
        (
            "step-up-classes",
            "A fresh one of a class.",
            &["AMB-027", "R9470-004"],
            stale(&[("max_age", json!(0)), ("acr_values", json!("urn:a urn:b"))]),
            step_up(&[("max_age", json!(0)), ("acr_values", classes)]),
        ),
        (
            "step-up-digits",
            "An age in quotes.",
            &["AMB-027"],
            stale(&[("max_age", json!("300"))]),
            step_up(&[("max_age", json!(300))]),
        ),
        (
            "nonce",
            "A proof is to carry this.",
            &["R9449-005", "R9449-033"],
            nonce("eyJ7S_zG"),
            with(&answer("nonce_required", "server_refused"), &[("nonce", "eyJ7S_zG".into())]),
        ),
        (
            "unavailable",
            "Later.",
            &[],
            error("temporarily_unavailable"),
            answer("unavailable", "server_failed"),
        ),
        ("later", "In so many seconds.", &[], later(503, "120"), waits(120)),
        ("much-later", "An hour at most.", &[], later(429, "86400"), waits(3600)),
        (
            "at-a-date",
            "A date is not read.",
            &[],
            later(500, "Wed, 21 Oct 2015 07:28:00 GMT"),
            answer("unavailable", "server_failed"),
        ),
    ] {
        group.valid(case(id, comment, "RFC 6749 §5.2", req), input, output);
    }
    let malformed = "response_malformed";
    let changed =
        |status: u16, media: &str, text: &str| from("token_endpoint", response(status, media, text));
    let denial = json!({"error": "access_denied", "error_description": "no"}).to_string();
    let twice = denial.replacen('{', r#"{"error":"access_denied","#, 1);
    refuse(
        &mut group,
        "denied",
        "RFC 6749 §5.2",
        &[
            ("error-missing", "No error.", &[], body(json!({"error_description": "no"})), malformed),
            (
                "error-number",
                "A number.",
                &[],
                body(json!({"error": 1, "error_description": "no"})),
                malformed,
            ),
            ("error-quote", "An error with a quote.", &["R6750-005"], error("access_denied\""), malformed),
            ("error-empty", "An empty one.", &[], error(""), malformed),
            ("html", "A page.", &[], changed(400, "text/html", &denial), malformed),
            (
                "redirect",
                "A redirect is not followed.",
                &[],
                from(
                    "token_endpoint",
                    json_response(302, &json!({"error": "access_denied", "error_description": "no"})),
                ),
                "redirect_refused",
            ),
            (
                "informational",
                "No final answer.",
                &[],
                from(
                    "token_endpoint",
                    json_response(199, &json!({"error": "access_denied", "error_description": "no"})),
                ),
                malformed,
            ),
            (
                "duplicate",
                "The error twice.",
                &["AMB-028"],
                changed(400, "application/json", &twice),
                "duplicate_member",
            ),
        ],
    );
    refuse(
        &mut group,
        "step-up-digits",
        "RFC 9470 §3",
        &[
            (
                "max-age-words",
                "An age in words.",
                &["AMB-027"],
                stale(&[("max_age", json!("soon"))]),
                malformed,
            ),
            (
                "max-age-negative",
                "A negative age.",
                &["AMB-027"],
                stale(&[("max_age", json!(-1))]),
                malformed,
            ),
            ("max-age-fraction", "A fraction.", &["AMB-027"], stale(&[("max_age", json!(1.5))]), malformed),
        ],
    );
    let acr = stale(&[("max_age", json!(0)), ("acr_values", json!(["urn:a", "urn:b"]))]);
    refuse(
        &mut group,
        "step-up-classes",
        "DESIGN §14",
        &[("acr-list", "Classes in a list.", &["AMB-027"], acr, malformed)],
    );
    let bare = from("token_endpoint", json_response(400, &json!({"error": "use_dpop_nonce"})));
    refuse(
        &mut group,
        "nonce",
        "RFC 9449 §8",
        &[
            ("nonce-missing", "A nonce is wanted and none is given.", &["R9449-005"], bare, malformed),
            ("nonce-quote", "One that cannot be one.", &["R9449-005"], nonce("a\"b"), malformed),
        ],
    );
    topic.finish()
}

/// What a protected resource says instead of answering.
pub fn resource() -> Topic {
    let mut topic = TopicBuilder::new("client.read_answer", "resource");
    let mut group = topic.group("Default limits.", json!({}), keys(), NOW);
    let of = |status: u16, challenge: &str| {
        let headers = json!([["WWW-Authenticate", challenge]]);
        from("resource", json!({"status": status, "headers": headers, "body": ""}))
    };
    let bare = |status: u16| from("resource", json!({"status": status, "headers": [], "body": ""}));
    let answer = |answer: &str, code: &str| json!({"answer": answer, "code": code});
    let token_refused = answer("token_refused", "server_refused");
    let scoped = answer("insufficient_scope", "insufficient_scope");
    let own = json!({"answer": "not_about_authorization"});
    let nonce = |status: u16| {
        let mut input = of(status, r#"DPoP error="use_dpop_nonce""#);
        input["response"] = with_header(input["response"].clone(), "DPoP-Nonce", "eyJ7S_zG");
        input
    };
    let nonce_answer = with(&answer("nonce_required", "server_refused"), &[("nonce", "eyJ7S_zG".into())]);
    let both = r#"Bearer realm="a", DPoP error="invalid_token", algs="ES256""#;
    let step = r#"Bearer error="insufficient_user_authentication", max_age="300", acr_values="urn:a""#;
    let step_up = with(
        &answer("step_up", "step_up_required"),
        &[("max_age", json!(300)), ("acr_values", json!(["urn:a"]))],
    );
    for (id, comment, req, input, output) in [
        (
            "invalid-token",
            "The token is not accepted.",
            &["MCP-004"][..],
            of(401, r#"Bearer error="invalid_token""#),
            token_refused.clone(),
        ),
        (
            "no-error",
            "Nor without an error.",
            &["MCP-004"],
            of(401, r#"Bearer realm="a""#),
            token_refused.clone(),
        ),
        ("no-challenge", "Nor without a challenge.", &["MCP-004"], bare(401), token_refused.clone()),
        ("telling", "The challenge that says why.", &["MCP-004"], of(401, both), token_refused),
        (
            "insufficient-scope",
            "What the operation needs.",
            &["MCP-023", "MCP-004"],
            of(403, r#"Bearer error="insufficient_scope", scope="b a""#),
            with(&scoped, &[("scope", "a b".into())]),
        ),
        (
            "insufficient-scope-silent",
            "It does not say what.",
            &["MCP-004"],
            of(403, r#"Bearer error="insufficient_scope""#),
            scoped,
        ),
        (
            "denied",
            "A policy says no.",
            &["AMB-004"],
            of(403, r#"Bearer error="access_denied""#),
            answer("denied", "server_denied"),
        ),
        ("forbidden", "Nobody says why.", &[], bare(403), answer("refused", "server_refused")),
        ("step-up", "Another sign-on is wanted.", &["R9470-004"], of(401, step), step_up),
        ("nonce", "A proof is to carry this.", &["R9449-005", "R9449-033"], nonce(401), nonce_answer.clone()),
        ("nonce-400", "With another status.", &["R9449-005"], nonce(400), nonce_answer),
        ("ok", "An answer.", &[], bare(200), own.clone()),
        ("bad-request", "The caller's own business.", &[], bare(400), own.clone()),
        ("server-error", "That too.", &[], bare(500), own.clone()),
        ("not-modified", "And that.", &[], bare(304), own),
    ] {
        group.valid(case(id, comment, "RFC 6750 §3.1", req), input, output);
    }
    let malformed = "challenge_malformed";
    refuse(
        &mut group,
        "insufficient-scope",
        "RFC 6750 §3",
        &[
            (
                "scope-quote",
                "No scope.",
                &["R6749-006", "R6750-005"],
                of(403, r#"Bearer error="insufficient_scope", scope="b \"a""#),
                malformed,
            ),
            (
                "unterminated",
                "No end.",
                &["MCP-004"],
                of(403, r#"Bearer error="insufficient_scope", scope="b a"#),
                malformed,
            ),
            (
                "scope-twice",
                "The scope twice.",
                &["R6750-004"],
                of(403, r#"Bearer scope="a", error="insufficient_scope", scope="b a""#),
                malformed,
            ),
        ],
    );
    refuse(
        &mut group,
        "no-challenge",
        "RFC 6750 §2",
        &[
            (
                "redirect",
                "Whoever follows carries the token elsewhere.",
                &["MCP-020"],
                bare(302),
                "redirect_refused",
            ),
            ("redirect-post", "With its body.", &["MCP-020"], bare(307), "redirect_refused"),
        ],
    );
    topic.finish()
}
