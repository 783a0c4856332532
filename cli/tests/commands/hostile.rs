//! Input that wants more than to be read: escape sequences, too much, no text, nobody who reads.

use std::io::Read as _;
use std::process::{Command, Stdio};

use crate::support::{POLICY, Room, unsigned};

/// Whether the text would move a terminal's cursor, colour it, or turn the direction of its lines.
fn is_active(text: &str) -> bool {
    text.chars()
        .any(|one| (one.is_control() && one != '\n') || matches!(one, '\u{202e}' | '\u{2066}' | '\u{feff}'))
}

const BAD: &str = "\u{1b}[2J\u{9b}31m\u{202e}\u{feff}\u{7}\r";

#[test]
fn no_text_from_outside_reaches_the_terminal_as_it_is() {
    let room = Room::new();
    let written = serde_json::to_string(BAD).unwrap();
    let claims = format!(r#"{{"iss":{written},{written}:"x","exp":1800000000}}"#);
    let header = format!(r#"{{"alg":{written},"typ":{written},"kid":{written}}}"#);
    let token = unsigned(&header, &claims);
    for args in [&["decode"][..], &["decode", "--json"]] {
        let out = room.run_with(args, token.as_bytes()).ended(0);
        assert!(out.contains("2J") && !is_active(&out), "{out:?}");
    }
    let in_json: serde_json::Value = room.run_with(&["decode", "--json"], token.as_bytes()).json(0);
    assert_eq!(in_json["unverified_claims"]["iss"], BAD, "escaped, not changed");

    room.write("policy.json", POLICY.replace("\"version\": 1,", &format!("\"version\": 1, {written}: 1,")));
    for args in [&["policy", "check", "policy.json"][..], &["policy", "check", "--json", "policy.json"]] {
        assert!(!is_active(&room.run(args).ended(1)));
    }
    assert!(!is_active(
        &room.run(&["policy", "explain", "policy.json", "--app", "a", "--server", "b"]).trouble()
    ));
    room.write("policy.json", POLICY.replace("engineering", &BAD.replace(|c: char| c.is_control(), "")));
    room.write("old.json", POLICY);
    for args in [
        &["policy", "diff", "old.json", "policy.json"][..],
        &["policy", "diff", "--json", "old.json", "policy.json"],
    ] {
        let out = room.run(args).ended(0);
        assert!(out.contains("gain") && !is_active(&out), "{out:?}");
    }
    room.write("cases.json", format!(r#"{{"cases":[{{"name":{written},"request":{{"app":{written}}},"expect":{{"outcome":"deny"}}}}]}}"#));
    assert!(!is_active(&room.run(&["policy", "test", "old.json", "--cases", "cases.json"]).trouble()));
}

#[test]
fn a_mistake_on_the_command_line_shows_no_token_and_nothing_that_acts() {
    let room = Room::new();
    let token = unsigned(r#"{"alg":"ES256"}"#, r#"{"sub":"ada"}"#);
    let dashed = format!("--{token}");
    for args in [
        &["decode", "Bearer", &token][..],
        &["decode", "--now", &token],
        &["decode", &dashed],
        &[&token],
        &["keygen", &token],
    ] {
        let said = room.run(args).trouble();
        assert!(!token.split('.').any(|part| said.contains(part)), "{said}");
        assert!(said.contains("Usage:") || said.contains("--help"), "{said}");
    }
    let said = room.run(&["policy", "check", &format!("--{BAD}")]).trouble();
    assert!(said.contains("31m") && !is_active(&said), "{said:?}");
}

#[test]
fn a_name_or_a_list_longer_than_any_line_is_shown() {
    let room = Room::new();
    // Nearly as much as one argument may have.
    let long = "x".repeat(90_000);
    let token = unsigned(r#"{"alg":"ES256"}"#, &format!(r#"{{"{long}":1}}"#));
    room.write("long.json", POLICY.replace("[\"engineering\"]", &groups(8_000)));
    room.write("old.json", POLICY);
    assert!(room.run(&["decode", &token]).ended(0).contains(&long));
    assert!(room.run(&["policy", "diff", "old.json", "long.json"]).ended(0).contains("`g7999`"));
}

fn groups(count: usize) -> String {
    let names: Vec<String> = (0..count).map(|number| format!("\"g{number}\"")).collect();
    format!("[{}]", names.join(","))
}

#[test]
fn what_is_too_large_is_not_read() {
    let room = Room::new();
    let large = room.write("large", vec![b'a'; 20 * 1024 * 1024]);
    let large = large.to_str().unwrap();
    for args in [
        &["policy", "check", large][..],
        &["policy", "explain", large, "--app", "a", "--server", "b"],
        &["policy", "diff", large, large],
        &[
            "verify",
            "--kind",
            "id-token",
            "--issuer",
            "https://a.example",
            "--client-id",
            "c",
            "--keys",
            large,
        ],
    ] {
        assert!(room.run(args).trouble().contains("this is larger than"), "{args:?}");
    }
    let content = vec![b'a'; 20 * 1024 * 1024];
    assert!(room.run_with(&["decode"], &content).trouble().contains("this is larger than"));
}

#[test]
fn what_is_no_text_or_not_there_is_trouble() {
    let room = Room::new();
    room.write("bytes", [0xff, 0xfe, 0x00, 0x80]);
    assert!(room.run_with(&["decode"], &[0xff, 0xfe]).trouble().contains("not UTF-8"));
    assert!(room.run(&["policy", "check", "bytes"]).ended(1).contains("the document is not JSON"));
    for args in [
        &["policy", "explain", "bytes", "--app", "a", "--server", "b"][..],
        &["policy", "check", "missing"],
        &["policy", "check", "."],
        &["policy", "test", "missing", "--cases", "missing"],
        &["revoke", "--list", ".", "--issuer", "https://as.example", "--jti", "a", "--max-lifetime", "1h"],
        &["decode", "--now", "1800000000000", "a.b.c"],
        &["nothing"],
        &[],
    ] {
        room.run(args).trouble();
    }
}

#[test]
fn whoever_stops_reading_is_no_error() {
    let room = Room::new();
    let token =
        unsigned(r#"{"alg":"ES256","typ":"at+jwt"}"#, &format!(r#"{{"exp":1,"x":"{}"}}"#, "y".repeat(8_000)));
    let mut command = Command::new(env!("CARGO_BIN_EXE_idjag"));
    command.args(["decode", &token]).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    drop(child.stdout.take());
    let mut said = String::new();
    child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    assert!(child.wait().unwrap().code().is_some_and(|code| code < 2), "{said}");
    assert_eq!(said, "");
    drop(room);
}

#[test]
fn completions_and_help_are_there_for_every_shell_and_command() {
    let room = Room::new();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = room.run(&["completions", shell]).ended(0);
        for command in ["decode", "verify", "keygen", "policy", "records", "revoke", "snapshot"] {
            assert!(script.contains(command), "{shell}: {command}");
        }
    }
    for command in [
        &["decode"][..],
        &["verify"],
        &["keygen"],
        &["policy", "diff"],
        &["policy", "withdrawals"],
        &["revoke"],
    ] {
        let help = room.run(&[command, &["--help"]].concat()).ended(0);
        assert!(help.contains("--json") && help.contains("Usage: idjag"), "{help}");
    }
    let help = room.run(&["--help"]).ended(0);
    assert!(help.contains("Exit codes: 0 when the answer is yes"), "{help}");
}
