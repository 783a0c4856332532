//! `idjag policy diff`: nobody gains anything unseen.

use serde_json::{Value, json};

use crate::support::{POLICY, Room};

/// The comparison of [`POLICY`] with what becomes of it by replacing texts.
fn diff(replaced: &[(&str, &str)], more: &[&str]) -> (Value, String) {
    let room = Room::new();
    let mut new = String::from(POLICY);
    for (from, to) in replaced {
        assert!(new.contains(from), "{from}");
        new = new.replace(from, to);
    }
    room.write("old.json", POLICY);
    room.write("new.json", new);
    room.write("people.json", PEOPLE);
    let args = [&["policy", "diff", "old.json", "new.json"], more].concat();
    let text = room.run(&args).ended(0);
    (room.run(&[&args[..], &["--json"]].concat()).json(0), text)
}

const PEOPLE: &str = r#"[{"subject": "alice", "groups": ["engineering"]}, {"subject": "bob", "groups": ["engineering"]},
    {"subject": "carol", "groups": ["contractors", "engineering"]}, {"subject": "dave", "groups": []}]"#;

/// `change app server what lifetimes: users; when`, a line for each change.
fn changes(of: &Value) -> Vec<String> {
    let text = |row: &Value, name: &str| row[name].as_str().unwrap_or_default().to_string();
    let line = |row: &Value| {
        let scopes: Vec<&str> =
            row["scopes"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let others = match (&row["other_scopes"], &row["without_scope"]) {
            (Value::Bool(true), _) => " *",
            (_, Value::Bool(true)) => "(none)",
            _ => "",
        };
        format!(
            "{} {} {} {}{others} {}>{}: {}; {}",
            text(row, "change"),
            text(row, "app"),
            text(row, "server"),
            scopes.join(" "),
            row["lifetime_before"],
            row["lifetime_after"],
            text(row, "users"),
            text(row, "when")
        )
    };
    of["changes"].as_array().unwrap().iter().map(line).collect()
}

#[test]
fn the_same_document_and_one_in_other_words_decide_alike() {
    let (same, text) = diff(&[], &["--exit-code"]);
    assert_eq!((&same["complete"], changes(&same).len()), (&json!(true), 0));
    assert_eq!(text, "both decide alike for everybody\n");
    // The permit in two halves, of which either is enough.
    let halves = r#"{"id": "agents-read", "effect": "permit", "apps": {"ids": ["coder"]}, "servers": {"any": true},
        "subjects": {"groups_all": ["engineering"]}, "scopes": ["@read"], "max_lifetime": 300,"#;
    let whole = POLICY.find(r#"{"id": "agents-read""#).unwrap();
    let end = POLICY.find(r#""require""#).unwrap();
    let (same, _) = diff(&[(POLICY[whole..end].trim_end(), halves)], &["--exit-code"]);
    assert_eq!(changes(&same), [""; 0]);
    assert_eq!(same["rules"]["changed"], json!(["agents-read"]));
}

#[test]
fn a_gain_a_loss_and_a_lifetime_are_told_with_whom_they_concern() {
    let (found, text) = diff(&[(r#"["engineering"]"#, r#"["engineering", "sre"]"#)], &[]);
    assert_eq!(
        changes(&found),
        [
            "gain coder data rows:read null>300: in `sre`, not in `engineering`, not in `contractors`; with DPoP"
        ]
    );
    assert!(text.contains("1 gained, 0 lost, for everybody"), "{text}");
    let (found, _) = diff(&[(r#"["engineering"]"#, r#"["sre"]"#)], &[]);
    assert_eq!(
        changes(&found),
        [
            "gain coder data rows:read null>300: in `sre`, not in `engineering`, not in `contractors`; with DPoP",
            "loss coder data rows:read 300>null: in `engineering`, not in `contractors`, not in `sre`; with DPoP",
        ]
    );
    let (found, _) = diff(&[("300", "600")], &[]);
    assert_eq!(
        changes(&found),
        ["longer coder data rows:read 300>600: in `engineering`, not in `contractors`; with DPoP"]
    );
    let (found, _) = diff(&[(r#" "max_lifetime": 300,"#, "")], &[]);
    assert_eq!(
        changes(&found),
        ["longer coder data rows:read 300>null: in `engineering`, not in `contractors`; with DPoP"]
    );
    let (found, _) = diff(&[(r#"{"dpop": true}"#, r#"{"max_auth_age": 60}"#)], &[]);
    assert_eq!(
        changes(&found),
        [
            "gain coder data rows:read null>300: in `engineering`, not in `contractors`; without DPoP, sign-on at most 60 s ago",
            "loss coder data rows:read 300>null: in `engineering`, not in `contractors`; with DPoP, sign-on more than 60 s ago, or nobody knows when",
        ]
    );
    let (found, _) = diff(&[(r#""status": "approved"},"#, r#""status": "restricted"},"#)], &[]);
    assert_eq!(
        changes(&found),
        ["loss coder data rows:read 300>null: in `engineering`, not in `contractors`; with DPoP"],
        "a restricted app loses what it had"
    );
}

#[test]
fn what_no_rule_names_can_be_gained_too() {
    let (found, _) = diff(&[(r#"["post"]"#, r#"["*"]"#)], &[]);
    assert_eq!(changes(&found), ["gain notes chat  * null>null: not in `contractors`; "]);
    let (found, _) = diff(
        &[(
            r#"{"id": "no-contractors", "effect": "deny","#,
            r#"{"id": "no-contractors", "effect": "deny",
        "scopes": ["rows:read"],"#,
        )],
        &[],
    );
    let gained = changes(&found);
    assert_eq!(
        gained,
        [
            // The permit for scopes grants a token without any, which the deny no longer takes away.
            "gain coder data (none) null>300: in `engineering`, in `contractors`; with DPoP",
            "gain notes chat post null>null: in `contractors`; ",
        ]
    );
    let (found, _) = diff(
        &[(
            r#""scope_sets": {"read": ["rows:read"]}"#,
            r#""scope_sets": {"read": ["rows:read", "rows:all"]}"#,
        )],
        &[],
    );
    assert_eq!(
        changes(&found),
        ["gain coder data rows:all null>300: in `engineering`, not in `contractors`; with DPoP"]
    );
    let (found, _) = diff(&[(r#"{"labels": ["agent"]}"#, r#"{"any": true}"#)], &[]);
    assert_eq!(
        changes(&found),
        ["gain notes data rows:read null>300: in `engineering`, not in `contractors`; with DPoP"]
    );
}

#[test]
fn who_an_app_is_and_where_a_server_is_are_gains_too() {
    let gains = |replaced: &[(&str, &str)]| -> Vec<String> {
        let (found, _) = diff(replaced, &[]);
        let notes = found["identities"].as_array().unwrap();
        notes
            .iter()
            .map(|note| format!("{} {}", note["change"].as_str().unwrap(), note["what"].as_str().unwrap()))
            .collect()
    };
    assert_eq!(
        gains(&[(r#""client_ids": ["coder"]"#, r#""client_ids": ["coder", "evil"]"#)]),
        ["gain client id `evil` at the identity provider is now app `coder`"]
    );
    assert_eq!(
        gains(&[("https://as.chat.example", "https://as.evil.example")]),
        [
            "gain the authorization server `https://as.evil.example` is now server `chat`: grants are issued to it",
            "loss the authorization server `https://as.chat.example` is no longer server `chat`: grants are issued to it",
        ]
    );
    assert_eq!(
        gains(&[(
            r#"["https://chat.example/mcp"]"#,
            r#"["https://chat.example/mcp", "https://hr.example/mcp"]"#
        )]),
        ["gain the resource `https://hr.example/mcp` is now of server `chat`"]
    );
    assert_eq!(
        gains(&[(
            r#"["https://chat.example/mcp"]"#,
            r#"["https://chat.example/mcp"], "client_ids": {"notes": "n2"}"#
        )]),
        [
            "gain client id `n2` at server `chat` is now app `notes`",
            "loss client id `notes` at server `chat` is no longer app `notes`",
        ]
    );
}

#[test]
fn with_people_the_comparison_is_about_them() {
    let change = [(r#"{"groups_any": ["engineering"]}"#, r#"{"ids": ["alice", "carol", "dave"]}"#)];
    let (found, text) = diff(&change, &["--people", "people.json"]);
    assert_eq!(
        changes(&found),
        [
            "gain coder data rows:read null>300: `dave`; with DPoP",
            "loss coder data rows:read 300>null: `bob`; with DPoP",
        ]
    );
    assert_eq!(found["changes"][0]["people"], json!(["dave"]));
    assert!(text.contains("for the people listed"), "{text}");
    // Nobody of them is concerned.
    let (found, _) =
        diff(&[(r#"["engineering"]"#, r#"["engineering", "sre"]"#)], &["--people", "people.json"]);
    assert_eq!(changes(&found), [""; 0]);
}

#[test]
fn ci_is_told_by_the_exit_code_when_asked() {
    let room = Room::new();
    room.write("old.json", POLICY);
    room.write("new.json", POLICY.replace("300", "299"));
    let args = |more: &[&'static str]| [&["policy", "diff", "old.json", "new.json"], more].concat();
    room.run(&args(&[])).ended(0);
    room.run(&args(&["--exit-code"])).ended(1);
    room.write("new.json", POLICY);
    room.run(&args(&["--exit-code"])).ended(0);
    room.write("people.json", r#"[{"subject": "a", "groups": []}, {"subject": "a", "groups": ["x"]}]"#);
    assert!(room.run(&args(&["--people", "people.json"])).trouble().contains("`a` comes twice"));
    room.write("people.json", "[]");
    assert!(room.run(&args(&["--people", "people.json"])).trouble().contains("nobody"));
}

/// A policy whose permits tell twenty groups apart: a million combinations.
fn many_groups(last: &str) -> String {
    let rules: Vec<String> = (0..20)
        .map(|number| {
            let group = if number == 19 { String::from(last) } else { format!("g{number}") };
            format!(
                r#"{{"id": "r{number}", "effect": "permit", "apps": {{"any": true}}, "servers": {{"any": true}},
                   "subjects": {{"groups_any": ["{group}"]}}, "scopes": ["s{number}"]}}"#
            )
        })
        .collect();
    let start = POLICY.find("\"rules\"").unwrap();
    format!("{}\"rules\": [{}]}}", &POLICY[..start], rules.join(",\n"))
}

#[test]
fn what_was_not_compared_is_said_and_is_no_success() {
    let room = Room::new();
    room.write("old.json", many_groups("g19"));
    room.write("new.json", many_groups("h19"));
    let args = ["policy", "diff", "old.json", "new.json", "--exit-code"];
    let out = room.run(&args).ended(1);
    assert!(
        out.contains("NOT COMPARED: app `coder` at server `chat`: only a sample of the combinations"),
        "{out}"
    );
    let found = room.run(&[&args[..], &["--json"]].concat()).json(1);
    assert_eq!(found["complete"], false);
    assert!(changes(&found).iter().any(|line| line.starts_with("gain coder data s19")), "{found}");
    room.write("people.json", r#"[{"subject": "alice", "groups": ["h19", "g3"]}]"#);
    let found = room.run(&[&args[..], &["--json", "--people", "people.json"]].concat()).json(1);
    assert_eq!((&found["complete"], changes(&found).len()), (&json!(true), 4));
    assert_eq!(changes(&found)[0], "gain coder chat s19 null>null: `alice`; ");
}

#[test]
fn who_may_act_is_compared_with_who_might() {
    let agents = |list: &str| format!("\"agents\": [{list}], \"servers\"");
    let listed = |subjects: &str| {
        agents(&format!(
            r#"{{"id": "bot", "issuer": "https://agents.example", "subjects": [{subjects}], "status": "approved",
                "apps": {{"ids": ["coder"]}}}}"#
        ))
    };
    let room = Room::new();
    let with = |list: &str| POLICY.replace("\"servers\": [{", &format!("{list}: [{{"));
    room.write("old.json", with(&listed(r#""b1""#)));
    room.write("new.json", with(&listed(r#""b1", "b2""#)));
    let found = room.run(&["policy", "diff", "old.json", "new.json", "--json"]).json(0);
    assert_eq!(
        changes(&found),
        [
            "gain coder data rows:read null>300: in `engineering`, not in `contractors`; with DPoP, `b2` of `https://agents.example` acts"
        ]
    );
    // A list of agents that was not there before takes from everybody who is not on it.
    room.write("old.json", POLICY);
    room.write("new.json", with(&agents("")));
    let found = room.run(&["policy", "diff", "old.json", "new.json", "--json"]).json(0);
    assert_eq!(
        changes(&found)[0],
        "loss coder data rows:read 300>null: in `engineering`, not in `contractors`; with DPoP, an actor that no agent is acts"
    );
}
