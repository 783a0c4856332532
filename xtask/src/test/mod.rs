//! `cargo xtask test`: every step, a line each as it ends, one closing line for all of them.

mod no_std;
mod steps;

use std::panic;
use std::process::ExitCode;
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Instant;

use crate::counts::Counts;
pub(crate) use no_std::ensure_installed;
pub(crate) use steps::{of_command, of_node_tests, of_result};

use steps::LANES;

/// What a step came to.
pub(crate) struct Outcome {
    /// Its cases.
    pub(crate) counts: Counts,
    /// What to print when a case failed.
    pub(crate) output: String,
}

/// A named step.
pub(crate) struct Step {
    /// Its name, as `cargo xtask test <name>` takes it.
    pub(crate) name: &'static str,
    /// Runs it.
    pub(crate) run: fn() -> Outcome,
}

impl Outcome {
    /// A step whose only case is whether it succeeds.
    pub(crate) fn single(holds: bool, output: String) -> Self {
        Self { counts: Counts::one(holds), output }
    }

    /// Adds the cases of another part of the same step.
    pub(crate) fn and(mut self, other: Self) -> Self {
        self.counts = self.counts.plus(other.counts);
        if other.failed() {
            self.output.push_str(&other.output);
        }
        self
    }

    /// A step that ran no case has not passed, and neither has one that left a test out.
    pub(crate) fn failed(&self) -> bool {
        self.counts.failed > 0 || self.counts.ignored > 0 || self.counts.passed == 0
    }
}

/// Runs the steps named, or all of them.
pub(crate) fn run(names: &[String]) -> ExitCode {
    let steps = || LANES.iter().copied().flatten();
    if let Some(unknown) = names.iter().find(|name| steps().all(|step| step.name != **name)) {
        let known: Vec<&str> = steps().map(|step| step.name).collect();
        eprintln!("xtask: no step `{unknown}`; there are {}", known.join(", "));
        return ExitCode::from(2);
    }
    let is_wanted = |step: &&Step| names.is_empty() || names.iter().any(|name| name == step.name);
    let sum = Mutex::new(Counts::default());
    thread::scope(|scope| {
        for lane in LANES {
            scope.spawn(|| lane.iter().filter(is_wanted).for_each(|step| report(step, &sum)));
        }
    });
    let sum = *sum.lock().unwrap_or_else(PoisonError::into_inner);
    println!("{} passed, {} failed", sum.passed, sum.failed);
    if sum.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Runs a step, adds its counts to `sum`, and prints its line, with what it printed where it failed.
fn report(step: &Step, sum: &Mutex<Counts>) {
    let started = Instant::now();
    let outcome =
        panic::catch_unwind(step.run).unwrap_or_else(|_| Outcome::single(false, "the step panicked".into()));
    let counts = settle(&outcome);
    let verdict = if counts.failed == 0 { "ok    " } else { "FAILED" };
    let seconds = started.elapsed().as_secs_f64();
    // One step's lines stay together.
    let mut sum = sum.lock().unwrap_or_else(PoisonError::into_inner);
    *sum = sum.plus(counts);
    println!(
        "{verdict} {:<14} {seconds:>7.1} s  {:>6} passed, {} failed",
        step.name, counts.passed, counts.failed
    );
    if counts.failed > 0 {
        println!("{}\n", outcome.output.trim_end());
    }
}

/// The counts of a step, at least one of them a failure when the step as a whole failed.
fn settle(outcome: &Outcome) -> Counts {
    let Counts { passed, failed, ignored } = outcome.counts;
    let failed = failed + ignored;
    Counts { passed, failed: if outcome.failed() { failed.max(1) } else { failed }, ignored: 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settled(passed: usize, failed: usize, ignored: usize) -> (usize, usize) {
        let counts = settle(&Outcome { counts: Counts { passed, failed, ignored }, output: String::new() });
        (counts.passed, counts.failed)
    }

    #[test]
    fn a_step_without_cases_and_an_ignored_test_are_failures() {
        assert_eq!(settled(3, 0, 0), (3, 0));
        assert_eq!(settled(0, 0, 0), (0, 1));
        assert_eq!(settled(3, 0, 2), (3, 2));
        assert_eq!(settled(3, 1, 0), (3, 1));
    }
}
