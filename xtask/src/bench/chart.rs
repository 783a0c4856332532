//! The figures as an SVG: bars for each row, the contenders below one another, readable on light and on dark.

use core::fmt::Write as _;

use super::line::Line;
use super::report::Report;
use super::table::figure;

const WIDTH: f64 = 860.0;
const LABELS: f64 = 240.0;
/// Right of the bars: figures and verdicts.
const FIGURES: f64 = 170.0;
const BAR: f64 = 16.0;

const STYLE: &str = "\
text{font:12px system-ui,sans-serif;fill:#1f2328}.title{font-weight:600;font-size:14px}.muted{fill:#59636e}\
.page{fill:#ffffff}.ours{fill:#0969da}.peer{fill:#8c959f}.met{fill:#1a7f37}.missed{fill:#cf222e}\
@media (prefers-color-scheme:dark){text{fill:#e6edf3}.muted{fill:#9198a1}.page{fill:#0d1117}\
.ours{fill:#4493f8}.peer{fill:#6e7681}.met{fill:#3fb950}.missed{fill:#f85149}}";

/// A drawing that grows downwards.
struct Drawing {
    body: String,
    y: f64,
}

impl Drawing {
    fn text(&mut self, x: f64, class: &str, text: &str) {
        let _ = writeln!(
            self.body,
            r#"<text x="{x:.0}" y="{:.0}" class="{class}">{}</text>"#,
            self.y,
            escaped(text)
        );
    }

    fn bar(&mut self, class: &str, width: f64) {
        let top = self.y - 11.0;
        let _ = writeln!(
            self.body,
            r#"<rect x="{LABELS}" y="{top:.0}" width="{width:.1}" height="12" rx="2" class="{class}"/>"#
        );
    }
}

/// The chart of a run.
pub(super) fn draw(report: &Report) -> String {
    let mut drawing = Drawing { body: String::new(), y: 28.0 };
    drawing.text(16.0, "title", "cargo xtask bench: medians, shorter is better");
    let mut last = ("", "");
    for (at, line) in report.lines.iter().enumerate() {
        let place = (line.group.as_str(), line.row.as_str());
        if place.0 != last.0 {
            drawing.y += 30.0;
            drawing.text(16.0, "title", place.0);
        }
        if place != last {
            drawing.y += 22.0;
            drawing.text(16.0, "muted", place.1);
            last = place;
        }
        drawing.y += BAR;
        contender(&mut drawing, report, at, line);
    }
    drawing.y += 30.0;
    drawing.text(16.0, "muted", &report.machine.told());
    let Drawing { body, y } = drawing;
    let height = y + 16.0;
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height:.0}\" role=\"img\">\n\
         <title>Benchmarks</title>\n<style>{STYLE}</style>\n\
         <rect width=\"100%\" height=\"100%\" class=\"page\"/>\n{body}</svg>\n"
    )
}

fn contender(drawing: &mut Drawing, report: &Report, at: usize, line: &Line) {
    // Bars of one row share a scale, where they share a unit.
    let same = |other: &&Line| other.group == line.group && other.row == line.row && other.unit == line.unit;
    let longest = report.lines.iter().filter(same).map(|line| line.median).fold(0.0, f64::max);
    let share = if longest > 0.0 { line.median / longest } else { 0.0 };
    let width = (share * (WIDTH - LABELS - FIGURES)).max(1.0);
    let is_ours = line.who == "idjag" || line.who.starts_with("idjag ") || line.who.starts_with("idjag,");
    drawing.text(32.0, "", &line.who);
    drawing.bar(if is_ours { "ours" } else { "peer" }, width);
    let x = LABELS + width + 6.0;
    drawing.text(x, "", &format!("{} {}", figure(line.median), line.unit));
    let verdicts = report.judged.get(at).into_iter().flatten().filter_map(|judged| judged.met);
    // Of several goals, all must be met.
    if let Some(met) = verdicts.reduce(|all, met| all && met) {
        let verdict = if met { "met" } else { "missed" };
        drawing.text(x + 80.0, verdict, verdict);
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
