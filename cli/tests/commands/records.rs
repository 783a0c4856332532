//! `idjag records`: a log is told as it was, and nothing in it is believed to be more than text.

use serde_json::{Value, json};

use crate::support::Room;

/// A log of the vectors: two conversations of a user, a token derived from another, refusals.
fn records() -> Vec<Value> {
    let vectors: Value =
        serde_json::from_str(include_str!("../../../tests/vectors/records.chain/ids.json")).unwrap();
    vectors.pointer("/groups/0/tests/0/input/records").unwrap().as_array().unwrap().clone()
}

fn log(room: &Room, records: &[Value]) {
    let lines: Vec<String> = records.iter().map(Value::to_string).collect();
    room.write("log.jsonl", lines.join("\n"));
}

fn lines(out: &str) -> Vec<Value> {
    out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn a_chain_goes_from_the_sign_on_to_the_tool_call() {
    let room = Room::new();
    let mut all = records();
    all.reverse();
    log(&room, &all);
    let out = room.run(&["records", "chain", "at-1", "log.jsonl"]).ended(0);
    let found: Vec<&str> = out.lines().filter(|line| !line.trim_start().starts_with('-')).collect();
    assert_eq!(
        found,
        [
            "session `session-1` of https://acme.idp.example",
            "  id token `id-token-1` of https://acme.idp.example",
            "    grant `jag-1` of https://acme.idp.example",
            "      token `at-1` of https://auth.chat.example/ <-",
            "        token `at-1a` of https://auth.chat.example/",
        ]
    );
    let told = "2023-11-14T22:13:50Z resource_server permit: read_messages by `f53f191f9311af35` for `user-1` in `conversation:1`";
    assert!(out.contains(&format!("          - {told}\n")), "{out}");
    assert!(out.contains("refuse: post_message (insufficient_scope)"), "{out}");
    assert!(!out.contains("conversation:2"), "{out}");

    let steps = lines(&room.run(&["--json", "records", "chain", "conversation:1", "log.jsonl"]).ended(0));
    let links: Vec<&str> = steps.iter().map(|step| step["link"].as_str().unwrap()).collect();
    assert_eq!(links, ["session", "id_token", "grant", "token", "token"]);
    assert_eq!(steps[3]["records"][0]["action"], "redeem");
    assert_eq!(
        room.run(&["records", "chain", "nothing", "log.jsonl"]).ended(1),
        "no record names `nothing`\n"
    );
}

#[test]
fn connections_say_who_reaches_what_now() {
    let room = Room::new();
    log(&room, &records());
    let connections = |more: &[&str]| {
        room.run(&[&["records", "connections", "log.jsonl", "--now", "1700000100"], more].concat())
    };
    let table = connections(&["--json"]).json(0);
    let of_app =
        table["connections"].as_array().unwrap().iter().find(|one| one["app"] == "chat-agent").unwrap();
    assert_eq!((&of_app["server"], &of_app["users"][0]["subject"]), (&json!("chat"), &json!("U019488227")));
    let out = connections(&[]).ended(0);
    let line = out.lines().find(|line| line.starts_with("chat-agent")).unwrap();
    assert!(line.contains("chat.history chat.read") && line.contains("ago"), "{out}");
    let out = connections(&["--users"]).ended(0);
    assert!(out.contains("U019488227  conversation:1 conversation:2"), "{out}");
    let later = ["records", "connections", "log.jsonl", "--now", "1800000000", "--json"];
    assert_eq!(room.run(&later).json(0)["connections"][0]["live_tokens"], 0);
}

#[test]
fn records_are_shown_by_what_they_say() {
    let room = Room::new();
    let all = records();
    room.write("log.json", serde_json::to_string_pretty(&all).unwrap());
    log(&room, &all);
    let shown = |more: &[&str]| {
        let [lines_of, of_array] = ["log.jsonl", "log.json"].map(|file| {
            let run = room.run(&[&["records", "show", file, "--json"], more].concat());
            (run.code, lines(&run.out))
        });
        assert_eq!(lines_of, of_array, "lines and an array are the same");
        assert_eq!(lines_of.0, i32::from(lines_of.1.is_empty()));
        lines_of.1
    };
    let count = |fits: &dyn Fn(&Value) -> bool| all.iter().filter(|record| fits(record)).count();
    assert_eq!(shown(&[]).len(), all.len());
    for (more, fits) in [
        (
            &["--outcome", "deny", "--outcome", "refuse"][..],
            &(|one: &Value| one["outcome"] == "deny" || one["outcome"] == "refuse")
                as &dyn Fn(&Value) -> bool,
        ),
        (&["--ctx", "conversation:2"], &|one| one["context"] == "conversation:2"),
        (&["--role", "idp"], &|one| one["role"] == "idp"),
        (&["--error", "insufficient_scope"], &|one| one["error"] == "insufficient_scope"),
        (&["--since", "1700000030", "--until", "1700000050"], &|one| {
            (1_700_000_030..=1_700_000_050).contains(&one["time"].as_u64().unwrap())
        }),
        (&["--app", "chat-agent"], &|one| one["app"] == "chat-agent"),
        (&["--subject", "user-1"], &|one| one["subject"] == "user-1" || one["target_subject"] == "user-1"),
    ] {
        let found = shown(more);
        assert!(found.iter().all(fits), "{more:?}: {found:?}");
        assert_eq!(found.len(), count(fits), "{more:?}");
        assert!(!found.is_empty() && found.len() < all.len(), "{more:?}");
    }
    assert!(shown(&["--subject", "nobody"]).is_empty());
    assert_eq!(shown(&["--last", "1"])[0]["time"], shown(&[]).last().unwrap()["time"]);
    let out = room.run(&["records", "show", "log.jsonl", "--error", "insufficient_scope"]).ended(0);
    assert!(out.lines().nth(1).unwrap().contains("post_message (insufficient_scope)"), "{out}");
}

#[test]
fn events_are_those_of_the_library() {
    let room = Room::new();
    log(&room, &records());
    let events = lines(&room.run(&["records", "ocsf", "log.jsonl"]).ended(0));
    assert_eq!(events.len(), records().len());
    assert!(events.iter().all(|event| event.get("class_uid").is_some()), "{}", events[0]);
}

#[test]
fn a_line_that_is_no_record_is_never_passed_over_in_silence() {
    let room = Room::new();
    let first = records()[0].to_string();
    let forged = first.replace("\"permit\"", "\"allow\"");
    room.write("log.jsonl", format!("{first}\n\nhello\n{forged}\n"));
    let said = room.run(&["records", "show", "log.jsonl"]).trouble();
    assert!(said.contains("line 3 is no record"), "{said}");
    let ran = room.run(&["records", "show", "log.jsonl", "--skip-others", "--json"]);
    assert_eq!((ran.code, lines(&ran.out).len()), (0, 1));
    assert!(ran.err.contains("2 skipped; the first: line 3 is no record"), "{}", ran.err);

    let mut hostile = records()[0].clone();
    hostile["subject"] = json!("\u{202e}evil\u{feff}");
    room.write("log.jsonl", hostile.to_string());
    for command in
        [&["records", "show"][..], &["records", "show", "--json"], &["records", "connections", "--users"]]
    {
        let out = room.run_with(command, hostile.to_string().as_bytes()).ended(0);
        assert!(out.contains("202e") && !out.contains('\u{202e}'), "{out:?}");
    }
}

#[test]
fn a_chain_of_any_depth_is_told_in_as_much_text_as_it_has() {
    let room = Room::new();
    let all = records();
    let called = all.iter().find(|record| record["parent_id"] == "at-1").unwrap();
    let derived = (0..3_000).map(|depth| {
        let mut record = called.clone();
        record["parent_id"] = format!("at-{depth}").into();
        record["token_id"] = format!("at-{}", depth + 1).into();
        record
    });
    log(&room, &derived.collect::<Vec<_>>());
    let out = room.run(&["records", "chain", "at-9", "log.jsonl"]).ended(0);
    assert!(out.contains("`at-3000`") && out.len() < 2_000_000, "{} bytes", out.len());
}
