//! What a command answers: text for people, JSON for machines, and whether the answer is yes.

use std::io::{self, Write as _};
use std::process::ExitCode;

use serde::Serialize;

use crate::screen::escape_json;

/// What went wrong before there was an answer: a usage error, an unreadable file. Exit code 2.
#[derive(Debug)]
pub(crate) struct Trouble(pub(crate) String);

impl Trouble {
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }
}

/// The result of a command.
pub(crate) type Answer = Result<Report, Trouble>;

/// An answer, in both forms.
#[derive(Debug, Default)]
pub(crate) struct Report {
    text: String,
    json: Vec<String>,
    is_no: bool,
    /// What whoever reads it should know, whatever the form.
    note: Option<String>,
}

impl Report {
    /// An answer that is yes.
    pub(crate) fn new(text: String, json: &impl Serialize) -> Self {
        Self { text, ..Self::default() }.with_json(json)
    }

    /// Text that is the same for people and machines.
    pub(crate) fn verbatim(text: String) -> Self {
        Self { json: [text.trim_end().to_string()].into(), text, ..Self::default() }
    }

    /// An answer whose lines of JSON have been written already.
    pub(crate) fn of_lines(text: String, json: Vec<String>) -> Self {
        Self { text, json, ..Self::default() }
    }

    /// The same with a note on standard error.
    pub(crate) fn with_note(self, note: Option<String>) -> Self {
        Self { note, ..self }
    }

    /// A line more for people.
    pub(crate) fn with_text(mut self, text: &str) -> Self {
        self.text.push_str(text);
        self.text.push('\n');
        self
    }

    /// A line more of JSON.
    pub(crate) fn with_json(mut self, json: &impl Serialize) -> Self {
        // What is serialised here has text for keys and no reader that could fail.
        self.json.push(serde_json::to_string(json).unwrap_or_default());
        self
    }

    /// The same, where the answer is no unless `yes`.
    pub(crate) const fn is(mut self, yes: bool) -> Self {
        self.is_no = !yes;
        self
    }

    /// Prints it; whoever closes the pipe has read enough.
    pub(crate) fn print(&self, as_json: bool) -> ExitCode {
        let mut out = String::new();
        match as_json {
            true => self.json.iter().for_each(|line| {
                out.push_str(&escape_json(line));
                out.push('\n');
            }),
            false => {
                out.push_str(self.text.trim_end());
                out.push('\n');
            }
        }
        if let Some(note) = &self.note {
            complain(note);
        }
        let mut stdout = io::stdout().lock();
        match stdout.write_all(out.as_bytes()).and_then(|()| stdout.flush()) {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => complain(&error.to_string()),
            _ if self.is_no => ExitCode::FAILURE,
            _ => ExitCode::SUCCESS,
        }
    }
}

/// Says what is wrong, where people and logs look for it.
pub(crate) fn complain(text: &str) -> ExitCode {
    // Nobody is left to tell when this fails.
    let _ = writeln!(io::stderr(), "idjag: {}", crate::screen::lines(text));
    ExitCode::from(2)
}
