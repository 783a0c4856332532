//! What is revoked when a document takes the place of another: all that must end, at the server where it must, no more.

use proptest::prelude::*;

use super::model::doc;
use super::*;
use crate::revocation::{Holder, Revoked};
use crate::time::UnixTime;
use crate::uri::{Issuer, Transport};

const NOW: u64 = 1_700_000_000;

fn idp() -> Issuer {
    Issuer::new("https://idp.example", Transport::HttpsOnly).unwrap()
}

fn withdrawn(policy: &Policy, former: Option<&Policy>) -> Vec<Withdrawal> {
    policy.withdrawals(former, &idp(), &WithdrawalTimes::default(), UnixTime::now(NOW).unwrap())
}

/// Those that end at a party, in the tokens of an issuer, in order: clients, and actors by issuer and name.
fn ends(withdrawals: &[Withdrawal], at: Option<&str>, issuer: &str) -> (Vec<String>, Vec<(String, String)>) {
    let (mut clients, mut actors) = (Vec::new(), Vec::new());
    let here = withdrawals.iter().filter(|one| one.server.as_ref().map(ServerId::as_str) == at);
    for entry in here.flat_map(|one| &one.entries).filter(|entry| entry.issuer.as_str() == issuer) {
        let Revoked::IssuedTo { holder, until } = &entry.revoked else { panic!("{entry:?} is nobody's") };
        assert_eq!(until.as_secs(), NOW + 60);
        match holder {
            Holder::Client(client_id) => clients.push(client_id.to_string()),
            Holder::Actor { issuer, subject } => {
                actors.push((issuer.clone().unwrap(), String::from(subject.as_str())));
            }
            other => panic!("{other:?} is no client's and no actor's"),
        }
    }
    (clients, actors)
}

/// The client ids among them, each of which acts for nobody else either.
fn ending(withdrawals: &[Withdrawal], at: Option<&str>, issuer: &str) -> Vec<String> {
    let (clients, actors) = ends(withdrawals, at, issuer);
    if let Some(server) =
        withdrawals.iter().find(|one| at.is_some() && one.server.as_ref().map(ServerId::as_str) == at)
    {
        let acting: Vec<String> = actors
            .into_iter()
            .map(|(issuer, name)| {
                assert_eq!(issuer, server.issuer.as_str());
                name
            })
            .collect();
        assert_eq!(acting, clients);
    }
    clients
}

/// Two apps; at `db` the second is known by the client id that is the first one's elsewhere.
fn company(first: &str, second: &str, mapping: &str) -> Policy {
    let text = [
        r#"{"version": 1, "apps": [
            {"id": "first", "client_ids": ["c1", "c1-old"], "status": ""#,
        first,
        r#""},
            {"id": "second", "client_ids": ["c2"], "status": ""#,
        second,
        r#""}],
           "servers": [
            {"id": "chat", "issuer": "https://chat.example"},
            {"id": "db", "issuer": "https://db.example", "client_ids": {"#,
        mapping,
        r#"}}],
           "rules": []}"#,
    ];
    compile(&text.concat())
}

const SWAPPED: &str = r#""first": "c9", "second": "c1""#;
const MAPPED: &str = r#""second": "c9""#;

#[test]
fn an_app_ends_where_it_was_known_by_the_name_it_had_there() {
    let before = company("approved", "approved", SWAPPED);
    let after = company("restricted", "approved", SWAPPED);
    let withdrawals = withdrawn(&after, Some(&before));
    for issuer in ["https://idp.example", "https://chat.example"] {
        assert_eq!(ending(&withdrawals, Some("chat"), issuer), ["c1", "c1-old"]);
    }
    for issuer in ["https://idp.example", "https://db.example"] {
        assert_eq!(ending(&withdrawals, Some("db"), issuer), ["c9"]);
    }
    assert_eq!(ending(&withdrawals, None, "https://idp.example"), ["c1", "c1-old"]);
    assert_eq!(withdrawals.len(), 3);
    assert!(withdrawn(&after, Some(&after)).is_empty());
    assert_eq!(withdrawn(&after, None), withdrawals);
    assert!(withdrawn(&before, Some(&after)).is_empty());
}

#[test]
fn a_name_that_is_another_apps_now_ends_for_the_one_it_was() {
    let before = company("approved", "approved", SWAPPED);
    let after = company("approved", "approved", r#""first": "c1""#);
    let withdrawals = withdrawn(&after, Some(&before));
    assert_eq!(ending(&withdrawals, Some("db"), "https://db.example"), ["c1", "c9"]);
    assert_eq!(withdrawals.len(), 1);
}

#[test]
fn entries_are_kept_as_long_as_what_they_end_can_live() {
    let (before, after) =
        (company("approved", "approved", MAPPED), company("approval_required", "approved", MAPPED));
    let kept: Vec<u64> = withdrawn(&after, Some(&before))
        .iter()
        .flat_map(|one| &one.entries)
        .map(|entry| entry.retain_until.as_secs() - NOW)
        .collect();
    let (hour, day) = (3600 + 60 + 300, 86_400 + 60 + 300);
    assert_eq!(kept[..16], [hour; 16]);
    assert_eq!(kept[16..], [day, day]);
}

#[test]
fn an_agent_that_may_act_no_longer_ends_by_its_name() {
    const AGENTS: &str = "https://agents.example";
    let company = |agents: &str| {
        let text = [
            r#"{"version": 1, "apps": [{"id": "first", "client_ids": ["c1"], "status": "approved"}],
               "agents": ["#,
            agents,
            r#"], "servers": [{"id": "chat", "issuer": "https://chat.example"}], "rules": []}"#,
        ];
        compile(&text.concat())
    };
    let agent = |id: &str, who: &str, status: &str| {
        format!(r#"{{"id": "{id}", {who}, "status": "{status}", "apps": {{"any": true}}}}"#)
    };
    let by_name = r#""issuer": "https://agents.example", "subjects": ["a1", "a2"]"#;
    let one = r#""issuer": "https://agents.example", "subjects": ["a2"]"#;
    let client = r#""client_ids": ["c1", "worker"]"#;
    let all = r#""issuer": "https://agents.example""#;
    let before = company(&[agent("pair", by_name, "approved"), agent("own", client, "approved")].join(","));
    let ends_at = |agents: &[String]| {
        let withdrawals = withdrawn(&company(&agents.join(",")), Some(&before));
        let at_server = ends(&withdrawals, Some("chat"), "https://chat.example");
        assert_eq!(ends(&withdrawals, Some("chat"), "https://idp.example"), at_server);
        assert!(at_server.0.is_empty() && withdrawals.len() <= 1);
        at_server.1
    };
    let named = |issuer: &str, name: &str| (String::from(issuer), String::from(name));
    let own = agent("own", client, "approved");
    let both = vec![named(AGENTS, "a1"), named(AGENTS, "a2")];
    assert_eq!(ends_at(&[agent("pair", by_name, "restricted"), own.clone()]), both);
    assert_eq!(ends_at(core::slice::from_ref(&own)), both);
    assert_eq!(ends_at(&[agent("one", one, "approved"), own.clone()]), [named(AGENTS, "a1")]);
    assert_eq!(ends_at(&[agent("any", all, "approved"), own.clone()]), []);
    assert_eq!(
        ends_at(&[agent("any", all, "approved"), agent("one", one, "restricted"), own]),
        [named(AGENTS, "a2")]
    );
    let at_chat = ["c1", "worker"].map(|name| named("https://chat.example", name));
    assert_eq!(ends_at(&[agent("pair", by_name, "approved")]), at_chat);
    let anew = company(&agent("pair", by_name, "restricted"));
    assert_eq!(ends(&withdrawn(&anew, None), Some("chat"), "https://chat.example").1, both);
}

proptest! {
    #[test]
    fn ends_what_can_be_granted_no_more_and_nothing_else(former in doc(), latter in doc()) {
        let (former, latter) = (compile(&former.to_json()), compile(&latter.to_json()));
        let withdrawals = withdrawn(&latter, Some(&former));
        let mapped = |policy: &Policy| -> Vec<ClientId> {
            let pairs = policy.servers().flat_map(|server| policy.apps().map(move |app| (server, app)));
            pairs.filter_map(|(server, app)| server.client_id_of(app.id()).cloned()).collect()
        };
        let own = former.apps().flat_map(|app| app.client_ids()).cloned();
        let everybody: BTreeSet<ClientId> = own.chain(mapped(&former)).chain(mapped(&latter)).collect();
        for server in former.servers() {
            let issuer = server.issuer().as_str();
            let ended = ending(&withdrawals, Some(server.id().as_str()), issuer);
            prop_assert_eq!(&ended, &ending(&withdrawals, Some(server.id().as_str()), "https://idp.example"));
            for client_id in &everybody {
                let decided = |policy: &Policy| {
                    let (resources, detail_types, facts) = (&[], &[], Facts::default());
                    let client = ClientAt::Server(client_id);
                    let decision =
                        policy.evaluate(&Request { client, issuer, resources, scope: None, detail_types, facts });
                    let is_barred = decision.bar.is_some();
                    decision.app.filter(|_| !is_barred)
                };
                let (before, now) = (decided(&former), decided(&latter));
                let must_end = before.is_some() && before != now;
                prop_assert_eq!(ended.contains(&client_id.to_string()), must_end, "{} {}", issuer, client_id);
            }
        }
    }
}
