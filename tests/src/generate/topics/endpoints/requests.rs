//! RFC 6749 §3.2 and appendix B: what a request to a token endpoint looks like.

use super::Endpoint;
use crate::format::Topic;
use crate::generate::dsl::{TopicBuilder, case, fails};
use crate::generate::request::Request;
use crate::generate::scene::NOW;

/// Methods, media types, encodings and parameters.
pub fn topic(endpoint: &Endpoint) -> Topic {
    let mut topic = TopicBuilder::new(endpoint.operation, "requests");
    let mut group = topic.group("One good request.", endpoint.config.clone(), endpoint.keys.clone(), NOW);
    let good = endpoint.good();
    let token = endpoint.token_parameter;
    group
        .valid(
            case("good", "A good request.", "RFC 6749 §3.2", &["R6749-003", "R8693-007"]),
            good.input(),
            endpoint.output.clone(),
        )
        .valid(
            case("media-type-parameter", "A charset beside the media type.", "RFC 9110 §8.3", &[]),
            good.clone()
                .without_header("Content-Type")
                .header("Content-Type", "application/X-WWW-form-urlencoded; charset=UTF-8")
                .input(),
            endpoint.output.clone(),
        )
        .valid(
            case("unknown-parameter", "An unknown parameter is ignored.", "RFC 6749 §3.2", &["R6749-002"]),
            good.clone().set("x-sender-chosen", "anything at all").input(),
            endpoint.output.clone(),
        )
        .valid(
            case("empty-parameters", "Empty parameters count as absent.", "RFC 6749 §3.2", &["R6749-002"]),
            good.clone().set("authorization_details", "").set("client_secret", "").input(),
            endpoint.output.clone(),
        );
    type Row = (&'static str, &'static str, &'static [&'static str], Request, &'static str, &'static str);
    let huge = "x".repeat(64 * 1024);
    let many = (0..64).fold(good.clone(), |request, at| request.add(&format!("p{at}"), "1"));
    let rows: Vec<Row> = vec![
        (
            "get",
            "GET.",
            &["R6749-003", "R6749-010"],
            good.clone().method("GET"),
            "method_not_allowed",
            "invalid_request",
        ),
        (
            "lower-case-post",
            "Methods are case-sensitive.",
            &["R6749-003"],
            good.clone().method("post"),
            "method_not_allowed",
            "invalid_request",
        ),
        (
            "no-media-type",
            "No media type.",
            &["R8693-007"],
            good.clone().without_header("Content-Type"),
            "content_type_unsupported",
            "invalid_request",
        ),
        (
            "json-body",
            "JSON where a form belongs.",
            &["R8693-007"],
            good.clone().body(r#"["grant_type"]"#),
            "parameter_missing",
            "invalid_request",
        ),
        (
            "empty-body",
            "An empty body.",
            &["R8693-007"],
            good.clone().body(""),
            "parameter_missing",
            "invalid_request",
        ),
        (
            "broken-encoding",
            "A broken percent-encoding.",
            &["R8693-007"],
            good.clone().body("grant_type=%4"),
            "form_malformed",
            "invalid_request",
        ),
        (
            "not-utf8",
            "Text that is not UTF-8.",
            &["R8693-007"],
            good.clone().body("grant_type=%ff%fe"),
            "form_malformed",
            "invalid_request",
        ),
        (
            "too-large",
            "A parameter of 64 KiB.",
            &["R6749-010"],
            good.clone().set("x-sender-chosen", huge),
            "body_too_large",
            "invalid_request",
        ),
        (
            "grant-type-twice",
            "`grant_type` twice.",
            &["R6749-001"],
            good.clone().add("grant_type", endpoint.grant_type),
            "parameter_repeated",
            "invalid_request",
        ),
        (
            "client-id-twice",
            "`client_id` twice.",
            &["R6749-001"],
            good.clone().add("client_id", endpoint.client_id).add("client_id", endpoint.client_id),
            "parameter_repeated",
            "invalid_request",
        ),
        (
            "scope-twice",
            "`scope` twice.",
            &["R6749-001"],
            good.clone().set("scope", "chat.read").add("scope", "chat.read"),
            "parameter_repeated",
            "invalid_request",
        ),
        (
            "unknown-twice",
            "Even an unknown parameter may not occur twice.",
            &["R6749-001"],
            good.clone().add("x-sender-chosen", "1").add("x-sender-chosen", "2"),
            "parameter_repeated",
            "invalid_request",
        ),
        (
            "no-grant-type",
            "No `grant_type`.",
            &["R6749-010"],
            good.clone().without("grant_type"),
            "parameter_missing",
            "invalid_request",
        ),
        (
            "empty-grant-type",
            "An empty `grant_type` is none.",
            &["R6749-002"],
            good.clone().set("grant_type", ""),
            "parameter_missing",
            "invalid_request",
        ),
        (
            "grant-type-case",
            "The grant type in upper case.",
            &["R8693-001"],
            good.clone().set("grant_type", endpoint.grant_type.to_uppercase()),
            "grant_type_unsupported",
            "unsupported_grant_type",
        ),
        (
            "other-grant-type",
            "Another grant type.",
            &["R8693-001", "JAG-061"],
            good.clone().set("grant_type", "authorization_code"),
            "grant_type_unsupported",
            "unsupported_grant_type",
        ),
        (
            "no-token",
            "Nothing to exchange.",
            &["JAG-033", "JAG-062"],
            good.clone().without(token),
            "parameter_missing",
            "invalid_request",
        ),
        (
            "empty-token",
            "An empty one is none.",
            &["JAG-033", "JAG-062", "R6749-002"],
            good.clone().set(token, ""),
            "parameter_missing",
            "invalid_request",
        ),
        (
            "token-twice",
            "Two of them.",
            &["R7523-001", "R6749-001"],
            good.clone().add(token, "another.one.here"),
            "parameter_repeated",
            "invalid_request",
        ),
        (
            "too-many-parameters",
            "More than 64 parameters.",
            &["R6749-010"],
            many.body(&"p=1&".repeat(65)),
            "form_malformed",
            "invalid_request",
        ),
    ];
    for (id, comment, req, request, code, oauth) in rows {
        group.invalid(case(id, comment, "RFC 6749 §3.2", req), "good", request.input(), fails(code, oauth));
    }
    for (id, illegal) in [
        ("scope-quote", "a\"b"),
        ("scope-backslash", "a\\b"),
        ("scope-not-ascii", "é"),
        ("scope-two-spaces", "a  b"),
    ] {
        group.invalid(
            case(id, "Characters that no scope has.", "RFC 6749 §3.3", &["R6749-006", "JAG-046"]),
            "good",
            good.clone().set("scope", illegal).input(),
            fails("scope_malformed", "invalid_scope"),
        );
    }
    topic.finish()
}
