//! `client.use_token` and `client.read_answer`: RFC 6750 §2.1, RFC 9449 §7 and §8, RFC 9470 as a client lives them.

use serde_json::{Value, json};

use crate::format::Topic;
use crate::generate::client_scene::{RANDOM, client_keys, cnf, id_jag, proof};
use crate::generate::dsl::{GroupBuilder, TopicBuilder, case, keys, with};
use crate::generate::scene::{NOW, RAS_ISSUER};
use crate::generate::web::{Refusal, json_response, refuse, response};

const RESOURCE: &str = "https://mcp.chat.example/mcp";
/// The access token of RFC 9449 §7.1 and its `ath`.
const TOKEN: &str = "Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU";
const ATH: &str = "fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo";

fn outbound(url: &str, headers: &Value) -> Value {
    json!({"method": "POST", "url": url, "headers": headers, "body": "{}"})
}

/// A token for the resource, and a request that is to carry it.
fn carries(kind: &str, url: &str, headers: Value, more: &[(&str, Value)]) -> Value {
    let confirmation = if kind == "DPoP" { cnf() } else { Value::Null };
    let id_jag = match confirmation {
        Value::Null => id_jag(&[("resource", RESOURCE.into())]),
        cnf => id_jag(&[("resource", RESOURCE.into()), ("cnf", cnf)]),
    };
    let body = json!({"access_token": TOKEN, "token_type": kind});
    let input = json!({
        "id_jag": id_jag.compact(), "audience": RAS_ISSUER, "resource": RESOURCE, "random": RANDOM,
        "binding": if kind == "DPoP" { "required" } else { "unbound" },
        "response": json_response(200, &body), "request": outbound(url, &headers),
    });
    with(&input, more)
}

fn sent(url: &str, headers: Value) -> Value {
    json!({"method": "POST", "url": url, "headers": headers})
}

/// A token on a request.
pub fn token() -> Topic {
    let mut topic = TopicBuilder::new("client.use_token", "requests");
    let mut group = topic.group("A token for https://mcp.chat.example/mcp.", json!({}), client_keys(), NOW);
    let bearer = |url: &str| carries("Bearer", url, json!([]), &[]);
    let authorization = json!([["Authorization", format!("Bearer {TOKEN}")]]);
    let req: &[&str] = &["MCP-016", "MCP-020"];
    for (id, comment, url) in [
        ("bearer", "The resource itself.", RESOURCE),
        ("below", "Something below it.", "https://mcp.chat.example/mcp/tools"),
        ("query", "With a query.", "https://mcp.chat.example/mcp?session=1"),
    ] {
        group.valid(case(id, comment, "RFC 6750 §2.1", req), bearer(url), sent(url, authorization.clone()));
    }
    let other = json!([["Accept", "text/event-stream"]]);
    group.valid(
        case("other-headers", "What was there stays.", "RFC 6750 §2.1", &["MCP-016"]),
        carries("Bearer", RESOURCE, other, &[]),
        sent(RESOURCE, json!([["Accept", "text/event-stream"], ["Authorization", format!("Bearer {TOKEN}")]])),
    );
    let elsewhere = "token_for_another_server";
    let rows: Vec<Refusal<'_>> = [
        ("other-host", "Another host.", "https://evil.example/mcp"),
        ("other-port", "Another port.", "https://mcp.chat.example:8443/mcp"),
        ("other-path", "Another path.", "https://mcp.chat.example/other"),
        ("longer-name", "A name that begins alike.", "https://mcp.chat.example/mcpx"),
        ("parent", "What is above it.", "https://mcp.chat.example/"),
        ("dots", "A path that leads out.", "https://mcp.chat.example/mcp/../other"),
        ("escaped-dots", "In disguise.", "https://mcp.chat.example/mcp/%2e%2e/other"),
        ("host-in-disguise", "A host that begins alike.", "https://mcp.chat.example.evil.example/mcp"),
        ("authorization-server", "Its authorization server.", "https://auth.chat.example/mcp"),
    ]
    .into_iter()
    .map(|(id, comment, url)| (id, comment, &["MCP-020"][..], bearer(url), elsewhere))
    .chain([
        ("http", "Not https.", &["MCP-020", "MCP-035"][..], bearer("http://mcp.chat.example/mcp"), "url_insecure"),
        ("user", "With user information.", &[], bearer("https://mcp.chat.example@evil.example/mcp"), "url_malformed"),
        (
            "token-in-query",
            "A token in the query already.",
            &["MCP-017", "R6750-002", "EMAP12-004"],
            bearer("https://mcp.chat.example/mcp?access_token=a"),
            "credentials_repeated",
        ),
        (
            "escaped-token-in-query",
            "In disguise.",
            &["MCP-017", "R6750-002"],
            bearer("https://mcp.chat.example/mcp?a=b&access%5Ftoken=a"),
            "credentials_repeated",
        ),
        (
            "authorization-there",
            "A token in the header already.",
            &["R6750-002", "MCP-016"],
            carries("Bearer", RESOURCE, json!([["authorization", "Bearer a"]]), &[]),
            "credentials_repeated",
        ),
        (
            "proof-there",
            "A proof in the header already.",
            &["R9449-006"],
            carries("Bearer", RESOURCE, json!([["DPoP", "a.b.c"]]), &[]),
            "proof_repeated",
        ),
    ])
    .collect();
    refuse(&mut group, "bearer", "MCP authorization", &rows);
    bound(&mut group);
    topic.finish()
}

fn bound(group: &mut GroupBuilder<'_>) {
    let url = "https://mcp.chat.example/mcp?session=1";
    let proven = |proof: Value, more: &[(&str, Value)]| {
        with(&carries("DPoP", url, json!([]), &[("proof", proof)]), more)
    };
    let output = |more: &[(&str, Value)]| {
        let mut claims = vec![("ath", json!(ATH))];
        claims.extend(more.iter().cloned());
        sent(url, json!([["DPoP", proof("POST", RESOURCE, &claims)], ["Authorization", format!("DPoP {TOKEN}")]]))
    };
    group
        .valid(
            case("dpop", "A bound token with its proof, whose address has no query.", "RFC 9449 §7.1", &["R9449-026", "R9449-004", "R9449-003"]),
            proven(json!({}), &[]),
            output(&[]),
        )
        .valid(
            case("dpop-nonce", "With the resource's nonce.", "RFC 9449 §9", &["R9449-005", "R9449-033"]),
            proven(json!({"nonce": "eyJ7S_zG"}), &[]),
            output(&[("nonce", json!("eyJ7S_zG"))]),
        );
    let both: &[&str] = &["R9449-026", "R9449-003"];
    refuse(group, "dpop", "RFC 9449 §7.1", &[
        ("dpop-without-proof", "Without it.", &["R9449-026"], carries("DPoP", url, json!([]), &[]), "proof_missing"),
        ("dpop-other-key", "By another key.", &["R9449-026", "R9449-001"], proven(json!({"key": "other"}), &[]), "proof_key_mismatch"),
        ("dpop-other-method", "For another method.", both, proven(json!({"method": "GET"}), &[]), "proof_method_mismatch"),
        ("dpop-other-address", "For another address.", both, proven(json!({"url": "https://mcp.chat.example/mcp/a"}), &[]), "proof_uri_mismatch"),
        (
            "dpop-other-token",
            "For another token.",
            &["R9449-004", "R9449-026"],
            proven(json!({}), &[("proof_of_another_token", json!(true))]),
            "proof_token_mismatch",
        ),
        ("dpop-nonce-control", "With a nonce that cannot be one.", &["R9449-005"], proven(json!({"nonce": "\n"}), &[]), "text_invalid"),
    ]);
}

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
    let stale = |more: &[(&str, Value)]| body(with(&json!({"error": "insufficient_user_authentication"}), more));
    let step_up = |more: &[(&str, Value)]| with(&answer("step_up", "step_up_required"), more);
    let nonce = |value: &str| {
        let response = json_response(400, &json!({"error": "use_dpop_nonce"}));
        from("token_endpoint", with_header(response, "DPoP-Nonce", value))
    };
    let later = |status: u16, after: &str| {
        from("token_endpoint", with_header(response(status, "text/html", "later"), "Retry-After", after))
    };
    let waits = |seconds: u64| with(&answer("unavailable", "server_failed"), &[("retry_after", seconds.into())]);
    let classes = json!(["urn:a", "urn:b"]);
    for (id, comment, req, input, output) in [
        ("denied", "A policy says no.", &["AMB-004"][..], error("access_denied"), answer("denied", "server_denied")),
        ("grant-refused", "The grant is not accepted.", &["AMB-001", "JAG-091"], error("invalid_grant"), answer("grant_refused", "server_refused")),
        ("client-refused", "Nor is the client.", &[], error("invalid_client"), answer("client_refused", "server_refused")),
        ("client-unauthorized", "Not for this.", &[], error("unauthorized_client"), answer("client_refused", "server_refused")),
        ("known-error", "Another error.", &[], error("invalid_scope"), refused("invalid_scope")),
        ("unknown-error", "One nobody has heard of.", &[], error("tea_time"), answer("refused", "server_refused")),
        ("step-up", "A sign-on is wanted, and no more is said.", &["AMB-027", "JAG-094"], stale(&[]), step_up(&[])),
        (
            "step-up-classes",
            "A fresh one of a class.",
            &["AMB-027", "R9470-004"],
            stale(&[("max_age", json!(0)), ("acr_values", json!("urn:a urn:b"))]),
            step_up(&[("max_age", json!(0)), ("acr_values", classes)]),
        ),
        ("step-up-digits", "An age in quotes.", &["AMB-027"], stale(&[("max_age", json!("300"))]), step_up(&[("max_age", json!(300))])),
        ("nonce", "A proof is to carry this.", &["R9449-005", "R9449-033"], nonce("eyJ7S_zG"), with(&answer("nonce_required", "server_refused"), &[("nonce", "eyJ7S_zG".into())])),
        ("unavailable", "Later.", &[], error("temporarily_unavailable"), answer("unavailable", "server_failed")),
        ("later", "In so many seconds.", &[], later(503, "120"), waits(120)),
        ("much-later", "An hour at most.", &[], later(429, "86400"), waits(3600)),
        ("at-a-date", "A date is not read.", &[], later(500, "Wed, 21 Oct 2015 07:28:00 GMT"), answer("unavailable", "server_failed")),
    ] {
        group.valid(case(id, comment, "RFC 6749 §5.2", req), input, output);
    }
    let malformed = "response_malformed";
    let changed = |status: u16, media: &str, text: &str| from("token_endpoint", response(status, media, text));
    let denial = json!({"error": "access_denied", "error_description": "no"}).to_string();
    let twice = denial.replacen('{', r#"{"error":"access_denied","#, 1);
    refuse(&mut group, "denied", "RFC 6749 §5.2", &[
        ("error-missing", "No error.", &[], body(json!({"error_description": "no"})), malformed),
        ("error-number", "A number.", &[], body(json!({"error": 1, "error_description": "no"})), malformed),
        ("error-quote", "An error with a quote.", &["R6750-005"], error("access_denied\""), malformed),
        ("error-empty", "An empty one.", &[], error(""), malformed),
        ("html", "A page.", &[], changed(400, "text/html", &denial), malformed),
        ("redirect", "A redirect is not followed.", &[], from("token_endpoint", json_response(302, &json!({"error": "access_denied", "error_description": "no"}))), "redirect_refused"),
        ("informational", "No final answer.", &[], from("token_endpoint", json_response(199, &json!({"error": "access_denied", "error_description": "no"}))), malformed),
        ("duplicate", "The error twice.", &["AMB-028"], changed(400, "application/json", &twice), "duplicate_member"),
    ]);
    refuse(&mut group, "step-up-digits", "RFC 9470 §3", &[
        ("max-age-words", "An age in words.", &["AMB-027"], stale(&[("max_age", json!("soon"))]), malformed),
        ("max-age-negative", "A negative age.", &["AMB-027"], stale(&[("max_age", json!(-1))]), malformed),
        ("max-age-fraction", "A fraction.", &["AMB-027"], stale(&[("max_age", json!(1.5))]), malformed),
    ]);
    let acr = stale(&[("max_age", json!(0)), ("acr_values", json!(["urn:a", "urn:b"]))]);
    refuse(&mut group, "step-up-classes", "DESIGN §14", &[("acr-list", "Classes in a list.", &["AMB-027"], acr, malformed)]);
    let bare = from("token_endpoint", json_response(400, &json!({"error": "use_dpop_nonce"})));
    refuse(&mut group, "nonce", "RFC 9449 §8", &[
        ("nonce-missing", "A nonce is wanted and none is given.", &["R9449-005"], bare, malformed),
        ("nonce-quote", "One that cannot be one.", &["R9449-005"], nonce("a\"b"), malformed),
    ]);
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
    let step_up = with(&answer("step_up", "step_up_required"), &[("max_age", json!(300)), ("acr_values", json!(["urn:a"]))]);
    for (id, comment, req, input, output) in [
        ("invalid-token", "The token is not accepted.", &["MCP-004"][..], of(401, r#"Bearer error="invalid_token""#), token_refused.clone()),
        ("no-error", "Nor without an error.", &["MCP-004"], of(401, r#"Bearer realm="a""#), token_refused.clone()),
        ("no-challenge", "Nor without a challenge.", &["MCP-004"], bare(401), token_refused.clone()),
        ("telling", "The challenge that says why.", &["MCP-004"], of(401, both), token_refused),
        (
            "insufficient-scope",
            "What the operation needs.",
            &["MCP-023", "MCP-004"],
            of(403, r#"Bearer error="insufficient_scope", scope="b a""#),
            with(&scoped, &[("scope", "a b".into())]),
        ),
        ("insufficient-scope-silent", "It does not say what.", &["MCP-004"], of(403, r#"Bearer error="insufficient_scope""#), scoped),
        ("denied", "A policy says no.", &["AMB-004"], of(403, r#"Bearer error="access_denied""#), answer("denied", "server_denied")),
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
    refuse(&mut group, "insufficient-scope", "RFC 6750 §3", &[
        ("scope-quote", "No scope.", &["R6749-006", "R6750-005"], of(403, r#"Bearer error="insufficient_scope", scope="b \"a""#), malformed),
        ("unterminated", "No end.", &["MCP-004"], of(403, r#"Bearer error="insufficient_scope", scope="b a"#), malformed),
        ("scope-twice", "The scope twice.", &["R6750-004"], of(403, r#"Bearer scope="a", error="insufficient_scope", scope="b a""#), malformed),
    ]);
    refuse(&mut group, "no-challenge", "RFC 6750 §2", &[
        ("redirect", "Whoever follows carries the token elsewhere.", &["MCP-020"], bare(302), "redirect_refused"),
        ("redirect-post", "With its body.", &["MCP-020"], bare(307), "redirect_refused"),
    ]);
    topic.finish()
}
