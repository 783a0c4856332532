//! `cargo xtask bench`: ours and the peers in one run, one table, with goal and verdict for each row.

mod callgrind;
mod chart;
mod goals;
mod line;
mod machine;
mod parts;
mod programs;
mod report;
mod table;

use std::fs;
use std::process::ExitCode;

use crate::process::root;
use parts::{PARTS, Part};
use report::Report;

/// Has the results of named parts written too.
const WRITE: &str = "--write";

/// Runs the parts named, or all of them. Goals that are missed are no failure; a measurement that is broken is.
pub(crate) fn run(arguments: &[String]) -> ExitCode {
    let (options, names): (Vec<&String>, Vec<&String>) =
        arguments.iter().partition(|argument| *argument == WRITE);
    if let Some(unknown) = names.iter().find(|name| PARTS.iter().all(|part| part.name != ***name)) {
        let known: Vec<&str> = PARTS.iter().map(|part| part.name).collect();
        eprintln!("xtask: no part `{unknown}` of the benchmarks; there are {}", known.join(", "));
        return ExitCode::from(2);
    }
    let wanted = |part: &&Part| names.is_empty() || names.iter().any(|name| *name == part.name);
    let mut report = match Report::new() {
        Ok(report) => report,
        Err(problem) => return failed(&[problem]),
    };
    let mut broken = Vec::new();
    for part in PARTS.iter().filter(wanted) {
        eprintln!("{} ...", part.name);
        report.parts.push(part.name);
        if let Err(problem) = (part.run)(&mut report) {
            // What is broken stands in the results too, beside what could be measured.
            report.missing.push(format!(
                "{} broke off: {}",
                part.name,
                problem.lines().next().unwrap_or_default()
            ));
            broken.push(format!("{}: {problem}", part.name));
        }
        report.judge();
        // Results are those of one run, and say of which parts. After each part: who breaks off a run keeps what it measured.
        if (names.is_empty() || !options.is_empty())
            && let Err(problem) = write(&report)
        {
            broken.push(problem);
        }
    }
    print!("{}", table::print(&report));
    if broken.is_empty() { ExitCode::SUCCESS } else { failed(&broken) }
}

fn failed(problems: &[String]) -> ExitCode {
    for problem in problems {
        eprintln!("xtask: {problem}");
    }
    ExitCode::FAILURE
}

fn write(report: &Report) -> Result<(), String> {
    let folder = root().join("bench/results");
    fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
    for (name, text) in [("latest.json", report.to_json()), ("latest.svg", chart::draw(report))] {
        let path = folder.join(name);
        fs::write(&path, text).map_err(|error| format!("{}: {error}", path.display()))?;
    }
    Ok(())
}
