//! What the rounds come to, as lines that the collector reads.

use hdrhistogram::Histogram;
use serde_json::json;

use crate::Failure;

/// One round of requests.
pub(crate) struct Round {
    /// How many were answered in a second.
    pub(crate) per_second: f64,
    /// How long the server computed for each, in microseconds, where the system tells.
    pub(crate) computed: Option<f64>,
    /// How long each took, in microseconds.
    pub(crate) micros: Histogram<u64>,
}

/// The rounds of one row.
#[derive(Default)]
pub(crate) struct Rounds(Vec<Round>);

impl Rounds {
    pub(crate) fn add(&mut self, round: Round) {
        self.0.push(round);
    }

    /// Requests per second, the times that half and 99 % of the requests stayed below, and the time that the server computed.
    pub(crate) fn print(&self, group: &str, row: &str, who: &str, is_pinned: bool) -> Result<(), Failure> {
        let requests: u64 = self.0.iter().map(|round| round.micros.len()).sum();
        let place = if is_pinned { "server and generator on a processor each" } else { "not pinned" };
        let millis =
            |quantile: f64| move |round: &Round| round.micros.value_at_quantile(quantile) as f64 / 1000.0;
        let figures: [(&str, &str, Vec<f64>); 4] = [
            ("requests per second", "rps", self.0.iter().map(|round| round.per_second).collect()),
            ("p50", "ms", self.0.iter().map(millis(0.5)).collect()),
            ("p99", "ms", self.0.iter().map(millis(0.99)).collect()),
            ("processor time", "us", self.0.iter().filter_map(|round| round.computed).collect()),
        ];
        for (figure, unit, mut values) in figures {
            if values.is_empty() {
                continue;
            }
            values.sort_by(f64::total_cmp);
            let at = |index: usize| values.get(index).copied().ok_or("no round");
            let mut line = json!({
                "group": group, "row": format!("{row}, {figure}"), "who": who, "unit": unit,
                "median": at(values.len() / 2)?, "low": at(0)?, "high": at(values.len().saturating_sub(1))?,
                "n": values.len(),
            });
            // Once for the four: they are of the same requests.
            if unit == "rps" {
                line["note"] = format!("{requests} requests; {place}").into();
            }
            println!("{line}");
        }
        Ok(())
    }
}
