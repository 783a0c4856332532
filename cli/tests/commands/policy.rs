//! `idjag policy check`, `explain` and `test`.

use serde_json::{Value, json};

use crate::support::{POLICY, Room};

#[test]
fn a_faultless_document_passes_and_every_fault_of_another_is_named() {
    let room = Room::new();
    room.write("good.json", POLICY);
    let bad = POLICY.replace("\"coder\"]", "\"notes\"]").replace("\"@read\"", "\"@raed\"");
    room.write("bad.json", &bad);
    assert_eq!(
        room.run(&["policy", "check", "good.json"]).ended(0),
        "good.json: valid: 2 apps, 2 servers, 3 rules\n"
    );
    let out = room.run(&["policy", "check", "good.json", "bad.json"]).ended(1);
    assert_eq!(
        out.lines().collect::<Vec<_>>(),
        [
            "good.json: valid: 2 apps, 2 servers, 3 rules",
            "bad.json: 2 faults",
            "  /apps/1/client_ids/0: the client id belongs to another app: `notes`",
            "  /rules/0/scopes/0: no server that the rule selects defines this scope set: `raed`",
        ]
    );
    let out = room.run(&["policy", "check", "--json", "good.json", "bad.json"]).ended(1);
    let answers: Vec<Value> = out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(answers[0]["rules"], 3);
    assert_eq!(answers[1]["faults"][1]["path"], "/rules/0/scopes/0");
    assert_eq!(answers[1]["faults"][1]["fault"], "scope_set_undefined");
    room.write("torn.json", &POLICY[..100]);
    let torn = room.run(&["policy", "check", "--json", "torn.json"]).json(1);
    assert_eq!((&torn["faults"][0]["fault"], &torn["faults"][0]["line"]), (&json!("not_json"), &json!(2)));
}

#[test]
fn a_decision_is_explained_by_the_rules_that_matter() {
    let room = Room::new();
    room.write("policy.json", POLICY);
    let ask = |more: &[&str]| {
        let about = ["policy", "explain", "policy.json", "--app", "coder", "--server", "data"];
        room.run(&[&about[..], more].concat())
    };
    let engineer = ["--group", "engineering", "--scope", "rows:read rows:write"];
    let out = ask(&[&engineer[..], &["--dpop"]].concat()).ended(0);
    let lines: Vec<&str> = out.lines().collect();
    assert_eq!(lines[0], "app `coder` at server `data`: granted: `rows:read`, for at most 300 seconds");
    assert_eq!(lines[1], "not said, so unknown: user, class of sign-on, age of sign-on, actor");
    assert_eq!(lines[4], "agents-read     permit  matches: grants `rows:read`");
    assert_eq!(lines[5], "no-contractors  deny    does not match: the user is not in its groups");
    assert_eq!(lines[6], "and 1 about other apps or servers (--all shows them)");
    assert!(ask(&[&engineer[..], &["--dpop", "--all"]].concat()).ended(0).contains("notes-chat"));

    let out = ask(&engineer).ended(1);
    assert!(out.contains("nearest permit `agents-read`: it requires DPoP"), "{out}");
    let unknown = ask(&["--dpop", "--json"]).json(1);
    assert_eq!(unknown["answer"], json!({"denied": "policy_denied"}), "unknown groups are not no groups");
    let nobody = ask(&["--dpop", "--no-groups", "--json"]).json(1);
    assert_eq!(nobody["nearest"], json!({"rule": "agents-read", "reason": "groups"}));
    let by_address =
        ["policy", "explain", "policy.json", "--client-id", "notes", "--audience", "https://as.chat.example"];
    let out = room.run(&[&by_address[..], &["--no-groups", "--scope", "post"]].concat()).ended(0);
    assert!(out.starts_with("app `notes` at server `chat`: granted: `post`"), "{out}");
    let other = ["policy", "explain", "policy.json", "--app", "nobody", "--server", "data"];
    assert!(room.run(&other).trouble().contains("no app of the policy has the id \"nobody\""));
}

fn cases(cases: &Value) -> Vec<u8> {
    json!({ "cases": cases }).to_string().into_bytes()
}

#[test]
fn expected_decisions_are_held_against_the_policy() {
    let room = Room::new();
    room.write("policy.json", POLICY);
    let engineer = json!({"app": "coder", "server": "data", "groups": ["engineering"], "scope": "rows:read", "dpop": true});
    let contractor = json!({"app": "coder", "server": "data", "groups": ["contractors", "engineering"], "scope": "rows:read", "dpop": true});
    let good = json!([
        {"name": "engineers read", "request": engineer,
         "expect": {"outcome": "permit", "scope": "rows:read", "max_lifetime": 300, "rules": ["agents-read"], "code": null}},
        {"name": "contractors do not", "request": contractor,
         "expect": {"outcome": "deny", "code": "policy_denied", "rules": ["no-contractors", "agents-read"], "scope": null}},
        {"name": "an app nobody knows", "request": {"client_id": "x", "server": "chat"},
         "expect": {"outcome": "deny", "bar": "app_unknown"}},
    ]);
    room.write("good.json", cases(&good));
    let test = |file: &str, more: &[&str]| {
        room.run(&[&["policy", "test", "policy.json", "--cases", file], more].concat())
    };
    let out = test("good.json", &[]).ended(0);
    assert!(out.ends_with("3 passed, 0 failed\n"), "{out}");

    let mut wrong = good.clone();
    wrong[0]["expect"]["max_lifetime"] = json!(600);
    wrong[0]["expect"]["scope"] = json!("rows:write rows:read");
    wrong[1]["expect"]["outcome"] = json!("permit");
    room.write("wrong.json", cases(&wrong));
    let out = test("wrong.json", &[]).ended(1);
    assert!(out.contains("FAILED engineers read\n"), "{out}");
    assert!(out.contains("       scope: expected rows:write rows:read, got rows:read\n"), "{out}");
    assert!(out.contains("       max_lifetime: expected 600, got 300\n"), "{out}");
    assert!(out.contains("       outcome: expected permit, got deny\n"), "{out}");
    assert!(
        out.contains("| nearest permit `agents-read`: a deny takes away what it grants: `no-contractors`"),
        "{out}"
    );
    assert!(out.ends_with("1 passed, 2 failed\n"), "{out}");
    let tested = test("wrong.json", &["--json"]).json(1);
    assert_eq!((&tested["passed"], &tested["failed"]), (&json!(1), &json!(2)));
    assert_eq!(
        tested["cases"][0]["differences"][1],
        json!({"member": "max_lifetime", "expected": 600, "got": 300})
    );
}

#[test]
fn a_file_of_cases_that_says_what_nobody_understands_is_no_test() {
    let room = Room::new();
    room.write("policy.json", POLICY);
    let request = json!({"app": "coder", "server": "data"});
    let one = |request: &Value, expect: Value| json!([{"name": "n", "request": request, "expect": expect}]);
    let twice = json!([{"name": "n", "request": request, "expect": {"outcome": "deny"}},
                       {"name": "n", "request": request, "expect": {"outcome": "deny"}}]);
    let denied = json!({"outcome": "deny"});
    for (cases_, trouble) in [
        (json!([]), "there is no case"),
        (twice, "two cases are called `n`"),
        (one(&request, json!({})), "an `outcome`"),
        (one(&request, json!({"outcome": "deny", "scopes": "x"})), "nothing is called `scopes`"),
        (one(&json!({"app": "nobody", "server": "data"}), denied.clone()), "no app of the policy"),
        (
            one(&json!({"app": "coder", "client_id": "coder", "server": "data"}), denied.clone()),
            "say the same",
        ),
        (one(&json!({"app": "coder", "server": "data", "group": ["x"]}), denied), "case `n`"),
    ] {
        room.write("cases.json", cases(&cases_));
        let said = room.run(&["policy", "test", "policy.json", "--cases", "cases.json"]).trouble();
        assert!(said.contains(trouble), "{trouble}: {said}");
    }
    room.write(
        "cases.json",
        r#"{"cases": [{"name": "n", "request": {"app": "coder", "app": "notes"}, "expect": {}}]}"#,
    );
    let said = room.run(&["policy", "test", "policy.json", "--cases", "cases.json"]).trouble();
    assert!(said.contains("occurs twice"), "{said}");
    room.write("policy.json", POLICY.replace("\"@read\"", "\"@raed\""));
    let said = room.run(&["policy", "test", "policy.json", "--cases", "cases.json"]).trouble();
    assert!(said.contains("the policy has faults\n/rules/0/scopes/0"), "{said}");
    let schema: Value = serde_json::from_str(&room.run(&["policy", "test", "--schema"]).ended(0)).unwrap();
    assert_eq!(schema["$id"], "urn:idjag:policy-cases:1");
}

#[test]
fn who_acts_is_part_of_the_question() {
    let room = Room::new();
    let agents = r#""agents": [{"id": "bot", "issuer": "https://agents.example", "status": "approved",
        "apps": {"ids": ["coder"]}, "max_depth": 1}], "servers""#;
    room.write("policy.json", POLICY.replace("\"servers\": [{", &format!("{agents}: [{{")));
    let ask = |more: &[&str]| {
        let about = ["policy", "explain", "policy.json", "--app", "coder", "--server", "data"];
        let engineer = ["--group", "engineering", "--scope", "rows:read", "--dpop", "--json"];
        room.run(&[&about[..], &engineer, more].concat())
    };
    let bot = ["--actor-subject", "b1", "--actor-issuer", "https://agents.example"];
    assert!(ask(&[&bot[..], &["--depth", "1"]].concat()).json(0)["answer"].get("granted").is_some());
    assert_eq!(ask(&[&bot[..], &["--depth", "2"]].concat()).json(1)["bar"], "agent_too_deep");
    assert_eq!(
        ask(&["--actor-subject", "b1", "--actor-issuer", "https://other.example"]).json(1)["bar"],
        "agent_unknown"
    );
    let request = json!({"app": "coder", "server": "data", "groups": ["engineering"], "scope": "rows:read", "dpop": true,
        "act": {"iss": "https://agents.example", "sub": "b1"}, "depth": 1});
    let case = json!([{"name": "n", "request": request, "expect": {"outcome": "permit", "agents": ["bot"]}}]);
    room.write("cases.json", cases(&case));
    room.run(&["policy", "test", "policy.json", "--cases", "cases.json"]).ended(0);
}
