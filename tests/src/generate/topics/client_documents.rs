//! `client_documents.run`: Client ID Metadata Documents -02, the clients of a server over time.

use serde_json::{Value, json};

use super::client_metadata::CALLBACK;
use crate::format::Topic;
use crate::generate::dsl::{TopicBuilder, case, keys, with};
use crate::generate::keys::{CLIENT, jwks};
use crate::generate::scene::NOW;
use crate::generate::web::{JWT_BEARER, Refusal, TOKEN_EXCHANGE, get, json_response, refuse};

const ID: &str = "https://client.example/metadata.json";
const OTHER: &str = "https://other.example/metadata.json";
const KEYS: &str = "https://client.example/jwks.json";
const SPEC: &str = "CIMD §5, §8";

fn next_of(id: &str, at: u64) -> Value {
    json!({"at": NOW + at, "client_id": id})
}

fn next(at: u64) -> Value {
    next_of(ID, at)
}

fn received(at: u64, response: Value) -> Value {
    json!({"at": NOW + at, "client_id": ID, "received": response})
}

/// A document whose keys are in it.
fn document() -> Value {
    json!({
        "client_id": ID, "client_name": "Claude Code", "redirect_uris": [CALLBACK],
        "token_endpoint_auth_method": "private_key_jwt", "jwks": jwks(&[CLIENT.es256()]),
        "grant_types": [TOKEN_EXCHANGE, JWT_BEARER],
    })
}

/// One whose keys are elsewhere.
fn document_with_address() -> Value {
    with(&document(), &[("jwks", Value::Null), ("jwks_uri", json!(KEYS))])
}

fn found(document: &Value) -> Value {
    json_response(200, document)
}

/// The same, cacheable as `control` says.
fn cached(document: &Value, control: &str) -> Value {
    let mut response = found(document);
    response["headers"].as_array_mut().expect("headers").push(json!(["Cache-Control", control]));
    response
}

fn send(url: &str) -> Value {
    json!({"state": "send", "request": get(url)})
}

fn used() -> Value {
    json!({"state": "use", "client": {
        "client_id": ID, "token_endpoint_auth_method": "private_key_jwt", "jwks": jwks(&[CLIENT.es256()]),
        "dpop_bound_access_tokens": false, "may_use_grant": true,
    }})
}

fn unavailable(retry_at: u64) -> Value {
    json!({"state": "unavailable", "retry_at": NOW + retry_at})
}

fn refused() -> Value {
    json!({"state": "refused", "reason": "client_document_invalid"})
}

fn error(code: &str) -> Value {
    json!({"error": code})
}

fn config() -> Value {
    json!({"role": "resource_authorization_server"})
}

/// From an identifier to a client.
pub fn script() -> Topic {
    let mut topic = TopicBuilder::new("client_documents.run", "script");
    let run = |steps: &[Value]| json!({"steps": steps});
    let told = |events: &[Value]| json!({"events": events});
    let taken = json!({});
    let mut group = topic.group("Every origin, confidential clients only.", config(), keys(), NOW);
    let start = |document: Value| vec![next(0), received(1, document)];
    let started = [send(ID), taken.clone()];
    let and = |steps: &[Value], more: &[Value]| steps.iter().chain(more).cloned().collect::<Vec<Value>>();
    let inline = start(found(&document()));
    let address = and(
        &start(found(&document_with_address())),
        &[next(1), received(2, found(&jwks(&[CLIENT.es256()])))],
    );
    let addressed = and(&started, &[send(KEYS), taken.clone()]);
    for (id, comment, req, steps, events) in [
        (
            "inline",
            "Its keys are in the document.",
            &["CIMD-001", "CIMD-004"][..],
            and(&inline, &[next(1)]),
            and(&started, &[used()]),
        ),
        ("address", "Its keys are elsewhere.", &[], and(&address, &[next(2)]), and(&addressed, &[used()])),
        (
            "no-document",
            "An identifier that is no address.",
            &["CIMD-001"],
            vec![next_of("f53f191f", 0)],
            vec![json!({"state": "not_a_document"})],
        ),
        (
            "under-way",
            "Of two that ask, one is given the request.",
            &[],
            vec![next(0), next(1), next(30)],
            vec![send(ID), unavailable(30), send(ID)],
        ),
        (
            "age",
            "A document that says nothing serves for ten minutes.",
            &[],
            and(&inline, &[next(600), next(601)]),
            and(&started, &[used(), send(ID)]),
        ),
        (
            "age-said",
            "One that says so serves for as long.",
            &[],
            and(&start(cached(&document(), "public, max-age=1200")), &[next(1200), next(1201)]),
            and(&started, &[used(), send(ID)]),
        ),
        (
            "age-capped",
            "But not for ever.",
            &[],
            and(&start(cached(&document(), "max-age=31536000")), &[next(3600), next(3601)]),
            and(&started, &[used(), send(ID)]),
        ),
        (
            "age-none",
            "And not for no time: a stranger would choose how often it is fetched.",
            &[],
            and(&start(cached(&document(), "no-store")), &[next(60), next(61)]),
            and(&started, &[used(), send(ID)]),
        ),
        (
            "keys-age",
            "Keys that are elsewhere are asked for anew after ten minutes, the document is not.",
            &[],
            {
                let long = start(cached(&document_with_address(), "max-age=3600"));
                let keys = cached(&jwks(&[CLIENT.es256()]), "max-age=3600");
                and(&long, &[next(1), received(2, keys), next(601), next(602)])
            },
            and(&addressed, &[used(), send(KEYS)]),
        ),
        (
            "keys-replaced",
            "Keys that were removed are gone.",
            &[],
            and(&address, &[next(602), received(603, found(&document())), next(603)]),
            and(&addressed, &[send(ID), taken.clone(), used()]),
        ),
        (
            "failed",
            "A server that fails is asked again after half a minute, and the client is not refused.",
            &[],
            and(&start(json_response(503, &document())), &[next(1), next(30)]),
            vec![send(ID), error("server_failed"), unavailable(30), send(ID)],
        ),
        (
            "keys-failed",
            "Nor is it when its keys cannot be had.",
            &[],
            and(&address[..3], &[received(2, json_response(503, &json!({}))), next(2), next(31)]),
            vec![send(ID), taken.clone(), send(KEYS), error("server_failed"), unavailable(31), send(KEYS)],
        ),
        (
            "keys-unusable",
            "Or are none.",
            &[],
            and(&address[..3], &[received(2, found(&jwks(&[]))), next(2)]),
            vec![send(ID), taken.clone(), send(KEYS), error("jwks_malformed"), unavailable(31)],
        ),
        (
            "refused",
            "A document that is not acceptable: there is no such client, for a minute.",
            &["CIMD-002"],
            and(&start(found(&with(&document(), &[("client_id", json!(OTHER))]))), &[next(60), next(61)]),
            vec![send(ID), error("client_document_invalid"), refused(), send(ID)],
        ),
        (
            "gone",
            "No document there.",
            &["CIMD-001"],
            and(&start(json_response(404, &json!({}))), &[next(1)]),
            vec![send(ID), error("client_document_invalid"), refused()],
        ),
        (
            "grant-not-listed",
            "A client that does not list the grant may not use it.",
            &[],
            and(
                &start(found(&with(&document(), &[("grant_types", json!(["authorization_code"]))]))),
                &[next(1)],
            ),
            and(&started, &[with(&used(), &[("client/may_use_grant", json!(false))])]),
        ),
        (
            "bound",
            "One that asks for bound tokens.",
            &["R9449-023"],
            and(&start(found(&with(&document(), &[("dpop_bound_access_tokens", json!(true))]))), &[next(1)]),
            and(&started, &[with(&used(), &[("client/dpop_bound_access_tokens", json!(true))])]),
        ),
        (
            "clock-set-back",
            "What comes from the future is asked for again.",
            &[],
            vec![next(100), received(100, found(&document())), next(99)],
            and(&started, &[send(ID)]),
        ),
    ] {
        group.valid(case(id, comment, SPEC, req), run(&steps), told(&events));
    }
    group.valid(case("taken", "A document that came.", SPEC, &[]), run(&inline), told(&started));
    let one = |response: Value| run(&start(response));
    let other_keys = json!({"keys": [{"kty": "EC", "crv": "P-521", "x": "AA", "y": "AA"}]});
    let public = with(&document(), &[("token_endpoint_auth_method", json!("none"))]);
    let rows: Vec<Refusal<'_>> = vec![
        (
            "public",
            "A client that cannot authenticate.",
            &["AMB-020"],
            one(found(&public)),
            "client_document_invalid",
        ),
        (
            "unusable-keys",
            "No key that can be used.",
            &["CIMD-004"],
            one(found(&with(&document(), &[("jwks", other_keys)]))),
            "client_document_invalid",
        ),
        (
            "redirect",
            "A redirect is not followed.",
            &[],
            one(json_response(302, &document())),
            "client_document_invalid",
        ),
        ("overloaded", "Later.", &[], one(json_response(429, &document())), "server_failed"),
    ];
    refuse(&mut group, "taken", SPEC, &rows);
    let unasked = run(&[next_of(OTHER, 0), received(1, found(&document()))]);
    let rows: [Refusal<'_>; 1] = [("unasked", "Nothing was asked for.", &[], unasked, "response_malformed")];
    refuse(&mut group, "taken", SPEC, &rows);
    configured(&mut topic);
    topic.finish()
}

fn configured(topic: &mut TopicBuilder) {
    let run = |steps: &[Value]| json!({"steps": steps});
    let told = |events: &[Value]| json!({"events": events});
    let with_config = |name: &str, value: Value| with(&config(), &[(name, value)]);
    topic.group("One origin.", with_config("origins", json!(["https://client.example"])), keys(), NOW).valid(
        case("origin", "It is asked; another is not.", "CIMD §8.6", &[]),
        run(&[next(0), next_of(OTHER, 0), next_of("https://client.example:444/metadata.json", 0)]),
        told(&[send(ID), json!({"state": "not_a_document"}), json!({"state": "not_a_document"})]),
    );
    let keys_at = |url: &str| {
        run(&[next(0), received(1, found(&with(&document_with_address(), &[("jwks_uri", json!(url))])))])
    };
    let mut group = topic.group(
        "One origin, for keys too.",
        with_config("origins", json!(["https://client.example"])),
        keys(),
        NOW,
    );
    group.valid(
        case("keys-of-origin", "Its keys are there.", "CIMD §8.6", &[]),
        keys_at(KEYS),
        told(&[send(ID), json!({})]),
    );
    let rows: [Refusal<'_>; 1] = [(
        "keys-elsewhere",
        "They are where nobody is asked.",
        &[],
        keys_at("https://keys.example/jwks.json"),
        "client_document_invalid",
    )];
    refuse(&mut group, "keys-of-origin", "CIMD §8.6", &rows);
    let public = with(&document(), &[("token_endpoint_auth_method", json!("none")), ("jwks", Value::Null)]);
    topic
        .group("Public clients are taken.", with_config("dangerous_public_clients", json!(true)), keys(), NOW)
        .valid(
            case("public-taken", "One that cannot authenticate.", "CIMD §8.2", &["AMB-020"]),
            run(&[next(0), received(1, found(&public)), next(1)]),
            told(&[
                send(ID),
                json!({}),
                json!({"state": "use", "client": {
                    "client_id": ID, "token_endpoint_auth_method": "none", "dpop_bound_access_tokens": false,
                    "may_use_grant": true,
                }}),
            ]),
        );
    let exchange = with(&document(), &[("grant_types", json!([TOKEN_EXCHANGE]))]);
    topic.group("At an identity provider.", with_config("role", json!("idp")), keys(), NOW).valid(
        case("idp", "It is token exchange that a client must list.", "RFC 7591 §2", &[]),
        run(&[next(0), received(1, found(&exchange)), next(1)]),
        told(&[send(ID), json!({}), used()]),
    );
    topic.group("Two clients at most.", with_config("capacity", json!(2)), keys(), NOW).valid(
        case("capacity", "What no client came of is forgotten first.", "CIMD §8", &[]),
        run(&[
            next(0),
            received(1, found(&document())),
            next_of(OTHER, 1),
            next_of("https://third.example/a", 1),
            next(2),
            next_of(OTHER, 2),
        ]),
        told(&[send(ID), json!({}), send(OTHER), send("https://third.example/a"), used(), send(OTHER)]),
    );
    for (id, comment, name, value) in [
        ("no-capacity", "Room for none.", "capacity", json!(0)),
        ("too-old", "Documents that serve for more than a day.", "max_age", json!(86_401)),
        ("too-short", "Documents that serve for less than they must.", "max_age", json!(599)),
    ] {
        let mut group = topic.group(comment, with_config(name, value), keys(), NOW);
        let rows: [Refusal<'_>; 1] =
            [(id, comment, &[], run(&[next(0), received(1, found(&document()))]), "config_invalid")];
        refuse(&mut group, "taken", SPEC, &rows);
    }
}
