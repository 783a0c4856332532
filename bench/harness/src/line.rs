//! The lines that a measuring program prints: one JSON object each.

use serde_json::{Value, json};

use crate::Failure;

/// Prints a figure.
pub fn say(line: &Value) {
    println!("{line}");
}

/// Prints one figure that was taken once.
pub fn value(group: &str, row: &str, who: &str, unit: &str, value: f64) {
    say(&json!({"group": group, "row": row, "who": who, "unit": unit,
        "median": value, "low": value, "high": value, "n": 1}));
}

/// `name` and the version of `package`, as the lockfile of this workspace pins it.
pub fn peer(name: &str, package: &str) -> Result<String, Failure> {
    let lockfile = include_str!("../../Cargo.lock");
    let mut lines = lockfile.lines();
    let wanted = format!("name = \"{package}\"");
    let version = lines.find(|line| *line == wanted).and_then(|_| lines.next());
    let version = version.and_then(|line| line.strip_prefix("version = \"")?.strip_suffix('"'));
    version.map(|version| format!("{name} {version}")).ok_or(format!("the lockfile names no {package}"))
}
