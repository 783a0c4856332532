//! `idjag revoke`: what it adds is what the library refuses by.

use idjag::UnixTime;
use idjag::revocation::{Revocation, RevocationList};
use serde_json::{Value, json};

use crate::support::Room;

const COMMON: [&str; 9] = [
    "revoke",
    "--list",
    "list.json",
    "--create",
    "--issuer",
    "https://as.example",
    "--now",
    "1800000000",
    "--max-lifetime=1h",
];

fn revoke(room: &Room, whose: &[&str]) -> Value {
    room.run(&[&COMMON[..], &["--json"], whose].concat()).json(0)
}

#[test]
fn every_selector_becomes_its_entry() {
    let held = 1_800_000_000 + 3600 + 300;
    for (whose, selector) in [
        (&["--jti", "t1"][..], json!({"jti": "t1", "retain_until": held})),
        (&["--jag-jti", "g1"], json!({"jag_jti": "g1", "retain_until": held})),
        (
            &["--subject", "alice"],
            json!({"sub": "alice", "issued_before": 1_800_000_060, "retain_until": held + 60}),
        ),
        (
            &["--client-id", "desk", "--issued-before", "1700000000"],
            json!({"client_id": "desk", "issued_before": 1_700_000_000, "retain_until": held}),
        ),
        (
            &[
                "--client-id",
                "desk",
                "--subject",
                "alice",
                "--ctx",
                "conversation:1",
                "--issued-before",
                "2027-01-15T09:00:00Z",
            ],
            json!({"client_id": "desk", "sub": "alice", "ctx": "conversation:1", "issued_before": 1_800_003_600,
                   "retain_until": held + 3600}),
        ),
        (
            &["--actor", "bot", "--actor-issuer", "https://agents.example"],
            json!({"act": {"iss": "https://agents.example", "sub": "bot"}, "issued_before": 1_800_000_060,
                   "retain_until": held + 60}),
        ),
    ] {
        let room = Room::new();
        let answer = revoke(&room, whose);
        let mut expected = selector;
        expected["iss"] = json!("https://as.example");
        assert_eq!(answer["entry"], expected);
        assert_eq!(
            (&answer["changed"], &answer["entries"], &answer["sequence"]),
            (&json!(true), &json!(1), &json!(1))
        );
        let list: Value = serde_json::from_str(&room.read("list.json")).unwrap();
        assert_eq!(list, json!({"sequence": 1, "entries": [expected]}));
    }
}

#[test]
fn a_list_grows_by_one_step_and_the_library_reads_it() {
    let room = Room::new();
    revoke(&room, &["--jti", "t1"]);
    let second = revoke(&room, &["--jti", "t2"]);
    assert_eq!((&second["sequence"], &second["entries"]), (&json!(2), &json!(2)));
    let again = revoke(&room, &["--jti", "t2"]);
    assert_eq!((&again["changed"], &again["sequence"]), (&json!(false), &json!(2)));
    let now = UnixTime::now(1_800_000_000).unwrap();
    let mut list = RevocationList::new(10);
    list.read(room.read("list.json").as_bytes(), now).unwrap();
    assert_eq!((list.len(), list.sequence()), (2, 2));
    assert!(!room.path("list.json.new").exists());
    let out = room.run(&[&COMMON[..], &["--subject", "alice"]].concat()).ended(0);
    assert!(out.starts_with(
        "dies: every token of https://as.example for user `alice`, whatever the app, issued until 2027-01-15T08:01:00Z\n"
    ));
    assert!(out.ends_with("added to list.json: 3 entries, sequence 3\n"), "{out}");
}

#[test]
fn a_dry_run_and_a_refusal_change_nothing() {
    let room = Room::new();
    revoke(&room, &["--jti", "t1"]);
    let before = room.read("list.json");
    let dry = room.run(&[&COMMON[..], &["--json", "--dry-run", "--jti", "t2"]].concat()).json(0);
    assert_eq!(dry["changed"], false);
    for whose in [
        &[][..],
        &["--jti", "a", "--subject", "b"],
        &["--ctx", "c"],
        &["--ctx", "c", "--subject", "s"],
        &["--jti", "a", "--issued-before", "1700000000"],
        &["--jti", ""],
        &["--jti", "a", "--retain-until", "1700000000"],
    ] {
        room.run(&[&COMMON[..], whose].concat()).trouble();
    }
    let past = [
        "revoke",
        "--list",
        "list.json",
        "--issuer",
        "https://as.example",
        "--jti",
        "a",
        "--retain-until",
        "1700000000",
    ];
    assert!(room.run(&past).trouble().contains("lies in the past"));
    assert_eq!(room.read("list.json"), before);
    let no_such = [
        "revoke",
        "--list",
        "lsit.json",
        "--issuer",
        "https://as.example",
        "--jti",
        "a",
        "--max-lifetime",
        "1h",
    ];
    assert!(
        room.run(&no_such).trouble().contains("there is no such list"),
        "a misspelt list protects nobody"
    );
    assert!(!room.path("lsit.json").exists() && !room.path("lsit.json.new").exists());
    room.write("list.json", "{\"sequence\": 1, \"entries\": [{}]}");
    assert!(room.run(&[&COMMON[..], &["--jti", "t3"]].concat()).trouble().contains("revocation"));
    assert!(!room.path("list.json.new").exists());
}

#[test]
fn two_changes_at_a_time_are_refused_and_the_entry_is_not_lost() {
    let room = Room::new();
    revoke(&room, &["--jti", "t1"]);
    let before = room.read("list.json");
    room.write("list.json.new", "somebody else's");
    let said = room.run(&[&COMMON[..], &["--jti", "t2"]].concat()).trouble();
    assert!(said.contains("somebody else is changing the list"), "{said}");
    assert_eq!((room.read("list.json"), room.read("list.json.new")), (before, "somebody else's".into()));
    std::fs::remove_file(room.path("list.json.new")).unwrap();

    let room = &room;
    let added: usize = std::thread::scope(|scope| {
        let one = |number: u32| {
            scope.spawn(move || {
                let id = format!("many-{number}");
                let args = [&COMMON[..], &["--jti", &id]].concat();
                (0..1000).find(|_| room.run(&args).code == 0).map_or(0, |_| 1)
            })
        };
        let threads: Vec<_> = (0..4).map(one).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).sum()
    });
    assert_eq!(added, 4);
    let list: Value = serde_json::from_str(&room.read("list.json")).unwrap();
    assert_eq!(list["entries"].as_array().unwrap().len(), 5, "no change overwrote another: {list}");
    let entries = list["entries"].as_array().unwrap().iter();
    let issuers =
        entries.map(|entry| entry["iss"].as_str().unwrap()).collect::<alloc::collections::BTreeSet<_>>();
    assert_eq!(issuers.len(), 1);
    let _: fn(&idjag::codec::json::Object<'_>) -> Result<Revocation, idjag::Error> = Revocation::from_json;
}

#[cfg(unix)]
#[test]
fn a_list_keeps_its_permissions_and_its_place() {
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    let room = Room::new();
    revoke(&room, &["--jti", "t1"]);
    std::fs::set_permissions(room.path("list.json"), std::fs::Permissions::from_mode(0o640)).unwrap();
    std::fs::rename(room.path("list.json"), room.path("real.json")).unwrap();
    symlink(room.path("real.json"), room.path("list.json")).unwrap();
    revoke(&room, &["--jti", "t2"]);
    assert!(std::fs::symlink_metadata(room.path("list.json")).unwrap().is_symlink());
    let real = std::fs::metadata(room.path("real.json")).unwrap();
    assert_eq!(real.permissions().mode() & 0o777, 0o640);
    assert!(room.read("real.json").contains("t2"));
}

#[test]
fn what_was_revoked_is_recorded_and_connections_know_it() {
    let room = Room::new();
    let vectors: Value =
        serde_json::from_str(include_str!("../../../tests/vectors/records.chain/ids.json")).unwrap();
    let records = vectors.pointer("/groups/0/tests/0/input/records").unwrap().as_array().unwrap();
    let lines: Vec<String> = records.iter().map(Value::to_string).collect();
    // A log that was cut off before its last line ended.
    room.write("log.jsonl", lines.join("\n"));
    let issued = |record: &&Value| record["role"] == "resource_as" && record["token_id"] == "at-1";
    let issued = records.iter().find(issued).unwrap();
    let (issuer, time) = (issued["decided_by"].as_str().unwrap(), issued["time"].to_string());
    let live = || {
        let table = room.run(&["--json", "records", "connections", "--now", &time, "log.jsonl"]).json(0);
        let connections = table["connections"].as_array().unwrap().iter();
        connections.map(|one| one["live_tokens"].as_u64().unwrap()).sum::<u64>()
    };
    let common = ["revoke", "--issuer", issuer, "--now", &time, "--max-lifetime", "1h", "--jti", "at-1"];
    let to =
        ["--list", "list.json", "--create", "--records", "log.jsonl", "--decided-by", "ops@acme.example"];
    let before = live();
    room.run(&[&common[..], &["--dry-run"], &to].concat()).ended(0);
    assert_eq!((live(), room.read("log.jsonl")), (before, lines.join("\n")));
    room.run(&[&common[..], &to].concat()).ended(0);
    assert!(live() < before, "{before}");
    let last: Value = serde_json::from_str(room.read("log.jsonl").lines().last().unwrap()).unwrap();
    assert_eq!(
        (&last["outcome"], &last["decided_by"], &last["revoked"]["jti"]),
        (&json!("revoke"), &json!("ops@acme.example"), &json!("at-1"))
    );
    // What was revoked already is no decision any more.
    let told = room.read("log.jsonl");
    room.run(&[&common[..], &to].concat()).ended(0);
    assert_eq!(room.read("log.jsonl"), told);

    // An array is no log that can be added to, and who decided is said: before anything is revoked.
    room.write("array.json", "[]");
    let other = ["revoke", "--issuer", issuer, "--max-lifetime", "1h", "--jti", "t2", "--list", "list.json"];
    let before = room.read("list.json");
    for record in [
        &["--records", "array.json", "--decided-by", "ops"][..],
        &["--records", ".", "--decided-by", "ops"],
        &["--records", "log.jsonl", "--decided-by", ""],
        &["--records", "log.jsonl"],
        &["--decided-by", "ops"],
    ] {
        room.run(&[&other[..], record].concat()).trouble();
    }
    assert_eq!((room.read("list.json"), room.read("log.jsonl")), (before, told));
}
