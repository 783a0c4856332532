//! What came of it: lines by requirement, or JSON.

use core::fmt;

use serde_json::{Value, json};

use crate::case::{About, Level, Miss, Verdict};

/// A case and what it came to.
#[derive(Clone, Debug)]
pub(crate) struct Outcome {
    pub(crate) case: &'static About,
    pub(crate) verdict: Verdict,
}

impl Outcome {
    /// One word for it.
    pub(crate) fn word(&self) -> &'static str {
        match (&self.verdict, self.case.level) {
            (Ok(_), _) => "passed",
            (Err(Miss::Failed(_)), Level::Must) => "failed",
            (Err(Miss::Failed(_)), Level::Should) => "advice",
            (Err(Miss::NotApplicable(_)), _) => "n/a",
        }
    }

    /// What the server did, or why nothing was tried; empty when a pass says it all.
    pub(crate) fn did(&self) -> &str {
        match &self.verdict {
            Ok(text) | Err(Miss::Failed(text) | Miss::NotApplicable(text)) => text,
        }
    }

    /// As a document.
    pub(crate) fn to_json(&self) -> Value {
        let case = self.case;
        json!({
            "case": case.id, "requirements": case.requirements, "level": case.level.name(), "what": case.what,
            "outcome": self.word(), "did": self.did(),
        })
    }
}

/// What a server came to.
#[derive(Clone, Debug)]
pub(crate) struct Report {
    pub(crate) outcomes: Vec<Outcome>,
}

impl Report {
    /// How many cases came to `word`.
    pub(crate) fn count(&self, word: &str) -> usize {
        self.outcomes.iter().filter(|outcome| outcome.word() == word).count()
    }

    /// Whether something was tried and no MUST failed.
    pub(crate) fn conforms(&self) -> bool {
        self.count("failed") == 0 && self.count("passed") > 0
    }

    /// As a document.
    pub(crate) fn to_json(&self) -> Value {
        let cases: Vec<Value> = self.outcomes.iter().map(Outcome::to_json).collect();
        let (passed, failed) = (self.count("passed"), self.count("failed"));
        json!({
            "passed": passed, "failed": failed, "advice": self.count("advice"), "not_applicable": self.count("n/a"),
            "cases": cases,
        })
    }
}

impl fmt::Display for Report {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rows: Vec<(&str, &Outcome)> = Vec::new();
        for outcome in &self.outcomes {
            rows.extend(outcome.case.requirements.iter().map(|id| (*id, outcome)));
        }
        rows.sort_by_key(|(id, _)| *id);
        for (id, outcome) in rows {
            let Outcome { case, .. } = outcome;
            write!(
                out,
                "{:<7} {id:<11} {:<6} {:<28} {}",
                outcome.word(),
                case.level.name(),
                case.id,
                case.what
            )?;
            match outcome.did() {
                "" => writeln!(out)?,
                did => writeln!(out, " [{did}]")?,
            }
        }
        let (advice, idle) = (self.count("advice"), self.count("n/a"));
        writeln!(out, "\n{advice} SHOULD not followed, {idle} not applicable")?;
        writeln!(out, "{} passed, {} failed", self.count("passed"), self.count("failed"))
    }
}

/// Prints what these cases are about.
pub(crate) fn list(cases: impl Iterator<Item = &'static About>) {
    for case in cases {
        println!(
            "{:<28} {:<6} {:<32} {}",
            case.id,
            case.level.name(),
            case.requirements.join(" "),
            case.what
        );
    }
}
