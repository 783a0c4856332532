//! Policies and askers for the law of comparisons.

use idjag::policy::{Policy, PolicyOptions};
use proptest::prelude::*;

/// Somebody who asks: what is known of them and of the request.
#[derive(Clone, Debug)]
pub(super) struct Asker {
    pub(super) subject: Option<u8>,
    pub(super) groups: Option<Vec<u8>>,
    pub(super) acr: Option<u8>,
    pub(super) age: Option<u64>,
    pub(super) dpop: bool,
    pub(super) context: bool,
    pub(super) acting: Option<Option<Acter>>,
    pub(super) depth: Option<usize>,
}

/// An actor: its issuer, subject and kind; and the client that asks where the token was issued to another.
#[derive(Clone, Debug)]
pub(super) struct Acter {
    pub(super) issuer: Option<&'static str>,
    pub(super) subject: &'static str,
    pub(super) kind: Option<&'static str>,
    pub(super) client: Option<&'static str>,
}

const GROUPS: u8 = 4;
const USERS: u8 = 3;

/// Some of `0..of`, at least one.
fn some(of: u8) -> impl Strategy<Value = Vec<u8>> {
    prop::collection::btree_set(0..of, 1..=usize::from(of)).prop_map(|set| set.into_iter().collect())
}

fn list(prefix: &str, numbers: &[u8]) -> String {
    let names: Vec<String> = numbers.iter().map(|number| format!("\"{prefix}{number}\"")).collect();
    format!("[{}]", names.join(", "))
}

fn users() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::from(r#"{"any": true}"#)),
        some(USERS).prop_map(|ids| format!(r#"{{"ids": {}}}"#, list("u", &ids))),
        some(GROUPS).prop_map(|any| format!(r#"{{"groups_any": {}}}"#, list("g", &any))),
        some(GROUPS).prop_map(|all| format!(r#"{{"groups_all": {}}}"#, list("g", &all))),
        (some(GROUPS), some(GROUPS)).prop_map(|(any, all)| {
            format!(r#"{{"groups_any": {}, "groups_all": {}}}"#, list("g", &any), list("g", &all))
        }),
    ]
}

fn scopes() -> impl Strategy<Value = String> {
    prop_oneof![1 => Just(String::from(r#"["*"]"#)), 3 => some(3).prop_map(|named| list("s", &named))]
}

fn permit() -> impl Strategy<Value = String> {
    let require = (
        any::<bool>(),
        any::<bool>(),
        prop::option::of(any::<bool>()),
        prop::option::of(0..2_u8),
        prop::option::of(1..3_u64),
    );
    let require = require.prop_map(|(dpop, context, actor, acr, age)| {
        let members = [
            dpop.then(|| String::from(r#""dpop": true"#)),
            context.then(|| String::from(r#""context": true"#)),
            actor.map(|actor| format!(r#""actor": {actor}"#)),
            acr.map(|acr| format!(r#""acr": ["a{acr}"]"#)),
            age.map(|age| format!(r#""max_auth_age": {}"#, age * 100)),
        ];
        let members: Vec<String> = members.into_iter().flatten().collect();
        if members.is_empty() { String::new() } else { format!(r#", "require": {{{}}}"#, members.join(", ")) }
    });
    let types = prop::option::of(some(2)).prop_map(|types| match types {
        Some(types) => format!(r#", "authorization_details_types": {}"#, list("t", &types)),
        None => String::new(),
    });
    let life = prop::option::of(1..3_u64).prop_map(|life| match life {
        Some(life) => format!(r#", "max_lifetime": {}"#, life * 60),
        None => String::new(),
    });
    (users(), scopes(), prop_oneof![3 => Just(String::new()), 1 => require], types, life).prop_map(
        |(users, scopes, require, types, life)| {
            format!(
                r#""effect": "permit", "apps": {{"any": true}}, "servers": {{"any": true}}, "subjects": {users},
                   "scopes": {scopes}{require}{types}{life}"#
            )
        },
    )
}

fn deny() -> impl Strategy<Value = String> {
    let about = prop_oneof![
        Just(String::new()),
        scopes().prop_map(|scopes| format!(r#", "scopes": {scopes}"#)),
        some(3).prop_map(|scopes| format!(r#", "scopes_except": {}"#, list("s", &scopes))),
        some(2).prop_map(|types| format!(r#", "authorization_details_types": {}"#, list("t", &types))),
    ];
    (users(), about).prop_map(|(users, about)| format!(r#""effect": "deny", "subjects": {users}{about}"#))
}

/// The server's issuer, that of agents, and another.
pub(super) const ISSUERS: [&str; 3] =
    ["https://as.example", "https://agents.example", "https://other.example"];
const NAMES: [&str; 4] = ["x0", "x1", "k0", "k1"];

/// A list of agents: by subject, by kind, by client id; some subjects of the server's own issuer.
fn agents() -> impl Strategy<Value = String> {
    let named = |from: &'static [&'static str]| {
        prop::option::of(prop::sample::select(from))
            .prop_map(|name| name.map(|name| format!(r#"["{name}"]"#)))
    };
    let agent = (
        prop::option::of(prop::sample::select(&ISSUERS[..2])),
        named(&NAMES),
        named(&["p0", "p1"]),
        named(&["k0", "k1"]),
        prop_oneof![4 => Just("approved"), 1 => Just("restricted")],
        prop_oneof![4 => Just(r#"{"any": true}"#), 1 => Just(r#"{"ids": ["another"]}"#)],
        (prop::option::of(1..3_u8), prop::option::of(1..3_u8)),
    );
    let agent = agent.prop_map(|(issuer, subjects, kinds, clients, status, apps, (depth, life))| {
        let clients = clients.or_else(|| issuer.is_none().then(|| String::from(r#"["k0"]"#)));
        let (subjects, kinds) = (subjects.filter(|_| issuer.is_some()), kinds.filter(|_| issuer.is_some()));
        let members = [
            issuer.map(|issuer| format!(r#""issuer": "{issuer}""#)),
            subjects.map(|subjects| format!(r#""subjects": {subjects}"#)),
            kinds.map(|kinds| format!(r#""sub_profiles": {kinds}"#)),
            clients.map(|clients| format!(r#""client_ids": {clients}"#)),
            depth.map(|depth| format!(r#""max_depth": {depth}"#)),
            life.map(|life| format!(r#""max_lifetime": {}"#, u32::from(life) * 30)),
        ];
        let members: Vec<String> = members.into_iter().flatten().collect();
        format!(r#""status": "{status}", "apps": {apps}, {}"#, members.join(", "))
    });
    prop::collection::vec(agent, 2..4).prop_map(|agents| {
        let agents: Vec<String> = agents
            .iter()
            .enumerate()
            .map(|(number, agent)| format!(r#"{{"id": "b{number}", {agent}}}"#))
            .collect();
        format!(r#""agents": [{}], "#, agents.join(", "))
    })
}

/// A rule about whoever acts, or about these agents.
fn rules_about(agents: &'static [&'static str]) -> impl Strategy<Value = String> {
    let selected = move || prop::sample::select(agents).prop_map(|agents| format!(r#", "agents": {agents}"#));
    let of_permit = prop_oneof![
        2 => Just(String::new()),
        4 => selected(),
        1 => any::<bool>().prop_map(|actor| format!(r#", "require": {{"actor": {actor}}}"#)),
    ];
    let permit = (scopes(), of_permit).prop_map(|(scopes, about)| {
        format!(
            r#""effect": "permit", "apps": {{"any": true}}, "servers": {{"any": true}},
               "subjects": {{"any": true}}, "scopes": {scopes}{about}"#
        )
    });
    let of_deny = (selected(), prop_oneof![Just(""), Just(r#", "scopes": ["s0"]"#)]);
    let deny = of_deny.prop_map(|(about, scopes)| format!(r#""effect": "deny"{about}{scopes}"#));
    prop_oneof![2 => permit, 1 => deny]
}

/// A policy of a few rules about users and requests.
pub(super) fn about_users() -> impl Strategy<Value = Policy> {
    policies(Just(String::new()), prop_oneof![2 => permit(), 1 => deny()])
}

/// A policy of a few rules about agents, which it lists.
pub(super) fn about_agents() -> impl Strategy<Value = Policy> {
    policies(agents(), rules_about(&[r#"{"any": true}"#, r#"{"ids": ["b0"]}"#, r#"{"ids": ["b1"]}"#]))
}

/// A policy of a few rules about whoever acts, which lists no agents.
pub(super) fn without_agents() -> impl Strategy<Value = Policy> {
    policies(Just(String::new()), rules_about(&[r#"{"any": true}"#]))
}

/// A policy of a few rules, which have the same ids in every policy.
fn policies(
    agents: impl Strategy<Value = String>,
    rule: impl Strategy<Value = String>,
) -> impl Strategy<Value = Policy> {
    let rules = prop::collection::vec(rule, 0..4);
    let status = prop_oneof![9 => Just("approved"), 1 => Just("restricted")];
    (agents, rules, status).prop_map(|(agents, rules, status)| {
        let rules: Vec<String> = rules
            .iter()
            .enumerate()
            .map(|(number, rule)| format!(r#"{{"id": "r{number}", {rule}}}"#))
            .collect();
        let text = format!(
            r#"{{"version": 1, {agents}"apps": [{{"id": "app", "client_ids": ["c"], "status": "{status}"}},
                  {{"id": "another", "client_ids": ["d"], "status": "approved"}}],
                "servers": [{{"id": "server", "issuer": "https://as.example"}}], "rules": [{}]}}"#,
            rules.join(", ")
        );
        Policy::compile(text.as_bytes(), &PolicyOptions::default()).unwrap()
    })
}

/// Anybody, of whom something may be unknown; users, groups and classes that no rule names among them.
pub(super) fn askers() -> impl Strategy<Value = Asker> {
    (
        prop::option::weighted(0.8, 0..=USERS),
        prop::option::weighted(0.8, prop::collection::vec(0..=GROUPS, 0..4)),
        prop::option::of(0..3_u8),
        prop::option::of(prop_oneof![Just(99), Just(100), Just(101), Just(200), Just(201)]),
        any::<bool>(),
        any::<bool>(),
        prop::option::weighted(0.8, prop::option::weighted(0.8, acters())),
        prop::option::of(0..4_usize),
    )
        .prop_map(|(subject, groups, acr, age, dpop, context, acting, depth)| Asker {
            subject,
            groups,
            acr,
            age,
            dpop,
            context,
            acting,
            depth,
        })
}

fn acters() -> impl Strategy<Value = Acter> {
    let named = |from: &'static [&'static str]| prop::option::of(prop::sample::select(from));
    let subjects = &["x0", "x1", "x2", "k0", "k1", "k2"][..];
    let clients = prop::option::weighted(0.3, prop::sample::select(&["k0", "k1", "k2"][..]));
    (named(&ISSUERS), prop::sample::select(subjects), named(&["p0", "p1", "p2"]), clients)
        .prop_map(|(issuer, subject, kind, client)| Acter { issuer, subject, kind, client })
}
