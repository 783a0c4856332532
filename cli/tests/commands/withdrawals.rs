//! `idjag policy withdrawals`: what is revoked on whose list, and that nothing is written anywhere else.

use serde_json::{Value, json};

use crate::support::{POLICY, Room};

const NOW: u64 = 1_800_000_000;
const COMMON: [&str; 6] = ["policy", "withdrawals", "--idp", "https://idp.example", "--now", "1800000000"];
const BOTH: [&str; 2] = ["old.json", "new.json"];

/// A room with a policy, and the same in which `coder` is restricted.
fn room(change: impl Fn(String) -> String) -> Room {
    let room = Room::new();
    let old = change(POLICY.into());
    let coder = r#""labels": ["agent"], "status": "approved""#;
    assert!(old.contains(coder));
    room.write("new.json", old.replace(coder, &coder.replace("approved", "restricted")));
    room.write("old.json", old);
    std::fs::create_dir(room.path("lists")).unwrap();
    room
}

fn args<'a>(more: &[&'a str]) -> Vec<&'a str> {
    [&COMMON[..], more].concat()
}

fn lines(out: &str) -> Vec<Value> {
    out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// An entry that ends what the client was issued, and is kept for as long as that lives.
fn entry(issuer: &str, client_id: &str, life: u64) -> Value {
    let until = NOW + 60;
    json!({"iss": issuer, "client_id": client_id, "issued_before": until, "retain_until": until + life + 300})
}

/// An entry that ends what a client of the server acts with.
fn acting(issuer: &str, server: &str, client_id: &str, life: u64) -> Value {
    let until = NOW + 60;
    let act = json!({"iss": server, "sub": client_id});
    json!({"iss": issuer, "act": act, "issued_before": until, "retain_until": until + life + 300})
}

fn entries(room: &Room, list: &str) -> Vec<Value> {
    let list: Value = serde_json::from_str(&room.read(list)).unwrap();
    list["entries"].as_array().unwrap().clone()
}

fn files(room: &Room, folder: &str) -> Vec<String> {
    let found = std::fs::read_dir(room.path(folder)).unwrap();
    let mut names: Vec<String> = found.map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn each_party_is_told_what_ends_there() {
    let room = room(|policy| {
        policy.replace(r#""scope_sets""#, r#""client_ids": {"coder": "c-data"}, "scope_sets""#)
    });
    let life = ["--access-token-lifetime", "2h", "--id-token-lifetime", "10h"];
    let found = lines(&room.run(&args(&[&["--json"], &life[..], &BOTH].concat())).ended(0));
    let line = |server: Value, issuer: &str, entry: Value| json!({"server": server, "issuer": issuer, "entry": entry});
    let (idp, data, chat) = ("https://idp.example", "https://as.data.example", "https://as.chat.example");
    assert_eq!(
        found,
        [
            line(json!("chat"), chat, entry(idp, "coder", 3600)),
            line(json!("chat"), chat, entry(chat, "coder", 7200)),
            line(json!("chat"), chat, acting(idp, chat, "coder", 3600)),
            line(json!("chat"), chat, acting(chat, chat, "coder", 7200)),
            line(json!("data"), data, entry(idp, "c-data", 3600)),
            line(json!("data"), data, entry(data, "c-data", 7200)),
            line(json!("data"), data, acting(idp, data, "c-data", 3600)),
            line(json!("data"), data, acting(data, data, "c-data", 7200)),
            line(Value::Null, idp, entry(idp, "coder", 36_000)),
        ]
    );
    let said = room.run(&args(&BOTH)).ended(0);
    assert!(said.contains("on the list of data (https://as.data.example)\n"), "{said}");
    assert!(said.contains("on the list of the identity provider (https://idp.example)\n"), "{said}");
    assert!(said.contains("2027-01-15T08:01:00Z") && said.contains("c-data, who acts  2027"), "{said}");

    // The other way round nobody loses anything; and a document alone says who may not be used.
    let nothing = room.run(&args(&["new.json", "old.json"])).ended(0);
    assert_eq!(nothing, "there is nothing to revoke\n");
    assert_eq!(lines(&room.run(&args(&["--json", "old.json"])).ended(0)), [Value::Null; 0]);
    assert_eq!(lines(&room.run(&args(&[&["--json", "new.json"], &life[..]].concat())).ended(0)), found);
    assert_eq!(files(&room, "lists"), [""; 0]);
}

#[test]
fn lists_and_records_get_what_was_shown() {
    let room = room(|policy| policy);
    let more = ["--lists", "lists", "--create", "--records", "log.jsonl", "--decided-by", "ops@acme.example"];
    room.write("log.jsonl", "");
    let found = lines(&room.run(&args(&[&["--json"], &more[..], &BOTH].concat())).ended(0));
    assert_eq!(files(&room, "lists"), ["chat.json", "data.json", "idp.json"]);
    for (list, count) in [("data", 4), ("chat", 4), ("idp", 1)] {
        let file = format!("lists/{list}.json");
        let shown: Vec<&Value> =
            found.iter().filter(|line| line["file"] == file).map(|line| &line["entry"]).collect();
        let kept = entries(&room, &file);
        assert_eq!((kept.len(), shown.len()), (count, count));
        assert!(kept.iter().all(|entry| shown.contains(&entry)), "{file}: {kept:?}");
    }
    let recorded = lines(&room.read("log.jsonl"));
    assert_eq!(recorded.len(), 9);
    assert!(recorded.iter().zip(&found).all(|(record, line)| {
        record["revoked"] == line["entry"] && record["decided_by"] == "ops@acme.example"
    }));

    // The same once more changes and records nothing.
    let again = lines(&room.run(&args(&[&["--json"], &more[..], &BOTH].concat())).ended(0));
    assert!(again.len() == 9 && again.iter().all(|line| line["changed"] == false), "{again:?}");
    assert_eq!(lines(&room.read("log.jsonl")).len(), 9);
}

#[test]
fn no_id_of_a_server_leads_out_of_the_directory() {
    for (id, file) in [
        ("../data", "%2E.%2Fdata.json"),
        ("/else/where", "%2Felse%2Fwhere.json"),
        ("..", "%2E..json"),
        ("eu/data:1", "eu%2Fdata%3A1.json"),
        (".data", "%2Edata.json"),
    ] {
        let room = room(|policy| policy.replace(r#""data""#, &format!("\"{id}\"")));
        room.run(&args(&[&["--lists", "lists", "--create"], &BOTH[..]].concat())).ended(0);
        let mut expected = [file, "chat.json", "idp.json"];
        expected.sort_unstable();
        assert_eq!(files(&room, "lists"), expected);
        assert_eq!(files(&room, ""), ["lists", "new.json", "old.json"]);
    }
}

#[test]
fn two_parties_never_share_a_list() {
    for id in ["idp", "IDP", "Chat"] {
        let room = room(|policy| policy.replace(r#""data""#, &format!("\"{id}\"")));
        let said = room.run(&args(&[&["--lists", "lists", "--create"], &BOTH[..]].concat())).trouble();
        assert!(said.contains("would have the same file"), "{said}");
        assert_eq!(files(&room, "lists"), [""; 0]);
        room.run(&args(&BOTH)).ended(0);
    }
}

#[test]
fn what_could_not_be_revoked_is_told_with_what_was() {
    let room = room(|policy| policy);
    let more = ["--lists", "lists", "--create", "--records", "log.jsonl", "--decided-by", "ops"];
    room.write("lists/chat.json.new", "somebody else's");
    let said = room.run(&args(&[&more[..], &BOTH].concat())).trouble();
    assert!(said.contains("somebody else is changing the list"), "{said}");
    assert!(said.contains("revoked: lists/data.json") && said.contains("revoked: lists/idp.json"), "{said}");
    assert_eq!(files(&room, "lists"), ["chat.json.new", "data.json", "idp.json"]);
    assert_eq!(lines(&room.read("log.jsonl")).len(), 5, "what failed is not recorded");
    std::fs::remove_file(room.path("lists/chat.json.new")).unwrap();
    room.run(&args(&[&more[..], &BOTH].concat())).ended(0);
    assert_eq!((entries(&room, "lists/chat.json").len(), lines(&room.read("log.jsonl")).len()), (4, 9));
}

#[test]
fn nothing_is_done_that_was_not_asked_for_clearly() {
    let room = room(|policy| policy);
    for more in [
        &["--lists", "lists"][..],
        &["--lists", "missing", "--create"],
        &["--create"],
        &["--records", "log", "--decided-by", "ops"],
        &["--lists", "lists", "--create", "--records", "log"],
        &["--lists", "lists", "--create", "--records", "log", "--decided-by", "two\nlines"],
        &["--lists", "lists", "--create", "--records", "missing/log", "--decided-by", "ops"],
        &["--idp", "http://idp.example"],
    ] {
        room.run(&args(&[more, &BOTH].concat())).trouble();
    }
    room.run(&args(&[])).trouble();
    room.run(&["policy", "withdrawals", "old.json", "new.json"]).trouble();
    room.write("faulty.json", "{}");
    room.run(&args(&["--lists", "lists", "--create", "old.json", "faulty.json"])).trouble();
    assert_eq!((files(&room, "lists"), room.path("log").exists()), (vec![], false));
}
