//! Runs the vectors against the typed API and through `idjag::wire`, over each provider, then the gates; `vector-runner <part of an id>`
//! runs matching cases only.

use std::env;
use std::process::ExitCode;

use idjag::ErrorCode;
use idjag_tests::format::{self, Topic};
use idjag_tests::gates::coverage::{Exemption, coverage, table};
use idjag_tests::gates::requirements::{self, Requirement};
use idjag_tests::gates::structure::{declared_differences, structure};
use idjag_tests::gates::{codes, operations};
use idjag_tests::operations::OPERATIONS;
use idjag_tests::providers::CHOICES;
use idjag_tests::report::Tally;
use idjag_tests::{paths, providers, run, wire};

fn main() -> ExitCode {
    let (topics, unreadable) = format::load(&paths::vectors_dir());
    let mut tally = Tally::default();
    for problem in unreadable {
        tally.count("vector file", Err(problem));
    }
    let filter = env::args().nth(1);
    for (index, choice) in CHOICES.iter().enumerate() {
        providers::choose(index);
        for (surface, registry) in [("typed", OPERATIONS), ("wire", wire::OPERATIONS)] {
            let run = run::run(registry, &topics, filter.as_deref().unwrap_or_default());
            println!("{surface}, {}: {} cases hold, {} do not", choice.name, run.passed, run.failed);
            tally.add(run);
        }
    }
    if filter.is_none() {
        gates(&topics, &mut tally);
    }
    tally.finish()
}

fn gates(topics: &[Topic], tally: &mut Tally) {
    let requirements: Vec<Requirement> = requirements::own("requirements.json");
    let exemptions: Vec<Exemption> = requirements::own("exemptions.json");
    let known = |id: &str| requirements.iter().any(|requirement| requirement.id == id);
    gate(tally, "structure", structure(topics, known));
    println!("cases that declare more than one difference: {}", declared_differences(topics));
    let registered: Vec<&str> = OPERATIONS.iter().map(|(name, _)| *name).collect();
    gate(tally, "operations", operations(&registered, topics));
    let known_codes: Vec<&str> = ErrorCode::ALL.iter().map(|code| code.as_str()).collect();
    gate(tally, "error codes", codes(&known_codes, topics));
    if let Some(shared) = requirements::shared() {
        gate(tally, "requirements.json", requirements::drift(&requirements, &shared));
    }
    gate(tally, "decisions", wire::records::gaps());
    let coverage = coverage(&requirements, &exemptions, topics);
    print!("{}", table(&coverage.rows));
    gate(tally, "coverage", coverage.problems);
}

fn gate(tally: &mut Tally, name: &str, problems: Vec<String>) {
    let result = if problems.is_empty() { Ok(()) } else { Err(problems.join("\n  ")) };
    tally.count(format_args!("gate {name}"), result);
}
