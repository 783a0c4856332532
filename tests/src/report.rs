//! What every runner prints: one line per failure, and `N passed, N failed` at the end.

use core::fmt::Display;
use std::process::ExitCode;

use serde_json::Value;

/// The counts of a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Cases that hold.
    pub passed: usize,
    /// Cases that do not.
    pub failed: usize,
}

impl Tally {
    /// Counts one case and prints it when it does not hold.
    pub fn count(&mut self, name: impl Display, result: Result<(), impl Display>) {
        match result {
            Ok(()) => self.passed += 1,
            Err(problem) => {
                self.failed += 1;
                println!("FAILED {name}: {problem}");
            }
        }
    }

    /// Adds the counts of another run.
    pub fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }

    /// Prints the closing line and gives the exit code that goes with it.
    pub fn finish(self) -> ExitCode {
        println!("{} passed, {} failed", self.passed, self.failed);
        if self.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }
}

/// The members in which `actual` is not what was `expected`, one per line; empty when the two are equal.
pub fn difference(expected: &Value, actual: &Value) -> String {
    let mut lines = Vec::new();
    compare("", expected, actual, &mut lines);
    lines.join("\n")
}

fn compare(path: &str, expected: &Value, actual: &Value, lines: &mut Vec<String>) {
    match (expected, actual) {
        _ if expected == actual => {}
        (Value::Object(a), Value::Object(b)) => {
            let names = a.keys().chain(b.keys().filter(|name| !a.contains_key(*name)));
            for name in names {
                let path = format!("{path}/{name}");
                match (a.get(name), b.get(name)) {
                    (Some(a), Some(b)) => compare(&path, a, b, lines),
                    (Some(a), None) => lines.push(format!("  {path}: expected {a}, got nothing")),
                    (None, Some(b)) => lines.push(format!("  {path}: expected nothing, got {b}")),
                    (None, None) => {}
                }
            }
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            a.iter()
                .zip(b)
                .enumerate()
                .for_each(|(at, (a, b))| compare(&format!("{path}/{at}"), a, b, lines));
        }
        _ => lines.push(format!("  {path}: expected {expected}, got {actual}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn names_each_member_that_differs() {
        assert_eq!(difference(&json!({"a": [1]}), &json!({"a": [1]})), "");
        assert_eq!(
            difference(&json!({"a": [1, 2], "b": 1}), &json!({"a": [1, 3], "c": 1})),
            "  /a/1: expected 2, got 3\n  /b: expected 1, got nothing\n  /c: expected nothing, got 1"
        );
    }
}
