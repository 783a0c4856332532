//! RFC 6750 §2, RFC 9449 §7: how a token is presented, and with which proof.

use serde_json::{Value, json};

use super::{
    CALL, bound_output, bound_token, call, call_bound, config, output, post, proof_of, server_keys, token,
};
use crate::format::Topic;
use crate::generate::dsl::{TopicBuilder, case, fails, with};
use crate::generate::keys::{CLIENT, CLIENT2};
use crate::generate::mint::Jws;
use crate::generate::request::{Request, proof_with};
use crate::generate::scene::{NOW, RESOURCE};
use crate::generate::topics::endpoints::proofs::defects;

/// The scheme × binding table, and every way to present a token wrongly.
pub fn topic() -> Topic {
    let mut topic = TopicBuilder::new("resource_server.access", "schemes");
    let bearer = token().compact();
    let mut group = topic.group("Bearer tokens and bound ones are accepted.", config(), server_keys(), NOW);
    let good = call_bound(&bound_token()).proof(&proof_of(&bound_token()));
    let of_other = proof_with(CLIENT2.es256(), "POST", RESOURCE, NOW, &bound_token().compact());
    group
        .valid(
            case("bearer", "An unbound token as a bearer token.", "RFC 6750 §2.1", &["R6750-001"]),
            call(&token()).input(),
            output(),
        )
        .valid(
            case(
                "bearer-lower-case",
                "The scheme in lower case, with spaces.",
                "RFC 9110 §11.1",
                &["R6750-001"],
            ),
            post(CALL).header("Authorization", format!("bearer  {bearer} ")).input(),
            output(),
        )
        .valid(
            case("bound", "A bound token with its proof.", "RFC 9449 §7.1", &["R9449-026", "R9449-019"]),
            good.input(),
            bound_output(),
        )
        .invalid(
            case(
                "bound-as-bearer",
                "The bound token as a bearer token, with its proof.",
                "RFC 9449 §7.2",
                &["R9449-029", "R9449-025", "R9449-026"],
            ),
            "bound",
            call(&bound_token()).proof(&proof_of(&bound_token())).input(),
            fails("bound_token_as_bearer", "invalid_token"),
        )
        .invalid(
            case(
                "bound-as-bearer-no-proof",
                "The bound token as a bearer token.",
                "RFC 9449 §7.2",
                &["R9449-029", "R9449-025"],
            ),
            "bearer",
            call(&bound_token()).input(),
            fails("bound_token_as_bearer", "invalid_token"),
        )
        .invalid(
            case(
                "bound-no-proof",
                "The bound token without a proof.",
                "RFC 9449 §7.1",
                &["R9449-025", "R9449-026"],
            ),
            "bound",
            call_bound(&bound_token()).input(),
            fails("proof_missing", "invalid_token"),
        )
        .invalid(
            case(
                "bound-other-key",
                "A good proof by another key.",
                "RFC 9449 §7.1",
                &["R9449-019", "R9449-026"],
            ),
            "bound",
            call_bound(&bound_token()).proof(&of_other).input(),
            fails("proof_key_mismatch", "invalid_token"),
        )
        .invalid(
            case(
                "unbound-as-bound",
                "An unbound token under the scheme of bound ones.",
                "RFC 9449 §7.1",
                &["R9449-026"],
            )
            .differs(&[
                "/input/request/headers/1/1/token/payload/cnf",
                "/input/request/headers/2/1/signature",
            ]),
            "bound",
            call_bound(&token()).proof(&proof_of(&token())).input(),
            fails("scheme_mismatch", "invalid_token"),
        );
    type Row = (&'static str, &'static str, &'static [&'static str], Request, &'static str, &'static str);
    let rows: Vec<Row> = vec![
        (
            "no-token",
            "No token.",
            &["R6750-003", "MCP-031"],
            post(CALL),
            "credentials_missing",
            "invalid_token",
        ),
        (
            "other-scheme",
            "Another scheme.",
            &["R6750-001"],
            post(CALL).header("Authorization", "Basic eDp5eXl5eXl5"),
            "credentials_missing",
            "invalid_token",
        ),
        (
            "empty-token",
            "A scheme without a token.",
            &["R6750-001", "MCP-031"],
            post(CALL).header("Authorization", "Bearer "),
            "authorization_malformed",
            "invalid_request",
        ),
        (
            "illegal-token",
            "Characters that no token has.",
            &["R6750-001"],
            post(CALL).header("Authorization", "Bearer sender\"chosen"),
            "authorization_malformed",
            "invalid_request",
        ),
        (
            "two-tokens",
            "Two tokens in one field.",
            &["R6750-001"],
            post(CALL).header("Authorization", format!("Bearer {bearer} {bearer}")),
            "authorization_malformed",
            "invalid_request",
        ),
        (
            "two-fields",
            "Two Authorization fields.",
            &["R6750-002"],
            call(&token()).header("Authorization", format!("Bearer {bearer}")),
            "credentials_repeated",
            "invalid_request",
        ),
        (
            "query-too",
            "The token in the query too.",
            &["R6750-002", "MCP-017"],
            call(&token()).url(&format!("{RESOURCE}?access_token={bearer}")),
            "credentials_repeated",
            "invalid_request",
        ),
    ];
    for (id, comment, req, request, code, oauth) in rows {
        group.invalid(case(id, comment, "RFC 6750 §2", req), "bearer", request.input(), fails(code, oauth));
    }
    let form = || {
        call(&token())
            .without_header("Content-Type")
            .header("Content-Type", "application/x-www-form-urlencoded")
    };
    group.invalid(
        case("body-too", "The token in a form body too.", "RFC 6750 §2.2", &["R6750-002"])
            .differs(&["/input/request/body", "/input/request/headers"]),
        "bearer",
        form().body(&format!("access_token={bearer}")).input(),
        fails("credentials_repeated", "invalid_request"),
    );
    let in_query = post(CALL).url(&format!("{RESOURCE}?access_token={bearer}"));
    group
        .valid(
            case("query-without-token", "A query that holds no token.", "RFC 6750 §2.3", &[]),
            call(&token()).url(&format!("{RESOURCE}?x=1")).input(),
            output(),
        )
        .invalid(
            case("query-only", "A token in the query only is not looked at.", "RFC 6750 §2.3", &["MCP-017"])
                .differs(&["/input/request/headers", "/input/request/url"]),
            "query-without-token",
            in_query.input(),
            fails("credentials_missing", "invalid_token"),
        );
    defective(&mut topic);
    required(&mut topic);
    nonces(&mut topic);
    single_use(&mut topic);
    topic.finish()
}

/// Every defect of a proof, at a resource.
fn defective(topic: &mut TopicBuilder) {
    let mut group = topic.group("A bound token and a defective proof.", config(), server_keys(), NOW);
    let good = proof_of(&bound_token());
    for (id, comment, req, fields, code) in defects(&good, RESOURCE) {
        let request = fields
            .into_iter()
            .fold(call_bound(&bound_token()), |request, field| request.header("DPoP", field));
        let mut shown = req.to_vec();
        shown.push("R9449-026");
        group.invalid(
            case(id, comment, "RFC 9449 §4.3", &shown),
            "bound",
            request.input(),
            fails(code, "invalid_dpop_proof"),
        );
    }
    let send = |proof: &Jws| call_bound(&bound_token()).proof(proof).input();
    for (id, comment, proof, code) in [
        ("ath-missing", "No `ath`.", good.clone().without("ath"), "claim_missing"),
        (
            "ath-other",
            "The hash of another token.",
            good.clone().claim("ath", crate::generate::mint::ath("another-token")),
            "proof_token_mismatch",
        ),
        (
            "ath-padded",
            "The hash with padding.",
            good.clone().claim("ath", format!("{}=", crate::generate::mint::ath(&bound_token().compact()))),
            "proof_token_mismatch",
        ),
    ] {
        group.invalid(
            case(id, comment, "RFC 9449 §4.3", &["R9449-018", "R9449-026"]),
            "bound",
            send(&proof),
            fails(code, "invalid_dpop_proof"),
        );
    }
    for (id, comment, iat, code) in [
        ("proof-299-old", "299 seconds old.", NOW - 299, None),
        ("proof-oldest", "300 seconds old.", NOW - 300, None),
        ("proof-too-old", "301 seconds old.", NOW - 301, Some("token_too_old")),
        ("proof-newest", "300 seconds ahead.", NOW + 300, None),
        ("proof-too-new", "301 seconds ahead.", NOW + 301, Some("token_issued_in_future")),
    ] {
        let about = case(id, comment, "MCP", &["MCP-037", "R9449-017", "AMB-026"]);
        let input = send(&good.clone().claim("iat", iat));
        match code {
            None => group.valid(about, input, bound_output()),
            Some(code) => group.invalid(about, "bound", input, fails(code, "invalid_dpop_proof")),
        };
    }
}

fn required(topic: &mut TopicBuilder) {
    let strict = with(&config(), &[("server/sender_constraint", json!("required"))]);
    topic
        .group("Bound tokens only.", strict, server_keys(), NOW)
        .valid(
            case("required", "A bound token with its proof.", "RFC 9449 §7.1", &["R9449-026"]),
            call_bound(&bound_token()).proof(&proof_of(&bound_token())).input(),
            bound_output(),
        )
        .invalid(
            case("required-bearer", "An unbound token.", "RFC 9728 §2", &["R9449-025"]),
            "bearer",
            call(&token()).input(),
            fails("proof_required", "invalid_token"),
        );
}

fn nonces(topic: &mut TopicBuilder) {
    let config =
        with(&config(), &[("nonce", json!({"current": "nonce-2-current", "previous": "nonce-1-previous"}))]);
    let mut group = topic.group("Proofs must carry a nonce.", config, server_keys(), NOW);
    let send = |nonce: Option<&str>| {
        let proof = proof_of(&bound_token());
        let proof = nonce.map_or(proof.clone(), |nonce| proof.claim("nonce", nonce));
        call_bound(&bound_token()).proof(&proof).input()
    };
    for (id, nonce) in [("nonce", "nonce-2-current"), ("nonce-before", "nonce-1-previous")] {
        group.valid(
            case(id, "A nonce of this server.", "RFC 9449 §9", &["R9449-016"]),
            send(Some(nonce)),
            bound_output(),
        );
    }
    for (id, comment, nonce) in [
        ("nonce-missing", "No nonce.", None),
        ("nonce-of-old", "A nonce from before that.", Some("nonce-0-old")),
    ] {
        group.invalid(
            case(id, comment, "RFC 9449 §9", &["R9449-034", "R9449-035", "R9449-016"]),
            "nonce",
            send(nonce),
            fails("proof_nonce_required", "use_dpop_nonce"),
        );
    }
}

fn single_use(topic: &mut TopicBuilder) {
    let strict = with(&config(), &[("server/proof_single_use", json!(true))]);
    let with_jti = |jti: &str| call_bound(&bound_token()).proof(&proof_of(&bound_token()).claim("jti", jti));
    let after = |output: &Value| with(output, &[("earlier", json!([{"status": 200}]))]);
    let store = |store: &str| with(&with_jti("proof-2").input(), &[("store", json!(store))]);
    topic
        .group("A proof is used once.", strict, server_keys(), NOW)
        .valid(
            case("proof-fresh", "A fresh proof.", "RFC 9449 §11.1", &[]),
            with_jti("proof-2").after(&[&with_jti("proof-1")]),
            after(&bound_output()),
        )
        .invalid(
            case("proof-replayed", "The same proof again.", "RFC 9449 §11.1", &["R9449-026"]),
            "proof-fresh",
            with_jti("proof-2").after(&[&with_jti("proof-2")]),
            fails("token_replayed", "invalid_dpop_proof"),
        )
        .valid(case("store", "The store answers.", "DESIGN §9", &[]), store("memory"), bound_output())
        .invalid(
            case("store-down", "The store does not answer.", "DESIGN §9", &[]),
            "store",
            store("unavailable"),
            fails("store_unavailable", "temporarily_unavailable"),
        );
    topic
        .group("A proof may be used again, and a bearer token needs none.", config(), server_keys(), NOW)
        .valid(
            case("proof-reused", "The same proof again.", "RFC 9449 §11.1", &[]),
            with_jti("proof-2").after(&[&with_jti("proof-2")]),
            after(&bound_output()),
        );
    let _ = CLIENT;
}
