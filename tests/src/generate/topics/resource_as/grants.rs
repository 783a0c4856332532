//! ID-JAG §4.4.1, RFC 7521 §5.2, RFC 7523 §3: which ID-JAG is redeemed.

use serde_json::{Value, json};

use super::{config, grant, output, redeem, redeem_text, server_keys};
use crate::format::Topic;
use crate::generate::dsl::{TopicBuilder, case, fails, keys, with};
use crate::generate::keys::{ATTACKER, IDP, OTHER_IDP, RAS, jwks};
use crate::generate::mint::{Jws, break_signature};
use crate::generate::scene::{
    CLIENT_ID, CLIENT2_ID, IDP_ISSUER, NOW, OTHER_IDP_ISSUER, RAS_ISSUER, RAS_TOKEN_ENDPOINT, RESOURCE,
    RESOURCE2,
};

type Row = (&'static str, &'static str, &'static [&'static str], Jws, &'static str);

/// Claims of an ID-JAG, one at a time.
pub fn claims() -> Topic {
    let mut topic = TopicBuilder::new("resource_as.token", "claims");
    let mut group =
        topic.group("One trusted issuer, one resource, one client.", config(), server_keys(), NOW);
    group.valid(
        case(
            "good",
            "An ID-JAG becomes an access token for the resource it names.",
            "ID-JAG §4.4",
            &["JAG-074", "EMA-016", "R9068-004"],
        ),
        redeem(&grant()).input(),
        output(),
    );
    group.valid(
        case("aud-array", "The audience in an array of one.", "ID-JAG §4.4.1", &["JAG-067"]),
        redeem(&grant().claim("aud", json!([RAS_ISSUER]))).input(),
        output(),
    );
    let carried = json!({"auth_time": NOW - 100, "acr": "urn:acr:mfa", "amr": ["pwd", "otp"]});
    let with_sign_on = carried
        .as_object()
        .expect("claims")
        .iter()
        .fold(grant(), |grant, (name, value)| grant.claim(name, value.clone()));
    group.valid(
        case("sign-on", "What is known of the sign-on is carried unchanged.", "RFC 9068 §2.2.1", &[]),
        redeem(&with_sign_on).input(),
        with(
            &output(),
            &[
                ("body/access_token/claims/auth_time", json!(NOW - 100)),
                ("body/access_token/claims/acr", json!("urn:acr:mfa")),
                ("body/access_token/claims/amr", json!(["pwd", "otp"])),
                ("record/auth_time", json!(NOW - 100)),
                ("record/acr", json!("urn:acr:mfa")),
            ],
        ),
    );
    let act = json!({"iss": IDP_ISSUER, "sub": "agent-7", "act": {"sub": "agent-6"}});
    group.valid(
        case(
            "actor",
            "Who acts for the user is carried on, prior actors as history.",
            "RFC 8693 §4.1",
            &["R8693-014", "R8693-015"],
        ),
        redeem(&grant().claim("act", act.clone())).input(),
        with(&output(), &[("body/access_token/claims/act", act.clone()), ("record/actor", act.clone())]),
    );
    let noisy = json!({"iss": IDP_ISSUER, "sub": "agent-7", "exp": 1, "nbf": NOW + 9999, "aud": "https://nobody.example", "act": {"sub": "agent-6"}});
    group.valid(
        case(
            "actor-noise",
            "`exp`, `nbf` and `aud` inside `act` mean nothing and are not carried on.",
            "RFC 8693 §4.1",
            &["R8693-016"],
        ),
        redeem(&grant().claim("act", noisy)).input(),
        with(&output(), &[("body/access_token/claims/act", act.clone()), ("record/actor", act)]),
    );
    for (id, comment, req, grant, code) in rows() {
        group.invalid(
            case(id, comment, "ID-JAG §4.4.1", req),
            "good",
            redeem(&grant).input(),
            fails(code, "invalid_grant"),
        );
    }
    times(&mut topic);
    topic.finish()
}

fn rows() -> Vec<Row> {
    let g = grant;
    vec![
        ("no-iss", "No issuer.", &["JAG-001", "R7523-002", "EMA-010"], g().without("iss"), "claim_missing"),
        ("iss-number", "The issuer is a number.", &["JAG-001"], g().claim("iss", 1), "claim_malformed"),
        (
            "iss-slash",
            "The issuer with a slash more.",
            &["R7523-002", "AMB-008"],
            g().claim("iss", format!("{IDP_ISSUER}/")),
            "issuer_untrusted",
        ),
        (
            "iss-case",
            "The issuer in another case.",
            &["R7523-002", "AMB-008"],
            g().claim("iss", "https://ACME.idp.example"),
            "issuer_untrusted",
        ),
        (
            "iss-unknown",
            "An issuer that nobody configured.",
            &["JAG-024"],
            g().claim("iss", OTHER_IDP_ISSUER),
            "issuer_untrusted",
        ),
        (
            "iss-self",
            "An ID-JAG by the server itself.",
            &["JAG-095", "AMB-021"],
            g().claim("iss", RAS_ISSUER),
            "self_issued",
        ),
        ("no-sub", "No subject.", &["JAG-002", "R7523-003", "EMA-010"], g().without("sub"), "claim_missing"),
        ("sub-empty", "An empty subject.", &["JAG-002"], g().claim("sub", ""), "claim_malformed"),
        ("sub-number", "The subject is a number.", &["JAG-002"], g().claim("sub", 42), "claim_malformed"),
        (
            "sub-unknown",
            "A subject that the server does not know.",
            &["CHAIN-004", "AMB-022", "JAG-005"],
            g().claim("sub", "somebody-else"),
            "subject_unknown",
        ),
        ("no-aud", "No audience.", &["JAG-006", "JAG-068", "EMA-010"], g().without("aud"), "claim_missing"),
        (
            "aud-endpoint",
            "The token endpoint as audience.",
            &["JAG-066", "JAG-068", "R7523-005"],
            g().claim("aud", RAS_TOKEN_ENDPOINT),
            "audience_mismatch",
        ),
        (
            "aud-other",
            "Another server as audience.",
            &["JAG-066", "JAG-068"],
            g().claim("aud", "https://auth.other.example/"),
            "audience_mismatch",
        ),
        (
            "aud-resource",
            "The resource as audience.",
            &["JAG-066", "JAG-068"],
            g().claim("aud", RESOURCE),
            "audience_mismatch",
        ),
        (
            "aud-no-slash",
            "The audience without its slash.",
            &["JAG-066", "AMB-008"],
            g().claim("aud", RAS_ISSUER.trim_end_matches('/')),
            "audience_mismatch",
        ),
        (
            "aud-none",
            "An empty array.",
            &["JAG-067", "JAG-068"],
            g().claim("aud", json!([])),
            "audience_mismatch",
        ),
        (
            "aud-two",
            "A second audience.",
            &["JAG-067", "JAG-068"],
            g().claim("aud", json!([RAS_ISSUER, "https://auth.other.example/"])),
            "audience_mismatch",
        ),
        (
            "aud-twice",
            "The same audience twice.",
            &["JAG-067", "JAG-068"],
            g().claim("aud", json!([RAS_ISSUER, RAS_ISSUER])),
            "audience_mismatch",
        ),
        (
            "aud-nested",
            "An array in an array.",
            &["JAG-067", "JAG-068"],
            g().claim("aud", json!([[RAS_ISSUER]])),
            "claim_malformed",
        ),
        (
            "aud-number",
            "A number in the array.",
            &["JAG-067", "JAG-068"],
            g().claim("aud", json!([1])),
            "claim_malformed",
        ),
        ("no-client-id", "No client.", &["JAG-007", "EMA-010"], g().without("client_id"), "claim_missing"),
        (
            "client-id-number",
            "The client is a number.",
            &["JAG-007", "R8693-018"],
            g().claim("client_id", 7),
            "claim_malformed",
        ),
        (
            "client-id-other",
            "An ID-JAG for another client.",
            &["JAG-069", "JAG-070", "EMA-015"],
            g().claim("client_id", CLIENT2_ID),
            "client_mismatch",
        ),
        (
            "client-id-case",
            "The client in upper case.",
            &["JAG-069", "JAG-070"],
            g().claim("client_id", CLIENT_ID.to_uppercase()),
            "client_mismatch",
        ),
        ("no-jti", "No `jti`.", &["JAG-009", "EMA-010"], g().without("jti"), "claim_missing"),
        ("jti-empty", "An empty `jti`.", &["JAG-009"], g().claim("jti", ""), "claim_malformed"),
        ("jti-number", "`jti` is a number.", &["JAG-009"], g().claim("jti", 1), "claim_malformed"),
        (
            "jti-long",
            "A `jti` of 257 bytes.",
            &["JAG-009"],
            g().claim("jti", "j".repeat(257)),
            "claim_malformed",
        ),
        (
            "no-exp",
            "It never expires.",
            &["JAG-010", "R7523-006", "EMA-010"],
            g().without("exp"),
            "claim_missing",
        ),
        (
            "exp-text",
            "`exp` is a string.",
            &["JAG-010"],
            g().claim("exp", (NOW + 300).to_string()),
            "claim_malformed",
        ),
        ("no-iat", "No `iat`.", &["JAG-011", "EMA-010"], g().without("iat"), "claim_missing"),
        (
            "iat-text",
            "`iat` is a string.",
            &["JAG-011"],
            g().claim("iat", NOW.to_string()),
            "claim_malformed",
        ),
        (
            "lifetime",
            "It lives longer than an hour.",
            &["EMAP12-007", "AMB-025"],
            g().claim("exp", NOW + 3601),
            "lifetime_too_long",
        ),
        ("nbf", "It is not valid yet.", &["R7523-008"], g().claim("nbf", NOW + 61), "token_not_yet_valid"),
        (
            "typ-jwt",
            "The type says nothing.",
            &["JAG-065", "EMA-012"],
            g().header("typ", "JWT"),
            "typ_mismatch",
        ),
        ("typ-absent", "No type: an ID Token, say.", &["JAG-065"], g().without_header("typ"), "typ_mismatch"),
        (
            "typ-access-token",
            "The type of an access token.",
            &["JAG-065"],
            g().header("typ", "at+jwt"),
            "typ_mismatch",
        ),
        ("typ-proof", "The type of a proof.", &["JAG-065"], g().header("typ", "dpop+jwt"), "typ_mismatch"),
        (
            "typ-logout",
            "The type of a logout token.",
            &["JAG-065"],
            g().header("typ", "logout+jwt"),
            "typ_mismatch",
        ),
        (
            "other-signer",
            "Another key signed it.",
            &["R7523-012", "JAG-064", "R7521-001"],
            g().signed_by(ATTACKER.es256()),
            "signature_invalid",
        ),
        (
            "unknown-kid",
            "A key that the issuer does not have.",
            &["EMAP12-006"],
            g().header("kid", "idp-next-es256"),
            "key_unknown",
        ),
        ("hs256", "A MAC.", &["EMAP12-005", "AMB-013"], g().header("alg", "HS256"), "algorithm_not_allowed"),
        (
            "alg-none",
            "It claims to be unsigned.",
            &["EMAP12-005", "AMB-013"],
            g().header("alg", "none"),
            "algorithm_not_allowed",
        ),
        (
            "alg-not-allowed",
            "An algorithm that the issuer may not use.",
            &["EMAP12-005"],
            g().header("alg", "ES384"),
            "algorithm_not_allowed",
        ),
        (
            "critical",
            "A critical header that nobody understands.",
            &["JAG-064"],
            g().header("crit", json!(["x-corp"])),
            "critical_header_unsupported",
        ),
        (
            "duplicate-claim",
            "`sub` twice.",
            &["AMB-028", "R7523-013"],
            g().duplicate_claim("sub", "somebody-else"),
            "duplicate_member",
        ),
        (
            "scope-array",
            "`scope` is an array.",
            &["R8693-017"],
            g().claim("scope", json!(["chat.read"])),
            "claim_malformed",
        ),
        (
            "resource-fragment",
            "The resource has a fragment.",
            &["EMA-011"],
            g().claim("resource", format!("{RESOURCE}#x")),
            "claim_malformed",
        ),
        (
            "resource-none",
            "An empty array of resources.",
            &["JAG-071"],
            g().claim("resource", json!([])),
            "claim_malformed",
        ),
        (
            "resource-unknown",
            "A resource of another server.",
            &["AMB-006", "EMAP12-015", "EMA-011"],
            g().claim("resource", RESOURCE2),
            "grant_resource_unknown",
        ),
        (
            "resource-one-unknown",
            "One of two resources is another server's.",
            &["EMAP12-015", "JAG-071"],
            g().claim("resource", json!([RESOURCE, RESOURCE2])),
            "grant_resource_unknown",
        ),
        ("act-text", "`act` is a string.", &["R8693-014"], g().claim("act", "agent-7"), "claim_malformed"),
        (
            "act-array",
            "`act` is an array.",
            &["R8693-014"],
            g().claim("act", json!([{"sub": "agent-7"}])),
            "claim_malformed",
        ),
        (
            "act-no-sub",
            "`act` names nobody.",
            &["R8693-014", "R8693-016"],
            g().claim("act", json!({"exp": NOW + 300})),
            "claim_malformed",
        ),
        ("act-deep", "Five actors.", &["R8693-014"], g().claim("act", chain(5)), "claim_malformed"),
        (
            "cnf-empty",
            "`cnf` says nothing.",
            &["AMB-003"],
            g().claim("cnf", json!({})),
            "confirmation_unsupported",
        ),
        (
            "cnf-certificate",
            "`cnf` names a certificate.",
            &["AMB-003"],
            g().claim("cnf", json!({"x5t#S256": "bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg2"})),
            "confirmation_unsupported",
        ),
        ("cnf-text", "`cnf` is a string.", &["AMB-003"], g().claim("cnf", "key"), "claim_malformed"),
    ]
}

fn chain(depth: usize) -> Value {
    (1..depth).fold(json!({"sub": "agent-0"}), |act, at| json!({"sub": format!("agent-{at}"), "act": act}))
}

/// The edges of `exp`, `iat` and `nbf` with the default tolerance of 60 seconds.
fn times(topic: &mut TopicBuilder) {
    let mut group = topic.group("The same server at other times.", config(), server_keys(), NOW);
    let at = |now: u64| {
        with(
            &output(),
            &[
                ("body/access_token/claims/iat", json!(now)),
                ("body/access_token/claims/exp", json!(now + 600)),
                ("record/time", json!(now)),
                ("record/expires_at", json!(now + 600)),
            ],
        )
    };
    group
        .valid(
            case(
                "exp-edge",
                "The last second that the tolerance gives.",
                "RFC 7519 §4.1.4",
                &["R7523-006", "AMB-026"],
            )
            .at(NOW + 359),
            redeem(&grant()).input(),
            at(NOW + 359),
        )
        .invalid(
            case("expired", "One second later.", "RFC 7519 §4.1.4", &["R7523-006", "R7521-001", "R7523-015"])
                .at(NOW + 360),
            "exp-edge",
            redeem(&grant()).input(),
            fails("token_expired", "invalid_grant"),
        )
        .valid(
            case("iat-edge", "An issuer whose clock is 60 seconds ahead.", "RFC 7519 §4.1.6", &["AMB-026"])
                .at(NOW - 60),
            redeem(&grant()).input(),
            at(NOW - 60),
        )
        .invalid(
            case("issued-in-future", "61 seconds ahead.", "RFC 7519 §4.1.6", &["AMB-026"]).at(NOW - 61),
            "iat-edge",
            redeem(&grant()).input(),
            fails("token_issued_in_future", "invalid_grant"),
        );
}

/// The text of the assertion, its keys and its algorithms.
pub fn signatures() -> Topic {
    let mut topic = TopicBuilder::new("resource_as.token", "signatures");
    let mut group = topic.group("One trusted issuer with an ES256 key.", config(), server_keys(), NOW);
    let good = grant().compact();
    let send = |text: &str| redeem_text(text).basic(CLIENT_ID, super::endpoints::SECRET).input();
    group.valid(case("good", "A good ID-JAG.", "RFC 7523 §3", &["CHAIN-003"]), send(&good), output()).valid(
        case("typ-spelling", "The type with its prefix, in upper case.", "RFC 7515 §4.1.9", &["AMB-009"]),
        redeem(&grant().header("typ", "Application/OAuth-ID-JAG+JWT")).input(),
        output(),
    );
    for (id, comment, req, text, code) in [
        (
            "broken",
            "One bit of the signature is flipped.",
            &["R7523-012", "R7523-015"][..],
            break_signature(&good),
            "signature_invalid",
        ),
        ("garbage", "No JWT at all.", &["R7523-013", "R7521-001"], "garbage".to_owned(), "token_malformed"),
        (
            "two-tokens",
            "Two JWTs, separated by a space.",
            &["R7523-001"],
            format!("{good} {good}"),
            "token_malformed",
        ),
        (
            "encrypted",
            "Five segments: an encrypted token.",
            &["AMB-029"],
            "a.b.c.d.e".to_owned(),
            "token_encrypted",
        ),
        (
            "unsigned",
            "No signature.",
            &["R7523-012", "AMB-013"],
            format!("{}.", good.rsplit_once('.').expect("a token").0),
            "token_malformed",
        ),
        (
            "large",
            "A token of more than 16 KiB.",
            &["R7523-013"],
            format!("{good}{}", "A".repeat(16 * 1024)),
            "token_too_large",
        ),
    ] {
        group.invalid(
            case(id, comment, "RFC 7523 §3", req),
            "good",
            send(&text),
            fails(code, "invalid_grant"),
        );
    }
    group
        .invalid(
            case("typ-parameter", "The type with a parameter.", "RFC 7515 §4.1.9", &["AMB-009"]),
            "good",
            redeem(&grant().header("typ", "oauth-id-jag+jwt; x=1")).input(),
            fails("typ_mismatch", "invalid_grant"),
        )
        .invalid(
            case("header-key", "A key in the header is not looked at.", "RFC 8725 §3.1", &["EMAP12-006"]),
            "good",
            redeem(&grant().header("jwk", ATTACKER.es256().bare_jwk()).signed_by(ATTACKER.es256())).input(),
            fails("signature_invalid", "invalid_grant"),
        );
    topic
        .group("The keys of the issuer cannot be had.", config(), keys().private("server", RAS.es256()), NOW)
        .invalid(
            case(
                "no-keys",
                "Nothing is decided, and nothing is spent.",
                "RFC 6749 §4.1.2.1",
                &["EMAP12-006"],
            ),
            "good",
            send(&good),
            fails("keys_unavailable", "temporarily_unavailable"),
        );
    let rs256 = Jws::new(
        IDP.rs256(),
        "oauth-id-jag+jwt",
        &json!({
            "iss": IDP_ISSUER, "sub": crate::generate::scene::SUBJECT, "aud": RAS_ISSUER, "client_id": CLIENT_ID, "jti": "jag-1",
            "iat": NOW, "exp": NOW + 300, "resource": RESOURCE, "scope": "chat.read chat.history",
        }),
    );
    let rsa_keys = || keys().set(IDP_ISSUER, jwks(&[IDP.rs256()])).private("server", RAS.es256());
    let allowed = with(&config(), &[("server/trusted_issuers/0/algorithms", json!(["RS256"]))]);
    topic
        .group("The issuer signs with RS256.", allowed, rsa_keys(), NOW)
        .valid(
            case("rs256", "RS256 is mandatory to implement.", "RFC 7523 §5", &["R7523-016", "AMB-012"]),
            redeem(&rs256).input(),
            output(),
        )
        .invalid(
            case("rs256-broken", "One bit is flipped.", "RFC 7523 §3", &["R7523-016"]),
            "rs256",
            send(&break_signature(&rs256.compact())),
            fails("signature_invalid", "invalid_grant"),
        );
    topic.group("The issuer may sign with ES256 only.", config(), rsa_keys(), NOW).invalid(
        case(
            "rs256-not-allowed",
            "The allow-list leaves RS256 out.",
            "RFC 8725 §3.1",
            &["AMB-012", "EMAP12-005"],
        ),
        "rs256",
        redeem(&rs256).input(),
        fails("algorithm_not_allowed", "invalid_grant"),
    );
    two_issuers(&mut topic);
    topic.finish()
}

/// Each issuer has its own keys and its own users.
fn two_issuers(topic: &mut TopicBuilder) {
    let config = with(
        &config(),
        &[
            ("server/trusted_issuers/1", json!({"issuer": OTHER_IDP_ISSUER, "clients": [CLIENT_ID]})),
            (
                "accounts/1",
                json!({"issuer": OTHER_IDP_ISSUER, "subject": crate::generate::scene::SUBJECT, "account": {"subject": "user-2"}}),
            ),
        ],
    );
    let both = server_keys().set(OTHER_IDP_ISSUER, jwks(&[OTHER_IDP.es256()]));
    let of_other = grant().header("kid", "other-idp-es256").claim("iss", OTHER_IDP_ISSUER);
    topic
        .group("Two trusted issuers.", config, both, NOW)
        .valid(
            case(
                "same-sub-other-issuer",
                "The same `sub` of another issuer is another user.",
                "ID-JAG §3.1",
                &["JAG-005", "AMB-022"],
            ),
            redeem(&of_other.clone().signed_by(OTHER_IDP.es256())).input(),
            with(
                &output(),
                &[
                    ("body/access_token/claims/sub", json!("user-2")),
                    ("record/issuer", json!(OTHER_IDP_ISSUER)),
                ],
            ),
        )
        .invalid(
            case(
                "key-of-other-issuer",
                "One issuer's key does not sign for another.",
                "RFC 7523 §3",
                &["EMAP12-006", "R7523-012"],
            ),
            "same-sub-other-issuer",
            redeem(&of_other.signed_by(IDP.es256())).input(),
            fails("signature_invalid", "invalid_grant"),
        );
}
