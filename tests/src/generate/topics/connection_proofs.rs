//! `client.connection` with a DPoP key: RFC 9449 §8 and §9 as a script.

use serde_json::{Value, json};

use crate::format::Topic;
use crate::generate::client_scene::{
    IDP_TOKEN_ENDPOINT, client_keys, cnf, exchanged, id_jag, idp, proof, signing,
};
use crate::generate::connection_scene::{
    event, exchange_event_with, grant_event_with, identified, play, resource, sign_on, token,
};
use crate::generate::dsl::{TopicBuilder, case, with};
use crate::generate::mint::ath;
use crate::generate::scene::{
    CLIENT_AT_IDP, CLIENT_ID, IDP_ISSUER, NOW, RAS_ISSUER, RAS_TOKEN_ENDPOINT, RESOURCE,
};
use crate::generate::web::{found, json_response, ras_document, refuse};

fn proven(method: &str, url: &str, more: &[(&str, Value)]) -> (&'static str, Value) {
    ("DPoP", with(&proof(method, url, more), &[("payload/jti", Value::Null)]))
}

fn with_nonce(mut response: Value, nonce: &str) -> Value {
    response["headers"].as_array_mut().expect("a list").push(json!(["DPoP-Nonce", nonce]));
    response
}

/// Proofs, and the nonces of three servers.
pub fn nonces() -> Topic {
    let mut topic = TopicBuilder::new("client.connection", "proofs");
    let config = json!({
        "idp": idp(), "idp_credentials": signing(IDP_ISSUER, CLIENT_AT_IDP), "dpop": true,
        "credentials": [signing(RAS_ISSUER, CLIENT_ID)],
    });
    let mut group = topic.group("A client with two keys.", config, client_keys(), NOW);
    let bound = id_jag(&[("cnf", cnf())]);
    let wanted = |nonce: &str| with_nonce(json_response(400, &json!({"error": "use_dpop_nonce"})), nonce);
    let granted = |kind: &str| token(&[("token_type", json!(kind))]);
    let answer = |response: Value| json!({"answer": response});
    let start =
        [json!({"identify": sign_on(&[])}), answer(found(&resource(&[]))), answer(found(&ras_document()))];
    let next = json!({"next": true});
    let steps = |more: &[Value]| play(&start.iter().chain(more).cloned().collect::<Vec<Value>>());
    let told = |more: Vec<Value>| {
        let mut events = vec![identified(), event("resource"), event("server")];
        events.extend(more);
        json!({"events": events})
    };
    let at_idp = |more: &[(&str, Value)]| {
        exchange_event_with("read write", NOW, &[], &[proven("POST", IDP_TOKEN_ENDPOINT, more)])
    };
    let at_ras = |more: &[(&str, Value)]| {
        grant_event_with(&bound.compact(), "read write", NOW, &[proven("POST", RAS_TOKEN_ENDPOINT, more)])
    };
    let nonce = |nonce: &str| [("nonce", json!(nonce))];
    let ready = json!({"ready": RESOURCE, "scope": "read write", "expires_at": NOW + 60});
    let used = |nonce: Option<&str>| {
        let mut claims = vec![("ath", json!(ath("opaque-token")))];
        claims.extend(nonce.map(|nonce| ("nonce", json!(nonce))));
        let (_, proof) = proven("POST", RESOURCE, &claims);
        json!({
            "method": "POST", "url": RESOURCE,
            "headers": [["DPoP", proof], ["Authorization", "DPoP opaque-token"]],
        })
    };
    let authorize = json!({"authorize": ["POST", RESOURCE]});
    let exchanged_bound = answer(exchanged(&bound, &[]));
    let whole = |kind: &str| {
        steps(&[exchanged_bound.clone(), answer(granted(kind)), next.clone(), authorize.clone()])
    };
    group.valid(
        case(
            "bound",
            "A proof with every request, another each time.",
            "RFC 9449 §5",
            &["R9449-001", "R9449-002", "R9449-026"],
        ),
        whole("DPoP"),
        told(vec![at_idp(&[]), at_ras(&[]), ready.clone(), used(None)]),
    );
    refuse(
        &mut group,
        "bound",
        "RFC 9449 §5",
        &[(
            "downgraded",
            "A token that is not bound is not used: there is nothing to authorize with.",
            &["R9449-022", "R9449-026"],
            whole("Bearer"),
            "credentials_missing",
        )],
    );
    let nonce_script = |second: Value| {
        steps(&[
            answer(wanted("idp-1")),
            answer(second),
            answer(wanted("ras-1")),
            answer(granted("DPoP")),
            next.clone(),
            authorize.clone(),
        ])
    };
    group.valid(
        case(
            "nonces",
            "Each server's own nonce, and only there.",
            "RFC 9449 §8",
            &["R9449-005", "R9449-033"],
        ),
        nonce_script(exchanged(&bound, &[])),
        told(vec![
            at_idp(&[]),
            at_idp(&nonce("idp-1")),
            at_ras(&[]),
            at_ras(&nonce("ras-1")),
            ready.clone(),
            used(None),
        ]),
    );
    let newest = with_nonce(granted("DPoP"), "ras-2");
    let challenge = json!({
        "status": 401, "body": "",
        "headers": [["WWW-Authenticate", "DPoP error=\"use_dpop_nonce\""], ["DPoP-Nonce", "rs-1"]],
    });
    group.valid(
        case(
            "resource-nonce",
            "The resource's too, and the same request again.",
            "RFC 9449 §9",
            &["R9449-005", "R9449-033"],
        ),
        steps(&[
            exchanged_bound,
            answer(newest),
            next.clone(),
            authorize.clone(),
            json!({"used": ["call", challenge]}),
            authorize.clone(),
        ]),
        told(vec![
            at_idp(&[]),
            at_ras(&[]),
            ready,
            used(None),
            json!({"verdict": "send_again"}),
            used(Some("rs-1")),
        ]),
    );
    let insisting = |second: Value| steps(&[answer(wanted("idp-1")), answer(second), next.clone()]);
    group.valid(
        case("one-nonce", "A nonce that is wanted.", "RFC 9449 §8", &["R9449-005"]),
        insisting(with_nonce(exchanged(&bound, &[("error", json!("use_dpop_nonce"))]), "idp-2")),
        told(vec![at_idp(&[]), at_idp(&nonce("idp-1")), at_ras(&[])]),
    );
    let mut again = with_nonce(exchanged(&bound, &[("error", json!("use_dpop_nonce"))]), "idp-2");
    again["status"] = 400.into();
    refuse(
        &mut group,
        "one-nonce",
        "RFC 9449 §8",
        &[(
            "nonce-after-nonce",
            "A server that is never content.",
            &["R9449-005", "R9449-033"],
            insisting(again),
            "server_refused",
        )],
    );
    topic.finish()
}
