//! AMB-001, DESIGN §9: what is spent by whom, and when.

use serde_json::{Value, json};

use super::binding::bound_grant;
use super::{config, endpoint, grant, output, redeem, redeem_text, server_keys};
use crate::format::Topic;
use crate::generate::dsl::{TopicBuilder, case, fails, with};
use crate::generate::keys::CLIENT;
use crate::generate::request::{Request, proof};
use crate::generate::scene::{CLIENT_ID, CLIENT2_ID, NOW, RAS_TOKEN_ENDPOINT, RESOURCE2};
use crate::generate::topics::endpoints::clients::{assertion_client, client_assertion, with_assertion};
use crate::generate::topics::endpoints::{OTHER_SECRET, basic_client, headers_with_nonce};

/// What became of the requests before.
fn after(output: &Value, earlier: &[Value]) -> Value {
    with(output, &[("earlier", json!(earlier))])
}

fn done() -> Value {
    json!({"status": 200})
}

fn refused(code: &str, oauth: &str) -> Value {
    json!({"error": {"code": code, "oauth": oauth}})
}

fn seen() -> crate::format::Failure {
    fails("token_replayed", "invalid_grant")
}

/// Several requests against one store.
pub fn sequences() -> Topic {
    let mut topic = TopicBuilder::new("resource_as.token", "replay");
    let good = redeem(&grant());
    let another = redeem(&grant().claim("jti", "jag-0"));
    let mut group = topic.group("An ID-JAG is redeemed once.", config(), server_keys(), NOW);
    group
        .valid(
            case("after-another", "Another grant has been redeemed before.", "RFC 7523 §3", &["AMB-001"]),
            good.after(&[&another]),
            after(&output(), &[done()]),
        )
        .invalid(
            case("replayed", "The same grant again.", "RFC 7523 §3", &["AMB-001", "EMAP12-008"]),
            "after-another",
            good.after(&[&good]),
            seen(),
        );
    let spared: [(&'static str, &'static str, Request, Value); 6] = [
        (
            "spared-by-wrong-secret",
            "A client that could not authenticate spent nothing.",
            good.clone().without_header("Authorization").basic(CLIENT_ID, OTHER_SECRET),
            refused("client_authentication_failed", "invalid_client"),
        ),
        (
            "spared-by-excess",
            "A request for too much spent nothing.",
            good.clone().set("scope", "chat.write"),
            refused("scope_not_granted", "invalid_scope"),
        ),
        (
            "spared-by-wrong-target",
            "A request for another resource spent nothing.",
            good.clone().set("resource", RESOURCE2),
            refused("resource_unknown", "invalid_target"),
        ),
        (
            "spared-by-bad-proof",
            "A defective proof spent nothing.",
            good.clone().proof(&proof(CLIENT.es256(), "GET", RAS_TOKEN_ENDPOINT, NOW)),
            refused("proof_method_mismatch", "invalid_dpop_proof"),
        ),
        (
            "spared-by-denial",
            "A denial spent nothing.",
            redeem(&grant().claim("scope", "mail.read")),
            refused("policy_denied", "access_denied"),
        ),
        (
            "spared-by-unknown-user",
            "A user whom nobody knows spent nothing.",
            redeem(&grant().claim("sub", "somebody-else")),
            refused("subject_unknown", "invalid_grant"),
        ),
    ];
    for (id, comment, before, outcome) in spared {
        group.valid(
            case(id, comment, "DESIGN §5", &["AMB-001"]),
            good.after(&[&before]),
            after(&output(), &[outcome]),
        );
    }
    let at = NOW + 359;
    group.valid(
        case("last-second", "Its last second, and another grant has been redeemed.", "RFC 7519 §4.1.4", &[])
            .at(at),
        json!({"request": good.json(), "earlier": [{"now": NOW, "request": another.json()}]}),
        after(
            &with(
                &output(),
                &[
                    ("body/access_token/claims/iat", json!(at)),
                    ("body/access_token/claims/exp", json!(at + 600)),
                    ("record/time", json!(at)),
                    ("record/expires_at", json!(at + 600)),
                ],
            ),
            &[done()],
        ),
    );
    group.invalid(
        case(
            "expiry-of-memory",
            "It is remembered to the last second in which it could be redeemed.",
            "RFC 7523 §3",
            &["EMAP12-008", "AMB-001"],
        )
        .at(NOW + 359),
        "last-second",
        json!({"request": good.json(), "earlier": [{"now": NOW, "request": good.json()}]}),
        seen(),
    );
    stolen(&mut topic, &good);
    store(&mut topic, &good);
    modes(&mut topic, &good);
    companions(&mut topic);
    nonce(&mut topic);
    topic.finish()
}

/// Another client can neither redeem nor spend the grant.
fn stolen(topic: &mut TopicBuilder, good: &Request) {
    let config = with(
        &config(),
        &[
            ("clients/1", basic_client(CLIENT2_ID)),
            ("server/trusted_issuers/0/clients", json!([CLIENT_ID, CLIENT2_ID])),
        ],
    );
    let thief = redeem_text(&grant().compact()).basic(CLIENT2_ID, super::endpoints::SECRET);
    topic.group("Two clients.", config, server_keys(), NOW).valid(
        case(
            "spared-by-thief",
            "Another client tried and spent nothing.",
            "ID-JAG §4.4.1",
            &["JAG-069", "AMB-001"],
        ),
        good.after(&[&thief]),
        after(&output(), &[refused("client_mismatch", "invalid_grant")]),
    );
}

fn store(topic: &mut TopicBuilder, good: &Request) {
    let working = with(&good.input(), &[("store", json!("memory"))]);
    topic
        .group("The replay store.", config(), server_keys(), NOW)
        .valid(case("store", "It answers.", "DESIGN §9", &[]), working.clone(), output())
        .invalid(
            case(
                "store-down",
                "It does not: nothing is issued, and the client may try again.",
                "DESIGN §9",
                &["AMB-001"],
            ),
            "store",
            with(&working, &[("store", json!("unavailable"))]),
            fails("store_unavailable", "temporarily_unavailable"),
        );
}

fn modes(topic: &mut TopicBuilder, good: &Request) {
    let mode = |mode: &str| with(&config(), &[("server/replay", json!(mode))]);
    for (name, id) in [("reuse_until_expiry", "reuse"), ("dangerous_off", "off")] {
        let mut group = topic.group(&format!("The mode is `{name}`."), mode(name), server_keys(), NOW);
        let about = case(id, "The same grant again.", "RFC 7521 §5.2", &["AMB-001"]);
        group.valid(about, good.after(&[good]), after(&output(), &[done()]));
    }
    topic.group("The mode is `single_use`.", mode("single_use"), server_keys(), NOW).invalid(
        case("single-use", "The same grant again.", "RFC 7521 §5.2", &["AMB-001", "EMAP12-008"]),
        "reuse",
        good.after(&[good]),
        seen(),
    );
}

/// Client assertions and proofs are used once too, even where the grant is not.
fn companions(topic: &mut TopicBuilder) {
    let endpoint = endpoint();
    let config = with(&assertion_client(&endpoint), &[("server/replay", json!("reuse_until_expiry"))]);
    let bare = redeem_text(&grant().compact());
    let own = client_assertion(&endpoint);
    let send = |jti: &str| with_assertion(&bare, &own.clone().claim("jti", jti).compact());
    topic
        .group("Grants are reused; the client authenticates by private_key_jwt.", config, server_keys(), NOW)
        .valid(
            case("assertion-fresh", "A fresh assertion.", "RFC 7523 §3", &["AMB-001"]),
            send("assertion-2").after(&[&send("assertion-1")]),
            after(&output(), &[done()]),
        )
        .invalid(
            case("assertion-replayed", "The same assertion again.", "RFC 7523 §3", &["R7521-004"]),
            "assertion-fresh",
            send("assertion-2").after(&[&send("assertion-2")]),
            fails("token_replayed", "invalid_client"),
        );
    let config = with(&super::config(), &[("server/replay", json!("reuse_until_expiry"))]);
    let proven = |jti: &str| redeem(&bound_grant()).proof(&endpoint.proof(CLIENT.es256()).claim("jti", jti));
    topic
        .group("Grants are reused; the grant is bound.", config, server_keys(), NOW)
        .valid(
            case("proof-fresh", "A fresh proof.", "RFC 9449 §11.1", &["AMB-001"]),
            proven("proof-2").after(&[&proven("proof-1")]),
            after(&endpoint.bound(), &[done()]),
        )
        .invalid(
            case("proof-replayed", "The same proof again.", "RFC 9449 §11.1", &["R9449-020"]),
            "proof-fresh",
            proven("proof-2").after(&[&proven("proof-2")]),
            fails("token_replayed", "invalid_dpop_proof"),
        );
}

fn nonce(topic: &mut TopicBuilder) {
    let endpoint = endpoint();
    let config = with(&config(), &[("nonce", json!({"current": "nonce-2-current"}))]);
    let own = endpoint.proof(CLIENT.es256());
    let without = redeem(&bound_grant()).proof(&own);
    let with_nonce =
        redeem(&bound_grant()).proof(&own.claim("nonce", "nonce-2-current").claim("jti", "proof-2"));
    topic
        .group("Proofs must carry a nonce.", config, server_keys(), NOW)
        .valid(
            case(
                "spared-by-nonce",
                "The retry with the nonce finds its grant unspent.",
                "RFC 9449 §8",
                &["AMB-001", "R9449-032"],
            ),
            with_nonce.after(&[&without]),
            after(
                &with(&endpoint.bound(), &[("headers", headers_with_nonce("nonce-2-current"))]),
                &[refused("proof_nonce_required", "use_dpop_nonce")],
            ),
        )
        .invalid(
            case(
                "nonce-missing",
                "Without the nonce nothing is issued.",
                "RFC 9449 §8",
                &["R9449-032", "R9449-016"],
            ),
            "spared-by-nonce",
            redeem(&bound_grant())
                .proof(&endpoint.proof(CLIENT.es256()).claim("jti", "proof-2"))
                .after(&[&without]),
            fails("proof_nonce_required", "use_dpop_nonce"),
        );
}
