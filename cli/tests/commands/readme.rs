//! The commands that the README shows, run as they stand there.

use std::path::Path;
use std::process::Command;

use serde_json::json;

use crate::support::{Room, signed};

const README: &str = include_str!("../../../README.md");

/// The first block of this language that holds `part`.
fn block<'r>(language: &str, part: &str) -> &'r str {
    let fence = format!("```{language}\n");
    let blocks = README.split(fence.as_str()).skip(1).filter_map(|rest| rest.split("```").next());
    blocks.into_iter().find(|block| block.contains(part)).expect("the README has such a block")
}

#[test]
fn the_readme_shows_commands_that_work() {
    let room = Room::new();
    let policy = block("json", "\"rules\"");
    room.write("policy.json", policy);
    room.write("new-policy.json", policy.replace("engineering", "everybody"));
    let case = json!({"name": "engineers read", "request": {"app": "desk", "server": "data", "groups": ["engineering"]},
        "expect": {"outcome": "permit", "scope": "rows:read"}});
    room.write("cases.json", json!({ "cases": [case] }).to_string());
    let records: serde_json::Value =
        serde_json::from_str(include_str!("../../../tests/vectors/records.chain/ids.json")).unwrap();
    let records = records.pointer("/groups/0/tests/0/input/records").unwrap().as_array().unwrap();
    let records: Vec<String> = records.iter().map(serde_json::Value::to_string).collect();
    room.write("records.jsonl", records.join("\n"));
    room.write("revoked.json", r#"{"sequence": 0, "entries": []}"#);

    let commands = block("sh", "idjag decode").replace("\\\n", " ");
    let commands: Vec<&str> = commands.lines().collect();
    assert!(commands.len() > 7 && commands.iter().all(|line| line.starts_with("idjag ")), "{commands:?}");
    let program = Path::new(env!("CARGO_BIN_EXE_idjag")).parent().unwrap();
    for line in commands {
        if line.starts_with("idjag decode") {
            let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
            let claims = json!({"iss": "https://idp.example", "sub": "alice", "aud": "https://as.example",
                "client_id": "desk", "jti": "j1", "iat": now, "exp": now + 300});
            room.write("token.txt", signed(&room.read("private.json"), "id_jag", &claims));
        }
        let mut shell = Command::new("sh");
        shell.args(["-c", line]).current_dir(room.path("")).env("PATH", path_with(program));
        let ran = shell.output().unwrap();
        assert!(ran.status.success(), "{line}\n{}", String::from_utf8_lossy(&ran.stderr));
    }
    assert!(room.read("revoked.json").contains("alice"));
    assert!(room.read("records.jsonl").contains("ops@acme.example"));
}

fn path_with(program: &Path) -> std::ffi::OsString {
    let known = std::env::var_os("PATH").unwrap_or_default();
    let paths = core::iter::once(program.to_path_buf()).chain(std::env::split_paths(&known));
    std::env::join_paths(paths).unwrap()
}
