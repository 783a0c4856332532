//! RFC 9449 §4.3, steps 3 and 8 to 11: the claims of a proof against the request.

use serde_json::{Value, json};

use super::{SPEC, WINDOW, accepts, good, group, proof, refuses};
use crate::format::Topic;
use crate::generate::dsl::{GroupBuilder, TopicBuilder, case};
use crate::generate::scene::{NOW, RAS_TOKEN_ENDPOINT};
use crate::generate::verifiers::row;

/// Steps 3 and 8 to 11: the claims of a proof against the request.
pub fn request() -> Topic {
    let mut topic = TopicBuilder::new("dpop.verify", "request");
    let mut group = group(&mut topic, "A request to a token endpoint.");
    good(&mut group);
    for (name, spec_req) in
        [("jti", "R9449-008"), ("htm", "R9449-008"), ("htu", "R9449-008"), ("iat", "R9449-008")]
    {
        let req = &[spec_req, "R9449-020"];
        let about = case(&format!("{name}-missing"), &format!("No `{name}`."), SPEC, req);
        refuses(&mut group, "good", &[], [row(about, proof().without(name), "claim_missing")]);
        for (kind, value) in [
            ("null", Value::Null),
            ("array", json!(["POST"])),
            ("object", json!({})),
            ("boolean", json!(true)),
        ] {
            let about = case(&format!("{name}-{kind}"), &format!("`{name}` is of type {kind}."), SPEC, req);
            refuses(&mut group, "good", &[], [row(about, proof().claim(name, value), "claim_malformed")]);
        }
    }
    let long = |length: usize| "j".repeat(length);
    accepts(
        &mut group,
        case("jti-longest", "A `jti` of 256 octets.", "RFC 9449 §11.1", &["R9449-036"]),
        &proof().claim("jti", long(256)),
        &[],
    );
    refuses(
        &mut group,
        "jti-longest",
        &[],
        [
            row(
                case("jti-too-long", "A `jti` of 257 octets.", "RFC 9449 §11.1", &["R9449-036"]),
                proof().claim("jti", long(257)),
                "claim_malformed",
            ),
            row(
                case("jti-empty", "An empty `jti`.", SPEC, &["R9449-008"]),
                proof().claim("jti", ""),
                "claim_malformed",
            ),
            row(
                case("jti-number", "A `jti` that is a number.", SPEC, &["R9449-008"]),
                proof().claim("jti", 1),
                "claim_malformed",
            ),
        ],
    );
    for (id, htm) in
        [("htm-get", "GET"), ("htm-lower-case", "post"), ("htm-space", "POST "), ("htm-empty", "")]
    {
        let about = case(id, &format!("`htm` is {htm:?}."), SPEC, &["R9449-013", "R9449-020"]);
        refuses(&mut group, "good", &[], [row(about, proof().claim("htm", htm), "proof_method_mismatch")]);
    }
    let about = case("sent-by-get", "A proof for POST with a GET request.", SPEC, &["R9449-013"]);
    refuses(&mut group, "good", &[("method", json!("GET"))], [row(about, proof(), "proof_method_mismatch")]);
    addresses(&mut group);
    times(&mut group);
    topic.finish()
}

fn addresses(group: &mut GroupBuilder<'_>) {
    let same: &[&str] = &["R9449-015", "R9449-014"];
    for (id, htu) in [
        ("htu-query", format!("{RAS_TOKEN_ENDPOINT}?a=b")),
        ("htu-fragment", format!("{RAS_TOKEN_ENDPOINT}#a")),
        ("htu-host-upper-case", "https://AUTH.chat.example/oauth2/token".to_owned()),
        ("htu-scheme-upper-case", "HTTPS://auth.chat.example/oauth2/token".to_owned()),
        ("htu-default-port", "https://auth.chat.example:443/oauth2/token".to_owned()),
        ("htu-dot-segments", "https://auth.chat.example/x/../oauth2/./token".to_owned()),
        ("htu-percent-encoded", "https://auth.chat.example/oauth2/%74oken".to_owned()),
    ] {
        let about = case(id, "The same address in another spelling.", SPEC, same);
        accepts(group, about, &proof().claim("htu", htu), &[]);
    }
    let about = case("url-query", "The query of the request does not count.", SPEC, same);
    accepts(group, about, &proof(), &[("url", json!(format!("{RAS_TOKEN_ENDPOINT}?a=b")))]);
    for (id, htu) in [
        ("htu-other-path", "https://auth.chat.example/oauth2/tokens"),
        ("htu-path-upper-case", "https://auth.chat.example/OAuth2/token"),
        ("htu-trailing-slash", "https://auth.chat.example/oauth2/token/"),
        ("htu-other-host", "https://auth.chat.example.attacker.example/oauth2/token"),
        ("htu-other-scheme", "http://auth.chat.example/oauth2/token"),
        ("htu-other-port", "https://auth.chat.example:8443/oauth2/token"),
        ("htu-user", "https://user@auth.chat.example/oauth2/token"),
        ("htu-relative", "/oauth2/token"),
        ("htu-empty", ""),
    ] {
        let about = case(id, &format!("`htu` is {htu:?}."), SPEC, &["R9449-014", "R9449-015", "R9449-020"]);
        refuses(group, "good", &[], [row(about, proof().claim("htu", htu), "proof_uri_mismatch")]);
    }
}

fn times(group: &mut GroupBuilder<'_>) {
    let req: &[&str] = &["R9449-017", "R9449-020"];
    for (id, iat) in [("oldest", NOW - WINDOW), ("newest", NOW + WINDOW)] {
        accepts(
            group,
            case(id, "The edge of the window of 60 s.", SPEC, &["R9449-017"]),
            &proof().claim("iat", iat),
            &[],
        );
    }
    for (id, iat, code) in [
        ("too-old", json!(NOW - WINDOW - 1), "token_too_old"),
        ("long-ago", json!(0), "token_too_old"),
        ("before-the-epoch", json!(-1), "token_too_old"),
        ("ahead", json!(NOW + WINDOW + 1), "token_issued_in_future"),
        ("far-ahead", json!(4_000_000_000_u64), "token_issued_in_future"),
        ("iat-string", json!(NOW.to_string()), "claim_malformed"),
    ] {
        let about = case(id, &format!("`iat` is {iat}, the time {NOW}."), SPEC, req);
        refuses(group, "good", &[], [row(about, proof().claim("iat", iat), code)]);
    }
}
