//! DESIGN §9: client assertions and proofs are used once; a subject token is not spent.

use serde_json::{Value, json};

use super::{config, endpoint, exchange_text, good, id_token, output, provider_keys};
use crate::format::Topic;
use crate::generate::dsl::{TopicBuilder, case, fails, with};
use crate::generate::keys::CLIENT;
use crate::generate::topics::endpoints::clients::{assertion_client, client_assertion, with_assertion};
use crate::generate::topics::endpoints::headers_with_nonce;

/// Several requests against one store.
pub fn sequences() -> Topic {
    let mut topic = TopicBuilder::new("idp.token_exchange", "replay");
    let now = crate::generate::scene::NOW;
    let after = |output: &Value, outcome: Value| with(output, &[("earlier", json!([outcome]))]);
    let done = || json!({"status": 200});
    let refused = |code: &str, oauth: &str| json!({"error": {"code": code, "oauth": oauth}});
    let endpoint = endpoint();
    topic.group("The client authenticates by a secret.", config(), provider_keys(), now).valid(
        case("same-subject-token", "An ID Token is exchanged for any number of servers.", "ID-JAG §4.3", &[]),
        good().after(&[&good()]),
        after(&output(), done()),
    );
    let own = client_assertion(&endpoint);
    let send = |jti: &str| {
        with_assertion(&exchange_text(&id_token().compact()), &own.clone().claim("jti", jti).compact())
    };
    topic
        .group(
            "The client authenticates by private_key_jwt.",
            assertion_client(&endpoint),
            provider_keys(),
            now,
        )
        .valid(
            case("assertion-fresh", "A fresh assertion.", "RFC 7523 §3", &[]),
            send("assertion-2").after(&[&send("assertion-1")]),
            after(&output(), done()),
        )
        .invalid(
            case("assertion-replayed", "The same assertion again.", "RFC 7523 §3", &["R7521-004"]),
            "assertion-fresh",
            send("assertion-2").after(&[&send("assertion-2")]),
            fails("token_replayed", "invalid_client"),
        )
        .valid(
            case("spared-by-denial", "A denial spent nothing.", "DESIGN §5", &["AMB-001"]),
            send("assertion-2").after(&[&send("assertion-2").set("scope", "chat.write")]),
            after(&output(), refused("policy_denied", "access_denied")),
        )
        .valid(
            case("store", "The store answers.", "DESIGN §9", &[]),
            with(&send("assertion-2").input(), &[("store", json!("memory"))]),
            output(),
        )
        .invalid(
            case("store-down", "The store does not answer.", "DESIGN §9", &["AMB-001"]),
            "store",
            with(&send("assertion-2").input(), &[("store", json!("unavailable"))]),
            fails("store_unavailable", "temporarily_unavailable"),
        );
    let proven = |jti: &str| good().proof(&endpoint.proof(CLIENT.es256()).claim("jti", jti));
    topic
        .group("The client sends proofs.", config(), provider_keys(), now)
        .valid(
            case("proof-fresh", "A fresh proof.", "RFC 9449 §11.1", &[]),
            proven("proof-2").after(&[&proven("proof-1")]),
            after(&endpoint.bound(), done()),
        )
        .invalid(
            case("proof-replayed", "The same proof again.", "RFC 9449 §11.1", &["R9449-020", "JAG-102"]),
            "proof-fresh",
            proven("proof-2").after(&[&proven("proof-2")]),
            fails("token_replayed", "invalid_dpop_proof"),
        );
    let nonce = with(&assertion_client(&endpoint), &[("nonce", json!({"current": "nonce-2-current"}))]);
    let with_proof = |nonce: Option<&str>| {
        let proof = endpoint.proof(CLIENT.es256());
        send("assertion-2")
            .proof(&nonce.map_or(proof.clone(), |nonce| proof.claim("nonce", nonce).claim("jti", "proof-2")))
    };
    topic.group("Proofs must carry a nonce.", nonce, provider_keys(), now).valid(
        case(
            "spared-by-nonce",
            "The retry with the nonce finds its assertion unspent.",
            "RFC 9449 §8",
            &["R9449-032"],
        ),
        with_proof(Some("nonce-2-current")).after(&[&with_proof(None)]),
        after(
            &with(&endpoint.bound(), &[("headers", headers_with_nonce("nonce-2-current"))]),
            refused("proof_nonce_required", "use_dpop_nonce"),
        ),
    );
    topic.finish()
}
