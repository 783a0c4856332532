//! RFC 9449 §4.3: a proof with each defect it can have, for whoever checks one.

use serde_json::{Value, json};

use super::{Endpoint, headers_with_nonce};
use crate::format::Topic;
use crate::generate::dsl::{TopicBuilder, case, fails, with};
use crate::generate::keys::{ATTACKER, CLIENT};
use crate::generate::mint::{Jws, break_signature};
use crate::generate::scene::NOW;

/// A proof with one defect: id, what it is, what it shows, the values of the DPoP fields, the error code.
pub type Defect = (&'static str, &'static str, &'static [&'static str], Vec<String>, &'static str);

/// `good`, a proof for `url`, with every defect that does not need another key set, nonce or time window.
pub fn defects(good: &Jws, url: &str) -> Vec<Defect> {
    let one = |proof: Jws| vec![proof.compact()];
    let compact = good.compact();
    let private = CLIENT.es256().private_jwk();
    let mut found: Vec<Defect> = vec![
        (
            "proof-twice",
            "Two DPoP fields.",
            &["R9449-006"],
            vec![compact.clone(), compact.clone()],
            "proof_repeated",
        ),
        (
            "proof-joined",
            "Two proofs in one field.",
            &["R9449-006", "R9449-007"],
            vec![format!("{compact}, {compact}")],
            "token_malformed",
        ),
        ("proof-garbage", "No JWT at all.", &["R9449-007"], vec!["garbage".into()], "token_malformed"),
        ("proof-empty", "An empty field.", &["R9449-007"], vec![String::new()], "token_malformed"),
        (
            "proof-typ-jwt",
            "The type says nothing.",
            &["R9449-009"],
            one(good.clone().header("typ", "JWT")),
            "typ_mismatch",
        ),
        (
            "proof-typ-absent",
            "No type.",
            &["R9449-009"],
            one(good.clone().without_header("typ")),
            "typ_mismatch",
        ),
        (
            "proof-typ-access-token",
            "The type of an access token.",
            &["R9449-009"],
            one(good.clone().header("typ", "at+jwt")),
            "typ_mismatch",
        ),
        (
            "proof-alg-none",
            "An unsigned proof.",
            &["R9449-010"],
            one(good.clone().header("alg", "none").signature("")),
            "token_malformed",
        ),
        (
            "proof-alg-hs256",
            "A MAC.",
            &["R9449-010", "AMB-013"],
            one(good.clone().header("alg", "HS256")),
            "algorithm_not_allowed",
        ),
        (
            "proof-alg-not-allowed",
            "An algorithm that is not configured.",
            &["R9449-010"],
            one(good.clone().header("alg", "ES384")),
            "algorithm_not_allowed",
        ),
        (
            "proof-signature",
            "One bit of the signature is flipped.",
            &["R9449-011"],
            vec![break_signature(&compact)],
            "signature_invalid",
        ),
        (
            "proof-other-signer",
            "Another key signed than the one in the header.",
            &["R9449-011"],
            one(good.clone().signed_by(ATTACKER.es256())),
            "signature_invalid",
        ),
        (
            "proof-private-key",
            "The header holds the private key.",
            &["R9449-012"],
            one(good.clone().header("jwk", private)),
            "key_private",
        ),
        (
            "proof-secret-key",
            "The header holds a symmetric key.",
            &["R9449-012"],
            one(good.clone().header("jwk", json!({"kty": "oct", "k": "AAAA"}))),
            "key_private",
        ),
        (
            "proof-no-key",
            "The header holds no key.",
            &["R9449-011"],
            one(good.clone().without_header("jwk")),
            "header_malformed",
        ),
        ("proof-no-jti", "No `jti`.", &["R9449-008"], one(good.clone().without("jti")), "claim_missing"),
        ("proof-no-htm", "No `htm`.", &["R9449-008"], one(good.clone().without("htm")), "claim_missing"),
        ("proof-no-htu", "No `htu`.", &["R9449-008"], one(good.clone().without("htu")), "claim_missing"),
        ("proof-no-iat", "No `iat`.", &["R9449-008"], one(good.clone().without("iat")), "claim_missing"),
        (
            "proof-jti-number",
            "`jti` is a number.",
            &["R9449-008"],
            one(good.clone().claim("jti", 1)),
            "claim_malformed",
        ),
        (
            "proof-iat-text",
            "`iat` is a string.",
            &["R9449-008"],
            one(good.clone().claim("iat", NOW.to_string())),
            "claim_malformed",
        ),
        (
            "proof-other-method",
            "A proof for GET.",
            &["R9449-013"],
            one(good.clone().claim("htm", "GET")),
            "proof_method_mismatch",
        ),
        (
            "proof-lower-case-method",
            "`htm` in lower case.",
            &["R9449-013"],
            one(good.clone().claim("htm", "post")),
            "proof_method_mismatch",
        ),
    ];
    let (host, path) = url.trim_start_matches("https://").split_once('/').expect("an address with a path");
    for (id, comment, url) in [
        ("proof-other-path", "Another path.", format!("https://{host}/{path}x")),
        ("proof-other-host", "Another host.", format!("https://attacker.example/{path}")),
        ("proof-other-scheme", "Another scheme.", format!("http://{host}/{path}")),
        ("proof-other-port", "Another port.", format!("https://{host}:8443/{path}")),
    ] {
        found.push((id, comment, &["R9449-014"], one(good.clone().claim("htu", url)), "proof_uri_mismatch"));
    }
    found
}

/// The edges of the acceptance window: id, comment, `iat`, error code or none.
fn window_edges(window: u64) -> [(&'static str, &'static str, u64, Option<&'static str>); 4] {
    [
        ("proof-oldest", "The oldest proof.", NOW - window, None),
        ("proof-too-old", "One second older.", NOW - window - 1, Some("token_too_old")),
        ("proof-newest", "The proof furthest in the future.", NOW + window, None),
        ("proof-too-new", "One second further.", NOW + window + 1, Some("token_issued_in_future")),
    ]
}

/// Proofs at a token endpoint.
pub fn topic(endpoint: &Endpoint) -> Topic {
    let mut topic = TopicBuilder::new(endpoint.operation, "proofs");
    let mut group =
        topic.group("A good request with a proof.", endpoint.config.clone(), endpoint.keys.clone(), NOW);
    let good = endpoint.proof(CLIENT.es256());
    let request = endpoint.good();
    group.valid(
        case(
            "proof",
            "A good proof binds the token to its key.",
            "RFC 9449 §5",
            &["R9449-024", "JAG-103", "JAG-109"],
        ),
        request.clone().proof(&good).input(),
        endpoint.bound(),
    );
    group.valid(
        case("query-in-htu", "A query in `htu` does not count.", "RFC 9449 §4.3", &["R9449-014"]),
        request.clone().proof(&good.clone().claim("htu", format!("{}?x=1", endpoint.token_endpoint))).input(),
        endpoint.bound(),
    );
    for (id, comment, req, fields, code) in defects(&good, endpoint.token_endpoint) {
        let mut shown = req.to_vec();
        shown
            .extend(["R9449-020", if endpoint.operation.starts_with("idp") { "JAG-102" } else { "JAG-109" }]);
        shown.truncate(3);
        let input =
            fields.into_iter().fold(request.clone(), |request, field| request.header("DPoP", field)).input();
        group.invalid(
            case(id, comment, "RFC 9449 §4.3", &shown),
            "proof",
            input,
            fails(code, "invalid_dpop_proof"),
        );
    }
    for (id, comment, iat, code) in window_edges(60) {
        let about = case(id, comment, "RFC 9449 §4.3, §11.1", &["R9449-017", "AMB-026", "AMB-015"]);
        let input = request.clone().proof(&good.clone().claim("iat", iat)).input();
        match code {
            None => group.valid(about, input, endpoint.bound()),
            Some(code) => group.invalid(about, "proof", input, fails(code, "invalid_dpop_proof")),
        };
    }
    nonces(&mut topic, endpoint, &good);
    topic.finish()
}

/// A server that hands out nonces takes the current one and the one before it.
fn nonces(topic: &mut TopicBuilder, endpoint: &Endpoint, good: &Jws) {
    let config = with(
        &endpoint.config,
        &[("nonce", json!({"current": "nonce-2-current", "previous": "nonce-1-previous"}))],
    );
    let mut group = topic.group("Proofs must carry a nonce.", config, endpoint.keys.clone(), NOW);
    let request = |nonce: Option<&str>| {
        let proof = nonce.map_or(good.clone(), |nonce| good.clone().claim("nonce", nonce));
        endpoint.good().proof(&proof).input()
    };
    let output: Value = with(&endpoint.bound(), &[("headers", headers_with_nonce("nonce-2-current"))]);
    group
        .valid(
            case("nonce", "The current nonce.", "RFC 9449 §8", &["R9449-016"]),
            request(Some("nonce-2-current")),
            output.clone(),
        )
        .valid(
            case(
                "nonce-before",
                "The nonce before it; the answer brings the current one.",
                "RFC 9449 §8.2",
                &["R9449-031"],
            ),
            request(Some("nonce-1-previous")),
            output,
        );
    for (id, comment, nonce) in [
        ("nonce-missing", "A proof without a nonce.", None),
        ("nonce-of-old", "A nonce from before that.", Some("nonce-0-old")),
        ("nonce-empty", "An empty nonce.", Some("")),
    ] {
        group.invalid(
            case(id, comment, "RFC 9449 §8", &["R9449-032", "R9449-016", "R9449-035"]),
            "nonce",
            request(nonce),
            fails("proof_nonce_required", "use_dpop_nonce"),
        );
    }
    let keyless = good.clone().claim("nonce", "nonce-0-old");
    group.invalid(
        case(
            "nonce-of-forgery",
            "A forged proof is told that it is forged, and no nonce.",
            "RFC 9449 §4.3",
            &["R9449-011"],
        ),
        "nonce",
        endpoint.good().header("DPoP", break_signature(&keyless.compact())).input(),
        fails("signature_invalid", "invalid_dpop_proof"),
    );
}
