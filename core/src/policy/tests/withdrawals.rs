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

/// The client ids that end at a party, in the tokens of an issuer, in order.
fn ending(withdrawals: &[Withdrawal], at: Option<&str>, issuer: &str) -> Vec<String> {
    let here = withdrawals.iter().filter(|one| one.server.as_ref().map(ServerId::as_str) == at);
    let of_issuer = here.flat_map(|one| &one.entries).filter(|entry| entry.issuer.as_str() == issuer);
    let client_id = |revoked: &Revoked| match revoked {
        Revoked::IssuedTo { holder: Holder::Client(client_id), until } => {
            assert_eq!(until.as_secs(), NOW + 60);
            client_id.to_string()
        }
        other => panic!("{other:?} is no client's"),
    };
    of_issuer.map(|entry| client_id(&entry.revoked)).collect()
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
    assert_eq!(kept, [hour, hour, hour, hour, hour, hour, hour, hour, day, day]);
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
