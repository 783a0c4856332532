//! The coverage gate: every testable MUST of every source is claimed by a case that shows its violation refused.

use alloc::collections::{BTreeMap, BTreeSet};
use core::fmt::Write;

use serde::Deserialize;

use super::requirements::Requirement;
use crate::format::{Topic, Verdict, cases};

/// An entry of `tests/exemptions.json`: a requirement that the vectors do not show, and why.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exemption {
    /// The requirement.
    pub id: String,
    /// Why no vector shows it.
    pub reason: String,
    /// The issue that brings it, when one does.
    pub issue: Option<u32>,
    /// What the requirement is exempt from.
    #[serde(default)]
    pub kind: ExemptionKind,
}

/// What a requirement is exempt from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExemptionKind {
    /// Any vector.
    #[default]
    Untested,
    /// An invalid vector: the requirement says what is sent, and a valid vector shows it.
    PositiveOnly,
}

/// The coverage of one source.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Row {
    /// The prefix of the source's ids.
    pub source: String,
    /// Its testable MUSTs.
    pub total: usize,
    /// Those that a case shows.
    pub claimed: usize,
    /// Those that are exempt.
    pub exempt: usize,
}

/// The coverage per source and what keeps it from being complete.
#[derive(Debug, Default)]
pub struct Coverage {
    /// One row per source, in the order of the list.
    pub rows: Vec<Row>,
    /// What is wrong, one line each.
    pub problems: Vec<String>,
}

/// Compares the claims of `topics` with what `requirements` demand.
pub fn coverage(requirements: &[Requirement], exemptions: &[Exemption], topics: &[Topic]) -> Coverage {
    let ledger = Ledger::new(requirements, exemptions, topics);
    let mut coverage = Coverage { problems: ledger.exemption_problems(exemptions), ..Coverage::default() };
    let (mut unclaimed, mut never_refused) = (BySource::default(), BySource::default());
    for requirement in requirements.iter().filter(|requirement| requirement.is_demanded()) {
        let at =
            coverage.rows.iter().position(|row| row.source == requirement.prefix()).unwrap_or_else(|| {
                coverage.rows.push(Row { source: requirement.prefix().to_owned(), ..Row::default() });
                coverage.rows.len() - 1
            });
        let row = &mut coverage.rows[at];
        row.total += 1;
        if ledger.is_claimed(&requirement.id) {
            row.claimed += 1;
            if !ledger.is_refused(&requirement.id) {
                never_refused.push(requirement);
            }
        } else if ledger.is_exempt(&requirement.id) {
            row.exempt += 1;
        } else {
            unclaimed.push(requirement);
        }
    }
    coverage.problems.extend(unclaimed.lines("claimed by no case"));
    coverage.problems.extend(never_refused.lines("claimed by no invalid case"));
    coverage
}

impl Row {
    /// How much of what is not exempt is claimed, rounded down.
    pub fn percent(&self) -> usize {
        (self.claimed * 100).checked_div(self.total - self.exempt).unwrap_or(100)
    }
}

/// The rows as a table, with their sum.
pub fn table(rows: &[Row]) -> String {
    let mut sum = Row { source: "all".into(), ..Row::default() };
    for row in rows {
        sum.total += row.total;
        sum.claimed += row.claimed;
        sum.exempt += row.exempt;
    }
    let mut text = String::from("source | MUST total | claimed | exempt | percent\n");
    for row in rows.iter().chain([&sum]) {
        let Row { source, total, claimed, exempt } = row;
        writeln!(text, "{source:<6} | {total:>10} | {claimed:>7} | {exempt:>6} | {:>6}%", row.percent())
            .expect("writing to a string");
    }
    text
}

/// Problems of one kind, told in one line per source.
#[derive(Default)]
struct BySource<'a>(BTreeMap<&'a str, Vec<&'a str>>);

impl<'a> BySource<'a> {
    fn push(&mut self, requirement: &'a Requirement) {
        self.0.entry(requirement.prefix()).or_default().push(&requirement.id);
    }

    fn lines(&self, problem: &str) -> Vec<String> {
        self.0.values().map(|ids| format!("{problem}: {}", ids.join(" "))).collect()
    }
}

/// Who claims what.
struct Ledger<'a> {
    requirements: BTreeMap<&'a str, &'a Requirement>,
    claimed: BTreeSet<&'a str>,
    refused: BTreeSet<&'a str>,
    untested: BTreeSet<&'a str>,
    positive_only: BTreeSet<&'a str>,
}

impl<'a> Ledger<'a> {
    fn new(requirements: &'a [Requirement], exemptions: &'a [Exemption], topics: &'a [Topic]) -> Self {
        let claims = |invalid_only: bool| {
            cases(topics)
                .filter(move |(_, _, case)| !invalid_only || case.result == Verdict::Invalid)
                .flat_map(|(_, _, case)| case.req.iter().map(String::as_str))
                .collect()
        };
        let of_kind = |kind| {
            let entries = exemptions.iter().filter(|exemption| exemption.kind == kind);
            entries.map(|exemption| exemption.id.as_str()).collect()
        };
        Self {
            requirements: requirements
                .iter()
                .map(|requirement| (requirement.id.as_str(), requirement))
                .collect(),
            claimed: claims(false),
            refused: claims(true),
            untested: of_kind(ExemptionKind::Untested),
            positive_only: of_kind(ExemptionKind::PositiveOnly),
        }
    }

    fn is_claimed(&self, id: &str) -> bool {
        self.claimed.contains(id) || self.all_named(id, |named| self.is_claimed(named))
    }

    fn is_exempt(&self, id: &str) -> bool {
        self.untested.contains(id)
            || self.all_named(id, |named| self.is_claimed(named) || self.is_exempt(named))
    }

    fn is_refused(&self, id: &str) -> bool {
        self.refused.contains(id)
            || self.positive_only.contains(id)
            || self.all_named(id, |named| self.is_refused(named))
    }

    /// Whether the requirement names others whose tests show it too, and `holds` for all of them.
    fn all_named(&self, id: &str, holds: impl Fn(&str) -> bool) -> bool {
        let named = self.requirements.get(id).map_or(&[][..], |requirement| requirement.same_as.as_slice());
        !named.is_empty() && named.iter().all(|id| holds(id))
    }

    fn exemption_problems(&self, exemptions: &[Exemption]) -> Vec<String> {
        let mut seen = BTreeSet::new();
        let problem = |exemption: &Exemption, first: bool| {
            let id = exemption.id.as_str();
            Some(match self.requirements.get(id) {
                None => "is unknown",
                Some(requirement) if !requirement.is_demanded() => {
                    "is no testable MUST and needs no exemption"
                }
                Some(_) if !first => "is exempt twice",
                Some(_) if exemption.reason.trim().is_empty() => "is exempt without a reason",
                Some(_) if exemption.kind == ExemptionKind::Untested && self.is_claimed(id) => {
                    "is exempt and claimed"
                }
                Some(_) if exemption.kind == ExemptionKind::PositiveOnly && self.refused.contains(id) => {
                    "is exempt from an invalid case and has one"
                }
                Some(_) => return None,
            })
        };
        let check = |exemption: &Exemption| {
            let first = seen.insert(exemption.id.clone());
            problem(exemption, first).map(|problem| format!("exemptions: `{}` {problem}", exemption.id))
        };
        exemptions.iter().filter_map(check).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gates::requirements::tests::requirement;
    use crate::gates::structure::tests::topic;
    use serde_json::{Value, json};

    fn requirements() -> Vec<Requirement> {
        let mut untestable = requirement("A-004", "MUST", &[]);
        untestable.testable = false;
        vec![
            requirement("A-001", "MUST", &[]),
            requirement("A-002", "MUST NOT", &["A-001", "B-001"]),
            requirement("A-003", "SHOULD", &[]),
            untestable,
            requirement("B-001", "SHOULD", &[]),
        ]
    }

    fn claims(valid: &[&str], invalid: &[&str]) -> [Topic; 1] {
        let error = json!({"code": "x", "oauth": null});
        [topic(json!([
            {"id": "a.b/t/x", "result": "valid", "req": valid, "output": 1},
            {"id": "a.b/t/y", "result": "invalid", "req": invalid, "twin": "a.b/t/x", "error": error}
        ]))]
    }

    fn exemptions(list: Value) -> Vec<Exemption> {
        serde_json::from_value(list).unwrap()
    }

    fn problems(exempt: Value, topics: &[Topic]) -> Vec<String> {
        coverage(&requirements(), &exemptions(exempt), topics).problems
    }

    #[test]
    fn claims_and_same_as_fill_the_table() {
        let found = coverage(&requirements(), &[], &claims(&["A-001"], &["A-001", "B-001"]));
        assert_eq!(found.problems, [""; 0]);
        assert_eq!(found.rows, [Row { source: "A".into(), total: 2, claimed: 2, exempt: 0 }]);
        assert_eq!(found.rows[0].percent(), 100);
        assert!(table(&found.rows).contains("all    |          2 |       2 |      0 |    100%"));
    }

    #[test]
    fn an_unclaimed_must_fails() {
        assert_eq!(problems(json!([]), &claims(&[], &[])), ["claimed by no case: A-001 A-002"]);
        assert_eq!(problems(json!([]), &claims(&[], &["A-001"])), ["claimed by no case: A-002"]);
        assert_eq!(coverage(&requirements(), &[], &claims(&[], &["A-001"])).rows[0].percent(), 50);
    }

    #[test]
    fn a_must_without_an_invalid_case_fails() {
        let topics = claims(&["A-001"], &["B-001"]);
        assert_eq!(problems(json!([]), &topics), ["claimed by no invalid case: A-001 A-002"]);
        let positive =
            json!([{"id": "A-001", "reason": "what a client sends", "issue": null, "kind": "positive_only"}]);
        assert_eq!(problems(positive, &topics), [""; 0]);
    }

    #[test]
    fn an_exemption_counts_and_reaches_what_names_it() {
        let exempt = json!([{"id": "A-001", "reason": "later", "issue": 3}]);
        let found = coverage(&requirements(), &exemptions(exempt), &claims(&[], &["B-001"]));
        assert_eq!(found.problems, [""; 0]);
        assert_eq!(found.rows, [Row { source: "A".into(), total: 2, claimed: 0, exempt: 2 }]);
        assert_eq!(found.rows[0].percent(), 100);
    }

    #[test]
    fn exemptions_that_are_not_needed_fail() {
        let topics = claims(&[], &["A-001", "B-001"]);
        let entry = |id: &str, reason: &str, kind: &str| json!([{"id": id, "reason": reason, "issue": null, "kind": kind}]);
        for exempt in [
            entry("A-001", "why", "untested"),
            entry("A-001", "why", "positive_only"),
            entry("A-003", "why", "untested"),
            entry("A-004", "why", "untested"),
            entry("C-001", "why", "untested"),
            entry("A-002", " ", "untested"),
        ] {
            assert_eq!(problems(exempt, &topics).len(), 1);
        }
    }
}
