//! Laws of decision records: what is folded does not depend on how it arrives, and whatever is read fits the schema.

extern crate alloc;

use alloc::collections::BTreeSet;

use idjag::UnixTime;
use idjag::record::chain::{Step, chain};
use idjag::record::connections::{ConnectionLimits, Connections, Table};
use idjag::record::{RecordedDecision, ocsf, schema};
use idjag_tests::generate::scene::NOW;
use idjag_tests::generate::topics::records::{
    afternoon, anonymous, called, called_by_subagent, conversation_entry, denied, exchanged, given_up,
    redeemed, refused, revoked,
};
use idjag_tests::json_schema;
use proptest::prelude::*;
use proptest::sample::subsequence;
use serde_json::{Value, json};

/// A record of a small world, so that ids meet: grants `g0` to `g2`, tokens `t0` to `t3`, two conversations.
fn record() -> impl Strategy<Value = Value> {
    let small = (0..10_u8, 0..3_u8, 0..4_u8, 0..4_u8, 0..2_u8, 0..900_u64);
    small.prop_map(|(kind, grant, token, parent, context, at)| {
        let (grant, token, parent) = (format!("g{grant}"), format!("t{token}"), format!("t{parent}"));
        let context = format!("conversation:{context}");
        match kind {
            0 => exchanged(&grant, &context, at),
            1 => redeemed(&token, &grant, &context, at),
            2 => called(&token, &grant, &context, at),
            3 => called_by_subagent(&token, &parent, at),
            4 => refused(&token, at),
            5 => denied(at),
            6 => anonymous(at),
            7 => given_up(&token, at),
            8 => revoked(&conversation_entry(&context, at), at),
            _ => {
                let entry = json!({"iss": "https://auth.chat.example/", "jag_jti": grant, "retain_until": NOW + 9000});
                revoked(&entry, at)
            }
        }
    })
}

fn read(record: &Value) -> RecordedDecision {
    RecordedDecision::parse(record.to_string().as_bytes()).unwrap()
}

fn table(records: &[RecordedDecision], at: u64) -> Table {
    let mut folded = Connections::default();
    records.iter().for_each(|record| folded.add(record));
    folded.table(UnixTime::now(NOW + at).unwrap())
}

/// The records, some of them twice, in another order.
fn shuffled() -> impl Strategy<Value = (Vec<RecordedDecision>, Vec<RecordedDecision>)> {
    let records = prop::collection::vec(record(), 0..24).prop_map(|r| r.iter().map(read).collect::<Vec<_>>());
    records.prop_flat_map(|records| {
        let more = subsequence(records.clone(), 0..=records.len());
        let again = more.prop_flat_map({
            let records = records.clone();
            move |more| Just([records.clone(), more].concat()).prop_shuffle()
        });
        (Just(records), again)
    })
}

fn told(steps: &[Step<'_>]) -> Vec<String> {
    steps.iter().map(|step| step.to_json().to_string()).collect()
}

proptest! {
    #[test]
    fn a_table_depends_on_neither_order_nor_repetition((records, again) in shuffled(), at in 0..2000_u64) {
        prop_assert_eq!(table(&records, at), table(&again, at));
    }

    #[test]
    fn a_revocation_never_adds_life((records, _) in shuffled(), token in 0..4_u8, at in 0..900_u64) {
        let live = |records: &[RecordedDecision]| {
            table(records, 900).connections.iter().map(|line| line.live_tokens).sum::<u64>()
        };
        let mut more = records.clone();
        more.push(read(&given_up(&format!("t{token}"), at)));
        prop_assert!(live(&more) <= live(&records));
    }

    #[test]
    fn a_chain_depends_on_neither_order_nor_repetition((records, again) in shuffled(), id in "[gt][0-3]") {
        prop_assert_eq!(told(&chain(&records, &id)), told(&chain(&again, &id)));
    }

    #[test]
    fn a_chain_tells_each_node_once_and_each_after_one_above((records, _) in shuffled(), id in "[gt][0-3]") {
        let steps = chain(&records, &id);
        let mut names: Vec<_> = steps.iter().map(|step| (step.link, &step.issuer, &step.id)).collect();
        names.sort();
        let count = names.len();
        names.dedup();
        prop_assert_eq!(names.len(), count);
        prop_assert!(steps.first().is_none_or(|first| first.level == 0));
        prop_assert!(steps.windows(2).all(|pair| pair[1].level <= pair[0].level + 1));
        prop_assert!(steps.is_empty() || steps.iter().any(|step| step.matched && step.id == id));
    }

    #[test]
    fn little_memory_changes_the_table_only_where_it_says_so((records, _) in shuffled(), cap in 0..4_usize) {
        let limits = ConnectionLimits { tokens: cap, denials: cap, revocations: cap };
        let mut folded = Connections::new(limits);
        records.iter().for_each(|record| folded.add(record));
        let small = folded.table(UnixTime::now(NOW).unwrap());
        prop_assert!(small.left_out > 0 || small == table(&records, 0));
    }

    #[test]
    fn whatever_is_read_fits_the_schema_and_is_written_back(index in 0..10_usize, path in member(), value in anything()) {
        let mut record = afternoon().swap_remove(index);
        if value.is_null() {
            record.as_object_mut().unwrap().remove(&path);
        } else {
            record[path] = value;
        }
        let text = record.to_string();
        if let Ok(read) = RecordedDecision::parse(text.as_bytes()) {
            let schema: Value = serde_json::from_str(&schema().to_string()).unwrap();
            prop_assert_eq!(json_schema::check(&schema, &record), Ok(()));
            let written: Value = serde_json::from_str(&read.to_string()).unwrap();
            prop_assert_eq!(&written, &record);
            prop_assert!(!read.to_string().contains('\n'));
            let event: Value = serde_json::from_str(&ocsf::event(&read).to_string()).unwrap();
            prop_assert_eq!(&event["unmapped"], &record);
        }
    }

    #[test]
    fn no_text_is_too_odd_to_be_refused(text in ".{0,200}") {
        drop(RecordedDecision::parse(text.as_bytes()));
    }
}

fn member() -> impl Strategy<Value = String> {
    let known: Vec<String> = idjag::record::members().map(str::to_owned).collect();
    prop_oneof![9 => prop::sample::select(known), 1 => "[a-z_]{1,12}"]
}

fn anything() -> impl Strategy<Value = Value> {
    let names =
        ["permit", "deny", "refuse", "step_up", "revoke", "ignore", "idp", "access", "policy_denied", ""];
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        prop::sample::select(names.to_vec()).prop_map(Value::from),
        ".{0,20}".prop_map(Value::from),
        prop::collection::vec("[a-z]{0,3}", 0..3).prop_map(Value::from),
        "[a-z]{1,4}".prop_map(|sub| json!({"sub": sub})),
        "[a-z]{1,4}".prop_map(|sub| json!({"sub": sub, "act": {"sub": sub, "iss": sub}})),
    ]
}

/// What OCSF 1.3.0 requires of a class that is used: attributes of the event, then alternatives of which one must be
/// there, then attributes of its objects.
type Class = (u64, &'static [&'static str], &'static [&'static str], &'static [&'static str]);

const CLASSES: &[Class] = &[
    (3002, &["user"], &["service", "dst_endpoint"], &["/service/name"]),
    (3004, &["entity"], &["entity"], &["/entity/type"]),
    (6003, &["actor", "api", "src_endpoint"], &["actor"], &["/api/operation", "/src_endpoint/svc_name"]),
];

/// A member that is not described is as good as missing.
#[test]
fn the_page_describes_every_member_and_every_decision() {
    let page = std::fs::read_to_string(idjag_tests::paths::root().join("docs/records.md")).unwrap();
    for name in idjag::record::members() {
        assert!(page.contains(&format!("`{name}`")), "{name}");
    }
    for cell in idjag::record::CELLS {
        let action = format!("| `{}` | `{}`", cell.role.as_str(), cell.action.as_str());
        let line = page.lines().find(|line| line.starts_with(&action)).expect("a line of the table");
        assert!(line.contains(&format!("`{}`", cell.outcome.as_str())), "{cell:?}");
    }
}

#[test]
fn every_event_has_what_its_class_requires() {
    let mut classes = BTreeSet::new();
    let more = [given_up("at-1", 95), revoked(&conversation_entry("conversation:1", 99), 99)];
    for record in afternoon().iter().chain(&more) {
        let event: Value = serde_json::from_str(&ocsf::event(&read(record)).to_string()).unwrap();
        for name in [
            "activity_id",
            "category_uid",
            "class_uid",
            "metadata",
            "severity_id",
            "status_id",
            "time",
            "type_uid",
        ] {
            assert!(!event[name].is_null(), "{name}: {event}");
        }
        let number = |name: &str| event[name].as_u64().unwrap();
        assert_eq!(number("type_uid"), number("class_uid") * 100 + number("activity_id"));
        assert_eq!(number("class_uid") / 1000, number("category_uid"));
        assert_eq!(number("time"), record["time"].as_u64().unwrap() * 1000);
        assert_eq!(event["metadata"]["version"], "1.3.0");
        assert!(event["metadata"]["product"]["vendor_name"].is_string());
        let (_, required, alternatives, inner) =
            CLASSES.iter().find(|(uid, ..)| *uid == number("class_uid")).expect("a class of the table");
        assert!(required.iter().all(|name| event[*name].is_object()), "{event}");
        assert!(alternatives.iter().any(|name| event[*name].is_object()), "{event}");
        assert!(inner.iter().all(|path| event.pointer(path).is_some_and(Value::is_string)), "{event}");
        for user in [event.pointer("/user"), event.pointer("/actor/user")].into_iter().flatten() {
            assert!(user["uid"].is_string() || user["name"].is_string(), "{event}");
        }
        classes.insert(number("class_uid"));
    }
    assert_eq!(classes.len(), CLASSES.len());
}
