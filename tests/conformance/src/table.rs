//! The tables: servers by cases, for the terminal; what foreign servers do otherwise, for the README.

use alloc::collections::BTreeMap;
use core::fmt::Write as _;
use std::fs;
use std::path::Path;

use crate::report::Report;

const BEGIN: &str = "<!-- begin: written by `cargo xtask conformance resource-as --update` -->\n";
const END: &str = "<!-- end -->\n";

/// A line for each case, a column for each server.
pub(crate) fn matrix(servers: &[(&str, &Report)]) -> String {
    let mut text = format!("{:<28} {:<12}", "case", "requirement");
    for (name, _) in servers {
        let _ = write!(text, " {name:<10}");
    }
    text.push('\n');
    let Some((_, first)) = servers.first() else { return text };
    for (at, outcome) in first.outcomes.iter().enumerate() {
        let id = outcome.case.requirements.first().copied().unwrap_or_default();
        let _ = write!(text, "{:<28} {id:<12}", outcome.case.id);
        for (_, report) in servers {
            let word = report.outcomes.get(at).map_or("", |outcome| outcome.word());
            let _ = write!(text, " {word:<10}");
        }
        text.push('\n');
    }
    text
}

/// Whether the table in the README is the one of these reports; with `update` it is made so.
pub(crate) fn in_readme(readme: &Path, servers: &[(&str, &Report)], update: bool) -> Result<bool, String> {
    let told = |error: std::io::Error| format!("{}: {error}", readme.display());
    let text = fs::read_to_string(readme).map_err(told)?;
    let parts = text.split_once(BEGIN).and_then(|(before, rest)| Some((before, rest.split_once(END)?)));
    let Some((before, (table, after))) = parts else {
        return Err(format!("{}: there is no place for the table", readme.display()));
    };
    let written = deviations(servers);
    if update && table != written {
        fs::write(readme, format!("{before}{BEGIN}{written}{END}{after}")).map_err(told)?;
    }
    Ok(update || table == written)
}

/// What these servers do otherwise, by requirement.
fn deviations(servers: &[(&str, &Report)]) -> String {
    let mut text = String::new();
    for (name, report) in servers {
        let (passed, failed) = (report.count("passed"), report.count("failed"));
        let (advice, idle) = (report.count("advice"), report.count("n/a"));
        let _ = writeln!(
            text,
            "\n### {name}\n\n{passed} passed, {failed} failed, {advice} SHOULD not followed, {idle} not applicable\n\n\
             | requirement | level | case | what is sent or looked at | what it did |\n|---|---|---|---|---|"
        );
        for outcome in report.outcomes.iter().filter(|outcome| matches!(outcome.word(), "failed" | "advice"))
        {
            let case = outcome.case;
            let _ = writeln!(
                text,
                "| {} | {} | `{}` | {} | {} |",
                case.requirements.join(", "),
                case.level.name(),
                case.id,
                case.what.replace('|', "\\|"),
                outcome.did().replace('|', "\\|")
            );
        }
        for (why, cases) in idle_cases(report) {
            let _ = writeln!(text, "\nNot applicable, because {why}: {}.", cases.join(", "));
        }
    }
    text.push('\n');
    text
}

/// What could not be tried, by reason.
fn idle_cases(report: &Report) -> BTreeMap<&str, Vec<String>> {
    let mut by_reason: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for outcome in report.outcomes.iter().filter(|outcome| outcome.word() == "n/a") {
        by_reason.entry(outcome.did()).or_default().push(format!("`{}`", outcome.case.id));
    }
    by_reason
}
