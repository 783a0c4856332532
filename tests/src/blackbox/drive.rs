//! Feeds cases to a black-box adapter, any surface's, and judges its answers.

use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};
use std::thread;

use serde_json::Value;

use super::protocol::{Answer, Verdict};
use crate::report::Tally;

/// The algorithms that the library verifies; a case that allows one of them may not be skipped.
const ALGORITHMS: [&str; 6] = ["ES256", "ES384", "EdDSA", "Ed25519", "RS256", "PS256"];

/// A case and the verdict that is right.
#[derive(Clone, Debug)]
pub struct Question {
    /// The line to send.
    pub case: Value,
    /// The right verdict.
    pub verdict: Verdict,
}

/// Starts the adapter, asks everything, and counts the answers under `name`; skipped cases are not counted.
pub fn drive(name: &str, adapter: &mut Command, questions: &[Question], tally: &mut Tally) {
    let answers = match ask(adapter, questions) {
        Ok(answers) => answers,
        Err(problem) => return tally.count(name, Err(problem)),
    };
    let mut skipped = 0;
    let mut own = Tally::default();
    for (question, answer) in questions.iter().zip(answers) {
        match judge(question, &answer) {
            Ok(()) if answer.verdict == Verdict::Skip => skipped += 1,
            result => own.count(format_args!("{name} {}", question.case["id"]), result),
        }
    }
    println!(
        "{name}: {} agree, {} do not, {skipped} about algorithms that do not exist here",
        own.passed, own.failed
    );
    tally.add(own);
}

fn ask(adapter: &mut Command, questions: &[Question]) -> Result<Vec<Answer>, String> {
    let program = adapter.get_program().display().to_string();
    let failed = |error: &dyn core::fmt::Display| format!("{program}: {error}");
    let mut child =
        adapter.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().map_err(|error| failed(&error))?;
    let mut input = child.stdin.take().expect("a pipe to the adapter");
    let output = BufReader::new(child.stdout.take().expect("a pipe from the adapter"));
    let lines: Vec<String> = questions.iter().map(|question| format!("{}\n", question.case)).collect();
    let writer = thread::spawn(move || lines.iter().try_for_each(|line| input.write_all(line.as_bytes())));
    let answers = output.lines().map(|line| {
        let line = line.map_err(|error| failed(&error))?;
        serde_json::from_str(&line).map_err(|error| failed(&format_args!("{error} in `{line}`")))
    });
    let answers: Vec<Answer> = answers.collect::<Result<_, String>>()?;
    writer.join().expect("the writer does not panic").map_err(|error| failed(&error))?;
    let status = child.wait().map_err(|error| failed(&error))?;
    match (status.success(), answers.len() == questions.len()) {
        (true, true) => Ok(answers),
        (true, false) => Err(format!("{program}: {} answers to {} cases", answers.len(), questions.len())),
        (false, _) => Err(format!("{program}: {status}")),
    }
}

fn judge(question: &Question, answer: &Answer) -> Result<(), String> {
    if question.case["id"] != answer.id.as_str() {
        return Err(format!("answered with the id `{}`", answer.id));
    }
    match answer.verdict {
        Verdict::Skip if may_skip(&question.case) => Ok(()),
        verdict if verdict == question.verdict => Ok(()),
        verdict => Err(format!("expected {:?}, got {verdict:?} {:?}", question.verdict, answer.code)),
    }
}

/// Whether every algorithm that the case allows is one that does not exist here.
fn may_skip(case: &Value) -> bool {
    let algorithms = case["expected"]["algs"].as_array().map_or(&[][..], Vec::as_slice);
    !algorithms.is_empty()
        && algorithms.iter().all(|alg| !alg.as_str().is_some_and(|alg| ALGORITHMS.contains(&alg)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn judged(algs: &[&str], right: Verdict, answer: Verdict) -> bool {
        let case = json!({"id": "x", "expected": {"algs": algs}});
        judge(&Question { case, verdict: right }, &Answer::new("x", answer, None)).is_ok()
    }

    #[test]
    fn a_case_may_be_skipped_only_when_no_algorithm_of_it_exists_here() {
        assert!(judged(&["HS256"], Verdict::Accept, Verdict::Skip));
        assert!(!judged(&["HS256", "ES256"], Verdict::Reject, Verdict::Skip));
        assert!(!judged(&[], Verdict::Accept, Verdict::Skip));
    }

    #[test]
    fn a_wrong_verdict_or_id_is_a_failure() {
        assert!(judged(&["ES256"], Verdict::Accept, Verdict::Accept));
        assert!(!judged(&["ES256"], Verdict::Accept, Verdict::Reject));
        let question = Question { case: json!({"id": "x"}), verdict: Verdict::Accept };
        assert!(judge(&question, &Answer::new("y", Verdict::Accept, None)).is_err());
    }
}
