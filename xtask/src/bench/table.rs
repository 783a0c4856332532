//! The one table, for terminals.

use core::fmt::Write as _;

use super::goals::Judged;
use super::line::Line;
use super::report::Report;

const TITLES: [&str; 10] =
    ["group", "row", "who", "median", "quartiles", "instructions", "allocations", "ratio", "goal", "verdict"];

/// The table, then what could not be measured, and what it ran on.
pub(super) fn print(report: &Report) -> String {
    let mut rows = vec![TITLES.map(str::to_owned)];
    let mut last = ("", "");
    for (line, judged) in report.lines.iter().zip(&report.judged) {
        let place = (line.group.as_str(), line.row.as_str());
        let is_new = place != last;
        last = place;
        if judged.is_empty() {
            rows.push(row(line, is_new, None));
        }
        for (at, judged) in judged.iter().enumerate() {
            rows.push(row(line, is_new && at == 0, Some(judged)));
        }
    }
    let widths: Vec<usize> = (0..TITLES.len())
        .map(|column| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0))
        .collect();
    let mut out = String::new();
    for row in &rows {
        let mut text = String::new();
        for (column, (cell, width)) in row.iter().zip(&widths).enumerate() {
            // Names to the left, figures to the right.
            let _ = match column {
                0..=2 | 8 | 9 => write!(text, "{cell:<width$}  "),
                _ => write!(text, "{cell:>width$}  "),
            };
        }
        let _ = writeln!(out, "{}", text.trim_end());
    }
    let notes = report.lines.iter().filter_map(|line| Some((line, line.note.as_ref()?)));
    for (line, note) in notes {
        let _ = writeln!(out, "note: {}, {}, {}: {note}", line.group, line.row, line.who);
    }
    for missing in &report.missing {
        let _ = writeln!(out, "not measured: {missing}");
    }
    for goal in report.unmeasured() {
        let _ = writeln!(out, "not measured: the goal of {} for {}, {}", goal.who, goal.group, goal.row);
    }
    let _ = writeln!(out, "on {}", report.machine.told());
    let verdicts = || report.judged.iter().flatten();
    let met = verdicts().filter(|judged| judged.met == Some(true)).count();
    let missed = verdicts().filter(|judged| judged.met == Some(false)).count();
    let _ = writeln!(out, "goals: {met} met, {missed} missed");
    out
}

fn row(line: &Line, is_new: bool, judged: Option<&Judged>) -> [String; 10] {
    let shown = |text: &str| if is_new { text.to_owned() } else { String::new() };
    let count = |count: Option<f64>| count.map_or(String::new(), figure);
    let goal = judged.map(|Judged { goal, .. }| match &goal.times {
        Some(times) => format!("≤ {} × {times}", figure(goal.at_most)),
        None => format!("≤ {} {}", figure(goal.at_most), line.unit),
    });
    let verdict = judged.map(|judged| match (judged.met, judged.met_at_pace, judged.pace) {
        (Some(true), _, _) => "met".to_owned(),
        (Some(false), Some(true), Some(pace)) => format!("missed; met at pace {}", figure(pace)),
        (Some(false), Some(false), Some(pace)) => format!("missed, at pace {} too", figure(pace)),
        (Some(false), _, _) => "missed".to_owned(),
        (None, _, _) => "–".to_owned(),
    });
    let quartiles =
        if line.n == 1 { String::new() } else { format!("{}–{}", figure(line.low), figure(line.high)) };
    [
        shown(&line.group),
        shown(&line.row),
        line.who.clone(),
        format!("{} {}", figure(line.median), line.unit),
        quartiles,
        count(line.instructions),
        count(line.allocations),
        count(judged.and_then(|judged| judged.ratio)),
        goal.unwrap_or_else(|| "–".into()),
        verdict.unwrap_or_else(|| "–".into()),
    ]
}

/// Three digits that count.
pub(super) fn figure(value: f64) -> String {
    match value {
        value if value >= 100.0 => grouped(&format!("{value:.0}")),
        value if value >= 10.0 => trimmed(format!("{value:.1}")),
        value if value >= 1.0 => trimmed(format!("{value:.2}")),
        value => trimmed(format!("{value:.3}")),
    }
}

/// `1234567` as `1,234,567`.
fn grouped(digits: &str) -> String {
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

fn trimmed(number: String) -> String {
    number.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::figure;

    #[test]
    fn figures_have_three_digits_that_count() {
        let shown = [0.0, 0.65, 0.0049, 1.0, 36.149, 99.96, 1234567.0].map(figure);
        assert_eq!(shown, ["0", "0.65", "0.005", "1", "36.1", "100", "1,234,567"]);
    }
}
