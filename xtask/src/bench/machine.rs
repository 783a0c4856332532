//! What a run was on: never the name of a machine or of a folder.

use std::fs;
use std::thread;
use std::time::SystemTime;

use serde::Serialize;

use crate::process::{Command, capture, root};

/// The machine and the programs.
#[derive(Debug, Serialize)]
pub(super) struct Machine {
    cpu: String,
    cores: usize,
    os: String,
    rustc: String,
    node: String,
    python: String,
    valgrind: String,
    /// The day in UTC.
    date: String,
    /// The commit, and whether there was more than it.
    commit: String,
}

impl Machine {
    pub(super) fn read() -> Self {
        Self {
            cpu: cpu(),
            cores: thread::available_parallelism().map_or(0, usize::from),
            os: os(),
            rustc: first_line("rustc", &["--version"]),
            node: first_line("node", &["--version"]),
            python: first_line("python3", &["--version"]),
            valgrind: first_line("valgrind", &["--version"]),
            date: date(),
            commit: commit(),
        }
    }

    /// A line for people.
    pub(super) fn told(&self) -> String {
        let Self { cpu, cores, os, rustc, node, python, valgrind, date, commit } = self;
        format!(
            "{cpu}, {cores} cores, {os}; {rustc}; Node.js {node}; {python}; {valgrind}; {date}, commit {commit}"
        )
    }
}

/// What a program says first, or that there is none.
fn first_line(program: &str, arguments: &[&str]) -> String {
    let told = capture(Command::new(program).args(arguments));
    let line = told.output.lines().next().filter(|_| told.success);
    line.map_or_else(|| format!("no {program}"), |line| line.trim().to_owned())
}

fn cpu() -> String {
    let info = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = info.lines().find_map(|line| line.strip_prefix("model name")?.split_once(':'));
    model.map_or_else(|| std::env::consts::ARCH.to_owned(), |(_, model)| model.trim().to_owned())
}

fn os() -> String {
    let release = fs::read_to_string("/etc/os-release").unwrap_or_default();
    let name = release.lines().find_map(|line| line.strip_prefix("PRETTY_NAME="));
    let name = name.map_or_else(|| std::env::consts::OS.to_owned(), |name| name.trim_matches('"').to_owned());
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    format!("{name} {}", kernel.trim()).trim_end().to_owned()
}

fn commit() -> String {
    let git = |arguments: &[&str]| capture(Command::new("git").args(arguments).current_dir(root()));
    let head = git(&["rev-parse", "--short", "HEAD"]);
    // What a run writes is no change.
    let changes = git(&["status", "--porcelain", "--", ".", ":!bench/results"]);
    match (head.success, changes.output.trim().is_empty()) {
        (false, _) => "unknown".to_owned(),
        (true, true) => head.output.trim().to_owned(),
        (true, false) => format!("{} with changes", head.output.trim()),
    }
}

fn date() -> String {
    let seconds = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let (year, month, day) = civil(seconds / 86_400);
    format!("{year}-{month:02}-{day:02}")
}

/// The date that many days after 1970-01-01, counted year by year and month by month.
fn civil(mut days: u64) -> (u64, usize, u64) {
    let is_leap =
        |year: u64| year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let mut year = 1970;
    while days >= 365 + u64::from(is_leap(year)) {
        days -= 365 + u64::from(is_leap(year));
        year += 1;
    }
    let february = 28 + u64::from(is_leap(year));
    let mut month = 1;
    for length in [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] {
        if days < length {
            break;
        }
        days -= length;
        month += 1;
    }
    (year, month, days + 1)
}

#[cfg(test)]
mod tests {
    use super::civil;

    #[test]
    fn days_become_dates() {
        assert_eq!(civil(0), (1970, 1, 1));
        assert_eq!(civil(11_016), (2000, 2, 29));
        assert_eq!(civil(20_453), (2025, 12, 31));
        assert_eq!(civil(20_454), (2026, 1, 1));
    }
}
