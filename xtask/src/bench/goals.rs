//! What the figures are held against: `bench/goals.json`.

use std::fs;

use serde::{Deserialize, Serialize};

use super::line::Line;
use crate::process::root;

/// What a figure must not exceed.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Goal {
    /// The group it is about.
    pub(super) group: String,
    /// The row, or `*` for every row of the group.
    pub(super) row: String,
    /// Whose figure; names are given without versions.
    pub(super) who: String,
    /// The bound, of the unit of the row, or times another's figure.
    pub(super) at_most: f64,
    /// Whose figure in the same row `at_most` multiplies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) times: Option<String>,
    /// By what to tell how slow this machine is beside that for which a bound in microseconds was set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) pace: Option<Pace>,
    /// Where the goal is from.
    pub(super) source: String,
}

/// A figure that both machines have.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Pace {
    group: String,
    row: String,
    who: String,
    /// What it was there.
    was: f64,
}

/// How a figure stands to a goal.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Judged {
    /// The goal.
    #[serde(flatten)]
    pub(super) goal: Goal,
    /// The figure as a multiple of the other's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) ratio: Option<f64>,
    /// Whether it is met; unknown where the other was not measured.
    pub(super) met: Option<bool>,
    /// How many times as long as on the machine of the goal a peer took in this run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) pace: Option<f64>,
    /// Whether it would be met were this machine as fast as that one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) met_at_pace: Option<bool>,
}

/// All goals.
pub(super) fn read() -> Result<Vec<Goal>, String> {
    let path = root().join("bench/goals.json");
    let text = fs::read_to_string(&path).map_err(|error| format!("bench/goals.json: {error}"))?;
    serde_json::from_str(&text).map_err(|error| format!("bench/goals.json: {error}"))
}

impl Goal {
    /// Whether it is about this figure.
    pub(super) fn is_about(&self, line: &Line) -> bool {
        self.group == line.group && (self.row == "*" || self.row == line.row) && is_name(&line.who, &self.who)
    }

    /// How `line` stands, among the figures of the same run.
    pub(super) fn judge(&self, line: &Line, lines: &[Line]) -> Judged {
        let ratio = self.times.as_ref().map(|times| {
            let same_row = |other: &&Line| {
                other.group == line.group && other.row == line.row && is_name(&other.who, times)
            };
            lines
                .iter()
                .find(same_row)
                .filter(|other| other.median > 0.0)
                .map(|other| line.median / other.median)
        });
        let measured = ratio.unwrap_or(Some(line.median));
        let met = measured.map(|measured| measured <= self.at_most);
        let pace = self.pace.as_ref().and_then(|pace| pace.of(lines));
        let met_at_pace = pace.zip(measured).map(|(pace, measured)| measured / pace <= self.at_most);
        Judged { goal: self.clone(), ratio: ratio.flatten(), met, pace, met_at_pace }
    }
}

impl Pace {
    fn of(&self, lines: &[Line]) -> Option<f64> {
        let Self { group, row, who, was } = self;
        let same = |line: &&Line| line.group == *group && line.row == *row && is_name(&line.who, who);
        lines.iter().find(same).map(|line| line.median / was)
    }
}

/// Whether `who` is `name`, or `name` and a version.
pub(super) fn is_name(who: &str, name: &str) -> bool {
    let version = |rest: &str| rest.starts_with(|first: char| first.is_ascii_digit()) && !rest.contains(' ');
    who.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.strip_prefix(' ').is_some_and(version))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(who: &str, median: f64) -> Line {
        let text = format!(
            r#"{{"group":"g","row":"r","who":"{who}","unit":"us","median":{median},"low":1,"high":1,"n":1}}"#
        );
        serde_json::from_str(&text).unwrap()
    }

    fn goal(at_most: f64, times: Option<&str>) -> Goal {
        let (group, row, who) = ("g".into(), "*".into(), "idjag".into());
        Goal { group, row, who, at_most, times: times.map(Into::into), pace: None, source: String::new() }
    }

    #[test]
    fn names_fit_with_and_without_versions() {
        assert!(is_name("jose 6.2.18", "jose"));
        assert!(is_name("idjag", "idjag"));
        assert!(!is_name("idjag, 100 keys", "idjag, 1"));
        for other in ["idjag wasm", "idjag aws-lc", "josefine 1", "jose cached 6.2.18"] {
            assert!(!is_name(other, "idjag") && !is_name(other, "jose"), "{other}");
        }
    }

    #[test]
    fn a_goal_is_met_missed_or_unknown() {
        let lines = [line("idjag", 5.0), line("jose 6.2.18", 10.0)];
        let met = |goal: Goal| goal.judge(&lines[0], &lines).met;
        assert_eq!(met(goal(0.5, Some("jose"))), Some(true));
        assert_eq!(met(goal(0.49, Some("jose"))), Some(false));
        assert_eq!(met(goal(0.5, Some("fast-jwt"))), None);
        assert_eq!(met(goal(5.0, None)), Some(true));
        assert_eq!(met(goal(4.9, None)), Some(false));
    }

    #[test]
    fn on_a_slow_machine_a_bound_is_also_held_at_the_pace_of_the_other() {
        let lines = [line("idjag", 5.0), line("jose 6.2.18", 10.0)];
        let judged = |at_most, who: &str| {
            let pace = Pace { group: "g".into(), row: "r".into(), who: who.into(), was: 5.0 };
            let judged = Goal { pace: Some(pace), ..goal(at_most, None) }.judge(&lines[0], &lines);
            (judged.met, judged.pace, judged.met_at_pace)
        };
        assert_eq!(judged(2.5, "jose"), (Some(false), Some(2.0), Some(true)));
        assert_eq!(judged(2.4, "jose"), (Some(false), Some(2.0), Some(false)));
        assert_eq!(judged(2.5, "fast-jwt"), (Some(false), None, None));
    }

    #[test]
    fn the_goals_of_the_project_can_be_read() {
        let goals = read().unwrap();
        assert!(goals.iter().all(|goal| goal.at_most > 0.0 && !goal.source.is_empty()));
        assert!(goals.iter().any(|goal| goal.times.is_some()));
    }
}
