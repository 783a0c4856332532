//! Agents: who is one, what it may be given at most, and that listing them never gives anybody more.

use alloc::format;

use proptest::prelude::*;
use proptest::test_runner::Config;

use super::laws::is_no_wider;
use super::model::{ask, doc};
use super::*;
use crate::text::Subject;
use crate::time::Seconds;
use crate::token::Actor;

const AGENTS: &str = r#"
    {"id": "researchers", "issuer": "https://agents.example", "sub_profiles": ["researcher"], "labels": ["sub"],
     "status": "approved", "apps": {"any": true}, "max_depth": 2, "max_lifetime": 120},
    {"id": "scribe", "issuer": "https://agents.example", "subjects": ["scribe-1"], "status": "approved", "apps": {"ids": ["agent"]}},
    {"id": "withdrawn", "issuer": "https://agents.example", "subjects": ["old-1"], "status": "restricted", "apps": {"any": true}},
    {"id": "worker", "client_ids": ["worker-client"], "labels": ["sub"], "status": "approved", "apps": {"labels": ["bot"]}},
    {"id": "others", "issuer": "https://agents.example", "subjects": ["other-1"], "status": "approved", "apps": {"ids": ["other"]}},
    {"id": "awaited", "issuer": "https://new.example", "status": "approval_required", "apps": {"any": true}}"#;
const PERMIT: &str = r#"{"id": "p", "effect": "permit", "apps": {"any": true}, "servers": {"any": true}, "subjects": {"any": true},
                         "scopes": ["r", "w"], "max_lifetime": 600}"#;

fn document(agents: &str, rules: &str) -> String {
    let apps = r#""apps": [{"id": "other", "client_ids": ["c2"], "status": "approved"}, "#;
    let document = with_rules(rules).replace(r#""apps": ["#, apps);
    document.replace(r#""servers": ["#, &format!(r#""agents": [{agents}], "servers": ["#))
}

fn actor(issuer: &str, subject: &str, kind: Option<&str>) -> Actor {
    Actor {
        issuer: Some(issuer.into()),
        subject: Subject::new(subject).unwrap(),
        sub_profile: kind.map(String::from),
        prior: Vec::new(),
    }
}

fn agent(subject: &str, kind: Option<&str>) -> Actor {
    actor("https://agents.example", subject, kind)
}

fn asked(rules: &str, acting: Option<Acting>, chain: Chain<'_>) -> Decision {
    let (app, scope) = (client("c1"), scope("r w"));
    let request = Request {
        client: ClientAt::IdentityProvider(&app),
        issuer: "https://db.example",
        resources: &[],
        scope: Some(&scope),
        detail_types: &[],
        facts: Facts { acting, chain, ..Facts::default() },
    };
    compile(&document(AGENTS, rules)).evaluate(&request)
}

fn acting(rules: &str, actor: &Actor, depth: usize) -> Decision {
    asked(rules, Some(Acting::ThroughActor), Chain { actor: Some(actor), client: None, depth: Some(depth) })
}

#[test]
fn an_agent_is_known_by_issuer_subject_and_kind_or_by_its_client_id() {
    for (actor, expected) in [
        (agent("scribe-1", None), Ok(vec!["scribe"])),
        (agent("x", Some("researcher")), Ok(vec!["researchers"])),
        (agent("scribe-1", Some("researcher")), Ok(vec!["researchers", "scribe"])),
        (actor("https://db.example", "worker-client", None), Ok(vec!["worker"])),
        (agent("x", None), Err(Bar::AgentUnknown)),
        (agent("x", Some("writer")), Err(Bar::AgentUnknown)),
        (actor("https://chat.example", "worker-client", None), Err(Bar::AgentUnknown)),
        (actor("https://elsewhere.example", "scribe-1", Some("researcher")), Err(Bar::AgentUnknown)),
        (Actor { issuer: None, ..agent("scribe-1", None) }, Err(Bar::AgentUnknown)),
        (agent("old-1", None), Err(Bar::AgentRestricted)),
        (agent("old-1", Some("researcher")), Err(Bar::AgentRestricted)),
        (agent("other-1", None), Err(Bar::AgentForeign)),
        (actor("https://new.example", "anybody", None), Err(Bar::AgentApprovalRequired)),
    ] {
        let decision = acting(PERMIT, &actor, 0);
        let found = match decision.bar {
            Some(bar) => Err(bar),
            None => Ok(decision.agents.iter().map(AgentId::as_str).collect()),
        };
        assert_eq!(found, expected, "{actor:?}");
        assert_eq!(decision.grant().is_some(), expected.is_ok());
    }
}

#[test]
fn an_agent_has_a_depth_and_a_life() {
    let researcher = agent("x", Some("researcher"));
    let lifetime = |decision: Decision| decision.grant().and_then(|grant| grant.lifetime);
    assert_eq!(lifetime(acting(PERMIT, &researcher, 2)), Some(Seconds(120)));
    assert_eq!(lifetime(acting(PERMIT, &agent("scribe-1", None), 9)), Some(Seconds(600)));
    assert_eq!(acting(PERMIT, &researcher, 3).bar, Some(Bar::AgentTooDeep));
    let unknown = Chain { actor: Some(&researcher), ..Chain::default() };
    assert_eq!(asked(PERMIT, Some(Acting::ThroughActor), unknown).bar, Some(Bar::AgentTooDeep));
}

#[test]
fn rules_select_agents() {
    let rules = |rule: &str| format!("{PERMIT}, {rule}");
    let read_only =
        rules(r#"{"id": "d", "effect": "deny", "agents": {"labels": ["sub"]}, "scopes_except": ["@read"]}"#);
    let granted = |decision: Decision| decision.grant().map(|grant| grant.scope.clone());
    assert_eq!(granted(acting(&read_only, &agent("x", Some("researcher")), 1)), Some(scope("r")));
    assert_eq!(granted(acting(&read_only, &agent("scribe-1", None), 1)), Some(scope("r w")));
    let directly = asked(&read_only, Some(Acting::Directly), Chain::default());
    assert_eq!(granted(directly), Some(scope("r w")));
    // When it is not said who acts, a deny by agents holds and a permit by agents does not.
    assert_eq!(granted(asked(&read_only, None, Chain::default())), Some(scope("r")));
    let any = PERMIT.replace(r#""scopes""#, r#""agents": {"any": true}, "scopes""#);
    assert_eq!(granted(acting(&any, &agent("scribe-1", None), 0)), Some(scope("r w")));
    let reason = |decision: Decision| decision.nearest.map(|near| near.reason);
    assert_eq!(reason(asked(&any, None, Chain::default())), Some(Reason::AgentUnknown));
    assert_eq!(reason(asked(&any, Some(Acting::Directly), Chain::default())), Some(Reason::Agent));
}

#[test]
fn a_client_of_another_app_must_be_listed() {
    let scribe = agent("scribe-1", None);
    let by = |name: &str| {
        let client_id = client(name);
        let chain = Chain { actor: Some(&scribe), client: Some(&client_id), depth: Some(1) };
        asked(PERMIT, Some(Acting::ThroughActor), chain)
    };
    let agents: Vec<String> = by("worker-client").agents.iter().map(ToString::to_string).collect();
    assert_eq!(agents, ["scribe", "worker"]);
    assert_eq!(by("stranger").bar, Some(Bar::AgentUnknown));
    // Without a list of agents nobody is on it.
    let (app, worker) = (client("c1"), client("worker-client"));
    let request = Request {
        client: ClientAt::IdentityProvider(&app),
        issuer: "https://db.example",
        resources: &[],
        scope: None,
        detail_types: &[],
        facts: Facts {
            acting: Some(Acting::ThroughActor),
            chain: Chain { actor: Some(&scribe), client: Some(&worker), depth: Some(1) },
            ..Facts::default()
        },
    };
    assert_eq!(compile(&with_rules(PERMIT)).evaluate(&request).bar, Some(Bar::AgentUnknown));
}

#[test]
fn faults_of_agents_are_named() {
    let faults = |agents: &str, rules: &str| faults_of(&document(agents, rules));
    assert_eq!(
        faults(r#"{"id": "a", "subjects": ["s"], "status": "approved", "apps": {"any": true}}"#, ""),
        [
            "/agents/0/subjects: this means something only within an issuer",
            "/agents/0: an agent is recognised by `issuer` or by `client_ids`",
        ]
    );
    let one = r#"{"id": "a", "client_ids": ["x"], "status": "approved", "apps": {"ids": ["nobody"]}}"#;
    let deny = r#"{"id": "d", "effect": "deny", "agents": {"ids": ["b"], "labels": ["l"]}}"#;
    assert_eq!(
        faults(&format!("{one}, {one}"), deny),
        [
            "/agents/1/id: the id is taken: `a`",
            "/agents/0/apps/ids/0: no app has this id: `nobody`",
            "/agents/1/apps/ids/0: no app has this id: `nobody`",
            "/rules/0/agents/ids/0: no agent has this id: `b`",
            "/rules/0/agents/labels/0: no agent carries this label: `l`",
        ]
    );
}

/// Subjects, kinds, status, app, depth, life.
type Drawn = (u8, u8, u8, Option<u8>, Option<u8>, Option<u8>);

/// Agents of one issuer, some of every sort.
fn agents() -> impl Strategy<Value = Vec<String>> {
    let one = (
        0..4_u8,
        0..4_u8,
        0..3_u8,
        prop::option::of(0..10_u8),
        prop::option::of(1..3_u8),
        prop::option::of(1..90_u8),
    );
    prop::collection::vec(one, 0..4).prop_map(|all| {
        let written = |(index, (subjects, kinds, status, app, depth, life)): (usize, Drawn)| {
            let named = |what: &str, bits: u8, name: char| {
                let names: Vec<String> = (0..2).filter(|bit| bits & (1 << bit) != 0).map(|bit| format!(r#""{name}{bit}""#)).collect();
                if names.is_empty() { String::new() } else { format!(r#""{what}": [{}], "#, names.join(", ")) }
            };
            let status = ["approved", "approved", "restricted"][usize::from(status)];
            let apps = app.map_or(r#"{"any": true}"#.into(), |app| format!(r#"{{"ids": ["a{app}"]}}"#));
            let depth = depth.map_or(String::new(), |depth| format!(r#", "max_depth": {depth}"#));
            let life = life.map_or(String::new(), |life| format!(r#", "max_lifetime": {life}"#));
            format!(
                r#"{{"id": "x{index}", "issuer": "https://agents.example", {}{}"status": "{status}", "apps": {apps}{depth}{life}}}"#,
                named("subjects", subjects, 'u'), named("sub_profiles", kinds, 'k'),
            )
        };
        all.into_iter().enumerate().map(written).collect()
    })
}

proptest! {
    #![proptest_config(Config { cases: 200, failure_persistence: None, ..Config::default() })]

    /// A list of agents only takes away, and its order does not matter.
    #[test]
    fn listing_agents_never_widens(doc in doc(), ask in ask(), mut agents in agents(), who in 0..3_u8, kind in 0..3_u8, depth in 0..3_usize) {
        let without = doc.to_json();
        let with = |agents: &[String]| {
            compile(&without.replacen('{', &format!(r#"{{"agents": [{}], "#, agents.join(", ")), 1))
        };
        let actor = agent(&format!("u{who}"), (kind < 2).then(|| format!("k{kind}")).as_deref());
        let decide = |policy: &Policy| {
            ask.with(|request| {
                let acts = request.facts.acting == Some(Acting::ThroughActor);
                let chain = Chain { actor: acts.then_some(&actor), client: None, depth: Some(depth) };
                policy.evaluate(&Request { facts: Facts { chain, ..request.facts }, ..*request })
            })
        };
        let narrowed = decide(&with(&agents));
        prop_assert!(is_no_wider(&narrowed, &decide(&compile(&without))));
        agents.reverse();
        prop_assert_eq!(decide(&with(&agents)), narrowed);
    }
}
