//! `idjag policy check`: every fault of every document, with its path.

use core::fmt::Write as _;
use std::path::PathBuf;

use idjag::policy::{CompileErrors, Policy};
use serde::Serialize;

use crate::args::PolicyReading;
use crate::input;
use crate::report::{Answer, Report};
use crate::screen::{lines, shown};

#[derive(Serialize)]
struct Checked {
    file: String,
    valid: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    apps: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    servers: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rules: Option<usize>,
    faults: Vec<Fault>,
    left_out: usize,
}

#[derive(Serialize)]
struct Fault {
    path: String,
    fault: &'static str,
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    column: Option<usize>,
}

pub(crate) fn run(files: &[PathBuf], reading: PolicyReading) -> Answer {
    let mut report = Report::default();
    let mut valid = true;
    for file in files {
        let name = file.display().to_string();
        let (checked, text) = match super::compile(&input::bytes(file, super::MAX_BYTES)?, reading) {
            Ok(policy) => fine(name, &policy),
            Err(errors) => {
                valid = false;
                faulty(name, &errors)
            }
        };
        report = report.with_text(&text).with_json(&checked);
    }
    Ok(report.is(valid))
}

fn fine(file: String, policy: &Policy) -> (Checked, String) {
    let (apps, servers, rules) = (policy.apps().count(), policy.servers().count(), policy.rules().count());
    let text = format!("{}: valid: {apps} apps, {servers} servers, {rules} rules", shown(&file));
    let checked = Checked {
        file,
        valid: true,
        apps: Some(apps),
        servers: Some(servers),
        rules: Some(rules),
        faults: Vec::new(),
        left_out: 0,
    };
    (checked, text)
}

fn faulty(file: String, errors: &CompileErrors) -> (Checked, String) {
    let count = errors.errors().len() + errors.left_out();
    let plural = if count == 1 { "" } else { "s" };
    let mut text = format!("{}: {count} fault{plural}", shown(&file));
    for line in lines(&errors.to_string()).lines() {
        let _ = write!(text, "\n  {line}");
    }
    let fault = |error: &idjag::policy::PolicyError| Fault {
        path: error.path().into(),
        fault: error.fault().as_str(),
        message: error.to_string(),
        line: error.place().map(|(line, _)| line),
        column: error.place().map(|(_, column)| column),
    };
    let faults = errors.errors().iter().map(fault).collect();
    let left_out = errors.left_out();
    let checked = Checked { file, valid: false, apps: None, servers: None, rules: None, faults, left_out };
    (checked, text)
}
