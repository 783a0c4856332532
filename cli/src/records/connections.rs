//! `idjag records connections`: who can reach what.

use core::fmt::Write as _;

use serde_json::Value;

use crate::moment;
use crate::report::Report;
use crate::screen::{Columns, shown};

/// The table of the core, as it writes it.
pub(super) fn report(table: String, by_user: bool, now: u64) -> Report {
    let json: Value = serde_json::from_str(&table).unwrap_or_default();
    let mut out = String::new();
    let connections = list(&json, "connections");
    match connections.is_empty() {
        true => out.push_str("nobody reaches anything\n"),
        false if by_user => users(&mut out, connections, now),
        false => apps(&mut out, connections, now),
    }
    for refused in list(&json, "elsewhere") {
        let (by, error) = (text(refused, "decided_by"), text(refused, "last_error"));
        let _ = writeln!(
            out,
            "refused by {} to nobody known: {} times, last {}",
            shown(by),
            count(refused, "denied"),
            shown(error)
        );
    }
    if count(&json, "left_out") > 0 {
        let _ = writeln!(out, "NOT COUNTED: {} records, there are too many", count(&json, "left_out"));
    }
    Report::of_lines(out, vec![table])
}

fn apps(out: &mut String, connections: &[Value], now: u64) {
    let mut columns = Columns::new([
        "app",
        "server",
        "users",
        "live",
        "scopes now",
        "since",
        "last used",
        "good until",
        "refused",
    ]);
    for one in connections {
        columns.row([
            text(one, "app"),
            server(one),
            &list(one, "users").len().to_string(),
            &count(one, "live_tokens").to_string(),
            &texts(one, "live_scopes"),
            &time(one, "since", now),
            &time(one, "last_used", now),
            &time(one, "live_until", now),
            &count(one, "denied").to_string(),
        ]);
    }
    columns.print(out, "");
}

fn users(out: &mut String, connections: &[Value], now: u64) {
    let mut columns = Columns::new([
        "app",
        "server",
        "user",
        "conversations",
        "actors",
        "live",
        "since",
        "last used",
        "good until",
    ]);
    for one in connections {
        for user in list(one, "users") {
            let conversations: Vec<&str> = list(user, "conversations")
                .iter()
                .map(|conversation| text(conversation, "context"))
                .collect();
            columns.row([
                text(one, "app"),
                server(one),
                text(user, "subject"),
                &conversations.join(" "),
                &texts(user, "actors"),
                &count(user, "live_tokens").to_string(),
                &time(user, "since", now),
                &time(user, "last_used", now),
                &time(user, "live_until", now),
            ]);
        }
    }
    columns.print(out, "");
}

/// The server's id in the policy, or its authorization server.
fn server(of: &Value) -> &str {
    match text(of, "server") {
        "" => text(of, "issuer"),
        id => id,
    }
}

fn list<'v>(of: &'v Value, name: &str) -> &'v [Value] {
    of.get(name).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

fn text<'v>(of: &'v Value, name: &str) -> &'v str {
    of.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn texts(of: &Value, name: &str) -> String {
    list(of, name).iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" ")
}

fn count(of: &Value, name: &str) -> u64 {
    of.get(name).and_then(Value::as_u64).unwrap_or_default()
}

fn time(of: &Value, name: &str, now: u64) -> String {
    of.get(name).and_then(Value::as_u64).map_or_else(String::new, |seconds| moment::relative(seconds, now))
}
