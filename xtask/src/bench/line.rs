//! A line of a measuring program, and running such a program.

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use serde::{Deserialize, Serialize};

use crate::process::Command;

/// One figure of one contender.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Line {
    /// What belongs together: `rust.verify`.
    pub(super) group: String,
    /// What is measured.
    pub(super) row: String,
    /// Whose figure this is.
    pub(super) who: String,
    /// Of `median`, `low` and `high`: us, ms, KB, MB, rps or count.
    pub(super) unit: String,
    /// The median of the rounds.
    pub(super) median: f64,
    /// The first quartile.
    pub(super) low: f64,
    /// The third quartile.
    pub(super) high: f64,
    /// How many rounds.
    pub(super) n: u64,
    /// Instructions for one piece of work.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) instructions: Option<f64>,
    /// Allocations for one piece of work.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) allocations: Option<f64>,
    /// What there is to say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) note: Option<String>,
}

const UNITS: [&str; 6] = ["us", "ms", "KB", "MB", "rps", "count"];

impl Line {
    fn read(text: &str) -> Result<Self, String> {
        let line: Self = serde_json::from_str(text).map_err(|error| format!("`{text}`: {error}"))?;
        let figures = [line.median, line.low, line.high];
        let is_sound = UNITS.contains(&line.unit.as_str())
            && figures.iter().all(|figure| figure.is_finite() && *figure >= 0.0)
            && line.n > 0;
        if is_sound { Ok(line) } else { Err(format!("`{text}` is no measurement")) }
    }
}

/// Runs a measuring program: every line of its standard output is a figure. What it has to say otherwise goes to standard
/// error, which is this process's.
pub(super) fn measured(command: &mut Command) -> Result<Vec<Line>, String> {
    let lines = printed(command)?;
    let read: Result<Vec<Line>, String> = lines.iter().map(|line| Line::read(line)).collect();
    match read {
        Ok(lines) if lines.is_empty() => Err(format!("{} measured nothing", command.get_program().display())),
        read => read,
    }
}

/// The lines of a program that came to a good end.
pub(super) fn printed(command: &mut Command) -> Result<Vec<String>, String> {
    let name = command.get_program().display().to_string();
    let told = |error: std::io::Error| format!("{name}: {error}");
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().map_err(told)?;
    let output = child.stdout.take().ok_or("no output")?;
    let lines: Result<Vec<String>, _> = BufReader::new(output).lines().collect();
    let status = child.wait().map_err(told)?;
    if !status.success() {
        return Err(format!("{name} failed"));
    }
    lines.map_err(told)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_is_no_figure_is_refused() {
        let line = |unit: &str, median: &str| {
            format!(
                r#"{{"group":"g","row":"r","who":"w","unit":"{unit}","median":{median},"low":1,"high":1,"n":1}}"#
            )
        };
        assert!(Line::read(&line("us", "1.5")).is_ok());
        for (unit, median) in [("parsec", "1"), ("us", "-1"), ("us", "null")] {
            assert!(Line::read(&line(unit, median)).is_err(), "{unit} {median}");
        }
        assert!(Line::read("warming up").is_err());
    }
}
