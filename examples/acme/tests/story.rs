//! The story as a program: what it prints, where, and with which exit status.

use std::process::{Command, Output};

fn acme(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_acme")).args(arguments).output().unwrap()
}

#[test]
fn every_fact_of_the_story_holds_and_a_pipe_gets_no_colour() {
    let output = acme(&[]);
    let told = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{told}");
    assert!(told.contains("zero consent screens"));
    assert!(told.trim_end().ends_with(" passed, 0 failed"));
    assert!(!told.contains('✗') && !told.contains('\u{1b}'));
}

#[test]
fn json_is_the_records_and_nothing_else() {
    let output = acme(&["--json"]);
    let aside = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{aside}");
    assert!(aside.is_empty(), "{aside}");
    let records: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let roles: Vec<_> = records.as_array().unwrap().iter().map(|record| &record["role"]).collect();
    for role in ["idp", "resource_as", "resource_server"] {
        assert!(roles.iter().any(|seen| *seen == role), "{role}");
    }
}

#[test]
fn an_unknown_option_is_not_a_failed_story() {
    assert_eq!(acme(&["--jason"]).status.code(), Some(2));
}
