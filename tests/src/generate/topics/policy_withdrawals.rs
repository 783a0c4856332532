//! `policy.withdrawals`: what to revoke when a policy takes the place of another (DESIGN §8).

use serde_json::{Value, json};

use super::policy_document::design;
use crate::format::Topic;
use crate::generate::dsl::{TopicBuilder, case, keys, with};
use crate::generate::scene::NOW;
use crate::generate::web::{Refusal, refuse};

const SPEC: &str = "DESIGN §8";
const IDP: &str = "https://acme.idp.example";
const WAREHOUSE: &str = "https://auth.data.example/";
const CHAT: &str = "https://auth.chat.example/";

/// The document of DESIGN §6, with another app, and another server where the first app has no client id of the server's.
fn company() -> Value {
    with(
        &design(),
        &[
            ("apps/1", json!({"id": "helper", "client_ids": ["helper-1"], "status": "approved"})),
            ("servers/1", json!({"id": "chat", "issuer": CHAT})),
        ],
    )
}

fn entry(issuer: &str, client_id: &str, lifetime: u64) -> Value {
    let until = NOW + 60;
    json!({
        "iss": issuer, "client_id": client_id, "issued_before": until, "retain_until": until + lifetime + 300,
    })
}

/// The tokens with which an actor acts.
fn acting(issuer: &str, act: &Value) -> Value {
    let until = NOW + 60;
    json!({"iss": issuer, "act": act, "issued_before": until, "retain_until": until + 3600 + 300})
}

/// The grants and the tokens of clients at a server, and those with which each of them acts.
fn at_all(server: &str, issuer: &str, client_ids: &[&str]) -> Value {
    let own = client_ids.iter().flat_map(|id| [entry(IDP, id, 3600), entry(issuer, id, 3600)]);
    let acts = client_ids.iter().map(|id| json!({"iss": issuer, "sub": id}));
    let acts = acts.flat_map(|act| [acting(IDP, &act), acting(issuer, &act)]);
    json!({"server": server, "issuer": issuer, "entries": own.chain(acts).collect::<Vec<_>>()})
}

fn at(server: &str, issuer: &str, client_id: &str) -> Value {
    at_all(server, issuer, &[client_id])
}

fn sign_ons(client_id: &str) -> Value {
    json!({"issuer": IDP, "entries": [entry(IDP, client_id, 86_400)]})
}

/// Statuses, client ids, mappings and servers that change.
pub fn documents() -> Topic {
    let mut topic = TopicBuilder::new("policy.withdrawals", "documents");
    const CLAUDE: &str = "https://claude.example/client.json";
    let changed = |changes: &[(&str, Value)]| with(&company(), changes);
    let restricted = changed(&[("apps/0/status", json!("restricted"))]);
    let everywhere =
        || vec![at("chat", CHAT, CLAUDE), at("warehouse", WAREHOUSE, "f53f191f9311af35"), sign_ons(CLAUDE)];
    let input = json!({"idp": IDP, "former": company()});
    for (id, comment, document, given, withdrawals) in [
        ("nothing", "The same document again.", company(), input.clone(), vec![]),
        (
            "restricted",
            "An app is restricted: at each server the name it has there.",
            restricted.clone(),
            input.clone(),
            everywhere(),
        ),
        (
            "alone",
            "Without the former document, the apps that may not be used.",
            restricted.clone(),
            json!({"idp": IDP}),
            everywhere(),
        ),
        (
            "known",
            "It was restricted before.",
            restricted.clone(),
            with(&input, &[("former", restricted.clone())]),
            vec![],
        ),
        (
            "approved",
            "An app may be used again.",
            company(),
            with(&input, &[("former", restricted.clone())]),
            vec![],
        ),
        (
            "approval-required",
            "An app awaits approval again.",
            changed(&[("apps/0/status", json!("approval_required"))]),
            input.clone(),
            everywhere(),
        ),
        (
            "mapping-changed",
            "The server knows the app by another name: what it had under the old one ends.",
            changed(&[("servers/0/client_ids/claude-code", json!("new"))]),
            input.clone(),
            vec![at("warehouse", WAREHOUSE, "f53f191f9311af35")],
        ),
        (
            "client-id-changed",
            "The app has another client id: the old one ends where it was used.",
            changed(&[("apps/1/client_ids/0", json!("helper-2"))]),
            input.clone(),
            vec![at("chat", CHAT, "helper-1"), at("warehouse", WAREHOUSE, "helper-1"), sign_ons("helper-1")],
        ),
        (
            "server-gone",
            "A server is no longer listed: everybody's tokens for it end.",
            changed(&[("servers", json!([company()["servers"][0]]))]),
            input.clone(),
            vec![at_all("chat", CHAT, &["helper-1", CLAUDE])],
        ),
        (
            "rules",
            "Rules are no names: what they granted runs out.",
            changed(&[("rules", json!([]))]),
            input.clone(),
            vec![],
        ),
    ] {
        topic.group(comment, json!({"document": document}), keys(), NOW).valid(
            case(id, comment, SPEC, &[]),
            given,
            json!({"withdrawals": withdrawals}),
        );
    }
    agents(&mut topic);
    let mut group = topic.group("Lifetimes.", json!({"document": restricted}), keys(), NOW);
    let times = with(
        &input,
        &[
            ("clock_skew", json!(0)),
            ("id_jag_lifetime", json!(10)),
            ("access_token_lifetime", json!(20)),
            ("id_token_lifetime", json!(30)),
            ("tolerance", json!(1)),
        ],
    );
    let short = |issuer: &str, client_id: &str, lifetime: u64| json!({"iss": issuer, "client_id": client_id, "issued_before": NOW, "retain_until": NOW + lifetime});
    let short_act = |issuer: &str, of: &str, sub: &str, lifetime: u64| json!({"iss": issuer, "act": {"iss": of, "sub": sub}, "issued_before": NOW, "retain_until": NOW + lifetime});
    let both = |server: &str, issuer: &str, client_id: &str| {
        json!({
            "server": server, "issuer": issuer,
            "entries": [
                short(IDP, client_id, 11), short(issuer, client_id, 21),
                short_act(IDP, issuer, client_id, 11), short_act(issuer, issuer, client_id, 21),
            ],
        })
    };
    group.valid(
        case("times", "Each entry is kept as long as what it ends can live.", SPEC, &[]),
        times.clone(),
        json!({"withdrawals": [
            both("chat", CHAT, CLAUDE), both("warehouse", WAREHOUSE, "f53f191f9311af35"),
            json!({"issuer": IDP, "entries": [short(IDP, CLAUDE, 31)]}),
        ]}),
    );
    let rows: [Refusal<'_>; 1] = [(
        "no-idp",
        "An identity provider that is no issuer.",
        &[],
        with(&times, &[("idp", json!("acme"))]),
        "url_malformed",
    )];
    refuse(&mut group, "times", SPEC, &rows);
    topic.finish()
}

/// Agents, by the names that the documents give them.
fn agents(topic: &mut TopicBuilder) {
    const AGENTS: &str = "https://agents.example";
    let agent = |who: Value, status: &str| {
        with(&who, &[("id", json!("scribe")), ("status", json!(status)), ("apps", json!({"any": true}))])
    };
    let by_name = json!({"issuer": AGENTS, "subjects": ["scribe-1"]});
    let whole = json!({"issuer": AGENTS});
    let company = |agents: &[Value]| with(&company(), &[("agents", json!(agents))]);
    let input = json!({"idp": IDP, "former": company(&[agent(by_name.clone(), "approved")])});
    let act = json!({"iss": AGENTS, "sub": "scribe-1"});
    let at = |server: &str, issuer: &str| json!({"server": server, "issuer": issuer, "entries": [acting(IDP, &act), acting(issuer, &act)]});
    let both = json!([at("chat", CHAT), at("warehouse", WAREHOUSE)]);
    for (id, comment, agents, withdrawals) in [
        ("agent-restricted", "An agent is restricted.", vec![agent(by_name, "restricted")], both.clone()),
        ("agent-gone", "An agent is no longer listed.", vec![], both),
        ("agent-still", "All agents of its issuer may act.", vec![agent(whole, "approved")], json!([])),
    ] {
        topic.group(comment, json!({"document": company(&agents)}), keys(), NOW).valid(
            case(id, comment, SPEC, &[]),
            input.clone(),
            json!({"withdrawals": withdrawals}),
        );
    }
}
