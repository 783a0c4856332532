//! The client: an ID-JAG, and a connection, for one conversation (DESIGN §7).

use serde_json::{Value, json};

use super::client_exchange::{asked, config, signed};
use super::connection::{all, config as connection_config, connected, ready, usual};
use crate::format::Topic;
use crate::generate::client_scene::{IDP_TOKEN_ENDPOINT, client_keys, exchanged, id_jag, post, ras, signing};
use crate::generate::connection_scene::{exchange_event_also, grant_event_with, play};
use crate::generate::dsl::{TopicBuilder, case, fails_locally, with};
use crate::generate::scene::{CLIENT_AT_IDP, CLIENT_ID, IDP_ISSUER, NOW, RAS_ISSUER, RESOURCE};

const SPEC: &str = "DESIGN §7";
const CTX: &str = "conversation:01JD8ZK";

/// What the client asks the IdP for.
pub fn request() -> Topic {
    let mut topic = TopicBuilder::new("client.exchange_request", "conversations");
    let own = config(signing(IDP_ISSUER, CLIENT_AT_IDP));
    let mut group = topic.group("The client signs.", own, client_keys(), NOW);
    let sent = |name: &'static str| post(IDP_TOKEN_ENDPOINT, &signed(&[(name, json!(CTX))]), &[]);
    let ask = |conversation: &str| with(&asked(), &[("context", json!(conversation))]);
    let named = |name: &str| with(&ask(CTX), &[("context_claim", json!(name))]);
    group.valid(case("asked", "For one conversation.", SPEC, &[]), ask(CTX), sent("ctx")).valid(
        case("txn", "Under the name of RFC 8417.", SPEC, &[]),
        named("txn"),
        sent("txn"),
    );
    for (id, comment, conversation) in [
        ("empty", "No conversation has no name.", ""),
        ("longer", "513 bytes.", &"c".repeat(513)),
        ("control", "A control character.", "conversation:\n1"),
    ] {
        group.invalid(
            case(id, comment, SPEC, &[]),
            "asked",
            ask(conversation),
            fails_locally("text_invalid"),
        );
    }
    for (id, comment, name) in
        [("name-of-a-claim", "A name that is taken.", "scope"), ("no-name", "No name.", "my ctx")]
    {
        group.invalid(case(id, comment, SPEC, &[]), "txn", named(name), fails_locally("config_invalid"));
    }
    topic.finish()
}

/// What the client makes of the IdP's answer.
pub fn answer() -> Topic {
    let mut topic = TopicBuilder::new("client.exchange_response", "conversations");
    let redeemer = json!({"audience": ras(), "client_id": CLIENT_ID, "binding": "unbound"});
    let mut group = topic.group("Asked for one conversation.", redeemer, client_keys(), NOW);
    let whole = json!({"audience": RAS_ISSUER, "expires_at": NOW + 300, "scope": "read write"});
    let came = |name: &str, value: Value| {
        let named = id_jag(&[(name, json!(CTX))]);
        let id_jag = if value.is_null() { named.without(name) } else { named.claim(name, value) };
        let response = exchanged(&id_jag, &[]);
        json!({"response": response, "resource": [RESOURCE], "scope": "read write", "context": CTX})
    };
    let txn = |name: &str| with(&came(name, json!(CTX)), &[("context_claim", json!("txn"))]);
    group
        .valid(case("this", "A grant for this one.", SPEC, &[]), came("ctx", json!(CTX)), whole.clone())
        .valid(case("txn", "Under the name of RFC 8417.", SPEC, &[]), txn("txn"), whole.clone())
        .valid(
            case("not-asked", "Where none was asked for, the provider may have its own.", SPEC, &[]),
            with(&came("ctx", json!("conversation:2")), &[("context", Value::Null)]),
            whole,
        )
        .invalid(
            case("another", "A grant for another one.", SPEC, &[]),
            "this",
            came("ctx", json!("conversation:2")),
            fails_locally("context_mismatch"),
        )
        .invalid(
            case("none", "A grant for none: the provider does not know conversations.", SPEC, &[]),
            "this",
            came("ctx", Value::Null),
            fails_locally("context_required"),
        )
        .invalid(
            case("number", "A conversation that is no text.", SPEC, &[]),
            "this",
            came("ctx", json!(7)),
            fails_locally("claim_malformed"),
        )
        .invalid(
            case("other-name", "A grant for it under another name.", SPEC, &[]),
            "this",
            txn("ctx"),
            fails_locally("context_required"),
        );
    topic.finish()
}

/// The usual steps, with an ID-JAG for `conversation`.
fn steps(conversation: &str) -> Vec<Value> {
    let mut steps = usual();
    steps[3] = json!({"answer": exchanged(&id_jag(&[("ctx", json!(conversation))]), &[])});
    steps
}

/// A connection for one conversation.
pub fn connection() -> Topic {
    let mut topic = TopicBuilder::new("client.connection", "conversations");
    let mut group = topic.group("A client with a key.", connection_config(), client_keys(), NOW);
    let within =
        |conversation: &str, steps: &[Value]| with(&play(steps), &[("context", json!(conversation))]);
    let mut events = connected();
    let grant = id_jag(&[("ctx", json!(CTX))]).compact();
    events[3] = exchange_event_also("read write", NOW, &[("ctx", json!(CTX))]);
    events[4] = grant_event_with(&grant, "read write", NOW, &[]);
    // The ID-JAG serves once more; then a new one is asked for, for the same conversation.
    let token = steps(CTX)[4].clone();
    let later = |step: &Value, at: u64| with(step, &[("at", json!(at))]);
    let mut again = steps(CTX);
    again.extend([
        later(&token, NOW + 60),
        later(&json!({"next": true}), NOW + 60),
        later(&steps(CTX)[3], NOW + 120),
        later(&token, NOW + 120),
        later(&json!({"next": true}), NOW + 120),
    ]);
    let mut events_again = events.clone();
    events_again.extend([
        grant_event_with(&grant, "read write", NOW + 60, &[]),
        ready("read write", NOW + 120),
        exchange_event_also("read write", NOW + 120, &[("ctx", json!(CTX))]),
        grant_event_with(&grant, "read write", NOW + 120, &[]),
        ready("read write", NOW + 180),
    ]);
    group
        .valid(
            case("one", "Exchange and grant are for this conversation.", SPEC, &[]),
            within(CTX, &steps(CTX)),
            all(&events),
        )
        .valid(case("renewed", "So is every renewal.", SPEC, &[]), within(CTX, &again), all(&events_again))
        .invalid(
            case("another", "A grant for another conversation is not redeemed.", SPEC, &[]),
            "one",
            within("conversation:2", &steps(CTX)),
            fails_locally("context_mismatch"),
        )
        .invalid(
            case("empty", "No conversation has no name.", SPEC, &[]),
            "one",
            within("", &steps(CTX)),
            fails_locally("text_invalid"),
        );
    let txn = with(&connection_config(), &[("context_claim", json!("txn"))]);
    let mut steps_txn = usual();
    let grant = id_jag(&[("txn", json!(CTX))]);
    steps_txn[3] = json!({"answer": exchanged(&grant, &[])});
    let mut events = connected();
    events[3] = exchange_event_also("read write", NOW, &[("txn", json!(CTX))]);
    events[4] = grant_event_with(&grant.compact(), "read write", NOW, &[]);
    topic.group("A client that says `txn`.", txn, client_keys(), NOW).valid(
        case("txn", "Under the name of RFC 8417.", SPEC, &[]),
        within(CTX, &steps_txn),
        all(&events),
    );
    topic.finish()
}
