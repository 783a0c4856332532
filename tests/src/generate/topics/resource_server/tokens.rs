//! RFC 9068 §4: which access token is accepted.

use serde_json::{Value, json};

use super::{call, claims, config, output, post, server_keys, token};
use crate::format::Topic;
use crate::generate::dsl::{TopicBuilder, case, fails, with};
use crate::generate::keys::{ATTACKER, IDP, RAS, jwks};
use crate::generate::mint::{Jws, break_signature};
use crate::generate::scene::{NOW, RAS_ISSUER, RESOURCE, RESOURCE2};

/// Claims and headers, one at a time.
pub fn topic() -> Topic {
    let mut topic = TopicBuilder::new("resource_server.access", "tokens");
    let mut group = topic.group("One resource, one trusted server.", config(), server_keys(), NOW);
    let audience = |aud: Value| with(&output(), &[("claims/aud", aud)]);
    group
        .valid(
            case(
                "good",
                "A good token for a tool that it may call.",
                "RFC 9068 §4",
                &["MCP-018", "R9068-017"],
            ),
            call(&token()).input(),
            output(),
        )
        .valid(
            case("aud-array", "This resource among others.", "RFC 9068 §4", &["R9068-017"]),
            call(&token().claim("aud", json!([RESOURCE2, RESOURCE]))).input(),
            audience(json!([RESOURCE2, RESOURCE])),
        )
        .valid(
            case(
                "typ-prefix",
                "The type with its prefix, in upper case.",
                "RFC 9068 §4",
                &["R9068-014", "AMB-009"],
            ),
            call(&token().header("typ", "Application/AT+JWT")).input(),
            output(),
        )
        .valid(
            case(
                "everything",
                "Details, actor, sign-on and further claims are carried.",
                "RFC 9068 §2.2",
                &["R8693-014", "R8693-016"],
            ),
            call(&rich()).input(),
            rich_output(),
        );
    for (id, comment, req, token, code) in rows() {
        group.invalid(
            case(id, comment, "RFC 9068 §4", req),
            "good",
            call(&token).input(),
            fails(code, "invalid_token"),
        );
    }
    let bearer = |text: &str| post(super::CALL).header("Authorization", format!("Bearer {text}")).input();
    for (id, comment, req, text, code) in [
        (
            "broken",
            "One bit of the signature is flipped.",
            &["R9068-018", "MCP-019", "EMAP12-013"][..],
            break_signature(&token().compact()),
            "signature_invalid",
        ),
        ("opaque", "No JWT at all.", &["R9068-021"], "an-opaque-access-token".to_owned(), "token_malformed"),
        ("encrypted", "An encrypted token.", &["R9068-021"], "a.b.c.d.e".to_owned(), "token_encrypted"),
        ("large", "More than 16 KiB.", &["R9068-021"], "a".repeat(16 * 1024 + 1), "token_too_large"),
    ] {
        group.invalid(
            case(id, comment, "RFC 9068 §4", req),
            "good",
            bearer(&text),
            fails(code, "invalid_token"),
        );
    }
    group
        .valid(
            case(
                "exp-edge",
                "The last second that the tolerance gives.",
                "RFC 9068 §4",
                &["R9068-020", "AMB-026"],
            )
            .at(NOW + 659),
            call(&token()).input(),
            with(&output(), &[("record/time", json!(NOW + 659))]),
        )
        .invalid(
            case("expired", "One second later.", "RFC 9068 §4", &["R9068-020", "MCP-019", "AMB-026"])
                .at(NOW + 660),
            "exp-edge",
            call(&token()).input(),
            fails("token_expired", "invalid_token"),
        );
    topic
        .group("The keys of the server cannot be had.", config(), crate::generate::dsl::keys(), NOW)
        .invalid(
            case("no-keys", "Nothing is decided.", "RFC 6749 §4.1.2.1", &["R9068-019"]),
            "good",
            call(&token()).input(),
            fails("keys_unavailable", "temporarily_unavailable"),
        );
    names(&mut topic);
    relaxed(&mut topic);
    rs256(&mut topic);
    topic.finish()
}

type Row = (&'static str, &'static str, &'static [&'static str], Jws, &'static str);

fn rows() -> Vec<Row> {
    let t = token;
    vec![
        ("typ-jwt", "The type says nothing.", &["R9068-014"], t().header("typ", "JWT"), "typ_mismatch"),
        ("typ-absent", "No type.", &["R9068-014"], t().without_header("typ"), "typ_mismatch"),
        (
            "typ-grant",
            "An ID-JAG.",
            &["R9068-014", "JAG-054"],
            t().header("typ", "oauth-id-jag+jwt"),
            "typ_mismatch",
        ),
        ("typ-proof", "A proof.", &["R9068-014"], t().header("typ", "dpop+jwt"), "typ_mismatch"),
        ("typ-space", "The type with a space.", &["AMB-009"], t().header("typ", "at+jwt "), "typ_mismatch"),
        (
            "typ-other-tree",
            "The type in another tree.",
            &["AMB-009"],
            t().header("typ", "x/at+jwt"),
            "typ_mismatch",
        ),
        ("no-iss", "No issuer.", &["R9068-016", "AMB-032"], t().without("iss"), "claim_missing"),
        (
            "iss-slash",
            "The issuer without its slash.",
            &["R9068-016", "AMB-008"],
            t().claim("iss", RAS_ISSUER.trim_end_matches('/')),
            "issuer_untrusted",
        ),
        (
            "iss-case",
            "The issuer in another case.",
            &["R9068-016", "AMB-008"],
            t().claim("iss", "https://AUTH.chat.example/"),
            "issuer_untrusted",
        ),
        (
            "iss-other",
            "Another issuer.",
            &["R9068-016"],
            t().claim("iss", "https://auth.other.example/"),
            "issuer_untrusted",
        ),
        ("no-aud", "No audience.", &["R9068-017", "AMB-032"], t().without("aud"), "claim_missing"),
        (
            "aud-none",
            "No audience in the array.",
            &["R9068-017"],
            t().claim("aud", json!([])),
            "audience_mismatch",
        ),
        (
            "aud-other",
            "A token for another resource.",
            &["MCP-018", "MCP-021", "R9068-017"],
            t().claim("aud", RESOURCE2),
            "audience_mismatch",
        ),
        (
            "aud-slash",
            "The resource without its slash.",
            &["AMB-008", "R9068-017"],
            t().claim("aud", "https://mcp.chat.example"),
            "audience_mismatch",
        ),
        (
            "aud-issuer",
            "A token for the authorization server.",
            &["MCP-021"],
            t().claim("aud", RAS_ISSUER),
            "audience_mismatch",
        ),
        ("no-exp", "It never expires.", &["R9068-020", "AMB-032"], t().without("exp"), "claim_missing"),
        ("no-sub", "No subject.", &["AMB-032"], t().without("sub"), "claim_missing"),
        ("no-client-id", "No client.", &["AMB-032"], t().without("client_id"), "claim_missing"),
        ("no-iat", "No `iat`.", &["AMB-032"], t().without("iat"), "claim_missing"),
        ("no-jti", "No `jti`.", &["AMB-032"], t().without("jti"), "claim_missing"),
        (
            "issued-in-future",
            "Issued in the future.",
            &["AMB-026"],
            t().claim("iat", NOW + 61),
            "token_issued_in_future",
        ),
        ("nbf", "Not valid yet.", &["MCP-019"], t().claim("nbf", NOW + 61), "token_not_yet_valid"),
        (
            "other-signer",
            "Another key signed it.",
            &["R9068-018", "R9068-019"],
            t().signed_by(ATTACKER.es256()),
            "signature_invalid",
        ),
        (
            "unknown-kid",
            "A key that the server does not have.",
            &["R9068-019"],
            t().header("kid", "attacker-es256"),
            "key_unknown",
        ),
        (
            "header-key",
            "A key in the header is not looked at.",
            &["R9068-019"],
            t().header("jwk", ATTACKER.es256().bare_jwk()).signed_by(ATTACKER.es256()),
            "signature_invalid",
        ),
        (
            "alg-none",
            "It claims to be unsigned.",
            &["R9068-018", "AMB-013"],
            t().header("alg", "none"),
            "algorithm_not_allowed",
        ),
        (
            "scope-array",
            "`scope` is an array.",
            &["R9068-021"],
            t().claim("scope", json!(["chat.read"])),
            "claim_malformed",
        ),
        ("act-text", "`act` is a string.", &["R8693-014"], t().claim("act", "agent-7"), "claim_malformed"),
        (
            "act-noise-only",
            "`act` holds `exp` and names nobody.",
            &["R8693-016"],
            t().claim("act", json!({"exp": NOW + 600})),
            "claim_malformed",
        ),
        (
            "details-untyped",
            "A detail without a type.",
            &["R9396-001"],
            t().claim("authorization_details", json!([{"actions": ["read"]}])),
            "details_malformed",
        ),
        (
            "details-mistyped",
            "`actions` is a string.",
            &["R9396-006"],
            t().claim("authorization_details", json!([{"type": "channel", "actions": "read"}])),
            "details_invalid",
        ),
        (
            "cnf-certificate",
            "Bound in a way that is not understood.",
            &["AMB-003"],
            t().claim("cnf", json!({"x5t#S256": "bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg2"})),
            "confirmation_unsupported",
        ),
        (
            "cnf-empty",
            "Bound to nothing.",
            &["AMB-003"],
            t().claim("cnf", json!({})),
            "confirmation_unsupported",
        ),
        (
            "duplicate-claim",
            "`aud` twice.",
            &["AMB-028", "MCP-019"],
            t().duplicate_claim("aud", RESOURCE),
            "duplicate_member",
        ),
    ]
}

fn rich() -> Jws {
    token()
        .claim(
            "act",
            json!({"iss": "https://agents.example", "sub": "agent-7", "exp": 1, "act": {"sub": "agent-6"}}),
        )
        .claim("authorization_details", json!([{"type": "channel", "actions": ["read"]}]))
        .claim("auth_time", NOW - 100)
        .claim("acr", "urn:acr:mfa")
        .claim("amr", json!(["pwd", "otp"]))
        .claim("jag_jti", "jag-1")
        .claim("plan", "gold")
}

fn rich_output() -> Value {
    with(
        &output(),
        &[
            (
                "claims/act",
                json!({"iss": "https://agents.example", "sub": "agent-7", "prior": [{"sub": "agent-6"}]}),
            ),
            ("claims/authorization_details", json!([{"type": "channel", "actions": ["read"]}])),
            ("claims/auth_time", json!(NOW - 100)),
            ("claims/acr", json!("urn:acr:mfa")),
            ("claims/amr", json!(["pwd", "otp"])),
            ("claims/jag_jti", json!("jag-1")),
            ("claims/plan", json!("gold")),
            (
                "record/actor",
                json!({"iss": "https://agents.example", "sub": "agent-7", "act": {"sub": "agent-6"}}),
            ),
            ("record/auth_time", json!(NOW - 100)),
            ("record/acr", json!("urn:acr:mfa")),
            ("record/grant_id", json!("jag-1")),
        ],
    )
}

/// AMB-008: other names of the resource, by configuration.
fn names(topic: &mut TopicBuilder) {
    let named = |aud: &str| with(&output(), &[("claims/aud", json!([aud]))]);
    for (id, invalid, comment, member, value, aud, refused) in [
        (
            "alias",
            "alias-case",
            "The resource has a further identifier.",
            "resource_aliases",
            json!(["urn:chat"]),
            "urn:chat",
            "urn:CHAT",
        ),
        (
            "normalized",
            "normalized-path",
            "Identifiers are normalised.",
            "normalize_resource",
            json!(true),
            "https://MCP.chat.example:443/",
            "https://MCP.chat.example:443/x",
        ),
    ] {
        let config = with(&config(), &[(&format!("server/{member}"), value)]);
        topic
            .group(comment, config, server_keys(), NOW)
            .valid(
                case(id, comment, "DESIGN §3.9", &["AMB-008"]),
                call(&token().claim("aud", aud)).input(),
                named(aud),
            )
            .invalid(
                case(invalid, "Another identifier.", "DESIGN §3.9", &["AMB-008", "R9068-017"]),
                id,
                call(&token().claim("aud", refused)).input(),
                fails("audience_mismatch", "invalid_token"),
            );
    }
}

/// AMB-032: what one server is excused from, by name.
fn relaxed(topic: &mut TopicBuilder) {
    let gone = |name: &str, field: Option<&str>| {
        let output = with(&output(), &[(&format!("claims/{name}"), Value::Null)]);
        field.map_or(output.clone(), |field| with(&output, &[(&format!("record/{field}"), Value::Null)]))
    };
    let excused =
        |what: &str| with(&config(), &[("server/authorization_servers/0/relaxed", json!({what: true}))]);
    for (id, invalid, relaxation, claim, field) in [
        ("excused-sub", "excused-sub-only", "subject", "sub", Some("subject")),
        ("excused-client-id", "excused-client-id-only", "client_id", "client_id", Some("client_id")),
        ("excused-iat", "excused-iat-only", "issued_at", "iat", None),
        ("excused-jti", "excused-jti-only", "token_id", "jti", Some("token_id")),
    ] {
        topic
            .group(&format!("The server is excused from `{claim}`."), excused(relaxation), server_keys(), NOW)
            .valid(
                case(id, "A token without it.", "DESIGN §14", &["AMB-032"]),
                call(&token().without(claim)).input(),
                gone(claim, field),
            )
            .invalid(
                case(invalid, "A token without `exp` too.", "DESIGN §14", &["AMB-032"]),
                id,
                call(&token().without(claim).without("exp")).input(),
                fails("claim_missing", "invalid_token"),
            );
    }
    topic
        .group("The server is excused from the type.", excused("typ"), server_keys(), NOW)
        .valid(
            case("excused-typ", "A token of type JWT.", "DESIGN §14", &["AMB-032"]),
            call(&token().header("typ", "JWT")).input(),
            output(),
        )
        .invalid(
            case("excused-typ-only", "An ID-JAG is still none.", "DESIGN §14", &["AMB-032", "R9068-014"]),
            "excused-typ",
            call(&token().header("typ", "oauth-id-jag+jwt")).input(),
            fails("typ_mismatch", "invalid_token"),
        );
}

fn rs256(topic: &mut TopicBuilder) {
    let config = with(&config(), &[("server/authorization_servers/0/algorithms", json!(["RS256"]))]);
    let token = Jws::new(RAS.rs256(), "at+jwt", &claims());
    let keys = crate::generate::dsl::keys().set(RAS_ISSUER, jwks(&[RAS.rs256()]));
    topic
        .group("The server signs with RS256.", config, keys, NOW)
        .valid(
            case("rs256", "RS256 is mandatory to implement.", "RFC 9068 §2.1", &["R9068-002", "AMB-012"]),
            call(&token).input(),
            output(),
        )
        .invalid(
            case("rs256-broken", "One bit is flipped.", "RFC 9068 §4", &["R9068-002", "R9068-018"]),
            "rs256",
            post(super::CALL)
                .header("Authorization", format!("Bearer {}", break_signature(&token.compact())))
                .input(),
            fails("signature_invalid", "invalid_token"),
        );
    let _ = IDP;
}
