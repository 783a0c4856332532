//! What a run found out.

use alloc::collections::BTreeSet;

use serde_json::{Value, json};

use super::goals::{self, Goal, Judged};
use super::line::Line;
use super::machine::Machine;

/// The figures of a run, and how they stand.
pub(super) struct Report {
    pub(super) machine: Machine,
    /// The parts that ran.
    pub(super) parts: Vec<&'static str>,
    pub(super) lines: Vec<Line>,
    /// What could not be measured, and why.
    pub(super) missing: Vec<String>,
    /// The goals of each line, at the same place.
    pub(super) judged: Vec<Vec<Judged>>,
    goals: Vec<Goal>,
}

impl Report {
    pub(super) fn new() -> Result<Self, String> {
        let goals = goals::read()?;
        let (lines, missing, judged) = (Vec::new(), Vec::new(), Vec::new());
        Ok(Self { machine: Machine::read(), parts: Vec::new(), lines, missing, judged, goals })
    }

    /// Puts together what belongs together, in the order of the first of each, and holds every figure against its goals.
    pub(super) fn judge(&mut self) {
        let mut groups: Vec<String> = self.lines.iter().map(|line| line.group.clone()).collect();
        let mut rows: Vec<String> = self.lines.iter().map(|line| line.row.clone()).collect();
        first_only(&mut groups);
        first_only(&mut rows);
        let place = |name: &String, names: &[String]| names.iter().position(|known| known == name);
        self.lines.sort_by_key(|line| (place(&line.group, &groups), place(&line.row, &rows)));
        let of = |line: &Line| {
            let own = self.goals.iter().filter(|goal| goal.is_about(line));
            own.map(|goal| goal.judge(line, &self.lines)).collect()
        };
        self.judged = self.lines.iter().map(of).collect();
    }

    /// The goals of the groups that ran which no figure belongs to: a goal never falls silently out of the table.
    pub(super) fn unmeasured(&self) -> impl Iterator<Item = &Goal> {
        let is_measured = |goal: &Goal| self.lines.iter().any(|line| goal.is_about(line));
        let has_run = |goal: &Goal| self.lines.iter().any(|line| line.group == goal.group);
        self.goals.iter().filter(move |goal| has_run(goal) && !is_measured(goal))
    }

    /// As it is written to `bench/results`.
    pub(super) fn to_json(&self) -> String {
        let measurement = |(line, judged): (&Line, &Vec<Judged>)| -> Value {
            let mut value = json!(line);
            if !judged.is_empty() {
                value["goals"] = json!(judged);
            }
            value
        };
        let measurements: Vec<Value> = self.lines.iter().zip(&self.judged).map(measurement).collect();
        let unmeasured: Vec<&Goal> = self.unmeasured().collect();
        let report = json!({"machine": self.machine, "parts": self.parts, "measurements": measurements, "missing": self.missing,
            "unmeasured_goals": unmeasured});
        format!("{report:#}\n")
    }
}

/// Leaves the first of each name.
fn first_only(names: &mut Vec<String>) {
    let mut known = BTreeSet::new();
    names.retain(|name| known.insert(name.clone()));
}
